/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_ANALYSIS_TRAINS_H
#define BH_TESTS_ANALYSIS_TRAINS_H

/* Spikes of processes whose statistics are known in closed form. Seeds are fixed;
 * numbers come from SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), which any language
 * has in three lines. */

#include "analysis/trains.h"
#include "tests/check.h"

static inline double
next_uniform(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return ((double)((z ^ z >> 31) >> 11) + 0.5) * 0x1p-53;
}

struct spikes {
    double *time_s;
    uint32_t *index;
    size_t count, room;
};

static inline void
add_spike(struct spikes *spikes, double time_s, uint32_t index)
{
    if (spikes->count == spikes->room) {
        spikes->room = spikes->room ? 2 * spikes->room : 1024;
        spikes->time_s = realloc(spikes->time_s, spikes->room * sizeof *spikes->time_s);
        spikes->index = realloc(spikes->index, spikes->room * sizeof *spikes->index);
        if (!spikes->time_s || !spikes->index)
            abort();
    }
    spikes->time_s[spikes->count] = time_s;
    spikes->index[spikes->count++] = index;
}

static inline void
free_spikes(struct spikes *spikes)
{
    free(spikes->time_s);
    free(spikes->index);
    *spikes = (struct spikes){0};
}

static inline bh_events
events_of(const struct spikes *spikes)
{
    return (bh_events){spikes->time_s, spikes->index, spikes->count};
}

/* A Poisson process with a dead time, in equilibrium only after some of them; with
 * `depth` its rate is rate_hz (1 + depth cos(2 pi frequency_hz t)), by thinning. */
struct process {
    double rate_hz, dead_s, depth, frequency_hz;
};

static inline void
add_train(struct spikes *spikes, const struct process *p, uint32_t index,
          double duration_s, uint64_t seed)
{
    uint64_t state = seed * 0x2545f4914f6cdd1d + index;
    const double most_hz = p->rate_hz * (1 + p->depth);
    double last_s = -1;
    for (double t = 0;;) {
        t -= log(next_uniform(&state)) / most_hz;
        if (t >= duration_s)
            return;
        const double rate_hz = p->rate_hz * (1 + p->depth * cos(2 * 3.141592653589793 *
                                                                p->frequency_hz * t));
        if (next_uniform(&state) * most_hz < rate_hz && t >= last_s + p->dead_s) {
            add_spike(spikes, t, index);
            last_s = t;
        }
    }
}

/* All neurons from 0 s on, one trial. */
static inline bh_trains *
trains_of(bh_events events, size_t neurons, double start_s, double stop_s)
{
    bh_diag diag = {0};
    bh_trains *trains = NULL;
    const bh_trains_config config = {
        .neurons = neurons, .start_s = start_s, .stop_s = stop_s};
    CHECK_OK(bh_trains_new(&config, &events, 1, &trains, &diag), diag);
    return trains;
}

static inline bh_trains *
trains_of_process(const struct process *p, uint32_t neurons, double duration_s,
                  uint64_t seed)
{
    struct spikes spikes = {0};
    for (uint32_t i = 0; i < neurons; i++)
        add_train(&spikes, p, i, duration_s, seed);
    bh_trains *trains = trains_of(events_of(&spikes), neurons, 0, duration_s);
    free_spikes(&spikes);
    return trains;
}

#endif
