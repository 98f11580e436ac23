/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_DCGC_DEVICE_KERNEL_H
#define BH_FILTERBANK_DCGC_DEVICE_KERNEL_H

/* What the kernels of filterbank/dcgc.cu are handed; host and device read it alike. */

#include "filterbank/dcgc_kernel.h"
#include "filterbank/lane_device_kernel.h"

struct bh_dcgc_frame {
    struct bh_lane_frame lane;
    struct dcgc_shared shared;
};

#endif
