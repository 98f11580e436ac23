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

static const char *
bank_name(size_t i)
{
    return i < bh_bank_kind_count() ? bh_bank_kind_at(i)->name : NULL;
}

const struct setting bank_table[5] = {
    {"bank", 'b', "KIND",
     "the kind; 'bhears models --banks' lists them; some with commas between them are "
     "a chain, "
     "as middle_ear,gammatone,haircell",
     .words = bank_name, .preset = "gammatone", .parse = parse_text,
     BANK_OFFSET(kinds)},
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
     "a parameter of the kind, as b=1.019, or in a chain gammatone.b=1.019; 'bhears "
     "models KIND' lists them; may be given again",
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
                       "there is no filterbank '%.60s'; see 'bhears models --banks'",
                       name);
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
parse_cfs(const char *list, struct chain *chain, bh_diag *diag)
{
    chain->channels = 1;
    for (const char *at = list; *at; at++)
        chain->channels += *at == ',';
    chain->cf_hz = malloc(chain->channels * sizeof *chain->cf_hz);
    if (!chain->cf_hz)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels",
                           chain->channels);
    for (size_t ch = 0; ch < chain->channels; ch++) {
        const size_t length = strcspn(list, ",");
        BH_TRY(parse_cf(list, length, &chain->cf_hz[ch], diag));
        list += length + 1;
    }
    return BH_OK;
}

static bh_status
read_places(const struct bank_settings *settings, struct chain *chain, bh_diag *diag)
{
    const bool spread = settings->range.low_hz > 0 || settings->channels > 0;
    for (size_t i = 0; i < chain->length; i++)
        chain->takes_cf |= chain->kind[i]->takes_cf;
    if (!chain->takes_cf && (spread || settings->cf))
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "the bank %s has one channel without a centre frequency, so "
                           "--cf, --cf-range and --channels cannot be given",
                           chain->kind[0]->name);
    if (settings->cf && spread)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "--cf says which channels there are, so --cf-range and "
                           "--channels cannot be given too");
    if (settings->cf)
        return parse_cfs(settings->cf, chain, diag);
    chain->channels = chain->takes_cf ? CHANNELS : 1;
    if (settings->channels > 0)
        chain->channels = (size_t)settings->channels;
    chain->range = (struct range){LOW_HZ, NAN};
    if (settings->range.low_hz > 0)
        chain->range = settings->range;
    return BH_OK;
}

/* "gammatone,haircell" */
static bh_status
read_kinds(const char *list, struct chain *chain, bh_diag *diag)
{
    for (const char *at = list;; at++) {
        const size_t length = strcspn(at, ",");
        char name[64];
        if (chain->length == CHAIN_MOST)
            return bh_diag_set(diag, BH_ERR_TEXT,
                               "--bank: '%.60s' has too many; up to %d can follow each "
                               "other",
                               list, CHAIN_MOST);
        snprintf(name, sizeof name, "%.*s", (int)(length < 63 ? length : 63), at);
        BH_TRY(bank_find(name, &chain->kind[chain->length++], diag));
        at += length;
        if (!*at)
            return BH_OK;
    }
}

/* Whose parameter `name` is, without whom it is then. */
static bh_status
read_owner(const struct chain *chain, char **name, const bh_bank_kind **owner,
           bh_diag *diag)
{
    char *dot = strchr(*name, '.');
    if (!dot && chain->length > 1)
        return bh_diag_set(
            diag, BH_ERR_TEXT,
            "--set: '%.60s' may be of any of %zu banks; in a chain it is "
            "said as %s.%.60s",
            *name, chain->length, chain->kind[0]->name, *name);
    *owner = chain->kind[0];
    if (!dot)
        return BH_OK;
    *dot = 0;
    for (size_t i = 0; i < chain->length; i++)
        if (strcmp(chain->kind[i]->name, *name) == 0) {
            *owner = chain->kind[i];
            *name = dot + 1;
            return BH_OK;
        }
    return bh_diag_set(diag, BH_ERR_TEXT, "--set: there is no '%.60s' in --bank",
                       *name);
}

/* Cuts each [KIND.]NAME=VALUE in pieces, in a copy. */
static bh_status
read_set(const struct text_list *list, struct chain *chain, bh_diag *diag)
{
    size_t size = 1;
    for (size_t i = 0; i < list->count; i++)
        size += strlen(list->text[i]) + 1;
    char *at = chain->texts = malloc(size);
    if (!at)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for parameters");
    for (size_t i = 0; i < list->count; i++) {
        strcpy(at, list->text[i]);
        char *equals = strchr(at, '='), *name = at;
        if (!equals || equals == at || !equals[1])
            return bh_diag_set(diag, BH_ERR_TEXT,
                               "--set: '%.60s' is not NAME=VALUE, such as b=1.019", at);
        *equals = 0;
        BH_TRY(read_owner(chain, &name, &chain->set_of[i], diag));
        chain->set[chain->count++] = (bh_bank_setting){name, equals + 1};
        at = equals + 2 + strlen(equals + 1);
    }
    return BH_OK;
}

bh_status
chain_read(const struct bank_settings *settings, struct chain *out, bh_diag *diag)
{
    struct chain chain = {0};
    bh_status status = read_kinds(settings->kinds, &chain, diag);
    if (status == BH_OK)
        status = read_places(settings, &chain, diag);
    if (status == BH_OK)
        status = read_set(&settings->set, &chain, diag);
    if (status == BH_OK)
        *out = chain;
    else
        chain_free(&chain);
    return status;
}

void
chain_free(struct chain *chain)
{
    free(chain->cf_hz);
    free(chain->texts);
    *chain = (struct chain){0};
}

/* Bank `i` of the chain. Before the first that has places there is one channel. */
static bh_status
make_bank(const struct chain *chain, size_t i, double samplerate_hz,
          bh_precision precision, bh_filterbank **out, bh_diag *diag)
{
    bh_bank_setting set[64];
    size_t count = 0, places = 0;
    for (size_t s = 0; s < chain->count; s++)
        if (chain->set_of[s] == chain->kind[i])
            set[count++] = chain->set[s];
    for (size_t k = 0; k <= i; k++)
        places += chain->kind[k]->takes_cf;
    return bh_bank_new(chain->kind[i], samplerate_hz, places > 0 ? chain->cf_hz : NULL,
                       places > 0 ? chain->channels : 1, set, count, precision, out,
                       diag);
}

/* All of them as one. */
static bh_status
join_banks(const struct chain *chain, bh_graph *graph, double samplerate_hz,
           bh_precision precision, bh_filterbank **out, bh_diag *diag)
{
    bh_node node;
    BH_TRY(bh_graph_input(graph, 1, &node, diag));
    for (size_t i = 0; i < chain->length; i++) {
        bh_filterbank *bank = NULL;
        BH_TRY(make_bank(chain, i, samplerate_hz, precision, &bank, diag));
        const bh_status status = bh_graph_bank(graph, node, bank, &node, diag);
        if (status != BH_OK) {
            bh_filterbank_free(bank);
            return status;
        }
    }
    return bh_graph_filterbank(graph, node, out, diag);
}

static bh_status
make_chain(const struct chain *chain, double samplerate_hz, bh_precision precision,
           bh_filterbank **out, bh_diag *diag)
{
    bh_graph *graph = NULL;
    if (chain->length == 1)
        return make_bank(chain, 0, samplerate_hz, precision, out, diag);
    BH_TRY(bh_graph_new(samplerate_hz, precision, &graph, diag));
    const bh_status status =
        join_banks(chain, graph, samplerate_hz, precision, out, diag);
    if (status != BH_OK)
        bh_graph_free(graph);
    return status;
}

bh_status
chain_put(struct chain *chain, bh_precision precision, struct ear *ear, bh_diag *diag)
{
    bh_filterbank *made = NULL;
    if (chain->takes_cf && !chain->cf_hz)
        BH_TRY(ear_places(ear, &chain->range, chain->channels, &chain->cf_hz, diag));
    BH_TRY(make_chain(chain, ear->samplerate_hz, precision, &made, diag));
    return ear_put_bank(ear, made, diag);
}
