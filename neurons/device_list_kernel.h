/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_DEVICE_LIST_KERNEL_H
#define BH_NEURONS_DEVICE_LIST_KERNEL_H

/* Kernels that are the same for every network: lists of those to whom an event
 * happened, and what monitors and links need. Lists are ascending, and no atomic
 * operation has a part in them: the same for any order of threads. */

#ifndef BH_NEURONS_DEVICE_KERNEL_H
#include "neurons/device_kernel.h"
#endif

/* The sums of `value` over the threads of a block up to and with each one; `sums` has
 * room for all threads. */
BH_DEVICE uint32_t
bh_device_sums(uint32_t *sums, uint32_t value)
{
    const uint32_t t = threadIdx.x;
    sums[t] = value;
    __syncthreads();
    for (uint32_t distance = 1; distance < blockDim.x; distance *= 2) {
        const uint32_t before = t >= distance ? sums[t - distance] : 0;
        __syncthreads();
        sums[t] += before;
        __syncthreads();
    }
    return sums[t];
}

/* Marks become a list: a block for each step and event, a stretch of neurons for each
 * thread. */
BH_KERNEL(bh_device_collect, bh_device_collect_frame, f)
{
    BH_SHARED uint32_t sums[BH_DEVICE_MOST_THREADS];
    const int32_t event = (int32_t)(blockIdx.x % (uint32_t)f->events),
                  k = (int32_t)(blockIdx.x / (uint32_t)f->events);
    const int64_t step = (f->ahead ? f->clock->start : f->clock->step) + k;
    const bh_device_list list = f->list[event];
    if (!list.neuron || k >= (f->ahead ? f->clock->window : f->clock->steps))
        return;
    const uint8_t *marks = f->marks + ((int64_t)k * f->events + event) * f->mark_stride;
    const int32_t stretch = (f->count + (int32_t)blockDim.x - 1) / (int32_t)blockDim.x,
                  from = (int32_t)threadIdx.x * stretch < f->count
                             ? (int32_t)threadIdx.x * stretch
                             : f->count,
                  to = f->count - from < stretch ? f->count : from + stretch;
    uint32_t found = 0;
    for (int32_t n = from; n < to; n++)
        found += marks[n];
    const uint32_t last = bh_device_sums(sums, found);
    const uint32_t row = (uint32_t)step & list.mask;
    uint32_t *out = list.neuron + (int64_t)row * list.stride + (last - found);
    for (int32_t n = from; n < to; n++)
        if (marks[n])
            *out++ = (uint32_t)n;
    if (threadIdx.x == blockDim.x - 1)
        list.count[row] = last;
}

BH_KERNEL(bh_device_pack, bh_device_pack_frame, f)
{
    const int32_t k = (int32_t)blockIdx.x;
    uint32_t offset = 0;
    if (k >= f->clock->window)
        return;
    for (int32_t before = 0; before < k; before++)
        offset += f->list.count[(uint32_t)(f->clock->start + before) & f->list.mask];
    const uint32_t row = (uint32_t)(f->clock->start + k) & f->list.mask,
                   count = f->list.count[row];
    for (uint32_t n = threadIdx.x; n < count; n += blockDim.x)
        f->neuron[offset + n] = f->list.neuron[(int64_t)row * f->list.stride + n];
    if (threadIdx.x == 0) {
        f->offset[k] = offset;
        f->offset[k + 1] = offset + count; /* the next block writes the same */
    }
}

BH_KERNEL(bh_device_unpack, bh_device_pack_frame, f)
{
    const int32_t k = (int32_t)blockIdx.x;
    if (k >= f->clock->window)
        return;
    const uint32_t row = (uint32_t)(f->clock->start + k) & f->list.mask,
                   offset = f->offset[k], count = f->offset[k + 1] - offset;
    for (uint32_t n = threadIdx.x; n < count; n += blockDim.x)
        f->list.neuron[(int64_t)row * f->list.stride + n] = f->neuron[offset + n];
    if (threadIdx.x == 0)
        f->list.count[row] = count;
}

BH_KERNEL(bh_device_stamp, bh_device_stamp_frame, f)
{
    const uint32_t n = (uint32_t)BH_DEVICE_THREAD,
                   row = (uint32_t)f->clock->step & f->list.mask;
    if (n < f->list.count[row])
        f->lastspike[f->list.neuron[(int64_t)row * f->list.stride + n]] =
            (int32_t)(f->clock->step - f->clock->epoch);
}

/* The clock goes on by a piece. */
BH_KERNEL(bh_device_tick, bh_device_tick_frame, f)
{
    if (BH_DEVICE_THREAD == 0)
        f->clock->step += f->clock->steps;
}

BH_KERNEL(bh_device_keep, bh_device_keep_frame, f)
{
    const int32_t n = BH_DEVICE_THREAD;
    int64_t k = f->clock->window - 1;
    while (k >= 0 && (f->clock->start + k) % f->every != 0)
        k--;
    if (n >= f->count || k < 0)
        return;
    const int64_t at = (k + 1) * f->input.stride + n / f->input.times;
    if (f->single)
        ((float *)f->array)[n] = ((const float *)f->input.rows)[at];
    else
        ((double *)f->array)[n] = ((const double *)f->input.rows)[at];
}

/* Where the value of a column goes at the present step; -1: nowhere. */
BH_DEVICE int64_t
bh_device_gathered(const bh_device_gather_frame *f, int32_t c)
{
    const int64_t step = f->clock->step,
                  first = (f->clock->start + f->every - 1) / f->every;
    if (c >= f->count || step % f->every != 0)
        return -1;
    return (step / f->every - first) * f->stride + c;
}

BH_KERNEL(bh_device_gather, bh_device_gather_frame, f)
{
    const int32_t c = BH_DEVICE_THREAD;
    const int64_t out = bh_device_gathered(f, c);
    if (out < 0)
        return;
    const int32_t n = f->neuron ? (int32_t)f->neuron[c] : c;
    const void *from = f->array ? f->array : f->input.rows;
    const int64_t in = f->array
                           ? n
                           : (f->clock->step - f->clock->start + 1) * f->input.stride +
                                 n / f->input.times;
    if (f->single)
        ((float *)f->rows)[out] = ((const float *)from)[in];
    else
        ((double *)f->rows)[out] = ((const double *)from)[in];
}

#endif
