/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/document_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Where things were written, and messages that say so. Lines end as YAML has it but for
 * the rare breaks of Unicode, which editors do not count either. Columns count
 * characters. */

static bool
continues(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

static size_t
line_start(const struct doc_source *source, size_t at)
{
    while (at > 0 && source->text[at - 1] != '\n')
        at--;
    return at;
}

void
doc_place(const struct doc_source *source, size_t at, int *line, int *column)
{
    const size_t start = line_start(source, at);
    *line = *column = 1;
    for (size_t i = 0; i < start; i++)
        *line += source->text[i] == '\n';
    for (size_t i = start; i < at; i++)
        *column += !continues(source->text[i + 1]);
}

/* The line around `at`, or the part of it around that, for people to look at. */
static void
set_excerpt(bh_diag *diag, const struct doc_source *source, size_t at)
{
    const size_t room = sizeof diag->excerpt - 1;
    size_t start = line_start(source, at), end = at;
    while (end < source->size && source->text[end] != '\n')
        end++;
    if (end > start && source->text[end - 1] == '\r' && end - 1 >= at)
        end--;
    if (end - start > room && at - start > room / 2)
        start = at - room / 2;
    while (start < at && continues(source->text[start]))
        start++;
    if (end - start > room)
        end = start + room;
    while (end > at && end < source->size && continues(source->text[end]))
        end--;
    diag->caret = 1;
    for (size_t i = start; i < end; i++) {
        const unsigned char c = (unsigned char)source->text[i];
        diag->excerpt[i - start] = c < ' ' || c == 127 ? ' ' : (char)c;
        diag->caret += i < at && !continues(source->text[i + 1]);
    }
    diag->excerpt[end - start] = 0;
}

/* The name of a source that is longer than there is room for keeps its end. */
static void
set_where(bh_diag *diag, const char *name)
{
    const size_t room = sizeof diag->where - 1, length = strlen(name);
    if (length <= room)
        strcpy(diag->where, name);
    else
        snprintf(diag->where, sizeof diag->where, "...%s", name + length - room + 3);
}

static void
point_at(bh_diag *diag, const struct doc_source *source, size_t at)
{
    if (!diag)
        return;
    set_where(diag, source->name);
    doc_place(source, at, &diag->line, &diag->column);
    set_excerpt(diag, source, at);
}

static bh_status
set_sentence(bh_diag *diag, bh_status status, const char *format, va_list args)
{
    char text[sizeof diag->text];
    vsnprintf(text, sizeof text, format, args);
    return bh_diag_set(diag, status, "%s", text);
}

bh_status
doc_source_error(bh_diag *diag, const struct doc_source *source, size_t at,
                 bh_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_sentence(diag, status, format, args);
    va_end(args);
    point_at(diag, source, at < source->size ? at : source->size);
    return status;
}

bh_status
doc_error(bh_diag *diag, const struct doc_node *node, bh_status status,
          const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_sentence(diag, status, format, args);
    va_end(args);
    if (node)
        point_at(diag, node->source, node->begin);
    return status;
}

void
doc_point(bh_diag *diag, const struct doc_node *node, int line, int column)
{
    size_t at = node->begin, offset = 0;
    if (!diag)
        return;
    if (line > 0 && node->kind == DOC_SCALAR) {
        for (int i = 1; i < line && offset < node->length; offset++)
            i += node->text[offset] == '\n';
        offset += column > 0 ? (size_t)column - 1 : 0;
        if (!doc_map(node, offset, &at))
            at = node->begin;
    }
    point_at(diag, node->source, at);
}

/* Walks over the source of a scalar and its text side by side. */
struct walk {
    const struct doc_node *node;
    const char *raw; /* the source */
    size_t at, end;
    size_t indent; /* of a block scalar */
};

static bool
is_break(const struct walk *w)
{
    return w->at < w->end && (w->raw[w->at] == '\n' || w->raw[w->at] == '\r');
}

/* Past the end of a line, and the indentation of the next. */
static void
pass_break(struct walk *w)
{
    w->at += w->raw[w->at] == '\r' && w->at + 1 < w->end && w->raw[w->at + 1] == '\n';
    w->at++;
    size_t most = w->indent ? w->indent : (size_t)-1;
    while (w->at < w->end && most > 0 &&
           (w->raw[w->at] == ' ' || (!w->indent && w->raw[w->at] == '\t'))) {
        w->at++;
        most--;
    }
}

/* To the first character of the text, past "|", quotes and so on. */
static bool
walk_start(struct walk *w)
{
    const enum doc_style style = w->node->style;
    /* an anchor or a tag stands before what the node is */
    if (w->at < w->end && w->raw[w->at] == '&') {
        while (w->at < w->end && !strchr(" \n\r", w->raw[w->at]))
            w->at++;
        while (w->at < w->end && w->raw[w->at] == ' ')
            w->at++;
    }
    if (style == DOC_SINGLE || style == DOC_DOUBLE)
        w->at++;
    if (style != DOC_LITERAL && style != DOC_FOLDED)
        return w->at <= w->end;
    while (w->at < w->end && !is_break(w))
        w->at++;
    if (!is_break(w))
        return false;
    /* the first line with something in it has the indentation of all */
    for (size_t at = w->at, column = 0; at < w->end; at++) {
        if (w->raw[at] == '\n' || w->raw[at] == '\r')
            column = 0;
        else if (w->raw[at] == ' ')
            column++;
        else {
            w->indent = column;
            break;
        }
    }
    pass_break(w);
    return true;
}

/* Past blanks at the end of a line of a flow scalar, or not at all. */
static void
skip_trailing(struct walk *w)
{
    size_t at = w->at;
    while (at < w->end && (w->raw[at] == ' ' || w->raw[at] == '\t'))
        at++;
    if (at > w->at && at < w->end && (w->raw[at] == '\n' || w->raw[at] == '\r'))
        w->at = at;
}

/* Past a backslash and what it stands for, where that is c. */
static bool
step_escape(struct walk *w, char c)
{
    static const char letters[] = "n\nt\tr\r\"\"\\\\//  ";
    const char letter = w->at + 1 < w->end ? w->raw[w->at + 1] : 0;
    w->at += 2;
    for (size_t i = 0; letters[i]; i += 2)
        if (letters[i] == letter)
            return letters[i + 1] == c;
    return false;
}

/* Past line breaks that a backslash takes out. */
static void
skip_escaped_breaks(struct walk *w)
{
    while (w->node->style == DOC_DOUBLE && w->at + 1 < w->end &&
           w->raw[w->at] == '\\' &&
           (w->raw[w->at + 1] == '\n' || w->raw[w->at + 1] == '\r')) {
        w->at++;
        pass_break(w);
    }
}

/* One character of the text; false where the source does not have it here. */
static bool
step(struct walk *w, char c, char following)
{
    const bool block = w->node->style == DOC_LITERAL || w->node->style == DOC_FOLDED;
    if (!block && (c == ' ' || c == '\n'))
        skip_trailing(w);
    skip_escaped_breaks(w);
    if (w->at >= w->end)
        return false;
    if (w->node->style == DOC_DOUBLE && w->raw[w->at] == '\\')
        return step_escape(w, c);
    if (w->node->style == DOC_SINGLE && c == '\'' && w->raw[w->at] == '\'')
        w->at++;
    if (is_break(w) && (c == '\n' || (c == ' ' && w->node->style != DOC_LITERAL))) {
        pass_break(w);
        /* a line break that is kept is written as two, where lines are folded */
        while (w->node->style != DOC_LITERAL && is_break(w) && following != '\n')
            pass_break(w);
        return true;
    }
    return w->raw[w->at++] == c;
}

bool
doc_map(const struct doc_node *scalar, size_t offset, size_t *out)
{
    struct walk w = {.node = scalar,
                     .raw = scalar->source->text,
                     .at = scalar->begin,
                     .end = scalar->end};
    if (offset > scalar->length || !walk_start(&w))
        return false;
    for (size_t i = 0; i < offset; i++)
        if (!step(&w, scalar->text[i], scalar->text[i + 1]))
            return false;
    skip_escaped_breaks(&w);
    *out = w.at;
    return w.at <= w.end;
}
