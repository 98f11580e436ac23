/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_TABLE_INTERNAL_H
#define BH_IO_TABLE_INTERNAL_H

#include "io/table.h"

#include <stdbool.h>

enum { BH_TABLE_NAME = 64 };

struct bh_table {
    size_t rows, columns;
    double *values;               ///< [columns][rows]
    char (*names)[BH_TABLE_NAME]; ///< [columns]
    double *cf_hz;                ///< [columns], or NULL
};

/// Takes memory for so many rows and columns; BH_ERR_MEMORY without.
bh_status bh_table_make(size_t rows, size_t columns, bh_table **out, bh_diag *diag);

/// `heading`: the first line must be names; otherwise it may be, and where it is
/// numbers the columns have no names.
bh_status bh_table_csv_read(const char *path, bool heading, bh_table **out,
                            bh_diag *diag);
bh_status bh_table_npy_read(const char *path, bh_table **out, bh_diag *diag);
bh_status bh_table_hdf5_read(const char *path, bh_table **out, bh_diag *diag);

/// Fills the first column with time, or 0, 1, 2 ... where the rate is NaN, and names
/// the others ch0, ch1 ...
void bh_table_number(bh_table *table, double samplerate_hz);

#endif
