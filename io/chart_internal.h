/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_CHART_INTERNAL_H
#define BH_IO_CHART_INTERNAL_H

#include "io/chart.h"
#include "io/picture_internal.h"

/// An axis whose range is known.
struct bh_scale {
    double from, to;
    bool log;
    bool si; ///< "1k" for 1000, as frequencies are labelled
};

/// Where a value lies, 0 to 1 within the range; NaN where it has no place.
double bh_scale_position(struct bh_scale scale, double value);
/// The ticks of an axis; `gap` as in picture_internal.h.
size_t bh_scale_ticks(struct bh_scale scale, double gap, struct bh_tick *ticks);
/// The range of an axis, with what the series need where it is not given.
struct bh_scale bh_scale_of(const bh_chart_panel *panel, bool vertical);

/// Where the points of a panel are drawn.
struct bh_plot {
    struct bh_canvas canvas;
    struct bh_panel panel;
    struct bh_scale x, y;
};

/// Draws one series in the current colour, within the panel.
void bh_plot_series(const struct bh_plot *plot, const bh_chart_series *series);
/// The colour of series `i` of `count`, 0 to 1 each.
void bh_plot_colour(size_t i, size_t count, double rgb[3]);

/// A panel with its axes, title and legend in the rectangle of `cell`.
void bh_chart_draw_panel(struct bh_canvas canvas, struct bh_panel cell,
                         const bh_chart_panel *panel);

#endif
