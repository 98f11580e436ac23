/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/synapses/connect_internal.h"

#include "core/denormal_kernel.h"

#include <stdlib.h>
#include <string.h>

/* Synapses that are never stored. What connect makes of a source follows from the seed
 * and the source's number alone, so the rows that it would store can be made again from
 * the same random numbers (Knight & Nowotny 2021, Nat. Comput. Sci. 1:136, regenerate
 * connectivity in this way on GPUs). */

struct procedural {
    struct maker maker;
    bh_connect_config config; /* its texts are compiled, and not read again */
    size_t count, longest;    /* synapses of all, and the most of one source */
    uint16_t *targets;        /* [thread][longest] of the part */
    unsigned flags; /* of floating point, as rows were made for the first time */
};

/* What would have to be stored for each synapse. */
static bh_status
check_model(const bh_synapses *s, bh_diag *diag)
{
    for (const struct symbol *each = s->scope.symbols; each; each = each->next)
        if (is_own_variable(each))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "%s is procedural, so '%s' cannot be a variable of its "
                               "synapses; 'name = expression : unit' is computed",
                               s->name, each->name);
    if (s->summed)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s is procedural; its synapses are only there when spikes "
                           "arrive, and '%s' cannot be summed over them",
                           s->name, s->summed->equation->name);
    if (s->needs_lastupdate)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s is procedural, so its synapses keep no 'lastupdate'",
                           s->name);
    return BH_OK;
}

bh_status
procedural_new(bh_synapses *s, bh_diag *diag)
{
    s->procedural = calloc(1, sizeof *s->procedural);
    if (!s->procedural)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for synapses");
    s->procedural->maker.s = s;
    return check_model(s, diag);
}

void
procedural_free(bh_synapses *s)
{
    if (!s->procedural)
        return;
    maker_free(&s->procedural->maker);
    free(s->procedural->targets);
    free(s->procedural);
}

bh_status
procedural_pathway(bh_synapses *s, const struct pathway *path, bh_diag *diag)
{
    if (path->from_post)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s is procedural, so spikes of its targets cannot act on "
                           "its synapses: leave out pathway %s",
                           s->name, path->name);
    bh_status status = check_model(s, diag);
    s->needs_lastupdate = false; /* only a refused pathway asks */
    return status;
}

/* Rows that can be made one by one, at any time, on any thread. */
static bh_status
check_way(const bh_synapses *s, const bh_connect_config *c, bh_diag *diag)
{
    const char *way = c->sources                ? "sources"
                      : c->in_degree            ? "in_degree"
                      : c->total                ? "total"
                      : c->i || c->j            ? "pairs"
                      : c->probability_function ? "probability_function"
                                                : NULL;
    if (way)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s is procedural; it is connected by condition, "
                           "probability, targets, one_to_one or out_degree, not by %s",
                           s->name, way);
    if (s->connected)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s is procedural and has been connected; others need "
                           "synapses of their own",
                           s->name);
    return BH_OK;
}

/* A text must say the same at every time. */
static bh_status
check_formula(const struct formula *f, bh_diag *diag)
{
    const struct code *code = f->interp.code;
    for (int n = 0; f->arena && n < code->count; n++) {
        const struct op *op = &code->ops[n];
        const bool steady = op->code != OP_POISSON && op->rate != RATE_STEP &&
                            (op->code != OP_LOAD || op->symbol->kind == SYMBOL_INDEX ||
                             op->symbol->kind == SYMBOL_ARGUMENT);
        if (op->uses > 0 && !steady)
            return bh_diag_set(diag, BH_ERR_TEXT,
                               "%s: procedural synapses are made again whenever a "
                               "neuron spikes; the text can use i, j, constants and "
                               "rand()%s%s",
                               f->text.where, op->symbol ? ", but not " : "",
                               op->symbol ? op->symbol->name : "");
    }
    return BH_OK;
}

static bh_status
check_formulas(const struct maker *m, bh_diag *diag)
{
    const struct comprehension *g = &m->generator;
    BH_TRY(check_formula(&m->condition, diag));
    BH_TRY(check_formula(&m->probability, diag));
    BH_TRY(check_formula(&m->copies, diag));
    BH_TRY(check_formula(&g->neuron, diag));
    BH_TRY(check_formula(&g->condition, diag));
    for (int n = 0; n < RANGE_PARTS; n++)
        BH_TRY(check_formula(&g->range[n], diag));
    return BH_OK;
}

static bh_status
no_memory(const bh_synapses *s, bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the synapses of %s",
                       s->name);
}

/* Room for the longest row, on every thread. */
static bh_status
make_ready(bh_synapses *s, bh_diag *diag)
{
    struct procedural *p = s->procedural;
    const size_t threads = (size_t)bh_pool_threads(s->net->pool);
    for (size_t i = 0; i < s->source.count; i++) {
        p->count += (size_t)p->maker.made[i];
        p->longest = p->maker.made[i] > p->longest ? (size_t)p->maker.made[i]
                                                   : p->longest;
    }
    p->targets = malloc((threads * p->longest + 1) * sizeof *p->targets);
    if (!p->targets)
        return no_memory(s, diag);
    for (size_t t = 0; t < threads; t++) {
        p->maker.hands[t].made.count = 0;
        if (!list_reserve(&p->maker.hands[t].made, p->longest))
            return no_memory(s, diag);
    }
    p->flags = bh_denormal_flush();
    bh_denormal_restore(p->flags);
    return BH_OK;
}

bh_status
procedural_connect(bh_synapses *s, const bh_connect_config *config, bh_diag *diag)
{
    struct procedural *p = s->procedural;
    BH_TRY(check_way(s, config, diag));
    p->config = *config;
    p->maker.config = &p->config;
    bh_status status = make_synapses(&p->maker, diag);
    if (status == BH_OK)
        status = check_formulas(&p->maker, diag);
    if (status == BH_OK)
        status = make_ready(s, diag);
    if (status == BH_OK) {
        s->connected = true; /* s->calls stays, and so do the random numbers */
        return BH_OK;
    }
    maker_free(&p->maker);
    free(p->targets);
    *p = (struct procedural){.maker.s = s};
    return status;
}

size_t
procedural_bytes(const bh_synapses *s)
{
    const struct procedural *p = s->procedural;
    const size_t threads = (size_t)bh_pool_threads(s->net->pool);
    size_t bytes = sizeof *p + threads * p->longest * sizeof *p->targets;
    if (!s->connected)
        return bytes;
    for (size_t t = 0; t < threads; t++) {
        const struct hand *hand = &p->maker.hands[t];
        bytes += sizeof *hand + hand->made.capacity * sizeof *hand->made.at +
                 hand->order_size * sizeof *hand->order +
                 hand->taken_words * sizeof *hand->taken;
    }
    return bytes + s->source.count * sizeof *p->maker.made;
}

size_t
procedural_count(const bh_synapses *s)
{
    return s->procedural->count;
}

/* The targets of a source. */
static const struct list *
make_again(const bh_synapses *s, size_t source, int thread)
{
    const struct procedural *p = s->procedural;
    struct hand *hand = &p->maker.hands[thread];
    hand->diag = NULL; /* only memory can be missing: every row has been made once */
    const unsigned flags = bh_denormal_flush();
    bh_denormal_restore(p->flags);
    const bh_status status = make_row(&p->maker, hand, source);
    bh_denormal_restore(flags);
    return status == BH_OK ? &hand->made : NULL;
}

/* The first of ascending neurons that is not below one. */
static size_t
lower_bound(const struct list *list, uint32_t neuron)
{
    size_t from = 0, to = list->count;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (list->at[middle] < neuron)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

bool
procedural_targets(const bh_synapses *s, size_t source, size_t part, int thread,
                   const uint16_t **targets, size_t *count)
{
    const struct procedural *p = s->procedural;
    const struct list *made = make_again(s, source, thread);
    if (!made)
        return false;
    const uint32_t shift = (uint32_t)s->target.first, first = s->cut[part];
    const size_t from = lower_bound(made, first > shift ? first - shift : 0),
                 to = s->cut[part + 1] > shift
                          ? lower_bound(made, s->cut[part + 1] - shift)
                          : 0;
    uint16_t *out = p->targets + (size_t)thread * p->longest;
    for (size_t n = from; n < to; n++)
        out[n - from] = (uint16_t)(made->at[n] + shift - first);
    *targets = out;
    *count = to > from ? to - from : 0;
    return true;
}

bh_status
procedural_pairs(const bh_synapses *s, uint32_t *i, uint32_t *j, bh_diag *diag)
{
    for (size_t source = 0; s->connected && source < s->source.count; source++) {
        const struct list *made = make_again(s, source, 0);
        if (!made)
            return no_memory(s, diag);
        for (size_t n = 0; n < made->count; n++) {
            *i++ = (uint32_t)source;
            *j++ = made->at[n];
        }
    }
    return BH_OK;
}

bh_status
procedural_degrees(const bh_synapses *s, uint32_t *outgoing, uint32_t *incoming,
                   bh_diag *diag)
{
    for (size_t source = 0; source < s->source.count; source++) {
        const struct list *made = make_again(s, source, 0);
        if (!made)
            return no_memory(s, diag);
        outgoing[source] += (uint32_t)made->count;
        for (size_t n = 0; n < made->count; n++)
            incoming[made->at[n]]++;
    }
    return BH_OK;
}
