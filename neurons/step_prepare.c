/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/run_internal.h"

#include <stdlib.h>
#include <string.h>

/* Term numbers of rand() and poisson(), apart from those of noise. */
enum { FIRST_UNIFORM_TERM = 1 << 16, FIRST_POISSON_TERM = 1 << 17 };

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
    group->poisson_counters =
        calloc((size_t)scope->poissons + 1, sizeof(bh_random_counter));
    if (!group->normal_streams || !group->uniform_streams || !group->normal_counters ||
        !group->uniform_counters || !group->poisson_counters)
        return false;
    for (uint32_t term = 0; term < (uint32_t)scope->poissons; term++)
        group->poisson_counters[term] = bh_random_counter_start((bh_random_key){
            group->net->config.seed, group->object, FIRST_POISSON_TERM + term});
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
take_lists(const bh_group *group, struct block *blocks)
{
    for (size_t b = 0; b < group->blocks; b++) {
        /* Room for every neuron at every step; memory that is never touched is free. */
        blocks[b].spikes =
            malloc(group->net->window * BLOCK * sizeof *blocks[b].spikes);
        if (!blocks[b].spikes)
            return false;
    }
    return true;
}

static bool
take_block_memory(bh_group *group)
{
    bool ok = !group->lastspike || take_lists(group, group->block);
    for (struct event *event = group->events; ok && event; event = event->next)
        ok = take_lists(group, event->block);
    return ok;
}

static void
need(size_t *most, size_t needed)
{
    if (needed > *most)
        *most = needed;
}

static void
need_scratch(size_t *most, const struct interp *interp)
{
    if (interp->code)
        need(most, interp_scratch_size(interp));
}

/* Room for each thread, as much as the hungriest group and link needs. */
static bool
take_workers(bh_network *net)
{
    size_t normal_terms = 1, uniform_terms = 1, stored = 1, lists = 1, scratch = 64;
    for (const bh_group *g = net->groups; g; g = g->next) {
        need(&normal_terms, (size_t)g->scope.noises);
        need(&uniform_terms, (size_t)g->scope.uniforms);
        need(&stored, (size_t)g->scope.stored);
        need(&lists, (size_t)g->event_count + 1);
        need_scratch(&scratch, &g->update_interp);
        need_scratch(&scratch, &g->reset_interp);
        need_scratch(&scratch, &g->constants_interp);
        for (const struct regular *r = g->regular; r; r = r->next)
            need_scratch(&scratch, &r->interp);
        for (const struct event *event = g->events; event; event = event->next) {
            need_scratch(&scratch, &event->condition_interp);
            need_scratch(&scratch, &event->statements_interp);
        }
    }
    for (const struct link *link = net->links; link; link = link->next)
        need_scratch(&scratch, &link->interp);
    for (const bh_synapses *s = net->synapses; s; s = s->next)
        for (const struct path *path = s->run->paths; path; path = path->next)
            need_scratch(&scratch, &path->interp);
    size_t sizes[] = {
        normal_terms * BLOCK * sizeof(float), uniform_terms * BLOCK * sizeof(double),
        stored * BLOCK * sizeof(double),      LIST * sizeof(int32_t),
        lists * LIST * sizeof(int32_t),       (scratch + 63) / 64 * 64};
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
        ok = take_randomness(group) && take_block_memory(group) &&
             step_make_works(group);
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
