/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/math_kernel.h"
#include "filterbank/tan_carney_kernel.h"

#include <stdalign.h>
#include <stdbool.h>

/* The loops over lanes are what the compiler turns into vectors. */
typedef double lanes[BH_LANES];

static inline void
filter_section(const lanes *f, lanes *state, double *x)
{
    for (size_t i = 0; i < BH_LANES; i++) {
        const double in = x[i], y = f[SECTION_B0][i] * in + state[0][i];
        state[0][i] = f[SECTION_B1][i] * in + state[1][i] - f[SECTION_A1][i] * y;
        state[1][i] = f[SECTION_B2][i] * in - f[SECTION_A2][i] * y;
        x[i] = y;
    }
}

static inline void
smooth(const lanes *f, lanes *state, double *x)
{
    for (size_t i = 0; i < BH_LANES; i++) {
        const double in = f[SMOOTH_GAIN][i] * x[i], y = in + state[0][i];
        state[0][i] = in + f[SMOOTH_POLE][i] * y;
        x[i] = y;
    }
}

/* The bilinear transform of 1 / ((s - p) (s - p*)). */
static inline void
set_poles(lanes *row, lanes *f, const double *re, const double *im2)
{
    for (size_t i = 0; i < BH_LANES; i++) {
        const double c = row[TC_RATE2][i], r = re[i];
        const double size = 1 / ((c - r) * (c - r) + im2[i]);
        f[SECTION_B0][i] = f[SECTION_B2][i] = size;
        f[SECTION_B1][i] = 2 * size;
        f[SECTION_A1][i] = -2 * (c * c - r * r - im2[i]) * size;
        f[SECTION_A2][i] = ((c + r) * (c + r) + im2[i]) * size;
    }
}

/* With the zero `row[TC_ZERO]`: (s - zero) / ((s - p) (s - p*)). */
static inline void
set_zero(lanes *row, lanes *f)
{
    for (size_t i = 0; i < BH_LANES; i++) {
        const double c = row[TC_RATE2][i], zero = row[TC_ZERO][i];
        const double size = f[SECTION_B0][i];
        f[SECTION_B0][i] = (c - zero) * size;
        f[SECTION_B1][i] = -2 * zero * size;
        f[SECTION_B2][i] = (-c - zero) * size;
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
        const double gain = sqrt((across2 + near * near) * (across2 + far * far));
        row[TC_CONTROL_GAIN][i] = gain * gain * gain / row[TC_CONTROL_NORM][i];
    }
    for (int k = 0; k < 3; k++) {
        for (size_t i = 0; i < BH_LANES; i++)
            re[i] = row[TC_SIGNAL_RE + k][i] - control[i];
        set_poles(row, row + TC_SIGNAL + k * SECTION_FIELDS, re,
                  row[TC_SIGNAL_IM2 + k]);
        set_zero(row, row + TC_SIGNAL + k * SECTION_FIELDS);
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

/* sign(x) 2.5 ln(1 + 100 |x|^0.6), then an asymmetric sigmoid through 0. */
static inline void
compress(lanes *row, double *x)
{
    for (size_t i = 0; i < BH_LANES; i++) {
        const double size = 100 * bh_exp(0.6 * bh_log(fabs(x[i])));
        const double v = copysign(2.5 * bh_log1p(size), x[i]);
        const double one = bh_exp((row[TC_MIDDLE][i] - v) / 8);
        const double other = bh_exp((5 - v) / 3);
        x[i] = (1 / (1 + one * (1 + other)) - 0.125) * row[TC_NONLINEAR_GAIN][i];
    }
}

/* Tan and Carney (2003), eqs. for the hair cell: logarithmic, and weaker and softer for
 * negative displacement. */
static inline void
transduce(double *x)
{
    for (size_t i = 0; i < BH_LANES; i++) {
        const double size = fabs(x[i]), d = bh_exp(1.74 * bh_log(size)), soft = 6.87e-9;
        const double gain = x[i] < 0 ? -0.1 * (d + soft) / (3 * d + soft) : 0.1;
        x[i] = gain * bh_log1p(2000 * size);
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
        filter_section(row + TC_SIGNAL + order[k] * SECTION_FIELDS,
                       row + TC_SIGNAL_STATE + 2 * k, x);
    for (size_t i = 0; i < BH_LANES; i++)
        x[i] *= row[TC_SIGNAL_GAIN][i];
    transduce(x);
    for (int k = 0; k < TAN_CARNEY_SMOOTHS; k++)
        smooth(row + TC_CELL_SMOOTH, row + TC_CELL_STATE + k, x);

    for (int k = 0; k < TAN_CARNEY_CONTROLS; k++)
        filter_section(row + TC_CONTROL, row + TC_CONTROL_STATE + 2 * k, control);
    edge(row, control);
    compress(row, control);
    for (int k = 0; k < 3; k++)
        smooth(row + TC_CONTROL_SMOOTH, row + TC_CONTROL_SMOOTH_STATE + k, control);
    for (size_t i = 0; i < BH_LANES; i++) {
        control[i] *= 1.5;
        feedback[i] = 10 * control[i];
    }
    smooth(row + TC_FEEDBACK_SMOOTH, row + TC_FEEDBACK_STATE, feedback);
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
