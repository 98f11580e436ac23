/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/synapses/synapses_internal.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_DRAWS = TERM_SECOND - TERM_FORMULA };

bh_random_key
synapses_key(const bh_synapses *s, uint32_t term)
{
    return (bh_random_key){s->net->config.seed, s->object, s->calls * TERMS + term};
}

bh_status
formula_new(bh_synapses *s, struct formula *f, bh_diag *diag)
{
    *f = (struct formula){.s = s};
    if (bh_arena_new(&f->arena) != BH_OK)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for an expression");
    f->lang = (struct lang){f->arena, diag};
    f->scope = s->scope;
    f->scope.lang = &f->lang;
    f->scope.noises = f->scope.uniforms = f->scope.poissons = 0;
    return BH_OK;
}

void
formula_free(struct formula *f)
{
    bh_arena_free(f->arena);
    f->arena = NULL;
}

static bh_status
no_memory(const struct formula *f)
{
    return bh_diag_set(f->lang.diag, BH_ERR_MEMORY, "no memory for an expression");
}

/* Synapses of each target. */
static bh_status
count_incoming(struct formula *f)
{
    const bh_synapses *s = f->s;
    uint32_t *incoming = bh_arena_take(f->arena, s->target.count * sizeof *incoming);
    if (!incoming)
        return no_memory(f);
    for (size_t n = 0; !s->cut && n < s->count; n++)
        incoming[s->post[n]]++;
    for (size_t r = 0; s->cut && r < s->source.count * s->partitions; r++)
        for (uint64_t n = s->row[r]; n < s->row[r + 1]; n++) {
            const uint32_t p = (uint32_t)(r % s->partitions);
            incoming[synapses_local(s, p, s->row[r], n) + s->cut[p] -
                     s->target.first]++;
        }
    f->incoming = incoming;
    return whole_targets(s, incoming, f->lang.diag);
}

static bh_status
count_outgoing(struct formula *f)
{
    const bh_synapses *s = f->s;
    uint32_t *outgoing = bh_arena_take(f->arena, s->source.count * sizeof *outgoing);
    if (!outgoing)
        return no_memory(f);
    for (size_t i = 0; i < s->source.count; i++)
        outgoing[i] = s->whole ? s->whole->row[i] : (uint32_t)synapses_row_count(s, i);
    f->outgoing = outgoing;
    return BH_OK;
}

/* What the code needs, and what it may not use. */
static bh_status
examine(struct formula *f)
{
    const struct code *code = f->interp.code;
    for (int n = 0; n < code->count; n++) {
        const struct op *op = &code->ops[n];
        if (op->uses == 0)
            continue;
        if (op_is_drawn(op->code) || op->code == OP_POISSON)
            f->random = true;
        if (op->code != OP_LOAD)
            continue;
        const struct symbol *symbol = op->symbol;
        if (symbol->kind == SYMBOL_NOISE)
            return lang_error(&f->lang, &f->text, f->text.start,
                              "'%s' can only be used in differential equations",
                              symbol->name);
        if (symbol->kind == SYMBOL_LASTUPDATE && !f->s->lastupdate)
            return lang_error(&f->lang, &f->text, f->text.start,
                              "'lastupdate' is not kept, as no equation needs it, or "
                              "there has been no run yet");
        if (symbol->kind == SYMBOL_INCOMING && !f->incoming)
            BH_TRY(count_incoming(f));
        if (symbol->kind == SYMBOL_OUTGOING && !f->outgoing)
            BH_TRY(count_outgoing(f));
        f->uses_i = f->uses_i || symbol->side == SIDE_PRE;
        f->uses_j = f->uses_j || symbol->side == SIDE_POST;
    }
    return BH_OK;
}

bh_status
formula_refuse_own(struct formula *f)
{
    const struct code *code = f->interp.code;
    for (int n = 0; n < code->count; n++) {
        const struct op *op = &code->ops[n];
        if (op->uses > 0 && op->code == OP_LOAD && op->symbol->side == SIDE_OWN &&
            op->rate != RATE_STEP && op->symbol->kind != SYMBOL_ARGUMENT)
            return lang_error(&f->lang, &f->text, f->text.start,
                              "'%s' is a variable of synapses, and cannot tell which "
                              "synapses there are",
                              op->symbol->name);
    }
    return BH_OK;
}

bh_status
formula_compile_node(struct formula *f, struct node *node, enum type type,
                     struct bh_dim dim, const char *what)
{
    f->node = node;
    if (type == TYPE_BOOLEAN)
        BH_TRY(check_condition(&f->scope, node, what));
    else
        BH_TRY(check_quantity(&f->scope, node, dim, what));
    if (f->scope.noises + f->scope.uniforms + f->scope.poissons > MOST_DRAWS)
        return lang_error(&f->lang, &f->text, f->text.start,
                          "more than %d random numbers in one expression", MOST_DRAWS);
    struct env env = {.code = code_new(&f->lang, BH_DOUBLE)};
    if (!env.code)
        return no_memory(f);
    env.code->result = lower_expression(&env, node);
    BH_TRY(code_finish(env.code, &f->text));
    BH_TRY(interp_prepare(&f->lang, env.code, &f->interp));
    return examine(f);
}

bh_status
formula_compile(struct formula *f, const char *what, const char *text, enum type type,
                struct bh_dim dim)
{
    struct node *node;
    struct lang own = f->s->lang;
    f->s->lang = f->lang;
    bh_status status = synapses_text(f->s, what, text, &f->text);
    f->s->lang = own;
    BH_TRY(status);
    BH_TRY(parse_expression(&f->lang, &f->text, &node));
    return formula_compile_node(f, node, type, dim,
                                type == TYPE_BOOLEAN ? "the condition" : "the value");
}

bh_status
evaluator_new(const struct formula *f, struct evaluator *e)
{
    const size_t terms = (size_t)(f->scope.noises + f->scope.uniforms);
    e->scratch = malloc(interp_scratch_size(&f->interp) + 64);
    e->streams = aligned_alloc(64, (terms + 1) * sizeof *e->streams);
    e->drawn = malloc((terms + 1) * BLOCK * sizeof *e->drawn);
    if (e->scratch && e->streams && e->drawn)
        return BH_OK;
    evaluator_free(e);
    return no_memory(f);
}

void
evaluator_free(struct evaluator *e)
{
    free(e->scratch);
    free(e->streams);
    free(e->drawn);
    *e = (struct evaluator){0};
}

void
evaluator_start(const struct formula *f, struct evaluator *e, size_t row)
{
    const int streams = f->scope.uniforms + f->scope.noises;
    e->done = 0;
    for (int n = 0; n < streams; n++)
        e->streams[n] = bh_random_stream_start(
            synapses_key(f->s, f->term + (uint32_t)n), (uint32_t)row);
    for (int n = 0; n < f->scope.poissons; n++) {
        bh_random_key key = synapses_key(f->s, f->term + (uint32_t)(streams + n));
        key.seed += UINT64_C(0x9e3779b97f4a7c15) *
                    (row + 1); /* counters have no rows */
        e->poissons[n] = bh_random_counter_start(key);
    }
}

/* The frame of one evaluation. */
struct gathering {
    struct interp_frame frame; /* first: the interpreter gives its address back */
    const struct formula *formula;
    const struct pairs *pairs;
};

static double
element(const void *values, bh_precision precision, size_t n)
{
    return precision == BH_SINGLE ? (double)((const float *)values)[n]
                                  : ((const double *)values)[n];
}

/* A variable of a neuron. */
static void
gather_neurons(const struct gathering *g, const struct symbol *symbol, double *out)
{
    const struct pairs *pairs = g->pairs;
    const bool pre = symbol->side == SIDE_PRE;
    const bh_subgroup side = pre ? g->formula->s->source : g->formula->s->target;
    const uint32_t *neuron = pre ? pairs->i : pairs->j;
    const bh_network *net = g->formula->s->net;
    if (symbol->kind == SYMBOL_LASTSPIKE) {
        for (size_t n = 0; n < pairs->count; n++)
            out[n] =
                (double)(side.group->lastspike[side.first + neuron[n]] + net->epoch) *
                net->config.dt_s;
        return;
    }
    const void *values = side.group->arrays[symbol->slot];
    for (size_t n = 0; n < pairs->count; n++)
        out[n] = element(values, side.group->precision, side.first + neuron[n]);
}

static void
gather_delay(const struct gathering *g, const struct symbol *symbol, double *out)
{
    const bh_synapses *s = g->formula->s;
    const struct pathway *path = s->pathways;
    while (path && path->delay_symbol != symbol)
        path = path->next;
    for (size_t n = 0; n < g->pairs->count; n++)
        out[n] = !path ? 0
                 : !path->delay
                     ? path->delay_steps * s->net->config.dt_s
                     : path->delay[g->pairs->position[n]] * s->net->config.dt_s;
}

/* A variable of the synapses. */
static void
gather_synapses(const struct gathering *g, const struct symbol *symbol, double *out)
{
    const bh_synapses *s = g->formula->s;
    const uint64_t *position = g->pairs->position;
    const void *values = s->arrays[symbol->slot];
    for (size_t n = 0; n < g->pairs->count; n++)
        out[n] = values ? element(values, s->precision, (size_t)position[n]) : 0;
}

static void
gather(const struct interp_frame *frame, const struct op *op, void *to)
{
    const struct gathering *g = (const struct gathering *)frame;
    const struct pairs *pairs = g->pairs;
    const struct symbol *symbol = op->symbol;
    const bh_synapses *s = g->formula->s;
    double *out = to;
    switch (symbol->kind) {
    case SYMBOL_INDEX: {
        const uint32_t *neuron = symbol->side == SIDE_PRE ? pairs->i : pairs->j;
        for (size_t n = 0; n < pairs->count; n++)
            out[n] = neuron[n];
        break;
    }
    case SYMBOL_INCOMING:
        for (size_t n = 0; n < pairs->count; n++)
            out[n] = g->formula->incoming[pairs->j[n]];
        break;
    case SYMBOL_OUTGOING:
        for (size_t n = 0; n < pairs->count; n++)
            out[n] = g->formula->outgoing[pairs->i[n]];
        break;
    case SYMBOL_ARGUMENT:
        memcpy(out, pairs->argument, pairs->count * sizeof *out);
        break;
    case SYMBOL_DELAY:
        gather_delay(g, symbol, out);
        break;
    case SYMBOL_LASTUPDATE:
        for (size_t n = 0; n < pairs->count; n++)
            out[n] = (double)(s->lastupdate[pairs->position[n]] + s->net->epoch) *
                     s->net->config.dt_s;
        break;
    default:
        if (symbol->side == SIDE_OWN)
            gather_synapses(g, symbol, out);
        else
            gather_neurons(g, symbol, out);
    }
}

const double *
evaluator_run(const struct formula *f, struct evaluator *e, const struct pairs *pairs)
{
    const bh_random_ops *random = f->s->net->random;
    const void *terms[MOST_DRAWS + 1];
    const size_t whole = pairs->before + pairs->count + pairs->behind;
    struct gathering g = {.frame = {.count = (int)pairs->count,
                                    .t = bh_network_time(f->s->net),
                                    .step = f->s->net->step,
                                    .dt = f->s->net->config.dt_s,
                                    .first = (int32_t)(e->done + pairs->before),
                                    .uniforms = terms,
                                    .poissons = e->poissons,
                                    .gather = gather},
                          .formula = f,
                          .pairs = pairs};
    for (int n = 0; n < f->scope.uniforms + f->scope.noises; n++) {
        double *drawn = e->drawn + (size_t)n * BLOCK;
        terms[n] = drawn;
        if (n < f->scope.uniforms)
            random->uniforms_double(&e->streams[n], drawn, whole);
        else
            random->normals(&e->streams[n], (float *)(void *)drawn, whole);
        const size_t size = n < f->scope.uniforms ? sizeof(double) : sizeof(float);
        if (pairs->before > 0)
            memmove(drawn, (char *)drawn + pairs->before * size, pairs->count * size);
    }
    e->done += whole;
    if (pairs->count == 0)
        return e->drawn;
    g.frame.noises = (const float *const *)(terms + f->scope.uniforms);
    return interp_ops_get()->run(&f->interp, &g.frame, e->scratch);
}
