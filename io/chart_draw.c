/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* M_PI */
#include "io/chart_internal.h"

#include <math.h>

/* Beyond so many, colours are an order rather than names. */
enum { NAMED_COLOURS = 7 };

void
bh_plot_colour(size_t i, size_t count, double rgb[3])
{
    static const unsigned char named[NAMED_COLOURS][3] = {
        {0, 114, 178},  {213, 94, 0},  {0, 158, 115}, {204, 121, 167},
        {86, 180, 233}, {230, 159, 0}, {0, 0, 0}};
    unsigned char shade[3];
    const unsigned char *colour = named[i % NAMED_COLOURS];
    if (count > NAMED_COLOURS) {
        /* The lightest tenth is hard to see on paper. */
        bh_palette_viridis(0.9 * (double)i / (double)(count - 1), shade);
        colour = shade;
    }
    for (int c = 0; c < 3; c++)
        rgb[c] = colour[c] / 255.0;
}

/* Where a point is on the canvas; false where it has no place. */
static bool
place(const struct bh_plot *plot, double x, double y, double *px, double *py)
{
    const double at_x = bh_scale_position(plot->x, x);
    const double at_y = bh_scale_position(plot->y, y);
    if (isnan(at_x) || isnan(at_y))
        return false;
    /* Far outside, cairo's numbers would end. */
    *px = plot->panel.x + fmin(fmax(at_x, -9), 9) * plot->panel.width;
    *py = plot->panel.y + (1 - fmin(fmax(at_y, -9), 9)) * plot->panel.height;
    return true;
}

/* The points of a line that fall into one column of pixels. */
struct column {
    double number, first, least, most, last;
    size_t points;
};

static void
draw_column(cairo_t *cr, const struct column *column)
{
    const double x = column->number + 0.5;
    if (column->points == 0)
        return;
    cairo_line_to(cr, x, column->first);
    if (column->points > 2) {
        cairo_line_to(cr, x, column->least);
        cairo_line_to(cr, x, column->most);
    }
    if (column->points > 1)
        cairo_line_to(cr, x, column->last);
}

static void
draw_dense(const struct bh_plot *plot, const bh_chart_series *series)
{
    cairo_t *cr = plot->canvas.cr;
    struct column column = {0};
    for (size_t i = 0; i < series->count; i++) {
        double px, py;
        if (!place(plot, series->x[i], series->y[i], &px, &py)) {
            draw_column(cr, &column);
            column.points = 0;
            cairo_new_sub_path(cr);
            continue;
        }
        if (column.points == 0 || floor(px) != column.number) {
            draw_column(cr, &column);
            column = (struct column){floor(px), py, py, py, py, 0};
        }
        column.least = fmin(column.least, py);
        column.most = fmax(column.most, py);
        column.last = py;
        column.points++;
    }
    draw_column(cr, &column);
}

static void
draw_line(const struct bh_plot *plot, const bh_chart_series *series)
{
    cairo_t *cr = plot->canvas.cr;
    if ((double)series->count > 4 * plot->panel.width) {
        draw_dense(plot, series);
    } else {
        for (size_t i = 0; i < series->count; i++) {
            double px, py;
            if (place(plot, series->x[i], series->y[i], &px, &py))
                cairo_line_to(cr, px, py);
            else
                cairo_new_sub_path(cr);
        }
    }
    cairo_set_line_width(cr, plot->canvas.em / 8);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(cr);
}

static void
draw_points(const struct bh_plot *plot, const bh_chart_series *series)
{
    cairo_t *cr = plot->canvas.cr;
    const double radius = plot->canvas.em * (series->count > 1000  ? 0.09
                                             : series->count > 100 ? 0.14
                                                                   : 0.22);
    for (size_t i = 0; i < series->count; i++) {
        double px, py;
        if (!place(plot, series->x[i], series->y[i], &px, &py))
            continue;
        cairo_new_sub_path(cr);
        cairo_arc(cr, px, py, radius, 0, 2 * M_PI);
    }
    cairo_fill(cr);
}

/* The outline of a histogram; where it is filled, from the axis and back to it. Bins
 * that have no place are gaps. */
static void
draw_steps(const struct bh_plot *plot, const bh_chart_series *series, bool filled)
{
    cairo_t *cr = plot->canvas.cr;
    const double *x = series->x,
                 zero = plot->y.log ? plot->y.from : fmax(0, plot->y.from);
    const double ground = plot->panel.y +
                          (1 - bh_scale_position(plot->y, zero)) * plot->panel.height;
    const size_t n = series->count;
    bool open = false;
    for (size_t i = 0; i < n; i++) {
        const double next = i + 1 < n ? x[i + 1] : n > 1 ? 2 * x[i] - x[i - 1] : x[i];
        double left, right, py;
        const bool there = place(plot, x[i], series->y[i], &left, &py) &&
                           place(plot, next, series->y[i], &right, &py);
        if (there && !open && filled)
            cairo_move_to(cr, left, ground);
        if (there) {
            cairo_line_to(cr, left, py);
            cairo_line_to(cr, right, py);
        }
        const bool ends = open && !there;
        if (filled && (ends || (there && i + 1 == n))) {
            double last_x = 0, last_y = 0;
            cairo_get_current_point(cr, &last_x, &last_y);
            cairo_line_to(cr, last_x, ground);
        }
        if (ends)
            cairo_new_sub_path(cr);
        open = there;
    }
    if (filled) {
        cairo_fill(cr);
        return;
    }
    cairo_set_line_width(cr, plot->canvas.em / 10);
    cairo_stroke(cr);
}

void
bh_plot_series(const struct bh_plot *plot, const bh_chart_series *series)
{
    cairo_t *cr = plot->canvas.cr;
    if (series->count == 0)
        return;
    cairo_save(cr);
    cairo_rectangle(cr, plot->panel.x, plot->panel.y, plot->panel.width,
                    plot->panel.height);
    cairo_clip(cr);
    cairo_new_path(cr);
    switch (series->mark) {
    case BH_CHART_LINE:
        draw_line(plot, series);
        break;
    case BH_CHART_BARS:
        draw_steps(plot, series, true);
        break;
    case BH_CHART_STEPS:
        draw_steps(plot, series, false);
        break;
    case BH_CHART_DOTTED_LINE:
        draw_line(plot, series);
        draw_points(plot, series);
        break;
    case BH_CHART_POINTS:
        draw_points(plot, series);
        break;
    }
    cairo_restore(cr);
}
