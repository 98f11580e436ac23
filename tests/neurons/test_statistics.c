/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Monitors that keep figures, on spikes that are given. */
#include "tests/neurons/cut.h"

/* Neuron 0 at 1, 3, 6 and 10 ms, neuron 1 at 4 ms, neuron 599 at 20 ms. */
static bh_group *
given(bh_network *net)
{
    static const double time_s[] = {1e-3, 3e-3, 6e-3, 10e-3, 4e-3, 20e-3};
    static const uint32_t index[] = {0, 0, 0, 0, 1, 599};
    bh_diag diag;
    bh_group *group;
    bh_generator_config config = bh_generator_config_default();
    config.count = 600;
    config.spikes = (bh_events){time_s, index, 6};
    CHECK_OK(bh_generator_new(net, &config, &group, &diag), diag);
    return group;
}

static void
test_counter(void)
{
    bh_diag diag;
    bh_spike_counter *counter;
    bh_network *net = network(plain, 1e-4);
    CHECK_OK(bh_spike_counter_new(given(net), &counter, &diag), diag);
    CHECK_OK(bh_network_run(net, 0.05, &diag), diag);
    const uint64_t *counts = bh_spike_counter_counts(counter);
    CHECK(counts[0] == 4 && counts[1] == 1 && counts[2] == 0 && counts[599] == 1);
    bh_network_free(net);
}

static void
test_rate(void)
{
    bh_diag diag;
    bh_rate_monitor *monitor;
    const double *rates;
    double smooth[25];
    size_t count;
    bh_network *net = network(plain, 1e-4);
    bh_group *group = given(net);
    CHECK_OK(bh_rate_monitor_new(group, 2e-3, &monitor, &diag), diag);
    CHECK_OK(bh_network_run(net, 5e-3, &diag), diag);
    CHECK_OK(bh_rate_monitor_rates(monitor, &rates, &count, &diag), diag);
    CHECK(count == 2);
    CHECK_OK(bh_network_run(net, 45e-3, &diag), diag);
    CHECK_OK(bh_rate_monitor_rates(monitor, &rates, &count, &diag), diag);
    CU_ASSERT_FATAL(count == 25);
    const double one = 1 / (600 * 2e-3);
    static const int want[25] = {1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 1};
    for (int b = 0; b < 25; b++)
        CHECK_NEAR(rates[b], want[b] * one, 1e-9);
    /* 2*round(6/4)+1 = 5 bins; in Python round(1.5) is 2 as well */
    CHECK_OK(bh_rate_monitor_smooth(monitor, BH_RATE_FLAT, 6e-3, smooth, 25, &diag),
             diag);
    CHECK_NEAR(smooth[0], 3 * one / 5, 1e-9);
    CHECK_NEAR(smooth[3], 4 * one / 5, 1e-9);
    CHECK_NEAR(smooth[20], 0, 1e-9);
    /* a Gaussian of one bin: 5 bins with exp(-k^2/2) */
    CHECK_OK(bh_rate_monitor_smooth(monitor, BH_RATE_GAUSSIAN, 2e-3, smooth, 25, &diag),
             diag);
    double sum = 1 + 2 * exp(-0.5) + 2 * exp(-2);
    CHECK_NEAR(smooth[10], one / sum, 1e-9);
    CHECK_NEAR(smooth[12], one * exp(-2) / sum, 1e-9);
    CHECK_NEAR(smooth[13], 0, 1e-9);
    CHECK(bh_rate_monitor_smooth(monitor, BH_RATE_FLAT, 6e-3, smooth, 24, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK(bh_rate_monitor_new(group, 1.5e-4, &monitor, &diag) == BH_ERR_ARGUMENT);
    bh_network_free(net);
}

static void
test_intervals(void)
{
    static const double edges[] = {0, 2e-3, 2.95e-3, 4e-3, 5e-3};
    bh_diag diag;
    bh_histogram *histogram;
    bh_network *net = network(plain, 1e-4);
    bh_group *group = given(net);
    CHECK_OK(bh_interval_histogram_new(group, edges, 4, &histogram, &diag), diag);
    CHECK_OK(bh_network_run(net, 0.05, &diag), diag);
    const uint64_t *counts = bh_histogram_counts(histogram); /* 2, 3 and 4 ms */
    CHECK(counts[0] == 0 && counts[1] == 1 && counts[2] == 1 && counts[3] == 1);
    CHECK(bh_interval_histogram_new(group, (double[]){1, 1}, 1, &histogram, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK(bh_interval_histogram_new(group, edges, 0, &histogram, &diag) ==
          BH_ERR_ARGUMENT);
    bh_network_free(net);
}

/* v counts 0, 1 ... 9, 0 ...: every second step sees 0, 2, 4, 6, 8. */
static bh_group *
counting(bh_network *net)
{
    bh_diag diag;
    bh_group *group;
    bh_group_config config = bh_group_config_default();
    config.count = 600;
    config.equations = "dv/dt = 1/dt : 1";
    config.method = "euler";
    config.threshold = "v > 9.5";
    config.reset = "v = 0";
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    return group;
}

static void
test_states(void)
{
    static const double edges[] = {1, 3, 8, 9};
    bh_diag diag;
    bh_histogram *histogram;
    bh_network *net = network(plain, 1e-4);
    bh_group *group = counting(net);
    CHECK_OK(bh_state_histogram_new(group, "v", 2e-4, edges, 3, &histogram, &diag),
             diag);
    CHECK(bh_state_histogram_new(group, "x", 2e-4, edges, 3, &histogram, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_OK(bh_network_run(net, 10e-3, &diag), diag);
    const uint64_t *counts = bh_histogram_counts(histogram);
    CHECK(counts[0] == 600 * 10 && counts[1] == 600 * 20 && counts[2] == 600 * 10);
    bh_network_free(net);
}

/* What v was before the given spikes, in steps 10, 30, 40, 60, 100 and 200: 0 in each,
 * and 7, 8, 9 before; step 10 has only 11 rows, so 20 rows leave it out. */
static void
test_average(void)
{
    bh_diag diag;
    for (int run = 0; run < 2; run++) {
        uint64_t spikes;
        bh_state_monitor *recent;
        bh_spike_average *average, *longer;
        struct cut cut = plain;
        cut.window = run ? 256 : 7;
        bh_network *net = network(cut, 1e-4);
        bh_group *group = counting(net), *trigger = given(net);
        bh_state_monitor_config config = bh_state_monitor_config_default(group);
        config.variables = "v";
        config.index = (uint32_t[]){0, 599};
        config.count = 2;
        config.recent_s = 2e-3;
        CHECK_OK(bh_state_monitor_new(group, &config, &recent, &diag), diag);
        CHECK_OK(bh_spike_average_new(trigger, recent, "v", 4, &average, &diag), diag);
        CHECK_OK(bh_spike_average_new(trigger, recent, "v", 20, &longer, &diag), diag);
        CHECK(bh_spike_average_new(trigger, recent, "v", 22, &longer, &diag) ==
              BH_ERR_ARGUMENT);
        CHECK(isnan(((double *)bh_spike_average_rows(average, &spikes).data)[0]));
        CHECK_OK(bh_network_run(net, 0.05, &diag), diag);
        bh_block rows = bh_spike_average_rows(average, &spikes);
        CHECK(spikes == 6 && rows.frames == 4 && rows.channels == 2);
        for (int k = 0; k < 4; k++)
            CHECK_NEAR(((double *)rows.data)[2 * k + 1], (7 + k) % 10, 1e-9);
        bh_spike_average_rows(longer, &spikes);
        CHECK(spikes == 5);
        bh_network_free(net);
    }
}

TEST_MAIN("statistics", {"counter", test_counter}, {"rate", test_rate},
          {"intervals", test_intervals}, {"states", test_states},
          {"average", test_average})
