/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/math_kernel.h"
#include "filterbank/drnl_kernel.h"
#include "filterbank/vector_kernel.h"

#include <stdalign.h>
#include <stdbool.h>

#define REAL float
#define LOG  bh_logf
#define EXP  bh_expf
#define FABS fabsf
#define SIGN copysignf
#include "filterbank/drnl_run.inc"
#undef SIGN
#undef FABS
#undef EXP
#undef LOG
#undef REAL
#define REAL double
#define LOG  bh_log
#define EXP  bh_exp
#define FABS fabs
#define SIGN copysign
#include "filterbank/drnl_run.inc"
#undef SIGN
#undef FABS
#undef EXP
#undef LOG
#undef REAL

const struct drnl_kernels BH_ISA(bh_drnl_kernels) = {
    .run_float = run_float,
    .run_double = run_double,
};
