/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "filterbank/lowpass.h"

#include "tests/filterbank/bank.h"

static const double pi = 3.14159265358979323846;

static bh_filterbank *
make_lowpass(const double *cutoff_hz, size_t channels, size_t repeats,
             bh_precision precision)
{
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_lowpass_new(44100, cutoff_hz, channels, repeats, precision, &fb, &diag),
             diag);
    return fb;
}

/* brian2hears LowPass and Cascade(LowPass, 4): the same operations, 5e-16 measured. */
static void
golden_output(void)
{
    static const char *const names[] = {"lowpass_array", "cascade_lowpass4"};
    static const size_t repeats[] = {1, 4};
    for (size_t i = 0; i < 2; i++) {
        struct golden golden = read_golden(names[i]);
        size_t count;
        double *cutoff_hz = read_parameter(&golden, "fc", &count);
        for (int p = BH_SINGLE; p <= BH_DOUBLE; p++)
            check_golden(&golden,
                         make_lowpass(cutoff_hz, count, repeats[i], (bh_precision)p),
                         p == BH_DOUBLE ? 1e-12 : 1e-6);
        free(cutoff_hz);
        free_golden(&golden);
    }
}

/* The step response of one is 1 - (1 - 2 pi fc / samplerate)^n. */
static void
step_response(void)
{
    enum { FRAMES = 400 };
    const double cutoff_hz[] = {20, 1000};
    double x[FRAMES], y[FRAMES * 2];
    for (size_t t = 0; t < FRAMES; t++)
        x[t] = 1;
    bh_filterbank *fb = make_lowpass(cutoff_hz, 2, 1, BH_DOUBLE);
    CHECK(bh_filterbank_cf(fb)[1] == 1000);
    filter(fb, x, FRAMES, y);
    bh_filterbank_free(fb);
    for (size_t t = 0; t < FRAMES; t++)
        for (size_t ch = 0; ch < 2; ch++) {
            double keep = 1 - 2 * pi * cutoff_hz[ch] / 44100;
            CHECK_NEAR(y[t * 2 + ch], 1 - pow(keep, (double)t + 1), 1e-13);
        }
}

static bh_filterbank *
any_bank(size_t channels, bh_precision precision)
{
    double *cutoff_hz = calloc(channels, sizeof *cutoff_hz);
    for (size_t ch = 0; ch < channels; ch++)
        cutoff_hz[ch] = 10 + 5 * (double)(ch == channels - 1 ? 0 : ch);
    bh_filterbank *fb = make_lowpass(cutoff_hz, channels, 3, precision);
    free(cutoff_hz);
    return fb;
}

static void
every_bank(void)
{
    check_blocks(any_bank);
    check_channels(any_bank);
    check_source(any_bank);
    check_wide_input(any_bank);
    check_single(any_bank, 1e-7);
    check_machines(any_bank, 1e-12);
    check_silence(any_bank, 60000);
}

static void
wrong_banks(void)
{
    static const struct {
        double samplerate_hz, cutoff_hz;
        size_t channels, repeats;
        const char *says;
    } cases[] = {
        {44100, 0, 2, 1, "channel 1 has a cutoff of 0 Hz"},
        {44100, -1, 2, 1, "channel 1 has a cutoff of -1 Hz"},
        {44100, NAN, 2, 1, "channel 1 has a cutoff of nan Hz"},
        {44100, 15000, 2, 1, "below the sample rate / pi (14037.5 Hz)"},
        {44100, 100, 2, 0, "repeated 0 times"},
        {44100, 100, 0, 1, "0 channels"},
        {NAN, 100, 2, 1, "the sample rate is nan Hz"},
    };
    bh_filterbank *fb = NULL;
    bh_diag diag;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double cutoff_hz[] = {100, cases[i].cutoff_hz};
        CHECK(bh_lowpass_new(cases[i].samplerate_hz, cutoff_hz, cases[i].channels,
                             cases[i].repeats, BH_DOUBLE, &fb,
                             &diag) == BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, cases[i].says);
    }
    CHECK(fb == NULL);
}

TEST_MAIN("lowpass", {"golden output", golden_output}, {"step response", step_response},
          {"every bank", every_bank}, {"wrong banks", wrong_banks})
