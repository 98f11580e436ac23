/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/arena.h"

#include "tests/check.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

static bool
all_zero(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* Sizes around the arena's own chunks, in an order that makes it start new ones. */
static void
test_pieces_are_zeroed_aligned_and_apart(void)
{
    enum { PIECES = 4000 };
    static unsigned char *piece[PIECES];
    static size_t size[PIECES];
    bh_arena *arena = NULL;
    CU_ASSERT_FATAL(bh_arena_new(&arena) == BH_OK);
    uint32_t state = 1;
    for (int i = 0; i < PIECES; i++) {
        state = state * 1664525u + 1013904223u;
        size[i] = i % 500 == 0 ? 100000u + (unsigned)i : state >> 25;
        piece[i] = bh_arena_take(arena, size[i]);
        CU_ASSERT_FATAL(piece[i] != NULL);
        CHECK((uintptr_t)piece[i] % alignof(max_align_t) == 0);
        CHECK(all_zero(piece[i], size[i]));
        memset(piece[i], i & 0xff, size[i]);
    }
    for (int i = 0; i < PIECES; i++)
        for (size_t k = 0; k < size[i]; k += 16)
            CHECK(piece[i][k] == (i & 0xff));
    bh_arena_free(arena);
}

static void
test_text_is_copied_and_ended(void)
{
    bh_arena *arena = NULL;
    CU_ASSERT_FATAL(bh_arena_new(&arena) == BH_OK);
    char original[] = "dv/dt = -v/tau";
    char *copy = bh_arena_text(arena, original, 5);
    char *empty = bh_arena_text(arena, original, 0);
    original[0] = 'X';
    CU_ASSERT_FATAL(copy != NULL && empty != NULL);
    CHECK(strcmp(copy, "dv/dt") == 0);
    CHECK(empty[0] == '\0');
    bh_arena_free(arena);
}

static void
test_what_cannot_be_is_null(void)
{
    bh_arena *arena = NULL;
    CU_ASSERT_FATAL(bh_arena_new(&arena) == BH_OK);
    CHECK(bh_arena_take(arena, SIZE_MAX) == NULL);
    CHECK(bh_arena_take(arena, SIZE_MAX / 2 + 1) == NULL);
    CHECK(bh_arena_take(arena, 8) != NULL);
    bh_arena_free(arena);
}

static void
test_free_null(void)
{
    bh_arena_free(NULL);
}

TEST_MAIN("core/arena",
          {"pieces are zeroed, aligned and apart",
           test_pieces_are_zeroed_aligned_and_apart},
          {"text is copied and ended", test_text_is_copied_and_ended},
          {"what cannot be is NULL", test_what_cannot_be_is_null},
          {"free NULL", test_free_null})
