/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* setenv */
#include "filterbank/tan_carney.h"

#include "filterbank/middle_ear.h"
#include "tests/filterbank/ear.h"

static bh_filterbank *
make_with(const bh_tan_carney_params *params, double samplerate_hz, const double *cf_hz,
          size_t channels, bh_precision precision)
{
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_tan_carney_new(samplerate_hz, cf_hz, channels, params, precision, &fb,
                               &diag),
             diag);
    return fb;
}

static bh_filterbank *
make(double samplerate_hz, const double *cf_hz, size_t channels, bh_precision precision)
{
    return make_with(NULL, samplerate_hz, cf_hz, channels, precision);
}

static bh_filterbank *
make_every_10(double samplerate_hz, const double *cf_hz, size_t channels,
              bh_precision precision)
{
    bh_tan_carney_params params = bh_tan_carney_params_default();
    params.update_interval = 10;
    return make_with(&params, samplerate_hz, cf_hz, channels, precision);
}

/* The golden cases go through brian2hears' middle ear first. */
static void
check_behind_middle_ear(const char *name, double double_error, double single_error)
{
    const bh_middle_ear_params ear = bh_middle_ear_params_brian2hears();
    struct golden golden = read_golden(name);
    for (int p = BH_SINGLE; p <= BH_DOUBLE; p++) {
        bh_filterbank *middle = NULL;
        bh_diag diag = {0};
        CHECK_OK(
            bh_middle_ear_new(golden.samplerate_hz, 1, &ear, BH_DOUBLE, &middle, &diag),
            diag);
        bh_filterbank *fb =
            make(golden.samplerate_hz, golden.cf_hz, golden.channels, (bh_precision)p);
        double *heard = filter(middle, golden.input, golden.frames, 1);
        double *got = filter(fb, heard, golden.frames, 1);
        CHECK_NEAR(worst_error(got, golden.output, golden.frames, golden.channels), 0,
                   p == BH_DOUBLE ? double_error : single_error);
        free(got);
        free(heard);
        bh_filterbank_free(fb);
        bh_filterbank_free(middle);
    }
    free_golden(&golden);
}

/* Without a middle ear, filters that change every 10 samples. */
static void
golden_every_10(void)
{
    struct golden golden = read_golden("tancarney_noise_10");
    bh_filterbank *fb =
        make_every_10(golden.samplerate_hz, golden.cf_hz, golden.channels, BH_DOUBLE);
    double *got = filter(fb, golden.input, golden.frames, 1);
    CHECK_NEAR(worst_error(got, golden.output, golden.frames, golden.channels), 0,
               1e-9);
    free(got);
    bh_filterbank_free(fb);
    free_golden(&golden);
}

/* 3e-11 measured in double; in single precision, where the blocks alone are rounded,
 * 6e-6 of the largest output of a channel. */
static void
golden_output(void)
{
    check_behind_middle_ear("tancarney_tone", 1e-9, 2e-5);
    check_behind_middle_ear("tancarney_2k_80dB", 1e-9, 2e-5);
    check_behind_middle_ear("tancarney_click", 1e-9, 2e-5);
}

/* Loud sound leaves little behind: after a second of noise at 110 dB SPL and a tenth of
 * a second of silence a tone sounds as it does at first but for 2e-3. What stays is in
 * the control path's pole at half the sample rate (see the header). */
static void
forgets(void)
{
    enum { TONE = 2500, NOISE = 50000, PAUSE = 5000, FRAMES = NOISE + PAUSE + TONE };
    static const double cf_hz[] = {500, 1000, 4000, 8000};
    double *tone = make_tone(TONE, 50e3, 1000, 60), *x = make_noise(FRAMES, 10);
    memset(x + NOISE, 0, PAUSE * sizeof *x);
    memcpy(x + NOISE + PAUSE, tone, TONE * sizeof *x);
    bh_filterbank *fb = make(50e3, cf_hz, 4, BH_DOUBLE);
    double *want = filter(fb, tone, TONE, 1);
    bh_filterbank_reset(fb);
    double *got = filter(fb, x, FRAMES, 1);
    CHECK_NEAR(worst_error(got + 4 * (NOISE + PAUSE), want, TONE, 4), 0, 2e-3);
    free(got);
    free(want);
    bh_filterbank_free(fb);
    free(x);
    free(tone);
}

/* The size of the tone at 500 Hz that a cell with cf 500 Hz says, late in 0.1 s. */
static double
tone_at_cf(double level_db)
{
    enum { FRAMES = 5000 };
    const double cf_hz = 500;
    double *x = make_tone(FRAMES, 50e3, cf_hz, level_db), re = 0, im = 0;
    bh_filterbank *fb = make(50e3, &cf_hz, 1, BH_DOUBLE);
    double *y = filter(fb, x, FRAMES, 1);
    for (size_t t = FRAMES / 2; t < FRAMES; t++) {
        re += y[t] * cos(2 * pi * cf_hz / 50e3 * (double)t);
        im += y[t] * sin(2 * pi * cf_hz / 50e3 * (double)t);
    }
    bh_filterbank_free(fb);
    free(y);
    free(x);
    return hypot(re, im) / (FRAMES / 4);
}

/* Soft sound: gain 1/3 at cf, 0.1 ln(1 + 2000 x) = 200 x, and seven low-pass filters (2
 * %: the control path never rests quite). Then the poles move away and the cell
 * saturates: growth by less than half a dB for each dB from 40 to 80 dB SPL. */
static void
published_growth(void)
{
    const double heard = sqrt(2) * 20e-6 * 1e-3; /* -60 dB SPL */
    const double smoothed = pow(1 + pow(500 / 3800.0, 2), -3.5);
    CHECK_NEAR(tone_at_cf(-60) / (heard * 200 / 3 * smoothed), 1, 0.02);
    CHECK(20 * log10(tone_at_cf(80) / tone_at_cf(40)) < 20);
    CHECK(tone_at_cf(80) > tone_at_cf(40));
}

static void
bad_arguments(void)
{
    static const double cf_hz[] = {1000, 90};
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    bh_tan_carney_params params = bh_tan_carney_params_default();
    CHECK(bh_tan_carney_new(50e3, cf_hz, 2, NULL, BH_DOUBLE, &fb, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "channel 1 has cf 90 Hz; Tan and Carney's model needs one "
                         "above 97.663 Hz");
    params.update_interval = 0;
    CHECK(bh_tan_carney_new(50e3, cf_hz, 1, &params, BH_DOUBLE, &fb, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "update_interval of Tan and Carney's model is 0");
    params = bh_tan_carney_params_default();
    params.control_cutoff_hz = 25e3;
    CHECK(bh_tan_carney_new(50e3, cf_hz, 1, &params, BH_DOUBLE, &fb, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text,
              "control_cutoff_hz of Tan and Carney's model is 25000; it must "
              "be above 0 and below 25000");
    CHECK(fb == NULL);
}

static void
same_bits(void)
{
    check_same_bits(make, 0.01, 1e-9);
    check_same_bits(make_every_10, 0.01, 1e-9);
}

TEST_MAIN("filterbank/tan_carney", {"golden", golden_output},
          {"golden every 10", golden_every_10}, {"published growth", published_growth},
          {"bad arguments", bad_arguments}, {"forgets", forgets},
          {"same bits", same_bits}, )
