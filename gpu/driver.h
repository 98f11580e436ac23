/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_GPU_DRIVER_H
#define BH_GPU_DRIVER_H

/* Which CUDA devices this machine has. The library neither needs nor links anything of
 * CUDA: the driver is looked for when one of these functions is called. Its functions
 * and numbers are those of the CUDA Driver API reference (docs.nvidia.com/cuda). */

#include "core/status.h"

#include <stdint.h>

BH_BEGIN_DECLS

/// One CUDA device, as its driver describes it.
typedef struct bh_gpu_info {
    char name[128];        ///< such as "NVIDIA H100 80GB HBM3"
    uint64_t memory_bytes; ///< all of it, free or not
    int multiprocessors;
    int compute_major; ///< compute capability: 9.0 is major 9, minor 0
    int compute_minor;
    int cuda_major; ///< newest CUDA version that the driver serves
    int cuda_minor;
} bh_gpu_info;

/// How many devices there are: at least 1 on success. BH_ERR_UNSUPPORTED where there is
/// none, with a sentence that says why (no driver, no device, a driver that does not
/// start). The first call may take a second while the driver wakes up. From any thread.
BH_API BH_NODISCARD bh_status bh_gpu_count(int *count, bh_diag *diag);

/// Describes a device, counted from 0 in the driver's order (which CUDA_VISIBLE_DEVICES
/// and CUDA_DEVICE_ORDER change). BH_ERR_ARGUMENT where there is no such device, and as
/// bh_gpu_count where there is none at all. From any thread.
BH_API BH_NODISCARD bh_status bh_gpu_describe(int device, bh_gpu_info *out,
                                              bh_diag *diag);

BH_END_DECLS

#endif
