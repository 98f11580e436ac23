/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_GPU_IMAGE_INTERNAL_H
#define BH_GPU_IMAGE_INTERNAL_H

/* Machine code that the library brings along for programs whose texts are fixed: what
 * NVRTC made of them when the library was built (cmake/images.cmake). */

/// A text, how it was compiled (core/device_ops.h), and what the driver loads in its
/// place: a fatbin, from which it takes what suits the device.
struct bh_gpu_image {
    const char *text;
    unsigned flags;
    const unsigned char *fatbin;
};

/// All of them; the last has no text.
extern const struct bh_gpu_image bh_gpu_images[];
/// What each is compiled for: "sm_80 sm_90 compute_75", or "".
extern const char bh_gpu_image_targets[];

/* The file as data of the object that this stands in. */
#define BH_GPU_FATBIN(name, file)                                                      \
    extern const unsigned char name[];                                                 \
    __asm__(".pushsection .rodata\n"                                                   \
            ".globl " #name "\n"                                                       \
            ".hidden " #name "\n"                                                      \
            ".balign 16\n" #name ":\n"                                                 \
            ".incbin \"" file "\"\n"                                                   \
            ".popsection\n");

#endif
