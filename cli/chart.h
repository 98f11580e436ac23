/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_CHART_H
#define BH_CLI_CHART_H

/* Options of pictures for a page. */

#include "cli/settings.h"

struct chart_settings {
    const char *title, *x_label, *y_label;
    struct chart_size {
        double width_mm, height_mm; /* NaN: as it looks well */
    } size;
    struct chart_range {
        double from, to; /* NaN: with what is shown */
    } x_range, y_range;
    int log;
    double letter_pt;
};

extern const struct setting chart_table[8];

#define CHART_SETTINGS(type, member) SETTINGS("Picture", chart_table, type, member)

/* The options of a chart. */
bh_chart_options chart_options(const struct chart_settings *settings);
/* Puts what was asked for of the axes in the place of what a panel has. */
void chart_axes(const struct chart_settings *settings, bh_chart_panel *panel);

#endif
