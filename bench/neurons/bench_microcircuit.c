/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cortical microcircuit of Potjans & Diesmann (2014, Cereb. Cortex 24:785, tables 4
 * and 5): 77,169 neurons, 299 million synapses at scale 1, with the direct current in
 * place of Poisson input. Prints seconds of building and of running, and the rates of
 * the eight populations beside those of a run of the reference model.
 *
 * usage: bench_microcircuit SECONDS [SCALE [THREADS]]
 *
 * SCALE multiplies neurons and synapses of each neuron; weights grow with its root, and
 * the mean input that is lost is given as a current (van Albada et al. 2015, PLoS
 * Comput. Biol. 11:e1004490). */
#include "bench/bench.h"
#include "brianhears.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { POPULATIONS = 8 };

static const char *const names[] = {"L23E", "L23I", "L4E", "L4I",
                                    "L5E",  "L5I",  "L6E", "L6I"};
static const double neurons[] = {20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948};
static const double external[] = {1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100};
/* Hz: one run of 10 s of the reference model with direct current */
static const double rates[] = {0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829};
/* of a connection from column to row */
static const double probability[POPULATIONS][POPULATIONS] = {
    {.1009, .1689, .0437, .0818, .0323, 0, .0076, 0},
    {.1346, .1371, .0316, .0515, .0755, 0, .0042, 0},
    {.0077, .0059, .0497, .1350, .0067, .0003, .0453, 0},
    {.0691, .0029, .0794, .1597, .0033, 0, .1057, 0},
    {.1004, .0622, .0505, .0057, .0831, .3726, .0204, 0},
    {.0548, .0269, .0257, .0022, .0600, .3158, .0086, 0},
    {.0156, .0066, .0211, .0166, .0572, .0197, .0396, .2252},
    {.0364, .0010, .0034, .0005, .0277, .0080, .0658, .1443}};
/* pA: a postsynaptic potential of 0.15 mV */
static const double weight = 87.8084935;
static const double tau_s = 0.5e-3, external_hz = 8;

static size_t
synapses_between(int to, int from)
{
    const double pairs = neurons[to] * neurons[from];
    return probability[to][from] == 0
               ? 0
               : (size_t)nearbyint(log(1 - probability[to][from]) / log(1 - 1 / pairs));
}

static double
weight_of(int to, int from)
{
    if (from % 2 == 1)
        return -4 * weight;
    return to == 0 && from == 2 ? 2 * weight : weight;
}

struct circuit {
    bh_network *net;
    bh_group *group[POPULATIONS];
    bh_spike_monitor *monitor[POPULATIONS];
    double scale, synapses;
};

/* pA: external input as a current, and what scaling takes away. */
static double
current(const struct circuit *c, int to)
{
    const double grow = 1 / sqrt(c->scale);
    double input = external[to] * external_hz * weight * tau_s;
    for (int from = 0; from < POPULATIONS; from++)
        input += (1 - c->scale * grow) * (double)synapses_between(to, from) /
                 neurons[to] * rates[from] * weight_of(to, from) * tau_s;
    return input;
}

static void
make_group(struct circuit *c, int p)
{
    const bh_spike_monitor_config all = bh_spike_monitor_config_default();
    char text[64];
    bh_group_config config = bh_group_config_default();
    config.name = names[p];
    config.count = (size_t)nearbyint(neurons[p] * c->scale);
    config.equations =
        "dv/dt = -(v + 65*mV)/(10*ms) + (I + DC)/(250*pF) : volt (unless "
        "refractory)\n"
        "dI/dt = -I/(0.5*ms) : amp\nDC : amp (constant)";
    config.threshold = "v >= -50*mV";
    config.reset = "v = -65*mV";
    config.refractory = "2*ms";
    must(bh_group_new(c->net, &config, &c->group[p], &diag));
    must(bh_group_set(c->group[p], "v", "-58*mV + 10*mV*randn()", &diag));
    snprintf(text, sizeof text, "%.17g*pA", current(c, p));
    must(bh_group_set(c->group[p], "DC", text, &diag));
    must(bh_spike_monitor_new(c->group[p], &all, &c->monitor[p], &diag));
}

static void
connect(struct circuit *c, int to, int from)
{
    const size_t total =
        (size_t)((double)synapses_between(to, from) * c->scale * c->scale);
    const double mean = weight_of(to, from) / sqrt(c->scale);
    const double delay_ms = from % 2 == 0 ? 1.5 : 0.75;
    char text[128], name[24];
    bh_synapses *s;
    bh_synapses_config config = bh_synapses_config_default();
    bh_connect_config pairs = bh_connect_config_default();
    if (total == 0)
        return;
    snprintf(name, sizeof name, "%s_%s", names[from], names[to]);
    config.name = name;
    config.source = bh_all(c->group[from]);
    config.target = bh_all(c->group[to]);
    config.model = "w : amp";
    config.on_pre = "I += w";
    pairs.total = total;
    must(bh_synapses_new(&config, &s, &diag));
    must(bh_synapses_connect(s, &pairs, &diag));
    snprintf(text, sizeof text, "clip(%.17g*pA + %.17g*pA*randn(), %s, %s)", mean,
             0.1 * fabs(mean), mean > 0 ? "0" : "-inf", mean > 0 ? "inf" : "0");
    must(bh_synapses_set(s, "w", NULL, text, &diag));
    snprintf(text, sizeof text, "clip(%g*ms + %g*ms*randn(), 0.1*ms, 10*ms)", delay_ms,
             0.5 * delay_ms);
    must(bh_synapses_set(s, "delay", NULL, text, &diag));
    c->synapses += (double)bh_synapses_count(s);
}

int
main(int argc, char **argv)
{
    const double warm_s = 0.5;
    struct circuit c = {.scale = argc > 2 ? atof(argv[2]) : 1};
    if (argc < 2 || !(c.scale > 0) || c.scale > 1) {
        fprintf(stderr, "usage: bench_microcircuit SECONDS [SCALE [THREADS]]\n");
        return 2;
    }
    const double seconds = atof(argv[1]);
    bh_network_config config = bh_network_config_default();
    config.threads = argc > 3 ? atoi(argv[3]) : 0;
    must(bh_network_new(&config, &c.net, &diag));
    double start = now_s();
    for (int p = 0; p < POPULATIONS; p++)
        make_group(&c, p);
    for (int to = 0; to < POPULATIONS; to++)
        for (int from = 0; from < POPULATIONS; from++)
            connect(&c, to, from);
    must(bh_network_run(c.net, 1e-4, &diag));
    printf("%.0f synapses in %.1f s: %.2g a second\n", c.synapses, now_s() - start,
           c.synapses / (now_s() - start));
    must(bh_network_run(c.net, warm_s - 1e-4, &diag));
    uint64_t before[POPULATIONS], spikes = 0;
    for (int p = 0; p < POPULATIONS; p++)
        before[p] = bh_spike_monitor_count(c.monitor[p]);
    start = now_s();
    must(bh_network_run(c.net, seconds, &diag));
    const double taken = now_s() - start;
    for (int p = 0; p < POPULATIONS; p++) {
        const uint64_t count = bh_spike_monitor_count(c.monitor[p]) - before[p];
        const double rate = (double)count / seconds /
                            (double)bh_group_count(c.group[p]);
        spikes += count;
        printf("%-5s %.3f Hz (reference %.3f, %+.1f %%)\n", names[p], rate, rates[p],
               100 * (rate / rates[p] - 1));
    }
    printf("%.2f s for %g s: real-time factor %.3f, %.3g spikes a second\n", taken,
           seconds, taken / seconds, (double)spikes / seconds);
    bh_network_free(c.net);
    return 0;
}
