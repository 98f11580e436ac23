/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/lang.h"

#include <stdlib.h>

/* What does not change during a step, whatever it is made of. */
static bool
is_held(const struct op *op)
{
    return op->code == OP_HELD || (op->code == OP_ROW && op->number != 0);
}

bool
code_depends(const struct code *code, int op, int leaf)
{
    if (op == leaf)
        return true;
    /* Arguments stand before the operations that use them. */
    if (op < leaf)
        return false;
    bool *on_path = calloc((size_t)op + 1, sizeof *on_path);
    if (!on_path)
        return true;
    on_path[leaf] = true;
    for (int i = leaf + 1; i <= op; i++)
        for (int j = 0; j < 3; j++)
            if (code->ops[i].arg[j] >= 0 && on_path[code->ops[i].arg[j]])
                on_path[i] = !is_held(&code->ops[i]);
    bool depends = on_path[op];
    free(on_path);
    return depends;
}

/* Sums, differences and products of parts, any of which may be zero (-1). */
static int
add(struct code *code, int a, int b)
{
    return a < 0 ? b : b < 0 ? a : code_op(code, OP_ADD, a, b, -1);
}

static int
subtract(struct code *code, int a, int b)
{
    if (b < 0)
        return a;
    return a < 0 ? code_op(code, OP_NEG, b, -1, -1) : code_op(code, OP_SUB, a, b, -1);
}

static int
product(struct code *code, enum op_code name, int a, int b)
{
    return a < 0 || b < 0 ? -1 : code_op(code, name, a, b, -1);
}

struct split {
    int factor, rest;
    bool linear;
};

static struct split
split_op(struct code *code, int i, const struct split *part, bool hold)
{
    const struct op op = code->ops[i];
    const struct split a = part[op.arg[0]];
    const struct split b = op.arg[1] >= 0 ? part[op.arg[1]]
                                          : (struct split){-1, -1, true};
    struct split out = {-1, -1, a.linear && b.linear};
    switch (op.code) {
    case OP_ADD:
        out.factor = add(code, a.factor, b.factor);
        out.rest = add(code, a.rest, b.rest);
        return out;
    case OP_SUB:
        out.factor = subtract(code, a.factor, b.factor);
        out.rest = subtract(code, a.rest, b.rest);
        return out;
    case OP_NEG:
        out.factor = subtract(code, -1, a.factor);
        out.rest = subtract(code, -1, a.rest);
        return out;
    case OP_MUL:
        out.linear = out.linear && (a.factor < 0 || b.factor < 0);
        out.factor = a.factor >= 0 ? product(code, OP_MUL, a.factor, b.rest)
                                   : product(code, OP_MUL, a.rest, b.factor);
        out.rest = product(code, OP_MUL, a.rest, b.rest);
        return out;
    case OP_DIV:
        if (hold && b.factor >= 0 && b.rest >= 0 && out.linear) {
            out.factor = product(code, OP_DIV, a.factor, op.arg[1]);
            out.rest = product(code, OP_DIV, a.rest, op.arg[1]);
            return out;
        }
        out.linear = out.linear && b.factor < 0;
        out.factor = product(code, OP_DIV, a.factor, b.rest);
        out.rest = product(code, OP_DIV, a.rest, b.rest);
        return out;
    default:
        out.linear = hold;
        out.rest = i;
        return out;
    }
}

static bool
split(struct code *code, int op, int leaf, bool hold, int *factor, int *rest)
{
    int count = op + 1;
    struct split *part = calloc((size_t)count, sizeof *part);
    bool *depends = calloc((size_t)count, sizeof *depends);
    bool linear = false;
    if (!part || !depends) {
        code->failed = true;
        goto done;
    }
    for (int i = 0; i < count; i++) {
        depends[i] = i == leaf;
        for (int j = 0; j < 3; j++)
            depends[i] = depends[i] ||
                         (code->ops[i].arg[j] >= 0 && depends[code->ops[i].arg[j]]);
        depends[i] = depends[i] && !is_held(&code->ops[i]);
        if (i == leaf)
            part[i] = (struct split){code_number(code, 1), -1, true};
        else if (!depends[i])
            part[i] = (struct split){-1, code_is(code, i, 0) ? -1 : i, true};
        else
            part[i] = split_op(code, i, part, hold);
    }
    *factor = part[op].factor;
    *rest = part[op].rest;
    linear = part[op].linear;
done:
    free(part);
    free(depends);
    return linear;
}

bool
code_split(struct code *code, int op, int leaf, int *factor, int *rest)
{
    return split(code, op, leaf, false, factor, rest);
}

bool
code_collect(struct code *code, int op, int leaf, int *factor, int *rest)
{
    return split(code, op, leaf, true, factor, rest) &&
           (*factor >= 0 || *rest < 0 || !code_depends(code, *rest, leaf));
}
