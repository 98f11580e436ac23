/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/device/device_internal.h"

#include "neurons/synapses/trace_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Synapses on a device: their arrays as the host has readied them for a run, and an
 * order for each piece of code. */

static const char what[] = "synapses";

/* What all code of some synapses finds. */
static bh_status
place_synapses(struct device_run *run, const bh_synapses *s, bh_device_path *out,
               bh_diag *diag)
{
    const size_t count = s->count, size = bh_precision_size(s->precision),
                 parts = s->target.group->parts;
    const size_t rows = s->source.count * s->partitions + 1;
    void *own[MOST_ARRAYS] = {NULL}, *placed;
    for (int v = 0; v < s->scope.stored; v++)
        BH_TRY(
            device_mirror(run, &s->arrays[v], count * size, true, what, &own[v], diag));
    BH_TRY(device_place(run, own, ((size_t)s->scope.stored + 1) * sizeof *own, what,
                        &placed, diag));
    out->own = placed;
    if (!s->run->traced)
        BH_TRY(device_mirror(run, (void *const *)&s->lastupdate,
                             count * sizeof *s->lastupdate, true, what, &placed, diag));
    out->lastupdate = s->run->traced ? NULL : placed;
    BH_TRY(device_place(run, s->local, count * sizeof *s->local, what, &placed, diag));
    out->target = placed;
    BH_TRY(device_place(run, s->row, rows * sizeof *s->row, what, &placed, diag));
    out->row = placed;
    BH_TRY(device_place(run, s->copy, count * sizeof *s->copy, what, &placed, diag));
    out->copy = placed;
    BH_TRY(
        device_place(run, s->cut, (parts + 1) * sizeof *s->cut, what, &placed, diag));
    out->cut = placed;
    out->parts = (uint32_t)parts;
    BH_TRY(device_place(run, s->run->incoming,
                        (s->target.group->count + 1) * sizeof(uint32_t), what, &placed,
                        diag));
    out->incoming = placed;
    BH_TRY(device_place(run, s->run->outgoing, (s->source.count + 1) * sizeof(uint32_t),
                        what, &placed, diag));
    out->outgoing = placed;
    return device_tables(run, &s->scope, &out->table, diag);
}

/* Variables of both groups: those of sources begin with the first source. */
static bh_status
place_groups(struct device_run *run, const bh_synapses *s, bh_device_path *out,
             bh_diag *diag)
{
    const struct device_group *source = &run->groups[s->source.group->object],
                              *target = &run->groups[s->target.group->object];
    const size_t stored = (size_t)source->group->scope.stored;
    void *pre[MOST_ARRAYS] = {NULL}, *placed;
    for (size_t v = 0; v < stored; v++)
        pre[v] = (char *)source->arrays[v] +
                 s->source.first * bh_precision_size(source->group->precision);
    BH_TRY(device_place(run, pre, (stored + 1) * sizeof *pre, what, &placed, diag));
    out->pre = placed;
    out->post = target->device_arrays;
    out->lastspike = target->lastspike;
    out->lastspike_pre = source->lastspike ? source->lastspike + s->source.first : NULL;
    out->shift = -(int32_t)s->target.first;
    out->target_first = (uint32_t)s->target.first;
    out->clock = run->clock;
    out->dt = run->net->config.dt_s;
    out->seed = run->net->config.seed;
    out->object = s->object;
    return BH_OK;
}

/* The delay that code can see. */
static bh_status
place_delay(struct device_run *run, const bh_synapses *s, bh_device_path *out,
            bh_diag *diag)
{
    void *placed = NULL;
    for (const struct pathway *way = s->pathways; way; way = way->next)
        if (way->delay_symbol && strcmp(way->delay_symbol->name, "delay") == 0) {
            BH_TRY(device_place(run, way->delay, s->count * sizeof *way->delay, what,
                                &placed, diag));
            out->fixed_delay = (int32_t)way->delay_steps;
        }
    out->delay = placed;
    return BH_OK;
}

/* Whether a source has two synapses onto one target that a spike reaches together. */
static bool
has_pairs(const bh_synapses *s)
{
    const size_t targets = s->target.group->count, parts = s->target.group->parts;
    uint32_t *seen = s->local ? calloc(targets, sizeof *seen) : NULL;
    bool twice = s->local && !seen; /* without memory: on the safe side */
    for (size_t i = 0; seen && !twice && i < s->source.count; i++)
        for (size_t p = 0; p < parts; p++) {
            const uint64_t *row = &s->row[i * parts + p];
            for (uint64_t n = row[0]; n < row[1]; n++) {
                uint32_t *at = &seen[s->cut[p] + s->local[n]];
                twice = twice || *at == i + 1;
                *at = (uint32_t)i + 1;
            }
        }
    free(seen);
    return twice;
}

static bh_status
place_traces(struct device_run *run, const struct path *path, bh_device_path *out,
             bh_diag *diag)
{
    const bh_synapses *s = path->synapses;
    const void *views[MOST_TRACES] = {NULL};
    void *placed;
    for (size_t n = 0; n < run->trace_count; n++)
        if (run->traces[n].synapses == s)
            views[run->traces[n].trace->number] = run->traces[n].view;
    BH_TRY(device_place(run, views, sizeof views, what, &placed, diag));
    out->trace = placed;
    BH_TRY(device_place(run, path->place_delay, s->count * sizeof *path->place_delay,
                        what, &placed, diag));
    out->place_delay = placed;
    out->place_fixed = path->place_fixed;
    return BH_OK;
}

/* Where one piece of code finds its synapses. */
static bh_status
place_path(struct device_run *run, const struct path *path, bh_device_path *out,
           bh_diag *diag)
{
    const bh_synapses *s = path->synapses;
    const bool columns = path_by_target(path), spikes = path->kind == PATH_SPIKES;
    const bh_subgroup *side = columns ? &s->target : &s->source;
    const uint64_t *start = columns ? s->column : s->row;
    const uint32_t *order = !spikes && columns ? s->column_position : path->order;
    const void *source = !spikes && columns ? s->column_source : path->source;
    const size_t starts = columns ? s->target.count + 1
                                  : s->source.count * s->partitions + 1;
    const uint16_t *delay = spikes ? path->pathway->delay : NULL;
    void *placed;
    BH_TRY(device_place(run, start, starts * sizeof *start, what, &placed, diag));
    out->start = placed;
    BH_TRY(device_place(run, order, s->count * sizeof *order, what, &placed, diag));
    out->order = placed;
    BH_TRY(device_place(run, source, s->count * synapses_source_bytes(s), what, &placed,
                        diag));
    out->source = placed;
    BH_TRY(device_place(run, delay, s->count * sizeof *delay, what, &placed, diag));
    out->place_order = placed;
    out->first = (uint32_t)side->first;
    out->last = (uint32_t)(side->first + side->count);
    out->from_post = path->from_post;
    out->every = path->kind == PATH_REGULAR ? path->every : 1;
    out->shortest = (int32_t)path->shortest;
    out->longest = (int32_t)path->longest;
    out->serial = path->one_by_one ||
                  (spikes && !columns && path->writes_post && has_pairs(s));
    out->ordered = path->writes_post || path->writes_pre || out->serial;
    if (spikes && s->run->traced)
        BH_TRY(place_traces(run, path, out, diag));
    if (spikes)
        out->list = run->groups[side->group->object].events[path->pathway->event].frame;
    return BH_OK;
}

/* A summed variable is made anew at every step. */
static bh_status
order_clear(struct device_run *run, const struct path *path, bh_diag *diag)
{
    const bh_synapses *s = path->synapses;
    const bh_subgroup *side = path->target->side == SIDE_PRE ? &s->source : &s->target;
    const size_t element = bh_precision_size(side->group->precision);
    char *array = run->groups[side->group->object].arrays[path->target->slot];
    const struct order clear = {.kind = ORDER_CLEAR,
                                .to = array + side->first * element,
                                .bytes = side->count * element};
    return device_order(run, &run->step, clear, diag);
}

/* As many threads as a row has places in a part: those beside them would only wait. */
static uint32_t
threads_of(const bh_synapses *s)
{
    const size_t rows = s->source.count * s->target.group->parts;
    uint32_t threads = 32;
    while (threads < BH_DEVICE_PATH_THREADS && threads * rows < s->count)
        threads *= 2;
    return threads;
}

static bh_status
order_path(struct device_run *run, struct path *path, bh_diag *diag)
{
    const bh_synapses *s = path->synapses;
    const bool spikes = path->kind == PATH_SPIKES,
               traced = spikes && path->traced && s->run->traced;
    bh_device_path frame;
    char name[40];
    if (path->kind == PATH_SUMMED)
        BH_TRY(order_clear(run, path, diag));
    if (spikes && s->run->traced)
        BH_TRY(device_traces_order(run, path, diag));
    if (s->count == 0)
        return BH_OK;
    for (size_t n = 0; n < run->synapses_count; n++)
        if (run->synapses[n].synapses == s)
            frame = run->synapses[n].frame;
    BH_TRY(place_path(run, path, &frame, diag));
    path_name(path, traced ? "trace" : "path", name, sizeof name);
    const size_t items = frame.serial ? 1 : frame.last - frame.first;
    const uint32_t threads = spikes ? threads_of(s) : ITEM_THREADS;
    return device_launch(run, &run->step, name,
                         spikes ? frame.parts : (items + threads - 1) / threads,
                         threads, &frame, sizeof frame, diag);
}

bh_status
device_paths_begin(struct device_run *run, bh_diag *diag)
{
    run->synapses = calloc((size_t)run->net->synapses_count + 1, sizeof *run->synapses);
    if (!run->synapses)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to run the network");
    for (const bh_synapses *s = run->net->synapses; s; s = s->next) {
        struct device_synapses *own = &run->synapses[run->synapses_count++];
        own->synapses = s;
        BH_TRY(place_synapses(run, s, &own->frame, diag));
        BH_TRY(place_groups(run, s, &own->frame, diag));
        BH_TRY(place_delay(run, s, &own->frame, diag));
    }
    return device_traces_begin(run, diag);
}

bh_status
device_paths_order(struct device_run *run, const struct plan *plan,
                   enum path_kind first, enum path_kind end, bh_diag *diag)
{
    for (size_t n = plan->from[first]; n < plan->from[end]; n++)
        BH_TRY(order_path(run, plan->path[n], diag));
    return BH_OK;
}
