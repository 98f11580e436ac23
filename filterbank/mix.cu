/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The nodes of a graph that add, multiply and route channels, for a GPU: a thread takes
 * one sample of one channel through the processor's text (mix_run.inc). Compile as
 * filterbank/lane.cu. */

/* Not all that the included texts have is used. */
#pragma nv_diag_suppress 177

#include "core/cuda_kernel.h"
#include "filterbank/mix_device_kernel.h"

#ifndef __CUDACC_RTC__
#include <stdbool.h>
#endif

#define REAL float
#include "filterbank/mix_run.inc"
#undef REAL
#define REAL double
#include "filterbank/mix_run.inc"
#undef REAL

/* The thread's frame and channel; false past the last. */
BH_DEVICE bool
mix_place(const struct bh_mix_frame *f, size_t *t, size_t *ch)
{
    const size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    *t = i / f->channels;
    *ch = i % f->channels;
    return *t < f->frames;
}

/* One sample. An input of one channel is heard by all. */
BH_DEVICE bh_block
mix_sample(const struct bh_mix_input *in, size_t t, size_t ch, size_t size)
{
    bh_block block;
    block.data = NULL;
    if (in->data)
        block.data = (char *)in->data +
                     (t * in->stride + (in->channels > 1 ? ch : 0)) * size;
    block.frames = block.channels = block.stride = 1;
    block.precision = size == sizeof(float) ? BH_SINGLE : BH_DOUBLE;
    return block;
}

BH_DEVICE bh_block
mix_said(void *to, size_t size)
{
    struct bh_mix_input said;
    said.data = to;
    said.stride = said.channels = 1;
    return mix_sample(&said, 0, 0, size);
}

#define MIX_KERNELS(real)                                                              \
    BH_KERNEL(bh_mix_sum_##real, struct bh_mix_frame, f)                               \
    {                                                                                  \
        size_t t, ch;                                                                  \
        real y = 0;                                                                    \
        if (!mix_place(f, &t, &ch))                                                    \
            return;                                                                    \
        for (uint32_t i = 0; i < f->count; i++)                                        \
            add_##real(mix_sample(&f->in[i], t, ch, sizeof y), (real)f->number[i],     \
                       i == 0, mix_said(&y, sizeof y));                                \
        ((real *)f->out)[t * f->out_stride + ch] = y;                                  \
    }                                                                                  \
                                                                                       \
    BH_KERNEL(bh_mix_operate_##real, struct bh_mix_frame, f)                           \
    {                                                                                  \
        size_t t, ch;                                                                  \
        real y = 0;                                                                    \
        if (!mix_place(f, &t, &ch))                                                    \
            return;                                                                    \
        bh_block side[2];                                                              \
        side[0] = mix_sample(&f->in[0], t, ch, sizeof y);                              \
        side[1] = mix_sample(&f->in[1], t, ch, sizeof y);                              \
        operate_##real((bh_operation)f->operation, side, f->number,                    \
                       mix_said(&y, sizeof y));                                        \
        ((real *)f->out)[t * f->out_stride + ch] = y;                                  \
    }                                                                                  \
                                                                                       \
    BH_KERNEL(bh_mix_route_##real, struct bh_mix_frame, f)                             \
    {                                                                                  \
        size_t t, ch;                                                                  \
        if (!mix_place(f, &t, &ch))                                                    \
            return;                                                                    \
        const struct bh_mix_origin origin = f->origin[ch];                             \
        const struct bh_mix_input *from = &f->in[origin.input];                        \
        ((real *)f->out)[t * f->out_stride + ch] =                                     \
            ((const real *)from->data)[t * from->stride + origin.channel];             \
    }

MIX_KERNELS(float)
MIX_KERNELS(double)
