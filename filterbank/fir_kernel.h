/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_FIR_KERNEL_H
#define BH_FILTERBANK_FIR_KERNEL_H

/* Sums of products for BH_LANES filters side by side. */

#include "core/block.h"
#include "core/cpu.h"
#include "filterbank/filterbank_ops.h"

#include <stdbool.h>

struct fir_row {
    const double *taps; ///< [length][BH_LANES]
    size_t length;
    /// The first frame of the block, with length - 1 frames of the past before it: of
    /// one channel, or [frames][BH_LANES] where `wide`.
    const double *sound;
    bool wide;
    const double *more; ///< [frames][BH_LANES] to begin the sums with, or NULL
};

/// Filters for all frames of `out`, which has BH_LANES channels.
struct fir_kernels {
    void (*run_float)(const struct fir_row *row, bh_block out);
    void (*run_double)(const struct fir_row *row, bh_block out);
};

BH_ISA_DECLARE(struct fir_kernels, bh_fir_kernels);

#endif
