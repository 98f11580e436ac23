/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/analyse.h"

#include "core/order_internal.h"

#include <math.h>
#include <stdlib.h>

/* Rows are the characteristic frequencies of the chosen neurons, each once, or the
 * neurons themselves where there are none; then `cf_hz` stays NULL. */
static bh_status
make_rows(const struct choice *choice, uint32_t *row, struct grid *grid, bh_diag *diag)
{
    for (size_t i = 0; i < choice->neurons; i++)
        row[i] = UINT32_MAX;
    for (size_t i = 0; i < choice->index_count; i++)
        row[choice->index[i]] = (uint32_t)i;
    grid->rows = choice->index_count;
    if (!choice->cf_hz)
        return BH_OK;
    grid->cf_hz = malloc(choice->index_count * sizeof *grid->cf_hz);
    if (!grid->cf_hz)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu rows", grid->rows);
    for (size_t i = 0; i < choice->index_count; i++)
        grid->cf_hz[i] = choice->cf_hz[choice->index[i]];
    qsort(grid->cf_hz, choice->index_count, sizeof *grid->cf_hz, bh_double_rising);
    grid->rows = 0;
    for (size_t i = 0; i < choice->index_count; i++)
        if (grid->rows == 0 || grid->cf_hz[i] > grid->cf_hz[grid->rows - 1])
            grid->cf_hz[grid->rows++] = grid->cf_hz[i];
    for (size_t i = 0; i < choice->index_count; i++) {
        const double *at = bsearch(&choice->cf_hz[choice->index[i]], grid->cf_hz,
                                   grid->rows, sizeof *grid->cf_hz, bh_double_rising);
        row[choice->index[i]] = at ? (uint32_t)(at - grid->cf_hz) : UINT32_MAX;
    }
    return BH_OK;
}

/* The mean over the trials. */
static bh_status
fill(const struct choice *choice, const bh_neurogram_config *config, struct grid *grid,
     bh_diag *diag)
{
    const size_t cells = grid->rows * grid->columns;
    double *one = malloc((cells + 1) * sizeof *one);
    grid->rate_hz = calloc(cells + 1, sizeof *grid->rate_hz);
    bh_status status = BH_OK;
    if (!one || !grid->rate_hz)
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a neurogram");
    for (size_t t = 0; status == BH_OK && t < choice->trials; t++) {
        status = bh_neurogram_get(config, choice->trial[t], one, diag);
        for (size_t i = 0; status == BH_OK && i < cells; i++)
            grid->rate_hz[i] += one[i] / (double)choice->trials;
    }
    free(one);
    return status;
}

static bh_status
make_grid(const struct choice *choice, int kind, struct grid *grid, bh_diag *diag)
{
    bh_neurogram_config config = kind == NEUROGRAM_FINE
                                     ? bh_neurogram_config_fine()
                                     : bh_neurogram_config_mean_rate();
    uint32_t *row = malloc(choice->neurons * sizeof *row);
    if (!row)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a neurogram");
    bh_status status = make_rows(choice, row, grid, diag);
    config.start_s = choice->start_s;
    config.stop_s = choice->stop_s;
    config.neurons = choice->neurons;
    config.row = row;
    config.rows = grid->rows;
    grid->columns = bh_neurogram_columns(&config);
    grid->column_s = (double)config.hop * config.bin_s;
    grid->start_s = choice->start_s;
    if (status == BH_OK)
        status = fill(choice, &config, grid, diag);
    free(row);
    return status;
}

static bh_status
compare(const struct analyse_settings *settings, struct outcome *out, bh_diag *diag)
{
    struct choice choice = {0};
    struct grid other = {0};
    const bh_nsim_config config = bh_nsim_config_default();
    double nsim = NAN;
    BH_TRY(
        choice_open(&settings->choice, &settings->measure.reference, 1, &choice, diag));
    choice.start_s = out->grid.start_s; /* durations may differ in their last places */
    bh_status status = make_grid(&choice, settings->measure.neurogram, &other, diag);
    choice_close(&choice);
    if (status == BH_OK &&
        (other.rows != out->grid.rows || other.columns != out->grid.columns))
        status =
            bh_diag_set(diag, BH_ERR_ARGUMENT,
                        "--nsim: the neurogram of '%.200s' has %zu x %zu cells, that "
                        "of '%.200s' %zu x %zu; --start and --stop make them equally "
                        "long",
                        settings->measure.reference, other.rows, other.columns,
                        out->name, out->grid.rows, out->grid.columns);
    if (status == BH_OK)
        status = bh_nsim_get(other.rate_hz, out->grid.rate_hz, other.rows,
                             other.columns, &config, &nsim, diag);
    free(other.rate_hz);
    free(other.cf_hz);
    outcome_figure(out, "nsim", nsim);
    return status;
}

bh_status
measure_grid(const struct analyse_settings *settings, const struct choice *choice,
             struct outcome *out, bh_diag *diag)
{
    BH_TRY(make_grid(choice, settings->measure.neurogram, &out->grid, diag));
    outcome_figure(out, "neurogram_rows", (double)out->grid.rows);
    outcome_figure(out, "neurogram_columns", (double)out->grid.columns);
    outcome_figure(out, "neurogram_column_s", out->grid.column_s);
    return settings->measure.reference ? compare(settings, out, diag) : BH_OK;
}
