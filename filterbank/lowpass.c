/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/lowpass.h"

#include "filterbank/filterbank_ops.h"
#include "filterbank/linear.h"

#include <stdlib.h>

static const double pi = 3.14159265358979323846;

static bh_status
check_cutoffs(double samplerate_hz, const double *cutoff_hz, size_t channels,
              size_t repeats, bh_diag *diag)
{
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, NULL, channels, diag));
    if (repeats == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the low pass is repeated 0 times; it needs at least 1");
    for (size_t ch = 0; ch < channels; ch++)
        if (!(cutoff_hz[ch] > 0) || !(cutoff_hz[ch] < samplerate_hz / pi))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "channel %zu has a cutoff of %g Hz; it must be above 0 "
                               "and below the sample rate / pi (%g Hz)",
                               ch, cutoff_hz[ch], samplerate_hz / pi);
    return BH_OK;
}

bh_status
bh_lowpass_new(double samplerate_hz, const double *cutoff_hz, size_t channels,
               size_t repeats, bh_precision precision, bh_filterbank **out,
               bh_diag *diag)
{
    BH_TRY(check_cutoffs(samplerate_hz, cutoff_hz, channels, repeats, diag));
    double(*b)[2] = calloc(channels, sizeof *b);
    double(*a)[2] = calloc(channels, sizeof *a);
    bh_status status = BH_ERR_MEMORY;
    if (b && a) {
        for (size_t ch = 0; ch < channels; ch++) {
            b[ch][0] = 2 * pi * cutoff_hz[ch] / samplerate_hz;
            a[ch][0] = 1;
            a[ch][1] = b[ch][0] - 1;
        }
        bh_linear_params params = {.b = b[0],
                                   .a = a[0],
                                   .order = 1,
                                   .stages = 1,
                                   .repeats = repeats,
                                   .cf_hz = cutoff_hz};
        status = bh_linear_new(samplerate_hz, channels, &params, precision, out, diag);
    } else {
        bh_diag_set(diag, status, "no memory for %zu channels", channels);
    }
    free(a);
    free(b);
    return status;
}
