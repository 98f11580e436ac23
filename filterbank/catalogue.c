/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/catalogue.h"

#include "core/text.h"
#include "filterbank/drnl.h"
#include "filterbank/gammatone.h"
#include "filterbank/middle_ear.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_PARAMS = 16 };

/* What a kind makes a bank of: values in the order of its parameters. */
struct order {
    double samplerate_hz;
    const double *cf_hz;
    size_t channels;
    const double *value;
    bh_precision precision;
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const bh_bank_param gammatone_params[] = {
    {"b", "bandwidth, in ERBs", "", 1.019, 1e-3, 100, NULL},
    {"ear_q", "asymptotic quality of a place", "", 9.26449, 1e-2, 1000, NULL},
    {"min_bw", "bandwidth at 0 Hz", "Hz", 24.7, 0, 10000, NULL},
    {"erb_order", "how the two join", "", 1, 0.1, 10, NULL},
};

static bh_status
make_gammatone(const struct order *order, bh_filterbank **out, bh_diag *diag)
{
    bh_gammatone_params params = bh_gammatone_params_default();
    params.b = order->value[0];
    params.erb.ear_q = order->value[1];
    params.erb.min_bw_hz = order->value[2];
    params.erb.order = order->value[3];
    return bh_gammatone_new(order->samplerate_hz, order->cf_hz, order->channels,
                            &params, order->precision, out, diag);
}

static const char *const drnl_species[] = {"human", "guinea_pig", NULL};
static const char *const drnl_numbers[] = {"papers", "brian2hears", NULL};

static const bh_bank_param drnl_params[] = {
    {"species", "whose cochlea", "", BH_DRNL_HUMAN, 0, 0, drnl_species},
    {"numbers", "whose parameters: those of the papers, or as brian2hears has them", "",
     0, 0, 0, drnl_numbers},
    {"stapes_scale", "velocity of the stapes for each pascal, m/s", "", 1.4e-4, 1e-12,
     1e6, NULL},
};

static bh_status
make_drnl(const struct order *order, bh_filterbank **out, bh_diag *diag)
{
    bh_drnl_species species = (bh_drnl_species)order->value[0];
    bh_drnl_params params = order->value[1] == 0 ? bh_drnl_params_default(species)
                                                 : bh_drnl_params_brian2hears(species);
    params.stapes_scale = order->value[2];
    return bh_drnl_new(order->samplerate_hz, order->cf_hz, order->channels, &params,
                       order->precision, out, diag);
}

static const bh_bank_param middle_ear_params[] = {
    {"gain", "at 1 kHz, times", "", 1, -1e9, 1e9, NULL},
    {"zero", "where the double zero lies", "Hz", 200, 0, 1e5, NULL},
};

static bh_status
make_middle_ear(const struct order *order, bh_filterbank **out, bh_diag *diag)
{
    bh_middle_ear_params params = bh_middle_ear_params_default();
    params.gain = order->value[0];
    params.zero_hz = order->value[1];
    return bh_middle_ear_new(order->samplerate_hz, order->channels, &params,
                             order->precision, out, diag);
}

static const struct entry {
    bh_bank_kind kind;
    bh_status (*make)(const struct order *order, bh_filterbank **out, bh_diag *diag);
} entries[] = {
    {{"gammatone", "gammatone filters of fourth order",
      "Slaney 1993, Apple Technical Report 35; Patterson et al. 1992", gammatone_params,
      COUNT(gammatone_params), true},
     make_gammatone},
    {{"drnl", "dual-resonance nonlinear filters: the velocity of the basilar membrane",
      "Lopez-Poveda and Meddis 2001, JASA 110:3107; Sumner et al. 2003, JASA 113:3264",
      drnl_params, COUNT(drnl_params), true},
     make_drnl},
    {{"middle_ear", "the middle ear of Tan and Carney",
      "Tan and Carney 2003, JASA 114:2007", middle_ear_params, COUNT(middle_ear_params),
      false},
     make_middle_ear},
};

size_t
bh_bank_kind_count(void)
{
    return COUNT(entries);
}

const bh_bank_kind *
bh_bank_kind_at(size_t i)
{
    return i < COUNT(entries) ? &entries[i].kind : NULL;
}

const bh_bank_kind *
bh_bank_kind_find(const char *name)
{
    for (size_t i = 0; i < COUNT(entries); i++)
        if (strcmp(entries[i].kind.name, name) == 0)
            return &entries[i].kind;
    return NULL;
}

static bh_status
unknown_param(const bh_bank_kind *kind, const char *name, bh_diag *diag)
{
    const char *names[MOST_PARAMS];
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
    double value[MOST_PARAMS];
    size_t at = 0;
    while (&entries[at].kind != kind)
        at++;
    for (size_t p = 0; p < kind->param_count; p++)
        value[p] = kind->params[p].preset;
    for (size_t s = 0; s < count; s++)
        BH_TRY(apply(kind, &settings[s], value, diag));
    const struct order order = {samplerate_hz, cf_hz, kind->takes_cf ? channels : 1,
                                value, precision};
    return entries[at].make(&order, out, diag);
}
