/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_GPU_FAKE_FATBIN_H
#define BH_TESTS_GPU_FAKE_FATBIN_H

#include <stddef.h>
#include <stdint.h>

/* A fatbin's head, and that of each piece of code in it, as CUDA's `fatbinary` writes
 * them; the pieces follow each other, `bytes` from head to head beside the head. */
struct fatbin {
    uint32_t magic; /* FATBIN_MAGIC */
    uint16_t version, head_bytes;
    uint64_t bytes; /* behind the head */
};

struct fatbin_piece {
    uint16_t kind; /* FATBIN_PTX or FATBIN_ELF */
    uint16_t version;
    uint32_t head_bytes;
    uint64_t bytes;
    uint32_t packed[3]; /* of compressed pieces */
    uint32_t arch;      /* 90: compute capability 9.0 */
};

#define FATBIN_MAGIC 0xba55ed50u
enum { FATBIN_PTX = 1, FATBIN_ELF = 2 };

/* What the fake driver loads in place of a fatbin of the library's: the text that it
 * was made from (cmake/images.cmake), found by the fatbin's every byte, compiled for
 * the processor; what was compiled is kept beside the stand-ins. NULL, with the reason
 * on the standard error, where it is none of them. To be freed. */
void *fake_fatbin_image(const void *fatbin);

#endif
