/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network over processes: what it costs to make and to run, and what passes between
 * them. Neurons fire at about 10 Hz whatever their number, so that work grows with the
 * synapses alone; each has as many inputs from anywhere, with delays from DELAY to
 * DELAY + 2 ms.
 *
 * usage: [mpirun -n N] bench_spread NEURONS INPUTS SECONDS [DELAY_MS [THREADS]]
 *        [mpirun -n N] bench_spread exchange
 *
 * The first word printed is the seconds of the run; "exchange" times messages alone. */
#include "bench/bench.h"
#include "brianhears.h"

#include <stdio.h>
#include <string.h>

static bh_comm *comm;

static double
over_all(bh_comm_op op, double value)
{
    must(bh_comm_allreduce(comm, op, &value, 1, &diag));
    return value;
}

static void
time_exchanges(void)
{
    enum { MOST = 1 << 16, TIMES = 2000 };
    const size_t size = (size_t)bh_comm_size(comm);
    char *in = calloc(1, MOST), *out = malloc(MOST * size);
    for (size_t bytes = 64; bytes <= MOST; bytes *= 4) {
        must(bh_comm_barrier(comm, &diag));
        double least = 1;
        for (int n = 0; n < TIMES; n++) {
            const double start = now_s();
            must(bh_comm_allgather(comm, in, bytes, out, &diag));
            const double took = now_s() - start;
            least = took < least ? took : least;
        }
        const double start = now_s();
        for (int n = 0; n < TIMES; n++)
            must(bh_comm_allgather(comm, in, bytes, out, &diag));
        const double mean = (now_s() - start) / TIMES;
        if (bh_comm_rank(comm) == 0)
            printf("%zu bytes each of %zu: %.2f us, at best %.2f\n", bytes, size,
                   1e6 * mean, 1e6 * least);
    }
    free(in);
    free(out);
}

struct work {
    bh_network *net;
    bh_synapses *synapses;
    bh_spike_counter *counter;
    size_t neurons;
};

static void
build(struct work *work, size_t inputs, double delay_ms)
{
    bh_group *cells;
    char delay[64];
    bh_group_config group = bh_group_config_default();
    group.name = "cells";
    group.count = work->neurons;
    group.equations = "dv/dt = (-50.5*mV - v + g)/(20*ms) + 3.5*mV*xi/sqrt(20*ms) : "
                      "volt\ndg/dt = -g/(5*ms) : volt";
    group.threshold = "v > -46*mV";
    group.reset = "v = -60*mV";
    group.method = "euler";
    must(bh_group_new(work->net, &group, &cells, &diag));
    must(bh_group_set(cells, "v", "-60*mV + 10*mV*rand()", &diag));
    bh_synapses_config config = bh_synapses_config_default();
    config.name = "synapses";
    config.source = config.target = bh_all(cells);
    config.on_pre = "g += 1*uV";
    must(bh_synapses_new(&config, &work->synapses, &diag));
    bh_connect_config connect = bh_connect_config_default();
    connect.in_degree = inputs;
    must(bh_synapses_connect(work->synapses, &connect, &diag));
    snprintf(delay, sizeof delay, "%g*ms + 2*ms*rand()", delay_ms);
    must(bh_synapses_set(work->synapses, "delay", NULL, delay, &diag));
    must(bh_spike_counter_new(cells, &work->counter, &diag));
}

static void
report(const struct work *work, double built_s, double ran_s, double seconds,
       bh_network_traffic before)
{
    const bh_network_traffic now = bh_network_traffic_get(work->net);
    const uint64_t *counts = bh_spike_counter_counts(work->counter);
    const double size = bh_comm_size(comm), wait_s = now.wait_s - before.wait_s,
                 least = over_all(BH_COMM_MIN, wait_s),
                 most = over_all(BH_COMM_MAX, wait_s),
                 bytes = over_all(BH_COMM_SUM, (double)(now.bytes - before.bytes)) /
                         size,
                 memory =
                     over_all(BH_COMM_MAX, (double)bh_synapses_bytes(work->synapses)),
                 exchanges = (double)(now.exchanges - before.exchanges);
    double spikes = 0;
    for (size_t n = 0; n < work->neurons; n++)
        spikes += (double)counts[n];
    const double synapses = (double)bh_synapses_count(work->synapses),
                 events = spikes * synapses / (double)work->neurons;
    if (bh_comm_rank(comm) != 0)
        return;
    printf("%.3f s for %g s, %d processes x %d threads, %zu neurons, %.3g synapses "
           "(%.3g bytes of one process), made in %.2f s\n",
           ran_s, seconds, bh_comm_size(comm), bh_network_threads(work->net),
           work->neurons, synapses, memory, built_s);
    printf("%.2f Hz, %.3g events, %.2f ns an event and core; waiting %.3f to %.3f s",
           spikes / (double)work->neurons / seconds, events,
           1e9 * ran_s * size * bh_network_threads(work->net) / events, least, most);
    if (exchanges > 0)
        printf("; %.0f exchanges of %.0f bytes, %.1f us", exchanges, bytes / exchanges,
               1e6 * least / exchanges);
    printf("\n");
}

int
main(int argc, char **argv)
{
    must(bh_comm_open(&comm, &diag));
    if (argc == 2 && strcmp(argv[1], "exchange") == 0) {
        time_exchanges();
        bh_comm_free(comm);
        return 0;
    }
    if (argc < 4)
        return fprintf(stderr, "bench_spread NEURONS INPUTS SECONDS [DELAY_MS "
                               "[THREADS]]\n"),
               2;
    struct work work = {.neurons = (size_t)atof(argv[1])};
    const double seconds = atof(argv[3]);
    bh_network_config config = bh_network_config_default();
    config.comm = comm;
    config.threads = argc > 5 ? atoi(argv[5]) : 1;
    double start = now_s();
    must(bh_network_new(&config, &work.net, &diag));
    build(&work, (size_t)atof(argv[2]), argc > 4 ? atof(argv[4]) : 1.5);
    must(bh_network_run(work.net, 1e-3, &diag)); /* compiles and sorts */
    const double built_s = now_s() - start;
    const bh_network_traffic before = bh_network_traffic_get(work.net);
    must(bh_comm_barrier(comm, &diag));
    start = now_s();
    must(bh_network_run(work.net, seconds, &diag));
    must(bh_comm_barrier(comm, &diag));
    report(&work, built_s, now_s() - start, seconds, before);
    bh_network_free(work.net);
    bh_comm_free(comm);
    return 0;
}
