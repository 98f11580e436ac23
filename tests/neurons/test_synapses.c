/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making synapses: what is taken, and what is refused. */
#include "tests/check.h"

#include "neurons/synapses/synapses_internal.h"
#include "tests/neurons/pairs.h"

static void
test_new(void)
{
    bh_diag diag;
    struct wiring w = {.net = network(1)};
    w.source = neurons(w.net, "source", 4, BH_SINGLE);
    w.target = neurons(w.net, "target", 5, BH_DOUBLE);
    bh_synapses_config config = bh_synapses_config_default();
    config.source = bh_all(w.source);
    config.target = bh_all(w.target);
    config.model = "w : 1\n"
                   "dApre/dt = -Apre/(20*ms) : 1 (event-driven)\n"
                   "dh/dt = -h/(5*ms) : 1 (clock-driven)\n"
                   "x_post = w*v_pre : 1 (summed)";
    config.on_pre = "v_post += w; Apre += 0.01";
    config.on_post = "w = clip(w + Apre, 0, 1)";
    config.delay = "1.5*ms";
    CHECK_OK(bh_synapses_new(&config, &w.synapses, &diag), diag);
    const bh_synapses *s = w.synapses;
    CHECK(s->precision == BH_DOUBLE);
    CHECK(s->needs_lastupdate);
    CHECK(s->summed && !s->summed->next);
    CHECK(strcmp(s->summed->target->name, "x_post") == 0);
    CU_ASSERT_FATAL(s->pathways && s->pathways->next && !s->pathways->next->next);
    CHECK(strcmp(s->pathways->name, "pre") == 0 && s->pathways->delay_steps == 15);
    CHECK(strcmp(s->pathways->next->name, "post") == 0);
    CHECK(scope_find(&s->scope, "v") == scope_find(&s->scope, "v_post"));
    CHECK(scope_find(&s->scope, "v") != scope_find(&s->scope, "v_pre"));
    bh_pathway_config path = bh_pathway_config_default();
    path.name = "slow";
    path.code = "v += w/10";
    path.delay = "20*ms";
    CHECK_OK(bh_synapses_pathway(w.synapses, &path, &diag), diag);
    CHECK(strcmp(s->pathways->name, "pre") == 0);
    CHECK(strcmp(s->pathways->next->name, "slow") == 0);
    CHECK(bh_synapses_pathway(w.synapses, &path, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "cannot have another pathway named 'slow'");
    CHECK(strcmp(bh_synapses_name(s), "synapses") == 0);
    unwire(&w);
}

static void
test_refused(void)
{
    static const struct {
        const char *model, *on_pre, *on_post, *delay, *text;
    } table[] = {
        {"w : mV", NULL, NULL, NULL, "base units"},
        {"v : 1", NULL, NULL, NULL, "'v' is a variable of the neurons of source"},
        {"delay : second", NULL, NULL, NULL, "'delay' is a name of the language"},
        {"j : 1", NULL, NULL, NULL, "'j' is a name of the language"},
        {"w_pre : 1", NULL, NULL, NULL, "kept for synapses"},
        {"w : 1 (event-driven)", NULL, NULL, NULL, "differential equations only"},
        {"w = 1 : 1 (summed)", NULL, NULL, NULL, "a summed variable is written"},
        {"y_post = 1 : 1 (summed)", NULL, NULL, NULL, "a parameter of the neurons"},
        {"ge_post = 1 : 1 (summed)", NULL, NULL, NULL, "are not those of"},
        {"x_post = ge : 1 (summed)", NULL, NULL, NULL, "must be"},
        {"dw/dt = -w/(1*ms) : 1 (event-driven, clock-driven)", NULL, NULL, NULL,
         "either event-driven or clock-driven"},
        {"dw/dt = -w/(1*ms) : 1 (evnt-driven)", NULL, NULL, NULL,
         "did you mean 'event-driven'?"},
        {NULL, "v += w", NULL, NULL, "'w' is neither a variable nor a unit"},
        {"w : 1", "ge += w", NULL, NULL, "same units on both sides"},
        {"w : 1", "y_post = 1", NULL, NULL, "is computed from its equation"},
        {"w : 1", "i = 1", NULL, NULL, "'i' is not a variable"},
        {"w : 1", "v = 1", "q = 1", NULL, "'q' is neither"},
        {"w : 1", "v = 1", NULL, "-1*ms",
         "the delay is -0.001 s; it must be 0 or longer"},
        {"w : 1", "v = 1", NULL, "1", "must be"},
        {"w : 1", "v = 1", NULL, "rand()*ms", "bh_synapses_set gives each its own"},
        {"w : 1", "v = 1", NULL, "30*ms", "longer than the max_delay_s"},
        {"w : 1", NULL, NULL, "1*ms", "has a delay but no on_pre"},
    };
    struct wiring w = {.net = network(1)};
    w.source = neurons(w.net, "source", 4, BH_SINGLE);
    w.target = neurons(w.net, "target", 5, BH_SINGLE);
    for (size_t n = 0; n < sizeof table / sizeof table[0]; n++) {
        bh_diag diag = {0};
        bh_synapses_config config = bh_synapses_config_default();
        config.source = bh_all(w.source);
        config.target = bh_all(w.target);
        config.model = table[n].model;
        config.on_pre = table[n].on_pre;
        config.on_post = table[n].on_post;
        config.delay = table[n].delay;
        config.max_delay_s = 0.02;
        CHECK(bh_synapses_new(&config, &w.synapses, &diag) != BH_OK);
        CHECK_HAS(diag.text, table[n].text);
    }
    unwire(&w);
}

static void
test_sides(void)
{
    bh_diag diag = {0};
    struct wiring w = {.net = network(1)}, other = {.net = network(1)};
    w.source = neurons(w.net, "source", 4, BH_SINGLE);
    other.source = neurons(other.net, "far", 4, BH_SINGLE);
    bh_synapses_config config = bh_synapses_config_default();
    CHECK(bh_synapses_new(&config, &w.synapses, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "synapses has no source");
    config.source = bh_all(w.source);
    config.target = bh_part(w.source, 2, 3);
    CHECK(bh_synapses_new(&config, &w.synapses, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the target of synapses has 3 neurons from 2 on");
    config.target = bh_all(other.source);
    CHECK(bh_synapses_new(&config, &w.synapses, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "belong to two networks");
    config.target = bh_all(w.source);
    config.max_delay_s = NAN;
    CHECK(bh_synapses_new(&config, &w.synapses, &diag) == BH_ERR_ARGUMENT);
    config.max_delay_s = 1;
    config.name = "";
    CHECK(bh_synapses_new(&config, &w.synapses, &diag) == BH_ERR_ARGUMENT);
    unwire(&w);
    unwire(&other);
}

/* What a first run refuses, a second refuses too; what synapses set is not linked. */
static void
test_refused_runs(void)
{
    bh_diag diag = {0};
    struct wiring w = {.net = network(1)};
    w.source = w.target = neurons(w.net, "cells", 3, BH_SINGLE);
    bh_synapses_config config = bh_synapses_config_default();
    config.source = config.target = bh_all(w.source);
    config.model = "dA/dt = -A//(1*ms) : 1 (event-driven)";
    config.on_pre = "A += 1; x += A";
    CHECK_OK(bh_synapses_new(&config, &w.synapses, &diag), diag);
    CHECK_OK(bh_synapses_connect(w.synapses, NULL, &diag), diag);
    for (int run = 0; run < 2; run++) {
        diag = (bh_diag){0};
        CHECK(bh_network_run(w.net, 1e-3, &diag) == BH_ERR_TEXT);
        CHECK_HAS(diag.text, "not linear");
    }
    unwire(&w);
    w = wire(3, 4, NULL, 1);
    bh_link_config link = bh_link_config_default(w.source);
    config = bh_synapses_config_default();
    config.name = "others";
    config.source = bh_all(w.source);
    config.target = bh_all(w.source);
    config.on_pre = "x += 1";
    CHECK_OK(bh_synapses_new(&config, &w.synapses, &diag), diag);
    link.from = w.source;
    link.from_variable = "v";
    link.to_variable = "x";
    CHECK(bh_link_new(&link, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "is set by synapses, so it cannot be linked");
    unwire(&w);
}

/* Flags of synapses are refused in equations of neurons. */
static void
test_group_flags(void)
{
    bh_diag diag = {0};
    bh_network *net = network(1);
    bh_group *group;
    bh_group_config config = bh_group_config_default();
    config.equations = "dv/dt = -v/(1*ms) : 1 (event-driven)";
    CHECK(bh_group_new(net, &config, &group, &diag) == BH_ERR_TEXT);
    CHECK_HAS(diag.text, "are for synapses only");
    bh_network_free(net);
}

TEST_MAIN("synapses", {"new", test_new}, {"refused", test_refused},
          {"sides", test_sides}, {"refused runs", test_refused_runs},
          {"group flags", test_group_flags})
