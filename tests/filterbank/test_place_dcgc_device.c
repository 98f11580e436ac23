/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "tests/filterbank/placed.h"

#include "core/source.h"
#include "filterbank/dcgc.h"

static bh_filterbank *
make(const bh_dcgc_params *params, size_t channels, bh_precision precision)
{
    bh_diag diag;
    bh_filterbank *fb = NULL;
    double cf_hz[64];
    for (size_t ch = 0; ch < channels; ch++)
        cf_hz[ch] = 150 * pow(80, (double)ch / 63);
    CHECK_OK(bh_dcgc_new(44100, cf_hz, channels, params, precision, &fb, &diag), diag);
    return fb;
}

static void
check_dcgc(const bh_dcgc_params *params, size_t channels, bh_precision precision,
           bool wide)
{
    check_same("dcgc", make(params, channels, precision),
               make(params, channels, precision), wide ? channels : 1, precision, 0.2);
}

static void
test_same_bits(void)
{
    bh_dcgc_params params = bh_dcgc_params_default();
    check_dcgc(&params, 33, BH_SINGLE, false);
    check_dcgc(&params, 64, BH_DOUBLE, true);
    check_dcgc(&params, 1, BH_DOUBLE, false);
}

/* Levels from channels below, far above, and of updates only. */
static void
test_other_levels(void)
{
    bh_dcgc_params params = bh_dcgc_params_default();
    params.lct_erb = -2;
    params.update_interval = 7;
    check_dcgc(&params, 20, BH_SINGLE, true);
    params.lct_erb = 90;
    check_dcgc(&params, 17, BH_DOUBLE, false);
    params = bh_dcgc_params_brian2hears();
    params.update_interval = 8;
    check_dcgc(&params, 47, BH_DOUBLE, false);
}

/* From the processor to the device in the middle of the sound, between two updates. */
static void
test_goes_on(void)
{
    enum { FRAMES = 300, CHANNELS = 20 };
    bh_dcgc_params params = bh_dcgc_params_default();
    params.update_interval = 9;
    bh_filterbank *here = make(&params, CHANNELS, BH_SINGLE);
    bh_filterbank *there = make(&params, CHANNELS, BH_SINGLE);
    bh_block in = new_sound(FRAMES, 1, BH_SINGLE, 0.2);
    bh_block want = new_block(FRAMES, CHANNELS, BH_SINGLE);
    bh_block got = new_block(FRAMES, CHANNELS, BH_SINGLE);
    run(here, in, want, FRAMES, true);
    run(there, bh_block_frames(in, 0, 100), bh_block_frames(got, 0, 100), 100, true);
    place(there, BH_PLACE_PARALLEL);
    run(there, bh_block_frames(in, 100, 200), bh_block_frames(got, 100, 200), 33, true);
    CHECK(same(got, want));
    bh_filterbank_free(here);
    bh_filterbank_free(there);
    free(in.data);
    free(want.data);
    free(got.data);
}

/* Whatever fails on the way leaves the bank on the processor, and nothing taken. */
static void
test_failures(void)
{
    static const char *const functions[] = {"cuMemAlloc", "cuMemHostAlloc",
                                            "cuModuleLoadData"};
    if (!fake)
        return;
    bh_filterbank *fb = make(NULL, 20, BH_SINGLE);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        bh_status status = BH_ERR_DEVICE;
        bh_diag diag;
        int call = 1;
        for (; status != BH_OK && call < 30; call++) {
            fake_gpu_fail(fake, functions[i], call, 2);
            status = bh_filterbank_place(fb, &gpu->device, BH_PLACE_SAME, &diag);
            CHECK(status == BH_OK || fake->failing_call <= 0);
        }
        CHECK(status == BH_OK && call > 2);
        fake->failing[0] = 0;
        bh_filterbank_free(fb);
        fb = make(NULL, 20, BH_SINGLE);
    }
    bh_filterbank_free(fb);
}

int
main(void)
{
    const struct test tests[] = {
        {"a device opens", test_open},
        {"the processor's bits", test_same_bits},
        {"levels from anywhere", test_other_levels},
        {"from processor to device", test_goes_on},
        {"what fails leaves the bank", test_failures},
        {"everything is given back", test_close},
    };
    return run_placed("the DCGC on a device", tests, sizeof tests / sizeof *tests);
}
