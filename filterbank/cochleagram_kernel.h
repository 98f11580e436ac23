/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_COCHLEAGRAM_KERNEL_H
#define BH_FILTERBANK_COCHLEAGRAM_KERNEL_H

#include "core/block.h"
#include "core/cpu.h"

/// Each adds the squares of all frames of a block to `sum`, one for each channel, frame
/// after frame: the same bits however the frames come, and on every machine.
struct cochleagram_kernels {
    void (*add_float)(bh_block block, float *sum);
    void (*add_double)(bh_block block, double *sum);
};

BH_ISA_DECLARE(struct cochleagram_kernels, bh_cochleagram_kernels);

#endif
