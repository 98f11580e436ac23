/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Filters with a finite impulse response, in single precision, for the host code of
 * filterbank/place_fourier.c. */

/* Not all that the included texts have is used. */
#pragma nv_diag_suppress 177

#include "core/cuda_kernel.h"
#include "core/math_kernel.h"
#include "filterbank/convolve_device_kernel.h"

/* A thread has one channel and some frames in a row, so that a tap and a sample are
 * loaded once for all of them. The order of the sum is that of the taps: it does not
 * depend on where a window begins. */
BH_KERNEL(bh_convolve_say, struct bh_convolve_say, f)
{
    const uint32_t across = (f->channels + CONVOLVE_LANES - 1) / CONVOLVE_LANES;
    const uint32_t ch = blockIdx.x % across * CONVOLVE_LANES + threadIdx.x % CONVOLVE_LANES;
    const uint32_t row = threadIdx.x / CONVOLVE_LANES;
    const uint32_t first = blockIdx.x / across * CONVOLVE_FRAMES + row * CONVOLVE_RUN;
    if (ch >= f->channels || first >= f->frames)
        return;
    const float *taps = f->taps + ch;
    float sum[CONVOLVE_RUN];
    for (uint32_t i = 0; i < CONVOLVE_RUN; i++)
        sum[i] = f->tail && first + i < f->frames ? f->tail[(first + i) * f->stride + ch]
                                                  : 0;
    for (uint32_t k = 0; k < f->head; k += CONVOLVE_RUN) {
        float x[2 * CONVOLVE_RUN];
        const float *sound = f->sound + first - k - CONVOLVE_RUN;
        for (uint32_t i = 1; i < 2 * CONVOLVE_RUN; i++)
            x[i] = first + i < f->frames + k + CONVOLVE_RUN ? sound[i] : 0;
        for (uint32_t j = 0; j < CONVOLVE_RUN; j++) {
            const float tap = taps[(k + j) * f->stride];
            for (uint32_t i = 0; i < CONVOLVE_RUN; i++)
                sum[i] = bh_fmaf(tap, x[CONVOLVE_RUN + i - j], sum[i]);
        }
    }
    for (uint32_t i = 0; i < CONVOLVE_RUN; i++)
        if (first + i < f->frames)
            f->out[(first + i) * f->out_stride + ch] = sum[i];
}

BH_KERNEL(bh_convolve_multiply, struct bh_convolve_multiply, f)
{
    const uint32_t across = (f->bins + blockDim.x - 1) / blockDim.x;
    const uint32_t bin = blockIdx.x % across * blockDim.x + threadIdx.x;
    const uint32_t first = blockIdx.x / across * CONVOLVE_RUN;
    if (bin >= f->bins)
        return;
    const float x_re = f->sound[2 * bin], x_im = f->sound[2 * bin + 1];
    for (uint32_t ch = first; ch < first + CONVOLVE_RUN && ch < f->channels; ch++) {
        const uint64_t at = 2 * ((uint64_t)ch * f->bins + bin);
        const float h_re = f->responses[at], h_im = f->responses[at + 1];
        f->product[at] = bh_fmaf(h_re, x_re, -(h_im * x_im));
        f->product[at + 1] = bh_fmaf(h_re, x_im, h_im * x_re);
    }
}

/* Squares go through shared memory, so that both sides are read and written in rows; the
 * odd stride keeps a square's columns out of each other's banks. */
BH_KERNEL(bh_convolve_turn, struct bh_convolve_turn, f)
{
    BH_SHARED float square[CONVOLVE_LANES][CONVOLVE_LANES + 1];
    const uint32_t across = (f->channels + CONVOLVE_LANES - 1) / CONVOLVE_LANES;
    const uint32_t ch = blockIdx.x % across * CONVOLVE_LANES;
    const uint32_t t = blockIdx.x / across * CONVOLVE_LANES;
    const uint32_t lane = threadIdx.x % CONVOLVE_LANES;
    for (uint32_t i = threadIdx.x / CONVOLVE_LANES; i < CONVOLVE_LANES; i += CONVOLVE_ROWS)
        if (ch + i < f->channels && t + lane < f->frames)
            square[i][lane] = f->from[(uint64_t)(ch + i) * f->size + t + lane];
    __syncthreads();
    for (uint32_t i = threadIdx.x / CONVOLVE_LANES; i < CONVOLVE_LANES; i += CONVOLVE_ROWS)
        if (ch + lane < f->channels && t + i < f->frames)
            f->to[(uint64_t)(t + i) * f->stride + ch + lane] = square[lane][i];
}
