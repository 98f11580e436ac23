/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_APPROXIMATE_GAMMATONE_KERNEL_H
#define BH_FILTERBANK_APPROXIMATE_GAMMATONE_KERNEL_H

#include "core/cpu.h"
#include "filterbank/resonator_kernel.h"
#include "filterbank/lane_kernel.h"

/* The fields of a row: a cascade, and two numbers of state for each filter of it. The
 * count and the form are the same in all lanes. */
enum {
    APPROXIMATE_COUNT = CASCADE_FIELDS,
    APPROXIMATE_DELTA, /* 1 for the delta form */
    APPROXIMATE_STATE
};

struct approximate_gammatone_kernels {
    bh_rows_run *run_float, *run_double;
};

BH_ISA_DECLARE(struct approximate_gammatone_kernels, bh_approximate_gammatone_kernels);

#endif
