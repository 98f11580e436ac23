/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Filters with a finite impulse response, for the host code of
 * filterbank/place_fourier.c: kernels, and with BH_CONVOLVE_LOAD what an inverse
 * transform takes for its input (core/device_ops.h). BH_CONVOLVE_DOUBLE: in double
 * precision, else in single. */

/* Not all that the included texts have is used. */
#pragma nv_diag_suppress 177

#include "core/cuda_kernel.h"
#include "core/math_kernel.h"
#include "filterbank/convolve_device_kernel.h"

#ifdef BH_CONVOLVE_DOUBLE
typedef double bh_real;
typedef double2 bh_pair;
#define FMA bh_fma
#else
typedef float bh_real;
typedef float2 bh_pair;
#define FMA bh_fmaf
#endif

BH_DEVICE bh_pair
bh_convolve_product(bh_pair h, bh_pair x)
{
    bh_pair y;
    y.x = FMA(h.x, x.x, -(h.y * x.y));
    y.y = FMA(h.x, x.y, h.y * x.x);
    return y;
}

#ifdef BH_CONVOLVE_LOAD

/* at % bins: the quotient by 2^shift is that by bins or one more, as there are no more
 * than 2^shift rows. */
BH_DEVICE uint32_t
bh_convolve_bin(uint32_t at, uint32_t bins, uint32_t shift)
{
    const uint32_t before = (at >> shift) * bins;
    return at < before ? at + bins - before : at - before;
}

bh_pair
bh_fft_load(void *in, unsigned long long at, void *info, void *shared)
{
    const struct bh_convolve_multiply *f = (const struct bh_convolve_multiply *)info;
    const uint32_t i = (uint32_t)at;
    const uint32_t x = f->wide ? i : bh_convolve_bin(i, f->bins, f->shift);
    (void)in;
    (void)shared;
    return bh_convolve_product(((const bh_pair *)f->responses)[i],
                               ((const bh_pair *)f->sound)[x]);
}

#else

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
    const bh_real *taps = (const bh_real *)f->taps + ch;
    const bh_real *tail = (const bh_real *)f->tail;
    const bh_real *heard = (const bh_real *)f->sound + ch * f->sound_stride + first;
    bh_real *out = (bh_real *)f->out + first * f->out_stride + ch;
    bh_real sum[CONVOLVE_RUN];
    for (uint32_t i = 0; i < CONVOLVE_RUN; i++)
        sum[i] = tail && first + i < f->frames ? tail[(first + i) * f->stride + ch] : 0;
    for (uint32_t k = 0; k < f->head; k += CONVOLVE_RUN) {
        bh_real x[2 * CONVOLVE_RUN];
        const bh_real *sound = heard - k - CONVOLVE_RUN;
        for (uint32_t i = 1; i < 2 * CONVOLVE_RUN; i++)
            x[i] = first + i < f->frames + k + CONVOLVE_RUN ? sound[i] : 0;
        for (uint32_t j = 0; j < CONVOLVE_RUN; j++) {
            const bh_real tap = taps[(k + j) * f->stride];
            for (uint32_t i = 0; i < CONVOLVE_RUN; i++)
                sum[i] = FMA(tap, x[CONVOLVE_RUN + i - j], sum[i]);
        }
    }
    for (uint32_t i = 0; i < CONVOLVE_RUN; i++)
        if (first + i < f->frames)
            out[i * f->out_stride] = sum[i];
}

BH_KERNEL(bh_convolve_multiply, struct bh_convolve_multiply, f)
{
    const uint32_t across = (f->bins + blockDim.x - 1) / blockDim.x;
    const uint32_t bin = blockIdx.x % across * blockDim.x + threadIdx.x;
    const uint32_t first = blockIdx.x / across * CONVOLVE_RUN;
    const bh_pair *responses = (const bh_pair *)f->responses;
    const bh_pair *sound = (const bh_pair *)f->sound;
    if (bin >= f->bins)
        return;
    const bh_pair shared = sound[bin];
    for (uint32_t ch = first; ch < first + CONVOLVE_RUN && ch < f->channels; ch++) {
        const uint64_t at = (uint64_t)ch * f->bins + bin;
        ((bh_pair *)f->product)[at] =
            bh_convolve_product(responses[at], f->wide ? sound[at] : shared);
    }
}

/* Squares go through shared memory, so that both sides are read and written in rows; the
 * odd stride keeps a square's columns out of each other's banks. */
BH_KERNEL(bh_convolve_turn, struct bh_convolve_turn, f)
{
    BH_SHARED bh_real square[CONVOLVE_LANES][CONVOLVE_LANES + 1];
    const uint32_t across = (f->rows + CONVOLVE_LANES - 1) / CONVOLVE_LANES;
    const uint32_t row = blockIdx.x % across * CONVOLVE_LANES;
    const uint32_t column = blockIdx.x / across * CONVOLVE_LANES;
    const uint32_t lane = threadIdx.x % CONVOLVE_LANES;
    const bh_real *from = (const bh_real *)f->from + column + lane;
    bh_real *to = (bh_real *)f->to + row + lane;
    for (uint32_t i = threadIdx.x / CONVOLVE_LANES; i < CONVOLVE_LANES; i += CONVOLVE_ROWS)
        if (row + i < f->rows && column + lane < f->columns)
            square[i][lane] = from[(row + i) * f->from_stride];
    __syncthreads();
    for (uint32_t i = threadIdx.x / CONVOLVE_LANES; i < CONVOLVE_LANES; i += CONVOLVE_ROWS)
        if (row + lane < f->rows && column + i < f->columns)
            to[(column + i) * f->to_stride] = square[lane][i];
    if (f->next && blockIdx.x == 0 && threadIdx.x == 0)
        f->next->responses = f->next_responses;
}

BH_KERNEL(bh_convolve_move, struct bh_convolve_move, f)
{
    const uint32_t block = CONVOLVE_RUN * blockDim.x;
    const uint32_t across = (f->count + block - 1) / block;
    const uint32_t first = blockIdx.x % across * block + threadIdx.x;
    const uint64_t row = blockIdx.x / across;
    const bh_real *from = (const bh_real *)f->from + row * f->from_stride;
    bh_real *to = (bh_real *)f->to + row * f->to_stride;
    for (uint32_t i = first; i < first + block && i < f->count; i += blockDim.x)
        to[i] = from[i];
}

#endif
