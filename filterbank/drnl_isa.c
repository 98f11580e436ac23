/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/bounded_kernel.h"
#include "filterbank/drnl_kernel.h"
#include "filterbank/vector_kernel.h"

#define REAL        float
#define NORMAL_LOG  bh_normal_logf
#define BOUNDED_EXP bh_bounded_expf
#define FABS        fabsf
#define SIGN        copysignf
#include "filterbank/drnl_run.inc"
#undef SIGN
#undef FABS
#undef BOUNDED_EXP
#undef NORMAL_LOG
#undef REAL
#define REAL        double
#define NORMAL_LOG  bh_normal_log
#define BOUNDED_EXP bh_bounded_exp
#define FABS        fabs
#define SIGN        copysign
#include "filterbank/drnl_run.inc"
#undef SIGN
#undef FABS
#undef BOUNDED_EXP
#undef NORMAL_LOG
#undef REAL

#ifndef BH_ONE_LANE
const struct drnl_kernels BH_ISA(bh_drnl_kernels) = {
    .run_float = run_float,
    .run_double = run_double,
};
#endif
