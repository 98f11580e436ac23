/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_GPU_DRIVER_INTERNAL_H
#define BH_GPU_DRIVER_INTERNAL_H

#include "gpu/driver.h"

#include <stddef.h>

/* The part of the CUDA driver API that the library calls, declared here so that the
 * build needs no cuda.h. A CUresult is an int in which 0 is success; a CUdevice is an
 * int. Some functions carry the _v2 that cuda.h adds silently. */

#define BH_CUDA_LIBRARY "libcuda.so.1"

enum {
    BH_CUDA_ERROR_STUB_LIBRARY = 34,
    BH_CUDA_ERROR_NO_DEVICE = 100,
    BH_CUDA_ERROR_SYSTEM_DRIVER_MISMATCH = 803,

    BH_CUDA_MULTIPROCESSOR_COUNT = 16,
    BH_CUDA_COMPUTE_CAPABILITY_MAJOR = 75,
    BH_CUDA_COMPUTE_CAPABILITY_MINOR = 76,
};

typedef struct bh_gpu_driver {
    void *library;
    int devices;
    int (*init)(unsigned flags);
    int (*driver_get_version)(int *version);
    int (*get_error_name)(int result, const char **name);
    int (*device_get_count)(int *count);
    int (*device_get)(int *device, int ordinal);
    int (*device_get_name)(char *name, int size, int device);
    int (*device_total_mem)(size_t *bytes, int device);
    int (*device_get_attribute)(int *value, int attribute, int device);
} bh_gpu_driver;

/// Loads and starts the driver found at `path` (BH_CUDA_LIBRARY, or a stand-in for
/// tests). On success it has at least one device.
bh_status bh_gpu_driver_open(const char *path, bh_gpu_driver *out, bh_diag *diag);
/// The driver itself stays loaded: its threads do not survive being unloaded.
void bh_gpu_driver_close(bh_gpu_driver *driver);
bh_status bh_gpu_driver_describe(const bh_gpu_driver *driver, int device,
                                 bh_gpu_info *out, bh_diag *diag);

#endif
