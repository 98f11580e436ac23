/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_GAMMATONE_KERNEL_H
#define BH_FILTERBANK_GAMMATONE_KERNEL_H

#include "core/cpu.h"
#include "filterbank/gammatone_scan_kernel.h"
#include "filterbank/lane_kernel.h"

/* The fields of a row. */
enum {
    GAMMATONE_NEAR_RE,   /* Re p, or Re p - 1 where `delta` */
    GAMMATONE_MINUS_IM2, /* -(Im p)^2 */
    GAMMATONE_GAIN,
    GAMMATONE_DELTA, /* 1: s += in + (p - 1) s, one operation more, no error in 1 - p;
                        the same in all lanes */
    GAMMATONE_RE,    /* the stages, and */
    GAMMATONE_IM = GAMMATONE_RE + 4,         /* theirs, divided by Im p */
    GAMMATONE_RUN_FIELDS = GAMMATONE_IM + 4, /* and for the scan: */
    GAMMATONE_SCAN_GAIN = GAMMATONE_RUN_FIELDS,
    GAMMATONE_POWERS, /* [SCAN_LEVELS][SCAN_POWER] */
    GAMMATONE_FIELDS = GAMMATONE_POWERS + SCAN_LEVELS * SCAN_POWER
};

struct gammatone_kernels {
    bh_rows_run *run_float, *run_double;
};

BH_ISA_DECLARE(struct gammatone_kernels, bh_gammatone_kernels);

#endif
