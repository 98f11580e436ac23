/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/approximate_gammatone_kernel.h"
#include "filterbank/vector_kernel.h"

#define REAL float
#include "filterbank/approximate_gammatone_run.inc"
#undef REAL
#define REAL double
#include "filterbank/approximate_gammatone_run.inc"
#undef REAL

#ifndef BH_ONE_LANE
const struct approximate_gammatone_kernels BH_ISA(bh_approximate_gammatone_kernels) = {
    .run_float = run_float,
    .run_double = run_double,
};
#endif
