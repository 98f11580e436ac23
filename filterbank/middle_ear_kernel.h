/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_MIDDLE_EAR_KERNEL_H
#define BH_FILTERBANK_MIDDLE_EAR_KERNEL_H

#include "core/cpu.h"
#include "filterbank/resonator_kernel.h"
#include "filterbank/lane_kernel.h"

/* The fields of a row: two resonators, one after the other, then their states. */
enum {
    MIDDLE_EAR_LOW,
    MIDDLE_EAR_HIGH = MIDDLE_EAR_LOW + RESONATOR_COEFFS,
    MIDDLE_EAR_STATE = MIDDLE_EAR_HIGH + RESONATOR_COEFFS,
    MIDDLE_EAR_FIELDS = MIDDLE_EAR_STATE + 4
};

struct middle_ear_kernels {
    bh_rows_run *run_float, *run_double;
};

BH_ISA_DECLARE(struct middle_ear_kernels, bh_middle_ear_kernels);

#endif
