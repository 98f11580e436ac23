/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/run_internal.h"

#include <stdlib.h>

void
history_free(bh_group *group)
{
    for (int e = 0; group->history && e <= group->event_count; e++) {
        struct history *history = &group->history[e];
        for (size_t p = 0; history->recent && p < group->parts; p++) {
            for (uint32_t s = 0; history->recent[p] && s < history->recall; s++)
                free(history->recent[p][s].neuron);
            free(history->recent[p]);
        }
        free(history->recent);
    }
    free(group->history);
    group->history = NULL;
}

bh_status
history_new(bh_group *group, bh_diag *diag)
{
    const size_t count = (size_t)group->event_count + 1;
    bool ok = true;
    group->history = calloc(count, sizeof *group->history);
    if (group->history) {
        group->history[0].block = group->block;
        for (const struct event *event = group->events; event; event = event->next)
            group->history[event->number].block = event->block;
    }
    for (size_t e = 0; group->history && e < count; e++) {
        group->history[e].recent = calloc(group->parts, sizeof(struct spikes *));
        ok = ok && group->history[e].recent;
    }
    if (!group->history || !ok)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the last steps of %s",
                           group->name);
    return BH_OK;
}

/* Moves the spikes of the last steps to a longer ring. */
static void
lengthen(struct spikes **recent, struct spikes *longer, int64_t now, uint32_t before,
         uint32_t after)
{
    for (int64_t step = now - before < 0 ? 0 : now - before; step < now; step++)
        longer[(uint64_t)step & (after - 1)] = (*recent)[(uint64_t)step & (before - 1)];
    if (now < before) /* what was never used may have memory all the same */
        for (uint32_t s = (uint32_t)now; s < before; s++)
            free((*recent)[s].neuron);
    free(*recent);
    *recent = longer;
}

bh_status
history_make(bh_group *group, struct history *history, uint32_t steps, bh_diag *diag)
{
    uint32_t recall = 1;
    while (recall < steps)
        recall *= 2;
    BH_TRY(device_home(group->net, true, diag));
    group->net->layout++;
    struct spikes **longer = calloc(group->parts, sizeof *longer);
    bool ok = longer != NULL;
    for (size_t p = 0; ok && p < group->parts; p++) {
        longer[p] = calloc(recall, sizeof **longer);
        ok = longer[p] != NULL;
    }
    for (size_t p = 0; longer && p < group->parts; p++)
        if (ok)
            lengthen(&history->recent[p], longer[p], group->net->step, history->recall,
                     recall);
        else
            free(longer[p]);
    free(longer);
    if (!ok)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the last %u steps of %s",
                           steps, group->name);
    history->recall = recall;
    return BH_OK;
}

/* Room for the spikes of a step: a few times in a run it grows. */
static bool
reserve(struct spikes *spikes, size_t count)
{
    if (count <= spikes->capacity)
        return true;
    size_t capacity = 2 * count + 16;
    uint32_t *neuron = realloc(spikes->neuron, capacity * sizeof *neuron);
    if (!neuron)
        return false;
    spikes->neuron = neuron;
    spikes->capacity = (uint32_t)capacity;
    return true;
}

/* What one event did in step k of the window. */
static bool
take(const struct history *history, const struct part *part, struct spikes *spikes,
     size_t k)
{
    spikes->count = 0;
    for (size_t b = part->first; b < part->last; b++) {
        struct block *block = &history->block[b];
        size_t from = k == 0 ? 0 : block->taken, to = from;
        while (to < block->count && block->spikes[to] >> 16 == k)
            to++;
        block->taken = to;
        if (to > from && !reserve(spikes, spikes->count + to - from))
            return false;
        for (size_t s = from; s < to; s++)
            spikes->neuron[spikes->count++] = (uint32_t)(b * BLOCK) +
                                              (block->spikes[s] & 0xffff);
    }
    return true;
}

bool
history_take(bh_group *group, size_t part, size_t k)
{
    const uint64_t step = (uint64_t)group->net->step + k;
    for (int e = 0; e <= group->event_count; e++) {
        const struct history *history = &group->history[e];
        if (history->recall > 0 &&
            !take(history, &group->part[part],
                  &history->recent[part][step & (history->recall - 1)], k))
            return false;
    }
    return true;
}

bool
history_add(struct spikes *spikes, uint32_t neuron)
{
    if (!reserve(spikes, (size_t)spikes->count + 1))
        return false;
    spikes->neuron[spikes->count++] = neuron;
    return true;
}
