/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/gammatone_kernel.h"
#include "filterbank/resonator_kernel.h"
#include "filterbank/vector_kernel.h"

#define REAL float
#include "filterbank/gammatone_run.inc"
#undef REAL
#define REAL double
#include "filterbank/gammatone_run.inc"
#undef REAL

#ifndef BH_ONE_LANE
const struct gammatone_kernels BH_ISA(bh_gammatone_kernels) = {
    .run_float = run_float,
    .run_double = run_double,
};
#endif
