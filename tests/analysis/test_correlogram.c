/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* M_PI */
#include "analysis/correlogram.h"

#include "tests/analysis/trains.h"

/* numpy 2.4.6: histograms of all differences */
static void
test_against_numpy(void)
{
    static const double want[7] = {
        1.2494331449775233, 1.2544509487726136, 1.2745221639529756, 1.32470020190388,
        1.2745221639529756, 1.2544509487726136, 1.2494331449775233};
    const struct process wavy = {100, 0.75e-3, 0.8, 50};
    const bh_correlogram_config config = {1e-3, 3e-3};
    bh_trains *trains = trains_of_process(&wavy, 4, 2, 7);
    double sac[7];
    bh_diag diag = {0};
    CHECK(bh_correlogram_bins(&config) == 7);
    CHECK_OK(bh_sac(trains, &config, sac, &diag), diag);
    for (size_t k = 0; k < 7; k++)
        CHECK_NEAR(sac[k], want[k], 1e-12);
    CHECK(bh_correlation_index(sac, 7) == sac[3]);
    CHECK_NEAR(bh_correlogram_lag(&config, 0), -3e-3, 1e-15);
    CHECK(bh_correlogram_lag(&config, 3) == 0);
    bh_trains_free(trains);
}

/* Every pair, one by one, with the definition of the header. */
static void
test_brute_force(void)
{
    enum { TRAINS = 5 };
    const struct process p = {80, 1e-3, 1, 100};
    const bh_correlogram_config config = {50e-6, 5e-3};
    const size_t bins = bh_correlogram_bins(&config);
    bh_trains *a = trains_of_process(&p, TRAINS, 0.5, 1);
    bh_trains *b = trains_of_process(&p, TRAINS, 0.5, 2);
    double sac[201], xac[201], want_sac[201] = {0}, want_xac[201] = {0};
    bh_diag diag = {0};
    CHECK(bins == 201);
    CHECK_OK(bh_sac(a, &config, sac, &diag), diag);
    CHECK_OK(bh_xac(a, b, &config, xac, &diag), diag);
    for (size_t i = 0; i < TRAINS; i++)
        for (size_t j = 0; j < TRAINS; j++) {
            const bh_train from = bh_trains_get(a, i), same = bh_trains_get(a, j),
                           other = bh_trains_get(b, j);
            for (size_t x = 0; x < from.count; x++) {
                for (size_t y = 0; y < same.count && i != j; y++) {
                    const double bin =
                        round((same.time_s[y] - from.time_s[x]) / 50e-6) + 100;
                    if (bin >= 0 && bin <= 200)
                        want_sac[(int)bin] += 1;
                }
                for (size_t y = 0; y < other.count; y++) {
                    const double bin =
                        round((other.time_s[y] - from.time_s[x]) / 50e-6) + 100;
                    if (bin >= 0 && bin <= 200)
                        want_xac[(int)bin] += 1;
                }
            }
        }
    const double ra = bh_trains_rate(a), rb = bh_trains_rate(b);
    for (size_t k = 0; k < bins; k++) {
        CHECK_NEAR(sac[k], want_sac[k] / (20 * ra * ra * 0.5 * 50e-6), 1e-9);
        CHECK_NEAR(xac[k], want_xac[k] / (25 * ra * rb * 0.5 * 50e-6), 1e-9);
        CHECK(sac[k] == sac[bins - 1 - k]);
    }
    bh_trains_free(a);
    bh_trains_free(b);
}

/* Independent trains: 1 - |lag| / D. 40 trains of 100 spikes/s in 5 s have 3.9e5
 * pairs in a bin of 1 ms at 78 chances a pair of trains: a relative error of 1 /
 * sqrt(7.8e4) = 0.4 %; four and a half of it. Trains of a modulated rate share that:
 * 1 + m^2 / 2 cos. */
static void
test_poisson(void)
{
    const bh_correlogram_config config = {1e-3, 20e-3};
    double sac[41], xac[41];
    bh_diag diag = {0};
    for (int m = 0; m <= 1; m++) {
        const struct process p = {100, 0, m, 100};
        bh_trains *trains = trains_of_process(&p, 40, 5, 9);
        bh_trains *others = trains_of_process(&p, 40, 5, 10);
        CHECK_OK(bh_sac(trains, &config, sac, &diag), diag);
        CHECK_OK(bh_xac(trains, others, &config, xac, &diag), diag);
        for (size_t k = 0; k < 41; k++) {
            const double lag_s = bh_correlogram_lag(&config, k);
            /* the cosine is averaged over the bin: sinc(100 Hz * 1 ms) = 0.9836 */
            const double want = (1 + 0.5 * m * 0.9836 * cos(2 * M_PI * 100 * lag_s)) *
                                (1 - fabs(lag_s) / 5);
            CHECK_NEAR(sac[k], want, 0.03);
            CHECK_NEAR(xac[k], want, 0.03);
        }
        bh_trains_free(trains);
        bh_trains_free(others);
    }
}

/* Two trains a fixed lag apart, and the parts that difcor and sumcor tell apart. */
static void
test_exact_lag(void)
{
    const bh_correlogram_config config = {50e-6, 1e-3};
    struct spikes spikes = {0};
    double sac[41], difcor[41], sumcor[41];
    bh_diag diag = {0};
    for (int i = 0; i < 10; i++) {
        add_spike(&spikes, 0.05 * i + 0.01, 0);
        add_spike(&spikes, 0.05 * i + 0.01 + 0.4e-3, 1);
    }
    bh_trains *trains = trains_of(events_of(&spikes), 2, 0, 0.5);
    CHECK_OK(bh_sac(trains, &config, sac, &diag), diag);
    for (size_t k = 0; k < 41; k++) /* 10 pairs / (2 r^2 D bin), r = 20 /s */
        CHECK_NEAR(sac[k], k == 12 || k == 28 ? 10 / (2 * 400 * 0.5 * 50e-6) : 0, 1e-9);
    bh_difcor(sac, (const double[41]){[12] = 100}, 41, difcor, sumcor);
    CHECK_NEAR(difcor[12], 400, 1e-9);
    CHECK_NEAR(sumcor[12], 300, 1e-9);
    CHECK_NEAR(difcor[28], 500, 1e-9);
    bh_trains_free(trains);
    free_spikes(&spikes);
}

static void
test_refusals(void)
{
    const struct process p = {.rate_hz = 100};
    const bh_correlogram_config good = bh_correlogram_config_default(), bad = {0, 1e-3};
    bh_trains *one = trains_of_process(&p, 1, 1, 1),
              *two = trains_of_process(&p, 2, 2, 1);
    bh_trains *none = trains_of((bh_events){0}, 2, 0, 1);
    double sac[201];
    bh_diag diag = {0};
    CHECK(bh_correlogram_bins(&bad) == 0);
    CHECK(bh_sac(two, &bad, sac, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sac(one, &good, sac, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "there must be two");
    CHECK(bh_sac(none, &good, sac, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "without spikes");
    CHECK(bh_xac(one, two, &good, sac, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "equally long");
    bh_trains_free(one);
    bh_trains_free(two);
    bh_trains_free(none);
}

TEST_MAIN("analysis/correlogram", {"against numpy", test_against_numpy},
          {"brute force", test_brute_force}, {"poisson", test_poisson},
          {"exact lag", test_exact_lag}, {"refusals", test_refusals})
