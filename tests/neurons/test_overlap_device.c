/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The next window is queued before the host takes what the last one gave: nothing waits
 * for the whole queue, and whoever listens hears what the processor would have told. */
#include "tests/neurons/twins.h"

enum { CELLS = 400, WINDOW = 32, WINDOWS = 12 };

struct listener {
    bh_network *net;
    int reports, waits; /* so far, and calls at first that wait for all */
    double last_s, stop_s;
    bh_status answer;
};

/* Cells of which all spike together now and then, more than the windows before made one
 * expect, and some at any time. */
static void
build(struct twin *twin)
{
    bh_group_config config = bh_group_config_default();
    config.name = "cells";
    config.count = CELLS;
    config.equations = "dv/dt = (1.2 + 0.001*i/N - v)/(2*ms) : 1";
    config.threshold = "v > 1 or rand() < 0.002";
    config.reset = "v = 0";
    twin_listen(twin, twin_group(twin, &config), NULL);
    config.name = "others";
    config.count = CELLS - 30;
    twin_listen(twin, twin_group(twin, &config), NULL);
}

static struct twin
make(bool device)
{
    struct twin twin = twin_new(device, BH_SINGLE, WINDOW);
    build(&twin);
    return twin;
}

static int
calls(const char *name)
{
    for (int i = 0; fake && fake->called[i].function; i++)
        if (strcmp(fake->called[i].function, name) == 0)
            return fake->called[i].calls;
    return 0;
}

static bh_status
report(void *user, double time_s, bh_diag *diag)
{
    struct listener *l = user;
    const int waits = calls("cuStreamSynchronize");
    if (l->reports++ < 3) /* by then a burst was seen, and is expected again */
        l->waits = waits;
    CHECK(waits == l->waits);
    CHECK_NEAR(time_s, l->last_s + WINDOW * 1e-4, 1e-12);
    l->last_s = time_s;
    if (l->stop_s > 0 && time_s >= l->stop_s - 1e-9) {
        l->stop_s = 0;
        if (l->answer != BH_OK)
            return bh_diag_set(diag, l->answer, "enough");
        bh_network_stop(l->net);
    }
    return BH_OK;
}

static void
test_windows(void)
{
    bh_diag diag;
    struct twin twin[2] = {make(false), make(true)};
    for (int device = 0; device < 2; device++) {
        struct listener l = {.net = twin[device].net};
        bh_network_report(l.net, report, &l);
        CHECK_OK(bh_network_run(l.net, WINDOWS * WINDOW * 1e-4, &diag), diag);
        CHECK(l.reports == WINDOWS);
        CHECK_NEAR(l.last_s, bh_network_time(l.net), 1e-12);
    }
    twin_compare(&twin[0], &twin[1]);
    twin_free(&twin[0]);
    twin_free(&twin[1]);
}

/* On a machine whose GPU reaches all memory by itself nothing waits either: with sound
 * through a bank on the GPU, whose windows come from ordinary memory. */
struct hearing {
    struct twin twin;
    bh_filterbank *bank;
    bh_source *ear;
};

static struct hearing
hear(bool device)
{
    enum { PLACES = 8, FRAMES = WINDOWS * WINDOW };
    bh_diag diag;
    double cf_hz[PLACES];
    struct hearing h = {.twin = make(device)};
    struct twin *t = &h.twin;
    bh_group_config config = bh_group_config_default();
    CHECK_OK(bh_erbspace(100, 4000, PLACES, bh_erb_params_default(), cf_hz, &diag),
             diag);
    CHECK_OK(bh_sound_new(FRAMES, 1, 10000, &t->sound, &diag), diag);
    for (int k = 0; k < FRAMES; k++)
        bh_sound_data(t->sound)[k] = sin(0.3 * k) + 0.7 * sin(0.031 * k);
    CHECK_OK(bh_sound_source(t->sound, &t->source, &diag), diag);
    CHECK_OK(bh_gammatone_new(10000, cf_hz, PLACES, NULL, BH_SINGLE, &h.bank, &diag),
             diag);
    if (device)
        CHECK_OK(bh_filterbank_place(h.bank, &gpu->device, BH_PLACE_SAME, &diag), diag);
    CHECK_OK(bh_filterbank_source(h.bank, t->source, &h.ear, &diag), diag);
    config.name = "nerve";
    config.count = PLACES;
    config.equations = "dv/dt = (I - v)/(1*ms) : 1\nI : 1";
    config.threshold = "v > 0.2";
    config.reset = "v = 0";
    bh_group *nerve = twin_group(t, &config);
    CHECK_OK(bh_link(nerve, "I", h.ear, "clip(x, 0, inf)", &diag), diag);
    twin_listen(t, nerve, NULL);
    struct listener l = {.net = t->net};
    bh_network_report(t->net, report, &l);
    CHECK_OK(bh_network_run(t->net, BH_UNTIL_END, &diag), diag);
    CHECK(l.reports == WINDOWS);
    return h;
}

static void
test_sound(void)
{
    bh_diag diag;
    if (fake)
        fake->reads_pageable = 1;
    bh_gpu_close(gpu);
    CHECK_OK(bh_gpu_open(0, &gpu, &diag), diag);
    struct hearing h[2] = {hear(false), hear(true)};
    twin_compare(&h[0].twin, &h[1].twin);
    for (int device = 0; device < 2; device++) {
        bh_network_free(h[device].twin.net);
        bh_source_free(h[device].ear);
        bh_filterbank_free(h[device].bank);
        bh_source_free(h[device].twin.source);
        bh_sound_free(h[device].twin.sound);
    }
    if (fake)
        fake->reads_pageable = 0;
}

/* Where somebody ends the run, it ends behind the window that was queued already, and
 * goes on from there. */
static void
end_early(bh_status answer)
{
    bh_diag diag;
    const double whole_s = WINDOWS * WINDOW * 1e-4;
    struct twin twin[2] = {make(false), make(true)};
    CHECK_OK(bh_network_run(twin[0].net, whole_s, &diag), diag);
    bh_network *net = twin[1].net;
    struct listener l = {.net = net, .stop_s = whole_s / 2, .answer = answer};
    bh_network_report(net, report, &l);
    CHECK(bh_network_run(net, whole_s, &diag) == answer);
    const double ended_s = bh_network_time(net);
    CHECK_NEAR(ended_s, whole_s / 2 + WINDOW * 1e-4, 1e-12);
    const bh_events spikes = bh_spike_monitor_events(twin[1].spikes[0]);
    CHECK(spikes.count > 0 && spikes.time_s[spikes.count - 1] < ended_s);
    CHECK(spikes.time_s[spikes.count - 1] > ended_s - WINDOW * 1e-4);
    bh_network_report(net, NULL, NULL);
    CHECK_OK(bh_network_run(net, whole_s - ended_s, &diag), diag);
    twin_compare(&twin[0], &twin[1]);
    twin_free(&twin[0]);
    twin_free(&twin[1]);
}

static void
test_early(void)
{
    end_early(BH_OK);
    end_early(BH_ERR_STOPPED);
}

static bh_status
refuse(void *user, bh_events events, bh_diag *diag)
{
    size_t *left = user;
    if (*left > events.count) {
        *left -= events.count;
        return BH_OK;
    }
    return bh_diag_set(diag, BH_ERR_FILE, "the disk is full");
}

/* A listener that fails ends the run with its own sentence. */
static void
test_refusal(void)
{
    bh_diag diag;
    size_t left = 1000;
    struct twin twin = make(true);
    const bh_spike_monitor_config config = {.sink = refuse, .user = &left};
    CHECK_OK(bh_spike_monitor_new(twin.group[0], &config, NULL, &diag), diag);
    CHECK(bh_network_run(twin.net, 0.1, &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "the disk is full");
    twin_free(&twin);
}

/* Each call fails in turn in the midst of windows. */
static void
test_failures(void)
{
    static const char *const names[] = {
        "cuMemcpyHtoDAsync", "cuMemcpyDtoHAsync",  "cuLaunchKernel", "cuMemHostAlloc",
        "cuEventRecord",     "cuEventSynchronize", "cuEventCreate"};
    bh_diag diag;
    struct twin intact = make(false);
    CHECK_OK(bh_network_run(intact.net, 0.0128, &diag), diag);
    for (size_t c = 0; fake && c < sizeof names / sizeof names[0]; c++)
        for (int call = 1; call < 7; call += 4) {
            bh_store *store;
            struct twin twin = make(true);
            CHECK_OK(bh_network_store(twin.net, &store, &diag), diag);
            fake_gpu_fail(fake, names[c], call, 2);
            const bh_status status = bh_network_run(twin.net, 0.0128, &diag);
            CHECK(status != BH_OK || fake->failing[0] != 0);
            fake_gpu_fail(fake, "", 0, 0);
            CHECK_OK(bh_network_restore(twin.net, store, &diag), diag);
            CHECK_OK(bh_network_run(twin.net, 0.0128, &diag), diag);
            twin_compare(&intact, &twin);
            bh_store_free(store);
            twin_free(&twin);
        }
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

TEST_MAIN("windows that overlap on a device", {"a device", test_start},
          {"windows", test_windows}, {"ended early", test_early}, {"sound", test_sound},
          {"refusal", test_refusal}, {"failures", test_failures},
          {"all is given back", test_stop})
