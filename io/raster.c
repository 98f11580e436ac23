/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/raster.h"

#include "io/raster_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

bh_raster_config
bh_raster_config_default(size_t neurons, const double *cf_hz)
{
    return (bh_raster_config){
        .neurons = neurons,
        .cf_hz = cf_hz,
        .max_marks = 20000,
        .max_rows = 512,
        .max_columns = 4096,
        .column_s = 1e-4,
    };
}

struct neuron {
    double cf_hz;
    uint32_t index;
};

static int
by_cf_then_index(const void *a, const void *b)
{
    const struct neuron *x = a, *y = b;
    if (x->cf_hz != y->cf_hz)
        return x->cf_hz < y->cf_hz ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* Gives each neuron that has a characteristic frequency its place among them. */
static bool
place_by_cf(bh_raster *raster, const double *cf_hz)
{
    struct neuron *order = malloc(raster->neurons * sizeof *order);
    raster->cf_hz = malloc(raster->neurons * sizeof *raster->cf_hz);
    if (!order || !raster->cf_hz) {
        free(order);
        return false;
    }
    raster->places = 0;
    for (size_t i = 0; i < raster->neurons; i++) {
        raster->place[i] = UINT32_MAX;
        if (isfinite(cf_hz[i]) && cf_hz[i] >= 0)
            order[raster->places++] = (struct neuron){cf_hz[i], (uint32_t)i};
    }
    qsort(order, raster->places, sizeof *order, by_cf_then_index);
    for (size_t p = 0; p < raster->places; p++) {
        raster->place[order[p].index] = (uint32_t)p;
        raster->cf_hz[p] = order[p].cf_hz;
    }
    free(order);
    return true;
}

static bool
place_neurons(bh_raster *raster, const double *cf_hz)
{
    if (cf_hz && !place_by_cf(raster, cf_hz))
        return false;
    if (cf_hz && raster->places > 0)
        return true;
    free(raster->cf_hz);
    raster->cf_hz = NULL;
    raster->places = raster->neurons;
    for (size_t i = 0; i < raster->neurons; i++)
        raster->place[i] = (uint32_t)i;
    return true;
}

static bh_status
check_config(const bh_raster_config *config, bh_diag *diag)
{
    if (config->neurons == 0 || config->neurons > UINT32_MAX - 1)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a raster of %zu neurons; there must be 1 to 4294967294",
                           config->neurons);
    if (config->max_rows == 0 || config->max_rows > 65536 || config->max_columns < 2 ||
        config->max_columns > 65536)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "a raster grid of %zu rows and %zu columns; there must be at "
            "least 1 and 2, at most 65536",
            config->max_rows, config->max_columns);
    if (!(config->column_s > 0) || !isfinite(config->column_s))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "raster columns of %g s; they must last longer than 0",
                           config->column_s);
    return BH_OK;
}

bh_status
bh_raster_new(const bh_raster_config *config, bh_raster **out, bh_diag *diag)
{
    BH_TRY(check_config(config, diag));
    bh_raster *raster = calloc(1, sizeof *raster);
    if (!raster)
        goto fail;
    raster->neurons = config->neurons;
    raster->max_marks = config->max_marks;
    raster->columns = (config->max_columns + 1) / 2 * 2;
    raster->column_s = config->column_s;
    raster->place = malloc(config->neurons * sizeof *raster->place);
    if (!raster->place || !place_neurons(raster, config->cf_hz))
        goto fail;
    raster->rows = raster->places < config->max_rows ? raster->places
                                                     : config->max_rows;
    raster->mark_s = calloc(config->max_marks + 1, sizeof *raster->mark_s);
    raster->mark = calloc(config->max_marks + 1, sizeof *raster->mark);
    raster->cells = calloc(raster->rows * raster->columns, sizeof *raster->cells);
    if (!raster->mark_s || !raster->mark || !raster->cells)
        goto fail;
    *out = raster;
    return BH_OK;
fail:
    bh_raster_free(raster);
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a raster of %zu neurons",
                       config->neurons);
}

void
bh_raster_free(bh_raster *raster)
{
    if (!raster)
        return;
    free(raster->place);
    free(raster->cf_hz);
    free(raster->mark_s);
    free(raster->mark);
    free(raster->cells);
    free(raster);
}

static bh_status
check_events(const bh_raster *raster, bh_events events, bh_diag *diag)
{
    for (size_t i = 0; i < events.count; i++) {
        uint32_t index = events.index[i];
        if (index >= raster->neurons)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "a spike of neuron %u; there are %zu, counted from 0",
                               index, raster->neurons);
        if (raster->place[index] == UINT32_MAX)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "a spike of neuron %u, which has no characteristic "
                               "frequency",
                               index);
        if (!(events.time_s[i] >= 0) || !isfinite(events.time_s[i]))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "a spike at %g s; times must be 0 or later",
                               events.time_s[i]);
    }
    return BH_OK;
}

static void
merge_columns(bh_raster *raster)
{
    const size_t half = raster->columns / 2;
    for (size_t row = 0; row < raster->rows; row++) {
        uint32_t *cells = raster->cells + row * raster->columns;
        for (size_t c = 0; c < half; c++)
            cells[c] = cells[2 * c] + cells[2 * c + 1];
        memset(cells + half, 0, half * sizeof *cells);
    }
    raster->column_s *= 2;
}

static void
add_to_grid(bh_raster *raster, double time_s, uint32_t place)
{
    while (time_s / raster->column_s >= (double)raster->columns)
        merge_columns(raster);
    size_t row = (size_t)((uint64_t)place * raster->rows / raster->places);
    size_t column = (size_t)(time_s / raster->column_s);
    raster->cells[row * raster->columns + column]++;
}

bh_status
bh_raster_add(bh_raster *raster, bh_events events, bh_diag *diag)
{
    BH_TRY(check_events(raster, events, diag));
    for (size_t i = 0; i < events.count; i++) {
        const double time_s = events.time_s[i];
        const uint32_t place = raster->place[events.index[i]];
        if (time_s > raster->last_s)
            raster->last_s = time_s;
        if (raster->count == raster->max_marks)
            for (size_t k = 0; k < raster->max_marks; k++)
                add_to_grid(raster, raster->mark_s[k], raster->mark[k]);
        if (raster->count < raster->max_marks) {
            raster->mark_s[raster->count] = time_s;
            raster->mark[raster->count] = place;
        } else {
            add_to_grid(raster, time_s, place);
        }
        raster->count++;
    }
    return BH_OK;
}

uint64_t
bh_raster_count(const bh_raster *raster)
{
    return raster->count;
}
