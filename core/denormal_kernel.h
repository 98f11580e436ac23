/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_DENORMAL_KERNEL_H
#define BH_CORE_DENORMAL_KERNEL_H

/* A filter that rings out in silence sinks into denormal numbers, which cost a hundred
 * times as much and never end: rounding keeps the least of them alive. Between these
 * two calls they count as zero. That depends on nothing but the values, so the same
 * input still gives the same bits, whatever the block and the thread. */

#if defined(__x86_64__)
#include <immintrin.h>

/// Returns what bh_denormal_restore needs.
static inline unsigned
bh_denormal_flush(void)
{
    const unsigned flush_to_zero = 0x8000, denormals_are_zero = 0x0040;
    unsigned before = _mm_getcsr();
    _mm_setcsr(before | flush_to_zero | denormals_are_zero);
    return before;
}

static inline void
bh_denormal_restore(unsigned before)
{
    _mm_setcsr(before);
}
#else
static inline unsigned
bh_denormal_flush(void)
{
    return 0;
}

static inline void
bh_denormal_restore(unsigned before)
{
    (void)before;
}
#endif

#endif
