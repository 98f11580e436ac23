/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_GPU_FAKE_COMPILE_H
#define BH_TESTS_GPU_FAKE_COMPILE_H

#include <stdbool.h>
#include <stddef.h>

/* What a compiler makes of a text; to be freed. */
struct fake_compiled {
    char *image; /* struct fake_image and a shared library; NULL where it failed */
    char *log;   /* or NULL */
    size_t image_bytes, log_bytes;
};

/* Compiles a text for the processor, behind shim.h. `flush`: subnormal numbers count as
 * zero. */
void fake_compile(const char *text, bool flush, struct fake_compiled *out);
/* Has the true NVRTC look at the text with these options, where there is one: where it
 * finds fault, that is the log, and there is no image. */
void fake_check(const char *text, int count, const char *const *options,
                struct fake_compiled *out);
void fake_compiled_free(struct fake_compiled *compiled);

/* A whole file, `before` bytes of room in front, and a 0 behind; NULL where there is
 * none. */
char *fake_read_file(const char *path, size_t before, size_t *bytes);

#endif
