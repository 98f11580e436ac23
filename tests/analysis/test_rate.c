/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/rate.h"

#include "tests/analysis/trains.h"

/* Four trains whose figures elephant 1.2.1 and numpy 2.4.6 gave us too. */
static const struct process wavy = {100, 0.75e-3, 0.8, 50};

static void
test_psth_against_elephant(void)
{
    /* elephant.statistics.time_histogram(bin_size=100*ms, output="counts") */
    static const uint64_t want[20] = {40, 38, 44, 35, 37, 32, 36, 34, 31, 25,
                                      29, 42, 33, 42, 48, 40, 42, 38, 35, 28};
    bh_trains *trains = trains_of_process(&wavy, 4, 2, 7);
    uint64_t counts[20];
    double rate_hz[20];
    bh_diag diag = {0};
    CHECK_OK(bh_psth(trains, 0.1, 20, counts, rate_hz, &diag), diag);
    for (size_t b = 0; b < 20; b++) {
        CHECK(counts[b] == want[b]);
        CHECK_NEAR(rate_hz[b], (double)want[b] / (4 * 0.1), 1e-9);
    }
    CHECK_OK(bh_psth(trains, 0.1, 1, NULL, rate_hz, &diag), diag);
    CHECK(bh_psth(trains, 0.1, 21, counts, NULL, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "21 bins");
    CHECK(bh_psth(trains, 0, 1, counts, NULL, &diag) == BH_ERR_ARGUMENT);
    bh_trains_free(trains);
}

/* A spike on an edge, as far as decimal fractions can say that, opens its bin. */
static void
test_edges(void)
{
    double time_s[100];
    uint32_t index[100] = {0};
    uint64_t counts[100];
    bh_diag diag = {0};
    for (int i = 0; i < 100; i++)
        time_s[i] = i * 1e-3;
    bh_trains *trains = trains_of((bh_events){time_s, index, 100}, 1, 0, 0.1);
    CHECK(bh_trains_bins(trains, 1e-3) == 100);
    CHECK_OK(bh_psth(trains, 1e-3, 100, counts, NULL, &diag), diag);
    for (int i = 0; i < 100; i++)
        CHECK(counts[i] == 1);
    bh_trains_free(trains);
}

/* 30 spikes/s, from 0.1 s on 200 for 5 ms, then 100, silence from 0.3 s on: as regular
 * spikes, 10 ms apart over 20 trains, so that the counts are exact. */
static void
test_response(void)
{
    struct spikes spikes = {0};
    for (uint32_t i = 0; i < 20; i++) {
        add_spike(&spikes, 0.1 * (i + 0.5) / 20, i);
        for (int k = 0; k < 20; k++)
            add_spike(&spikes, 0.1 + 0.01 * (k + (i + 0.5) / 20), i);
        add_spike(&spikes, 0.1023, i);
    }
    bh_trains *trains = trains_of(events_of(&spikes), 20, 0, 0.5);
    bh_response_config config = bh_response_config_default();
    bh_response r;
    bh_diag diag = {0};
    config.onset_s = 0.1;
    config.offset_s = 0.3;
    CHECK_OK(bh_response_get(trains, &config, &r, &diag), diag);
    CHECK_NEAR(r.spontaneous_hz, 10, 1e-9);
    CHECK_NEAR(r.rate_hz, 105, 1e-9);
    CHECK_NEAR(r.steady_hz, 100, 1e-9);
    CHECK_NEAR(r.onset_hz, 1100, 1e-9);
    CHECK_NEAR(r.onset_at_s, 0.102, 1e-12);
    CHECK_NEAR(r.adaptation, 11, 1e-9);
    config.delay_s = 0.1; /* so that all is over 0.4 s */
    CHECK_OK(bh_response_get(trains, &config, &r, &diag), diag);
    CHECK_NEAR(r.spontaneous_hz, (10 + 110) / 2.0, 1e-9);
    CHECK_NEAR(r.steady_hz, 0, 0);
    config = bh_response_config_default(); /* no time before the onset */
    CHECK_OK(bh_response_get(trains, &config, &r, &diag), diag);
    CHECK(isnan(r.spontaneous_hz));
    config.steady_part = 0;
    CHECK(bh_response_get(trains, &config, &r, &diag) == BH_ERR_ARGUMENT);
    config.steady_part = 1;
    config.offset_s = -1;
    CHECK(bh_response_get(trains, &config, &r, &diag) == BH_ERR_ARGUMENT);
    bh_trains_free(trains);
    free_spikes(&spikes);
}

static void
test_latency(void)
{
    bh_trains *trains = trains_of_process(&wavy, 4, 2, 7);
    double latency_s[4];
    bh_latency l;
    bh_diag diag = {0};
    CHECK_OK(bh_latency_get(trains, 0.5, latency_s, &l, &diag), diag);
    /* numpy.median, mean and std(ddof=1) of the same */
    CHECK(l.trains == 4);
    CHECK_NEAR(l.median_s, 0.01515473303354331, 1e-12);
    CHECK_NEAR(l.mean_s, 0.017038239743788597, 1e-12);
    CHECK_NEAR(l.sd_s, 0.015058708279938023, 1e-12);
    CHECK_OK(bh_latency_get(trains, 5, latency_s, &l, &diag), diag);
    CHECK(l.trains == 0 && isnan(l.median_s) && isnan(latency_s[3]));
    bh_trains_free(trains);
}

/* A Poisson process's first spike comes after 1 / rate on average, and its median after
 * ln 2 / rate. 4000 trains: the error of the mean is 1.6 %, that of the median the same
 * over ln 2; four of these are allowed. */
static void
test_latency_of_poisson(void)
{
    const struct process p = {.rate_hz = 100};
    bh_trains *trains = trains_of_process(&p, 4000, 0.5, 3);
    double *latency_s = malloc(4000 * sizeof *latency_s);
    bh_latency l;
    bh_diag diag = {0};
    CHECK_OK(bh_latency_get(trains, 0, latency_s, &l, &diag), diag);
    CHECK_NEAR(l.mean_s, 0.01, 4 * 0.01 / sqrt(4000));
    CHECK_NEAR(l.sd_s, 0.01, 8 * 0.01 / sqrt(4000));
    CHECK_NEAR(l.median_s, log(2) * 0.01, 4 * 0.01 / sqrt(4000));
    free(latency_s);
    bh_trains_free(trains);
}

static void
test_fano_against_numpy(void)
{
    bh_trains *trains = trains_of_process(&wavy, 4, 2, 7);
    bh_fano f;
    bh_diag diag = {0};
    CHECK_OK(bh_fano_get(trains, 0.1, BH_FANO_WINDOWS, &f, &diag), diag);
    CHECK(f.windows == 20);
    CHECK_NEAR(f.factor, 0.5995956970615839, 1e-12);
    CHECK_OK(bh_fano_get(trains, 0.1, BH_FANO_TRAINS, &f, &diag), diag);
    CHECK_NEAR(f.factor, 0.518061271147691, 1e-12);
    /* elephant.statistics.fanofactor divides by n, not n - 1 */
    CHECK_OK(bh_fano_get(trains, 2, BH_FANO_TRAINS, &f, &diag), diag);
    CHECK_NEAR(f.factor, 0.7884087791495199 * 4 / 3, 1e-12);
    CHECK(bh_fano_get(trains, 2, BH_FANO_WINDOWS, &f, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "1 window of 2 s");
    CHECK(bh_fano_get(trains, 3, BH_FANO_TRAINS, &f, &diag) == BH_ERR_ARGUMENT);
    bh_trains_free(trains);
}

/* Dead time tau makes the rate r = lambda / (1 + lambda tau) and, for long windows, the
 * Fano factor 1 / (1 + lambda tau)^2 (Cox, Renewal Theory, 1962). 200 trains of 50 s
 * have 20 000 windows of half a second: the factor's error is sqrt(2 / 20000) = 1 %,
 * and that of the rate 1 / sqrt(930 000) = 0.1 % times the root of the factor; four of
 * these are allowed, and 0.1 % for what ends of windows do. */
static void
test_dead_time(void)
{
    static const struct process process[] = {
        {.rate_hz = 100}, {100, 0.75e-3, 0, 0}, {100, 5e-3, 0, 0}};
    for (size_t i = 0; i < 3; i++) {
        const struct process *p = &process[i];
        const double slow = 1 + p->rate_hz * p->dead_s;
        bh_trains *trains = trains_of_process(p, 200, 50, 11 + i);
        bh_fano f;
        bh_diag diag = {0};
        CHECK_NEAR(bh_trains_rate(trains), p->rate_hz / slow, 0.5 / slow);
        CHECK_OK(bh_fano_get(trains, 0.5, BH_FANO_WINDOWS, &f, &diag), diag);
        CHECK_NEAR(f.factor, 1 / (slow * slow), 0.042 / (slow * slow) + 0.002);
        bh_trains_free(trains);
    }
}

TEST_MAIN("analysis/rate", {"psth against elephant", test_psth_against_elephant},
          {"edges", test_edges}, {"response", test_response}, {"latency", test_latency},
          {"latency of poisson", test_latency_of_poisson},
          {"fano against numpy", test_fano_against_numpy},
          {"dead time", test_dead_time})
