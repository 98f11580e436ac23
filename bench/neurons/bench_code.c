/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What generated code costs: the time to compile it, the time to load it again, and a
 * neuron's step beside a loop written by hand for the same work. */
#define _GNU_SOURCE /* mkdtemp, setenv */
#include "bench/bench.h"
#include "brianhears.h"
#include "core/math_kernel.h"

#include <stdio.h>
#include <stdlib.h>

enum { NEURONS = 51200, STEPS = 2000 };

static bh_network *
make(const bh_group_config *config)
{
    bh_network *net;
    bh_group *group;
    bh_network_config network = bh_network_config_default();
    network.threads = 1;
    network.dt_s = 1e-5;
    must(bh_network_new(&network, &net, &diag));
    must(bh_group_new(net, config, &group, &diag));
    return net;
}

/* Seconds of bh_network_prepare: to compile, or to load what is known. */
static double
prepare(const bh_group_config *config)
{
    bh_network *net = make(config);
    double start = now_s();
    must(bh_network_prepare(net, &diag));
    double taken = now_s() - start;
    bh_network_free(net);
    return taken;
}

/* The best of five runs, ns for a neuron and step. */
static double
step_ns(const bh_group_config *config)
{
    double best = 1e9;
    bh_network *net = make(config);
    must(bh_network_run(net, 1e-3, &diag));
    for (int i = 0; i < 5; i++) {
        double start = now_s();
        must(bh_network_run(net, STEPS * 1e-5, &diag));
        double taken = now_s() - start;
        best = taken < best ? taken : best;
    }
    bh_network_free(net);
    return best * 1e9 / STEPS / (double)config->count;
}

static void
step_by_hand(const bh_random_ops *random, bh_random_stream *stream, float *restrict v,
             const float *restrict input, int *restrict last, int step)
{
    float noise[512] __attribute__((aligned(64)));
    random->normals(stream, noise, 512);
    for (int n = 0; n < 512; n++) {
        const int free = step - last[n] >= 500;
        const float next =
            bh_fmaf(0.0282842712f, noise[n], bh_fmaf(0.01f, input[n] - v[n], v[n]));
        const float u = free ? next : v[n];
        const int spikes = free & (u > 1.0f);
        last[n] = spikes ? step : last[n];
        v[n] = spikes ? 0.0f : u;
    }
}

/* The noisy integrate-and-fire neuron by hand: the same noise, blocks and windows, no
 * engine around it. */
static double
by_hand_ns(void)
{
    static float v[NEURONS], input[NEURONS];
    static int last[NEURONS];
    static bh_random_stream streams[NEURONS / 512];
    const bh_random_ops *random = bh_random_ops_get();
    double best = 1e9;
    for (int n = 0; n < NEURONS; n++)
        last[n] = -1000000;
    for (uint32_t b = 0; b < NEURONS / 512; b++)
        streams[b] = bh_random_stream_start((bh_random_key){0, 0, 0}, b);
    for (int i = 0; i < 5; i++) {
        double start = now_s();
        for (int window = 0; window < STEPS; window += 50)
            for (int b = 0; b < NEURONS / 512; b++)
                for (int step = window; step < window + 50; step++)
                    step_by_hand(random, &streams[b], v + 512 * b, input + 512 * b,
                                 last + 512 * b, step);
        double taken = now_s() - start;
        best = taken < best ? taken : best;
    }
    return best * 1e9 / STEPS / NEURONS;
}

int
main(void)
{
    char directory[] = "/tmp/bh-bench-XXXXXX", command[64];
    bh_group_config lif = bh_group_config_default();
    lif.name = "lif";
    lif.count = NEURONS;
    lif.equations =
        "dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless refractory)\nI : 1";
    lif.threshold = "v > 1";
    lif.reset = "v = 0";
    lif.refractory = "5*ms";
    bh_group_config hh = bh_group_config_default();
    hh.name = "hodgkin_huxley";
    hh.count = NEURONS / 10;
    hh.method = "euler";
    hh.equations = "dv/dt = (10*uA/cm2 - 120*msiemens/cm2*m**3*h*(v - 50*mV)\n"
                   "  - 36*msiemens/cm2*n**4*(v + 77*mV)\n"
                   "  - 0.3*msiemens/cm2*(v + 54.4*mV))/(1*uF/cm2) : volt\n"
                   "dm/dt = am*(1-m) - bm*m : 1\n"
                   "dh/dt = ah*(1-h) - bh*h : 1\n"
                   "dn/dt = an*(1-n) - bn*n : 1\n"
                   "am = 1/exprel(-(v + 40*mV)/(10*mV))/ms : Hz\n"
                   "bm = 4*exp(-(v + 65*mV)/(18*mV))/ms : Hz\n"
                   "ah = 0.07*exp(-(v + 65*mV)/(20*mV))/ms : Hz\n"
                   "bh = 1/(1 + exp(-(v + 35*mV)/(10*mV)))/ms : Hz\n"
                   "an = 0.1/exprel(-(v + 55*mV)/(10*mV))/ms : Hz\n"
                   "bn = 0.125*exp(-(v + 65*mV)/(80*mV))/ms : Hz";
    if (!mkdtemp(directory))
        return 1;
    setenv("BH_CACHE_DIR", directory, 1);
    printf("first compilation: LIF %.0f ms, Hodgkin-Huxley %.0f ms\n",
           1e3 * prepare(&lif), 1e3 * prepare(&hh));
    printf("loaded again: LIF %.2f ms, Hodgkin-Huxley %.2f ms\n", 1e3 * prepare(&lif),
           1e3 * prepare(&hh));
    double generated = step_ns(&lif), hand = by_hand_ns();
    printf("noisy LIF, single: generated %.3f ns, by hand %.3f ns a step: %.2f times\n",
           generated, hand, generated / hand);
    printf("Hodgkin-Huxley, single: %.2f ns a step\n", step_ns(&hh));
    snprintf(command, sizeof command, "rm -r %s", directory);
    return system(command) != 0;
}
