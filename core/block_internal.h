/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_BLOCK_INTERNAL_H
#define BH_CORE_BLOCK_INTERNAL_H

#include "core/block.h"

/// Sample (t, ch) of either precision; for where a few are read, not for kernels.
static inline double
bh_block_get(bh_block block, size_t t, size_t ch)
{
    const size_t at = t * block.stride + ch;
    return block.precision == BH_SINGLE ? (double)((const float *)block.data)[at]
                                        : ((const double *)block.data)[at];
}

#endif
