/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gpu/device_internal.h"

#include <stdlib.h>
#include <string.h>

/* The memory of a device and copies from and to it. What is given back is given back
 * whatever has failed before. */

static uint64_t
address(const void *memory)
{
    return (uint64_t)(uintptr_t)memory;
}

static double
mebibytes(size_t bytes)
{
    return (double)bytes / (1 << 20);
}

static bh_status
no_room(const struct gpu *gpu, size_t bytes, const char *what, bh_diag *diag)
{
    size_t available = 0, total = 0;
    BH_TRY(BH_GPU_CALL(gpu, cuMemGetInfo, mem_get_info, &available, &total));
    return bh_diag_set(diag, BH_ERR_MEMORY,
                       "the GPU has no room for %s: %.1f MiB wanted, %.1f of %.1f MiB "
                       "are free",
                       what, mebibytes(bytes), mebibytes(available), mebibytes(total));
}

static void
give(bh_device *device, void *memory)
{
    const struct gpu *gpu = gpu_of(device);
    if (!memory)
        return;
    (void)bh_gpu_enter(gpu, NULL);
    gpu->driver.mem_free(address(memory));
}

static bh_status
take(bh_device *device, size_t bytes, const char *what, void **out, bh_diag *diag)
{
    const struct gpu *gpu = gpu_of(device);
    uint64_t memory = 0;
    const size_t size = bytes > 0 ? bytes : 1;
    BH_TRY(bh_gpu_enter(gpu, diag));
    int result = gpu->driver.mem_alloc(&memory, size);
    if (result == BH_CUDA_ERROR_OUT_OF_MEMORY)
        return no_room(gpu, bytes, what, diag);
    BH_TRY(bh_gpu_driver_check(&gpu->driver, "cuMemAlloc", result, diag));
    bh_status status =
        BH_GPU_CALL(gpu, cuMemsetD8Async, fill, memory, 0, size, gpu->stream);
    if (status != BH_OK) {
        gpu->driver.mem_free(memory);
        return status;
    }
    *out = (void *)(uintptr_t)memory;
    return BH_OK;
}

static bh_status
take_pinned(bh_device *device, size_t bytes, const char *what, void **out,
            bh_diag *diag)
{
    const struct gpu *gpu = gpu_of(device);
    void *memory = NULL;
    BH_TRY(bh_gpu_enter(gpu, diag));
    int result = gpu->driver.host_alloc(&memory, bytes > 0 ? bytes : 1,
                                        BH_CUDA_HOST_PORTABLE | BH_CUDA_HOST_MAPPED);
    if (result == BH_CUDA_ERROR_OUT_OF_MEMORY)
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "the machine has no memory for %s that the GPU can reach: "
                           "%.1f MiB wanted",
                           what, mebibytes(bytes));
    BH_TRY(bh_gpu_driver_check(&gpu->driver, "cuMemHostAlloc", result, diag));
    *out = memory;
    return BH_OK;
}

static void
give_pinned(bh_device *device, void *memory)
{
    const struct gpu *gpu = gpu_of(device);
    if (!memory)
        return;
    (void)bh_gpu_enter(gpu, NULL);
    gpu->driver.host_free(memory);
}

static bh_status
wait(bh_device *device, bh_diag *diag)
{
    const struct gpu *gpu = gpu_of(device);
    BH_TRY(bh_gpu_enter(gpu, diag));
    return BH_GPU_CALL(gpu, cuStreamSynchronize, stream_synchronize, gpu->stream);
}

static bool
is_pinned(const struct gpu *gpu, const void *memory)
{
    unsigned type = 0;
    return gpu->driver.pointer_attribute(&type, BH_CUDA_POINTER_MEMORY_TYPE,
                                         address(memory)) == 0 &&
           type == BH_CUDA_MEMORY_OF_HOST;
}

/* One half of the ring is filled while the device reads the other. */
static bh_status
ring_take(struct gpu *gpu, size_t bytes, char **out, bh_diag *diag)
{
    struct upload_ring *ring = &gpu->ring;
    bh_device *device = &gpu->device;
    void *memory = NULL;
    if (!ring->memory) {
        BH_TRY(take_pinned(device, 2 * BH_GPU_RING, "what goes to the GPU", &memory,
                           diag));
        ring->memory = memory;
    }
    if (ring->used + bytes > BH_GPU_RING) {
        BH_TRY(gpu->ops.mark(device, &ring->mark[ring->half], diag));
        ring->half = 1 - ring->half;
        BH_TRY(gpu->ops.await(device, ring->mark[ring->half], diag));
        ring->used = 0;
    }
    *out = ring->memory + (size_t)ring->half * BH_GPU_RING + ring->used;
    ring->used += bytes;
    return BH_OK;
}

void
bh_gpu_ring_free(struct gpu *gpu)
{
    for (int half = 0; half < 2 && gpu->ring.memory; half++)
        gpu->ops.mark_free(&gpu->device, gpu->ring.mark[half]);
    give_pinned(&gpu->device, gpu->ring.memory);
}

/* A device that reaches the host's ordinary memory by itself may read it late: it gets
 * a copy, or what is long is waited for. */
static bh_status
write(bh_device *device, void *to, const void *from, size_t bytes, bh_diag *diag)
{
    struct gpu *gpu = gpu_of(device);
    bool late = false;
    if (bytes == 0)
        return BH_OK;
    BH_TRY(bh_gpu_enter(gpu, diag));
    if (gpu->reads_pageable && !is_pinned(gpu, from)) {
        char *copied = NULL;
        late = bytes > BH_GPU_RING;
        if (!late)
            BH_TRY(ring_take(gpu, bytes, &copied, diag));
        if (copied)
            from = memcpy(copied, from, bytes);
    }
    BH_TRY(BH_GPU_CALL(gpu, cuMemcpyHtoDAsync, upload, address(to), from, bytes,
                       gpu->stream));
    return late ? wait(device, diag) : BH_OK;
}

static bh_status
read_later(bh_device *device, void *to, const void *from, size_t bytes, bh_diag *diag)
{
    const struct gpu *gpu = gpu_of(device);
    if (bytes == 0)
        return BH_OK;
    BH_TRY(bh_gpu_enter(gpu, diag));
    return BH_GPU_CALL(gpu, cuMemcpyDtoHAsync, download, to, address(from), bytes,
                       gpu->stream);
}

static bh_status
read(bh_device *device, void *to, const void *from, size_t bytes, bh_diag *diag)
{
    BH_TRY(read_later(device, to, from, bytes, diag));
    return wait(device, diag);
}

static bh_status
copy(bh_device *device, void *to, const void *from, size_t bytes, bh_diag *diag)
{
    const struct gpu *gpu = gpu_of(device);
    if (bytes == 0)
        return BH_OK;
    BH_TRY(bh_gpu_enter(gpu, diag));
    return BH_GPU_CALL(gpu, cuMemcpyDtoDAsync, copy, address(to), address(from), bytes,
                       gpu->stream);
}

static bh_status
clear(bh_device *device, void *to, size_t bytes, bh_diag *diag)
{
    const struct gpu *gpu = gpu_of(device);
    if (bytes == 0)
        return BH_OK;
    BH_TRY(bh_gpu_enter(gpu, diag));
    return BH_GPU_CALL(gpu, cuMemsetD8Async, fill, address(to), 0, bytes, gpu->stream);
}

void
bh_gpu_memory_ops(struct bh_device_ops *ops)
{
    ops->take = take;
    ops->give = give;
    ops->take_pinned = take_pinned;
    ops->give_pinned = give_pinned;
    ops->write = write;
    ops->read = read;
    ops->read_later = read_later;
    ops->copy = copy;
    ops->clear = clear;
    ops->wait = wait;
}
