/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FAKE_PROGRAMS is the folder in which the build leaves fatbins and their texts,
 * FAKE_PROGRAM_NAMES their names, with blanks between them, FAKE_TEXT_FIRST the files
 * that each text begins with. */
#define _GNU_SOURCE /* strdup */
#include "tests/gpu/fake_fatbin.h"

#include "gpu/device_internal.h"
#include "tests/gpu/fake_compile.h"
#include "tests/gpu/fake_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH = 4000 };

/* Whether the file has exactly these bytes. */
static bool
is_file(const char *path, const void *data, size_t bytes)
{
    size_t there = 0;
    char *file = fake_read_file(path, 0, &there);
    const bool same = file && there == bytes && memcmp(file, data, bytes) == 0;
    free(file);
    return same;
}

static char *
read_text(const char *name)
{
    static const char *const first[] = {FAKE_TEXT_FIRST};
    enum { FIRST = sizeof first / sizeof first[0] };
    char path[PATH], *text = NULL;
    size_t bytes = 0, whole = 0;
    snprintf(path, sizeof path, FAKE_PROGRAMS "/%s.cu", name);
    for (size_t i = 0; i <= FIRST; i++) {
        char *part = fake_read_file(i < FIRST ? first[i] : path, 0, &bytes);
        char *more = realloc(text, whole + bytes + 1);
        if (!part || !more) {
            free(part);
            free(more ? more : text);
            return NULL;
        }
        text = more;
        memcpy(text + whole, part, bytes + 1);
        whole += bytes;
        free(part);
    }
    return text;
}

/* FNV-1a. */
static uint64_t
hash(const char *text)
{
    uint64_t h = 14695981039346656037u;
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 1099511628211u;
    return h;
}

/* For all GPUs that the library has machine code for. */
static char *
compile(const char *name, const char *text, size_t *bytes)
{
    const char *const options[] = {"--gpu-architecture=sm_90", BH_NVRTC_OPTIONS,
                                   "--ftz=true"};
    const char *const older[] = {"--gpu-architecture=sm_80", BH_NVRTC_OPTIONS,
                                 "--ftz=true"};
    const int count = sizeof options / sizeof options[0];
    struct fake_compiled made;
    fake_compile(text, true, &made);
    fake_check(text, count, options, &made);
    fake_check(text, count, older, &made);
    if (!made.image)
        fprintf(stderr, "fake GPU: %s: %s\n", name, made.log ? made.log : "");
    char *image = made.image;
    *bytes = made.image_bytes;
    made.image = NULL;
    fake_compiled_free(&made);
    return image;
}

static char *
find_or_compile(const char *name, const char *text)
{
    char path[PATH], fresh[PATH + 20];
    size_t bytes = 0;
    snprintf(path, sizeof path, FAKE_GPU_DIR "/%s-%016llx.image", name,
             (unsigned long long)(hash(text) ^ hash(FAKE_BUILD)));
    snprintf(fresh, sizeof fresh, "%s.%ld", path, (long)getpid());
    char *image = fake_read_file(path, 0, &bytes);
    if (image)
        return image;
    image = compile(name, text, &bytes);
    FILE *file = image ? fopen(fresh, "wb") : NULL;
    if (file) {
        const bool written = fwrite(image, 1, bytes, file) == bytes;
        if (fclose(file) == 0 && written)
            rename(fresh, path);
        else
            unlink(fresh);
    }
    return image;
}

void *
fake_fatbin_image(const void *fatbin)
{
    const struct fatbin *head = fatbin;
    const size_t bytes = head->head_bytes + head->bytes;
    char *names = strdup(FAKE_PROGRAM_NAMES), *next = NULL, *image = NULL;
    const char *name = strtok_r(names, " ", &next);
    for (; name; name = strtok_r(NULL, " ", &next)) {
        char path[PATH];
        snprintf(path, sizeof path, FAKE_PROGRAMS "/%s.fatbin", name);
        if (is_file(path, fatbin, bytes))
            break;
    }
    char *text = name ? read_text(name) : NULL;
    if (text)
        image = find_or_compile(name, text);
    else
        fprintf(stderr, "fake GPU: a fatbin that the build has not made\n");
    free(text);
    free(names);
    return image;
}
