/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/synapses/connect_internal.h"

#include <math.h>

bool
is_autapse(const bh_synapses *s, size_t i, size_t j)
{
    return s->source.group == s->target.group &&
           s->source.first + i == s->target.first + j;
}

bh_status
refuse_probability(struct hand *hand, double p, size_t i, size_t j)
{
    return bh_diag_set(hand->diag, BH_ERR_DATA,
                       "the probability from neuron %zu to neuron %zu of %s is %g; it "
                       "must be from 0 to 1",
                       i, j, hand->maker->s->name, p);
}

static bh_status
no_memory(struct hand *hand)
{
    return bh_diag_set(hand->diag, BH_ERR_MEMORY, "no memory for the synapses of %s",
                       hand->maker->s->name);
}

bh_status
add_pairs(const struct maker *m, struct hand *hand, size_t count)
{
    const struct pairs pairs = {
        .count = count, .i = hand->i, .j = hand->j, .argument = hand->argument};
    const uint32_t *neurons = m->by_target ? hand->i : hand->j;
    if (!m->has_copies)
        return list_append(&hand->made, neurons, count) ? BH_OK : no_memory(hand);
    const double *copies = evaluator_run(&m->copies, &hand->copies, &pairs);
    for (size_t n = 0; n < count; n++) {
        const double times = copies[n];
        if (!(times >= 0) || times > 1e6)
            return bh_diag_set(hand->diag, BH_ERR_DATA,
                               "there cannot be %g synapses from neuron %lu to neuron "
                               "%lu of %s",
                               times, (unsigned long)hand->i[n],
                               (unsigned long)hand->j[n], m->s->name);
        if (!list_add(&hand->made, neurons[n], (size_t)times))
            return no_memory(hand);
    }
    return BH_OK;
}

static void
keep(struct hand *hand, size_t to, size_t from)
{
    hand->i[to] = hand->i[from];
    hand->j[to] = hand->j[from];
}

/* Drops the candidates that the condition or chance leaves out. */
static bh_status
choose(const struct maker *m, struct hand *hand, bool chance, size_t *count)
{
    struct pairs pairs = {.count = *count, .i = hand->i, .j = hand->j};
    size_t kept = 0;
    if (m->has_condition && *count > 0) {
        const double *true_for = evaluator_run(&m->condition, &hand->condition, &pairs);
        for (size_t n = 0; n < *count; n++)
            if (true_for[n] != 0)
                keep(hand, kept++, n);
        *count = pairs.count = kept;
        kept = 0;
    }
    if (!chance || *count == 0)
        return BH_OK;
    const double *p = evaluator_run(&m->probability, &hand->probability, &pairs);
    for (size_t n = 0; n < *count; n++) {
        if (!(p[n] >= 0 && p[n] <= 1))
            return refuse_probability(hand, p[n], hand->i[n], hand->j[n]);
        if (hand_uniform(hand) < p[n])
            keep(hand, kept++, n);
    }
    *count = kept;
    return BH_OK;
}

/* A function of the user's, for every pair. */
static bh_status
call_row(const struct maker *m, struct hand *hand, size_t row)
{
    for (size_t j = 0; j < m->columns; j++) {
        hand->i[0] = (uint32_t)row;
        hand->j[0] = (uint32_t)j;
        size_t count = 1;
        BH_TRY(choose(m, hand, false, &count));
        if (count == 0 || (m->config->no_autapses && is_autapse(m->s, row, j)))
            continue;
        const double p = m->config->probability_function(m->config->user, row, j);
        if (!(p >= 0 && p <= 1))
            return refuse_probability(hand, p, row, j);
        if (hand_uniform(hand) < p)
            BH_TRY(add_pairs(m, hand, 1));
    }
    return BH_OK;
}

static bool
is_same_along_row(const struct formula *formula)
{
    return !formula->uses_j && !formula->random;
}

/* What is the same for the whole row is found first. */
static bh_status
row_probability(const struct maker *m, struct hand *hand, size_t row, double *p)
{
    hand->i[0] = (uint32_t)row;
    hand->j[0] = 0;
    const struct pairs pairs = {.count = 1, .i = hand->i, .j = hand->j};
    *p = 1;
    if (m->has_condition && is_same_along_row(&m->condition) &&
        *evaluator_run(&m->condition, &hand->condition, &pairs) == 0)
        *p = 0;
    if (*p > 0 && m->has_probability && is_same_along_row(&m->probability)) {
        *p = *evaluator_run(&m->probability, &hand->probability, &pairs);
        if (!(*p >= 0 && *p <= 1))
            return refuse_probability(hand, *p, row, 0);
    }
    return BH_OK;
}

bh_status
make_pairs_row(const struct maker *m, struct hand *hand, size_t row)
{
    const bool chance = m->has_probability && !is_same_along_row(&m->probability);
    double p;
    if (m->config->probability_function)
        return call_row(m, hand, row);
    BH_TRY(row_probability(m, hand, row, &p));
    uint64_t j = hand_skip(hand, 0, p);
    while (j < m->columns) {
        const size_t found = hand_candidates(hand, p, &j, m->columns, hand->j, BLOCK);
        size_t count = 0;
        for (size_t n = 0; n < found; n++) {
            hand->i[n] = (uint32_t)row;
            hand->j[count] = hand->j[n];
            count += !(m->config->no_autapses && is_autapse(m->s, row, hand->j[n]));
        }
        BH_TRY(choose(m, hand, chance, &count));
        BH_TRY(add_pairs(m, hand, count));
    }
    return BH_OK;
}

bh_status
make_one_to_one_row(const struct maker *m, struct hand *hand, size_t row)
{
    if (row >= m->columns)
        return BH_OK;
    hand->i[0] = hand->j[0] = (uint32_t)row;
    return add_pairs(m, hand, 1);
}
