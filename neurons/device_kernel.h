/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_DEVICE_KERNEL_H
#define BH_NEURONS_DEVICE_KERNEL_H

/* What the kernels that equations become for a GPU are handed, and how they draw random
 * numbers: those of the portable mode, to the bit. Generated CUDA text stands behind
 * this text and those of the headers below. One thread is one neuron, which takes all
 * steps of a window by itself.
 *
 * Compile without fused multiplications of the compiler's own (NVRTC: --fmad=false):
 * where there are any, the text says so. */

#ifndef BH_NEURONS_TABLE_KERNEL_H /* generated code has these texts before this one */
#include "core/poisson_kernel.h"
#include "core/random_kernel.h"
#include "neurons/table_kernel.h"
#endif

#ifdef __CUDACC__
#define BH_DEVICE   static __device__ __forceinline__
#define BH_CONSTANT static __constant__
#define restrict __restrict__
#else
#define BH_DEVICE   static inline
#define BH_CONSTANT static const
#endif
#ifdef __cplusplus
#define BH_KERNEL extern "C" __global__ void
#else
#define BH_KERNEL __global__ void
#endif
#define BH_DEVICE_THREAD ((int32_t)(blockIdx.x * blockDim.x + threadIdx.x))

/* A linked variable: neuron n sees value n / times of the step's row. */
typedef struct bh_device_input {
    const void *rows; /* [steps][stride], in the group's precision */
    int64_t stride;
    int32_t times;
} bh_device_input;

/* All pointers are the device's. */
typedef struct bh_device_frame {
    int64_t step;         /* the first step */
    int32_t steps;        /* how many */
    int32_t now;          /* the first step, counted as lastspike counts */
    int32_t first, count; /* index of neuron 0 of the arrays, and how many they hold */
    int32_t resets;       /* 0: resets wait for what the spikes do to others */
    int32_t events;       /* the spike and the group's own */
    double dt;            /* s */
    void *const *array;   /* each stored variable */
    const bh_device_input
        *input; /* by the variable's number; unused where not linked */
    const bh_table *const *table;               /* arrays over time */
    const uint32_t *normal, *uniform, *poisson; /* keys, two words for each term */
    int32_t *lastspike;                         /* step of the last spike */
    uint8_t *marks; /* [steps][events][mark_stride]: to whom an event happened */
    int64_t mark_stride;
} bh_device_frame;

BH_CONSTANT float bh_device_normals[4][BH_RANDOM_TABLE_ROWS] = BH_RANDOM_TABLE_VALUES;

BH_DEVICE int64_t
bh_device_mark(const bh_device_frame *f, int32_t event, int32_t n, int32_t k)
{
    return ((int64_t)k * f->events + event) * f->mark_stride + n;
}

BH_DEVICE int64_t
bh_device_place(const bh_device_input *input, int32_t n, int32_t k)
{
    return (int64_t)k * input->stride + n / input->times;
}

/* The random word of a neuron. */
BH_DEVICE uint32_t
bh_device_word(const bh_device_frame *f, const uint32_t *keys, int32_t term, int32_t n,
               int32_t k, uint32_t draw)
{
    const uint32_t neuron = (uint32_t)(f->first + n);
    const bh_philox_words words =
        bh_random_words(keys + 2 * term, neuron / 4, (uint64_t)(f->step + k), draw);
    return words.w[neuron % 4];
}

BH_DEVICE float
bh_device_normal(const bh_device_frame *f, int32_t term, int32_t n, int32_t k)
{
    return bh_random_normal(bh_device_word(f, f->normal, term, n, k, 0),
                            bh_device_normals);
}

BH_DEVICE float
bh_device_uniformf(const bh_device_frame *f, int32_t term, int32_t n, int32_t k)
{
    return bh_random_uniform(bh_device_word(f, f->uniform, term, n, k, 0));
}

BH_DEVICE double
bh_device_uniform(const bh_device_frame *f, int32_t term, int32_t n, int32_t k)
{
    return bh_random_uniform_double(bh_device_word(f, f->uniform, term, n, k, 0),
                                    bh_device_word(f, f->uniform, term, n, k, 1));
}

BH_DEVICE double
bh_device_poisson(const bh_device_frame *f, int32_t term, int32_t n, int32_t k,
                  double mean)
{
    return bh_poisson(f->poisson + 2 * term, (uint32_t)(f->first + n),
                      (uint64_t)(f->step + k), mean);
}

#endif
