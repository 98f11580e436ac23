/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/bank.h"

#include "cli/quantity.h"
#include "core/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BANK_OFFSET(member) .offset = offsetof(struct bank_settings, member)

/* Where neither --cf nor these are given; the range as it is for places. */
enum { CHANNELS = 128 };
#define LOW_HZ 20.0

const struct setting bank_table[5] = {
    {"bank", 'b', "KIND", "the kind; 'bhears models' lists them", .preset = "gammatone",
     .parse = parse_text, BANK_OFFSET(kind)},
    {"cf", 0, "LIST",
     "centre frequencies, one channel each: in Hz or with units, as 100,200,1kHz",
     .parse = parse_text, BANK_OFFSET(cf)},
    {"cf-range", 'r', "LOW:HIGH",
     "instead of --cf: the lowest and highest centre frequency, as 20Hz:8kHz; HIGH may "
     "be auto: 20 kHz, or 0.9 of half the sample rate where that is lower",
     .shown = "20Hz:auto", .parse = parse_range, .word = "auto", BANK_OFFSET(range)},
    {"channels", 'n', "N", "how many there are in that range, equally spaced in ERB",
     .shown = "128", .parse = parse_whole, .least = 1, .most = 1000000,
     BANK_OFFSET(channels)},
    {"set", 0, "NAME=VALUE",
     "a parameter of the kind, as b=1.019; 'bhears models KIND' lists them; may be "
     "given again",
     .parse = parse_list, BANK_OFFSET(set)},
};

bh_status
bank_find(const char *name, const bh_bank_kind **out, bh_diag *diag)
{
    enum { MOST = 64 };
    const char *names[MOST];
    size_t count = bh_bank_kind_count();
    *out = bh_bank_kind_find(name);
    if (*out)
        return BH_OK;
    count = count < MOST ? count : MOST;
    for (size_t i = 0; i < count; i++)
        names[i] = bh_bank_kind_at(i)->name;
    const char *near = bh_text_nearest(name, names, count);
    if (near)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "there is no filterbank '%.60s'; did you mean %s?", name,
                           near);
    return bh_diag_set(diag, BH_ERR_TEXT,
                       "there is no filterbank '%.60s'; see 'bhears models'", name);
}

/* One frequency of the list: a number in Hz, or one with its unit. */
static bh_status
parse_cf(const char *text, size_t length, double *hz, bh_diag *diag)
{
    char item[64], *end = NULL;
    bh_diag why = {0};
    if (length >= sizeof item)
        length = sizeof item - 1;
    memcpy(item, text, length);
    item[length] = 0;
    *hz = bh_text_number(item, &end);
    if (end != item && *end == 0 && *hz > 0 && isfinite(*hz))
        return BH_OK;
    if (quantity_parse(item, QUANTITY_FREQUENCY, hz, &why) == BH_OK && *hz > 0)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_TEXT,
                       "--cf: '%.60s' is not a frequency; a list of them is such as "
                       "100,200,1kHz",
                       item);
}

static bh_status
parse_cfs(const char *list, struct bank *bank, bh_diag *diag)
{
    bank->channels = 1;
    for (const char *at = list; *at; at++)
        bank->channels += *at == ',';
    bank->cf_hz = malloc(bank->channels * sizeof *bank->cf_hz);
    if (!bank->cf_hz)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels",
                           bank->channels);
    for (size_t ch = 0; ch < bank->channels; ch++) {
        const size_t length = strcspn(list, ",");
        BH_TRY(parse_cf(list, length, &bank->cf_hz[ch], diag));
        list += length + 1;
    }
    return BH_OK;
}

static bh_status
read_places(const struct bank_settings *settings, struct bank *bank, bh_diag *diag)
{
    const bool spread = settings->range.low_hz > 0 || settings->channels > 0;
    if (!bank->kind->takes_cf && (spread || settings->cf))
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "a %s bank has one channel without a centre frequency, so "
                           "--cf, --cf-range and --channels cannot be given",
                           bank->kind->name);
    if (settings->cf && spread)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "--cf says which channels there are, so --cf-range and "
                           "--channels cannot be given too");
    if (settings->cf)
        return parse_cfs(settings->cf, bank, diag);
    bank->channels = bank->kind->takes_cf ? CHANNELS : 1;
    if (settings->channels > 0)
        bank->channels = (size_t)settings->channels;
    bank->range = (struct range){LOW_HZ, NAN};
    if (settings->range.low_hz > 0)
        bank->range = settings->range;
    return BH_OK;
}

/* Cuts each NAME=VALUE in two, in a copy. */
static bh_status
read_set(const struct text_list *list, struct bank *bank, bh_diag *diag)
{
    size_t size = 1;
    for (size_t i = 0; i < list->count; i++)
        size += strlen(list->text[i]) + 1;
    char *at = bank->texts = malloc(size);
    if (!at)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for parameters");
    for (size_t i = 0; i < list->count; i++) {
        strcpy(at, list->text[i]);
        char *equals = strchr(at, '=');
        if (!equals || equals == at || !equals[1])
            return bh_diag_set(diag, BH_ERR_TEXT,
                               "--set: '%.60s' is not NAME=VALUE, such as b=1.019", at);
        *equals = 0;
        bank->set[bank->count++] = (bh_bank_setting){at, equals + 1};
        at = equals + 2 + strlen(equals + 1);
    }
    return BH_OK;
}

bh_status
bank_read(const struct bank_settings *settings, struct bank *out, bh_diag *diag)
{
    struct bank bank = {0};
    bh_status status = bank_find(settings->kind, &bank.kind, diag);
    if (status == BH_OK)
        status = read_places(settings, &bank, diag);
    if (status == BH_OK)
        status = read_set(&settings->set, &bank, diag);
    if (status == BH_OK)
        *out = bank;
    else
        bank_free(&bank);
    return status;
}

void
bank_free(struct bank *bank)
{
    free(bank->cf_hz);
    free(bank->texts);
    *bank = (struct bank){0};
}

bh_status
bank_put(const struct bank *bank, bh_precision precision, struct ear *ear,
         bh_diag *diag)
{
    double *places_hz = NULL;
    bh_filterbank *made = NULL;
    if (bank->kind->takes_cf && !bank->cf_hz)
        BH_TRY(ear_places(ear, &bank->range, bank->channels, &places_hz, diag));
    const bh_status status = bh_bank_new(
        bank->kind, ear->samplerate_hz, bank->cf_hz ? bank->cf_hz : places_hz,
        bank->channels, bank->set, bank->count, precision, &made, diag);
    free(places_hz);
    return status == BH_OK ? ear_put_bank(ear, made, diag) : status;
}
