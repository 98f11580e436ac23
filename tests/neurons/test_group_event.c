/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events of a group's own: the numbers are those of Brian 2.5.1 (numpy target, dt 0.1
 * ms), with events={...} and run_on_event. */
#include "tests/neurons/model.h"

static struct model
make_events(bh_precision precision)
{
    bh_diag diag;
    bh_group_config config = config_of("dv/dt = (I-v)/(10*ms) : 1 (unless refractory)\n"
                                       "I : 1\nw : 1\nn : 1",
                                       "euler", precision);
    config.count = 3;
    config.threshold = "v > 1";
    config.reset = "v = 0";
    config.refractory = "2*ms";
    struct model model = make(config, 1e-4);
    set(model, "I", "2 + 0.1*i");
    CHECK_OK(bh_group_event(model.group, "late",
                            "v > 1 or not_refractory and v > 0.9"
                            " or not not_refractory and w > 4",
                            &diag),
             diag);
    CHECK_OK(bh_group_event(model.group, "half", "v > 0.5 and w < 0.5", &diag), diag);
    CHECK_OK(bh_group_on_event(model.group, "late",
                               "n += 1 + 10*int(not_refractory); w += 1", &diag),
             diag);
    CHECK_OK(bh_group_on_event(model.group, "half", "w = 1; v -= 0.05", &diag), diag);
    return model;
}

static bh_spike_monitor *
listen(struct model model, const char *event)
{
    bh_diag diag;
    bh_spike_monitor *monitor = NULL;
    bh_spike_monitor_config config = bh_spike_monitor_config_default();
    config.event = event;
    CHECK_OK(bh_spike_monitor_new(model.group, &config, &monitor, &diag), diag);
    return monitor;
}

static void
check_events(bh_events events, const uint32_t *index, const int *step, size_t count)
{
    CHECK(events.count >= count);
    for (size_t s = 0; s < count && s < events.count; s++) {
        CHECK(events.index[s] == index[s]);
        CHECK(lround(events.time_s[s] / 1e-4) == step[s]);
    }
}

static void
test_events(void)
{
    static const uint32_t spiking[] = {2, 1, 0, 2, 1, 0}, half[] = {2, 1, 0},
                          late[] = {2, 2, 2, 1, 2, 1, 2, 1, 2, 1, 2, 0, 1, 2, 0};
    static const int spike_step[] = {63, 67, 72, 143, 151, 160},
                     half_step[] = {25, 27, 28},
                     late_step[] = {55, 56, 57, 58, 58, 59, 59, 60,
                                    60, 61, 61, 62, 62, 62, 63};
    static const double v[] = {0.36418612480553825, 0.5309386019036475,
                               0.6832120110880285},
                        w[] = {60, 59, 57}, n[] = {249, 238, 216};
    for (int single = 0; single < 2; single++) {
        double got[3];
        bh_diag diag;
        struct model model = make_events(single ? BH_SINGLE : BH_DOUBLE);
        bh_spike_monitor *at_half = listen(model, "half"),
                         *at_late = listen(model, "late");
        bh_spike_monitor *too = listen(model, "spike");
        run(model, 20e-3);
        check_events(bh_spike_monitor_events(model.spikes), spiking, spike_step, 6);
        CHECK(bh_spike_monitor_count(model.spikes) == 6);
        CHECK(bh_spike_monitor_count(too) == 6);
        check_events(bh_spike_monitor_events(at_half), half, half_step, 3);
        CHECK(bh_spike_monitor_count(at_half) == 3);
        check_events(bh_spike_monitor_events(at_late), late, late_step, 15);
        CHECK(bh_spike_monitor_count(at_late) == 173);
        CHECK_OK(bh_group_get(model.group, "v", got, 3, &diag), diag);
        for (int i = 0; i < 3; i++)
            CHECK_NEAR(got[i], v[i], single ? 1e-5 : 1e-14);
        CHECK_OK(bh_group_get(model.group, "w", got, 3, &diag), diag);
        for (int i = 0; i < 3; i++)
            CHECK(got[i] == w[i]);
        CHECK_OK(bh_group_get(model.group, "n", got, 3, &diag), diag);
        for (int i = 0; i < 3; i++)
            CHECK(got[i] == n[i]);
        bh_network_free(model.net);
    }
}

/* Events need no threshold, and hear rand(): how often a fair coin falls in 1000 blocks
 * of neurons is within 4 standard deviations. Windows make no difference. */
static void
test_without_threshold(void)
{
    uint64_t counts[2];
    for (int i = 0; i < 2; i++) {
        bh_diag diag;
        bh_group_config config = config_of("n : 1", NULL, BH_SINGLE);
        config.count = 1000;
        bh_network_config network = bh_network_config_default();
        network.code = mode;
        network.window = i ? 1 : 256;
        struct model model = {0};
        CHECK_OK(bh_network_new(&network, &model.net, &diag), diag);
        CHECK_OK(bh_group_new(model.net, &config, &model.group, &diag), diag);
        CHECK_OK(bh_group_event(model.group, "heads", "rand() < 0.5", &diag), diag);
        CHECK_OK(bh_group_on_event(model.group, "heads", "n += 1", &diag), diag);
        bh_spike_monitor *heads = listen(model, "heads");
        run(model, 0.1);
        counts[i] = bh_spike_monitor_count(heads);
        double n[1000], sum = 0;
        CHECK_OK(bh_group_get(model.group, "n", n, 1000, &diag), diag);
        for (int k = 0; k < 1000; k++)
            sum += n[k];
        CHECK(sum == (double)counts[i]);
        CHECK_NEAR(sum, 500000, 4 * sqrt(1e6 / 4));
        bh_network_free(model.net);
    }
    CHECK(counts[0] == counts[1]);
}

static void
test_bad_events(void)
{
    bh_diag diag;
    bh_spike_monitor_config config = {.event = "lates"};
    struct model model = make_events(BH_DOUBLE);
    bh_group *group = model.group;
    CHECK(bh_group_event(group, "late", "v > 1", &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "'late' already");
    CHECK(bh_group_event(group, "spike", "v > 1", &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "threshold");
    CHECK(bh_group_event(group, "a*/b", "v > 1", &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_group_event(group, NULL, "v > 1", &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_group_event(group, "", "v > 1", &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_group_event(group, "e", "v + 1", &diag) == BH_ERR_TEXT);
    CHECK_HAS(diag.where, "event e of");
    CHECK(bh_group_event(group, "e", NULL, &diag) == BH_ERR_TEXT);
    CHECK(bh_group_event(group, "e", "xi > 1*second**-0.5", &diag) == BH_ERR_TEXT);
    CHECK(bh_group_on_event(group, "e", "v = 1", &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "no event 'e'");
    CHECK(bh_group_on_event(group, "spike", "v = 1", &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "reset");
    CHECK(bh_group_on_event(group, "late", "v = 1", &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "already");
    CHECK(bh_spike_monitor_new(group, &config, NULL, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "did you mean 'late'");
    run(model, 1e-3);
    CHECK(bh_group_event(group, "e", "v > 1", &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "before the network runs");
    bh_network_free(model.net);
}

static void
test_interpreted(void)
{
    mode = BH_CODE_INTERPRETED;
    test_events();
    test_without_threshold();
    mode = BH_CODE_AUTO;
}

TEST_MAIN("group events", {"events", test_events},
          {"without threshold", test_without_threshold},
          {"bad events", test_bad_events}, {"interpreted", test_interpreted})
