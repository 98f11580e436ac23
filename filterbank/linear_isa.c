/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/linear_kernel.h"
#include "filterbank/vector_kernel.h"

typedef bh_vector_double vector;
typedef bh_memory_double memory;
#ifndef BH_ONE_LANE
typedef float half
    __attribute__((vector_size(BH_VECTOR_BYTES / 2), aligned(4), may_alias));
#endif

enum {
    CHUNK = 64,                             /* frames that stay in the first cache */
    STEP = sizeof(vector) / sizeof(double), /* channels of one vector */
    VECTORS = BH_LANES > STEP ? 2 : 1,      /* that run together, */
    PAIR = VECTORS * STEP,                  /* and their channels */
    MOST = 10,                              /* the highest order */
};

/* The frames of two vectors of channels. Each stage takes them from here and leaves
 * them here. Two chains of dependent operations run side by side, and one more for each
 * stage of a group. */
struct chunk {
    alignas(64) double x[CHUNK][PAIR];
};

struct biquad {
    vector b0, b1, b2, minus_a1, minus_a2;
    vector z1, z2;
};

static inline __attribute__((always_inline)) vector
biquad_step(struct biquad *f, vector x)
{
    vector y = bh_fma_double(f->b0, x, f->z1);
    f->z1 = bh_fma_double(f->minus_a1, y, bh_fma_double(f->b1, x, f->z2));
    f->z2 = bh_fma_double(f->minus_a2, y, f->b2 * x);
    return y;
}

static inline __attribute__((always_inline)) struct biquad
biquad_load(const double *stage)
{
    const double *z = stage + 5 * BH_LANES;
    struct biquad f;
    f.b0 = *(const memory *)stage;
    f.b1 = *(const memory *)(stage + BH_LANES);
    f.b2 = *(const memory *)(stage + 2 * BH_LANES);
    f.minus_a1 = *(const memory *)(stage + 3 * BH_LANES);
    f.minus_a2 = *(const memory *)(stage + 4 * BH_LANES);
    f.z1 = *(const memory *)z;
    f.z2 = *(const memory *)(z + BH_LANES);
    return f;
}

static inline __attribute__((always_inline)) void
biquad_store(const struct biquad *f, double *stage)
{
    *(memory *)(stage + 5 * BH_LANES) = f->z1;
    *(memory *)(stage + 6 * BH_LANES) = f->z2;
}

/* `count` biquads, 1 or 2, one behind the other. */
static inline __attribute__((always_inline)) void
run_biquads(int count, double *stage, struct chunk *chunk, size_t frames)
{
    const size_t size = 7 * BH_LANES;
    struct biquad f[2][VECTORS];
    for (int k = 0; k < count; k++)
        for (int v = 0; v < VECTORS; v++)
            f[k][v] = biquad_load(stage + (size_t)k * size + (size_t)v * STEP);
    BH_ROLLED
    for (size_t t = 0; t < frames; t++)
        for (int v = 0; v < VECTORS; v++) {
            memory *x = (memory *)(chunk->x[t] + v * STEP);
            vector y = *x;
            for (int k = 0; k < count; k++)
                y = biquad_step(&f[k][v], y);
            *x = y;
        }
    for (int k = 0; k < count; k++)
        for (int v = 0; v < VECTORS; v++)
            biquad_store(&f[k][v], stage + (size_t)k * size + (size_t)v * STEP);
}

/* One stage of any order, which is constant where this is inlined. */
static inline __attribute__((always_inline)) void
run_stage(int order, double *stage, struct chunk *chunk, size_t frames)
{
    double *minus_a = stage + order * BH_LANES,
           *memory_z = stage + (2 * order + 1) * BH_LANES;
    vector z[MOST + 1][VECTORS];
    for (int v = 0; v < VECTORS; v++) {
        for (int k = 0; k < order; k++)
            z[k][v] = *(memory *)(memory_z + k * BH_LANES + v * STEP);
        z[order][v] = BH_SPLAT(vector, 0.0);
    }
    BH_ROLLED
    for (size_t t = 0; t < frames; t++)
        for (int v = 0; v < VECTORS; v++) {
            memory *at = (memory *)(chunk->x[t] + v * STEP);
            vector x = *at;
            vector y = bh_fma_double(*(memory *)(stage + v * STEP), x, z[0][v]);
            for (int k = 1; k <= order; k++) {
                vector b = *(memory *)(stage + k * BH_LANES + v * STEP);
                vector a = *(memory *)(minus_a + k * BH_LANES + v * STEP);
                z[k - 1][v] = bh_fma_double(a, y, bh_fma_double(b, x, z[k][v]));
            }
            *at = y;
        }
    for (int v = 0; v < VECTORS; v++)
        for (int k = 0; k < order; k++)
            *(memory *)(memory_z + k * BH_LANES + v * STEP) = z[k][v];
}

static void
run_stages(struct linear_shape shape, double *stage, struct chunk *chunk, size_t frames)
{
    size_t size = linear_stage_size(shape.order), left = shape.stages;
    for (; shape.order == 2 && left >= 2; left -= 2, stage += 2 * size)
        run_biquads(2, stage, chunk, frames);
    for (; left > 0; left--, stage += size)
        switch (shape.order) {
        case 1:
            run_stage(1, stage, chunk, frames);
            break;
        case 2:
            run_biquads(1, stage, chunk, frames);
            break;
        case 3:
            run_stage(3, stage, chunk, frames);
            break;
        case 4:
            run_stage(4, stage, chunk, frames);
            break;
        case 6:
            run_stage(6, stage, chunk, frames);
            break;
        case 8:
            run_stage(8, stage, chunk, frames);
            break;
        default:
            run_stage(10, stage, chunk, frames);
        }
}

static inline vector
load_double(const double *from)
{
    return *(const memory *)from;
}

static inline vector
load_float(const float *from)
{
#ifdef BH_ONE_LANE
    return *from;
#else
    return __builtin_convertvector(*(const half *)from, vector);
#endif
}

static inline void
store_double(double *to, vector x)
{
    *(memory *)to = x;
}

static inline void
store_float(float *to, vector x)
{
#ifdef BH_ONE_LANE
    *to = (float)x;
#else
    *(half *)to = __builtin_convertvector(x, half);
#endif
}

#define REAL double
#include "filterbank/linear_run.inc"
#undef REAL
#define REAL float
#include "filterbank/linear_run.inc"
#undef REAL

#ifndef BH_ONE_LANE
const struct linear_kernels BH_ISA(bh_linear_kernels) = {
    .run_float = run_float,
    .run_double = run_double,
};
#endif
