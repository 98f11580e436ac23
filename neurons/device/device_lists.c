/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/device/device_internal.h"

#include <stdlib.h>
#include <string.h>

/* The device keeps whom an event happened to as the host's histories do, but for all
 * parts of a group together. */

static bool
is_heard(const bh_group *group, const struct block *block)
{
    for (const bh_spike_monitor *m = group->monitors; m; m = m->next)
        if (m->block == block)
            return true;
    return false;
}

static uint32_t
power_of_two(size_t least)
{
    uint32_t power = 1;
    while (power < least)
        power *= 2;
    return power;
}

/* How many neurons a window may have on the average step before the host waits for the
 * rest of them: one in so many. */
enum { ONE_OF = 32, ROOM = 4096 };

/* Where a window's events lie packed, on the device and here. */
static bh_status
begin_packed(struct device_run *run, struct device_event *event, const bh_group *group,
             int slot, bh_diag *diag)
{
    const size_t window = run->net->window, most = window * group->count;
    struct device_packed *packed = &event->packed[slot];
    void *memory;
    BH_TRY(device_take(run, (window + 1) * sizeof *packed->offset, "counts of spikes",
                       &memory, diag));
    packed->offset = memory;
    BH_TRY(device_take(run, most * sizeof *packed->neuron, "the spikes of a window",
                       &memory, diag));
    packed->neuron = memory;
    if (!event->heard)
        return BH_OK;
    event->room = most / ONE_OF + ROOM < most ? most / ONE_OF + ROOM : most;
    BH_TRY(device_take_pinned(run, (window + 1 + event->room) * sizeof *packed->offset,
                              "the spikes of a window", &memory, diag));
    packed->offset_here = memory;
    packed->neuron_here = packed->offset_here + window + 1;
    return BH_OK;
}

static bh_status
begin_event(struct device_run *run, struct device_event *event, const bh_group *group,
            bh_diag *diag)
{
    const size_t window = run->net->window;
    const uint32_t steps =
        power_of_two(event->history->recall > window ? event->history->recall : window);
    const size_t row = group->count * sizeof *event->list.neuron;
    void *frame, *memory;
    event->list.mask = steps - 1;
    event->list.stride = (uint32_t)group->count;
    BH_TRY(
        device_take(run, steps * row, "the spikes of the last steps", &memory, diag));
    event->list.neuron = memory;
    BH_TRY(device_take(run, steps * sizeof *event->list.count, "counts of spikes",
                       &memory, diag));
    event->list.count = memory;
    BH_TRY(device_place(run, &event->list, sizeof event->list, "a list of spikes",
                        &frame, diag));
    event->frame = frame;
    for (int slot = 0; slot < (event->heard ? SLOTS : group->generator != NULL); slot++)
        BH_TRY(begin_packed(run, event, group, slot, diag));
    return BH_OK;
}

bh_status
device_lists_begin(struct device_run *run, struct device_group *g, bh_diag *diag)
{
    const bh_group *group = g->group;
    const struct event *own = group->events;
    g->events = calloc((size_t)group->event_count + 1, sizeof *g->events);
    if (!g->events)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to run %s", group->name);
    g->events[0].block = group->block;
    for (; own; own = own->next)
        g->events[own->number].block = own->block;
    for (int e = 0; e <= group->event_count; e++) {
        struct device_event *event = &g->events[e];
        event->history = &group->history[e];
        event->heard = !group->generator && is_heard(group, event->block);
        if ((e > 0 || group->lastspike) &&
            (event->heard || group->generator || event->history->recall > 0))
            BH_TRY(begin_event(run, event, group, diag));
    }
    return BH_OK;
}

/* The steps that the host remembers, and the device too. */
static int64_t
oldest(const struct device_run *run, const struct device_event *event)
{
    const int64_t known = event->history->recall < event->list.mask + 1
                              ? event->history->recall
                              : event->list.mask + 1;
    return run->net->step - known < 0 ? 0 : run->net->step - known;
}

/* Spikes of all parts in one step, to the device. */
static bh_status
send_step(struct device_run *run, const struct device_group *g,
          const struct device_event *event, int64_t step, bh_diag *diag)
{
    struct bh_device *device = run->device;
    const struct history *history = event->history;
    const uint32_t from = (uint32_t)step & (history->recall - 1),
                   to = (uint32_t)step & event->list.mask;
    uint32_t *row = event->list.neuron + (size_t)to * event->list.stride, count = 0;
    for (size_t p = 0; p < g->group->parts; p++) {
        const struct spikes *spikes = &history->recent[p][from];
        if (spikes->count > 0)
            BH_TRY(device->ops->write(device, row + count, spikes->neuron,
                                      spikes->count * sizeof *spikes->neuron, diag));
        count += spikes->count;
    }
    if (count == 0)
        return BH_OK;
    return device->ops->write(device, event->list.count + to, &count, sizeof count,
                              diag);
}

bh_status
device_lists_send(struct device_run *run, struct device_group *g, bh_diag *diag)
{
    for (int e = 0; e <= g->group->event_count; e++) {
        const struct device_event *event = &g->events[e];
        if (event->history->recall == 0 || !event->list.neuron)
            continue;
        BH_TRY(run->device->ops->clear(
            run->device, event->list.count,
            ((size_t)event->list.mask + 1) * sizeof *event->list.count, diag));
        for (int64_t step = oldest(run, event); step < run->net->step; step++)
            BH_TRY(send_step(run, g, event, step, diag));
    }
    return BH_OK;
}

/* The device's list of one step, to the parts of the host. */
static bh_status
fetch_step(struct device_run *run, const struct device_group *g,
           const struct device_event *event, int64_t step, uint32_t count,
           bh_diag *diag)
{
    struct bh_device *device = run->device;
    const struct history *history = event->history;
    const uint32_t to = (uint32_t)step & (history->recall - 1),
                   from = (uint32_t)step & event->list.mask;
    const uint32_t *row = event->list.neuron + (size_t)from * event->list.stride;
    uint32_t *neuron = device_staging(run, (count + 1) * sizeof *neuron, diag);
    if (!neuron)
        return BH_ERR_MEMORY;
    if (count > 0)
        BH_TRY(device->ops->read(device, neuron, row, count * sizeof *neuron, diag));
    for (size_t p = 0, n = 0; p < g->group->parts; p++) {
        struct spikes *spikes = &history->recent[p][to];
        for (spikes->count = 0; n < count && neuron[n] < g->group->cut[p + 1]; n++)
            if (!history_add(spikes, neuron[n]))
                return bh_diag_set(diag, BH_ERR_MEMORY,
                                   "no memory for the spikes of %s", g->group->name);
    }
    return BH_OK;
}

static bh_status
fetch_event(struct device_run *run, const struct device_group *g,
            const struct device_event *event, bh_diag *diag)
{
    const size_t rows = (size_t)event->list.mask + 1;
    uint32_t *counts = malloc(rows * sizeof *counts);
    bh_status status =
        counts ? run->device->ops->read(run->device, counts, event->list.count,
                                        rows * sizeof *counts, diag)
               : bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the spikes of %s",
                             g->group->name);
    for (int64_t step = oldest(run, event); status == BH_OK && step < run->net->step;
         step++)
        status = fetch_step(run, g, event, step,
                            counts[(uint32_t)step & event->list.mask], diag);
    free(counts);
    return status;
}

bh_status
device_lists_fetch(struct device_run *run, struct device_group *g, bh_diag *diag)
{
    for (int e = 0; e <= g->group->event_count; e++)
        if (g->events[e].history->recall > 0 && g->events[e].list.neuron)
            BH_TRY(fetch_event(run, g, &g->events[e], diag));
    return BH_OK;
}

/* Half as many again as there were of late, so that mostly all come at once. */
bh_status
device_lists_ask(struct device_run *run, struct device_group *g, size_t steps,
                 bh_diag *diag)
{
    const struct bh_device_ops *ops = run->device->ops;
    for (int e = 0; e <= g->group->event_count; e++) {
        struct device_event *event = &g->events[e];
        struct device_packed *packed = &event->packed[run->turn];
        const size_t hoped = event->hoped + event->hoped / 2 + ROOM / 16;
        if (!event->heard)
            continue;
        packed->asked = hoped < event->room ? hoped : event->room;
        BH_TRY(ops->read_later(run->device, packed->offset_here, packed->offset,
                               (steps + 1) * sizeof *packed->offset, diag));
        BH_TRY(ops->read_later(run->device, packed->neuron_here, packed->neuron,
                               packed->asked * sizeof *packed->neuron, diag));
    }
    return BH_OK;
}

/* What was not asked for the host has to wait for. */
static bh_status
take_rest(struct device_run *run, struct device_event *event,
          const struct device_packed *packed, size_t count, bh_diag *diag)
{
    if (count > event->rest_room) {
        free(event->rest);
        event->rest = malloc(2 * count * sizeof *event->rest);
        event->rest_room = event->rest ? 2 * count : 0;
        if (!event->rest)
            return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu spikes", count);
    }
    uint32_t *all = event->rest;
    memcpy(all, packed->neuron_here, packed->asked * sizeof *all);
    event->neuron_taken = all;
    return run->device->ops->read(run->device, all + packed->asked,
                                  packed->neuron + packed->asked,
                                  (count - packed->asked) * sizeof *all, diag);
}

static bh_status
take_event(struct device_run *run, struct device_event *event,
           const struct device_packed *packed, size_t steps, bh_diag *diag)
{
    const size_t count = packed->offset_here[steps],
                 faded = event->hoped - event->hoped / 8;
    event->offset_taken = packed->offset_here;
    event->neuron_taken = packed->neuron_here;
    event->hoped = count > faded ? count : faded;
    return count > packed->asked ? take_rest(run, event, packed, count, diag) : BH_OK;
}

bh_status
device_lists_take(struct device_run *run, struct device_group *g, int slot,
                  bh_diag *diag)
{
    for (int e = 0; e <= g->group->event_count; e++)
        if (g->events[e].heard)
            BH_TRY(take_event(run, &g->events[e], &g->events[e].packed[slot],
                              run->slot[slot].steps, diag));
    return BH_OK;
}

/* The spikes of all blocks by step, then neuron. */
static size_t
pack_blocks(const bh_group *group, uint32_t *offset, uint32_t *neuron, size_t steps)
{
    size_t count = 0;
    for (size_t b = 0; b < group->blocks; b++)
        group->block[b].taken = 0;
    for (size_t k = 0; k < steps; k++) {
        offset[k] = (uint32_t)count;
        for (size_t b = 0; b < group->blocks; b++) {
            struct block *block = &group->block[b];
            while (block->taken < block->count &&
                   block->spikes[block->taken] >> 16 == k)
                neuron[count++] = (uint32_t)(b * BLOCK) +
                                  (block->spikes[block->taken++] & 0xffff);
        }
    }
    offset[steps] = (uint32_t)count;
    return count;
}

bh_status
device_lists_give(struct device_run *run, struct device_group *g, size_t steps,
                  bh_diag *diag)
{
    struct bh_device *device = run->device;
    const struct device_event *event = &g->events[0];
    const size_t offsets = run->net->window + 1;
    size_t count = 0;
    for (size_t b = 0; b < g->group->blocks; b++)
        count += g->group->block[b].count;
    uint32_t *offset = device_staging(run, (offsets + count) * sizeof *offset, diag);
    if (!offset)
        return BH_ERR_MEMORY;
    count = pack_blocks(g->group, offset, offset + offsets, steps);
    BH_TRY(device->ops->write(device, event->packed[0].offset, offset,
                              (steps + 1) * sizeof *offset, diag));
    return count == 0
               ? BH_OK
               : device->ops->write(device, event->packed[0].neuron, offset + offsets,
                                    count * sizeof *offset, diag);
}
