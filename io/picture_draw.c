/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* M_PI */
#include "io/picture_internal.h"
#include "io/raster_internal.h"

#include <math.h>
#include <string.h>

enum side { BOTTOM, LEFT, RIGHT };

static void
set_ink(cairo_t *cr, double alpha)
{
    cairo_set_source_rgba(cr, 0.09, 0.10, 0.13, alpha);
}

/* Text whose point (across, up) from 0 to 1 of its box is at x, y; turned left by 90
 * degrees where `turned`. The box is as high as a capital letter. */
static void
draw_text(struct bh_canvas canvas, const char *text, double x, double y, double across,
          double up, bool turned)
{
    cairo_t *cr = canvas.cr;
    cairo_text_extents_t box;
    cairo_text_extents(cr, text, &box);
    const double capital = 0.73 * canvas.em; /* of DejaVu Sans */
    cairo_save(cr);
    cairo_translate(cr, x, y);
    if (turned)
        cairo_rotate(cr, -M_PI / 2);
    cairo_move_to(cr, -across * box.x_advance, up * capital);
    cairo_show_text(cr, text);
    cairo_restore(cr);
}

static double
text_width(struct bh_canvas canvas, const char *text)
{
    cairo_text_extents_t box;
    cairo_text_extents(canvas.cr, text, &box);
    return box.x_advance;
}

/* Lines lie on the middle of pixels, so that a PNG shows them sharp. */
static double
sharp(double at)
{
    return floor(at) + 0.5;
}

static void
draw_frame(struct bh_canvas canvas, struct bh_panel panel)
{
    cairo_rectangle(canvas.cr, panel.x - 0.5, panel.y - 0.5, panel.width + 1,
                    panel.height + 1);
    set_ink(canvas.cr, 1);
    cairo_set_line_width(canvas.cr, canvas.em / 20);
    cairo_stroke(canvas.cr);
}

static void
draw_tick(struct bh_canvas canvas, struct bh_panel panel, enum side side,
          const struct bh_tick *tick, bool with_label)
{
    const double em = canvas.em;
    const double length = (tick->label[0] ? 0.33 : 0.18) * em;
    const double bottom = panel.y + panel.height, right = panel.x + panel.width;
    const double x = sharp(panel.x + fmin(tick->at, 1) * panel.width);
    const double y = sharp(bottom - fmin(tick->at, 1) * panel.height);
    if (side == BOTTOM) {
        cairo_move_to(canvas.cr, x, bottom);
        cairo_line_to(canvas.cr, x, bottom + length);
    } else if (side == LEFT) {
        cairo_move_to(canvas.cr, panel.x, y);
        cairo_line_to(canvas.cr, panel.x - length, y);
    } else {
        cairo_move_to(canvas.cr, right, y);
        cairo_line_to(canvas.cr, right + length, y);
    }
    cairo_stroke(canvas.cr);
    if (!tick->label[0] || !with_label)
        return;
    if (side == BOTTOM)
        draw_text(canvas, tick->label, x, bottom + 0.6 * em, 0.5, 1, false);
    else if (side == LEFT)
        draw_text(canvas, tick->label, panel.x - 0.55 * em, y, 1, 0.5, false);
    else
        draw_text(canvas, tick->label, right + 0.5 * em, y, 0, 0.5, false);
}

static void
draw_time_axis(struct bh_canvas canvas, struct bh_panel panel, bool with_labels)
{
    struct bh_tick ticks[BH_TICKS_MAX];
    size_t count =
        bh_ticks_linear(0, panel.duration_s, 4.5 * canvas.em / panel.width, ticks);
    for (size_t i = 0; i < count; i++)
        draw_tick(canvas, panel, BOTTOM, &ticks[i], with_labels);
    if (with_labels)
        draw_text(canvas, "time (s)", panel.x + panel.width / 2,
                  panel.y + panel.height + 2.0 * canvas.em, 0.5, 1, false);
}

static void
draw_place_axis(struct bh_canvas canvas, struct bh_panel panel, struct bh_places places)
{
    struct bh_tick ticks[BH_TICKS_MAX];
    size_t count = bh_ticks_places(places, 1.2 * canvas.em / panel.height, ticks);
    double widest = 0;
    for (size_t i = 0; i < count; i++) {
        draw_tick(canvas, panel, LEFT, &ticks[i], true);
        widest = fmax(widest, text_width(canvas, ticks[i].label));
    }
    const char *label = places.label   ? places.label
                        : places.cf_hz ? "characteristic frequency (Hz)"
                                       : "neuron";
    if (places.cf_hz && text_width(canvas, label) > panel.height)
        label = "CF (Hz)";
    draw_text(canvas, label, panel.x - widest - 1.1 * canvas.em,
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
    draw_frame(canvas, bar);
    struct bh_tick ticks[BH_TICKS_MAX];
    size_t count = bh_ticks_linear(from, to, 2.2 * em / bar.height, ticks);
    for (size_t i = 0; i < count; i++)
        draw_tick(canvas, bar, RIGHT, &ticks[i], true);
    draw_text(canvas, label, canvas.width - 0.5 * em, bar.y + bar.height / 2, 0.5, 0,
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
    set_ink(cr, 0.8);
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

/* Bytes of the UTF-8 letter that `text` begins with; 0 where it does not begin with one
 * that can be drawn. */
static size_t
letter_length(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    const size_t length = c[0] < 0x80 ? 1 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
    if (c[0] < ' ' || c[0] == 0x7f || (c[0] >= 0x80 && c[0] < 0xc2) || c[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    /* Longer than need be, half of a pair (UTF-16), or past the last letter. */
    if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) ||
        (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f))
        return 0;
    return length;
}

/* The title from the left; where it is too long it ends with an ellipsis. A byte that
 * is no letter, as names of files may have, becomes a question mark. */
static void
draw_title(struct bh_canvas canvas, struct bh_panel panel, const char *title)
{
    char text[300] = "";
    size_t used = 0, fits = 0; /* `fits`: up to where an ellipsis has room too */
    const double room = panel.width - text_width(canvas, "\xe2\x80\xa6");
    while (*title && used < 280) {
        const size_t length = letter_length(title);
        memcpy(text + used, length ? title : "?", length ? length : 1);
        used += length ? length : 1;
        title += length ? length : 1;
        text[used] = '\0';
        if (text_width(canvas, text) <= room)
            fits = used;
    }
    if (*title || text_width(canvas, text) > panel.width)
        strcpy(text + fits, "\xe2\x80\xa6");
    draw_text(canvas, text, panel.x, panel.y - 0.65 * canvas.em, 0, 0, false);
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
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_select_font_face(cr, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cr, em);

    const int panels = (levels != NULL) + (raster != NULL);
    const double gap = floor(1.2 * em);
    const double top = floor((options->title ? 2.2 : 1.0) * em), bottom = 3.6 * em;
    struct bh_panel panel = {.x = floor(4.9 * em), .y = top};
    panel.width = floor(canvas.width - panel.x - 6.3 * em);
    panel.height = floor((canvas.height - top - bottom - (panels - 1) * gap) / panels);
    panel.duration_s = duration(levels, raster, options);
    if (options->title) {
        set_ink(cr, 1);
        draw_title(canvas, panel, options->title);
    }
    if (levels) {
        draw_levels(canvas, panel, levels, options);
        draw_frame(canvas, panel);
        draw_time_axis(canvas, panel, !raster);
        const struct bh_places places = {levels->cf_hz, levels->rows, levels->row_from,
                                         levels->row_to,
                                         levels->cf_hz ? NULL : levels->row_label};
        draw_place_axis(canvas, panel, places);
        panel.y += panel.height + gap;
    }
    if (raster) {
        draw_raster(canvas, panel, raster);
        draw_frame(canvas, panel);
        draw_time_axis(canvas, panel, true);
        draw_place_axis(canvas, panel,
                        (struct bh_places){raster->cf_hz, raster->places, 0, 0, NULL});
    }
}
