/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/picture.h"

#include "io/output_internal.h"
#include "io/picture_internal.h"

#include <math.h>

/* Pixels of an inch. */
#define PICTURE_DPI 200.0

bh_picture_options
bh_picture_options_default(int panels)
{
    return (bh_picture_options){
        .width_px = 1600,
        .height_px = panels > 1 ? 1000 : 640,
        .duration_s = NAN,
        .min_db_spl = NAN,
        .max_db_spl = NAN,
        .letter_px = NAN,
    };
}

bh_status
bh_picture_check(const char *path, bh_diag *diag)
{
    if (bh_path_ends(path, ".png") || bh_path_ends(path, ".svg") ||
        bh_path_ends(path, ".pdf"))
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "a picture '%s'? The name must end in .png, .svg or .pdf", path);
}

static bh_status
check_options(const bh_picture_options *options, bh_diag *diag)
{
    const int w = options->width_px, h = options->height_px;
    if (w < 200 || w > 8000 || h < 200 || h > 8000)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a picture of %d x %d px; both must be 200 to 8000", w, h);
    if (!isnan(options->duration_s) &&
        (!(options->duration_s > 0) || !isfinite(options->duration_s)))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a picture of %g s; it must be longer than 0",
                           options->duration_s);
    if (options->letter_px < 4 || options->letter_px > 200)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "letters of %g px in a picture; 4 to 200 will do",
                           options->letter_px);
    if (!isfinite(options->start_s))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a picture that begins at %g s; that must be an instant",
                           options->start_s);
    if (isinf(options->min_db_spl) || isinf(options->max_db_spl) ||
        options->min_db_spl >= options->max_db_spl)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "colours from %g to %g dB SPL; the first must be lower",
                           options->min_db_spl, options->max_db_spl);
    return BH_OK;
}

static bh_status
check_levels(const bh_picture_levels *levels, bh_diag *diag)
{
    if (levels->rows == 0 || levels->columns == 0)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "levels of %zu rows and %zu columns; there is nothing to show",
            levels->rows, levels->columns);
    if (!(levels->column_s > 0) || !isfinite(levels->column_s))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "columns of %g s; they must last longer than 0",
                           levels->column_s);
    if (!levels->cf_hz &&
        (!levels->row_label || !isfinite(levels->row_to - levels->row_from) ||
         !(levels->row_from < levels->row_to)))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "rows without frequencies need a label and a range that "
                           "goes up");
    for (size_t i = 0; levels->cf_hz && i < levels->rows; i++)
        if (!isfinite(levels->cf_hz[i]) ||
            !(levels->cf_hz[i] >= (i ? levels->cf_hz[i - 1] : 0)))
            return bh_diag_set(
                diag, BH_ERR_ARGUMENT,
                "the frequency of row %zu is %g Hz; rows must go up from "
                "0 Hz or more",
                i, levels->cf_hz[i]);
    for (size_t i = 0; i < levels->rows * levels->columns; i++)
        if (isnan(levels->level_db_spl[i]) || levels->level_db_spl[i] == INFINITY)
            return bh_diag_set(
                diag, BH_ERR_DATA,
                "the level in row %zu, column %zu is %g dB; it must be a "
                "number or -infinity",
                i / levels->columns, i % levels->columns,
                (double)levels->level_db_spl[i]);
    return BH_OK;
}

/* Letters of which 66 would fit across, as in a paper where the picture fills the page.
 */
static double
letter_size(const bh_picture_options *options)
{
    if (!isnan(options->letter_px))
        return options->letter_px;
    const double by_width = options->width_px / 66.0,
                 by_height = options->height_px / 26.0;
    return round(fmax(8, fmin(by_width, by_height)));
}

/* What is drawn on a canvas. */
struct scene {
    const bh_picture_levels *levels;
    const bh_raster *raster;
    const bh_picture_options *options;
};

static void
paint(struct bh_canvas canvas, const void *user)
{
    const struct scene *scene = user;
    bh_picture_draw(canvas, scene->levels, scene->raster, scene->options);
}

bh_status
bh_picture_write(const char *path, const bh_picture_levels *levels,
                 const bh_raster *raster, const bh_picture_options *options,
                 bh_diag *diag)
{
    BH_TRY(bh_picture_check(path, diag));
    BH_TRY(check_options(options, diag));
    if (!levels && !raster)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a picture of nothing; it needs levels, a raster or both");
    if (levels)
        BH_TRY(check_levels(levels, diag));
    const struct scene scene = {levels, raster, options};
    const struct bh_canvas paper = {.width = options->width_px,
                                    .height = options->height_px,
                                    .em = letter_size(options),
                                    .dpi = PICTURE_DPI};
    return bh_paint_file(path, paper, paint, &scene, diag);
}
