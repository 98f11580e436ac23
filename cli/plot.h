/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_PLOT_H
#define BH_CLI_PLOT_H

/* The command `plot`: its settings and what it draws. */

#include "cli/bank.h"
#include "cli/chart.h"
#include "cli/settings.h"

enum plot_kind {
    PLOT_AUTO,
    PLOT_RASTER,
    PLOT_WAVEFORM,
    PLOT_SPECTRUM,
    PLOT_CURVES,
    PLOT_IMAGE,
    PLOT_RESPONSE,
    PLOT_IMPULSE,
    PLOT_LINK
};

struct plot_settings {
    struct what_settings {
        const char *path;
        int kind, marks;
        const char *columns, *population;
        double samplerate_hz, click_db, duration_s;
        const char *link, *unit;
    } what;
    struct bank_settings bank;
    struct chart_settings chart;
    struct text_list files;
};

enum { MARKS_AUTO, MARKS_LINE, MARKS_BARS, MARKS_STEPS, MARKS_POINTS };

enum { SERIES_MOST = 1024 };

/* Panels in the making. Arrays are freed with it; names that the series point to live
 * as long as what they are of. */
struct sheet {
    bh_chart_panel panel[64];
    size_t panels;
    bh_chart_series series[SERIES_MOST];
    size_t series_count;
    double *taken[SERIES_MOST];
    size_t taken_count;
    char labels[SERIES_MOST][64];
    size_t columns; /* of panels; 0: as it looks well */
};

/* The name at the end of a path. */
const char *plot_file_name(const char *path);
/* A new panel; its series are those added until the next one. NULL, and the sentence,
 * where there is no room. */
bh_chart_panel *sheet_panel(struct sheet *sheet, bh_diag *diag);
bh_status sheet_add(struct sheet *sheet, bh_chart_series series, const char *label,
                    bh_diag *diag);
/* Memory for so many numbers, which the sheet frees. */
double *sheet_numbers(struct sheet *sheet, size_t count, bh_diag *diag);
void sheet_free(struct sheet *sheet);

/* plot_table.c: files of numbers and of sound, into a sheet. */
bh_status plot_tables(const struct plot_settings *settings, bh_table *const *tables,
                      struct sheet *sheet, bh_diag *diag);
bh_status plot_sounds(const struct plot_settings *settings, bool spectrum,
                      struct sheet *sheet, bh_diag *diag);
/* plot_image.c: a table as an image, and spikes as a raster. */
bh_status plot_image(const struct plot_settings *settings, const bh_table *table,
                     bh_diag *diag);
bh_status plot_raster(const struct plot_settings *settings, const bh_spikes *spikes,
                      bh_diag *diag);
/* plot_bank.c: what a bank does to tones or to a click. */
bh_status plot_bank(const struct plot_settings *settings, struct sheet *sheet,
                    bh_diag *diag);
/* plot_link.c: an expression of x. */
bh_status plot_link(const struct plot_settings *settings, struct sheet *sheet,
                    bh_diag *diag);

#endif
