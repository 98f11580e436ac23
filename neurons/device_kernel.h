/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_DEVICE_KERNEL_H
#define BH_NEURONS_DEVICE_KERNEL_H

/* What the kernels that equations become for a GPU are handed, and how they draw random
 * numbers: those of the portable mode, to the bit. Generated CUDA text stands behind
 * this text and those of the headers below. One thread is one neuron, which takes all
 * steps of a piece of a window by itself.
 *
 * A kernel has one argument, the address of its frame in the device's memory, and what
 * changes from step to step is in the clock: a step's kernels can be recorded once and
 * replayed (core/device_ops.h).
 *
 * Compile without fused multiplications of the compiler's own (NVRTC: --fmad=false):
 * where there are any, the text says so. */

#ifndef BH_NEURONS_DEVICE_FRAMES_KERNEL_H /* generated code has these texts before     \
                                             this one */
#include "core/poisson_kernel.h"
#include "core/random_kernel.h"
#include "neurons/device_frames_kernel.h"
#endif

#ifndef BH_CORE_CUDA_KERNEL_H
#include "core/cuda_kernel.h"
#endif

/* Tables that each thread reads where it likes: constant memory would hand such reads
 * out one after the other. */
#ifdef __CUDACC__
#define BH_TABLES static __device__ const
#define restrict __restrict__
#else
#define BH_TABLES static const
#endif

BH_TABLES float bh_device_normals[4][BH_RANDOM_TABLE_ROWS] = BH_RANDOM_TABLE_VALUES;

/* A frame at the present step. */
BH_DEVICE bh_device_frame
bh_device_begin(const bh_device_frame *given)
{
    bh_device_frame f = *given;
    f.step = f.ahead ? f.clock->start : f.clock->step;
    f.steps = f.ahead ? f.clock->window : f.clock->steps;
    f.begin = (int32_t)(f.step - f.clock->start);
    f.now = (int32_t)(f.step - f.clock->epoch);
    return f;
}

BH_DEVICE int64_t
bh_device_mark(const bh_device_frame *f, int32_t event, int32_t n, int32_t k)
{
    return ((int64_t)k * f->events + event) * f->mark_stride + n;
}

/* Between steps of its own a group rests; nothing happens to a neuron. */
BH_DEVICE int32_t
bh_device_rests(const bh_device_frame *f, int32_t n, int32_t k)
{
    if (f->every == 1 || (f->step + k) % f->every == 0)
        return 0;
    for (int32_t event = 0; event < f->events; event++)
        f->marks[bh_device_mark(f, event, n, k)] = 0;
    return 1;
}

BH_DEVICE int64_t
bh_device_place(const bh_device_frame *f, const bh_device_input *input, int32_t n,
                int32_t k)
{
    return (int64_t)(f->begin + k + 1) * input->stride + n / input->times;
}

/* The random word of a neuron. */
BH_DEVICE uint32_t
bh_device_word(const bh_device_frame *f, const uint32_t *keys, int32_t term, int32_t n,
               int32_t k, uint32_t draw)
{
    const uint32_t neuron = (uint32_t)(f->first + n);
    const bh_philox_words words =
        bh_random_words(keys + 2 * term, neuron / 4, (uint64_t)(f->step + k), draw);
    return bh_random_lane(words, neuron);
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
