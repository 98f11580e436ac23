/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/quantity.h"
#include "cli/settings.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool
is_word(const struct setting *setting, const char *text)
{
    return setting->word && strcmp(setting->word, text) == 0;
}

bh_status
parse_switch(const struct setting *setting, const char *text, void *target,
             bh_diag *diag)
{
    (void)setting, (void)text, (void)diag;
    *(bool *)target = true;
    return BH_OK;
}

bh_status
parse_text(const struct setting *setting, const char *text, void *target, bh_diag *diag)
{
    (void)setting, (void)diag;
    *(const char **)target = text;
    return BH_OK;
}

bh_status
parse_list(const struct setting *setting, const char *text, void *target, bh_diag *diag)
{
    (void)setting;
    struct text_list *list = target;
    const size_t most = sizeof list->text / sizeof list->text[0];
    if (list->count == most)
        return bh_diag_set(diag, BH_ERR_TEXT, "given more than %zu times", most);
    list->text[list->count++] = text;
    return BH_OK;
}

bh_status
parse_choice(const struct setting *setting, const char *text, void *target,
             bh_diag *diag)
{
    char list[128] = "";
    size_t used = 0;
    for (int i = 0; setting->choices[i]; i++) {
        if (strcmp(setting->choices[i], text) == 0) {
            *(int *)target = i;
            return BH_OK;
        }
        const int n = snprintf(list + used, sizeof list - used, "%s%s",
                               i == 0                    ? ""
                               : setting->choices[i + 1] ? ", "
                                                         : " or ",
                               setting->choices[i]);
        used += n > 0 && (size_t)n < sizeof list - used ? (size_t)n : 0;
    }
    return bh_diag_set(diag, BH_ERR_TEXT, "'%.60s' is not %s", text, list);
}

bh_status
parse_whole(const struct setting *setting, const char *text, void *target,
            bh_diag *diag)
{
    if (is_word(setting, text)) {
        *(int64_t *)target = (int64_t)setting->meaning;
        return BH_OK;
    }
    char *end = NULL;
    errno = 0;
    const long long value = strtoll(text, &end, 10);
    const char *digit = text + (*text == '-' || *text == '+');
    const char *join = setting->word ? ", or " : "", *word = setting->word;
    if (!isdigit((unsigned char)*digit) || *end)
        return bh_diag_set(diag, BH_ERR_TEXT, "'%.60s' is not a whole number%s%s", text,
                           join, word ? word : "");
    if (errno == ERANGE || value < setting->least || value > setting->most)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "%.60s is out of range; it can be %lld to "
                           "%lld%s%s",
                           text, (long long)setting->least, (long long)setting->most,
                           join, word ? word : "");
    *(int64_t *)target = value;
    return BH_OK;
}

bh_status
parse_level(const struct setting *setting, const char *text, void *target,
            bh_diag *diag)
{
    if (is_word(setting, text)) {
        *(double *)target = setting->meaning;
        return BH_OK;
    }
    return bh_level_parse(text, target, diag);
}

bh_status
parse_seconds(const struct setting *setting, const char *text, void *target,
              bh_diag *diag)
{
    double value = setting->meaning;
    if (!is_word(setting, text))
        BH_TRY(quantity_parse(text, QUANTITY_TIME, &value, diag));
    if (value < 0)
        return bh_diag_set(diag, BH_ERR_TEXT, "'%.60s' is below 0 s", text);
    *(double *)target = value;
    return BH_OK;
}

bh_status
parse_hertz(const struct setting *setting, const char *text, void *target,
            bh_diag *diag)
{
    (void)setting;
    double value = 0;
    BH_TRY(quantity_parse(text, QUANTITY_FREQUENCY, &value, diag));
    if (!(value > 0))
        return bh_diag_set(diag, BH_ERR_TEXT, "'%.60s' is not above 0 Hz", text);
    *(double *)target = value;
    return BH_OK;
}

bh_status
parse_samplerate(const struct setting *setting, const char *text, void *target,
                 bh_diag *diag)
{
    double rate_hz = 0;
    BH_TRY(parse_hertz(setting, text, &rate_hz, diag));
    /* 16.1kHz is 16100 Hz, which is more than 16.1 * 1000 in binary. */
    const double whole = rint(rate_hz);
    *(double *)target = fabs(rate_hz - whole) < 1e-9 * whole ? whole : rate_hz;
    return BH_OK;
}

bh_status
parse_factor(const struct setting *setting, const char *text, void *target,
             bh_diag *diag)
{
    (void)setting;
    char *end;
    const double value = bh_text_number(text, &end);
    if (end == text || *end != '\0' || !(value > 0) || isinf(value))
        return bh_diag_set(diag, BH_ERR_TEXT, "'%.60s' is not a number above 0", text);
    *(double *)target = value;
    return BH_OK;
}

bh_status
parse_angle(const struct setting *setting, const char *text, void *target,
            bh_diag *diag)
{
    (void)setting;
    const double pi = 3.14159265358979323846;
    char *end = NULL;
    const double value = bh_text_number(text, &end);
    const char *unit = end + strspn(end, " *");
    const bool degrees = strcmp(unit, "deg") == 0;
    if (end == text || !isfinite(value) || (!degrees && strcmp(unit, "rad") != 0))
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "'%.60s' is not an angle such as 90deg or 1.57rad", text);
    *(double *)target = degrees ? value * pi / 180 : value;
    return BH_OK;
}

bh_status
parse_range(const struct setting *setting, const char *text, void *target,
            bh_diag *diag)
{
    const char *colon = strchr(text, ':');
    char low[64];
    struct range range = {0, NAN};
    if (!colon || colon == text || !colon[1] || strchr(colon + 1, ':') ||
        (size_t)(colon - text) >= sizeof low)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "'%.60s' is not a range; write two frequencies with a colon "
                           "between, such as 20Hz:20kHz",
                           text);
    snprintf(low, sizeof low, "%.*s", (int)(colon - text), text);
    BH_TRY(parse_hertz(setting, low, &range.low_hz, diag));
    if (!is_word(setting, colon + 1))
        BH_TRY(parse_hertz(setting, colon + 1, &range.high_hz, diag));
    if (range.high_hz <= range.low_hz)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "in '%.60s' the first frequency is not below the second",
                           text);
    *(struct range *)target = range;
    return BH_OK;
}
