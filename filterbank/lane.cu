/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The kernels of a kind of bank for a GPU: the text that the processor's instruction
 * sets are compiled from (BH_KIND_TEXT, an x_isa.c), with one lane. One thread takes
 * one channel through all frames of a window, state in registers, so the arithmetic and
 * its order are the processor's, and so are the bits.
 *
 * Compile with --fmad=false and -ftz=true: the kernels write fma themselves, and banks
 * run with subnormal numbers counted as zero (core/denormal_kernel.h). */

/* Not all that the included texts have is used. */
#pragma nv_diag_suppress 177

#include BH_KIND_TEXT
#include "core/cuda_kernel.h"
#include "filterbank/lane_device_kernel.h"

/* BH_KIND_FIELDS is the number of fields of a channel, or the most that there may be.
 * A row is copied to the thread and back: [fields][stride] in the device's memory, so
 * that neighbours lie together. */
#ifdef BH_KIND_COUNTED
/* Filters that are counted at run time are not in registers: said for the checks of
 * tests/gpu/true_nvrtc.c. */
enum { BH_LOCAL_MEMORY_IS_MEANT = 1 };
#define FOR_FIELDS BH_ROLLED for (uint32_t i = 0; i < f->fields; i++)
#else
/* The question, always answered with yes, keeps the numbers from being read all at
 * once, for which there are not always registers. */
#define FOR_FIELDS                                                                     \
    for (uint32_t i = 0; i < BH_KIND_FIELDS; i++)                                      \
        if (i < f->fields)
#endif

#define LANE_KERNEL(name, number, run)                                                 \
    BH_KERNEL(name, struct bh_lane_frame, f)                                           \
    {                                                                                  \
        const uint32_t ch = blockIdx.x * blockDim.x + threadIdx.x;                     \
        if (ch >= f->channels)                                                         \
            return;                                                                    \
        number *rows = (number *)f->rows + ch;                                         \
        number row[BH_KIND_FIELDS][BH_LANES];                                          \
        FOR_FIELDS                                                                     \
            row[i][0] = rows[(size_t)i * f->stride];                                   \
        run(f, row, bh_lane_in(f, ch), bh_lane_out(f, ch));                            \
        FOR_FIELDS                                                                     \
            rows[(size_t)i * f->stride] = row[i][0];                                   \
    }

#ifdef BH_KIND_STAGES
#define RUN_FLOAT(f, row, in, out)                                                     \
    run_float(bh_lane_shape(f), (double *)row, in, out)
#define RUN_DOUBLE(f, row, in, out)                                                    \
    run_double(bh_lane_shape(f), (double *)row, in, out)
#else
#define RUN_FLOAT(f, row, in, out)  run_float(row, in, out)
#define RUN_DOUBLE(f, row, in, out) run_double(row, in, out)
#endif

#ifdef BH_KIND_STAGES
static struct linear_shape
bh_lane_shape(const struct bh_lane_frame *f)
{
    struct linear_shape shape;
    shape.order = f->order;
    shape.stages = f->stages;
    return shape;
}
#endif

LANE_KERNEL(bh_lane_float, BH_KIND_SINGLE, RUN_FLOAT)
LANE_KERNEL(bh_lane_double, double, RUN_DOUBLE)

#ifndef BH_KIND_COUNTED
/* The same for a kernel that goes on with what the channels say (bh_source_part), but
 * for kinds whose numbers are in memory, beside which a window is little: the
 * first LANE_PART_CHANNELS threads of a block take some frames of a window, a channel
 * each, into the block's shared memory. The bank's own window gets its last frame only.
 */
#define LANE_PART(name, type, number, run)                                             \
    BH_DEVICE int32_t name(const void *frame, int32_t from, type *tile)                \
    {                                                                                  \
        const struct bh_lane_frame *f = (const struct bh_lane_frame *)frame;           \
        const uint32_t c = threadIdx.x, ch = blockIdx.x * LANE_PART_CHANNELS + c;      \
        const int32_t left = (int32_t)f->frames - from;                                \
        const int32_t count = left < LANE_PART_FRAMES ? left : LANE_PART_FRAMES;       \
        if (c >= LANE_PART_CHANNELS || ch >= f->channels)                              \
            return count;                                                              \
        number *rows = (number *)f->rows + ch;                                         \
        number row[BH_KIND_FIELDS][BH_LANES];                                          \
        for (uint32_t i = 0; i < BH_KIND_FIELDS; i++)                                  \
            row[i][0] = i < f->fields ? rows[(size_t)i * f->stride] : 0;               \
        bh_block in = bh_lane_in(f, ch), out = bh_lane_out(f, ch);                     \
        type *last = (type *)out.data + (size_t)(f->frames - 1) * out.stride;          \
        in.data = (type *)in.data + (size_t)from * in.stride;                          \
        out.data = tile + bh_lane_part_place((int32_t)c, 0);                           \
        in.frames = out.frames = (size_t)count;                                        \
        out.stride = LANE_PART_CHANNELS;                                               \
        run(f, row, in, out);                                                          \
        for (uint32_t i = 0; i < BH_KIND_FIELDS; i++)                                  \
            if (i < f->fields)                                                         \
                rows[(size_t)i * f->stride] = row[i][0];                               \
        if (count == left)                                                             \
            *last = tile[bh_lane_part_place((int32_t)c, count - 1)];                   \
        return count;                                                                  \
    }

/* Where the tile has a frame of a channel. */
BH_DEVICE int32_t
bh_lane_part_place(int32_t channel, int32_t frame)
{
    return frame * LANE_PART_CHANNELS + channel;
}

LANE_PART(bh_lane_part_float, float, BH_KIND_SINGLE, RUN_FLOAT)
LANE_PART(bh_lane_part_double, double, double, RUN_DOUBLE)
#endif
