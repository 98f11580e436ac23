/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/bounded_kernel.h"
#include "filterbank/tan_carney_kernel.h"
#include "filterbank/vector_kernel.h"

/* The loops over lanes are what the compiler turns into vectors; the chains of filters
 * are written with vectors, so that what goes through them stays in registers. */
typedef double lanes[BH_LANES];
typedef bh_vector_double vector;
typedef bh_memory_double memory;

enum { STEP = sizeof(vector) / sizeof(double), VECTORS = BH_LANES / STEP };

/* The bilinear transform of 1 / ((s - p) (s - p*)): `size` (1 + u)^2 / (1 - minus_a1 u
 * - minus_a2 u^2). */
BH_MATH void
set_poles(const lanes *row, lanes *restrict f, const double *re, const double *im2)
{
    for (size_t i = 0; i < BH_LANES; i++) {
        const double c = row[TC_RATE2][i], r = re[i], more = c + r, less = c - r;
        const double size = 1 / bh_fma(less, less, im2[i]);
        f[SECTION_SIZE][i] = size;
        f[SECTION_MINUS_A1][i] = 2 * size * (more * less - im2[i]);
        f[SECTION_MINUS_A2][i] = -size * bh_fma(more, more, im2[i]);
    }
}

static void
update(void *all, const double *control, const double *feedback)
{
    lanes *row = (lanes *)all;
    alignas(64) lanes re;
    for (size_t i = 0; i < BH_LANES; i++)
        re[i] = row[TC_CONTROL_RE][i] - feedback[i];
    set_poles(row, row + TC_CONTROL, re, row[TC_CONTROL_IM2]);
    for (size_t i = 0; i < BH_LANES; i++) {
        const double near = row[TC_CONTROL_NEAR][i], far = row[TC_CONTROL_FAR][i];
        const double across2 = re[i] * re[i];
        const double gain =
            sqrt(bh_fma(near, near, across2) * bh_fma(far, far, across2));
        row[TC_CONTROL_GAIN][i] = gain * gain * gain * row[TC_CONTROL_NORM][i];
    }
    for (int k = 0; k < 3; k++) {
        for (size_t i = 0; i < BH_LANES; i++)
            re[i] = row[TC_SIGNAL_RE + k][i] - control[i];
        set_poles(row, row + TC_SIGNAL + k * SECTION_FIELDS, re,
                  row[TC_SIGNAL_IM2 + k]);
    }
}

static inline __attribute__((always_inline)) vector
load(const double *field, int v)
{
    return *(const memory *)(field + v * STEP);
}

static inline __attribute__((always_inline)) void
store(double *field, int v, vector x)
{
    *(memory *)(field + v * STEP) = x;
}

/* A pole pair of the signal path, with a zero. In
 * transposed direct form II, in which coefficients may change on the way. */
static inline __attribute__((always_inline)) void
filter_signal(const lanes *row, const lanes *f, lanes *state, vector x[VECTORS])
{
    for (int v = 0; v < VECTORS; v++) {
        const vector in = load(f[SECTION_SIZE], v) * x[v];
        const vector middle =
            bh_fma_double(load(row[TC_ZERO1], v), in, load(state[1], v));
        const vector y = bh_fma_double(load(row[TC_ZERO0], v), in, load(state[0], v));
        store(state[0], v, bh_fma_double(load(f[SECTION_MINUS_A1], v), y, middle));
        store(state[1], v,
              bh_fma_double(load(f[SECTION_MINUS_A2], v), y,
                            load(row[TC_ZERO2], v) * in));
        x[v] = y;
    }
}

/* A pole pair of the control path, the zeros at half the sample rate. */
static inline __attribute__((always_inline)) void
filter_control(const lanes *f, lanes *state, vector x[VECTORS])
{
    for (int v = 0; v < VECTORS; v++) {
        const vector in = load(f[SECTION_SIZE], v) * x[v];
        const vector middle = in + in + load(state[1], v), y = in + load(state[0], v);
        store(state[0], v, bh_fma_double(load(f[SECTION_MINUS_A1], v), y, middle));
        store(state[1], v, bh_fma_double(load(f[SECTION_MINUS_A2], v), y, in));
        x[v] = y;
    }
}

/* (1 + u) / (1 - pole u). */
static inline __attribute__((always_inline)) void
smooth(const double *pole, lanes *state, int count, vector x[VECTORS])
{
    for (int k = 0; k < count; k++)
        for (int v = 0; v < VECTORS; v++) {
            const vector in = x[v], y = in + load(state[k], v);
            store(state[k], v, bh_fma_double(load(pole, v), y, in));
            x[v] = y;
        }
}

/* The zero of the control path at 0 Hz: c (1 - u) / (1 + u). Its pole at half the rate
 * meets six zeros there. */
static inline __attribute__((always_inline)) void
edge(lanes *row, vector x[VECTORS])
{
    for (int v = 0; v < VECTORS; v++) {
        const vector in = load(row[TC_RATE2], v) * x[v];
        const vector y = in + load(row[TC_EDGE_STATE], v);
        store(row[TC_EDGE_STATE], v, -in - y);
        x[v] = load(row[TC_CONTROL_GAIN], v) * y;
    }
}

/* v = sign(x) 2.5 ln(1 + 100 |x|^0.6), then an asymmetric sigmoid through 0,
 * 1 / (1 + exp((m - v) / 8) (1 + exp((5 - v) / 3))) - 1/8. Both exponentials are whole
 * powers of one, exp(-v / 24), so that a single one is computed. */
BH_MATH double
compress(double x, double middle)
{
    const double size = 100 * bh_bounded_exp(0.6 * bh_normal_log(fabs(x)));
    const double v = copysign(2.5 / 24 * bh_normal_log(1 + size), x);
    const double q = bh_bounded_exp(-v), q2 = q * q, q3 = q2 * q, q4 = q2 * q2;
    const double e5_3 = 5.29449005047003; /* exp(5 / 3) */
    const double one = middle * q3, other = e5_3 * (q4 * q4);
    return 1 / bh_fma(one, 1 + other, 1) - 0.125;
}

/* Tan and Carney (2003), eqs. for the hair cell: logarithmic, and weaker and softer for
 * negative displacement. */
BH_MATH double
transduce(double x)
{
    const double size = fabs(x), soft = 6.87e-9;
    const double d = bh_bounded_exp(1.74 * bh_normal_log(size));
    const double gain = x < 0 ? -0.1 * (d + soft) / (3 * d + soft) : 0.1;
    return gain * bh_bounded_log1p(2000 * size);
}

/* Side by side, because each of the two is one long chain of operations. */
BH_MATH void
bend(const lanes *row, double *restrict x, double *restrict control)
{
    for (size_t i = 0; i < BH_LANES; i++) {
        x[i] = row[TC_CELL_GAIN][i] * transduce(row[TC_SIGNAL_GAIN][i] * x[i]);
        control[i] = row[TC_NONLINEAR_GAIN][i] *
                     compress(control[i], row[TC_MIDDLE][i]);
    }
}

/* The filters before the bends. */
static inline __attribute__((always_inline)) void
begin(lanes *row, double *x, double *control)
{
    static const int order[TAN_CARNEY_POLES] = {0, 1, 2, 0, 2, 0, 1, 2, 0, 2};
    vector signal[VECTORS], other[VECTORS];
    for (int v = 0; v < VECTORS; v++)
        signal[v] = other[v] = load(x, v);
    for (int k = 0; k < TAN_CARNEY_CONTROLS; k++)
        filter_control(row + TC_CONTROL, row + TC_CONTROL_STATE + 2 * k, other);
    edge(row, other);
    for (int k = 0; k < TAN_CARNEY_POLES; k++)
        filter_signal(row, row + TC_SIGNAL + order[k] * SECTION_FIELDS,
                      row + TC_SIGNAL_STATE + 2 * k, signal);
    for (int v = 0; v < VECTORS; v++) {
        store(x, v, signal[v]);
        store(control, v, other[v]);
    }
}

/* Those behind them. */
static inline __attribute__((always_inline)) void
end(lanes *row, double *x, double *control, double *feedback)
{
    vector signal[VECTORS], other[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
        signal[v] = load(x, v);
        other[v] = load(control, v);
    }
    smooth(row[TC_CONTROL_POLE], row + TC_CONTROL_SMOOTH_STATE, 3, other);
    for (int v = 0; v < VECTORS; v++) {
        store(control, v, other[v]);
        other[v] *= load(row[TC_FEEDBACK_GAIN], v);
    }
    smooth(row[TC_FEEDBACK_POLE], row + TC_FEEDBACK_STATE, 1, other);
    smooth(row[TC_CELL_POLE], row + TC_CELL_STATE, TAN_CARNEY_SMOOTHS, signal);
    for (int v = 0; v < VECTORS; v++) {
        store(x, v, signal[v]);
        store(feedback, v, other[v]);
    }
}

BH_MATH void
step(lanes *restrict row, double *restrict x)
{
    alignas(64) lanes control, feedback;
    begin(row, x, control);
    bend(row, x, control);
    end(row, x, control, feedback);
    row[TC_UNTIL][0] -= 1;
    if (row[TC_UNTIL][0] == 0) {
        update(row, control, feedback);
        row[TC_UNTIL][0] = row[TC_INTERVAL][0];
    }
}

#include "filterbank/double_run.inc"

#ifndef BH_ONE_LANE
const struct tan_carney_kernels BH_ISA(bh_tan_carney_kernels) = {
    .run_float = run_float,
    .run_double = run_double,
    .update = update,
};
#endif
