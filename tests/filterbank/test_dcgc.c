/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* setenv */
#include "filterbank/dcgc.h"

#include "tests/filterbank/ear.h"

static bh_filterbank *
make_with(bh_dcgc_params params, double samplerate_hz, const double *cf_hz,
          size_t channels, bh_precision precision)
{
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    CHECK_OK(
        bh_dcgc_new(samplerate_hz, cf_hz, channels, &params, precision, &fb, &diag),
        diag);
    return fb;
}

static bh_filterbank *
make(double samplerate_hz, const double *cf_hz, size_t channels, bh_precision precision)
{
    return make_with(bh_dcgc_params_default(), samplerate_hz, cf_hz, channels,
                     precision);
}

static bh_filterbank *
make_every_8(double samplerate_hz, const double *cf_hz, size_t channels,
             bh_precision precision)
{
    bh_dcgc_params params = bh_dcgc_params_default();
    params.update_interval = 8;
    return make_with(params, samplerate_hz, cf_hz, channels, precision);
}

static bh_filterbank *
make_b2h(double samplerate_hz, const double *cf_hz, size_t channels,
         bh_precision precision)
{
    return make_with(bh_dcgc_params_brian2hears(), samplerate_hz, cf_hz, channels,
                     precision);
}

static bh_filterbank *
make_b2h_every_8(double samplerate_hz, const double *cf_hz, size_t channels,
                 bh_precision precision)
{
    bh_dcgc_params params = bh_dcgc_params_brian2hears();
    params.update_interval = 8;
    return make_with(params, samplerate_hz, cf_hz, channels, precision);
}

/* 3e-11 measured in double, rounding that goes round the level path; 6e-8 in single
 * precision, where the blocks alone are rounded. */
static void
golden_output(void)
{
    check_golden("dcgc_tone", make_b2h, 1e-9, 1e-6);
    check_golden("dcgc_noise_8", make_b2h_every_8, 1e-9, 1e-6);
    check_golden("dcgc_tone_80dB", make_b2h, 1e-9, 1e-6);
    check_golden("dcgc_tone_80dB_8", make_b2h_every_8, 1e-9, 1e-6);
}

/* dB of a tone of 1 kHz in the channel that says most. */
static double
loudest_db(const bh_dcgc_params *params, double level_db)
{
    enum { CHANNELS = 50, FRAMES = 5000 };
    double cf_hz[CHANNELS], most = 0;
    for (size_t ch = 0; ch < CHANNELS; ch++)
        cf_hz[ch] = 800 + 20 * (double)ch;
    double *x = make_tone(FRAMES, 44100, 1000, level_db);
    bh_filterbank *fb = make_with(*params, 44100, cf_hz, CHANNELS, BH_DOUBLE);
    double *y = filter(fb, x, FRAMES, 1);
    for (size_t ch = 0; ch < CHANNELS; ch++) {
        double sum = 0;
        for (size_t t = FRAMES / 2; t < FRAMES; t++)
            sum += y[t * CHANNELS + ch] * y[t * CHANNELS + ch];
        most = fmax(most, sum);
    }
    bh_filterbank_free(fb);
    free(y);
    free(x);
    return 10 * log10(most);
}

static double
growth(const bh_dcgc_params *params, double low_db, double high_db)
{
    return (loudest_db(params, high_db) - loudest_db(params, low_db)) /
           (high_db - low_db);
}

/* Fast-acting compression: the loudest channel grows by 0.2 to 0.5 dB for each dB at
 * middle levels (Irino and Patterson 2006; 0.39 from 30 to 70 dB here), by far more at
 * low ones. With brian2hears' numbers, for sound in Pa, there is next to none. */
static void
published_compression(void)
{
    const bh_dcgc_params params = bh_dcgc_params_default();
    const bh_dcgc_params b2h = bh_dcgc_params_brian2hears();
    CHECK_NEAR(growth(&params, 30, 70), 0.35, 0.15);
    CHECK_NEAR(growth(&params, -20, 0), 0.9, 0.1);
    CHECK_NEAR(growth(&b2h, 30, 70), 0.97, 0.02);
}

/* The level path hears other channels: with one input for each filter they must be the
 * same ones as with one input for all. */
static void
one_input_for_each(void)
{
    enum { CHANNELS = 21, FRAMES = 300 };
    double cf_hz[CHANNELS];
    double *x = make_noise(FRAMES, 0.1), *wide = calloc(FRAMES * CHANNELS, sizeof *x);
    for (size_t i = 0; i < FRAMES * CHANNELS; i++)
        wide[i] = x[i / CHANNELS];
    for (size_t ch = 0; ch < CHANNELS; ch++)
        cf_hz[ch] = 100 * pow(1.2, (double)ch);
    for (int p = BH_SINGLE; p <= BH_DOUBLE; p++) {
        bh_filterbank *fb = make(44100, cf_hz, CHANNELS, (bh_precision)p);
        double *want = filter(fb, x, FRAMES, 1);
        bh_filterbank_reset(fb);
        double *got = filter(fb, wide, FRAMES, CHANNELS);
        CHECK(memcmp(got, want, FRAMES * CHANNELS * sizeof *got) == 0);
        free(got);
        free(want);
        bh_filterbank_free(fb);
    }
    free(wide);
    free(x);
}

/* Noise from memory, a window at a time. */
struct noise_source {
    double *next;
    size_t left;
    bh_block window;
};

static bh_status
noise_begin(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    struct noise_source *source = self;
    (void)diag;
    *got = frames < source->left ? frames : source->left;
    source->window = (bh_block){source->next, *got, 1, 1, BH_DOUBLE};
    source->next += *got;
    source->left -= *got;
    return BH_OK;
}

static void
noise_tile(void *self, size_t tile, bh_block out)
{
    const struct noise_source *source = self;
    const double *x = source->window.data;
    (void)tile;
    for (size_t t = 0; t < source->window.frames; t++)
        ((double *)out.data)[t * out.stride] = x[t];
}

/* Behind a source the tiles of a window may come in any order. */
static void
any_order_of_tiles(void)
{
    enum { CHANNELS = 40, FRAMES = 2000 };
    double cf_hz[CHANNELS], *x = make_noise(FRAMES, 0.1);
    for (size_t ch = 0; ch < CHANNELS; ch++)
        cf_hz[ch] = 100 + 100 * (double)ch;
    bh_filterbank *fb = make(44100, cf_hz, CHANNELS, BH_DOUBLE);
    double *want = filter(fb, x, FRAMES, 1);
    double *got = calloc(FRAMES * CHANNELS, sizeof *got);
    bh_filterbank_reset(fb);
    struct noise_source self = {.next = x, .left = FRAMES};
    const bh_source_config config = {.samplerate_hz = 44100,
                                     .channels = 1,
                                     .length = FRAMES,
                                     .tiles = 1,
                                     .self = &self,
                                     .begin = noise_begin,
                                     .tile = noise_tile};
    bh_source *input = NULL, *source = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_source_new(&config, &input, &diag), diag);
    CHECK_OK(bh_filterbank_source(fb, input, &source, &diag), diag);
    size_t frames = 1;
    for (size_t t = 0; t < FRAMES && frames > 0; t += frames) {
        CHECK_OK(bh_source_begin(source, 256, &frames, &diag), diag);
        bh_block out = {got + t * CHANNELS, frames, CHANNELS, CHANNELS, BH_DOUBLE};
        for (size_t i = bh_source_tiles(source); i-- > 0;)
            bh_source_tile(source, i, out);
    }
    CHECK(memcmp(got, want, FRAMES * CHANNELS * sizeof *got) == 0);
    bh_source_free(source);
    bh_source_free(input);
    bh_filterbank_free(fb);
    free(got);
    free(want);
    free(x);
}

static void
bad_arguments(void)
{
    static const double cf_hz[] = {1000, 30};
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    bh_dcgc_params params = bh_dcgc_params_default();
    CHECK(bh_dcgc_new(44100, cf_hz, 2, NULL, BH_DOUBLE, &fb, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "channel 1 has cf 30 Hz, where the passive gammachirp would "
                         "peak at -7.42038 Hz; that must be above 0");
    params.update_interval = 0;
    CHECK(bh_dcgc_new(44100, cf_hz, 1, &params, BH_DOUBLE, &fb, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "update_interval of the dynamic compressive gammachirp is 0; "
                         "it must be 1 to 1e+09");
    params = bh_dcgc_params_default();
    params.level_weight = 1.5;
    CHECK(bh_dcgc_new(44100, cf_hz, 1, &params, BH_DOUBLE, &fb, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "level_weight of the dynamic compressive gammachirp is 1.5");
    CHECK(bh_dcgc_new(44100, cf_hz, 0, NULL, BH_DOUBLE, &fb, &diag) == BH_ERR_ARGUMENT);
    CHECK(fb == NULL);
}

static void
same_bits(void)
{
    check_same_bits(make, 0.1, 1e-9);
    check_same_bits(make_every_8, 0.1, 1e-9);
}

TEST_MAIN("filterbank/dcgc", {"golden", golden_output},
          {"published compression", published_compression},
          {"one input for each", one_input_for_each},
          {"any order of tiles", any_order_of_tiles}, {"bad arguments", bad_arguments},
          {"same bits", same_bits}, )
