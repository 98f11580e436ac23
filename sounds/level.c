/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "sounds/level.h"

#include "core/text.h"

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

/* RMS of `count` samples, `step` apart. Divided by the peak first, so that neither very
 * small nor very large samples leave the range of double when squared. */
static double
rms(const double *samples, size_t count, size_t step)
{
    double peak = 0;
    for (size_t i = 0; i < count; i++) {
        double size = fabs(samples[i * step]);
        if (!(size <= peak))
            peak = size;
        if (isnan(peak))
            return peak;
    }
    if (peak == 0 || isinf(peak))
        return peak;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double x = samples[i * step] / peak;
        sum += x * x;
    }
    return peak * sqrt(sum / (double)count);
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

bh_status
bh_level_set(bh_sound *sound, double level_db_spl, bh_diag *diag)
{
    const double want = bh_level_to_rms(level_db_spl);
    if (!isfinite(level_db_spl) || !isnormal(want))
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "a sound cannot be set to %g dB SPL; give a level such as 60",
            level_db_spl);
    BH_TRY(bh_sound_check(sound, diag));
    const double have = sound_rms(sound);
    if (have == 0)
        return bh_diag_set(
            diag, BH_ERR_DATA,
            "the sound is silent, so no factor gives it a level of %g dB "
            "SPL",
            level_db_spl);
    const size_t count = bh_sound_frames(sound) * bh_sound_channels(sound);
    double *samples = bh_sound_data(sound);
    /* want / have may overflow where the product does not. */
    for (size_t i = 0; i < count; i++)
        samples[i] = samples[i] / have * want;
    return BH_OK;
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
