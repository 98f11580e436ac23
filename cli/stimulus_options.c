/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of `bhears sound`, and which kind of sound has a use for which. */
#include "cli/stimulus.h"

#include <math.h>
#include <string.h>

static bh_status
parse_number(const struct setting *setting, const char *text, void *target,
             bh_diag *diag)
{
    (void)setting;
    char *end = NULL;
    const double value = bh_text_number(text, &end);
    if (end == text || *end || !isfinite(value))
        return bh_diag_set(diag, BH_ERR_TEXT, "'%.60s' is not a number", text);
    *(double *)target = value;
    return BH_OK;
}

/* Values with commas between, at most setting->most. */
static bh_status
parse_values(const struct setting *setting, const char *text, setting_parser *parse,
             struct values *values, bh_diag *diag)
{
    struct values found = {0};
    for (const char *next = text; next;) {
        char one[64];
        const size_t length = strcspn(next, ",");
        if (found.count == (size_t)setting->most)
            return bh_diag_set(diag, BH_ERR_TEXT, "'%.60s' is more than %zu value%s",
                               text, found.count, found.count == 1 ? "" : "s");
        if (length >= sizeof one)
            return bh_diag_set(diag, BH_ERR_TEXT, "'%.60s' is too long for a value",
                               next);
        snprintf(one, sizeof one, "%.*s", (int)length, next);
        BH_TRY(parse(setting, one + strspn(one, " "), &found.value[found.count], diag));
        found.count++;
        next = next[length] ? next + length + 1 : NULL;
    }
    *values = found;
    return BH_OK;
}

static bh_status
take_hertz(const struct setting *setting, const char *text, void *target, bh_diag *diag)
{
    return parse_values(setting, text, parse_hertz, target, diag);
}

static bh_status
take_samplerate(const struct setting *setting, const char *text, void *target,
                bh_diag *diag)
{
    return parse_values(setting, text, parse_samplerate, target, diag);
}

static bh_status
take_seconds(const struct setting *setting, const char *text, void *target,
             bh_diag *diag)
{
    return parse_values(setting, text, parse_seconds, target, diag);
}

static bh_status
take_level(const struct setting *setting, const char *text, void *target, bh_diag *diag)
{
    return parse_values(setting, text, parse_level, target, diag);
}

static bh_status
take_angle(const struct setting *setting, const char *text, void *target, bh_diag *diag)
{
    return parse_values(setting, text, parse_angle, target, diag);
}

static bh_status
take_number(const struct setting *setting, const char *text, void *target,
            bh_diag *diag)
{
    return parse_values(setting, text, parse_number, target, diag);
}

static bh_status
take_whole(const struct setting *setting, const char *text, void *target, bh_diag *diag)
{
    int64_t value = 0;
    BH_TRY(parse_whole(setting, text, &value, diag));
    *(struct values *)target = (struct values){1, {(double)value}};
    return BH_OK;
}

static bh_status
take_choice(const struct setting *setting, const char *text, void *target,
            bh_diag *diag)
{
    int value = 0;
    BH_TRY(parse_choice(setting, text, &value, diag));
    *(struct values *)target = (struct values){1, {(double)value}};
    return BH_OK;
}

static const char *const ramp_forms[] = {[BH_RAMP_COSINE_SQUARED] = "cosine",
                                         [BH_RAMP_LINEAR] = "linear",
                                         [BH_RAMP_SINE] = "sine",
                                         [BH_RAMP_BLACKMAN] = "blackman",
                                         NULL};

static const char *const glides[] = {
    [BH_SWEEP_LINEAR] = "linear", [BH_SWEEP_LOGARITHMIC] = "logarithmic", NULL};

#define OFFSET(member) .offset = offsetof(struct stimulus_settings, member)

const struct setting stimulus_table[STIMULUS_OPTIONS] = {
    {"duration", 'd', "TIME", "how long, as 1.5s or 50ms",
     .shown = "1s; click: --width", .parse = take_seconds, .most = 1,
     OFFSET(duration_s)},
    {"samplerate", 0, "FREQUENCY", "frames each second", .shown = "44.1kHz",
     .parse = take_samplerate, .most = 1, OFFSET(samplerate_hz)},
    {"channels", 0, "N",
     "how many, 1 to 1024; noises differ between them, the rest is the same",
     .shown = "1, or as many as frequencies of a tone", .parse = take_whole, .least = 1,
     .most = 1024, OFFSET(channels)},
    {"level", 'l', "LEVEL",
     "RMS level before the ramps, as '60 dB SPL'; one for the sound as a whole, or "
     "one for each channel with commas between",
     .shown = "as made: peak or RMS 1 Pa", .parse = take_level, .most = VALUES_MAX,
     OFFSET(level_db)},
    {"ramp", 0, "TIME", "of both the onset and the offset, as 10ms", .shown = "none",
     .parse = take_seconds, .most = 1, OFFSET(ramp_s)},
    {"ramp-form", 0, "FORM", "cosine (squared), linear, sine or blackman",
     .shown = "cosine", .parse = take_choice, .choices = ramp_forms, OFFSET(ramp_form)},
    {"seed", 'S', "N", "of the noises: all follows from it", .preset = "0",
     .parse = parse_whole, .least = 0, .most = INT64_MAX, OFFSET(seed)},
    {"frequency", 'F', "FREQUENCY",
     "tone: one, or one for each channel with commas between; harmonic: the "
     "fundamental; sweep: where it begins",
     .shown = "1kHz; harmonic: 200Hz; sweep: 100Hz", .parse = take_hertz,
     .most = VALUES_MAX, OFFSET(frequency_hz)},
    {"phase", 0, "ANGLE",
     "at the beginning, as 90deg or 1.57rad; tone: or one for each channel; harmonic: "
     "or one for each harmonic",
     .shown = "0deg, a sine", .parse = take_angle, .most = VALUES_MAX,
     OFFSET(phase_rad)},
    {"harmonics", 0, "N|all", "how many harmonics, up to 100000",
     .shown = "all, up to half the sample rate", .parse = take_whole, .least = 1,
     .most = 100000, .word = "all", .meaning = 0, OFFSET(harmonics)},
    {"amplitudes", 0, "LIST", "peak of each harmonic in Pa, as 1,0.5,0.25",
     .shown = "1 for each", .parse = take_number, .most = VALUES_MAX,
     OFFSET(amplitude_pa)},
    {"to", 0, "FREQUENCY", "where a sweep ends", .shown = "10kHz", .parse = take_hertz,
     .most = 1, OFFSET(to_hz)},
    {"glide", 0, "linear|logarithmic", "how a sweep gets there", .shown = "logarithmic",
     .parse = take_choice, .choices = glides, OFFSET(glide)},
    {"am-rate", 0, "FREQUENCY", "of amplitude modulation", .shown = "none",
     .parse = take_hertz, .most = 1, OFFSET(am_rate_hz)},
    {"am-depth", 0, "DEPTH", "of amplitude modulation, 0 to 1", .shown = "1",
     .parse = take_number, .most = 1, OFFSET(am_depth)},
    {"fm-rate", 0, "FREQUENCY", "of frequency modulation of a tone", .shown = "none",
     .parse = take_hertz, .most = 1, OFFSET(fm_rate_hz)},
    {"fm-deviation", 0, "FREQUENCY", "how far the tone swings to either side",
     .shown = "a tenth of its frequency", .parse = take_hertz, .most = 1,
     OFFSET(fm_deviation_hz)},
    {"exponent", 0, "A", "powerlaw: power falls as 1/f^A; 1 is pink, 2 brown",
     .shown = "1", .parse = take_number, .most = 1, OFFSET(exponent)},
    {"delay", 0, "TIME", "irns and irno: its inverse is the pitch", .shown = "4ms",
     .parse = take_seconds, .most = 1, OFFSET(delay_s)},
    {"gain", 0, "G", "irns and irno: of what is delayed, -1 to 1", .shown = "1",
     .parse = take_number, .most = 1, OFFSET(gain)},
    {"iterations", 0, "N", "irns and irno: how often, up to 512", .shown = "4",
     .parse = take_whole, .least = 0, .most = 512, OFFSET(iterations)},
    {"width", 0, "TIME", "of a click", .shown = "one frame", .parse = take_seconds,
     .most = 1, OFFSET(width_s)},
    {"peak", 0, "LEVEL", "of a click, as '80 dB SPL' (0.2 Pa)", .shown = "1 Pa",
     .parse = take_level, .most = 1, OFFSET(peak_db)},
    {"count", 0, "N", "how many clicks, 1 to 10000000", .shown = "10",
     .parse = take_whole, .least = 1, .most = 10000000, OFFSET(clicks)},
    {"interval", 0, "TIME", "from click to click", .shown = "10ms",
     .parse = take_seconds, .most = 1, OFFSET(interval_s)},
    {"vowel", 0, "a|i|u", "which vowel", .shown = "a", .parse = parse_text,
     OFFSET(vowel)},
    {"formants", 0, "LIST", "of another vowel, as 600Hz,1.2kHz,2.5kHz",
     .shown = "those of --vowel", .parse = take_hertz, .most = VALUES_MAX,
     OFFSET(formants_hz)},
    {"pitch", 0, "FREQUENCY", "of a vowel", .shown = "100Hz", .parse = take_hertz,
     .most = 1, OFFSET(pitch_hz)},
};

enum {
    TONE = 1 << BH_STIMULUS_TONE,
    HARMONIC = 1 << BH_STIMULUS_HARMONIC,
    POWERLAW = 1 << BH_STIMULUS_POWERLAW,
    RIPPLED = 1 << BH_STIMULUS_IRNS | 1 << BH_STIMULUS_IRNO,
    CLICK = 1 << BH_STIMULUS_CLICK,
    CLICKS = 1 << BH_STIMULUS_CLICKS,
    SILENCE = 1 << BH_STIMULUS_SILENCE,
    VOWEL = 1 << BH_STIMULUS_VOWEL,
    SWEEP = 1 << BH_STIMULUS_SWEEP,
    ALL = (1 << BH_STIMULUS_KINDS) - 1,
    LASTING = ALL & ~(CLICK | CLICKS | SILENCE)
};

/* Which kinds have a use for an option; all of them where it is not listed. */
static const struct use {
    size_t offset;
    int kinds;
} uses[] = {
#define USE(member, kinds)                                                             \
    {                                                                                  \
        offsetof(struct stimulus_settings, member), kinds                              \
    }
    USE(duration_s, ALL & ~CLICKS),
    USE(level_db, ALL & ~SILENCE),
    USE(ramp_s, LASTING),
    USE(ramp_form, LASTING),
    USE(frequency_hz, TONE | HARMONIC | SWEEP),
    USE(phase_rad, TONE | HARMONIC | SWEEP),
    USE(harmonics, HARMONIC),
    USE(amplitude_pa, HARMONIC),
    USE(to_hz, SWEEP),
    USE(glide, SWEEP),
    USE(am_rate_hz, LASTING),
    USE(am_depth, LASTING),
    USE(fm_rate_hz, TONE),
    USE(fm_deviation_hz, TONE),
    USE(exponent, POWERLAW),
    USE(delay_s, RIPPLED),
    USE(gain, RIPPLED),
    USE(iterations, RIPPLED),
    USE(width_s, CLICK | CLICKS),
    USE(peak_db, CLICK | CLICKS),
    USE(clicks, CLICKS),
    USE(interval_s, CLICKS),
    USE(formants_hz, VOWEL),
    USE(pitch_hz, VOWEL),
#undef USE
};

static bh_status
complain(bh_stimulus_kind kind, size_t offset, int kinds, bh_diag *diag)
{
    const char *name = "";
    char list[160] = "";
    size_t used = 0;
    for (size_t i = 0; i < STIMULUS_OPTIONS; i++)
        if (stimulus_table[i].offset == offset)
            name = stimulus_table[i].name;
    for (int k = 0; k < BH_STIMULUS_KINDS; k++)
        if (kinds & 1 << k)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s",
                                     used ? ", " : "", bh_stimulus_names[k]);
    return bh_diag_set(diag, BH_ERR_TEXT, "%s has no use for --%s, which is for %s",
                       bh_stimulus_names[kind], name,
                       kinds == (ALL & ~(1 << kind)) ? "all others" : list);
}

bh_status
stimulus_check(bh_stimulus_kind kind, const struct stimulus_settings *settings,
               bh_diag *diag)
{
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
        const char *member = (const char *)settings + uses[i].offset;
        const bool given = ((const struct values *)(const void *)member)->count > 0;
        if (given && !(uses[i].kinds & 1 << kind))
            return complain(kind, uses[i].offset, uses[i].kinds, diag);
    }
    if (settings->vowel && kind != BH_STIMULUS_VOWEL)
        return complain(kind, offsetof(struct stimulus_settings, vowel), VOWEL, diag);
    if (settings->vowel && settings->formants_hz.count)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "a vowel has either a --vowel or --formants");
    return BH_OK;
}
