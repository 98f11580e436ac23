/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_RING_H
#define BH_CORE_RING_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/// A queue of equal elements between two threads, one that writes and one that reads.
/// Neither ever waits for the other: what does not fit is dropped, and counted.
typedef struct bh_ring bh_ring;

/// Makes an empty ring for at least `capacity` elements of `element_bytes` bytes each
/// (both at least 1); all memory is taken, and touched, here.
BH_API BH_NODISCARD bh_status bh_ring_new(size_t element_bytes, size_t capacity,
                                          bh_ring **out, bh_diag *diag);
/// Gives a ring back, when neither thread uses it any more. NULL is allowed.
BH_API void bh_ring_free(bh_ring *ring);

/// Copies `count` elements in, or as many as fit, and says how many; the rest is
/// dropped. On the writing thread.
BH_API BH_REALTIME size_t bh_ring_write(bh_ring *ring, const void *elements,
                                        size_t count);
/// Copies up to `count` elements out and says how many there were. On the reading
/// thread.
BH_API BH_REALTIME size_t bh_ring_read(bh_ring *ring, void *elements, size_t count);
/// How many elements wait to be read: at least so many for the reader, at most so many
/// for the writer.
BH_API BH_REALTIME size_t bh_ring_filled(const bh_ring *ring);
/// How many elements bh_ring_write has dropped so far. On any thread.
BH_API BH_REALTIME uint64_t bh_ring_dropped(const bh_ring *ring);

BH_END_DECLS

#endif
