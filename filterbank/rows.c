/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/rows_ops.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct bh_rows {
    struct bh_rows_config config;
    double *cf_hz;
    size_t row_size, size; /* bytes */
    char *data, *initial;  /* [rows][fields][BH_LANES] */
};

static void
rows_free(void *self)
{
    struct bh_rows *rows = self;
    free(rows->cf_hz);
    free(rows->data);
    free(rows->initial);
    free(rows);
}

static void
rows_reset(void *self)
{
    struct bh_rows *rows = self;
    memcpy(rows->data, rows->initial, rows->size);
}

void *
bh_rows_at(struct bh_rows *rows, size_t channel)
{
    return rows->data + channel / BH_LANES * rows->row_size;
}

static void
rows_tile(void *self, size_t channel, size_t frame, bh_block in, bh_block out)
{
    struct bh_rows *rows = self;
    char *row = bh_rows_at(rows, channel);
    (void)frame;
    for (size_t ch = 0; ch < out.channels; ch += BH_LANES, row += rows->row_size)
        rows->config.run(row,
                         in.channels == 1 ? in : bh_block_channels(in, ch, BH_LANES),
                         bh_block_channels(out, ch, BH_LANES));
}

static void
rows_form(const void *self, struct bh_bank_form *out)
{
    const struct bh_rows_config *config = &((const struct bh_rows *)self)->config;
    *out = (struct bh_bank_form){
        .text = config->device_text,
        .scan = config->device_scan,
        .fields = config->device_text ? config->fields : 0,
        .row_precision = config->row_precision,
    };
}

static double
rows_number(const void *self, size_t channel, size_t field)
{
    const struct bh_rows *rows = self;
    const void *row = rows->data + channel / BH_LANES * rows->row_size;
    const size_t i = field * BH_LANES + channel % BH_LANES;
    return rows->config.row_precision == BH_SINGLE ? ((const float *)row)[i]
                                                   : ((const double *)row)[i];
}

static const struct bh_filterbank_ops rows_ops = {
    .tile = rows_tile,
    .reset = rows_reset,
    .free = rows_free,
    .form = rows_form,
    .number = rows_number,
};

/* A bank without centre frequencies has the same checks but those. */
bh_status
bh_rows_check(const struct bh_rows_config *config, bh_diag *diag)
{
    if (config->cf_hz || config->channels == 0)
        return bh_filterbank_check_cf(config->samplerate_hz, config->cf_hz,
                                      config->channels, diag);
    const double any_hz = config->samplerate_hz / 4;
    return bh_filterbank_check_cf(config->samplerate_hz, &any_hz, 1, diag);
}

bh_status
bh_rows_new(const struct bh_rows_config *config, struct bh_rows **out, bh_diag *diag)
{
    BH_TRY(bh_rows_check(config, diag));
    struct bh_rows *rows = calloc(1, sizeof *rows);
    if (!rows)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a filterbank");
    rows->config = *config;
    rows->row_size = config->fields * BH_LANES *
                     bh_precision_size(config->row_precision);
    rows->size = bh_lanes_round(config->channels) / BH_LANES * rows->row_size;
    rows->cf_hz = calloc(config->channels, sizeof *rows->cf_hz);
    rows->data = aligned_alloc(64, rows->size);
    rows->initial = malloc(rows->size);
    if (!rows->cf_hz || !rows->data || !rows->initial) {
        rows_free(rows);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels",
                           config->channels);
    }
    memset(rows->data, 0, rows->size);
    if (config->cf_hz)
        memcpy(rows->cf_hz, config->cf_hz, config->channels * sizeof *rows->cf_hz);
    *out = rows;
    return BH_OK;
}

/* The lanes past the last channel do what the last does. */
void
bh_rows_set(struct bh_rows *rows, size_t channel, size_t field, double value)
{
    bool last = channel + 1 == rows->config.channels;
    size_t end = last ? bh_lanes_round(channel + 1) : channel + 1;
    for (; channel < end; channel++) {
        void *row = bh_rows_at(rows, channel);
        size_t i = field * BH_LANES + channel % BH_LANES;
        if (rows->config.row_precision == BH_SINGLE)
            ((float *)row)[i] = (float)value;
        else
            ((double *)row)[i] = value;
    }
}

bh_status
bh_rows_finish(struct bh_rows *rows, bh_filterbank **out, bh_diag *diag)
{
    memcpy(rows->initial, rows->data, rows->size);
    struct bh_filterbank_config config = {
        .ops = &rows_ops,
        .self = rows,
        .samplerate_hz = rows->config.samplerate_hz,
        .channels = rows->config.channels,
        .tile_channels = BH_TILE_MAX,
        .cf_hz = rows->cf_hz,
        .precision = rows->config.precision,
    };
    bh_status status = bh_filterbank_new(&config, out, diag);
    if (status != BH_OK)
        rows_free(rows);
    return status;
}
