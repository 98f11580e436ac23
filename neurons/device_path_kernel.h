/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_DEVICE_PATH_KERNEL_H
#define BH_NEURONS_DEVICE_PATH_KERNEL_H

/* Spikes find their synapses on a device. A block of threads has a part of the target
 * group: it alone writes the part's neurons and the synapses onto them, and takes the
 * spikes that arrive in the order of language (older ones first, then lower neurons,
 * then as the synapses stand), its threads side by side along the places that one spike
 * reaches. So each target gets its inputs in the order in which the processor adds
 * them, and the sums are the same to the bit. */

#ifndef BH_NEURONS_DEVICE_LIST_KERNEL_H
#include "neurons/device_list_kernel.h"
#endif

/* As neurons/run_internal.h has it: terms of random numbers of one kind. */
#define BH_DEVICE_TERMS 64

/* The code for the places of a span, every `lanes`th from `lane` on. */
typedef void bh_device_span_code(const bh_device_path *f, bh_span span, int32_t lane,
                                 int32_t lanes);

BH_DEVICE bh_device_path
bh_device_path_begin(const bh_device_path *given, uint32_t part)
{
    bh_device_path f = *given;
    f.step = f.clock->step;
    f.now = (int32_t)(f.step - f.clock->epoch);
    f.base = (int32_t)f.cut[part];
    f.dense = (int32_t)(f.target_first > f.cut[part] ? f.target_first : f.cut[part]);
    return f;
}

/* The first place from `from` on, before `to`, of a list with a value of at least
 * `least`. */
BH_DEVICE uint32_t
bh_device_at_least(const uint32_t *list, uint32_t from, uint32_t to, uint32_t least)
{
    while (from < to) {
        const uint32_t middle = from + (to - from) / 2;
        if (list[middle] < least)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* The first place of a span whose delay is at least so long. */
BH_DEVICE int64_t
bh_device_delayed(const bh_device_path *f, bh_span span, int32_t delay)
{
    int64_t from = span.first, to = span.last;
    while (from < to) {
        const int64_t middle = from + (to - from) / 2;
        if (f->place_order[f->order ? f->order[middle] : middle] < delay)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* The places that a spike, sent at a step, reaches now. */
BH_DEVICE bh_span
bh_device_reach(const bh_device_path *f, uint32_t part, uint32_t neuron, int64_t sent)
{
    bh_span span;
    const int64_t own = (int64_t)neuron - f->first;
    const int64_t row = f->from_post ? (int64_t)neuron - f->target_first
                                     : own * f->parts + part;
    span.neuron = (int32_t)(f->from_post ? neuron : own);
    span.first = (int64_t)f->start[row];
    span.last = (int64_t)f->start[row + 1];
    if (f->place_order) {
        const int32_t delay = (int32_t)(f->step - sent);
        const int64_t first = bh_device_delayed(f, span, delay);
        span.last = bh_device_delayed(f, span, delay + 1);
        span.first = first;
    }
    return span;
}

/* Runs code for what arrives at the present step. Threads look for the places that the
 * spikes under way reach, as many spikes at a time as there are threads; then these are
 * taken in order. */
BH_DEVICE void
bh_device_deliver(const bh_device_path *given, bh_device_span_code *code)
{
    BH_SHARED bh_span span[BH_DEVICE_PATH_THREADS];
    BH_SHARED uint32_t sums[BH_DEVICE_PATH_THREADS], lower[BH_DEVICE_PATH_THREADS];
    const uint32_t part = blockIdx.x, t = threadIdx.x, threads = blockDim.x;
    const bh_device_path f = bh_device_path_begin(given, part);
    const bh_device_list list = *f.list;
    const uint32_t low = f.from_post && f.cut[part] > f.first ? f.cut[part] : f.first,
                   high = f.from_post && f.cut[part + 1] < f.last ? f.cut[part + 1]
                                                                  : f.last;
    const int64_t newest = f.step - f.shortest;
    int64_t from = f.step - f.longest;
    from = from < 0 ? 0 : from;
    for (; from <= newest; from += threads) {
        const int64_t sent = from + t;
        const uint32_t row = (uint32_t)sent & list.mask,
                       count = sent <= newest && low < high ? list.count[row] : 0;
        const uint32_t *neurons = list.neuron + (int64_t)row * list.stride;
        lower[t] = bh_device_at_least(neurons, 0, count, low);
        const uint32_t upper = bh_device_at_least(neurons, lower[t], count, high);
        bh_device_sums(sums, upper - lower[t]);
        const uint32_t total = sums[threads - 1];
        __syncthreads();
        for (uint32_t done = 0; done < total; done += threads) {
            const uint32_t left = total - done < threads ? total - done : threads;
            if (t < left) {
                const uint32_t at = bh_device_at_least(sums, 0, threads, done + t + 1),
                               before = at > 0 ? sums[at - 1] : 0;
                const int64_t when = from + at;
                const uint32_t neuron =
                    list.neuron[(int64_t)((uint32_t)when & list.mask) * list.stride +
                                lower[at] + (done + t - before)];
                span[t] = bh_device_reach(&f, part, neuron, when);
            }
            __syncthreads();
            for (uint32_t s = 0; s < left; s++) {
                if (span[s].first == span[s].last)
                    continue;
                if (!f.serial)
                    code(&f, span[s], (int32_t)t, (int32_t)threads);
                else if (t == 0)
                    code(&f, span[s], 0, 1);
                if (f.ordered)
                    __syncthreads();
            }
            __syncthreads();
        }
    }
}

/* Runs code for all synapses: a thread for each target (`column`), which takes those
 * onto it in order, or for each source; or, where one can see what another does, one
 * thread for all. Rows of sources are not cut then. */
BH_DEVICE void
bh_device_all(const bh_device_path *given, bh_device_span_code *code, int32_t column)
{
    const bh_device_path f = bh_device_path_begin(given, 0);
    const int64_t count = (int64_t)f.last - f.first;
    const int64_t own = BH_DEVICE_THREAD;
    if (f.step % f.every != 0)
        return;
    if (f.serial ? own > 0 : own >= count)
        return;
    for (int64_t n = own; n < (f.serial ? count : own + 1); n++) {
        bh_span span;
        span.first = (int64_t)f.start[n];
        span.last = (int64_t)f.start[n + 1];
        span.neuron = (int32_t)(column ? f.first + n : n);
        code(&f, span, 0, 1);
    }
}

/* Which of the synapses of its pair one is. Where nobody has counted, they stand next
 * to each other in the row. */
BH_DEVICE uint32_t
bh_device_copy(const bh_device_path *f, int32_t i, int32_t j, int64_t position)
{
    uint32_t copy = 0;
    if (f->copy)
        return f->copy[position];
    if (!f->target)
        return 0;
    const uint32_t part = bh_device_at_least(f->cut, 0, f->parts, (uint32_t)j + 1) - 1;
    const int64_t first = (int64_t)f->row[(int64_t)i * f->parts + part];
    while (position > first + copy &&
           f->target[position - copy - 1] == f->target[position])
        copy++;
    return copy;
}

/* The random word of a synapse, whatever the order of events (synapse_run.c). */
BH_DEVICE uint32_t
bh_device_synapse_word(const bh_device_path *f, uint32_t term, int32_t i, int32_t j,
                       int64_t position, uint32_t draw)
{
    const uint64_t seed = f->seed + 0x9e3779b97f4a7c15u * ((uint64_t)(int64_t)i + 1);
    const uint32_t copy = bh_device_copy(f, i, j, position),
                   neuron = (uint32_t)(j + f->shift);
    bh_philox_words key;
    key.w[0] = f->object;
    key.w[1] = term + 2 * BH_DEVICE_TERMS * copy;
    key.w[2] = BH_RANDOM_KEY_USE;
    key.w[3] = 0;
    key = bh_philox(key, (uint32_t)seed, (uint32_t)(seed >> 32));
    const uint32_t own[2] = {key.w[0], key.w[1]};
    return bh_random_lane(bh_random_words(own, neuron / 4, (uint64_t)f->step, draw),
                          neuron);
}

BH_DEVICE float
bh_device_synapse_normal(const bh_device_path *f, uint32_t term, int32_t i, int32_t j,
                         int64_t position)
{
    return bh_random_normal(
        bh_device_synapse_word(f, BH_DEVICE_TERMS + term, i, j, position, 0),
        bh_device_normals);
}

BH_DEVICE float
bh_device_synapse_uniformf(const bh_device_path *f, uint32_t term, int32_t i, int32_t j,
                           int64_t position)
{
    return bh_random_uniform(bh_device_synapse_word(f, term, i, j, position, 0));
}

BH_DEVICE double
bh_device_synapse_uniform(const bh_device_path *f, uint32_t term, int32_t i, int32_t j,
                          int64_t position)
{
    return bh_random_uniform_double(bh_device_synapse_word(f, term, i, j, position, 0),
                                    bh_device_synapse_word(f, term, i, j, position, 1));
}

BH_KERNEL(bh_device_trace_decay, bh_device_trace_frame, f)
{
    const int32_t n = BH_DEVICE_THREAD;
    if (n < (int32_t)f->count)
        f->now[n] *= f->view.decay[1];
}

BH_KERNEL(bh_device_trace_add, bh_device_trace_frame, f)
{
    const int64_t sent = f->clock->step - f->shortest;
    const uint32_t row = (uint32_t)sent & f->list->mask, n = (uint32_t)BH_DEVICE_THREAD;
    if (sent < 0 || n >= f->list->count[row])
        return;
    const uint32_t spiked = f->list->neuron[(int64_t)row * f->list->stride + n];
    if (spiked < f->first || spiked >= f->end)
        return;
    const int32_t neuron = (int32_t)(spiked - f->origin),
                  stamp = (int32_t)(sent - f->clock->epoch);
    const double value = bh_trace_at(&f->view, neuron, stamp) + f->step;
    bh_trace_last *last = &f->last[neuron];
    last->value[1] = last->value[0];
    last->stamp[1] = last->stamp[0];
    last->value[0] = value;
    last->stamp[0] = stamp;
    if (f->now) {
        f->now[neuron] += f->step;
        return;
    }
    bh_trace_entry *entry = &f->ring[(int64_t)neuron * (f->view.mask + 1) +
                                     (++f->filled[neuron] & f->view.mask)];
    entry->value = value;
    entry->stamp = stamp;
}

#endif
