/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gpu/device_internal.h"

#include "core/cache_internal.h"
#include "gpu/image_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Programs and kernels are the driver's own handles. */

/* The code is not for this driver, or this driver has nothing to compile it with. */
static bool
is_refused(int result)
{
    return result == BH_CUDA_ERROR_INVALID_IMAGE ||
           result == BH_CUDA_ERROR_NO_BINARY_FOR_GPU ||
           (result >= BH_CUDA_ERROR_JIT_COMPILER_NOT_FOUND &&
            result <= BH_CUDA_ERROR_JIT_COMPILATION_DISABLED);
}

static bh_status
load_image(const struct gpu *gpu, const void *image, void **program, bh_diag *diag)
{
    const bh_gpu_info *info = &gpu->info;
    void *loaded = NULL;
    int result = gpu->driver.module_load(&loaded, image);
    if (is_refused(result))
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "the driver (CUDA %d.%d) does not take code for compute "
                           "capability %d.%d of the compiler that is there (%d); a "
                           "newer driver may",
                           info->cuda_major, info->cuda_minor, info->compute_major,
                           info->compute_minor, result);
    BH_TRY(bh_gpu_driver_check(&gpu->driver, "cuModuleLoadData", result, diag));
    *program = loaded;
    return BH_OK;
}

/* All that machine code depends on. To be freed; NULL where there is no memory. */
static char *
make_key(const bh_gpu_info *info, const char *text, unsigned flags)
{
    const size_t size = strlen(text) + 100;
    char *key = malloc(size);
    if (key)
        snprintf(key, size, "CUDA %d sm_%d%d flags %u\n%s", info->cuda_major,
                 info->compute_major, info->compute_minor, flags, text);
    return key;
}

/* What the library brings along for a text; NULL where that is nothing. */
static const void *
find_image(const char *text, unsigned flags)
{
    const struct bh_gpu_image *image = bh_gpu_images;
    while (image->text && (image->flags != flags || strcmp(image->text, text) != 0))
        image++;
    return image->fatbin;
}

/* What was kept may be another driver's: then it is made anew. */
static bh_status
load_text(const struct gpu *gpu, const char *text, unsigned flags, const char *key,
          void **program, bh_diag *diag)
{
    void *image = NULL;
    size_t bytes = 0;
    bh_status status = BH_ERR_UNSUPPORTED;
    if (bh_cache_find(key, &image, &bytes))
        status = load_image(gpu, image, program, diag);
    if (status == BH_ERR_UNSUPPORTED) {
        free(image);
        image = NULL;
        status = bh_gpu_compile(&gpu->info, true, text, flags, &image, &bytes, diag);
        if (status == BH_OK)
            status = load_image(gpu, image, program, diag);
        if (status == BH_OK)
            bh_cache_keep(key, image, bytes);
    }
    free(image);
    return status;
}

static bh_status
load(bh_device *device, const char *text, unsigned flags, void **program, bh_diag *diag)
{
    const struct gpu *gpu = gpu_of(device);
    BH_TRY(bh_gpu_enter(gpu, diag));
    const void *image = find_image(text, flags);
    bh_status status = BH_ERR_UNSUPPORTED;
    if (image)
        status = load_image(gpu, image, program, diag);
    if (status != BH_ERR_UNSUPPORTED)
        return status;
    char *key = make_key(&gpu->info, text, flags);
    if (!key)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a GPU's program");
    status = load_text(gpu, text, flags, key, program, diag);
    free(key);
    return status;
}

static void
unload(bh_device *device, void *program)
{
    const struct gpu *gpu = gpu_of(device);
    if (!program)
        return;
    (void)bh_gpu_enter(gpu, NULL);
    gpu->driver.module_unload(program);
}

static bh_status
find(bh_device *device, void *program, const char *name, void **kernel, bh_diag *diag)
{
    const struct gpu *gpu = gpu_of(device);
    void *found = NULL;
    BH_TRY(bh_gpu_enter(gpu, diag));
    int result = gpu->driver.module_function(&found, program, name);
    if (result == BH_CUDA_ERROR_NOT_FOUND)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "the GPU's program has no kernel %s",
                           name);
    BH_TRY(bh_gpu_driver_check(&gpu->driver, "cuModuleGetFunction", result, diag));
    *kernel = found;
    return BH_OK;
}

static bh_status
launch(bh_device *device, void *kernel, uint32_t blocks, uint32_t threads,
       const void *argument, bh_diag *diag)
{
    const struct gpu *gpu = gpu_of(device);
    uint64_t address = (uint64_t)(uintptr_t)argument;
    void *parameters[] = {&address};
    if (blocks == 0)
        return BH_OK;
    BH_TRY(bh_gpu_enter(gpu, diag));
    return BH_GPU_CALL(gpu, cuLaunchKernel, launch, kernel, blocks, 1, 1, threads, 1, 1,
                       0, gpu->stream, parameters, NULL);
}

void
bh_gpu_program_ops(struct bh_device_ops *ops)
{
    ops->load = load;
    ops->unload = unload;
    ops->find = find;
    ops->launch = launch;
}
