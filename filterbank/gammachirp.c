/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/gammachirp.h"

#include "filterbank/filterbank_ops.h"
#include "filterbank/scale.h"

#include <complex.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static const double pi = 3.14159265358979323846;

enum { GAMMATONE_STAGES = 4 };

bh_gammachirp_params
bh_gammachirp_params_default(void)
{
    return (bh_gammachirp_params){.b = 1.019, .c = 1, .stages = 4};
}

/* Scales a section to gain 1 at an angle. */
static void
set_unit_gain(bh_iir_section *section, double angle)
{
    double complex u = cexp(-I * angle);
    const double *b = section->b, *a = section->a;
    double gain = cabs((a[0] + u * (a[1] + u * a[2])) / (b[0] + u * (b[1] + u * b[2])));
    for (int k = 0; k < 3; k++)
        section->b[k] *= gain;
}

/* Poles or zeros at radius exp(+- i angle), as a polynomial in 1 / z. */
static void
set_roots(double to[3], double radius, double angle)
{
    to[0] = 1;
    to[1] = -2 * radius * cos(angle);
    to[2] = radius * radius;
}

/* Unoki et al. (2001), with the ERB as they have it, 24.7 (4.37 f / kHz
 * + 1). */
bh_iir_section
bh_asymmetric_compensation_design(double samplerate_hz, double f_hz, double b, double c,
                                  size_t stage)
{
    const double p0 = 2, p4 = 1.0724, k = (double)stage;
    double p1 = 1.7818 * (1 - 0.0791 * b) * (1 - 0.1655 * fabs(c));
    double p2 = 0.5689 * (1 - 0.1620 * b) * (1 - 0.0857 * fabs(c));
    double width_hz = b * 24.7 * (4.37e-3 * f_hz + 1);
    double shift_hz = pow(p0 * p4, k) * p2 * c * width_hz;
    double turn = 2 * pi / samplerate_hz;
    double radius = exp(-p1 * pow(p0 / p4, k) * width_hz * turn);
    bh_iir_section section;
    set_roots(section.a, radius, turn * fmax(f_hz + shift_hz, 0));
    set_roots(section.b, radius, turn * fmax(f_hz - shift_hz, 0));
    set_unit_gain(&section, turn * f_hz);
    return section;
}

/* Slaney's gammatone (see filterbank/gammatone.h): four times the same poles, and zeros
 * at radius (cos + k sin) of the angle for k = +-(sqrt 2 + 1), +-(sqrt 2 - 1). */
static void
design_gammatone(double samplerate_hz, double f_hz, double b, bh_iir_section *sections)
{
    static const double slopes[GAMMATONE_STAGES] = {
        2.41421356237309504880, -2.41421356237309504880, 0.41421356237309504880,
        -0.41421356237309504880};
    double turn = 2 * pi / samplerate_hz, angle = turn * f_hz;
    double radius = exp(-b * bh_erb_bandwidth(f_hz, bh_erb_params_default()) * turn);
    for (int i = 0; i < GAMMATONE_STAGES; i++) {
        set_roots(sections[i].a, radius, angle);
        sections[i].b[0] = 1;
        sections[i].b[1] = -radius * (cos(angle) + slopes[i] * sin(angle));
        sections[i].b[2] = 0;
        set_unit_gain(&sections[i], angle);
    }
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
    if (params->stages > SIZE_MAX / 4096 / channels)
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "no memory for %zu compensation filters in a row",
                           params->stages);
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

/* `first` sections of a gammatone (all or none), then the compensation. */
static bh_status
new_bank(double samplerate_hz, const double *f_hz, size_t channels,
         const bh_gammachirp_params *params, size_t first, bh_precision precision,
         bh_filterbank **out, bh_diag *diag)
{
    size_t stages = first + params->stages;
    bh_iir_section *sections = calloc(channels, stages * sizeof *sections);
    if (!sections)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    for (size_t ch = 0; ch < channels; ch++) {
        bh_iir_section *to = sections + ch * stages;
        double b = channel_b(params, ch), c = channel_c(params, ch);
        if (first > 0)
            design_gammatone(samplerate_hz, f_hz[ch], b, to);
        for (size_t k = 0; k < params->stages; k++)
            to[first + k] =
                bh_asymmetric_compensation_design(samplerate_hz, f_hz[ch], b, c, k);
    }
    bh_status status = bh_iir_sections_new(samplerate_hz, channels, sections, stages,
                                           f_hz, precision, out, diag);
    free(sections);
    return status;
}

bh_status
bh_log_gammachirp_new(double samplerate_hz, const double *f_hz, size_t channels,
                      const bh_gammachirp_params *params, bh_precision precision,
                      bh_filterbank **out, bh_diag *diag)
{
    const bh_gammachirp_params defaults = bh_gammachirp_params_default();
    params = params ? params : &defaults;
    BH_TRY(check_params(samplerate_hz, f_hz, channels, params, diag));
    return new_bank(samplerate_hz, f_hz, channels, params, GAMMATONE_STAGES, precision,
                    out, diag);
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
    return new_bank(samplerate_hz, f_hz, channels, params, 0, precision, out, diag);
}
