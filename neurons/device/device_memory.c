/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/device/device_internal.h"

#include <stdlib.h>
#include <string.h>

/* Room for one more of something. */
static bool
grow(void **array, size_t count, size_t *most, size_t size)
{
    if (count < *most)
        return true;
    const size_t more = 2 * *most + 16;
    void *moved = realloc(*array, more * size);
    if (!moved)
        return false;
    *array = moved;
    *most = more;
    return true;
}

static bh_status
no_memory(bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to run the network on a device");
}

bh_status
device_take(struct device_run *run, size_t bytes, const char *what, void **out,
            bh_diag *diag)
{
    void *memory = NULL;
    if (!grow((void **)&run->memory, run->taken, &run->most_taken, sizeof *run->memory))
        return no_memory(diag);
    BH_TRY(run->device->ops->take(run->device, bytes > 0 ? bytes : 1, what, &memory,
                                  diag));
    run->memory[run->taken++] = memory;
    *out = memory;
    return BH_OK;
}

bh_status
device_take_pinned(struct device_run *run, size_t bytes, const char *what, void **out,
                   bh_diag *diag)
{
    void *memory = NULL;
    if (!grow((void **)&run->pinned, run->pinned_taken, &run->most_pinned,
              sizeof *run->pinned))
        return no_memory(diag);
    BH_TRY(run->device->ops->take_pinned(run->device, bytes > 0 ? bytes : 1, what,
                                         &memory, diag));
    run->pinned[run->pinned_taken++] = memory;
    *out = memory;
    return BH_OK;
}

bh_status
device_slots(struct device_run *run, size_t bytes, bh_diag *diag)
{
    for (int s = 0; s < SLOTS; s++) {
        void *memory = NULL;
        BH_TRY(
            device_take_pinned(run, bytes, "the windows of a network", &memory, diag));
        run->slot[s].pinned = memory;
        run->slot[s].size = bytes;
    }
    return BH_OK;
}

bh_status
device_upload(struct device_run *run, void *to, const void *from, size_t bytes,
              bh_diag *diag)
{
    struct device_slot *slot = &run->slot[run->turn];
    if (bytes <= slot->size - slot->used) {
        from = memcpy(slot->pinned + slot->used, from, bytes);
        slot->used += bytes;
    }
    return run->device->ops->write(run->device, to, from, bytes, diag);
}

bh_status
device_place(struct device_run *run, const void *host, size_t bytes, const char *what,
             void **out, bh_diag *diag)
{
    *out = NULL;
    if (!host)
        return BH_OK;
    BH_TRY(device_take(run, bytes, what, out, diag));
    return bytes > 0 ? run->device->ops->write(run->device, *out, host, bytes, diag)
                     : BH_OK;
}

bh_status
device_mirror(struct device_run *run, void *const *host, size_t bytes, bool back,
              const char *what, void **out, bh_diag *diag)
{
    *out = NULL;
    if (!*host)
        return BH_OK;
    BH_TRY(device_take(run, bytes, what, out, diag));
    if (!grow((void **)&run->mirrors, run->mirror_count, &run->most_mirrors,
              sizeof *run->mirrors))
        return no_memory(diag);
    run->mirrors[run->mirror_count++] = (struct mirror){host, *out, bytes, back};
    return BH_OK;
}

bh_status
device_write_mirrors(struct device_run *run, bh_diag *diag)
{
    for (size_t m = 0; m < run->mirror_count; m++) {
        const struct mirror *mirror = &run->mirrors[m];
        BH_TRY(run->device->ops->write(run->device, mirror->device, *mirror->host,
                                       mirror->bytes, diag));
    }
    return BH_OK;
}

bh_status
device_read_mirrors(struct device_run *run, bh_diag *diag)
{
    for (size_t m = 0; m < run->mirror_count; m++) {
        const struct mirror *mirror = &run->mirrors[m];
        if (mirror->back)
            BH_TRY(run->device->ops->read(run->device, *mirror->host, mirror->device,
                                          mirror->bytes, diag));
    }
    return BH_OK;
}

bh_status
device_order(struct device_run *run, struct orders *orders, struct order order,
             bh_diag *diag)
{
    (void)run;
    if (!grow((void **)&orders->order, orders->count, &orders->capacity,
              sizeof *orders->order))
        return no_memory(diag);
    orders->order[orders->count++] = order;
    return BH_OK;
}

bh_status
device_launch(struct device_run *run, struct orders *orders, const char *kernel,
              size_t blocks, uint32_t threads, const void *frame, size_t bytes,
              bh_diag *diag)
{
    void *argument;
    struct order order = {.kind = ORDER_LAUNCH, .threads = threads};
    order.blocks = (uint32_t)(blocks > 0 ? blocks : 1);
    BH_TRY(device_place(run, frame, bytes, "a kernel's frame", &argument, diag));
    order.argument = argument;
    BH_TRY(run->device->ops->find(run->device, run->net->device_program, kernel,
                                  &order.kernel, diag));
    return device_order(run, orders, order, diag);
}

bh_status
device_give_orders(struct device_run *run, const struct orders *orders, bh_diag *diag)
{
    struct bh_device *device = run->device;
    for (size_t n = 0; n < orders->count; n++) {
        const struct order *order = &orders->order[n];
        switch (order->kind) {
        case ORDER_LAUNCH:
            BH_TRY(device->ops->launch(device, order->kernel, order->blocks,
                                       order->threads, order->argument, diag));
            break;
        case ORDER_CLEAR:
            BH_TRY(device->ops->clear(device, order->to, order->bytes, diag));
            break;
        case ORDER_COPY:
            BH_TRY(
                device->ops->copy(device, order->to, order->from, order->bytes, diag));
            break;
        }
    }
    return BH_OK;
}

void *
device_staging(struct device_run *run, size_t bytes, bh_diag *diag)
{
    if (bytes > run->staging_bytes) {
        void *more = realloc(run->staging, bytes);
        if (!more) {
            no_memory(diag);
            return NULL;
        }
        run->staging = more;
        run->staging_bytes = bytes;
    }
    return run->staging;
}

static void
free_groups(struct device_run *run)
{
    for (uint32_t n = 0; run->groups && n < run->net->group_count; n++) {
        struct device_group *g = &run->groups[n];
        for (size_t s = 0; s < g->state_count; s++)
            free(g->states[s].rows);
        free(g->states);
        free(g->arrays);
        free(g->input);
        for (int e = 0; g->events && e <= g->group->event_count; e++)
            free(g->events[e].rest);
        free(g->events);
    }
    free(run->groups);
}

void
device_free(struct device_run *run)
{
    if (!run)
        return;
    if (run->graph)
        run->device->ops->graph_free(run->device, run->graph);
    for (int s = 0; s < SLOTS; s++) {
        run->device->ops->mark_free(run->device, run->slot[s].mark);
        free(run->last[s].order);
    }
    for (size_t n = 0; n < run->pinned_taken; n++)
        run->device->ops->give_pinned(run->device, run->pinned[n]);
    for (size_t n = 0; n < run->taken; n++)
        run->device->ops->give(run->device, run->memory[n]);
    free_groups(run);
    free(run->memory);
    free(run->pinned);
    free(run->mirrors);
    free(run->links);
    free(run->feeds);
    free(run->traces);
    free(run->synapses);
    free(run->first.order);
    free(run->step.order);
    free(run->staging);
    free(run);
}
