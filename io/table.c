/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/table.h"

#include "io/output_internal.h"
#include "io/spikes_internal.h"
#include "io/table_internal.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bh_status
bh_table_make(size_t rows, size_t columns, bh_table **out, bh_diag *diag)
{
    bh_table *table = calloc(1, sizeof *table);
    const size_t most = SIZE_MAX / sizeof *table->values / (columns ? columns : 1);
    if (table && rows < most && columns < SIZE_MAX / BH_TABLE_NAME) {
        table->rows = rows;
        table->columns = columns;
        table->values = malloc((rows * columns + 1) * sizeof *table->values);
        table->names = calloc(columns + 1, sizeof *table->names);
    }
    if (!table || !table->values || !table->names) {
        bh_table_free(table);
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "no memory for a table of %zu x %zu numbers", rows, columns);
    }
    *out = table;
    return BH_OK;
}

void
bh_table_number(bh_table *table, double samplerate_hz)
{
    snprintf(table->names[0], BH_TABLE_NAME, "%s",
             isnan(samplerate_hz) ? "sample" : "time_s");
    for (size_t t = 0; t < table->rows; t++)
        table->values[t] = isnan(samplerate_hz) ? (double)t : (double)t / samplerate_hz;
    for (size_t c = 1; c < table->columns; c++)
        snprintf(table->names[c], BH_TABLE_NAME, "ch%zu", c - 1);
}

bh_status
bh_table_read(const char *path, bh_table **out, bh_diag *diag)
{
    char magic[6] = "";
    errno = 0;
    FILE *file = fopen(path, "rb");
    if (!file)
        return bh_file_error(diag, "read", path, errno);
    const size_t got = fread(magic, 1, sizeof magic, file);
    const int error = ferror(file) ? errno : 0;
    fclose(file);
    if (error)
        return bh_file_error(diag, "read", path, error);
    if (got == sizeof magic && memcmp(magic, "\x93NUMPY", 6) == 0)
        return bh_table_npy_read(path, out, diag);
    if (bh_spikes_is_hdf5(path))
        return bh_table_hdf5_read(path, out, diag);
    return bh_table_csv_read(path, true, out, diag);
}

void
bh_table_free(bh_table *table)
{
    if (!table)
        return;
    free(table->values);
    free(table->names);
    free(table->cf_hz);
    free(table);
}

size_t
bh_table_rows(const bh_table *table)
{
    return table->rows;
}

size_t
bh_table_columns(const bh_table *table)
{
    return table->columns;
}

const char *
bh_table_name(const bh_table *table, size_t column)
{
    return table->names[column];
}

const double *
bh_table_column(const bh_table *table, size_t column)
{
    return table->values + column * table->rows;
}

double
bh_table_cf(const bh_table *table, size_t column)
{
    return table->cf_hz ? table->cf_hz[column] : NAN;
}
