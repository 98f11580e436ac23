/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/catalogue.h"

#include "core/text.h"
#include "filterbank/catalogue_internal.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct bank_entry *
entry_at(size_t i)
{
    if (i < bank_entry_count)
        return &bank_entries[i];
    i -= bank_entry_count;
    return i < given_bank_entry_count ? &given_bank_entries[i] : NULL;
}

size_t
bh_bank_kind_count(void)
{
    return bank_entry_count + given_bank_entry_count;
}

const bh_bank_kind *
bh_bank_kind_at(size_t i)
{
    const struct bank_entry *entry = entry_at(i);
    return entry ? &entry->kind : NULL;
}

const bh_bank_kind *
bh_bank_kind_find(const char *name)
{
    for (size_t i = 0; i < bh_bank_kind_count(); i++)
        if (strcmp(entry_at(i)->kind.name, name) == 0)
            return &entry_at(i)->kind;
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
                           "the bank %s has no parameter '%.40s'; did you mean '%s'?",
                           kind->name, name, near);
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "the bank %s has no parameter '%.40s'; it has %s and %zu more",
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

/* Settings as they are read. */
struct given {
    double value[BANK_MOST_PARAMS];
    struct bank_list list[BANK_MOST_PARAMS];
};

/* Reads "1,-0.5,0" into memory of its own. */
static bh_status
parse_list(const bh_bank_param *param, const char *text, struct bank_list *list,
           bh_diag *diag)
{
    size_t count = 1;
    for (const char *at = text; *at; at++)
        count += *at == ',';
    if (count > param->list)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "%s has %zu numbers; it may have %zu",
                           param->name, count, param->list);
    free(list->numbers);
    list->count = count;
    list->numbers = malloc(count * sizeof *list->numbers);
    if (!list->numbers)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu numbers", count);
    for (size_t i = 0; i < count; i++) {
        const size_t length = strcspn(text, ",");
        char item[64];
        snprintf(item, sizeof item, "%.*s", (int)(length < 63 ? length : 63), text);
        BH_TRY(parse_number(param, item, &list->numbers[i], diag));
        text += length + 1;
    }
    return BH_OK;
}

static bh_status
apply(const bh_bank_kind *kind, const bh_bank_setting *setting, struct given *given,
      bh_diag *diag)
{
    for (size_t p = 0; p < kind->param_count; p++) {
        const bh_bank_param *param = &kind->params[p];
        if (strcmp(param->name, setting->name) != 0)
            continue;
        if (param->choices)
            return parse_choice(param, setting->value, &given->value[p], diag);
        if (param->list > 0)
            return parse_list(param, setting->value, &given->list[p], diag);
        return parse_number(param, setting->value, &given->value[p], diag);
    }
    return unknown_param(kind, setting->name, diag);
}

static bh_status
make(const struct bank_entry *entry, struct given *given, struct bank_order *order,
     bh_filterbank **out, bh_diag *diag)
{
    struct bank_list list[BANK_MOST_PARAMS];
    for (size_t p = 0; p < entry->kind.param_count; p++) {
        list[p] = given->list[p];
        if (list[p].numbers)
            given->value[p] = list[p].numbers[0];
        else
            list[p] = (struct bank_list){&given->value[p], 1};
    }
    order->value = given->value;
    order->list = list;
    return entry->make(order, out, diag);
}

bh_status
bh_bank_new(const bh_bank_kind *kind, double samplerate_hz, const double *cf_hz,
            size_t channels, const bh_bank_setting *settings, size_t count,
            bh_precision precision, bh_filterbank **out, bh_diag *diag)
{
    struct given given = {0};
    size_t at = 0;
    bh_status status = BH_OK;
    while (&entry_at(at)->kind != kind)
        at++;
    for (size_t p = 0; p < kind->param_count; p++)
        given.value[p] = kind->params[p].preset;
    for (size_t s = 0; status == BH_OK && s < count; s++)
        status = apply(kind, &settings[s], &given, diag);
    struct bank_order order = {.samplerate_hz = samplerate_hz,
                               .cf_hz = cf_hz,
                               .channels = channels,
                               .precision = precision};
    if (status == BH_OK)
        status = make(entry_at(at), &given, &order, out, diag);
    for (size_t p = 0; p < kind->param_count; p++)
        free(given.list[p].numbers);
    return status;
}
