/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/fir_kernel.h"
#include "filterbank/vector_kernel.h"

enum {
    STEP = BH_VECTOR_BYTES / sizeof(double), /* channels of one vector */
    PAIR = 2 * STEP,                         /* channels that run together */
#if defined(__AVX512F__)
    FRAMES = 8, /* frames whose sums are in registers at once */
#else
    FRAMES = 4,
#endif
};

typedef bh_vector_double vector;
typedef bh_memory_double memory;
typedef float half
    __attribute__((vector_size(BH_VECTOR_BYTES / 2), aligned(4), may_alias));

/* The sums of `count` frames, the first `frame`, for two vectors of channels. Each
 * sum goes through the taps in order, however many frames there are. */
static inline __attribute__((always_inline)) void
sum_frames(const struct fir_row *row, size_t lane, int count, bool wide, size_t frame,
           vector sum[FRAMES][2])
{
    const double *taps = row->taps + lane;
    const double *sound = row->sound + frame * (wide ? BH_LANES : 1);
    for (int i = 0; i < count; i++)
        for (int v = 0; v < 2; v++) {
            size_t at = (frame + (size_t)i) * BH_LANES + lane + (size_t)v * STEP;
            sum[i][v] = row->more ? *(const memory *)(row->more + at) : (memory){0};
        }
    for (size_t k = 0; k < row->length; k++, taps += BH_LANES) {
        vector low = *(const memory *)taps, high = *(const memory *)(taps + STEP);
        for (int i = 0; i < count; i++) {
            if (wide) {
                const double *x = sound + i * BH_LANES + lane;
                sum[i][0] = bh_fma_double(low, *(const memory *)x, sum[i][0]);
                sum[i][1] = bh_fma_double(high, *(const memory *)(x + STEP), sum[i][1]);
            } else {
                vector x = sound[i] - (vector){0};
                sum[i][0] = bh_fma_double(low, x, sum[i][0]);
                sum[i][1] = bh_fma_double(high, x, sum[i][1]);
            }
        }
        sound -= wide ? BH_LANES : 1;
    }
}

static inline __attribute__((always_inline)) void
store_sums(bh_precision precision, int count, const vector sum[FRAMES][2], bh_block out)
{
    for (int i = 0; i < count; i++)
        for (int v = 0; v < 2; v++) {
            size_t at = (size_t)i * out.stride + (size_t)v * STEP;
            if (precision == BH_SINGLE)
                *(half *)((float *)out.data + at) =
                    __builtin_convertvector(sum[i][v], half);
            else
                *(memory *)((double *)out.data + at) = sum[i][v];
        }
}

static inline __attribute__((always_inline)) void
run_pair(const struct fir_row *row, size_t lane, bool wide, bh_precision precision,
         bh_block out)
{
    size_t t = 0;
    vector sum[FRAMES][2];
    for (; t + FRAMES <= out.frames; t += FRAMES) {
        sum_frames(row, lane, FRAMES, wide, t, sum);
        store_sums(precision, FRAMES, sum, bh_block_frames(out, t, FRAMES));
    }
    for (; t < out.frames; t++) {
        sum_frames(row, lane, 1, wide, t, sum);
        store_sums(precision, 1, sum, bh_block_frames(out, t, 1));
    }
}

static inline __attribute__((always_inline)) void
run(const struct fir_row *row, bh_precision precision, bh_block out)
{
    for (size_t lane = 0; lane < BH_LANES; lane += PAIR) {
        bh_block said = bh_block_channels(out, lane, PAIR);
        if (row->wide)
            run_pair(row, lane, true, precision, said);
        else
            run_pair(row, lane, false, precision, said);
    }
}

static void
run_float(const struct fir_row *row, bh_block out)
{
    run(row, BH_SINGLE, out);
}

static void
run_double(const struct fir_row *row, bh_block out)
{
    run(row, BH_DOUBLE, out);
}

const struct fir_kernels BH_ISA(bh_fir_kernels) = {
    .run_float = run_float,
    .run_double = run_double,
};
