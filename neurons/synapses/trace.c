/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/synapses/trace_internal.h"

#include "neurons/spread_internal.h"
#include "neurons/store_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Values below 2^-60 of what they were are counted as nothing: less than the rounding
 * of anything they are added to. */
static const double NOTHING = 60 * 0.693147180559945309;
enum { MOST_LASTING = 1 << 20 };
/* The rings of all parts may take so much. */
static const double MOST_BYTES = 512e6;

int32_t
trace_lasting(double rate, double dt_s)
{
    const double steps = ceil(NOTHING / (-rate * dt_s));
    return steps < MOST_LASTING ? (int32_t)steps : 0;
}

/* The neurons whose values a part has. */
static size_t
neurons_of(const bh_synapses *s, const struct trace *t, size_t p)
{
    const uint32_t *cut = s->target.group->cut;
    return t->pathway->from_post ? cut[p + 1] - cut[p] : s->source.count;
}

static void
part_free(struct trace_part *part)
{
    free(part->last);
    free(part->now);
    free(part->ring);
    free(part->filled);
    *part = (struct trace_part){.last = NULL};
}

void
trace_free(bh_synapses *s)
{
    for (struct trace *t = s->run->traces; t; t = t->next) {
        for (size_t p = 0; t->part && p < s->target.group->parts; p++)
            part_free(&t->part[p]);
        free(t->part);
        free(t->decay);
        t->part = NULL;
        t->decay = NULL;
    }
}

/* Whether all synapses begin alike: with nothing. */
static bool
is_zero(const bh_synapses *s, const struct symbol *symbol)
{
    const size_t size = bh_precision_size(s->precision);
    for (size_t n = 0; n < s->count; n++) {
        double value = 0;
        memcpy(&value, (const char *)s->arrays[symbol->slot] + n * size, size);
        if (value != 0)
            return false;
    }
    return true;
}

static bool
take_source_part(const bh_synapses *s, struct trace_part *part, uint32_t depth)
{
    const size_t count = s->source.count;
    uint32_t length = 1;
    while (length < depth)
        length *= 2;
    part->filled = calloc(count, sizeof *part->filled);
    part->ring = large_new(count * length * sizeof *part->ring);
    if (!part->filled || !part->ring)
        return false;
    for (size_t n = 0; n < count * length; n++)
        part->ring[n] = (bh_trace_entry){0, NEVER};
    part->view.ring = part->ring;
    part->view.filled = part->filled;
    part->view.mask = length - 1;
    return true;
}

static bool
take_decay(struct trace *t, double dt_s)
{
    const int32_t lasting = trace_lasting(t->rate, dt_s);
    t->decay = calloc((size_t)lasting + 1, sizeof *t->decay);
    for (int32_t n = 0; t->decay && n < lasting; n++)
        t->decay[n] = exp(t->rate * dt_s * n);
    return t->decay != NULL;
}

static const struct path *
path_of(const bh_synapses *s, const struct pathway *pathway)
{
    const struct path *path = s->run->paths;
    while (path->pathway != pathway)
        path = path->next;
    return path;
}

static bool
take_part(const bh_synapses *s, struct trace *t, size_t p, uint32_t depth)
{
    struct trace_part *part = &t->part[p];
    const size_t count = neurons_of(s, t, p);
    part->last = malloc((count + 1) * sizeof *part->last);
    if (!part->last)
        return false;
    for (size_t n = 0; n < count; n++)
        part->last[n] = (bh_trace_last){{0, 0}, {NEVER, NEVER}};
    if (t->pathway->from_post)
        part->now = calloc(count + 1, sizeof *part->now);
    if (t->pathway->from_post ? !part->now : !take_source_part(s, part, depth))
        return false;
    part->view.last = part->last;
    part->view.now = part->now;
    part->view.decay = t->decay;
    part->view.lasting = (uint32_t)trace_lasting(t->rate, s->net->config.dt_s);
    return true;
}

static bool
take_parts(bh_synapses *s, struct trace *t, uint32_t depth)
{
    if (!take_decay(t, s->net->config.dt_s))
        return false;
    t->part = calloc(s->target.group->parts, sizeof *t->part);
    for (size_t p = s->target.group->first_part;
         t->part && p < s->target.group->last_part; p++)
        if (!take_part(s, t, p, depth))
            return false;
    return t->part != NULL;
}

/* Whether synapses are as traces can say, and rings not too large. */
static bool
is_possible_here(const bh_synapses *s)
{
    const bh_group *target = s->target.group;
    double bytes = 0;
    for (const struct trace *t = s->run->traces; t; t = t->next) {
        const struct path *path = path_of(s, t->pathway);
        if (t->pathway->from_post && t->pathway->delay)
            return false;
        if (!is_zero(s, t->variable))
            return false;
        if (!t->pathway->from_post)
            bytes +=
                2.0 * (path->longest - path->shortest + 2) *
                (double)(s->source.count * (target->last_part - target->first_part)) *
                sizeof(bh_trace_entry);
    }
    return bytes <= MOST_BYTES;
}

/* All processes have them, or none. */
static bh_status
is_possible(const bh_synapses *s, bool *possible, bh_diag *diag)
{
    double here = is_possible_here(s);
    BH_TRY(spread_least(s->net, &here, 1, diag));
    *possible = here > 0;
    return BH_OK;
}

/* The delays of the pathway that sources' traces go by, in the order of places. */
static bool
take_delays(struct path *path, const struct pathway *sources)
{
    const bh_synapses *s = path->synapses;
    if (path->kind != PATH_SPIKES || !path->from_post || !sources)
        return true;
    free(path->place_delay);
    path->place_delay = NULL;
    path->place_fixed = (int32_t)sources->delay_steps;
    if (!sources->delay)
        return true;
    path->place_delay = large_new((s->count + 1) * sizeof *path->place_delay);
    for (size_t q = 0; path->place_delay && q < s->count; q++)
        path->place_delay[q] = sources->delay[path->order[q]];
    return path->place_delay != NULL;
}

static const struct pathway *
sources_of(const bh_synapses *s)
{
    for (const struct trace *t = s->run->traces; t; t = t->next)
        if (!t->pathway->from_post)
            return t->pathway;
    return NULL;
}

bh_status
trace_begin(bh_synapses *s, bh_diag *diag)
{
    struct synapse_run *run = s->run;
    bool ok = true, possible = false;
    if (!run->started && run->traces)
        BH_TRY(is_possible(s, &possible, diag));
    if (possible) {
        run->traced = true;
        for (struct trace *t = run->traces; ok && t; t = t->next) {
            const struct path *path = path_of(s, t->pathway);
            ok = take_parts(s, t, path->longest - path->shortest + 2);
        }
    }
    run->started = true;
    for (struct path *path = run->traced && !run->current ? run->paths : NULL;
         ok && path; path = path->next)
        ok = take_delays(path, sources_of(s));
    if (!ok)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the traces of %s",
                           s->name);
    run->settled = false;
    return BH_OK;
}

void
trace_bind(const struct path *path, size_t p, bh_path_frame *frame)
{
    const struct synapse_run *run = path->synapses->run;
    if (!run->traced)
        return;
    for (const struct trace *t = run->traces; t; t = t->next)
        run->view[p * MOST_TRACES + (size_t)t->number] = &t->part[p].view;
    frame->trace = &run->view[p * MOST_TRACES];
    frame->place_delay = path->place_delay;
    frame->place_fixed = path->place_fixed;
    frame->lastupdate = NULL;
}

void
trace_decay(const bh_synapses *s, size_t p)
{
    const size_t count = s->cut[p + 1] - s->cut[p];
    for (const struct trace *t = s->run->traces; t; t = t->next) {
        double *restrict now = t->part[p].now;
        const double decay = t->decay[1];
        for (size_t n = 0; now && n < count; n++)
            now[n] *= decay;
    }
}

void
trace_ask(const struct path *path, size_t p, uint32_t neuron)
{
    for (const struct trace *t = path->synapses->run->traces; t; t = t->next) {
        const struct trace_part *part = &t->part[p];
        if (t->pathway != path->pathway)
            continue;
        __builtin_prefetch(&part->last[neuron], 1);
        if (part->ring)
            __builtin_prefetch(
                &part->ring[(size_t)neuron * (part->view.mask + 1) +
                            ((part->filled[neuron] + 1) & part->view.mask)],
                1);
    }
}

void
trace_add(const struct path *path, size_t p, uint32_t neuron, int64_t sent)
{
    const bh_synapses *s = path->synapses;
    const int32_t stamp = (int32_t)(sent - s->net->epoch);
    for (const struct trace *t = s->run->traces; t; t = t->next) {
        struct trace_part *part = &t->part[p];
        if (t->pathway != path->pathway)
            continue;
        const double value = bh_trace_at(&part->view, (int32_t)neuron, stamp) + t->step;
        bh_trace_last *last = &part->last[neuron];
        *last = (bh_trace_last){{value, last->value[0]}, {stamp, last->stamp[0]}};
        if (part->now) {
            part->now[neuron] += t->step;
            continue;
        }
        part->ring[(size_t)neuron * (part->view.mask + 1) +
                   (++part->filled[neuron] & part->view.mask)] =
            (bh_trace_entry){value, stamp};
    }
}

/* The last step at which a spike of a neuron reached a synapse, its delay ago. */
static int32_t
last_arrival(const struct trace *t, size_t p, int32_t neuron, int32_t delay,
             int32_t now)
{
    const bh_trace *view = &t->part[p].view;
    int32_t stamp = view->last[neuron].stamp[0];
    uint32_t at = view->filled ? view->filled[neuron] : 0;
    const bh_trace_entry *ring =
        view->ring ? view->ring + (size_t)neuron * (view->mask + 1) : NULL;
    while (ring && stamp > now - delay)
        stamp = ring[--at & view->mask].stamp;
    return stamp <= NEVER ? NEVER : stamp + delay;
}

/* The part that has a trace's values of a synapse's neuron, and which of them it is;
 * synapses may still be cut as another run wanted them. */
static size_t
find_neuron(const bh_synapses *s, const struct trace *t, uint32_t i, uint32_t target,
            int32_t *neuron)
{
    const bh_group *group = s->target.group;
    size_t p = 0;
    *neuron = (int32_t)i;
    if (!t->pathway->from_post)
        return group->first_part; /* all have them */
    while (group->cut[p + 1] <= target)
        p++;
    *neuron = (int32_t)(target - group->cut[p]);
    return p;
}

static void
settle_one(const bh_synapses *s, uint32_t target, uint64_t n, uint32_t i, int32_t now)
{
    int32_t last = NEVER, neuron;
    for (int round = 0; round < 2; round++)
        for (const struct trace *t = s->run->traces; t; t = t->next) {
            const struct pathway *way = t->pathway;
            const int32_t delay = way->delay ? way->delay[n]
                                             : (int32_t)way->delay_steps;
            const size_t p = find_neuron(s, t, i, target, &neuron);
            if (round == 0) {
                const int32_t arrival = last_arrival(t, p, neuron, delay, now);
                last = arrival > last ? arrival : last;
                continue;
            }
            const double value =
                last > NEVER ? bh_trace_at(&t->part[p].view, neuron, last - delay) : 0;
            void *array = s->arrays[t->variable->slot];
            if (s->precision == BH_SINGLE)
                ((float *)array)[n] = (float)value;
            else
                ((double *)array)[n] = value;
        }
    if (last > NEVER)
        s->lastupdate[n] = last;
}

void
trace_settle(bh_synapses *s)
{
    if (!s->run || !s->run->traced || s->run->settled)
        return;
    const int32_t now = (int32_t)(s->net->step - s->net->epoch) - 1;
    for (uint32_t i = 0; i < s->source.count; i++)
        for (uint32_t p = 0; p < s->partitions; p++) {
            const uint64_t *row = &s->row[(size_t)i * s->partitions + p];
            for (uint64_t n = row[0]; n < row[1]; n++)
                settle_one(s, s->cut[p] + synapses_local(s, p, row[0], n), n, i, now);
        }
    s->run->settled = true;
}

bool
trace_has(const bh_synapses *s, const struct symbol *variable)
{
    const struct trace *t = s->run ? s->run->traces : NULL;
    while (t && t->variable != variable)
        t = t->next;
    return t != NULL;
}

void
trace_end(bh_synapses *s)
{
    if (!s->run || !s->run->traced)
        return;
    trace_settle(s);
    trace_free(s);
    s->run->traced = false;
    s->net->layout++;
}

static int32_t
moved(int32_t stamp, int32_t steps)
{
    return stamp < NEVER + steps ? NEVER : stamp - steps;
}

void
trace_move(bh_synapses *s, int32_t steps)
{
    for (const struct trace *t = s->run->traced ? s->run->traces : NULL; t; t = t->next)
        for (size_t p = s->target.group->first_part; p < s->target.group->last_part;
             p++) {
            struct trace_part *part = &t->part[p];
            const size_t count = part->now ? s->cut[p + 1] - s->cut[p]
                                           : s->source.count;
            const size_t length = part->ring ? part->view.mask + 1 : 0;
            for (size_t n = 0; n < count; n++) {
                for (int k = 0; k < 2; k++)
                    part->last[n].stamp[k] = moved(part->last[n].stamp[k], steps);
            }
            for (size_t n = 0; n < count * length; n++)
                part->ring[n].stamp = moved(part->ring[n].stamp, steps);
        }
}

/* The values of sources are the same in all parts; those of targets follow each other.
 */
static void
visit_trace(struct state *state, const bh_synapses *s, struct trace *t)
{
    const size_t parts = s->target.group->parts;
    for (int array = 0; array < 4; array++)
        for (size_t p = 0; p < parts && !state->failed; p++) {
            struct trace_part *part = &t->part[p];
            const size_t count = neurons_of(s, t, p),
                         length = part->ring ? part->view.mask + 1 : 0;
            if (!t->pathway->from_post && p > 0 && !state->reading)
                continue;
            const size_t before = state->at;
            if (array == 0)
                state_bytes(state, part->last, count * sizeof *part->last);
            if (array == 1 && part->now)
                state_bytes(state, part->now, count * sizeof *part->now);
            if (array == 2 && part->ring)
                state_bytes(state, part->filled, count * sizeof *part->filled);
            if (array == 3 && part->ring)
                state_bytes(state, part->ring, count * length * sizeof *part->ring);
            if (!t->pathway->from_post && p + 1 < parts && state->reading)
                state->at = before; /* once more for the next part */
        }
}

void
trace_visit(struct state *state, bh_synapses *s)
{
    struct synapse_run *run = s->run;
    uint8_t traced = run->traced, started = run->started, settled = run->settled;
    STATE_VALUE(state, started);
    STATE_VALUE(state, settled);
    STATE_VALUE(state, traced);
    if (state->reading) {
        trace_free(s);
        run->started = started;
        run->traced = traced && run->traces;
        run->settled = settled;
    }
    for (struct trace *t = traced ? run->traces : NULL; t && !state->failed;
         t = t->next) {
        uint32_t depth = t->part && t->part[0].ring ? t->part[0].view.mask + 1 : 1;
        STATE_VALUE(state, depth);
        const size_t sources = t->pathway->from_post ? 0 : s->source.count;
        if (state->reading && !state->failed)
            state->failed = depth > LONGEST_DELAY * 2 ||
                            sources * depth >
                                (state->size - state->at) / sizeof(bh_trace_entry) ||
                            !take_parts(s, t, depth);
        visit_trace(state, s, t);
    }
}
