/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_CONVOLVE_DEVICE_KERNEL_H
#define BH_FILTERBANK_CONVOLVE_DEVICE_KERNEL_H

/* What the kernels of filterbank/convolve.cu are handed; host and device read it alike.
 * All pointers are the device's. */

#ifndef __CUDACC_RTC__
#include <stdint.h>
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
    const float *sound; ///< the window's first frame, with `head` frames before it
    const float *taps;  ///< [head][stride]
    const float *tail;  ///< [frames][stride], or NULL
    float *out;         ///< [frames][out_stride]
    uint64_t stride, out_stride;
    uint32_t head; ///< a multiple of CONVOLVE_RUN
    uint32_t frames, channels;
};

/* product = responses times sound, each a spectrum of `bins` complex numbers. */
struct bh_convolve_multiply {
    const float *responses; ///< [channels][bins][2]
    const float *sound;     ///< [bins][2]
    float *product;         ///< [channels][bins][2]
    uint32_t bins, channels;
};

/* to[t][ch] = from[ch][t]. */
struct bh_convolve_turn {
    const float *from; ///< [channels][size], from its first frame on
    float *to;         ///< [frames][stride], from its first channel on
    uint64_t stride;
    uint32_t size, frames, channels;
};

#endif
