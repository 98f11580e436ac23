/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/store_internal.h"
#include "neurons/synapses/trace_internal.h"

#include <stdlib.h>
#include <string.h>

/* An array of its own memory, or NULL; reading takes new memory for it. */
static void
visit_array(struct state *state, void **array, size_t count, size_t size)
{
    uint8_t there = *array != NULL;
    STATE_VALUE(state, there);
    if (state->failed)
        return;
    if (state->reading) {
        free(*array);
        *array = NULL;
        state->failed = there && count > (state->size - state->at) / size;
        if (there && !state->failed) {
            *array = malloc((count + 1) * size);
            state->failed = !*array;
        }
    }
    if (there && !state->failed)
        state_bytes(state, *array, count * size);
}

/* Whether every sub-row holds targets of its part and, where synapses are sorted by
 * them, delays that never fall. */
static bool
final_fit(const bh_synapses *s)
{
    const bh_subgroup *target = &s->target;
    const uint16_t *delay = s->sorted_by ? s->sorted_by->delay : NULL;
    for (size_t r = 0; r < s->source.count * s->partitions; r++) {
        const uint32_t p = (uint32_t)(r % s->partitions);
        for (uint64_t n = s->row[r]; n < s->row[r + 1]; n++) {
            const size_t local = synapses_local(s, p, s->row[r], n),
                         neuron = s->cut[p] + local;
            if (neuron >= s->cut[p + 1] || neuron < target->first ||
                neuron >= target->first + target->count ||
                (delay && n > s->row[r] && delay[n] < delay[n - 1]))
                return false;
        }
    }
    return true;
}

/* Whether rows and targets are those of some synapses: a run does not ask. */
static bool
synapses_fit(const bh_synapses *s)
{
    const bh_group *group = s->target.group;
    const size_t rows = s->source.count * s->partitions;
    if (!s->row || s->procedural)
        return s->count == 0;
    if (s->partitions == 0 || s->row[0] != 0 || s->row[rows] != s->count)
        return false;
    for (size_t r = 0; r < rows; r++)
        if (s->row[r] > s->row[r + 1])
            return false;
    for (const struct pathway *path = s->pathways; path; path = path->next)
        if (path->delay_steps > LONGEST_DELAY)
            return false;
    if (!s->cut) {
        bool fit = s->partitions == 1 && (s->post || s->count == 0);
        for (size_t n = 0; fit && n < s->count; n++)
            fit = s->post[n] < s->target.count;
        return fit;
    }
    if (s->cut[s->partitions] > group->blocks * BLOCK)
        return false;
    for (uint32_t p = 0; p < s->partitions; p++)
        if (s->cut[p] > s->cut[p + 1])
            return false;
    return final_fit(s);
}

/* Synapses as they lie, sorted for a run or not: what another cut of the targets asks
 * for is done when the next run begins. */
void
state_synapses(struct state *state, bh_synapses *s)
{
    const uint64_t procedural = s->procedural ? procedural_count(s) + s->connected : 0;
    uint64_t count = s->count, made = procedural;
    uint32_t sorted_by = 0, number = 0;
    uint8_t connected = s->connected;
    if (state->reading)
        synapses_index_free(s);
    STATE_VALUE(state, count);
    STATE_VALUE(state, made);
    state->failed = state->failed || made != procedural;
    STATE_VALUE(state, s->partitions);
    STATE_VALUE(state, s->calls);
    STATE_VALUE(state, connected);
    s->connected = connected;
    s->count = (size_t)count;
    const size_t rows = s->source.count * s->partitions + 1;
    visit_array(state, (void **)&s->cut, (size_t)s->partitions + 1, sizeof *s->cut);
    visit_array(state, (void **)&s->row, rows, sizeof *s->row);
    visit_array(state, (void **)&s->post, s->count, sizeof *s->post);
    visit_array(state, (void **)&s->local, s->count, sizeof *s->local);
    const bool dense = s->cut && !s->local && s->count > 0;
    state->failed = state->failed ||
                    (dense && s->count != s->source.count * s->target.count);
    visit_array(state, (void **)&s->copy, s->count, sizeof *s->copy);
    visit_array(state, (void **)&s->lastupdate, s->count, sizeof *s->lastupdate);
    for (int v = 0; v < s->scope.stored; v++)
        visit_array(state, &s->arrays[v], s->count, bh_precision_size(s->precision));
    for (struct pathway *path = s->pathways; path; path = path->next) {
        number++;
        sorted_by = path == s->sorted_by ? number : sorted_by;
        STATE_VALUE(state, path->delay_steps);
        visit_array(state, (void **)&path->delay, s->count, sizeof *path->delay);
    }
    STATE_VALUE(state, sorted_by);
    s->sorted_by = NULL;
    for (struct pathway *path = s->pathways; path; path = path->next)
        if (--sorted_by == 0)
            s->sorted_by = path;
    if (state->reading) {
        s->run->current = false;
        state->failed = state->failed || !synapses_fit(s);
    }
    trace_visit(state, s);
    if (state->failed)
        s->count = 0;
}

/* The part that a neuron belongs to. */
static size_t
part_of(const bh_group *group, uint32_t neuron)
{
    size_t p = 0;
    while (p + 1 < group->parts && neuron >= group->cut[p + 1])
        p++;
    return p;
}

static void
write_step(struct state *state, const bh_group *group, const struct history *history,
           int64_t step)
{
    uint64_t count = 0;
    const uint64_t at = (uint64_t)step & (history->recall - 1);
    for (size_t p = 0; p < group->parts; p++)
        count += history->recent[p][at].count;
    STATE_VALUE(state, count);
    for (size_t p = 0; p < group->parts; p++) {
        struct spikes *spikes = &history->recent[p][at];
        state_bytes(state, spikes->neuron, spikes->count * sizeof *spikes->neuron);
    }
}

static void
read_step(struct state *state, const bh_group *group, const struct history *history,
          int64_t step)
{
    uint64_t count = 0;
    const uint64_t at = (uint64_t)step & (history->recall - 1);
    STATE_VALUE(state, count);
    for (uint64_t n = 0; n < count && !state->failed; n++) {
        uint32_t neuron = 0;
        STATE_VALUE(state, neuron);
        state->failed = state->failed || neuron >= group->count;
        if (!state->failed)
            state->failed =
                !history_add(&history->recent[part_of(group, neuron)][at], neuron);
    }
}

/* One event of the last steps, whatever the parts of the group. */
static bh_status
visit_history(struct state *state, bh_group *group, struct history *history,
              bh_diag *diag)
{
    const int64_t now = group->net->step;
    uint32_t recall = history->recall;
    STATE_VALUE(state, recall);
    if (state->failed || recall > LONGEST_RECALL)
        return bh_diag_set(diag, BH_ERR_DATA, "the state has no spikes of %s",
                           group->name);
    const int64_t first = now - recall < 0 ? 0 : now - recall;
    /* each step has a count, so that no state can make this last for ever */
    const bool short_of = state->reading && now > first &&
                          (uint64_t)(now - first) > state->size / sizeof(uint64_t);
    if (short_of)
        return bh_diag_set(diag, BH_ERR_DATA, "the state lacks spikes of %s",
                           group->name);
    if (state->reading) {
        /* room for the steps that were; the next run takes what its delays ask for */
        if (now - first > history->recall)
            BH_TRY(history_make(group, history, (uint32_t)(now - first), diag));
        for (size_t p = 0; p < group->parts; p++)
            for (uint32_t k = 0; k < history->recall; k++)
                history->recent[p][k].count = 0;
    }
    for (int64_t step = first; step < now && !state->failed; step++)
        if (state->reading)
            read_step(state, group, history, step);
        else
            write_step(state, group, history, step);
    return BH_OK;
}

bh_status
state_history(struct state *state, bh_group *group, bh_diag *diag)
{
    for (int e = 0; e <= group->event_count; e++)
        BH_TRY(visit_history(state, group, &group->history[e], diag));
    return BH_OK;
}
