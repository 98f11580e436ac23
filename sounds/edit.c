/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/edit.h"

#include "sounds/generate_internal.h"
#include "sounds/level.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* A new sound of frames `first` to before `end`, both counted from the beginning of
 * `sound` and anywhere. */
static bh_status
cut(const bh_sound *sound, double first, double end, bh_sound **out, bh_diag *diag)
{
    const size_t channels = bh_sound_channels(sound);
    const double rate = bh_sound_samplerate(sound);
    bh_sound *part = NULL;
    if (!(end > first))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "from %g s to %g s there is no frame of the sound",
                           first / rate, end / rate);
    BH_TRY(bh_sound_new((size_t)(end - first), channels, rate, &part, diag));
    const double from = fmax(first, 0), to = fmin(end, (double)bh_sound_frames(sound));
    if (to > from)
        memcpy(bh_sound_data(part) + (size_t)(from - first) * channels,
               bh_sound_samples(sound) + (size_t)from * channels,
               (size_t)(to - from) * channels * sizeof(double));
    *out = part;
    return BH_OK;
}

static bh_status
frames_of(const bh_sound *sound, const char *what, double time_s, double *frames,
          bh_diag *diag)
{
    if (bh_frames_from(time_s, bh_sound_samplerate(sound), frames))
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "the %s is %g s; it must be a time such as 0.05 s", what,
                       time_s);
}

bh_status
bh_sound_slice(const bh_sound *sound, double start_s, double stop_s, bh_sound **out,
               bh_diag *diag)
{
    double first = 0, end = 0;
    BH_TRY(frames_of(sound, "start of a slice", start_s, &first, diag));
    BH_TRY(frames_of(sound, "stop of a slice", stop_s, &end, diag));
    return cut(sound, first, end, out, diag);
}

bh_status
bh_sound_slice_frames(const bh_sound *sound, int64_t first, int64_t end, int64_t step,
                      bh_sound **out, bh_diag *diag)
{
    const double far = 0x1p52;
    const size_t channels = bh_sound_channels(sound);
    bh_sound *part = NULL;
    if (step == 0 || fabs((double)first) > far || fabs((double)end) > far ||
        fabs((double)step) > far)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a slice from frame %lld to %lld cannot have steps of %lld",
                           (long long)first, (long long)end, (long long)step);
    const int64_t length = step > 0 ? end - first : first - end;
    const int64_t stride = step > 0 ? step : -step;
    if (length <= 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "from frame %lld to %lld in steps of %lld there is none",
                           (long long)first, (long long)end, (long long)step);
    BH_TRY(bh_sound_new((size_t)((length - 1) / stride + 1), channels,
                        bh_sound_samplerate(sound), &part, diag));
    for (size_t t = 0; t < bh_sound_frames(part); t++) {
        const int64_t from = first + (int64_t)t * step;
        if (from >= 0 && from < (int64_t)bh_sound_frames(sound))
            memcpy(bh_sound_data(part) + t * channels,
                   bh_sound_samples(sound) + (size_t)from * channels,
                   channels * sizeof(double));
    }
    *out = part;
    return BH_OK;
}

bh_status
bh_sound_pad(const bh_sound *sound, double before_s, double after_s, bh_sound **out,
             bh_diag *diag)
{
    double before = 0, after = 0;
    BH_TRY(frames_of(sound, "silence before a sound", before_s, &before, diag));
    BH_TRY(frames_of(sound, "silence after a sound", after_s, &after, diag));
    return cut(sound, -before, (double)bh_sound_frames(sound) + after, out, diag);
}

bh_status
bh_sound_shift(const bh_sound *sound, double delay_s, bh_sound **out, bh_diag *diag)
{
    double delay = 0;
    BH_TRY(frames_of(sound, "delay", delay_s, &delay, diag));
    return cut(sound, -delay, (double)bh_sound_frames(sound), out, diag);
}

bh_status
bh_sound_repeat(const bh_sound *sound, size_t times, bh_sound **out, bh_diag *diag)
{
    const size_t frames = bh_sound_frames(sound), channels = bh_sound_channels(sound);
    bh_sound *all = NULL;
    if (times == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a sound that is repeated 0 times is no sound");
    if (times > SIZE_MAX / frames)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a sound %zu times",
                           times);
    BH_TRY(
        bh_sound_new(frames * times, channels, bh_sound_samplerate(sound), &all, diag));
    for (size_t i = 0; i < times; i++)
        memcpy(bh_sound_data(all) + i * frames * channels, bh_sound_samples(sound),
               frames * channels * sizeof(double));
    *out = all;
    return BH_OK;
}

bh_status
bh_sounds_fit(double rate_hz, double own_rate_hz, size_t own_channels, size_t *channels,
              bh_diag *diag)
{
    if (own_rate_hz != rate_hz)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "sounds of %g Hz and %g Hz cannot be put together; they "
                           "must have one sample rate, so resample one of them",
                           rate_hz, own_rate_hz);
    if (own_channels != 1 && *channels != 1 && own_channels != *channels)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "sounds of %zu and %zu channels cannot be put together; "
                           "they must have as many, or 1",
                           *channels, own_channels);
    if (own_channels != 1)
        *channels = own_channels;
    return BH_OK;
}

/* The number of channels of `count` sounds that are put together. */
static bh_status
fit(const bh_sound *const *sounds, size_t count, size_t *channels, bh_diag *diag)
{
    const double rate = bh_sound_samplerate(sounds[0]);
    *channels = 1;
    for (size_t i = 0; i < count; i++)
        BH_TRY(bh_sounds_fit(rate, bh_sound_samplerate(sounds[i]),
                             bh_sound_channels(sounds[i]), channels, diag));
    return BH_OK;
}

/* Sample (t, ch) of a sound that may have one channel for all. */
static double
sample(const bh_sound *sound, size_t t, size_t ch)
{
    const size_t channels = bh_sound_channels(sound);
    return bh_sound_samples(sound)[t * channels + (channels == 1 ? 0 : ch)];
}

bh_status
bh_sound_put(bh_sound *sound, double start_s, const bh_sound *part, bh_diag *diag)
{
    const size_t frames = bh_sound_frames(part), own = bh_sound_channels(sound);
    double first = 0;
    size_t channels = own;
    BH_TRY(frames_of(sound, "start of a part", start_s, &first, diag));
    BH_TRY(bh_sounds_fit(bh_sound_samplerate(sound), bh_sound_samplerate(part),
                         bh_sound_channels(part), &channels, diag));
    if (channels != own)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a part of %zu channels cannot be put into one",
                           bh_sound_channels(part));
    if (first < 0 || first + (double)frames > (double)bh_sound_frames(sound))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a part of %g s from %g s on does not lie within a sound of "
                           "%g s",
                           bh_sound_duration(part), start_s, bh_sound_duration(sound));
    double *to = bh_sound_data(sound) + (size_t)first * own;
    for (size_t t = 0; t < frames; t++)
        for (size_t ch = 0; ch < own; ch++)
            *to++ = sample(part, t, ch);
    return BH_OK;
}

bh_status
bh_sound_sequence(const bh_sound *const *sounds, size_t count, double gap_s,
                  bh_sound **out, bh_diag *diag)
{
    size_t channels = 1, place = 0;
    double gap = 0, total = 0;
    bh_sound *all = NULL;
    if (count == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "a sequence of 0 sounds is no sound");
    BH_TRY(fit(sounds, count, &channels, diag));
    BH_TRY(frames_of(sounds[0], "gap between sounds", gap_s, &gap, diag));
    if (gap < 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the gap between sounds is %g s; it must be 0 s or more",
                           gap_s);
    for (size_t i = 0; i < count; i++)
        total += (double)bh_sound_frames(sounds[i]) + (i ? gap : 0);
    if (total >= 0x1p52)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a sequence of %g frames",
                           total);
    BH_TRY(bh_sound_new((size_t)total, channels, bh_sound_samplerate(sounds[0]), &all,
                        diag));
    for (size_t i = 0; i < count; i++, place += (size_t)gap)
        for (size_t t = 0; t < bh_sound_frames(sounds[i]); t++, place++)
            for (size_t ch = 0; ch < channels; ch++)
                bh_sound_data(all)[place * channels + ch] = sample(sounds[i], t, ch);
    *out = all;
    return BH_OK;
}

/* The sum or the product of two sounds. */
static bh_status
combine(const bh_sound *a, const bh_sound *b, bool product, bh_sound **out,
        bh_diag *diag)
{
    const bh_sound *const both[] = {a, b};
    const size_t a_frames = bh_sound_frames(a), b_frames = bh_sound_frames(b);
    const size_t frames = a_frames > b_frames ? a_frames : b_frames;
    size_t channels = 1;
    bh_sound *sound = NULL;
    BH_TRY(fit(both, 2, &channels, diag));
    BH_TRY(bh_sound_new(frames, channels, bh_sound_samplerate(a), &sound, diag));
    double *to = bh_sound_data(sound);
    for (size_t t = 0; t < frames; t++)
        for (size_t ch = 0; ch < channels; ch++) {
            const double x = t < a_frames ? sample(a, t, ch) : 0;
            const double y = t < b_frames ? sample(b, t, ch) : 0;
            *to++ = product ? x * y : x + y;
        }
    *out = sound;
    return BH_OK;
}

bh_status
bh_sound_mix(const bh_sound *a, const bh_sound *b, bh_sound **out, bh_diag *diag)
{
    return combine(a, b, false, out, diag);
}

bh_status
bh_sound_multiply(const bh_sound *a, const bh_sound *b, bh_sound **out, bh_diag *diag)
{
    return combine(a, b, true, out, diag);
}

/* Multiplies one channel. */
static void
scale(bh_sound *sound, size_t channel, double factor)
{
    const size_t frames = bh_sound_frames(sound), channels = bh_sound_channels(sound);
    double *samples = bh_sound_data(sound) + channel;
    for (size_t t = 0; t < frames; t++)
        samples[t * channels] *= factor;
}

bh_status
bh_sound_gain(bh_sound *sound, double gain_db, bh_diag *diag)
{
    const double factor = pow(10, gain_db / 20);
    if (!isfinite(factor))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a sound cannot be changed by %g dB; give a gain such as -6",
                           gain_db);
    for (size_t ch = 0; ch < bh_sound_channels(sound); ch++)
        scale(sound, ch, factor);
    return BH_OK;
}

bh_status
bh_sound_atlevel(const bh_sound *sound, double level_db_spl, bh_sound **out,
                 bh_diag *diag)
{
    bh_sound *copy = NULL;
    BH_TRY(bh_sound_from(bh_sound_samples(sound), bh_sound_frames(sound),
                         bh_sound_channels(sound), bh_sound_samplerate(sound), &copy,
                         diag));
    const bh_status status = bh_level_set(copy, level_db_spl, diag);
    if (status != BH_OK) {
        bh_sound_free(copy);
        return status;
    }
    *out = copy;
    return BH_OK;
}

/* Checks that a factor leads from one level to the other. */
static bh_status
check_levels(const bh_sound *sound, size_t channel, double have_db, double want_db,
             bh_diag *diag)
{
    if (!isfinite(want_db) || fabs(want_db) > 6000)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "a sound cannot be set to %g dB SPL; give a level such as 60", want_db);
    BH_TRY(bh_sound_check(sound, diag));
    if (!isfinite(have_db) || !isfinite(pow(10, (want_db - have_db) / 20)))
        return bh_diag_set(diag, BH_ERR_DATA,
                           "channel %zu is silent, so no factor gives it a level of %g "
                           "dB SPL",
                           channel, want_db);
    return BH_OK;
}

/* Which channel is the loudest. */
static size_t
loudest(const bh_sound *sound)
{
    size_t best = 0;
    for (size_t ch = 1; ch < bh_sound_channels(sound); ch++)
        if (bh_level_get_channel(sound, ch) > bh_level_get_channel(sound, best))
            best = ch;
    return best;
}

double
bh_sound_maxlevel(const bh_sound *sound)
{
    return bh_level_get_channel(sound, loudest(sound));
}

bh_status
bh_sound_set_maxlevel(bh_sound *sound, double level_db_spl, bh_diag *diag)
{
    const size_t best = loudest(sound);
    const double have_db = bh_level_get_channel(sound, best);
    BH_TRY(check_levels(sound, best, have_db, level_db_spl, diag));
    return bh_sound_gain(sound, level_db_spl - have_db, diag);
}
