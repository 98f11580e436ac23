/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/spread_internal.h"

#include <stdlib.h>
#include <string.h>

bh_spike_monitor_config
bh_spike_monitor_config_default(void)
{
    return (bh_spike_monitor_config){.record = true};
}

bh_status
bh_spike_monitor_new(bh_group *group, const bh_spike_monitor_config *config,
                     bh_spike_monitor **out, bh_diag *diag)
{
    const char *event = config && config->event ? config->event : "spike";
    struct block *block = group_blocks(group, event, diag);
    if (!block)
        return BH_ERR_ARGUMENT;
    bh_spike_monitor *monitor = calloc(1, sizeof *monitor);
    if (!monitor)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a monitor");
    monitor->config = config ? *config : bh_spike_monitor_config_default();
    monitor->config.event = NULL; /* the caller's */
    monitor->block = block;
    monitor->next = group->monitors;
    group->monitors = monitor;
    group->net->layout++;
    if (out)
        *out = monitor;
    return BH_OK;
}

void
monitor_free(bh_spike_monitor *monitor)
{
    if (monitor->release)
        monitor->release(monitor->config.user);
    free(monitor->time_s);
    free(monitor->index);
    free(monitor);
}

uint64_t
bh_spike_monitor_count(const bh_spike_monitor *monitor)
{
    return monitor->count;
}

bh_events
bh_spike_monitor_events(const bh_spike_monitor *monitor)
{
    return (bh_events){monitor->time_s, monitor->index, monitor->kept};
}

static bool
reserve(double **time_s, uint32_t **index, size_t *capacity, size_t count)
{
    if (count <= *capacity)
        return true;
    size_t bigger = 2 * count + 1024;
    double *times = realloc(*time_s, bigger * sizeof *times);
    if (times)
        *time_s = times;
    uint32_t *indices = realloc(*index, bigger * sizeof *indices);
    if (indices)
        *index = indices;
    if (!times || !indices)
        return false;
    *capacity = bigger;
    return true;
}

/* As a device has them: in order. */
static void
copy(bh_network *net, const uint32_t *offset, const uint32_t *neuron, size_t steps)
{
    for (size_t k = 0; k < steps; k++) {
        const double time_s = (double)(net->step + (int64_t)k) * net->config.dt_s;
        for (uint32_t n = offset[k]; n < offset[k + 1]; n++)
            net->event_time[n] = time_s;
    }
    memcpy(net->event_index, neuron, offset[steps] * sizeof *neuron);
}

/* Puts the spikes of all blocks in order of step and index: within a block they are. */
static void
merge(const bh_group *group, struct block *blocks, size_t steps)
{
    bh_network *net = group->net;
    size_t count = 0;
    for (size_t k = 0; k < steps; k++) {
        double time_s = (double)(net->step + (int64_t)k) * net->config.dt_s;
        for (size_t b = 0; b < group->blocks; b++) {
            struct block *block = &blocks[b];
            while (block->cursor < block->count &&
                   block->spikes[block->cursor] >> 16 == k) {
                net->event_time[count] = time_s;
                net->event_index[count++] = (uint32_t)(b * BLOCK) +
                                            (block->spikes[block->cursor++] & 0xffff);
            }
        }
    }
}

bool
monitor_hears(const bh_group *group, const struct block *block)
{
    for (const bh_spike_monitor *m = group->monitors; m; m = m->next)
        if (m->block == block)
            return true;
    return false;
}

/* Of several processes only the first tells the user's code; our own statistics are
 * kept in all. */
static bool
is_told(const bh_group *group, const bh_spike_monitor *monitor)
{
    return !group->net->spread || group->net->spread->rank == 0 || monitor->release;
}

/* Hands the window's events of one kind to those who listen. */
static bh_status
deliver(bh_group *group, struct block *blocks, size_t steps, bh_diag *diag)
{
    bh_network *net = group->net;
    const uint32_t *offset = NULL, *neuron = NULL;
    size_t count = 0;
    if (!monitor_hears(group, blocks))
        return BH_OK;
    if (device_heard(group, blocks, &offset, &neuron))
        count = offset[steps];
    for (size_t b = 0; !offset && b < group->blocks; b++)
        count += blocks[b].count;
    if (count == 0)
        return BH_OK;
    if (!reserve(&net->event_time, &net->event_index, &net->event_capacity, count))
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu spikes", count);
    if (offset)
        copy(net, offset, neuron, steps);
    else
        merge(group, blocks, steps);
    for (bh_spike_monitor *m = group->monitors; m; m = m->next) {
        if (m->block != blocks)
            continue;
        m->count += count;
        if (m->config.record) {
            if (!reserve(&m->time_s, &m->index, &m->capacity, m->kept + count))
                return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu spikes",
                                   m->kept + count);
            memcpy(m->time_s + m->kept, net->event_time, count * sizeof *m->time_s);
            memcpy(m->index + m->kept, net->event_index, count * sizeof *m->index);
            m->kept += count;
        }
        if (m->config.sink && is_told(group, m)) {
            bh_events events = {net->event_time, net->event_index, count};
            BH_TRY(m->config.sink(m->config.user, events, diag));
        }
    }
    return BH_OK;
}

bh_status
monitor_deliver(bh_group *group, size_t steps, bh_diag *diag)
{
    if (!group->monitors)
        return BH_OK;
    BH_TRY(deliver(group, group->block, steps, diag));
    for (struct event *event = group->events; event; event = event->next)
        BH_TRY(deliver(group, event->block, steps, diag));
    return BH_OK;
}
