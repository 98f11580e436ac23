/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/lang.h"

/* A subexpression that is constant over dt is stored like a variable. */
static bool
is_computed(const struct symbol *symbol)
{
    return symbol->kind == SYMBOL_SUBEXPRESSION &&
           !(symbol->flags & FLAG_CONSTANT_OVER_DT);
}

static struct binding *
find(const struct env *env, const struct symbol *symbol)
{
    for (struct binding *b = env->bindings; b; b = b->next)
        if (b->symbol == symbol)
            return b;
    return NULL;
}

void
env_bind(struct env *env, const struct symbol *symbol, int op)
{
    struct binding *binding = find(env, symbol);
    if (!binding) {
        binding = bh_arena_take(env->code->lang->arena, sizeof *binding);
        if (!binding) {
            env->code->failed = true;
            return;
        }
        binding->symbol = symbol;
        binding->next = env->bindings;
        env->bindings = binding;
    }
    binding->op = op;
}

void
env_forget_subexpressions(struct env *env)
{
    struct binding **link = &env->bindings;
    while (*link)
        if (is_computed((*link)->symbol))
            *link = (*link)->next;
        else
            link = &(*link)->next;
}

static int
lower_symbol(struct env *env, const struct symbol *symbol)
{
    const struct binding *bound = find(env, symbol);
    if (bound)
        return bound->op;
    if (is_computed(symbol)) {
        int op = lower_expression(env, symbol->equation->expression);
        env_bind(env, symbol, op);
        return op;
    }
    if (symbol->kind == SYMBOL_STEP && symbol->value > 1) /* a slower clock's */
        return code_op(env->code, OP_FLOORDIV, code_load(env->code, symbol),
                       code_number(env->code, symbol->value), -1);
    if (!env->step_begins || !(symbol->flags & FLAG_CONSTANT_OVER_DT))
        return code_load(env->code, symbol);
    int op = lower_expression(env, symbol->equation->expression);
    if (symbol->type != TYPE_BOOLEAN)
        op = code_op(env->code, OP_HELD, op, -1, -1);
    env_bind(env, symbol, op);
    code_store(env->code, symbol, op);
    return op;
}

void
lower_step_beginning(struct env *env, const struct equation *equations,
                     const struct scope *scope)
{
    env->step_begins = true;
    for (const struct equation *eq = equations; eq; eq = eq->next)
        if (eq->flags & FLAG_CONSTANT_OVER_DT)
            lower_symbol(env, scope_find(scope, eq->name));
    env->step_begins = false;
}

/* a < b < c is a < b and b < c with one b; gives the last operand too. */
static int
lower_chain(struct env *env, const struct node *node, int *right)
{
    int before = -1, left;
    if (node->code == OP_CHAIN)
        before = lower_chain(env, node->arg[0], &left);
    else
        left = lower_expression(env, node->arg[0]);
    *right = lower_expression(env, node->arg[1]);
    const enum op_code comparison = node->code == OP_CHAIN ? (enum op_code)node->number
                                                           : node->code;
    int truth = code_op(env->code, comparison, left, *right, -1);
    return before < 0 ? truth : code_op(env->code, OP_AND, before, truth, -1);
}

static int
lower_table(struct env *env, const struct node *node)
{
    int time = lower_expression(env, node->arg[0]);
    int column = node->count == 2 ? lower_expression(env, node->arg[1])
                                  : code_number(env->code, 0);
    int row = code_table(env->code, OP_ROW, node->symbol, time, -1);
    return code_table(env->code, OP_CELL, node->symbol, row, column);
}

int
lower_expression(struct env *env, const struct node *node)
{
    struct code *code = env->code;
    int arg[3] = {-1, -1, -1};
    if (code->failed)
        return 0;
    switch (node->code) {
    case OP_CONST:
        return code_number(code, node->number);
    case OP_LOAD:
        return lower_symbol(env, node->symbol);
    case OP_RAND:
    case OP_RANDN:
        return code_noise(code, node->code, (int)node->number);
    case OP_TABLE:
        return lower_table(env, node);
    case OP_POISSON:
        return code_poisson(code, (int)node->number,
                            lower_expression(env, node->arg[0]));
    case OP_CHAIN:
        return lower_chain(env, node, &arg[0]);
    default:
        break;
    }
    for (int i = 0; i < node->count; i++)
        arg[i] = lower_expression(env, node->arg[i]);
    if (node->code == OP_INT && node->arg[0]->type == TYPE_BOOLEAN)
        return code_op(code, OP_NUMBER, arg[0], -1, -1);
    return code_op(code, node->code, arg[0], arg[1], arg[2]);
}

void
lower_statements(struct env *env, const struct scope *scope,
                 const struct statement *statements)
{
    for (const struct statement *s = statements; s; s = s->next) {
        const struct symbol *target = scope_find(scope, s->name);
        int op = lower_expression(env, s->expression);
        if (env->guarded && (target->flags & FLAG_UNLESS_REFRACTORY))
            op = code_op(env->code, OP_SELECT, env->guard, op,
                         lower_symbol(env, target));
        env_forget_subexpressions(env);
        env_bind(env, target, op);
        code_store(env->code, target, op);
    }
}
