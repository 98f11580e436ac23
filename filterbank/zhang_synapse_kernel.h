/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_ZHANG_SYNAPSE_KERNEL_H
#define BH_FILTERBANK_ZHANG_SYNAPSE_KERNEL_H

#include "core/cpu.h"
#include "filterbank/lane_kernel.h"

/* The fields of a row. */
enum {
    ZHANG_P1,
    ZHANG_P2,
    ZHANG_LOCAL,          /* P_L */
    ZHANG_GLOBAL,         /* P_G */
    ZHANG_GLOBAL_CONTENT, /* C_G */
    ZHANG_IMMEDIATE_STEP, /* 1 / (samplerate V_I) */
    ZHANG_LOCAL_STEP,     /* 1 / (samplerate V_L) */
    ZHANG_CONTENT,        /* C_I and C_L, the state */
    ZHANG_LOCAL_CONTENT,
    ZHANG_FIELDS
};

struct zhang_synapse_kernels {
    bh_rows_run *run_float, *run_double;
};

BH_ISA_DECLARE(struct zhang_synapse_kernels, bh_zhang_synapse_kernels);

#endif
