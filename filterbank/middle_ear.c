/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/middle_ear.h"

#include "filterbank/middle_ear_kernel.h"
#include "filterbank/lane_device_kernel.h"
#include "filterbank/rows_ops.h"

#include <complex.h>
#include <math.h>

static const double pi = 3.14159265358979323846;

bh_middle_ear_params
bh_middle_ear_params_default(void)
{
    return (bh_middle_ear_params){.gain = 1, .zero_hz = 200, .gain_channel = NULL};
}

bh_middle_ear_params
bh_middle_ear_params_brian2hears(void)
{
    return (bh_middle_ear_params){
        .gain = 1, .zero_hz = 200 / (2 * pi), .gain_channel = NULL};
}

/* The two halves of the filter, (s + zero) / ((s - p) (s - p*)) each, with gain 1 at
 * 1 kHz together. */
static void
design(double samplerate_hz, double zero_hz, struct bh_resonator out[2])
{
    static const double pole_re_hz[] = {-250, -2000}, pole_im_hz[] = {400, 6000};
    const double zero = 2 * pi * zero_hz;
    const double complex s = 2 * pi * 1000 * I;
    for (int i = 0; i < 2; i++) {
        const double re = 2 * pi * pole_re_hz[i], im = 2 * pi * pole_im_hz[i];
        const double complex p = re + im * I;
        const double gain = cabs((s - p) * (s - conj(p)) / (s + zero));
        const double numerator[] = {gain * zero, gain, 0};
        out[i] = bh_resonator_bilinear(samplerate_hz, re, im, numerator);
    }
}

static double
channel_gain(const bh_middle_ear_params *params, size_t ch)
{
    return params->gain_channel ? params->gain_channel[ch] : params->gain;
}

static bh_status
check(const bh_middle_ear_params *params, size_t channels, bh_diag *diag)
{
    if (!(params->zero_hz >= 0) || !isfinite(params->zero_hz))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "zero_hz of the middle ear is %g; it must be 0 or above",
                           params->zero_hz);
    for (size_t ch = 0; ch < channels; ch++)
        if (!isfinite(channel_gain(params, ch)))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "gain of the middle ear is %g in channel %zu; it must "
                               "be a finite number",
                               channel_gain(params, ch), ch);
    return BH_OK;
}

static void
set_channel(struct bh_rows *rows, size_t ch, double gain,
            const struct bh_resonator halves[2])
{
    for (size_t i = 0; i < RESONATOR_COEFFS; i++) {
        /* The numerator's coefficients carry the gain, the poles do not. */
        const double factor = i < RESONATOR_DIRECT ? 1 : gain;
        bh_rows_set(rows, ch, MIDDLE_EAR_LOW + i, factor * halves[0].coeffs[i]);
        bh_rows_set(rows, ch, MIDDLE_EAR_HIGH + i, halves[1].coeffs[i]);
    }
}

bh_status
bh_middle_ear_new(double samplerate_hz, size_t channels,
                  const bh_middle_ear_params *params, bh_precision precision,
                  bh_filterbank **out, bh_diag *diag)
{
    const bh_middle_ear_params defaults = bh_middle_ear_params_default();
    params = params ? params : &defaults;
    const struct middle_ear_kernels *kernels = BH_ISA_PICK(bh_middle_ear_kernels);
    const struct bh_rows_config config = {
        .samplerate_hz = samplerate_hz,
        .channels = channels,
        .fields = MIDDLE_EAR_FIELDS,
        .precision = precision,
        .row_precision = precision,
        .run = precision == BH_SINGLE ? kernels->run_float : kernels->run_double,
        .device_text = bh_lane_middle_ear,
    };
    struct bh_resonator halves[2];
    struct bh_rows *rows;
    BH_TRY(check(params, channels, diag));
    BH_TRY(bh_rows_new(&config, &rows, diag));
    design(samplerate_hz, params->zero_hz, halves);
    for (size_t ch = 0; ch < channels; ch++)
        set_channel(rows, ch, channel_gain(params, ch), halves);
    return bh_rows_finish(rows, out, diag);
}
