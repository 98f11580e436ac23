/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/scale.h"

#include <math.h>

bh_erb_params
bh_erb_params_default(void)
{
    return (bh_erb_params){.ear_q = 9.26449, .min_bw_hz = 24.7, .order = 1};
}

double
bh_erb_bandwidth(double f_hz, bh_erb_params params)
{
    if (params.order == 1)
        return f_hz / params.ear_q + params.min_bw_hz;
    return pow(pow(f_hz / params.ear_q, params.order) +
                   pow(params.min_bw_hz, params.order),
               1 / params.order);
}

double
bh_erb_rate(double f_hz, bh_erb_params params)
{
    return params.ear_q * log1p(f_hz / (params.ear_q * params.min_bw_hz));
}

bh_status
bh_erbspace(double low_hz, double high_hz, size_t n, bh_erb_params params,
            double *cf_hz, bh_diag *diag)
{
    if (n == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "0 frequencies asked for; at least 1 is needed");
    if (!(low_hz >= 0) || !isfinite(high_hz) ||
        !(low_hz < high_hz || (n == 1 && low_hz == high_hz)))
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "frequencies from %g Hz to %g Hz; the lower must be at least "
            "0 Hz and below the higher",
            low_hz, high_hz);
    double corner = params.ear_q * params.min_bw_hz;
    if (!(params.ear_q > 0) || !(params.min_bw_hz > 0) || !isfinite(corner))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "ear_q is %g and min_bw_hz %g; both must be above 0",
                           params.ear_q, params.min_bw_hz);
    /* Counted from the high end, as Slaney does. */
    double step = n > 1 ? log((low_hz + corner) / (high_hz + corner)) / (double)(n - 1)
                        : 0;
    for (size_t i = 0; i < n; i++)
        cf_hz[i] = exp((double)(n - 1 - i) * step) * (high_hz + corner) - corner;
    cf_hz[n - 1] = high_hz;
    cf_hz[0] = low_hz;
    return BH_OK;
}
