/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Model files on a device: banks and network run there with the processor's results,
 * and what the device cannot do is refused or stays. */
#include "brianhears.h"
#include "gpu/device_internal.h"
#include "tests/check.h"
#include "tests/gpu/fake_gpu.h"

static struct fake_gpu *fake;
static struct gpu *gpu;
static bh_diag diag;

/* Middle ear, then a cochlea, which is within 1e-11 in double precision and so moves no
 * spike, and a nerve. */
static const char nerve[] =
    "run: {random: portable, precision: double}\n"
    "sounds: {tone: {stimulus: tone, frequency: 1 kHz, duration: 40 ms, level: 80 dB "
    "SPL}}\n"
    "filters:\n"
    "  ear: {bank: middle_ear, input: tone, set: {gain: 20}}\n"
    "  cochlea: {bank: gammatone, input: ear, channels: 20}\n"
    "groups:\n"
    "  nerve:\n"
    "    N: 60\n"
    "    equations: |\n"
    "      dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1\n"
    "      I : 1\n"
    "    threshold: v > 1\n"
    "    reset: v = 0\n"
    "    links: {I: {from: cochlea, expression: '3*clip(x,0,inf)**(1/3)'}}\n"
    "monitors: {out: {spikes: nerve}}\n";

/* A network that only the processor runs. */
static const char procedural[] =
    "run: {duration: 20 ms, random: portable}\n"
    "inputs: {noise: {N: 20, rates: 300*Hz}}\n"
    "groups: {cells: {N: 10, equations: 'dv/dt = -v/(10*ms) : 1', threshold: v > 1,\n"
    "  reset: v = 0}}\n"
    "synapses: {all: {from: noise, to: cells, procedural: yes, on_pre: 'v += 0.3',\n"
    "  connect: {probability: 0.5}}}\n"
    "monitors: {out: {spikes: cells}}\n";

static bh_model *
parse(const char *text, bool single)
{
    static const char *const set[] = {"run.precision=single"};
    bh_model *model = NULL;
    CHECK_OK(bh_model_parse("nerve", text, strlen(text), set, single, &model, &diag),
             diag);
    return model;
}

static bh_events
run(bh_model *model)
{
    CHECK_OK(bh_model_build(model, &diag), diag);
    CHECK_OK(bh_model_run(model, &diag), diag);
    return bh_spike_monitor_events(bh_model_spike_monitor(model, "out"));
}

static void
check_same(bh_events got, bh_events want)
{
    CHECK(want.count > 10);
    CU_ASSERT_FATAL(got.count == want.count);
    CHECK(memcmp(got.time_s, want.time_s, want.count * sizeof *want.time_s) == 0);
    CHECK(memcmp(got.index, want.index, want.count * sizeof *want.index) == 0);
}

static size_t
launches(void)
{
    return fake ? fake->launches : 0;
}

static void
test_same(void)
{
    bh_model *here = parse(nerve, false), *there = parse(nerve, false);
    const bh_events want = run(here);
    bh_model_place(there, &gpu->device, false);
    const size_t before = launches();
    check_same(run(there), want);
    CHECK(!fake || launches() > before);
    CHECK(bh_model_notice(there) == NULL);
    /* and back */
    bh_model_place(there, NULL, false);
    check_same(run(there), want);
    bh_model_free(here);
    bh_model_free(there);
}

/* The gammatone in single precision goes in parallel over time, within 1e-5 of its
 * largest output; noise moves a spike now and then. */
static void
test_parallel(void)
{
    bh_model *here = parse(nerve, true), *there = parse(nerve, true);
    const bh_events want = run(here);
    bh_model_place(there, &gpu->device, false);
    const bh_events got = run(there);
    CHECK_NEAR((double)got.count, (double)want.count, 0.01 * (double)want.count);
    bh_model_free(here);
    bh_model_free(there);
}

/* Filters without room there stay, and the network goes. */
static void
test_room(void)
{
    bh_model *here = parse(nerve, false), *there = parse(nerve, false);
    if (!fake)
        return;
    const bh_events want = run(here);
    bh_model_place(there, &gpu->device, false);
    fake_gpu_fail(fake, "cuMemAlloc", 1, 2);
    CHECK(bh_model_build(there, &diag) == BH_ERR_MEMORY);
    CHECK(strstr(diag.text, "has no room for") != NULL);
    bh_model_place(there, &gpu->device, true);
    fake_gpu_fail(fake, "cuMemAlloc", 1, 2);
    const size_t before = launches();
    check_same(run(there), want);
    CHECK(launches() > before);
    CHECK(strncmp(bh_model_notice(there), "the filters: the GPU has no room", 32) == 0);
    bh_model_free(here);
    bh_model_free(there);
}

static void
test_network_stays(void)
{
    bh_model *here = parse(procedural, false), *there = parse(procedural, false);
    const bh_events want = run(here);
    bh_model_place(there, &gpu->device, false);
    CHECK(bh_model_build(there, &diag) == BH_ERR_UNSUPPORTED);
    CHECK(strstr(diag.text, "procedural") != NULL);
    bh_model_place(there, &gpu->device, true);
    check_same(run(there), want);
    CHECK(strncmp(bh_model_notice(there), "the network: ", 13) == 0);
    /* whether it can be built does not depend on a device */
    CHECK_OK(bh_model_check(there, &diag), diag);
    CHECK(bh_model_notice(there) == NULL);
    bh_model_free(here);
    bh_model_free(there);
}

static void
test_end(void)
{
    bh_gpu_close(gpu);
    CHECK(fake_gpu_leaks(fake) == 0);
}

static void
test_begin(void)
{
    fake = fake_gpu_start();
    CHECK_OK(bh_gpu_open(0, &gpu, &diag), diag);
}

TEST_MAIN("model files on a device", {"a device", test_begin}, {"same bits", test_same},
          {"in parallel over time", test_parallel}, {"no room", test_room},
          {"a network stays", test_network_stays}, {"all is given back", test_end})
