/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "sounds/level.h"

#include "core/text.h"
#include "sounds/edit.h"
#include "sounds/level_internal.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

double
bh_level_from_rms(double rms_pa)
{
    return 20 * log10(rms_pa / BH_PRESSURE_REFERENCE_PA);
}

double
bh_level_to_rms(double level_db_spl)
{
    return BH_PRESSURE_REFERENCE_PA * pow(10, level_db_spl / 20);
}

/* RMS of `count` samples, `step` apart. */
static double
rms(const double *samples, size_t count, size_t step)
{
    struct bh_rms rms = {0};
    for (size_t i = 0; i < count; i++)
        bh_rms_add(&rms, samples[i * step]);
    return bh_rms_value(&rms);
}

static double
sound_rms(const bh_sound *sound)
{
    return rms(bh_sound_samples(sound),
               bh_sound_frames(sound) * bh_sound_channels(sound), 1);
}

double
bh_level_get(const bh_sound *sound)
{
    return bh_level_from_rms(sound_rms(sound));
}

double
bh_level_get_channel(const bh_sound *sound, size_t channel)
{
    const size_t channels = bh_sound_channels(sound);
    if (channel >= channels)
        return NAN;
    return bh_level_from_rms(
        rms(bh_sound_samples(sound) + channel, bh_sound_frames(sound), channels));
}

double
bh_level_peak(const bh_sound *sound)
{
    const size_t count = bh_sound_frames(sound) * bh_sound_channels(sound);
    double peak = 0;
    for (size_t i = 0; i < count; i++)
        peak = fmax(peak, fabs(bh_sound_samples(sound)[i]));
    return peak;
}

bh_status
bh_levels_new(const double *levels_db_spl, size_t count, struct bh_levels **out,
              bh_diag *diag)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(levels_db_spl[i]) || !isnormal(bh_level_to_rms(levels_db_spl[i])))
            return bh_diag_set(
                diag, BH_ERR_ARGUMENT,
                "a sound cannot be set to %g dB SPL; give a level such as 60",
                levels_db_spl[i]);
    struct bh_levels *levels =
        calloc(1, sizeof *levels + count * sizeof levels->level[0]);
    if (!levels)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu levels", count);
    levels->count = count;
    for (size_t i = 0; i < count; i++)
        levels->level[i].want = bh_level_to_rms(levels_db_spl[i]);
    *out = levels;
    return BH_OK;
}

bh_status
bh_levels_check(const struct bh_levels *levels, bh_diag *diag)
{
    for (size_t i = 0; i < levels->count; i++) {
        const double want_db = bh_level_from_rms(levels->level[i].want);
        if (levels->level[i].have > 0)
            continue;
        if (levels->count == 1)
            return bh_diag_set(
                diag, BH_ERR_DATA,
                "the sound is silent, so no factor gives it a level of %g dB SPL",
                want_db);
        return bh_diag_set(diag, BH_ERR_DATA,
                           "channel %zu is silent, so no factor gives it a level of %g "
                           "dB SPL",
                           i, want_db);
    }
    return BH_OK;
}

void
bh_levels_apply(const struct bh_levels *levels, size_t frames, size_t channels,
                double *samples)
{
    /* want / have may overflow where the product does not. */
    for (size_t i = 0; i < frames * channels; i++) {
        const struct bh_level *level =
            &levels->level[levels->count == 1 ? 0 : i % channels];
        samples[i] = samples[i] / level->have * level->want;
    }
}

/* Sets the level of the sound as a whole, or where `count` is that of the channels the
 * level of each. */
static bh_status
set_levels(bh_sound *sound, const double *levels_db_spl, size_t count, bh_diag *diag)
{
    const size_t frames = bh_sound_frames(sound), channels = bh_sound_channels(sound);
    struct bh_levels *levels = NULL;
    BH_TRY(bh_levels_new(levels_db_spl, count, &levels, diag));
    bh_status status = bh_sound_check(sound, diag);
    for (size_t i = 0; i < count && status == BH_OK; i++)
        levels->level[i].have =
            count == 1 ? sound_rms(sound)
                       : rms(bh_sound_samples(sound) + i, frames, channels);
    if (status == BH_OK)
        status = bh_levels_check(levels, diag);
    if (status == BH_OK)
        bh_levels_apply(levels, frames, channels, bh_sound_data(sound));
    free(levels);
    return status;
}

bh_status
bh_level_set(bh_sound *sound, double level_db_spl, bh_diag *diag)
{
    return set_levels(sound, &level_db_spl, 1, diag);
}

bh_status
bh_sound_set_levels(bh_sound *sound, const double *levels_db_spl, bh_diag *diag)
{
    return set_levels(sound, levels_db_spl, bh_sound_channels(sound), diag);
}

static const char *
skip_space(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

static int
is_level_unit(const char *text)
{
    text = skip_space(text);
    if (*text == '\0')
        return 1;
    if (strncasecmp(text, "dB", 2) != 0)
        return 0;
    const char *rest = skip_space(text + 2);
    if (*rest == '\0')
        return 1;
    return rest > text + 2 && strncasecmp(rest, "SPL", 3) == 0 &&
           !*skip_space(rest + 3);
}

bh_status
bh_level_parse(const char *text, double *level_db_spl, bh_diag *diag)
{
    const char *start = skip_space(text);
    /* strtod also reads "inf", "nan" and hexadecimal numbers, which are no levels. */
    const char *digit = start + (*start == '+' || *start == '-');
    int plain = isdigit((unsigned char)*digit) || *digit == '.';
    int hex = *digit == '0' && (digit[1] == 'x' || digit[1] == 'X');
    char *end = NULL;
    double value = plain && !hex ? bh_text_number(start, &end) : NAN;
    if (!plain || hex || end == start || !isfinite(value))
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "'%.60s' is not a level; write a number and dB SPL, such as "
                           "'60 dB SPL'",
                           text);
    if (!is_level_unit(end))
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "'%.60s' is not a level: after the number comes 'dB SPL', "
                           "'dB' or nothing, not '%.20s'",
                           text, skip_space(end));
    *level_db_spl = value;
    return BH_OK;
}
