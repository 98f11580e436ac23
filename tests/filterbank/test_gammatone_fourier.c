/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* setenv */
#include "filterbank/gammatone.h"

#include "tests/filterbank/bank.h"

static bh_filterbank *
make_engine(const double *cf_hz, size_t channels, bh_gammatone_engine engine,
            size_t delay, bh_precision precision)
{
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    bh_gammatone_params params = bh_gammatone_params_default();
    params.engine = engine;
    params.delay = delay;
    CHECK_OK(bh_gammatone_new(44100, cf_hz, channels, &params, precision, &fb, &diag),
             diag);
    return fb;
}

/* The responses are those of the recursive bank and end where less than 1e-13 of the
 * input's largest sample is left; the rest is rounding of the transforms. In single
 * precision the recursive bank is the less exact one. */
static void
same_as_recursive(void)
{
    static const size_t delays[] = {0, 100, 4096};
    static const double cf_hz[] = {20, 40, 100, 300, 1000, 3000, 8000, 16000, 21000};
    enum { FRAMES = 30000, CHANNELS = sizeof cf_hz / sizeof *cf_hz };
    double *x = make_noise(FRAMES), *want = calloc(FRAMES * CHANNELS, sizeof *want);
    double *got = calloc(FRAMES * CHANNELS, sizeof *got);
    bh_filterbank *fb =
        make_engine(cf_hz, CHANNELS, BH_GAMMATONE_RECURSIVE, 0, BH_DOUBLE);
    filter(fb, x, FRAMES, want);
    bh_filterbank_free(fb);
    for (size_t i = 0; i < 2 * sizeof delays / sizeof *delays; i++) {
        const bh_precision precision = i % 2 ? BH_SINGLE : BH_DOUBLE;
        const size_t delay = delays[i / 2];
        double error = 0;
        fb = make_engine(cf_hz, CHANNELS, BH_GAMMATONE_FOURIER, delay, precision);
        filter(fb, x, FRAMES, got);
        CHECK(bh_filterbank_cf(fb)[CHANNELS - 1] == 21000);
        bh_filterbank_free(fb);
        for (size_t n = 0; n < (FRAMES - delay) * CHANNELS; n++)
            error = fmax(error, fabs(got[n + delay * CHANNELS] - want[n]));
        CHECK_NEAR(error / 0.5, 0, precision == BH_DOUBLE ? 1e-12 : 1e-7);
    }
    free(got);
    free(want);
    free(x);
}

/* Which one is kept depends on the machine; what it says does not. */
static void
fastest_is_one_of_them(void)
{
    static const double cf_hz[] = {100, 1000, 5000};
    enum { FRAMES = 5000, CHANNELS = 3 };
    double *x = make_noise(FRAMES), *want = calloc(FRAMES * CHANNELS, sizeof *want);
    double *got = calloc(FRAMES * CHANNELS, sizeof *got);
    bh_filterbank *fb =
        make_engine(cf_hz, CHANNELS, BH_GAMMATONE_RECURSIVE, 0, BH_DOUBLE);
    filter(fb, x, FRAMES, want);
    bh_filterbank_free(fb);
    fb = make_engine(cf_hz, CHANNELS, BH_GAMMATONE_FASTEST, 0, BH_DOUBLE);
    filter(fb, x, FRAMES, got);
    bh_filterbank_free(fb);
    for (size_t n = 0; n < FRAMES * CHANNELS; n++)
        CHECK_NEAR(got[n], want[n], 1e-12 / 2);
    free(got);
    free(want);
    free(x);
}

static bh_filterbank *
any_bank(size_t channels, bh_precision precision)
{
    double *cf_hz = calloc(channels, sizeof *cf_hz);
    for (size_t ch = 0; ch < channels; ch++)
        cf_hz[ch] = 1000 + 9 * (double)(ch == channels - 1 ? 0 : ch);
    bh_filterbank *fb =
        make_engine(cf_hz, channels, BH_GAMMATONE_FOURIER, 256, precision);
    free(cf_hz);
    return fb;
}

static void
every_bank(void)
{
    check_blocks(any_bank);
    check_channels(any_bank);
    check_source(any_bank);
    check_wide_input_within(any_bank, 1e-12);
    check_single(any_bank, 1e-7);
    check_machines(any_bank, 1e-12);
    check_silence(any_bank, 3000);
}

static void
wrong_delay(void)
{
    const double cf_hz[] = {1000};
    bh_gammatone_params params = bh_gammatone_params_default();
    bh_filterbank *fb = NULL;
    bh_diag diag;
    params.delay = 5;
    for (int i = 0; i < 2; i++) {
        params.engine = i ? BH_GAMMATONE_FASTEST : BH_GAMMATONE_RECURSIVE;
        CHECK(bh_gammatone_new(44100, cf_hz, 1, &params, BH_DOUBLE, &fb, &diag) ==
              BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, "a delay of 5 samples, which only its engine by Fourier");
    }
    CHECK(fb == NULL);
}

TEST_MAIN("gammatone by Fourier transforms", {"same as recursive", same_as_recursive},
          {"fastest is one of them", fastest_is_one_of_them},
          {"every bank", every_bank}, {"wrong delay", wrong_delay})
