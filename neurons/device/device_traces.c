/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/device/device_internal.h"

#include "neurons/synapses/trace_internal.h"

#include <stdlib.h>
#include <string.h>

/* Traces on a device: those of sources, of which the host has the same copy for each
 * part, are there once; those of targets one part behind another, so that a neuron is
 * counted in its group. */

static const char what[] = "the traces of synapses";

static size_t
neurons_of(const bh_synapses *s, const struct trace *t)
{
    return t->pathway->from_post ? s->target.group->count : s->source.count;
}

/* Copies an array of all parts to the device, or back. */
static bh_status
copy_parts(struct device_run *run, const struct device_trace *own, void *device,
           size_t size, size_t part_array, bool back, bh_diag *diag)
{
    const bh_synapses *s = own->synapses;
    const struct trace *t = own->trace;
    const struct bh_device_ops *ops = run->device->ops;
    const bool post = t->pathway->from_post;
    for (size_t p = 0; p < s->target.group->parts; p++) {
        const size_t count = post ? s->cut[p + 1] - s->cut[p] : s->source.count,
                     first = post ? s->cut[p] : 0;
        void *host = *(void **)((char *)&t->part[p] + part_array);
        char *at = (char *)device + first * size;
        if (back)
            BH_TRY(ops->read(run->device, host, at, count * size, diag));
        else if (post || p == 0)
            BH_TRY(ops->write(run->device, at, host, count * size, diag));
    }
    return BH_OK;
}

/* All arrays of a trace, in one direction. */
static bh_status
copy_trace(struct device_run *run, const struct device_trace *own, bool back,
           bh_diag *diag)
{
    const bh_device_trace_frame *f = &own->frame;
    BH_TRY(copy_parts(run, own, f->last, sizeof *f->last,
                      offsetof(struct trace_part, last), back, diag));
    if (f->now)
        return copy_parts(run, own, f->now, sizeof *f->now,
                          offsetof(struct trace_part, now), back, diag);
    BH_TRY(copy_parts(run, own, f->filled, sizeof *f->filled,
                      offsetof(struct trace_part, filled), back, diag));
    return copy_parts(run, own, f->ring, ((size_t)f->view.mask + 1) * sizeof *f->ring,
                      offsetof(struct trace_part, ring), back, diag);
}

static bh_status
take_arrays(struct device_run *run, const struct device_trace *own,
            bh_device_trace_frame *f, bh_diag *diag)
{
    const struct trace *t = own->trace;
    const size_t count = neurons_of(own->synapses, t),
                 length = (size_t)t->part[0].view.mask + 1;
    void *memory;
    BH_TRY(device_take(run, count * sizeof *f->last, what, &memory, diag));
    f->last = memory;
    if (t->pathway->from_post) {
        BH_TRY(device_take(run, count * sizeof *f->now, what, &memory, diag));
        f->now = memory;
        return BH_OK;
    }
    BH_TRY(device_take(run, count * sizeof *f->filled, what, &memory, diag));
    f->filled = memory;
    BH_TRY(device_take(run, count * length * sizeof *f->ring, what, &memory, diag));
    f->ring = memory;
    return BH_OK;
}

static bh_status
begin_trace(struct device_run *run, struct device_trace *own, bh_diag *diag)
{
    const bh_synapses *s = own->synapses;
    const struct trace *t = own->trace;
    const bool post = t->pathway->from_post;
    const bh_subgroup *side = post ? &s->target : &s->source;
    bh_device_trace_frame *f = &own->frame;
    void *decay;
    *f = (bh_device_trace_frame){.clock = run->clock,
                                 .view = t->part[0].view,
                                 .step = t->step,
                                 .first = (uint32_t)side->first,
                                 .end = (uint32_t)(side->first + side->count),
                                 .origin = post ? 0 : (uint32_t)side->first,
                                 .count = (uint32_t)neurons_of(s, t)};
    BH_TRY(take_arrays(run, own, f, diag));
    BH_TRY(device_place(run, t->decay, (f->view.lasting + 1) * sizeof *t->decay, what,
                        &decay, diag));
    f->view.last = f->last;
    f->view.ring = f->ring;
    f->view.filled = f->filled;
    f->view.now = f->now;
    f->view.decay = decay;
    return device_place(run, &f->view, sizeof f->view, what, &own->view, diag);
}

bh_status
device_traces_begin(struct device_run *run, bh_diag *diag)
{
    size_t count = 0;
    for (const bh_synapses *s = run->net->synapses; s; s = s->next)
        for (const struct trace *t = s->run->traced ? s->run->traces : NULL; t;
             t = t->next)
            count++;
    run->traces = calloc(count + 1, sizeof *run->traces);
    if (!run->traces)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to run the network");
    for (bh_synapses *s = run->net->synapses; s; s = s->next)
        for (const struct trace *t = s->run->traced ? s->run->traces : NULL; t;
             t = t->next) {
            struct device_trace *own = &run->traces[run->trace_count++];
            own->trace = t;
            own->synapses = s;
            BH_TRY(begin_trace(run, own, diag));
        }
    return BH_OK;
}

static bh_status
order_trace(struct device_run *run, const char *kernel,
            const bh_device_trace_frame *frame, size_t items, bh_diag *diag)
{
    return device_launch(run, &run->step, kernel,
                         (items + ITEM_THREADS - 1) / ITEM_THREADS, ITEM_THREADS, frame,
                         sizeof *frame, diag);
}

bh_status
device_traces_order(struct device_run *run, const struct path *path, bh_diag *diag)
{
    const bh_synapses *s = path->synapses;
    const bh_subgroup *side = path->from_post ? &s->target : &s->source;
    for (size_t n = 0; n < run->trace_count; n++) {
        const struct device_trace *own = &run->traces[n];
        if (own->synapses == s && path == s->run->first_spikes && own->frame.now)
            BH_TRY(order_trace(run, "bh_device_trace_decay", &own->frame,
                               own->frame.count, diag));
    }
    for (size_t n = 0; n < run->trace_count; n++) {
        const struct device_trace *own = &run->traces[n];
        bh_device_trace_frame frame = own->frame;
        if (own->synapses != s || own->trace->pathway != path->pathway)
            continue;
        frame.list =
            run->groups[side->group->object].events[path->pathway->event].frame;
        frame.shortest = (int32_t)path->shortest;
        BH_TRY(
            order_trace(run, "bh_device_trace_add", &frame, side->group->count, diag));
    }
    return BH_OK;
}

bh_status
device_traces_send(struct device_run *run, bh_diag *diag)
{
    for (size_t n = 0; n < run->trace_count; n++)
        BH_TRY(copy_trace(run, &run->traces[n], false, diag));
    return BH_OK;
}

bh_status
device_traces_fetch(struct device_run *run, bh_diag *diag)
{
    for (size_t n = 0; n < run->trace_count; n++)
        BH_TRY(copy_trace(run, &run->traces[n], true, diag));
    return BH_OK;
}
