/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ring.h"

#include "tests/check.h"

#include <pthread.h>
#include <sched.h>

static bh_ring *
make(size_t element, size_t capacity)
{
    bh_diag diag;
    bh_ring *ring = NULL;
    CHECK_OK(bh_ring_new(element, capacity, &ring, &diag), diag);
    return ring;
}

/* What goes in comes out in order, whatever the parts, many times round. */
static void
test_order(void)
{
    bh_ring *ring = make(sizeof(unsigned), 7);
    unsigned in = 0, out = 0, buffer[8];
    for (int turn = 0; turn < 10000; turn++) {
        const size_t want = (size_t)(turn * 5 % 9), take = (size_t)(turn * 3 % 8);
        const size_t room = 8 - bh_ring_filled(ring), put = want < room ? want : room;
        for (size_t i = 0; i < put; i++)
            buffer[i] = in++;
        CHECK(bh_ring_write(ring, buffer, put) == put);
        const size_t got = bh_ring_read(ring, buffer, take);
        for (size_t i = 0; i < got; i++)
            CU_ASSERT_FATAL(buffer[i] == out++);
    }
    CHECK(out > 1000 && bh_ring_filled(ring) == in - out);
    CHECK(bh_ring_dropped(ring) == 0);
    bh_ring_free(ring);
}

/* What does not fit is dropped and counted; what was there before stays. */
static void
test_full(void)
{
    bh_ring *ring = make(3, 4);
    char out[18] = "";
    CHECK(bh_ring_read(ring, out, 4) == 0);
    CHECK(bh_ring_write(ring, "abcdefghi", 3) == 3);
    CHECK(bh_ring_write(ring, "ABCDEFGHI", 3) == 1);
    CHECK(bh_ring_dropped(ring) == 2);
    CHECK(bh_ring_write(ring, "xyz", 1) == 0);
    CHECK(bh_ring_dropped(ring) == 3);
    CHECK(bh_ring_filled(ring) == 4);
    CHECK(bh_ring_read(ring, out, 6) == 4);
    CHECK(memcmp(out, "abcdefghiABC", 12) == 0);
    bh_ring_free(ring);
    bh_ring_free(NULL);
}

enum { MANY = 200000 };

struct pair {
    bh_ring *ring;
    uint64_t wrong, received;
};

/* Takes ever higher numbers; those between were dropped. */
static void *
receive(void *user)
{
    struct pair *pair = user;
    uint64_t buffer[13], next = 0;
    while (next < MANY) {
        const size_t got = bh_ring_read(pair->ring, buffer, 13);
        for (size_t i = 0; i < got; i++) {
            pair->wrong += buffer[i] < next;
            next = buffer[i] + 1;
        }
        pair->received += got;
        if (got == 0)
            sched_yield();
    }
    return NULL;
}

/* Two threads, under ThreadSanitizer too: nothing is lost but what is counted. */
static void
test_threads(void)
{
    struct pair pair = {.ring = make(sizeof(uint64_t), 64)};
    pthread_t reader;
    CU_ASSERT_FATAL(pthread_create(&reader, NULL, receive, &pair) == 0);
    uint64_t buffer[17];
    for (uint64_t sent = 0; sent < MANY;) {
        size_t count = 1 + sent % 17;
        for (size_t i = 0; i < count; i++)
            buffer[i] = sent++;
        if (bh_ring_write(pair.ring, buffer, count) < count)
            sched_yield();
    }
    /* The last number must get through, or the reader waits for ever. */
    const uint64_t last = 2 * MANY;
    uint64_t tries = 0;
    while (bh_ring_write(pair.ring, &last, 1) == 0) {
        tries++;
        sched_yield();
    }
    pthread_join(reader, NULL);
    CHECK(pair.wrong == 0);
    uint64_t sent = 0;
    while (sent < MANY)
        sent += 1 + sent % 17;
    const uint64_t left = bh_ring_filled(pair.ring);
    CHECK(pair.received + left + bh_ring_dropped(pair.ring) == sent + tries + 1);
    bh_ring_free(pair.ring);
}

static void
test_mistakes(void)
{
    bh_diag diag;
    bh_ring *ring = NULL;
    CHECK(bh_ring_new(0, 4, &ring, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_ring_new(4, 0, &ring, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_ring_new(8, SIZE_MAX / 2, &ring, &diag) == BH_ERR_MEMORY);
    CHECK(bh_ring_new(8, SIZE_MAX, &ring, &diag) == BH_ERR_MEMORY);
    CHECK(ring == NULL);
}

TEST_MAIN("core/ring", {"order", test_order}, {"full", test_full},
          {"threads", test_threads}, {"mistakes", test_mistakes})
