/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "models/batch_internal.h"

#include "core/comm_internal.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Each thread has a desk. The thread that runs the batch puts sounds onto idle ones and
 * takes results from done ones; it alone uses the journal, the comm and the report. */
enum desk_state { IDLE, HEARING, DONE };

struct desk {
    struct queue *queue;
    pthread_t thread;
    enum desk_state state;
    size_t sound;
    struct heard heard;
    bh_status status;
    bh_diag diag;
};

struct queue {
    struct batch *batch;
    struct desk *desks;
    size_t count;
    pthread_mutex_t lock;
    pthread_cond_t given, taken; /* to the desks, and from them */
    bool ending;
    /* only the running thread's: */
    bool exhausted;
    size_t hearing;
    uint64_t tickets;
};

static void *
work(void *user)
{
    struct desk *desk = user;
    struct queue *queue = desk->queue;
    pthread_mutex_lock(&queue->lock);
    for (;;) {
        while (desk->state != HEARING && !queue->ending)
            pthread_cond_wait(&queue->given, &queue->lock);
        if (desk->state != HEARING)
            break;
        pthread_mutex_unlock(&queue->lock);
        desk->status = batch_hear(queue->batch, desk->sound, &desk->heard, &desk->diag);
        pthread_mutex_lock(&queue->lock);
        desk->state = DONE;
        pthread_cond_signal(&queue->taken);
    }
    pthread_mutex_unlock(&queue->lock);
    return NULL;
}

static struct desk *
find(const struct queue *queue, enum desk_state state)
{
    for (size_t i = 0; i < queue->count; i++)
        if (queue->desks[i].state == state)
            return &queue->desks[i];
    return NULL;
}

static bh_status
report(const struct queue *queue, const struct desk *desk, bh_diag *diag)
{
    const struct batch *batch = queue->batch;
    const bh_batch_config *config = batch->config;
    if (!config->report)
        return BH_OK;
    bh_batch_progress progress = {.sounds = batch->todo,
                                  .done = (size_t)queue->tickets - queue->hearing,
                                  .failed = batch->failed,
                                  .heard_s = batch->heard_s};
    if (desk && !desk->heard.head.good) {
        progress.name = bh_sound_list_get(config->sounds, desk->sound)->name;
        progress.why = desk->heard.head.message;
    }
    return config->report(config->user, &progress, diag);
}

/* Takes what a desk has done. */
static bh_status
take(struct queue *queue, struct desk *desk, bh_diag *diag)
{
    struct batch *batch = queue->batch;
    if (desk->status != BH_OK) {
        *diag = desk->diag;
        return desk->status;
    }
    BH_TRY(record_put(batch, desk->sound, &desk->heard, diag));
    batch->failed += !desk->heard.head.good;
    batch->heard_s += desk->heard.head.duration_s;
    return report(queue, desk, diag);
}

static bh_status
next(struct queue *queue, struct desk *desk, bh_diag *diag)
{
    uint64_t ticket = queue->tickets;
    if (queue->batch->config->comm)
        BH_TRY(bh_comm_next(queue->batch->config->comm, &ticket, diag));
    queue->exhausted = ticket >= queue->batch->todo;
    queue->tickets = queue->exhausted ? queue->batch->todo : ticket + 1;
    if (!queue->exhausted)
        desk->sound = queue->batch->order[ticket];
    return BH_OK;
}

/* A tenth of a second at most, so that a report may end the batch. */
static void
wait_a_while(struct queue *queue)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 100000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&queue->taken, &queue->lock, &until);
}

/* One thing to do, outside the lock, that the desks do not know of. */
static bh_status
step(struct queue *queue, bool *idle, bh_diag *diag)
{
    struct desk *done = find(queue, DONE), *free_desk = find(queue, IDLE);
    bh_status status;
    *idle = false;
    if (done) {
        pthread_mutex_unlock(&queue->lock);
        queue->hearing--;
        status = take(queue, done, diag);
        heard_free(&done->heard);
        pthread_mutex_lock(&queue->lock);
        done->state = IDLE;
        return status;
    }
    if (free_desk && !queue->exhausted) {
        pthread_mutex_unlock(&queue->lock);
        status = next(queue, free_desk, diag);
        pthread_mutex_lock(&queue->lock);
        if (status == BH_OK && !queue->exhausted) {
            queue->hearing++;
            free_desk->state = HEARING;
            pthread_cond_broadcast(&queue->given);
        }
        return status;
    }
    *idle = true;
    return report(queue, NULL, diag);
}

static bh_status
serve(struct queue *queue, bh_diag *diag)
{
    bh_status status = BH_OK;
    bool idle;
    while (status == BH_OK) {
        status = step(queue, &idle, diag);
        if (status == BH_OK && idle && queue->hearing == 0)
            break;
        if (status == BH_OK && idle && !find(queue, DONE))
            wait_a_while(queue);
    }
    return status;
}

static size_t
threads(const struct batch *batch)
{
    const int shared = comm_threads(batch->config->comm);
    const long here = batch->config->threads > 0 ? batch->config->threads
                      : shared > 0               ? shared
                                                 : sysconf(_SC_NPROCESSORS_ONLN);
    const size_t wanted = here > 0 ? (size_t)here : 1;
    return wanted < batch->todo ? wanted : batch->todo;
}

bh_status
batch_hear_all(struct batch *batch, bh_diag *diag)
{
    struct queue queue = {.batch = batch};
    const size_t wanted = threads(batch);
    if (wanted == 0)
        return BH_OK;
    queue.desks = calloc(wanted, sizeof *queue.desks);
    if (!queue.desks)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu threads", wanted);
    pthread_mutex_init(&queue.lock, NULL);
    pthread_cond_init(&queue.given, NULL);
    pthread_cond_init(&queue.taken, NULL);
    while (queue.count < wanted) {
        struct desk *desk = &queue.desks[queue.count];
        desk->queue = &queue;
        if (pthread_create(&desk->thread, NULL, work, desk) != 0)
            break; /* as many as the system gives */
        queue.count++;
    }
    bh_status status = BH_OK;
    pthread_mutex_lock(&queue.lock);
    if (queue.count == 0)
        status = bh_diag_set(diag, BH_ERR_MEMORY, "the system gives no thread");
    else
        status = serve(&queue, diag);
    queue.ending = true;
    atomic_store(&batch->stop, status != BH_OK);
    pthread_cond_broadcast(&queue.given);
    pthread_mutex_unlock(&queue.lock);
    for (size_t i = 0; i < queue.count; i++) {
        pthread_join(queue.desks[i].thread, NULL);
        heard_free(&queue.desks[i].heard);
    }
    pthread_cond_destroy(&queue.taken);
    pthread_cond_destroy(&queue.given);
    pthread_mutex_destroy(&queue.lock);
    free(queue.desks);
    return status;
}
