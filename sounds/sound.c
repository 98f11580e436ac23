/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/sound.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct bh_sound {
    size_t frames;
    size_t channels;
    double samplerate_hz;
    double *data;
};

bh_status
bh_sound_new(size_t frames, size_t channels, double samplerate_hz, bh_sound **out,
             bh_diag *diag)
{
    if (frames == 0 || channels == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a sound of %zu frames and %zu channels has no samples; it "
                           "needs at least 1 of each",
                           frames, channels);
    if (!(samplerate_hz > 0) || !isfinite(samplerate_hz))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the sample rate is %g Hz; it must be a number above 0",
                           samplerate_hz);
    if (frames > SIZE_MAX / sizeof(double) / channels)
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "no memory for a sound of %zu frames and %zu channels",
                           frames, channels);
    bh_sound *sound = malloc(sizeof *sound);
    double *data = calloc(frames * channels, sizeof *data);
    if (!sound || !data) {
        free(sound);
        free(data);
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "no memory for a sound of %zu frames and %zu channels",
                           frames, channels);
    }
    *sound = (bh_sound){frames, channels, samplerate_hz, data};
    *out = sound;
    return BH_OK;
}

bh_status
bh_sound_from(const double *samples_pa, size_t frames, size_t channels,
              double samplerate_hz, bh_sound **out, bh_diag *diag)
{
    bh_sound *sound = NULL;
    BH_TRY(bh_sound_new(frames, channels, samplerate_hz, &sound, diag));
    memcpy(sound->data, samples_pa, frames * channels * sizeof *sound->data);
    *out = sound;
    return BH_OK;
}

void
bh_sound_free(bh_sound *sound)
{
    if (!sound)
        return;
    free(sound->data);
    free(sound);
}

double *
bh_sound_data(bh_sound *sound)
{
    return sound->data;
}

const double *
bh_sound_samples(const bh_sound *sound)
{
    return sound->data;
}

size_t
bh_sound_frames(const bh_sound *sound)
{
    return sound->frames;
}

size_t
bh_sound_channels(const bh_sound *sound)
{
    return sound->channels;
}

double
bh_sound_samplerate(const bh_sound *sound)
{
    return sound->samplerate_hz;
}

double
bh_sound_duration(const bh_sound *sound)
{
    return (double)sound->frames / sound->samplerate_hz;
}

bh_status
bh_sound_check(const bh_sound *sound, bh_diag *diag)
{
    const size_t count = sound->frames * sound->channels;
    for (size_t i = 0; i < count; i++) {
        if (isfinite(sound->data[i]))
            continue;
        size_t t = i / sound->channels, ch = i % sound->channels;
        return bh_diag_set(
            diag, BH_ERR_DATA,
            "sample %zu of channel %zu (at %.6f s) is %s; samples must be "
            "finite numbers",
            t, ch, (double)t / sound->samplerate_hz,
            isnan(sound->data[i]) ? "not a number" : "infinite");
    }
    return BH_OK;
}

bh_status
bh_sound_channel(const bh_sound *sound, size_t channel, bh_sound **out, bh_diag *diag)
{
    if (channel >= sound->channels)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "there is no channel %zu: the sound has %zu, counted from 0",
                           channel, sound->channels);
    bh_sound *one = NULL;
    BH_TRY(bh_sound_new(sound->frames, 1, sound->samplerate_hz, &one, diag));
    for (size_t t = 0; t < sound->frames; t++)
        one->data[t] = sound->data[t * sound->channels + channel];
    *out = one;
    return BH_OK;
}

bh_status
bh_sound_mono(const bh_sound *sound, bh_sound **out, bh_diag *diag)
{
    bh_sound *one = NULL;
    BH_TRY(bh_sound_new(sound->frames, 1, sound->samplerate_hz, &one, diag));
    const double *in = sound->data;
    for (size_t t = 0; t < sound->frames; t++, in += sound->channels) {
        double sum = 0;
        for (size_t ch = 0; ch < sound->channels; ch++)
            sum += in[ch];
        one->data[t] = sum / (double)sound->channels;
    }
    *out = one;
    return BH_OK;
}

struct sound_reader {
    const bh_sound *sound;
    size_t window; ///< first frame of the current window
    size_t next;   ///< first frame of the next one
};

static bh_status
reader_begin(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    (void)diag;
    struct sound_reader *reader = self;
    size_t left = reader->sound->frames - reader->next;
    *got = frames < left ? frames : left;
    reader->window = reader->next;
    reader->next += *got;
    return BH_OK;
}

static void
reader_tile(void *self, size_t tile, bh_block out)
{
    (void)tile;
    const struct sound_reader *reader = self;
    const size_t channels = reader->sound->channels;
    const double *in = reader->sound->data + reader->window * channels;
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
reader_rewind(void *self, bh_diag *diag)
{
    (void)diag;
    struct sound_reader *reader = self;
    reader->next = 0;
    return BH_OK;
}

bh_status
bh_sound_source(const bh_sound *sound, bh_source **out, bh_diag *diag)
{
    struct sound_reader *reader = malloc(sizeof *reader);
    if (!reader)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to read a sound");
    *reader = (struct sound_reader){.sound = sound};
    bh_source_config config = {.samplerate_hz = sound->samplerate_hz,
                               .channels = sound->channels,
                               .length = sound->frames,
                               .tiles = 1,
                               .self = reader,
                               .begin = reader_begin,
                               .tile = reader_tile,
                               .rewind = reader_rewind,
                               .free = free};
    bh_status status = bh_source_new(&config, out, diag);
    if (status != BH_OK)
        free(reader);
    return status;
}
