/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/linear_chirp.h"

#include "filterbank/filterbank_ops.h"
#include "filterbank/fir.h"

#include <math.h>
#include <stdlib.h>

static const double pi = 3.14159265358979323846;

/* More seconds of impulse response than this are a mistake in units. */
static const double longest_s = 100;

typedef double envelope_fn(double t_s, double start_s, double time_constant_s);

/* One of the two kinds. */
struct kind {
    double first, last; /* the response in time constants */
    envelope_fn *envelope;
    double power; /* of what the sum is scaled to 1 */
};

static double
gamma_envelope(double t_s, double start_s, double time_constant_s)
{
    double since = t_s - start_s;
    return since * since * since * exp(-since / time_constant_s);
}

static double
gauss_envelope(double t_s, double start_s, double time_constant_s)
{
    double part = t_s / (2 * time_constant_s);
    (void)start_s;
    return exp(-part * part);
}

static double
channel_value(double value, const double *channel_values, size_t ch)
{
    return channel_values ? channel_values[ch] : value;
}

static double
time_constant(const bh_linear_chirp_params *params, size_t ch)
{
    return channel_value(params->time_constant_s, params->time_constant_channel_s, ch);
}

static bh_status
check_params(double samplerate_hz, const double *f_hz, size_t channels,
             const bh_linear_chirp_params *params, bh_diag *diag)
{
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, f_hz, channels, diag));
    for (size_t ch = 0; ch < channels; ch++) {
        double tau_s = time_constant(params, ch);
        double c = channel_value(params->c, params->c_channel, ch);
        double phase = channel_value(params->phase, params->phase_channel, ch);
        if (!(tau_s > 0) || !(tau_s < longest_s / 15))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "channel %zu has a time constant of %g s; it must be "
                               "above 0 and below %g s",
                               ch, tau_s, longest_s / 15);
        if (!isfinite(c) || !isfinite(phase))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "channel %zu has a sweep of %g Hz/s and a phase of %g; "
                               "both must be finite",
                               ch, c, phase);
    }
    return BH_OK;
}

static double
longest_time_constant(size_t channels, const bh_linear_chirp_params *params)
{
    double most_s = 0;
    for (size_t ch = 0; ch < channels; ch++)
        most_s = fmax(most_s, time_constant(params, ch));
    return most_s;
}

static void
set_response(const struct kind *kind, double samplerate_hz, double f_hz,
             const bh_linear_chirp_params *params, size_t ch, double start_s,
             double *taps, size_t length)
{
    double tau_s = time_constant(params, ch), sum = 0;
    double c = channel_value(params->c, params->c_channel, ch);
    double phase = channel_value(params->phase, params->phase_channel, ch);
    for (size_t k = 0; k < length; k++) {
        double t_s = start_s + (double)k / samplerate_hz;
        taps[k] = kind->envelope(t_s, start_s, tau_s) *
                  cos(2 * pi * (f_hz * t_s + c / 2 * t_s * t_s) + phase);
        sum += pow(fabs(taps[k]), kind->power);
    }
    double scale = sum > 0 ? pow(sum, -1 / kind->power) : 0;
    for (size_t k = 0; k < length; k++)
        taps[k] *= scale;
}

static bh_status
new_bank(const struct kind *kind, double samplerate_hz, const double *f_hz,
         size_t channels, const bh_linear_chirp_params *params, bh_precision precision,
         bh_filterbank **out, bh_diag *diag)
{
    BH_TRY(check_params(samplerate_hz, f_hz, channels, params, diag));
    double tau_s = longest_time_constant(channels, params);
    double start_s = tau_s * kind->first, end_s = tau_s * kind->last;
    size_t length = (size_t)ceil((end_s - start_s) * samplerate_hz);
    double *taps = calloc(channels, length * sizeof *taps);
    if (!taps)
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "no memory for %zu channels of %zu samples", channels,
                           length);
    for (size_t ch = 0; ch < channels; ch++)
        set_response(kind, samplerate_hz, f_hz[ch], params, ch, start_s,
                     taps + ch * length, length);
    bh_fir_params fir = {
        .taps = taps, .length = length, .delay = params->delay, .cf_hz = f_hz};
    bh_status status = bh_fir_new(samplerate_hz, channels, &fir, precision, out, diag);
    free(taps);
    return status;
}

bh_status
bh_linear_gammachirp_new(double samplerate_hz, const double *f_hz, size_t channels,
                         const bh_linear_chirp_params *params, bh_precision precision,
                         bh_filterbank **out, bh_diag *diag)
{
    const struct kind kind = {-3, 12, gamma_envelope, 1};
    return new_bank(&kind, samplerate_hz, f_hz, channels, params, precision, out, diag);
}

bh_status
bh_linear_gaborchirp_new(double samplerate_hz, const double *f_hz, size_t channels,
                         const bh_linear_chirp_params *params, bh_precision precision,
                         bh_filterbank **out, bh_diag *diag)
{
    const struct kind kind = {-6, 6, gauss_envelope, 2};
    return new_bank(&kind, samplerate_hz, f_hz, channels, params, precision, out, diag);
}
