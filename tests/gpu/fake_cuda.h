/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_GPU_FAKE_CUDA_H
#define BH_TESTS_GPU_FAKE_CUDA_H

/* What the parts of the fake driver know of each other. */

#include "tests/gpu/fake_gpu.h"
#include "tests/gpu/fake_queue.h"

/* Every function is declared by the list that the library calls from. */
#define EXPORT                          __attribute__((visibility("default")))
#define CALL(field, symbol, parameters) EXPORT int symbol parameters;
#include "gpu/driver.def"
#undef CALL
EXPORT struct fake_gpu *fake_gpu(void);
/* Counts a call, also of the other libraries; not 0 where it shall fail. */
EXPORT int fake_fails(const char *function);
struct fake_image;
EXPORT void *fake_library(const struct fake_image *image, int *file);
EXPORT int fake_enqueue(void *which, int (*run)(void *data), const void *data,
                        size_t bytes);

enum {
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    INVALID_DEVICE = 101,
    INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201,
    NO_BINARY_FOR_GPU = 209,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    ILLEGAL_ADDRESS = 700,
    LAUNCH_FAILED = 719,
    CAPTURE_UNSUPPORTED = 900,
    UNKNOWN = 999
};

extern struct fake_gpu fake;
extern struct queue fake_stream; /* the one there is */

/* Does what was queued. */
int finish(void);
/* The same before something is freed, which is done even where the device is lost: the
 * tests count what is not given back. */
EXPORT int finish_anyway(void);
/* What every function does first: fails where it shall. */
int entered(const char *function, int needs_context);

#define ENTER(needs_context)                                                           \
    do {                                                                               \
        int entered_ = entered(__func__, needs_context);                               \
        if (entered_ != 0)                                                             \
            return entered_;                                                           \
    } while (0)

/* These wait, or take memory, which nothing that is recorded may do. */
#define ENTER_AND_WAIT()                                                               \
    do {                                                                               \
        ENTER(1);                                                                      \
        if (fake_stream.recording)                                                     \
            return CAPTURE_UNSUPPORTED;                                                \
        int waited_ = finish();                                                        \
        if (waited_ != 0)                                                              \
            return waited_;                                                            \
    } while (0)

#endif
