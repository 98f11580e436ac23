/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/table_internal.h"

#include "io/output_internal.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An array of no rows has no bytes that would bound its columns. */
enum { COLUMNS_MAX = 1 << 20 };

/* What the header says: a Python dictionary of three entries (NumPy Enhancement
 * Proposal 1). */
struct shape {
    size_t rows, columns, size; /* of an element: 4 or 8 */
};

static bool
little_endian(void)
{
    const uint16_t one = 1;
    return *(const uint8_t *)&one == 1;
}

static bool
read_shape(const char *text, struct shape *shape)
{
    const char *descr = strstr(text, "'descr':"), *size = strstr(text, "'shape':");
    const char *order = strstr(text, "'fortran_order': False");
    char byte_order = 0, end = 0;
    unsigned long long rows = 0, columns = 1;
    if (!descr || !order || !size ||
        sscanf(descr, "'descr': '%cf%zu'", &byte_order, &shape->size) != 2)
        return false;
    const bool one = sscanf(size, "'shape': (%llu,%c", &rows, &end) == 2 && end == ')';
    const bool two = sscanf(size, "'shape': (%llu, %llu%c", &rows, &columns, &end) ==
                         3 &&
                     end == ')';
    shape->rows = (size_t)rows;
    shape->columns = two ? (size_t)columns : 1;
    return (one || two) && byte_order == (little_endian() ? '<' : '>') &&
           shape->columns <= COLUMNS_MAX && (shape->size == 4 || shape->size == 8);
}

static bool
read_header(FILE *file, struct shape *shape)
{
    unsigned char head[12];
    char text[4096] = "";
    if (fread(head, 1, 10, file) != 10)
        return false;
    size_t length = head[8] | (size_t)head[9] << 8;
    if (head[6] >= 2) {
        if (fread(head + 10, 1, 2, file) != 2)
            return false;
        length |= (size_t)head[10] << 16 | (size_t)head[11] << 24;
    }
    return length < sizeof text && fread(text, 1, length, file) == length &&
           read_shape(text, shape);
}

/* The bytes that are left in the file. */
static uint64_t
rest_of(FILE *file)
{
    const long at = ftell(file);
    if (at < 0 || fseek(file, 0, SEEK_END) != 0)
        return 0;
    const long end = ftell(file);
    return fseek(file, at, SEEK_SET) == 0 && end > at ? (uint64_t)(end - at) : 0;
}

static bool
read_rows(FILE *file, const struct shape *shape, bh_table *table)
{
    unsigned char *row = malloc(shape->columns * shape->size + 1);
    bool whole = row != NULL;
    for (size_t r = 0; whole && r < shape->rows; r++) {
        whole = fread(row, shape->size, shape->columns, file) == shape->columns;
        for (size_t c = 0; whole && c < shape->columns; c++) {
            float single;
            double value;
            memcpy(&single, row + c * shape->size, sizeof single);
            memcpy(&value, row + (shape->size == 8 ? c * 8 : 0),
                   shape->size == 8 ? 8 : 0);
            table->values[(c + 1) * shape->rows + r] =
                shape->size == 8 ? value : (double)single;
        }
    }
    free(row);
    return whole;
}

bh_status
bh_table_npy_read(const char *path, bh_table **out, bh_diag *diag)
{
    struct shape shape = {0};
    FILE *file = fopen(path, "rb");
    if (!file)
        return bh_file_error(diag, "read", path, errno);
    bh_status status = BH_OK;
    bh_table *table = NULL;
    const bool known = read_header(file, &shape);
    const uint64_t rest = rest_of(file);
    if (!known)
        status =
            bh_diag_set(diag, BH_ERR_FORMAT,
                        "'%s' is an array that cannot be read; it must have one or "
                        "two dimensions of float32 or float64 in C order, with at "
                        "most %d columns",
                        path, COLUMNS_MAX);
    else if (shape.columns == 0 || shape.rows > rest / shape.size / shape.columns)
        status = bh_diag_set(diag, BH_ERR_FORMAT,
                             "'%s' is cut short: %zu x %zu numbers do not fit into it",
                             path, shape.rows, shape.columns);
    if (status == BH_OK)
        status = bh_table_make(shape.rows, shape.columns + 1, &table, diag);
    if (status == BH_OK) {
        bh_table_number(table, NAN);
        if (!read_rows(file, &shape, table))
            status = bh_file_error(diag, "read", path, errno);
    }
    fclose(file);
    if (status == BH_OK)
        *out = table;
    else
        bh_table_free(table);
    return status;
}
