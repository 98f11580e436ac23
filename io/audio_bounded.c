/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "io/audio_internal.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* Shared by the one who waits and the one who works; who leaves last frees it. */
struct call {
    void (*work)(void *);
    void (*release)(void *);
    void *context;
    pthread_mutex_t mutex;
    pthread_cond_t ended;
    bool done, left;
};

static void
call_free(struct call *call)
{
    pthread_cond_destroy(&call->ended);
    pthread_mutex_destroy(&call->mutex);
    free(call);
}

static void *
call_main(void *arg)
{
    struct call *call = arg;
    call->work(call->context);
    pthread_mutex_lock(&call->mutex);
    call->done = true;
    const bool alone = call->left;
    pthread_cond_signal(&call->ended);
    pthread_mutex_unlock(&call->mutex);
    if (alone) {
        call->release(call->context);
        call_free(call);
    }
    return NULL;
}

static struct timespec
after(double seconds)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    const double whole = (double)(long)seconds;
    time.tv_sec += (time_t)whole;
    time.tv_nsec += (long)(1e9 * (seconds - whole));
    if (time.tv_nsec >= 1000000000) {
        time.tv_nsec -= 1000000000;
        time.tv_sec++;
    }
    return time;
}

static struct call *
call_new(void)
{
    struct call *call = calloc(1, sizeof *call);
    if (!call)
        return NULL;
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_mutex_init(&call->mutex, NULL);
    pthread_cond_init(&call->ended, &steady);
    pthread_condattr_destroy(&steady);
    return call;
}

bool
bh_bounded_call(void (*work)(void *context), void (*release)(void *context),
                void *context, double limit_s)
{
    const struct timespec limit = after(limit_s);
    struct call *call = call_new();
    pthread_t thread;
    if (call) {
        call->work = work;
        call->release = release;
        call->context = context;
    }
    if (!call || pthread_create(&thread, NULL, call_main, call) != 0) {
        if (call)
            call_free(call);
        work(context); /* without a thread nobody can watch over it */
        return true;
    }
    pthread_mutex_lock(&call->mutex);
    int error = 0;
    while (!call->done && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&call->ended, &call->mutex, &limit);
    const bool done = call->done;
    call->left = !done;
    pthread_mutex_unlock(&call->mutex);
    if (!done) {
        pthread_detach(thread);
        return false;
    }
    pthread_join(thread, NULL);
    call_free(call);
    return true;
}

double
bh_audio_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
