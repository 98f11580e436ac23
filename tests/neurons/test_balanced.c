/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two networks of Vogels & Abbott (2005, J. Neurosci. 25:10786) in Brian's form:
 * 4000 neurons with sparse random synapses, by currents (CUBA) and by conductances
 * (COBA). The rates are those of Brian 2.5.1; the networks are chaotic, so no spikes
 * can be compared. */
#include "tests/neurons/spiking.h"

enum { NEURONS = 4000, EXCITATORY = 3200 };

struct activity {
    double rate_hz, cv; /* of the intervals between spikes */
};

static struct activity
activity(const bh_spike_monitor *monitor, double from_s, double to_s)
{
    static double last[NEURONS], sum[NEURONS], squares[NEURONS];
    static int intervals[NEURONS];
    bh_events events = bh_spike_monitor_events(monitor);
    struct activity out = {0, 0};
    int measured = 0;
    memset(last, 0, sizeof last);
    memset(sum, 0, sizeof sum);
    memset(squares, 0, sizeof squares);
    memset(intervals, 0, sizeof intervals);
    for (size_t e = 0; e < events.count; e++) {
        const uint32_t n = events.index[e];
        if (events.time_s[e] < from_s)
            continue;
        out.rate_hz += 1 / (to_s - from_s) / NEURONS;
        const double interval = events.time_s[e] - last[n];
        if (last[n] > 0) {
            sum[n] += interval;
            squares[n] += interval * interval;
            intervals[n]++;
        }
        last[n] = events.time_s[e];
    }
    for (int n = 0; n < NEURONS; n++) {
        const double mean = sum[n] / intervals[n];
        if (intervals[n] < 8)
            continue;
        out.cv += sqrt(fmax(0, squares[n] / intervals[n] - mean * mean)) / mean;
        measured++;
    }
    out.cv /= measured;
    return out;
}

static struct activity
balanced(bh_precision precision, const char *equations, const char *method,
         const char *const start[3], const char *exc, const char *inh)
{
    bh_diag diag;
    struct cut cut = plain;
    const double seconds = 4;
    cut.precision = precision;
    bh_network *net = network(cut, 1e-4);
    bh_group *group;
    bh_spike_monitor *monitor;
    bh_group_config config = bh_group_config_default();
    config.count = NEURONS;
    config.precision = precision;
    config.equations = equations;
    config.threshold = "v > -50*mV";
    config.reset = "v = -60*mV";
    config.refractory = "5*ms";
    config.method = method;
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    CHECK_OK(bh_group_set(group, "v", start[0], &diag), diag);
    CHECK_OK(bh_group_set(group, "ge", start[1], &diag), diag);
    CHECK_OK(bh_group_set(group, "gi", start[2], &diag), diag);
    bh_connect_config connect = bh_connect_config_default();
    connect.probability = "0.02";
    connect.condition = "i < 3200";
    bh_synapses *s = synapses(group, group, NULL, exc, NULL, NULL, NULL);
    CHECK_OK(bh_synapses_connect(s, &connect, &diag), diag);
    connect.condition = "i >= 3200";
    s = synapses(group, group, NULL, inh, NULL, NULL, NULL);
    CHECK_OK(bh_synapses_connect(s, &connect, &diag), diag);
    CHECK_OK(bh_spike_monitor_new(group, NULL, &monitor, &diag), diag);
    run(net, cut, seconds);
    struct activity out = activity(monitor, 0.25, seconds);
    bh_network_free(net);
    return out;
}

static void
test_currents(void)
{
    static const char *const start[] = {"-60*mV + rand()*10*mV", "0*mV", "0*mV"};
    for (int precision = BH_SINGLE; precision <= BH_DOUBLE; precision++) {
        struct activity a = balanced(
            (bh_precision)precision,
            "dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless refractory)\n"
            "dge/dt = -ge/(5*ms) : volt\ndgi/dt = -gi/(10*ms) : volt",
            "exact", start, "ge += 1.62*mV", "gi -= 9*mV");
        CHECK_NEAR(a.rate_hz, 5.5, 0.3); /* Brian 2: 5.58 */
        CHECK_NEAR(a.cv, 0.65, 0.03);    /* Brian 2: 0.649 */
    }
}

static void
test_conductances(void)
{
    static const char *const start[] = {"-60*mV + (randn()*5 - 5)*mV",
                                        "randn()*1.5 + 4", "randn()*12 + 20"};
    struct activity a =
        balanced(BH_SINGLE,
                 "dv/dt = (ge*(0*mV - v) + gi*(-80*mV - v) - (v + 60*mV))/(20*ms) : "
                 "volt (unless "
                 "refractory)\ndge/dt = -ge/(5*ms) : 1\ndgi/dt = -gi/(10*ms) : 1",
                 "exponential_euler", start, "ge += 0.6", "gi += 6.7");
    CHECK_NEAR(a.rate_hz, 19.3, 0.8); /* Brian 2: 19.2 to 19.4 in single runs */
    CHECK(a.cv > 0.8);
}

TEST_MAIN("neurons/balanced", {"currents", test_currents},
          {"conductances", test_conductances})
