/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/step_internal.h"

#include "core/denormal_kernel.h"

#include <stdlib.h>
#include <string.h>

/* Where an event of the block is written down. */
static struct block *
block_of(const struct work *work, int32_t number)
{
    const struct event *event = work->group->events;
    if (number == 0)
        return work->block;
    while (event->number != number)
        event = event->next;
    return &event->block[work->number];
}

static void
mark_spikes(bh_frame *frame, int32_t k, const int32_t *list, size_t found)
{
    const struct work *work = (const struct work *)frame;
    const bh_group *group = work->group;
    for (size_t s = 0; s < found; s++)
        frame->lastspike[list[s]] = frame->now + k;
    if (!group->not_refractory)
        return;
    void *ready = frame->array[group->not_refractory->slot];
    for (size_t s = 0; s < found; s++)
        if (group->precision == BH_SINGLE)
            ((float *)ready)[list[s]] = 0;
        else
            ((double *)ready)[list[s]] = 0;
}

/* Writes down who spiked. Where resets wait for what the spikes do to others, nobody is
 * listed for them. */
static int32_t
collect(bh_frame *frame, int32_t event, int32_t k, const int32_t **neurons)
{
    const struct work *work = (const struct work *)frame;
    struct block *block = block_of(work, event);
    int32_t *list = work->worker->list + event * LIST;
    size_t found =
        work->group->net->vector->list(frame->spiked, (size_t)frame->count, list);
    for (size_t s = 0; s < found; s++)
        block->spikes[block->count++] = (uint32_t)(work->begin + k) << 16 |
                                        (uint32_t)list[s];
    if (event == 0)
        mark_spikes(frame, k, list, found);
    *neurons = list;
    return frame->resets ? (int32_t)found : 0;
}

/* Lists the neurons that an event happened to at the last step. */
static int32_t
recall(bh_frame *frame, int32_t event, int32_t k, const int32_t **neurons)
{
    const struct work *work = (const struct work *)frame;
    const struct block *block = block_of(work, event);
    const uint32_t step = (uint32_t)(work->begin + k);
    int32_t *list = work->worker->list + event * LIST, found = 0;
    size_t s = block->count;
    while (s > 0 && block->spikes[s - 1] >> 16 == step)
        s--;
    for (; s < block->count; s++)
        list[found++] = (int32_t)(block->spikes[s] & 0xffff);
    *neurons = list;
    return found;
}

/* Draws what a piece of code needs at one step, and finds its linked variables. */
static void
gather(struct work *work, const struct code *code, int32_t k, const float **noises,
       const void **drawn, void **arrays)
{
    for (int i = 0; i < code->count; i++) {
        const struct op *op = &code->ops[i];
        if (op->uses == 0)
            continue;
        if (op_is_drawn(op->code) && op->code != OP_RAND)
            noises[(int)op->number] = work_normals(&work->frame, (int)op->number, k);
        else if (op->code == OP_RAND)
            drawn[(int)op->number] = work_uniforms(&work->frame, (int)op->number, k);
        else if (op->code == OP_LOAD && op->symbol->linked)
            arrays[op->symbol->slot] =
                (void *)(uintptr_t)work_input(&work->frame, op->symbol->slot, k);
    }
}

static struct interp_frame
interp_frame(const struct work *work, int32_t k, void **arrays, const float **noises,
             const void **drawn)
{
    const bh_frame *frame = &work->frame;
    return (struct interp_frame){.count = frame->count,
                                 .step = frame->step + k,
                                 .t = (double)(frame->step + k) * frame->dt,
                                 .dt = frame->dt,
                                 .first = frame->first,
                                 .lastspike = frame->lastspike,
                                 .now = frame->now + k,
                                 .arrays = arrays,
                                 .noises = noises,
                                 .uniforms = drawn,
                                 .poissons = work->group->poisson_counters};
}

/* What the interpreter works with. */
struct interpreter {
    struct work *work;
    struct interp_frame frame;
    const float *noises[MOST_ARRAYS];
    const void *drawn[MOST_ARRAYS];
    void *arrays[MOST_ARRAYS];
};

static void
interpreter_start(struct interpreter *in, struct work *work)
{
    in->work = work;
    memcpy(in->arrays, work->arrays,
           (size_t)work->group->scope.stored * sizeof *in->arrays);
}

static const void *
interpret_code(struct interpreter *in, const struct interp *interp, int32_t k)
{
    gather(in->work, interp->code, k, in->noises, in->drawn, in->arrays);
    return interp_ops_get()->run(interp, &in->frame, in->work->worker->scratch);
}

/* Runs code whose result is a condition, and marks the neurons for which it holds. */
static bool
interpret_condition(struct interpreter *in, const struct interp *interp, int32_t k)
{
    bh_frame *frame = &in->work->frame;
    const void *holds = interpret_code(in, interp, k);
    int32_t any = 0;
    for (int32_t n = 0; holds && n < frame->count; n++) {
        frame->spiked[n] = in->work->group->precision == BH_SINGLE
                               ? ((const float *)holds)[n] != 0
                               : ((const double *)holds)[n] != 0;
        any |= frame->spiked[n];
    }
    return any != 0;
}

/* Runs code for the neurons of a list. */
static void
interpret_list(struct interpreter *in, const struct interp *interp, int32_t k,
               const int32_t *list, int32_t count)
{
    struct interp_frame all = in->frame;
    if (!interp->code || count == 0)
        return;
    in->frame.index = list;
    in->frame.count = count;
    interpret_code(in, interp, k);
    in->frame = all;
}

/* What happens behind the threshold, to the neurons that are listed. */
static void
interpret_events(struct interpreter *in, int32_t k, const int32_t *counts)
{
    const bh_group *group = in->work->group;
    const int32_t *lists = in->work->worker->list;
    interpret_list(in, &group->reset_interp, k, lists, counts[0]);
    for (const struct event *e = group->events; e; e = e->next)
        interpret_list(in, &e->statements_interp, k, lists + e->number * LIST,
                       counts[e->number]);
}

static void
interpret_regular(struct interpreter *in, int32_t k, enum regular_slot slot)
{
    for (const struct regular *r = in->work->group->regular; r; r = r->next)
        if (r->slot == slot && in->frame.step % r->steps == 0)
            interpret_code(in, &r->interp, k);
}

/* All that is behind the threshold. */
static void
interpret_behind(struct interpreter *in, int32_t k, const int32_t *counts)
{
    interpret_regular(in, k, SLOT_SYNAPSES);
    interpret_events(in, k, counts);
    interpret_regular(in, k, SLOT_END);
}

/* What generated code does, by the interpreter. */
static void
interpret(struct work *work)
{
    const bh_group *group = work->group;
    bh_frame *frame = &work->frame;
    struct interpreter in;
    int32_t counts[MOST_EVENTS + 1] = {0};
    interpreter_start(&in, work);
    for (int32_t k = 0; k < frame->steps; k++) {
        const int32_t *list = NULL;
        in.frame = interp_frame(work, k, in.arrays, in.noises, in.drawn);
        interpret_regular(&in, k, SLOT_START);
        counts[0] = interpret_condition(&in, &group->update_interp, k)
                        ? collect(frame, 0, k, &list)
                        : 0;
        for (const struct event *e = group->events; e; e = e->next)
            counts[e->number] = interpret_condition(&in, &e->condition_interp, k)
                                    ? collect(frame, e->number, k, &list)
                                    : 0;
        if (frame->resets)
            interpret_behind(&in, k, counts);
    }
}

static void
interpret_reset(struct work *work)
{
    struct interpreter in;
    const int32_t *list;
    int32_t counts[MOST_EVENTS + 1] = {0};
    interpreter_start(&in, work);
    in.frame = interp_frame(work, 0, in.arrays, in.noises, in.drawn);
    for (int32_t event = 0; event <= work->group->event_count; event++)
        counts[event] = recall(&work->frame, event, 0, &list);
    interpret_behind(&in, 0, counts);
}

bool
step_make_works(bh_group *group)
{
    size_t arrays = (size_t)group->scope.stored,
           element = bh_precision_size(group->precision);
    for (size_t b = group->own_first; b < group->own_last; b++) {
        size_t left = group->count - b * BLOCK;
        struct work *work = calloc(1, sizeof *work + arrays * sizeof *work->arrays);
        if (!work)
            return false;
        group->block[b].work = work;
        work->group = group;
        work->block = &group->block[b];
        work->number = b;
        work->frame = (bh_frame){
            .first = (int32_t)(b * BLOCK),
            .count = (int32_t)(left < BLOCK ? left : BLOCK),
            .dt = group->net->config.dt_s,
            .array = work->arrays,
            .table = group->scope.table,
            .lastspike = group->lastspike ? group->lastspike + b * BLOCK : NULL,
            .input = work_input,
            .normals = work_normals,
            .uniforms = work_uniforms,
            .poisson = work_poisson};
        for (size_t i = 0; i < arrays; i++)
            work->arrays[i] = (char *)group->arrays[i] + b * BLOCK * element;
    }
    return true;
}

/* Readies a block's frame for steps of the window that begin at `begin`. */
static struct work *
set_work(bh_group *group, size_t b, int thread, size_t begin, size_t steps)
{
    const bh_network *net = group->net;
    struct work *work = group->block[b].work;
    work->worker = &net->workers[thread];
    work->begin = (int32_t)begin;
    work->frame.step = net->step + (int64_t)begin;
    work->frame.steps = (int32_t)steps;
    work->frame.now = (int32_t)(work->frame.step - net->epoch);
    work->frame.spiked = work->worker->spiked;
    return work;
}

/* Values of a recorded variable at step k of the piece. */
static const void *
recorded_values(struct work *work, const struct recorded *recorded, int thread,
                int32_t k)
{
    const bh_group *group = work->group;
    if (!recorded->code)
        return recorded->symbol->linked
                   ? work_input(&work->frame, recorded->symbol->slot, k)
                   : work->arrays[recorded->symbol->slot];
    void *arrays[MOST_ARRAYS];
    memcpy(arrays, work->arrays, (size_t)group->scope.stored * sizeof *arrays);
    gather(work, recorded->code, k, NULL, NULL, arrays);
    struct interp_frame f = interp_frame(work, k, arrays, NULL, NULL);
    return interp_ops_get()->run(&recorded->interp, &f,
                                 recorded->scratch +
                                     (size_t)thread * recorded->scratch_size);
}

/* Hands the values of step k of the piece to the monitors that want them. */
static void
record(struct work *work, int thread, int32_t k, bool at_end)
{
    const int64_t step = work->frame.step + k;
    for (bh_state_monitor *m = work->group->states; m; m = m->next)
        for (size_t v = 0;
             state_wants(m, work->number, step, at_end) && v < m->variables; v++)
            state_copy(m, v, work->number, step,
                       recorded_values(work, &m->recorded[v], thread, k));
}

static void
run_piece(struct work *work)
{
    const bh_group *group = work->group;
    if (group->compiled)
        group->compiled(&work->frame);
    else
        interpret(work);
    if (!group->driven)
        return;
    /* A linked variable keeps the value of the last step. */
    for (int i = 0; i < group->scope.stored; i++)
        if (group->link[i])
            memcpy(work->arrays[i], work_input(&work->frame, i, work->frame.steps - 1),
                   (size_t)work->frame.count * bh_precision_size(group->precision));
}

/* Runs from one recorded step to the next, or from one of its own to the next where
 * its steps are longer than the network's. */
static void
run_pieces(struct work *work, int thread, size_t begin, size_t steps)
{
    bh_group *group = work->group;
    const int64_t step = group->net->step, every = group->every;
    for (size_t k = begin, end = begin + steps; k < end;) {
        const int64_t now = step + (int64_t)k;
        int64_t next = state_next(group, work->number, now) - step;
        if (every > 1) {
            const int64_t own = now % every == 0 ? now + 1 : now + every - now % every;
            next = own - step < next ? own - step : next;
        }
        size_t piece = next < (int64_t)end ? (size_t)next - k : end - k;
        set_work(group, work->number, thread, k, piece);
        record(work, thread, 0, false);
        if (now % every == 0)
            run_piece(work);
        if (work->frame.resets)
            record(work, thread, (int32_t)piece - 1, true);
        k += piece;
    }
}

void
step_block(bh_group *group, size_t b, int thread, size_t begin, size_t steps,
           bool resets)
{
    struct work *work = set_work(group, b, thread, begin, steps);
    for (int32_t event = 0; begin == 0 && event <= group->event_count; event++) {
        struct block *block = block_of(work, event);
        block->count = block->cursor = 0;
    }
    if (group->generator) {
        generator_run(group, b, group->net->step, (int32_t)begin, (int32_t)steps);
        return;
    }
    work->frame.resets = resets;
    work->frame.collect = collect;
    if (group->states || group->every > 1)
        run_pieces(work, thread, begin, steps);
    else
        run_piece(work);
}

void
step_record_end(bh_group *group, size_t b, int thread, size_t k)
{
    if (group->states)
        record(set_work(group, b, thread, k, 1), thread, 0, true);
}

void
step_reset(bh_group *group, size_t b, int thread, size_t k)
{
    const struct work *before = group->block[b].work;
    bool due = group_acts_late(group) &&
               (group->net->step + (int64_t)k) % group->every == 0;
    for (int32_t event = 0; event <= group->event_count; event++) {
        const struct block *block = block_of(before, event);
        due = due || (block->count > 0 && block->spikes[block->count - 1] >> 16 == k);
    }
    if (!due || !group_resets(group))
        return;
    struct work *work = set_work(group, b, thread, k, 1);
    work->frame.collect = recall;
    work->frame.resets = true;
    if (group->compiled_reset)
        group->compiled_reset(&work->frame);
    else
        interpret_reset(work);
}

struct step_job {
    bh_group *group;
    size_t steps;
};

static void
run_block(void *context, size_t b, int thread)
{
    const struct step_job *job = context;
    unsigned flags = bh_denormal_flush();
    step_block(job->group, job->group->own_first + b, thread, 0, job->steps, true);
    bh_denormal_restore(flags);
}

void
step_run(bh_group *group, size_t steps)
{
    struct step_job job = {group, steps};
    const size_t blocks = group->own_last - group->own_first;
    double cost_ns = 0.5 * (double)(blocks * BLOCK * steps); /* a simple neuron's */
    bh_pool_run(group->net->pool, blocks, cost_ns, run_block, &job);
}
