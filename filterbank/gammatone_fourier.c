/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "core/source.h"
#include "filterbank/fir.h"
#include "filterbank/gammatone_internal.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

static const double pi = 3.14159265358979323846;

enum {
    RUN_FRAMES = 16 * BH_WINDOW_MAX, /* of one run that is timed */
    RUNS = 3
};

/* From sample n on the envelope gain C(n + 3, 3) r^n of a response sums to less than
 * 1e-13, where the gain at cf is 1: the terms that follow shrink by more than `shrink`.
 */
static size_t
response_length(double samplerate_hz, double cf_hz, double width_hz)
{
    const bh_gammatone_coeffs c = bh_gammatone_design(samplerate_hz, cf_hz, width_hz);
    const double fall = 2 * pi * width_hz / samplerate_hz;
    double length = 8 / fall;
    for (;; length *= 1.02) {
        const double n = ceil(length), shrink = exp(-fall) * (n + 4) / (n + 1);
        const double log_rest = log(fabs(c.gain) * (n + 1) * (n + 2) * (n + 3) / 6) -
                                fall * n - log(1 - fmin(shrink, 0.999999999));
        if (log_rest < log(1e-13))
            return (size_t)n;
    }
}

/* What the recursive bank says to an impulse, as [channels][length]. */
static bh_status
set_responses(bh_filterbank *recursive, double *taps, size_t length, bh_diag *diag)
{
    const size_t channels = bh_filterbank_channels(recursive);
    double x[BH_WINDOW_MAX] = {1};
    double *y = calloc(BH_WINDOW_MAX * channels, sizeof *y);
    if (!y)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    bh_status status = BH_OK;
    for (size_t t = 0; t < length && status == BH_OK; t += BH_WINDOW_MAX) {
        const size_t n = length - t < BH_WINDOW_MAX ? length - t : BH_WINDOW_MAX;
        const bh_block in = {x, n, 1, 1, BH_DOUBLE};
        const bh_block out = {y, n, channels, channels, BH_DOUBLE};
        status = bh_filterbank_process(recursive, in, out, diag);
        x[0] = 0;
        for (size_t i = 0; i < n; i++)
            for (size_t ch = 0; ch < channels; ch++)
                taps[ch * length + t + i] = y[i * channels + ch];
    }
    free(y);
    return status;
}

bh_status
gammatone_fourier_new(double samplerate_hz, const double *cf_hz, size_t channels,
                      const bh_gammatone_params *params, bh_precision precision,
                      bh_filterbank **out, bh_diag *diag)
{
    bh_filterbank *recursive = NULL;
    size_t length = 1;
    for (size_t ch = 0; ch < channels; ch++) {
        const double width_hz = gammatone_width_hz(params, cf_hz, ch);
        const size_t own = response_length(samplerate_hz, cf_hz[ch], width_hz);
        length = own > length ? own : length;
    }
    double *taps = calloc(channels, length * sizeof *taps);
    if (!taps)
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "no memory for %zu channels of %zu samples", channels,
                           length);
    bh_status status = gammatone_recursive_new(samplerate_hz, cf_hz, channels, params,
                                               BH_DOUBLE, &recursive, diag);
    if (status == BH_OK)
        status = set_responses(recursive, taps, length, diag);
    const bh_fir_params fir = {
        .taps = taps, .length = length, .delay = params->delay, .cf_hz = cf_hz};
    if (status == BH_OK)
        status = bh_fir_new(samplerate_hz, channels, &fir, precision, out, diag);
    bh_filterbank_free(recursive);
    free(taps);
    return status;
}

/* Seconds of the fastest run. */
static bh_status
time_bank(bh_filterbank *fb, bh_block in, bh_block out, double *seconds, bh_diag *diag)
{
    *seconds = INFINITY;
    for (int i = 0; i < RUNS; i++) {
        struct timespec start, end;
        clock_gettime(CLOCK_MONOTONIC, &start);
        for (size_t t = 0; t < RUN_FRAMES; t += in.frames)
            BH_TRY(bh_filterbank_process(fb, in, out, diag));
        clock_gettime(CLOCK_MONOTONIC, &end);
        *seconds = fmin(*seconds, (double)(end.tv_sec - start.tv_sec) +
                                      1e-9 * (double)(end.tv_nsec - start.tv_nsec));
    }
    bh_filterbank_reset(fb);
    return BH_OK;
}

/* Times two banks on silence, frees the slower one and gives the other. */
static bh_status
keep_faster(bh_filterbank *one, bh_filterbank *other, bh_filterbank **out,
            bh_diag *diag)
{
    const size_t channels = bh_filterbank_channels(one);
    const bh_precision precision = bh_filterbank_precision(one);
    double x[BH_WINDOW_MAX] = {0}, one_s, other_s;
    void *y = calloc(BH_WINDOW_MAX * channels, bh_precision_size(precision));
    const bh_block in = {x, BH_WINDOW_MAX, 1, 1, precision};
    const bh_block said = {y, BH_WINDOW_MAX, channels, channels, precision};
    bh_status status =
        y ? BH_OK
          : bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    if (status == BH_OK)
        status = time_bank(one, in, said, &one_s, diag);
    if (status == BH_OK)
        status = time_bank(other, in, said, &other_s, diag);
    free(y);
    if (status != BH_OK)
        return status;
    *out = one_s <= other_s ? one : other;
    bh_filterbank_free(one_s <= other_s ? other : one);
    return BH_OK;
}

bh_status
gammatone_fastest_new(double samplerate_hz, const double *cf_hz, size_t channels,
                      const bh_gammatone_params *params, bh_precision precision,
                      bh_filterbank **out, bh_diag *diag)
{
    bh_filterbank *recursive = NULL, *fourier = NULL;
    bh_status status = gammatone_recursive_new(samplerate_hz, cf_hz, channels, params,
                                               precision, &recursive, diag);
    if (status == BH_OK)
        status = gammatone_fourier_new(samplerate_hz, cf_hz, channels, params,
                                       precision, &fourier, diag);
    if (status == BH_OK)
        status = keep_faster(recursive, fourier, out, diag);
    if (status == BH_OK)
        return BH_OK;
    bh_filterbank_free(recursive);
    bh_filterbank_free(fourier);
    return status;
}
