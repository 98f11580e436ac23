/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_NEURONS_TWINS_H
#define BH_TESTS_NEURONS_TWINS_H

/* The same network twice, on the processor and on a device: everything in them must be
 * the same, to the last bit. */

#include "tests/check.h"
#include "tests/gpu/fake_gpu.h"

#include "brianhears.h"
#include "gpu/device_internal.h"
#include "neurons/run_internal.h"

enum { TWIN_MOST = 8 };

struct twin {
    bh_network *net;
    bh_precision precision;
    bh_group *group[TWIN_MOST];
    bh_synapses *synapses[TWIN_MOST];
    bh_spike_monitor *spikes[TWIN_MOST];
    bh_state_monitor *states[TWIN_MOST];
    bh_source *source;
    bh_sound *sound;
    size_t groups, synapse_count, monitors, state_count;
};

static struct fake_gpu *fake;
static struct gpu *gpu;

static inline void
twin_start(void)
{
    bh_diag diag;
    fake = fake_gpu_start();
    CHECK_OK(bh_gpu_open(0, &gpu, &diag), diag);
}

static inline void
twin_stop(void)
{
    bh_gpu_close(gpu);
    gpu = NULL;
    CHECK(fake_gpu_leaks(fake) == 0);
}

static inline struct twin
twin_new(bool device, bh_precision precision, size_t window)
{
    bh_diag diag;
    struct twin twin = {.precision = precision};
    bh_network_config config = bh_network_config_default();
    config.random = BH_RANDOM_PORTABLE;
    config.code = BH_CODE_INTERPRETED;
    config.seed = 12345678901;
    config.threads = 1;
    config.window = window;
    config.device = device ? &gpu->device : NULL;
    CHECK_OK(bh_network_new(&config, &twin.net, &diag), diag);
    return twin;
}

static inline void
twin_free(struct twin *twin)
{
    bh_network_free(twin->net);
    bh_source_free(twin->source);
    bh_sound_free(twin->sound);
}

static inline bh_group *
twin_group(struct twin *twin, const bh_group_config *config)
{
    bh_diag diag;
    bh_group_config own = *config;
    bh_group *group = NULL;
    own.precision = twin->precision;
    CHECK_OK(bh_group_new(twin->net, &own, &group, &diag), diag);
    twin->group[twin->groups++] = group;
    return group;
}

/* Records an event of a group; NULL: its spikes. */
static inline void
twin_listen(struct twin *twin, bh_group *group, const char *event)
{
    bh_diag diag;
    bh_spike_monitor_config config = {.event = event, .record = true};
    CHECK_OK(
        bh_spike_monitor_new(group, &config, &twin->spikes[twin->monitors++], &diag),
        diag);
}

static inline void
twin_same(const char *what, const char *name, const void *a, const void *b,
          size_t bytes)
{
    const bool same = bytes == 0 || memcmp(a, b, bytes) == 0;
    if (!same)
        fprintf(stderr, "%s: '%s' differs\n", what, name);
    CHECK(same);
}

static inline void
twin_compare_group(const bh_group *a, const bh_group *b)
{
    const size_t element = bh_precision_size(a->precision);
    for (const struct symbol *s = a->scope.symbols; s; s = s->next) {
        if (s->slot < 0 || s->slot >= a->scope.stored ||
            (s->kind != SYMBOL_STATE && s->kind != SYMBOL_PARAMETER &&
             s->kind != SYMBOL_SUBEXPRESSION && s->kind != SYMBOL_NOT_REFRACTORY))
            continue;
        twin_same(a->name, s->name, a->arrays[s->slot], b->arrays[s->slot],
                  a->count * element);
        const double first = a->precision == BH_SINGLE ? *(float *)a->arrays[s->slot]
                                                       : *(double *)a->arrays[s->slot];
        CHECK(isfinite(first));
    }
    if (a->lastspike)
        twin_same(a->name, "lastspike", a->lastspike, b->lastspike,
                  a->count * sizeof *a->lastspike);
}

static inline void
twin_compare_spikes(const bh_spike_monitor *a, const bh_spike_monitor *b)
{
    const bh_events x = bh_spike_monitor_events(a), y = bh_spike_monitor_events(b);
    CHECK(x.count == y.count);
    CHECK(x.count > 10);
    if (x.count != y.count) {
        fprintf(stderr, "%zu spikes, expected %zu\n", y.count, x.count);
        return;
    }
    twin_same("a monitor", "times", x.time_s, y.time_s, x.count * sizeof *x.time_s);
    twin_same("a monitor", "neurons", x.index, y.index, x.count * sizeof *x.index);
}

static inline void
twin_compare_synapses(bh_synapses *a, bh_synapses *b)
{
    bh_diag diag;
    const size_t count = bh_synapses_count(a);
    double *x = calloc(2 * count + 1, sizeof *x), *y = x + count;
    CHECK(count == bh_synapses_count(b));
    for (const struct symbol *s = a->scope.symbols; s; s = s->next) {
        if (!is_own_variable(s))
            continue;
        CHECK_OK(bh_synapses_get(a, s->name, x, count, &diag), diag);
        CHECK_OK(bh_synapses_get(b, s->name, y, count, &diag), diag);
        twin_same(a->name, s->name, x, y, count * sizeof *x);
    }
    free(x);
}

static inline void
twin_compare_states(const bh_state_monitor *a, const bh_state_monitor *b)
{
    CHECK(a->kept == b->kept && a->kept > 0);
    for (size_t v = 0; v < a->variables && a->kept == b->kept; v++)
        for (size_t row = 0; row < a->kept; row++)
            twin_same("a state monitor", a->recorded[v].symbol->name,
                      row_at(a->recorded[v].rows, row, a->stride, a->group->precision),
                      row_at(b->recorded[v].rows, row, b->stride, b->group->precision),
                      a->width * bh_precision_size(a->group->precision));
}

static inline void
twin_compare(const struct twin *a, const struct twin *b)
{
    bh_diag diag;
    CHECK_OK(device_home(a->net, false, &diag), diag);
    CHECK_OK(device_home(b->net, false, &diag), diag);
    for (size_t n = 0; n < a->groups; n++)
        twin_compare_group(a->group[n], b->group[n]);
    for (size_t n = 0; n < a->monitors; n++)
        twin_compare_spikes(a->spikes[n], b->spikes[n]);
    for (size_t n = 0; n < a->synapse_count; n++)
        twin_compare_synapses(a->synapses[n], b->synapses[n]);
    for (size_t n = 0; n < a->state_count; n++)
        twin_compare_states(a->states[n], b->states[n]);
}

/* Builds the network twice, runs both in turns of these lengths, and compares. */
static inline void
twin_run(void (*build)(struct twin *), bh_precision precision, size_t window,
         const double *turns_s, size_t turns)
{
    bh_diag diag;
    struct twin twin[2];
    for (int device = 0; device < 2; device++) {
        twin[device] = twin_new(device == 1, precision, device ? window : 256);
        build(&twin[device]);
    }
    for (size_t t = 0; t < turns; t++) {
        for (int device = 0; device < 2; device++)
            CHECK_OK(bh_network_run(twin[device].net, turns_s[t], &diag), diag);
        twin_compare(&twin[0], &twin[1]);
    }
    twin_free(&twin[0]);
    twin_free(&twin[1]);
}

#endif
