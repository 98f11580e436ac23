/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/phase.h"

#include "tests/analysis/trains.h"

static void
test_against_numpy(void)
{
    static const uint64_t want[8] = {156, 120, 70, 25, 32, 67, 118, 141};
    const struct process wavy = {100, 0.75e-3, 0.8, 50};
    bh_trains *trains = trains_of_process(&wavy, 4, 2, 7);
    bh_locking r;
    uint64_t counts[8];
    double rate_hz[8], sum_hz = 0;
    bh_diag diag = {0};
    CHECK_OK(bh_locking_get(trains, 50, &r, &diag), diag);
    CHECK(r.spikes == 729 && r.cycles == 100);
    CHECK_NEAR(r.strength, 0.37553876303362754, 1e-10);
    CHECK_NEAR(r.phase_rad, 0.023225967565086488, 1e-10);
    CHECK_NEAR(r.rayleigh, 729 * 0.37553876303362754 * 0.37553876303362754, 1e-7);
    CHECK_NEAR(log(r.p), log(4.877163739547177e-47), 1e-8);
    CHECK_NEAR(r.floor, 2.6283 / 27, 1e-5); /* sqrt(729) = 27 */
    CHECK_OK(bh_period_histogram(trains, 50, 8, counts, rate_hz, &diag), diag);
    for (int b = 0; b < 8; b++) {
        CHECK(counts[b] == want[b]);
        sum_hz += rate_hz[b] / 8;
    }
    CHECK_NEAR(sum_hz, bh_trains_rate(trains), 1e-9);
    CHECK(bh_locking_get(trains, 0.4, &r, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "shorter than a cycle of 0.4 Hz");
    CHECK(bh_period_histogram(trains, 50, 0, counts, NULL, &diag) == BH_ERR_ARGUMENT);
    bh_trains_free(trains);
}

/* A rate r0 (1 + m cos) gives the strength m / 2 (Goldberg and Brown 1969), at phase 0.
 * Strength is a mean of 5e5 cosines: its error is 0.7 / sqrt(5e5) = 0.001; four of it.
 */
static void
test_modulated_poisson(void)
{
    static const double depths[] = {0, 0.3, 1};
    for (size_t i = 0; i < 3; i++) {
        const struct process p = {1000, 0, depths[i], 440};
        bh_trains *trains = trains_of_process(&p, 50, 10, 20 + i);
        bh_locking r;
        bh_diag diag = {0};
        CHECK_OK(bh_locking_get(trains, 440, &r, &diag), diag);
        CHECK_NEAR(r.strength, depths[i] / 2, 0.004);
        CHECK(i == 0 ? r.p > 1e-3 && r.strength < r.floor
                     : r.p < 1e-9 && r.strength > r.floor);
        if (i > 0) {
            CHECK_NEAR(r.phase_rad, 0, 0.03);
            CHECK_NEAR(bh_modulation_gain_db(r.strength, depths[i]), 0, 0.3);
        }
        bh_trains_free(trains);
    }
}

/* Phases are those of the clock, and broken cycles are left out: 2.5 cycles with a
 * spike at a quarter of each, and one in the half cycle. */
static void
test_whole_cycles(void)
{
    const double time_s[] = {0.25, 1.25, 2.4};
    const uint32_t index[] = {0, 0, 0};
    bh_trains *trains = trains_of((bh_events){time_s, index, 3}, 1, 0, 2.5);
    bh_locking r;
    uint64_t counts[4];
    bh_diag diag = {0};
    CHECK_OK(bh_locking_get(trains, 1, &r, &diag), diag);
    CHECK(r.spikes == 2 && r.cycles == 2);
    CHECK_NEAR(r.strength, 1, 1e-15);
    CHECK_NEAR(r.phase_rad, 3.141592653589793 / 2, 1e-15);
    CHECK_OK(bh_period_histogram(trains, 1, 4, counts, NULL, &diag), diag);
    CHECK(counts[0] == 0 && counts[1] == 2 && counts[2] == 0 && counts[3] == 0);
    bh_trains_free(trains);
    trains = trains_of((bh_events){time_s, index, 0}, 1, 0, 2.5);
    CHECK_OK(bh_locking_get(trains, 1, &r, &diag), diag);
    CHECK(r.spikes == 0 && isnan(r.strength) && isnan(r.p));
    bh_trains_free(trains);
}

/* Two spikes with random phases have a resultant above R = 2r with the probability 1 -
 * (2 / pi) asin(r), 1/3 at r = sin(pi / 3); the formula is an approximation, and within
 * 0.05 of it even for two. For 50 it is within 1 % of series of higher order, exp(-z)
 * (1 + (2z - z^2) / 4n) (Mardia and Jupp 2000, eq. 6.3.5), which is 0.04895 at z = 3.
 */
static void
test_rayleigh_p(void)
{
    double time_s[50];
    uint32_t index[50] = {0};
    bh_locking r;
    bh_diag diag = {0};
    time_s[0] = 0;
    time_s[1] = 1.0 / 3; /* 120 degrees apart: r = 1/2 */
    bh_trains *trains = trains_of((bh_events){time_s, index, 2}, 1, 0, 1);
    CHECK_OK(bh_locking_get(trains, 1, &r, &diag), diag);
    CHECK_NEAR(r.strength, 0.5, 1e-12);
    CHECK_NEAR(r.p, 1 - 2 / 3.141592653589793 * asin(0.5), 0.05);
    bh_trains_free(trains);
    const double wanted = sqrt(3.0 / 50); /* half of them each way gives cos(angle) */
    for (int i = 0; i < 50; i++)
        time_s[i] = (i % 2 ? 1 : -1) * acos(wanted) / (2 * 3.141592653589793) + 0.5;
    trains = trains_of((bh_events){time_s, index, 50}, 1, 0, 1);
    CHECK_OK(bh_locking_get(trains, 1, &r, &diag), diag);
    CHECK_NEAR(r.rayleigh, 3, 1e-9);
    CHECK_NEAR(r.p, exp(-3) * (1 + (6 - 9) / 200.0), 0.01 * 0.049);
    bh_trains_free(trains);
}

TEST_MAIN("analysis/phase", {"against numpy", test_against_numpy},
          {"modulated poisson", test_modulated_poisson},
          {"whole cycles", test_whole_cycles}, {"rayleigh p", test_rayleigh_p})
