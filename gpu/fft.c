/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fourier transforms by cuFFT, found at run time as the driver is. The functions and
 * numbers are those of its reference (docs.nvidia.com/cuda/cufft). */
#define _GNU_SOURCE /* RTLD_NODELETE */
#include "core/cache_internal.h"
#include "gpu/device_internal.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Real to complex and back in single precision, and the same in double. */
enum { KINDS = 4 };
enum { ALLOC_FAILED = 2, INTERNAL_ERROR = 5, EXEC_FAILED = 6 };
enum { LOAD_COMPLEX = 0, LOAD_COMPLEX_DOUBLE = 1 };

typedef long long wide;

struct cufft {
    void *library, *linker; /* nvJitLink, once it has been needed */
    int cuda;               /* the major version that it belongs to */
    int linker_version[2];
    int (*create)(int *plan);
    int (*make)(int plan, int rank, wide *size, wide *in_size, wide in_stride,
                wide in_distance, wide *out_size, wide out_stride, wide out_distance,
                int type, wide batch, size_t *work);
    int (*set_stream)(int plan, void *stream);
    int (*execute[KINDS])(int plan, void *in, void *out);
    int (*destroy)(int plan);
    /* NULL before CUDA 12.6. */
    int (*set_load)(int plan, const char *name, const void *code, size_t bytes,
                    int type, void **info);
};

/* cuFFT reads the code of a load where it lies, for as long as the plan exists. */
struct plan {
    int handle;
    const struct kind *kind;
    void *load, *load_info;
};

static const struct kind {
    int type;
    const char *call;
} kinds[KINDS] = {{0x2a, "cufftExecR2C"},
                  {0x2c, "cufftExecC2R"},
                  {0x6a, "cufftExecD2Z"},
                  {0x6c, "cufftExecZ2D"}};

static const struct {
    const char *name;
    size_t offset;
} symbols[] = {
    {"cufftCreate", offsetof(struct cufft, create)},
    {"cufftMakePlanMany64", offsetof(struct cufft, make)},
    {"cufftSetStream", offsetof(struct cufft, set_stream)},
    {"cufftExecR2C", offsetof(struct cufft, execute[0])},
    {"cufftExecC2R", offsetof(struct cufft, execute[1])},
    {"cufftExecD2Z", offsetof(struct cufft, execute[2])},
    {"cufftExecZ2D", offsetof(struct cufft, execute[3])},
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
    /* Until CUDA 13 the plain name has another function's parameters. */
    *(void **)&cufft->set_load =
        dlsym(cufft->library, cufft->cuda >= 13 ? "cufftXtSetJITCallback"
                                                : "__cufftXtSetJITCallback_12_7");
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
            cufft->cuda = number + 1;
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

/* cuFFT links by nvJitLink, and finds it where it is loaded already. */
static bool
open_linker(struct cufft *cufft)
{
    static const char *const directories[] = {"", "/usr/local/cuda/lib64/"};
    int (*version)(unsigned *major, unsigned *minor) = NULL;
    unsigned major = 0, minor = 0;
    for (size_t i = 0; !cufft->linker && i < 2; i++) {
        char path[64];
        snprintf(path, sizeof path, "%slibnvJitLink.so.%d", directories[i],
                 cufft->cuda);
        cufft->linker = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    }
    if (cufft->linker)
        *(void **)&version = dlsym(cufft->linker, "nvJitLinkVersion");
    if (!version || version(&major, &minor) != 0)
        return false;
    cufft->linker_version[0] = (int)major;
    cufft->linker_version[1] = (int)minor;
    return true;
}

/* What was made of a load before, or what is made now, by an NVRTC that nvJitLink
 * knows: it takes nothing of later versions. cuFFT needs that NVRTC too. */
static bh_status
compile_load(const struct gpu *gpu, const bh_device_fft_config *config, void **code,
             size_t *bytes, bh_diag *diag)
{
    const bh_gpu_info *info = &gpu->info;
    const int *linker = gpu->cufft->linker_version;
    int nvrtc[2] = {0};
    const unsigned flags = config->wide ? BH_DEVICE_KEEP_DENORMALS
                                        : BH_DEVICE_FLUSH_DENORMALS;
    if (!bh_gpu_nvrtc_version(linker[0], nvrtc) || nvrtc[0] != linker[0] ||
        nvrtc[1] > linker[1])
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "there is no NVRTC whose code nvJitLink %d.%d would link",
                           linker[0], linker[1]);
    const size_t size = strlen(config->load) + 100;
    char *key = malloc(size);
    if (!key)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a GPU's program");
    snprintf(key, size, "LTO-IR %d.%d sm_%d%d flags %u\n%s", nvrtc[0], nvrtc[1],
             info->compute_major, info->compute_minor, flags, config->load);
    bh_status status = BH_OK;
    if (!bh_cache_find(key, code, bytes)) {
        status = bh_gpu_compile_linkable(info, linker[0], config->load, flags, code,
                                         bytes, diag);
        if (status == BH_OK)
            bh_cache_keep(key, *code, *bytes);
    }
    free(key);
    return status;
}

/* Before the plan is made: what it takes for its input. */
static bh_status
set_load(const struct gpu *gpu, const bh_device_fft_config *config, struct plan *plan,
         bh_diag *diag)
{
    struct cufft *cufft = gpu->cufft;
    size_t bytes = 0;
    if (!cufft->set_load)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "cuFFT takes no code into its transforms before CUDA 12.6");
    if (!open_linker(cufft))
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "cuFFT takes code into its transforms with "
                           "libnvJitLink.so.%d, a part of CUDA, which is not on this "
                           "machine",
                           cufft->cuda);
    BH_TRY(compile_load(gpu, config, &plan->load, &bytes, diag));
    plan->load_info = config->load_info;
    return check(cufft->set_load(plan->handle, "bh_fft_load", plan->load, bytes,
                                 config->wide ? LOAD_COMPLEX_DOUBLE : LOAD_COMPLEX,
                                 &plan->load_info),
                 "cufftXtSetJITCallback", config, diag);
}

static bh_status
make_plan(const struct gpu *gpu, const bh_device_fft_config *config, struct plan *plan,
          bh_diag *diag)
{
    wide size = (wide)config->size, real = (wide)config->real_stride;
    wide complex = (wide)config->complex_stride;
    wide *in = config->inverse ? &complex : &real;
    wide *out = config->inverse ? &real : &complex;
    size_t work = 0;
    if (config->load)
        BH_TRY(set_load(gpu, config, plan, diag));
    BH_TRY(check(gpu->cufft->make(plan->handle, 1, &size, in, 1, *in, out, 1, *out,
                                  plan->kind->type, (wide)config->batch, &work),
                 "cufftMakePlanMany64", config, diag));
    return check(gpu->cufft->set_stream(plan->handle, gpu->stream), "cufftSetStream",
                 NULL, diag);
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
    plan->kind = &kinds[2 * config->wide + config->inverse];
    bh_status status =
        check(gpu->cufft->create(&plan->handle), "cufftCreate", config, diag);
    if (status == BH_OK) {
        status = make_plan(gpu, config, plan, diag);
        if (status != BH_OK)
            gpu->cufft->destroy(plan->handle);
    }
    if (status != BH_OK) {
        free(plan->load);
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
    return check_run(gpu->cufft->execute[plan->kind - kinds](plan->handle, in, out),
                     plan->kind->call, diag);
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
    free(plan->load);
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
    if (gpu->cufft->linker)
        dlclose(gpu->cufft->linker);
    dlclose(gpu->cufft->library);
    free(gpu->cufft);
}
