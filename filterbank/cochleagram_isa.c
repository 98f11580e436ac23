/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/cochleagram_kernel.h"
#include "filterbank/vector_kernel.h"

#define REAL float
#include "filterbank/cochleagram_add.inc"
#undef REAL
#define REAL double
#include "filterbank/cochleagram_add.inc"
#undef REAL

const struct cochleagram_kernels BH_ISA(bh_cochleagram_kernels) = {
    .add_float = add_float,
    .add_double = add_double,
};
