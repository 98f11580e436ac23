/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks of spiking neurons, each as bench/peers/networks.py runs it in Brian 2.
 * Prints the seconds that bh_network_run takes, and beside them what happened.
 *
 * usage: bench_deliver cuba|coba|song|delays|dense|stored|procedural SECONDS
 * [single|double [THREADS]] */
#include "bench/bench.h"
#include "brianhears.h"

#include <stdio.h>
#include <string.h>

struct model {
    bh_network *net;
    bh_precision precision;
    bh_spike_monitor *pre, *post;
    bh_synapses *plastic;
    size_t inputs; /* neurons */
};

static bh_group *
group(struct model *m, const char *name, size_t count, const char *equations,
      const char *threshold, const char *reset, const char *refractory,
      const char *method)
{
    bh_group *out;
    const bh_group_config config = {name,       count,  equations,    threshold, reset,
                                    refractory, method, m->precision, 0,         NULL};
    must(bh_group_new(m->net, &config, &out, &diag));
    return out;
}

static bh_group *
poisson(struct model *m, size_t count, const char *rates)
{
    bh_group *out;
    m->inputs = count;
    const bh_poisson_config config = {"inputs", count, rates, m->precision, 0, NULL};
    must(bh_poisson_new(m->net, &config, &out, &diag));
    return out;
}

static bh_synapses *
synapses(bh_group *source, bh_group *target, const char *model, const char *on_pre,
         const char *on_post, const char *condition, const char *probability)
{
    bh_synapses *out;
    bh_synapses_config config = bh_synapses_config_default();
    bh_connect_config connect = bh_connect_config_default();
    config.source = bh_all(source);
    config.target = bh_all(target);
    config.model = model;
    config.on_pre = on_pre;
    config.on_post = on_post;
    connect.condition = condition;
    connect.probability = probability;
    must(bh_synapses_new(&config, &out, &diag));
    must(bh_synapses_connect(out, &connect, &diag));
    return out;
}

/* Brian's CUBA example (Vogels & Abbott 2005), 4000 neurons. */
static void
cuba(struct model *m)
{
    bh_group *p = group(m, "neurons", 4000,
                        "dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless "
                        "refractory)\n"
                        "dge/dt = -ge/(5*ms) : volt\ndgi/dt = -gi/(10*ms) : volt",
                        "v > -50*mV", "v = -60*mV", "5*ms", "exact");
    must(bh_group_set(p, "v", "-60*mV + rand()*10*mV", &diag));
    synapses(p, p, NULL, "ge += 1.62*mV", NULL, "i < 3200", "0.02");
    synapses(p, p, NULL, "gi -= 9*mV", NULL, "i >= 3200", "0.02");
    must(bh_spike_monitor_new(p, NULL, &m->post, &diag));
}

/* Brian's COBA example, the same network with conductances. */
static void
coba(struct model *m)
{
    bh_group *p = group(m, "neurons", 4000,
                        "dv/dt = (ge*(0*mV - v) + gi*(-80*mV - v) - (v + "
                        "60*mV))/(20*ms) : volt (unless "
                        "refractory)\n"
                        "dge/dt = -ge/(5*ms) : 1\ndgi/dt = -gi/(10*ms) : 1",
                        "v > -50*mV", "v = -60*mV", "5*ms", "exponential_euler");
    must(bh_group_set(p, "v", "-60*mV + (randn()*5 - 5)*mV", &diag));
    must(bh_group_set(p, "ge", "randn()*1.5 + 4", &diag));
    must(bh_group_set(p, "gi", "randn()*12 + 20", &diag));
    synapses(p, p, NULL, "ge += 0.6", NULL, "i < 3200", "0.02");
    synapses(p, p, NULL, "gi += 6.7", NULL, "i >= 3200", "0.02");
    must(bh_spike_monitor_new(p, NULL, &m->post, &diag));
}

/* Song, Miller & Abbott (2000): one neuron with 1000 plastic inputs. */
static void
song(struct model *m)
{
    bh_group *inputs = poisson(m, 1000, "15*Hz");
    bh_group *neuron = group(m, "neuron", 1,
                             "dv/dt = (ge*(0*mV - v) - 74*mV - v)/(10*ms) : volt\n"
                             "dge/dt = -ge/(5*ms) : 1",
                             "v > -54*mV", "v = -60*mV", NULL, "euler");
    must(bh_group_set(neuron, "v", "-60*mV", &diag));
    m->plastic = synapses(inputs, neuron,
                          "w : 1\ndApre/dt = -Apre/(20*ms) : 1 (event-driven)\n"
                          "dApost/dt = -Apost/(20*ms) : 1 (event-driven)",
                          "ge += w; Apre += 1e-4; w = clip(w + Apost, 0, 0.01)",
                          "Apost -= 1.05e-4; w = clip(w + Apre, 0, 0.01)", NULL, NULL);
    must(bh_synapses_set(m->plastic, "w", NULL, "rand()*0.01", &diag));
    must(bh_spike_monitor_new(inputs, NULL, &m->pre, &diag));
    must(bh_spike_monitor_new(neuron, NULL, &m->post, &diag));
}

/* 1.6e6 plastic synapses with delays of 0 to 10 ms. */
static void
delays(struct model *m)
{
    const bh_spike_monitor_config count = {.record = false};
    bh_group *pre = poisson(m, 4000, "20*Hz");
    bh_group *post = group(m, "post", 4000, "dge/dt = -ge/(5*ms) : 1",
                           "rand() < 20*Hz*dt", NULL, NULL, "exact");
    m->plastic = synapses(pre, post,
                          "w : 1\ndApre/dt = -Apre/(20*ms) : 1 (event-driven)\n"
                          "dApost/dt = -Apost/(20*ms) : 1 (event-driven)",
                          "ge += w; Apre += 0.01; w = clip(w + Apost, 0, 1)",
                          "Apost -= 0.0105; w = clip(w + Apre, 0, 1)", NULL, "0.1");
    must(bh_synapses_set(m->plastic, "w", NULL, "rand()", &diag));
    must(bh_synapses_set(m->plastic, "delay", NULL, "rand()*10*ms", &diag));
    must(bh_spike_monitor_new(pre, &count, &m->pre, &diag));
    must(bh_spike_monitor_new(post, &count, &m->post, &diag));
}

/* All to all, each with its weight. */
static void
dense(struct model *m)
{
    const bh_spike_monitor_config count = {.record = false};
    bh_group *pre = poisson(m, 2000, "1000*Hz");
    bh_group *post = group(m, "post", 2000, "dge/dt = -ge/(5*ms) : 1", "ge > 1e6", NULL,
                           NULL, "exact");
    m->plastic = synapses(pre, post, "w : 1", "ge += w", NULL, NULL, NULL);
    must(bh_synapses_set(m->plastic, "w", NULL, "rand()", &diag));
    must(bh_spike_monitor_new(pre, &count, &m->pre, &diag));
    must(bh_spike_monitor_new(post, &count, &m->post, &diag));
}

/* 4e7 synapses without variables, stored or made again for each spike. */
static void
many(struct model *m, bool procedural)
{
    const bh_spike_monitor_config count = {.record = false};
    bh_group *pre = poisson(m, 20000, "100*Hz");
    bh_group *post = group(m, "post", 20000, "dge/dt = -ge/(5*ms) : 1", "ge > 1e6",
                           NULL, NULL, "exact");
    bh_synapses_config config = bh_synapses_config_default();
    bh_connect_config connect = {.probability = "0.1"};
    config.source = bh_all(pre);
    config.target = bh_all(post);
    config.on_pre = "ge += 0.1";
    config.procedural = procedural;
    must(bh_synapses_new(&config, &m->plastic, &diag));
    must(bh_synapses_connect(m->plastic, &connect, &diag));
    must(bh_spike_monitor_new(pre, &count, &m->pre, &diag));
    must(bh_spike_monitor_new(post, &count, &m->post, &diag));
}

static void
stored(struct model *m)
{
    many(m, false);
}

static void
procedural(struct model *m)
{
    many(m, true);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*make)(struct model *m);
    } models[] = {{"cuba", cuba},
                  {"coba", coba},
                  {"song", song},
                  {"delays", delays},
                  {"dense", dense},
                  {"stored", stored},
                  {"procedural", procedural}};
    enum { MODELS = sizeof models / sizeof models[0] };
    struct model m = {.precision = BH_DOUBLE};
    size_t which = 0;
    while (argc > 2 && which < MODELS && strcmp(argv[1], models[which].name) != 0)
        which++;
    if (argc < 3 || which == MODELS) {
        fprintf(stderr,
                "usage: bench_deliver cuba|coba|song|delays|dense|stored|procedural "
                "SECONDS [single|double [THREADS]]\n");
        return 2;
    }
    if (argc > 3 && strcmp(argv[3], "single") == 0)
        m.precision = BH_SINGLE;
    bh_network_config config = bh_network_config_default();
    config.threads = argc > 4 ? atoi(argv[4]) : 1;
    config.seed = 1;
    must(bh_network_new(&config, &m.net, &diag));
    models[which].make(&m);
    must(bh_network_prepare(m.net, &diag));
    const clock_t began = clock();
    const double seconds = atof(argv[2]), start = now_s();
    must(bh_network_run(m.net, seconds, &diag));
    const double taken = now_s() - start,
                 cpu = (double)(clock() - began) / CLOCKS_PER_SEC;
    const double post = (double)bh_spike_monitor_count(m.post),
                 pre = m.pre ? (double)bh_spike_monitor_count(m.pre) : 0;
    printf("%.4f s (%.4f s of processors) for %g s: %.0f spikes of targets, %.0f of "
           "inputs",
           taken, cpu, seconds, post, pre);
    if (m.plastic) {
        const double each = (double)bh_synapses_count(m.plastic) / (double)m.inputs;
        const double events = (which == 2 ? pre + 1000 * post : (pre + post) * each);
        printf(", %.2f ns a synaptic event, %.1f MB of synapses", 1e9 * cpu / events,
               1e-6 * (double)bh_synapses_bytes(m.plastic));
    }
    printf("\n");
    bh_network_free(m.net);
    return 0;
}
