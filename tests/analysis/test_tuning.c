/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/tuning.h"

#include "tests/check.h"

/* A fibre tuned to 1 kHz: 40 dB per octave above a tip of 13.3 dB, 5 spikes/s per dB.
 */
struct fibre {
    int tones;
    bh_status status;
};

static double
true_threshold(double frequency_hz)
{
    return 13.3 + 40 * fabs(log2(frequency_hz / 1000));
}

static bh_status
respond(void *user, double frequency_hz, double level_db, double *response,
        bh_diag *diag)
{
    struct fibre *fibre = user;
    (void)diag;
    fibre->tones++;
    *response = 20 + 5 * (level_db - true_threshold(frequency_hz));
    return fibre->status;
}

static void
test_bisection(void)
{
    bh_threshold_config config = bh_threshold_config_default();
    struct fibre fibre = {0};
    double threshold_db = 0;
    bh_diag diag = {0};
    config.step_db = 0.01;
    for (double f = 250; f < 4000; f *= 1.1) {
        fibre.tones = 0;
        CHECK_OK(bh_threshold_find(&config, f, respond, &fibre, &threshold_db, &diag),
                 diag);
        CHECK_NEAR(threshold_db, true_threshold(f) + 0.005, 0.005);
        CHECK(fibre.tones <= 2 + (int)ceil(log2(110 / 0.01)));
    }
    CHECK_OK(bh_threshold_find(&config, 50, respond, &fibre, &threshold_db, &diag),
             diag);
    CHECK(isnan(threshold_db)); /* 186 dB */
    config.low_db = 50;
    CHECK_OK(bh_threshold_find(&config, 1000, respond, &fibre, &threshold_db, &diag),
             diag);
    CHECK(threshold_db == 50);
    fibre.status = BH_ERR_STOPPED;
    CHECK(bh_threshold_find(&config, 1000, respond, &fibre, &threshold_db, &diag) ==
          BH_ERR_STOPPED);
    config.step_db = 0;
    CHECK(bh_threshold_find(&config, 1000, respond, &fibre, &threshold_db, &diag) ==
          BH_ERR_ARGUMENT);
}

/* 10 dB above the tip the curve is 1/4 octave away on either side: Q10 = 1 / (2^(1/4) -
 * 2^(-1/4)) = 2.8752; a grid of 1/12 octave has points there. */
static void
test_q10(void)
{
    double frequency_hz[37], threshold_db[37];
    bh_tuning r;
    bh_diag diag = {0};
    for (int i = 0; i < 37; i++) {
        frequency_hz[i] = 1000 * exp2((i - 18) / 12.0);
        threshold_db[i] = true_threshold(frequency_hz[i]);
    }
    CHECK_OK(bh_tuning_get(frequency_hz, threshold_db, 37, &r, &diag), diag);
    CHECK_NEAR(r.cf_hz, 1000, 1e-9);
    CHECK_NEAR(r.threshold_db, 13.3, 1e-9);
    CHECK_NEAR(r.low_hz, 1000 * exp2(-0.25), 1e-9);
    CHECK_NEAR(r.high_hz, 1000 * exp2(0.25), 1e-9);
    CHECK_NEAR(r.q10, 1 / (exp2(0.25) - exp2(-0.25)), 1e-12);
    threshold_db[19] = NAN; /* beside the tip: no upper edge is known */
    CHECK_OK(bh_tuning_get(frequency_hz, threshold_db, 37, &r, &diag), diag);
    CHECK(isnan(r.high_hz) && isnan(r.q10) && !isnan(r.low_hz));
    for (int i = 0; i < 37; i++)
        threshold_db[i] = NAN;
    CHECK(bh_tuning_get(frequency_hz, threshold_db, 37, &r, &diag) == BH_ERR_ARGUMENT);
    frequency_hz[3] = 1;
    CHECK(bh_tuning_get(frequency_hz, threshold_db, 37, &r, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "frequencies must rise");
}

TEST_MAIN("analysis/tuning", {"bisection", test_bisection}, {"q10", test_q10})
