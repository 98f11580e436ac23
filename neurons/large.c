/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* madvise */
#include "neurons/run_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Spikes reach synapses all over the memory: with pages of 4 kB the table of pages is
 * looked up almost as often as the synapses themselves. */
enum { LARGE_PAGE = 1 << 21 };

void *
large_pages(void *old, size_t size)
{
    if (!old || size < 2 * (size_t)LARGE_PAGE || (uintptr_t)old % LARGE_PAGE == 0)
        return old;
    const size_t whole = (size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    void *moved = aligned_alloc(LARGE_PAGE, whole);
    if (!moved)
        return old;
    madvise(moved, whole, MADV_HUGEPAGE);
    memcpy(moved, old, size);
    free(old);
    return moved;
}
