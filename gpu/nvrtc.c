/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NVRTC, NVIDIA's compiler in a library, found where it is needed. The functions are
 * those of its reference (docs.nvidia.com/cuda/nvrtc). */
#define _GNU_SOURCE /* RTLD_NODELETE */
#include "gpu/device_internal.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARCHS_MOST = 64 };

struct nvrtc {
    void *library, *builtins; /* the second, or NULL */
    int (*version)(int *major, int *minor);
    int (*arch_count)(int *count);
    int (*archs)(int *archs);
    int (*create)(void **program, const char *text, const char *name, int headers,
                  const char *const *header, const char *const *include);
    int (*compile)(void *program, int count, const char *const *options);
    int (*log_size)(void *program, size_t *bytes);
    int (*log)(void *program, char *log);
    int (*ptx_size)(void *program, size_t *bytes);
    int (*ptx)(void *program, char *ptx);
    int (*cubin_size)(void *program, size_t *bytes);
    int (*cubin)(void *program, char *cubin);
    int (*destroy)(void **program);
};

static const struct {
    const char *name;
    size_t offset;
} symbols[] = {
    {"nvrtcVersion", offsetof(struct nvrtc, version)},
    {"nvrtcGetNumSupportedArchs", offsetof(struct nvrtc, arch_count)},
    {"nvrtcGetSupportedArchs", offsetof(struct nvrtc, archs)},
    {"nvrtcCreateProgram", offsetof(struct nvrtc, create)},
    {"nvrtcCompileProgram", offsetof(struct nvrtc, compile)},
    {"nvrtcGetProgramLogSize", offsetof(struct nvrtc, log_size)},
    {"nvrtcGetProgramLog", offsetof(struct nvrtc, log)},
    {"nvrtcGetPTXSize", offsetof(struct nvrtc, ptx_size)},
    {"nvrtcGetPTX", offsetof(struct nvrtc, ptx)},
    {"nvrtcGetCUBINSize", offsetof(struct nvrtc, cubin_size)},
    {"nvrtcGetCUBIN", offsetof(struct nvrtc, cubin)},
    {"nvrtcDestroyProgram", offsetof(struct nvrtc, destroy)},
};

static bool
take_symbols(struct nvrtc *nvrtc)
{
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        void *address = dlsym(nvrtc->library, symbols[i].name);
        if (!address)
            return false;
        memcpy((char *)nvrtc + symbols[i].offset, &address, sizeof address);
    }
    return true;
}

static void
close_nvrtc(struct nvrtc *nvrtc)
{
    if (nvrtc->builtins)
        dlclose(nvrtc->builtins);
    if (nvrtc->library)
        dlclose(nvrtc->library);
    *nvrtc = (struct nvrtc){0};
}

/* NVRTC opens its second library by its bare name, and does not look for it where it
 * lies itself: from a folder that the loader does not search, it must be there already.
 */
static void
open_builtins(struct nvrtc *nvrtc, const char *directory)
{
    int major = 0, minor = 0;
    char path[96];
    if (directory[0] == '\0' || nvrtc->version(&major, &minor) != 0)
        return;
    snprintf(path, sizeof path, "%slibnvrtc-builtins.so.%d.%d", directory, major,
             minor);
    nvrtc->builtins = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
}

static bool
open_version(struct nvrtc *nvrtc, int major)
{
    static const char *const directories[] = {"", "/usr/local/cuda/lib64/"};
    for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++) {
        char path[64];
        snprintf(path, sizeof path, "%slibnvrtc.so.%d%s", directories[i], major,
                 major == 11 ? ".2" : "");
        nvrtc->library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        if (nvrtc->library && take_symbols(nvrtc)) {
            open_builtins(nvrtc, directories[i]);
            return true;
        }
        close_nvrtc(nvrtc);
    }
    return false;
}

/* The newest architecture that the compiler knows and the device runs, as 10 * major +
 * minor; 0 where there is none. */
static int
best_arch(const struct nvrtc *nvrtc, const bh_gpu_info *info)
{
    const int wanted = 10 * info->compute_major + info->compute_minor;
    int count = 0, best = 0, archs[ARCHS_MOST];
    if (nvrtc->arch_count(&count) != 0 || count > ARCHS_MOST ||
        nvrtc->archs(archs) != 0)
        return 0;
    for (int i = 0; i < count; i++)
        if (archs[i] <= wanted && archs[i] > best)
            best = archs[i];
    return best;
}

/* Code of a newer CUDA than the driver's may not load: its own version comes first,
 * then older ones, which may know a device that newer ones have given up. */
static bh_status
open_nvrtc(const bh_gpu_info *info, struct nvrtc *out, int *arch, bh_diag *diag)
{
    bool found = false;
    for (int major = info->cuda_major; major >= 11; major--) {
        if (!open_version(out, major))
            continue;
        found = true;
        *arch = best_arch(out, info);
        if (*arch != 0)
            return BH_OK;
        close_nvrtc(out);
    }
    if (found)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "NVRTC makes no code for compute capability %d.%d",
                           info->compute_major, info->compute_minor);
    return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                       "what the GPU shall do must be compiled first, and "
                       "libnvrtc.so.%d, a part of CUDA, is not on this machine",
                       info->cuda_major);
}

/* The first error that the compiler tells of. */
static bh_status
failed(const struct nvrtc *nvrtc, void *program, bh_diag *diag)
{
    size_t bytes = 0;
    nvrtc->log_size(program, &bytes);
    char *log = calloc(bytes + 1, 1);
    if (log)
        nvrtc->log(program, log);
    const char *error = log ? strstr(log, "error") : NULL;
    while (error && error > log && error[-1] != '\n')
        error--;
    bh_status status = bh_diag_set(
        diag, BH_ERR_UNSUPPORTED, "NVRTC does not compile what the GPU shall do: %.*s",
        error ? (int)strcspn(error, "\n") : 100, error ? error : "it gives no reason");
    free(log);
    return status;
}

/* What is asked of the compiler, and how it is fetched. */
struct order {
    const char *text;
    unsigned flags;
    int arch;
    bool machine;  /* code for the device itself */
    bool linkable; /* LTO-IR, a part of other programs */
    int (*size)(void *program, size_t *bytes);
    int (*get)(void *program, char *code);
};

static bh_status
take_result(const struct nvrtc *nvrtc, void *program, const struct order *order,
            void **image, size_t *bytes, bh_diag *diag)
{
    size_t size = 0;
    if (order->size(program, &size) != 0 || !size)
        return failed(nvrtc, program, diag);
    char *made = calloc(size + 1, 1);
    if (!made)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a GPU's program");
    if (order->get(program, made) != 0) {
        free(made);
        return failed(nvrtc, program, diag);
    }
    *image = made;
    *bytes = size;
    return BH_OK;
}

static bh_status
compile(const struct nvrtc *nvrtc, const struct order *order, void **image,
        size_t *bytes, bh_diag *diag)
{
    const bool flush = (order->flags & BH_DEVICE_FLUSH_DENORMALS) != 0;
    char target[64];
    const char *const options[] = {target, BH_NVRTC_OPTIONS,
                                   flush ? "--ftz=true" : "--ftz=false", "-dlto"};
    const int count = (int)(sizeof options / sizeof options[0]) - !order->linkable;
    void *program = NULL;
    snprintf(target, sizeof target, "--gpu-architecture=%s_%d",
             order->machine ? "sm" : "compute", order->arch);
    if (nvrtc->create(&program, order->text, "brianhears.cu", 0, NULL, NULL) != 0)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED, "NVRTC does not start");
    int result = nvrtc->compile(program, count, options);
    bh_status status = result == 0
                           ? take_result(nvrtc, program, order, image, bytes, diag)
                           : failed(nvrtc, program, diag);
    nvrtc->destroy(&program);
    return status;
}

bh_status
bh_gpu_compile(const bh_gpu_info *info, bool machine, const char *text, unsigned flags,
               void **image, size_t *bytes, bh_diag *diag)
{
    struct nvrtc nvrtc = {0};
    struct order order = {.text = text, .flags = flags};
    BH_TRY(open_nvrtc(info, &nvrtc, &order.arch, diag));
    order.machine = machine &&
                    order.arch == 10 * info->compute_major + info->compute_minor;
    order.size = order.machine ? nvrtc.cubin_size : nvrtc.ptx_size;
    order.get = order.machine ? nvrtc.cubin : nvrtc.ptx;
    bh_status status = compile(&nvrtc, &order, image, bytes, diag);
    close_nvrtc(&nvrtc);
    return status;
}

bool
bh_gpu_nvrtc_version(int major, int version[2])
{
    struct nvrtc nvrtc = {0};
    const bool found = open_version(&nvrtc, major) &&
                       nvrtc.version(&version[0], &version[1]) == 0;
    close_nvrtc(&nvrtc);
    return found;
}

bh_status
bh_gpu_compile_linkable(const bh_gpu_info *info, int major, const char *text,
                        unsigned flags, void **image, size_t *bytes, bh_diag *diag)
{
    struct nvrtc nvrtc = {0};
    struct order order = {.text = text, .flags = flags, .linkable = true};
    bh_status status = BH_ERR_UNSUPPORTED;
    if (open_version(&nvrtc, major)) {
        *(void **)&order.size = dlsym(nvrtc.library, "nvrtcGetLTOIRSize");
        *(void **)&order.get = dlsym(nvrtc.library, "nvrtcGetLTOIR");
        order.arch = best_arch(&nvrtc, info);
        order.machine = order.arch == 10 * info->compute_major + info->compute_minor;
    }
    if (order.size && order.get && order.arch)
        status = compile(&nvrtc, &order, image, bytes, diag);
    else
        bh_diag_set(diag, status,
                    "no NVRTC of CUDA %d makes code to be linked for compute "
                    "capability %d.%d",
                    major, info->compute_major, info->compute_minor);
    close_nvrtc(&nvrtc);
    return status;
}
