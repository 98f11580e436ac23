/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/level_curve.h"

#include <math.h>

bh_level_curve_config
bh_level_curve_config_default(void)
{
    return (bh_level_curve_config){.spontaneous_sd_hz = NAN,
                                   .criterion_sd = 2,
                                   .criterion_part = 0.2,
                                   .low_part = 0.1,
                                   .high_part = 0.9};
}

static bh_status
check(const double *level_db, const double *rate_hz, size_t count,
      const bh_level_curve_config *config, bh_diag *diag)
{
    if (count < 2)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a rate-level function of %zu level%s; there must be two",
                           count, count == 1 ? "" : "s");
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(level_db[i]) || (i && level_db[i] <= level_db[i - 1]))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "level %zu of a rate-level function is %g dB; levels "
                               "must rise",
                               i, level_db[i]);
        if (!isfinite(rate_hz[i]))
            return bh_diag_set(diag, BH_ERR_DATA,
                               "the rate at %g dB is %g spikes/s; it must be a number",
                               level_db[i], rate_hz[i]);
    }
    if (!isfinite(config->spontaneous_hz) || !(config->low_part >= 0) ||
        !(config->high_part <= 1) || !(config->low_part < config->high_part))
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "a dynamic range from %g to %g above %g spikes/s; parts must "
            "rise from 0 or more to 1 or less",
            config->low_part, config->high_part, config->spontaneous_hz);
    return BH_OK;
}

/* The level at which the rate rises to `wanted_hz` for the last time up to point
 * `last`; NaN where it is above it from the first level on, or never. */
static double
crossing(const double *level_db, const double *rate_hz, size_t last, double wanted_hz)
{
    for (size_t i = last; i > 0; i--) {
        const double below = rate_hz[i - 1], above = rate_hz[i];
        if ((below < wanted_hz && above >= wanted_hz) ||
            (below == wanted_hz && above > wanted_hz))
            return level_db[i - 1] + (wanted_hz - below) / (above - below) *
                                         (level_db[i] - level_db[i - 1]);
    }
    return NAN;
}

bh_status
bh_level_curve_get(const double *level_db, const double *rate_hz, size_t count,
                   const bh_level_curve_config *config, bh_level_curve *out,
                   bh_diag *diag)
{
    BH_TRY(check(level_db, rate_hz, count, config, diag));
    const double spontaneous_hz = config->spontaneous_hz;
    size_t top = 0;
    for (size_t i = 1; i < count; i++)
        if (rate_hz[i] > rate_hz[top])
            top = i;
    bh_level_curve r = {.saturation_hz = rate_hz[top], .saturation_db = level_db[top]};
    const double way_hz = r.saturation_hz - spontaneous_hz;
    const double above_hz = isnan(config->spontaneous_sd_hz)
                                ? config->criterion_part * way_hz
                                : config->criterion_sd * config->spontaneous_sd_hz;
    r.criterion_hz = spontaneous_hz + above_hz;
    r.threshold_db = crossing(level_db, rate_hz, top, r.criterion_hz);
    r.low_db =
        crossing(level_db, rate_hz, top, spontaneous_hz + config->low_part * way_hz);
    r.high_db =
        crossing(level_db, rate_hz, top, spontaneous_hz + config->high_part * way_hz);
    r.range_db = r.high_db - r.low_db;
    *out = r;
    return BH_OK;
}
