/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_GAMMACHIRP_KERNEL_H
#define BH_FILTERBANK_GAMMACHIRP_KERNEL_H

#include "core/cpu.h"
#include "filterbank/resonator_kernel.h"
#include "filterbank/lane_kernel.h"

/* A stage of asymmetric compensation. Its poles p, p* and its zeros have the same
 * radius, so it is 1 + part u / ((1 - p u) (1 - p* u)), and the fraction is Im s / Im p
 * of the resonator (resonator_kernel.h). */
enum {
    STAGE_NEAR_RE,
    STAGE_MINUS_IM2,
    STAGE_PART,
    STAGE_STATE,
    STAGE_FIELDS = STAGE_STATE + 2
};

/* The fields of a row: a gammatone, with the gain of all, and stages. What is said of
 * the whole filter is the same in all lanes. */
enum {
    CHIRP_NEAR_RE,
    CHIRP_MINUS_IM2,
    CHIRP_GAIN,
    CHIRP_DELTA, /* 1 for the delta form */
    CHIRP_TONE,  /* 1 where there is a gammatone */
    CHIRP_STAGES,
    CHIRP_TONE_STATE,
    CHIRP_STAGE = CHIRP_TONE_STATE + 8
};

struct gammachirp_kernels {
    bh_rows_run *run_float, *run_double;
};

BH_ISA_DECLARE(struct gammachirp_kernels, bh_gammachirp_kernels);

#endif
