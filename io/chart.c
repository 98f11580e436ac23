/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/chart.h"

#include "io/chart_internal.h"

#include <math.h>

#define MM_PER_INCH     25.4
#define POINTS_PER_INCH 72.0

/* A row of panels, mm. */
#define ROW_MM 60.0

bh_chart_options
bh_chart_options_default(void)
{
    return (bh_chart_options){
        .width_mm = 160, .height_mm = NAN, .letter_pt = 8, .dpi = 200};
}

static bh_status
check_axis(const bh_chart_axis *axis, const char *which, bh_diag *diag)
{
    if (isinf(axis->from) || isinf(axis->to) || axis->from >= axis->to)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "an axis %s from %g to %g; it must rise", which, axis->from,
                           axis->to);
    if (axis->log && (axis->from <= 0 || axis->to <= 0))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a logarithmic axis %s from %g to %g; it must lie above 0",
                           which, axis->from, axis->to);
    return BH_OK;
}

static bh_status
check(const bh_chart_panel *panels, size_t count, const bh_chart_options *options,
      bh_diag *diag)
{
    const double w = options->width_mm, h = options->height_mm;
    if (!(w >= 20) || w > 2000 || h < 20 || h > 2000)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a picture of %g x %g mm; both must be 20 to 2000", w, h);
    if (!(options->letter_pt >= 3) || options->letter_pt > 72 ||
        !(options->dpi >= 20) || options->dpi > 2400)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "letters of %g points at %g pixels to the inch; 3 to 72 and "
                           "20 to 2400 will do",
                           options->letter_pt, options->dpi);
    if (count == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "a picture of no panels");
    for (size_t i = 0; i < count; i++) {
        BH_TRY(check_axis(&panels[i].x, "x", diag));
        BH_TRY(check_axis(&panels[i].y, "y", diag));
    }
    return BH_OK;
}

struct scene {
    const bh_chart_panel *panels;
    size_t count, columns, rows;
    const char *title;
};

static void
paint(struct bh_canvas canvas, const void *user)
{
    const struct scene *scene = user;
    const double em = canvas.em, top = scene->title ? 1.8 * em : 0;
    const double width = canvas.width / (double)scene->columns;
    const double height = (canvas.height - top) / (double)scene->rows;
    if (scene->title) {
        const struct bh_panel head = {
            .x = em, .y = 2.2 * em, .width = canvas.width - 2 * em};
        bh_set_ink(canvas.cr, 1);
        bh_draw_title(canvas, head, scene->title);
    }
    for (size_t i = 0; i < scene->count; i++) {
        const struct bh_panel cell = {.x = width * (double)(i % scene->columns),
                                      .y = top + height * (double)(i / scene->columns),
                                      .width = width,
                                      .height = height};
        bh_chart_draw_panel(canvas, cell, &scene->panels[i]);
    }
}

bh_status
bh_chart_write(const char *path, const bh_chart_panel *panels, size_t count,
               const bh_chart_options *options, bh_diag *diag)
{
    BH_TRY(bh_picture_check(path, diag));
    BH_TRY(check(panels, count, options, diag));
    struct scene scene = {.panels = panels, .count = count, .title = options->title};
    scene.columns = options->columns ? options->columns : count == 1 ? 1 : 2;
    if (scene.columns > count)
        scene.columns = count;
    scene.rows = (count + scene.columns - 1) / scene.columns;
    const double height_mm = isnan(options->height_mm) ? ROW_MM * (double)scene.rows
                                                       : options->height_mm;
    const double px = options->dpi / MM_PER_INCH;
    if (options->width_mm * px > 30000 || height_mm * px > 30000)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a picture of %.0f x %.0f pixels; 30000 is the most",
                           options->width_mm * px, height_mm * px);
    const struct bh_canvas paper = {.width = round(options->width_mm * px),
                                    .height = round(height_mm * px),
                                    .em = options->letter_pt * options->dpi /
                                          POINTS_PER_INCH,
                                    .dpi = options->dpi};
    return bh_paint_file(path, paper, paint, &scene, diag);
}
