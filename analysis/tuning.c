/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/tuning.h"

#include <math.h>

/* How far above its tip a tuning curve's width is taken: the 10 of Q10, dB. */
#define TIP_DB 10.0

bh_threshold_config
bh_threshold_config_default(void)
{
    return (bh_threshold_config){
        .low_db = -10, .high_db = 100, .step_db = 1, .criterion = 20};
}

bh_status
bh_threshold_find(const bh_threshold_config *config, double frequency_hz,
                  bh_tone_response *respond, void *user, double *threshold_db,
                  bh_diag *diag)
{
    double low_db = config->low_db, high_db = config->high_db, response = 0;
    if (!isfinite(low_db) || !isfinite(high_db) || !(low_db < high_db) ||
        !(config->step_db > 0))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a threshold from %g to %g dB to within %g dB; levels must "
                           "rise, and the step must be above 0",
                           low_db, high_db, config->step_db);
    BH_TRY(respond(user, frequency_hz, high_db, &response, diag));
    if (!(response > config->criterion)) {
        *threshold_db = NAN;
        return BH_OK;
    }
    BH_TRY(respond(user, frequency_hz, low_db, &response, diag));
    if (response > config->criterion)
        high_db = low_db;
    while (high_db - low_db > config->step_db) {
        const double middle_db = low_db + (high_db - low_db) / 2;
        if (middle_db <= low_db || middle_db >= high_db)
            break; /* numbers are not finer than that */
        BH_TRY(respond(user, frequency_hz, middle_db, &response, diag));
        *(response > config->criterion ? &high_db : &low_db) = middle_db;
    }
    *threshold_db = high_db;
    return BH_OK;
}

static bh_status
check(const double *frequency_hz, const double *threshold_db, size_t count,
      bh_diag *diag)
{
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(frequency_hz[i]) || !(frequency_hz[i] > 0) ||
            (i && frequency_hz[i] <= frequency_hz[i - 1]))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "frequency %zu of a tuning curve is %g Hz; frequencies "
                               "must rise, from above 0",
                               i, frequency_hz[i]);
        if (isinf(threshold_db[i]))
            return bh_diag_set(diag, BH_ERR_DATA,
                               "the threshold at %g Hz is %g dB; it must be a number, "
                               "or NaN where there is none",
                               frequency_hz[i], threshold_db[i]);
        known += !isnan(threshold_db[i]);
    }
    if (known == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a tuning curve without a threshold at any of %zu "
                           "frequencies",
                           count);
    return BH_OK;
}

/* From the tip in steps of `step` to where the curve rises above `level_db`; NaN where
 * it ends before. */
static double
edge(const double *frequency_hz, const double *threshold_db, size_t count, size_t tip,
     ptrdiff_t step, double level_db)
{
    for (size_t i = tip;; i = (size_t)((ptrdiff_t)i + step)) {
        const size_t next = (size_t)((ptrdiff_t)i + step);
        if (next >= count || isnan(threshold_db[next]))
            return NAN;
        if (threshold_db[next] < level_db)
            continue;
        const double part = (level_db - threshold_db[i]) /
                            (threshold_db[next] - threshold_db[i]);
        return frequency_hz[i] * pow(frequency_hz[next] / frequency_hz[i], part);
    }
}

bh_status
bh_tuning_get(const double *frequency_hz, const double *threshold_db, size_t count,
              bh_tuning *out, bh_diag *diag)
{
    BH_TRY(check(frequency_hz, threshold_db, count, diag));
    size_t tip = 0;
    for (size_t i = 1; i < count; i++)
        if (threshold_db[i] < threshold_db[tip] || isnan(threshold_db[tip]))
            tip = i;
    bh_tuning r = {.cf_hz = frequency_hz[tip], .threshold_db = threshold_db[tip]};
    const double level_db = r.threshold_db + TIP_DB;
    r.low_hz = edge(frequency_hz, threshold_db, count, tip, -1, level_db);
    r.high_hz = edge(frequency_hz, threshold_db, count, tip, 1, level_db);
    r.bandwidth_hz = r.high_hz - r.low_hz;
    r.q10 = r.cf_hz / r.bandwidth_hz;
    *out = r;
    return BH_OK;
}
