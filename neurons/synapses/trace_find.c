/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/synapses/trace_internal.h"

#include <stdio.h>

/* Which event-driven variables are the same for all synapses of a neuron: those that
 * decay at one rate, to which one pathway adds one number, and which nothing else sets.
 * They are kept once for each neuron. All of the synapses' equations must be so, or
 * none is taken: then nobody needs to know when a synapse was last updated. */

static bool
is_number(const struct code *code, int op)
{
    return op >= 0 && code->ops[op].code == OP_CONST;
}

/* x' = rate x, with a number that lets it decay. */
static bool
find_rate(bh_synapses *s, struct code *code, struct trace *trace)
{
    struct env env = {.code = code};
    const int x = code_load(code, trace->variable);
    const int right = lower_expression(&env, trace->variable->equation->expression);
    int a, b;
    if (!code_split(code, right, x, &a, &b) || b >= 0 || !is_number(code, a))
        return false;
    trace->rate = code->ops[a].number;
    return trace->rate < 0 && trace_lasting(trace->rate, s->net->config.dt_s) > 0;
}

/* "x += number": then the number. */
static bool
is_increment(struct code *code, const struct statement *statement,
             const struct symbol *x, double *step)
{
    struct env env = {.code = code};
    const int leaf = code_load(code, x);
    const int value = lower_expression(&env, statement->expression);
    int factor, rest;
    if (!code_split(code, value, leaf, &factor, &rest) || !code_is(code, factor, 1) ||
        !is_number(code, rest))
        return false;
    *step = code->ops[rest].number;
    return true;
}

/* The one statement that sets a variable; false where it is more than one, or no
 * increment. */
static bool
find_increment(bh_synapses *s, struct code *code, struct trace *trace)
{
    for (const struct synapse_regular *r = s->regular; r; r = r->next)
        for (const struct statement *each = r->statements; each; each = each->next)
            if (scope_find(&s->scope, each->name) == trace->variable)
                return false;
    for (const struct pathway *p = s->pathways; p; p = p->next)
        for (const struct statement *each = p->statements; each; each = each->next) {
            if (scope_find(&s->scope, each->name) != trace->variable)
                continue;
            if (trace->statement ||
                !is_increment(code, each, trace->variable, &trace->step))
                return false;
            trace->statement = each;
            trace->pathway = p;
        }
    return trace->statement != NULL;
}

static struct trace *
find_trace(bh_synapses *s, struct code *code, const struct equation *eq, int number)
{
    struct trace *trace = bh_arena_take(s->arena, sizeof *trace);
    if (!trace)
        return NULL;
    trace->variable = scope_find(&s->scope, eq->name);
    trace->number = number;
    if (!find_rate(s, code, trace) || !find_increment(s, code, trace))
        return NULL;
    char name[140];
    snprintf(name, sizeof name, "_%.100s_trace", eq->name);
    trace->symbol = scope_add(&s->scope, SYMBOL_TRACE, name, trace->variable->dim);
    if (!trace->symbol)
        return NULL;
    trace->symbol->slot = number;
    trace->symbol->side = trace->pathway->from_post ? SIDE_POST : SIDE_PRE;
    return trace;
}

/* All traces of the synapses, or none. */
static struct trace *
find_traces(bh_synapses *s)
{
    struct trace *first = NULL, **end = &first;
    int number = 0;
    struct code *scratch = code_new(&s->lang, s->precision);
    const struct pathway *pre = NULL;
    for (const struct equation *eq = s->equations; scratch && eq; eq = eq->next) {
        if (eq->kind != EQUATION_DIFFERENTIAL)
            continue;
        if (!(eq->flags & FLAG_EVENT_DRIVEN) || number == MOST_TRACES)
            return NULL;
        struct trace *trace = find_trace(s, scratch, eq, number++);
        if (!trace || scratch->failed)
            return NULL;
        if (!trace->pathway->from_post && pre && pre != trace->pathway)
            return NULL; /* of one pathway, whose delays it goes by */
        if (!trace->pathway->from_post)
            pre = trace->pathway;
        *end = trace;
        end = &trace->next;
    }
    return first;
}

static const struct trace *
trace_of(const struct trace *traces, const struct symbol *symbol)
{
    while (traces && traces->symbol != symbol)
        traces = traces->next;
    return traces;
}

/* Pathways stand in the order in which they run. */
static bool
runs_before(const struct pathway *first, const struct pathway *then)
{
    while (first && first != then)
        first = first->next;
    return first == then;
}

/* The pathway's code with traces in place of the variables. False where it cannot be:
 * where a text sees its own increment, or one that comes later in a step. */
static bool
lower(bh_synapses *s, struct path *path, const struct trace *traces)
{
    struct code *code = code_new(&s->lang, s->precision);
    if (!code)
        return false;
    struct env env = {.code = code};
    for (const struct trace *t = traces; t; t = t->next)
        env_bind(&env, t->variable, code_load(code, t->symbol));
    for (const struct statement *each = path->pathway->statements; each;
         each = each->next) {
        bool increment = false;
        for (const struct trace *t = traces; t; t = t->next)
            increment = increment || t->statement == each;
        struct statement alone = *each;
        alone.next = NULL;
        if (!increment && pathway_lower(s, &env, &alone) != BH_OK)
            return false;
    }
    if (code_finish(code, &path->pathway->text) != BH_OK)
        return false;
    for (int i = 0; i < code->count; i++) {
        const struct op *op = &code->ops[i];
        const struct trace *t =
            op->uses > 0 && op->code == OP_LOAD ? trace_of(traces, op->symbol) : NULL;
        if (op->uses > 0 && op->code == OP_LOAD &&
            op->symbol->kind == SYMBOL_LASTUPDATE)
            return false;
        if (t && t->pathway->from_post == path->from_post)
            return false;
        if (t && !t->pathway->from_post && !runs_before(t->pathway, path->pathway))
            return false;
    }
    code_fuse(code);
    path->traced = code;
    return interp_prepare(&s->lang, code, &path->traced_interp) == BH_OK;
}

void
trace_find(bh_synapses *s)
{
    struct trace *traces = find_traces(s);
    bool ok = traces != NULL;
    for (struct path *path = s->run->paths; ok && path; path = path->next)
        ok = path->kind != PATH_SPIKES || lower(s, path, traces);
    s->run->traces = ok ? traces : NULL;
    for (struct path *path = s->run->paths; path; path = path->next)
        path->traced = ok ? path->traced : NULL;
}
