/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/trains.h"

#include "analysis/trains_internal.h"
#include "core/order_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

ptrdiff_t
bh_bin_of(double time_s, double origin_s, double bin_s)
{
    return (ptrdiff_t)floor((time_s - origin_s) / bin_s + BH_BIN_SLACK);
}

bh_status
bh_check_positive(double value, const char *what, bh_diag *diag)
{
    if (value > 0 && isfinite(value))
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_ARGUMENT, "%s is %g; it must be above 0", what,
                       value);
}

static bh_status
check_config(const bh_trains_config *config, size_t trials, bh_diag *diag)
{
    if (config->neurons == 0 || config->neurons >= UINT32_MAX)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "trains of %zu neurons; there must be 1 to 4294967294",
                           config->neurons);
    if (trials == 0 || (config->index && config->index_count == 0))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "no %s chosen; there must be one at least",
                           trials == 0 ? "trial is" : "neuron is");
    if (!isfinite(config->start_s) || !isfinite(config->stop_s) ||
        !(config->start_s < config->stop_s))
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "a window from %g s to %g s; it must be finite and end after "
            "it begins",
            config->start_s, config->stop_s);
    for (size_t i = 0; config->index && i < config->index_count; i++)
        if (config->index[i] >= config->neurons)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "neuron %u is chosen; there are %zu, counted from 0",
                               config->index[i], config->neurons);
    return BH_OK;
}

/* The place of each neuron among the chosen ones, UINT32_MAX where it has none. */
static bh_status
place_neurons(const bh_trains_config *config, uint32_t *place, bh_diag *diag)
{
    for (size_t i = 0; i < config->neurons; i++)
        place[i] = config->index ? UINT32_MAX : (uint32_t)i;
    for (size_t i = 0; config->index && i < config->index_count; i++) {
        if (place[config->index[i]] != UINT32_MAX)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "neuron %u is chosen twice; once is enough",
                               config->index[i]);
        place[config->index[i]] = (uint32_t)i;
    }
    return BH_OK;
}

static bh_status
check_events(const bh_trains_config *config, bh_events events, bh_diag *diag)
{
    for (size_t i = 0; i < events.count; i++) {
        if (events.index[i] >= config->neurons)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "a spike of neuron %u; there are %zu, counted from 0",
                               events.index[i], config->neurons);
        if (!isfinite(events.time_s[i]))
            return bh_diag_set(diag, BH_ERR_DATA, "a spike of neuron %u at %g s",
                               events.index[i], events.time_s[i]);
    }
    return BH_OK;
}

static bool
chosen(const bh_trains *trains, const uint32_t *place, bh_events events, size_t i)
{
    return place[events.index[i]] != UINT32_MAX &&
           events.time_s[i] >= trains->start_s && events.time_s[i] < trains->stop_s;
}

/* Counts, turns counts into beginnings, and fills: `first` moves up by one train while
 * it is filled, and is as it should be in the end. */
static bool
sort_out(bh_trains *trains, const uint32_t *place, const bh_events *trial,
         size_t trials, size_t each)
{
    size_t *next = trains->first + 1;
    for (size_t t = 0; t < trials; t++)
        for (size_t i = 0; i < trial[t].count; i++)
            if (chosen(trains, place, trial[t], i))
                next[t * each + place[trial[t].index[i]]]++;
    size_t sum = 0;
    for (size_t k = 0; k < trains->count; k++) {
        const size_t count = next[k];
        next[k] = sum;
        sum += count;
    }
    trains->time_s = malloc((sum ? sum : 1) * sizeof *trains->time_s);
    if (!trains->time_s)
        return false;
    for (size_t t = 0; t < trials; t++)
        for (size_t i = 0; i < trial[t].count; i++)
            if (chosen(trains, place, trial[t], i))
                trains->time_s[next[t * each + place[trial[t].index[i]]]++] =
                    trial[t].time_s[i];
    for (size_t k = 0; k < trains->count; k++) {
        double *train = trains->time_s + trains->first[k];
        const size_t count = trains->first[k + 1] - trains->first[k];
        bool rising = true;
        for (size_t i = 1; i < count && rising; i++)
            rising = train[i - 1] <= train[i];
        if (!rising)
            qsort(train, count, sizeof *train, bh_double_rising);
    }
    return true;
}

bh_status
bh_trains_new(const bh_trains_config *config, const bh_events *trial, size_t trials,
              bh_trains **out, bh_diag *diag)
{
    BH_TRY(check_config(config, trials, diag));
    for (size_t t = 0; t < trials; t++)
        BH_TRY(check_events(config, trial[t], diag));
    const size_t each = config->index ? config->index_count : config->neurons;
    bh_status status = BH_ERR_MEMORY;
    uint32_t *place = malloc(config->neurons * sizeof *place);
    bh_trains *trains = calloc(1, sizeof *trains);
    if (!place || !trains || each > SIZE_MAX / 16 / trials)
        goto fail;
    status = place_neurons(config, place, diag);
    if (status != BH_OK)
        goto fail;
    status = BH_ERR_MEMORY;
    trains->count = trials * each;
    trains->start_s = config->start_s;
    trains->stop_s = config->stop_s;
    trains->first = calloc(trains->count + 1, sizeof *trains->first);
    if (!trains->first || !sort_out(trains, place, trial, trials, each))
        goto fail;
    free(place);
    *out = trains;
    return BH_OK;
fail:
    free(place);
    bh_trains_free(trains);
    if (status == BH_ERR_MEMORY)
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "no memory for the spikes of %zu trains", each);
    return status;
}

void
bh_trains_free(bh_trains *trains)
{
    if (!trains)
        return;
    free(trains->time_s);
    free(trains->first);
    free(trains);
}

size_t
bh_trains_count(const bh_trains *trains)
{
    return trains->count;
}

bh_train
bh_trains_get(const bh_trains *trains, size_t i)
{
    return (bh_train){trains->time_s + trains->first[i],
                      trains->first[i + 1] - trains->first[i]};
}

size_t
bh_trains_spikes(const bh_trains *trains)
{
    return trains->first[trains->count];
}

double
bh_trains_start(const bh_trains *trains)
{
    return trains->start_s;
}

double
bh_trains_duration(const bh_trains *trains)
{
    return trains->stop_s - trains->start_s;
}

double
bh_trains_rate(const bh_trains *trains)
{
    return (double)bh_trains_spikes(trains) /
           ((double)trains->count * bh_trains_duration(trains));
}

size_t
bh_trains_bins(const bh_trains *trains, double bin_s)
{
    const double bins = bh_trains_duration(trains) / bin_s + BH_BIN_SLACK;
    return bins > 0 && bins < 9e15 ? (size_t)bins : 0;
}
