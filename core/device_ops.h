/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_DEVICE_OPS_H
#define BH_CORE_DEVICE_OPS_H

/* What rooms ask of a device beside the processor: the one seam between models
 * (filterbank/, neurons/) and whatever runs their kernels (gpu/, or a stand-in of a
 * test).
 *
 * A device has one queue. What is queued runs in order; only read(), wait() and await()
 * wait for it, and an error of what was queued may come out of any later call. One
 * thread at a time uses a device. A kernel has one argument, the address of a structure
 * in the device's memory: whatever changes between two launches stands in that memory,
 * so a row of launches can be recorded once and replayed. Device pointers are plain
 * pointers that the host never follows. */

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

struct bh_device_ops;

/// A device that is open. Whoever implements one puts this first in a structure of its
/// own.
typedef struct bh_device {
    const struct bh_device_ops *ops;
    const char *name;    ///< for messages: "NVIDIA H200"
    int multiprocessors; ///< that work at the same time
    size_t memory_bytes; ///< all of it
} bh_device;

/// How the text of a program is compiled, in either case without multiplications and
/// additions fused by the compiler (--fmad=false), and with exact division and roots.
enum {
    BH_DEVICE_KEEP_DENORMALS = 0,
    BH_DEVICE_FLUSH_DENORMALS = 1 ///< of single precision, as the processor's loops do
};

/// Real transforms of one length, many at a time, not scaled.
typedef struct bh_device_fft_config {
    size_t size, batch;    ///< samples of one, and how many
    size_t real_stride;    ///< elements from one to the next, where they are real,
    size_t complex_stride; ///< and where they are complex
    bool inverse;          ///< complex to real
    bool wide;             ///< double precision, else single
    /// What an inverse transform takes for its input in place of what is there, or
    /// NULL: CUDA C as for load() with a function
    ///     float2 bh_fft_load(void *in, unsigned long long at, void *info, void
    ///     *shared)
    /// (double2 where `wide`) that gives the complex number `at` elements from the
    /// first. It is called once for each number, in any order.
    const char *load;
    void *load_info; ///< handed to it: the device's memory, read whenever it runs
} bh_device_fft_config;

/// All that can fail says so in `diag`, and leaves its results alone then.
struct bh_device_ops {
    /// Memory of zeros on the device; `what` it is for stands in the message where
    /// there is none (BH_ERR_MEMORY). NULL is allowed in give().
    bh_status (*take)(bh_device *device, size_t bytes, const char *what, void **out,
                      bh_diag *diag);
    void (*give)(bh_device *device, void *memory);
    /// Memory of the host that the device reaches by itself: the fast kind to write
    /// from and read to.
    bh_status (*take_pinned)(bh_device *device, size_t bytes, const char *what,
                             void **out, bh_diag *diag);
    void (*give_pinned)(bh_device *device, void *memory);

    /// Queues a copy to the device. `from` may change at once, unless it is pinned
    /// memory: then when the queue has come so far.
    bh_status (*write)(bh_device *device, void *to, const void *from, size_t bytes,
                       bh_diag *diag);
    /// Waits for the queue and copies to the host.
    bh_status (*read)(bh_device *device, void *to, const void *from, size_t bytes,
                      bh_diag *diag);
    /// Queues a copy to pinned memory, which has it when a mark behind it was awaited.
    bh_status (*read_later)(bh_device *device, void *to, const void *from, size_t bytes,
                            bh_diag *diag);
    /// Queues a copy within the device, and zeros.
    bh_status (*copy)(bh_device *device, void *to, const void *from, size_t bytes,
                      bh_diag *diag);
    bh_status (*clear)(bh_device *device, void *to, size_t bytes, bh_diag *diag);
    /// Waits until all that was queued is done.
    bh_status (*wait)(bh_device *device, bh_diag *diag);
    /// Marks the end of what is queued: makes `*mark` where it is NULL, else moves it.
    bh_status (*mark)(bh_device *device, void **mark, bh_diag *diag);
    /// Waits until the queue has come to a mark; NULL is no mark, and nothing to wait
    /// for.
    bh_status (*await)(bh_device *device, void *mark, bh_diag *diag);
    void (*mark_free)(bh_device *device, void *mark);

    /// Compiles CUDA C (C11 and C++17 alike, no headers; functions without an attribute
    /// are the device's) and loads it. Compiled programs are kept on disk.
    bh_status (*load)(bh_device *device, const char *text, unsigned flags,
                      void **program, bh_diag *diag);
    void (*unload)(bh_device *device, void *program);
    /// A kernel of a program by its name, which is `extern "C"`.
    bh_status (*find)(bh_device *device, void *program, const char *name, void **kernel,
                      bh_diag *diag);
    /// Queues blocks of threads (one dimension each; static shared memory only).
    bh_status (*launch)(bh_device *device, void *kernel, uint32_t blocks,
                        uint32_t threads, const void *argument, bh_diag *diag);

    /// From record_begin on what is queued is only remembered (no waiting, no memory);
    /// record_end makes a graph of it, and replay queues all that.
    bh_status (*record_begin)(bh_device *device, bh_diag *diag);
    bh_status (*record_end)(bh_device *device, void **graph, bh_diag *diag);
    bh_status (*replay)(bh_device *device, void *graph, bh_diag *diag);
    void (*graph_free)(bh_device *device, void *graph);

    /// Fourier transforms; all three NULL where the machine has no library for them.
    /// Where it has one that cannot take a `load`, that is BH_ERR_UNSUPPORTED: whoever
    /// asks does without.
    bh_status (*fft_new)(bh_device *device, const bh_device_fft_config *config,
                         void **plan, bh_diag *diag);
    /// What went into an inverse transform is rubbish afterwards. It may be where it
    /// comes out, if `real_stride` is twice `complex_stride`.
    bh_status (*fft_run)(bh_device *device, void *plan, void *in, void *out,
                         bh_diag *diag);
    void (*fft_free)(bh_device *device, void *plan);
};

BH_END_DECLS

#endif
