/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups whose spikes come from chance or from lists. */
#include "tests/neurons/cut.h"

static bh_spike_monitor *
listen(bh_group *group)
{
    bh_diag diag;
    bh_spike_monitor *monitor;
    CHECK_OK(bh_spike_monitor_new(group, NULL, &monitor, &diag), diag);
    return monitor;
}

static bh_group *
poisson(bh_network *net, size_t count, const char *rates, bh_precision precision)
{
    bh_diag diag;
    bh_group *group;
    bh_poisson_config config = bh_poisson_config_default();
    config.count = count;
    config.rates = rates;
    config.precision = precision;
    CHECK_OK(bh_poisson_new(net, &config, &group, &diag), diag);
    return group;
}

/* 4000 neurons at 15 Hz for 5 s: 300000 spikes, standard deviation 548; the counts of
 * the neurons have variance = mean * (1 - p). */
static void
test_poisson_constant(void)
{
    enum { COUNT = 4000 };
    bh_diag diag;
    for (int precision = BH_SINGLE; precision <= BH_DOUBLE; precision++) {
        double counts[COUNT] = {0}, mean = 0, variance = 0;
        bh_network *net = network(plain, 1e-4);
        bh_spike_monitor *spikes =
            listen(poisson(net, COUNT, "15*Hz", (bh_precision)precision));
        CHECK_OK(bh_network_run(net, 5, &diag), diag);
        bh_events events = bh_spike_monitor_events(spikes);
        CHECK_NEAR((double)events.count, 300000, 4 * 548);
        for (size_t s = 0; s < events.count; s++)
            counts[events.index[s]]++;
        for (int n = 0; n < COUNT; n++)
            mean += counts[n] / COUNT;
        for (int n = 0; n < COUNT; n++)
            variance += (counts[n] - mean) * (counts[n] - mean) / (COUNT - 1);
        /* the dispersion of 4000 counts has a standard deviation of sqrt(2/4000) */
        CHECK_NEAR(variance / mean, 1 - 0.0015, 4 * 0.0224);
        bh_network_free(net);
    }
}

/* Rates as an expression of t and i, as values, and through the namespace. */
static void
test_poisson_rates(void)
{
    bh_diag diag;
    bh_network *net = network(plain, 1e-3);
    bh_group *group = poisson(net, 100, "i*Hz*int(t < 5*second)", BH_SINGLE);
    bh_group *set = poisson(net, 2, NULL, BH_SINGLE);
    bh_spike_monitor *by_text = listen(group), *by_value = listen(set);
    const double rates[] = {0, 1000}; /* 1 kHz in steps of 1 ms: always */
    CHECK_OK(bh_group_set_array(set, "rates", rates, 2, &diag), diag);
    CHECK_OK(bh_network_run(net, 10, &diag), diag);
    bh_events events = bh_spike_monitor_events(by_text);
    /* sum of i for 5 s: 24750 spikes of probability up to 0.1 */
    CHECK_NEAR((double)events.count, 24750, 4 * 158);
    CHECK(events.time_s[events.count - 1] < 5);
    events = bh_spike_monitor_events(by_value);
    CHECK(events.count == 10000);
    for (size_t s = 0; s < events.count; s++)
        CHECK(events.index[s] == 1);
    bh_poisson_config config = bh_poisson_config_default();
    config.rates = "15*mV";
    CHECK(bh_poisson_new(net, &config, &group, &diag) == BH_ERR_ARGUMENT);
    bh_network_free(net);
    net = network(plain, 1e-3);
    CHECK(bh_poisson_new(net, &config, &group, &diag) == BH_ERR_TEXT);
    CHECK_HAS(diag.text, "Hz");
    bh_network_free(net);
}

/* Spikes in any order come in the steps nearest to their times, in blocks, windows and
 * runs of any length. */
static void
test_generator_order(void)
{
    static const double time_s[] = {2e-3, 1e-3, 1.04e-3, 0, 1.96e-3, 0.5, 1.1e-3};
    static const uint32_t index[] = {0, 1, 700, 1023, 3, 5, 1};
    static const double want_s[] = {0, 1e-3, 1e-3, 1.1e-3, 2e-3, 2e-3, 0.5};
    static const uint32_t want[] = {1023, 1, 700, 1, 0, 3, 5};
    static const size_t windows[] = {1, 7, 256};
    bh_diag diag;
    for (int w = 0; w < 3; w++) {
        struct cut cut = plain;
        bh_group *group;
        cut.window = windows[w];
        cut.threads = 1 + w;
        bh_network *net = network(cut, 1e-4);
        bh_generator_config config = bh_generator_config_default();
        config.count = 1024;
        config.spikes = (bh_events){time_s, index, 7};
        CHECK_OK(bh_generator_new(net, &config, &group, &diag), diag);
        bh_spike_monitor *spikes = listen(group);
        CHECK_OK(bh_network_run(net, 1.05e-3, &diag), diag);
        CHECK_OK(bh_network_run(net, 1, &diag), diag);
        bh_events events = bh_spike_monitor_events(spikes);
        CU_ASSERT_FATAL(events.count == 7);
        for (int s = 0; s < 7; s++) {
            CHECK_NEAR(events.time_s[s], want_s[s], 1e-12);
            CHECK(events.index[s] == want[s]);
        }
        bh_network_free(net);
    }
}

static void
test_generator_period(void)
{
    static const double time_s[] = {0.3e-3, 0.9e-3};
    static const uint32_t index[] = {0, 1};
    bh_diag diag;
    bh_group *group;
    bh_network *net = network(plain, 1e-4);
    bh_generator_config config = bh_generator_config_default();
    config.count = 2;
    config.spikes = (bh_events){time_s, index, 2};
    config.period_s = 1e-3;
    CHECK_OK(bh_generator_new(net, &config, &group, &diag), diag);
    bh_spike_monitor *spikes = listen(group);
    CHECK_OK(bh_network_run(net, 0.1, &diag), diag);
    bh_events events = bh_spike_monitor_events(spikes);
    CU_ASSERT_FATAL(events.count == 200);
    for (size_t s = 0; s < 200; s++)
        CHECK_NEAR(events.time_s[s], 1e-3 * (double)(s / 2) + time_s[s % 2], 1e-12);
    /* other spikes from now on: only those to come */
    CHECK_OK(bh_generator_set(
                 group, (bh_events){(double[]){0.05, 0.15}, (uint32_t[]){0, 0}, 2}, 0,
                 &diag),
             diag);
    CHECK_OK(bh_network_run(net, 0.1, &diag), diag);
    events = bh_spike_monitor_events(spikes);
    CU_ASSERT_FATAL(events.count == 201);
    CHECK_NEAR(events.time_s[200], 0.15, 1e-12);
    bh_network_free(net);
}

static void
test_generator_errors(void)
{
    static const struct {
        double time_s[2];
        uint32_t index[2];
        double period_s;
        const char *says;
    } table[] = {{{1e-3, 1.04e-3}, {0, 0}, 0, "two spikes"},
                 {{1e-3, 1e-3}, {0, 2}, 0, "neuron 2"},
                 {{-1e-3, 1e-3}, {0, 1}, 0, "0 s or later"},
                 {{NAN, 1e-3}, {0, 1}, 0, "0 s or later"},
                 {{1e-3, 2e-3}, {0, 1}, 2e-3, "behind its period"},
                 {{1e-3, 2e-3}, {0, 1}, 2.05e-3, "multiple"},
                 {{1e-3, 2e-3}, {0, 1}, -1, "multiple"}};
    bh_diag diag;
    bh_group *group;
    bh_network *net = network(plain, 1e-4);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        bh_generator_config config = bh_generator_config_default();
        config.count = 2;
        config.spikes = (bh_events){table[i].time_s, table[i].index, 2};
        config.period_s = table[i].period_s;
        CHECK(bh_generator_new(net, &config, &group, &diag) != BH_OK);
        CHECK_HAS(diag.text, table[i].says);
    }
    group = poisson(net, 2, NULL, BH_SINGLE);
    CHECK(bh_generator_set(group, (bh_events){0}, 0, &diag) == BH_ERR_ARGUMENT);
    bh_network_free(net);
}

/* A stream that gives one spike a millisecond, of neuron 0, 1 ... in turn. */
struct stream {
    int64_t next;
    double time_s[1000];
    uint32_t index[1000];
    double late_s;
};

static bh_status
stream_next(void *user, double from_s, double to_s, bh_events *out, bh_diag *diag)
{
    struct stream *stream = user;
    size_t count = 0;
    if (from_s > 0.4)
        return bh_diag_set(diag, BH_ERR_DATA, "the stream is at its end");
    while ((double)stream->next * 1e-3 < to_s) {
        stream->time_s[count] = (double)stream->next * 1e-3 + stream->late_s;
        stream->index[count++] = (uint32_t)(stream->next++ % 600);
    }
    *out = (bh_events){stream->time_s, stream->index, count};
    return BH_OK;
}

static void
test_generator_stream(void)
{
    bh_diag diag;
    bh_group *group;
    for (int late = 0; late < 2; late++) {
        struct stream stream = {.late_s = late ? 1 : 0};
        bh_network *net = network(plain, 1e-4);
        bh_generator_config config = bh_generator_config_default();
        config.count = 600;
        config.next = stream_next;
        config.user = &stream;
        CHECK_OK(bh_generator_new(net, &config, &group, &diag), diag);
        bh_spike_monitor *spikes = listen(group);
        if (late) {
            CHECK(bh_network_run(net, 0.3, &diag) == BH_ERR_DATA);
            CHECK_HAS(diag.text, "were wanted");
        } else {
            CHECK_OK(bh_network_run(net, 0.3, &diag), diag);
            bh_events events = bh_spike_monitor_events(spikes);
            CU_ASSERT_FATAL(events.count == 300);
            for (size_t s = 0; s < 300; s++) {
                CHECK_NEAR(events.time_s[s], (double)s * 1e-3, 1e-12);
                CHECK(events.index[s] == s);
            }
            CHECK(bh_network_run(net, 1, &diag) == BH_ERR_DATA);
            CHECK_HAS(diag.text, "at its end");
        }
        bh_network_free(net);
    }
}

/* Each once, normally distributed: 2000 times with a mean within 4 standard errors. */
static void
test_pulse_packet(void)
{
    enum { COUNT = 2000 };
    bh_diag diag;
    bh_group *group;
    double mean = 0, variance = 0;
    int seen[COUNT] = {0};
    bh_network *net = network(plain, 1e-5);
    CHECK_OK(bh_pulse_packet_new(net, "packet", COUNT, 0.05, 5e-3, &group, &diag),
             diag);
    bh_spike_monitor *spikes = listen(group);
    CHECK_OK(bh_network_run(net, 0.1, &diag), diag);
    bh_events events = bh_spike_monitor_events(spikes);
    CU_ASSERT_FATAL(events.count == COUNT);
    for (size_t s = 0; s < COUNT; s++) {
        seen[events.index[s]]++;
        mean += events.time_s[s] / COUNT;
    }
    for (size_t s = 0; s < COUNT; s++) {
        CHECK(seen[s] == 1);
        variance += pow(events.time_s[s] - mean, 2) / COUNT;
    }
    CHECK_NEAR(mean, 0.05, 4 * 5e-3 / sqrt(COUNT));
    CHECK_NEAR(sqrt(variance), 5e-3, 4 * 5e-3 / sqrt(2 * COUNT));
    CHECK(bh_pulse_packet_new(net, "x", 5, NAN, 1, &group, &diag) == BH_ERR_ARGUMENT);
    bh_network_free(net);
}

/* Each neuron sums what arrives: mean N p w a step, variance N p (1-p) w^2, for a few
 * inputs (exact numbers) and many (normal ones), compiled and interpreted alike. */
static double
arrived(struct cut cut, size_t inputs, double *mean, double *variance)
{
    enum { COUNT = 2000, STEPS = 200 };
    bh_diag diag;
    double v[COUNT];
    bh_group *group;
    bh_network *net = network(cut, 1e-4);
    bh_group_config config = bh_group_config_default();
    config.count = COUNT;
    config.precision = cut.precision;
    config.equations = "v : volt\nw : 1";
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    CHECK_OK(bh_group_set(group, "w", "2", &diag), diag);
    CHECK_OK(bh_poisson_input_new(group, "v", inputs, "100*Hz", "w*0.5*mV", &diag),
             diag);
    CHECK_OK(bh_network_run(net, STEPS * 1e-4, &diag), diag);
    CHECK_OK(bh_group_get(group, "v", v, COUNT, &diag), diag);
    *mean = *variance = 0;
    for (int n = 0; n < COUNT; n++)
        *mean += v[n] * 1e3 / COUNT / STEPS;
    for (int n = 0; n < COUNT; n++)
        *variance += pow(v[n] * 1e3 - *mean * STEPS, 2) / (COUNT - 1) / STEPS;
    bh_network_free(net);
    return v[0];
}

static void
test_poisson_input(void)
{
    static const size_t inputs[] = {1, 100, 400, 2000};
    for (int i = 0; i < 4; i++)
        for (int precision = BH_SINGLE; precision <= BH_DOUBLE; precision++) {
            double mean, variance, other, n = (double)inputs[i], p = 0.01;
            struct cut cut = plain;
            cut.precision = (bh_precision)precision;
            double first = arrived(cut, inputs[i], &mean, &variance);
            CHECK_NEAR(mean, n * p, 4 * sqrt(n * p / 400000));
            CHECK_NEAR(variance / (n * p * (1 - p)), 1, 4 * sqrt(2.0 / 2000));
            cut.code = BH_CODE_INTERPRETED;
            cut.window = 7;
            CHECK(arrived(cut, inputs[i], &other, &variance) == first);
        }
    bh_diag diag;
    bh_network *net = network(plain, 1e-4);
    bh_group *group = poisson(net, 2, NULL, BH_SINGLE);
    CHECK(bh_poisson_input_new(group, "rates", 5, "t/second*Hz", "1*Hz", &diag) ==
          BH_ERR_TEXT);
    CHECK_HAS(diag.text, "constant");
    CHECK(bh_poisson_input_new(group, "rates", 5, "8*Hz", "1*mV", &diag) ==
          BH_ERR_TEXT);
    CHECK(bh_poisson_input_new(group, "rates", 5, "80*kHz", "1*Hz", &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "from 0 to 1");
    bh_network_free(net);
}

TEST_MAIN("input", {"constant rates", test_poisson_constant},
          {"other rates", test_poisson_rates},
          {"order of spikes", test_generator_order}, {"period", test_generator_period},
          {"errors", test_generator_errors}, {"stream", test_generator_stream},
          {"pulse packet", test_pulse_packet}, {"poisson input", test_poisson_input})
