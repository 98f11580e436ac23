/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_TAN_CARNEY_KERNEL_H
#define BH_FILTERBANK_TAN_CARNEY_KERNEL_H

#include "core/cpu.h"
#include "filterbank/lane_kernel.h"

/* The coefficients of a pole pair that moves (tan_carney_isa.c). */
enum { SECTION_SIZE, SECTION_MINUS_A1, SECTION_MINUS_A2, SECTION_FIELDS };

enum { TAN_CARNEY_CONTROLS = 3, TAN_CARNEY_POLES = 10, TAN_CARNEY_SMOOTHS = 7 };

/* The fields of a row. Angular frequencies are in rad/s. */
enum {
    TC_RATE2,      /* 2 samplerate, of the bilinear transform */
    TC_CONTROL_RE, /* pole of the control path: real part at rest, imaginary squared */
    TC_CONTROL_IM2,
    TC_CONTROL_NEAR, /* its distance from cf and from -cf along the axis */
    TC_CONTROL_FAR,
    TC_CONTROL_NORM,   /* 1 / (2 pi cf) */
    TC_MIDDLE,         /* of the second nonlinearity */
    TC_NONLINEAR_GAIN, /* with that of the three filters that follow */
    TC_CONTROL_POLE,   /* of low-pass filters of first order */
    TC_FEEDBACK_POLE,
    TC_FEEDBACK_GAIN,
    TC_CELL_POLE,
    TC_CELL_GAIN, /* of all seven */
    TC_SIGNAL_RE, /* of the three different poles */
    TC_SIGNAL_IM2 = TC_SIGNAL_RE + 3,
    TC_ZERO0 = TC_SIGNAL_IM2 + 3, /* the numerator of each of its pole pairs */
    TC_ZERO1,
    TC_ZERO2,
    TC_SIGNAL_GAIN,
    TC_INTERVAL, /* the same in all lanes */
    TC_UNTIL,    /* state from here on */
    TC_CONTROL,  /* filters as they are now */
    TC_CONTROL_GAIN = TC_CONTROL + SECTION_FIELDS,
    TC_SIGNAL,
    TC_CONTROL_STATE = TC_SIGNAL + 3 * SECTION_FIELDS,
    TC_EDGE_STATE = TC_CONTROL_STATE + 2 * TAN_CARNEY_CONTROLS,
    TC_CONTROL_SMOOTH_STATE,
    TC_FEEDBACK_STATE = TC_CONTROL_SMOOTH_STATE + 3,
    TC_SIGNAL_STATE,
    TC_CELL_STATE = TC_SIGNAL_STATE + 2 * TAN_CARNEY_POLES,
    TC_FIELDS = TC_CELL_STATE + TAN_CARNEY_SMOOTHS
};

struct tan_carney_kernels {
    bh_rows_run *run_float, *run_double;
    /// The filters of a row for the control signals `control` and `feedback`.
    void (*update)(void *row, const double *control, const double *feedback);
};

BH_ISA_DECLARE(struct tan_carney_kernels, bh_tan_carney_kernels);

#endif
