/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network over processes: what it costs to make and to run, and what passes between
 * them. Neurons fire at about 10 Hz whatever their number, so that work grows with the
 * synapses alone; each has as many inputs from anywhere, with delays from DELAY to
 * DELAY + 2 ms.
 *
 * usage: [mpirun -n N] bench_spread NEURONS INPUTS SECONDS [DELAY_MS [THREADS]]
 *        [mpirun -n N] bench_spread exchange
 *
 * The first word printed is the seconds of the run; "exchange" times messages alone.
 * Where others use the machine too, a run and the mean of messages tell little: the
 * best window (6.4 ms of the model) and the best message are what nobody disturbed. */
#include "bench/bench.h"
#include "brianhears.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WINDOW = 64 };

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
    double last_s;      /* end of the last window */
    double best_s;      /* of a spike: the shortest window for its spikes */
    size_t spikes, all; /* of the window, of all */
    bh_network *net;
    bh_synapses *synapses;
    size_t neurons;
};

static bh_status
time_window(void *user, double time_s, bh_diag *why)
{
    struct work *work = user;
    const double end_s = now_s(), took_s = end_s - work->last_s;
    (void)time_s, (void)why;
    if (work->last_s > 0 && took_s < work->best_s * (double)work->spikes)
        work->best_s = took_s / (double)work->spikes;
    work->last_s = end_s;
    work->spikes = 0;
    return BH_OK;
}

static bh_status
count(void *user, bh_events events, bh_diag *why)
{
    struct work *work = user;
    (void)why;
    work->spikes += events.count;
    work->all += events.count;
    return BH_OK;
}

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
    connect.condition = inputs == 0 ? "False" : NULL;
    must(bh_synapses_connect(work->synapses, &connect, &diag));
    snprintf(delay, sizeof delay, "%g*ms + 2*ms*rand()", delay_ms);
    if (inputs > 0)
        must(bh_synapses_set(work->synapses, "delay", NULL, delay, &diag));
    bh_spike_monitor_config listen = bh_spike_monitor_config_default();
    listen.record = false;
    listen.sink = count;
    listen.user = work;
    must(bh_spike_monitor_new(cells, &listen, NULL, &diag));
}

static void
report(const struct work *work, double built_s, double ran_s, double seconds,
       bh_network_traffic before)
{
    const bh_network_traffic now = bh_network_traffic_get(work->net);
    const double size = bh_comm_size(comm), wait_s = now.wait_s - before.wait_s,
                 least = over_all(BH_COMM_MIN, wait_s),
                 most = over_all(BH_COMM_MAX, wait_s),
                 bytes = over_all(BH_COMM_SUM, (double)(now.bytes - before.bytes)) /
                         size,
                 memory =
                     over_all(BH_COMM_MAX, (double)bh_synapses_bytes(work->synapses)),
                 exchanges = (double)(now.exchanges - before.exchanges);
    const double synapses = (double)bh_synapses_count(work->synapses),
                 each = synapses / (double)work->neurons, spikes = (double)work->all,
                 events = spikes * each;
    if (bh_comm_rank(comm) != 0)
        return;
    printf("%.3f s for %g s, %d processes x %d threads, %zu neurons, %.3g synapses "
           "(%.3g bytes of one process), made in %.2f s\n",
           ran_s, seconds, bh_comm_size(comm), bh_network_threads(work->net),
           work->neurons, synapses, memory, built_s);
    const double cores = size * bh_network_threads(work->net),
                 best_s = work->best_s * spikes;
    printf("%.2f Hz, %.3g events, %.2f ns an event and core, in the best window %.2f "
           "(%.3g times real time); waiting %.3f to %.3f s",
           spikes / (double)work->neurons / seconds, events,
           1e9 * ran_s * cores / events, 1e9 * best_s * cores / events,
           seconds / best_s, least, most);
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
    struct work work = {.neurons = (size_t)atof(argv[1]), .best_s = INFINITY};
    const double seconds = atof(argv[3]);
    bh_network_config config = bh_network_config_default();
    config.comm = comm;
    config.window = WINDOW;
    config.threads = argc > 5 ? atoi(argv[5]) : 1;
    double start = now_s();
    must(bh_network_new(&config, &work.net, &diag));
    build(&work, (size_t)atof(argv[2]), argc > 4 ? atof(argv[4]) : 1.5);
    must(bh_network_run(work.net, 0.1, &diag)); /* compiles, sorts, settles */
    const double built_s = now_s() - start;
    const bh_network_traffic before = bh_network_traffic_get(work.net);
    work.all = 0;
    bh_network_report(work.net, time_window, &work);
    must(bh_comm_barrier(comm, &diag));
    start = now_s();
    must(bh_network_run(work.net, seconds, &diag));
    must(bh_comm_barrier(comm, &diag));
    report(&work, built_s, now_s() - start, seconds, before);
    bh_network_free(work.net);
    bh_comm_free(comm);
    return 0;
}
