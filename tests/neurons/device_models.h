/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_NEURONS_DEVICE_MODELS_H
#define BH_TESTS_NEURONS_DEVICE_MODELS_H

/* Models that between them use everything that CUDA text can say. */

#include "tests/check.h"

#include "brianhears.h"

struct device_model {
    const char *name, *equations, *threshold, *reset, *refractory, *method, *regularly;
    const char *events[2][3]; /* name, condition, statements */
};

static const struct device_model device_models[] = {
    {"nerve",
     "dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless refractory)\nI : 1",
     "v > 1",
     "v = 0",
     "2*ms",
     NULL,
     NULL,
     {{NULL}}},
    {"adaptive",
     "dv/dt = (1.5 - v + sigma*xi_a*(2*tau)**.5 - w)/tau : 1 (unless refractory)\n"
     "dw/dt = -w/(50*ms) + 0.1*xi_b*second**-.5 : 1\n"
     "sigma : 1 (constant)\ntau : second\nI : 1\nn : 1\nb : boolean",
     "v > 0.9 + 0.2*rand() and not b",
     "v = rand()*0.1; w += 0.05*randn()",
     "v > 0.05 + exp(-(t-lastspike)/(3*ms))",
     "euler",
     "b = rand() < 0.1; n += 1",
     {{"half", "v > 0.5 and t_in_timesteps % 3 == 0", "n += poisson(2.5)"},
      {"zero", "w < 0", "w = abs(w)*0.9; n += 100*int(not_refractory)"}}},
    {"hodgkin_huxley",
     "dv/dt = (10*uA/cm2*I - 120*msiemens/cm2*m**3*h*(v - 50*mV)\n"
     "  - 36*msiemens/cm2*n**4*(v + 77*mV) - 0.3*msiemens/cm2*(v + 54.4*mV)\n"
     "  )/(1*uF/cm2) : volt\n"
     "dm/dt = (1-m)/exprel(-(v + 40*mV)/(10*mV))/ms - 4*exp(-(v + 65*mV)/(18*mV))*m/ms "
     ": 1\n"
     "dh/dt = 0.07*exp(-(v + 65*mV)/(20*mV))*(1-h)/ms\n"
     "  - h/(1 + exp(-(v + 35*mV)/(10*mV)))/ms : 1\n"
     "dn/dt = 0.1/exprel(-(v + 55*mV)/(10*mV))*(1-n)/ms\n"
     "  - 0.125*exp(-(v + 65*mV)/(80*mV))*n/ms : 1\nI : 1",
     "v > 0*mV",
     NULL,
     "v > -20*mV",
     "exponential_euler",
     NULL,
     {{NULL}}},
    {"functions",
     "dx/dt = (sin(2*pi*i/N + t*100*Hz) + arctan(y) - tanh(x)**3)/ms : 1\n"
     "dy/dt = (log1p(abs(x))*int(x > 0) + clip(x,-1,1)//0.3 - y % 0.7 + p)/ms : 1\n"
     "p = poisson(12 + y) : 1 (constant over dt)\n"
     "tau = (1 + i)*ms : second\ndz/dt = -z*exp(-dt/tau)/tau + cosh(x)/tau : 1\nI : 1",
     NULL,
     NULL,
     NULL,
     "rk4",
     NULL,
     {{NULL}}},
};
enum { DEVICE_MODELS = sizeof device_models / sizeof device_models[0] };

enum { DEVICE_NEURONS = 1037 };

/* A group of the model, driven by a sound where it has an I. */
static inline bh_group *
make_device_group(bh_network *net, const struct device_model *model,
                  bh_precision precision, bh_source *source)
{
    bh_diag diag;
    bh_group *group;
    bh_group_config config = bh_group_config_default();
    config.name = model->name;
    config.count = DEVICE_NEURONS;
    config.equations = model->equations;
    config.threshold = model->threshold;
    config.reset = model->reset;
    config.refractory = model->refractory;
    config.method = model->method;
    config.precision = precision;
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    if (model->regularly)
        CHECK_OK(bh_group_run_regularly(group, model->regularly, 3e-4, &diag), diag);
    for (int e = 0; e < 2 && model->events[e][0]; e++) {
        CHECK_OK(bh_group_event(group, model->events[e][0], model->events[e][1], &diag),
                 diag);
        CHECK_OK(
            bh_group_on_event(group, model->events[e][0], model->events[e][2], &diag),
            diag);
    }
    CHECK_OK(bh_link(group, "I", source, "1.5*clip(x,0,inf)**(1/3)", &diag), diag);
    return group;
}

static inline bh_network *
make_device_network(void)
{
    bh_diag diag;
    bh_network *net;
    bh_network_config config = bh_network_config_default();
    config.random = BH_RANDOM_PORTABLE;
    config.code = BH_CODE_INTERPRETED;
    config.seed = 12345678901;
    config.threads = 1;
    CHECK_OK(bh_network_new(&config, &net, &diag), diag);
    return net;
}

#endif
