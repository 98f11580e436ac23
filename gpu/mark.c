/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gpu/device_internal.h"

/* How far the queue has come: a mark is the driver's event, without a clock. */

static bh_status
set_mark(bh_device *device, void **mark, bh_diag *diag)
{
    const struct gpu *gpu = gpu_of(device);
    void *event = *mark;
    BH_TRY(bh_gpu_enter(gpu, diag));
    if (!event)
        BH_TRY(BH_GPU_CALL(gpu, cuEventCreate, event_create, &event,
                           BH_CUDA_EVENT_WITHOUT_TIME));
    *mark = event;
    return BH_GPU_CALL(gpu, cuEventRecord, event_record, event, gpu->stream);
}

static bh_status
await(bh_device *device, void *mark, bh_diag *diag)
{
    const struct gpu *gpu = gpu_of(device);
    if (!mark)
        return BH_OK;
    BH_TRY(bh_gpu_enter(gpu, diag));
    return BH_GPU_CALL(gpu, cuEventSynchronize, event_synchronize, mark);
}

static void
mark_free(bh_device *device, void *mark)
{
    const struct gpu *gpu = gpu_of(device);
    if (!mark)
        return;
    (void)bh_gpu_enter(gpu, NULL);
    gpu->driver.event_destroy(mark);
}

void
bh_gpu_mark_ops(struct bh_device_ops *ops)
{
    ops->mark = set_mark;
    ops->await = await;
    ops->mark_free = mark_free;
}
