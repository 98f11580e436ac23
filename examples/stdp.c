/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A neuron learns which of its inputs to follow: 1000 synapses with spike-timing
 * dependent plasticity become strong or weak (Song, Miller and Abbott 2000).
 * Usage: stdp [SECONDS] */
#include <brianhears.h>
#include <stdio.h>
#include <stdlib.h>

#define DO(call)                                                                       \
    if ((call) != BH_OK)                                                               \
    return bh_diag_format(&diag, why, sizeof why), fprintf(stderr, "%s\n", why), 1

int
main(int argc, char **argv)
{
    enum { INPUTS = 1000, BINS = 10 };
    const double seconds = argc > 1 ? atof(argv[1]) : 300;
    bh_network *net;
    bh_group *inputs, *cell;
    bh_synapses *synapses;
    bh_spike_monitor *spikes;
    bh_plasticity texts;
    double w[INPUTS];
    int histogram[BINS] = {0};
    bh_diag diag;
    char why[1024];

    DO(bh_network_new(NULL, &net, &diag));
    bh_poisson_config poisson = bh_poisson_config_default();
    poisson.name = "inputs";
    poisson.count = INPUTS;
    poisson.rates = "15*Hz";
    DO(bh_poisson_new(net, &poisson, &inputs, &diag));

    bh_group_config neuron = bh_group_config_default();
    neuron.name = "cell";
    neuron.equations = "dv/dt = (ge*(0*mV - v) + (-74*mV - v))/(10*ms) : volt\n"
                       "dge/dt = -ge/(5*ms) : 1";
    neuron.method = "euler";
    neuron.threshold = "v > -54*mV";
    neuron.reset = "v = -60*mV";
    DO(bh_group_new(net, &neuron, &cell, &diag));
    DO(bh_group_set(cell, "v", "-60*mV", &diag));

    /* the rule is text, and could be written by hand as well */
    bh_stdp_params rule = bh_stdp_params_default();
    rule.w_max = 0.01;
    rule.effect = "ge += w";
    DO(bh_stdp(&rule, &texts, &diag));
    bh_synapses_config config = bh_synapses_config_default();
    config.source = bh_all(inputs);
    config.target = bh_all(cell);
    bh_plasticity_use(&texts, &config);
    DO(bh_synapses_new(&config, &synapses, &diag));
    DO(bh_synapses_connect(synapses, NULL, &diag));
    DO(bh_synapses_set(synapses, "w", NULL, "rand()*0.01", &diag));

    DO(bh_spike_monitor_new(cell, NULL, &spikes, &diag));
    DO(bh_network_run(net, seconds, &diag));
    DO(bh_synapses_get(synapses, "w", w, INPUTS, &diag));
    for (int n = 0; n < INPUTS; n++)
        histogram[w[n] < 0.01 ? (int)(w[n] / 0.01 * BINS) : BINS - 1]++;
    printf("%.0f s, %.0f spikes; synapses by weight:", seconds,
           (double)bh_spike_monitor_count(spikes));
    for (int bin = 0; bin < BINS; bin++)
        printf(" %d", histogram[bin]);
    printf("\n");
    bh_network_free(net);
    return 0;
}
