/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/analyse.h"

#include "cli/show.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MM_PER_INCH     25.4
#define PICTURE_DPI     200.0
#define POINTS_PER_INCH 72.0
#define GRID_ROW_MM     65.0

enum { SERIES_MOST = 64 * 4 };

static const char *
file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Curve `k` of all conditions in one panel. Bars of several would hide each other. */
static bh_chart_panel
panel_of(const struct outcome *outcome, size_t count, size_t k, bh_chart_series *series)
{
    const struct curve *first = &outcome->curve[k];
    bh_chart_panel panel = {.title = first->title[0] && count == 1 ? first->title
                                                                   : NULL,
                            .x = {first->x_label, first->log_x, NAN, NAN},
                            .y = {first->y_label, false, NAN, NAN},
                            .series = series};
    for (size_t i = 0; i < count; i++)
        for (size_t c = 1; c <= first->shown; c++) {
            const struct curve *curve = &outcome[i].curve[k];
            const bool dots = curve->rows <= 60 ||
                              strcmp(curve->measure, "latency") == 0;
            bh_chart_series *s = &series[panel.count++];
            *s = (bh_chart_series){.x = curve->column[0].values,
                                   .y = curve->column[c].values,
                                   .count = curve->rows};
            s->mark = curve->bars ? count > 1 ? BH_CHART_STEPS : BH_CHART_BARS
                      : dots      ? BH_CHART_DOTTED_LINE
                                  : BH_CHART_LINE;
            if (strcmp(curve->measure, "latency") == 0)
                s->mark = BH_CHART_POINTS;
            if (count > 1 && first->shown == 1)
                s->label = file_name(outcome[i].name);
            else if (first->shown > 1)
                s->label = curve->column[c].label ? curve->column[c].label
                                                  : curve->column[c].name;
        }
    return panel;
}

static bh_status
chart(const struct analyse_settings *settings, const struct outcome *outcome,
      size_t count, bh_diag *diag)
{
    bh_chart_panel panel[CURVES_MOST];
    bh_chart_series *series = calloc(CURVES_MOST * SERIES_MOST, sizeof *series);
    if (!series)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a picture");
    for (size_t k = 0; k < outcome->curves; k++) {
        panel[k] = panel_of(outcome, count, k, series + k * SERIES_MOST);
        chart_axes(&settings->chart, &panel[k]);
    }
    bh_chart_options options = chart_options(&settings->chart);
    if (!options.title && count == 1)
        options.title = file_name(outcome->name);
    const bh_status status = bh_chart_write(settings->result.picture, panel,
                                            outcome->curves, &options, diag);
    free(series);
    return status;
}

static bh_status
neurogram(const struct analyse_settings *settings, const struct outcome *outcome,
          bh_diag *diag)
{
    const struct grid *grid = &outcome->grid;
    const struct chart_size size = settings->chart.size;
    const size_t cells = grid->rows * grid->columns;
    float *rate = malloc(cells * sizeof *rate);
    if (!rate)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a picture");
    for (size_t i = 0; i < cells; i++)
        rate[i] = (float)grid->rate_hz[i];
    const bh_picture_levels levels = {.level_db_spl = rate,
                                      .rows = grid->rows,
                                      .columns = grid->columns,
                                      .cf_hz = grid->cf_hz,
                                      .column_s = grid->column_s,
                                      .row_to = (double)grid->rows,
                                      .row_label = grid->cf_hz ? NULL : "neuron",
                                      .level_label = "rate (spikes/s)",
                                      .linear = true};
    bh_picture_options options = bh_picture_options_default(1);
    const double px = PICTURE_DPI / MM_PER_INCH;
    options.width_px = (int)lround(size.width_mm * px);
    options.height_px =
        (int)lround((isnan(size.height_mm) ? GRID_ROW_MM : size.height_mm) * px);
    options.title = settings->chart.title ? settings->chart.title
                                          : file_name(outcome->name);
    const bh_status status =
        bh_picture_write(settings->result.picture, &levels, NULL, &options, diag);
    free(rate);
    return status;
}

bh_status
outcomes_picture(const struct analyse_settings *settings, const struct outcome *outcome,
                 size_t count, bh_diag *diag)
{
    if (outcome->curves > 0)
        return chart(settings, outcome, count, diag);
    if (count > 1)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "--picture shows the neurogram of one file; there are %zu",
                           count);
    return neurogram(settings, outcome, diag);
}
