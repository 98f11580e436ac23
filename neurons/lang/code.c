/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/lang.h"

#include "core/angle_kernel.h"
#include "core/math_kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More operations than any model has; a text that grows beyond is refused. */
enum { MOST_OPS = 20000 };

double
op_compute(enum op_code code, double a, double b, double c)
{
    typedef double real;
#define R(fn) fn
#define K(fn) bh_##fn
    switch (code) {
#define BH_OP(op, name, args, units, type, expression)                                 \
    case OP_##op:                                                                      \
        return (double)(expression);
#include "neurons/lang/ops.def"
    default:
        return a;
    }
#undef R
#undef K
}

struct code *
code_new(struct lang *lang, bh_precision precision)
{
    struct code *code = bh_arena_take(lang->arena, sizeof *code);
    if (!code)
        return NULL;
    code->lang = lang;
    code->precision = precision;
    code->result = -1;
    return code;
}

/* The arena gives memory back only as a whole, so arrays grow by doubling copies. */
static bool
grow(struct code *code, void **array, int count, int *capacity, size_t size)
{
    if (count < *capacity)
        return true;
    int bigger = *capacity ? 2 * *capacity : 64;
    void *copy = bh_arena_take(code->lang->arena, (size_t)bigger * size);
    if (!copy) {
        code->failed = true;
        return false;
    }
    if (count > 0)
        memcpy(copy, *array, (size_t)count * size);
    *array = copy;
    *capacity = bigger;
    return true;
}

static unsigned
hash(const struct op *op)
{
    uint64_t bits, h = (uint64_t)op->code * 0x9e3779b97f4a7c15u;
    memcpy(&bits, &op->number, sizeof bits);
    h = (h ^ bits) * 0xff51afd7ed558ccdu;
    for (int i = 0; i < 3; i++)
        h = (h ^ (h >> 29) ^ (uint64_t)(uint32_t)op->arg[i]) * 0xc4ceb9fe1a85ec53u;
    h = (h ^ (uintptr_t)op->symbol) * 0x9e3779b97f4a7c15u;
    return (unsigned)(h >> 33);
}

static bool
equal(const struct op *a, const struct op *b)
{
    return a->code == b->code && memcmp(a->arg, b->arg, sizeof a->arg) == 0 &&
           memcmp(&a->number, &b->number, sizeof a->number) == 0 &&
           a->symbol == b->symbol;
}

static bool
rehash(struct code *code)
{
    int size = code->table_size ? 2 * code->table_size : 256;
    int *table = bh_arena_take(code->lang->arena, (size_t)size * sizeof *table);
    if (!table) {
        code->failed = true;
        return false;
    }
    code->table = table;
    code->table_size = size;
    for (int i = 0; i < code->count; i++) {
        unsigned at = hash(&code->ops[i]) % (unsigned)size;
        while (table[at])
            at = (at + 1) % (unsigned)size;
        table[at] = i + 1;
    }
    return true;
}

/* The operation equal to `op`, made if there is none yet. */
static int
intern(struct code *code, const struct op *op)
{
    if (code->count >= MOST_OPS)
        code->failed = true;
    if (code->failed)
        return 0;
    if (2 * code->count >= code->table_size && !rehash(code))
        return 0;
    unsigned at = hash(op) % (unsigned)code->table_size;
    while (code->table[at]) {
        if (equal(&code->ops[code->table[at] - 1], op))
            return code->table[at] - 1;
        at = (at + 1) % (unsigned)code->table_size;
    }
    if (!grow(code, (void **)&code->ops, code->count, &code->capacity, sizeof *op))
        return 0;
    code->ops[code->count] = *op;
    code->table[at] = ++code->count;
    return code->count - 1;
}

int
code_number(struct code *code, double value)
{
    return intern(code, &(struct op){.code = OP_CONST,
                                     .arg = {-1, -1, -1},
                                     .number = value,
                                     .rate = RATE_CONSTANT});
}

int
code_load(struct code *code, const struct symbol *symbol)
{
    if (symbol->kind == SYMBOL_CONSTANT)
        return code_number(code, symbol->value);
    struct op op = {.code = OP_LOAD,
                    .arg = {-1, -1, -1},
                    .symbol = symbol,
                    .rate = symbol->kind == SYMBOL_TIME || symbol->kind == SYMBOL_STEP
                                ? RATE_STEP
                                : RATE_NEURON,
                    .type = symbol->type == TYPE_BOOLEAN ? TYPE_BOOLEAN : TYPE_REAL};
    return intern(code, &op);
}

int
code_noise(struct code *code, enum op_code code_of_noise, int term)
{
    return intern(code, &(struct op){.code = code_of_noise,
                                     .arg = {-1, -1, -1},
                                     .number = term,
                                     .rate = RATE_NEURON});
}

int
code_poisson(struct code *code, int term, int mean)
{
    return intern(code, &(struct op){.code = OP_POISSON,
                                     .arg = {mean, -1, -1},
                                     .number = term,
                                     .rate = RATE_NEURON});
}

int
code_table(struct code *code, enum op_code name, const struct symbol *array, int a,
           int b)
{
    struct op op = {
        .code = name, .arg = {a, b, -1}, .symbol = array, .rate = RATE_STEP};
    if (code->failed)
        return 0;
    for (int i = 0; i < 2; i++)
        if (op.arg[i] >= 0 && code->ops[op.arg[i]].rate > op.rate)
            op.rate = code->ops[op.arg[i]].rate;
    const struct op *time = &code->ops[a];
    /* the same all through a step: see code_depends */
    op.number = name == OP_ROW && array->steady && time->code == OP_LOAD &&
                time->symbol->kind == SYMBOL_TIME;
    return intern(code, &op);
}

bool
code_is(const struct code *code, int op, double number)
{
    return op >= 0 && code->ops[op].code == OP_CONST && code->ops[op].number == number;
}

static bool
is_number(const struct code *code, int op)
{
    return code->ops[op].code == OP_CONST;
}

int
code_plain(struct code *code, enum op_code name, int a, int b, int c)
{
    struct op op = {.code = name,
                    .arg = {a, b, c},
                    .rate = RATE_CONSTANT,
                    .type = op_info(name)->type == TYPE_BOOLEAN ? TYPE_BOOLEAN
                                                                : TYPE_REAL};
    for (int i = 0; i < 3; i++)
        if (op.arg[i] >= 0 && code->ops[op.arg[i]].rate > op.rate)
            op.rate = code->ops[op.arg[i]].rate;
    if (name == OP_READY)
        op.rate = RATE_NEURON;
    return intern(code, &op);
}

/* Values that cannot be below 0: their cube root needs no sign. */
static bool
not_negative(const struct code *code, int a)
{
    const struct op *op = &code->ops[a];
    switch (op->code) {
    case OP_CONST:
        return op->number >= 0;
    case OP_ABS:
    case OP_SQRT:
    case OP_EXP:
    case OP_RAND:
    case OP_POISSON:
        return true;
    case OP_MUL:
        return op->arg[0] == op->arg[1] ||
               (not_negative(code, op->arg[0]) && not_negative(code, op->arg[1]));
    case OP_MIN:
        return not_negative(code, op->arg[0]) && not_negative(code, op->arg[1]);
    case OP_MAX:
    case OP_CLIP:
        return is_number(code, op->arg[1]) && code->ops[op->arg[1]].number >= 0;
    default:
        return false;
    }
}

/* x**y for the exponents that have a better way; -1 for the others. */
static int
simple_power(struct code *code, int a, double y)
{
    if (y == 0)
        return code_number(code, 1);
    if (y == 1)
        return a;
    if (y == 0.5)
        return code_op(code, OP_SQRT, a, -1, -1);
    if (y == 1.0 / 3.0) {
        int root = code_plain(code, OP_CBRT, a, -1, -1);
        if (not_negative(code, a))
            return root;
        int negative = code_plain(code, OP_LT, a, code_number(code, 0), -1);
        return code_plain(code, OP_SELECT, negative, code_number(code, NAN), root);
    }
    if (y != floor(y) || fabs(y) > 64)
        return -1;
    int product = -1;
    for (int n = (int)fabs(y), square = a; n; n >>= 1) {
        if (n & 1)
            product = product < 0 ? square
                                  : code_plain(code, OP_MUL, product, square, -1);
        if (n > 1)
            square = code_plain(code, OP_MUL, square, square, -1);
    }
    return y > 0 ? product : code_op(code, OP_DIV, code_number(code, 1), product, -1);
}

/* Single precision may multiply constants in another order (double keeps the order that
 * the text and the method give, so that it reproduces published values to the last
 * digit): c1 * (c2 * x) is one multiplication, and x / c is x * (1/c). */
static int
scale(struct code *code, double factor, int x)
{
    const struct op *op = &code->ops[x];
    if (code->precision == BH_SINGLE && op->code == OP_MUL &&
        is_number(code, op->arg[0]))
        return code_plain(code, OP_MUL,
                          code_number(code, factor * code->ops[op->arg[0]].number),
                          op->arg[1], -1);
    return code_plain(code, OP_MUL, code_number(code, factor), x, -1);
}

static int
multiply(struct code *code, int a, int b)
{
    if (is_number(code, b)) {
        int swap = a;
        a = b;
        b = swap;
    }
    if (code_is(code, a, 1))
        return b;
    if (is_number(code, a))
        return scale(code, code->ops[a].number, b);
    return code_plain(code, OP_MUL, a, b, -1);
}

static int
divide(struct code *code, int a, int b)
{
    if (code_is(code, b, 1))
        return a;
    if (code->precision == BH_SINGLE && is_number(code, b) && code->ops[b].number != 0)
        return scale(code, 1 / code->ops[b].number, a);
    return code_plain(code, OP_DIV, a, b, -1);
}

static int
clip(struct code *code, int x, int low, int high)
{
    bool no_low = code_is(code, low, -INFINITY),
         no_high = code_is(code, high, INFINITY);
    if (no_low && no_high)
        return x;
    if (no_high)
        return code_plain(code, OP_MAX, x, low, -1);
    if (no_low)
        return code_plain(code, OP_MIN, x, high, -1);
    if (is_number(code, low) && is_number(code, high) &&
        code->ops[low].number <= code->ops[high].number)
        return code_plain(code, OP_MIN, code_plain(code, OP_MAX, x, low, -1), high, -1);
    return code_plain(code, OP_CLIP, x, low, high);
}

int
code_op(struct code *code, enum op_code name, int a, int b, int c)
{
    if (code->failed)
        return 0;
    bool constant = name != OP_READY && is_number(code, a) &&
                    (b < 0 || is_number(code, b)) && (c < 0 || is_number(code, c));
    if (constant)
        return code_number(code, op_compute(name, code->ops[a].number,
                                            b < 0 ? 0 : code->ops[b].number,
                                            c < 0 ? 0 : code->ops[c].number));
    switch (name) {
    case OP_ADD:
        if (code_is(code, a, 0))
            return b;
        return code_is(code, b, 0) ? a : code_plain(code, name, a, b, -1);
    case OP_SUB:
        return code_is(code, b, 0) ? a : code_plain(code, name, a, b, -1);
    case OP_MUL:
        return multiply(code, a, b);
    case OP_DIV:
        return divide(code, a, b);
    case OP_POW: {
        int power = is_number(code, b) ? simple_power(code, a, code->ops[b].number)
                                       : -1;
        return power >= 0 ? power : code_plain(code, name, a, b, -1);
    }
    case OP_CLIP:
        return clip(code, a, b, c);
    case OP_SELECT:
        return b == c ? b : code_plain(code, name, a, b, c);
    default:
        return code_plain(code, name, a, b, c);
    }
}

void
code_store(struct code *code, const struct symbol *symbol, int op)
{
    for (int i = 0; i < code->store_count; i++)
        if (code->stores[i].symbol == symbol) {
            code->stores[i].op = op;
            return;
        }
    if (grow(code, (void **)&code->stores, code->store_count, &code->store_capacity,
             sizeof *code->stores))
        code->stores[code->store_count++] = (struct store){symbol, op};
}

/* Uses of each operation by others, by stores and by the result. */
static void
count_uses(struct code *code)
{
    for (int i = 0; i < code->count; i++)
        code->ops[i].uses = 0;
    for (int i = 0; i < code->store_count; i++)
        code->ops[code->stores[i].op].uses++;
    if (code->result >= 0)
        code->ops[code->result].uses++;
    for (int i = code->count - 1; i >= 0; i--)
        for (int j = 0; code->ops[i].uses > 0 && j < 3; j++)
            if (code->ops[i].arg[j] >= 0)
                code->ops[code->ops[i].arg[j]].uses++;
}

/* a*b + c as one operation, where the product has no other use. */
static void
fuse(struct code *code, struct op *op)
{
    for (int side = 0; side < 2; side++) {
        const struct op *inner = &code->ops[op->arg[side]];
        if (inner->code != OP_MUL || inner->uses != 1 || inner->rate != op->rate)
            continue;
        int other = op->arg[1 - side];
        if (op->code == OP_ADD)
            op->code = OP_FMA;
        else
            op->code = side == 0 ? OP_FMS : OP_FNMA;
        op->arg[0] = inner->arg[0];
        op->arg[1] = inner->arg[1];
        op->arg[2] = other;
        return;
    }
}

bh_status
code_finish(struct code *code, const struct text *text)
{
    if (code->failed)
        return lang_error(code->lang, text, text->start,
                          "the text needs more than %d operations", MOST_OPS);
    count_uses(code);
    return BH_OK;
}

void
code_fuse(struct code *code)
{
    for (int i = 0; code->precision == BH_SINGLE && i < code->count; i++) {
        struct op *op = &code->ops[i];
        if (op->uses > 0 && op->rate == RATE_NEURON &&
            (op->code == OP_ADD || op->code == OP_SUB))
            fuse(code, op);
    }
    count_uses(code);
}
