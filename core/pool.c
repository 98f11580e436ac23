/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* sched_getaffinity, CPU_COUNT */
#include "core/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/* A worker looks for new work this often before it sleeps: about 100 microseconds, more
 * than a running network pauses between its windows; waking a sleeper costs as much. */
enum { SPINS = 8000 };

/* Work shorter than this is done before the other threads have met: two meetings cost
 * about 2 microseconds where all spin, and far more where one sleeps. */
static const double WORTH_NS = 20e3;

struct bh_pool {
    void (*work)(void *context, size_t i, int thread);
    void *context;
    size_t count;
    atomic_size_t next; /* the next piece to take */
    atomic_int busy;    /* workers that have not finished this round */
    atomic_uint round;  /* grows with each bh_pool_run */
    atomic_bool quit;
    pthread_mutex_t mutex; /* for those that sleep */
    pthread_cond_t wake;
    int threads;
    bool spin; /* false where there are more threads than processors */
    pthread_t *workers;
    struct worker {
        bh_pool *pool;
        int thread;
    } * worker;
};

static int
processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return CPU_COUNT(&set);
}

static inline void
relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static void
take_pieces(bh_pool *pool, int thread)
{
    size_t i;
    while ((i = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed)) <
           pool->count)
        pool->work(pool->context, i, thread);
}

static bool
wait_for_round(bh_pool *pool, unsigned seen)
{
    for (int spin = 0; pool->spin && spin < SPINS; spin++) {
        if (atomic_load_explicit(&pool->round, memory_order_acquire) != seen)
            return !atomic_load(&pool->quit);
        relax();
    }
    pthread_mutex_lock(&pool->mutex);
    while (atomic_load_explicit(&pool->round, memory_order_acquire) == seen)
        pthread_cond_wait(&pool->wake, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
    return !atomic_load(&pool->quit);
}

static void *
worker_main(void *arg)
{
    struct worker *worker = arg;
    bh_pool *pool = worker->pool;
    unsigned seen = 0;
    while (wait_for_round(pool, seen)) {
        seen++;
        take_pieces(pool, worker->thread);
        atomic_fetch_sub_explicit(&pool->busy, 1, memory_order_release);
    }
    return NULL;
}

static void
start_round(bh_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add_explicit(&pool->round, 1, memory_order_release);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
}

bh_status
bh_pool_new(int threads, bh_pool **out, bh_diag *diag)
{
    if (threads < 0 || threads > 4096)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%d threads; must be 0 (all processors) to 4096", threads);
    if (threads == 0)
        threads = processors();
    bh_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %d threads", threads);
    pool->threads = 1;
    pool->spin = threads <= processors();
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pool->workers = calloc((size_t)threads, sizeof *pool->workers);
    pool->worker = calloc((size_t)threads, sizeof *pool->worker);
    if (!pool->workers || !pool->worker)
        goto fail;
    for (int t = 1; t < threads; t++) {
        pool->worker[t] = (struct worker){pool, t};
        if (pthread_create(&pool->workers[t], NULL, worker_main, &pool->worker[t]) != 0)
            goto fail;
        pool->threads++;
    }
    *out = pool;
    return BH_OK;
fail:
    bh_pool_free(pool);
    return bh_diag_set(diag, BH_ERR_MEMORY, "cannot start %d threads", threads);
}

void
bh_pool_free(bh_pool *pool)
{
    if (!pool)
        return;
    atomic_store(&pool->quit, true);
    start_round(pool);
    for (int t = 1; t < pool->threads; t++)
        pthread_join(pool->workers[t], NULL);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->workers);
    free(pool->worker);
    free(pool);
}

int
bh_pool_threads(const bh_pool *pool)
{
    return pool->threads;
}

void
bh_pool_run(bh_pool *pool, size_t count, double cost_ns,
            void (*work)(void *context, size_t i, int thread), void *context)
{
    if (pool->threads == 1 || count < 2 || cost_ns < WORTH_NS) {
        for (size_t i = 0; i < count; i++)
            work(context, i, 0);
        return;
    }
    pool->work = work;
    pool->context = context;
    pool->count = count;
    atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
    atomic_store_explicit(&pool->busy, pool->threads - 1, memory_order_relaxed);
    start_round(pool);
    take_pieces(pool, 0);
    for (int spin = 0; atomic_load_explicit(&pool->busy, memory_order_acquire) > 0;
         spin++) {
        if (pool->spin && spin < SPINS)
            relax();
        else
            sched_yield(); /* somebody else has the processor that a piece waits for */
    }
}
