/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_TRACE_KERNEL_H
#define BH_NEURONS_TRACE_KERNEL_H

/* What code of synapses is called with on the host and on devices alike: spans of
 * places, and variables that are kept once for each neuron. */

#ifndef __CUDACC_RTC__
#include <stdbool.h>
#include <stdint.h>
#endif

#ifdef __CUDACC__
#define BH_TRACE      static __device__ inline
#define BH_TRACE_RARE static __device__ inline
#else
#define BH_TRACE      static inline
#define BH_TRACE_RARE __attribute__((unused, noinline, cold)) static
#endif

/* Hides from the compiler where a value comes from: so that it selects by it, or with
 * it, where a branch would as often be predicted wrong. */
#if defined(__GNUC__) && defined(__x86_64__) && !defined(__CUDACC__)
#define BH_HIDE_NUMBER(x) __asm__("" : "+x"(x))
#define BH_HIDE_INDEX(x)  __asm__("" : "+r"(x))
#else
#define BH_HIDE_NUMBER(x) ((void)0)
#define BH_HIDE_INDEX(x)  ((void)0)
#endif

/* Where spikes of targets find their synapses through `order`, each is asked for so
 * many places before; it has as many more elements. */
enum { BH_AHEAD = 96 };

/* Synapses that one spike reaches at one time: places from first to last. A place is a
 * position in the arrays of the synapses, or a place in `order` where that is given. */
typedef struct bh_span {
    int64_t first, last;
    int32_t neuron; /* that spiked: of the sources, or of the part of the targets */
} bh_span;

/* A variable that is kept once for each neuron: its value after each of the last
 * spikes, and its decay. */
typedef struct bh_trace_entry {
    double value;
    int32_t stamp; /* step of the spike */
} bh_trace_entry;
typedef struct bh_trace_last {
    double value[2];  /* after the last spike, and after the one before it */
    int32_t stamp[2]; /* steps of those spikes */
} bh_trace_last;
typedef struct bh_trace {
    const bh_trace_last *last; /* of each neuron */
    const double *decay;       /* what is left after each number of steps ... */
    uint32_t lasting;          /* ... up to this one, when nothing is */
    uint32_t mask;
    const bh_trace_entry *ring; /* [neuron][mask + 1] */
    const uint32_t *filled;     /* entries that a neuron has made */
    const double *now;          /* at the present step; or NULL */
} bh_trace;

BH_TRACE double
bh_trace_decayed(const bh_trace *trace, double value, int32_t stamp, int32_t when)
{
    uint32_t age = (uint32_t)when - (uint32_t)stamp;
    age = age < trace->lasting ? age : trace->lasting;
    return value * trace->decay[age];
}

/* The value of a neuron that has spiked more than once since step `when`: rarely asked
 * for, and kept out of the code that is often run. */
BH_TRACE_RARE double
bh_trace_older(const bh_trace *trace, int32_t neuron, int32_t when)
{
    const bh_trace_entry *ring = trace->ring + (int64_t)neuron * (trace->mask + 1);
    uint32_t at = trace->filled[neuron];
    while (ring[at & trace->mask].stamp > when)
        at--;
    return bh_trace_decayed(trace, ring[at & trace->mask].value,
                            ring[at & trace->mask].stamp, when);
}

/* The value of a neuron as it was at step `when`. */
BH_TRACE double
bh_trace_at(const bh_trace *trace, int32_t neuron, int32_t when)
{
    const bh_trace_last *last = &trace->last[neuron];
    int64_t which = last->stamp[0] > when;
    BH_HIDE_INDEX(which);
    if (__builtin_expect(last->stamp[which] > when, 0))
        return bh_trace_older(trace, neuron, when);
    return bh_trace_decayed(trace, last->value[which], last->stamp[which], when);
}

#endif
