/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/output_internal.h"
#include "io/spikes_internal.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Memory for one cf each is taken up to the largest index, which must not be absurd. */
#define INDEX_MAX 100000000u

struct table {
    const char *path;
    bh_spikes *spikes;
    size_t room;
    size_t cf_room;
    int column_time, column_index, column_cf; /* from 0, or -1 */
    size_t line;
};

static bh_status
bad_line(const struct table *table, const char *what, const char *text, bh_diag *diag)
{
    int length = (int)strcspn(text, ",\r\n");
    return bh_diag_set(diag, BH_ERR_FORMAT, "'%s' line %zu: '%.*s' is not %s",
                       table->path, table->line, length < 60 ? length : 60, text, what);
}

static bool
ends_cell(const char *at)
{
    while (*at == ' ' || *at == '\t')
        at++;
    return *at == ',' || *at == '\r' || *at == '\n' || *at == '\0';
}

/* A decimal number, whatever the locale. Up to 15 digits and a power of ten up to 22
 * are exact doubles, so one division rounds correctly; longer ones lose at most a few
 * units in the last place. */
static bool
read_decimal(const char *at, double *out)
{
    double value = 0;
    int digits = 0, power = 0;
    for (bool point = false;; at++) {
        if (*at == '.' && !point) {
            point = true;
            continue;
        }
        if (!isdigit((unsigned char)*at))
            break;
        value = value * 10 + (*at - '0');
        digits++;
        power -= point;
    }
    if (digits == 0)
        return false;
    if (*at == 'e' || *at == 'E') {
        const int negative = at[1] == '-';
        at += 1 + (at[1] == '-' || at[1] == '+');
        if (!isdigit((unsigned char)*at))
            return false;
        int exponent = 0;
        for (; isdigit((unsigned char)*at); at++)
            exponent = exponent < 1000 ? exponent * 10 + (*at - '0') : exponent;
        power += negative ? -exponent : exponent;
    }
    *out = power < 0 ? value / pow(10, -power) : value * pow(10, power);
    return ends_cell(at) && isfinite(*out);
}

static bool
read_index(const char *at, uint32_t *out)
{
    uint64_t value = 0;
    int digits = 0;
    for (; isdigit((unsigned char)*at) && digits < 11; at++, digits++)
        value = value * 10 + (uint64_t)(*at - '0');
    *out = (uint32_t)value;
    return digits > 0 && value < INDEX_MAX && ends_cell(at);
}

static const char *
cell(const char *line, int column)
{
    for (; column > 0; column--) {
        line = strchr(line, ',');
        if (!line)
            return NULL;
        line++;
    }
    while (*line == ' ' || *line == '\t')
        line++;
    return line;
}

static int
find_column(const char *line, const char *name)
{
    const size_t length = strlen(name);
    const char *at;
    for (int column = 0; (at = cell(line, column)) != NULL; column++)
        if (strncmp(at, name, length) == 0 && ends_cell(at + length))
            return column;
    return -1;
}

static bh_status
read_header(struct table *table, const char *line, bh_diag *diag)
{
    table->column_time = find_column(line, "time_s");
    table->column_index = find_column(line, "index");
    table->column_cf = find_column(line, "cf_hz");
    if (table->column_time < 0 || table->column_index < 0)
        return bh_diag_set(
            diag, BH_ERR_FORMAT,
            "'%s' is not a file of spikes: it is no HDF5 file, and as CSV "
            "its first line must name the columns time_s and index",
            table->path);
    return BH_OK;
}

static bool
grow_spikes(struct table *table)
{
    if (table->spikes->count < table->room)
        return true;
    const size_t room = table->room ? table->room * 2 : 4096;
    double *time_s = realloc(table->spikes->time_s, room * sizeof *time_s);
    if (time_s)
        table->spikes->time_s = time_s;
    uint32_t *index = realloc(table->spikes->index, room * sizeof *index);
    if (index)
        table->spikes->index = index;
    if (!time_s || !index)
        return false;
    table->room = room;
    return true;
}

static bool
set_cf(struct table *table, size_t index, double cf_hz)
{
    if (index >= table->cf_room) {
        size_t room = 2 * (index + 1);
        double *cf = realloc(table->spikes->cf_hz, room * sizeof *cf);
        if (!cf)
            return false;
        for (size_t i = table->cf_room; i < room; i++)
            cf[i] = NAN;
        table->spikes->cf_hz = cf;
        table->cf_room = room;
    }
    table->spikes->cf_hz[index] = cf_hz;
    return true;
}

static bh_status
read_line(struct table *table, const char *line, bh_diag *diag)
{
    const char *time_cell = cell(line, table->column_time);
    const char *index_cell = cell(line, table->column_index);
    bh_spikes *spikes = table->spikes;
    double time_s = 0, cf_hz = 0;
    uint32_t index = 0;
    if (!time_cell || !read_decimal(time_cell, &time_s))
        return bad_line(table, "a time in seconds", time_cell ? time_cell : "", diag);
    if (!index_cell || !read_index(index_cell, &index))
        return bad_line(table, "the index of a neuron", index_cell ? index_cell : "",
                        diag);
    if (table->column_cf >= 0) {
        const char *cf_cell = cell(line, table->column_cf);
        if (!cf_cell || !read_decimal(cf_cell, &cf_hz))
            return bad_line(table, "a frequency in Hz", cf_cell ? cf_cell : "", diag);
    }
    if (!grow_spikes(table) || (table->column_cf >= 0 && !set_cf(table, index, cf_hz)))
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to read '%s'", table->path);
    spikes->time_s[spikes->count] = time_s;
    spikes->index[spikes->count] = index;
    spikes->count++;
    if (index >= spikes->neurons)
        spikes->neurons = (size_t)index + 1;
    return BH_OK;
}

/* A line that begins with #. */
static void
read_remark(struct table *table, const char *line)
{
    static const char key[] = "# partial: ";
    char *why = table->spikes->partial;
    if (strncmp(line, key, sizeof key - 1) != 0)
        return;
    snprintf(why, sizeof table->spikes->partial, "%s", line + sizeof key - 1);
    why[strcspn(why, "\r\n")] = 0;
}

bh_status
bh_spikes_csv_read(const char *path, struct bh_spikes *spikes, bh_diag *diag)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return bh_file_error(diag, "read", path, errno);
    struct table table = {.path = path, .spikes = spikes};
    char *line = NULL;
    size_t size = 0;
    bh_status status = BH_OK;
    while (status == BH_OK && getline(&line, &size, file) >= 0) {
        table.line++;
        if (table.line == 1)
            status = read_header(&table, line, diag);
        else if (*line == '#')
            read_remark(&table, line);
        else if (!ends_cell(line) || *line == ',')
            status = read_line(&table, line, diag);
    }
    if (status == BH_OK && ferror(file))
        status = bh_file_error(diag, "read", path, errno);
    free(line);
    fclose(file);
    return status;
}
