/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/picture_internal.h"

#include "io/output_internal.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>

struct stream {
    struct bh_output output;
    bh_status status;
    bh_diag *diag;
};

static cairo_status_t
write_stream(void *closure, const unsigned char *data, unsigned length)
{
    struct stream *stream = closure;
    if (stream->status == BH_OK)
        stream->status = bh_output_write(&stream->output, data, length, stream->diag);
    return stream->status == BH_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static cairo_surface_t *
new_surface(const char *path, struct bh_canvas paper, struct stream *stream)
{
    const double points = 72 / paper.dpi;
    const double width = paper.width * points, height = paper.height * points;
    if (bh_path_ends(path, ".svg"))
        return cairo_svg_surface_create_for_stream(write_stream, stream, width, height);
    if (bh_path_ends(path, ".pdf"))
        return cairo_pdf_surface_create_for_stream(write_stream, stream, width, height);
    return cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)paper.width,
                                      (int)paper.height);
}

/* A white sheet, with its font. */
static void
prepare(struct bh_canvas canvas)
{
    cairo_set_source_rgb(canvas.cr, 1, 1, 1);
    cairo_paint(canvas.cr);
    cairo_select_font_face(canvas.cr, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(canvas.cr, canvas.em);
}

static bh_status
draw(const char *path, struct bh_canvas paper, bh_painter *paint, const void *user,
     struct stream *stream)
{
    cairo_surface_t *surface = new_surface(path, paper, stream);
    paper.cr = cairo_create(surface);
    const bool is_png = cairo_surface_get_type(surface) == CAIRO_SURFACE_TYPE_IMAGE;
    if (!is_png)
        cairo_scale(paper.cr, 72 / paper.dpi, 72 / paper.dpi);
    prepare(paper);
    paint(paper, user);
    cairo_status_t failed = cairo_status(paper.cr);
    cairo_destroy(paper.cr);
    if (is_png && !failed)
        failed = cairo_surface_write_to_png_stream(surface, write_stream, stream);
    cairo_surface_finish(surface);
    if (!failed)
        failed = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (stream->status != BH_OK)
        return stream->status;
    if (failed == CAIRO_STATUS_NO_MEMORY)
        return bh_diag_set(stream->diag, BH_ERR_MEMORY,
                           "no memory for the picture '%s'", path);
    if (failed)
        return bh_diag_set(stream->diag, BH_ERR_FILE, "cannot draw '%s': %s", path,
                           cairo_status_to_string(failed));
    return BH_OK;
}

bh_status
bh_paint_file(const char *path, struct bh_canvas paper, bh_painter *paint,
              const void *user, bh_diag *diag)
{
    struct stream stream = {.diag = diag};
    BH_TRY(bh_output_open(path, &stream.output, diag));
    const bh_status status = draw(path, paper, paint, user, &stream);
    if (status != BH_OK) {
        bh_output_abort(&stream.output);
        return status;
    }
    return bh_output_commit(&stream.output, diag);
}
