/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_GPU_FAKE_QUEUE_H
#define BH_TESTS_GPU_FAKE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The fake device's memory, and work in the order in which it was queued. */

enum piece_kind { PIECE_DEVICE, PIECE_PINNED };

/* The memory in which all of [at, at + bytes) lies; NULL where there is none such. */
struct piece *piece_find(const void *at, size_t bytes, enum piece_kind kind);
void *piece_new(size_t bytes, enum piece_kind kind);
bool piece_free(void *start, enum piece_kind kind);
size_t piece_total(enum piece_kind kind);
/* Whether anybody but kernels may touch the device's memory. */
void pieces_open(bool open);

/* A piece of work: `run` is handed `data`, which is the task's own copy. It returns a
 * CUresult. `end`, or NULL, frees what data points to. */
struct task {
    int (*run)(void *data);
    void (*end)(void *data);
    struct task *next;
    size_t bytes;
    _Alignas(16) unsigned char data[];
};

struct queue {
    struct task *first, **last;
    bool recording;
};

/* Adds work at the end. 0, or a CUresult. */
int queue_add(struct queue *queue, int (*run)(void *data), void (*end)(void *data),
              const void *data, size_t bytes);
/* Does all the work; the first error, after which nothing more is done. */
int queue_run(struct queue *queue);
/* The same, until nothing is pending any more. */
int queue_run_until(struct queue *queue, const int *pending);
/* The work so far becomes a list of its own. */
struct task *queue_take(struct queue *queue);
int tasks_run(const struct task *tasks);
void tasks_free(struct task *tasks);

#endif
