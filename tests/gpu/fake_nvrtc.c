/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands in for NVRTC: hands the text to a C++ compiler, and to the true NVRTC where
 * there is one, so that every text that a test loads is known to be right CUDA
 * (fake_compile.h). */
#define _GNU_SOURCE /* strdup */
#include "tests/gpu/fake_compile.h"
#include "tests/gpu/fake_cuda.h"
#include "tests/gpu/fake_image.h"

#include <stdlib.h>
#include <string.h>

EXPORT int nvrtcVersion(int *major, int *minor);
EXPORT int nvrtcGetNumSupportedArchs(int *count);
EXPORT int nvrtcGetSupportedArchs(int *archs);
EXPORT int nvrtcCreateProgram(void **out, const char *text, const char *name,
                              int headers, const char *const *header,
                              const char *const *include);
EXPORT int nvrtcCompileProgram(void *program, int count, const char *const *options);
EXPORT int nvrtcGetProgramLogSize(void *program, size_t *bytes);
EXPORT int nvrtcGetProgramLog(void *program, char *log);
EXPORT int nvrtcGetPTXSize(void *program, size_t *bytes);
EXPORT int nvrtcGetPTX(void *program, char *ptx);
EXPORT int nvrtcGetCUBINSize(void *program, size_t *bytes);
EXPORT int nvrtcGetCUBIN(void *program, char *cubin);
EXPORT int nvrtcGetLTOIRSize(void *program, size_t *bytes);
EXPORT int nvrtcGetLTOIR(void *program, char *code);
EXPORT int nvrtcDestroyProgram(void **program);

enum { FAILURE = 6 };

struct program {
    char *text;
    struct fake_compiled made;
    bool link; /* what is made is to be linked by others */
};

int
nvrtcVersion(int *major, int *minor)
{
    *major = 13;
    *minor = 0;
    return 0;
}

int
nvrtcGetNumSupportedArchs(int *count)
{
    if (fake_fails(__func__) != 0)
        return FAILURE;
    *count = 3;
    return 0;
}

int
nvrtcGetSupportedArchs(int *archs)
{
    if (fake_fails(__func__) != 0)
        return FAILURE;
    archs[0] = 75;
    archs[1] = 80;
    archs[2] = 90;
    return 0;
}

int
nvrtcCreateProgram(void **out, const char *text, const char *name, int headers,
                   const char *const *header, const char *const *include)
{
    if (fake_fails(__func__) != 0)
        return FAILURE;
    (void)name, (void)header, (void)include;
    struct program *program = calloc(1, sizeof *program);
    program->text = strdup(text);
    *out = program;
    return headers == 0 ? 0 : FAILURE;
}

static bool
has(int count, const char *const *options, const char *wanted)
{
    for (int i = 0; i < count; i++)
        if (strcmp(options[i], wanted) == 0)
            return true;
    return false;
}

int
nvrtcCompileProgram(void *handle, int count, const char *const *options)
{
    if (fake_fails(__func__) != 0)
        return FAILURE;
    struct program *program = handle;
    /* What the kernels' text relies on. */
    if (!has(count, options, "--fmad=false") ||
        !has(count, options, "--gpu-architecture=sm_90"))
        return FAILURE;
    fake_compile(program->text, has(count, options, "--ftz=true"), &program->made);
    fake_check(program->text, count, options, &program->made);
    program->link = has(count, options, "-dlto");
    if (program->link && program->made.image)
        memcpy(program->made.image, FAKE_MAGIC_LINK, sizeof FAKE_MAGIC_LINK);
    return program->made.image ? 0 : FAILURE;
}

int
nvrtcGetProgramLogSize(void *program, size_t *bytes)
{
    *bytes = ((struct program *)program)->made.log_bytes + 1;
    return 0;
}

int
nvrtcGetProgramLog(void *handle, char *log)
{
    const struct program *program = handle;
    if (program->made.log)
        memcpy(log, program->made.log, program->made.log_bytes + 1);
    return 0;
}

/* There is no text in between. */
int
nvrtcGetPTXSize(void *program, size_t *bytes)
{
    (void)program, (void)bytes;
    return FAILURE;
}

int
nvrtcGetPTX(void *program, char *ptx)
{
    (void)program, (void)ptx;
    return FAILURE;
}

static int
image_size(const struct program *program, bool link, size_t *bytes)
{
    *bytes = program->link == link ? program->made.image_bytes : 0;
    return 0;
}

static int
image(const struct program *program, bool link, char *to)
{
    if (program->link != link)
        return FAILURE;
    memcpy(to, program->made.image, program->made.image_bytes);
    return 0;
}

int
nvrtcGetCUBINSize(void *program, size_t *bytes)
{
    return fake_fails(__func__) ? FAILURE : image_size(program, false, bytes);
}

int
nvrtcGetCUBIN(void *program, char *cubin)
{
    return fake_fails(__func__) ? FAILURE : image(program, false, cubin);
}

int
nvrtcGetLTOIRSize(void *program, size_t *bytes)
{
    return fake_fails(__func__) ? FAILURE : image_size(program, true, bytes);
}

int
nvrtcGetLTOIR(void *program, char *code)
{
    return fake_fails(__func__) ? FAILURE : image(program, true, code);
}

int
nvrtcDestroyProgram(void **handle)
{
    struct program *program = *handle;
    free(program->text);
    fake_compiled_free(&program->made);
    free(program);
    *handle = NULL;
    return 0;
}
