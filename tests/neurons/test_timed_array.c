/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values over time, in equations and in variables. [B2]: Brian 2.5.1, numpy target. */
#include "tests/neurons/cut.h"

static bh_namespace *
names_with(const char *name, const bh_timed_array_config *config)
{
    bh_diag diag;
    bh_namespace *names;
    CHECK_OK(bh_namespace_new(&names, &diag), diag);
    CHECK_OK(bh_namespace_set_timed_array(names, name, config, &diag), diag);
    return names;
}

static bh_group *
group_with(bh_network *net, const char *equations, size_t count, bh_precision precision,
           const bh_namespace *names)
{
    bh_diag diag;
    bh_group *group;
    bh_group_config config = bh_group_config_default();
    config.equations = equations;
    config.count = count;
    config.precision = precision;
    config.names = names;
    config.method = strstr(equations, "/dt :") ? "euler" : NULL;
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    return group;
}

/* What a variable is at the start of each step. */
static bh_block
recorded(bh_network *net, bh_group *group, const char *variable, double duration_s)
{
    bh_diag diag;
    bh_block rows = {0};
    bh_state_monitor *monitor;
    bh_state_monitor_config config = bh_state_monitor_config_default(group);
    config.variables = variable;
    config.when = "end";
    CHECK_OK(bh_state_monitor_new(group, &config, &monitor, &diag), diag);
    CHECK_OK(bh_network_run(net, duration_s, &diag), diag);
    CHECK_OK(bh_state_monitor_rows(monitor, variable, &rows, &diag), diag);
    return rows;
}

static double
at(bh_block block, size_t row, size_t column)
{
    size_t i = row * block.stride + column;
    return block.precision == BH_SINGLE ? (double)((float *)block.data)[i]
                                        : ((double *)block.data)[i];
}

/* [B2] Values 1, 2, 3 of 1 ms, in steps of 0.1 ms; and shifted by half a row as Brian 1
 * has them. */
static void
test_even(void)
{
    static const double values[] = {1, 2, 3};
    static const size_t steps[] = {0, 9, 10, 19, 20, 29, 30, 49};
    static const double want[] = {1, 1, 2, 2, 3, 3, 3, 3};
    bh_timed_array_config config = bh_timed_array_config_default();
    config.values = values;
    config.rows = 3;
    config.dt_s = 1e-3;
    config.unit = "nA";
    for (int centred = 0; centred < 2; centred++)
        for (int precision = BH_SINGLE; precision <= BH_DOUBLE; precision++) {
            config.centred = centred;
            bh_namespace *names = names_with("I", &config);
            bh_network *net = network(plain, 1e-4);
            bh_group *group =
                group_with(net, "x = I(t)/nA : 1", 3, (bh_precision)precision, names);
            bh_namespace_free(names); /* the group has what it needs */
            bh_block x = recorded(net, group, "x", 5e-3);
            for (int s = 0; s < 8; s++)
                if (!centred)
                    CHECK_NEAR(at(x, steps[s], 2), want[s], 1e-6);
            for (size_t k = 0; centred && k < 50; k++)
                if (k % 10 != 5) /* the very middle may go either way */
                    CHECK_NEAR(at(x, k, 0), k < 5 ? 1 : k < 15 ? 2 : 3, 1e-6);
            bh_network_free(net);
        }
}

/* [B2] Two columns of 3 rows, chosen by i % 2; long runs of short rows stay on time. */
static void
test_columns(void)
{
    static const double values[] = {1, 2, 3, 4, 5, 6};
    bh_diag diag;
    bh_timed_array_config config = bh_timed_array_config_default();
    config.values = values;
    config.rows = 3;
    config.columns = 2;
    config.dt_s = 1e-3;
    bh_namespace *names = names_with("ta", &config);
    static const bh_code_mode modes[] = {BH_CODE_AUTO, BH_CODE_INTERPRETED};
    for (int m = 0; m < 2; m++) {
        struct cut cut = plain;
        cut.code = modes[m];
        bh_network *net = network(cut, 1e-4);
        bh_group *group = group_with(net,
                                     "dv/dt = (ta(t, i % 2) - v)/dt : 1\n"
                                     "du/dt = (ta(t - 1*ms*i, 0) - u)/dt : 1",
                                     700, BH_DOUBLE, names);
        bh_block v = recorded(net, group, "v", 4e-3);
        for (size_t k = 0; k < 40; k++) {
            size_t row = k / 10 < 2 ? k / 10 : 2;
            CHECK_NEAR(at(v, k, 0), (double)(2 * row + 1), 1e-12);
            CHECK_NEAR(at(v, k, 699), (double)(2 * row + 2), 1e-12);
        }
        double u[700]; /* at 3.9 ms */
        CHECK_OK(bh_group_get(group, "u", u, 700, &diag), diag);
        CHECK(u[0] == 5 && u[1] == 5 && u[2] == 3 && u[3] == 1 && u[699] == 1);
        bh_network_free(net);
    }
    bh_namespace_free(names);

    enum { ROWS = 44100 };
    double *many = malloc(ROWS * sizeof *many);
    for (int k = 0; k < ROWS; k++)
        many[k] = k;
    config = bh_timed_array_config_default();
    config.values = many;
    config.rows = ROWS;
    config.dt_s = 1.0 / 44100;
    names = names_with("sound", &config);
    bh_network *net = network(plain, 1.0 / 44100);
    bh_group *group = group_with(net, "s = sound(t) : 1", 1, BH_SINGLE, names);
    bh_block s = recorded(net, group, "s", 1.1);
    for (size_t k = 0; k < s.frames; k++)
        CHECK(at(s, k, 0) == (k < ROWS ? (double)k : ROWS - 1));
    bh_network_free(net);
    bh_namespace_free(names);
    free(many);
}

/* Rows that begin at given times. */
static void
test_times(void)
{
    static const double values[] = {1, 2, 3}, times_s[] = {0.5e-3, 1.2e-3, 7.05e-3};
    bh_timed_array_config config = bh_timed_array_config_default();
    config.values = values;
    config.times_s = times_s;
    config.rows = 3;
    bh_namespace *names = names_with("steps", &config);
    bh_network *net = network(plain, 1e-4);
    bh_group *group = group_with(net, "x = steps(t) : 1", 1, BH_DOUBLE, names);
    bh_block x = recorded(net, group, "x", 0.01);
    for (size_t k = 0; k < 100; k++)
        CHECK_NEAR(at(x, k, 0), k < 12 ? 1 : k < 71 ? 2 : 3, 0);
    bh_network_free(net);
    bh_namespace_free(names);
}

/* A row that holds for whole steps keeps linear equations linear: 'exact' is chosen,
 * and is exact. One that changes within steps does not. */
static void
test_exact(void)
{
    static const double values[] = {1, 0, 2, -1};
    bh_timed_array_config config = bh_timed_array_config_default();
    config.values = values;
    config.rows = 4;
    for (int aligned = 0; aligned < 2; aligned++) {
        config.dt_s = aligned ? 5e-4 : 1.5e-4;
        bh_namespace *names = names_with("I", &config);
        bh_network *net = network(plain, 1e-4);
        bh_group *group =
            group_with(net, "dv/dt = (I(t) - v)/(10*ms) : 1", 1, BH_DOUBLE, names);
        CHECK(strcmp(bh_group_method(group), aligned ? "exact" : "euler") == 0);
        bh_block v = recorded(net, group, "v", 2.5e-3);
        double want = 0;
        for (size_t k = 0; aligned && k < 25; k++) {
            double I = values[k / 5 < 3 ? k / 5 : 3];
            want = I + (want - I) * exp(-0.01);
            CHECK_NEAR(at(v, k, 0), want, 1e-13);
        }
        bh_network_free(net);
        bh_namespace_free(names);
    }
}

/* Written into a variable at the start of each step, all neurons alike or each its
 * own. */
static void
test_variable(void)
{
    bh_diag diag;
    double each[4 * 600];
    for (int k = 0; k < 4 * 600; k++)
        each[k] = k;
    for (int wide = 0; wide < 2; wide++) {
        bh_timed_array_config config = bh_timed_array_config_default();
        config.values = each;
        config.rows = 4;
        config.columns = wide ? 600 : 1;
        config.dt_s = 1e-3;
        config.start_s = 1e-3;
        config.unit = "mV";
        bh_network *net = network(plain, 1e-4);
        bh_group *group = group_with(net, "I : volt\ny : 1", 600, BH_SINGLE, NULL);
        CHECK_OK(bh_group_set_timed_array(group, "I", &config, &diag), diag);
        config.unit = "nA";
        CHECK(bh_group_set_timed_array(group, "I", &config, &diag) == BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, "is in V");
        config.unit = "mV";
        config.columns = 2;
        CHECK(bh_group_set_timed_array(group, "I", &config, &diag) == BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, "2 columns");
        bh_block I = recorded(net, group, "I", 6e-3);
        for (size_t k = 0; k < 60; k++) {
            size_t row = k < 20 ? 0 : k < 50 ? k / 10 - 1 : 3;
            CHECK_NEAR(at(I, k, 599) * 1e3, wide ? (double)(600 * row + 599) : row,
                       1e-3);
        }
        bh_network_free(net);
    }
}

static void
test_texts(void)
{
    static const struct {
        const char *equations, *says;
    } table[] = {{"x = J(t) : 1", "no function 'J'"},
                 {"x = I : 1", "is a function of time: I(t)"},
                 {"x = I(t, i) : 1", "1 column: I(t)"},
                 {"x = W(t) : 1", "2 columns: W(t, i)"},
                 {"x = I(i) : 1", "needs a time"},
                 {"x = W(t, t) : 1", "must be a pure number"},
                 {"x = W(t, t > 1*ms) : 1", "needs a number"},
                 {"x = I(t) : 1", "must be a pure number, found A"},
                 {"x = exq(t) : 1", "did you mean 'exp'"}};
    static const double values[] = {1, 2, 3, 4};
    bh_diag diag;
    bh_group *group;
    bh_timed_array_config array = bh_timed_array_config_default();
    array.values = values;
    array.rows = 2;
    array.dt_s = 1e-3;
    array.unit = "nA";
    bh_namespace *names = names_with("I", &array);
    array.columns = 2;
    CHECK_OK(bh_namespace_set_timed_array(names, "W", &array, &diag), diag);
    bh_network *net = network(plain, 1e-4);
    bh_group_config config = bh_group_config_default();
    config.names = names;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        config.equations = table[i].equations;
        CHECK(bh_group_new(net, &config, &group, &diag) == BH_ERR_TEXT);
        CHECK_HAS(diag.text, table[i].says);
    }
    /* a variable may have an array's name, and a number may take it */
    config.equations = "I : 1";
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    CHECK_OK(bh_namespace_set(names, "I", "3*mV", &diag), diag);
    CHECK_OK(bh_namespace_set_timed_array(names, "W", &array, &diag), diag);
    bh_network_free(net);
    bh_namespace_free(names);
}

static void
test_bad_arrays(void)
{
    static const double values[] = {1, NAN, 3}, times_s[] = {0, 2e-3, 2e-3};
    bh_diag diag;
    bh_namespace *names;
    CHECK_OK(bh_namespace_new(&names, &diag), diag);
    bh_timed_array_config config = bh_timed_array_config_default();
    CHECK(bh_namespace_set_timed_array(names, "I", &config, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "no values");
    config.values = values;
    config.rows = 3;
    config.dt_s = 1e-3;
    CHECK(bh_namespace_set_timed_array(names, "I", &config, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "row 1");
    config.rows = 1;
    CHECK(bh_namespace_set_timed_array(names, "2I", &config, &diag) == BH_ERR_ARGUMENT);
    config.unit = "mW*";
    CHECK(bh_namespace_set_timed_array(names, "I", &config, &diag) == BH_ERR_TEXT);
    config.unit = "1";
    config.dt_s = 0;
    CHECK(bh_namespace_set_timed_array(names, "I", &config, &diag) == BH_ERR_ARGUMENT);
    config.values = times_s;
    config.rows = 3;
    config.times_s = times_s;
    CHECK(bh_namespace_set_timed_array(names, "I", &config, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "row 2");
    CHECK(bh_namespace_count(names) == 0);
    bh_namespace_free(names);
}

TEST_MAIN("timed array", {"even", test_even}, {"columns", test_columns},
          {"times", test_times}, {"exact", test_exact}, {"variable", test_variable},
          {"texts", test_texts}, {"bad arrays", test_bad_arrays})
