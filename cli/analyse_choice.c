/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/analyse.h"

#include "cli/quantity.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bh_status
read_frequencies(const char *text, const char *option, struct range *out, bh_diag *diag)
{
    char first[64];
    const char *colon = strchr(text, ':');
    const size_t length = colon ? (size_t)(colon - text) : strlen(text);
    bh_diag why = {0};
    snprintf(first, sizeof first, "%.*s", (int)(length < 63 ? length : 63), text);
    bh_status status = quantity_parse(first, QUANTITY_FREQUENCY, &out->low_hz, &why);
    out->high_hz = out->low_hz;
    if (status == BH_OK && colon)
        status = quantity_parse(colon + 1, QUANTITY_FREQUENCY, &out->high_hz, &why);
    if (status != BH_OK)
        return bh_diag_set(diag, status, "--%s: %.400s", option, why.text);
    if (!(out->low_hz > 0) || out->low_hz > out->high_hz)
        return bh_diag_set(
            diag, BH_ERR_TEXT,
            "--%s: '%.60s' is no frequency above 0, such as 1kHz, and no "
            "rising range, such as 500Hz:2kHz",
            option, text);
    return BH_OK;
}

/* "0-9,20" */
static bh_status
choose_listed(const char *list, struct choice *choice, bool *chosen, bh_diag *diag)
{
    for (const char *at = list; *at;) {
        char *end = NULL;
        unsigned long long from = 0, to = 0;
        bool right = isdigit((unsigned char)*at);
        if (right) {
            from = to = strtoull(at, &end, 10);
            at = end;
        }
        if (right && *at == '-') {
            right = isdigit((unsigned char)at[1]);
            to = right ? strtoull(at + 1, &end, 10) : 0;
            at = right ? end : at;
        }
        if (!right || (*at && *at != ',') || to < from || (*at == ',' && !at[1]))
            return bh_diag_set(diag, BH_ERR_TEXT,
                               "--neurons: '%.60s' is no list of indices, such as "
                               "0-9,20",
                               list);
        if (to >= choice->neurons)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "--neurons: there is no neuron %llu; there are %zu, "
                               "counted from 0",
                               to, choice->neurons);
        for (; from <= to; from++)
            chosen[from] = true;
        at += *at == ',';
    }
    return BH_OK;
}

/* Those within the range, or at the place that is nearest (on a logarithmic scale) to
 * one frequency. */
static bh_status
choose_cf(const char *text, const struct choice *choice, bool *chosen, bh_diag *diag)
{
    struct range range;
    BH_TRY(read_frequencies(text, "cf", &range, diag));
    if (!choice->cf_hz)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "--cf: the neurons of the file have no characteristic "
                           "frequencies; --neurons chooses them by index");
    if (range.low_hz == range.high_hz) {
        double best = INFINITY, nearest_hz = NAN;
        for (size_t i = 0; i < choice->neurons; i++) {
            const double off = fabs(log(choice->cf_hz[i] / range.low_hz));
            if (off < best) {
                best = off;
                nearest_hz = choice->cf_hz[i];
            }
        }
        range = (struct range){nearest_hz, nearest_hz};
    }
    for (size_t i = 0; i < choice->neurons; i++)
        if (!(choice->cf_hz[i] >= range.low_hz && choice->cf_hz[i] <= range.high_hz))
            chosen[i] = false;
    return BH_OK;
}

static bh_status
choose_neurons(const struct choice_settings *settings, struct choice *choice,
               bh_diag *diag)
{
    bool *chosen = malloc(choice->neurons + 1);
    choice->index = malloc((choice->neurons + 1) * sizeof *choice->index);
    if (!chosen || !choice->index) {
        free(chosen);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu neurons",
                           choice->neurons);
    }
    memset(chosen, !settings->neurons, choice->neurons);
    bh_status status = BH_OK;
    if (settings->neurons)
        status = choose_listed(settings->neurons, choice, chosen, diag);
    if (status == BH_OK && settings->cf)
        status = choose_cf(settings->cf, choice, chosen, diag);
    for (size_t i = 0; i < choice->neurons; i++)
        if (chosen[i])
            choice->index[choice->index_count++] = (uint32_t)i;
    free(chosen);
    if (status == BH_OK && choice->index_count == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "none of %zu neurons is chosen by --neurons and --cf",
                           choice->neurons);
    return status;
}

static bh_status
read_trials(const struct choice_settings *settings, const char *const *path,
            size_t count, struct choice *choice, bh_diag *diag)
{
    double stop_s = 0;
    for (size_t i = 0; i < count; i++) {
        BH_TRY(bh_spikes_read(path[i], settings->population, &choice->spikes[i], diag));
        const bh_spikes *spikes = choice->spikes[choice->trials++];
        choice->trial[i] = bh_spikes_events(spikes);
        const size_t neurons = bh_spikes_neurons(spikes);
        choice->neurons = neurons > choice->neurons ? neurons : choice->neurons;
        const size_t n = choice->trial[i].count;
        double end_s = bh_spikes_duration(spikes);
        if (isnan(end_s)) /* just behind the last spike */
            end_s = n > 0 ? nextafter(choice->trial[i].time_s[n - 1], INFINITY) : 0;
        stop_s = fmax(stop_s, end_s);
    }
    if (bh_spikes_neurons(choice->spikes[0]) == choice->neurons)
        choice->cf_hz = bh_spikes_cf(choice->spikes[0]);
    choice->start_s = settings->start_s;
    choice->stop_s = isnan(settings->stop_s) ? stop_s : settings->stop_s;
    if (choice->neurons == 0 || !(choice->start_s < choice->stop_s))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "'%s' from %g s to %g s: there is nothing to analyse",
                           path[0], choice->start_s, choice->stop_s);
    return BH_OK;
}

bh_status
choice_open(const struct choice_settings *settings, const char *const *path,
            size_t count, struct choice *out, bh_diag *diag)
{
    struct choice choice = {0};
    bh_status status = read_trials(settings, path, count, &choice, diag);
    if (status == BH_OK)
        status = choose_neurons(settings, &choice, diag);
    if (status == BH_OK)
        *out = choice;
    else
        choice_close(&choice);
    return status;
}

void
choice_close(struct choice *choice)
{
    for (size_t i = 0; i < choice->trials; i++)
        bh_spikes_free(choice->spikes[i]);
    free(choice->index);
    *choice = (struct choice){0};
}

bh_status
choice_trains(const struct choice *choice, double start_s, double stop_s,
              bh_trains **out, bh_diag *diag)
{
    const bh_trains_config config = {.neurons = choice->neurons,
                                     .index = choice->index,
                                     .index_count = choice->index_count,
                                     .start_s = fmax(start_s, choice->start_s),
                                     .stop_s = fmin(stop_s, choice->stop_s)};
    return bh_trains_new(&config, choice->trial, choice->trials, out, diag);
}
