/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "filterbank/approximate_gammatone.h"

#include "tests/filterbank/bank.h"

#include <complex.h>

static const double pi = 3.14159265358979323846;

static bh_filterbank *
make_bank(const double *cf_hz, const double *bandwidth_hz, size_t channels,
          size_t order, bh_precision precision)
{
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_approximate_gammatone_new(44100, cf_hz, bandwidth_hz, channels, order,
                                          precision, &fb, &diag),
             diag);
    return fb;
}

/* brian2hears ApproximateGammatone, the same biquads: 7e-12 measured at 100 Hz. */
static void
golden_output(void)
{
    static const char *const names[] = {"approxgt_click", "approxgt_order3_noise"};
    static const size_t orders[] = {BH_APPROXIMATE_GAMMATONE_ORDER, 3};
    for (size_t i = 0; i < 2; i++) {
        struct golden golden = read_golden(names[i]);
        size_t count;
        double *cf_hz = read_parameter(&golden, "cf", &count);
        double *bandwidth_hz = read_parameter(&golden, "bandwidth", &count);
        for (int p = BH_SINGLE; p <= BH_DOUBLE; p++)
            check_golden(
                &golden,
                make_bank(cf_hz, bandwidth_hz, count, orders[i], (bh_precision)p),
                p == BH_DOUBLE ? 1e-9 : 1e-5);
        free(bandwidth_hz);
        free(cf_hz);
        free_golden(&golden);
    }
}

/* The gain at cf is 1, and the envelope falls as it should: of order 1 the impulse
 * response is gain r^t cos(w t). */
static void
impulse_response(void)
{
    enum { FRAMES = 8192 };
    const double cf_hz[] = {1000}, bandwidth_hz[] = {135};
    double *x = calloc(FRAMES, sizeof *x), *h = calloc(FRAMES, sizeof *h);
    x[0] = 1;
    for (size_t order = 1; order <= 5; order++) {
        double complex sum = 0;
        bh_filterbank *fb = make_bank(cf_hz, bandwidth_hz, 1, order, BH_DOUBLE);
        filter(fb, x, FRAMES, h);
        bh_filterbank_free(fb);
        for (size_t t = 0; t < FRAMES; t++) {
            double angle = 2 * pi * 1000 / 44100 * (double)t;
            double radius = exp(-2 * pi * 135 / 44100 * (double)t);
            sum += h[t] * cexp(-I * angle);
            if (order == 1)
                CHECK_NEAR(h[t], h[0] * radius * cos(angle), 1e-13);
        }
        CHECK_NEAR(cabs(sum), 1, 1e-12);
    }
    free(h);
    free(x);
}

static bh_filterbank *
any_bank(size_t channels, bh_precision precision)
{
    double *cf_hz = calloc(channels, sizeof *cf_hz);
    double *bandwidth_hz = calloc(channels, sizeof *bandwidth_hz);
    for (size_t ch = 0; ch < channels; ch++) {
        cf_hz[ch] = 30 + 7 * (double)(ch == channels - 1 ? 0 : ch);
        bandwidth_hz[ch] = 25 + cf_hz[ch] / 9;
    }
    bh_filterbank *fb = make_bank(cf_hz, bandwidth_hz, channels, 4, precision);
    free(bandwidth_hz);
    free(cf_hz);
    return fb;
}

static void
every_bank(void)
{
    check_blocks(any_bank);
    check_channels(any_bank);
    check_source(any_bank);
    check_wide_input(any_bank);
    check_single(any_bank, 1e-5);
    check_machines(any_bank, 1e-9);
    check_silence(any_bank, 30000);
}

static void
wrong_banks(void)
{
    static const struct {
        double cf_hz, bandwidth_hz;
        size_t order;
        const char *says;
    } cases[] = {
        {30e3, 100, 4, "channel 1 has cf 30000 Hz, at or above half"},
        {1000, 0, 4, "channel 1 has a bandwidth of 0 Hz"},
        {1000, NAN, 4, "channel 1 has a bandwidth of nan Hz"},
        {1000, INFINITY, 4, "channel 1 has a bandwidth of inf Hz"},
        {1000, 100, 0, "the gammatone has order 0"},
    };
    bh_filterbank *fb = NULL;
    bh_diag diag;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double cf_hz[] = {100, cases[i].cf_hz};
        double bandwidth_hz[] = {40, cases[i].bandwidth_hz};
        CHECK(bh_approximate_gammatone_new(44100, cf_hz, bandwidth_hz, 2,
                                           cases[i].order, BH_DOUBLE, &fb,
                                           &diag) == BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, cases[i].says);
    }
    CHECK(fb == NULL);
}

TEST_MAIN("approximate gammatone", {"golden output", golden_output},
          {"impulse response", impulse_response}, {"every bank", every_bank},
          {"wrong banks", wrong_banks})
