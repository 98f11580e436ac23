/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The gammatone in parallel over time (gammatone_scan_kernel.h). A warp has one channel,
 * a lane SCAN_PIECE samples in a row, and a tile is what the lanes have together. Every
 * lane filters its samples from silence (the first lane from what was before the tile),
 * the warp adds up what reaches from lane to lane, and every lane filters again from the
 * state that it then knows.
 *
 * Tiles begin at multiples of SCAN_TILE samples of the sound, whatever the windows, and a
 * tile that a window cuts is computed again from its beginning with the next: so no split
 * of the sound changes a bit. */

/* Not all that the included texts have is used. */
#pragma nv_diag_suppress 177

#include "core/cuda_kernel.h"
#include "core/math_kernel.h"
#include "filterbank/gammatone_kernel.h"
#include "filterbank/gammatone_scan_kernel.h"
#include "filterbank/resonator_kernel.h"
#include "filterbank/vector_kernel.h"

#define REAL        float
#define TYPED(name) name##_float
#define VECTOR      bh_vector_float
#define MEMORY      bh_memory_float
#define FMA         bh_fma_float
#include "filterbank/resonator_run.inc"

enum {
    /* Samples that lanes say between two writes, and strides of the memory for them:
     * odd, and 4 more than whole rows of banks, so that neither lanes nor channels meet
     * in a bank of shared memory. */
    SAY = 8,
    SAY_LANE = SAY + 1,
    SAY_CHANNEL = SCAN_LANES * SAY_LANE + 4,
    HEAR_LANE = SCAN_PIECE + 1
};

/* One channel, as the lanes of its warp have it. */
struct scan {
    float near_re, minus_im2, gain;
    bool delta;
    float re[4], im[4]; /* the state before the tile */
    const float *powers; /* [SCAN_LEVELS][SCAN_POWER][stride] */
    uint64_t stride;
};

BH_DEVICE void
scan_load(struct scan *s, const struct bh_scan_frame *f, uint32_t ch)
{
    const float *row = f->rows + ch;
    s->near_re = row[GAMMATONE_NEAR_RE * f->stride];
    s->minus_im2 = row[GAMMATONE_MINUS_IM2 * f->stride];
    s->gain = row[GAMMATONE_SCAN_GAIN * f->stride];
    s->delta = row[GAMMATONE_DELTA * f->stride] != 0;
    for (int k = 0; k < 4; k++) {
        s->re[k] = row[(GAMMATONE_RE + k) * f->stride];
        s->im[k] = row[(GAMMATONE_IM + k) * f->stride];
    }
    s->powers = row + GAMMATONE_POWERS * f->stride;
    s->stride = f->stride;
}

BH_DEVICE float
scan_step(const struct scan *s, float re[4], float im[4], float x)
{
    if (s->delta)
        return gammatone_step_float(s->near_re, s->minus_im2, true, re, im, s->gain * x);
    return gammatone_step_float(s->near_re, s->minus_im2, false, re, im, s->gain * x);
}

/* re, im += p^m T before, where T is the triangle. */
BH_DEVICE void
scan_carry(const struct scan *s, int level, float m, const float *before_re,
           const float *before_im, float *re, float *im)
{
    const float *power = s->powers + (uint64_t)level * SCAN_POWER * s->stride;
    const float p_re = power[SCAN_RE * s->stride];
    const float p_re_of_im = power[SCAN_RE_OF_IM * s->stride];
    const float p_im_of_re = power[SCAN_IM_OF_RE * s->stride];
    const float t2 = m * (m + 1) / 2, t3 = m * (m + 1) / 6 * (m + 2);
    for (int k = 0; k < 4; k++) {
        float u = before_re[k], v = before_im[k];
        if (k > 0) {
            u = bh_fmaf(m, before_re[k - 1], u);
            v = bh_fmaf(m, before_im[k - 1], v);
        }
        if (k > 1) {
            u = bh_fmaf(t2, before_re[k - 2], u);
            v = bh_fmaf(t2, before_im[k - 2], v);
        }
        if (k > 2) {
            u = bh_fmaf(t3, before_re[k - 3], u);
            v = bh_fmaf(t3, before_im[k - 3], v);
        }
        re[k] = bh_fmaf(p_re, u, bh_fmaf(p_re_of_im, v, re[k]));
        im[k] = bh_fmaf(p_re, v, bh_fmaf(p_im_of_re, u, im[k]));
    }
}

/* The state behind the lane's samples, from those of all lanes before it. */
BH_DEVICE void
scan_lanes(const struct scan *s, float *re, float *im)
{
    float m = SCAN_PIECE;
    for (int level = 0; level < SCAN_LEVELS; level++, m *= 2) {
        const int distance = 1 << level;
        float other_re[4], other_im[4];
        for (int k = 0; k < 4; k++) {
            other_re[k] = __shfl_up_sync(BH_WARP_ALL, re[k], distance);
            other_im[k] = __shfl_up_sync(BH_WARP_ALL, im[k], distance);
        }
        if (BH_DEVICE_LANE >= distance)
            scan_carry(s, level, m, other_re, other_im, re, im);
    }
}

/* Where the lane begins: what the lane before it ended with; `re` and `im` become that,
 * and the state before the tile becomes that behind it. */
BH_DEVICE void
scan_begin(struct scan *s, float *re, float *im)
{
    for (int k = 0; k < 4; k++) {
        const float last_re = __shfl_sync(BH_WARP_ALL, re[k], SCAN_LANES - 1);
        const float last_im = __shfl_sync(BH_WARP_ALL, im[k], SCAN_LANES - 1);
        re[k] = __shfl_up_sync(BH_WARP_ALL, re[k], 1);
        im[k] = __shfl_up_sync(BH_WARP_ALL, im[k], 1);
        if (BH_DEVICE_LANE == 0) {
            re[k] = s->re[k];
            im[k] = s->im[k];
        }
        s->re[k] = last_re;
        s->im[k] = last_im;
    }
}

/* Writes what the block's channels said, SAY samples of each lane from `from` on: along
 * the channels, as they lie in the memory. */
BH_DEVICE void
scan_write(const struct bh_scan_frame *f, const float *said, uint32_t tile, uint32_t from)
{
    const uint32_t i = threadIdx.x, channel = i % SCAN_CHANNELS;
    const uint32_t ch = blockIdx.x * SCAN_CHANNELS + channel;
    for (uint32_t t = i / SCAN_CHANNELS; t < SCAN_LANES * SAY; t += SCAN_LANES) {
        const uint32_t lane = t / SAY, at = t % SAY;
        const uint32_t frame = tile + lane * SCAN_PIECE + from + at;
        if (ch < f->channels && frame >= f->begin && frame - f->begin < f->frames)
            f->out[(uint64_t)(frame - f->begin) * f->out_stride + ch] =
                said[channel * SAY_CHANNEL + lane * SAY_LANE + at];
    }
}

/* The tile's sound from the state that each lane has, and out with it. */
BH_DEVICE void
scan_say(const struct bh_scan_frame *f, const struct scan *s, float *re, float *im,
         const float *heard, float *said, uint32_t tile)
{
    float *own = said + threadIdx.x / SCAN_LANES * SAY_CHANNEL +
                 BH_DEVICE_LANE * SAY_LANE;
    for (uint32_t from = 0; from < SCAN_PIECE; from += SAY) {
        for (uint32_t i = 0; i < SAY; i++)
            own[i] = scan_step(s, re, im, heard[BH_DEVICE_LANE * HEAR_LANE + from + i]);
        __syncthreads();
        scan_write(f, said, tile, from);
        __syncthreads();
    }
}

BH_KERNEL(bh_gammatone_scan, struct bh_scan_frame, f)
{
    BH_SHARED float heard[SCAN_LANES * HEAR_LANE];
    BH_SHARED float said[SCAN_CHANNELS * SAY_CHANNEL];
    const uint32_t channel = blockIdx.x * SCAN_CHANNELS + threadIdx.x / SCAN_LANES;
    /* A warp without a channel keeps the barriers company. */
    const uint32_t ch = channel < f->channels ? channel : f->channels - 1;
    const uint32_t end = f->begin + f->frames;
    struct scan s;
    scan_load(&s, f, ch);
    for (uint32_t tile = 0; tile < end; tile += SCAN_TILE) {
        for (uint32_t i = threadIdx.x; i < SCAN_TILE; i += SCAN_THREADS)
            heard[i / SCAN_PIECE * HEAR_LANE + i % SCAN_PIECE] =
                tile + i < end ? f->sound[tile + i] : 0;
        __syncthreads();
        float re[4], im[4];
        for (int k = 0; k < 4; k++) {
            re[k] = BH_DEVICE_LANE == 0 ? s.re[k] : 0;
            im[k] = BH_DEVICE_LANE == 0 ? s.im[k] : 0;
        }
        for (uint32_t i = 0; i < SCAN_PIECE; i++)
            scan_step(&s, re, im, heard[BH_DEVICE_LANE * HEAR_LANE + i]);
        scan_lanes(&s, re, im);
        const bool whole = end - tile >= SCAN_TILE;
        scan_begin(&s, re, im);
        scan_say(f, &s, re, im, heard, said, tile);
        if (whole && channel < f->channels && BH_DEVICE_LANE == 0)
            for (int k = 0; k < 4; k++) {
                f->rows[(GAMMATONE_RE + k) * f->stride + ch] = s.re[k];
                f->rows[(GAMMATONE_IM + k) * f->stride + ch] = s.im[k];
            }
    }
}
