/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/middle_ear_kernel.h"
#include "filterbank/vector_kernel.h"

#define REAL float
#include "filterbank/middle_ear_run.inc"
#undef REAL
#define REAL double
#include "filterbank/middle_ear_run.inc"
#undef REAL

#ifndef BH_ONE_LANE
const struct middle_ear_kernels BH_ISA(bh_middle_ear_kernels) = {
    .run_float = run_float,
    .run_double = run_double,
};
#endif
