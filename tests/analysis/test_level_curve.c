/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/level_curve.h"

#include "tests/check.h"

/* A straight flank from 20 dB (10 spikes/s) to 60 dB (210 spikes/s): closed form. */
static void
test_straight(void)
{
    const double level_db[] = {0, 20, 40, 60, 80}, rate_hz[] = {10, 10, 110, 210, 210};
    bh_level_curve_config config = bh_level_curve_config_default();
    bh_level_curve r;
    bh_diag diag = {0};
    config.spontaneous_hz = 10;
    CHECK_OK(bh_level_curve_get(level_db, rate_hz, 5, &config, &r, &diag), diag);
    CHECK_NEAR(r.criterion_hz, 50, 1e-12); /* a fifth of the way */
    CHECK_NEAR(r.threshold_db, 28, 1e-12);
    CHECK_NEAR(r.low_db, 24, 1e-12);
    CHECK_NEAR(r.high_db, 56, 1e-12);
    CHECK_NEAR(r.range_db, 32, 1e-12);
    CHECK(r.saturation_hz == 210 && r.saturation_db == 60);
    config.spontaneous_sd_hz = 5; /* two of them above: 20 spikes/s */
    CHECK_OK(bh_level_curve_get(level_db, rate_hz, 5, &config, &r, &diag), diag);
    CHECK_NEAR(r.threshold_db, 22, 1e-12);
    config.spontaneous_sd_hz = 0; /* whatever exceeds 10: from 20 dB on */
    CHECK_OK(bh_level_curve_get(level_db, rate_hz, 5, &config, &r, &diag), diag);
    CHECK_NEAR(r.threshold_db, 20, 1e-12);
}

/* A bump of noise below the flank is no threshold; a curve that starts high has none.
 */
static void
test_noise(void)
{
    const double level_db[] = {0, 10, 20, 30, 40}, noisy[] = {0, 30, 5, 100, 60};
    const double high[] = {90, 95, 96, 97, 100};
    const bh_level_curve_config config = bh_level_curve_config_default();
    bh_level_curve r;
    bh_diag diag = {0};
    CHECK_OK(bh_level_curve_get(level_db, noisy, 5, &config, &r, &diag), diag);
    CHECK_NEAR(r.threshold_db, 20 + 10 * (20 - 5) / 95.0, 1e-12);
    CHECK(r.saturation_db == 30);
    CHECK_OK(bh_level_curve_get(level_db, high, 5, &config, &r, &diag), diag);
    CHECK(isnan(r.threshold_db) && isnan(r.range_db));
}

static void
test_refusals(void)
{
    const double level_db[] = {0, 0}, rate_hz[] = {1, NAN};
    bh_level_curve_config config = bh_level_curve_config_default();
    bh_level_curve r;
    bh_diag diag = {0};
    CHECK(bh_level_curve_get(level_db, rate_hz, 1, &config, &r, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK(bh_level_curve_get(level_db, rate_hz, 2, &config, &r, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "levels must rise");
    CHECK(bh_level_curve_get((const double[]){0, 1}, rate_hz, 2, &config, &r, &diag) ==
          BH_ERR_DATA);
    config.low_part = 1;
    CHECK(bh_level_curve_get((const double[]){0, 1}, level_db, 2, &config, &r, &diag) ==
          BH_ERR_ARGUMENT);
}

TEST_MAIN("analysis/level_curve", {"straight", test_straight}, {"noise", test_noise},
          {"refusals", test_refusals})
