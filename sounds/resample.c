/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/resample.h"

#include "sounds/stream_internal.h"

#include <math.h>
#include <soxr.h>
#include <stdlib.h>

/* Frames given to and taken from libsoxr at a time. Both are fixed, so that the calls,
 * and with them the bits, do not depend on how the source is read. */
enum { CHUNK = 1024 };
#define RATIO_MAX 512

struct resampler {
    bh_source *input;
    soxr_t soxr;
    double ratio; /* new rate / old rate */
    size_t channels;
    double *in, *ready;       /* [CHUNK][channels] */
    size_t in_used, in_count; /* frames */
    size_t ready_used, ready_count;
    uint64_t heard;  /* frames read from `input` */
    uint64_t given;  /* frames that have come out */
    bool input_over; /* `heard` is all there is */
};

static void
resampler_free(void *self)
{
    struct resampler *resampler = self;
    if (resampler->soxr)
        soxr_delete(resampler->soxr);
    free(resampler->in);
    free(resampler->ready);
    free(resampler);
}

static bh_status
check_soxr(soxr_error_t error, bh_diag *diag)
{
    if (!error)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_MEMORY, "the sound cannot be resampled: %s", error);
}

static bh_status
resampler_rewind(void *self, bh_diag *diag)
{
    struct resampler *resampler = self;
    BH_TRY(bh_source_rewind(resampler->input, diag));
    resampler->in_used = resampler->in_count = 0;
    resampler->ready_used = resampler->ready_count = 0;
    resampler->heard = resampler->given = 0;
    resampler->input_over = false;
    return check_soxr(soxr_clear(resampler->soxr), diag);
}

static uint64_t
length_at(double frames, double ratio)
{
    return (uint64_t)floor(frames * ratio + 0.5);
}

static bh_status
hear(struct resampler *resampler, bh_diag *diag)
{
    const bh_block block = {resampler->in, CHUNK, resampler->channels,
                            resampler->channels, BH_DOUBLE};
    BH_TRY(bh_source_read(resampler->input, block, &resampler->in_count, diag));
    resampler->in_used = 0;
    resampler->heard += resampler->in_count;
    resampler->input_over = resampler->in_count < CHUNK;
    return BH_OK;
}

/* Readies the next frames, none only at the end. */
static bh_status
convert(struct resampler *resampler, bh_diag *diag)
{
    resampler->ready_used = resampler->ready_count = 0;
    for (bool flushed = false; resampler->ready_count == 0 && !flushed;) {
        if (resampler->in_used == resampler->in_count && !resampler->input_over)
            BH_TRY(hear(resampler, diag));
        const size_t left = resampler->in_count - resampler->in_used;
        flushed = left == 0 && resampler->input_over;
        size_t taken = 0;
        const double *from = resampler->in + resampler->in_used * resampler->channels;
        BH_TRY(check_soxr(soxr_process(resampler->soxr, flushed ? NULL : from, left,
                                       &taken, resampler->ready, CHUNK,
                                       &resampler->ready_count),
                          diag));
        resampler->in_used += taken;
    }
    return BH_OK;
}

static bh_status
resampler_fill(void *self, uint64_t first, size_t frames, double *out, size_t *got,
               bh_diag *diag)
{
    struct resampler *resampler = self;
    const size_t channels = resampler->channels;
    size_t done = 0;
    (void)first;
    while (done < frames) {
        if (resampler->ready_used == resampler->ready_count)
            BH_TRY(convert(resampler, diag));
        if (resampler->ready_count == 0)
            break;
        const double *from = resampler->ready + resampler->ready_used * channels;
        size_t part = resampler->ready_count - resampler->ready_used;
        part = part < frames - done ? part : frames - done;
        for (size_t i = 0; i < part * channels; i++)
            out[done * channels + i] = from[i];
        resampler->ready_used += part;
        done += part;
    }
    resampler->given += done;
    /* libsoxr may be a frame short of the rounded length, or over it. */
    if (done < frames || resampler->input_over) {
        const uint64_t all = length_at((double)resampler->heard, resampler->ratio);
        for (; done < frames && resampler->given < all; done++, resampler->given++)
            for (size_t ch = 0; ch < channels; ch++)
                out[done * channels + ch] = 0;
    }
    *got = done;
    return BH_OK;
}

static bh_status
check(const bh_source *input, double samplerate_hz, bh_resample_quality quality,
      bh_diag *diag)
{
    const double ratio = samplerate_hz / bh_source_samplerate(input);
    if (!(ratio >= 1.0 / RATIO_MAX && ratio <= RATIO_MAX))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a sound of %.9g Hz cannot be resampled to %.9g Hz; the "
                           "rates must be from 1/%d to %d times each other",
                           bh_source_samplerate(input), samplerate_hz, RATIO_MAX,
                           RATIO_MAX);
    if (quality < BH_RESAMPLE_LOW || quality > BH_RESAMPLE_BEST)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "resampling needs one of the qualities, from low to best");
    return BH_OK;
}

static bh_status
resampler_start(struct resampler *resampler, double samplerate_hz,
                bh_resample_quality quality, bh_diag *diag)
{
    static const unsigned long recipes[] = {[BH_RESAMPLE_LOW] = SOXR_LQ,
                                            [BH_RESAMPLE_MEDIUM] = SOXR_MQ,
                                            [BH_RESAMPLE_HIGH] = SOXR_HQ,
                                            [BH_RESAMPLE_BEST] = SOXR_VHQ};
    const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT64_I, SOXR_FLOAT64_I);
    const soxr_quality_spec_t spec =
        soxr_quality_spec(recipes[quality], SOXR_HI_PREC_CLOCK);
    const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
    const size_t channels = resampler->channels;
    soxr_error_t error = NULL;
    resampler->in = calloc(channels, CHUNK * sizeof *resampler->in);
    resampler->ready = calloc(channels, CHUNK * sizeof *resampler->ready);
    if (!resampler->in || !resampler->ready)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to resample %zu channels",
                           channels);
    resampler->soxr = soxr_create(bh_source_samplerate(resampler->input), samplerate_hz,
                                  (unsigned)channels, &error, &io, &spec, &runtime);
    return check_soxr(error, diag);
}

bh_status
bh_resample_source(bh_source *input, double samplerate_hz, bh_resample_quality quality,
                   bh_source **out, bh_diag *diag)
{
    const uint64_t length = bh_source_length(input);
    BH_TRY(check(input, samplerate_hz, quality, diag));
    struct resampler *resampler = calloc(1, sizeof *resampler);
    if (!resampler)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a source");
    resampler->input = input;
    resampler->ratio = samplerate_hz / bh_source_samplerate(input);
    resampler->channels = bh_source_channels(input);
    const bh_status status = resampler_start(resampler, samplerate_hz, quality, diag);
    if (status != BH_OK) {
        resampler_free(resampler);
        return status;
    }
    const struct bh_stream_config config = {
        .samplerate_hz = samplerate_hz,
        .channels = resampler->channels,
        .length = length == BH_LENGTH_UNKNOWN
                      ? length
                      : length_at((double)length, resampler->ratio),
        .self = resampler,
        .fill = resampler_fill,
        .rewind = resampler_rewind,
        .free = resampler_free};
    return bh_stream_new(&config, out, diag);
}

bh_status
bh_sound_resample(const bh_sound *sound, double samplerate_hz,
                  bh_resample_quality quality, bh_sound **out, bh_diag *diag)
{
    bh_source *input = NULL, *source = NULL;
    BH_TRY(bh_sound_source(sound, &input, diag));
    const bh_status made =
        bh_resample_source(input, samplerate_hz, quality, &source, diag);
    const bh_status status = bh_sound_collect(made, source, out, diag);
    bh_source_free(input);
    return status;
}
