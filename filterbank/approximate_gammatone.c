/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/approximate_gammatone.h"

#include "filterbank/filterbank_ops.h"
#include "filterbank/linear.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>

static const double pi = 3.14159265358979323846;

/* b and a of the real part of 1 / (1 - pole / z), scaled to gain 1 at the angle of the
 * pole. */
static void
set_taps(double samplerate_hz, double cf_hz, double bandwidth_hz, double b[3],
         double a[3])
{
    double angle = 2 * pi * cf_hz / samplerate_hz;
    double radius = exp(-2 * pi * bandwidth_hz / samplerate_hz);
    double complex u = cexp(-I * angle);
    a[0] = 1;
    a[1] = -2 * radius * cos(angle);
    a[2] = radius * radius;
    double gain = cabs((1 + u * (a[1] + u * a[2])) / (1 + u * a[1] / 2));
    b[0] = gain;
    b[1] = gain * a[1] / 2;
    b[2] = 0;
}

static bh_status
check_bank(double samplerate_hz, const double *cf_hz, const double *bandwidth_hz,
           size_t channels, size_t order, bh_diag *diag)
{
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, cf_hz, channels, diag));
    if (order == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the gammatone has order 0; it must be at least 1");
    for (size_t ch = 0; ch < channels; ch++)
        if (!(bandwidth_hz[ch] > 0) || !isfinite(bandwidth_hz[ch]))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "channel %zu has a bandwidth of %g Hz; it must be above "
                               "0",
                               ch, bandwidth_hz[ch]);
    return BH_OK;
}

bh_status
bh_approximate_gammatone_new(double samplerate_hz, const double *cf_hz,
                             const double *bandwidth_hz, size_t channels, size_t order,
                             bh_precision precision, bh_filterbank **out, bh_diag *diag)
{
    BH_TRY(check_bank(samplerate_hz, cf_hz, bandwidth_hz, channels, order, diag));
    double(*b)[3] = calloc(channels, sizeof *b);
    double(*a)[3] = calloc(channels, sizeof *a);
    bh_status status = BH_ERR_MEMORY;
    if (b && a) {
        for (size_t ch = 0; ch < channels; ch++)
            set_taps(samplerate_hz, cf_hz[ch], bandwidth_hz[ch], b[ch], a[ch]);
        bh_linear_params params = {.b = b[0],
                                   .a = a[0],
                                   .order = 2,
                                   .stages = 1,
                                   .repeats = order,
                                   .cf_hz = cf_hz};
        status = bh_linear_new(samplerate_hz, channels, &params, precision, out, diag);
    } else {
        bh_diag_set(diag, status, "no memory for %zu channels", channels);
    }
    free(a);
    free(b);
    return status;
}
