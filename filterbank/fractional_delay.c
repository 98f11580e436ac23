/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/fractional_delay.h"

#include "filterbank/filterbank_ops.h"
#include "filterbank/fir.h"

#include <math.h>
#include <stdlib.h>

static const double pi = 3.14159265358979323846;

enum { LENGTH_LEAST = 2048 };

/* A delay nearer than this to a whole number of samples is meant to be one. */
static const double whole_within = 1e-10;

/* The longest delay, in whole samples. */
static double
longest_delay(double samplerate_hz, const double *delay_s, size_t channels)
{
    double most_s = 0;
    for (size_t ch = 0; ch < channels; ch++)
        most_s = fmax(most_s, fabs(delay_s[ch]));
    return ceil(samplerate_hz * most_s);
}

size_t
bh_fractional_delay_length(double samplerate_hz, const double *delay_s, size_t channels)
{
    double longest = longest_delay(samplerate_hz, delay_s, channels);
    size_t length = 2 * (size_t)(longest * 1.25) + 1;
    return length < LENGTH_LEAST ? LENGTH_LEAST : length;
}

static bh_status
check_delays(double samplerate_hz, const double *delay_s, size_t channels,
             size_t length, bh_diag *diag)
{
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, NULL, channels, diag));
    for (size_t ch = 0; ch < channels; ch++)
        if (!(fabs(delay_s[ch]) * samplerate_hz < 1e8))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "channel %zu has a delay of %g s; it must be shorter "
                               "than 1e8 samples",
                               ch, delay_s[ch]);
    double longest = longest_delay(samplerate_hz, delay_s, channels);
    if (length > 0 && (double)length / 2 <= longest)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the delay filters have length %zu; delays of up to %g "
                           "samples need more than %g",
                           length, longest, 2 * longest);
    return BH_OK;
}

static void
set_response(double delay, double *taps, size_t length)
{
    double centre = (double)(length / 2);
    if (fabs(nearbyint(delay) - delay) < whole_within) {
        taps[(size_t)(centre + nearbyint(delay))] = 1;
        return;
    }
    for (size_t k = 0; k < length; k++) {
        double x = (double)k - delay, away = pi * (x - centre);
        double window = 0.54 - 0.46 * cos(2 * pi * (x + 0.5) / (double)length);
        taps[k] = window * sin(away) / away;
    }
}

bh_status
bh_fractional_delay_new(double samplerate_hz, const double *delay_s, size_t channels,
                        size_t length, bh_precision precision, bh_filterbank **out,
                        bh_diag *diag)
{
    BH_TRY(check_delays(samplerate_hz, delay_s, channels, length, diag));
    if (length == 0)
        length = bh_fractional_delay_length(samplerate_hz, delay_s, channels);
    double *taps = calloc(channels, length * sizeof *taps);
    if (!taps)
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "no memory for %zu channels of %zu samples", channels,
                           length);
    for (size_t ch = 0; ch < channels; ch++)
        set_response(delay_s[ch] * samplerate_hz, taps + ch * length, length);
    bh_fir_params fir = {.taps = taps, .length = length};
    bh_status status = bh_fir_new(samplerate_hz, channels, &fir, precision, out, diag);
    free(taps);
    return status;
}
