/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* setenv */
#include "filterbank/zhang_synapse.h"

#include "tests/filterbank/ear.h"

static bh_filterbank *
make_with(bh_zhang_synapse_params params, double samplerate_hz, const double *cf_hz,
          size_t channels, bh_precision precision)
{
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_zhang_synapse_new(samplerate_hz, cf_hz, channels, &params, precision,
                                  &fb, &diag),
             diag);
    return fb;
}

static bh_filterbank *
make(double samplerate_hz, const double *cf_hz, size_t channels, bh_precision precision)
{
    return make_with(bh_zhang_synapse_params_default(), samplerate_hz, cf_hz, channels,
                     precision);
}

static bh_filterbank *
make_b2h(double samplerate_hz, const double *cf_hz, size_t channels,
         bh_precision precision)
{
    return make_with(bh_zhang_synapse_params_brian2hears(), samplerate_hz, cf_hz,
                     channels, precision);
}

/* 4e-16 measured in double, 5e-8 in single precision. */
static void
golden_output(void)
{
    check_golden("zhang_synapse_tone", make_b2h, 1e-12, 1e-6);
}

enum { RATE_HZ = 100000, ONSET = 100, FRAMES = 60000 };

/* The rate of a fibre to a potential that is 0 and then v; the caller frees it. */
static double *
respond(make_bank *make_it, double v, size_t frames)
{
    const double cf_hz = 1000;
    double *x = calloc(frames, sizeof *x);
    for (size_t t = ONSET; t < frames; t++)
        x[t] = v;
    bh_filterbank *fb = make_it(RATE_HZ, &cf_hz, 1, BH_DOUBLE);
    double *y = filter(fb, x, frames, 1);
    bh_filterbank_free(fb);
    free(x);
    return y;
}

/* The potential at which the onset has this rate. */
static double
potential_of_onset(double rate)
{
    double low = 0, high = 1;
    for (int i = 0; i < 60; i++) {
        const double v = (low + high) / 2;
        double *y = respond(make, v, ONSET + 1);
        if (y[ONSET] < rate)
            low = v;
        else
            high = v;
        free(y);
    }
    return low;
}

/* What the parameters mean: at rest 50 spikes/s; where the onset is A_ON = 8.627 x 130
 * the rate settles at A_SS = 130, and the short-term part of the onset, a seventh of
 * A_ON - A_SS, falls with 60 ms (1 %: Euler steps, and what the rapid part leaves). */
static void
published_rates(void)
{
    const double v = potential_of_onset(8.627 * 130);
    const size_t early = ONSET + RATE_HZ / 20, late = early + RATE_HZ * 6 / 100;
    double *y = respond(make, v, FRAMES);
    CHECK_NEAR(y[ONSET - 1], 50, 1e-9);
    CHECK_NEAR(y[FRAMES - 1], 130, 0.1);
    CHECK_NEAR((y[early] - 130) / (y[late] - 130), exp(1), 0.03);
    CHECK_NEAR((y[early] - 130) * exp(5.0 / 6) / (7.627 * 130 / 7), 1, 0.01);
    free(y);
    /* With the volume that brian2hears takes nothing is left of it after 50 ms. */
    y = respond(make_b2h, v, FRAMES);
    CHECK_NEAR(y[FRAMES - 1], 130, 0.1);
    CHECK(y[early] < 135);
    free(y);
}

/* A potential that would empty a store in one step does no harm. */
static void
never_below_zero(void)
{
    double *y = respond(make, 100, 2000);
    for (size_t t = 0; t < 2000; t++)
        CHECK(y[t] >= 0 && isfinite(y[t]));
    free(y);
}

static void
bad_arguments(void)
{
    const double cf_hz = 1000;
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    bh_zhang_synapse_params params = bh_zhang_synapse_params_default();
    params.spontaneous = 200;
    CHECK(bh_zhang_synapse_new(50e3, &cf_hz, 1, &params, BH_DOUBLE, &fb, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text,
              "spontaneous of Zhang's synapse is 200; it must be above 0 and "
              "below 130");
    params = bh_zhang_synapse_params_default();
    params.tau_rapid_s = 0.1;
    CHECK(bh_zhang_synapse_new(50e3, &cf_hz, 1, &params, BH_DOUBLE, &fb, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text,
              "tau_short_s of Zhang's synapse is 0.06; it must be above 0.1");
    CHECK(bh_zhang_synapse_new(100, &(double){40}, 1, NULL, BH_DOUBLE, &fb, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the sample rate is 100 Hz; Zhang's synapse with these "
                         "parameters needs one above");
    CHECK(fb == NULL);
}

TEST_MAIN("filterbank/zhang_synapse", {"golden", golden_output},
          {"published rates", published_rates}, {"never below zero", never_below_zero},
          {"bad arguments", bad_arguments}, )
