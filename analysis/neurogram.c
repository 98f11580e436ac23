/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* M_PI */
#include "analysis/neurogram.h"

#include "analysis/trains_internal.h"

#include <math.h>
#include <stdlib.h>

bh_neurogram_config
bh_neurogram_config_mean_rate(void)
{
    return (bh_neurogram_config){.bin_s = 100e-6, .window = 128, .hop = 64};
}

bh_neurogram_config
bh_neurogram_config_fine(void)
{
    return (bh_neurogram_config){.bin_s = 10e-6, .window = 32, .hop = 16};
}

/* Whole bins between start and stop. */
static double
bins_of(const bh_neurogram_config *config)
{
    return floor((config->stop_s - config->start_s) / config->bin_s + BH_BIN_SLACK);
}

size_t
bh_neurogram_columns(const bh_neurogram_config *config)
{
    const double bins = bins_of(config);
    if (!(bins >= (double)config->window) || !(bins < 1e15) || config->hop == 0)
        return 0;
    return ((size_t)bins - config->window) / config->hop + 1;
}

double
bh_neurogram_time(const bh_neurogram_config *config, size_t column)
{
    const double bins = (double)(column * config->hop) + 0.5 * (double)config->window;
    return config->start_s + bins * config->bin_s;
}

static bh_status
check(const bh_neurogram_config *config, bh_events events, bh_diag *diag)
{
    BH_TRY(bh_check_positive(config->bin_s, "the bin of a neurogram (s)", diag));
    if (config->neurons == 0 || config->rows == 0 || config->window < 2 ||
        config->hop == 0)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "a neurogram of %zu neurons in %zu rows, windows of %zu bins "
            "every %zu; there must be 1, 1, 2 and 1 at least",
            config->neurons, config->rows, config->window, config->hop);
    if (bh_neurogram_columns(config) == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a neurogram from %g s to %g s; it must last %g s, one "
                           "window, at least",
                           config->start_s, config->stop_s,
                           (double)config->window * config->bin_s);
    for (size_t i = 0; config->row && i < config->neurons; i++)
        if (config->row[i] != UINT32_MAX && config->row[i] >= config->rows)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "neuron %zu belongs to row %u; there are %zu, counted "
                               "from 0",
                               i, config->row[i], config->rows);
    for (size_t i = 0; i < events.count; i++)
        if (events.index[i] >= config->neurons || !isfinite(events.time_s[i]))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "a spike of neuron %u at %g s; there are %zu neurons, "
                               "counted from 0",
                               events.index[i], events.time_s[i], config->neurons);
    return BH_OK;
}

/* The symmetric Hamming window. */
static double
hamming(size_t i, size_t length)
{
    return 0.54 - 0.46 * cos(2 * M_PI * (double)i / (double)(length - 1));
}

/* Adds a spike to all columns whose window it lies in. */
static void
add_spike(const bh_neurogram_config *config, double time_s, size_t columns, double *row)
{
    const ptrdiff_t bin = bh_bin_of(time_s, config->start_s, config->bin_s);
    const size_t window = config->window, hop = config->hop;
    if (bin < 0)
        return;
    const size_t b = (size_t)bin;
    for (size_t c = b < window ? 0 : (b - window) / hop + 1;
         c < columns && c * hop <= b; c++)
        row[c] += hamming(b - c * hop, window);
}

bh_status
bh_neurogram_get(const bh_neurogram_config *config, bh_events events, double *rate_hz,
                 bh_diag *diag)
{
    BH_TRY(check(config, events, diag));
    const size_t columns = bh_neurogram_columns(config);
    double *members = calloc(config->rows, sizeof *members);
    if (!members)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu rows", config->rows);
    for (size_t i = 0; i < config->neurons; i++) {
        const size_t row = config->row ? config->row[i] : i;
        if (row < config->rows)
            members[row] += 1;
    }
    for (size_t i = 0; i < config->rows * columns; i++)
        rate_hz[i] = 0;
    for (size_t i = 0; i < events.count; i++) {
        const size_t row = config->row ? config->row[events.index[i]] : events.index[i];
        if (row < config->rows && events.time_s[i] < config->stop_s)
            add_spike(config, events.time_s[i], columns, rate_hz + row * columns);
    }
    double weights = 0;
    for (size_t i = 0; i < config->window; i++)
        weights += hamming(i, config->window);
    for (size_t r = 0; r < config->rows; r++)
        for (size_t c = 0; c < columns; c++)
            rate_hz[r * columns + c] /= weights * config->bin_s *
                                        (members[r] > 0 ? members[r] : 1);
    free(members);
    return BH_OK;
}
