/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/neurons/model.h"

static bh_equations *
new_equations(void)
{
    bh_diag diag;
    bh_equations *equations;
    CHECK_OK(bh_equations_new(&equations, &diag), diag);
    return equations;
}

static void
add(bh_equations *equations, const char *text, const char *replace)
{
    bh_diag diag;
    CHECK_OK(bh_equations_add(equations, text, replace, &diag), diag);
}

static void
test_text(void)
{
    bh_equations *equations = new_equations();
    CHECK(strcmp(bh_equations_text(equations), "") == 0);
    add(equations, "dv/dt = (ge + gi - v)/(20*ms) : 1", NULL);
    add(equations, "dg/dt = -g/tau : 1 # of g", "g = ge; tau = 5*ms");
    add(equations, "dg/dt = -(g*3 + gg)/tau + xi*s : 1\n s = 1*second**-.5\n : Hz**1",
        "g = gi\n xi = xi_i; tau = (10 + 2)*ms; gg = 0");
    CHECK(strcmp(bh_equations_text(equations),
                 "dv/dt = (ge + gi - v)/(20*ms) : 1\n"
                 "dge/dt = -ge/(5*ms) : 1 # of g\n"
                 "dgi/dt = -(gi*3 + (0))/((10 + 2)*ms) + xi_i*s : 1\n"
                 " s = 1*second**-.5\n : Hz**1\n") == 0);
    /* units and flags are no names */
    add(equations, "second : second (shared, constant)\n", "second = t2");
    CHECK_HAS(bh_equations_text(equations), "t2 : second (shared, constant)\n");
    bh_equations_free(equations);
    bh_equations_free(NULL);
}

static void
test_run(void)
{
    bh_equations *equations = new_equations();
    add(equations, "dx/dt = -x/tau : 1", "x = a; tau = 5*ms");
    add(equations, "dx/dt = -x/tau : 1", "x = b; tau = 2*tau_b");
    add(equations, "tau_b : second", NULL);
    struct model model =
        make(config_of(bh_equations_text(equations), "exact", BH_DOUBLE), 1e-4);
    bh_equations_free(equations);
    set(model, "a", "1");
    set(model, "b", "1");
    set(model, "tau_b", "10*ms");
    run(model, 10e-3);
    CHECK_NEAR(value(model, "a"), exp(-2), 1e-14);
    CHECK_NEAR(value(model, "b"), exp(-0.5), 1e-14);
    bh_network_free(model.net);
}

static void
test_refused(void)
{
    static const struct {
        const char *text, *replace, *message;
    } table[] = {
        {"dx/dt = -x/ms : 1", "y = z", "'y' does not occur"},
        {"dx/dt = -x/ms : 1", "x = 3", "can be renamed"},
        {"p : 1\nq : 1", "p = q", "two definitions"},
        {"v : 1", NULL, "two definitions"},
        {"x : 1", "x = v", "two definitions"},
        {"x : 1", "x = y; x = z", "replaced twice"},
        {"x : 1", "x += y", "'name = value'"},
        {"x : 1", "x = ", "a value"},
        {"x : 1", "x", "assignment"},
        {"x : 1", "x = y z", "expected"},
        {"x : 1", "3 = y", "a name"},
        {"dx/dt = -x/ms : 1", "dt = 3", "a differential equation begins"},
        {"y = x + 1 : 1", "x = \")", "no meaning"},
        {"y = x + 1 : 1", "x = 1\x01", "no meaning"},
        {"x", NULL, "expected"},
    };
    bh_equations *equations = new_equations();
    add(equations, "v : 1", NULL);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        bh_diag diag;
        bh_status status =
            bh_equations_add(equations, table[i].text, table[i].replace, &diag);
        CHECK(status == BH_ERR_TEXT);
        CHECK_HAS(diag.text, table[i].message);
        CHECK(strcmp(bh_equations_text(equations), "v : 1\n") == 0);
    }
    bh_equations_free(equations);
}

TEST_MAIN("equations", {"text", test_text}, {"run", test_run},
          {"refused", test_refused})
