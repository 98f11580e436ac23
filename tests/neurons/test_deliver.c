/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plastic synapses with delays of their own in both directions: against a reference
 * that takes each pair by itself, event-driven against clock-driven, and the same bits
 * however the run is cut. */
#include "tests/neurons/spiking.h"

enum { N = 200 };

static const char stdp[] = "w : 1\n"
                           "dApre/dt = -Apre/(20*ms) : 1 (event-driven)\n"
                           "dApost/dt = -Apost/(30*ms) : 1 (event-driven)";
static const char on_pre[] = "g += w; Apre += 0.01; w = clip(w + Apost, 0, 1)",
                  on_pre_alone[] = "g += w; Apre += 0.01; w = clip(w + Apost + "
                                   "0*lastupdate/second, 0, 1)",
                  on_post[] = "Apost -= 0.0105; w = clip(w + Apre, 0, 1)";

struct plastic {
    bh_network *net;
    bh_group *pre, *post;
    bh_synapses *s;
    bh_spike_monitor *pre_spikes, *post_spikes;
    size_t count;
};

static struct plastic
plastic(struct cut cut, size_t neurons_of_each, const char *probability,
        const char *code, const char *delay, const char *delay_post,
        const char *fixed_post)
{
    bh_diag diag;
    struct plastic p = {.net = network(cut, 1e-4)};
    bh_poisson_config poisson = bh_poisson_config_default();
    poisson.name = "pre";
    poisson.count = neurons_of_each;
    poisson.rates = "15*Hz + 10*Hz*(i % 3)";
    CHECK_OK(bh_poisson_new(p.net, &poisson, &p.pre, &diag), diag);
    p.post = neurons(p.net, "post", neurons_of_each, cut.precision,
                     "dg/dt = -g/(5*ms) : 1", "rand() < 20*Hz*dt", NULL);
    p.s = synapses(p.pre, p.post, stdp, code, on_post, NULL, fixed_post);
    bh_connect_config connect = bh_connect_config_default();
    connect.probability = probability;
    CHECK_OK(bh_synapses_connect(p.s, &connect, &diag), diag);
    CHECK_OK(bh_synapses_set(p.s, "w", NULL, "rand()", &diag), diag);
    if (delay)
        CHECK_OK(bh_synapses_set(p.s, "delay", NULL, delay, &diag), diag);
    if (delay_post)
        CHECK_OK(bh_synapses_set(p.s, "delay_post", NULL, delay_post, &diag), diag);
    CHECK_OK(bh_spike_monitor_new(p.pre, NULL, &p.pre_spikes, &diag), diag);
    CHECK_OK(bh_spike_monitor_new(p.post, NULL, &p.post_spikes, &diag), diag);
    p.count = bh_synapses_count(p.s);
    return p;
}

static double *
values(const bh_synapses *s, const char *variable)
{
    bh_diag diag;
    const size_t count = bh_synapses_count(s);
    double *out = malloc(count * sizeof *out);
    CHECK_OK(bh_synapses_get(s, variable, out, count, &diag), diag);
    return out;
}

/* The arrivals at one synapse: step * 2 + (is it a postsynaptic spike?). */
static int
compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static size_t
arrivals(bh_events events, uint32_t neuron, double delay_s, int post, int64_t end,
         int64_t *out)
{
    size_t count = 0;
    for (size_t e = 0; e < events.count; e++) {
        int64_t step = (int64_t)nearbyint(events.time_s[e] / 1e-4) +
                       (int64_t)nearbyint(delay_s / 1e-4);
        if (events.index[e] == neuron && step < end)
            out[count++] = 2 * step + post;
    }
    return count;
}

static double
reference(const int64_t *events, size_t count, double w)
{
    double pre = 0, post = 0;
    for (size_t e = 0; e < count; e++) {
        const double since = 1e-4 *
                             (double)(events[e] / 2 - (e > 0 ? events[e - 1] / 2 : 0));
        pre *= exp(-since / 20e-3);
        post *= exp(-since / 30e-3);
        if (events[e] % 2 == 0) {
            pre += 0.01;
            w = fmin(fmax(w + post, 0), 1);
        } else {
            post -= 0.0105;
            w = fmin(fmax(w + pre, 0), 1);
        }
    }
    return w;
}

static void
against_each_pair(const char *delay, const char *delay_post)
{
    struct cut cut = plain;
    cut.precision = BH_DOUBLE;
    bh_diag diag;
    const double seconds = 3;
    struct plastic p = plastic(cut, N, "0.25", on_pre, delay, delay_post, NULL);
    double *before = values(p.s, "w"), *pre = values(p.s, "delay"),
           *post = values(p.s, "delay_post");
    uint32_t *i = malloc(p.count * sizeof *i), *j = malloc(p.count * sizeof *j);
    CHECK_OK(bh_synapses_pairs(p.s, i, j, p.count, &diag), diag);
    run(p.net, cut, seconds);
    double *after = values(p.s, "w");
    bh_events from = bh_spike_monitor_events(p.pre_spikes),
              to = bh_spike_monitor_events(p.post_spikes);
    int64_t *events = malloc((from.count + to.count) * sizeof *events);
    double worst = 0, change = 0;
    CHECK(p.count > 9000 && from.count > 10000 && to.count > 10000);
    for (size_t n = 0; n < p.count; n++) {
        size_t count = arrivals(from, i[n], pre[n], 0, 30000, events);
        count += arrivals(to, j[n], post[n], 1, 30000, events + count);
        qsort(events, count, sizeof *events, compare);
        worst = fmax(worst, fabs(reference(events, count, before[n]) - after[n]));
        change = fmax(change, fabs(before[n] - after[n]));
    }
    CHECK(change > 0.05);
    CHECK_NEAR(worst, 0, 1e-12); /* rounding of some hundred sums */
    free(before);
    free(after);
    free(pre);
    free(post);
    free(i);
    free(j);
    free(events);
    bh_network_free(p.net);
}

static void
test_against_each_pair(void)
{
    against_each_pair("rand()*10*ms", "rand()*10*ms");
    against_each_pair("rand()*40*ms", NULL); /* thin rows, as the engine has it, */
    against_each_pair("rand()*2*ms", NULL);  /* and dense ones */
    against_each_pair(NULL, "int(rand() < 0.5)*3*ms");
    against_each_pair(NULL, NULL);
}

/* Weights and inputs after a run. */
static double *
outcome(struct cut cut, const char *delay, const char *delay_post, size_t *count)
{
    bh_diag diag;
    struct plastic p = plastic(cut, 1100, "0.01", on_pre, delay, delay_post, NULL);
    run(p.net, cut, 0.2);
    *count = p.count + 1100;
    double *out = malloc(*count * sizeof *out);
    CHECK_OK(bh_synapses_get(p.s, "w", out, p.count, &diag), diag);
    CHECK_OK(bh_group_get(p.post, "g", out + p.count, 1100, &diag), diag);
    bh_network_free(p.net);
    return out;
}

static void
same_bits(const char *delay, const char *delay_post)
{
    static const struct cut cuts[] = {
        {2, 64, BH_CODE_AUTO, 0, 0, 1},        {3, 7, BH_CODE_AUTO, 0, 0, 1},
        {1, 1, BH_CODE_AUTO, 0, 0, 1},         {1, 256, BH_CODE_AUTO, 0, 0, 1},
        {1, 64, BH_CODE_INTERPRETED, 0, 0, 1}, {3, 64, BH_CODE_AUTO, 0, 0, 0.0113}};
    for (int precision = BH_SINGLE; precision <= BH_DOUBLE; precision++) {
        size_t count, again;
        struct cut cut = plain;
        cut.precision = (bh_precision)precision;
        double *want = outcome(cut, delay, delay_post, &count);
        for (size_t c = 0; c < sizeof cuts / sizeof cuts[0]; c++) {
            cut = cuts[c];
            cut.precision = (bh_precision)precision;
            double *got = outcome(cut, delay, delay_post, &again);
            bool same = again == count && !memcmp(got, want, count * sizeof *want);
            if (!same)
                fprintf(stderr, "cut %zu differs\n", c);
            CHECK(same);
            free(got);
        }
        free(want);
    }
}

static void
test_same_bits(void)
{
    same_bits("(rand()*4 + 0.7)*ms", "rand()*3*ms");
    same_bits("(rand()*4 + 0.7)*ms", NULL);   /* variables kept for each neuron */
    same_bits("(rand()*0.4 + 0.7)*ms", NULL); /* dense rows */
}

/* Variables that are kept for each neuron and those of each synapse (asking for
 * lastupdate makes them so): the same values, also while a run stands still. */
static void
test_traces(void)
{
    static const char *const variables[] = {"w", "Apre", "Apost"};
    static const char *const delays[] = {NULL, "1.5*ms", "rand()*8*ms", "rand()*2*ms"};
    for (int d = 0; d < 4; d++)
        for (int code = BH_CODE_COMPILED; code <= BH_CODE_INTERPRETED; code++) {
            struct cut cut = {2, 256, (bh_code_mode)code, 0, BH_DOUBLE, 1};
            bh_diag diag;
            struct plastic each[2];
            for (int n = 0; n < 2; n++) {
                each[n] = plastic(cut, 600, "0.05", n ? on_pre_alone : on_pre,
                                  delays[d], NULL, d == 1 ? "2.3*ms" : NULL);
            }
            for (int piece = 0; piece < 4; piece++) {
                for (int n = 0; n < 2; n++) {
                    run(each[n].net, cut, 0.0873);
                    if (piece == 2) /* now they are not the same for all any more */
                        CHECK_OK(bh_synapses_set(each[n].s, "Apre", "j < 7",
                                                 "0.003 + Apre", &diag),
                                 diag);
                    if (piece == 1)
                        CHECK_OK(bh_synapses_set(each[n].s, "w", NULL, "0.9*w", &diag),
                                 diag);
                }
                for (int v = 0; v < 3; v++) {
                    double *a = values(each[0].s, variables[v]),
                           *b = values(each[1].s, variables[v]), worst = 0, most = 0;
                    for (size_t n = 0; n < each[0].count; n++) {
                        worst = fmax(worst, fabs(a[n] - b[n]));
                        most = fmax(most, fabs(a[n]));
                    }
                    CHECK(most > 0.01);
                    CHECK_NEAR(worst, 0, 1e-13);
                    free(a);
                    free(b);
                }
            }
            bh_network_free(each[0].net);
            bh_network_free(each[1].net);
        }
}

/* Brian 2's test_event_driven, in double: the same weights from event-driven and from
 * clock-driven (exact) equations. */
static void
test_event_driven(void)
{
    static const char *const flag[] = {"event-driven", "clock-driven"};
    double *got[2];
    struct cut cut = plain;
    cut.precision = BH_DOUBLE;
    for (int clocked = 0; clocked < 2; clocked++) {
        bh_diag diag;
        char model[256];
        bh_group *pre, *post;
        bh_network *net = network(cut, 1e-4);
        bh_poisson_config poisson = bh_poisson_config_default();
        poisson.name = "pre";
        poisson.count = 2;
        poisson.rates = "1000*Hz + 500*Hz*i";
        CHECK_OK(bh_poisson_new(net, &poisson, &pre, &diag), diag);
        poisson.name = "post";
        poisson.rates = "1100*Hz + 300*Hz*i";
        poisson.precision = BH_DOUBLE;
        CHECK_OK(bh_poisson_new(net, &poisson, &post, &diag), diag);
        snprintf(model, sizeof model,
                 "w : 1\ndApre/dt = -Apre/(20*ms) : 1 (%s)\n"
                 "dApost/dt = -Apost/(20*ms) : 1 (%s)",
                 flag[clocked], flag[clocked]);
        bh_synapses *s =
            synapses(pre, post, model, "Apre += 1e-4; w = clip(w + Apost, 0, 0.01)",
                     "Apost -= 1.05e-4; w = clip(w + Apre, 0, 0.01)", NULL, NULL);
        bh_connect_config connect = bh_connect_config_default();
        connect.one_to_one = true;
        CHECK_OK(bh_synapses_connect(s, &connect, &diag), diag);
        CHECK_OK(bh_synapses_set(s, "w", NULL, "0.005", &diag), diag);
        run(net, cut, 0.1);
        got[clocked] = values(s, "w");
        bh_network_free(net);
    }
    for (int n = 0; n < 2; n++) {
        CHECK(fabs(got[0][n] - 0.005) > 1e-5);
        CHECK_NEAR(got[0][n], got[1][n], 1e-9);
    }
    free(got[0]);
    free(got[1]);
}

TEST_MAIN("neurons/deliver", {"each pair by itself", test_against_each_pair},
          {"the same bits however cut", test_same_bits},
          {"kept for each neuron", test_traces},
          {"event-driven and clock-driven", test_event_driven})
