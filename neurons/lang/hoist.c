/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/lang.h"

#include <stdio.h>
#include <stdlib.h>

/* One code being rewritten. Arguments stand before their users, so one pass does. */
struct hoister {
    struct scope *scope;
    const struct code *from;
    struct code *to, *constants;
    bool *fixed;   /* the same at every step of a run */
    int *work;     /* operations it takes to compute */
    int *moved;    /* the operation in `to` */
    int *constant; /* the operation in `constants`, or -1 */
};

static bool
is_leaf(const struct op *op)
{
    return op->code == OP_CONST || op->code == OP_LOAD || op_is_drawn(op->code);
}

static bool
is_fixed_leaf(const struct op *op)
{
    if (op->code == OP_CONST)
        return true;
    if (op->code != OP_LOAD)
        return false;
    return op->symbol->kind == SYMBOL_INDEX ||
           (op->symbol->kind == SYMBOL_PARAMETER && !op->symbol->varies);
}

/* Operations that cost more than a load. */
static int
work_of(enum op_code code)
{
    switch (code) {
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_NEG:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
    case OP_EQ:
    case OP_NE:
    case OP_AND:
    case OP_OR:
    case OP_NOT:
    case OP_MAX:
    case OP_MIN:
    case OP_ABS:
    case OP_SELECT:
    case OP_NUMBER:
        return 1;
    default:
        return 4;
    }
}

static void
examine(struct hoister *h)
{
    for (int i = 0; i < h->from->count; i++) {
        const struct op *op = &h->from->ops[i];
        h->fixed[i] = is_leaf(op) ? is_fixed_leaf(op)
                                  : op->code != OP_READY && op->code != OP_ROW &&
                                        op->code != OP_CELL && op->code != OP_POISSON;
        h->work[i] = is_leaf(op) ? 0 : work_of(op->code);
        for (int j = 0; j < 3; j++)
            if (op->arg[j] >= 0) {
                h->fixed[i] = h->fixed[i] && h->fixed[op->arg[j]];
                if (h->work[i] < 1000)
                    h->work[i] += h->work[op->arg[j]];
            }
        h->constant[i] = -1;
    }
}

/* The same operation among the constants. */
static int
copy_constant(struct hoister *h, int i)
{
    if (h->constant[i] >= 0)
        return h->constant[i];
    const struct op *op = &h->from->ops[i];
    int arg[3] = {-1, -1, -1};
    for (int j = 0; j < 3; j++)
        if (op->arg[j] >= 0)
            arg[j] = copy_constant(h, op->arg[j]);
    if (op->code == OP_CONST)
        h->constant[i] = code_number(h->constants, op->number);
    else if (op->code == OP_LOAD)
        h->constant[i] = code_load(h->constants, op->symbol);
    else if (op->code == OP_HELD)
        h->constant[i] = arg[0];
    else
        h->constant[i] = code_plain(h->constants, op->code, arg[0], arg[1], arg[2]);
    return h->constant[i];
}

/* A variable of the machine's own that holds a constant; its load in the new code. */
static int
keep_constant(struct hoister *h, int constant, enum type type)
{
    for (int s = 0; s < h->constants->store_count; s++)
        if (h->constants->stores[s].op == constant)
            return code_load(h->to, h->constants->stores[s].symbol);
    char name[24];
    snprintf(name, sizeof name, "_c%d", h->constants->store_count + 1);
    struct symbol *symbol =
        scope_add(h->scope, SYMBOL_PARAMETER, name, (struct bh_dim){{0}});
    if (!symbol) {
        h->to->failed = true;
        return 0;
    }
    symbol->type = type == TYPE_BOOLEAN ? TYPE_BOOLEAN : TYPE_REAL;
    symbol->slot = h->scope->stored++;
    code_store(h->constants, symbol, constant);
    return code_load(h->to, symbol);
}

static int
rewrite(struct hoister *h, int i)
{
    const struct op *op = &h->from->ops[i];
    if (op->code == OP_CONST)
        return code_number(h->to, op->number);
    if (op->code == OP_LOAD)
        return code_load(h->to, op->symbol);
    if (is_leaf(op))
        return code_noise(h->to, op->code, (int)op->number);
    if (h->fixed[i] && op->rate == RATE_NEURON && h->work[i] >= 2)
        return keep_constant(h, copy_constant(h, i), op->type);
    const int *moved = h->moved;
    if (op->code == OP_ROW || op->code == OP_CELL)
        return code_table(h->to, op->code, op->symbol, moved[op->arg[0]],
                          op->arg[1] < 0 ? -1 : moved[op->arg[1]]);
    if (op->code == OP_POISSON)
        return code_poisson(h->to, (int)op->number, moved[op->arg[0]]);
    if (op->code == OP_HELD)
        return moved[op->arg[0]];
    /* single precision: x / tau is x times a reciprocal that is computed once */
    if (op->code == OP_DIV && h->to->precision == BH_SINGLE && h->fixed[op->arg[1]] &&
        h->from->ops[op->arg[1]].rate == RATE_NEURON) {
        int one = code_number(h->constants, 1);
        int reciprocal =
            code_plain(h->constants, OP_DIV, one, copy_constant(h, op->arg[1]), -1);
        return code_op(h->to, OP_MUL, keep_constant(h, reciprocal, TYPE_REAL),
                       moved[op->arg[0]], -1);
    }
    return code_plain(h->to, op->code, moved[op->arg[0]],
                      op->arg[1] < 0 ? -1 : moved[op->arg[1]],
                      op->arg[2] < 0 ? -1 : moved[op->arg[2]]);
}

/* Drops the arguments of what is loaded now: only what is used is rewritten. */
static void
find_needed(const struct hoister *h, bool *needed)
{
    const struct code *from = h->from;
    for (int s = 0; s < from->store_count; s++)
        needed[from->stores[s].op] = true;
    if (from->result >= 0)
        needed[from->result] = true;
    for (int i = from->count - 1; i >= 0; i--) {
        const struct op *op = &from->ops[i];
        bool kept = h->fixed[i] && op->rate == RATE_NEURON && h->work[i] >= 2;
        for (int j = 0; needed[i] && !kept && j < 3; j++)
            if (op->arg[j] >= 0)
                needed[op->arg[j]] = true;
    }
}

bh_status
hoist(struct scope *scope, const struct code *code, struct code **out,
      struct code **constants)
{
    struct lang *lang = scope->lang;
    size_t count = (size_t)code->count + 1;
    struct hoister h = {.scope = scope,
                        .from = code,
                        .to = code_new(lang, code->precision),
                        .constants = code_new(lang, BH_DOUBLE),
                        .fixed = bh_arena_take(lang->arena, count * sizeof(bool)),
                        .work = bh_arena_take(lang->arena, count * sizeof(int)),
                        .moved = bh_arena_take(lang->arena, count * sizeof(int)),
                        .constant = bh_arena_take(lang->arena, count * sizeof(int))};
    bool *needed = bh_arena_take(lang->arena, count * sizeof *needed);
    const struct text none = {"equations", "", 0};
    if (!h.to || !h.constants || !h.fixed || !h.work || !h.moved || !h.constant ||
        !needed)
        return bh_diag_set(lang->diag, BH_ERR_MEMORY, "no memory for the equations");
    examine(&h);
    find_needed(&h, needed);
    for (int i = 0; i < code->count; i++)
        if (needed[i])
            h.moved[i] = rewrite(&h, i);
    for (int s = 0; s < code->store_count; s++)
        code_store(h.to, code->stores[s].symbol, h.moved[code->stores[s].op]);
    h.to->result = code->result < 0 ? -1 : h.moved[code->result];
    BH_TRY(code_finish(h.to, &none));
    BH_TRY(code_finish(h.constants, &none));
    *out = h.to;
    *constants = h.constants->store_count > 0 ? h.constants : NULL;
    return BH_OK;
}
