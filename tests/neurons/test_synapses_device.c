/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Synapses on a device: spikes, weights and all variables are those of the processor,
 * to the last bit, for any order of threads and any window. */
#include "tests/neurons/twins.h"

static bh_group *
group_of(struct twin *twin, const char *name, size_t count, const char *equations,
         const char *threshold, const char *reset, const char *refractory)
{
    bh_group_config config = bh_group_config_default();
    config.name = name;
    config.count = count;
    config.equations = equations;
    config.threshold = threshold;
    config.reset = reset;
    config.refractory = refractory;
    return twin_group(twin, &config);
}

static bh_group *
poisson_of(struct twin *twin, const char *name, size_t count, const char *rates)
{
    bh_diag diag;
    bh_group *group;
    bh_poisson_config config = bh_poisson_config_default();
    config.name = name;
    config.count = count;
    config.rates = rates;
    CHECK_OK(bh_poisson_new(twin->net, &config, &group, &diag), diag);
    twin->group[twin->groups++] = group;
    return group;
}

static bh_synapses *
wire(struct twin *twin, const bh_synapses_config *config, const char *condition,
     const char *probability)
{
    bh_diag diag;
    bh_synapses *synapses;
    bh_connect_config connect = bh_connect_config_default();
    CHECK_OK(bh_synapses_new(config, &synapses, &diag), diag);
    connect.condition = condition;
    if (probability)
        connect.probability = probability;
    CHECK_OK(bh_synapses_connect(synapses, &connect, &diag), diag);
    twin->synapses[twin->synapse_count++] = synapses;
    return synapses;
}

static void
set(bh_synapses *synapses, const char *variable, const char *expression)
{
    bh_diag diag;
    CHECK_OK(bh_synapses_set(synapses, variable, NULL, expression, &diag), diag);
}

static void
set_neurons(bh_group *group, const char *variable, const char *expression)
{
    bh_diag diag;
    CHECK_OK(bh_group_set(group, variable, expression, &diag), diag);
}

static bh_synapses_config
between(bh_group *source, bh_group *target)
{
    bh_synapses_config config = bh_synapses_config_default();
    config.source = bh_all(source);
    config.target = bh_all(target);
    return config;
}

/* CUBA (Vogels and Abbott 2005, as Brian 2's example), a tenth in size: sums without
 * weights of their own, no delay. */
static void
build_cuba(struct twin *twin)
{
    bh_group *cells =
        group_of(twin, "cells", 400,
                 "dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless "
                 "refractory)\n"
                 "dge/dt = -ge/(5*ms) : volt\ndgi/dt = -gi/(10*ms) : volt",
                 "v > -50*mV", "v = -60*mV", "5*ms");
    set_neurons(cells, "v", "-60*mV + rand()*10*mV");
    bh_synapses_config config = between(cells, cells);
    config.name = "excitation";
    config.source = bh_part(cells, 0, 320);
    config.on_pre = "ge += 1.62*mV";
    wire(twin, &config, NULL, "0.2");
    config.name = "inhibition";
    config.source = bh_part(cells, 320, 80);
    config.on_pre = "gi -= 9*mV";
    wire(twin, &config, NULL, "0.2");
    twin_listen(twin, cells, NULL);
}

/* COBA: conductances, weights of their own, delays, no single precision of sums. */
static void
build_coba(struct twin *twin)
{
    bh_group *cells =
        group_of(twin, "cells", 300,
                 "dv/dt = ((-60*mV - v) + ge*(0*mV - v) + gi*(-80*mV - v) + "
                 "12*mV)/(20*ms) : volt (unless refractory)\n"
                 "dge/dt = -ge/(5*ms) : 1\ndgi/dt = -gi/(10*ms) : 1",
                 "v > -50*mV", "v = -60*mV", "5*ms");
    set_neurons(cells, "v", "-60*mV + rand()*10*mV");
    bh_synapses_config config = between(cells, cells);
    config.name = "excitation";
    config.source = bh_part(cells, 0, 240);
    config.model = "w : 1";
    config.on_pre = "ge += w";
    bh_synapses *excitation = wire(twin, &config, NULL, "0.2");
    set(excitation, "w", "0.6*rand()");
    set(excitation, "delay", "rand()*3*ms");
    config.name = "inhibition";
    config.source = bh_part(cells, 240, 60);
    config.target = bh_part(cells, 10, 250);
    config.on_pre = "gi += w";
    config.delay = "1.5*ms";
    set(wire(twin, &config, "i != j - 5", "0.3"), "w", "0.7 + 0.1*rand()");
    twin_listen(twin, cells, NULL);
}

static const char leaky[] = "dv/dt = (-74*mV - v + ge*(0*mV - v))/(10*ms) : volt\n"
                            "dge/dt = -ge/(5*ms) : 1";

/* Song, Miller and Abbott (2000): plasticity with traces that are kept once for each
 * neuron. */
static void
build_song(struct twin *twin)
{
    bh_diag diag;
    bh_plasticity texts;
    bh_group *inputs = poisson_of(twin, "inputs", 300, "60*Hz"),
             *cells =
                 group_of(twin, "cells", 5, leaky, "v > -54*mV", "v = -60*mV", NULL);
    bh_stdp_params rule = bh_stdp_params_default();
    rule.w_max = 0.03;
    rule.effect = "ge += w";
    set_neurons(cells, "v", "-60*mV");
    CHECK_OK(bh_stdp(&rule, &texts, &diag), diag);
    bh_synapses_config config = between(inputs, cells);
    bh_plasticity_use(&texts, &config);
    set(wire(twin, &config, NULL, NULL), "w", "rand()*0.03");
    twin_listen(twin, inputs, NULL);
    twin_listen(twin, cells, NULL);
}

/* 200 by 200 plastic synapses with delays of their own in both directions: without
 * traces. */
static void
build_delays(struct twin *twin)
{
    bh_diag diag;
    bh_plasticity texts;
    bh_group *inputs = poisson_of(twin, "inputs", 200, "40*Hz"),
             *cells =
                 group_of(twin, "cells", 200, leaky, "v > -54*mV", "v = -60*mV", NULL);
    bh_stdp_params rule = bh_stdp_params_default();
    rule.w_max = 0.03;
    rule.effect = "ge += w";
    set_neurons(cells, "v", "-60*mV + 3*mV*rand()");
    CHECK_OK(bh_stdp(&rule, &texts, &diag), diag);
    bh_synapses_config config = between(inputs, cells);
    bh_plasticity_use(&texts, &config);
    bh_synapses *synapses = wire(twin, &config, NULL, NULL);
    set(synapses, "w", "rand()*0.03");
    set(synapses, "delay", "rand()*10*ms");
    set(synapses, "delay_post", "rand()*4*ms");
    twin_listen(twin, inputs, NULL);
    twin_listen(twin, cells, NULL);
}

/* The same with delays of presynaptic spikes only: with traces. */
static void
build_traced_delays(struct twin *twin)
{
    bh_diag diag;
    bh_plasticity texts;
    bh_group *inputs = poisson_of(twin, "inputs", 200, "60*Hz"),
             *cells =
                 group_of(twin, "cells", 130, leaky, "v > -54*mV", "v = -60*mV", NULL);
    bh_stdp_params rule = bh_stdp_params_default();
    rule.w_max = 0.06;
    rule.effect = "ge += w";
    set_neurons(cells, "v", "-60*mV + 3*mV*rand()");
    CHECK_OK(bh_stdp(&rule, &texts, &diag), diag);
    bh_synapses_config config = between(inputs, cells);
    bh_plasticity_use(&texts, &config);
    bh_synapses *synapses = wire(twin, &config, NULL, "0.8");
    set(synapses, "w", "rand()*0.06");
    set(synapses, "delay", "rand()*6*ms");
    twin_listen(twin, cells, NULL);
}

/* Few spikes, which are long under way. */
static void
build_sparse(struct twin *twin)
{
    bh_group *inputs = poisson_of(twin, "inputs", 6, "60*Hz"),
             *cells =
                 group_of(twin, "cells", 40, leaky, "v > -60*mV", "v = -74*mV", NULL);
    set_neurons(cells, "v", "-74*mV");
    bh_synapses_config config = between(inputs, cells);
    config.on_pre = "ge += 1 + 0.01*i";
    bh_synapses *synapses = wire(twin, &config, NULL, NULL);
    set(synapses, "delay", "rand()*9*ms");
    twin_listen(twin, cells, NULL);
}

/* The rest of what texts of synapses can say: equations that run with the clock, sums
 * into targets and sources, statements that run regularly, events of a group's own,
 * random numbers, several synapses of a pair, given spikes, a group that rests between
 * its own steps, an array over time. */
static void
build_rest(struct twin *twin)
{
    bh_diag diag;
    static const double times[] = {0.001, 0.0023, 0.004, 0.009, 0.0113, 0.0117};
    static const uint32_t index[] = {3, 17, 3, 39, 17, 0};
    bh_group *given;
    bh_generator_config generator = bh_generator_config_default();
    generator.name = "given";
    generator.count = 40;
    generator.period_s = 0.0125;
    generator.spikes =
        (bh_events){(double *)(uintptr_t)times, (uint32_t *)(uintptr_t)index, 6};
    CHECK_OK(bh_generator_new(twin->net, &generator, &given, &diag), diag);
    bh_group *cells =
        group_of(twin, "cells", 70,
                 "dv/dt = (0.9 + total - v)/(3*ms) + 0.3*xi*ms**-0.5 : 1\n"
                 "total : 1\nheard : 1\nown : 1",
                 "v > 1", "v = 0", NULL);
    CHECK_OK(bh_group_event(cells, "half", "v > 0.5 and v < 0.6", &diag), diag);
    CHECK_OK(bh_poisson_input_new(cells, "v", 20, "100*Hz", "0.05", &diag), diag);
    bh_synapses_config config = between(given, cells);
    config.name = "lines";
    config.model = "w : 1\ndu/dt = (rate - u)/(20*ms) : 1 (clock-driven)\nrate : 1\n"
                   "total_post = 0.001*u*w : 1 (summed)";
    config.on_pre = "w = clip(w + 0.01*randn(), 0, 1)\nv += 0.02*w*rand()\nu += 0.1";
    config.on_post = "rate += 0.01*N_incoming/N_outgoing";
    config.delay_post = "0.3*ms";
    bh_synapses *lines = wire(twin, &config, NULL, "0.5");
    bh_connect_config again = bh_connect_config_default();
    again.probability = "0.2";
    CHECK_OK(bh_synapses_connect(lines, &again, &diag), diag);
    set(lines, "w", "rand()");
    CHECK_OK(bh_synapses_run_regularly(lines, "rate = rate*0.9", 1e-3, &diag), diag);
    config = between(cells, cells);
    config.name = "mutual";
    config.model = "c : 1\nown_pre = 0.5*c : 1 (summed)";
    config.on_pre = "heard_post += 1 + c";
    config.event_pre = "half";
    config.delay = "0.2*ms";
    set(wire(twin, &config, "abs(i - j) < 4", NULL), "c", "i + 0.1*j");
    twin_listen(twin, cells, NULL);
    twin_listen(twin, cells, "half");
}

static const struct {
    const char *name;
    void (*build)(struct twin *);
    double seconds;
} networks[] = {{"cuba", build_cuba, 0.02},
                {"coba", build_coba, 0.02},
                {"song", build_song, 0.03},
                {"delays both ways", build_delays, 0.025},
                {"traces and delays", build_traced_delays, 0.025},
                {"few spikes", build_sparse, 0.06},
                {"the rest", build_rest, 0.02}};

static void
run_network(size_t n, bh_precision precision, size_t window, int order)
{
    const double turns_s[] = {networks[n].seconds * 0.6, 1e-4,
                              networks[n].seconds * 0.4};
    if (fake)
        fake->order = order;
    twin_run(networks[n].build, precision, window, turns_s, 3);
}

static void
test_bits(void)
{
    twin_start();
    for (size_t n = 0; n < sizeof networks / sizeof networks[0]; n++) {
        const size_t before = CU_get_number_of_failures();
        run_network(n, BH_DOUBLE, 256, (int)n % 3);
        run_network(n, BH_SINGLE, 13, (int)(n + 1) % 3);
        if (CU_get_number_of_failures() > before)
            fprintf(stderr, "... in %s\n", networks[n].name);
    }
    twin_stop();
}

TEST_MAIN("synapses on a device", {"bits", test_bits})
