/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/gammatone.h"

#include "filterbank/gammatone_internal.h"
#include "filterbank/gammatone_kernel.h"
#include "filterbank/resonator_kernel.h"
#include "filterbank/lane_device_kernel.h"
#include "filterbank/rows_ops.h"

#include <complex.h>
#include <math.h>

static const double pi = 3.14159265358979323846;

bh_gammatone_params
bh_gammatone_params_default(void)
{
    return (bh_gammatone_params){
        .b = 1.019, .erb = bh_erb_params_default(), .b_channel = NULL};
}

/* What makes the gain 1 at z = exp(i angle): the filter is
 * gain / 2 ((1 - p / z)^-4 + (1 - p* / z)^-4). */
static double
unit_gain(double pole_re, double pole_im, double angle)
{
    double complex pole = pole_re + pole_im * I, u = cexp(-I * angle);
    double complex a = 1 - pole * u, b = 1 - conj(pole) * u;
    a *= a;
    b *= b;
    return 2 / cabs(1 / (a * a) + 1 / (b * b));
}

bh_gammatone_coeffs
bh_gammatone_design(double samplerate_hz, double cf_hz, double bandwidth_hz)
{
    double angle = 2 * pi * cf_hz / samplerate_hz, half = sin(angle / 2);
    double fall = -expm1(-2 * pi * bandwidth_hz / samplerate_hz), radius = 1 - fall;
    bh_gammatone_coeffs coeffs = {
        .pole_re = radius * cos(angle),
        .pole_im = radius * sin(angle),
        .one_minus_re = fall + 2 * radius * half * half,
    };
    coeffs.gain = unit_gain(coeffs.pole_re, coeffs.pole_im, angle);
    return coeffs;
}

static double
channel_b(const bh_gammatone_params *params, size_t ch)
{
    return params->b_channel ? params->b_channel[ch] : params->b;
}

double
gammatone_width_hz(const bh_gammatone_params *params, const double *cf_hz, size_t ch)
{
    return channel_b(params, ch) * bh_erb_bandwidth(cf_hz[ch], params->erb);
}

static bh_status
check_widths(const double *cf_hz, size_t channels, const bh_gammatone_params *params,
             bh_diag *diag)
{
    for (size_t ch = 0; ch < channels; ch++) {
        double b = channel_b(params, ch);
        double width_hz = gammatone_width_hz(params, cf_hz, ch);
        if (!(width_hz > 0) || !isfinite(width_hz))
            return bh_diag_set(
                diag, BH_ERR_ARGUMENT,
                "channel %zu has b %g and a bandwidth of %g Hz; both must "
                "be above 0",
                ch, b, width_hz);
    }
    return BH_OK;
}

/* p^m = exp(m ln p), in double: see gammatone_scan_kernel.h. */
static void
set_powers(struct bh_rows *rows, size_t ch, bh_gammatone_coeffs coeffs)
{
    const double im2 = coeffs.pole_im * coeffs.pole_im;
    const double near = coeffs.one_minus_re;
    /* |p|^2 = 1 - 2 near + near^2 + im^2 */
    const double log_radius = 0.5 * log1p(near * (near - 2) + im2);
    const double angle = atan2(coeffs.pole_im, coeffs.pole_re);
    for (int level = 0; level < SCAN_LEVELS; level++) {
        const double m = (double)(SCAN_PIECE << level), size = exp(m * log_radius);
        const double turn = fmod(m * angle, 2 * pi);
        const size_t field = GAMMATONE_POWERS + (size_t)level * SCAN_POWER;
        bh_rows_set(rows, ch, field + SCAN_RE, size * cos(turn));
        bh_rows_set(rows, ch, field + SCAN_RE_OF_IM,
                    -size * sin(turn) * coeffs.pole_im);
        bh_rows_set(rows, ch, field + SCAN_IM_OF_RE, size * sin(turn) / coeffs.pole_im);
    }
    bh_rows_set(rows, ch, GAMMATONE_SCAN_GAIN, coeffs.gain);
}

/* In single precision the plain form takes the gain of the pole as it is rounded, which
 * halves its error. */
static void
set_channel(struct bh_rows *rows, size_t ch, bh_gammatone_coeffs coeffs,
            bh_resonator_form form)
{
    const double angle = atan2(coeffs.pole_im, coeffs.pole_re);
    double near_re = coeffs.pole_re, gain = coeffs.gain;
    if (form == BH_RESONATOR_DELTA)
        near_re = -coeffs.one_minus_re;
    if (form == BH_RESONATOR_SINGLE)
        gain = unit_gain((float)coeffs.pole_re, coeffs.pole_im, angle);
    bh_rows_set(rows, ch, GAMMATONE_NEAR_RE, near_re);
    bh_rows_set(rows, ch, GAMMATONE_MINUS_IM2, -(coeffs.pole_im * coeffs.pole_im));
    bh_rows_set(rows, ch, GAMMATONE_GAIN, gain);
    bh_rows_set(rows, ch, GAMMATONE_DELTA, form == BH_RESONATOR_DELTA);
    set_powers(rows, ch, coeffs);
}

/* The channels of a row have one form. */
static void
set_row(struct bh_rows *rows, const struct bh_rows_config *config, size_t first,
        size_t end, const bh_gammatone_params *params)
{
    double narrowest_hz = INFINITY;
    for (size_t ch = first; ch < end; ch++)
        narrowest_hz =
            fmin(narrowest_hz, gammatone_width_hz(params, config->cf_hz, ch));
    const bh_resonator_form form =
        bh_resonator_form_for(config->precision, config->samplerate_hz, narrowest_hz);
    for (size_t ch = first; ch < end; ch++)
        set_channel(rows, ch,
                    bh_gammatone_design(config->samplerate_hz, config->cf_hz[ch],
                                        gammatone_width_hz(params, config->cf_hz, ch)),
                    form);
}

bh_status
gammatone_recursive_new(double samplerate_hz, const double *cf_hz, size_t channels,
                        const bh_gammatone_params *params, bh_precision precision,
                        bh_filterbank **out, bh_diag *diag)
{
    const struct gammatone_kernels *kernels = BH_ISA_PICK(bh_gammatone_kernels);
    const struct bh_rows_config config = {
        .samplerate_hz = samplerate_hz,
        .cf_hz = cf_hz,
        .channels = channels,
        .fields = GAMMATONE_FIELDS,
        .precision = precision,
        .row_precision = precision,
        .run = precision == BH_SINGLE ? kernels->run_float : kernels->run_double,
        .device_text = bh_lane_gammatone,
        .device_scan = precision == BH_SINGLE ? bh_scan_gammatone
                                              : bh_scan_gammatone_double,
    };
    struct bh_rows *rows;
    BH_TRY(bh_rows_new(&config, &rows, diag));
    for (size_t ch = 0; ch < channels; ch += BH_LANES)
        set_row(rows, &config, ch, channels - ch < BH_LANES ? channels : ch + BH_LANES,
                params);
    return bh_rows_finish(rows, out, diag);
}

bh_status
bh_gammatone_new(double samplerate_hz, const double *cf_hz, size_t channels,
                 const bh_gammatone_params *params, bh_precision precision,
                 bh_filterbank **out, bh_diag *diag)
{
    const bh_gammatone_params defaults = bh_gammatone_params_default();
    params = params ? params : &defaults;
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, cf_hz, channels, diag));
    BH_TRY(check_widths(cf_hz, channels, params, diag));
    if (params->delay > 0 && params->engine != BH_GAMMATONE_FOURIER)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the gammatone has a delay of %zu samples, which only its "
                           "engine by Fourier transforms can have",
                           params->delay);
    switch (params->engine) {
    case BH_GAMMATONE_FOURIER:
        return gammatone_fourier_new(samplerate_hz, cf_hz, channels, params, precision,
                                     out, diag);
    case BH_GAMMATONE_FASTEST:
        return gammatone_fastest_new(samplerate_hz, cf_hz, channels, params, precision,
                                     out, diag);
    default:
        return gammatone_recursive_new(samplerate_hz, cf_hz, channels, params,
                                       precision, out, diag);
    }
}
