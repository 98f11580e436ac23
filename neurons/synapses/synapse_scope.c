/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/synapses/synapses_internal.h"

#include <stdio.h>
#include <string.h>

/* The names of synapses: their own variables, and those of both groups as they see
 * them. */

static const struct bh_dim second = {{0, 0, DIM_ONE, 0, 0, 0, 0}}, none = {{0}};

static bh_status
no_memory(const bh_synapses *s)
{
    return bh_diag_set(s->lang.diag, BH_ERR_MEMORY, "no memory for synapses");
}

static struct symbol *
add(bh_synapses *s, enum symbol_kind kind, const char *name, enum side side,
    struct bh_dim dim, enum type type)
{
    struct symbol *symbol = scope_add(&s->scope, kind, name, dim);
    if (!symbol)
        return NULL;
    symbol->side = side;
    symbol->type = type;
    symbol->slot = -1;
    symbol->varies = true;
    return symbol;
}

static bh_status
add_own_names(bh_synapses *s)
{
    const enum type integer = TYPE_INTEGER;
    struct symbol *n_pre = add(s, SYMBOL_CONSTANT, "N_pre", SIDE_PRE, none, integer);
    struct symbol *n_post = add(s, SYMBOL_CONSTANT, "N_post", SIDE_POST, none, integer);
    if (!n_pre || !n_post || !add(s, SYMBOL_INDEX, "i", SIDE_PRE, none, integer) ||
        !add(s, SYMBOL_INDEX, "j", SIDE_POST, none, integer) ||
        !add(s, SYMBOL_INCOMING, "N_incoming", SIDE_POST, none, integer) ||
        !add(s, SYMBOL_OUTGOING, "N_outgoing", SIDE_PRE, none, integer) ||
        !add(s, SYMBOL_LASTUPDATE, "lastupdate", SIDE_OWN, second, TYPE_REAL) ||
        !add(s, SYMBOL_DELAY, "delay", SIDE_OWN, second, TYPE_REAL) ||
        !add(s, SYMBOL_DELAY, "delay_post", SIDE_OWN, second, TYPE_REAL))
        return no_memory(s);
    n_pre->value = (double)s->source.count;
    n_post->value = (double)s->target.count;
    return BH_OK;
}

/* A variable of a group, as seen from one side: x_pre; or x_post, which is x too. */
static bh_status
add_group_variable(bh_synapses *s, struct symbol *of, enum side side)
{
    char name[128];
    const bool computed = of->kind == SYMBOL_SUBEXPRESSION && of->slot < 0;
    snprintf(name, sizeof name, "%s_%s", of->name, side == SIDE_PRE ? "pre" : "post");
    enum symbol_kind kind = of->kind;
    if (kind == SYMBOL_STATE || (kind == SYMBOL_SUBEXPRESSION && !computed))
        kind = SYMBOL_PARAMETER;
    struct symbol *symbol = add(s, kind, name, side, of->dim, of->type);
    if (!symbol)
        return no_memory(s);
    symbol->of = of;
    symbol->equation = of->equation;
    symbol->slot = of->slot;
    symbol->flags = of->flags;
    symbol->linked = of->linked;
    if (side == SIDE_POST && !scope_find(&s->scope, of->name))
        symbol->alias = of->name;
    return BH_OK;
}

/* Noise, and whether it is refractory, is known only within a neuron's step: what is
 * made of them can only be used there. */
static bool
is_private(const struct node *node)
{
    if (node->code == OP_LOAD) {
        const struct symbol *symbol = node->symbol;
        if (symbol->kind == SYMBOL_SUBEXPRESSION && symbol->slot < 0)
            return is_private(symbol->equation->expression);
        return symbol->kind == SYMBOL_NOISE ||
               (symbol->kind == SYMBOL_NOT_REFRACTORY && symbol->slot < 0);
    }
    for (int i = 0; i < node->count; i++)
        if (is_private(node->arg[i]))
            return true;
    return false;
}

static bool
is_visible(const struct symbol *symbol)
{
    switch (symbol->kind) {
    case SYMBOL_STATE:
    case SYMBOL_PARAMETER:
        return symbol->name[0] != '_';
    case SYMBOL_SUBEXPRESSION:
        return symbol->slot >= 0 || !is_private(symbol->equation->expression);
    case SYMBOL_LASTSPIKE:
        return true;
    case SYMBOL_NOT_REFRACTORY:
        return symbol->slot >= 0;
    default:
        return false;
    }
}

static struct symbol *
find_of(const bh_synapses *s, const struct symbol *of, enum side side)
{
    for (struct symbol *symbol = s->scope.symbols; symbol; symbol = symbol->next)
        if (symbol->of == of && symbol->side == side)
            return symbol;
    return NULL;
}

/* A group's expression on the symbols of one side; NULL without memory, or where it
 * needs what synapses cannot see. */
struct node *
synapse_scope_node(bh_synapses *s, const struct node *node, enum side side)
{
    struct node *copy = bh_arena_take(s->arena, sizeof *copy);
    if (!copy)
        return NULL;
    *copy = *node;
    for (int i = 0; i < node->count; i++) {
        copy->arg[i] = synapse_scope_node(s, node->arg[i], side);
        if (!copy->arg[i])
            return NULL;
    }
    if (node->code != OP_LOAD || node->symbol->kind == SYMBOL_CONSTANT)
        return copy;
    if (node->symbol->kind == SYMBOL_TIME || node->symbol->kind == SYMBOL_STEP) {
        copy->symbol = scope_find(&s->scope, node->symbol->name);
        return copy;
    }
    if (node->symbol->kind != SYMBOL_INDEX) {
        copy->symbol = find_of(s, node->symbol, side);
        return copy->symbol ? copy : NULL;
    }
    /* i of the group: that of the subgroup and where it begins */
    struct node *first = bh_arena_take(s->arena, sizeof *first);
    struct node *sum = bh_arena_take(s->arena, sizeof *sum);
    if (!first || !sum)
        return NULL;
    copy->symbol = scope_find(&s->scope, side == SIDE_PRE ? "i" : "j");
    *first = *node;
    first->code = OP_CONST;
    first->number = (double)(side == SIDE_PRE ? s->source.first : s->target.first);
    *sum = *node;
    sum->code = OP_ADD;
    sum->count = 2;
    sum->arg[0] = copy;
    sum->arg[1] = first;
    return sum;
}

/* Subexpressions of a group become subexpressions of the synapses. */
static bh_status
copy_subexpressions(bh_synapses *s, enum side side)
{
    for (struct symbol *symbol = s->scope.symbols; symbol; symbol = symbol->next) {
        if (symbol->side != side || symbol->kind != SYMBOL_SUBEXPRESSION)
            continue;
        struct equation *copy = bh_arena_take(s->arena, sizeof *copy);
        if (!copy)
            return no_memory(s);
        *copy = *symbol->equation;
        copy->expression = synapse_scope_node(s, symbol->equation->expression, side);
        if (!copy->expression)
            return no_memory(s);
        symbol->equation = copy;
    }
    return BH_OK;
}

static bh_status
add_group(bh_synapses *s, bh_group *group, enum side side)
{
    for (struct symbol *of = group->scope.symbols; of; of = of->next)
        if (is_visible(of))
            BH_TRY(add_group_variable(s, of, side));
    return copy_subexpressions(s, side);
}

/* A name that means one thing in a group and another in the synapses misleads. */
static bh_status
refuse_names_of_groups(bh_synapses *s)
{
    for (const struct equation *eq = s->equations; eq; eq = eq->next)
        for (int side = 0; side < 2; side++) {
            const bh_group *group = side ? s->target.group : s->source.group;
            const struct symbol *other = scope_find(&group->scope, eq->name);
            if (other && other->equation)
                return lang_error(&s->lang, &s->model, eq->at,
                                  "'%s' is a variable of the neurons of %s; synapses "
                                  "need another name for their own",
                                  eq->name, group->name);
        }
    return BH_OK;
}

/* x_post = ... (summed) is no variable of the synapses. */
static bh_status
take_summed(bh_synapses *s)
{
    struct summed **end = &s->summed;
    for (struct equation **link = &s->equations; *link;) {
        struct equation *eq = *link;
        if (!(eq->flags & FLAG_SUMMED)) {
            link = &eq->next;
            continue;
        }
        *link = eq->next;
        struct summed *summed = bh_arena_take(s->arena, sizeof *summed);
        if (!summed)
            return no_memory(s);
        summed->equation = eq;
        *end = summed;
        end = &summed->next;
    }
    return BH_OK;
}

static bh_status
check_summed(bh_synapses *s)
{
    for (struct summed *summed = s->summed; summed; summed = summed->next) {
        const struct equation *eq = summed->equation;
        struct symbol *target = scope_find(&s->scope, eq->name);
        if (eq->kind != EQUATION_SUBEXPRESSION || !target || !target->of ||
            strcmp(target->name, eq->name) != 0 || target->of->kind != SYMBOL_PARAMETER)
            return lang_error(&s->lang, &s->model, eq->at,
                              "a summed variable is written 'x_post = ...' or 'x_pre = "
                              "...', where x is a parameter of the neurons");
        if ((target->flags & (FLAG_LINKED | FLAG_CONSTANT)) || target->linked)
            return lang_error(&s->lang, &s->model, eq->at,
                              "'%s' is constant or linked and cannot be summed into",
                              eq->name);
        if (!dim_equal(eq->dim, target->dim))
            return lang_error(
                &s->lang, &s->model, eq->at,
                "the units of '%s' are not those of the neurons' variable", eq->name);
        BH_TRY(
            check_quantity(&s->scope, eq->expression, eq->dim, "the right-hand side"));
        summed->target = target;
        target->of->driven = true;
    }
    return BH_OK;
}

bool
node_uses(const struct node *node, const struct symbol *symbol)
{
    if (node->code == OP_LOAD && node->symbol == symbol)
        return true;
    for (int i = 0; i < node->count; i++)
        if (node_uses(node->arg[i], symbol))
            return true;
    return false;
}

bh_status
synapse_scope_fill(bh_synapses *s, const bh_namespace *names)
{
    const struct symbol *update;
    s->scope = (struct scope){.lang = &s->lang, .synapses = true};
    BH_TRY(scope_add_defaults(&s->scope, s->net->config.dt_s, 0, names));
    BH_TRY(add_own_names(s));
    BH_TRY(take_summed(s));
    BH_TRY(scope_add_equations(&s->scope, s->equations, &s->model));
    BH_TRY(refuse_names_of_groups(s));
    BH_TRY(add_group(s, s->source.group, SIDE_PRE));
    BH_TRY(add_group(s, s->target.group, SIDE_POST));
    BH_TRY(check_equations(&s->scope, s->equations));
    BH_TRY(check_summed(s));
    update = scope_find(&s->scope, "lastupdate");
    for (const struct equation *eq = s->equations; eq; eq = eq->next)
        if ((eq->flags & FLAG_EVENT_DRIVEN) ||
            (eq->expression && node_uses(eq->expression, update)))
            s->needs_lastupdate = true;
    return BH_OK;
}

bh_status
synapse_scope_statements(bh_synapses *s, const struct text *text,
                         struct statement **out)
{
    BH_TRY(parse_statements(&s->lang, text, out));
    BH_TRY(check_statements(&s->scope, *out, text));
    const struct symbol *update = scope_find(&s->scope, "lastupdate");
    for (const struct statement *each = *out; each; each = each->next) {
        struct symbol *target = scope_find(&s->scope, each->name);
        if (target->of)
            target->of->driven = true;
        if (node_uses(each->expression, update))
            s->needs_lastupdate = true;
    }
    return BH_OK;
}
