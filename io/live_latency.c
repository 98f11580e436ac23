/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/live_internal.h"

#include <math.h>

/* Bins are equally wide on a logarithmic scale, 32 to an octave from 0.1 ms on: 2 %
 * each, up to 400 s. */
#define FIRST_S 1e-4
#define OCTAVE  32

void
bh_latency_add(struct bh_latency *latency, double seconds)
{
    const double place = OCTAVE * log2(seconds / FIRST_S);
    const size_t bin = !(place > 0)              ? 0
                       : place < BH_LATENCY_BINS ? (size_t)place
                                                 : BH_LATENCY_BINS - 1;
    /* Only one thread adds, so nothing can come between. */
    const uint64_t count =
        atomic_load_explicit(&latency->count[bin], memory_order_relaxed);
    atomic_store_explicit(&latency->count[bin], count + 1, memory_order_relaxed);
    if (seconds > atomic_load_explicit(&latency->max_s, memory_order_relaxed))
        atomic_store_explicit(&latency->max_s, seconds, memory_order_relaxed);
}

double
bh_latency_quantile(const struct bh_latency *latency, double part)
{
    uint64_t count[BH_LATENCY_BINS], total = 0, below = 0;
    for (size_t i = 0; i < BH_LATENCY_BINS; i++) {
        count[i] = atomic_load_explicit(&latency->count[i], memory_order_relaxed);
        total += count[i];
    }
    if (total == 0)
        return NAN;
    size_t bin = 0;
    while (bin < BH_LATENCY_BINS - 1 &&
           (double)(below += count[bin]) < part * (double)total)
        bin++;
    return FIRST_S * exp2(((double)bin + 0.5) / OCTAVE);
}
