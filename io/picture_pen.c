/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* M_PI */
#include "io/picture_internal.h"

#include <math.h>
#include <string.h>

void
bh_set_ink(cairo_t *cr, double alpha)
{
    cairo_set_source_rgba(cr, 0.09, 0.10, 0.13, alpha);
}

void
bh_draw_text(struct bh_canvas canvas, const char *text, double x, double y,
             double across, double up, bool turned)
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

double
bh_text_width(struct bh_canvas canvas, const char *text)
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

void
bh_draw_frame(struct bh_canvas canvas, struct bh_panel panel)
{
    cairo_rectangle(canvas.cr, panel.x - 0.5, panel.y - 0.5, panel.width + 1,
                    panel.height + 1);
    bh_set_ink(canvas.cr, 1);
    cairo_set_line_width(canvas.cr, canvas.em / 20);
    cairo_stroke(canvas.cr);
}

void
bh_draw_tick(struct bh_canvas canvas, struct bh_panel panel, enum bh_side side,
             const struct bh_tick *tick, bool with_label)
{
    const double em = canvas.em;
    const double length = (tick->label[0] ? 0.33 : 0.18) * em;
    const double bottom = panel.y + panel.height, right = panel.x + panel.width;
    const double x = sharp(panel.x + fmin(tick->at, 1) * panel.width);
    const double y = sharp(bottom - fmin(tick->at, 1) * panel.height);
    if (side == BH_BOTTOM) {
        cairo_move_to(canvas.cr, x, bottom);
        cairo_line_to(canvas.cr, x, bottom + length);
    } else if (side == BH_LEFT) {
        cairo_move_to(canvas.cr, panel.x, y);
        cairo_line_to(canvas.cr, panel.x - length, y);
    } else {
        cairo_move_to(canvas.cr, right, y);
        cairo_line_to(canvas.cr, right + length, y);
    }
    cairo_stroke(canvas.cr);
    if (!tick->label[0] || !with_label)
        return;
    if (side == BH_BOTTOM)
        bh_draw_text(canvas, tick->label, x, bottom + 0.6 * em, 0.5, 1, false);
    else if (side == BH_LEFT)
        bh_draw_text(canvas, tick->label, panel.x - 0.55 * em, y, 1, 0.5, false);
    else
        bh_draw_text(canvas, tick->label, right + 0.5 * em, y, 0, 0.5, false);
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
void
bh_draw_title(struct bh_canvas canvas, struct bh_panel panel, const char *title)
{
    char text[300] = "";
    size_t used = 0, fits = 0; /* `fits`: up to where an ellipsis has room too */
    const double room = panel.width - bh_text_width(canvas, "\xe2\x80\xa6");
    while (*title && used < 280) {
        const size_t length = letter_length(title);
        memcpy(text + used, length ? title : "?", length ? length : 1);
        used += length ? length : 1;
        title += length ? length : 1;
        text[used] = '\0';
        if (bh_text_width(canvas, text) <= room)
            fits = used;
    }
    if (*title || bh_text_width(canvas, text) > panel.width)
        strcpy(text + fits, "\xe2\x80\xa6");
    bh_draw_text(canvas, text, panel.x, panel.y - 0.65 * canvas.em, 0, 0, false);
}
