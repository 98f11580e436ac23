/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/run_internal.h"

#include <stdlib.h>

void
history_free(bh_group *group)
{
    for (size_t p = 0; group->part && p < group->parts; p++) {
        struct spikes *recent = group->part[p].recent;
        for (uint32_t s = 0; recent && s < group->recall; s++)
            free(recent[s].neuron);
        free(recent);
    }
    free(group->part);
    group->part = NULL;
}

/* Moves the spikes of the last steps to a longer ring. */
static void
lengthen(struct part *part, struct spikes *longer, int64_t now, uint32_t before,
         uint32_t after)
{
    for (int64_t step = now - before < 0 ? 0 : now - before; step < now; step++)
        longer[(uint64_t)step & (after - 1)] =
            part->recent[(uint64_t)step & (before - 1)];
    if (now < before) /* what was never used may have memory all the same */
        for (uint32_t s = (uint32_t)now; s < before; s++)
            free(part->recent[s].neuron);
    free(part->recent);
    part->recent = longer;
}

bh_status
history_make(bh_group *group, uint32_t steps, bh_diag *diag)
{
    uint32_t recall = 1;
    while (recall < steps)
        recall *= 2;
    struct spikes **longer = calloc(group->parts, sizeof *longer);
    bool ok = longer != NULL;
    for (size_t p = 0; ok && p < group->parts; p++) {
        longer[p] = calloc(recall, sizeof **longer);
        ok = longer[p] != NULL;
    }
    for (size_t p = 0; longer && p < group->parts; p++)
        if (ok)
            lengthen(&group->part[p], longer[p], group->net->step, group->recall,
                     recall);
        else
            free(longer[p]);
    free(longer);
    if (!ok)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the last %u steps of %s",
                           steps, group->name);
    group->recall = recall;
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

bool
history_take(bh_group *group, struct part *part, size_t k)
{
    const uint64_t step = (uint64_t)group->net->step + k;
    struct spikes *spikes = &part->recent[step & (group->recall - 1)];
    spikes->count = 0;
    for (size_t b = part->first; b < part->last; b++) {
        struct block *block = &group->block[b];
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
history_add(struct spikes *spikes, uint32_t neuron)
{
    if (!reserve(spikes, (size_t)spikes->count + 1))
        return false;
    spikes->neuron[spikes->count++] = neuron;
    return true;
}
