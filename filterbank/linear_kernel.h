/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_LINEAR_KERNEL_H
#define BH_FILTERBANK_LINEAR_KERNEL_H

/* Coefficients and state of chains of recursive filters, BH_LANES channels side by
 * side, and the kernel that advances rows of them in time. */

#include "core/block.h"
#include "core/cpu.h"
#include "filterbank/lane_kernel.h"

/// One row is, stage after stage, b0 ... bm, -a1 ... -am and the states z1 ... zm, each
/// BH_LANES doubles.
struct linear_shape {
    size_t order; ///< m, one of those that linear_order gives
    size_t stages;
};

static inline size_t
linear_stage_size(size_t order)
{
    return (3 * order + 1) * BH_LANES;
}

/// The order that has a kernel and room for `order`.
static inline size_t
linear_order(size_t order)
{
    if (order <= 1)
        return 1;
    return order <= 4 ? order : (order + 1) / 2 * 2;
}

/// Each filters all frames and channels of `out`; `in` has 1 channel or those of `out`.
struct linear_kernels {
    void (*run_float)(struct linear_shape shape, double *rows, bh_block in,
                      bh_block out);
    void (*run_double)(struct linear_shape shape, double *rows, bh_block in,
                       bh_block out);
};

BH_ISA_DECLARE(struct linear_kernels, bh_linear_kernels);

#endif
