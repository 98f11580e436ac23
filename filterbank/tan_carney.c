/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/tan_carney.h"

#include "filterbank/tan_carney_kernel.h"
#include "filterbank/lane_device_kernel.h"
#include "filterbank/rows_ops.h"

#include <math.h>
#include <stdalign.h>

static const double pi = 3.14159265358979323846;

bh_tan_carney_params
bh_tan_carney_params_default(void)
{
    return (bh_tan_carney_params){
        .control_cutoff_hz = 800,
        .feedback_cutoff_hz = 500,
        .average_control = 0.3357,
        .update_interval = 1,
    };
}

/* 10^(p0 + m log10 cf). */
static double
law(double p0, double m, double cf_hz)
{
    return pow(10, p0 + m * log10(cf_hz));
}

/* Where the signal path's poles lie along the imaginary axis. */
static double
pole_hz(double cf_hz)
{
    return 1.0854 * cf_hz - 106.0034;
}

static bh_status
check(const bh_tan_carney_params *p, double samplerate_hz, const double *cf_hz,
      size_t channels, bh_diag *diag)
{
    const struct {
        const char *name;
        double value, most; /* must be above 0 and below `most` */
    } limits[] = {
        {"control_cutoff_hz", p->control_cutoff_hz, samplerate_hz / 2},
        {"feedback_cutoff_hz", p->feedback_cutoff_hz, samplerate_hz / 2},
        {"average_control", p->average_control, 1e9},
        {"update_interval", (double)p->update_interval, 1e9},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (!(limits[i].value > 0 && limits[i].value < limits[i].most))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "%s of Tan and Carney's model is %g; it must be above 0 "
                               "and below %g",
                               limits[i].name, limits[i].value, limits[i].most);
    for (size_t ch = 0; ch < channels; ch++)
        if (!(pole_hz(cf_hz[ch]) > 0))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "channel %zu has cf %g Hz; Tan and Carney's model needs "
                               "one above %g Hz",
                               ch, cf_hz[ch], 106.0034 / 1.0854);
    return BH_OK;
}

/* The bilinear transform of w / (s + w), gain (1 + u) / (1 - pole u): returns the gain.
 */
static double
set_smooth(struct bh_rows *rows, size_t ch, size_t field, double samplerate_hz,
           double cutoff_hz)
{
    const double c = 2 * samplerate_hz, w = 2 * pi * cutoff_hz;
    bh_rows_set(rows, ch, field, (c - w) / (c + w));
    return w / (c + w);
}

/* `gain` is that of the low-pass filters behind the nonlinearity. */
static void
set_smooths(struct bh_rows *rows, size_t ch, const bh_tan_carney_params *params,
            double samplerate_hz, double *gain)
{
    const double control =
        set_smooth(rows, ch, TC_CONTROL_POLE, samplerate_hz, params->control_cutoff_hz);
    const double feedback = set_smooth(rows, ch, TC_FEEDBACK_POLE, samplerate_hz,
                                       params->feedback_cutoff_hz);
    const double cell = set_smooth(rows, ch, TC_CELL_POLE, samplerate_hz, 3800);
    bh_rows_set(rows, ch, TC_FEEDBACK_GAIN, 10 * feedback);
    bh_rows_set(rows, ch, TC_CELL_GAIN, pow(cell, TAN_CARNEY_SMOOTHS));
    *gain = 1.5 * pow(control, 3);
}

/* Distances on the basilar membrane of the cat are Liberman's (1982) with Tan and
 * Carney's numbers: the control path is tuned 1.2 mm higher. */
static void
set_control(struct bh_rows *rows, size_t ch, const bh_tan_carney_params *params,
            double gain, double cf_hz)
{
    const double x_mm = 11.9 * log10(0.8 + cf_hz / 456);
    const double control_hz = (pow(10, (x_mm + 1.2) / 11.9) - 0.8) * 456;
    const double im = 2 * pi * control_hz;
    const double gain80 = law(1.5220, 0.5732, cf_hz), rest = law(1.9, 0.4, cf_hz);
    bh_rows_set(rows, ch, TC_CONTROL_RE, -2 * pi * cf_hz / 4);
    bh_rows_set(rows, ch, TC_CONTROL_IM2, im * im);
    bh_rows_set(rows, ch, TC_CONTROL_NEAR, 2 * pi * (control_hz - cf_hz));
    bh_rows_set(rows, ch, TC_CONTROL_FAR, 2 * pi * (control_hz + cf_hz));
    bh_rows_set(rows, ch, TC_CONTROL_NORM, 1 / (2 * pi * cf_hz));
    bh_rows_set(rows, ch, TC_MIDDLE, 7 / (1 + exp(5.0 / 3)));
    bh_rows_set(rows, ch, TC_NONLINEAR_GAIN,
                gain * (gain80 - rest) / params->average_control);
}

/* Three different poles, ten pairs in all; gain 1/3 at cf at rest. */
static void
set_signal(struct bh_rows *rows, size_t ch, double samplerate_hz, double cf_hz)
{
    static const int count[3] = {4, 2, 4};
    const double first_re = -law(1.9, 0.4, cf_hz), ta = law(0.1607, 1.0230, cf_hz);
    const double first_im = 2 * pi * pole_hz(cf_hz);
    const double tb = law(-1.1550, 1.4292, cf_hz) - 1000;
    const double zero = -law(-0.9, 1.5, cf_hz), w = 2 * pi * cf_hz;
    double gain = 1.0 / 3;
    for (int k = 0; k < 3; k++) {
        const double re = first_re - k * ta / 2, im = first_im - k * tb / 2;
        const double both = hypot(w - im, re) * hypot(w + im, re);
        bh_rows_set(rows, ch, TC_SIGNAL_RE + k, re);
        bh_rows_set(rows, ch, TC_SIGNAL_IM2 + k, im * im);
        for (int i = 0; i < count[k]; i++)
            gain *= both / hypot(w, zero);
    }
    bh_rows_set(rows, ch, TC_ZERO0, 2 * samplerate_hz - zero);
    bh_rows_set(rows, ch, TC_ZERO1, -2 * zero);
    bh_rows_set(rows, ch, TC_ZERO2, -2 * samplerate_hz - zero);
    bh_rows_set(rows, ch, TC_SIGNAL_GAIN, gain);
}

bh_status
bh_tan_carney_new(double samplerate_hz, const double *cf_hz, size_t channels,
                  const bh_tan_carney_params *params, bh_precision precision,
                  bh_filterbank **out, bh_diag *diag)
{
    const bh_tan_carney_params defaults = bh_tan_carney_params_default();
    params = params ? params : &defaults;
    const struct tan_carney_kernels *kernels = BH_ISA_PICK(bh_tan_carney_kernels);
    const struct bh_rows_config config = {
        .samplerate_hz = samplerate_hz,
        .cf_hz = cf_hz,
        .channels = channels,
        .fields = TC_FIELDS,
        .precision = precision,
        .row_precision = BH_DOUBLE,
        .run = precision == BH_SINGLE ? kernels->run_float : kernels->run_double,
        .device_text = bh_lane_tan_carney,
    };
    struct bh_rows *rows;
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, cf_hz, channels, diag));
    BH_TRY(check(params, samplerate_hz, cf_hz, channels, diag));
    BH_TRY(bh_rows_new(&config, &rows, diag));
    for (size_t ch = 0; ch < channels; ch++) {
        bh_rows_set(rows, ch, TC_RATE2, 2 * samplerate_hz);
        bh_rows_set(rows, ch, TC_INTERVAL, (double)params->update_interval);
        bh_rows_set(rows, ch, TC_UNTIL, (double)params->update_interval);
        double gain;
        set_smooths(rows, ch, params, samplerate_hz, &gain);
        set_control(rows, ch, params, gain, cf_hz[ch]);
        set_signal(rows, ch, samplerate_hz, cf_hz[ch]);
    }
    alignas(64) const double rest[BH_LANES] = {0};
    for (size_t ch = 0; ch < channels; ch += BH_LANES)
        kernels->update(bh_rows_at(rows, ch), rest, rest);
    return bh_rows_finish(rows, out, diag);
}
