/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_ORDER_INTERNAL_H
#define BH_CORE_ORDER_INTERNAL_H

/// For qsort and bsearch: doubles, rising.
static inline int
bh_double_rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

#endif
