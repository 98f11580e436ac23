/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs on a device beside everything else that a network does: operations of one's own
 * between steps, values set between runs, store and restore, and what goes wrong. */
#include "tests/neurons/twins.h"

/* Two groups, plastic synapses with delays, a monitor. */
static void
build(struct twin *twin)
{
    bh_diag diag;
    bh_plasticity texts;
    bh_group_config config = bh_group_config_default();
    config.name = "inputs";
    config.count = 40;
    config.equations = "x : 1";
    config.threshold = "rand() < 0.02*x";
    bh_group *inputs = twin_group(twin, &config);
    CHECK_OK(bh_group_set(inputs, "x", "1 + i/N", &diag), diag);
    config.name = "cells";
    config.count = 33;
    config.equations = "dv/dt = (0.7 + bias - v)/(10*ms) : 1\nbias : 1";
    config.threshold = "v > 1";
    config.reset = "v = 0";
    bh_group *cells = twin_group(twin, &config);
    bh_stdp_params rule = bh_stdp_params_default();
    rule.w_max = 0.3;
    rule.effect = "v += w";
    CHECK_OK(bh_stdp(&rule, &texts, &diag), diag);
    bh_synapses_config wires = bh_synapses_config_default();
    wires.name = "wires";
    wires.source = bh_all(inputs);
    wires.target = bh_all(cells);
    bh_plasticity_use(&texts, &wires);
    bh_synapses *synapses;
    CHECK_OK(bh_synapses_new(&wires, &synapses, &diag), diag);
    CHECK_OK(bh_synapses_connect(synapses, NULL, &diag), diag);
    CHECK_OK(bh_synapses_set(synapses, "w", NULL, "0.3*rand()", &diag), diag);
    CHECK_OK(bh_synapses_set(synapses, "delay", NULL, "rand()*3*ms", &diag), diag);
    twin->synapses[twin->synapse_count++] = synapses;
    twin_listen(twin, inputs, NULL);
    twin_listen(twin, cells, NULL);
}

static struct twin
make(bool device)
{
    struct twin twin = twin_new(device, BH_DOUBLE, 64);
    build(&twin);
    return twin;
}

static void
run(struct twin *twin, double seconds)
{
    bh_diag diag;
    CHECK_OK(bh_network_run(twin->net, seconds, &diag), diag);
}

/* Reads what the network does, and changes it. */
static bh_status
disturb(void *user, bh_network *net, double time_s, bh_diag *diag)
{
    struct twin *twin = user;
    double v[33];
    BH_TRY(bh_group_get(twin->group[1], "v", v, 33, diag));
    for (int n = 0; n < 33; n++)
        v[n] = 0.5 * v[n] + time_s;
    (void)net;
    BH_TRY(bh_group_set_array(twin->group[1], "bias", v, 33, diag));
    return bh_synapses_set(twin->synapses[0], "w", "i == 3", "0.25", diag);
}

static void
test_operations(void)
{
    bh_diag diag;
    struct twin twin[2];
    for (int device = 0; device < 2; device++) {
        twin[device] = make(device);
        bh_operation_config config = bh_operation_config_default(twin[device].net);
        config.call = disturb;
        config.user = &twin[device];
        config.every_s = 4e-3;
        config.when = device ? "end" : "end";
        CHECK_OK(bh_operation_new(twin[device].net, &config, &diag), diag);
        run(&twin[device], 0.0213);
    }
    twin_compare(&twin[0], &twin[1]);
    twin_free(&twin[0]);
    twin_free(&twin[1]);
}

/* What is stored on the one can go on on the other. */
static void
test_store(void)
{
    bh_diag diag;
    bh_store *store[2];
    struct twin twin[2] = {make(false), make(true)};
    for (int device = 0; device < 2; device++) {
        run(&twin[device], 0.0117);
        CHECK_OK(bh_network_store(twin[device].net, &store[device], &diag), diag);
        run(&twin[device], 0.0094);
    }
    twin_compare(&twin[0], &twin[1]);
    struct twin crossed[2] = {make(false), make(true)};
    for (int device = 0; device < 2; device++) {
        CHECK_OK(bh_network_restore(crossed[device].net, store[1 - device], &diag),
                 diag);
        run(&crossed[device], 0.0094);
        twin_compare(&twin[0], &crossed[device]);
    }
    for (int device = 0; device < 2; device++) {
        bh_store_free(store[device]);
        twin_free(&twin[device]);
        twin_free(&crossed[device]);
    }
}

/* Whatever fails is told and leaves nothing behind; from a stored state the network
 * runs as if nothing had been. */
static void
test_failures(void)
{
    static const char *const calls[] = {"cuMemAlloc",          "cuMemcpyHtoDAsync",
                                        "cuMemcpyDtoHAsync",   "cuLaunchKernel",
                                        "cuModuleGetFunction", "cuStreamSynchronize",
                                        "cuGraphLaunch"};
    size_t failures = 0;
    struct twin intact = make(false);
    run(&intact, 0.0064);
    for (size_t c = 0; fake && c < sizeof calls / sizeof calls[0]; c++)
        for (int call = 1; call < 40; call += 18) {
            bh_diag diag = {0};
            bh_store *store;
            struct twin twin = make(true);
            CHECK_OK(bh_network_store(twin.net, &store, &diag), diag);
            fake_gpu_fail(fake, calls[c], call, 2);
            const bh_status status = bh_network_run(twin.net, 0.0064, &diag);
            fake_gpu_fail(fake, "", 0, 0);
            failures += status != BH_OK;
            CHECK(status == BH_OK || diag.text[0] != 0);
            CHECK_OK(bh_network_restore(twin.net, store, &diag), diag);
            run(&twin, 0.0064);
            twin_compare(&intact, &twin);
            bh_store_free(store);
            twin_free(&twin);
        }
    CHECK(!fake || failures > 12);
    twin_free(&intact);
}

static double
half(double x)
{
    return x / 2;
}

static void
call_half(void *user, size_t first, const double *x, double *y, size_t count)
{
    (void)user, (void)first;
    for (size_t n = 0; n < count; n++)
        y[n] = half(x[n]);
}

static void
check_refused(struct twin *twin, const char *says)
{
    bh_diag diag;
    CHECK(bh_network_run(twin->net, 0.001, &diag) == BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, says);
    twin_free(twin);
}

static void
test_refusals(void)
{
    bh_diag diag;
    struct twin twin = make(true);
    bh_synapses *more;
    bh_synapses_config wires = bh_synapses_config_default();
    wires.name = "more";
    wires.source = bh_all(twin.group[0]);
    wires.target = bh_all(twin.group[1]);
    wires.on_pre = "v += 0.01";
    wires.procedural = true;
    CHECK_OK(bh_synapses_new(&wires, &more, &diag), diag);
    CHECK_OK(bh_synapses_connect(more, NULL, &diag), diag);
    check_refused(&twin, "more is procedural");
    twin = make(true);
    bh_group_config config = bh_group_config_default();
    config.name = "driven";
    config.count = 40;
    config.equations = "y : 1";
    bh_group *driven = twin_group(&twin, &config);
    bh_link_config link = bh_link_config_default(driven);
    link.from = twin.group[0];
    link.from_variable = "x";
    link.to_variable = "y";
    link.function = call_half;
    CHECK_OK(bh_link_new(&link, &diag), diag);
    check_refused(&twin, "calls a function");
}

/* Values of one group drive another, with an expression and without; a group that takes
 * its steps with a clock of its own. */
static void
build_links(struct twin *twin)
{
    bh_diag diag;
    bh_group_config config = bh_group_config_default();
    config.name = "slow";
    config.count = 12;
    config.equations = "dv/dt = (1.5 + 0.1*i - v)/(5*ms) : 1";
    config.threshold = "v > 1";
    config.reset = "v = 0.1*rand()";
    config.dt_s = 3e-4;
    bh_group *slow = twin_group(twin, &config);
    config.name = "driven";
    config.count = 36;
    config.equations =
        "dv/dt = (2*x + y - v)/(5*ms) : 1 (unless refractory)\nx : 1\ny : 1";
    config.refractory = "1*ms";
    config.dt_s = 0;
    bh_group *driven = twin_group(twin, &config);
    bh_link_config link = bh_link_config_default(driven);
    link.from = slow;
    link.from_variable = "v";
    link.to_variable = "x";
    link.expression = "x**2 + 0.3";
    CHECK_OK(bh_link_new(&link, &diag), diag);
    link.to_variable = "y";
    link.expression = NULL;
    link.when = "end";
    link.clock_dt_s = 2e-4;
    CHECK_OK(bh_link_new(&link, &diag), diag);
    twin_listen(twin, slow, NULL);
    twin_listen(twin, driven, NULL);
}

static void
test_links(void)
{
    static const double turns_s[] = {0.0301, 0.0202};
    twin_run(build_links, BH_DOUBLE, 256, turns_s, 2);
    twin_run(build_links, BH_SINGLE, 7, turns_s, 2);
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

TEST_MAIN("runs on a device", {"a device", test_start}, {"links", test_links},
          {"operations", test_operations}, {"store", test_store},
          {"refusals", test_refusals}, {"failures", test_failures},
          {"all is given back", test_stop})
