/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/quantity.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct unit {
    const char *name;
    enum quantity quantity;
    double scale;
} units[] = {
    {"Hz", QUANTITY_FREQUENCY, 1},      {"kHz", QUANTITY_FREQUENCY, 1e3},
    {"MHz", QUANTITY_FREQUENCY, 1e6},   {"s", QUANTITY_TIME, 1},
    {"ms", QUANTITY_TIME, 1e-3},        {"us", QUANTITY_TIME, 1e-6},
    {"\xc2\xb5s", QUANTITY_TIME, 1e-6}, {"min", QUANTITY_TIME, 60},
};

enum { UNITS = sizeof units / sizeof units[0] };

static const struct {
    const char *noun, *example;
} quantities[] = {
    [QUANTITY_FREQUENCY] = {"a frequency", "20Hz or 1.5kHz"},
    [QUANTITY_TIME] = {"a time", "1.5s or 50ms"},
};

/* Past the number at the beginning of `text`; `text` itself where there is none. The
 * program stays in the C locale, so the decimal point is a point. */
static const char *
number(const char *text, double *value)
{
    const char *digit = text + (*text == '-' || *text == '+');
    const bool hex = digit[0] == '0' && (digit[1] == 'x' || digit[1] == 'X');
    if (hex || !(isdigit((unsigned char)*digit) || *digit == '.'))
        return text;
    char *end = NULL;
    *value = strtod(text, &end);
    return end;
}

static bh_status
unit_error(const char *text, const char *unit, enum quantity quantity, bh_diag *diag)
{
    const char *names[UNITS];
    size_t count = 0;
    if (!*unit)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "'%.60s' has no unit; write %s such as %s", text,
                           quantities[quantity].noun, quantities[quantity].example);
    for (size_t i = 0; i < UNITS; i++)
        if (units[i].quantity == quantity)
            names[count++] = units[i].name;
        else if (strcmp(units[i].name, unit) == 0)
            return bh_diag_set(diag, BH_ERR_TEXT, "'%.60s' is %s, not %s such as %s",
                               text, quantities[units[i].quantity].noun,
                               quantities[quantity].noun, quantities[quantity].example);
    const char *near = bh_text_nearest(unit, names, count);
    if (near)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "'%.60s' has the unknown unit '%.20s'; did you mean %s?",
                           text, unit, near);
    return bh_diag_set(
        diag, BH_ERR_TEXT, "'%.60s' has the unknown unit '%.20s'; write %s such as %s",
        text, unit, quantities[quantity].noun, quantities[quantity].example);
}

bh_status
quantity_parse(const char *text, enum quantity quantity, double *si, bh_diag *diag)
{
    const char *start = text + strspn(text, " ");
    double value = NAN;
    const char *unit = number(start, &value);
    if (unit == start || !isfinite(value))
        return bh_diag_set(diag, BH_ERR_TEXT, "'%.60s' is not %s such as %s", text,
                           quantities[quantity].noun, quantities[quantity].example);
    unit += strspn(unit, " *");
    for (size_t i = 0; i < UNITS; i++)
        if (units[i].quantity == quantity && strcmp(units[i].name, unit) == 0) {
            *si = value * units[i].scale;
            return BH_OK;
        }
    return unit_error(text, unit, quantity, diag);
}
