/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The compiler of the stand-ins: a C++ compiler behind shim.h. FAKE_CXX is the compiler
 * with its flags, FAKE_SHIM the path of shim.h, FAKE_CUDA that of the fake driver,
 * which runs the threads. */
#define _GNU_SOURCE /* mkdtemp */
#include "tests/gpu/fake_compile.h"
#include "tests/gpu/fake_image.h"
#include "tests/gpu/true_nvrtc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = 4000 };

char *
fake_read_file(const char *path, size_t before, size_t *bytes)
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

static void
compile(const char *text, const char *directory, bool flush, struct fake_compiled *out)
{
    char source[PATH + 20], object[PATH + 20], log[PATH + 20], command[4 * PATH + 1000];
    snprintf(source, sizeof source, "%s/kernel.cpp", directory);
    snprintf(object, sizeof object, "%s/kernel.so", directory);
    snprintf(log, sizeof log, "%s/log", directory);
    FILE *file = fopen(source, "w");
    fprintf(file, "#include \"%s\"\n%s#line 1 \"brianhears.cu\"\n%s", FAKE_SHIM,
            flush ? "extern \"C\" const int shim_flush = 1;\n" : "", text);
    fclose(file);
    snprintf(command, sizeof command, "%s -o '%s' '%s' '%s' 2>'%s'", FAKE_CXX, object,
             source, FAKE_CUDA, log);
    if (system(command) == 0)
        out->image =
            fake_read_file(object, sizeof(struct fake_image), &out->image_bytes);
    out->log = fake_read_file(log, 0, &out->log_bytes);
    unlink(source);
    unlink(object);
    unlink(log);
}

/* Sanitizers know nothing of what the true NVRTC does. */
void
fake_check(const char *text, int count, const char *const *options,
           struct fake_compiled *out)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    enum { MOST = 1000 };
    char why[MOST - 20];
    if (!out->image || true_nvrtc_check(text, count, options, why, sizeof why) >= 0)
        return;
    free(out->image);
    free(out->log);
    out->image = NULL;
    out->log = calloc(MOST, 1);
    out->log_bytes = (size_t)snprintf(out->log, MOST, "error: %s\n", why);
#else
    (void)text, (void)count, (void)options, (void)out;
#endif
}

void
fake_compile(const char *text, bool flush, struct fake_compiled *out)
{
    const char *temporary = getenv("TMPDIR");
    char directory[PATH];
    *out = (struct fake_compiled){0};
    snprintf(directory, sizeof directory, "%s/fake-nvrtc-XXXXXX",
             temporary && *temporary ? temporary : "/tmp");
    if (!mkdtemp(directory))
        return;
    compile(text, directory, flush, out);
    rmdir(directory);
    if (!out->image)
        return;
    struct fake_image header = {.bytes = out->image_bytes - sizeof(struct fake_image)};
    memcpy(header.magic, FAKE_MAGIC, sizeof header.magic);
    snprintf(header.build, sizeof header.build, "%s", FAKE_BUILD);
    memcpy(out->image, &header, sizeof header);
}

void
fake_compiled_free(struct fake_compiled *compiled)
{
    free(compiled->image);
    free(compiled->log);
    *compiled = (struct fake_compiled){0};
}
