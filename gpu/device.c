/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gpu/device_internal.h"

#include <stdlib.h>

bh_status
bh_gpu_enter(const struct gpu *gpu, bh_diag *diag)
{
    return BH_GPU_CALL(gpu, cuCtxSetCurrent, set_current, gpu->context);
}

static bh_status
start(struct gpu *gpu, int ordinal, bh_diag *diag)
{
    BH_TRY(bh_gpu_driver_open(BH_CUDA_LIBRARY, &gpu->driver, diag));
    BH_TRY(bh_gpu_driver_describe(&gpu->driver, ordinal, &gpu->info, diag));
    BH_TRY(BH_GPU_CALL(gpu, cuDeviceGet, device_get, &gpu->handle, ordinal));
    BH_TRY(BH_GPU_CALL(gpu, cuDeviceGetAttribute, device_get_attribute,
                       &gpu->reads_pageable, BH_CUDA_PAGEABLE_MEMORY_ACCESS,
                       gpu->handle));
    BH_TRY(BH_GPU_CALL(gpu, cuDevicePrimaryCtxRetain, primary_retain, &gpu->context,
                       gpu->handle));
    BH_TRY(bh_gpu_enter(gpu, diag));
    return BH_GPU_CALL(gpu, cuStreamCreate, stream_create, &gpu->stream,
                       BH_CUDA_STREAM_NON_BLOCKING);
}

bh_status
bh_gpu_open(int ordinal, struct gpu **out, bh_diag *diag)
{
    struct gpu *gpu = calloc(1, sizeof *gpu);
    if (!gpu)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a GPU's handle");
    bh_status status = start(gpu, ordinal, diag);
    if (status != BH_OK) {
        bh_gpu_close(gpu);
        return status;
    }
    gpu->driver.opened = true;
    bh_gpu_memory_ops(&gpu->ops);
    bh_gpu_mark_ops(&gpu->ops);
    bh_gpu_program_ops(&gpu->ops);
    bh_gpu_graph_ops(&gpu->ops);
    bh_gpu_fft_open(gpu);
    gpu->device = (bh_device){.ops = &gpu->ops,
                              .name = gpu->info.name,
                              .multiprocessors = gpu->info.multiprocessors,
                              .memory_bytes = (size_t)gpu->info.memory_bytes};
    *out = gpu;
    return BH_OK;
}

void
bh_gpu_close(struct gpu *gpu)
{
    if (!gpu)
        return;
    if (gpu->context) {
        (void)bh_gpu_enter(gpu, NULL);
        bh_gpu_ring_free(gpu);
        if (gpu->stream)
            gpu->driver.stream_destroy(gpu->stream);
        gpu->driver.primary_release(gpu->handle);
    }
    bh_gpu_fft_close(gpu);
    bh_gpu_driver_close(&gpu->driver);
    free(gpu);
}
