/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_NEURONS_MODEL_H
#define BH_TESTS_NEURONS_MODEL_H

/* One group in a network of its own, for tests of groups. */

#include "tests/check.h"

#include "brianhears.h"

struct model {
    bh_network *net;
    bh_group *group;
    bh_spike_monitor *spikes;
};

/* How the models of a test run. */
static bh_code_mode mode;

static inline struct model
make(bh_group_config config, double dt_s)
{
    struct model model = {0};
    bh_diag diag;
    bh_network_config network = bh_network_config_default();
    network.dt_s = dt_s;
    network.code = mode;
    network.threads = 1;
    CHECK_OK(bh_network_new(&network, &model.net, &diag), diag);
    CHECK_OK(bh_group_new(model.net, &config, &model.group, &diag), diag);
    if (config.threshold)
        CHECK_OK(bh_spike_monitor_new(model.group, NULL, &model.spikes, &diag), diag);
    return model;
}

static inline void
run(struct model model, double duration_s)
{
    bh_diag diag;
    CHECK_OK(bh_network_run(model.net, duration_s, &diag), diag);
}

static inline double
value(struct model model, const char *name)
{
    bh_diag diag;
    double values[64];
    CHECK_OK(
        bh_group_get(model.group, name, values, bh_group_count(model.group), &diag),
        diag);
    return values[0];
}

static inline void
set(struct model model, const char *name, const char *expression)
{
    bh_diag diag;
    CHECK_OK(bh_group_set(model.group, name, expression, &diag), diag);
}

static inline bh_group_config
config_of(const char *equations, const char *method, bh_precision precision)
{
    bh_group_config config = bh_group_config_default();
    config.equations = equations;
    config.method = method;
    config.precision = precision;
    return config;
}

#endif
