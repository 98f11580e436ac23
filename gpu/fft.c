/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fourier transforms by cuFFT, found at run time as the driver is. The functions and
 * numbers are those of its reference (docs.nvidia.com/cuda/cufft). */
#define _GNU_SOURCE /* RTLD_NODELETE */
#include "gpu/device_internal.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALLOC_FAILED = 2, INTERNAL_ERROR = 5, EXEC_FAILED = 6 };
enum { REAL_TO_COMPLEX = 0x2a, COMPLEX_TO_REAL = 0x2c };

typedef long long wide;

struct cufft {
    void *library;
    int (*create)(int *plan);
    int (*make)(int plan, int rank, wide *size, wide *in_size, wide in_stride,
                wide in_distance, wide *out_size, wide out_stride, wide out_distance,
                int type, wide batch, size_t *work);
    int (*set_stream)(int plan, void *stream);
    int (*forward)(int plan, float *in, void *out);
    int (*inverse)(int plan, void *in, float *out);
    int (*destroy)(int plan);
};

struct plan {
    int handle;
    bool inverse;
};

static const struct {
    const char *name;
    size_t offset;
} symbols[] = {
    {"cufftCreate", offsetof(struct cufft, create)},
    {"cufftMakePlanMany64", offsetof(struct cufft, make)},
    {"cufftSetStream", offsetof(struct cufft, set_stream)},
    {"cufftExecR2C", offsetof(struct cufft, forward)},
    {"cufftExecC2R", offsetof(struct cufft, inverse)},
    {"cufftDestroy", offsetof(struct cufft, destroy)},
};

static bool
take_symbols(struct cufft *cufft)
{
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        void *address = dlsym(cufft->library, symbols[i].name);
        if (!address)
            return false;
        memcpy((char *)cufft + symbols[i].offset, &address, sizeof address);
    }
    return true;
}

/* A library of a newer CUDA than the driver's does not start: cuFFT's own number is one
 * less than that of its CUDA. */
static bool
open_library(struct cufft *cufft, int cuda_major)
{
    static const char *const directories[] = {"", "/usr/local/cuda/lib64/"};
    for (int number = cuda_major - 1; number >= 10; number--)
        for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++) {
            char path[64];
            snprintf(path, sizeof path, "%slibcufft.so.%d", directories[i], number);
            cufft->library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
            if (cufft->library && take_symbols(cufft))
                return true;
            if (cufft->library)
                dlclose(cufft->library);
        }
    return false;
}

static bh_status
check(int result, const char *call, const bh_device_fft_config *config, bh_diag *diag)
{
    if (result == 0)
        return BH_OK;
    if (result == ALLOC_FAILED && config)
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "the GPU has no room for %zu Fourier transforms of %zu "
                           "samples",
                           config->batch, config->size);
    return bh_diag_set(diag, BH_ERR_UNSUPPORTED, "cuFFT fails in %s (%d)", call,
                       result);
}

/* cuFFT does not hand on what the driver told it when a launch failed. */
static bh_status
check_run(int result, const char *call, bh_diag *diag)
{
    if (result == INTERNAL_ERROR || result == EXEC_FAILED)
        return bh_diag_set(diag, BH_ERR_DEVICE,
                           "the GPU has stopped and what it held is lost (cuFFT's "
                           "result %d in %s); only a new start of the program brings "
                           "it back",
                           result, call);
    return check(result, call, NULL, diag);
}

static bh_status
make_plan(const struct gpu *gpu, const bh_device_fft_config *config, int handle,
          bh_diag *diag)
{
    wide size = (wide)config->size, real = (wide)config->real_stride;
    wide complex = (wide)config->complex_stride;
    wide *in = config->inverse ? &complex : &real;
    wide *out = config->inverse ? &real : &complex;
    size_t work = 0;
    BH_TRY(check(gpu->cufft->make(handle, 1, &size, in, 1, *in, out, 1, *out,
                                  config->inverse ? COMPLEX_TO_REAL : REAL_TO_COMPLEX,
                                  (wide)config->batch, &work),
                 "cufftMakePlanMany64", config, diag));
    return check(gpu->cufft->set_stream(handle, gpu->stream), "cufftSetStream", NULL,
                 diag);
}

static bh_status
fft_new(bh_device *device, const bh_device_fft_config *config, void **out,
        bh_diag *diag)
{
    const struct gpu *gpu = gpu_of(device);
    BH_TRY(bh_gpu_enter(gpu, diag));
    struct plan *plan = calloc(1, sizeof *plan);
    if (!plan)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a GPU's transform");
    plan->inverse = config->inverse;
    bh_status status =
        check(gpu->cufft->create(&plan->handle), "cufftCreate", config, diag);
    if (status == BH_OK) {
        status = make_plan(gpu, config, plan->handle, diag);
        if (status != BH_OK)
            gpu->cufft->destroy(plan->handle);
    }
    if (status != BH_OK) {
        free(plan);
        return status;
    }
    *out = plan;
    return BH_OK;
}

static bh_status
fft_run(bh_device *device, void *which, void *in, void *out, bh_diag *diag)
{
    const struct gpu *gpu = gpu_of(device);
    const struct plan *plan = which;
    BH_TRY(bh_gpu_enter(gpu, diag));
    if (plan->inverse)
        return check_run(gpu->cufft->inverse(plan->handle, in, out), "cufftExecC2R",
                         diag);
    return check_run(gpu->cufft->forward(plan->handle, in, out), "cufftExecR2C", diag);
}

static void
fft_free(bh_device *device, void *which)
{
    const struct gpu *gpu = gpu_of(device);
    struct plan *plan = which;
    if (!plan)
        return;
    (void)bh_gpu_enter(gpu, NULL);
    gpu->cufft->destroy(plan->handle);
    free(plan);
}

void
bh_gpu_fft_open(struct gpu *gpu)
{
    struct cufft *cufft = calloc(1, sizeof *cufft);
    if (!cufft || !open_library(cufft, gpu->info.cuda_major)) {
        free(cufft);
        return;
    }
    gpu->cufft = cufft;
    gpu->ops.fft_new = fft_new;
    gpu->ops.fft_run = fft_run;
    gpu->ops.fft_free = fft_free;
}

void
bh_gpu_fft_close(struct gpu *gpu)
{
    if (!gpu->cufft)
        return;
    dlclose(gpu->cufft->library);
    free(gpu->cufft);
}
