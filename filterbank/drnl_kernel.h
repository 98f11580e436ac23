/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_DRNL_KERNEL_H
#define BH_FILTERBANK_DRNL_KERNEL_H

#include "core/cpu.h"
#include "filterbank/resonator_kernel.h"
#include "filterbank/lane_kernel.h"

#define DRNL_ORDER_MAX 4

/* The fields of a row. A low-pass filter of first order has k in the first field of its
 * resonator. The counts are the same in all lanes. */
enum {
    DRNL_LINEAR,
    DRNL_BEFORE = DRNL_LINEAR + CASCADE_FIELDS,
    DRNL_AFTER = DRNL_BEFORE + CASCADE_FIELDS,
    DRNL_LINEAR_LOWPASS = DRNL_AFTER + CASCADE_FIELDS,
    DRNL_NONLINEAR_LOWPASS = DRNL_LINEAR_LOWPASS + RESONATOR_COEFFS,
    DRNL_A = DRNL_NONLINEAR_LOWPASS + RESONATOR_COEFFS,
    DRNL_LOG_B,
    DRNL_C,
    DRNL_DELTA,       /* 1 where the cascades take the delta form */
    DRNL_FIRST_ORDER, /* 1 where the low-pass filters are of first order */
    DRNL_LINEAR_COUNT,
    DRNL_NONLINEAR_COUNT,
    DRNL_LINEAR_LOWPASSES,
    DRNL_NONLINEAR_LOWPASSES,
    DRNL_LINEAR_STATE,
    DRNL_BEFORE_STATE = DRNL_LINEAR_STATE + 2 * DRNL_ORDER_MAX,
    DRNL_AFTER_STATE = DRNL_BEFORE_STATE + 2 * DRNL_ORDER_MAX,
    DRNL_LINEAR_LOWPASS_STATE = DRNL_AFTER_STATE + 2 * DRNL_ORDER_MAX,
    DRNL_NONLINEAR_LOWPASS_STATE = DRNL_LINEAR_LOWPASS_STATE + 2 * DRNL_ORDER_MAX,
    DRNL_FIELDS = DRNL_NONLINEAR_LOWPASS_STATE + 2 * DRNL_ORDER_MAX
};

struct drnl_kernels {
    bh_rows_run *run_float, *run_double;
};

BH_ISA_DECLARE(struct drnl_kernels, bh_drnl_kernels);

#endif
