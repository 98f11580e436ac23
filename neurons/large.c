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
large_new(size_t size)
{
    if (size < (size_t)LARGE_PAGE)
        return malloc(size);
    const size_t whole = (size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    void *memory = aligned_alloc(LARGE_PAGE, whole);
    if (memory) {
        /* Memory that was used before has small pages, which it would keep. */
        madvise(memory, whole, MADV_DONTNEED);
        madvise(memory, whole, MADV_HUGEPAGE);
    }
    return memory;
}

void *
large_pages(void *old, size_t size)
{
    if (!old || size < (size_t)LARGE_PAGE || (uintptr_t)old % LARGE_PAGE == 0)
        return old;
    void *moved = large_new(size);
    if (!moved)
        return old;
    memcpy(moved, old, size);
    free(old);
    return moved;
}
