/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/gammachirp.h"

#include "filterbank/gammachirp_kernel.h"
#include "filterbank/lane_device_kernel.h"
#include "filterbank/rows_ops.h"
#include "filterbank/gammatone.h"
#include "filterbank/scale.h"

#include <complex.h>
#include <math.h>
#include <stdbool.h>

static const double pi = 3.14159265358979323846;

enum { STAGES_MAX = 1000 };

bh_gammachirp_params
bh_gammachirp_params_default(void)
{
    return (bh_gammachirp_params){.b = 1.019, .c = 1, .stages = 4};
}

/* A stage of the compensation: poles and zeros at `radius` exp(+-i angle), and the gain
 * that makes it 1 at `angle`. Unoki et al. (2001), with the ERB as they have it, 24.7
 * (4.37 f / kHz + 1). */
struct stage {
    double fall; /* 1 - radius */
    double pole, zero;
    double gain;
};

/* The two roots at radius exp(+-i root) as a polynomial, at exp(i angle). */
static double complex
roots_at(double radius, double root, double angle)
{
    const double complex u = cexp(-I * angle);
    return 1 + u * (-2 * radius * cos(root) + u * radius * radius);
}

static struct stage
design_stage(double samplerate_hz, double f_hz, double b, double c, size_t index)
{
    const double p0 = 2, p4 = 1.0724, k = (double)index;
    const double p1 = 1.7818 * (1 - 0.0791 * b) * (1 - 0.1655 * fabs(c));
    const double p2 = 0.5689 * (1 - 0.1620 * b) * (1 - 0.0857 * fabs(c));
    const double width_hz = b * 24.7 * (4.37e-3 * f_hz + 1);
    const double shift_hz = pow(p0 * p4, k) * p2 * c * width_hz;
    const double turn = 2 * pi / samplerate_hz;
    struct stage stage = {
        .fall = -expm1(-p1 * pow(p0 / p4, k) * width_hz * turn),
        .pole = turn * fmax(f_hz + shift_hz, 0),
        .zero = turn * fmax(f_hz - shift_hz, 0),
    };
    const double radius = 1 - stage.fall, angle = turn * f_hz;
    stage.gain =
        cabs(roots_at(radius, stage.pole, angle) / roots_at(radius, stage.zero, angle));
    return stage;
}

bh_iir_section
bh_asymmetric_compensation_design(double samplerate_hz, double f_hz, double b, double c,
                                  size_t stage)
{
    const struct stage s = design_stage(samplerate_hz, f_hz, b, c, stage);
    const double radius = 1 - s.fall, square = radius * radius;
    return (bh_iir_section){
        .b = {s.gain, -2 * s.gain * radius * cos(s.zero), s.gain * square},
        .a = {1, -2 * radius * cos(s.pole), square},
    };
}

static double
channel_b(const bh_gammachirp_params *params, size_t ch)
{
    return params->b_channel ? params->b_channel[ch] : params->b;
}

static double
channel_c(const bh_gammachirp_params *params, size_t ch)
{
    return params->c_channel ? params->c_channel[ch] : params->c;
}

/* The published fit of the radius turns round where |c| or b is large: then it would be
 * above 1. */
static bh_status
check_params(double samplerate_hz, const double *f_hz, size_t channels,
             const bh_gammachirp_params *params, bh_diag *diag)
{
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, f_hz, channels, diag));
    if (params->stages > STAGES_MAX)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the compensation has %zu stages; it can have at most %d",
                           params->stages, STAGES_MAX);
    for (size_t ch = 0; ch < channels; ch++) {
        double b = channel_b(params, ch), c = channel_c(params, ch);
        if (!(b > 0) || !(b < 1 / 0.0791) || !(fabs(c) < 1 / 0.1655))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "channel %zu has b %g and c %g; b must be above 0 and "
                               "below 12.6, c above -6.04 and below 6.04",
                               ch, b, c);
    }
    return BH_OK;
}

/* A filter of a bank and how its row is computed. */
struct place {
    struct bh_rows *rows;
    size_t ch;
    double samplerate_hz, f_hz, b, c;
    bool delta;
};

/* The part is that of -2 r cos(zero) + 2 r cos(pole), without the loss. */
static void
set_stage(const struct place *at, size_t field, const struct stage *stage)
{
    const double radius = 1 - stage->fall, half = sin(stage->pole / 2);
    const double near_re = -(stage->fall + 2 * radius * half * half);
    const double im = radius * sin(stage->pole);
    const double part = -4 * radius * sin((stage->pole + stage->zero) / 2) *
                        sin((stage->pole - stage->zero) / 2);
    bh_rows_set(at->rows, at->ch, field + STAGE_NEAR_RE,
                at->delta ? near_re : 1 + near_re);
    bh_rows_set(at->rows, at->ch, field + STAGE_MINUS_IM2, -im * im);
    bh_rows_set(at->rows, at->ch, field + STAGE_PART, part);
}

static void
set_channel(const struct place *at, bool tone, size_t stages)
{
    double gain = 1;
    for (size_t k = 0; k < stages; k++) {
        const struct stage stage =
            design_stage(at->samplerate_hz, at->f_hz, at->b, at->c, k);
        set_stage(at, CHIRP_STAGE + k * STAGE_FIELDS, &stage);
        gain *= stage.gain;
    }
    if (tone) {
        const double width_hz = at->b *
                                bh_erb_bandwidth(at->f_hz, bh_erb_params_default());
        const bh_gammatone_coeffs coeffs =
            bh_gammatone_design(at->samplerate_hz, at->f_hz, width_hz);
        bh_rows_set(at->rows, at->ch, CHIRP_NEAR_RE,
                    at->delta ? -coeffs.one_minus_re : coeffs.pole_re);
        bh_rows_set(at->rows, at->ch, CHIRP_MINUS_IM2,
                    -coeffs.pole_im * coeffs.pole_im);
        gain *= coeffs.gain;
    }
    bh_rows_set(at->rows, at->ch, CHIRP_GAIN, gain);
    bh_rows_set(at->rows, at->ch, CHIRP_DELTA, at->delta);
    bh_rows_set(at->rows, at->ch, CHIRP_TONE, tone);
    bh_rows_set(at->rows, at->ch, CHIRP_STAGES, (double)stages);
}

/* Whether the row of channel `first` must take the delta form: where the narrowest of
 * its filters, the gammatone or the first stage, is narrow. */
static bool
needs_delta(double samplerate_hz, const double *f_hz, size_t first, size_t channels,
            const bh_gammachirp_params *params)
{
    for (size_t ch = first; ch < channels && ch < first + BH_LANES; ch++) {
        const double b = channel_b(params, ch), c = channel_c(params, ch);
        const double fall = design_stage(samplerate_hz, f_hz[ch], b, c, 0).fall;
        const double width_hz = b * bh_erb_bandwidth(f_hz[ch], bh_erb_params_default());
        if (fmin(fall, 2 * pi * width_hz / samplerate_hz) < 2 * RESONATOR_DELTA_BELOW)
            return true;
    }
    return false;
}

static bh_status
new_bank(double samplerate_hz, const double *f_hz, size_t channels,
         const bh_gammachirp_params *params, bool tone, bh_precision precision,
         bh_filterbank **out, bh_diag *diag)
{
    const struct gammachirp_kernels *kernels = BH_ISA_PICK(bh_gammachirp_kernels);
    const struct bh_rows_config config = {
        .samplerate_hz = samplerate_hz,
        .cf_hz = f_hz,
        .channels = channels,
        .fields = CHIRP_STAGE + params->stages * STAGE_FIELDS,
        .precision = precision,
        .row_precision = precision,
        .run = precision == BH_SINGLE ? kernels->run_float : kernels->run_double,
        .device_text = CHIRP_STAGE + params->stages * STAGE_FIELDS <=
                               BH_LANE_FIELDS_MOST
                           ? bh_lane_gammachirp
                           : NULL,
    };
    struct place at = {.samplerate_hz = samplerate_hz};
    BH_TRY(bh_rows_new(&config, &at.rows, diag));
    for (; at.ch < channels; at.ch++) {
        if (at.ch % BH_LANES == 0)
            at.delta = precision == BH_SINGLE &&
                       needs_delta(samplerate_hz, f_hz, at.ch, channels, params);
        at.f_hz = f_hz[at.ch];
        at.b = channel_b(params, at.ch);
        at.c = channel_c(params, at.ch);
        set_channel(&at, tone, params->stages);
    }
    return bh_rows_finish(at.rows, out, diag);
}

bh_status
bh_log_gammachirp_new(double samplerate_hz, const double *f_hz, size_t channels,
                      const bh_gammachirp_params *params, bh_precision precision,
                      bh_filterbank **out, bh_diag *diag)
{
    const bh_gammachirp_params defaults = bh_gammachirp_params_default();
    params = params ? params : &defaults;
    BH_TRY(check_params(samplerate_hz, f_hz, channels, params, diag));
    return new_bank(samplerate_hz, f_hz, channels, params, true, precision, out, diag);
}

bh_status
bh_asymmetric_compensation_new(double samplerate_hz, const double *f_hz,
                               size_t channels, const bh_gammachirp_params *params,
                               bh_precision precision, bh_filterbank **out,
                               bh_diag *diag)
{
    const bh_gammachirp_params defaults = bh_gammachirp_params_default();
    params = params ? params : &defaults;
    BH_TRY(check_params(samplerate_hz, f_hz, channels, params, diag));
    if (params->stages == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the compensation has 0 stages; it needs at least 1");
    return new_bank(samplerate_hz, f_hz, channels, params, false, precision, out, diag);
}
