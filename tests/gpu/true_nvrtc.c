/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/gpu/true_nvrtc.h"

#include <dlfcn.h>
#include <stdbool.h>
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
    int (*destroy)(void **);
} nvrtc;

/* By its whole path: the name alone is the stand-in's. */
static bool
load(void)
{
    static const char *const paths[] = {TRUE_NVRTC,
                                        "/usr/local/cuda/lib64/libnvrtc.so.13",
                                        "/usr/local/cuda/lib64/libnvrtc.so.12"};
    const struct {
        const char *name;
        void *function;
    } names[] = {{"nvrtcCreateProgram", &nvrtc.create},
                 {"nvrtcCompileProgram", &nvrtc.compile},
                 {"nvrtcGetProgramLogSize", &nvrtc.log_size},
                 {"nvrtcGetProgramLog", &nvrtc.log},
                 {"nvrtcGetPTXSize", &nvrtc.ptx_size},
                 {"nvrtcGetPTX", &nvrtc.ptx},
                 {"nvrtcDestroyProgram", &nvrtc.destroy}};
    void *library = NULL;
    for (size_t i = 0; !library && i < sizeof paths / sizeof paths[0]; i++)
        library = paths[i][0] ? dlopen(paths[i], RTLD_NOW | RTLD_LOCAL) : NULL;
    for (size_t i = 0; library && i < sizeof names / sizeof names[0]; i++) {
        *(void **)names[i].function = dlsym(library, names[i].name);
        if (!*(void **)names[i].function)
            return false;
    }
    return library != NULL;
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

int
true_nvrtc_check(const char *text, int count, const char *const *options, char *why,
                 size_t size)
{
    const char *all[OPTIONS_MOST] = {"--ptxas-options=--warn-on-spills",
                                     "--ptxas-options=--warn-on-local-memory-usage"};
    bool flush = false;
    void *program = NULL;
    if (!nvrtc.destroy && !load())
        return 1;
    for (int i = 0; i < count; i++) {
        all[i + 2] = options[i];
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
