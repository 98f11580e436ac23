/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ring.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Both positions only grow; their difference is what is filled, also after they have
 * wrapped around. Each is written by one thread, and lies in a cache line of its own so
 * that the threads do not take it from each other. */
struct bh_ring {
    size_t element, capacity; /* the capacity is a power of 2 */
    unsigned char *data;
    alignas(64) atomic_size_t written;
    _Atomic uint64_t dropped;
    alignas(64) atomic_size_t read;
};

bh_status
bh_ring_new(size_t element_bytes, size_t capacity, bh_ring **out, bh_diag *diag)
{
    size_t rounded = 1, bytes;
    if (element_bytes == 0 || capacity == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a ring of %zu elements of %zu bytes holds nothing",
                           capacity, element_bytes);
    while (rounded < capacity && rounded <= SIZE_MAX / 4)
        rounded *= 2;
    if (rounded < capacity || __builtin_mul_overflow(rounded, element_bytes, &bytes))
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a ring of %zu elements",
                           capacity);
    bh_ring *ring = aligned_alloc(alignof(bh_ring), sizeof *ring);
    unsigned char *data = malloc(bytes);
    if (!ring || !data) {
        free(ring);
        free(data);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a ring of %zu elements",
                           capacity);
    }
    /* Pages come now, not when the writer first gets there. */
    memset(data, 0xff, bytes);
    *ring = (bh_ring){.element = element_bytes, .capacity = rounded, .data = data};
    *out = ring;
    return BH_OK;
}

void
bh_ring_free(bh_ring *ring)
{
    if (!ring)
        return;
    free(ring->data);
    free(ring);
}

/* How the elements from `position` on lie in memory: so many, then the rest from the
 * beginning. */
static size_t
first_part(const bh_ring *ring, size_t position, size_t count)
{
    const size_t to_end = ring->capacity - (position & (ring->capacity - 1));
    return count < to_end ? count : to_end;
}

static unsigned char *
place(const bh_ring *ring, size_t position)
{
    return ring->data + (position & (ring->capacity - 1)) * ring->element;
}

size_t
bh_ring_write(bh_ring *ring, const void *elements, size_t count)
{
    const size_t at = atomic_load_explicit(&ring->written, memory_order_relaxed);
    const size_t read = atomic_load_explicit(&ring->read, memory_order_acquire);
    const size_t room = ring->capacity - (at - read);
    const size_t fits = count < room ? count : room;
    const size_t part = first_part(ring, at, fits);
    memcpy(place(ring, at), elements, part * ring->element);
    memcpy(ring->data, (const unsigned char *)elements + part * ring->element,
           (fits - part) * ring->element);
    atomic_store_explicit(&ring->written, at + fits, memory_order_release);
    if (fits < count)
        atomic_fetch_add_explicit(&ring->dropped, count - fits, memory_order_relaxed);
    return fits;
}

size_t
bh_ring_read(bh_ring *ring, void *elements, size_t count)
{
    const size_t at = atomic_load_explicit(&ring->read, memory_order_relaxed);
    const size_t written = atomic_load_explicit(&ring->written, memory_order_acquire);
    const size_t there = written - at < count ? written - at : count;
    const size_t part = first_part(ring, at, there);
    memcpy(elements, place(ring, at), part * ring->element);
    memcpy((unsigned char *)elements + part * ring->element, ring->data,
           (there - part) * ring->element);
    atomic_store_explicit(&ring->read, at + there, memory_order_release);
    return there;
}

size_t
bh_ring_filled(const bh_ring *ring)
{
    const size_t read = atomic_load_explicit(&ring->read, memory_order_acquire);
    return atomic_load_explicit(&ring->written, memory_order_acquire) - read;
}

uint64_t
bh_ring_dropped(const bh_ring *ring)
{
    return atomic_load_explicit(&ring->dropped, memory_order_relaxed);
}
