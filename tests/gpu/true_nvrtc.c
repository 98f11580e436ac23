/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/gpu/true_nvrtc.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MOST = 32 };

static struct {
    int (*create)(void **, const char *, const char *, int, const char *const *,
                  const char *const *);
    int (*compile)(void *, int, const char *const *);
    int (*log_size)(void *, size_t *);
    int (*log)(void *, char *);
    int (*ptx_size)(void *, size_t *);
    int (*ptx)(void *, char *);
    int (*linkable_size)(void *, size_t *);
    int (*linkable)(void *, char *);
    int (*destroy)(void **);
} nvrtc;

static struct {
    int (*create)(void **, uint32_t, const char **);
    int (*add)(void *, int, const void *, size_t, const char *);
    int (*complete)(void *);
    int (*log_size)(void *, size_t *);
    int (*log)(void *, char *);
    int (*size)(void *, size_t *);
    int (*destroy)(void **);
} linker;

struct name {
    const char *name;
    void *function;
};

/* By its whole path: the name alone is the stand-in's. */
static bool
load_names(const char *const *paths, size_t path_count, const struct name *names,
           size_t count)
{
    void *library = NULL;
    for (size_t i = 0; !library && i < path_count; i++)
        library = paths[i][0] ? dlopen(paths[i], RTLD_NOW | RTLD_LOCAL) : NULL;
    for (size_t i = 0; library && i < count; i++) {
        *(void **)names[i].function = dlsym(library, names[i].name);
        if (!*(void **)names[i].function)
            return false;
    }
    return library != NULL;
}

static bool
load(void)
{
    static const char *const paths[] = {TRUE_NVRTC,
                                        "/usr/local/cuda/lib64/libnvrtc.so.13",
                                        "/usr/local/cuda/lib64/libnvrtc.so.12"};
    const struct name names[] = {{"nvrtcCreateProgram", &nvrtc.create},
                                 {"nvrtcCompileProgram", &nvrtc.compile},
                                 {"nvrtcGetProgramLogSize", &nvrtc.log_size},
                                 {"nvrtcGetProgramLog", &nvrtc.log},
                                 {"nvrtcGetPTXSize", &nvrtc.ptx_size},
                                 {"nvrtcGetPTX", &nvrtc.ptx},
                                 {"nvrtcGetLTOIRSize", &nvrtc.linkable_size},
                                 {"nvrtcGetLTOIR", &nvrtc.linkable},
                                 {"nvrtcDestroyProgram", &nvrtc.destroy}};
    return load_names(paths, sizeof paths / sizeof paths[0], names,
                      sizeof names / sizeof names[0]);
}

static bool
load_linker(void)
{
    static const char *const paths[] = {"/usr/local/cuda/lib64/libnvJitLink.so.13"};
    const struct name names[] = {{"nvJitLinkCreate", &linker.create},
                                 {"nvJitLinkAddData", &linker.add},
                                 {"nvJitLinkComplete", &linker.complete},
                                 {"nvJitLinkGetErrorLogSize", &linker.log_size},
                                 {"nvJitLinkGetErrorLog", &linker.log},
                                 {"nvJitLinkGetLinkedCubinSize", &linker.size},
                                 {"nvJitLinkDestroy", &linker.destroy}};
    return load_names(paths, 1, names, sizeof names / sizeof names[0]);
}

static char *
take(void *program, int (*get_size)(void *, size_t *), int (*get)(void *, char *))
{
    size_t bytes = 0;
    if (get_size(program, &bytes) != 0)
        bytes = 0;
    char *text = calloc(bytes + 1, 1);
    if (bytes > 0)
        get(program, text);
    return text;
}

/* The line of `text` in which `found` points, as what is wrong. */
static int
tell(const char *text, const char *found, const char *what, char *why, size_t size)
{
    while (found > text && found[-1] != '\n')
        found--;
    snprintf(why, size, "%s: %.*s", what, (int)strcspn(found, "\n"), found);
    return -1;
}

static int
judge(bool compiled, bool flush, const char *log, const char *ptx, char *why,
      size_t size)
{
    static const char *const bad[] = {"error", "warning", "spill", "ocal memory"};
    const char *found = NULL;
    for (size_t i = 0; !found && i < sizeof bad / sizeof bad[0]; i++)
        found = strstr(log, bad[i]);
    if (!compiled || found)
        return tell(log, found ? found : log, "NVRTC", why, size);
    found = strstr(ptx, ".approx");
    if (found)
        return tell(ptx, found, "only approximates", why, size);
    found = flush ? NULL : strstr(ptx, ".ftz");
    if (found)
        return tell(ptx, found, "flushes denormal numbers", why, size);
    return 0;
}

enum { LINK_LTOIR = 3 }; /* nvJitLinkInputType */

/* What calls the function as cuFFT's own kernels do, by the declaration that cuFFT
 * writes. */
static void
write_caller(const char *text, char *caller, size_t size)
{
    const char *type = strstr(text, "double2") ? "double2" : "float2";
    snprintf(caller, size,
             "extern __device__ %s bh_fft_load(void *, unsigned long long, void *, "
             "void *);\n"
             "extern \"C\" __global__ void call(%s *out, void *in, void *info)\n"
             "{\n"
             "    out[threadIdx.x] = bh_fft_load(in, threadIdx.x, info, 0);\n"
             "}\n",
             type, type);
}

/* One text as LTO-IR, added to what is linked. */
static int
add_text(void *link, const char *text, const char *name, int count,
         const char *const *options, char *why, size_t size)
{
    void *program = NULL;
    if (nvrtc.create(&program, text, name, 0, NULL, NULL) != 0)
        return -1;
    int result = nvrtc.compile(program, count, options);
    char *log = take(program, nvrtc.log_size, nvrtc.log);
    size_t bytes = 0;
    char *code = take(program, nvrtc.linkable_size, nvrtc.linkable);
    nvrtc.linkable_size(program, &bytes);
    if (result == 0)
        result = linker.add(link, LINK_LTOIR, code, bytes, name);
    if (result != 0)
        tell(log, log, "LTO-IR", why, size);
    free(log);
    free(code);
    nvrtc.destroy(&program);
    return result == 0 ? 0 : -1;
}

/* Links the text with a kernel that calls it: 0, or -1 with a sentence; 1 where there
 * is no nvJitLink. */
static int
check_link(const char *text, int count, const char *const *options, char *why,
           size_t size)
{
    const char *own[] = {"-arch=sm_90", "-lto"};
    char caller[400];
    void *link = NULL;
    if (!linker.destroy && !load_linker())
        return 1;
    if (linker.create(&link, 2, own) != 0)
        return -1;
    write_caller(text, caller, sizeof caller);
    size_t bytes = 0;
    int result = add_text(link, text, "load.cu", count, options, why, size);
    if (result == 0)
        result = add_text(link, caller, "caller.cu", count, options, why, size);
    if (result == 0 &&
        (linker.complete(link) != 0 || linker.size(link, &bytes) != 0 || bytes == 0)) {
        char *log = take(link, linker.log_size, linker.log);
        result = tell(log, log, "nvJitLink", why, size);
        free(log);
    }
    linker.destroy(&link);
    return result;
}

/* A text that is linked is compiled as relocatable code first, which can be judged. */
static int
check_alone(const char *text, int count, const char *const *options, char *why,
            size_t size)
{
    const char *all[OPTIONS_MOST] = {"--ptxas-options=--warn-on-spills",
                                     "--ptxas-options=--warn-on-local-memory-usage"};
    bool flush = false;
    void *program = NULL;
    for (int i = 0; i < count; i++) {
        const bool link = strcmp(options[i], "-dlto") == 0;
        all[i + 2] = link ? "--relocatable-device-code=true" : options[i];
        flush = flush || strcmp(options[i], "--ftz=true") == 0;
    }
    /* A text may say that its arrays are no registers. */
    const int first = strstr(text, "BH_LOCAL_MEMORY_IS_MEANT") ? 2 : 0;
    if (nvrtc.create(&program, text, "brianhears.cu", 0, NULL, NULL) != 0)
        return -1;
    const bool compiled = nvrtc.compile(program, count + 2 - first, all + first) == 0;
    char *log = take(program, nvrtc.log_size, nvrtc.log);
    char *ptx = take(program, nvrtc.ptx_size, nvrtc.ptx);
    int result = judge(compiled, flush, log, ptx, why, size);
    free(log);
    free(ptx);
    nvrtc.destroy(&program);
    return result;
}

int
true_nvrtc_check(const char *text, int count, const char *const *options, char *why,
                 size_t size)
{
    if (!nvrtc.destroy && !load())
        return 1;
    int result = check_alone(text, count, options, why, size);
    for (int i = 0; i < count && result == 0; i++)
        if (strcmp(options[i], "-dlto") == 0)
            result = check_link(text, count, options, why, size);
    return result;
}
