/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_CUDA_KERNEL_H
#define BH_CORE_CUDA_KERNEL_H

/* The words that kernels for GPUs are written with. A kernel's text is C11 and C++17 at
 * once, so that a C compiler takes it too: the tests run it on the processor
 * (tests/gpu/shim.h). A kernel takes the address of one structure in the device's
 * memory (core/device_ops.h):
 *
 *     BH_KERNEL(bh_scale, struct scale_args, a)
 *     {
 *         const int32_t n = BH_DEVICE_THREAD;
 *         if (n < a->count)
 *             a->out[n] = a->factor * a->in[n];
 *     }
 *
 * Kernels are compiled without fused multiplications of the compiler's own: where there
 * are any, the text says bh_fma. */

#if defined(__CUDACC__)
#define BH_DEVICE   static __device__ __forceinline__
#define BH_CONSTANT static __constant__ const
#define BH_KERNEL_OWN(name, type, arg)                                                 \
    extern "C" __global__ void name(const type *__restrict__ arg)
/* Where a text is a part of another, its kernels are nobody's (BH_KERNEL_NONE). */
#define BH_KERNEL_NONE(name, type, arg)                                                \
    BH_DEVICE void name(const type *__restrict__ arg)
#define BH_KERNEL BH_KERNEL_OWN
/* A kernel that is launched with at most so many threads in a block. */
#define BH_KERNEL_BOUND(threads, name, type, arg)                                      \
    extern "C" __global__ void __launch_bounds__(threads)                              \
        name(const type *__restrict__ arg)
/* An array that the threads of a block share: BH_SHARED float tile[32]; */
#define BH_SHARED __shared__
#elif !defined(BH_KERNEL) /* the shim has its own */
#define BH_DEVICE   static inline
#define BH_CONSTANT static const
#endif

#ifdef __cplusplus
#define BH_RESTRICT __restrict__
#else
#define BH_RESTRICT restrict
#endif

/* The thread's number in the whole grid, and in its warp. */
#define BH_DEVICE_THREAD ((int32_t)(blockIdx.x * blockDim.x + threadIdx.x))
#define BH_DEVICE_LANE   ((int32_t)(threadIdx.x % 32))
#define BH_WARP_ALL      0xffffffffu

#endif
