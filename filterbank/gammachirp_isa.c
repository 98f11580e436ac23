/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/gammachirp_kernel.h"
#include "filterbank/vector_kernel.h"

#define REAL float
#include "filterbank/gammachirp_run.inc"
#undef REAL
#define REAL double
#include "filterbank/gammachirp_run.inc"
#undef REAL

#ifndef BH_ONE_LANE
const struct gammachirp_kernels BH_ISA(bh_gammachirp_kernels) = {
    .run_float = run_float,
    .run_double = run_double,
};
#endif
