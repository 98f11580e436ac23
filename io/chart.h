/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_CHART_H
#define BH_IO_CHART_H

/* Curves, points and histograms on axes with ticks and units, one panel or several,
 * sized for the column of a page. PNG, SVG and PDF, by the ending of the name.
 *
 * Colours are those of Okabe and Ito, "Color Universal Design" (2008), in an order
 * whose first ones also differ in grey; more than seven curves of one panel take the
 * colours of viridis in their order. */

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

BH_BEGIN_DECLS

typedef enum bh_chart_mark {
    BH_CHART_LINE, ///< a line through all points; NaN interrupts it
    BH_CHART_BARS, ///< a filled histogram: y[i] from x[i] to x[i + 1], the last as wide
                   ///< as the one before it
    BH_CHART_STEPS,       ///< the outline of one
    BH_CHART_POINTS,      ///< dots
    BH_CHART_DOTTED_LINE, ///< dots and a line through them
} bh_chart_mark;

/// Points to show, borrowed. Those that are not finite, or not above 0 on a logarithmic
/// axis, are left out.
typedef struct bh_chart_series {
    const double *x, *y; ///< [count]
    size_t count;
    bh_chart_mark mark;
    const char *label; ///< in the legend, UTF-8; NULL: not there
} bh_chart_series;

typedef struct bh_chart_axis {
    const char *label; ///< what, and its unit: "time (ms)"; NULL for none
    bool log;
    double from, to; ///< NaN: with what is shown
} bh_chart_axis;

typedef struct bh_chart_panel {
    const char *title; ///< NULL for none
    bh_chart_axis x, y;
    const bh_chart_series *series;
    size_t count;
} bh_chart_panel;

typedef struct bh_chart_options {
    double width_mm, height_mm; ///< 20 to 2000; height NaN: 60 for each row of panels
    size_t columns;             ///< of panels; 0: as many as look well
    const char *title;          ///< above all panels, or NULL
    double letter_pt;           ///< size of letters, points of 1/72 inch
    double dpi;                 ///< pixels to the inch of a PNG
} bh_chart_options;

/// 160 mm, a page between its margins; height NaN, columns 0, no title, 8 pt, 200.
BH_API bh_chart_options bh_chart_options_default(void);

/// Draws panels from left to right, then down. Where a line has more points than the
/// picture has columns of pixels, each column shows the least and the largest of its
/// points, so that no peak is lost and files stay small. The file appears under its
/// name only when it is complete. BH_ERR_ARGUMENT for a range that is empty or, on a
/// logarithmic axis, not above 0.
BH_API BH_NODISCARD bh_status bh_chart_write(const char *path,
                                             const bh_chart_panel *panels, size_t count,
                                             const bh_chart_options *options,
                                             bh_diag *diag);

BH_END_DECLS

#endif
