/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/gammatone.h"

#include "filterbank/filterbank_ops.h"
#include "filterbank/gammatone_internal.h"
#include "filterbank/gammatone_kernel.h"
#include "filterbank/resonator_kernel.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

struct gammatone {
    const struct gammatone_kernels *kernels;
    bh_precision precision;
    size_t rows;
    void *
        row; /* struct gammatone_row_float or _double, one for each BH_LANES channels */
};

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

/* The plain form takes the gain of the pole as it is rounded, which halves its error.
 */
static void
set_float(struct gammatone_row_float *row, size_t lane, bh_gammatone_coeffs coeffs)
{
    float pole_re = (float)coeffs.pole_re;
    double angle = atan2(coeffs.pole_im, coeffs.pole_re);
    row->near_re[lane] = row->delta ? (float)-coeffs.one_minus_re : pole_re;
    row->minus_im2[lane] = (float)-(coeffs.pole_im * coeffs.pole_im);
    row->gain[lane] =
        (float)(row->delta ? coeffs.gain : unit_gain(pole_re, coeffs.pole_im, angle));
}

static void
set_double(struct gammatone_row_double *row, size_t lane, bh_gammatone_coeffs coeffs)
{
    row->near_re[lane] = coeffs.pole_re;
    row->minus_im2[lane] = -(coeffs.pole_im * coeffs.pole_im);
    row->gain[lane] = coeffs.gain;
}

static void
gammatone_tile(void *self, size_t channel, size_t frame, bh_block in, bh_block out)
{
    struct gammatone *bank = self;
    size_t row = channel / BH_LANES;
    (void)frame;
    if (bank->precision == BH_SINGLE)
        bank->kernels->run_float((struct gammatone_row_float *)bank->row + row, in,
                                 out);
    else
        bank->kernels->run_double((struct gammatone_row_double *)bank->row + row, in,
                                  out);
}

static void
gammatone_reset(void *self)
{
    struct gammatone *bank = self;
    for (size_t i = 0; i < bank->rows; i++) {
        if (bank->precision == BH_SINGLE) {
            struct gammatone_row_float *row = (struct gammatone_row_float *)bank->row +
                                              i;
            memset(row->re, 0, sizeof row->re);
            memset(row->im, 0, sizeof row->im);
        } else {
            struct gammatone_row_double *row =
                (struct gammatone_row_double *)bank->row + i;
            memset(row->re, 0, sizeof row->re);
            memset(row->im, 0, sizeof row->im);
        }
    }
}

static void
gammatone_free(void *self)
{
    struct gammatone *bank = self;
    free(bank->row);
    free(bank);
}

static const struct bh_filterbank_ops gammatone_ops = {
    .tile = gammatone_tile,
    .reset = gammatone_reset,
    .free = gammatone_free,
};

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

static void
set_row(struct gammatone *bank, size_t row, const bh_gammatone_coeffs *coeffs, size_t n,
        bool delta)
{
    if (bank->precision == BH_SINGLE) {
        struct gammatone_row_float *to = (struct gammatone_row_float *)bank->row + row;
        to->delta = delta;
        for (size_t i = 0; i < n; i++)
            set_float(to, i, coeffs[i]);
    } else {
        struct gammatone_row_double *to = (struct gammatone_row_double *)bank->row +
                                          row;
        for (size_t i = 0; i < n; i++)
            set_double(to, i, coeffs[i]);
    }
}

/* Designs all filters; the lanes past the last stay zero. */
static void
set_rows(struct gammatone *bank, double samplerate_hz, const double *cf_hz,
         size_t channels, const bh_gammatone_params *params)
{
    for (size_t first = 0; first < channels; first += BH_LANES) {
        bh_gammatone_coeffs coeffs[BH_LANES];
        size_t n = channels - first < BH_LANES ? channels - first : BH_LANES;
        bool delta = false;
        for (size_t i = 0; i < n; i++) {
            double width_hz = gammatone_width_hz(params, cf_hz, first + i);
            coeffs[i] = bh_gammatone_design(samplerate_hz, cf_hz[first + i], width_hz);
            delta |= 2 * pi * width_hz / samplerate_hz < RESONATOR_DELTA_BELOW;
        }
        set_row(bank, first / BH_LANES, coeffs, n, delta);
    }
}

static struct gammatone *
new_rows(size_t channels, bh_precision precision)
{
    struct gammatone *bank = calloc(1, sizeof *bank);
    if (!bank)
        return NULL;
    bank->kernels = BH_ISA_PICK(bh_gammatone_kernels);
    bank->precision = precision;
    bank->rows = bh_lanes_round(channels) / BH_LANES;
    size_t size = bank->rows * (precision == BH_SINGLE
                                    ? sizeof(struct gammatone_row_float)
                                    : sizeof(struct gammatone_row_double));
    bank->row = aligned_alloc(64, size);
    if (!bank->row) {
        free(bank);
        return NULL;
    }
    memset(bank->row, 0, size);
    return bank;
}

bh_status
gammatone_recursive_new(double samplerate_hz, const double *cf_hz, size_t channels,
                        const bh_gammatone_params *params, bh_precision precision,
                        bh_filterbank **out, bh_diag *diag)
{
    struct gammatone *bank = new_rows(channels, precision);
    if (!bank)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    set_rows(bank, samplerate_hz, cf_hz, channels, params);
    struct bh_filterbank_config config = {
        .ops = &gammatone_ops,
        .self = bank,
        .samplerate_hz = samplerate_hz,
        .channels = channels,
        .tile_channels = BH_TILE_MAX,
        .cf_hz = cf_hz,
        .precision = precision,
    };
    bh_status status = bh_filterbank_new(&config, out, diag);
    if (status != BH_OK)
        gammatone_free(bank);
    return status;
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
