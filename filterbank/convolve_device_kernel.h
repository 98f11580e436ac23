/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_CONVOLVE_DEVICE_KERNEL_H
#define BH_FILTERBANK_CONVOLVE_DEVICE_KERNEL_H

/* What the kernels of filterbank/convolve.cu are handed; host and device read it alike.
 * All pointers are the device's, to numbers in the bank's precision. */

#ifndef __CUDACC_RTC__
#include <stdint.h>

/* The programs (CMakeLists.txt): kernels, and what goes into transforms. */
extern const char bh_convolve[], bh_convolve_double[], bh_convolve_load[],
    bh_convolve_load_double[];
#endif

enum {
    CONVOLVE_LANES = 32, /* channels of a block of threads */
    CONVOLVE_ROWS = 8,   /* warps of a block */
    CONVOLVE_RUN = 8,    /* frames that a thread takes in a row */
    CONVOLVE_FRAMES = CONVOLVE_ROWS * CONVOLVE_RUN,
    CONVOLVE_THREADS = CONVOLVE_ROWS * CONVOLVE_LANES
};

/* out = the beginning of the responses by sums, and the rest as it was made ready. */
struct bh_convolve_say {
    const void *sound; ///< the window's first frame, with `head` frames before it
    const void *taps;  ///< [head][stride]
    const void *tail;  ///< [frames][stride], or NULL
    void *out;         ///< [frames][out_stride]
    uint64_t stride, out_stride;
    uint64_t sound_stride; ///< from a channel's sound to the next one's; 0: one for all
    uint32_t head;         ///< a multiple of CONVOLVE_RUN
    uint32_t frames, channels;
};

/* Responses times sound, each a spectrum of `bins` complex numbers. */
struct bh_convolve_multiply {
    const void *responses; ///< [channels][bins][2]
    const void *sound;     ///< [bins][2], and [channels] of them where `wide`
    void *product;         ///< [channels][bins][2]
    uint32_t bins;         ///< 2^shift + 1, where 2^shift is at least `channels`
    uint32_t shift;
    uint32_t channels, wide;
};

/* to[column][row] = from[row][column]. Of the transforms of a batch the last kernel:
 * where they multiply by themselves, it tells them what comes next. */
struct bh_convolve_turn {
    const void *from;
    void *to;
    uint64_t from_stride, to_stride;
    uint32_t rows, columns;
    struct bh_convolve_multiply *next; ///< or NULL
    const void *next_responses;
};

/* to[row] = from[row], `count` numbers each, for as many rows as there are blocks. */
struct bh_convolve_move {
    const void *from;
    void *to;
    uint64_t from_stride, to_stride;
    uint32_t count;
};

#endif
