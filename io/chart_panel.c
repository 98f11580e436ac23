/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/chart_internal.h"

#include <math.h>

/* A line of letters, in heights of letters; the stroke that stands for a curve in the
 * legend; what lies between two entries. */
#define LINE   1.4
#define STROKE 1.5
#define GAP    1.2

/* The legend above a panel: how many lines it has; draws it where `draw`. Named colours
 * only: what has an order is not named. */
static size_t
legend(struct bh_canvas canvas, struct bh_panel panel, const bh_chart_panel *chart,
       bool draw)
{
    const double em = canvas.em;
    size_t lines = 0, named = 0;
    double x = 0;
    for (size_t i = 0; i < chart->count; i++)
        named += chart->series[i].label != NULL;
    for (size_t i = 0; i < chart->count && named < 12; i++) {
        const char *label = chart->series[i].label;
        if (!label)
            continue;
        const double width = (STROKE + 0.5) * em + bh_text_width(canvas, label);
        if (lines == 0 || x + width > panel.width) {
            lines++;
            x = 0;
        }
        if (draw) {
            const double y = panel.y + ((double)lines - 0.6) * LINE * em;
            double rgb[3];
            bh_plot_colour(i, chart->count, rgb);
            cairo_set_source_rgb(canvas.cr, rgb[0], rgb[1], rgb[2]);
            cairo_set_line_width(canvas.cr, em / 4);
            cairo_move_to(canvas.cr, panel.x + x, y);
            cairo_line_to(canvas.cr, panel.x + x + STROKE * em, y);
            cairo_stroke(canvas.cr);
            bh_set_ink(canvas.cr, 1);
            bh_draw_text(canvas, label, panel.x + x + (STROKE + 0.5) * em, y, 0, 0.5,
                         false);
        }
        x += width + GAP * em;
    }
    return lines;
}

static double
widest(struct bh_canvas canvas, const struct bh_tick *ticks, size_t count)
{
    double width = 0;
    for (size_t i = 0; i < count; i++)
        width = fmax(width, bh_text_width(canvas, ticks[i].label));
    return width;
}

/* Least distance of labels along x: as wide as they are themselves, and a bit. */
static size_t
ticks_across(struct bh_canvas canvas, struct bh_scale scale, double width,
             struct bh_tick *ticks)
{
    size_t count = 0;
    for (double room = 2.5 * canvas.em; room < width; room *= 1.3) {
        count = bh_scale_ticks(scale, room / width, ticks);
        if (widest(canvas, ticks, count) + canvas.em < room)
            break;
    }
    return count;
}

/* How far labels reach beyond the right end of a panel. */
static double
beyond(struct bh_canvas canvas, struct bh_panel panel, const struct bh_tick *ticks,
       size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, bh_text_width(canvas, ticks[i].label) / 2 -
                              (1 - ticks[i].at) * panel.width);
    return most;
}

/* A faint line at each labelled tick helps to read values. */
static void
draw_grid(struct bh_canvas canvas, struct bh_panel panel, const struct bh_tick *ticks,
          size_t count, bool vertical)
{
    cairo_set_source_rgb(canvas.cr, 0.9, 0.9, 0.9);
    cairo_set_line_width(canvas.cr, canvas.em / 24);
    for (size_t i = 0; i < count; i++) {
        if (!ticks[i].label[0])
            continue;
        const double x = panel.x + (vertical ? 0 : ticks[i].at * panel.width);
        const double y = panel.y + (vertical ? (1 - ticks[i].at) * panel.height : 0);
        cairo_move_to(canvas.cr, floor(x) + 0.5, floor(y) + 0.5);
        cairo_rel_line_to(canvas.cr, vertical ? panel.width : 0,
                          vertical ? 0 : panel.height);
    }
    cairo_stroke(canvas.cr);
}

void
bh_chart_draw_panel(struct bh_canvas canvas, struct bh_panel cell,
                    const bh_chart_panel *chart)
{
    const double em = canvas.em;
    struct bh_tick across[BH_TICKS_MAX], up[BH_TICKS_MAX];
    struct bh_plot plot = {canvas, cell, bh_scale_of(chart, false),
                           bh_scale_of(chart, true)};
    struct bh_panel *panel = &plot.panel;
    panel->width = cell.width - 6 * em;
    const double head = chart->title ? 1.7 * em : 0.4 * em;
    const double key = (double)legend(canvas, *panel, chart, false) * LINE * em;
    const double foot = (chart->x.label ? 3.6 : 2.2) * em;
    panel->y = floor(cell.y + 0.8 * em + head + key);
    panel->height = floor(cell.y + cell.height - foot - panel->y);
    if (panel->height < 3 * em)
        panel->height = 3 * em;
    const size_t rows = bh_scale_ticks(plot.y, 1.6 * em / panel->height, up);
    const double labels = widest(canvas, up, rows);
    panel->x = floor(cell.x + labels + (chart->y.label ? 2.4 : 1.2) * em);
    panel->width = floor(cell.x + cell.width - panel->x - 1.2 * em);
    size_t columns = ticks_across(canvas, plot.x, panel->width, across);
    const double over = beyond(canvas, *panel, across, columns) - 0.9 * em;
    if (over > 0) {
        panel->width = floor(panel->width - over);
        columns = ticks_across(canvas, plot.x, panel->width, across);
    }

    draw_grid(canvas, *panel, across, columns, false);
    draw_grid(canvas, *panel, up, rows, true);
    for (size_t i = 0; i < chart->count; i++) {
        double rgb[3];
        bh_plot_colour(i, chart->count, rgb);
        cairo_set_source_rgb(canvas.cr, rgb[0], rgb[1], rgb[2]);
        bh_plot_series(&plot, &chart->series[i]);
    }
    bh_draw_frame(canvas, *panel);
    for (size_t i = 0; i < columns; i++)
        bh_draw_tick(canvas, *panel, BH_BOTTOM, &across[i], true);
    for (size_t i = 0; i < rows; i++)
        bh_draw_tick(canvas, *panel, BH_LEFT, &up[i], true);
    if (chart->x.label)
        bh_draw_text(canvas, chart->x.label, panel->x + panel->width / 2,
                     panel->y + panel->height + 2.0 * em, 0.5, 1, false);
    if (chart->y.label)
        bh_draw_text(canvas, chart->y.label, panel->x - labels - 1.1 * em,
                     panel->y + panel->height / 2, 0.5, 0, true);
    struct bh_panel above = *panel;
    above.y = panel->y - key - 0.2 * em;
    legend(canvas, above, chart, true);
    if (chart->title) {
        bh_set_ink(canvas.cr, 1);
        bh_draw_title(canvas, above, chart->title);
    }
}
