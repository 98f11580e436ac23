/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_TABLE_H
#define BH_IO_TABLE_H

/* Numbers in columns, read back from a file: waveforms of channels, traces of monitors,
 * results of an analysis. All of it is in memory. The HDF5 library keeps global state:
 * call from one thread at a time. */

#include "core/status.h"

#include <stddef.h>

BH_BEGIN_DECLS

typedef struct bh_table bh_table;

/// Reads a table by what is in the file, not by its name:
///
/// CSV   a header line of names, then one row a line; an empty cell is NaN, and lines
///       that begin with # are remarks.
/// NumPy an array (.npy) of one or two dimensions, floats or doubles in C order and the
///       byte order of this machine; the columns of the array follow a column "sample",
///       0, 1, 2 ...
/// HDF5  a dataset /frames of shape [rows][columns], as io/frames.h writes it; its
///       columns follow a column "time_s", or "sample" where there is no sample rate.
///       They are named by /cf_hz, in Hz, or ch0, ch1 ...
///
/// BH_ERR_FORMAT for anything else, and for a CSV file with a cell that is no number.
BH_API BH_NODISCARD bh_status bh_table_read(const char *path, bh_table **out,
                                            bh_diag *diag);
/// NULL is allowed.
BH_API void bh_table_free(bh_table *table);

BH_API size_t bh_table_rows(const bh_table *table);
BH_API size_t bh_table_columns(const bh_table *table);
/// The name of a column; lives as long as the table.
BH_API const char *bh_table_name(const bh_table *table, size_t column);
/// The values of a column, [rows], borrowed.
BH_API const double *bh_table_column(const bh_table *table, size_t column);
/// Centre frequency of a column of a file that has them, Hz; NaN otherwise.
BH_API double bh_table_cf(const bh_table *table, size_t column);

BH_END_DECLS

#endif
