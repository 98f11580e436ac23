/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/hrtf.h"

#include "sounds/generate_internal.h"
#include "sounds/hrtf_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bh_status
check_taps(const bh_hrtf_config *config, bh_diag *diag)
{
    const size_t row = BH_EARS * config->frames;
    for (size_t i = 0; i < config->count * row; i++)
        if (!isfinite(config->taps[i]))
            return bh_diag_set(diag, BH_ERR_DATA,
                               "sample %zu of the %s response of pair %zu is not a "
                               "finite number",
                               i % config->frames,
                               i % row < config->frames ? "left" : "right", i / row);
    return BH_OK;
}

static bh_status
check_directions(const bh_hrtf_config *config, bh_diag *diag)
{
    for (size_t i = 0; config->direction && i < config->count; i++)
        if (!isfinite(config->direction[i].azimuth_deg) ||
            !(fabs(config->direction[i].elevation_deg) <= 90))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "the direction of pair %zu is azimuth %g, elevation %g "
                               "degrees; elevations are from -90 to 90",
                               i, config->direction[i].azimuth_deg,
                               config->direction[i].elevation_deg);
    return BH_OK;
}

static bh_status
check(const bh_hrtf_config *config, bh_diag *diag)
{
    if (!(config->samplerate_hz > 0) || !isfinite(config->samplerate_hz))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the sample rate is %g Hz; it must be a number above 0",
                           config->samplerate_hz);
    if (config->count == 0 || config->frames == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a set of %zu pairs of %zu samples has no responses; it "
                           "needs at least 1 of each",
                           config->count, config->frames);
    if (config->count > SIZE_MAX / sizeof(double) / BH_EARS / config->frames)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu pairs of responses",
                           config->count);
    BH_TRY(check_taps(config, diag));
    return check_directions(config, diag);
}

bh_status
bh_hrtf_set_new(const bh_hrtf_config *config, bh_hrtf_set **out, bh_diag *diag)
{
    BH_TRY(check(config, diag));
    const size_t samples = config->count * BH_EARS * config->frames;
    bh_hrtf_set *set = calloc(1, sizeof *set);
    double *taps = malloc(samples * sizeof *taps);
    bh_direction *direction =
        config->direction ? malloc(config->count * sizeof *direction) : NULL;
    if (!set || !taps || (config->direction && !direction)) {
        free(direction);
        free(taps);
        free(set);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu pairs of responses",
                           config->count);
    }
    memcpy(taps, config->taps, samples * sizeof *taps);
    if (direction)
        memcpy(direction, config->direction, config->count * sizeof *direction);
    *set = (bh_hrtf_set){config->samplerate_hz, config->count, config->frames, taps,
                         direction};
    *out = set;
    return BH_OK;
}

void
bh_hrtf_set_free(bh_hrtf_set *set)
{
    if (!set)
        return;
    free(set->taps);
    free(set->direction);
    free(set);
}

size_t
bh_hrtf_count(const bh_hrtf_set *set)
{
    return set->count;
}

size_t
bh_hrtf_frames(const bh_hrtf_set *set)
{
    return set->frames;
}

double
bh_hrtf_samplerate(const bh_hrtf_set *set)
{
    return set->samplerate_hz;
}

const double *
bh_hrtf_taps(const bh_hrtf_set *set, size_t i)
{
    return set->taps + i * BH_EARS * set->frames;
}

const bh_direction *
bh_hrtf_direction(const bh_hrtf_set *set, size_t i)
{
    return set->direction ? &set->direction[i] : NULL;
}

void
bh_direction_unit(const bh_direction *direction, double unit[3])
{
    const double azimuth = direction->azimuth_deg / 360 * BH_TAU;
    const double elevation = direction->elevation_deg / 360 * BH_TAU;
    unit[0] = cos(azimuth) * cos(elevation);
    unit[1] = sin(azimuth) * cos(elevation);
    unit[2] = sin(elevation);
}

bh_status
bh_direction_check(const bh_hrtf_set *set, const bh_direction *where, bh_diag *diag)
{
    if (!set->direction)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "this set of responses has no directions, only numbers");
    if (!isfinite(where->azimuth_deg) || !(fabs(where->elevation_deg) <= 90))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "there is no direction of azimuth %g, elevation %g degrees; "
                           "elevations are from -90 to 90",
                           where->azimuth_deg, where->elevation_deg);
    if (!isnan(where->distance_m) && !(where->distance_m > 0))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the distance is %g m; it must be above 0, or NaN for any",
                           where->distance_m);
    return BH_OK;
}

bh_status
bh_hrtf_nearest(const bh_hrtf_set *set, const bh_direction *where, size_t *i,
                bh_diag *diag)
{
    double wanted[3], best_away = INFINITY, best_far = INFINITY;
    BH_TRY(bh_direction_check(set, where, diag));
    bh_direction_unit(where, wanted);
    for (size_t k = 0; k < set->count; k++) {
        double unit[3], away = 0;
        bh_direction_unit(&set->direction[k], unit);
        for (int axis = 0; axis < 3; axis++)
            away += (unit[axis] - wanted[axis]) * (unit[axis] - wanted[axis]);
        const double off = fabs(set->direction[k].distance_m - where->distance_m);
        const double far = isnan(off) ? 0 : off;
        /* The squares of directions that are the same differ by rounding. */
        if (away < best_away - 1e-12 || (away < best_away + 1e-12 && far < best_far)) {
            best_away = away;
            best_far = far;
            *i = k;
        }
    }
    return BH_OK;
}

bh_status
bh_hrtf_subset(const bh_hrtf_set *set, const size_t *pairs, size_t count,
               bh_hrtf_set **out, bh_diag *diag)
{
    const size_t row = BH_EARS * set->frames;
    for (size_t i = 0; i < count; i++)
        if (pairs[i] >= set->count)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "there is no pair %zu: the set has %zu, counted from 0",
                               pairs[i], set->count);
    double *taps = calloc(count + 1, row * sizeof *taps);
    bh_direction *direction = calloc(count + 1, sizeof *direction);
    bh_status status = BH_ERR_MEMORY;
    if (taps && direction) {
        for (size_t i = 0; i < count; i++) {
            memcpy(taps + i * row, bh_hrtf_taps(set, pairs[i]), row * sizeof *taps);
            if (set->direction)
                direction[i] = set->direction[pairs[i]];
        }
        const bh_hrtf_config config = {set->samplerate_hz, count, set->frames, taps,
                                       set->direction ? direction : NULL};
        status = bh_hrtf_set_new(&config, out, diag);
    } else {
        bh_diag_set(diag, status, "no memory for %zu pairs of responses", count);
    }
    free(direction);
    free(taps);
    return status;
}

/* All responses as the channels of one sound. */
static bh_status
to_sound(const bh_hrtf_set *set, bh_sound **out, bh_diag *diag)
{
    const size_t channels = set->count * BH_EARS;
    bh_sound *sound = NULL;
    BH_TRY(bh_sound_new(set->frames, channels, set->samplerate_hz, &sound, diag));
    for (size_t ch = 0; ch < channels; ch++)
        for (size_t t = 0; t < set->frames; t++)
            bh_sound_data(sound)[t * channels + ch] = set->taps[ch * set->frames + t];
    *out = sound;
    return BH_OK;
}

static bh_status
from_sound(const bh_hrtf_set *set, const bh_sound *sound, bh_hrtf_set **out,
           bh_diag *diag)
{
    const size_t channels = bh_sound_channels(sound), frames = bh_sound_frames(sound);
    const double scale = set->samplerate_hz / bh_sound_samplerate(sound);
    double *taps = malloc(channels * frames * sizeof *taps);
    if (!taps)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu pairs of responses",
                           set->count);
    for (size_t ch = 0; ch < channels; ch++)
        for (size_t t = 0; t < frames; t++)
            taps[ch * frames + t] = scale * bh_sound_samples(sound)[t * channels + ch];
    const bh_hrtf_config config = {bh_sound_samplerate(sound), set->count, frames, taps,
                                   set->direction};
    const bh_status status = bh_hrtf_set_new(&config, out, diag);
    free(taps);
    return status;
}

bh_status
bh_hrtf_resample(const bh_hrtf_set *set, double samplerate_hz,
                 bh_resample_quality quality, bh_hrtf_set **out, bh_diag *diag)
{
    bh_sound *before = NULL, *after = NULL;
    BH_TRY(to_sound(set, &before, diag));
    bh_status status = bh_sound_resample(before, samplerate_hz, quality, &after, diag);
    if (status == BH_OK)
        status = from_sound(set, after, out, diag);
    bh_sound_free(before);
    bh_sound_free(after);
    return status;
}
