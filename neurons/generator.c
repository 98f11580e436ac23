/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/engine_internal.h"
#include "neurons/input.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Times that no run reaches. */
static const double MOST_STEPS = 1e15;

bh_generator_config
bh_generator_config_default(void)
{
    return (bh_generator_config){.name = "generator", .count = 1};
}

void
generator_free(struct generator *generator)
{
    if (!generator)
        return;
    free(generator->spikes);
    free(generator->first);
    free(generator->cursor);
    free(generator);
}

/* Order of the lists: block by block, in each by step and neuron. */
static int
compare(const void *a, const void *b)
{
    const struct given *x = a, *y = b;
    uint32_t block_x = x->neuron / BLOCK, block_y = y->neuron / BLOCK;
    if (block_x != block_y)
        return block_x < block_y ? -1 : 1;
    if (x->step != y->step)
        return x->step < y->step ? -1 : 1;
    return x->neuron < y->neuron ? -1 : x->neuron > y->neuron;
}

static bh_status
check(const bh_group *group, bh_events events, int64_t period, struct given *out,
      bh_diag *diag)
{
    double dt_s = group->net->config.dt_s;
    for (size_t s = 0; s < events.count; s++) {
        double step = nearbyint(events.time_s[s] / dt_s);
        if (!(step >= 0) || step > MOST_STEPS)
            return bh_diag_set(diag, BH_ERR_DATA,
                               "spike %zu of %s is at %g s; times must be 0 s or later",
                               s, group->name, events.time_s[s]);
        if (events.index[s] >= group->count)
            return bh_diag_set(diag, BH_ERR_DATA,
                               "spike %zu of %s is of neuron %u, but there are %zu", s,
                               group->name, events.index[s], group->count);
        if (period > 0 && step >= (double)period)
            return bh_diag_set(diag, BH_ERR_DATA,
                               "spike %zu of %s is at %g s, behind its period of %g s",
                               s, group->name, events.time_s[s], (double)period * dt_s);
        out[s] = (struct given){(int64_t)step, events.index[s]};
    }
    return BH_OK;
}

/* Sorts spikes into the lists of the blocks. */
static bh_status
arrange(const bh_group *group, struct given *spikes, size_t count, size_t *first,
        bh_diag *diag)
{
    qsort(spikes, count, sizeof *spikes, compare);
    for (size_t s = 1; s < count; s++)
        if (compare(&spikes[s - 1], &spikes[s]) == 0)
            return bh_diag_set(
                diag, BH_ERR_DATA,
                "neuron %u of %s has two spikes in the step at %g s; one a step "
                "of %g s is the most",
                spikes[s].neuron, group->name,
                (double)spikes[s].step * group->net->config.dt_s,
                group->net->config.dt_s);
    for (size_t b = 0, s = 0; b <= group->blocks; b++) {
        while (s < count && spikes[s].neuron / BLOCK < b)
            s++;
        first[b] = s;
    }
    return BH_OK;
}

/* Where a block's list goes on at a step. */
static void
seek(struct generator *generator, size_t b, int64_t step)
{
    size_t at = generator->first[b], end = generator->first[b + 1];
    int64_t cycle = generator->period > 0 ? step / generator->period : 0;
    step -= cycle * generator->period;
    while (at < end && generator->spikes[at].step < step)
        at++;
    generator->cursor[b] = (struct cursor){at, cycle};
}

void
generator_seek(bh_group *group)
{
    for (size_t b = 0; group->generator && b < group->blocks; b++)
        seek(group->generator, b, group->net->step);
}

bh_status
bh_generator_set(bh_group *group, bh_events events, double period_s, bh_diag *diag)
{
    struct generator *generator = group->generator;
    if (!generator)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s has equations, so it cannot be given spikes",
                           group->name);
    double period = period_s / group->net->config.dt_s;
    if (!(period >= 0) || period > MOST_STEPS ||
        fabs(period - nearbyint(period)) > 1e-4 * fmax(period, 1) ||
        (period > 0 && period < 0.5))
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "the period of %s is %g s; it must be a multiple of the time "
            "step, %g s, or 0",
            group->name, period_s, group->net->config.dt_s);
    struct given *spikes = malloc((events.count + 1) * sizeof *spikes);
    size_t *first = calloc(group->blocks + 1, sizeof *first);
    bh_status status = BH_ERR_MEMORY;
    if (!spikes || !first)
        bh_diag_set(diag, status, "no memory for %zu spikes", events.count);
    else
        status = check(group, events, (int64_t)nearbyint(period), spikes, diag);
    if (status == BH_OK)
        status = arrange(group, spikes, events.count, first, diag);
    if (status != BH_OK) {
        free(spikes);
        free(first);
        return status;
    }
    free(generator->spikes);
    free(generator->first);
    generator->spikes = spikes;
    generator->first = first;
    generator->period = (int64_t)nearbyint(period);
    generator->capacity = events.count;
    generator_seek(group);
    return BH_OK;
}

bh_status
bh_generator_new(bh_network *net, const bh_generator_config *config, bh_group **out,
                 bh_diag *diag)
{
    bh_group_config plain = bh_group_config_default();
    bh_group *group;
    if (config->next && config->spikes.count > 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s has both a list of spikes and a callback for them; it "
                           "needs one of the two",
                           config->name ? config->name : "a generator");
    plain.name = config->name;
    plain.count = config->count;
    plain.threshold = "False"; /* makes room for spikes; never computed */
    BH_TRY(bh_group_new(net, &plain, &group, diag));
    group->generator = calloc(1, sizeof *group->generator);
    if (group->generator)
        group->generator->cursor =
            calloc(group->blocks, sizeof *group->generator->cursor);
    bh_status status = BH_OK;
    if (!group->generator || !group->generator->cursor)
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %s", config->name);
    if (status == BH_OK) {
        group->generator->next = config->next;
        group->generator->user = config->user;
        status = bh_generator_set(group, config->spikes, config->period_s, diag);
    }
    if (status != BH_OK) {
        network_remove_last(net);
        return status;
    }
    *out = group;
    return BH_OK;
}

/* Asks for the spikes of the next steps, where a callback has them. */
bh_status
generator_begin(bh_group *group, size_t steps, bh_diag *diag)
{
    struct generator *generator = group->generator;
    const bh_network *net = group->net;
    if (!generator || !generator->next)
        return BH_OK;
    /* A step takes what is nearer to it than to its neighbours. */
    double from_s = ((double)net->step - 0.5) * net->config.dt_s;
    double to_s = ((double)(net->step + (int64_t)steps) - 0.5) * net->config.dt_s;
    bh_events events = {NULL, NULL, 0};
    BH_TRY(
        generator->next(generator->user, from_s < 0 ? 0 : from_s, to_s, &events, diag));
    if (events.count > generator->capacity) {
        struct given *more =
            realloc(generator->spikes, 2 * events.count * sizeof *more);
        if (!more)
            return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu spikes",
                               events.count);
        generator->spikes = more;
        generator->capacity = 2 * events.count;
    }
    BH_TRY(check(group, events, 0, generator->spikes, diag));
    for (size_t s = 0; s < events.count; s++)
        if (generator->spikes[s].step < net->step ||
            generator->spikes[s].step >= net->step + (int64_t)steps)
            return bh_diag_set(
                diag, BH_ERR_DATA,
                "%s was given a spike at %g s when those from %g to %g s were wanted",
                group->name, events.time_s[s], from_s, to_s);
    BH_TRY(arrange(group, generator->spikes, events.count, generator->first, diag));
    generator_seek(group);
    return BH_OK;
}

/* Takes the spikes of one block from its list. */
void
generator_run(bh_group *group, size_t b, int64_t step, int32_t begin, int32_t steps)
{
    struct generator *generator = group->generator;
    struct block *block = &group->block[b];
    struct cursor *cursor = &generator->cursor[b];
    int64_t from = step + begin, end = from + steps;
    int32_t epoch_step = (int32_t)(from - group->net->epoch);
    for (;;) {
        if (cursor->at == generator->first[b + 1]) {
            if (generator->period == 0 || generator->first[b] == cursor->at)
                return;
            cursor->at = generator->first[b];
            cursor->cycle++;
        }
        const struct given *spike = &generator->spikes[cursor->at];
        int64_t at = spike->step + cursor->cycle * generator->period;
        if (at >= end)
            return;
        uint32_t k = (uint32_t)(at - step);
        block->spikes[block->count++] = k << 16 | spike->neuron % BLOCK;
        group->lastspike[spike->neuron] = epoch_step + (int32_t)(at - from);
        cursor->at++;
    }
}
