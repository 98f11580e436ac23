/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_GPU_FAKE_IMAGE_H
#define BH_TESTS_GPU_FAKE_IMAGE_H

#include <stdint.h>

/* What the fake NVRTC makes and the fake driver loads: a shared library with this in
 * front. `build` tells libraries of another shim.h or other compiler flags. */
struct fake_image {
    char magic[8]; /* FAKE_MAGIC */
    char build[64];
    uint64_t bytes; /* of the library */
};

#define FAKE_MAGIC      "FAKEGPU"
#define FAKE_MAGIC_LINK "FAKELTO" /* not loaded, but linked by fake_cufft.c */

#endif
