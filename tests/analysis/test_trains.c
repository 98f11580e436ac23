/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/analysis/trains.h"

static const double time_s[] = {0.3, 0.1, 0.2, 0.1, 0.05, 0.4};
static const uint32_t neuron[] = {2, 2, 0, 1, 2, 0};

static void
test_sorting(void)
{
    const bh_events events = {time_s, neuron, 6};
    bh_trains *trains = trains_of(events, 4, 0.1, 0.4);
    CHECK(bh_trains_count(trains) == 4);
    CHECK(bh_trains_spikes(trains) == 4); /* 0.05 is before, 0.4 not before the end */
    CHECK(bh_trains_get(trains, 0).count == 1);
    CHECK(bh_trains_get(trains, 0).time_s[0] == 0.2);
    CHECK(bh_trains_get(trains, 1).time_s[0] == 0.1);
    const bh_train two = bh_trains_get(trains, 2);
    CHECK(two.count == 2 && two.time_s[0] == 0.1 && two.time_s[1] == 0.3);
    CHECK(bh_trains_get(trains, 3).count == 0);
    CHECK(bh_trains_start(trains) == 0.1);
    CHECK_NEAR(bh_trains_duration(trains), 0.3, 1e-15);
    CHECK_NEAR(bh_trains_rate(trains), 4 / (4 * 0.3), 1e-12);
    bh_trains_free(trains);
    bh_trains_free(NULL);
}

static void
test_choice_and_trials(void)
{
    const uint32_t chosen[] = {2, 0};
    const double other_s[] = {0.25};
    const uint32_t other[] = {0};
    const bh_events trial[] = {{time_s, neuron, 6}, {other_s, other, 1}};
    const bh_trains_config config = {
        .neurons = 3, .index = chosen, .index_count = 2, .start_s = 0, .stop_s = 1};
    bh_trains *trains = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_trains_new(&config, trial, 2, &trains, &diag), diag);
    CHECK(bh_trains_count(trains) == 4);
    CHECK(bh_trains_get(trains, 0).count == 3); /* neuron 2, first trial */
    CHECK(bh_trains_get(trains, 1).count == 2); /* neuron 0, first trial */
    CHECK(bh_trains_get(trains, 2).count == 0);
    CHECK(bh_trains_get(trains, 3).count == 1 &&
          bh_trains_get(trains, 3).time_s[0] == 0.25);
    bh_trains_free(trains);
}

static void
test_bins(void)
{
    bh_trains *trains = trains_of((bh_events){time_s, neuron, 6}, 3, 0, 0.3);
    CHECK(bh_trains_bins(trains, 0.1) == 3); /* 0.3 / 0.1 is 2.9999999999999996 */
    CHECK(bh_trains_bins(trains, 0.07) == 4);
    CHECK(bh_trains_bins(trains, 1) == 0);
    bh_trains_free(trains);
}

static void
test_refusals(void)
{
    const double late[] = {NAN};
    const uint32_t twice[] = {1, 1}, far[] = {3};
    bh_events events = {time_s, neuron, 6};
    bh_trains_config config = {.neurons = 2, .stop_s = 1};
    bh_trains *trains = NULL;
    bh_diag diag = {0};
    CHECK(bh_trains_new(&config, &events, 1, &trains, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "a spike of neuron 2; there are 2");
    config.neurons = 3;
    config.stop_s = 0;
    CHECK(bh_trains_new(&config, &events, 1, &trains, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "a window from 0 s to 0 s");
    config.stop_s = 1;
    CHECK(bh_trains_new(&config, &events, 0, &trains, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "no trial is chosen");
    config.index = twice;
    config.index_count = 2;
    CHECK(bh_trains_new(&config, &events, 1, &trains, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "neuron 1 is chosen twice");
    config.index = far;
    config.index_count = 1;
    CHECK(bh_trains_new(&config, &events, 1, &trains, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "neuron 3 is chosen; there are 3");
    config.index = NULL;
    events = (bh_events){late, neuron, 1};
    CHECK(bh_trains_new(&config, &events, 1, &trains, &diag) == BH_ERR_DATA);
    CHECK(trains == NULL);
}

TEST_MAIN("analysis/trains", {"sorting", test_sorting},
          {"choice and trials", test_choice_and_trials}, {"bins", test_bins},
          {"refusals", test_refusals})
