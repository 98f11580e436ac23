/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/device/device_internal.h"

#include <stdlib.h>

/* Steps that are recorded once and replayed. */
enum { GRAPH_STEPS = 32 };

bh_status
device_prepare(bh_network *net, bh_diag *diag)
{
    struct bh_device *device = net->config.device;
    struct writer whole = {0};
    const char *text;
    if (!device || net->device_program)
        return BH_OK;
    BH_TRY(device_check(net, diag));
    BH_TRY(bh_network_cuda(net, &text, diag));
    write_text(&whole, "%s%s", bh_device_prologue, text);
    device_fused_write(net, &whole);
    bh_status status = BH_ERR_MEMORY;
    if (whole.failed)
        bh_diag_set(diag, status, "no memory for generated code");
    else
        status = device->ops->load(device, whole.text, BH_DEVICE_FLUSH_DENORMALS,
                                   &net->device_program, diag);
    writer_free(&whole);
    return status;
}

/* A step in the order of language, over all groups: what runs regularly, neurons up to
 * their thresholds, what sums up, what spikes do, and resets. */
static bh_status
order_step(struct device_run *run, const struct plan *plan, bh_diag *diag)
{
    const uint32_t groups = run->net->group_count;
    BH_TRY(device_paths_order(run, plan, PATH_REGULAR, PATH_CLOCKED, diag));
    for (uint32_t n = 0; n < groups; n++)
        BH_TRY(device_states_gather(run, &run->groups[n], false, diag));
    for (uint32_t n = 0; n < groups; n++)
        BH_TRY(device_group_update(run, &run->groups[n], diag));
    BH_TRY(device_paths_order(run, plan, PATH_CLOCKED, PATH_KINDS, diag));
    for (uint32_t n = 0; n < groups; n++)
        BH_TRY(device_group_reset(run, &run->groups[n], diag));
    for (uint32_t n = 0; n < groups; n++)
        BH_TRY(device_states_gather(run, &run->groups[n], true, diag));
    for (uint32_t n = 0; n < groups; n++)
        BH_TRY(device_group_end(run, &run->groups[n], diag));
    return BH_OK;
}

static bh_status
order_all(struct device_run *run, bh_diag *diag)
{
    bh_network *net = run->net;
    struct plan plan = {0};
    bh_group **groups = calloc(net->group_count, sizeof(bh_group *));
    if (!groups)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to run the network");
    for (bh_group *group = net->groups; group; group = group->next)
        groups[group->object] = group;
    bh_status status = plan_make(net, groups, net->group_count, &plan, diag);
    if (status == BH_OK)
        status = order_step(run, &plan, diag);
    free(plan.path);
    free(groups);
    if (status != BH_OK || run->step.count == 0)
        return status;
    const bh_device_tick_frame tick = {run->clock};
    return device_launch(run, &run->step, "bh_device_tick", 1, 1, &tick, sizeof tick,
                         diag);
}

/* Memory and orders for the network as it is. */
static bh_status
make(struct device_run *run, bh_diag *diag)
{
    void *clock;
    BH_TRY(device_take(run, sizeof *run->clock, "the clock", &clock, diag));
    run->clock = clock;
    BH_TRY(device_groups_begin(run, diag));
    BH_TRY(device_links_begin(run, diag));
    BH_TRY(device_slots(run, sizeof *run->clock + device_links_size(run), diag));
    BH_TRY(device_paths_begin(run, diag));
    return order_all(run, diag);
}

static bh_status
send(struct device_run *run, bh_diag *diag)
{
    BH_TRY(device_write_mirrors(run, diag));
    BH_TRY(device_links_start(run, diag));
    BH_TRY(device_traces_send(run, diag));
    for (uint32_t n = 0; n < run->net->group_count; n++)
        BH_TRY(device_lists_send(run, &run->groups[n], diag));
    run->state = STATE_BOTH;
    return BH_OK;
}

static bh_status
fetch(struct device_run *run, bh_diag *diag)
{
    BH_TRY(device_read_mirrors(run, diag));
    BH_TRY(device_links_fetch(run, diag));
    BH_TRY(device_traces_fetch(run, diag));
    for (uint32_t n = 0; n < run->net->group_count; n++)
        BH_TRY(device_lists_fetch(run, &run->groups[n], diag));
    run->state = STATE_BOTH;
    return BH_OK;
}

static bh_status
begin_anew(bh_network *net, bh_diag *diag)
{
    if (net->on_device)
        BH_TRY(device_home(net, false, diag));
    device_end(net);
    struct device_run *run = calloc(1, sizeof *run);
    if (!run)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to run the network");
    run->net = net;
    run->device = net->config.device;
    run->layout = net->layout;
    net->on_device = run;
    return make(run, diag);
}

bh_status
device_begin(bh_network *net, bh_diag *diag)
{
    bh_status status = BH_OK;
    if (net->device_lost)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "the device failed in the last run, and the network's state "
                           "was lost with it; bh_network_restore brings an older one, "
                           "on a new backend where the device itself has stopped");
    if (!net->on_device || net->on_device->layout != net->layout)
        status = begin_anew(net, diag);
    if (status == BH_OK && net->on_device->state == STATE_HERE)
        status = send(net->on_device, diag);
    if (status == BH_OK)
        net->on_device->busy = true;
    else
        device_end(net);
    return status;
}

void
device_end(bh_network *net)
{
    device_free(net->on_device);
    net->on_device = NULL;
}

/* Where the device fails in the midst of a run, its state is lost. */
static bh_status
lose(bh_network *net, bh_status status)
{
    net->device_lost = net->device_lost || status != BH_OK;
    return status;
}

bh_status
device_pause(bh_network *net, bh_diag *diag)
{
    struct device_run *run = net->on_device;
    run->busy = false;
    run->queued = 0;
    return lose(net, run->device->ops->wait(run->device, diag));
}

bh_status
device_home(bh_network *net, bool changes, bh_diag *diag)
{
    struct device_run *run = net->on_device;
    if (!run)
        return BH_OK;
    if (run->busy)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "the variables of a network are on the GPU while it runs; "
                           "an operation (bh_operation_new) sees them");
    if (run->state == STATE_THERE) {
        const bh_status status = lose(net, fetch(run, diag));
        if (status != BH_OK) {
            device_end(net);
            return status;
        }
    }
    if (changes)
        run->state = STATE_HERE;
    return BH_OK;
}

/* Records some steps once. */
static bh_status
record(struct device_run *run, bh_diag *diag)
{
    struct bh_device *device = run->device;
    bh_status status = BH_OK;
    BH_TRY(device->ops->record_begin(device, diag));
    for (int k = 0; status == BH_OK && k < GRAPH_STEPS; k++)
        status = device_give_orders(run, &run->step, diag);
    /* what was recorded is ended in either case */
    bh_status ended =
        device->ops->record_end(device, &run->graph, status == BH_OK ? diag : NULL);
    return status == BH_OK ? ended : status;
}

static bh_status
run_steps(struct device_run *run, size_t steps, bh_diag *diag)
{
    struct bh_device *device = run->device;
    if (run->step.count == 0)
        return BH_OK;
    if (!run->graph && steps >= GRAPH_STEPS)
        BH_TRY(record(run, diag));
    for (; steps >= GRAPH_STEPS; steps -= GRAPH_STEPS)
        BH_TRY(device->ops->replay(device, run->graph, diag));
    for (; steps > 0; steps--)
        BH_TRY(device_give_orders(run, &run->step, diag));
    return BH_OK;
}

/* Spikes that are given come from the host. */
static bh_status
give_spikes(struct device_run *run, size_t steps, bh_diag *diag)
{
    for (uint32_t n = 0; n < run->net->group_count; n++) {
        struct device_group *g = &run->groups[n];
        if (!g->group->generator)
            continue;
        for (size_t b = 0; b < g->group->blocks; b++)
            step_block(g->group, b, 0, 0, steps, true);
        BH_TRY(device_lists_give(run, g, steps, diag));
    }
    return BH_OK;
}

static bh_status
queue_window(struct device_run *run, size_t steps, bh_diag *diag)
{
    bh_network *net = run->net;
    const struct bh_device_ops *ops = run->device->ops;
    struct device_slot *slot = &run->slot[run->turn];
    const bh_device_clock clock = {.step = net->step,
                                   .start = net->step,
                                   .epoch = net->epoch,
                                   .steps = 1,
                                   .window = (int32_t)steps};
    BH_TRY(ops->await(run->device, slot->mark, diag));
    slot->used = 0;
    slot->steps = steps;
    BH_TRY(device_upload(run, run->clock, &clock, sizeof clock, diag));
    BH_TRY(device_links_send(run, steps, diag));
    BH_TRY(give_spikes(run, steps, diag));
    BH_TRY(device_give_orders(run, &run->first, diag));
    BH_TRY(run_steps(run, steps, diag));
    BH_TRY(device_give_orders(run, &run->last[run->turn], diag));
    BH_TRY(device_links_end(run, steps, diag));
    for (uint32_t n = 0; n < net->group_count; n++)
        BH_TRY(device_lists_ask(run, &run->groups[n], steps, diag));
    BH_TRY(ops->mark(run->device, &slot->mark, diag));
    run->turn = (run->turn + 1) % SLOTS;
    run->queued++;
    return BH_OK;
}

bh_status
device_queue(bh_network *net, size_t steps, bh_diag *diag)
{
    net->on_device->state = STATE_THERE;
    return lose(net, queue_window(net->on_device, steps, diag));
}

static bh_status
take_window(struct device_run *run, bh_diag *diag)
{
    const int slot = (run->turn + SLOTS - run->queued) % SLOTS;
    run->queued--;
    BH_TRY(run->device->ops->await(run->device, run->slot[slot].mark, diag));
    for (uint32_t n = 0; n < run->net->group_count; n++) {
        BH_TRY(device_lists_take(run, &run->groups[n], slot, diag));
        BH_TRY(device_states_hear(run, &run->groups[n], diag));
    }
    return BH_OK;
}

bh_status
device_collect(bh_network *net, bh_diag *diag)
{
    return lose(net, take_window(net->on_device, diag));
}

/* Live sound has to be answered before there is more of it. What the host does with a
 * window, and what comes back step by step, comes before the next. */
bool
device_overlaps(const bh_network *net)
{
    for (const struct feed *feed = net->feeds; feed; feed = feed->next)
        if (feed->watch || bh_source_length(feed->source) == BH_LENGTH_UNKNOWN ||
            bh_source_window(feed->source) < BH_WINDOW_MAX)
            return false;
    for (const struct link *link = net->links; link; link = link->next)
        if (link->function)
            return false;
    for (const bh_group *group = net->groups; group; group = group->next)
        if (group->generator || group->states)
            return false;
    return true;
}

bool
device_heard(const bh_group *group, const struct block *blocks, const uint32_t **offset,
             const uint32_t **neuron)
{
    const struct device_run *run = group->net->on_device;
    for (int e = 0; run && e <= group->event_count; e++) {
        const struct device_event *event = &run->groups[group->object].events[e];
        if (!event->heard || event->block != blocks)
            continue;
        *offset = event->offset_taken;
        *neuron = event->neuron_taken;
        return true;
    }
    return false;
}
