/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/bounded_kernel.h"
#include "filterbank/tan_carney_kernel.h"

#include <stdalign.h>
#include <stdbool.h>

/* The loops over lanes are what the compiler turns into vectors. */
typedef double lanes[BH_LANES];

/* The bilinear transform of 1 / ((s - p) (s - p*)): `size` (1 + u)^2 / (1 - minus_a1 u
 * - minus_a2 u^2). */
static inline void
set_poles(lanes *row, lanes *f, const double *re, const double *im2)
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
update(void *memory, const double *control, const double *feedback)
{
    lanes *row = memory;
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

/* A pole pair of the signal path, with the zero `row[TC_ZERO]` of the s plane. In
 * transposed direct form II, in which coefficients may change on the way. */
static inline void
filter_signal(const lanes *row, const lanes *f, lanes *state, double *x)
{
    for (size_t i = 0; i < BH_LANES; i++) {
        const double in = f[SECTION_SIZE][i] * x[i], zero = row[TC_ZERO][i];
        const double less = row[TC_RATE2][i] - zero, more = row[TC_RATE2][i] + zero;
        const double y = bh_fma(less, in, state[0][i]);
        const double middle = bh_fma(-2 * zero, in, state[1][i]);
        state[0][i] = bh_fma(f[SECTION_MINUS_A1][i], y, middle);
        state[1][i] = bh_fma(f[SECTION_MINUS_A2][i], y, -(more * in));
        x[i] = y;
    }
}

/* A pole pair of the control path, the zeros at half the sample rate. */
static inline void
filter_control(const lanes *f, lanes *state, double *x)
{
    for (size_t i = 0; i < BH_LANES; i++) {
        const double in = f[SECTION_SIZE][i] * x[i], y = in + state[0][i];
        const double middle = bh_fma(2, in, state[1][i]);
        state[0][i] = bh_fma(f[SECTION_MINUS_A1][i], y, middle);
        state[1][i] = bh_fma(f[SECTION_MINUS_A2][i], y, in);
        x[i] = y;
    }
}

/* (1 + u) / (1 - pole u). */
static inline void
smooth(const double *pole, lanes *state, int count, double *x)
{
    for (int k = 0; k < count; k++)
        for (size_t i = 0; i < BH_LANES; i++) {
            const double in = x[i], y = in + state[k][i];
            state[k][i] = bh_fma(pole[i], y, in);
            x[i] = y;
        }
}

/* The zero of the control path at 0 Hz: c (1 - u) / (1 + u). Its pole at half the rate
 * meets six zeros there. */
static inline void
edge(lanes *row, double *x)
{
    for (size_t i = 0; i < BH_LANES; i++) {
        const double in = row[TC_RATE2][i] * x[i], y = in + row[TC_EDGE_STATE][i];
        row[TC_EDGE_STATE][i] = -in - y;
        x[i] = row[TC_CONTROL_GAIN][i] * y;
    }
}

/* v = sign(x) 2.5 ln(1 + 100 |x|^0.6), then an asymmetric sigmoid through 0,
 * 1 / (1 + exp((m - v) / 8) (1 + exp((5 - v) / 3))) - 1/8. Both exponentials are whole
 * powers of one, exp(-v / 24), so that a single one is computed. */
static inline void
compress(lanes *row, double *x)
{
    for (size_t i = 0; i < BH_LANES; i++) {
        const double size = 100 * bh_bounded_exp(0.6 * bh_normal_log(fabs(x[i])));
        const double v = copysign(2.5 / 24 * bh_normal_log(1 + size), x[i]);
        const double q = bh_bounded_exp(-v), q2 = q * q, q3 = q2 * q, q4 = q2 * q2;
        const double e5_3 = 5.29449005047003; /* exp(5 / 3) */
        const double one = row[TC_MIDDLE][i] * q3, other = e5_3 * (q4 * q4);
        const double sigmoid = 1 / bh_fma(one, 1 + other, 1);
        x[i] = (sigmoid - 0.125) * row[TC_NONLINEAR_GAIN][i];
    }
}

/* Tan and Carney (2003), eqs. for the hair cell: logarithmic, and weaker and softer for
 * negative displacement. */
static inline void
transduce(double *x)
{
    for (size_t i = 0; i < BH_LANES; i++) {
        const double size = fabs(x[i]), soft = 6.87e-9;
        const double d = bh_bounded_exp(1.74 * bh_normal_log(size));
        const double gain = x[i] < 0 ? -0.1 * (d + soft) / (3 * d + soft) : 0.1;
        x[i] = gain * bh_bounded_log1p(2000 * size);
    }
}

static inline void
step(lanes *row, double *x)
{
    static const int order[TAN_CARNEY_POLES] = {0, 1, 2, 0, 2, 0, 1, 2, 0, 2};
    alignas(64) lanes control, feedback;
    for (size_t i = 0; i < BH_LANES; i++)
        control[i] = x[i];
    for (int k = 0; k < TAN_CARNEY_POLES; k++)
        filter_signal(row, row + TC_SIGNAL + order[k] * SECTION_FIELDS,
                      row + TC_SIGNAL_STATE + 2 * k, x);
    for (size_t i = 0; i < BH_LANES; i++)
        x[i] *= row[TC_SIGNAL_GAIN][i];
    transduce(x);
    for (size_t i = 0; i < BH_LANES; i++)
        x[i] *= row[TC_CELL_GAIN][i];
    smooth(row[TC_CELL_POLE], row + TC_CELL_STATE, TAN_CARNEY_SMOOTHS, x);

    for (int k = 0; k < TAN_CARNEY_CONTROLS; k++)
        filter_control(row + TC_CONTROL, row + TC_CONTROL_STATE + 2 * k, control);
    edge(row, control);
    compress(row, control);
    smooth(row[TC_CONTROL_POLE], row + TC_CONTROL_SMOOTH_STATE, 3, control);
    for (size_t i = 0; i < BH_LANES; i++)
        feedback[i] = row[TC_FEEDBACK_GAIN][i] * control[i];
    smooth(row[TC_FEEDBACK_POLE], row + TC_FEEDBACK_STATE, 1, feedback);
    row[TC_UNTIL][0] -= 1;
    if (row[TC_UNTIL][0] == 0) {
        update(row, control, feedback);
        row[TC_UNTIL][0] = row[TC_INTERVAL][0];
    }
}

#include "filterbank/double_run.inc"

const struct tan_carney_kernels BH_ISA(bh_tan_carney_kernels) = {
    .run_float = run_float,
    .run_double = run_double,
    .update = update,
};
