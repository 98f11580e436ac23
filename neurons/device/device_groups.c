/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/device/device_internal.h"

#include <stdio.h>
#include <stdlib.h>

static size_t
blocks_of(size_t items, uint32_t threads)
{
    return (items + threads - 1) / threads;
}

static bool
has_events(const bh_group *group)
{
    return group->lastspike || group->events;
}

/* Variables, where the device has them. */
static bh_status
place_arrays(struct device_run *run, struct device_group *g, bh_diag *diag)
{
    const bh_group *group = g->group;
    const size_t stored = (size_t)group->scope.stored,
                 bytes = group->count * bh_precision_size(group->precision);
    void *placed;
    g->arrays = calloc(stored + 1, sizeof *g->arrays);
    g->input = calloc(stored + 1, sizeof *g->input);
    if (!g->arrays || !g->input)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to run %s", group->name);
    for (size_t v = 0; v < stored; v++)
        BH_TRY(device_mirror(run, &group->arrays[v], bytes, true,
                             "the variables of neurons", &g->arrays[v], diag));
    BH_TRY(device_place(run, g->arrays, (stored + 1) * sizeof *g->arrays,
                        "the variables of neurons", &placed, diag));
    g->device_arrays = placed;
    const size_t last = group->count * sizeof *group->lastspike;
    /* given spikes are the host's */
    BH_TRY(device_mirror(run, (void *const *)&group->lastspike, last, !group->generator,
                         "last spikes", &placed, diag));
    g->lastspike = placed;
    return BH_OK;
}

static bh_status
begin_group(struct device_run *run, bh_group *group, bh_diag *diag)
{
    struct device_group *g = &run->groups[group->object];
    const size_t events = (size_t)group->event_count + 1;
    void *marks = NULL;
    g->group = group;
    BH_TRY(place_arrays(run, g, diag));
    if (!group->generator && has_events(group))
        BH_TRY(device_take(run,
                           (g->ahead ? run->net->window : 1) * events * group->count,
                           "the marks of neurons", &marks, diag));
    g->marks = marks;
    BH_TRY(device_lists_begin(run, g, diag));
    return device_states_begin(run, g, diag);
}

/* Whether nothing that a group does, or that is done to it, needs to be between steps.
 */
static bool
is_ahead(const bh_network *net, const bh_group *group)
{
    for (size_t c = 0; c < net->component_count; c++)
        for (size_t g = 0; g < net->components[c].groups; g++)
            if (net->components[c].group[g] == group && net->components[c].receives)
                return false;
    return !group->states;
}

bh_status
device_groups_begin(struct device_run *run, bh_diag *diag)
{
    run->groups = calloc(run->net->group_count, sizeof *run->groups);
    if (!run->groups)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to run the network");
    for (bh_group *group = run->net->groups; group; group = group->next) {
        run->groups[group->object].ahead = is_ahead(run->net, group);
        BH_TRY(begin_group(run, group, diag));
    }
    return BH_OK;
}

/* Keys of random numbers. */
static bh_status
place_keys(struct device_run *run, const bh_random_counter *keys, int terms,
           const uint32_t **out, bh_diag *diag)
{
    void *placed;
    BH_TRY(device_place(run, keys, (size_t)terms * sizeof *keys,
                        "keys of random numbers", &placed, diag));
    *out = placed;
    return BH_OK;
}

bh_status
device_group_frame(struct device_run *run, const struct device_group *g,
                   bh_device_frame *out, bh_diag *diag)
{
    const bh_group *group = g->group;
    const struct scope *scope = &group->scope;
    void *input;
    *out = (bh_device_frame){.clock = run->clock,
                             .ahead = g->ahead,
                             .count = (int32_t)group->count,
                             .resets = g->ahead,
                             .events = group->event_count + 1,
                             .every = group->every,
                             .dt = run->net->config.dt_s,
                             .array = g->device_arrays,
                             .lastspike = g->lastspike,
                             .marks = g->marks,
                             .mark_stride = (int64_t)group->count};
    BH_TRY(device_place(run, g->input, ((size_t)scope->stored + 1) * sizeof *g->input,
                        "linked variables", &input, diag));
    out->input = input;
    BH_TRY(device_tables(run, scope, &out->table, diag));
    BH_TRY(place_keys(run, group->normal_counters, scope->noises, &out->normal, diag));
    BH_TRY(
        place_keys(run, group->uniform_counters, scope->uniforms, &out->uniform, diag));
    return place_keys(run, group->poisson_counters, scope->poissons, &out->poisson,
                      diag);
}

/* A thread for every few neurons. */
static uint32_t
threads_of_list(size_t count)
{
    uint32_t threads = 32;
    while (threads < BH_DEVICE_MOST_THREADS && 8 * (size_t)threads < count)
        threads *= 2;
    return threads;
}

/* Lists of those to whom something happened. */
static bh_status
order_collect(struct device_run *run, const struct device_group *g,
              struct orders *orders, bh_diag *diag)
{
    const bh_group *group = g->group;
    const size_t events = (size_t)group->event_count + 1;
    bh_device_list lists[MOST_EVENTS + 1];
    bool any = false;
    void *placed;
    for (size_t e = 0; e < events; e++) {
        lists[e] = g->events[e].list;
        any = any || lists[e].neuron;
    }
    if (!any)
        return BH_OK;
    BH_TRY(device_place(run, lists, events * sizeof *lists, "lists of spikes", &placed,
                        diag));
    const bh_device_collect_frame frame = {.clock = run->clock,
                                           .marks = g->marks,
                                           .mark_stride = (int64_t)group->count,
                                           .count = (int32_t)group->count,
                                           .events = (int32_t)events,
                                           .ahead = g->ahead,
                                           .list = placed};
    return device_launch(run, orders, "bh_device_collect",
                         (g->ahead ? run->net->window : 1) * events,
                         threads_of_list(group->count), &frame, sizeof frame, diag);
}

static bh_status
order_given(struct device_run *run, const struct device_group *g, bh_diag *diag)
{
    const struct device_event *spike = &g->events[0];
    const bh_device_pack_frame frame = {.clock = run->clock,
                                        .list = spike->list,
                                        .offset = spike->packed[0].offset,
                                        .neuron = spike->packed[0].neuron};
    const bh_device_stamp_frame stamp = {run->clock, spike->list, g->lastspike};
    BH_TRY(device_launch(run, &run->first, "bh_device_unpack", run->net->window,
                         PACK_THREADS, &frame, sizeof frame, diag));
    return g->ahead ? BH_OK
                    : device_launch(run, &run->step, "bh_device_stamp",
                                    blocks_of(g->group->count, ITEM_THREADS),
                                    ITEM_THREADS, &stamp, sizeof stamp, diag);
}

bh_status
device_group_update(struct device_run *run, struct device_group *g, bh_diag *diag)
{
    struct orders *orders = g->ahead ? &run->first : &run->step;
    bh_device_frame frame;
    char name[40];
    bool fused;
    if (g->group->generator)
        return order_given(run, g, diag);
    BH_TRY(device_fused_order(run, g, &fused, diag));
    if (fused)
        return order_collect(run, g, orders, diag);
    BH_TRY(device_group_frame(run, g, &frame, diag));
    snprintf(name, sizeof name, "bh_update_%u", g->group->object);
    BH_TRY(device_launch(run, orders, name, blocks_of(g->group->count, ITEM_THREADS),
                         ITEM_THREADS, &frame, sizeof frame, diag));
    return order_collect(run, g, orders, diag);
}

bh_status
device_group_reset(struct device_run *run, struct device_group *g, bh_diag *diag)
{
    bh_device_frame frame;
    char name[40];
    if (g->group->generator || g->ahead || !group_resets(g->group))
        return BH_OK;
    BH_TRY(device_group_frame(run, g, &frame, diag));
    snprintf(name, sizeof name, "bh_reset_%u", g->group->object);
    return device_launch(run, &run->step, name,
                         blocks_of(g->group->count, ITEM_THREADS), ITEM_THREADS, &frame,
                         sizeof frame, diag);
}

static bh_status
order_pack(struct device_run *run, const struct device_group *g, int slot,
           bh_diag *diag)
{
    for (int e = 0; e <= g->group->event_count; e++) {
        const struct device_event *event = &g->events[e];
        const bh_device_pack_frame frame = {.clock = run->clock,
                                            .list = event->list,
                                            .offset = event->packed[slot].offset,
                                            .neuron = event->packed[slot].neuron};
        if (event->heard)
            BH_TRY(device_launch(run, &run->last[slot], "bh_device_pack",
                                 run->net->window, PACK_THREADS, &frame, sizeof frame,
                                 diag));
    }
    return BH_OK;
}

static bh_status
order_keep(struct device_run *run, const struct device_group *g, int slot,
           bh_diag *diag)
{
    for (int v = 0; v < g->group->scope.stored; v++) {
        const bh_device_keep_frame frame = {.clock = run->clock,
                                            .input = g->input[v],
                                            .array = g->arrays[v],
                                            .every = g->group->every,
                                            .count = (int32_t)g->group->count,
                                            .single = g->group->precision == BH_SINGLE};
        if (g->group->link[v])
            BH_TRY(device_launch(run, &run->last[slot], "bh_device_keep",
                                 blocks_of(g->group->count, ITEM_THREADS), ITEM_THREADS,
                                 &frame, sizeof frame, diag));
    }
    return BH_OK;
}

bh_status
device_group_end(struct device_run *run, struct device_group *g, bh_diag *diag)
{
    for (int slot = 0; slot < SLOTS; slot++) {
        BH_TRY(order_pack(run, g, slot, diag));
        BH_TRY(order_keep(run, g, slot, diag));
    }
    return BH_OK;
}
