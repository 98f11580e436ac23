/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_GPU_FAKE_GPU_H
#define BH_TESTS_GPU_FAKE_GPU_H

/* A GPU without a GPU: libraries that stand in for the CUDA driver, NVRTC, cuFFT and
 * nvJitLink. Kernels run on the processor (shim.h); what is queued is done only when
 * somebody waits for it, so that a wait that is missing shows; the host cannot read the
 * device's memory (under the address sanitizer); what is not given back is counted.
 *
 *     struct fake_gpu *fake = fake_gpu_start();
 *     ... bh_backend_open("cuda", &backend, &diag) ...
 *     CHECK(fake_gpu_leaks(fake) == 0);
 *
 * With BH_TEST_GPU set the same tests run on the machine's GPU; then fake_gpu_start
 * returns NULL. FAKE_GPU_DIR is where the libraries are (tests/gpu/tests.cmake). */

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { FAKE_FUNCTIONS = 80 };

struct fake_gpu {
    int devices;         /* how many there are */
    int init;            /* what cuInit returns */
    size_t memory_bytes; /* of a device: 0 is 64 GiB; more than that is not given */
    int order;           /* of threads and blocks: enum shim_order of shim_run.h */
    uint64_t seed;       /* of the random order */
    int refuses_fatbins; /* with this CUresult; 0: it takes them */
    int reads_pageable;  /* copies from memory that is not pinned are late too */
    char failing[64];    /* this function ("cuMemAlloc") ... */
    int failing_call;    /* ... fails when it is called for the n-th time from now, */
    int failing_code; /* with this CUresult (0: 999); call 0: whenever it is called */
    /* What has happened. */
    size_t launches;     /* of kernels */
    size_t fatbins;      /* that were loaded */
    size_t live, pinned; /* pieces of memory that were not given back, */
    size_t handles;      /* and contexts, streams, programs, graphs */
    char complaint[400]; /* of the last kernel that could not run to its end */
    struct {
        const char *function;
        int calls;
    } called[FAKE_FUNCTIONS]; /* what was called how often; ended by NULL */
};

static inline void *
fake_gpu_library(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", FAKE_GPU_DIR, name);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        fprintf(stderr, "%s\n", dlerror());
    return library;
}

/* Makes the libraries of the machine's CUDA those that stand in for them, for the rest
 * of the program: whoever loads libcuda.so.1 now gets what is there already. */
static inline struct fake_gpu *
fake_gpu_start(void)
{
    struct fake_gpu *(*get)(void) = NULL;
    if (getenv("BH_TEST_GPU"))
        return NULL;
    void *cuda = fake_gpu_library("libcuda.so.1");
    fake_gpu_library("libnvrtc.so.13");
    fake_gpu_library("libcufft.so.12");
    fake_gpu_library("libnvJitLink.so.13");
    if (cuda)
        *(void **)&get = dlsym(cuda, "fake_gpu");
    return get ? get() : NULL;
}

/* The n-th call of a function from now on fails. */
static inline void
fake_gpu_fail(struct fake_gpu *fake, const char *function, int call, int code)
{
    snprintf(fake->failing, sizeof fake->failing, "%s", function);
    fake->failing_call = call;
    fake->failing_code = code;
}

static inline size_t
fake_gpu_leaks(const struct fake_gpu *fake)
{
    return fake ? fake->live + fake->pinned + fake->handles : 0;
}

#endif
