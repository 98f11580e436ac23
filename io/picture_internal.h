/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_PICTURE_INTERNAL_H
#define BH_IO_PICTURE_INTERNAL_H

#include "io/picture.h"

#include <cairo.h>
#include <stdbool.h>
#include <stdint.h>

/* Lengths are pixels of the PNG, from the top left; `em` is the height of the letters.
 */

struct bh_canvas {
    cairo_t *cr;
    double width, height, em;
    double dpi; ///< pixels of an inch of the page
};

struct bh_panel {
    double x, y, width, height;
    double start_s, duration_s;
};

/// Equally high places from bottom to top, with the frequency of each or none.
struct bh_places {
    const double *cf_hz; ///< [count] never descending, or NULL
    size_t count;
    double from, to; ///< where there is a label instead of frequencies
    const char *label;
};

/// A tick that a number belongs to: where from 0 (bottom, left) to 1, and its label,
/// which is empty for the small ticks between.
struct bh_tick {
    double at;
    char label[24];
};

enum { BH_TICKS_MAX = 128 };

/// Colour of a value from 0 to 1.
typedef void bh_palette(double value, uint8_t rgb[3]);
bh_palette bh_palette_viridis; ///< dark violet to yellow
bh_palette bh_palette_ink;     ///< white paper to ink

/* picture_ticks.c: where ticks go. `gap` is the least distance of two labels as a part
 * of the axis. Each returns how many of the BH_TICKS_MAX it filled. */

/// The largest of 1, 2, 5, 10 ... times a power of ten at which an axis of `range` has
/// at least as many steps as its labels have room for.
double bh_tick_step(double range, double gap);
size_t bh_ticks_linear(double from, double to, double gap, struct bh_tick *ticks);
size_t bh_ticks_places(struct bh_places places, double gap, struct bh_tick *ticks);
/// Where a frequency lies, from 0 to 1; NaN outside the places.
double bh_place_position(struct bh_places places, double f_hz);

/* picture_image.c: what is shown, as images of exactly the panel's pixels. */

/// Chooses the colour range that the options leave open.
void bh_levels_range(const bh_picture_levels *levels, const bh_picture_options *options,
                     double *min_db, double *max_db);
cairo_surface_t *bh_levels_image(const bh_picture_levels *levels, struct bh_panel panel,
                                 double min_db, double max_db);
/// Rate of the spikes, and in `max_rate` what full ink means, spikes/s of one neuron.
cairo_surface_t *bh_raster_image(const struct bh_raster *raster, struct bh_panel panel,
                                 double *max_rate);
/// A column of all colours, the highest on top.
cairo_surface_t *bh_palette_image(bh_palette *palette);

/* picture_pen.c: what all pictures are made of. */

enum bh_side { BH_BOTTOM, BH_LEFT, BH_RIGHT };

void bh_set_ink(cairo_t *cr, double alpha);
/// Text whose point (across, up) from 0 to 1 of its box is at x, y; turned left by 90
/// degrees where `turned`. The box is as high as a capital letter.
void bh_draw_text(struct bh_canvas canvas, const char *text, double x, double y,
                  double across, double up, bool turned);
double bh_text_width(struct bh_canvas canvas, const char *text);
void bh_draw_frame(struct bh_canvas canvas, struct bh_panel panel);
void bh_draw_tick(struct bh_canvas canvas, struct bh_panel panel, enum bh_side side,
                  const struct bh_tick *tick, bool with_label);
/// A title above a panel, from the left; where it is too long it ends with an ellipsis.
/// A byte that is no letter, as names of files may have, becomes a question mark.
void bh_draw_title(struct bh_canvas canvas, struct bh_panel panel, const char *title);

/* picture_file.c */

/// Draws on a canvas, whose sheet is white and whose font is set.
typedef void bh_painter(struct bh_canvas canvas, const void *user);
/// Makes a picture file of what `paint` draws on `paper`, a canvas without its `cr`.
/// The file appears under its name only when it is complete.
bh_status bh_paint_file(const char *path, struct bh_canvas paper, bh_painter *paint,
                        const void *user, bh_diag *diag);

/* picture_draw.c */

void bh_picture_draw(struct bh_canvas canvas, const bh_picture_levels *levels,
                     const bh_raster *raster, const bh_picture_options *options);

#endif
