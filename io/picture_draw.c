/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/picture_internal.h"
#include "io/raster_internal.h"

#include <math.h>

static void
draw_time_axis(struct bh_canvas canvas, struct bh_panel panel, bool with_labels)
{
    struct bh_tick ticks[BH_TICKS_MAX];
    size_t count = bh_ticks_linear(panel.start_s, panel.start_s + panel.duration_s,
                                   4.5 * canvas.em / panel.width, ticks);
    for (size_t i = 0; i < count; i++)
        bh_draw_tick(canvas, panel, BH_BOTTOM, &ticks[i], with_labels);
    if (with_labels)
        bh_draw_text(canvas, "time (s)", panel.x + panel.width / 2,
                     panel.y + panel.height + 2.0 * canvas.em, 0.5, 1, false);
}

static void
draw_place_axis(struct bh_canvas canvas, struct bh_panel panel, struct bh_places places)
{
    struct bh_tick ticks[BH_TICKS_MAX];
    size_t count = bh_ticks_places(places, 1.2 * canvas.em / panel.height, ticks);
    double widest = 0;
    for (size_t i = 0; i < count; i++) {
        bh_draw_tick(canvas, panel, BH_LEFT, &ticks[i], true);
        widest = fmax(widest, bh_text_width(canvas, ticks[i].label));
    }
    const char *label = places.label   ? places.label
                        : places.cf_hz ? "characteristic frequency (Hz)"
                                       : "neuron";
    if (places.cf_hz && bh_text_width(canvas, label) > panel.height)
        label = "CF (Hz)";
    bh_draw_text(canvas, label, panel.x - widest - 1.1 * canvas.em,
                 panel.y + panel.height / 2, 0.5, 0, true);
}

static void
draw_image(struct bh_canvas canvas, struct bh_panel panel, cairo_surface_t *image)
{
    cairo_t *cr = canvas.cr;
    cairo_save(cr);
    cairo_translate(cr, panel.x, panel.y);
    cairo_scale(cr, panel.width / cairo_image_surface_get_width(image),
                panel.height / cairo_image_surface_get_height(image));
    cairo_set_source_surface(cr, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
    cairo_paint(cr);
    cairo_restore(cr);
}

/* The bar beside a panel that says what its colours mean. */
static void
draw_bar(struct bh_canvas canvas, struct bh_panel panel, bh_palette *palette,
         double from, double to, const char *label)
{
    const double em = canvas.em;
    cairo_surface_t *image = bh_palette_image(palette);
    struct bh_panel bar = panel;
    bar.x = floor(panel.x + panel.width + 0.8 * em);
    bar.width = floor(0.8 * em);
    draw_image(canvas, bar, image);
    cairo_surface_destroy(image);
    bh_draw_frame(canvas, bar);
    struct bh_tick ticks[BH_TICKS_MAX];
    size_t count = bh_ticks_linear(from, to, 2.2 * em / bar.height, ticks);
    for (size_t i = 0; i < count; i++)
        bh_draw_tick(canvas, bar, BH_RIGHT, &ticks[i], true);
    bh_draw_text(canvas, label, canvas.width - 0.5 * em, bar.y + bar.height / 2, 0.5, 0,
                 true);
}

static void
draw_levels(struct bh_canvas canvas, struct bh_panel panel,
            const bh_picture_levels *levels, const bh_picture_options *options)
{
    double min_db, max_db;
    bh_levels_range(levels, options, &min_db, &max_db);
    cairo_surface_t *image = bh_levels_image(levels, panel, min_db, max_db);
    if (!image)
        return;
    draw_image(canvas, panel, image);
    cairo_surface_destroy(image);
    draw_bar(canvas, panel, bh_palette_viridis, min_db, max_db,
             levels->level_label ? levels->level_label : "level (dB SPL)");
}

static void
draw_marks(struct bh_canvas canvas, struct bh_panel panel,
           const struct bh_raster *raster)
{
    cairo_t *cr = canvas.cr;
    const double row = panel.height / (double)raster->places;
    const double height = fmin(fmax(0.9 * row, canvas.em / 6), canvas.em);
    cairo_save(cr);
    cairo_rectangle(cr, panel.x, panel.y, panel.width, panel.height);
    cairo_clip(cr);
    for (size_t i = 0; i < raster->count; i++) {
        const double x = panel.x + raster->mark_s[i] / panel.duration_s * panel.width;
        const double y = panel.y + panel.height - (raster->mark[i] + 0.5) * row;
        cairo_move_to(cr, x, y - height / 2);
        cairo_line_to(cr, x, y + height / 2);
    }
    bh_set_ink(cr, 0.8);
    cairo_set_line_width(cr, canvas.em / 16);
    cairo_stroke(cr);
    cairo_restore(cr);
}

static void
draw_raster(struct bh_canvas canvas, struct bh_panel panel,
            const struct bh_raster *raster)
{
    if (raster->count <= raster->max_marks) {
        draw_marks(canvas, panel, raster);
        return;
    }
    double max_rate = 0;
    cairo_surface_t *image = bh_raster_image(raster, panel, &max_rate);
    if (!image)
        return;
    draw_image(canvas, panel, image);
    cairo_surface_destroy(image);
    draw_bar(canvas, panel, bh_palette_ink, 0, max_rate, "rate (spikes/s)");
}

static double
duration(const bh_picture_levels *levels, const bh_raster *raster,
         const bh_picture_options *options)
{
    if (!isnan(options->duration_s))
        return options->duration_s;
    double end_s = levels ? (double)levels->columns * levels->column_s : 0;
    if (raster)
        end_s = fmax(end_s, raster->last_s);
    return end_s > 0 ? end_s : 1;
}

void
bh_picture_draw(struct bh_canvas canvas, const bh_picture_levels *levels,
                const bh_raster *raster, const bh_picture_options *options)
{
    cairo_t *cr = canvas.cr;
    const double em = canvas.em;
    const int panels = (levels != NULL) + (raster != NULL);
    const double gap = floor(1.2 * em);
    const double top = floor((options->title ? 2.2 : 1.0) * em), bottom = 3.6 * em;
    struct bh_panel panel = {.x = floor(4.9 * em), .y = top};
    const bool bars = levels || raster->count > raster->max_marks;
    panel.width = floor(canvas.width - panel.x - (bars ? 6.3 : 2) * em);
    panel.height = floor((canvas.height - top - bottom - (panels - 1) * gap) / panels);
    panel.start_s = options->start_s;
    panel.duration_s = duration(levels, raster, options);
    if (options->title) {
        bh_set_ink(cr, 1);
        bh_draw_title(canvas, panel, options->title);
    }
    if (levels) {
        draw_levels(canvas, panel, levels, options);
        bh_draw_frame(canvas, panel);
        draw_time_axis(canvas, panel, !raster);
        const struct bh_places places = {levels->cf_hz, levels->rows, levels->row_from,
                                         levels->row_to,
                                         levels->cf_hz ? NULL : levels->row_label};
        draw_place_axis(canvas, panel, places);
        panel.y += panel.height + gap;
    }
    if (raster) {
        draw_raster(canvas, panel, raster);
        bh_draw_frame(canvas, panel);
        draw_time_axis(canvas, panel, true);
        draw_place_axis(canvas, panel,
                        (struct bh_places){raster->cf_hz, raster->places, 0, 0, NULL});
    }
}
