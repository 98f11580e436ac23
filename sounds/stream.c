/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/stream.h"

#include "sounds/generate_internal.h"
#include "sounds/stream_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct stream {
    struct bh_stream_config config;
    uint64_t next;   /* frame of the next window */
    double *samples; /* [BH_WINDOW_MAX][channels] */
};

static bh_status
stream_begin(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    struct stream *stream = self;
    const struct bh_stream_config *config = &stream->config;
    const uint64_t left = config->length == BH_LENGTH_UNKNOWN
                              ? UINT64_MAX
                              : config->length - stream->next;
    size_t there = frames < left ? frames : (size_t)left;
    if (there > 0)
        BH_TRY(config->fill(config->self, stream->next, there, stream->samples, &there,
                            diag));
    stream->next += there;
    *got = there;
    return BH_OK;
}

static void
stream_tile(void *self, size_t tile, bh_block out)
{
    (void)tile;
    const struct stream *stream = self;
    const size_t channels = stream->config.channels;
    const double *in = stream->samples;
    for (size_t t = 0; t < out.frames; t++, in += channels) {
        if (out.precision == BH_DOUBLE) {
            memcpy((double *)out.data + t * out.stride, in, channels * sizeof *in);
            continue;
        }
        float *row = (float *)out.data + t * out.stride;
        for (size_t ch = 0; ch < channels; ch++)
            row[ch] = (float)in[ch];
    }
}

static bh_status
stream_rewind(void *self, bh_diag *diag)
{
    struct stream *stream = self;
    if (stream->config.rewind)
        BH_TRY(stream->config.rewind(stream->config.self, diag));
    stream->next = 0;
    return BH_OK;
}

static void
stream_free(void *self)
{
    struct stream *stream = self;
    stream->config.free(stream->config.self);
    free(stream->samples);
    free(stream);
}

bh_status
bh_stream_new(const struct bh_stream_config *config, bh_source **out, bh_diag *diag)
{
    struct stream *stream = calloc(1, sizeof *stream);
    double *samples = calloc(config->channels, BH_WINDOW_MAX * sizeof *samples);
    if (!stream || !samples) {
        config->free(config->self);
        free(samples);
        free(stream);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a source");
    }
    *stream = (struct stream){.config = *config, .samples = samples};
    const bh_source_config source = {.samplerate_hz = config->samplerate_hz,
                                     .channels = config->channels,
                                     .length = config->length,
                                     .tiles = 1,
                                     .self = stream,
                                     .begin = stream_begin,
                                     .tile = stream_tile,
                                     .rewind = stream_rewind,
                                     .free = stream_free};
    const bh_status status = bh_source_new(&source, out, diag);
    if (status != BH_OK)
        stream_free(stream);
    return status;
}

struct changed {
    struct bh_change change;
    size_t channels;
};

static bh_status
change_fill(void *self, uint64_t first, size_t frames, double *out, size_t *got,
            bh_diag *diag)
{
    const struct changed *changed = self;
    const bh_block block = {out, frames, changed->channels, changed->channels,
                            BH_DOUBLE};
    BH_TRY(bh_source_read(changed->change.input, block, got, diag));
    changed->change.apply(changed->change.self, first, *got, changed->channels, out);
    return BH_OK;
}

static bh_status
change_rewind(void *self, bh_diag *diag)
{
    const struct changed *changed = self;
    return bh_source_rewind(changed->change.input, diag);
}

static void
change_free(void *self)
{
    struct changed *changed = self;
    changed->change.free(changed->change.self);
    free(changed);
}

bh_status
bh_change_new(const struct bh_change *change, bh_source **out, bh_diag *diag)
{
    struct changed *changed = malloc(sizeof *changed);
    if (!changed) {
        change->free(change->self);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a source");
    }
    *changed = (struct changed){*change, bh_source_channels(change->input)};
    const struct bh_stream_config config = {
        .samplerate_hz = bh_source_samplerate(change->input),
        .channels = changed->channels,
        .length = bh_source_length(change->input),
        .self = changed,
        .fill = change_fill,
        .rewind = change_rewind,
        .free = change_free};
    return bh_stream_new(&config, out, diag);
}

bh_status
bh_shape_length(const bh_sound_shape *shape, bool endless, uint64_t *length,
                bh_diag *diag)
{
    const double rate = shape->samplerate_hz;
    double frames = 0;
    if (!(rate > 0) || !isfinite(rate))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the sample rate is %g Hz; it must be a number above 0",
                           rate);
    if (shape->channels == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a sound of 0 channels is no sound; it needs 1 or more");
    if (endless && shape->duration_s == INFINITY) {
        *length = BH_LENGTH_UNKNOWN;
        return BH_OK;
    }
    if (!bh_frames_from(shape->duration_s, rate, &frames))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a sound cannot last %g s at %g Hz; give a time such as "
                           "0.05 s",
                           shape->duration_s, rate);
    if (frames < 1)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a sound of %g s has no frame at %g Hz; it needs one, which "
                           "lasts %g s",
                           shape->duration_s, rate, 1 / rate);
    *length = (uint64_t)frames;
    return BH_OK;
}

void
bh_frames_spread(double *samples, size_t frames, size_t channels)
{
    for (size_t t = 0; t < frames; t++, samples += channels)
        for (size_t ch = 1; ch < channels; ch++)
            samples[ch] = samples[0];
}

static bh_status
collect_known(bh_source *source, bh_sound **out, bh_diag *diag)
{
    bh_sound *sound = NULL;
    size_t got = 0;
    BH_TRY(bh_sound_new((size_t)bh_source_length(source), bh_source_channels(source),
                        bh_source_samplerate(source), &sound, diag));
    const size_t frames = bh_sound_frames(sound), channels = bh_sound_channels(sound);
    const bh_block all = {bh_sound_data(sound), frames, channels, channels, BH_DOUBLE};
    bh_status status = bh_source_read(source, all, &got, diag);
    if (status == BH_OK && got == frames) {
        *out = sound;
        return BH_OK;
    }
    /* Some of it has been read before. */
    if (status == BH_OK && got > 0)
        status = bh_sound_from(bh_sound_samples(sound), got, channels,
                               bh_sound_samplerate(sound), out, diag);
    else if (status == BH_OK)
        status = bh_diag_set(diag, BH_ERR_ARGUMENT, "nothing is left of the source");
    bh_sound_free(sound);
    return status;
}

static bh_status
collect_unknown(bh_source *source, bh_sound **out, bh_diag *diag)
{
    const size_t channels = bh_source_channels(source);
    size_t frames = 0, room = 0, got = BH_WINDOW_MAX;
    double *samples = NULL;
    bh_status status = BH_OK;
    while (status == BH_OK && got == BH_WINDOW_MAX) {
        if (frames + BH_WINDOW_MAX > room) {
            room = 2 * room + BH_WINDOW_MAX;
            double *more = room < SIZE_MAX / sizeof *more / channels
                               ? realloc(samples, room * channels * sizeof *more)
                               : NULL;
            if (!more) {
                status =
                    bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu frames", room);
                break;
            }
            samples = more;
        }
        const bh_block block = {samples + frames * channels, BH_WINDOW_MAX, channels,
                                channels, BH_DOUBLE};
        status = bh_source_read(source, block, &got, diag);
        frames += got;
    }
    if (status == BH_OK && frames == 0)
        status = bh_diag_set(diag, BH_ERR_ARGUMENT, "nothing is left of the source");
    if (status == BH_OK)
        status = bh_sound_from(samples, frames, channels, bh_source_samplerate(source),
                               out, diag);
    free(samples);
    return status;
}

bh_status
bh_sound_from_source(bh_source *source, bh_sound **out, bh_diag *diag)
{
    const uint64_t length = bh_source_length(source);
    if (length == BH_LENGTH_UNKNOWN)
        return collect_unknown(source, out, diag);
    if (length > SIZE_MAX)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a sound of %g frames",
                           (double)length);
    return collect_known(source, out, diag);
}

bh_status
bh_sound_collect(bh_status made, bh_source *source, bh_sound **out, bh_diag *diag)
{
    if (made != BH_OK)
        return made;
    bh_status status = BH_OK;
    if (bh_source_length(source) == BH_LENGTH_UNKNOWN)
        status = bh_diag_set(diag, BH_ERR_ARGUMENT,
                             "a sound cannot last inf s at %g Hz; give a time such as "
                             "0.05 s",
                             bh_source_samplerate(source));
    else
        status = bh_sound_from_source(source, out, diag);
    bh_source_free(source);
    return status;
}

struct function {
    bh_sound_function *function;
    void *data;
    size_t channels;
    double samplerate_hz;
};

static bh_status
function_fill(void *self, uint64_t first, size_t frames, double *out, size_t *got,
              bh_diag *diag)
{
    (void)got;
    const struct function *f = self;
    for (size_t t = 0; t < frames; t++) {
        const double time_s = (double)(first + t) / f->samplerate_hz;
        for (size_t ch = 0; ch < f->channels; ch++) {
            *out = f->function(time_s, ch, f->data);
            if (!isfinite(*out++))
                return bh_diag_set(diag, BH_ERR_DATA,
                                   "the function of a sound is %g in channel %zu at "
                                   "%.6f s; samples must be finite numbers",
                                   out[-1], ch, time_s);
        }
    }
    return BH_OK;
}

bh_status
bh_function_source(const bh_sound_shape *shape, bh_sound_function *function, void *data,
                   bh_source **out, bh_diag *diag)
{
    struct bh_stream_config config = {.samplerate_hz = shape->samplerate_hz,
                                      .channels = shape->channels,
                                      .fill = function_fill,
                                      .free = free};
    BH_TRY(bh_shape_length(shape, true, &config.length, diag));
    struct function *self = malloc(sizeof *self);
    if (!self)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a source");
    *self = (struct function){function, data, shape->channels, shape->samplerate_hz};
    config.self = self;
    return bh_stream_new(&config, out, diag);
}
