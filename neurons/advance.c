/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/run_internal.h"
#include "neurons/spread_internal.h"

#include "core/denormal_kernel.h"

#include <string.h>

/* A step of a part begins with its neurons up to their thresholds, and is finished when
 * the spikes that arrive have acted and resets are done. Between the two its spikes are
 * known to all. */

/* One round of a component: every task does the same. */
struct round {
    bh_network *net;
    const struct component *component;
    struct path *path;
    size_t k, steps;
};

static void
run_out(bh_network *net)
{
    atomic_store_explicit(&net->no_memory, true, memory_order_relaxed);
}

/* A summed variable is made anew at every step. */
static void
clear_summed(const struct path *path, size_t part)
{
    const bh_synapses *s = path->synapses;
    const bool pre = path->target->side == SIDE_PRE;
    const bh_subgroup *side = pre ? &s->source : &s->target;
    size_t first = side->first, last = side->first + side->count;
    if (pre && part > 0)
        return;
    if (!pre && first < s->cut[part])
        first = s->cut[part];
    if (!pre && last > s->cut[part + 1])
        last = s->cut[part + 1];
    const size_t element = bh_precision_size(side->group->precision);
    char *array = side->group->arrays[path->target->slot];
    if (last > first)
        memset(array + first * element, 0, (last - first) * element);
}

/* What a path does at step k of the window to one part. */
static void
run_path(bh_network *net, struct path *path, size_t part, size_t k, int thread)
{
    const int64_t step = net->step + (int64_t)k;
    if (path->kind == PATH_SPIKES) {
        if (!deliver(path, part, step, thread))
            run_out(net);
        return;
    }
    if (path->kind == PATH_REGULAR && step % path->every != 0)
        return;
    if (path->kind == PATH_SUMMED)
        clear_summed(path, part);
    deliver_all(path, part, step, thread);
}

static void
run_kinds(bh_network *net, const struct task *task, enum path_kind first,
          enum path_kind end, size_t k, int thread)
{
    const struct plan *plan = task->group->plan;
    for (size_t n = plan->from[first]; n < plan->from[end]; n++)
        run_path(net, plan->path[n], task->part, k, thread);
}

static void
update(bh_network *net, const struct task *task, size_t k, int thread)
{
    bh_group *group = task->group;
    struct part *part = &group->part[task->part];
    if (k == 0)
        part->events = 0;
    for (size_t b = part->first; b < part->last; b++)
        step_block(group, b, thread, k, 1, false);
    if (!history_take(group, task->part, k))
        run_out(net);
}

static void
reset(const struct task *task, size_t k, int thread)
{
    const struct part *part = &task->group->part[task->part];
    for (size_t b = part->first; b < part->last; b++) {
        step_reset(task->group, b, thread, k);
        step_record_end(task->group, b, thread, k);
    }
}

static void
begin(bh_network *net, const struct task *task, size_t k, int thread)
{
    run_kinds(net, task, PATH_REGULAR, PATH_CLOCKED, k, thread);
    update(net, task, k, thread);
    run_kinds(net, task, PATH_CLOCKED, PATH_SPIKES, k, thread);
}

static void
finish(bh_network *net, const struct task *task, size_t k, int thread)
{
    run_kinds(net, task, PATH_SPIKES, PATH_KINDS, k, thread);
    reset(task, k, thread);
}

/* Steps in which no part sees what another does. */
static void
run_free(void *context, size_t t, int thread)
{
    const struct round *round = context;
    const struct task *task = &round->component->task[t];
    unsigned flags = bh_denormal_flush();
    for (size_t k = round->k; k < round->k + round->steps; k++) {
        begin(round->net, task, k, thread);
        finish(round->net, task, k, thread);
    }
    bh_denormal_restore(flags);
}

/* The end of one step and the beginning of the next: between two meetings. */
static void
run_between(void *context, size_t t, int thread)
{
    const struct round *round = context;
    const struct task *task = &round->component->task[t];
    unsigned flags = bh_denormal_flush();
    if (round->k > 0)
        finish(round->net, task, round->k - 1, thread);
    if (round->k < round->steps)
        begin(round->net, task, round->k, thread);
    bh_denormal_restore(flags);
}

static void
run_update(void *context, size_t t, int thread)
{
    const struct round *round = context;
    unsigned flags = bh_denormal_flush();
    update(round->net, &round->component->task[t], round->k, thread);
    bh_denormal_restore(flags);
}

static void
run_reset(void *context, size_t t, int thread)
{
    const struct round *round = context;
    unsigned flags = bh_denormal_flush();
    reset(&round->component->task[t], round->k, thread);
    bh_denormal_restore(flags);
}

static void
run_one_path(void *context, size_t part, int thread)
{
    const struct round *round = context;
    unsigned flags = bh_denormal_flush();
    run_path(round->net, round->path, part, round->k, thread);
    bh_denormal_restore(flags);
}

static void
run_own_path(void *context, size_t p, int thread)
{
    const struct round *round = context;
    run_one_path(context, round->path->synapses->target.group->first_part + p, thread);
}

/* Each path in turn: over all parts at once, or one part after the other where parts
 * would write the same variables. */
static bh_status
run_strict_kinds(struct round *round, enum path_kind first, enum path_kind end,
                 bh_diag *diag)
{
    const struct plan *plan = &round->component->plan;
    for (size_t n = plan->from[first]; n < plan->from[end]; n++) {
        round->path = plan->path[n];
        const bh_synapses *s = round->path->synapses;
        const bh_group *target = s->target.group;
        if (path_touches_pre(round->path))
            BH_TRY(spread_values(round->net, s->source.group, diag));
        if (round->path->writes_pre)
            for (size_t p = 0; p < target->parts; p++)
                run_one_path(round, p, 0);
        else
            bh_pool_run(round->net->pool, target->last_part - target->first_part,
                        round->component->cost_ns, run_own_path, round);
    }
    return BH_OK;
}

static bh_status
run_strict(struct round *round, bh_diag *diag)
{
    const struct component *c = round->component;
    bh_pool *pool = round->net->pool;
    for (round->k = 0; round->k < round->steps; round->k++) {
        BH_TRY(run_strict_kinds(round, PATH_REGULAR, PATH_CLOCKED, diag));
        bh_pool_run(pool, c->tasks, c->cost_ns, run_update, round);
        BH_TRY(spread_events(round->net, c, round->k, 1, diag));
        BH_TRY(run_strict_kinds(round, PATH_CLOCKED, PATH_KINDS, diag));
        bh_pool_run(pool, c->tasks, c->cost_ns, run_reset, round);
    }
    return BH_OK;
}

/* Groups on which no synapse ends. */
static bh_status
run_sources(bh_network *net, const struct component *c, size_t steps, bh_diag *diag)
{
    for (size_t g = 0; g < c->groups; g++) {
        bh_group *group = c->group[g];
        step_run(group, steps);
        for (size_t p = group->first_part; p < group->last_part; p++)
            for (size_t k = 0; k < steps; k++)
                if (!history_take(group, p, k))
                    run_out(net);
    }
    return spread_events(net, c, 0, steps, diag);
}

static void
run_round(struct round *round, size_t steps, size_t most)
{
    const struct component *c = round->component;
    round->steps = steps - round->k < most ? steps - round->k : most;
    bh_pool_run(round->net->pool, c->tasks, c->cost_ns * (double)round->steps, run_free,
                round);
}

/* The spikes of a round travel to other machines while the next one runs: a round lasts
 * half the shortest delay, so that none needs those of the one before. */
static bh_status
run_ahead(struct round *round, size_t steps, bh_diag *diag)
{
    bh_network *net = round->net;
    const struct component *c = round->component;
    size_t behind = 0; /* steps of which other processes do not know yet */
    for (round->k = 0; round->k < steps; round->k += round->steps) {
        run_round(round, steps, c->steps / 2);
        BH_TRY(spread_events_finish(net, c, round->k - behind, behind, diag));
        BH_TRY(spread_events_start(net, c, round->k, diag));
        behind = round->steps;
    }
    return spread_events_finish(net, c, round->k - behind, behind, diag);
}

/* Groups of which nobody sees at once what others do: rounds of as many steps as spikes
 * need, or of one. */
static bh_status
run_rounds(struct round *round, size_t steps, bh_diag *diag)
{
    bh_network *net = round->net;
    const struct component *c = round->component;
    if (c->steps == 0) {
        for (round->k = 0; round->k <= steps; round->k++) {
            bh_pool_run(net->pool, c->tasks, c->cost_ns, run_between, round);
            if (round->k < steps)
                BH_TRY(spread_events(net, c, round->k, 1, diag));
        }
        return BH_OK;
    }
    if (c->steps >= 2 && c->steps != UINT32_MAX && spread_is_far(net))
        return run_ahead(round, steps, diag);
    for (round->k = 0; round->k < steps; round->k += round->steps) {
        run_round(round, steps, c->steps);
        BH_TRY(spread_events(net, c, round->k, round->steps, diag));
    }
    return BH_OK;
}

/* What a step costs is known when some have been taken. */
static void
measure(struct component *c, size_t steps)
{
    double neurons = 0, events = 0;
    for (size_t t = 0; t < c->tasks; t++) {
        const struct part *part = &c->task[t].group->part[c->task[t].part];
        neurons += (double)((part->last - part->first) * BLOCK);
        events += (double)part->events;
    }
    c->cost_ns = 0.5 * neurons + 2 * events / (double)steps;
}

bh_status
advance(bh_network *net, struct component *c, size_t steps, bh_diag *diag)
{
    struct round round = {.net = net, .component = c, .steps = steps};
    if (!c->receives)
        BH_TRY(run_sources(net, c, steps, diag));
    else if (c->strict)
        BH_TRY(run_strict(&round, diag));
    else if (c->tasks == 1 && !net->spread)
        run_free(&round, 0, 0);
    else
        BH_TRY(run_rounds(&round, steps, diag));
    if (c->receives)
        measure(c, steps);
    if (atomic_load_explicit(&net->no_memory, memory_order_relaxed))
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for spikes on their way");
    return BH_OK;
}
