/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_GPU_DEVICE_INTERNAL_H
#define BH_GPU_DEVICE_INTERNAL_H

/* An open GPU, and what the files that implement core/device_ops.h on it know of each
 * other. */

#include "core/device_ops.h"
#include "gpu/driver_internal.h"

struct cufft;

/* Pinned copies of what goes to a device that reaches the host's memory by itself. */
enum { BH_GPU_RING = 1 << 20 };
struct upload_ring {
    char *memory; /* two halves; NULL until it is needed */
    int half;
    size_t used;
    void *mark[2]; /* where the device has read a half */
};

struct gpu {
    bh_device device; /* first */
    struct bh_device_ops ops;
    bh_gpu_driver driver;
    bh_gpu_info info;
    int handle;
    void *context, *stream;
    int reads_pageable; /* whether it reaches all of the host's memory by itself */
    struct upload_ring ring;
    struct cufft *cufft; /* NULL where there is none */
};

/// Opens device number `ordinal`. Its context is the current one of CUDA's runtime on
/// each thread that uses it.
BH_NODISCARD bh_status bh_gpu_open(int ordinal, struct gpu **out, bh_diag *diag);
/// After all that was taken from it has been given back. NULL is allowed.
void bh_gpu_close(struct gpu *gpu);

static inline struct gpu *
gpu_of(bh_device *device)
{
    return (struct gpu *)device;
}

/// Makes the device the calling thread's.
bh_status bh_gpu_enter(const struct gpu *gpu, bh_diag *diag);

/* Calls the driver's function `field` (gpu/driver.def), whose name is `symbol`. */
#define BH_GPU_CALL(gpu, symbol, field, ...)                                           \
    bh_gpu_driver_check(&(gpu)->driver, #symbol, (gpu)->driver.field(__VA_ARGS__), diag)

/// Adds what the other files have to the table.
void bh_gpu_memory_ops(struct bh_device_ops *ops);
void bh_gpu_ring_free(struct gpu *gpu);
void bh_gpu_mark_ops(struct bh_device_ops *ops);
void bh_gpu_program_ops(struct bh_device_ops *ops);
void bh_gpu_graph_ops(struct bh_device_ops *ops);
/// The transforms, where the machine has cuFFT.
void bh_gpu_fft_open(struct gpu *gpu);
void bh_gpu_fft_close(struct gpu *gpu);

/* What NVRTC is always asked for. */
#define BH_NVRTC_OPTIONS                                                               \
    "--std=c++17", "--device-as-default-execution-space", "--fmad=false",              \
        "--prec-div=true", "--prec-sqrt=true"

/// What NVRTC makes of a text: with `machine` machine code where it knows the device,
/// else text for the driver. `*image` is to be freed. `flags`:
/// BH_DEVICE_FLUSH_DENORMALS.
bh_status bh_gpu_compile(const bh_gpu_info *info, bool machine, const char *text,
                         unsigned flags, void **image, size_t *bytes, bh_diag *diag);
/// The same as LTO-IR, to be linked by others, by the NVRTC of CUDA `major`.
bh_status bh_gpu_compile_linkable(const bh_gpu_info *info, int major, const char *text,
                                  unsigned flags, void **image, size_t *bytes,
                                  bh_diag *diag);
/// The version of the NVRTC of CUDA `major`, which stays loaded for others too; false
/// where there is none.
bool bh_gpu_nvrtc_version(int major, int version[2]);

#endif
