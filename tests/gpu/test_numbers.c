/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What gpu/driver_internal.h says of the driver is what cuda.h says, where there is
 * one: the numbers, and that the functions are there under these names. */
#include "gpu/driver_internal.h"

#include <stdio.h>

#if __has_include(<cuda.h>)
#include <cuda.h>

#define SAME(name) _Static_assert((int)BH_##name == (int)name, #name)
SAME(CUDA_ERROR_OUT_OF_MEMORY);
SAME(CUDA_ERROR_STUB_LIBRARY);
SAME(CUDA_ERROR_DEVICE_UNAVAILABLE);
SAME(CUDA_ERROR_NO_DEVICE);
SAME(CUDA_ERROR_INVALID_IMAGE);
SAME(CUDA_ERROR_NO_BINARY_FOR_GPU);
SAME(CUDA_ERROR_ECC_UNCORRECTABLE);
SAME(CUDA_ERROR_NVLINK_UNCORRECTABLE);
SAME(CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
SAME(CUDA_ERROR_CONTAINED);
SAME(CUDA_ERROR_NOT_FOUND);
SAME(CUDA_ERROR_ILLEGAL_ADDRESS);
SAME(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
SAME(CUDA_ERROR_LAUNCH_TIMEOUT);
SAME(CUDA_ERROR_CONTEXT_IS_DESTROYED);
SAME(CUDA_ERROR_ASSERT);
SAME(CUDA_ERROR_HARDWARE_STACK_ERROR);
SAME(CUDA_ERROR_LAUNCH_FAILED);
SAME(CUDA_ERROR_TENSOR_MEMORY_LEAK);
SAME(CUDA_ERROR_SYSTEM_DRIVER_MISMATCH);
SAME(CUDA_ERROR_UNKNOWN);

#define IS(ours, theirs) _Static_assert((int)ours == (int)theirs, #theirs)
IS(BH_CUDA_MULTIPROCESSOR_COUNT, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
IS(BH_CUDA_COMPUTE_CAPABILITY_MAJOR, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
IS(BH_CUDA_COMPUTE_CAPABILITY_MINOR, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
IS(BH_CUDA_HOST_PORTABLE, CU_MEMHOSTALLOC_PORTABLE);
IS(BH_CUDA_HOST_MAPPED, CU_MEMHOSTALLOC_DEVICEMAP);
IS(BH_CUDA_STREAM_NON_BLOCKING, CU_STREAM_NON_BLOCKING);
IS(BH_CUDA_CAPTURE_THREAD_LOCAL, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);

/* A name that cuda.h does not declare does not compile. */
#define CALL(field, symbol, parameters) extern __typeof__(symbol) symbol;
#include "gpu/driver.def"
#undef CALL

int
main(void)
{
    printf("as in the cuda.h of CUDA %d.%d\n", CUDA_VERSION / 1000,
           CUDA_VERSION % 1000 / 10);
    return 0;
}
#else
int
main(void)
{
    fprintf(stderr, "there is no cuda.h here\n");
    return 77;
}
#endif
