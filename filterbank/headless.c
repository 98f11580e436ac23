/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/headless.h"

#include "filterbank/filterbank.h"
#include "filterbank/fractional_delay.h"

#include <math.h>
#include <stdlib.h>

static const double pi = 3.14159265358979323846;

bh_headless_params
bh_headless_params_default(void)
{
    return (bh_headless_params){.count = 13,
                                .azimuth_max_deg = 90,
                                .diameter_m = BH_SPEED_OF_SOUND * 650e-6,
                                .samplerate_hz = 44100};
}

/* Clockwise from the front. */
static double
azimuth_deg(const bh_headless_params *params, size_t i)
{
    const double last = (double)(params->count - 1);
    return params->azimuth_max_deg * (2 * (double)i - last) / last;
}

double
bh_headless_itd(const bh_headless_params *params, size_t i)
{
    if (params->itd_s)
        return params->itd_s[i];
    return params->diameter_m * sin(azimuth_deg(params, i) / 180 * pi) /
           BH_SPEED_OF_SOUND;
}

static bh_status
check(const bh_headless_params *params, bh_diag *diag)
{
    if (!(params->samplerate_hz > 0) || !isfinite(params->samplerate_hz))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the sample rate is %g Hz; it must be a number above 0",
                           params->samplerate_hz);
    if (params->count < (params->itd_s ? 1 : 2))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "there are %zu %s; there must be at least %d", params->count,
                           params->itd_s ? "time differences" : "azimuths",
                           params->itd_s ? 1 : 2);
    if (!params->itd_s && !(params->azimuth_max_deg > 0 &&
                            params->azimuth_max_deg <= 180 && params->diameter_m >= 0))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "azimuths up to %g degrees and a diameter of %g m are not "
                           "possible; they must be above 0 to 180, and 0 or above",
                           params->azimuth_max_deg, params->diameter_m);
    for (size_t i = 0; i < params->count; i++)
        if (!(fabs(bh_headless_itd(params, i)) <= 1))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "the time difference of pair %zu is %g s; it must be at "
                               "most 1 s",
                               i, bh_headless_itd(params, i));
    return BH_OK;
}

/* The delay of one ear in samples, both ears together being the difference. */
static double
whole_delay(const bh_headless_params *params, size_t i, int ear)
{
    const double itd = bh_headless_itd(params, i) * params->samplerate_hz;
    const double later = ear == BH_EAR_LEFT ? itd : -itd;
    return later > 0 ? rint(later) : 0;
}

static bh_status
finish(const bh_headless_params *params, const double *taps, size_t frames,
       bh_hrtf_set **out, bh_diag *diag)
{
    bh_direction *direction = calloc(params->count, sizeof *direction);
    if (!direction)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu pairs",
                           params->count);
    for (size_t i = 0; i < params->count && !params->itd_s; i++)
        direction[i] = (bh_direction){-azimuth_deg(params, i), 0, NAN};
    const bh_hrtf_config config = {params->samplerate_hz, params->count, frames, taps,
                                   params->itd_s ? NULL : direction};
    const bh_status status = bh_hrtf_set_new(&config, out, diag);
    free(direction);
    return status;
}

static bh_status
make_whole(const bh_headless_params *params, bh_hrtf_set **out, bh_diag *diag)
{
    double longest = 0;
    for (size_t i = 0; i < params->count; i++)
        longest = fmax(longest,
                       rint(fabs(bh_headless_itd(params, i)) * params->samplerate_hz));
    const size_t frames = (size_t)longest + 1;
    double *taps = calloc(params->count * BH_EARS, frames * sizeof *taps);
    if (!taps)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu pairs",
                           params->count);
    for (size_t i = 0; i < params->count; i++)
        for (int ear = 0; ear < BH_EARS; ear++)
            taps[(i * BH_EARS + (size_t)ear) * frames +
                 (size_t)whole_delay(params, i, ear)] = 1;
    const bh_status status = finish(params, taps, frames, out, diag);
    free(taps);
    return status;
}

/* The responses of a bank of delays to a click are its filters. */
static bh_status
read_filters(bh_filterbank *bank, size_t frames, double *taps, bh_diag *diag)
{
    const size_t channels = bh_filterbank_channels(bank);
    double *click = calloc(frames, sizeof *click);
    double *heard = calloc(frames, channels * sizeof *heard);
    bh_status status = BH_ERR_MEMORY;
    if (click && heard) {
        const bh_block in = {click, frames, 1, 1, BH_DOUBLE};
        const bh_block out = {heard, frames, channels, channels, BH_DOUBLE};
        click[0] = 1;
        status = bh_filterbank_process(bank, in, out, diag);
        for (size_t i = 0; i < frames * channels; i++)
            taps[i % channels * frames + i / channels] = heard[i];
    } else {
        bh_diag_set(diag, status, "no memory for %zu responses", channels);
    }
    free(heard);
    free(click);
    return status;
}

static bh_status
make_fractional(const bh_headless_params *params, bh_hrtf_set **out, bh_diag *diag)
{
    const size_t channels = params->count * BH_EARS;
    bh_filterbank *bank = NULL;
    double *delay_s = malloc(channels * sizeof *delay_s), *taps = NULL;
    size_t frames = 0;
    bh_status status = BH_OK;
    for (size_t i = 0; delay_s && i < channels; i++)
        delay_s[i] = bh_headless_itd(params, i / BH_EARS) * (i % BH_EARS ? -0.5 : 0.5);
    if (delay_s) {
        frames = bh_fractional_delay_length(params->samplerate_hz, delay_s, channels);
        taps = calloc(channels, frames * sizeof *taps);
    }
    if (!taps)
        status =
            bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu pairs", params->count);
    if (status == BH_OK)
        status = bh_fractional_delay_new(params->samplerate_hz, delay_s, channels, 0,
                                         BH_DOUBLE, &bank, diag);
    if (status == BH_OK)
        status = read_filters(bank, frames, taps, diag);
    if (status == BH_OK)
        status = finish(params, taps, frames, out, diag);
    bh_filterbank_free(bank);
    free(taps);
    free(delay_s);
    return status;
}

bh_status
bh_headless_new(const bh_headless_params *params, bh_hrtf_set **out, bh_diag *diag)
{
    BH_TRY(check(params, diag));
    return params->fractional ? make_fractional(params, out, diag)
                              : make_whole(params, out, diag);
}
