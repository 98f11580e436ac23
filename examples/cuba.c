/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
/* The balanced network of current-based neurons of Vogels and Abbott (2005), Journal of
 * Neuroscience 25:10786, as Brette and others (2007), Journal of Computational
 * Neuroscience 23:349, have it in their first benchmark: 4000 neurons that keep each
 * other firing irregularly. Usage: cuba [SECONDS [view]]; view shows the run as it
 * goes, to a browser of this machine, as fast as its neurons would fire. */
#include <brianhears.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define DO(call)                                                                       \
    if ((call) != BH_OK)                                                               \
    return bh_diag_format(&diag, why, sizeof why), fprintf(stderr, "%s\n", why), 1

enum { NEURONS = 4000, EXCITATORY = 3200 };

static char why[1024];

static const char *const equations =
    "dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless refractory)\n"
    "dge/dt = -ge/(5*ms) : volt\n"
    "dgi/dt = -gi/(10*ms) : volt";

static bh_status
make_synapses(bh_group *group, bool excitatory, bh_diag *diag)
{
    bh_synapses_config config = bh_synapses_config_default();
    bh_connect_config connect = bh_connect_config_default();
    bh_synapses *synapses;
    config.name = excitatory ? "excitation" : "inhibition";
    config.source = excitatory ? bh_part(group, 0, EXCITATORY)
                               : bh_part(group, EXCITATORY, NEURONS - EXCITATORY);
    config.target = bh_all(group);
    config.on_pre = excitatory ? "ge += 1.62*mV" : "gi -= 9*mV";
    connect.probability = "0.02";
    BH_TRY(bh_synapses_new(&config, &synapses, diag));
    return bh_synapses_connect(synapses, &connect, diag);
}

/* The potential of one neuron, for the view. */
static bh_status
show_potential(void *view, const char *variable, double first_s, bh_block rows,
               bh_diag *diag)
{
    const double step_s = 1e-4;
    (void)variable, (void)diag;
    for (size_t t = 0; t < rows.frames; t++)
        bh_view_trace(view, 0, first_s + (double)t * step_s,
                      1e3 * (double)((float *)rows.data)[t * rows.stride]);
    return BH_OK;
}

/* Shows what has happened, no faster than people see: the network runs some forty times
 * as fast as its neurons would. */
static bh_status
show_time(void *view, double time_s, bh_diag *diag)
{
    static double started_s = 0;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const double now_s = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
    started_s = started_s == 0 ? now_s : started_s;
    const double ahead_s = time_s - (now_s - started_s);
    if (ahead_s > 0 && ahead_s < 1)
        nanosleep(&(struct timespec){0, (long)(1e9 * ahead_s)}, NULL);
    return bh_view_advance(view, time_s, diag);
}

static bh_status
open_view(bh_network *net, bh_group *group, bh_view **view, bh_diag *diag)
{
    static const char *const traces[] = {"v of neuron 0 (mV)"};
    static const uint32_t first[] = {0};
    char address[128];
    bh_view_config config = bh_view_config_default();
    config.title = "CUBA";
    config.neurons = NEURONS;
    config.traces = traces;
    config.trace_count = 1;
    BH_TRY(bh_view_new(&config, view, diag));
    BH_TRY(bh_view_serve(*view, 0, address, sizeof address, diag));
    fprintf(stderr, "open %s\n", address);
    bh_spike_monitor_config spikes = {.sink = bh_view_spikes, .user = *view};
    BH_TRY(bh_spike_monitor_new(group, &spikes, NULL, diag));
    bh_state_monitor_config states = bh_state_monitor_config_default(group);
    states.variables = "v";
    states.index = first;
    states.count = 1;
    states.record = false;
    states.sink = show_potential;
    states.user = *view;
    BH_TRY(bh_state_monitor_new(group, &states, NULL, diag));
    bh_network_report(net, show_time, *view);
    return BH_OK;
}

int
main(int argc, char **argv)
{
    const double duration_s = argc > 1 ? atof(argv[1]) : 1;
    bh_network *net;
    bh_group *group;
    bh_spike_monitor *spikes;
    bh_view *view = NULL;
    bh_diag diag;
    bh_group_config neurons = bh_group_config_default();
    neurons.name = "neurons";
    neurons.count = NEURONS;
    neurons.equations = equations;
    neurons.threshold = "v > -50*mV";
    neurons.reset = "v = -60*mV";
    neurons.refractory = "5*ms";
    DO(bh_network_new(NULL, &net, &diag));
    DO(bh_group_new(net, &neurons, &group, &diag));
    DO(bh_group_set(group, "v", "-60*mV + rand()*10*mV", &diag));
    DO(make_synapses(group, true, &diag));
    DO(make_synapses(group, false, &diag));
    DO(bh_spike_monitor_new(group, NULL, &spikes, &diag));
    if (argc > 2)
        DO(open_view(net, group, &view, &diag));
    DO(bh_network_run(net, duration_s, &diag));
    printf("%.2f Hz\n",
           (double)bh_spike_monitor_count(spikes) / NEURONS / bh_network_time(net));
    bh_network_free(net);
    bh_view_free(view);
    return 0;
}
