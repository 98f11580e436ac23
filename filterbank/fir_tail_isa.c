/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/fir_tail_kernel.h"
#include "filterbank/vector_kernel.h"

enum { STEP = BH_VECTOR_BYTES / sizeof(double) };

typedef bh_vector_double vector;
typedef bh_memory_double memory;

struct complex_vector {
    vector re, im;
};

/* The spectrum of what the tail says, one bin. Four sums, so that none waits for
 * another.
 */
static inline __attribute__((always_inline)) struct complex_vector
sum_bin(const struct fir_tail *tail, const double *taps, size_t part, size_t bin)
{
    const vector zero = {0};
    vector re_re = zero, im_im = zero, re_im = zero, im_re = zero;
    size_t parts = part < tail->parts ? part : tail->parts;
    const double *h = taps + bin * tail->parts * 2 * BH_LANES;
    size_t at = part % tail->ring;
    for (size_t k = 0; k < parts; k++, h += 2 * BH_LANES) {
        at = at > 0 ? at - 1 : tail->ring - 1;
        const double *x = tail->spectra[at][bin];
        vector h_re = *(const memory *)h, h_im = *(const memory *)(h + BH_LANES);
        re_re = bh_fma_double(h_re, x[0] - zero, re_re);
        im_im = bh_fma_double(h_im, x[1] - zero, im_im);
        re_im = bh_fma_double(h_re, x[1] - zero, re_im);
        im_re = bh_fma_double(h_im, x[0] - zero, im_re);
    }
    return (struct complex_vector){re_re - im_im, re_im + im_re};
}

/* The spectrum of FIR_SPAN real samples as that of half as many complex ones, whose
 * real parts are the even samples: z_k = (x_k + x*_(n-k)) + i w^k (x_k - x*_(n-k)). */
static inline void
fold(const struct fir_tail *tail, const struct complex_vector x[FIR_BINS],
     struct complex_vector z[FIR_PART])
{
    for (size_t k = 0; k < FIR_PART; k++) {
        const double *turn = tail->turn[k];
        vector c = turn[0] - (vector){0}, s = turn[1] - (vector){0};
        struct complex_vector a = x[k], b = x[FIR_PART - k];
        vector re = a.re - b.re, im = a.im + b.im;
        vector odd_re = bh_fma_double(re, c, -(im * s));
        vector odd_im = bh_fma_double(im, c, re * s);
        z[fir_reverse(k) / 2] =
            (struct complex_vector){a.re + b.re - odd_im, a.im - b.im + odd_re};
    }
}

/* From a spectrum in bit-reversed order back to samples: radix 2. */
static inline void
transform_back(const struct fir_tail *tail, struct complex_vector z[FIR_PART])
{
    for (size_t half = 1; half < FIR_PART; half *= 2)
        for (size_t first = 0; first < FIR_PART; first += 2 * half)
            for (size_t i = 0; i < half; i++) {
                const double *turn = tail->turn[i * (FIR_PART / half)];
                vector c = turn[0] - (vector){0}, s = turn[1] - (vector){0};
                struct complex_vector *low = &z[first + i], *high = low + half;
                vector re = bh_fma_double(high->re, c, -(high->im * s));
                vector im = bh_fma_double(high->im, c, high->re * s);
                high->re = low->re - re;
                high->im = low->im - im;
                low->re += re;
                low->im += im;
            }
}

static void
run(const struct fir_tail *tail, size_t row, size_t part)
{
    struct complex_vector x[FIR_BINS], z[FIR_PART];
    const double *taps = tail->taps + row * FIR_BINS * tail->parts * 2 * BH_LANES;
    for (size_t lane = 0; lane < BH_LANES; lane += STEP) {
        for (size_t bin = 0; bin < FIR_BINS; bin++)
            x[bin] = sum_bin(tail, taps + lane, part, bin);
        fold(tail, x, z);
        transform_back(tail, z);
        for (size_t t = 0; t < FIR_PART; t += 2) {
            struct complex_vector both = z[(FIR_PART + t) / 2];
            *(memory *)(tail->said[row][t] + lane) = both.re;
            *(memory *)(tail->said[row][t + 1] + lane) = both.im;
        }
    }
}

const struct fir_tail_kernels BH_ISA(bh_fir_tail_kernels) = {.run = run};
