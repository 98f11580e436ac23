/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "tests/gpu/shim_run.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define ASAN(call) call
#else
#define ASAN(call) ((void)0)
#endif

#define EXPORT __attribute__((visibility("default")))

enum { THREADS_MOST = 1024, STACK = 128 << 10, GUARD = 4096, LANES = 32 };
enum { SYNC, BALLOT, SHFL, UP, DOWN, XOR, ADD, MIN, MAX }; /* shim.h has them too */

enum state { READY, AT_BARRIER, AT_WARP, DONE };

struct thread {
    ucontext_t context;
    enum state state;
    int line, predicate; /* where it waits */
    int what, lane, width;
    unsigned mask;
    uint64_t value; /* what it gives, then what it gets */
    void *fake_stack;
};

struct place {
    unsigned x, y, z;
};

EXPORT struct place threadIdx, blockIdx, blockDim, gridDim;
EXPORT int shim_barrier(int line, int predicate);
EXPORT uint64_t shim_warp(int line, int what, unsigned mask, uint64_t mine, int lane,
                          int width);
EXPORT void shim_yield(void);

/* One launch at a time. */
static struct {
    const struct shim_launch *launch;
    struct thread *thread; /* one for each of a block */
    unsigned now, done;    /* who runs; how many have ended */
    uint64_t random;
    ucontext_t home;
    void *fake_stack;
    const void *bottom; /* of the caller's stack, as the sanitizer knows it */
    size_t bottom_bytes;
    char *stacks;
} shim;

static unsigned
draw(unsigned below)
{
    shim.random ^= shim.random << 13;
    shim.random ^= shim.random >> 7;
    shim.random ^= shim.random << 17;
    return (unsigned)((shim.random >> 32) * below >> 32);
}

static char *
stack_of(unsigned number)
{
    return shim.stacks + (size_t)number * (STACK + GUARD) + GUARD;
}

static bool
make_stacks(void)
{
    if (shim.stacks)
        return true;
    size_t bytes = (size_t)THREADS_MOST * (STACK + GUARD);
    char *stacks = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stacks == MAP_FAILED)
        return false;
    for (unsigned i = 0; i < THREADS_MOST; i++)
        mprotect(stacks + (size_t)i * (STACK + GUARD), GUARD, PROT_NONE);
    shim.stacks = stacks;
    return true;
}

/* From a thread back to the scheduler. */
static void
leave(struct thread *thread)
{
    ASAN(__sanitizer_start_switch_fiber(thread->state == DONE ? NULL
                                                              : &thread->fake_stack,
                                        shim.bottom, shim.bottom_bytes));
    swapcontext(&thread->context, &shim.home);
    ASAN(__sanitizer_finish_switch_fiber(thread->fake_stack, NULL, NULL));
}

/* From the scheduler to a thread, until that leaves. */
static void
resume(unsigned number)
{
    struct thread *thread = &shim.thread[number];
    shim.now = number;
    threadIdx.x = number;
    ASAN(__sanitizer_start_switch_fiber(&shim.fake_stack, stack_of(number), STACK));
    swapcontext(&shim.home, &thread->context);
    ASAN(__sanitizer_finish_switch_fiber(shim.fake_stack, NULL, NULL));
}

/* The lanes that a waiting thread waits for, all there: gives each its result. */
static void
try_warp(unsigned first, const struct thread *asked)
{
    struct thread *lane = shim.thread + first;
    const unsigned lanes =
        shim.launch->threads - first < LANES ? shim.launch->threads - first : LANES;
    const struct thread question = *asked;
    uint64_t given[LANES], all[4] = {0, 0, UINT32_MAX, 0}; /* votes, sum, min, max */
    unsigned there = 0;
    for (unsigned i = 0; i < lanes; i++) {
        if (!(question.mask >> i & 1) || lane[i].state == DONE)
            continue;
        if (lane[i].state != AT_WARP || lane[i].what != question.what ||
            lane[i].line != question.line || lane[i].mask != question.mask)
            return;
        there |= 1u << i;
        given[i] = lane[i].value;
        all[0] |= (uint64_t)(given[i] != 0) << i;
        all[1] = (uint32_t)(all[1] + given[i]);
        all[2] = given[i] < all[2] ? given[i] : all[2];
        all[3] = given[i] > all[3] ? given[i] : all[3];
    }
    for (unsigned i = 0; i < lanes; i++) {
        if (!(there >> i & 1))
            continue;
        const int width = lane[i].width, base = (int)i / width * width;
        const int by = lane[i].lane, at = (int)i - base;
        int from = (int)i;
        switch (question.what) {
        case BALLOT:
            lane[i].value = all[0];
            break;
        case ADD:
        case MIN:
        case MAX:
            lane[i].value = all[question.what - ADD + 1];
            break;
        case SHFL:
            from = base + (by % width + width) % width;
            break;
        case UP:
            from = at - by >= 0 ? (int)i - by : (int)i;
            break;
        case DOWN:
            from = at + by < width ? (int)i + by : (int)i;
            break;
        case XOR:
            from = (at ^ by) < width ? base + (at ^ by) : (int)i;
            break;
        }
        /* What a lane that is not there would have given is rubbish. */
        if (question.what >= SHFL && question.what <= XOR)
            lane[i].value = there >> from & 1 ? given[from] : UINT64_MAX;
        lane[i].state = READY;
    }
}

EXPORT uint64_t
shim_warp(int line, int what, unsigned mask, uint64_t mine, int lane, int width)
{
    const unsigned first = shim.now / LANES * LANES;
    struct thread *thread = &shim.thread[shim.now];
    thread->state = AT_WARP;
    thread->line = line;
    thread->what = what;
    /* A lane that is not in its own mask waits for ever, and that is told. */
    thread->mask = mask >> (shim.now - first) & 1 ? mask : 0;
    thread->value = mine;
    thread->lane = lane;
    thread->width = width;
    if (thread->mask)
        try_warp(first, thread);
    leave(thread);
    return thread->value;
}

EXPORT int
shim_barrier(int line, int predicate)
{
    struct thread *thread = &shim.thread[shim.now];
    thread->state = AT_BARRIER;
    thread->line = line;
    thread->predicate = predicate;
    leave(thread);
    return (int)thread->value;
}

EXPORT void
shim_yield(void)
{
    if (shim.launch->order == SHIM_RANDOM)
        leave(&shim.thread[shim.now]);
}

static void
enter(void)
{
    ASAN(__sanitizer_finish_switch_fiber(NULL, &shim.bottom, &shim.bottom_bytes));
    shim.launch->kernel(shim.launch->argument);
    struct thread *thread = &shim.thread[shim.now];
    thread->state = DONE;
    shim.done++;
    const unsigned first = shim.now / LANES * LANES;
    for (unsigned i = first; i < first + LANES && i < shim.launch->threads; i++)
        if (shim.thread[i].state == AT_WARP && shim.thread[i].mask)
            try_warp(first, &shim.thread[i]);
    leave(thread);
}

static void
start_thread(unsigned number)
{
    struct thread *thread = &shim.thread[number];
    thread->state = READY;
    ASAN(__asan_unpoison_memory_region(stack_of(number), STACK));
    getcontext(&thread->context);
    thread->context.uc_stack.ss_sp = stack_of(number);
    thread->context.uc_stack.ss_size = STACK;
    thread->context.uc_link = NULL;
    makecontext(&thread->context, enter, 0);
    /* Where the sanitizer does not know the stack it leaves what it watches there. */
    thread->context.uc_stack.ss_sp = NULL;
    thread->context.uc_stack.ss_size = 0;
}

/* Every thread is at the same barrier: they go on. */
static bool
pass_barrier(void)
{
    int count = 0;
    for (unsigned i = 0; i < shim.launch->threads; i++) {
        if (shim.thread[i].state != AT_BARRIER ||
            shim.thread[i].line != shim.thread[0].line)
            return false;
        count += shim.thread[i].predicate;
    }
    for (unsigned i = 0; i < shim.launch->threads; i++) {
        shim.thread[i].value = (uint64_t)count;
        shim.thread[i].state = READY;
    }
    return true;
}

static int
stuck(unsigned block, char *why, size_t size)
{
    static const char *const words[] = {"ready", "at the barrier", "at the warp's call",
                                        "at its end"};
    unsigned other = 0;
    const struct thread *first = &shim.thread[0];
    for (unsigned i = 1; i < shim.launch->threads && !other; i++)
        if (shim.thread[i].state != first->state || shim.thread[i].line != first->line)
            other = i;
    snprintf(
        why, size,
        "threads of block %u wait for ever: thread 0 is %s (line %d), thread %u is "
        "%s (line %d)",
        block, words[first->state], first->line, other, words[shim.thread[other].state],
        shim.thread[other].line);
    return -1;
}

/* The numbers below count in the order of this launch. */
static void
fill_order(unsigned *list, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        list[i] = shim.launch->order == SHIM_REVERSE ? count - 1 - i : i;
    for (unsigned i = count; shim.launch->order == SHIM_RANDOM && i > 1; i--) {
        unsigned other = draw(i), kept = list[i - 1];
        list[i - 1] = list[other];
        list[other] = kept;
    }
}

static int
run_block(unsigned block, unsigned *order, char *why, size_t size)
{
    const unsigned threads = shim.launch->threads;
    if (shim.launch->shared_bytes > 0)
        memset(shim.launch->shared, 0xff, shim.launch->shared_bytes);
    blockIdx.x = block;
    shim.done = 0;
    for (unsigned i = 0; i < threads; i++)
        start_thread(i);
    while (shim.done < threads) {
        bool ran = false;
        fill_order(order, threads);
        for (unsigned i = 0; i < threads; i++)
            if (shim.thread[order[i]].state == READY) {
                resume(order[i]);
                ran = true;
            }
        if (!ran && !pass_barrier())
            return stuck(block, why, size);
    }
    return 0;
}

int
shim_run(const struct shim_launch *launch, char *why, size_t size)
{
    int result = -1;
    snprintf(why, size, "a block has 1 to %d threads", THREADS_MOST);
    if (launch->threads < 1 || launch->threads > THREADS_MOST)
        return -1;
    snprintf(why, size, "no memory for the threads of a block");
    unsigned *blocks = calloc(launch->blocks, sizeof *blocks);
    unsigned *order = calloc(launch->threads, sizeof *order);
    shim.thread = calloc(launch->threads, sizeof *shim.thread);
    shim.launch = launch;
    shim.random = launch->seed * 0x9e3779b97f4a7c15u + 1;
    if (blocks && order && shim.thread && make_stacks()) {
        blockDim = (struct place){launch->threads, 1, 1};
        gridDim = (struct place){launch->blocks, 1, 1};
        fill_order(blocks, launch->blocks);
        result = 0;
        for (unsigned b = 0; b < launch->blocks && result == 0; b++)
            result = run_block(blocks[b], order, why, size);
    }
    free(blocks);
    free(order);
    free(shim.thread);
    shim.thread = NULL;
    return result;
}
