/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_NEURONS_SPIKING_H
#define BH_TESTS_NEURONS_SPIKING_H

/* Groups and synapses for tests of networks. */

#include "tests/neurons/cut.h"

/* A group of given spikes, in milliseconds. */
static inline bh_group *
given_spikes(bh_network *net, const char *name, size_t count, const double *time_ms,
             const uint32_t *index, size_t spikes)
{
    bh_diag diag;
    bh_group *group;
    double *time_s = calloc(spikes + 1, sizeof *time_s);
    for (size_t s = 0; s < spikes; s++)
        time_s[s] = 1e-3 * time_ms[s];
    bh_generator_config config = bh_generator_config_default();
    config.name = name;
    config.count = count;
    config.spikes = (bh_events){time_s, (uint32_t *)(uintptr_t)index, spikes};
    CHECK_OK(bh_generator_new(net, &config, &group, &diag), diag);
    free(time_s);
    return group;
}

static inline bh_group *
neurons(bh_network *net, const char *name, size_t count, bh_precision precision,
        const char *equations, const char *threshold, const char *reset)
{
    bh_diag diag;
    bh_group *group;
    bh_group_config config = bh_group_config_default();
    config.name = name;
    config.count = count;
    config.precision = precision;
    config.equations = equations;
    config.threshold = threshold;
    config.reset = reset;
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    return group;
}

static inline bh_synapses *
synapses(bh_group *source, bh_group *target, const char *model, const char *on_pre,
         const char *on_post, const char *delay, const char *delay_post)
{
    bh_diag diag;
    bh_synapses *out;
    bh_synapses_config config = bh_synapses_config_default();
    config.source = bh_all(source);
    config.target = bh_all(target);
    config.model = model;
    config.on_pre = on_pre;
    config.on_post = on_post;
    config.delay = delay;
    config.delay_post = delay_post;
    CHECK_OK(bh_synapses_new(&config, &out, &diag), diag);
    return out;
}

static inline void
run(bh_network *net, struct cut cut, double seconds)
{
    bh_diag diag;
    const double dt_s = bh_network_dt(net);
    double left = nearbyint(seconds / dt_s);
    const double piece = nearbyint(cut.piece_s / dt_s);
    for (; left > 0; left -= piece)
        CHECK_OK(bh_network_run(net, fmin(left, piece) * dt_s, &diag), diag);
}

static inline double
value(const bh_synapses *s, const char *variable, size_t n)
{
    bh_diag diag;
    const size_t count = bh_synapses_count(s);
    double *values = malloc(count * sizeof *values);
    CHECK_OK(bh_synapses_get(s, variable, values, count, &diag), diag);
    double out = values[n];
    free(values);
    return out;
}

static inline double
state(const bh_group *group, const char *variable, size_t n)
{
    bh_diag diag;
    const size_t count = bh_group_count(group);
    double *values = malloc(count * sizeof *values);
    CHECK_OK(bh_group_get(group, variable, values, count, &diag), diag);
    double out = values[n];
    free(values);
    return out;
}

#endif
