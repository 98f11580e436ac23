/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/approximate_gammatone.h"

#include "filterbank/approximate_gammatone_kernel.h"
#include "filterbank/lane_device_kernel.h"
#include "filterbank/rows_ops.h"

#include <math.h>

enum { ORDER_MAX = 1000 };

static bh_status
check_bank(double samplerate_hz, const double *cf_hz, const double *bandwidth_hz,
           size_t channels, size_t order, bh_diag *diag)
{
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, cf_hz, channels, diag));
    if (order == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the gammatone has order 0; it must be at least 1");
    if (order > ORDER_MAX)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the gammatone has order %zu; it must be at most %d", order,
                           ORDER_MAX);
    for (size_t ch = 0; ch < channels; ch++)
        if (!(bandwidth_hz[ch] > 0) || !isfinite(bandwidth_hz[ch]))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "channel %zu has a bandwidth of %g Hz; it must be above "
                               "0",
                               ch, bandwidth_hz[ch]);
    return BH_OK;
}

static void
set_row(struct bh_rows *rows, const struct bh_rows_config *config, size_t first,
        size_t end, const double *bandwidth_hz, size_t order)
{
    double narrowest_hz = bandwidth_hz[first];
    for (size_t ch = first; ch < end; ch++)
        narrowest_hz = fmin(narrowest_hz, bandwidth_hz[ch]);
    const bh_resonator_form form =
        bh_resonator_form_for(config->precision, config->samplerate_hz, narrowest_hz);
    for (size_t ch = first; ch < end; ch++) {
        struct bh_resonator pole;
        const double gain = bh_resonator_gammatone(
            config->samplerate_hz, config->cf_hz[ch], bandwidth_hz[ch], form, &pole);
        bh_rows_set(rows, ch, RESONATOR_NEAR_RE, pole.coeffs[RESONATOR_NEAR_RE]);
        bh_rows_set(rows, ch, RESONATOR_MINUS_IM2, pole.coeffs[RESONATOR_MINUS_IM2]);
        bh_rows_set(rows, ch, CASCADE_GAIN, pow(gain, (double)order));
        bh_rows_set(rows, ch, APPROXIMATE_COUNT, (double)order);
        bh_rows_set(rows, ch, APPROXIMATE_DELTA, form == BH_RESONATOR_DELTA);
    }
}

bh_status
bh_approximate_gammatone_new(double samplerate_hz, const double *cf_hz,
                             const double *bandwidth_hz, size_t channels, size_t order,
                             bh_precision precision, bh_filterbank **out, bh_diag *diag)
{
    const struct approximate_gammatone_kernels *kernels =
        BH_ISA_PICK(bh_approximate_gammatone_kernels);
    const struct bh_rows_config config = {
        .samplerate_hz = samplerate_hz,
        .cf_hz = cf_hz,
        .channels = channels,
        .fields = APPROXIMATE_STATE + 2 * order,
        .precision = precision,
        .row_precision = precision,
        .run = precision == BH_SINGLE ? kernels->run_float : kernels->run_double,
        .device_text = APPROXIMATE_STATE + 2 * order <= BH_LANE_FIELDS_MOST
                           ? bh_lane_approximate_gammatone
                           : NULL,
    };
    struct bh_rows *rows;
    BH_TRY(check_bank(samplerate_hz, cf_hz, bandwidth_hz, channels, order, diag));
    BH_TRY(bh_rows_new(&config, &rows, diag));
    for (size_t ch = 0; ch < channels; ch += BH_LANES)
        set_row(rows, &config, ch, channels - ch < BH_LANES ? channels : ch + BH_LANES,
                bandwidth_hz, order);
    return bh_rows_finish(rows, out, diag);
}
