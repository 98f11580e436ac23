/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gpu/device_internal.h"

/* Recorded work: a graph is the driver's own handle. */

static bh_status
record_begin(bh_device *device, bh_diag *diag)
{
    const struct gpu *gpu = gpu_of(device);
    BH_TRY(bh_gpu_enter(gpu, diag));
    return BH_GPU_CALL(gpu, cuStreamBeginCapture, capture_begin, gpu->stream,
                       BH_CUDA_CAPTURE_THREAD_LOCAL);
}

static bh_status
record_end(bh_device *device, void **graph, bh_diag *diag)
{
    const struct gpu *gpu = gpu_of(device);
    void *recorded = NULL, *ready = NULL;
    BH_TRY(bh_gpu_enter(gpu, diag));
    BH_TRY(BH_GPU_CALL(gpu, cuStreamEndCapture, capture_end, gpu->stream, &recorded));
    bh_status status = BH_GPU_CALL(gpu, cuGraphInstantiateWithFlags, graph_instantiate,
                                   &ready, recorded, 0);
    gpu->driver.graph_destroy(recorded);
    if (status == BH_OK)
        *graph = ready;
    return status;
}

static bh_status
replay(bh_device *device, void *graph, bh_diag *diag)
{
    const struct gpu *gpu = gpu_of(device);
    BH_TRY(bh_gpu_enter(gpu, diag));
    return BH_GPU_CALL(gpu, cuGraphLaunch, graph_launch, graph, gpu->stream);
}

static void
graph_free(bh_device *device, void *graph)
{
    const struct gpu *gpu = gpu_of(device);
    if (!graph)
        return;
    (void)bh_gpu_enter(gpu, NULL);
    gpu->driver.graph_ready_destroy(graph);
}

void
bh_gpu_graph_ops(struct bh_device_ops *ops)
{
    ops->record_begin = record_begin;
    ops->record_end = record_end;
    ops->replay = replay;
    ops->graph_free = graph_free;
}
