/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_ARENA_H
#define BH_CORE_ARENA_H

#include "core/status.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// Memory that is taken piece by piece and given back whole. For one thread.
typedef struct bh_arena bh_arena;

BH_API BH_NODISCARD bh_status bh_arena_new(bh_arena **out);
BH_API void bh_arena_free(bh_arena *arena);
/// `size` zeroed bytes aligned for any type, or NULL when there is no memory.
BH_API void *bh_arena_take(bh_arena *arena, size_t size);
/// A zero-ended copy of `length` bytes of `text`, or NULL when there is no memory.
BH_API char *bh_arena_text(bh_arena *arena, const char *text, size_t length);

BH_END_DECLS

#endif
