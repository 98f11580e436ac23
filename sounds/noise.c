/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/noise.h"

#include "core/random.h"
#include "sounds/generate_internal.h"
#include "sounds/spectrum_internal.h"
#include "sounds/stream.h"
#include "sounds/stream_internal.h"

#include <math.h>
#include <stdlib.h>

/* Numbers of objects that no network reaches by counting its own. */
enum { OBJECT_WHITE = 0x736e6400, OBJECT_POWERLAW };

/* A row of normal numbers, BH_RANDOM_BLOCK at a time. */
struct normals {
    bh_random_stream stream;
    float numbers[BH_RANDOM_BLOCK];
    size_t used;
};

static struct normals
normals_start(uint64_t seed, uint32_t object, size_t channel)
{
    const bh_random_key key = {seed, object, (uint32_t)channel};
    return (struct normals){.stream = bh_random_stream_start(key, 0),
                            .used = BH_RANDOM_BLOCK};
}

static double
normal(struct normals *normals)
{
    if (normals->used == BH_RANDOM_BLOCK) {
        bh_random_ops_get()->normals(&normals->stream, normals->numbers,
                                     BH_RANDOM_BLOCK);
        normals->used = 0;
    }
    return normals->numbers[normals->used++];
}

struct white {
    uint64_t seed;
    size_t channels;
    struct normals normals[]; /* one for each channel */
};

static bh_status
white_rewind(void *self, bh_diag *diag)
{
    (void)diag;
    struct white *white = self;
    for (size_t ch = 0; ch < white->channels; ch++)
        white->normals[ch] = normals_start(white->seed, OBJECT_WHITE, ch);
    return BH_OK;
}

static bh_status
white_fill(void *self, uint64_t first, size_t frames, double *out, size_t *got,
           bh_diag *diag)
{
    (void)first;
    (void)got;
    (void)diag;
    struct white *white = self;
    for (size_t t = 0; t < frames; t++)
        for (size_t ch = 0; ch < white->channels; ch++)
            *out++ = normal(&white->normals[ch]);
    return BH_OK;
}

bh_status
bh_white_source(const bh_sound_shape *shape, uint64_t seed, bh_source **out,
                bh_diag *diag)
{
    struct white *white = NULL;
    struct bh_stream_config config = {.samplerate_hz = shape->samplerate_hz,
                                      .channels = shape->channels,
                                      .fill = white_fill,
                                      .rewind = white_rewind,
                                      .free = free};
    BH_TRY(bh_shape_length(shape, true, &config.length, diag));
    if (shape->channels < SIZE_MAX / 2 / sizeof white->normals[0])
        white =
            aligned_alloc(_Alignof(struct white),
                          sizeof *white + shape->channels * sizeof white->normals[0]);
    if (!white)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels of noise",
                           shape->channels);
    white->seed = seed;
    white->channels = shape->channels;
    (void)white_rewind(white, NULL);
    config.self = white;
    return bh_stream_new(&config, out, diag);
}

bh_status
bh_sound_white(const bh_sound_shape *shape, uint64_t seed, bh_sound **out,
               bh_diag *diag)
{
    bh_source *source = NULL;
    const bh_status made = bh_white_source(shape, seed, &source, diag);
    return bh_sound_collect(made, source, out, diag);
}

/* k^(-alpha / 2). Whole alphas need products and a square root alone, which are the
 * same bits everywhere. */
static double
fall(double k, double alpha)
{
    const double size = fabs(alpha);
    double power = 1;
    if (size != floor(size))
        return pow(k, -alpha / 2);
    for (int i = 0; i < (int)size / 2; i++)
        power *= k;
    if ((int)size % 2)
        power *= sqrt(k);
    return alpha > 0 ? 1 / power : power;
}

/* Random lines above 0 Hz, and the same below, so that the sound is real. */
static void
draw_lines(bh_bin *bins, size_t count, double alpha, struct normals *normals)
{
    bins[0] = (bh_bin){0, 0};
    for (size_t k = 1; k < (count + 1) / 2; k++) {
        const double size = fall((double)k, alpha);
        const double re = size * normal(normals), im = size * normal(normals);
        bins[k] = (bh_bin){re, im};
        bins[count - k] = (bh_bin){re, -im};
    }
    /* Half the sample rate is real, but has the power of the others. */
    if (count % 2 == 0)
        bins[count / 2] =
            (bh_bin){fall((double)count / 2, alpha) * sqrt(2) * normal(normals), 0};
}

/* Takes the real part of the bins as one channel, scaled to an RMS of 1. */
static void
put_scaled(const bh_bin *bins, bh_sound *sound, size_t channel)
{
    const size_t frames = bh_sound_frames(sound), channels = bh_sound_channels(sound);
    double sum = 0;
    for (size_t t = 0; t < frames; t++)
        sum += bins[t].re * bins[t].re;
    const double rms = sqrt(sum / (double)frames);
    for (size_t t = 0; t < frames; t++)
        bh_sound_data(sound)[t * channels + channel] = bins[t].re / rms;
}

/* Memory for so many bins. */
static bh_bin *
new_bins(size_t count, bh_diag *diag)
{
    bh_bin *bins = calloc(count, sizeof *bins);
    if (!bins)
        (void)bh_diag_set(diag, BH_ERR_MEMORY,
                          "no memory for the spectrum of %zu samples", count);
    return bins;
}

bh_status
bh_sound_powerlaw(const bh_sound_shape *shape, double alpha, uint64_t seed,
                  bh_sound **out, bh_diag *diag)
{
    bh_sound *sound = NULL;
    if (!(alpha >= -10 && alpha <= 10))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the exponent of a power-law noise is %g; it must be from "
                           "-10 to 10",
                           alpha);
    BH_TRY(bh_sound_silence(shape, &sound, diag));
    const size_t frames = bh_sound_frames(sound);
    bh_bin *bins = frames >= 3 ? new_bins(frames, diag) : NULL;
    bh_status status = bins ? BH_OK : BH_ERR_MEMORY;
    if (frames < 3)
        status = bh_diag_set(diag, BH_ERR_ARGUMENT,
                             "a power-law noise of %zu frames has no spectrum; it "
                             "needs at least 3",
                             frames);
    for (size_t ch = 0; ch < bh_sound_channels(sound) && status == BH_OK; ch++) {
        struct normals normals = normals_start(seed, OBJECT_POWERLAW, ch);
        draw_lines(bins, frames, alpha, &normals);
        status = bh_transform(bins, frames, 1, diag);
        if (status == BH_OK)
            put_scaled(bins, sound, ch);
    }
    free(bins);
    if (status != BH_OK) {
        bh_sound_free(sound);
        return status;
    }
    *out = sound;
    return BH_OK;
}

bh_status
bh_sound_pink(const bh_sound_shape *shape, uint64_t seed, bh_sound **out, bh_diag *diag)
{
    return bh_sound_powerlaw(shape, 1, seed, out, diag);
}

bh_status
bh_sound_brown(const bh_sound_shape *shape, uint64_t seed, bh_sound **out,
               bh_diag *diag)
{
    return bh_sound_powerlaw(shape, 2, seed, out, diag);
}

/* The factor of a line whose delay is `turns` of its period. */
static bh_bin
response(const bh_ripple *ripple, double turns)
{
    const bh_bin turn = bh_turn(-turns);
    const bh_bin echo = {ripple->gain * turn.re, ripple->gain * turn.im};
    bh_bin sum = {1, 0};
    for (size_t i = 0; i < ripple->iterations; i++) {
        const bh_bin next = {sum.re * echo.re - sum.im * echo.im,
                             sum.re * echo.im + sum.im * echo.re};
        sum = ripple->kind == BH_RIPPLE_SAME
                  ? (bh_bin){sum.re + next.re, sum.im + next.im}
                  : (bh_bin){1 + next.re, next.im};
    }
    return sum;
}

/* Ripples `count` samples as if they were repeated for ever. */
static bh_status
ripple_ring(bh_bin *bins, size_t count, const bh_ripple *ripple, double delay,
            bh_diag *diag)
{
    BH_TRY(bh_transform(bins, count, -1, diag));
    for (size_t k = 0; k < count; k++) {
        const double line = k <= count / 2 ? (double)k : (double)k - (double)count;
        const bh_bin h = response(ripple, line * delay / (double)count), x = bins[k];
        bins[k] = (bh_bin){(x.re * h.re - x.im * h.im) / (double)count,
                           (x.re * h.im + x.im * h.re) / (double)count};
    }
    return bh_transform(bins, count, 1, diag);
}

static bh_status
check_ripple(const bh_ripple *ripple, bh_diag *diag)
{
    if (!(ripple->delay_s > 0) || !isfinite(ripple->delay_s))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the delay of rippled noise is %g s; it must be above 0 s, "
                           "such as 0.004 s",
                           ripple->delay_s);
    if (!(ripple->gain >= -1 && ripple->gain <= 1))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the gain of rippled noise is %g; it must be from -1 to 1",
                           ripple->gain);
    if (ripple->iterations > 512)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%zu iterations of rippled noise are too many; 512 are the "
                           "most",
                           ripple->iterations);
    return BH_OK;
}

bh_status
bh_sound_rippled(const bh_sound_shape *shape, const bh_ripple *ripple, uint64_t seed,
                 bh_sound **out, bh_diag *diag)
{
    bh_sound *sound = NULL, *noise = NULL;
    BH_TRY(check_ripple(ripple, diag));
    BH_TRY(bh_sound_silence(shape, &sound, diag));
    const double delay = ripple->delay_s * shape->samplerate_hz;
    const size_t frames = bh_sound_frames(sound), channels = bh_sound_channels(sound);
    const double before = ceil(delay * (double)ripple->iterations);
    bh_sound_shape longer = *shape;
    longer.duration_s = ((double)frames + before) / shape->samplerate_hz;
    bh_status status = bh_sound_white(&longer, seed, &noise, diag);
    const size_t count = status == BH_OK ? bh_sound_frames(noise) : 0;
    bh_bin *bins = status == BH_OK ? new_bins(count, diag) : NULL;
    if (!bins && status == BH_OK)
        status = BH_ERR_MEMORY;
    for (size_t ch = 0; ch < channels && status == BH_OK; ch++) {
        for (size_t t = 0; t < count; t++)
            bins[t] = (bh_bin){bh_sound_samples(noise)[t * channels + ch], 0};
        status = ripple_ring(bins, count, ripple, delay, diag);
        for (size_t t = 0; t < frames && status == BH_OK; t++)
            bh_sound_data(sound)[t * channels + ch] = bins[count - frames + t].re;
    }
    free(bins);
    bh_sound_free(noise);
    if (status == BH_OK)
        *out = sound;
    else
        bh_sound_free(sound);
    return status;
}
