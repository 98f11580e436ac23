/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gpu/backend.h"

#include "core/cpu.h"
#include "gpu/device_internal.h"
#include "gpu/image_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bh_backend {
    struct gpu *gpu; /* NULL: the processor */
    char notice[sizeof(((bh_diag *)NULL)->text)];
};

static bh_status
open_gpu(bh_backend *backend, bool must, bh_diag *diag)
{
    bh_diag why = {0};
    bh_status status = bh_gpu_open(0, &backend->gpu, &why);
    if (status == BH_OK)
        return BH_OK;
    if (must) {
        if (diag)
            *diag = why;
        return status;
    }
    snprintf(backend->notice, sizeof backend->notice, "%s", why.text);
    return BH_OK;
}

bh_status
bh_backend_open(const char *name, bh_backend **out, bh_diag *diag)
{
    const bool cuda = strcmp(name, "cuda") == 0, any = strcmp(name, "auto") == 0;
    if (!cuda && !any && strcmp(name, "cpu") != 0)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "there is no backend '%.40s'; there are cpu, cuda and auto",
                           name);
    bh_backend *backend = calloc(1, sizeof *backend);
    if (!backend)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a backend");
    bh_status status = cuda || any ? open_gpu(backend, cuda, diag) : BH_OK;
    if (status != BH_OK) {
        free(backend);
        return status;
    }
    *out = backend;
    return BH_OK;
}

void
bh_backend_free(bh_backend *backend)
{
    if (!backend)
        return;
    bh_gpu_close(backend->gpu);
    free(backend);
}

const char *
bh_backend_name(const bh_backend *backend)
{
    return backend->gpu ? "cuda" : "cpu";
}

const char *
bh_backend_describe(const bh_backend *backend)
{
    return backend->gpu ? backend->gpu->info.name : bh_cpu_name(bh_cpu());
}

const char *
bh_backend_notice(const bh_backend *backend)
{
    return backend->notice[0] ? backend->notice : NULL;
}

const char *
bh_backend_kernels(void)
{
    return bh_gpu_image_targets;
}

struct bh_device *
bh_backend_device(const bh_backend *backend)
{
    return backend->gpu ? &backend->gpu->device : NULL;
}
