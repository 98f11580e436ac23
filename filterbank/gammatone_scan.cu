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

/* Two programs are made of this text: SCAN_DOUBLE is the one in double precision. */
typedef bh_scan_real real;
#ifdef SCAN_DOUBLE
#define VECTOR bh_vector_double
#define MEMORY bh_memory_double
#define FMA    bh_fma_double
#else
#define VECTOR bh_vector_float
#define MEMORY bh_memory_float
#define FMA    bh_fma_float
#endif
#define REAL        real
#define TYPED(name) name##_scan
#include "filterbank/resonator_run.inc"

enum {
    /* Samples that lanes say between two writes, and strides of the memory for them:
     * odd, and 4 more than whole rows of banks, so that neither lanes nor channels meet
     * in a bank of shared memory. */
    SAY = 8,
    SAY_LANE = SAY + 1,
    SAY_CHANNEL = SCAN_LANES * SAY_LANE + 4,
    HEAR_LANE = SCAN_PIECE + 1,
    HEAR_CHANNEL = SCAN_LANES * HEAR_LANE + 4,
    /* Of a block of threads: double precision takes twice the memory. */
    CHANNELS = SCAN_CHANNELS * sizeof(float) / sizeof(real)
};

/* One channel, as the lanes of its warp have it. */
struct scan {
    real near_re, minus_im2, gain;
    bool delta;
    real re[4], im[4]; /* the state before the tile */
    const real *powers; /* [SCAN_LEVELS][SCAN_POWER][stride] */
    uint64_t stride;
};

BH_DEVICE void
scan_load(struct scan *s, const struct bh_scan_frame *f, uint32_t ch)
{
    const real *row = f->rows + ch;
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

BH_DEVICE real
scan_step(const struct scan *s, real re[4], real im[4], real x)
{
    if (s->delta)
        return gammatone_step_scan(s->near_re, s->minus_im2, true, re, im, s->gain * x);
    return gammatone_step_scan(s->near_re, s->minus_im2, false, re, im, s->gain * x);
}

/* re, im += p^m T before, where T is the triangle. */
BH_DEVICE void
scan_carry(const struct scan *s, int level, real m, const real *before_re,
           const real *before_im, real *re, real *im)
{
    const real *power = s->powers + (uint64_t)level * SCAN_POWER * s->stride;
    const real p_re = power[SCAN_RE * s->stride];
    const real p_re_of_im = power[SCAN_RE_OF_IM * s->stride];
    const real p_im_of_re = power[SCAN_IM_OF_RE * s->stride];
    const real t2 = m * (m + 1) / 2, t3 = m * (m + 1) / 6 * (m + 2);
    for (int k = 0; k < 4; k++) {
        real u = before_re[k], v = before_im[k];
        if (k > 0) {
            u = FMA(m, before_re[k - 1], u);
            v = FMA(m, before_im[k - 1], v);
        }
        if (k > 1) {
            u = FMA(t2, before_re[k - 2], u);
            v = FMA(t2, before_im[k - 2], v);
        }
        if (k > 2) {
            u = FMA(t3, before_re[k - 3], u);
            v = FMA(t3, before_im[k - 3], v);
        }
        re[k] = FMA(p_re, u, FMA(p_re_of_im, v, re[k]));
        im[k] = FMA(p_re, v, FMA(p_im_of_re, u, im[k]));
    }
}

/* The state behind the lane's samples, from those of all lanes before it. */
BH_DEVICE void
scan_lanes(const struct scan *s, real *re, real *im)
{
    real m = SCAN_PIECE;
    for (int level = 0; level < SCAN_LEVELS; level++, m *= 2) {
        const int distance = 1 << level;
        real other_re[4], other_im[4];
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
scan_begin(struct scan *s, real *re, real *im)
{
    for (int k = 0; k < 4; k++) {
        const real last_re = __shfl_sync(BH_WARP_ALL, re[k], SCAN_LANES - 1);
        const real last_im = __shfl_sync(BH_WARP_ALL, im[k], SCAN_LANES - 1);
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
scan_write(const struct bh_scan_frame *f, const real *said, uint32_t tile, uint32_t from)
{
    const uint32_t i = threadIdx.x, channel = i % CHANNELS;
    const uint32_t ch = blockIdx.x * CHANNELS + channel;
    for (uint32_t t = i / CHANNELS; t < SCAN_LANES * SAY; t += SCAN_LANES) {
        const uint32_t lane = t / SAY, at = t % SAY;
        const uint32_t frame = tile + lane * SCAN_PIECE + from + at;
        if (ch < f->channels && frame >= f->begin && frame - f->begin < f->frames)
            f->out[(uint64_t)(frame - f->begin) * f->out_stride + ch] =
                said[channel * SAY_CHANNEL + lane * SAY_LANE + at];
    }
}

/* The tile's sound from the state that each lane has, and out with it. */
BH_DEVICE void
scan_say(const struct bh_scan_frame *f, const struct scan *s, real *re, real *im,
         const real *heard, real *said, uint32_t tile)
{
    real *own = said + threadIdx.x / SCAN_LANES * SAY_CHANNEL +
                 BH_DEVICE_LANE * SAY_LANE;
    for (uint32_t from = 0; from < SCAN_PIECE; from += SAY) {
        for (uint32_t i = 0; i < SAY; i++)
            own[i] = scan_step(s, re, im, heard[BH_DEVICE_LANE * HEAR_LANE + from + i]);
        __syncthreads();
        scan_write(f, said, tile, from);
        __syncthreads();
    }
}

/* The sound of a tile, for all channels of the block. */
BH_DEVICE void
scan_hear(const struct bh_scan_frame *f, uint32_t tile, real *heard)
{
    const uint32_t end = f->begin + f->frames;
    for (uint32_t i = threadIdx.x; i < SCAN_TILE; i += blockDim.x)
        heard[i / SCAN_PIECE * HEAR_LANE + i % SCAN_PIECE] =
            tile + i < end ? f->sound[tile + i] : 0;
    __syncthreads();
}

/* The state in which each lane begins; that before the tile becomes that behind it. */
BH_DEVICE void
scan_start(struct scan *s, const real *heard, real *re, real *im)
{
    for (int k = 0; k < 4; k++) {
        re[k] = BH_DEVICE_LANE == 0 ? s->re[k] : 0;
        im[k] = BH_DEVICE_LANE == 0 ? s->im[k] : 0;
    }
    for (uint32_t i = 0; i < SCAN_PIECE; i++)
        scan_step(s, re, im, heard[BH_DEVICE_LANE * HEAR_LANE + i]);
    scan_lanes(s, re, im);
    scan_begin(s, re, im);
}

/* A tile that is whole will not be computed again. */
BH_DEVICE void
scan_keep(const struct bh_scan_frame *f, const struct scan *s, uint32_t tile,
          uint32_t ch)
{
    if (f->begin + f->frames - tile < SCAN_TILE || ch >= f->channels ||
        BH_DEVICE_LANE != 0)
        return;
    for (int k = 0; k < 4; k++) {
        f->rows[(GAMMATONE_RE + k) * f->stride + ch] = s->re[k];
        f->rows[(GAMMATONE_IM + k) * f->stride + ch] = s->im[k];
    }
}

/* The channel of a warp: one without a channel takes the last, and keeps the barriers
 * company. */
BH_DEVICE uint32_t
scan_channel(const struct bh_scan_frame *f, uint32_t ch)
{
    return ch < f->channels ? ch : f->channels - 1;
}

BH_KERNEL(bh_gammatone_scan, struct bh_scan_frame, f)
{
    BH_SHARED real heard[SCAN_LANES * HEAR_LANE];
    BH_SHARED real said[CHANNELS * SAY_CHANNEL];
    const uint32_t ch = blockIdx.x * CHANNELS + threadIdx.x / SCAN_LANES;
    const uint32_t end = f->begin + f->frames;
    struct scan s;
    scan_load(&s, f, scan_channel(f, ch));
    for (uint32_t tile = 0; tile < end; tile += SCAN_TILE) {
        real re[4], im[4];
        scan_hear(f, tile, heard);
        scan_start(&s, heard, re, im);
        scan_say(f, &s, re, im, heard, said, tile);
        scan_keep(f, &s, tile, ch);
    }
}

/* A sample of a channel that hears a sound of its own, counted from the first tile. */
BH_DEVICE real
scan_sample(const struct bh_scan_frame *f, uint32_t t, uint32_t ch)
{
    if (t < f->begin)
        return f->past[t * f->past_stride + ch];
    t -= f->begin;
    return t < f->frames ? f->in[t * f->in_stride + ch] : 0;
}

/* The sounds of a tile, one for each channel of the block. */
BH_DEVICE void
scan_hear_wide(const struct bh_scan_frame *f, uint32_t tile, real *heard)
{
    const uint32_t channel = threadIdx.x % CHANNELS;
    const uint32_t ch = scan_channel(f, blockIdx.x * CHANNELS + channel);
    for (uint32_t t = threadIdx.x / CHANNELS; t < SCAN_TILE; t += SCAN_LANES)
        heard[channel * HEAR_CHANNEL + t / SCAN_PIECE * HEAR_LANE + t % SCAN_PIECE] =
            scan_sample(f, tile + t, ch);
    __syncthreads();
}

BH_KERNEL(bh_gammatone_scan_wide, struct bh_scan_frame, f)
{
    BH_SHARED real heard[CHANNELS * HEAR_CHANNEL];
    BH_SHARED real said[CHANNELS * SAY_CHANNEL];
    const uint32_t channel = threadIdx.x / SCAN_LANES;
    const uint32_t ch = blockIdx.x * CHANNELS + channel, end = f->begin + f->frames;
    const real *own = heard + channel * HEAR_CHANNEL;
    struct scan s;
    scan_load(&s, f, scan_channel(f, ch));
    for (uint32_t tile = 0; tile < end; tile += SCAN_TILE) {
        real re[4], im[4];
        scan_hear_wide(f, tile, heard);
        scan_start(&s, own, re, im);
        scan_say(f, &s, re, im, own, said, tile);
        scan_keep(f, &s, tile, ch);
    }
}

/* For a kernel that goes on with what the channels say (bh_source_part): where the
 * block's shared memory has a frame of a channel, ... */
BH_DEVICE int32_t
bh_scan_part_place(int32_t channel, int32_t frame)
{
    return channel * SCAN_PART_CHANNEL + frame / SCAN_PIECE + frame;
}

/* ... and what fills it with the frames of a window from one on, up to the end of the
 * tile in which that is. The first warps compute, one for each channel. The bank's own
 * window gets its last frame only. */
BH_DEVICE int32_t
bh_scan_part(const void *frame, int32_t from, real *tile)
{
    BH_SHARED real heard[SCAN_LANES * HEAR_LANE];
    const struct bh_scan_frame *f = (const struct bh_scan_frame *)frame;
    const int32_t channel = (int32_t)(threadIdx.x / SCAN_LANES);
    const uint32_t ch = blockIdx.x * CHANNELS + (uint32_t)channel;
    const uint32_t first = (f->begin + (uint32_t)from) / SCAN_TILE * SCAN_TILE;
    const int32_t before = (int32_t)(f->begin + (uint32_t)from - first);
    const int32_t left = (int32_t)f->frames - from;
    const int32_t count = left < SCAN_TILE - before ? left : SCAN_TILE - before;
    struct scan s;
    real re[4], im[4];
    scan_hear(f, first, heard);
    if (channel >= CHANNELS)
        return count;
    scan_load(&s, f, scan_channel(f, ch));
    scan_start(&s, heard, re, im);
    for (int32_t i = 0; i < SCAN_PIECE; i++) {
        const real y = scan_step(&s, re, im, heard[BH_DEVICE_LANE * HEAR_LANE + i]);
        const int32_t k = BH_DEVICE_LANE * SCAN_PIECE + i - before;
        if (k >= 0 && k < count)
            tile[bh_scan_part_place(channel, k)] = y;
        if (k == left - 1 && ch < f->channels)
            f->out[(uint64_t)(f->frames - 1) * f->out_stride + ch] = y;
    }
    scan_keep(f, &s, first, ch);
    return count;
}
