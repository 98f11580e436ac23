/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* sched_getaffinity, CPU_COUNT */
#include "core/pool.h"

#include "tests/check.h"

#include <sched.h>
#include <stdatomic.h>
#include <time.h>

enum { PIECES = 1000, THREADS_MAX = 16 };

struct tally {
    int done[PIECES]; /* plain: two threads on one piece would be a data race */
    atomic_int bad_thread, busy[THREADS_MAX];
    int threads;
};

static void
count_piece(void *context, size_t i, int thread)
{
    struct tally *tally = context;
    if (thread < 0 || thread >= tally->threads ||
        atomic_fetch_add(&tally->busy[thread], 1) != 0)
        atomic_fetch_add(&tally->bad_thread, 1);
    tally->done[i]++;
    atomic_fetch_sub(&tally->busy[thread], 1);
}

/* Each piece once, and everything that was written is seen by the caller at once. */
static void
check_runs(int threads, size_t count, int runs)
{
    static struct tally tally;
    bh_diag diag;
    bh_pool *pool = NULL;
    CHECK_OK(bh_pool_new(threads, &pool, &diag), diag);
    CHECK(bh_pool_threads(pool) == threads);
    memset(&tally, 0, sizeof tally);
    tally.threads = threads;
    for (int run = 1; run <= runs; run++) {
        bh_pool_run(pool, count, INFINITY, count_piece, &tally);
        int wrong = 0;
        for (size_t i = 0; i < PIECES; i++)
            wrong += tally.done[i] != (i < count ? run : 0);
        CHECK(wrong == 0);
    }
    CHECK(atomic_load(&tally.bad_thread) == 0);
    bh_pool_free(pool);
}

/* More threads than this machine has processors sleep instead of spinning. */
static void
test_each_piece_is_done_once(void)
{
    static const int threads[] = {1, 2, 3, THREADS_MAX};
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
        check_runs(threads[i], PIECES, 50);
        check_runs(threads[i], 1, 50);
        check_runs(threads[i], 2, 50);
        check_runs(threads[i], 0, 3);
    }
}

static void
test_workers_that_slept_wake(void)
{
    bh_diag diag;
    bh_pool *pool = NULL;
    static struct tally tally;
    memset(&tally, 0, sizeof tally);
    tally.threads = 2;
    CHECK_OK(bh_pool_new(2, &pool, &diag), diag);
    struct timespec nap = {0, 2000000}; /* far longer than a worker spins */
    for (int run = 1; run <= 20; run++) {
        bh_pool_run(pool, 8, INFINITY, count_piece, &tally);
        nanosleep(&nap, NULL);
    }
    for (int i = 0; i < 8; i++)
        CHECK(tally.done[i] == 20);
    bh_pool_free(pool);
}

static void
test_zero_means_every_processor(void)
{
    cpu_set_t set;
    bh_diag diag;
    bh_pool *pool = NULL;
    CU_ASSERT_FATAL(sched_getaffinity(0, sizeof set, &set) == 0);
    CHECK_OK(bh_pool_new(0, &pool, &diag), diag);
    CHECK(bh_pool_threads(pool) == CPU_COUNT(&set));
    bh_pool_free(pool);
}

static void
test_wrong_numbers_are_told(void)
{
    bh_diag diag;
    bh_pool *pool = NULL;
    CHECK(bh_pool_new(-1, &pool, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "-1 threads; must be 0");
    CHECK(bh_pool_new(1000000, &pool, NULL) == BH_ERR_ARGUMENT);
    CHECK(pool == NULL);
}

static void
test_free_null_and_unused(void)
{
    bh_diag diag;
    bh_pool *pool = NULL;
    bh_pool_free(NULL);
    for (int i = 0; i < 20; i++) {
        CHECK_OK(bh_pool_new(4, &pool, &diag), diag);
        bh_pool_free(pool);
    }
}

TEST_MAIN("core/pool", {"each piece is done once", test_each_piece_is_done_once},
          {"workers that slept wake", test_workers_that_slept_wake},
          {"0 means every processor", test_zero_means_every_processor},
          {"wrong numbers are told", test_wrong_numbers_are_told},
          {"free NULL and unused", test_free_null_and_unused})
