/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/spread_internal.h"
#include "neurons/synapses/trace_internal.h"

#include <stdlib.h>
#include <string.h>

static bh_status
no_memory(const bh_synapses *s, bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to run %s", s->name);
}

static void
path_free(struct path *path, size_t parts)
{
    for (size_t p = 0; path->flight && p < parts; p++) {
        free(path->flight[p].due);
        free(path->flight[p].spike);
    }
    free(path->flight);
    free(path->own_order);
    free(path->own_source);
    free(path->frame);
    free(path->place_delay);
    free(path->reach);
}

void
synapse_run_free(bh_synapses *s)
{
    struct synapse_run *run = s->run;
    if (!run)
        return;
    for (struct path *path = run->paths; path; path = path->next)
        path_free(path, run->parts);
    trace_free(s);
    free(run->view);
    free(run->pre);
    free(run->post);
    free(run->outgoing);
    free(run->incoming);
}

bool
path_touches_pre(const struct path *path)
{
    for (int i = 0; i < path->code->count; i++) {
        const struct op *op = &path->code->ops[i];
        const struct symbol *symbol = op->symbol;
        if (op->uses > 0 && op->code == OP_LOAD && symbol->side == SIDE_PRE &&
            symbol->of && (symbol->kind != SYMBOL_PARAMETER || symbol->of->varies))
            return true;
    }
    return path->writes_pre;
}

bool
path_is_delicate(const struct path *path)
{
    return path->writes_pre || (path->one_by_one && !path->from_post);
}

bool
path_by_target(const struct path *path)
{
    return path->from_post ||
           (path->kind != PATH_SPIKES && !path->writes_pre && !path->one_by_one);
}

static bool
code_uses(const struct code *code, enum symbol_kind kind)
{
    for (int i = 0; i < code->count; i++)
        if (code->ops[i].uses > 0 && code->ops[i].code == OP_LOAD &&
            code->ops[i].symbol->kind == kind)
            return true;
    return false;
}

/* The numbers of synapses of neurons, where some code uses them. */
static bh_status
count_synapses(bh_synapses *s, bh_diag *diag)
{
    struct synapse_run *run = s->run;
    bool wanted = false;
    for (const struct path *path = run->paths; path; path = path->next)
        wanted = wanted || code_uses(path->code, SYMBOL_INCOMING) ||
                 code_uses(path->code, SYMBOL_OUTGOING);
    if (!wanted)
        return BH_OK;
    const size_t targets = s->target.group->count;
    free(run->outgoing);
    free(run->incoming);
    run->outgoing = calloc(s->source.count + 1, sizeof *run->outgoing);
    run->incoming = calloc(targets + 1, sizeof *run->incoming);
    if (!run->outgoing || !run->incoming)
        return no_memory(s, diag);
    for (size_t i = 0; i < s->source.count; i++) {
        run->outgoing[i] = s->whole ? s->whole->row[i]
                                    : (uint32_t)synapses_row_count(s, i);
        for (uint32_t p = 0; p < s->partitions; p++) {
            const uint64_t *row = &s->row[i * s->partitions + p];
            for (uint64_t n = row[0]; n < row[1]; n++)
                run->incoming[s->cut[p] + synapses_local(s, p, row[0], n)]++;
        }
    }
    if (s->procedural)
        return procedural_degrees(s, run->outgoing, run->incoming + s->target.first,
                                  diag);
    return BH_OK;
}

/* Which of the synapses of its pair one is. Where nobody has counted, they stand next
 * to each other in the sub-row. */
static uint32_t
copy_of(const bh_path_frame *frame, int32_t i, int64_t position)
{
    const bh_synapses *s = frame->path->synapses;
    const size_t part = (size_t)(frame - frame->path->frame);
    uint32_t copy = 0;
    if (s->copy)
        return s->copy[position];
    if (!frame->target)
        return 0;
    const int64_t first = (int64_t)s->row[(size_t)i * s->partitions + part];
    while (position > first + copy &&
           frame->target[position - copy - 1] == frame->target[position])
        copy++;
    return copy;
}

/* A random number of a synapse and step, whatever the order of events. */
static double
draw(bh_path_frame *frame, int32_t term, int32_t i, int32_t j, int64_t position)
{
    const struct path *path = frame->path;
    const bh_synapses *s = path->synapses;
    const bh_random_ops *random = s->net->random;
    const bool normal = term < 0;
    const uint32_t number = (uint32_t)(normal ? MOST_TERMS - 1 - term : term),
                   neuron = (uint32_t)(j + frame->shift),
                   copy = copy_of(frame, i, position);
    const bh_random_key key = {s->net->config.seed +
                                   0x9e3779b97f4a7c15u * ((uint64_t)i + 1),
                               s->object, number + 2 * MOST_TERMS * copy};
    const bh_random_counter counter = bh_random_counter_start(key);
    const uint32_t first = neuron & ~(uint32_t)3, lane = neuron & 3;
    float single[BH_RANDOM_LANES];
    double exact[BH_RANDOM_LANES];
    if (!normal && s->precision == BH_DOUBLE) {
        random->counter_uniforms_double(counter, first, (uint64_t)frame->step, exact,
                                        BH_RANDOM_LANES);
        return exact[lane];
    }
    (normal ? random->counter_normals : random->counter_uniforms)(
        counter, first, (uint64_t)frame->step, single, BH_RANDOM_LANES);
    return (double)single[lane];
}

static void
bind_frame(struct path *path, size_t p)
{
    const bh_synapses *s = path->synapses;
    const struct synapse_run *run = s->run;
    const bh_group *source = s->source.group, *target = s->target.group;
    const struct pathway *delays = NULL;
    for (const struct pathway *way = s->pathways; way; way = way->next)
        if (way->delay_symbol && strcmp(way->delay_symbol->name, "delay") == 0)
            delays = way;
    path->frame[p] = (bh_path_frame){
        .path = path,
        .dt = s->net->config.dt_s,
        .order = path->order,
        .target = s->local,
        .first_target = (int32_t)synapses_first_target(s, (uint32_t)p),
        .source = path->source,
        .own = s->arrays,
        .pre = run->pre,
        .post = run->post + p * (size_t)target->scope.stored,
        .lastspike = target->lastspike ? target->lastspike + s->cut[p] : NULL,
        .lastspike_pre = source->lastspike ? source->lastspike + s->source.first : NULL,
        .lastupdate = s->lastupdate,
        .delay = delays ? delays->delay : NULL,
        .fixed_delay = delays ? (int32_t)delays->delay_steps : 0,
        .shift = (int32_t)s->cut[p] - (int32_t)s->target.first,
        .incoming = run->incoming ? run->incoming + s->cut[p] : NULL,
        .outgoing = run->outgoing,
        .table = s->scope.table,
        .draw = draw};
    if (path->kind == PATH_SPIKES)
        trace_bind(path, p, &path->frame[p]);
}

/* Where the variables of both groups are. */
static bh_status
bind_groups(bh_synapses *s, bh_diag *diag)
{
    struct synapse_run *run = s->run;
    const bh_group *source = s->source.group, *target = s->target.group;
    const size_t pre = (size_t)source->scope.stored,
                 post = (size_t)target->scope.stored;
    if (!run->pre) {
        run->pre = calloc(pre + 1, sizeof *run->pre);
        run->post = calloc(target->parts * post + 1, sizeof *run->post);
        run->view = calloc(target->parts * MOST_TRACES, sizeof *run->view);
    }
    if (!run->pre || !run->post || !run->view)
        return no_memory(s, diag);
    for (size_t v = 0; v < pre; v++)
        run->pre[v] = (char *)source->arrays[v] +
                      s->source.first * bh_precision_size(source->precision);
    for (size_t p = 0; p < target->parts; p++)
        for (size_t v = 0; v < post; v++)
            run->post[p * post + v] = (char *)target->arrays[v] +
                                      target->cut[p] *
                                          bh_precision_size(target->precision);
    return BH_OK;
}

/* The places of each neuron in the order of a pathway's own delays. */
static bh_status
sort_places(struct path *path, bh_diag *diag)
{
    const bh_synapses *s = path->synapses;
    const size_t rows = path_rows(path);
    const uint16_t *delay = path->pathway->delay;
    size_t longest = 1;
    for (size_t r = 0; r < rows; r++)
        if (path->start[r + 1] - path->start[r] > longest)
            longest = path->start[r + 1] - path->start[r];
    uint32_t *memory = malloc(3 * longest * sizeof *memory);
    uint32_t *order = malloc((s->count + BH_AHEAD) * sizeof *order);
    void *source = path->source ? malloc((s->count + 1) * synapses_source_bytes(s))
                                : NULL;
    free(path->own_order);
    free(path->own_source);
    path->own_order = order;
    path->own_source = source;
    if (!memory || !order || (path->source && !source)) {
        free(memory);
        return no_memory(s, diag);
    }
    memset(order + s->count, 0, BH_AHEAD * sizeof *order);
    uint32_t *keys = memory, *sorted = keys + longest, *spare = sorted + longest;
    for (size_t r = 0; r < rows; r++) {
        const uint64_t from = path->start[r], count = path->start[r + 1] - from;
        for (uint64_t n = 0; n < count; n++)
            keys[n] = delay[path->order ? path->order[from + n] : from + n];
        synapse_sort(keys, count, sorted, spare);
        for (uint64_t n = 0; n < count; n++) {
            const uint64_t at = from + sorted[n];
            order[from + n] = path->order ? path->order[at] : (uint32_t)at;
            if (source)
                synapses_put_source(s, source, from + n,
                                    synapses_source(s, path->source, at));
        }
    }
    free(memory);
    path->order = order;
    path->source = source;
    return BH_OK;
}

/* The shortest and the longest delay, of all processes. */
static bh_status
find_delays(struct path *path, bh_diag *diag)
{
    const struct pathway *pathway = path->pathway;
    const bh_synapses *s = path->synapses;
    path->shortest = path->longest = pathway->delay_steps;
    if (!pathway->delay || bh_synapses_count(s) == 0)
        return BH_OK;
    path->shortest = UINT32_MAX;
    path->longest = 0;
    for (size_t n = 0; n < s->count; n++) {
        const uint32_t delay = pathway->delay[n];
        path->shortest = delay < path->shortest ? delay : path->shortest;
        path->longest = delay > path->longest ? delay : path->longest;
    }
    double ends[] = {path->shortest, -(double)path->longest};
    BH_TRY(spread_least(s->net, ends, 2, diag));
    path->shortest = (uint32_t)ends[0];
    path->longest = (uint32_t)-ends[1];
    return BH_OK;
}

/* Says of each neuron which places a spike reaches when, where it reaches some in most
 * steps: then to look at each spike in each step is as good as to know which to look
 * at. */
static bh_status
find_reach(struct path *path, bh_diag *diag)
{
    const bh_synapses *s = path->synapses;
    const size_t rows = path_rows(path), width = path->longest - path->shortest + 2;
    free(path->reach);
    path->reach = NULL;
    if (s->count < rows * width / 2)
        return BH_OK;
    for (size_t r = 0; r < rows; r++)
        if (path->start[r + 1] - path->start[r] > UINT16_MAX)
            return BH_OK;
    path->reach = large_new(rows * width * sizeof *path->reach);
    if (!path->reach)
        return no_memory(s, diag);
    for (size_t r = 0; r < rows; r++) {
        const uint64_t first = path->start[r], last = path->start[r + 1];
        uint64_t at = first;
        for (size_t d = 0; d < width; d++) {
            while (at < last && path_delay(path, (int64_t)at) < path->shortest + d)
                at++;
            path->reach[r * width + d] = (uint16_t)(at - first);
        }
    }
    return BH_OK;
}

static bh_status
begin_path(struct path *path, bh_diag *diag)
{
    const bh_synapses *s = path->synapses;
    const size_t parts = s->target.group->parts;
    if (s->run->current)
        return BH_OK;
    path->start = path->from_post ? s->column : s->row;
    path->order = path->from_post ? s->column_position : NULL;
    path->source = path->from_post ? s->column_source : NULL;
    if (!path->frame)
        path->frame = calloc(parts, sizeof *path->frame);
    if (!path->frame)
        return no_memory(s, diag);
    if (path->pathway) {
        const bh_group *from = path->from_post ? s->target.group : s->source.group;
        path->history = &from->history[path->pathway->event];
        BH_TRY(find_delays(path, diag));
    }
    if (!path->pathway || !path->pathway->delay)
        return BH_OK;
    if (path->pathway != s->sorted_by)
        BH_TRY(sort_places(path, diag));
    if (!path->flight)
        path->flight = calloc(parts, sizeof *path->flight);
    if (!path->flight)
        return no_memory(s, diag);
    return find_reach(path, diag);
}

static void
use_large_pages(bh_synapses *s)
{
    const size_t n = s->count;
    for (int v = 0; v < s->scope.stored; v++)
        s->arrays[v] = large_pages(s->arrays[v], n * bh_precision_size(s->precision));
    s->local = large_pages(s->local, n * sizeof *s->local);
    s->lastupdate = large_pages(s->lastupdate, n * sizeof *s->lastupdate);
    s->column_position =
        large_pages(s->column_position, (n + BH_AHEAD) * sizeof(uint32_t));
    s->column_source = large_pages(s->column_source, n * synapses_source_bytes(s));
    for (struct pathway *way = s->pathways; way; way = way->next)
        way->delay = large_pages(way->delay, n * sizeof *way->delay);
}

bh_status
synapse_run_begin(bh_synapses *s, bh_diag *diag)
{
    struct synapse_run *run = s->run;
    const bh_group *target = s->target.group;
    bool columns = false;
    run->parts = target->parts;
    BH_TRY(synapses_finalise(s, target->cut, (uint32_t)target->parts, diag));
    for (const struct path *path = run->paths; path; path = path->next)
        columns = columns || path->from_post ||
                  (s->net->config.device && path_by_target(path));
    if (columns && !s->column)
        BH_TRY(synapses_index(s, true, diag));
    if (!run->current) {
        s->net->layout++;
        use_large_pages(s);
        BH_TRY(count_synapses(s, diag));
    }
    BH_TRY(bind_groups(s, diag));
    for (struct path *path = run->paths; path; path = path->next)
        BH_TRY(begin_path(path, diag));
    BH_TRY(trace_begin(s, diag));
    run->current = true;
    run->first_spikes = NULL;
    for (struct path *path = run->paths; path; path = path->next)
        for (size_t p = 0; p < target->parts; p++)
            bind_frame(path, p);
    for (struct path *path = run->paths; path; path = path->next)
        if (path->kind == PATH_SPIKES && !run->first_spikes)
            run->first_spikes = path;
    return BH_OK;
}
