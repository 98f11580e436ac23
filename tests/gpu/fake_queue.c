/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/gpu/fake_queue.h"

#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define ASAN(call) call
#else
#define ASAN(call) ((void)0)
#endif

enum { OUT_OF_MEMORY = 2 };

struct piece {
    char *start;
    size_t bytes;
    enum piece_kind kind;
    struct piece *next;
};

static struct piece *pieces;

struct piece *
piece_find(const void *at, size_t bytes, enum piece_kind kind)
{
    const char *from = at;
    for (struct piece *p = pieces; p; p = p->next)
        if (p->kind == kind && from >= p->start && bytes <= p->bytes &&
            (size_t)(from - p->start) <= p->bytes - bytes)
            return p;
    return NULL;
}

void *
piece_new(size_t bytes, enum piece_kind kind)
{
    struct piece *piece = malloc(sizeof *piece);
    /* The driver aligns to 256 bytes. */
    char *start = aligned_alloc(256, (bytes + 255) / 256 * 256);
    if (!piece || !start) {
        free(piece);
        free(start);
        return NULL;
    }
    memset(start, 0xff, bytes);
    *piece = (struct piece){start, bytes, kind, pieces};
    pieces = piece;
    pieces_open(false);
    return start;
}

bool
piece_free(void *start, enum piece_kind kind)
{
    for (struct piece **at = &pieces; *at; at = &(*at)->next) {
        struct piece *piece = *at;
        if (piece->start != start || piece->kind != kind)
            continue;
        *at = piece->next;
        ASAN(__asan_unpoison_memory_region(start, (piece->bytes + 255) / 256 * 256));
        free(start);
        free(piece);
        return true;
    }
    return false;
}

size_t
piece_total(enum piece_kind kind)
{
    size_t total = 0;
    for (const struct piece *p = pieces; p; p = p->next)
        total += p->kind == kind ? p->bytes : 0;
    return total;
}

/* What is left of the last 256 bytes is nobody's. */
void
pieces_open(bool open)
{
    (void)open;
    for (const struct piece *p = pieces; p; p = p->next) {
        ASAN(__asan_poison_memory_region(p->start, (p->bytes + 255) / 256 * 256));
        if (open || p->kind == PIECE_PINNED)
            ASAN(__asan_unpoison_memory_region(p->start, p->bytes));
    }
}

int
queue_add(struct queue *queue, int (*run)(void *), void (*end)(void *),
          const void *data, size_t bytes)
{
    struct task *task = malloc(sizeof *task + bytes);
    if (!task)
        return OUT_OF_MEMORY;
    *task = (struct task){.run = run, .end = end, .bytes = bytes};
    memcpy(task->data, data, bytes);
    if (!queue->first)
        queue->last = &queue->first;
    *queue->last = task;
    queue->last = &task->next;
    return 0;
}

struct task *
queue_take(struct queue *queue)
{
    struct task *tasks = queue->first;
    queue->first = NULL;
    return tasks;
}

int
tasks_run(const struct task *tasks)
{
    int result = 0;
    pieces_open(true);
    for (const struct task *t = tasks; t && result == 0; t = t->next)
        result = t->run((void *)(uintptr_t)t->data);
    pieces_open(false);
    return result;
}

void
tasks_free(struct task *tasks)
{
    while (tasks) {
        struct task *next = tasks->next;
        if (tasks->end)
            tasks->end(tasks->data);
        free(tasks);
        tasks = next;
    }
}

int
queue_run(struct queue *queue)
{
    struct task *tasks = queue_take(queue);
    int result = tasks_run(tasks);
    tasks_free(tasks);
    return result;
}

int
queue_run_until(struct queue *queue, const int *pending)
{
    int result = 0;
    pieces_open(true);
    while (*pending > 0 && queue->first && result == 0) {
        struct task *task = queue->first;
        queue->first = task->next;
        task->next = NULL;
        result = task->run(task->data);
        tasks_free(task);
    }
    pieces_open(false);
    return result;
}
