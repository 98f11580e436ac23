/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MM_PER_INCH     25.4
#define PICTURE_DPI     200.0
#define POINTS_PER_INCH 72.0
#define HEIGHT_MM       65.0

/* From 0 s on, or from where the range begins. */
static bh_picture_options
options_for(const struct plot_settings *settings)
{
    const struct chart_settings *chart = &settings->chart;
    const double px = PICTURE_DPI / MM_PER_INCH;
    bh_picture_options options = bh_picture_options_default(1);
    options.width_px = (int)lround(chart->size.width_mm * px);
    options.height_px = (int)lround(
        (isnan(chart->size.height_mm) ? HEIGHT_MM : chart->size.height_mm) * px);
    options.title = chart->title ? chart->title
                                 : plot_file_name(settings->files.text[0]);
    options.letter_px = round(chart->letter_pt * PICTURE_DPI / POINTS_PER_INCH);
    options.start_s = isnan(chart->x_range.from) ? 0 : chart->x_range.from;
    if (!isnan(chart->x_range.to))
        options.duration_s = chart->x_range.to - options.start_s;
    return options;
}

bh_status
plot_raster(const struct plot_settings *settings, const bh_spikes *spikes,
            bh_diag *diag)
{
    bh_picture_options options = options_for(settings);
    const size_t neurons = bh_spikes_neurons(spikes);
    const bh_events all = bh_spikes_events(spikes);
    const bh_raster_config config =
        bh_raster_config_default(neurons ? neurons : 1, bh_spikes_cf(spikes));
    if (isnan(options.duration_s) && bh_spikes_duration(spikes) > options.start_s)
        options.duration_s = bh_spikes_duration(spikes) - options.start_s;
    bh_raster *raster = NULL;
    double *time_s = malloc((all.count + 1) * sizeof *time_s);
    size_t first = 0, last = 0; /* times rise */
    if (!time_s)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu spikes", all.count);
    while (first < all.count && all.time_s[first] < options.start_s)
        first++;
    for (last = first; last < all.count; last++) {
        time_s[last] = all.time_s[last] - options.start_s;
        if (time_s[last] >= options.duration_s)
            break;
    }
    bh_status status = bh_raster_new(&config, &raster, diag);
    if (status == BH_OK)
        status = bh_raster_add(
            raster, (bh_events){time_s + first, all.index + first, last - first}, diag);
    if (status == BH_OK)
        status = bh_picture_write(settings->what.path, NULL, raster, &options, diag);
    bh_raster_free(raster);
    free(time_s);
    return status;
}

/* Columns that are named by frequencies, as waveforms of filters and neurograms have
 * them; NULL where they are not, or do not rise. */
static double *
frequencies(const bh_table *table)
{
    const size_t rows = bh_table_columns(table) - 1;
    double *cf_hz = malloc(rows * sizeof *cf_hz), before = 0;
    for (size_t r = 0; cf_hz && r < rows; r++) {
        char *end = NULL;
        const char *name = bh_table_name(table, r + 1);
        cf_hz[r] = bh_table_cf(table, r + 1);
        if (isnan(cf_hz[r]))
            cf_hz[r] = bh_text_number(name, &end);
        if ((end && (end == name || *end)) || !(cf_hz[r] >= before)) {
            free(cf_hz);
            return NULL;
        }
        before = cf_hz[r];
    }
    return cf_hz;
}

/* The columns of the table, as rows of the image, over the rows from `first` on. */
static float *
turn(const bh_table *table, size_t first, size_t columns, bh_picture_options *options)
{
    const size_t rows = bh_table_columns(table) - 1;
    float *values = malloc(rows * columns * sizeof *values);
    double least = 0, most = -INFINITY;
    for (size_t r = 0; values && r < rows; r++)
        for (size_t c = 0; c < columns; c++) {
            const double value = bh_table_column(table, r + 1)[first + c];
            values[r * columns + c] = isfinite(value) ? (float)value : 0;
            least = fmin(least, value);
            most = fmax(most, value);
        }
    if (least < 0) { /* both signs: 0 in the middle */
        options->max_db_spl = fmax(-least, most);
        options->min_db_spl = -options->max_db_spl;
    }
    return values;
}

bh_status
plot_image(const struct plot_settings *settings, const bh_table *table, bh_diag *diag)
{
    const size_t all = bh_table_rows(table);
    const double *time = bh_table_column(table, 0);
    bh_picture_options options = options_for(settings);
    size_t first = 0, last = all;
    while (first < all && time[first] < options.start_s)
        first++;
    while (last > first && time[last - 1] > settings->chart.x_range.to)
        last--;
    if (last < first + 2 || bh_table_columns(table) < 2)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "'%.200s' has no two rows in the range to make an image of",
                           settings->files.text[0]);
    const size_t columns = last - first;
    float *values = turn(table, first, columns, &options);
    double *cf_hz = frequencies(table);
    bh_status status;
    options.start_s = time[first];
    options.duration_s = NAN;
    const bh_picture_levels levels = {
        .level_db_spl = values,
        .rows = bh_table_columns(table) - 1,
        .columns = columns,
        .cf_hz = cf_hz,
        .column_s = (time[last - 1] - time[first]) / (double)(columns - 1),
        .row_to = (double)bh_table_columns(table) - 1,
        .row_label = settings->chart.y_label ? settings->chart.y_label : "column",
        .level_label = "value",
        .linear = true};
    if (values)
        status = bh_picture_write(settings->what.path, &levels, NULL, &options, diag);
    else
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory for an image");
    free(values);
    free(cf_hz);
    return status;
}
