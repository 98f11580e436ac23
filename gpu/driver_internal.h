/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_GPU_DRIVER_INTERNAL_H
#define BH_GPU_DRIVER_INTERNAL_H

#include "gpu/driver.h"

#include <stdbool.h>
#include <stddef.h>

/* The part of the CUDA driver API that the library calls, declared here so that the
 * build needs no cuda.h. tests/gpu/test_numbers.c compares the numbers with those of
 * cuda.h where there is one. */

#define BH_CUDA_LIBRARY "libcuda.so.1"

enum {
    BH_CUDA_ERROR_OUT_OF_MEMORY = 2,
    BH_CUDA_ERROR_STUB_LIBRARY = 34,
    BH_CUDA_ERROR_DEVICE_UNAVAILABLE = 46,
    BH_CUDA_ERROR_NO_DEVICE = 100,
    BH_CUDA_ERROR_INVALID_IMAGE = 200,
    BH_CUDA_ERROR_NO_BINARY_FOR_GPU = 209,
    BH_CUDA_ERROR_ECC_UNCORRECTABLE = 214,
    BH_CUDA_ERROR_NVLINK_UNCORRECTABLE = 220,
    BH_CUDA_ERROR_JIT_COMPILER_NOT_FOUND = 221,
    BH_CUDA_ERROR_UNSUPPORTED_PTX_VERSION = 222,
    BH_CUDA_ERROR_JIT_COMPILATION_DISABLED = 223,
    BH_CUDA_ERROR_CONTAINED = 226,
    BH_CUDA_ERROR_NOT_FOUND = 500,
    BH_CUDA_ERROR_ILLEGAL_ADDRESS = 700,
    BH_CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES = 701,
    BH_CUDA_ERROR_LAUNCH_TIMEOUT = 702,
    BH_CUDA_ERROR_CONTEXT_IS_DESTROYED = 709,
    BH_CUDA_ERROR_ASSERT = 710,
    BH_CUDA_ERROR_HARDWARE_STACK_ERROR = 714,
    BH_CUDA_ERROR_LAUNCH_FAILED = 719,
    BH_CUDA_ERROR_TENSOR_MEMORY_LEAK = 721,
    BH_CUDA_ERROR_SYSTEM_DRIVER_MISMATCH = 803,
    BH_CUDA_ERROR_UNKNOWN = 999,

    BH_CUDA_MULTIPROCESSOR_COUNT = 16,
    BH_CUDA_COMPUTE_CAPABILITY_MAJOR = 75,
    BH_CUDA_COMPUTE_CAPABILITY_MINOR = 76,
    BH_CUDA_PAGEABLE_MEMORY_ACCESS = 88,

    BH_CUDA_POINTER_MEMORY_TYPE = 2,
    BH_CUDA_MEMORY_OF_HOST = 1,
    BH_CUDA_HOST_PORTABLE = 1,
    BH_CUDA_HOST_MAPPED = 2,
    BH_CUDA_STREAM_NON_BLOCKING = 1,
    BH_CUDA_CAPTURE_THREAD_LOCAL = 1,
    BH_CUDA_EVENT_WITHOUT_TIME = 2,
};

typedef struct bh_gpu_driver {
    void *library;
    int devices;
    bool opened; /* there is work on the device that may be lost */
#define CALL(field, symbol, parameters) int(*field) parameters;
#include "gpu/driver.def"
#undef CALL
} bh_gpu_driver;

/// Loads and starts the driver found at `path` (BH_CUDA_LIBRARY, or a stand-in for
/// tests). On success it has at least one device.
bh_status bh_gpu_driver_open(const char *path, bh_gpu_driver *out, bh_diag *diag);
/// The driver itself stays loaded: its threads do not survive being unloaded.
void bh_gpu_driver_close(bh_gpu_driver *driver);
bh_status bh_gpu_driver_describe(const bh_gpu_driver *driver, int device,
                                 bh_gpu_info *out, bh_diag *diag);

/// The result of a call of the driver as a status; a sentence where it is no success.
/// `call` is the function's name.
bh_status bh_gpu_driver_check(const bh_gpu_driver *driver, const char *call, int result,
                              bh_diag *diag);

#endif
