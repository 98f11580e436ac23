/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "filterbank/linear_chirp.h"

#include "tests/filterbank/bank.h"

typedef bh_status new_fn(double, const double *, size_t, const bh_linear_chirp_params *,
                         bh_precision, bh_filterbank **, bh_diag *);

static bh_filterbank *
make_bank(new_fn *new_bank, const double *f_hz, size_t channels,
          const bh_linear_chirp_params *params, bh_precision precision)
{
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    CHECK_OK(new_bank(44100, f_hz, channels, params, precision, &fb, &diag), diag);
    return fb;
}

/* brian2hears LinearGammachirp and LinearGaborchirp, with its scales (which are not
 * what its documentation says): 7e-13 measured. */
static void
golden_output(void)
{
    static const struct {
        const char *name;
        new_fn *new_bank;
    } cases[] = {
        {"lineargammachirp_c0_click", bh_linear_gammachirp_new},
        {"lineargammachirp_c1e5_noise", bh_linear_gammachirp_new},
        {"lineargaborchirp_click", bh_linear_gaborchirp_new},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct golden golden = read_golden(cases[i].name);
        size_t count, one;
        double *f_hz = read_parameter(&golden, "cf", &count);
        double *tau_s = read_parameter(&golden, "time_constant_s", &one);
        double *c = read_parameter(&golden, "c", &one);
        double *phase = read_parameter(&golden, "phase", &one);
        bh_linear_chirp_params params = {
            .time_constant_s = *tau_s, .c = *c, .phase = *phase};
        for (int p = BH_SINGLE; p <= BH_DOUBLE; p++)
            check_golden(
                &golden,
                make_bank(cases[i].new_bank, f_hz, count, &params, (bh_precision)p),
                p == BH_DOUBLE ? 1e-9 : 1e-6);
        free(phase);
        free(c);
        free(tau_s);
        free(f_hz);
        free_golden(&golden);
    }
}

/* The scale, the length, and where the middle is: 15 (12) time constants of 1 ms
 * at 44.1 kHz are 662 (530) samples. The sweep of the second channel ends the likeness.
 */
static void
impulse_responses(void)
{
    enum { FRAMES = 1000 };
    const double f_hz[] = {500, 500}, c[] = {0, 1e5};
    const size_t lengths[] = {662, 530};
    bh_linear_chirp_params params = {.time_constant_s = 1e-3, .c_channel = c};
    double *x = calloc(FRAMES, sizeof *x), *y = calloc(FRAMES * 2, sizeof *y);
    x[0] = 1;
    for (int kind = 0; kind < 2; kind++) {
        double sum = 0, difference = 0, after = 0;
        bh_filterbank *fb =
            make_bank(kind == 0 ? bh_linear_gammachirp_new : bh_linear_gaborchirp_new,
                      f_hz, 2, &params, BH_DOUBLE);
        filter(fb, x, FRAMES, y);
        bh_filterbank_free(fb);
        for (size_t t = 0; t < FRAMES; t++) {
            sum += kind == 0 ? fabs(y[2 * t]) : y[2 * t] * y[2 * t];
            difference = fmax(difference, fabs(y[2 * t] - y[2 * t + 1]));
            after = fmax(after, t < lengths[kind] ? 0 : fabs(y[2 * t]));
        }
        CHECK_NEAR(sum, 1, 1e-12);
        CHECK_NEAR(after, 0, 1e-15);
        CHECK(difference > 1e-3);
        CHECK(fabs(y[2 * (lengths[kind] - 1)]) > 1e-10);
    }
    free(y);
    free(x);
}

static bh_filterbank *
any_bank(size_t channels, bh_precision precision)
{
    double *f_hz = calloc(channels, sizeof *f_hz);
    double *tau_s = calloc(channels, sizeof *tau_s);
    for (size_t ch = 0; ch < channels; ch++) {
        f_hz[ch] = 100 + 9 * (double)(ch == channels - 1 ? 0 : ch);
        tau_s[ch] = ch == 0 || ch == channels - 1 ? 1e-3 : 0.5e-3;
    }
    bh_linear_chirp_params params = {.c = 1000, .time_constant_channel_s = tau_s};
    bh_filterbank *fb =
        make_bank(bh_linear_gammachirp_new, f_hz, channels, &params, precision);
    free(tau_s);
    free(f_hz);
    return fb;
}

static void
every_bank(void)
{
    check_blocks(any_bank);
    check_channels(any_bank);
    check_source(any_bank);
    check_wide_input_within(any_bank, 1e-13);
    check_single(any_bank, 1e-7);
    check_machines(any_bank, 1e-12);
    check_silence(any_bank, 400);
}

static void
wrong_banks(void)
{
    static const struct {
        double f_hz, tau_s, c, phase;
        const char *says;
    } cases[] = {
        {30e3, 1e-3, 0, 0, "channel 1 has cf 30000 Hz, at or above half"},
        {1000, 0, 0, 0, "channel 1 has a time constant of 0 s"},
        {1000, NAN, 0, 0, "channel 1 has a time constant of nan s"},
        {1000, 10, 0, 0, "above 0 and below 6.66667 s"},
        {1000, 1e-3, NAN, 0, "channel 1 has a sweep of nan Hz/s"},
        {1000, 1e-3, 0, INFINITY, "a phase of inf"},
    };
    bh_filterbank *fb = NULL;
    bh_diag diag;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double f_hz[] = {100, cases[i].f_hz}, tau_s[] = {1e-3, cases[i].tau_s};
        double c[] = {0, cases[i].c}, phase[] = {0, cases[i].phase};
        bh_linear_chirp_params params = {
            .time_constant_channel_s = tau_s, .c_channel = c, .phase_channel = phase};
        CHECK(bh_linear_gaborchirp_new(44100, f_hz, 2, &params, BH_DOUBLE, &fb,
                                       &diag) == BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, cases[i].says);
    }
    CHECK(fb == NULL);
}

TEST_MAIN("linear chirp", {"golden output", golden_output},
          {"impulse responses", impulse_responses}, {"every bank", every_bank},
          {"wrong banks", wrong_banks})
