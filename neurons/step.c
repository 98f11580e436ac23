/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/engine_internal.h"

#include "core/denormal_kernel.h"

#include <stdlib.h>
#include <string.h>

/* The frame of one block on one thread, with what the frame's functions need. */
struct work {
    bh_frame frame; /* first: the functions get its address */
    bh_group *group;
    struct worker *worker;
    size_t block;
    void *arrays[MOST_ARRAYS];
};

/* Term numbers of rand(), apart from those of noise. */
enum { FIRST_UNIFORM_TERM = 1 << 16 };

static const void *
input(bh_frame *frame, int32_t variable, int32_t k)
{
    const struct work *work = (const struct work *)frame;
    const bh_group *group = work->group;
    const struct link *link = group->link[variable];
    size_t element = bh_precision_size(group->precision);
    const char *row = row_at(link->rows, (size_t)k + 1, link->stride, group->precision);
    size_t first = (size_t)frame->first, count = (size_t)frame->count;
    if (link->repeat.times == 1)
        return row + first * element;
    char *out = (char *)work->worker->inputs + (size_t)variable * BLOCK * element;
    const struct vector_ops *vector = group->net->vector;
    if (group->precision == BH_SINGLE)
        vector->repeat_single(&link->repeat, (const float *)row, (float *)out, first,
                              count);
    else
        vector->repeat_double(&link->repeat, (const double *)row, (double *)out, first,
                              count);
    return out;
}

static const float *
normals(bh_frame *frame, int32_t term, int32_t k)
{
    const struct work *work = (const struct work *)frame;
    const bh_group *group = work->group;
    const bh_random_ops *random = group->net->random;
    float *out = work->worker->normals + (size_t)term * BLOCK;
    if (group->net->config.random == BH_RANDOM_FAST)
        random->normals(
            &group->normal_streams[(size_t)term * group->blocks + work->block], out,
            (size_t)frame->count);
    else
        random->counter_normals(group->normal_counters[term], (uint32_t)frame->first,
                                (uint64_t)(frame->step + k), out, (size_t)frame->count);
    return out;
}

static const void *
uniforms(bh_frame *frame, int32_t term, int32_t k)
{
    const struct work *work = (const struct work *)frame;
    const bh_group *group = work->group;
    const bh_random_ops *random = group->net->random;
    size_t count = (size_t)frame->count;
    uint64_t step = (uint64_t)(frame->step + k);
    void *out = (char *)work->worker->uniforms + (size_t)term * BLOCK * sizeof(double);
    bh_random_stream *stream =
        &group->uniform_streams[(size_t)term * group->blocks + work->block];
    if (group->net->config.random == BH_RANDOM_FAST && group->precision == BH_SINGLE)
        random->uniforms(stream, out, count);
    else if (group->net->config.random == BH_RANDOM_FAST)
        random->uniforms_double(stream, out, count);
    else if (group->precision == BH_SINGLE)
        random->counter_uniforms(group->uniform_counters[term], (uint32_t)frame->first,
                                 step, out, count);
    else
        random->counter_uniforms_double(group->uniform_counters[term],
                                        (uint32_t)frame->first, step, out, count);
    return out;
}

static int32_t
collect(bh_frame *frame, int32_t k, const int32_t **neurons)
{
    const struct work *work = (const struct work *)frame;
    const bh_group *group = work->group;
    struct block *block = &group->block[work->block];
    int32_t *list = work->worker->list;
    size_t found = group->net->vector->list(frame->spiked, (size_t)frame->count, list);
    for (size_t s = 0; s < found; s++) {
        block->spikes[block->count++] = (uint32_t)k << 16 | (uint32_t)list[s];
        frame->lastspike[list[s]] = frame->now + k;
    }
    if (group->not_refractory) {
        void *ready = frame->array[group->not_refractory->slot];
        for (size_t s = 0; s < found; s++)
            if (group->precision == BH_SINGLE)
                ((float *)ready)[list[s]] = 0;
            else
                ((double *)ready)[list[s]] = 0;
    }
    *neurons = list;
    return (int32_t)found;
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
        if (op->code == OP_NOISE || op->code == OP_RANDN)
            noises[(int)op->number] = normals(&work->frame, (int)op->number, k);
        else if (op->code == OP_RAND)
            drawn[(int)op->number] = uniforms(&work->frame, (int)op->number, k);
        else if (op->code == OP_LOAD && op->symbol->linked)
            arrays[op->symbol->slot] =
                (void *)(uintptr_t)input(&work->frame, op->symbol->slot, k);
    }
}

/* What generated code does, by the interpreter. */
static void
interpret(struct work *work)
{
    bh_group *group = work->group;
    bh_frame *frame = &work->frame;
    const float *noises[MOST_ARRAYS];
    const void *drawn[MOST_ARRAYS];
    void *arrays[MOST_ARRAYS];
    memcpy(arrays, work->arrays, (size_t)group->scope.stored * sizeof *arrays);
    for (int32_t k = 0; k < frame->steps; k++) {
        struct interp_frame f = {.count = frame->count,
                                 .t = (double)(frame->step + k) * frame->dt,
                                 .dt = frame->dt,
                                 .first = frame->first,
                                 .lastspike = frame->lastspike,
                                 .now = frame->now + k,
                                 .arrays = arrays,
                                 .noises = noises,
                                 .uniforms = drawn};
        for (const struct regular *r = group->regular; r; r = r->next)
            if ((frame->step + k) % r->steps == 0) {
                gather(work, r->code, k, noises, drawn, arrays);
                interp_ops_get()->run(&r->interp, &f, work->worker->scratch);
            }
        gather(work, group->update, k, noises, drawn, arrays);
        const void *above =
            interp_ops_get()->run(&group->update_interp, &f, work->worker->scratch);
        int32_t any = 0;
        for (int32_t n = 0; above && n < frame->count; n++) {
            frame->spiked[n] = group->precision == BH_SINGLE
                                   ? ((const float *)above)[n] != 0
                                   : ((const double *)above)[n] != 0;
            any |= frame->spiked[n];
        }
        if (!any)
            continue;
        f.count = collect(frame, k, &f.index);
        if (!group->reset)
            continue;
        gather(work, group->reset, k, noises, drawn, arrays);
        interp_ops_get()->run(&group->reset_interp, &f, work->worker->scratch);
    }
}

/* Copies the variables that a code loads, or stores, between a block and doubles. */
static void
exchange(const bh_group *group, size_t b, const struct code *code, double **doubles,
         bool store)
{
    for (int i = 0; i < (store ? code->store_count : code->count); i++) {
        const struct symbol *symbol = store ? code->stores[i].symbol
                                            : code->ops[i].symbol;
        if (!symbol || symbol->kind != SYMBOL_PARAMETER)
            continue;
        float *own = (float *)group->arrays[symbol->slot] + b * BLOCK;
        for (size_t n = 0; n < BLOCK; n++)
            if (store)
                own[n] = (float)doubles[symbol->slot][n];
            else
                doubles[symbol->slot][n] = (double)own[n];
    }
}

/* Constants are computed before each run, for between runs the user may have given
 * variables other values; always in double, so that single precision loses no more than
 * their last rounding. */
bh_status
step_constants(bh_group *group, bh_diag *diag)
{
    const struct code *code = group->constants;
    if (!code)
        return BH_OK;
    size_t stored = (size_t)group->scope.stored;
    bool single = group->precision == BH_SINGLE;
    double *memory = malloc(single ? stored * BLOCK * sizeof *memory : 1);
    double **arrays = malloc(stored * sizeof *arrays);
    if (!memory || !arrays) {
        free(memory);
        free(arrays);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %s", group->name);
    }
    for (size_t b = 0; b < group->blocks; b++) {
        size_t left = group->count - b * BLOCK;
        struct interp_frame frame = {.count = (int)(left < BLOCK ? left : BLOCK),
                                     .first = (int32_t)(b * BLOCK),
                                     .arrays = (void *const *)arrays};
        for (size_t i = 0; i < stored; i++)
            arrays[i] = single ? memory + i * BLOCK
                               : (double *)group->arrays[i] + b * BLOCK;
        if (single)
            exchange(group, b, code, arrays, false);
        interp_ops_get()->run(&group->constants_interp, &frame,
                              group->net->workers[0].scratch);
        if (single)
            exchange(group, b, code, arrays, true);
    }
    free(memory);
    free(arrays);
    return BH_OK;
}

struct step_job {
    bh_group *group;
    size_t steps;
};

static void
run_block(void *context, size_t b, int thread)
{
    const struct step_job *job = context;
    bh_group *group = job->group;
    const bh_network *net = group->net;
    struct worker *worker = &net->workers[thread];
    size_t left = group->count - b * BLOCK,
           element = bh_precision_size(group->precision);
    struct work work;
    if (group->generator) {
        group->block[b].count = group->block[b].cursor = 0;
        generator_run(group, b, net->step, 0, (int32_t)job->steps);
        return;
    }
    work.group = group;
    work.worker = worker;
    work.block = b;
    work.frame =
        (bh_frame){.step = net->step,
                   .steps = (int32_t)job->steps,
                   .now = (int32_t)(net->step - net->epoch),
                   .first = (int32_t)(b * BLOCK),
                   .count = (int32_t)(left < BLOCK ? left : BLOCK),
                   .dt = net->config.dt_s,
                   .array = work.arrays,
                   .spiked = worker->spiked,
                   .lastspike = group->lastspike ? group->lastspike + b * BLOCK : NULL,
                   .input = input,
                   .normals = normals,
                   .uniforms = uniforms,
                   .collect = collect};
    for (int i = 0; i < group->scope.stored; i++)
        work.arrays[i] = (char *)group->arrays[i] + b * BLOCK * element;
    group->block[b].count = group->block[b].cursor = 0;
    unsigned flags = bh_denormal_flush();
    if (group->compiled)
        group->compiled(&work.frame);
    else
        interpret(&work);
    /* A linked variable keeps the value of the last step. */
    for (int i = 0; i < group->scope.stored; i++)
        if (group->link[i])
            memcpy(work.arrays[i], input(&work.frame, i, (int32_t)job->steps - 1),
                   (size_t)work.frame.count * element);
    bh_denormal_restore(flags);
}

void
step_run(bh_group *group, size_t steps)
{
    struct step_job job = {group, steps};
    double cost_ns = 0.5 * (double)(group->count * steps); /* a simple neuron's */
    bh_pool_run(group->net->pool, group->blocks, cost_ns, run_block, &job);
}

static bool
take_randomness(bh_group *group)
{
    const struct scope *scope = &group->scope;
    size_t normal_terms = (size_t)scope->noises,
           uniform_terms = (size_t)scope->uniforms;
    size_t line = sizeof(bh_random_stream);
    group->normal_streams =
        aligned_alloc(64, (normal_terms * group->blocks + 1) * line);
    group->uniform_streams =
        aligned_alloc(64, (uniform_terms * group->blocks + 1) * line);
    group->normal_counters = calloc(normal_terms + 1, sizeof(bh_random_counter));
    group->uniform_counters = calloc(uniform_terms + 1, sizeof(bh_random_counter));
    if (!group->normal_streams || !group->uniform_streams || !group->normal_counters ||
        !group->uniform_counters)
        return false;
    for (size_t term = 0; term < normal_terms + uniform_terms; term++) {
        bool uniform = term >= normal_terms;
        size_t own = uniform ? term - normal_terms : term;
        bh_random_key key = {group->net->config.seed, group->object,
                             (uint32_t)own + (uniform ? FIRST_UNIFORM_TERM : 0)};
        (uniform ? group->uniform_counters : group->normal_counters)[own] =
            bh_random_counter_start(key);
        for (size_t b = 0; b < group->blocks; b++)
            (uniform ? group->uniform_streams
                     : group->normal_streams)[own * group->blocks + b] =
                bh_random_stream_start(key, (uint32_t)b);
    }
    return true;
}

static bool
take_block_memory(bh_group *group)
{
    for (size_t b = 0; group->lastspike && b < group->blocks; b++) {
        /* Room for every neuron at every step; memory that is never touched is free. */
        group->block[b].spikes =
            malloc(group->net->window * BLOCK * sizeof *group->block[b].spikes);
        if (!group->block[b].spikes)
            return false;
    }
    return true;
}

/* Room for each thread, as much as the hungriest group and link needs. */
static bool
take_workers(bh_network *net)
{
    size_t normal_terms = 1, uniform_terms = 1, stored = 1, scratch = 64;
    for (const bh_group *g = net->groups; g; g = g->next) {
        size_t needs[] = {(size_t)g->scope.noises,
                          (size_t)g->scope.uniforms,
                          (size_t)g->scope.stored,
                          interp_scratch_size(&g->update_interp),
                          g->reset ? interp_scratch_size(&g->reset_interp) : 0,
                          g->constants ? interp_scratch_size(&g->constants_interp) : 0};
        for (const struct regular *r = g->regular; r; r = r->next)
            if (interp_scratch_size(&r->interp) > scratch)
                scratch = interp_scratch_size(&r->interp);
        normal_terms = needs[0] > normal_terms ? needs[0] : normal_terms;
        uniform_terms = needs[1] > uniform_terms ? needs[1] : uniform_terms;
        stored = needs[2] > stored ? needs[2] : stored;
        scratch = needs[3] > scratch ? needs[3] : scratch;
        scratch = needs[4] > scratch ? needs[4] : scratch;
        scratch = needs[5] > scratch ? needs[5] : scratch;
    }
    for (const struct link *link = net->links; link; link = link->next)
        if (link->map && interp_scratch_size(&link->interp) > scratch)
            scratch = interp_scratch_size(&link->interp);
    size_t sizes[] = {
        normal_terms * BLOCK * sizeof(float), uniform_terms * BLOCK * sizeof(double),
        stored * BLOCK * sizeof(double),      (BLOCK + 16) * sizeof(int32_t),
        (BLOCK + 16) * sizeof(int32_t),       (scratch + 63) / 64 * 64};
    size_t total = 64;
    for (int i = 0; i < 6; i++)
        total += sizes[i];
    int threads = bh_pool_threads(net->pool);
    net->workers = calloc((size_t)threads, sizeof *net->workers);
    for (int t = 0; net->workers && t < threads; t++) {
        struct worker *worker = &net->workers[t];
        char *memory = aligned_alloc(64, (total + 63) / 64 * 64);
        if (!memory)
            return false;
        memset(memory, 0, total);
        worker->memory = memory;
        worker->normals = (float *)memory;
        worker->uniforms = memory += sizes[0];
        worker->inputs = memory += sizes[1];
        worker->spiked = (int32_t *)(memory += sizes[2]);
        worker->list = (int32_t *)(memory += sizes[3]);
        worker->scratch = memory + sizes[4];
    }
    return net->workers != NULL;
}

bh_status
step_prepare(bh_network *net, bh_diag *diag)
{
    bool ok = take_workers(net);
    for (bh_group *group = net->groups; ok && group; group = group->next)
        ok = take_randomness(group) && take_block_memory(group);
    return ok ? BH_OK
              : bh_diag_set(diag, BH_ERR_MEMORY, "no memory to run the network");
}

void
step_free(bh_network *net)
{
    for (int t = 0; net->workers && t < bh_pool_threads(net->pool); t++)
        free(net->workers[t].memory);
    free(net->workers);
}
