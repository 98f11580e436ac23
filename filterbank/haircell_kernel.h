/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_HAIRCELL_KERNEL_H
#define BH_FILTERBANK_HAIRCELL_KERNEL_H

#include "core/cpu.h"
#include "filterbank/lane_kernel.h"

/* The fields of a row; rates are for one sample. */
enum {
    HAIRCELL_SCALE,
    HAIRCELL_A,
    HAIRCELL_B,
    HAIRCELL_G,
    HAIRCELL_Y,
    HAIRCELL_L,
    HAIRCELL_R,
    HAIRCELL_X,
    HAIRCELL_M,
    HAIRCELL_H,
    HAIRCELL_Q, /* state: each store, and what rounding took from it */
    HAIRCELL_Q_REST,
    HAIRCELL_C,
    HAIRCELL_W,
    HAIRCELL_W_REST,
    HAIRCELL_FIELDS
};

struct haircell_kernels {
    bh_rows_run *run_float, *run_double;
};

BH_ISA_DECLARE(struct haircell_kernels, bh_haircell_kernels);

#endif
