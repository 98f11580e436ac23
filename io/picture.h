/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_PICTURE_H
#define BH_IO_PICTURE_H

/* Pictures for the eye and the page: levels over time and place, and the spikes below
 * them on the same axis of time. PNG, SVG and PDF, by the ending of the name. */

#include "core/status.h"
#include "io/raster.h"

#include <stdbool.h>
#include <stddef.h>

BH_BEGIN_DECLS

/// A borrowed view of levels over time and place.
typedef struct bh_picture_levels {
    const float *level_db_spl; ///< shape [rows][columns]; -infinity is silence
    size_t rows;               ///< places; row 0 is drawn lowest
    size_t columns;            ///< stretches of time, from 0 s
    const double
        *cf_hz;      ///< [rows] characteristic frequency, Hz, never descending, or NULL
    double column_s; ///< how long a column lasts, s
    /// Other quantities over other rows: where `cf_hz` is NULL rows go from `row_from`
    /// to `row_to` of what `row_label` says, "delay (ms)".
    double row_from, row_to;
    const char *row_label;
    const char *level_label; ///< what the colours mean; NULL: "level (dB SPL)"
    bool linear; ///< levels are no decibels but values from 0 on, such as rates, of
                 ///< which means are means
} bh_picture_levels;

typedef struct bh_picture_options {
    int width_px;      ///< of a PNG; SVG and PDF take 200 px to the inch
    int height_px;     ///< 200 to 8000, both
    const char *title; ///< UTF-8, or NULL for none; shortened where it does not fit
    double start_s;    ///< what the axis of time says where it begins, s
    double duration_s; ///< how long it is, s; NaN: as long as what is shown
    double min_db_spl; ///< darkest colour; NaN: 60 dB below the brightest
    double max_db_spl; ///< brightest colour; NaN: the highest level, up to a 5 dB step
    double letter_px;  ///< size of the letters; NaN: by that of the picture
} bh_picture_options;

/// 1600 x 640 for one panel, 1600 x 1000 for two; no title, from 0 s on, the rest NaN.
BH_API bh_picture_options bh_picture_options_default(int panels);

/// Whether `path` ends in .png, .svg or .pdf (BH_ERR_ARGUMENT otherwise): to be asked
/// before the work whose result it shall show.
BH_API BH_NODISCARD bh_status bh_picture_check(const char *path, bh_diag *diag);

/// Draws `levels` above `raster`; either may be NULL, not both. Places are equally
/// high, so frequency is spaced as the filters are; its axis is labelled in Hz. Few
/// spikes are drawn as marks, many (see bh_raster) as their rate. Levels must be
/// numbers (BH_ERR_DATA). The file appears under its name only when it is complete.
///
/// The colours of levels are viridis (S. van der Walt and N. Smith, 2015, CC0), equal
/// steps of which look equal, also without colour vision.
BH_API BH_NODISCARD bh_status bh_picture_write(const char *path,
                                               const bh_picture_levels *levels,
                                               const bh_raster *raster,
                                               const bh_picture_options *options,
                                               bh_diag *diag);

BH_END_DECLS

#endif
