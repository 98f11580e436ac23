/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/catalogue.h"

#include "core/text.h"
#include "filterbank/catalogue_internal.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

size_t
bh_bank_kind_count(void)
{
    return bank_entry_count;
}

const bh_bank_kind *
bh_bank_kind_at(size_t i)
{
    return i < bank_entry_count ? &bank_entries[i].kind : NULL;
}

const bh_bank_kind *
bh_bank_kind_find(const char *name)
{
    for (size_t i = 0; i < bank_entry_count; i++)
        if (strcmp(bank_entries[i].kind.name, name) == 0)
            return &bank_entries[i].kind;
    return NULL;
}

static bh_status
unknown_param(const bh_bank_kind *kind, const char *name, bh_diag *diag)
{
    const char *names[BANK_MOST_PARAMS];
    for (size_t p = 0; p < kind->param_count; p++)
        names[p] = kind->params[p].name;
    const char *near = bh_text_nearest(name, names, kind->param_count);
    if (near)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a %s bank has no parameter '%.40s'; did you mean '%s'?",
                           kind->name, name, near);
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "a %s bank has no parameter '%.40s'; it has %s and %zu more",
                       kind->name, name, names[0], kind->param_count - 1);
}

static bh_status
parse_choice(const bh_bank_param *param, const char *text, double *value, bh_diag *diag)
{
    size_t count = 0;
    while (param->choices[count]) {
        if (strcmp(param->choices[count], text) == 0) {
            *value = (double)count;
            return BH_OK;
        }
        count++;
    }
    const char *near = bh_text_nearest(text, param->choices, count);
    return bh_diag_set(diag, BH_ERR_ARGUMENT, "%s is '%.40s'; it can be %s or %s",
                       param->name, text, near ? near : param->choices[0],
                       near == param->choices[count - 1] ? param->choices[0]
                                                         : param->choices[count - 1]);
}

/* What stands behind a number: nothing, the unit, or the unit with k or m before it. */
static double
unit_scale(const char *text, const char *unit)
{
    while (isspace((unsigned char)*text))
        text++;
    if (*text == 0 || strcmp(text, unit) == 0)
        return 1;
    if (*unit && strcmp(text + 1, unit) == 0)
        return *text == 'k' ? 1e3 : *text == 'm' ? 1e-3 : NAN;
    return NAN;
}

static bh_status
parse_number(const bh_bank_param *param, const char *text, double *value, bh_diag *diag)
{
    char *end;
    double number = bh_text_number(text, &end);
    double scale = end == text ? NAN : unit_scale(end, param->unit);
    if (!isfinite(number) || !isfinite(scale))
        return bh_diag_set(diag, BH_ERR_TEXT, "%s is '%.40s'; it must be a number%s%s",
                           param->name, text, *param->unit ? " in " : "", param->unit);
    number *= scale;
    if (param->whole && number != floor(number))
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "%s is %g; it must be a whole number",
                           param->name, number);
    if (number < param->least || number > param->most)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "%s is %g%s%s; it must be %g to %g",
                           param->name, number, *param->unit ? " " : "", param->unit,
                           param->least, param->most);
    *value = number;
    return BH_OK;
}

static bh_status
apply(const bh_bank_kind *kind, const bh_bank_setting *setting, double *value,
      bh_diag *diag)
{
    for (size_t p = 0; p < kind->param_count; p++) {
        const bh_bank_param *param = &kind->params[p];
        if (strcmp(param->name, setting->name) == 0)
            return param->choices
                       ? parse_choice(param, setting->value, &value[p], diag)
                       : parse_number(param, setting->value, &value[p], diag);
    }
    return unknown_param(kind, setting->name, diag);
}

bh_status
bh_bank_new(const bh_bank_kind *kind, double samplerate_hz, const double *cf_hz,
            size_t channels, const bh_bank_setting *settings, size_t count,
            bh_precision precision, bh_filterbank **out, bh_diag *diag)
{
    double value[BANK_MOST_PARAMS];
    size_t at = 0;
    while (&bank_entries[at].kind != kind)
        at++;
    for (size_t p = 0; p < kind->param_count; p++)
        value[p] = kind->params[p].preset;
    for (size_t s = 0; s < count; s++)
        BH_TRY(apply(kind, &settings[s], value, diag));
    const struct bank_order order = {samplerate_hz, cf_hz,
                                     kind->takes_cf ? channels : 1, value, precision};
    return bank_entries[at].make(&order, out, diag);
}
