/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/device/device_internal.h"

#include <stdlib.h>

/* State monitors: kernels gather the rows of a window on the device, and the host gets
 * them behind it. */

static size_t
ticks_of_window(const struct device_run *run, const bh_state_monitor *monitor)
{
    return run->net->window / (size_t)monitor->every + 1;
}

bh_status
device_states_begin(struct device_run *run, struct device_group *g, bh_diag *diag)
{
    const bh_group *group = g->group;
    for (bh_state_monitor *m = group->states; m; m = m->next)
        g->state_count++;
    g->states = calloc(g->state_count + 1, sizeof *g->states);
    if (!g->states)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the monitors of %s",
                           group->name);
    size_t number = 0;
    for (bh_state_monitor *m = group->states; m; m = m->next) {
        struct device_state *own = &g->states[number++];
        own->monitor = m;
        own->rows = calloc(m->variables, sizeof *own->rows);
        if (!own->rows)
            return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the monitors of %s",
                               group->name);
        for (size_t v = 0; v < m->variables; v++)
            BH_TRY(device_take(run,
                               ticks_of_window(run, m) * m->stride *
                                   bh_precision_size(group->precision),
                               "recorded states", &own->rows[v], diag));
    }
    return BH_OK;
}

/* The neuron of each column; NULL: itself. */
static bh_status
place_columns(struct device_run *run, const bh_state_monitor *m, void **out,
              bh_diag *diag)
{
    *out = NULL;
    if (!m->columns)
        return BH_OK;
    uint32_t *neuron = malloc(m->width * sizeof *neuron);
    if (!neuron)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the monitors of %s",
                           m->group->name);
    for (size_t c = 0; c < m->width; c++)
        neuron[m->columns[c].column] = m->columns[c].neuron;
    bh_status status = device_place(run, neuron, m->width * sizeof *neuron,
                                    "recorded neurons", out, diag);
    free(neuron);
    return status;
}

static bh_status
order_variable(struct device_run *run, struct device_group *g, int number, size_t v,
               const bh_device_gather_frame *shared, bh_diag *diag)
{
    const struct device_state *own = &g->states[number];
    const struct recorded *recorded = &own->monitor->recorded[v];
    const size_t blocks = (own->monitor->width + ITEM_THREADS - 1) / ITEM_THREADS;
    bh_device_gather_frame gather = *shared;
    gather.rows = own->rows[v];
    if (recorded->code) {
        bh_device_value_frame frame = {.gather = gather};
        char name[60];
        BH_TRY(device_group_frame(run, g, &frame.group, diag));
        value_name(g->group, number, v, name, sizeof name);
        return device_launch(run, &run->step, name, blocks, ITEM_THREADS, &frame,
                             sizeof frame, diag);
    }
    if (recorded->symbol->linked)
        gather.input = g->input[recorded->symbol->slot];
    else
        gather.array = g->arrays[recorded->symbol->slot];
    return device_launch(run, &run->step, "bh_device_gather", blocks, ITEM_THREADS,
                         &gather, sizeof gather, diag);
}

bh_status
device_states_gather(struct device_run *run, struct device_group *g, bool at_end,
                     bh_diag *diag)
{
    for (size_t s = 0; s < g->state_count; s++) {
        const bh_state_monitor *m = g->states[s].monitor;
        void *columns;
        if (m->at_end != at_end)
            continue;
        BH_TRY(place_columns(run, m, &columns, diag));
        const bh_device_gather_frame gather = {.clock = run->clock,
                                               .neuron = columns,
                                               .stride = (int64_t)m->stride,
                                               .every = m->every,
                                               .count = (int32_t)m->width,
                                               .single = g->group->precision ==
                                                         BH_SINGLE};
        for (size_t v = 0; v < m->variables; v++)
            BH_TRY(order_variable(run, g, (int)s, v, &gather, diag));
    }
    return BH_OK;
}

bh_status
device_states_hear(struct device_run *run, struct device_group *g, bh_diag *diag)
{
    const bh_precision precision = g->group->precision;
    for (size_t s = 0; s < g->state_count; s++) {
        const bh_state_monitor *m = g->states[s].monitor;
        const size_t bytes = m->coming * m->stride * bh_precision_size(precision);
        for (size_t v = 0; bytes > 0 && v < m->variables; v++)
            BH_TRY(run->device->ops->read(
                run->device, row_at(m->recorded[v].rows, m->kept, m->stride, precision),
                g->states[s].rows[v], bytes, diag));
    }
    return BH_OK;
}
