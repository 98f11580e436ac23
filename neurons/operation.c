/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/operation.h"

#include "neurons/run_internal.h"
#include "neurons/spread_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bh_operation_config
bh_operation_config_default(const bh_network *net)
{
    return (bh_operation_config){.when = "end", .every_s = net->config.dt_s};
}

void
operation_free(struct operation *operation)
{
    if (operation->release)
        operation->release(operation->config.user);
    free(operation->steps);
    free(operation);
}

/* Slots in their order within a step; those from "after_resets" on lie behind it. */
static bh_status
find_slot(const char *when, struct operation *operation, bh_diag *diag)
{
    static const char *const slots[] = {"before_start",  "start",        "after_start",
                                        "before_groups", "after_resets", "before_end",
                                        "end",           "after_end"};
    for (int i = 0; when && i < 8; i++)
        if (strcmp(when, slots[i]) == 0) {
            operation->slot = i;
            operation->at_end = i >= 4;
            return BH_OK;
        }
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "an operation cannot be called at '%s'; it can at 'start' or "
                       "'end'",
                       when ? when : "");
}

static bh_status
find_steps(const bh_network *net, const bh_operation_config *config,
           struct operation *operation, bh_diag *diag)
{
    double dt_s = net->config.dt_s, every = config->every_s / dt_s;
    if (!config->times_s) {
        if (!(every > 0.5) || every > 1e15 ||
            fabs(every - nearbyint(every)) > 1e-4 * every)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "every %g s; it must be a multiple of the time step, "
                               "%g s",
                               config->every_s, dt_s);
        operation->every = (int64_t)nearbyint(every);
        return BH_OK;
    }
    operation->steps = malloc((config->times + 1) * sizeof *operation->steps);
    if (!operation->steps)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu times",
                           config->times);
    for (size_t i = 0; i < config->times; i++) {
        double step = nearbyint(config->times_s[i] / dt_s);
        if (!(step >= 0) || step > 1e15 ||
            (i > 0 && (int64_t)step <= operation->steps[i - 1]))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "time %zu is %g s; times must be 0 s or later, each in "
                               "a step behind the one before",
                               i, config->times_s[i]);
        operation->steps[i] = (int64_t)step;
    }
    operation->count = config->times;
    return BH_OK;
}

static bool
comes_before(const struct operation *a, const struct operation *b)
{
    if (a->slot != b->slot)
        return a->slot < b->slot;
    return a->config.order < b->config.order;
}

bh_status
bh_operation_new(bh_network *net, const bh_operation_config *config, bh_diag *diag)
{
    return operation_add(net, config, NULL, diag);
}

bh_status
operation_add(bh_network *net, const bh_operation_config *config,
              void (*release)(void *user), bh_diag *diag)
{
    if (!config->call)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "an operation needs a function to call");
    struct operation *operation = calloc(1, sizeof *operation);
    if (!operation)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for an operation");
    operation->config = *config;
    operation->done = -1;
    bh_status status = find_slot(config->when, operation, diag);
    if (status == BH_OK)
        status = find_steps(net, config, operation, diag);
    if (status != BH_OK) {
        operation_free(operation);
        return status;
    }
    operation->release = release;
    struct operation **place = &net->operations;
    while (*place && !comes_before(operation, *place))
        place = &(*place)->next;
    operation->next = *place;
    *place = operation;
    return BH_OK;
}

/* The first step from `step` on at which it is due. */
static int64_t
next_step(struct operation *operation, int64_t step)
{
    if (!operation->steps)
        return (step + operation->every - 1) / operation->every * operation->every;
    while (operation->cursor > 0 && operation->steps[operation->cursor - 1] >= step)
        operation->cursor--;
    while (operation->cursor < operation->count &&
           operation->steps[operation->cursor] < step)
        operation->cursor++;
    return operation->cursor < operation->count ? operation->steps[operation->cursor]
                                                : INT64_MAX;
}

bool
operations_due(bh_network *net, bool at_end)
{
    const int64_t step = net->step - (at_end ? 1 : 0);
    for (struct operation *op = net->operations; op; op = op->next)
        if (op->at_end == at_end && op->done != step && next_step(op, step) == step)
            return true;
    return false;
}

bh_status
operations_run(bh_network *net, bool at_end, bh_diag *diag)
{
    int64_t step = net->step - (at_end ? 1 : 0);
    bool called = false, changes = false;
    for (struct operation *op = net->operations; op; op = op->next) {
        if (op->at_end != at_end || op->done == step || next_step(op, step) != step)
            continue;
        op->done = step;
        called = true;
        if (!changes && !op->release) /* our own only read synapses */
            BH_TRY(spread_values(net, NULL, diag));
        changes = changes || !op->release;
        BH_TRY(op->config.call(op->config.user, net, (double)step * net->config.dt_s,
                               diag));
    }
    for (bh_group *group = net->groups; called && group; group = group->next)
        BH_TRY(step_constants(group, diag)); /* of variables that were set */
    for (bh_synapses *s = net->synapses; called && s; s = s->next)
        s->run->settled = false; /* their values move on */
    if (changes)
        BH_TRY(spread_least(net, NULL, 0, diag)); /* whether they want to stop */
    return changes && net->synapses ? schedule_begin(net, diag) : BH_OK;
}

size_t
operations_limit(bh_network *net, size_t steps)
{
    if (network_stops(net) && steps > 1)
        steps = 1;
    for (struct operation *op = net->operations; op; op = op->next) {
        int64_t due = next_step(op, net->step + (op->at_end ? 0 : 1));
        int64_t most = due == INT64_MAX ? due : due - net->step + (op->at_end ? 1 : 0);
        if (most < (int64_t)steps)
            steps = (size_t)most;
    }
    return steps;
}

bool
network_stops(const bh_network *net)
{
    return net->spread ? net->spread->stop : atomic_load(&net->stop);
}

void
bh_network_stop(bh_network *net)
{
    atomic_store(&net->stop, true);
}
