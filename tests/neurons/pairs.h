/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_NEURONS_PAIRS_H
#define BH_TESTS_NEURONS_PAIRS_H

/* Synapses between two groups in a network of their own, for tests of synapses. */

#include "tests/check.h"

#include "brianhears.h"

struct wiring {
    bh_network *net;
    bh_group *source, *target;
    bh_synapses *synapses;
    size_t count;
    uint32_t *i, *j;
};

/* How the networks of a test run. */
static bh_code_mode code_mode = BH_CODE_INTERPRETED;

static inline bh_group *
neurons(bh_network *net, const char *name, size_t count, bh_precision precision)
{
    bh_diag diag;
    bh_group *group = NULL;
    bh_group_config config = bh_group_config_default();
    config.name = name;
    config.count = count;
    config.equations = "dv/dt = -v/(10*ms) : 1\n x : 1\n y = 2*x + i : 1\n ge : volt";
    config.precision = precision;
    config.threshold = "v > 1";
    config.reset = "v = 0";
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    return group;
}

static inline bh_network *
network(int threads)
{
    bh_diag diag;
    bh_network *net = NULL;
    bh_network_config config = bh_network_config_default();
    config.threads = threads;
    config.code = code_mode;
    CHECK_OK(bh_network_new(&config, &net, &diag), diag);
    return net;
}

/* Groups of their own sizes; no synapses connected yet. */
static inline struct wiring
wire(size_t sources, size_t targets, const char *model, int threads)
{
    bh_diag diag;
    struct wiring w = {.net = network(threads)};
    w.source = neurons(w.net, "source", sources, BH_DOUBLE);
    w.target = neurons(w.net, "target", targets, BH_DOUBLE);
    bh_synapses_config config = bh_synapses_config_default();
    config.source = bh_all(w.source);
    config.target = bh_all(w.target);
    config.model = model;
    config.on_pre = "v += 0.1";
    CHECK_OK(bh_synapses_new(&config, &w.synapses, &diag), diag);
    return w;
}

static inline void
look(struct wiring *w)
{
    bh_diag diag;
    free(w->i);
    free(w->j);
    w->count = bh_synapses_count(w->synapses);
    w->i = calloc(w->count + 1, sizeof *w->i);
    w->j = calloc(w->count + 1, sizeof *w->j);
    CHECK_OK(bh_synapses_pairs(w->synapses, w->i, w->j, w->count, &diag), diag);
}

static inline void
connect_pairs(struct wiring *w, bh_connect_config config)
{
    bh_diag diag;
    CHECK_OK(bh_synapses_connect(w->synapses, &config, &diag), diag);
    look(w);
}

static inline void
set_value(struct wiring *w, const char *variable, const char *expression)
{
    bh_diag diag;
    CHECK_OK(bh_synapses_set(w->synapses, variable, NULL, expression, &diag), diag);
}

/* Values of a variable, to be freed. */
static inline double *
values_of(struct wiring *w, const char *variable)
{
    bh_diag diag;
    double *values = calloc(w->count + 1, sizeof *values);
    CHECK_OK(bh_synapses_get(w->synapses, variable, values, w->count, &diag), diag);
    return values;
}

static inline void
unwire(struct wiring *w)
{
    bh_network_free(w->net);
    free(w->i);
    free(w->j);
}

#endif
