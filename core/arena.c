/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 32 * 1024 };

struct chunk {
    struct chunk *next;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

struct bh_arena {
    struct chunk *chunks;
};

bh_status
bh_arena_new(bh_arena **out)
{
    bh_arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        return BH_ERR_MEMORY;
    *out = arena;
    return BH_OK;
}

void
bh_arena_free(bh_arena *arena)
{
    if (!arena)
        return;
    for (struct chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(arena);
}

void *
bh_arena_take(bh_arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + align - 1) / align * align;
    struct chunk *chunk = arena->chunks;
    if (!chunk || chunk->size - chunk->used < size) {
        size_t room = size > CHUNK ? size : CHUNK;
        chunk = calloc(1, sizeof *chunk + room);
        if (!chunk)
            return NULL;
        chunk->size = room;
        chunk->next = arena->chunks;
        arena->chunks = chunk;
    }
    void *taken = chunk->bytes + chunk->used;
    chunk->used += size;
    return taken;
}

char *
bh_arena_text(bh_arena *arena, const char *text, size_t length)
{
    char *copy = bh_arena_take(arena, length + 1);
    if (copy)
        memcpy(copy, text, length);
    return copy;
}
