/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks of several groups: recurrent ones with and without delays, feed-forward
 * chains, summed variables and code that reaches into the sources; the same bits
 * however the run is cut. */
#include "tests/neurons/spiking.h"

static const struct cut cuts[] = {
    {2, 64, BH_CODE_AUTO, 0, 0, 1},        {3, 17, BH_CODE_AUTO, 0, 0, 1},
    {1, 1, BH_CODE_AUTO, 0, 0, 1},         {1, 256, BH_CODE_AUTO, 0, 0, 1},
    {1, 64, BH_CODE_INTERPRETED, 0, 0, 1}, {2, 64, BH_CODE_AUTO, 0, 0, 0.0071}};
enum { CUTS = sizeof cuts / sizeof cuts[0] };

/* What came out of a run: values and spikes in one row. */
struct outcome {
    double value[1 << 16];
    size_t count;
};

static void
keep(struct outcome *out, const bh_group *group, const char *variable)
{
    bh_diag diag;
    const size_t count = bh_group_count(group);
    CU_ASSERT_FATAL(out->count + count < 1 << 16);
    CHECK_OK(bh_group_get(group, variable, out->value + out->count, count, &diag),
             diag);
    out->count += count;
}

static void
keep_spikes(struct outcome *out, const bh_spike_monitor *monitor)
{
    bh_events events = bh_spike_monitor_events(monitor);
    for (size_t e = 0; e < events.count && out->count + 2 < 1 << 16; e++) {
        out->value[out->count++] = events.time_s[e];
        out->value[out->count++] = events.index[e];
    }
}

/* The network of 4000 neurons of Vogels & Abbott in small (Brian's CUBA example). */
static void
recurrent(struct cut cut, const char *delay, struct outcome *out)
{
    bh_diag diag;
    bh_group *group;
    bh_spike_monitor *monitor;
    bh_network *net = network(cut, 1e-4);
    bh_group_config config = bh_group_config_default();
    config.count = 1400;
    config.precision = cut.precision;
    config.equations = "dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless "
                       "refractory)\ndge/dt = -ge/(5*ms) : volt\n"
                       "dgi/dt = -gi/(10*ms) : volt";
    config.threshold = "v > -50*mV";
    config.reset = "v = -60*mV; ge *= 0.5";
    config.refractory = "5*ms";
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    CHECK_OK(bh_group_set(group, "v", "-60*mV + rand()*10*mV", &diag), diag);
    bh_synapses *exc = synapses(group, group, NULL, "ge += 1.62*mV", NULL, delay, NULL);
    bh_synapses *inh = synapses(group, group, "w : volt", "gi -= w", NULL, NULL, NULL);
    bh_connect_config connect = bh_connect_config_default();
    connect.probability = "0.057";
    connect.condition = "i < 1120";
    CHECK_OK(bh_synapses_connect(exc, &connect, &diag), diag);
    connect.condition = "i >= 1120";
    CHECK_OK(bh_synapses_connect(inh, &connect, &diag), diag);
    CHECK_OK(bh_synapses_set(inh, "w", NULL, "9*mV*(0.5 + rand())", &diag), diag);
    if (delay)
        CHECK_OK(bh_synapses_set(inh, "delay", NULL, "0.8*ms + rand()*2*ms", &diag),
                 diag);
    CHECK_OK(bh_spike_monitor_new(group, NULL, &monitor, &diag), diag);
    run(net, cut, 0.15);
    keep(out, group, "v");
    keep(out, group, "ge");
    keep(out, group, "gi");
    keep_spikes(out, monitor);
    CHECK(bh_spike_monitor_count(monitor) > 500);
    bh_network_free(net);
}

static void
recurrent_at_once(struct cut cut, struct outcome *out)
{
    recurrent(cut, NULL, out);
}

static void
recurrent_later(struct cut cut, struct outcome *out)
{
    recurrent(cut, "1.2*ms", out);
}

/* Poisson -> a -> b, b <-> c, a -> c: three components. */
static void
chain(struct cut cut, struct outcome *out)
{
    bh_diag diag;
    bh_group *input, *group[3];
    bh_spike_monitor *monitor[3];
    bh_network *net = network(cut, 1e-4);
    bh_poisson_config poisson = bh_poisson_config_default();
    poisson.count = 700;
    poisson.rates = "40*Hz";
    CHECK_OK(bh_poisson_new(net, &poisson, &input, &diag), diag);
    for (int g = 2; g >= 0; g--) { /* made in another order than they run in */
        static const char *const names[] = {"a", "b", "c"};
        group[g] = neurons(net, names[g], 600 + 100 * (size_t)g, cut.precision,
                           "dv/dt = -v/(10*ms) + 0.2*xi*ms**-0.5 : 1", "v > 1",
                           "v = 0");
        CHECK_OK(bh_spike_monitor_new(group[g], NULL, &monitor[g], &diag), diag);
    }
    static const struct {
        int from, to;
        const char *code, *delay;
    } ways[] = {{-1, 0, "v += 0.3", "0.5*ms"},
                {0, 1, "v += 0.2", NULL},
                {0, 2, "v += 0.2", "40*ms"},
                {1, 2, "v += 0.2", "0.3*ms"},
                {2, 1, "v -= 0.1", "0.7*ms"}};
    for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
        bh_synapses *s = synapses(ways[w].from < 0 ? input : group[ways[w].from],
                                  group[ways[w].to], NULL, ways[w].code, NULL,
                                  ways[w].delay, NULL);
        bh_connect_config connect = bh_connect_config_default();
        connect.probability = "0.02";
        CHECK_OK(bh_synapses_connect(s, &connect, &diag), diag);
    }
    run(net, cut, 0.1);
    for (int g = 0; g < 3; g++) {
        CHECK(bh_spike_monitor_count(monitor[g]) > 100);
        keep(out, group[g], "v");
        keep_spikes(out, monitor[g]);
    }
    bh_network_free(net);
}

/* Code that reads and sets variables of the sources, sums over both sides, equations of
 * the synapses' own, statements at regular times, random numbers of synapses. */
static void
coupled(struct cut cut, struct outcome *out)
{
    bh_diag diag;
    bh_network *net = network(cut, 1e-4);
    bh_group *a = neurons(net, "a", 900, cut.precision,
                          "dv/dt = (1.3 - v + c)/(10*ms) : 1\nc : 1\nn : 1\nx : 1",
                          "v > 1", "v = 0");
    bh_group *b = neurons(net, "b", 700, cut.precision,
                          "dv/dt = (s - v)/(10*ms) : 1\ns : 1\nm : 1", "v > 0.02",
                          "v = 0");
    CHECK_OK(bh_group_set(a, "v", "rand()", &diag), diag);
    bh_synapses *s =
        synapses(a, b,
                 "du/dt = (v_pre - u)/(3*ms) : 1 (clock-driven)\nw : 1\n"
                 "s_post = 0.01*u*w : 1 (summed)\nx_pre = w*v_post : 1 (summed)",
                 "m += v_pre*w; n_pre += 0.125; w += 0.1*rand()", "n_pre -= 0.5*v_post",
                 "0.4*ms", NULL);
    bh_connect_config connect = bh_connect_config_default();
    connect.probability = "0.02";
    CHECK_OK(bh_synapses_connect(s, &connect, &diag), diag);
    CHECK_OK(bh_synapses_set(s, "w", NULL, "rand()", &diag), diag);
    CHECK_OK(bh_synapses_run_regularly(s, "w *= 0.99", 1e-3, &diag), diag);
    bh_synapses *gap = synapses(a, a, "c_post = 0.05*(v_pre - v_post) : 1 (summed)",
                                NULL, NULL, NULL, NULL);
    connect.condition = "i != j";
    connect.probability = "0.01";
    CHECK_OK(bh_synapses_connect(gap, &connect, &diag), diag);
    run(net, cut, 0.05);
    keep(out, a, "v");
    keep(out, a, "n");
    keep(out, a, "x");
    keep(out, b, "v");
    keep(out, b, "m");
    out->value[out->count++] = value(s, "u", 1);
    out->value[out->count++] = value(s, "w", 77);
    bh_network_free(net);
}

/* Large enough that parts are worth a meeting of threads: they really run at a time. */
static void
large(struct cut cut, const char *delay, struct outcome *out)
{
    enum { MANY = 44000 };
    bh_diag diag;
    bh_network *net = network(cut, 1e-4);
    bh_group *group = neurons(net, "large", MANY, cut.precision,
                              "dv/dt = -v/(10*ms) + 0.5*xi*(2/(10*ms))**0.5 : 1\ng : 1",
                              "v > 1", "v = 0");
    bh_synapses *s = synapses(group, group,
                              "w : 1\ndA/dt = -A/(20*ms) : 1 (event-driven)\n"
                              "dB/dt = -B/(20*ms) : 1 (event-driven)",
                              "v += w; A += 0.01; w = clip(w - B, 0, 0.1)",
                              "B += 0.01; w = clip(w + A, 0, 0.1)", NULL, NULL);
    bh_connect_config connect = bh_connect_config_default();
    connect.probability = "0.0003";
    CHECK_OK(bh_synapses_connect(s, &connect, &diag), diag);
    CHECK_OK(bh_synapses_set(s, "w", NULL, "0.1*rand()", &diag), diag);
    if (delay)
        CHECK_OK(bh_synapses_set(s, "delay", NULL, delay, &diag), diag);
    bh_synapses *sum =
        synapses(group, group, delay ? NULL : "g_post = v_pre : 1 (summed)",
                 delay ? "g += 1" : NULL, NULL, delay ? "2*ms" : NULL, NULL);
    connect.probability = "0.0001";
    CHECK_OK(bh_synapses_connect(sum, &connect, &diag), diag);
    run(net, cut, 0.03);
    keep(out, group, "v");
    for (size_t n = 0; n < 20000; n++)
        out->value[out->count++] = 0;
    double *w = malloc(bh_synapses_count(s) * sizeof *w);
    CHECK_OK(bh_synapses_get(s, "w", w, bh_synapses_count(s), &diag), diag);
    memcpy(out->value + out->count - 20000, w, 20000 * sizeof *w);
    free(w);
    bh_network_free(net);
}

static void
test_threads(void)
{
    static const char *const delays[] = {NULL, "0*ms", "0.5*ms + rand()*3*ms"};
    struct outcome *want = calloc(1, sizeof *want), *got = calloc(1, sizeof *got);
    for (int d = 0; d < 3; d++) {
        struct cut cut = plain;
        want->count = 0;
        large(cut, delays[d], want);
        for (cut.threads = 2; cut.threads <= 3; cut.threads++) {
            got->count = 0;
            large(cut, delays[d], got);
            CHECK(got->count == want->count &&
                  !memcmp(got->value, want->value, got->count * sizeof(double)));
        }
    }
    free(want);
    free(got);
}

static void
check_cuts(void (*make)(struct cut cut, struct outcome *out))
{
    struct outcome *want = calloc(1, sizeof *want), *got = calloc(1, sizeof *got);
    for (int precision = BH_SINGLE; precision <= BH_DOUBLE; precision++) {
        struct cut cut = plain;
        cut.precision = (bh_precision)precision;
        want->count = 0;
        make(cut, want);
        for (size_t c = 0; c < CUTS; c++) {
            cut = cuts[c];
            cut.precision = (bh_precision)precision;
            got->count = 0;
            make(cut, got);
            bool same = got->count == want->count &&
                        !memcmp(got->value, want->value, got->count * sizeof(double));
            if (!same)
                fprintf(stderr, "cut %zu, precision %d differs\n", c, precision);
            CHECK(same);
        }
    }
    free(want);
    free(got);
}

static void
test_recurrent(void)
{
    check_cuts(recurrent_at_once);
    check_cuts(recurrent_later);
}

static void
test_chain(void)
{
    check_cuts(chain);
}

static void
test_coupled(void)
{
    check_cuts(coupled);
}

/* Two leaky neurons with a gap junction w: their difference goes with tau/(1 + 2 w). */
static void
test_gap_junction(void)
{
    struct cut cut = plain;
    bh_diag diag;
    cut.precision = BH_DOUBLE;
    bh_network *net = network(cut, 1e-5);
    bh_group *pair = neurons(net, "pair", 2, BH_DOUBLE,
                             "dv/dt = (v0 - v + Igap)/(10*ms) : 1\nIgap : 1\nv0 : 1",
                             NULL, NULL);
    bh_synapses *s = synapses(pair, pair,
                              "w : 1\nIgap_post = w*(v_pre - v_post) : 1 (summed)",
                              NULL, NULL, NULL, NULL);
    bh_connect_config connect = bh_connect_config_default();
    connect.condition = "i != j";
    CHECK_OK(bh_synapses_connect(s, &connect, &diag), diag);
    CHECK_OK(bh_synapses_set(s, "w", NULL, "0.7", &diag), diag);
    CHECK_OK(bh_group_set(pair, "v", "i", &diag), diag);
    run(net, cut, 5e-3);
    const double want = exp(-5e-3 / (10e-3 / 2.4));
    /* the current is held over a step: of the order of dt/tau */
    CHECK_NEAR(state(pair, "v", 1) - state(pair, "v", 0), want, 1e-3 * want);
    CHECK_NEAR(state(pair, "v", 1) + state(pair, "v", 0), exp(-0.5), 1e-10);
    bh_network_free(net);
}

/* Summed variables are 0 where there is no synapse, and made anew at each step. */
static void
test_summed(void)
{
    struct cut cut = plain;
    bh_diag diag;
    bh_network *net = network(cut, 1e-4);
    bh_group *from = neurons(net, "from", 6, BH_SINGLE, "x : 1\ny : 1", NULL, NULL);
    bh_group *to = neurons(net, "to", 5, BH_SINGLE, "x2 : 1\nz : 1", NULL, NULL);
    bh_synapses *s = synapses(from, to,
                              "y_pre = z_post : 1 (summed)\n"
                              "z_post = 2*x_pre + j : 1 (summed)",
                              NULL, NULL, NULL, NULL);
    bh_connect_config connect = bh_connect_config_default();
    connect.condition = "i > j and j != 2";
    CHECK_OK(bh_synapses_connect(s, &connect, &diag), diag);
    CHECK_OK(bh_group_set(from, "x", "i", &diag), diag);
    CHECK_OK(bh_group_set(to, "z", "100", &diag), diag);
    run(net, cut, 3e-4);
    CHECK(state(to, "z", 0) == 2 * (1 + 2 + 3 + 4 + 5));
    CHECK(state(to, "z", 1) == 2 * (2 + 3 + 4 + 5) + 4);
    CHECK(state(to, "z", 2) == 0);
    CHECK(state(to, "z", 4) == 2 * 5 + 4);
    CHECK(state(from, "y", 0) == 0);
    CHECK(state(from, "y", 2) == 30 + 32);
    bh_network_free(net);
}

TEST_MAIN("neurons/advance", {"recurrent networks", test_recurrent},
          {"a chain of groups", test_chain}, {"coupled groups", test_coupled},
          {"gap junction", test_gap_junction}, {"summed variables", test_summed},
          {"threads at a time", test_threads})
