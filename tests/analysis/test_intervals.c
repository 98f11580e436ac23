/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/intervals.h"

#include "tests/analysis/trains.h"

static void
test_against_elephant(void)
{
    /* numpy 2.4.6; elephant 1.2.1's cv, and cv2 of each train weighted by its pairs */
    static const uint64_t want[10] = {263, 142, 121, 96, 47, 20, 16, 8, 6, 1};
    const struct process wavy = {100, 0.75e-3, 0.8, 50};
    bh_trains *trains = trains_of_process(&wavy, 4, 2, 7);
    bh_intervals r;
    uint64_t counts[10], beyond;
    bh_diag diag = {0};
    bh_intervals_get(trains, &r);
    CHECK(r.count == 725);
    CHECK_NEAR(r.mean_s, 0.01087361500311251, 1e-14);
    CHECK_NEAR(r.sd_s, 0.009859847707213747, 1e-14);
    CHECK_NEAR(r.cv, 0.9067681451284989, 1e-12);
    CHECK_NEAR(r.cv2, 0.9426163881410025, 1e-12);
    CHECK(r.shortest_s >= 0.75e-3);
    CHECK_OK(bh_isi_histogram(trains, 5e-3, 10, counts, &beyond, &diag), diag);
    for (int b = 0; b < 10; b++)
        CHECK(counts[b] == want[b]);
    CHECK(beyond == 5);
    CHECK(bh_isi_histogram(trains, 5e-3, 0, counts, NULL, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_isi_histogram(trains, NAN, 1, counts, NULL, &diag) == BH_ERR_ARGUMENT);
    bh_trains_free(trains);
}

static void
test_few(void)
{
    const double time_s[] = {0.1};
    const uint32_t index[] = {0};
    bh_trains *trains = trains_of((bh_events){time_s, index, 1}, 1, 0, 1);
    bh_intervals r;
    bh_intervals_get(trains, &r);
    CHECK(r.count == 0 && isnan(r.mean_s) && isnan(r.cv) && isnan(r.cv2) &&
          isnan(r.shortest_s));
    bh_trains_free(trains);
}

/* Intervals of a Poisson process with dead time: density lambda exp(-lambda (t - tau))
 * from tau on. Chi-square over 40 bins of 1 ms and what is beyond: 40 degrees of
 * freedom, of which 0.1 % lie above 73.4 (scipy.stats.chi2.isf(1e-3, 40)). The mean is
 * 1 / 93.02 s: lambda / (1 + lambda tau) spikes/s. */
static void
test_dead_time(void)
{
    enum { BINS = 40 };
    const double lambda = 100, tau = 0.75e-3, bin_s = 1e-3;
    const struct process p = {lambda, tau, 0, 0};
    bh_trains *trains = trains_of_process(&p, 20, 50, 5);
    uint64_t counts[BINS], beyond;
    double hazard_hz[BINS], chi_square = 0;
    bh_intervals r;
    bh_diag diag = {0};
    bh_intervals_get(trains, &r);
    const double n = (double)r.count;
    CHECK_NEAR(r.mean_s, 1 / lambda + tau, 4 / lambda / sqrt(n));
    CHECK_NEAR(r.cv, 1 / (1 + lambda * tau), 4 / sqrt(n));
    CHECK(r.shortest_s >= tau && r.shortest_s < tau + 1e-5);
    CHECK_OK(bh_isi_histogram(trains, bin_s, BINS, counts, &beyond, &diag), diag);
    for (int b = 0; b <= BINS; b++) {
        const double from = fmax(0, b * bin_s - tau), to = (b + 1) * bin_s - tau;
        const double survive = b < BINS ? exp(-lambda * to) : 0;
        const double want = n * (exp(-lambda * from) - survive);
        const double got = (double)(b < BINS ? counts[b] : beyond);
        chi_square += (got - want) * (got - want) / want;
    }
    CHECK(chi_square < 73.4 && chi_square > 12);
    /* A constant hazard behind the dead time. 5 % where some 10 000 intervals survive:
     * four times the error of 1000 counts and more. */
    CHECK_OK(bh_isi_hazard(counts, BINS, beyond, bin_s, hazard_hz, &diag), diag);
    CHECK_NEAR(hazard_hz[0], (1 - exp(-lambda * 0.25e-3)) / bin_s, 2.5);
    for (int b = 1; b < 20; b++)
        CHECK_NEAR(hazard_hz[b], (1 - exp(-lambda * bin_s)) / bin_s, 5);
    bh_trains_free(trains);
}

static void
test_hazard_by_hand(void)
{
    const uint64_t counts[] = {0, 6, 2, 1};
    double hazard_hz[4];
    bh_diag diag = {0};
    CHECK_OK(bh_isi_hazard(counts, 4, 1, 0.5, hazard_hz, &diag), diag);
    CHECK(hazard_hz[0] == 0);
    CHECK_NEAR(hazard_hz[1], 6 / (0.5 * 10), 1e-12);
    CHECK_NEAR(hazard_hz[2], 2 / (0.5 * 4), 1e-12);
    CHECK_NEAR(hazard_hz[3], 1 / (0.5 * 2), 1e-12);
    CHECK_OK(bh_isi_hazard((const uint64_t[]){1, 0}, 2, 0, 0.5, hazard_hz, &diag),
             diag);
    CHECK(hazard_hz[0] == 2 && isnan(hazard_hz[1]));
}

TEST_MAIN("analysis/intervals", {"against elephant", test_against_elephant},
          {"few", test_few}, {"dead time", test_dead_time},
          {"hazard by hand", test_hazard_by_hand})
