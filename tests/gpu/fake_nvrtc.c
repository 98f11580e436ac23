/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands in for NVRTC: hands the text to a C++ compiler, behind shim.h, and to the true
 * NVRTC where there is one, so that every text that a test loads is known to be right
 * CUDA. FAKE_CXX is the compiler with its flags, FAKE_SHIM the path of shim.h,
 * FAKE_CUDA that of the fake driver, which runs the threads. */
#define _GNU_SOURCE /* mkdtemp */
#include "tests/gpu/fake_cuda.h"
#include "tests/gpu/fake_image.h"
#include "tests/gpu/true_nvrtc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
EXPORT int nvrtcDestroyProgram(void **program);

enum { FAILURE = 6, PATH = 4000 };

struct program {
    char *text, *image, *log;
    size_t image_bytes, log_bytes;
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

/* A whole file, `before` bytes of room in front; NULL where there is none. */
static char *
read_file(const char *path, size_t before, size_t *bytes)
{
    struct stat info;
    FILE *file = fopen(path, "rb");
    if (!file || fstat(fileno(file), &info) != 0) {
        if (file)
            fclose(file);
        return NULL;
    }
    const size_t size = (size_t)info.st_size;
    char *data = calloc(before + size + 1, 1);
    *bytes = before + fread(data + before, 1, size, file);
    fclose(file);
    return data;
}

static bool
has(int count, const char *const *options, const char *wanted)
{
    for (int i = 0; i < count; i++)
        if (strcmp(options[i], wanted) == 0)
            return true;
    return false;
}

static void
compile(struct program *program, const char *directory, bool flush)
{
    char source[PATH + 20], object[PATH + 20], log[PATH + 20], command[4 * PATH + 1000];
    snprintf(source, sizeof source, "%s/kernel.cpp", directory);
    snprintf(object, sizeof object, "%s/kernel.so", directory);
    snprintf(log, sizeof log, "%s/log", directory);
    FILE *file = fopen(source, "w");
    fprintf(file, "#include \"%s\"\n%s#line 1 \"brianhears.cu\"\n%s", FAKE_SHIM,
            flush ? "extern \"C\" const int shim_flush = 1;\n" : "", program->text);
    fclose(file);
    snprintf(command, sizeof command, "%s -o '%s' '%s' '%s' 2>'%s'", FAKE_CXX, object,
             source, FAKE_CUDA, log);
    if (system(command) == 0)
        program->image =
            read_file(object, sizeof(struct fake_image), &program->image_bytes);
    program->log = read_file(log, 0, &program->log_bytes);
    unlink(source);
    unlink(object);
    unlink(log);
}

/* Sanitizers know nothing of what the true NVRTC does. */
static bool
is_cuda(struct program *program, int count, const char *const *options)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    enum { MOST = 1000 };
    char why[MOST - 20];
    if (true_nvrtc_check(program->text, count, options, why, sizeof why) >= 0)
        return true;
    free(program->log);
    program->log = calloc(MOST, 1);
    program->log_bytes = (size_t)snprintf(program->log, MOST, "error: %s\n", why);
    return false;
#else
    (void)program, (void)count, (void)options;
    return true;
#endif
}

int
nvrtcCompileProgram(void *handle, int count, const char *const *options)
{
    if (fake_fails(__func__) != 0)
        return FAILURE;
    struct program *program = handle;
    const char *temporary = getenv("TMPDIR");
    char directory[PATH];
    /* What the kernels' text relies on. */
    if (!has(count, options, "--fmad=false") ||
        !has(count, options, "--gpu-architecture=sm_90"))
        return FAILURE;
    snprintf(directory, sizeof directory, "%s/fake-nvrtc-XXXXXX",
             temporary && *temporary ? temporary : "/tmp");
    if (!mkdtemp(directory))
        return FAILURE;
    compile(program, directory, has(count, options, "--ftz=true"));
    rmdir(directory);
    if (!program->image || !is_cuda(program, count, options))
        return FAILURE;
    struct fake_image header = {.bytes = program->image_bytes -
                                         sizeof(struct fake_image)};
    memcpy(header.magic, FAKE_MAGIC, sizeof header.magic);
    snprintf(header.build, sizeof header.build, "%s", FAKE_BUILD);
    memcpy(program->image, &header, sizeof header);
    return 0;
}

int
nvrtcGetProgramLogSize(void *program, size_t *bytes)
{
    *bytes = ((struct program *)program)->log_bytes + 1;
    return 0;
}

int
nvrtcGetProgramLog(void *handle, char *log)
{
    const struct program *program = handle;
    if (program->log)
        memcpy(log, program->log, program->log_bytes + 1);
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

int
nvrtcGetCUBINSize(void *program, size_t *bytes)
{
    if (fake_fails(__func__) != 0)
        return FAILURE;
    *bytes = ((struct program *)program)->image_bytes;
    return 0;
}

int
nvrtcGetCUBIN(void *handle, char *cubin)
{
    if (fake_fails(__func__) != 0)
        return FAILURE;
    const struct program *program = handle;
    memcpy(cubin, program->image, program->image_bytes);
    return 0;
}

int
nvrtcDestroyProgram(void **handle)
{
    struct program *program = *handle;
    free(program->text);
    free(program->image);
    free(program->log);
    free(program);
    *handle = NULL;
    return 0;
}
