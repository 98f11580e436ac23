/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/synapses/trace_internal.h"

#include <stdlib.h>
#include <string.h>

/* Spikes find their synapses. What arrives at a step acts in the order of language:
 * older spikes first, then those of lower neurons, then as the synapses stand. With one
 * delay for all, the spikes of one past step are looked up. Where delays differ, the
 * places of a neuron are sorted by delay, and each spike on its way knows the next
 * place that it reaches and when. */

/* Spans that are handed to the code at a time; spikes that are looked at at a time. */
enum { SPANS = 256, PIECE = 64 };

/* Spans that wait for the code. */
struct batch {
    struct path *path;
    bh_path_frame *frame;
    size_t part;
    int thread;
    int32_t count;
    uint64_t events;
    bh_span span[SPANS];
};

static void
flush(struct batch *batch)
{
    struct path *path = batch->path;
    const bh_network *net = path->synapses->net;
    const bool traced = path->traced && path->synapses->run->traced;
    void (*compiled)(bh_path_frame *) = traced ? path->compiled_traced : path->compiled;
    batch->frame->spans = batch->count;
    batch->count = 0;
    if (compiled)
        compiled(batch->frame);
    else
        path_interpret(path, traced, batch->frame, net->workers[batch->thread].scratch);
}

static void
begin(struct batch *batch, struct path *path, size_t part, int64_t step, int thread)
{
    batch->path = path;
    batch->part = part;
    batch->thread = thread;
    batch->count = 0;
    batch->events = 0;
    batch->frame = &path->frame[part];
    batch->frame->step = step;
    batch->frame->now = (int32_t)(step - path->synapses->net->epoch);
    batch->frame->span = batch->span;
}

static void
end(struct batch *batch)
{
    if (batch->count > 0)
        flush(batch);
    batch->path->synapses->target.group->part[batch->part].events += batch->events;
}

static inline void
add(struct batch *batch, int64_t first, int64_t last, uint32_t neuron)
{
    if (first == last)
        return;
    if (batch->count == SPANS)
        flush(batch);
    batch->events += (uint64_t)(last - first);
    batch->span[batch->count++] = (bh_span){first, last, (int32_t)neuron};
}

/* Where the places of a neuron stand in `start`, and how the code counts it. */
static inline size_t
row_of(const struct path *path, size_t part, uint32_t neuron, uint32_t *own)
{
    const bh_synapses *s = path->synapses;
    if (path->from_post) {
        *own = neuron - s->cut[part];
        return neuron - s->target.first;
    }
    *own = neuron - (uint32_t)s->source.first;
    return (size_t)*own * s->partitions + part;
}

/* The parts whose spikes a part gets: of its own, or all of the sources. */
static void
sources(const struct path *path, size_t part, size_t *first, size_t *last)
{
    *first = path->from_post ? part : 0;
    *last = path->from_post ? part + 1 : path->synapses->source.group->parts;
}

static const struct spikes *
recalled(const struct path *path, size_t part, int64_t step)
{
    const struct history *history = path->history;
    return &history->recent[part][(uint64_t)step & (history->recall - 1)];
}

static bool
within(const bh_subgroup *side, uint32_t neuron)
{
    return neuron - (uint32_t)side->first < side->count;
}

/* Asks for what spikes of one part will need. */
static void
ask(const struct path *path, size_t part, const struct spikes *spikes)
{
    uint32_t own;
    if (!path->synapses->run->traced)
        return;
    for (uint32_t n = 0; n < spikes->count; n++)
        if (within(path->from_post ? &path->synapses->target : &path->synapses->source,
                   spikes->neuron[n])) {
            row_of(path, part, spikes->neuron[n], &own);
            trace_ask(path, part, own);
        }
}

/* Procedural synapses: the targets are only there for the code that is called now. */
static bool
make_again(struct batch *batch, uint32_t own)
{
    size_t count;
    if (!procedural_targets(batch->path->synapses, own, batch->part, batch->thread,
                            &batch->frame->target, &count))
        return false;
    add(batch, 0, (int64_t)count, own);
    if (batch->count > 0)
        flush(batch);
    return true;
}

/* All spikes of one past step arrive. False without memory. */
static bool
deliver_step(struct batch *batch, int64_t sent)
{
    const struct path *path = batch->path;
    const bh_subgroup *side = path->from_post ? &path->synapses->target
                                              : &path->synapses->source;
    size_t from, to;
    uint32_t own;
    sources(path, batch->part, &from, &to);
    for (size_t p = from; p < to; p++) {
        const struct spikes *spikes = recalled(path, p, sent);
        ask(path, batch->part, spikes);
        for (uint32_t n = 0; n < spikes->count; n++) {
            if (!within(side, spikes->neuron[n]))
                continue;
            const uint64_t *start =
                &path->start[row_of(path, batch->part, spikes->neuron[n], &own)];
            if (path->synapses->procedural) {
                if (!make_again(batch, own))
                    return false;
                continue;
            }
            if (path->synapses->run->traced)
                trace_add(path, batch->part, own, sent);
            add(batch, (int64_t)start[0], (int64_t)start[1], own);
        }
    }
    return true;
}

static bool
make_room(struct flight *flight)
{
    if (flight->tail < flight->capacity)
        return true;
    const size_t live = flight->tail - flight->head;
    if (flight->head > flight->capacity / 2) {
        memmove(flight->due, flight->due + flight->head, live * sizeof *flight->due);
        memmove(flight->spike, flight->spike + flight->head,
                live * sizeof *flight->spike);
        flight->head = 0;
        flight->tail = live;
        return true;
    }
    const size_t capacity = 2 * flight->capacity + 64;
    uint32_t *due = realloc(flight->due, capacity * sizeof *due);
    if (due)
        flight->due = due;
    struct underway *spike = realloc(flight->spike, capacity * sizeof *spike);
    if (spike)
        flight->spike = spike;
    if (due && spike)
        flight->capacity = capacity;
    return due && spike;
}

/* A spike sets out; places that it reached before `now` are past. */
static bool
set_out(const struct path *path, struct flight *flight, size_t row, uint32_t own,
        int64_t sent, int64_t now)
{
    struct underway spike = {
        .next = (int64_t)path->start[row], .neuron = own, .sent = (uint32_t)sent};
    const int64_t last = (int64_t)path->start[row + 1];
    uint32_t due = 0;
    if (path->reach) {
        spike.reach = &path->reach[row * (path->longest - path->shortest + 2)];
    } else {
        while (spike.next < last && sent + path_delay(path, spike.next) < now)
            spike.next++;
        spike.last = last;
        due = spike.next < last ? (uint32_t)sent + path_delay(path, spike.next) : 0;
    }
    if (spike.next == last)
        return true;
    if (!make_room(flight))
        return false;
    flight->due[flight->tail] = due;
    flight->spike[flight->tail++] = spike;
    return true;
}

static bool
launch(struct path *path, size_t part, int64_t sent, int64_t now)
{
    struct flight *flight = &path->flight[part];
    const bh_subgroup *side = path->from_post ? &path->synapses->target
                                              : &path->synapses->source;
    size_t from, to;
    uint32_t own;
    sources(path, part, &from, &to);
    for (size_t p = from; p < to; p++) {
        const struct spikes *spikes = recalled(path, p, sent);
        ask(path, part, spikes);
        for (uint32_t n = 0; n < spikes->count; n++) {
            if (!within(side, spikes->neuron[n]))
                continue;
            const size_t row = row_of(path, part, spikes->neuron[n], &own);
            if (path->synapses->run->traced && sent + path->shortest == now)
                trace_add(path, part, own, sent);
            if (!set_out(path, flight, row, own, sent, now))
                return false;
        }
    }
    return true;
}

/* Moves a spike behind the places that it reaches now; `due` is its next date. */
static inline void
move_on(const struct path *path, struct underway *spike, uint32_t *due)
{
    const uint32_t now = *due;
    const int64_t first = spike->next;
    const uint32_t delay = path_delay(path, first);
    int64_t next = first + 1;
    while (next < spike->last && path_delay(path, next) == delay)
        next++;
    spike->next = next;
    /* A spike that has arrived everywhere waits with a past date. */
    *due = next < spike->last ? spike->sent + path_delay(path, next) : now - 1;
}

/* Lists the spikes of one piece of the flight, from `from` on, that reach places now,
 * and asks for what they need. */
static size_t
find_due(const struct path *path, const struct flight *flight, size_t from,
         uint32_t now, size_t *list)
{
    const size_t to = flight->tail - from < PIECE ? flight->tail : from + PIECE;
    size_t found = 0;
    for (size_t n = from; n < to; n++) {
        list[found] = n;
        found += flight->due[n] == now;
    }
    for (size_t f = 0; !path->order && f < found; f++)
        __builtin_prefetch(&path->pathway->delay[flight->spike[list[f]].next]);
    return found;
}

/* The places that are reached at a step: what a piece needs is asked for while the one
 * before it is worked on. */
static void
deliver_due(struct batch *batch, int64_t step)
{
    const struct path *path = batch->path;
    struct flight *flight = &path->flight[batch->part];
    const uint32_t now = (uint32_t)step;
    size_t list[2][PIECE], found[2] = {0, 0};
    int this = 0;
    if (flight->head < flight->tail)
        found[0] = find_due(path, flight, flight->head, now, list[0]);
    for (size_t from = flight->head; from < flight->tail; from += PIECE, this = !this) {
        if (flight->tail - from > PIECE)
            found[!this] = find_due(path, flight, from + PIECE, now, list[!this]);
        for (size_t f = 0; f < found[this]; f++) {
            struct underway *spike = &flight->spike[list[this][f]];
            const int64_t first = spike->next;
            move_on(path, spike, &flight->due[list[this][f]]);
            add(batch, first, spike->next, spike->neuron);
        }
    }
    while (flight->head < flight->tail &&
           flight->spike[flight->head].next == flight->spike[flight->head].last)
        flight->head++;
    if (flight->head == flight->tail)
        flight->head = flight->tail = 0;
}

/* The same where it is known what each spike reaches when. */
static void
deliver_reach(struct batch *batch, int64_t step)
{
    enum { AHEAD = 8 };
    const struct path *path = batch->path;
    struct flight *flight = &path->flight[batch->part];
    const struct underway *spike = flight->spike;
    const uint32_t since = (uint32_t)step - path->shortest,
                   most = path->longest - path->shortest;
    while (flight->head < flight->tail && since - spike[flight->head].sent > most)
        flight->head++;
    if (flight->head == flight->tail)
        flight->head = flight->tail = 0;
    for (size_t n = flight->head; n < flight->tail; n++) {
        const uint16_t *reach = spike[n].reach + (since - spike[n].sent);
        if (n + AHEAD < flight->tail)
            __builtin_prefetch(spike[n + AHEAD].reach +
                               (since - spike[n + AHEAD].sent));
        add(batch, spike[n].next + reach[0], spike[n].next + reach[1], spike[n].neuron);
    }
}

bool
deliver(struct path *path, size_t part, int64_t step, int thread)
{
    struct batch batch;
    begin(&batch, path, part, step, thread);
    const int64_t sent = step - path->shortest;
    const struct synapse_run *run = path->synapses->run;
    if (run->traced && path == run->first_spikes)
        trace_decay(path->synapses, part);
    if (!path->flight) {
        if (sent >= 0 && !deliver_step(&batch, sent))
            return false;
    } else {
        if (sent >= 0 && !launch(path, part, sent, step))
            return false;
        if (path->reach)
            deliver_reach(&batch, step);
        else
            deliver_due(&batch, step);
    }
    end(&batch);
    return true;
}

bool
deliver_recall(struct path *path, size_t part, int64_t step)
{
    struct flight *flight = &path->flight[part];
    flight->head = flight->tail = 0;
    const int64_t oldest = step - path->longest;
    for (int64_t sent = oldest < 0 ? 0 : oldest; sent < step - path->shortest; sent++)
        if (!launch(path, part, sent, step))
            return false;
    return true;
}

void
deliver_all(struct path *path, size_t part, int64_t step, int thread)
{
    const bh_synapses *s = path->synapses;
    struct batch batch;
    begin(&batch, path, part, step, thread);
    for (size_t i = 0; i < s->source.count; i++) {
        const uint64_t *row = &s->row[i * s->partitions + part];
        add(&batch, (int64_t)row[0], (int64_t)row[1], (uint32_t)i);
    }
    end(&batch);
}
