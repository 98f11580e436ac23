/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a device keeps from run to run: its memory, orders and graph for as long as the
 * network is laid out the same, and its state until somebody asks for it. */
#include "tests/neurons/twins.h"

enum { INPUTS = 40, CELLS = 33 };

/* Two groups, plastic synapses with delays. */
static struct twin
make(bool device)
{
    bh_diag diag;
    bh_plasticity texts;
    struct twin twin = twin_new(device, BH_DOUBLE, 64);
    bh_group_config config = bh_group_config_default();
    config.name = "inputs";
    config.count = INPUTS;
    config.equations = "x : 1";
    config.threshold = "rand() < 0.02*x";
    bh_group *inputs = twin_group(&twin, &config);
    CHECK_OK(bh_group_set(inputs, "x", "1 + i/N", &diag), diag);
    config.name = "cells";
    config.count = CELLS;
    config.equations = "dv/dt = (0.7 + bias - v)/(10*ms) : 1\nbias : 1";
    config.threshold = "v > 1";
    config.reset = "v = 0";
    bh_group *cells = twin_group(&twin, &config);
    bh_stdp_params rule = bh_stdp_params_default();
    rule.w_max = 0.3;
    rule.effect = "v += w";
    CHECK_OK(bh_stdp(&rule, &texts, &diag), diag);
    bh_synapses_config wires = bh_synapses_config_default();
    wires.name = "wires";
    wires.source = bh_all(inputs);
    wires.target = bh_all(cells);
    bh_plasticity_use(&texts, &wires);
    bh_synapses **synapses = &twin.synapses[twin.synapse_count++];
    CHECK_OK(bh_synapses_new(&wires, synapses, &diag), diag);
    CHECK_OK(bh_synapses_connect(*synapses, NULL, &diag), diag);
    CHECK_OK(bh_synapses_set(*synapses, "w", NULL, "0.3*rand()", &diag), diag);
    CHECK_OK(bh_synapses_set(*synapses, "delay", NULL, "rand()*3*ms", &diag), diag);
    twin_listen(&twin, inputs, NULL);
    twin_listen(&twin, cells, NULL);
    return twin;
}

static void
run(struct twin *twin, double seconds)
{
    bh_diag diag;
    CHECK_OK(bh_network_run(twin->net, seconds, &diag), diag);
}

/* How often the driver's functions for that have been called. */
static int
calls(const char *const *names)
{
    int count = 0;
    for (; fake && *names; names++)
        for (int i = 0; fake->called[i].function; i++)
            if (strncmp(fake->called[i].function, *names, strlen(*names)) == 0)
                count += fake->called[i].calls;
    return count;
}

/* Memory, programs and graphs. */
static int
made(void)
{
    static const char *const names[] = {"cuMemAlloc",
                                        "cuMemHostAlloc",
                                        "cuModuleLoadData",
                                        "cuModuleGetFunction",
                                        "cuStreamBeginCapture",
                                        "cuGraphInstantiate",
                                        NULL};
    return calls(names);
}

static int
copies(void)
{
    static const char *const names[] = {"cuMemcpyHtoDAsync", "cuMemcpyDtoHAsync", NULL};
    return calls(names);
}

/* Pieces of 32 steps, as somebody steps through a sound. */
static void
test_pieces(void)
{
    struct twin twin[2] = {make(false), make(true)};
    run(&twin[0], 24 * 3.2e-3);
    run(&twin[1], 3.2e-3);
    const int before = made(), copied = copies();
    for (int piece = 1; piece < 24; piece++)
        run(&twin[1], 3.2e-3);
    CHECK(made() == before);
    /* a clock, and of two monitors how many spikes there are, and which */
    CHECK(copies() - copied <= 23 * 5);
    twin_compare(&twin[0], &twin[1]);
    /* to look at it costs no memory, and to go on behind that no state */
    const int looked = copies();
    run(&twin[0], 3.2e-3);
    run(&twin[1], 3.2e-3);
    CHECK(copies() - looked <= 5);
    CHECK(made() == before);
    twin_compare(&twin[0], &twin[1]);
    twin_free(&twin[0]);
    twin_free(&twin[1]);
}

/* Whatever is set between two runs is taken up, and what was not set stays. */
static void
change(struct twin *twin, int round)
{
    bh_diag diag;
    double v[CELLS];
    switch (round) {
    case 0:
        CHECK_OK(bh_group_set(twin->group[1], "v", "0.9*rand()", &diag), diag);
        break;
    case 1:
        CHECK_OK(bh_group_get(twin->group[1], "v", v, CELLS, &diag), diag);
        for (int n = 0; n < CELLS; n++)
            v[n] *= 0.5;
        CHECK_OK(bh_group_set_array(twin->group[1], "bias", v, CELLS, &diag), diag);
        break;
    case 2:
        CHECK_OK(bh_synapses_set(twin->synapses[0], "w", "i == 3", "0.25", &diag),
                 diag);
        break;
    default:
        /* values of synapses that runs keep for each neuron */
        CHECK_OK(bh_synapses_set(twin->synapses[0], "Apre", NULL, "0", &diag), diag);
    }
}

static void
test_changes(void)
{
    struct twin twin[2] = {make(false), make(true)};
    for (int device = 0; device < 2; device++) {
        run(&twin[device], 6.4e-3);
        const int before = made();
        for (int round = 0; round < 3; round++) {
            change(&twin[device], round);
            run(&twin[device], 4.1e-3);
        }
        CHECK(made() == before);
        change(&twin[device], 3);
        run(&twin[device], 4.1e-3);
    }
    twin_compare(&twin[0], &twin[1]);
    twin_free(&twin[0]);
    twin_free(&twin[1]);
}

/* Synapses, delays and monitors that come or go between two runs, a state of before. */
static void
test_layout(void)
{
    bh_diag diag;
    struct twin twin[2] = {make(false), make(true)};
    for (int device = 0; device < 2; device++) {
        struct twin *t = &twin[device];
        bh_connect_config more = bh_connect_config_default();
        bh_store *store;
        more.condition = "i == j";
        run(t, 5.1e-3);
        CHECK_OK(bh_synapses_connect(t->synapses[0], &more, &diag), diag);
        CHECK_OK(bh_synapses_set(t->synapses[0], "w", NULL, "0.1", &diag), diag);
        run(t, 5.1e-3);
        CHECK_OK(bh_network_store(t->net, &store, &diag), diag);
        CHECK_OK(bh_synapses_remove(t->synapses[0], "j == 2", &diag), diag);
        CHECK_OK(bh_synapses_set(t->synapses[0], "delay", NULL, "9*ms", &diag), diag);
        run(t, 11.3e-3);
        CHECK_OK(bh_network_restore(t->net, store, &diag), diag);
        run(t, 5.1e-3);
        twin_listen(t, t->group[1], NULL);
        run(t, 17.7e-3);
        bh_store_free(store);
    }
    twin_compare(&twin[0], &twin[1]);
    twin_free(&twin[0]);
    twin_free(&twin[1]);
}

static bh_status
look(void *user, double time_s, bh_diag *diag)
{
    struct twin *twin = user;
    double v[CELLS];
    (void)time_s;
    return bh_group_get(twin->group[1], "v", v, CELLS, diag);
}

/* In the midst of a run the state is on the device alone, and says so. */
static void
test_midst(void)
{
    bh_diag diag;
    double v[CELLS];
    struct twin twin = make(true);
    bh_network_report(twin.net, look, &twin);
    CHECK(bh_network_run(twin.net, 6.4e-3, &diag) == BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "are on the GPU while it runs");
    bh_network_report(twin.net, NULL, NULL);
    CHECK_OK(bh_group_get(twin.group[1], "v", v, CELLS, &diag), diag);
    run(&twin, 6.4e-3);
    twin_free(&twin);
}

/* A device that fails when somebody asks for the state. */
static void
test_lost(void)
{
    bh_diag diag;
    double v[CELLS];
    bh_store *store;
    struct twin twin = make(true), intact = make(false);
    if (!fake)
        return;
    CHECK_OK(bh_network_store(twin.net, &store, &diag), diag);
    run(&twin, 6.4e-3);
    CHECK_OK(bh_group_get(twin.group[1], "v", v, CELLS, &diag), diag);
    run(&twin, 6.4e-3);
    fake_gpu_fail(fake, "cuMemcpyDtoHAsync", 2, 2);
    CHECK(bh_group_get(twin.group[1], "v", v, CELLS, &diag) != BH_OK);
    fake_gpu_fail(fake, "", 0, 0);
    CHECK(bh_network_run(twin.net, 1e-3, &diag) == BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "was lost with it");
    CHECK_OK(bh_network_restore(twin.net, store, &diag), diag);
    run(&twin, 6.4e-3);
    run(&intact, 6.4e-3);
    twin_compare(&intact, &twin);
    bh_store_free(store);
    twin_free(&twin);
    twin_free(&intact);
}

static void
test_start(void)
{
    twin_start();
}

static void
test_stop(void)
{
    twin_stop();
}

TEST_MAIN("what a device keeps", {"a device", test_start}, {"pieces", test_pieces},
          {"changes", test_changes}, {"layout", test_layout}, {"midst", test_midst},
          {"lost", test_lost}, {"all is given back", test_stop})
