/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A nerve behind a bank on a device: what the bank says never leaves the device, and
 * the spikes are the processor's. */
#define _POSIX_C_SOURCE 200809L
#include "brianhears.h"
#include "gpu/device_internal.h"
#include "neurons/engine_internal.h"
#include "tests/check.h"
#include "tests/gpu/fake_gpu.h"

static struct fake_gpu *fake;
static struct gpu *gpu;

enum { PLACES = 21, FIBRES = 3, FRAMES = 1500, MOST = 20000 };

/* How the nerve hears: steps for a sample, and whether at the end of steps. */
static int steps_a_sample = 1;
static bool late;

struct nerve {
    bh_sound *sound;
    bh_source *source, *ear;
    bh_filterbank *cochlea;
    bh_network *net;
    bh_spike_monitor *spikes;
    size_t watched;
};

static bh_status
watch(void *user, bh_block block, bh_diag *diag)
{
    struct nerve *nerve = user;
    (void)diag;
    nerve->watched += block.frames;
    return BH_OK;
}

static void
make_nerve(struct nerve *nerve, bool on_device, bool placed, bool watched)
{
    double cf_hz[PLACES];
    bh_diag diag;
    bh_group *group;
    memset(nerve, 0, sizeof *nerve);
    CHECK_OK(bh_erbspace(100, 8000, PLACES, bh_erb_params_default(), cf_hz, &diag),
             diag);
    CHECK_OK(bh_sound_new(FRAMES, 1, 44100, &nerve->sound, &diag), diag);
    for (int k = 0; k < FRAMES; k++)
        bh_sound_data(nerve->sound)[k] = sin(0.05 * k) + 0.7 * sin(0.31 * k);
    CHECK_OK(bh_sound_source(nerve->sound, &nerve->source, &diag), diag);
    CHECK_OK(
        bh_gammatone_new(44100, cf_hz, PLACES, NULL, BH_SINGLE, &nerve->cochlea, &diag),
        diag);
    if (placed)
        CHECK_OK(
            bh_filterbank_place(nerve->cochlea, &gpu->device, BH_PLACE_SAME, &diag),
            diag);
    CHECK_OK(bh_filterbank_source(nerve->cochlea, nerve->source, &nerve->ear, &diag),
             diag);
    bh_network_config config = bh_network_config_default();
    config.dt_s = 1.0 / 44100 / steps_a_sample;
    config.random = BH_RANDOM_PORTABLE;
    config.device = on_device ? &gpu->device : NULL;
    CHECK_OK(bh_network_new(&config, &nerve->net, &diag), diag);
    bh_group_config order = bh_group_config_default();
    order.count = PLACES * FIBRES;
    order.precision = BH_SINGLE;
    order.equations = "dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless "
                      "refractory)\nI : 1";
    order.threshold = "v > 1";
    order.reset = "v = 0";
    order.refractory = "5*ms";
    CHECK_OK(bh_group_new(nerve->net, &order, &group, &diag), diag);
    bh_link_config link = bh_link_config_default(group);
    link.source = nerve->ear;
    link.to_variable = "I";
    link.expression = "3*clip(x,0,inf)**(1/3)";
    link.when = late ? "end" : "start";
    CHECK_OK(bh_link_new(&link, &diag), diag);
    CHECK_OK(bh_spike_monitor_new(group, NULL, &nerve->spikes, &diag), diag);
    if (watched)
        CHECK_OK(bh_network_watch(nerve->net, nerve->ear, watch, nerve, &diag), diag);
}

static void
free_nerve(struct nerve *nerve)
{
    bh_network_free(nerve->net);
    bh_source_free(nerve->ear);
    bh_filterbank_free(nerve->cochlea);
    bh_source_free(nerve->source);
    bh_sound_free(nerve->sound);
}

/* In three runs, the last one past the end of the sound. */
static void
run_nerve(struct nerve *nerve)
{
    bh_diag diag;
    CHECK_OK(bh_network_run(nerve->net, 0.01, &diag), diag);
    CHECK_OK(bh_network_run(nerve->net, 0.013, &diag), diag);
    CHECK_OK(bh_network_run(nerve->net, 0.02, &diag), diag);
}

static bool
same_spikes(const struct nerve *a, const struct nerve *b)
{
    const bh_events one = bh_spike_monitor_events(a->spikes);
    const bh_events other = bh_spike_monitor_events(b->spikes);
    if (one.count != other.count || one.count < 50)
        fprintf(stderr, "%zu and %zu spikes\n", one.count, other.count);
    return one.count == other.count && one.count > 50 &&
           memcmp(one.time_s, other.time_s, one.count * sizeof *one.time_s) == 0 &&
           memcmp(one.index, other.index, one.count * sizeof *one.index) == 0;
}

static void
test_stays(void)
{
    struct nerve here, there;
    make_nerve(&here, false, false, false);
    make_nerve(&there, true, true, false);
    run_nerve(&here);
    run_nerve(&there);
    CHECK(same_spikes(&here, &there));
    CHECK(there.net->feeds->device == &gpu->device);
    free_nerve(&here);
    free_nerve(&there);
}

/* A bank on the processor, or one that somebody watches, comes by the host. */
static void
test_comes_back(void)
{
    struct nerve here, there, seen;
    make_nerve(&here, false, false, true);
    make_nerve(&there, true, false, false);
    make_nerve(&seen, true, true, true);
    run_nerve(&here);
    run_nerve(&there);
    run_nerve(&seen);
    CHECK(same_spikes(&here, &there));
    CHECK(same_spikes(&here, &seen));
    CHECK(seen.watched == FRAMES && here.watched == FRAMES);
    CHECK(!there.net->feeds->device && !seen.net->feeds->device);
    free_nerve(&here);
    free_nerve(&there);
    free_nerve(&seen);
}

/* Back to what was, with a source that has gone on. */
static void
test_goes_back(void)
{
    struct nerve here, there;
    bh_store *store;
    bh_diag diag;
    make_nerve(&here, false, false, false);
    make_nerve(&there, true, true, false);
    CHECK_OK(bh_network_run(here.net, 0.01, &diag), diag);
    CHECK_OK(bh_network_run(here.net, 0.018, &diag), diag);
    CHECK_OK(bh_network_run(there.net, 0.01, &diag), diag);
    CHECK_OK(bh_network_store(there.net, &store, &diag), diag);
    CHECK_OK(bh_network_run(there.net, 0.012, &diag), diag);
    CHECK_OK(bh_network_restore(there.net, store, &diag), diag);
    CHECK_OK(bh_network_run(there.net, 0.018, &diag), diag);
    CHECK(same_spikes(&here, &there));
    CHECK(there.net->feeds->device == &gpu->device);
    bh_store_free(store);
    free_nerve(&here);
    free_nerve(&there);
}

/* Steps that see the frame before their window. */
static void
test_sees_before(void)
{
    late = true;
    for (steps_a_sample = 1; steps_a_sample <= 3; steps_a_sample += 2)
        test_stays();
    late = false;
    for (steps_a_sample = 2; steps_a_sample <= 3; steps_a_sample++)
        test_stays();
    steps_a_sample = 1;
}

static void
test_open(void)
{
    bh_diag diag;
    CHECK_OK(bh_gpu_open(0, &gpu, &diag), diag);
}

static void
test_close(void)
{
    bh_gpu_close(gpu);
    CHECK(fake_gpu_leaks(fake) == 0);
}

int
main(void)
{
    const struct test tests[] = {
        {"a device opens", test_open},
        {"what a bank says stays on the device", test_stays},
        {"a frame before the window", test_sees_before},
        {"what the host needs comes back", test_comes_back},
        {"back to what was", test_goes_back},
        {"everything is given back", test_close},
    };
    fake = fake_gpu_start();
    if (!fake && !getenv("BH_TEST_GPU"))
        return 2;
    return run_tests("sources on a device", tests, sizeof tests / sizeof *tests);
}
