/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* getline */
#include "io/table_internal.h"

#include "core/text.h"
#include "io/output_internal.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file as it is read: rows one behind the other. */
struct reading {
    const char *path;
    FILE *file;
    char *line;
    size_t line_size, number;
    double *cells;
    size_t columns, count, room;
    bool binary; /* a byte that no text has was read */
    int error;   /* of reading; 0: none */
};

static const char *
skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

static bool
next_line(struct reading *reading)
{
    ssize_t length;
    while ((length = getline(&reading->line, &reading->line_size, reading->file)) >=
           0) {
        reading->number++;
        reading->binary = reading->binary || memchr(reading->line, 0, (size_t)length);
        reading->line[strcspn(reading->line, "\r\n")] = '\0';
        if (reading->line[0] != '#' && *skip_blanks(reading->line))
            return true;
    }
    reading->error = feof(reading->file) ? 0 : errno;
    return false;
}

static bh_status
add_cell(struct reading *reading, double value, bh_diag *diag)
{
    if (reading->count == reading->room) {
        const size_t room = reading->room ? 2 * reading->room : 4096;
        double *cells = realloc(reading->cells, room * sizeof *cells);
        if (!cells)
            return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to read '%s'",
                               reading->path);
        reading->cells = cells;
        reading->room = room;
    }
    reading->cells[reading->count++] = value;
    return BH_OK;
}

/* A number, or nothing, up to a comma or the end, where `at` is then. */
static bool
read_cell(const char **at, double *value)
{
    const char *begin = skip_blanks(*at);
    char *end = NULL;
    *value = bh_text_number(begin, &end);
    if (end == begin)
        *value = NAN;
    *at = skip_blanks(end);
    return **at == ',' || **at == '\0';
}

static bh_status
read_row(struct reading *reading, bh_diag *diag)
{
    const char *at = reading->line;
    for (size_t c = 0; c < reading->columns; c++) {
        const char *begin = skip_blanks(at);
        const size_t length = strcspn(begin, ",");
        const bool last = c + 1 == reading->columns;
        double value = NAN;
        if (!read_cell(&at, &value))
            return bh_diag_set(diag, BH_ERR_FORMAT,
                               "'%s' line %zu: '%.*s' is not a number", reading->path,
                               reading->number, (int)(length < 60 ? length : 60),
                               begin);
        if (*at != (last ? '\0' : ','))
            return bh_diag_set(diag, BH_ERR_FORMAT,
                               "'%s' line %zu has %s than the %zu cells of the first",
                               reading->path, reading->number, last ? "more" : "fewer",
                               reading->columns);
        BH_TRY(add_cell(reading, value, diag));
        at++;
    }
    return BH_OK;
}

/* A text whose first cell is a name: neither a number, be it inf or nan, nor of a file
 * of bytes. */
static bool
is_header(const char *line)
{
    const char *at = skip_blanks(line);
    for (const char *c = line; *c; c++)
        if ((unsigned char)*c < ' ' && *c != '\t')
            return false;
    char *end = NULL;
    (void)bh_text_number(at, &end);
    const char *rest = skip_blanks(end);
    if (end > at && (*rest == ',' || *rest == 0))
        return false;
    return isalpha((unsigned char)*at) || *at == '_' || *at == '"';
}

static bh_status
read_all(struct reading *reading, bool heading, char **header, bh_diag *diag)
{
    const bool any = next_line(reading) && !reading->binary;
    const bool named = any && is_header(reading->line);
    if (heading && !named)
        return bh_diag_set(diag, BH_ERR_FORMAT,
                           "'%s' is no table: CSV begins with a line of names, such as "
                           "time_s,ch0",
                           reading->path);
    if (!any)
        return bh_diag_set(diag, BH_ERR_FORMAT, "'%s' has no rows of numbers",
                           reading->path);
    reading->columns = 1;
    for (const char *at = reading->line; *at; at++)
        reading->columns += *at == ',';
    if (!named)
        BH_TRY(read_row(reading, diag));
    else if (!(*header = strdup(reading->line)))
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to read '%s'",
                           reading->path);
    while (next_line(reading))
        BH_TRY(read_row(reading, diag));
    return BH_OK;
}

/* Columns are kept one by one, since a curve is one of them. */
static bh_status
turn(const struct reading *reading, const char *header, bh_table **out, bh_diag *diag)
{
    bh_table *table = NULL;
    const size_t rows = reading->count / reading->columns;
    BH_TRY(bh_table_make(rows, reading->columns, &table, diag));
    for (size_t c = 0; c < reading->columns; c++) {
        const size_t length = header ? strcspn(header, ",") : 0;
        if (header)
            snprintf(table->names[c], BH_TABLE_NAME, "%.*s",
                     (int)(length < BH_TABLE_NAME ? length : BH_TABLE_NAME - 1),
                     header);
        header = header ? header + length + 1 : NULL;
        for (size_t r = 0; r < rows; r++)
            table->values[c * rows + r] = reading->cells[r * reading->columns + c];
    }
    *out = table;
    return BH_OK;
}

bh_status
bh_table_csv_read(const char *path, bool heading, bh_table **out, bh_diag *diag)
{
    struct reading reading = {.path = path, .file = fopen(path, "rb")};
    char *header = NULL;
    if (!reading.file)
        return bh_file_error(diag, "read", path, errno);
    bh_status status = read_all(&reading, heading, &header, diag);
    if (reading.error)
        status = bh_file_error(diag, "read", path, reading.error);
    if (status == BH_OK)
        status = turn(&reading, header, out, diag);
    fclose(reading.file);
    free(reading.line);
    free(reading.cells);
    free(header);
    return status;
}
