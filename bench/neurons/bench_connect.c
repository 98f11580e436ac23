/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What making synapses costs: those of the cortical microcircuit (Potjans and Diesmann
 * 2014, Cereb. Cortex 24:785, table 5), each projection with a fixed number of random
 * pairs, normal weights and normal delays.
 *   bench_connect [SCALE]   part of the neurons, 0 to 1 (1: 77,169 neurons, 3e8
 *                           synapses, about 3 GB; not given: 0.1) */
#define _GNU_SOURCE /* getrusage */
#include "bench/bench.h"
#include "brianhears.h"
#include "neurons/connect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { POPULATIONS = 8 };

static const double sizes[POPULATIONS] = {20683, 5834, 21915, 5479,
                                          4850,  1065, 14395, 2948};
/* [target][source] */
static const double probabilities[POPULATIONS][POPULATIONS] = {
    {0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0, 0.0076, 0},
    {0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0, 0.0042, 0},
    {0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0},
    {0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0, 0.1057, 0},
    {0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0},
    {0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0},
    {0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252},
    {0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443},
};

struct times {
    double connect, weights, delays;
    size_t synapses;
};

static void
project(bh_group *from, bh_group *to, size_t total, bool excites, struct times *times)
{
    bh_synapses *synapses;
    bh_synapses_config config = bh_synapses_config_default();
    config.source = bh_all(from);
    config.target = bh_all(to);
    config.model = "w : amp";
    config.on_pre = "I += w";
    must(bh_synapses_new(&config, &synapses, &diag));
    const bh_connect_config connect = {.total = total};
    const double start = now_s();
    must(bh_synapses_connect(synapses, &connect, &diag));
    const double connected = now_s();
    must(bh_synapses_set(
        synapses, "w", NULL,
        excites ? "87.8*pA*(1 + 0.1*randn())" : "-351.2*pA*(1 + 0.1*randn())", &diag));
    const double weighted = now_s();
    must(bh_synapses_set(synapses, "delay", NULL,
                         excites ? "clip(1.5 + 0.75*randn(), 0.1, 6)*ms"
                                 : "clip(0.75 + 0.375*randn(), 0.1, 6)*ms",
                         &diag));
    times->connect += connected - start;
    times->weights += weighted - connected;
    times->delays += now_s() - weighted;
    times->synapses += bh_synapses_count(synapses);
}

/* ns for each pair that a probability or condition is computed for. */
static double
pair_ns(bh_network *net, bh_connect_config config)
{
    bh_group *cells;
    bh_synapses *synapses;
    bh_group_config group = bh_group_config_default();
    group.name = "cells";
    group.count = 4000;
    must(bh_group_new(net, &group, &cells, &diag));
    bh_synapses_config model = bh_synapses_config_default();
    model.source = model.target = bh_all(cells);
    must(bh_synapses_new(&model, &synapses, &diag));
    const double start = now_s();
    must(bh_synapses_connect(synapses, &config, &diag));
    return (now_s() - start) / 16e6 * 1e9;
}

static size_t
synapses_of(double p, double sources, double targets)
{
    return p > 0 ? (size_t)nearbyint(log(1 - p) / log(1 - 1 / (sources * targets))) : 0;
}

int
main(int argc, char **argv)
{
    const double scale = argc > 1 ? atof(argv[1]) : 0.1;
    bh_network *net;
    bh_group *group[POPULATIONS];
    struct times times = {0};
    struct rusage before, after;
    must(bh_network_new(NULL, &net, &diag));
    for (int p = 0; p < POPULATIONS; p++) {
        bh_group_config config = bh_group_config_default();
        config.count = (size_t)fmax(1, nearbyint(sizes[p] * scale));
        config.equations = "dI/dt = -I/(0.5*ms) : amp";
        must(bh_group_new(net, &config, &group[p], &diag));
    }
    getrusage(RUSAGE_SELF, &before);
    for (int to = 0; to < POPULATIONS; to++)
        for (int from = 0; from < POPULATIONS; from++) {
            const size_t total = synapses_of(probabilities[to][from],
                                             (double)bh_group_count(group[from]),
                                             (double)bh_group_count(group[to]));
            if (total > 0)
                project(group[from], group[to], total, from % 2 == 0, &times);
        }
    const double built = now_s();
    must(bh_network_run(net, 1e-4, &diag)); /* one step: rows are ordered for it */
    const double ordered = now_s() - built;
    getrusage(RUSAGE_SELF, &after);
    const double all = times.connect + times.weights + times.delays;
    const double count = (double)times.synapses;
    printf("%zu synapses on %d threads: %.2f s, %.3g a second\n", times.synapses,
           bh_network_threads(net), all, count / all);
    printf("ns a synapse: connect %.1f, weights %.1f, delays %.1f\n",
           times.connect / count * 1e9, times.weights / count * 1e9,
           times.delays / count * 1e9);
    printf("ns a synapse to order them for the first run: %.1f\n",
           ordered / count * 1e9);
    printf("peak memory: %.1f bytes a synapse\n",
           (double)(after.ru_maxrss - before.ru_maxrss) * 1024 / count);
    bh_network_free(net);
    must(bh_network_new(NULL, &net, &diag));
    printf("ns a pair: condition i != j and (i+j) %% 50 == 0 %.1f, probability "
           "0.1*exp(-abs(i-j)/100) %.1f\n",
           pair_ns(net, (bh_connect_config){.condition = "i != j and (i+j) % 50 == 0"}),
           pair_ns(net, (bh_connect_config){.probability = "0.1*exp(-abs(i-j)/100)"}));
    bh_network_free(net);
    return 0;
}
