/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_TABLE_KERNEL_H
#define BH_NEURONS_TABLE_KERNEL_H

/* Values over time, as equations look them up: first the row of a time, then a column.
 * The library and the code it generates, for processors and for GPUs, include this same
 * text. */

#ifndef __CUDACC_RTC__
#include <math.h>
#include <stdint.h>
#endif

#ifdef __CUDACC__
#define BH_TABLE static __device__ inline
#else
#define BH_TABLE static inline
#endif

typedef struct bh_table {
    const double *value; /* [rows][columns], SI units */
    const double *time;  /* of each row, s, rising; NULL: evenly */
    int64_t rows, columns;
    double start; /* s: of row 0 */
    double fine;  /* s: a part of the time between two rows */
    double parts; /* so many are a row */
    double late;  /* s: how much rounding may have taken from a time */
} bh_table;

/* Evenly: floor((t/fine + 1/2) / parts), where fine is so much less than a step that
 * times which should be equal to a row's beginning count as such (Brian 2's rule,
 * brian2/input/timedarray.py); else the last row that has begun. Times before the first
 * row see the first, those behind the last see the last. */
BH_TABLE double
bh_table_row(const bh_table *table, double t)
{
    double last = (double)(table->rows - 1), row;
    if (!table->time) {
        row = floor(((t - table->start) / table->fine + 0.5) / table->parts);
        return row > 0 ? (row < last ? row : last) : 0;
    }
    int64_t low = 0, high = table->rows; /* row low has begun, row high has not */
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (table->time[middle] <= t + table->late)
            low = middle;
        else
            high = middle;
    }
    return (double)low;
}

/* Columns that do not exist have no value. */
BH_TABLE double
bh_table_cell(const bh_table *table, double row, double column)
{
    if (!(column >= 0 && column < (double)table->columns))
        return NAN;
    return table->value[(int64_t)row * table->columns + (int64_t)column];
}

#endif
