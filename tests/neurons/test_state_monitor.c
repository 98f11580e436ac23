/* SPDX-License-Identifier: GPL-3.0-or-later */
/* State monitors: what they record is what a run of single steps shows, however the run
 * is cut. */
#include "tests/neurons/cut.h"

enum { NEURONS = 1300 };

/* Neurons that count: v is k at the start of step k, twice is 2*k, and spikes reset it
 * by 100 at the end of step 99. */
static bh_group *
counters(bh_network *net, bh_precision precision)
{
    bh_diag diag;
    bh_group *group;
    bh_group_config config = bh_group_config_default();
    config.name = "counters";
    config.count = NEURONS;
    config.precision = precision;
    config.equations = "dv/dt = 1/dt : 1\ntwice = 2*v + i : 1\nw : 1\n"
                       "late = v > 50 : boolean";
    config.method = "euler";
    config.threshold = "v > 99.5";
    config.reset = "v -= 100";
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    CHECK_OK(bh_group_run_regularly(group, "w = t/ms", 5e-4, &diag), diag);
    return group;
}

static double
at(bh_block block, size_t row, size_t column)
{
    size_t i = row * block.stride + column;
    return block.precision == BH_SINGLE ? (double)((float *)block.data)[i]
                                        : ((double *)block.data)[i];
}

static bh_block
rows(const bh_state_monitor *monitor, const char *variable)
{
    bh_diag diag;
    bh_block block = {0};
    CHECK_OK(bh_state_monitor_rows(monitor, variable, &block, &diag), diag);
    return block;
}

static bh_state_monitor *
watch(bh_group *group, const bh_state_monitor_config *config)
{
    bh_diag diag;
    bh_state_monitor *monitor;
    CHECK_OK(bh_state_monitor_new(group, config, &monitor, &diag), diag);
    return monitor;
}

static void
check_counting(struct cut cut)
{
    static const uint32_t some[] = {1299, 0, 512, 511, 0};
    bh_diag diag;
    bh_network *net = network(cut, 1e-4);
    bh_group *group = counters(net, cut.precision);
    bh_state_monitor_config config = bh_state_monitor_config_default(group);
    config.variables = "v twice, w late lastspike";
    bh_state_monitor *all = watch(group, &config);
    config.index = some;
    config.count = 5;
    config.every_s = 7e-4;
    bh_state_monitor *seventh = watch(group, &config);
    config.when = "end";
    bh_state_monitor *seventh_end = watch(group, &config);
    CHECK_OK(bh_network_run(net, 1e-3, &diag), diag);
    CHECK_OK(bh_network_run(net, 0.029, &diag), diag);
    CHECK(bh_state_monitor_count(all) == 300);
    CHECK(bh_state_monitor_count(seventh) == 43);
    bh_block v = rows(all, "v"), twice = rows(all, "twice"), w = rows(all, "w"),
             late = rows(all, "late"), last = rows(all, "lastspike");
    CHECK(v.frames == 300 && v.channels == NEURONS && v.precision == cut.precision);
    for (size_t k = 0; k < 300; k++)
        for (size_t n = 0; n < NEURONS; n += 433) {
            CHECK_NEAR(at(v, k, n), (double)(k % 100), 0);
            CHECK_NEAR(at(twice, k, n), (double)(2 * (k % 100) + n), 0);
            CHECK_NEAR(at(late, k, n), k % 100 > 50, 0);
            if (k >= 100)
                CHECK_NEAR(at(last, k, n), k < 200 ? 9.9e-3 : 19.9e-3, 1e-8);
            /* set at the start of steps 0, 5 ..., behind what is recorded there */
            CHECK_NEAR(at(w, k, n), k < 6 ? 0 : (double)((k - 1) / 5) * 0.5, 1e-6);
        }
    bh_block end = rows(seventh_end, "v");
    v = rows(seventh, "v");
    twice = rows(seventh, "twice");
    CHECK(v.channels == 5 && v.frames == 43 && end.frames == 43);
    for (size_t r = 0; r < 43; r++)
        for (size_t c = 0; c < 5; c++) {
            CHECK_NEAR(at(v, r, c), (double)(7 * r % 100), 0);
            CHECK_NEAR(at(twice, r, c), (double)(14 * r % 200 + some[c]), 0);
            CHECK_NEAR(at(end, r, c), (double)((7 * r + 1) % 100), 0);
            CHECK_NEAR(bh_state_monitor_time(seventh, r), 7e-4 * (double)r, 1e-12);
        }
    bh_network_free(net);
}

static void
test_counting(void)
{
    static const struct cut cuts[] = {
        {1, 256, BH_CODE_AUTO, BH_RANDOM_FAST, BH_DOUBLE, 1},
        {2, 64, BH_CODE_AUTO, BH_RANDOM_FAST, BH_SINGLE, 1},
        {3, 1, BH_CODE_AUTO, BH_RANDOM_FAST, BH_SINGLE, 1},
        {2, 37, BH_CODE_INTERPRETED, BH_RANDOM_FAST, BH_DOUBLE, 1}};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++)
        check_counting(cuts[i]);
}

/* Linked variables are what the step sees, and are there at its start. */
static void
test_linked(void)
{
    bh_diag diag;
    bh_source *source;
    bh_sound *sound = ramp(100, 2, 1e4);
    bh_network *net = network(plain, 1e-4);
    bh_group *group = follower(net, "follower", 4, BH_SINGLE);
    CHECK_OK(bh_sound_source(sound, &source, &diag), diag);
    CHECK_OK(bh_link(group, "I", source, "x+1", &diag), diag);
    bh_state_monitor_config config = bh_state_monitor_config_default(group);
    config.variables = "I v";
    bh_state_monitor *monitor = watch(group, &config);
    CHECK_OK(bh_network_run(net, 0.01, &diag), diag);
    bh_block input = rows(monitor, "I"), v = rows(monitor, "v");
    for (size_t k = 0; k < 100; k++)
        for (size_t n = 0; n < 4; n++) {
            double want = (double)(1000 * (n / 2) + k + 1);
            CHECK_NEAR(at(input, k, n), want, 0);
            CHECK_NEAR(at(v, k, n), k == 0 ? 0 : want - 1, 0);
        }
    bh_network_free(net);
    bh_source_free(source);
    bh_sound_free(sound);
}

/* The last M = int(D/dt) + 1 rows are those of a monitor that keeps all, after 2.5 M
 * steps and after many. */
static void
test_recent(void)
{
    static const double runs_s[] = {0.00127, 0.02, 0.3};
    for (int every = 1; every <= 3; every += 2) {
        bh_diag diag;
        bh_block row = {0};
        bh_network *net = network(plain, 1e-5);
        bh_group *group = counters(net, BH_SINGLE);
        bh_state_monitor_config config = bh_state_monitor_config_default(group);
        config.variables = "twice v";
        config.index = (uint32_t[]){3, 1200};
        config.count = 2;
        config.every_s = every * 1e-5;
        bh_state_monitor *all = watch(group, &config);
        config.recent_s = 0.5e-3;
        bh_state_monitor *recent = watch(group, &config);
        size_t depth = (size_t)(50 / every) + 1;
        void *data = NULL;
        for (int r = 0; r < 3; r++) {
            CHECK_OK(bh_network_run(net, runs_s[r], &diag), diag);
            bh_block want = rows(all, "twice"), got = rows(recent, "twice");
            size_t filled = want.frames < depth ? want.frames : depth;
            CU_ASSERT_FATAL(got.frames == filled);
            for (size_t k = 0; k < filled; k++) {
                size_t old = want.frames - filled + k;
                CHECK_NEAR(at(got, k, 0), at(want, old, 0), 0);
                CHECK_NEAR(at(got, k, 1), at(want, old, 1), 0);
                CHECK_NEAR(bh_state_monitor_time(recent, k),
                           bh_state_monitor_time(all, old), 1e-12);
            }
            CHECK_OK(bh_state_monitor_past(recent, "v", 0.25e-3, &row, &diag), diag);
            bh_block v = rows(all, "v");
            size_t back = 1 + (size_t)(25 / every);
            CHECK_NEAR(at(row, 0, 1), at(v, v.frames - back, 1), 0);
            /* no memory is taken while it runs */
            if (data)
                CHECK(llabs((char *)got.data - (char *)data) < 1 << 20);
            data = got.data;
        }
        CHECK(bh_state_monitor_past(recent, "v", 0.6e-3, &row, &diag) ==
              BH_ERR_ARGUMENT);
        bh_network_free(net);
    }
}

struct sink {
    size_t rows;
    double sum, last_s;
    bool fails;
};

static bh_status
add(void *user, const char *variable, double first_s, bh_block block, bh_diag *diag)
{
    struct sink *sink = user;
    CHECK(strcmp(variable, "v") == 0);
    CHECK_NEAR(first_s, (double)sink->rows * 2e-4, 1e-12);
    for (size_t k = 0; k < block.frames; k++)
        sink->sum += at(block, k, block.channels - 1);
    sink->rows += block.frames;
    return sink->fails ? bh_diag_set(diag, BH_ERR_FILE, "the disk is full") : BH_OK;
}

static void
test_sink(void)
{
    bh_diag diag;
    struct sink sink = {0};
    bh_network *net = network(plain, 1e-4);
    bh_group *group = counters(net, BH_SINGLE);
    bh_state_monitor_config config = bh_state_monitor_config_default(group);
    config.variables = "v";
    config.every_s = 2e-4;
    config.record = false;
    config.sink = add;
    config.user = &sink;
    bh_state_monitor *monitor = watch(group, &config);
    CHECK_OK(bh_network_run(net, 0.1, &diag), diag);
    CHECK(sink.rows == 500 && bh_state_monitor_count(monitor) == 500);
    CHECK_NEAR(sink.sum, 10 * 2450, 0); /* ten times 0 + 2 + ... 98 */
    CHECK(rows(monitor, "v").frames == 0);
    sink.fails = true;
    CHECK(bh_network_run(net, 0.1, &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "the disk is full");
    bh_network_free(net);
}

/* Monitors change nothing: the same spikes with and without, noise and all. */
static void
test_same_spikes(void)
{
    bh_diag diag;
    bh_events events[2];
    bh_network *nets[2];
    for (int watched = 0; watched < 2; watched++) {
        bh_group *group;
        bh_spike_monitor *spikes;
        bh_network *net = nets[watched] = network(plain, 1e-4);
        bh_group_config config = bh_group_config_default();
        config.count = NEURONS;
        config.equations =
            "dv/dt = (1.1-v)/(5*ms) + 0.3*xi*(2/(5*ms))**.5 : 1 (unless refractory)\n"
            "y = v*v + i : 1";
        config.threshold = "v > 1";
        config.reset = "v = 0.1*rand()";
        config.refractory = "2*ms";
        CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
        CHECK_OK(bh_spike_monitor_new(group, NULL, &spikes, &diag), diag);
        bh_state_monitor_config state = bh_state_monitor_config_default(group);
        state.variables = "v y";
        state.every_s = 3e-4;
        state.index = (uint32_t[]){600};
        state.count = 1;
        if (watched)
            watch(group, &state);
        CHECK_OK(bh_network_run(net, 0.2, &diag), diag);
        events[watched] = bh_spike_monitor_events(spikes);
    }
    CU_ASSERT_FATAL(events[0].count == events[1].count && events[0].count > 10000);
    CHECK(memcmp(events[0].time_s, events[1].time_s,
                 events[0].count * sizeof(double)) == 0);
    CHECK(memcmp(events[0].index, events[1].index,
                 events[0].count * sizeof(uint32_t)) == 0);
    bh_network_free(nets[0]);
    bh_network_free(nets[1]);
}

static void
test_errors(void)
{
    bh_diag diag;
    bh_network *net = network(plain, 1e-4);
    bh_group *group = counters(net, BH_SINGLE);
    const bh_state_monitor_config good = bh_state_monitor_config_default(group);
    bh_state_monitor_config config = good;
    bh_state_monitor *monitor;
    bh_block block;
    CHECK(bh_state_monitor_new(group, &config, &monitor, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "needs the name");
    config.variables = "v twise";
    CHECK(bh_state_monitor_new(group, &config, &monitor, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "has no variable 'twise'");
    config.variables = "v";
    config.every_s = 1.5e-4;
    CHECK(bh_state_monitor_new(group, &config, &monitor, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "multiple");
    config = good;
    config.variables = "v";
    config.when = "resets";
    CHECK(bh_state_monitor_new(group, &config, &monitor, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "resets");
    config.when = "end";
    config.recent_s = -1;
    CHECK(bh_state_monitor_new(group, &config, &monitor, &diag) == BH_ERR_ARGUMENT);
    config.recent_s = INFINITY;
    config.index = (uint32_t[]){NEURONS};
    config.count = 1;
    CHECK(bh_state_monitor_new(group, &config, &monitor, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "neuron 1300");
    config.index = NULL;
    monitor = watch(group, &config);
    CHECK(bh_state_monitor_rows(monitor, "w", &block, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "not recorded");
    bh_network_free(net);
}

TEST_MAIN("state monitor", {"counting", test_counting}, {"linked", test_linked},
          {"recent", test_recent}, {"sink", test_sink},
          {"same spikes", test_same_spikes}, {"errors", test_errors})
