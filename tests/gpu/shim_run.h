/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_GPU_SHIM_RUN_H
#define BH_TESTS_GPU_SHIM_RUN_H

#include <stddef.h>
#include <stdint.h>

/* Runs the threads of a kernel on the processor, block after block, each thread a
 * context of its own that gives way where threads wait for each other. */

enum shim_order { SHIM_FORWARD, SHIM_REVERSE, SHIM_RANDOM };

struct shim_launch {
    void (*kernel)(const void *argument);
    const void *argument;
    unsigned blocks, threads;
    char *shared; /* the static arrays of a block */
    size_t shared_bytes;
    enum shim_order order;
    uint64_t seed; /* of the random order */
};

/* 0, or -1 with a sentence in `why`: threads that wait for each other for ever, a
 * barrier that some of a block's threads do not reach. */
int shim_run(const struct shim_launch *launch, char *why, size_t size);

#endif
