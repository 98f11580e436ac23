/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_GAMMATONE_KERNEL_H
#define BH_FILTERBANK_GAMMATONE_KERNEL_H

/* Coefficients and state of BH_LANES gammatone filters, side by side, and the kernels
 * that advance rows of them in time. */

#include "core/block.h"
#include "core/cpu.h"
#include "filterbank/filterbank_ops.h"

#include <stdalign.h>
#include <stdbool.h>

struct gammatone_row_float {
    alignas(64) float near_re[BH_LANES]; ///< pole_re, or pole_re - 1 where `delta`
    float minus_im2[BH_LANES];           ///< -pole_im^2
    float gain[BH_LANES];
    float re[4][BH_LANES], im[4][BH_LANES]; ///< the stages; im / pole_im
    bool delta; ///< s += in + (pole - 1) s: one operation more, no error in 1 - pole
};

struct gammatone_row_double {
    alignas(64) double near_re[BH_LANES];
    double minus_im2[BH_LANES];
    double gain[BH_LANES];
    double re[4][BH_LANES], im[4][BH_LANES];
    bool delta;
};

/// Each filters all frames and channels of `out`; `in` has 1 channel or those of `out`.
struct gammatone_kernels {
    void (*run_float)(struct gammatone_row_float *rows, bh_block in, bh_block out);
    void (*run_double)(struct gammatone_row_double *rows, bh_block in, bh_block out);
};

BH_ISA_DECLARE(struct gammatone_kernels, bh_gammatone_kernels);

#endif
