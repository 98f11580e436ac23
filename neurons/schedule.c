/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/device/device_internal.h"
#include "neurons/spread_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Groups that act on each other, directly or through others, form a component
 * (strongly connected: Tarjan 1972, SIAM J. Comput. 1:146). Components take a window
 * one after the other, sources first, so what flows in one direction only never makes
 * a window short. */

/* Targets of a part are counted in 16 bits. */
enum { MOST_OF_PART = 1 << 16 };

/* A step of less is not worth a meeting of threads (core/pool.c), and parts that meet
 * at every step then only cost. */
static const double BRIEF_NS = 10e3;

static bh_status
no_memory(bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to run the network");
}

/* Whether a part of the group can change what others see at the same time: then how
 * many parts there are must not depend on the threads. */
static bool
is_delicate(const bh_network *net, const bh_group *group)
{
    for (const bh_synapses *s = net->synapses; s; s = s->next)
        for (const struct path *path = s->run->paths; path; path = path->next)
            if (s->target.group == group &&
                (net->config.device ? path_is_delicate(path) : path->writes_pre))
                return true;
    return false;
}

/* Whether the group's parts would meet at every step, and have little to do in one:
 * its neurons at half a nanosecond, and at two each synapse that is reached, if that
 * happens ten times a second. */
static bool
is_brief(const bh_network *net, const bh_group *group)
{
    double ns = 0.5 * (double)group->count;
    bool meets = false;
    for (const bh_synapses *s = net->synapses; s; s = s->next) {
        if (s->target.group != group)
            continue;
        ns += 20 * net->config.dt_s * (double)bh_synapses_count(s);
        for (const struct path *path = s->run->paths; path; path = path->next)
            meets = meets || (s->source.group == group && path->kind == PATH_SPIKES &&
                              !path->from_post && !path->pathway->delay &&
                              path->pathway->delay_steps == 0);
    }
    return meets && ns < BRIEF_NS;
}

/* How many parts a process has of its blocks. */
static size_t
parts_of(const bh_network *net, const bh_group *group)
{
    const size_t blocks = group->own_last - group->own_first,
                 least = (blocks * BLOCK + MOST_OF_PART - 1) / MOST_OF_PART,
                 threads = (size_t)bh_pool_threads(net->pool);
    if (net->config.device)
        return device_parts(net, group, is_delicate(net, group));
    const bool few = threads < least || is_delicate(net, group) || is_brief(net, group);
    const size_t parts = !group->receives ? 1 : few ? least : threads;
    return parts < blocks ? parts : blocks;
}

/* One's own blocks make parts; those of other processes before and behind them make one
 * each, which has a history and no synapses. */
static bh_status
cut(bh_network *net, bh_group *group, bh_diag *diag)
{
    const size_t own = parts_of(net, group), first = group->own_first,
                 blocks = group->own_last - first,
                 before = first > 0 || blocks == 0, /* all, for one who has none */
        behind = blocks > 0 && group->own_last < group->blocks;
    group->first_part = before;
    group->last_part = before + own;
    group->parts = group->last_part + behind;
    group->part = calloc(group->parts, sizeof *group->part);
    group->cut = calloc(group->parts + 1, sizeof *group->cut);
    if (!group->part || !group->cut)
        return no_memory(diag);
    for (size_t p = 0; p < own; p++)
        group->part[before + p] = (struct part){.first = first + blocks * p / own,
                                                .last = first + blocks * (p + 1) / own};
    if (before)
        group->part[0] = (struct part){.last = blocks ? first : group->blocks};
    if (behind)
        group->part[group->parts - 1] =
            (struct part){.first = group->own_last, .last = group->blocks};
    for (size_t p = 0; p < group->parts; p++)
        group->cut[p] = (uint32_t)(group->part[p].first * BLOCK);
    for (size_t p = 0; net->config.device && p < own; p++) /* of neurons, not blocks */
        group->cut[p] = (uint32_t)(group->count * p / own);
    group->cut[group->parts] = (uint32_t)group->count;
    return history_new(group, diag);
}

/* What would need the variables of other processes' neurons to be written. */
static bh_status
refuse_writing(const bh_network *net, bh_diag *diag)
{
    for (const bh_synapses *s = net->spread ? net->synapses : NULL; s; s = s->next)
        for (const struct path *path = s->run->paths; path; path = path->next)
            if (path->writes_pre)
                return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                                   "%s sets variables of its source neurons, which may "
                                   "lie with another process; such a network runs in "
                                   "one process",
                                   s->name);
    return BH_OK;
}

bh_status
schedule_cut(bh_network *net, bh_diag *diag)
{
    BH_TRY(refuse_writing(net, diag));
    for (bh_group *group = net->groups; group; group = group->next)
        BH_TRY(cut(net, group, diag));
    return BH_OK;
}

static int
compare_paths(const void *a, const void *b)
{
    const struct path *x = *(struct path *const *)a, *y = *(struct path *const *)b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->pathway && x->pathway->order != y->pathway->order)
        return x->pathway->order < y->pathway->order ? -1 : 1;
    if (x->synapses != y->synapses) {
        int names = strcmp(x->synapses->name, y->synapses->name);
        return names ? names : x->synapses->object < y->synapses->object ? -1 : 1;
    }
    return x->number < y->number ? -1 : x->number > y->number;
}

bh_status
plan_make(bh_network *net, bh_group *const *group, size_t groups, struct plan *out,
          bh_diag *diag)
{
    size_t count = 0;
    for (const bh_synapses *s = net->synapses; s; s = s->next)
        count += (size_t)s->run->count;
    free(out->path);
    *out = (struct plan){.path = calloc(count + 1, sizeof *out->path)};
    if (!out->path)
        return no_memory(diag);
    count = 0;
    for (const bh_synapses *s = net->synapses; s; s = s->next)
        for (size_t g = 0; g < groups; g++)
            for (struct path *p = s->target.group == group[g] ? s->run->paths : NULL; p;
                 p = p->next)
                out->path[count++] = p;
    qsort(out->path, count, sizeof *out->path, compare_paths);
    for (size_t n = 0; n < count; n++)
        out->from[out->path[n]->kind + 1] = n + 1;
    for (int kind = 1; kind <= PATH_KINDS; kind++)
        if (out->from[kind] < out->from[kind - 1])
            out->from[kind] = out->from[kind - 1];
    return BH_OK;
}

/* The search for components. */
struct search {
    bh_network *net;
    bh_group **group; /* by object number */
    size_t *number, *low, found;
    bh_group **stack;
    size_t stacked;
    bool *on_stack;
    struct component *components;
    size_t count;
};

static bool
is_coupled(const bh_synapses *s)
{
    for (const struct path *path = s->run->paths; path; path = path->next)
        if (path_touches_pre(path))
            return true;
    return false;
}

/* The groups of a component that is complete, from the stack. */
static bool
take_component(struct search *search, const bh_group *root)
{
    struct component *c = &search->components[search->count++];
    size_t from = search->stacked;
    do
        search->on_stack[search->stack[--from]->object] = false;
    while (search->stack[from] != root);
    c->groups = search->stacked - from;
    c->group = calloc(c->groups, sizeof(bh_group *));
    if (c->group)
        memcpy(c->group, search->stack + from, c->groups * sizeof(bh_group *));
    search->stacked = from;
    return c->group != NULL;
}

static bool visit(struct search *search, bh_group *group);

static bool
follow(struct search *search, const bh_group *from, bh_group *to)
{
    size_t *low = &search->low[from->object];
    if (search->number[to->object] == 0) {
        if (!visit(search, to))
            return false;
        if (search->low[to->object] < *low)
            *low = search->low[to->object];
    } else if (search->on_stack[to->object] && search->number[to->object] < *low) {
        *low = search->number[to->object];
    }
    return true;
}

static bool
visit(struct search *search, bh_group *group)
{
    const uint32_t g = group->object;
    search->number[g] = search->low[g] = ++search->found;
    search->stack[search->stacked++] = group;
    search->on_stack[g] = true;
    for (const bh_synapses *s = search->net->synapses; s; s = s->next) {
        /* edges lead to the sources, so that these are complete first */
        if (s->target.group == group && !follow(search, group, s->source.group))
            return false;
        if (s->source.group == group && is_coupled(s) &&
            !follow(search, group, s->target.group))
            return false;
    }
    return search->low[g] != search->number[g] || take_component(search, group);
}

static bool
contains(const struct component *c, const bh_group *group)
{
    for (size_t g = 0; g < c->groups; g++)
        if (c->group[g] == group)
            return true;
    return false;
}

static bh_status
complete(bh_network *net, struct component *c, bh_diag *diag)
{
    size_t tasks = 0;
    BH_TRY(plan_make(net, c->group, c->groups, &c->plan, diag));
    for (size_t g = 0; g < c->groups; g++) {
        tasks += c->group[g]->last_part - c->group[g]->first_part;
        c->receives = c->receives || c->group[g]->receives;
        if (!c->group[g]->plan)
            c->group[g]->plan = calloc(1, sizeof *c->group[g]->plan);
        if (!c->group[g]->plan)
            return no_memory(diag);
        BH_TRY(plan_make(net, &c->group[g], 1, c->group[g]->plan, diag));
    }
    c->task = calloc(tasks + 1, sizeof *c->task);
    if (!c->task)
        return no_memory(diag);
    for (size_t g = 0; g < c->groups; g++)
        for (size_t p = c->group[g]->first_part; p < c->group[g]->last_part; p++)
            c->task[c->tasks++] = (struct task){c->group[g], p};
    c->steps = UINT32_MAX;
    for (size_t n = 0; n < c->plan.from[PATH_KINDS]; n++) {
        const struct path *path = c->plan.path[n];
        c->strict = c->strict || path_touches_pre(path);
        if (path->kind == PATH_SPIKES && !path->from_post &&
            path->shortest < c->steps && contains(c, path->synapses->source.group))
            c->steps = path->shortest;
    }
    return BH_OK;
}

static bh_status
find_components(bh_network *net, bh_diag *diag)
{
    const size_t groups = net->group_count;
    struct search search = {.net = net,
                            .number = calloc(groups, sizeof *search.number),
                            .low = calloc(groups, sizeof *search.low),
                            .stack = calloc(groups, sizeof *search.stack),
                            .on_stack = calloc(groups, sizeof *search.on_stack),
                            .components = calloc(groups, sizeof *search.components)};
    bool ok = search.number && search.low && search.stack && search.on_stack &&
              search.components;
    for (bh_group *group = net->groups; ok && group; group = group->next)
        if (search.number[group->object] == 0)
            ok = visit(&search, group);
    free(search.number);
    free(search.low);
    free(search.stack);
    free(search.on_stack);
    net->components = search.components;
    net->component_count = search.count;
    if (!ok)
        return no_memory(diag);
    for (size_t c = 0; c < net->component_count; c++)
        BH_TRY(complete(net, &net->components[c], diag));
    return BH_OK;
}

static void
free_components(bh_network *net)
{
    for (size_t c = 0; c < net->component_count; c++) {
        free(net->components[c].group);
        free(net->components[c].task);
        free(net->components[c].plan.path);
    }
    free(net->components);
    net->components = NULL;
    net->component_count = 0;
}

void
schedule_free(bh_network *net)
{
    free_components(net);
    for (bh_group *group = net->groups; group; group = group->next) {
        history_free(group);
        free(group->part);
        if (group->plan)
            free(group->plan->path);
        free(group->plan);
        free(group->cut);
    }
}

/* The steps that a group's spikes, or another event of it, must be known. */
static uint32_t
steps_to_recall(const bh_network *net, const struct history *history)
{
    uint32_t longest = 0;
    bool any = false;
    for (const bh_synapses *s = net->synapses; s; s = s->next)
        for (const struct path *path = s->run->paths; path; path = path->next) {
            if (path->history != history)
                continue;
            any = true;
            longest = path->longest > longest ? path->longest : longest;
        }
    return any ? longest + (uint32_t)net->window + 1 : 0;
}

/* What lets processes wait for each other at every step. */
static void
tell_of_steps(bh_network *net)
{
    const struct component *c = net->components;
    const char *why = NULL;
    for (const struct link *link = net->links; link; link = link->next)
        why = link->from ? "a link between groups" : why;
    for (; c < net->components + net->component_count; c++)
        if (c->strict)
            why = "synapses that read variables of their sources";
        else if (c->steps == 0)
            why = "synapses without delay between groups that act on each other";
    if (net->spread && why && !net->notice[0])
        snprintf(net->notice, sizeof net->notice,
                 "the processes exchange spikes at every step, because of %s", why);
}

bh_status
schedule_begin(bh_network *net, bh_diag *diag)
{
    for (bh_synapses *s = net->synapses; s; s = s->next)
        BH_TRY(synapse_run_begin(s, diag));
    for (bh_group *group = net->groups; group; group = group->next)
        for (int e = 0; e <= group->event_count; e++) {
            struct history *history = &group->history[e];
            const uint32_t steps = steps_to_recall(net, history);
            if (steps > history->recall)
                BH_TRY(history_make(group, history, steps, diag));
        }
    for (bh_synapses *s = net->synapses; s; s = s->next)
        for (struct path *path = s->run->paths; path; path = path->next)
            for (size_t p = s->target.group->first_part;
                 path->flight && !net->config.device && p < s->target.group->last_part;
                 p++)
                if (!deliver_recall(path, p, net->step))
                    return no_memory(diag);
    free_components(net);
    BH_TRY(find_components(net, diag));
    tell_of_steps(net);
    return BH_OK;
}
