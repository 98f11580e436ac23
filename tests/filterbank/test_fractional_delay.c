/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "filterbank/fractional_delay.h"

#include "tests/filterbank/bank.h"

static const double pi = 3.14159265358979323846;

static bh_filterbank *
make_bank(const double *delay_s, size_t channels, size_t length, bh_precision precision)
{
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_fractional_delay_new(44100, delay_s, channels, length, precision, &fb,
                                     &diag),
             diag);
    return fb;
}

/* brian2hears FractionalDelay, which multiplies spectra: 1e-15 measured. */
static void
golden_output(void)
{
    struct golden golden = read_golden("fractionaldelay");
    size_t count;
    double *delay_s = read_parameter(&golden, "delays_s", &count);
    for (int p = BH_SINGLE; p <= BH_DOUBLE; p++)
        check_golden(&golden, make_bank(delay_s, count, 257, (bh_precision)p),
                     p == BH_DOUBLE ? 1e-9 : 1e-6);
    free(delay_s);
    free_golden(&golden);
}

/* A tone comes out with its phase shifted by the delay: 1.4e-4 with the default length
 * between 100 Hz and 20 kHz. */
static void
tones(void)
{
    enum { FRAMES = 4096, OFFSET = 1024 };
    static const double f_hz[] = {100, 1000, 10e3, 20e3};
    const double delays[] = {0, 0.5, -7.25, 40.1, 3};
    double delay_s[5], *x = calloc(FRAMES, sizeof *x);
    double *y = calloc(FRAMES * 5, sizeof *y);
    for (int i = 0; i < 5; i++)
        delay_s[i] = delays[i] / 44100;
    bh_filterbank *fb = make_bank(delay_s, 5, 0, BH_DOUBLE);
    for (int i = 0; i < 4; i++) {
        double turn = 2 * pi * f_hz[i] / 44100, error = 0;
        for (size_t t = 0; t < FRAMES; t++)
            x[t] = sin(turn * (double)t);
        bh_filterbank_reset(fb);
        filter(fb, x, FRAMES, y);
        for (size_t t = 2 * OFFSET; t < FRAMES; t++)
            for (size_t ch = 0; ch < 5; ch++) {
                double want = sin(turn * ((double)t - OFFSET - delays[ch]));
                error = fmax(error, fabs(y[t * 5 + ch] - want));
            }
        CHECK_NEAR(error, 0, 2e-4);
    }
    bh_filterbank_free(fb);
    free(y);
    free(x);
}

static void
whole_delays_are_exact(void)
{
    enum { FRAMES = 64 };
    const double delay_s[] = {0, 3 / 44100.0, -2 / 44100.0};
    static const size_t at[] = {8, 11, 6};
    double x[FRAMES] = {1}, y[FRAMES * 3];
    bh_filterbank *fb = make_bank(delay_s, 3, 16, BH_DOUBLE);
    filter(fb, x, FRAMES, y);
    bh_filterbank_free(fb);
    for (size_t t = 0; t < FRAMES; t++)
        for (size_t ch = 0; ch < 3; ch++)
            CHECK(y[t * 3 + ch] == (t == at[ch] ? 1 : 0));
}

static void
default_length(void)
{
    const double little_s[] = {0, -1e-3}, much_s[] = {0.1, 0};
    CHECK(bh_fractional_delay_length(44100, little_s, 2) == 2048);
    CHECK(bh_fractional_delay_length(44100, much_s, 2) == 2 * 5512 + 1);
}

static bh_filterbank *
any_bank(size_t channels, bh_precision precision)
{
    double *delay_s = calloc(channels, sizeof *delay_s);
    for (size_t ch = 0; ch < channels; ch++)
        delay_s[ch] = 1e-5 * (double)(ch == channels - 1 ? 0 : ch % 50);
    bh_filterbank *fb = make_bank(delay_s, channels, 129, precision);
    free(delay_s);
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
    check_silence(any_bank, 400);
}

static void
wrong_banks(void)
{
    double delay_s[] = {0, 10.5 / 44100};
    bh_filterbank *fb = NULL;
    bh_diag diag;
    CHECK(bh_fractional_delay_new(44100, delay_s, 2, 22, BH_DOUBLE, &fb, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "delays of up to 11 samples need more than 22");
    delay_s[1] = NAN;
    CHECK(bh_fractional_delay_new(44100, delay_s, 2, 0, BH_DOUBLE, &fb, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "channel 1 has a delay of nan s");
    CHECK(bh_fractional_delay_new(0, delay_s, 2, 0, BH_DOUBLE, &fb, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the sample rate is 0 Hz");
    CHECK(fb == NULL);
}

TEST_MAIN("fractional delay", {"golden output", golden_output}, {"tones", tones},
          {"whole delays are exact", whole_delays_are_exact},
          {"default length", default_length}, {"every bank", every_bank},
          {"wrong banks", wrong_banks})
