/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "filterbank/fir.h"

#include "tests/filterbank/bank.h"

static bh_filterbank *
make_fir(size_t channels, const bh_fir_params *params, bh_precision precision)
{
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_fir_new(44100, channels, params, precision, &fb, &diag), diag);
    return fb;
}

/* brian2hears FIRFilterbank, which multiplies spectra: 1e-15 measured. */
static void
golden_output(void)
{
    struct golden golden = read_golden("fir_1d");
    double taps[2][64];
    for (size_t n = 0; n < 64; n++) {
        taps[0][n] = exp(-(double)n / 10) * cos(0.7 * (double)n);
        taps[1][n] = -0.5 * taps[0][n];
    }
    bh_fir_params params = {.taps = taps[0], .length = 64};
    check_golden(&golden, make_fir(2, &params, BH_DOUBLE), 1e-12);
    check_golden(&golden, make_fir(2, &params, BH_SINGLE), 1e-6);
    free_golden(&golden);
}

static double
tap(size_t channel, size_t k)
{
    return cos((double)(k * (channel + 3))) / (1 + 0.01 * (double)k);
}

static bh_filterbank *
make_late(size_t channels, size_t length, size_t delay, bool measured,
          bh_precision precision)
{
    double *taps = calloc(channels * length, sizeof *taps);
    for (size_t ch = 0; ch < channels; ch++)
        for (size_t k = 0; k < length; k++)
            taps[ch * length + k] = tap(ch == channels - 1 ? 0 : ch, k);
    bh_fir_params params = {
        .taps = taps, .length = length, .delay = delay, .measured = measured};
    bh_filterbank *fb = make_fir(channels, &params, precision);
    free(taps);
    return fb;
}

static bh_filterbank *
make_length(size_t channels, size_t length, bh_precision precision)
{
    return make_late(channels, length, 0, false, precision);
}

/* Against the sum as written; where there is a tail it rounds otherwise. 1e-15
 * measured. */
static void
any_length(void)
{
    static const size_t lengths[] = {1, 2, 5, 64, 299, 300, 384, 385, 3001};
    enum { FRAMES = 3500, CHANNELS = 3 };
    double *x = make_noise(FRAMES), *y = calloc(FRAMES * CHANNELS, sizeof *y);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        double error = 0, most = 0;
        bh_filterbank *fb = make_length(CHANNELS, lengths[i], BH_DOUBLE);
        filter(fb, x, FRAMES, y);
        bh_filterbank_free(fb);
        for (size_t t = 0; t < FRAMES; t += 7) {
            double want = 0;
            for (size_t k = 0; k < lengths[i] && k <= t; k++)
                want += tap(1, k) * x[t - k];
            error = fmax(error, fabs(want - y[t * CHANNELS + 1]));
            most = fmax(most, fabs(want));
        }
        CHECK_NEAR(error / most, 0, 1e-13);
    }
    free(y);
    free(x);
}

/* A delay moves the output and changes nothing else, whatever the parts are that it
 * allows: below, at and above the smallest ones, and longer than the response. */
static void
any_delay(void)
{
    static const size_t delays[] = {1, 127, 128, 129, 500, 1024, 5000};
    static const size_t lengths[] = {1, 200, 1500};
    enum { FRAMES = 9000, CHANNELS = 18 };
    double *x = make_noise(FRAMES), *want = calloc(FRAMES * CHANNELS, sizeof *want);
    double *got = calloc(FRAMES * CHANNELS, sizeof *got);
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        bh_filterbank *fb = make_length(CHANNELS, lengths[k], BH_DOUBLE);
        filter(fb, x, FRAMES, want);
        bh_filterbank_free(fb);
        for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
            const size_t late = delays[i] * CHANNELS;
            fb = make_late(CHANNELS, lengths[k], delays[i], false, BH_DOUBLE);
            filter(fb, x, FRAMES, got);
            bh_filterbank_free(fb);
            for (size_t n = 0; n < late; n++)
                CHECK_NEAR(got[n], 0, 1e-13); /* rounding of the transforms */
            CHECK_NEAR(worst_error(got + late, want, FRAMES - delays[i], CHANNELS), 0,
                       1e-13);
        }
    }
    free(got);
    free(want);
    free(x);
}

/* Measured plans give the same within rounding, and leave no trace: a bank made
 * afterwards has the same bits as one made before. */
static void
measured_plans(void)
{
    enum { FRAMES = 3000, CHANNELS = 2, SIZE = FRAMES * CHANNELS * sizeof(double) };
    double *x = make_noise(FRAMES), *y[3];
    for (int i = 0; i < 3; i++) {
        bh_filterbank *fb = make_late(CHANNELS, 700, 256, i == 1, BH_DOUBLE);
        y[i] = calloc(1, SIZE);
        filter(fb, x, FRAMES, y[i]);
        bh_filterbank_free(fb);
    }
    CHECK_NEAR(worst_error(y[1], y[0], FRAMES, CHANNELS), 0, 1e-13);
    CHECK(memcmp(y[0], y[2], SIZE) == 0);
    for (int i = 0; i < 3; i++)
        free(y[i]);
    free(x);
}

static bh_filterbank *
short_bank(size_t channels, bh_precision precision)
{
    return make_length(channels, 31, precision);
}

static bh_filterbank *
long_bank(size_t channels, bh_precision precision)
{
    return make_length(channels, 700, precision);
}

static bh_filterbank *
deep_bank(size_t channels, bh_precision precision)
{
    return make_length(channels, 2100, precision);
}

static bh_filterbank *
late_bank(size_t channels, bh_precision precision)
{
    return make_late(channels, 350, 300, false, precision);
}

/* The tail of long responses is for input of one channel; with more, the sum is plain,
 * and rounds otherwise: 1e-15 measured. */
static void
every_bank(void)
{
    make_bank_fn *const makes[] = {short_bank, long_bank, deep_bank, late_bank};
    for (size_t i = 0; i < sizeof makes / sizeof *makes; i++) {
        check_blocks(makes[i]);
        check_channels(makes[i]);
        check_source(makes[i]);
        check_wide_input_within(makes[i], 1e-13);
        check_single(makes[i], 1e-7);
        check_machines(makes[i], 1e-12);
        check_silence(makes[i], 2200);
    }
}

/* One response for all channels, and centre frequencies. */
static void
same_response(void)
{
    const double taps[] = {1, 2, 3}, cf_hz[] = {10, 20};
    double x[] = {1, 0, 0, 0}, y[8];
    bh_fir_params params = {.taps = taps, .length = 3, .same = true, .cf_hz = cf_hz};
    bh_filterbank *fb = make_fir(2, &params, BH_DOUBLE);
    filter(fb, x, 4, y);
    for (size_t t = 0; t < 4; t++)
        for (size_t ch = 0; ch < 2; ch++)
            CHECK(y[t * 2 + ch] == (t < 3 ? taps[t] : 0));
    CHECK(bh_filterbank_cf(fb)[1] == 20);
    bh_filterbank_free(fb);
}

/* An input that has one channel at first and then one for each filter, the same sound:
 * the filters do not notice, nor when it has one again. */
static void
input_that_widens(void)
{
    enum { FRAMES = 3000, CHANNELS = 20 };
    double *x = make_noise(FRAMES), *want = calloc(FRAMES * CHANNELS, sizeof *want);
    double *got = calloc(FRAMES * CHANNELS, sizeof *got);
    double *wide = calloc(FRAMES * CHANNELS, sizeof *wide);
    for (size_t i = 0; i < FRAMES * CHANNELS; i++)
        wide[i] = x[i / CHANNELS];
    bh_filterbank *fb = long_bank(CHANNELS, BH_DOUBLE);
    filter(fb, x, FRAMES, want);
    for (int round = 0; round < 2; round++) {
        bh_filterbank_reset(fb);
        for (size_t t = 0; t < FRAMES; t += 500) {
            bh_block in = {x + t, 500, 1, 1, BH_DOUBLE};
            bh_block out = {got + t * CHANNELS, 500, CHANNELS, CHANNELS, BH_DOUBLE};
            if (t == 500 || t == 1500)
                in =
                    (bh_block){wide + t * CHANNELS, 500, CHANNELS, CHANNELS, BH_DOUBLE};
            CHECK(bh_filterbank_process(fb, in, out, NULL) == BH_OK);
        }
        CHECK_NEAR(worst_error(got, want, FRAMES, CHANNELS), 0, 1e-13);
    }
    bh_filterbank_free(fb);
    free(wide);
    free(got);
    free(want);
    free(x);
}

static void
wrong_banks(void)
{
    const double taps[] = {1, 2, 3, NAN};
    bh_fir_params params = {.taps = taps, .length = 2};
    bh_filterbank *fb = NULL;
    bh_diag diag;
    CHECK(bh_fir_new(44100, 2, &params, BH_DOUBLE, &fb, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "channel 1: sample 1 of the impulse response is nan");
    CHECK(bh_fir_new(-1, 1, &params, BH_DOUBLE, &fb, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the sample rate is -1 Hz");
    CHECK(bh_fir_new(44100, 0, &params, BH_DOUBLE, &fb, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "0 channels");
    params.length = 0;
    CHECK(bh_fir_new(44100, 1, &params, BH_DOUBLE, &fb, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "have length 0");
    params.length = SIZE_MAX / 2000;
    CHECK(bh_fir_new(44100, 2, &params, BH_DOUBLE, &fb, &diag) == BH_ERR_MEMORY);
    CHECK_HAS(diag.text, "no memory for 2 channels of");
    CHECK(fb == NULL);
}

TEST_MAIN("fir", {"golden output", golden_output}, {"any length", any_length},
          {"any delay", any_delay}, {"measured plans", measured_plans},
          {"every bank", every_bank}, {"same response", same_response},
          {"input that widens", input_that_widens}, {"wrong banks", wrong_banks})
