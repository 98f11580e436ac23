/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program of the build (images.cmake): compiles the texts of the library's kernels
 * with NVRTC, as the library does it when it runs.
 *
 *     image_tool FLAGS OUT FILES... -- TARGETS...
 *
 * takes the files as one text and writes OUT.sm_80 for the target sm_80. FLAGS are
 * those of load() in core/device_ops.h. */
#include "gpu/device_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEWEST_CUDA = 99 }; /* the search goes down from there */

static char *
read_texts(char **file)
{
    size_t bytes = 0, got = 1;
    char *text = calloc(1, 1);
    for (; text && *file && strcmp(*file, "--") != 0; file++) {
        FILE *from = fopen(*file, "rb");
        for (got = 1; from && got > 0; bytes += got) {
            char piece[4096], *more = realloc(text, bytes + sizeof piece + 1);
            got = more ? fread(piece, 1, sizeof piece, from) : 0;
            text = more ? more : text;
            memcpy(text + bytes, piece, got);
            text[bytes + got] = 0;
        }
        if (!from || ferror(from)) {
            fprintf(stderr, "image_tool: cannot read %s\n", *file);
            free(text);
            text = NULL;
        }
        if (from)
            fclose(from);
    }
    return text;
}

static int
write_image(const char *out, const char *target, const void *image, size_t bytes)
{
    char path[4096];
    snprintf(path, sizeof path, "%s.%s", out, target);
    FILE *to = fopen(path, "wb");
    const int written = to && fwrite(image, 1, bytes, to) == bytes;
    if ((to && fclose(to) != 0) || !written) {
        fprintf(stderr, "image_tool: cannot write %s\n", path);
        return 1;
    }
    return 0;
}

static int
compile(const char *text, unsigned flags, const char *out, const char *target)
{
    const int arch = atoi(target + strcspn(target, "0123456789"));
    const bh_gpu_info info = {.cuda_major = NEWEST_CUDA,
                              .compute_major = arch / 10,
                              .compute_minor = arch % 10};
    void *image = NULL;
    size_t bytes = 0;
    bh_diag diag = {0};
    const bool machine = strncmp(target, "sm_", 3) == 0;
    if (bh_gpu_compile(&info, machine, text, flags, &image, &bytes, &diag) != BH_OK) {
        fprintf(stderr, "image_tool: %s: %s\n", target, diag.text);
        return 1;
    }
    const int failed = write_image(out, target, image, bytes);
    free(image);
    return failed;
}

int
main(int count, char **word)
{
    int i = 3;
    if (count < 6) {
        fprintf(stderr, "image_tool FLAGS OUT FILES... -- TARGETS...\n");
        return 1;
    }
    char *text = read_texts(word + i);
    int failed = !text;
    while (i < count && strcmp(word[i], "--") != 0)
        i++;
    for (i++; i < count && !failed; i++)
        failed = compile(text, (unsigned)atoi(word[1]), word[2], word[i]);
    free(text);
    return failed;
}
