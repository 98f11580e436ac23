/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/lang.h"

#include <math.h>
#include <string.h>

static const struct bh_dim second = {{0, 0, DIM_ONE, 0, 0, 0, 0}};

bool
node_constant(const struct node *node, double *value)
{
    double arg[3] = {0};
    if (node->code == OP_CONST) {
        *value = node->number;
        return true;
    }
    if (node->code == OP_LOAD) {
        *value = node->symbol->value;
        return node->symbol->kind == SYMBOL_CONSTANT;
    }
    if (op_is_random(node->code) || node->code == OP_CHAIN || node->code == OP_TABLE)
        return false;
    for (int i = 0; i < node->count; i++)
        if (!node_constant(node->arg[i], &arg[i]))
            return false;
    *value = op_compute(node->code, arg[0], arg[1], arg[2]);
    return true;
}

/* How a text writes an operation. */
static const char *
node_name(const struct node *node)
{
    return node->code == OP_TABLE ? node->name : op_info(node->code)->name;
}

/* Two dimensions that must be one; a plain 0 or inf fits all. */
static bh_status
same(struct scope *scope, const struct node *node, const struct node *a,
     const struct node *b)
{
    if (a->wildcard || b->wildcard || dim_equal(a->dim, b->dim))
        return BH_OK;
    char left[64], right[64];
    dim_text(a->dim, left, sizeof left);
    dim_text(b->dim, right, sizeof right);
    const char *name = op_info(node->code)->name;
    return lang_error(scope->lang, node->text, node->at,
                      "'%s' needs the same units on both sides, found %s and %s", name,
                      left, right);
}

static bh_status
numbers_only(struct scope *scope, const struct node *node)
{
    for (int i = 0; i < node->count; i++)
        if (node->arg[i]->type == TYPE_BOOLEAN)
            return lang_error(
                scope->lang, node->arg[i]->text, node->arg[i]->at,
                "'%s' needs a number, found a truth value; int(...) makes "
                "it 0 or 1",
                node_name(node));
    return BH_OK;
}

static bh_status
pure_number(struct scope *scope, const struct node *node, const struct node *arg)
{
    if (arg->wildcard || dim_is_none(arg->dim))
        return BH_OK;
    char found[64];
    dim_text(arg->dim, found, sizeof found);
    return lang_error(
        scope->lang, arg->text, arg->at, "%s of '%s' must be a pure number, found %s",
        node->code == OP_POW ? "the exponent" : "the argument", node_name(node), found);
}

static bh_status
too_large(struct scope *scope, const struct node *node)
{
    return lang_error(scope->lang, node->text, node->at,
                      "the units of this '%s' have no usable power",
                      op_info(node->code)->name);
}

static bh_status
check_power(struct scope *scope, struct node *node)
{
    const struct node *base = node->arg[0], *exponent = node->arg[1];
    BH_TRY(pure_number(scope, node, exponent));
    if (dim_is_none(base->dim))
        return BH_OK;
    double power;
    if (!node_constant(exponent, &power))
        return lang_error(
            scope->lang, exponent->text, exponent->at,
            "a quantity with units can only be raised to a constant power");
    return dim_power(base->dim, power, &node->dim) ? BH_OK : too_large(scope, node);
}

/* The value in the middle of a chain is compared on both of its sides. */
static bh_status
check_chain(struct scope *scope, const struct node *node)
{
    const struct node *middle = node->arg[0]->arg[1], *right = node->arg[1];
    struct node comparison = *node;
    comparison.code = (enum op_code)node->number;
    if (middle->type == TYPE_BOOLEAN || right->type == TYPE_BOOLEAN)
        return lang_error(scope->lang, node->text, node->at,
                          "a chain of comparisons needs numbers, found a truth value");
    return same(scope, &comparison, middle, right);
}

static bh_status
check_own(struct scope *scope, struct node *node)
{
    const struct node *a = node->arg[0], *b = node->arg[1];
    bool ok = true;
    switch (node->code) {
    case OP_MUL:
        ok = dim_multiply(a->dim, b->dim, DIM_ONE, &node->dim);
        break;
    case OP_DIV:
    case OP_FLOORDIV:
        ok = dim_multiply(a->dim, b->dim, -DIM_ONE, &node->dim);
        break;
    case OP_SQRT:
        ok = dim_power(a->dim, 0.5, &node->dim);
        break;
    case OP_POW:
        return check_power(scope, node);
    case OP_CHAIN:
        return check_chain(scope, node);
    case OP_INT:
        node->type = TYPE_INTEGER;
        return pure_number(scope, node, a);
    case OP_TIMESTEP:
        node->type = TYPE_INTEGER;
        for (int i = 0; i < 2; i++)
            if (!dim_equal(node->arg[i]->dim, second))
                return lang_error(scope->lang, node->arg[i]->text, node->arg[i]->at,
                                  "timestep needs times in seconds");
        return BH_OK;
    default:
        break;
    }
    return ok ? BH_OK : too_large(scope, node);
}

static bh_status
check_same(struct scope *scope, struct node *node)
{
    const struct node *pattern = node->arg[0];
    for (int i = 1; i < node->count; i++) {
        BH_TRY(same(scope, node, pattern, node->arg[i]));
        if (pattern->wildcard)
            pattern = node->arg[i];
    }
    node->dim = pattern->dim;
    node->wildcard = pattern->wildcard && node->count > 1;
    return BH_OK;
}

static bh_status
check_units(struct scope *scope, struct node *node)
{
    switch (op_info(node->code)->units) {
    case UNITS_SAME:
        return check_same(scope, node);
    case UNITS_COMPARE:
        return same(scope, node, node->arg[0], node->arg[1]);
    case UNITS_NONE:
        for (int i = 0; i < node->count; i++)
            BH_TRY(pure_number(scope, node, node->arg[i]));
        return BH_OK;
    case UNITS_KEEP:
        node->dim = node->arg[0]->dim;
        node->wildcard = node->arg[0]->wildcard;
        return BH_OK;
    case UNITS_DROP:
        return BH_OK;
    case UNITS_LOGIC:
        for (int i = 0; i < node->count; i++)
            if (node->arg[i]->type != TYPE_BOOLEAN)
                return lang_error(scope->lang, node->arg[i]->text, node->arg[i]->at,
                                  "'%s' needs a truth value such as 'v > 1'",
                                  op_info(node->code)->name);
        return BH_OK;
    case UNITS_OWN:
        return check_own(scope, node);
    }
    return BH_OK;
}

/* An array over time: I(t), or I(t, i) where it has columns. */
static bh_status
check_table(struct scope *scope, struct node *node)
{
    struct symbol *symbol = scope_find(scope, node->name);
    if (!symbol)
        return lang_no_function(scope->lang, node->text, node->at, node->name);
    if (symbol->kind != SYMBOL_TABLE)
        return lang_error(scope->lang, node->text, node->at, "'%s' is no function",
                          node->name);
    const bool wide = symbol->table->columns > 1;
    if (node->count != (wide ? 2 : 1))
        return lang_error(scope->lang, node->text, node->at,
                          "the array '%s' has %lld column%s: %s(%s)", node->name,
                          (long long)symbol->table->columns, wide ? "s" : "",
                          node->name, wide ? "t, i" : "t");
    if (!node->arg[0]->wildcard && !dim_equal(node->arg[0]->dim, second))
        return lang_error(scope->lang, node->arg[0]->text, node->arg[0]->at,
                          "'%s' needs a time in seconds first", node->name);
    if (wide)
        BH_TRY(pure_number(scope, node, node->arg[1]));
    node->symbol = symbol;
    node->dim = symbol->dim;
    return BH_OK;
}

bh_status
check_expression(struct scope *scope, struct node *node)
{
    const struct op_info *info = op_info(node->code);
    if (node->code == OP_CONST) {
        node->wildcard = node->number == 0;
        return BH_OK;
    }
    if (node->code == OP_LOAD) {
        BH_TRY(scope_resolve(scope, node, &node->symbol));
        if (node->symbol->kind == SYMBOL_TABLE)
            return lang_error(scope->lang, node->text, node->at,
                              "'%s' is a function of time: %s(t)", node->name,
                              node->name);
        node->dim = node->symbol->dim;
        node->type = node->symbol->type;
        node->wildcard = strcmp(node->name, "inf") == 0;
        return BH_OK;
    }
    for (int i = 0; i < node->count; i++)
        BH_TRY(check_expression(scope, node->arg[i]));
    if (node->code == OP_TABLE) {
        BH_TRY(numbers_only(scope, node));
        return check_table(scope, node);
    }
    if (node->code == OP_RAND)
        node->number = scope->uniforms++;
    if (node->code == OP_RANDN)
        node->number = scope->noises++;
    if (node->code == OP_POISSON)
        node->number = scope->poissons++;
    node->type = info->type;
    bool truths = (node->code == OP_EQ || node->code == OP_NE) &&
                  node->arg[0]->type == TYPE_BOOLEAN &&
                  node->arg[1]->type == TYPE_BOOLEAN;
    if (info->units != UNITS_LOGIC && node->code != OP_INT && node->code != OP_CHAIN &&
        !truths)
        BH_TRY(numbers_only(scope, node));
    return check_units(scope, node);
}

bh_status
check_condition(struct scope *scope, struct node *node, const char *what)
{
    BH_TRY(check_expression(scope, node));
    if (node->type == TYPE_BOOLEAN)
        return BH_OK;
    return lang_error(scope->lang, node->text, node->at,
                      "%s must be a truth value such as 'v > 1', found a number", what);
}

/* A checked expression that must be a number of one dimension. */
static bh_status
must_be(struct scope *scope, const struct node *node, struct bh_dim wanted,
        const char *what)
{
    char want[64], found[64];
    dim_text(wanted, want, sizeof want);
    if (node->type == TYPE_BOOLEAN)
        return lang_error(scope->lang, node->text, node->at,
                          "%s must be %s, found a truth value", what, want);
    if (node->wildcard || dim_equal(node->dim, wanted))
        return BH_OK;
    dim_text(node->dim, found, sizeof found);
    return lang_error(scope->lang, node->text, node->at, "%s must be %s, found %s",
                      what, want, found);
}

bh_status
check_quantity(struct scope *scope, struct node *node, struct bh_dim wanted,
               const char *what)
{
    BH_TRY(check_expression(scope, node));
    return must_be(scope, node, wanted, what);
}

static bh_status
check_equation(struct scope *scope, const struct equation *eq)
{
    struct node *node = eq->expression;
    BH_TRY(check_expression(scope, node));
    if (eq->kind == EQUATION_DIFFERENTIAL) {
        struct bh_dim rate;
        if (!dim_multiply(eq->dim, second, -DIM_ONE, &rate))
            return too_large(scope, node);
        return must_be(scope, node, rate, "the right-hand side");
    }
    if (eq->type != TYPE_BOOLEAN)
        return must_be(scope, node, eq->dim, "the right-hand side");
    if (node->type == TYPE_BOOLEAN)
        return BH_OK;
    return lang_error(scope->lang, node->text, node->at,
                      "the right-hand side must be a truth value, found a number");
}

/* rand() and randn() have no meaning between two steps. */
static bh_status
refuse_draws(struct scope *scope, const struct node *node)
{
    if (op_is_random(node->code))
        return lang_error(scope->lang, node->text, node->at,
                          "equations cannot use %s(); noise is written xi",
                          op_info(node->code)->name);
    for (int i = 0; i < node->count; i++)
        BH_TRY(refuse_draws(scope, node->arg[i]));
    return BH_OK;
}

/* Follows each subexpression once; one that is met while it is followed is a cycle. */
static bh_status
refuse_cycle(struct scope *scope, const struct node *node)
{
    struct symbol *symbol = node->code == OP_LOAD ? node->symbol : NULL;
    if (symbol && symbol->kind == SYMBOL_SUBEXPRESSION) {
        if (symbol->mark == MARK_DONE)
            return BH_OK;
        if (symbol->mark == MARK_OPEN)
            return lang_error(scope->lang, node->text, node->at,
                              "'%s' depends on itself", symbol->name);
        symbol->mark = MARK_OPEN;
        BH_TRY(refuse_cycle(scope, symbol->equation->expression));
        symbol->mark = MARK_DONE;
    }
    for (int i = 0; i < node->count; i++)
        BH_TRY(refuse_cycle(scope, node->arg[i]));
    return BH_OK;
}

bh_status
check_equations(struct scope *scope, const struct equation *equations)
{
    for (const struct equation *eq = equations; eq; eq = eq->next)
        if (eq->expression) {
            if (!(eq->flags & FLAG_CONSTANT_OVER_DT))
                BH_TRY(refuse_draws(scope, eq->expression));
            BH_TRY(check_equation(scope, eq));
        }
    for (const struct equation *eq = equations; eq; eq = eq->next)
        if (eq->expression)
            BH_TRY(refuse_cycle(scope, eq->expression));
    return BH_OK;
}

static bh_status
check_target(struct scope *scope, const struct statement *statement,
             const struct text *text, struct symbol **out)
{
    struct node name = {.name = statement->name, .text = text, .at = statement->at};
    BH_TRY(scope_resolve(scope, &name, out));
    const struct symbol *symbol = *out;
    const char *why = NULL;
    if (symbol->kind == SYMBOL_SUBEXPRESSION)
        why = "is computed from its equation";
    else if (symbol->kind != SYMBOL_STATE && symbol->kind != SYMBOL_PARAMETER)
        why = "is not a variable";
    else if (symbol->flags & FLAG_CONSTANT)
        why = "is constant";
    else if (symbol->linked || (symbol->flags & FLAG_LINKED))
        why = "gets its value through a link";
    else if (symbol->flags & FLAG_SHARED)
        why = "is shared by all neurons";
    if (!why)
        return BH_OK;
    return lang_error(scope->lang, text, statement->at,
                      "'%s' %s and cannot be set here", statement->name, why);
}

bh_status
check_statements(struct scope *scope, struct statement *statements,
                 const struct text *text)
{
    for (struct statement *s = statements; s; s = s->next) {
        struct symbol *target;
        BH_TRY(check_target(scope, s, text, &target));
        if (target->type == TYPE_BOOLEAN)
            BH_TRY(check_condition(scope, s->expression, "the value"));
        else
            BH_TRY(check_quantity(scope, s->expression, target->dim, "the value"));
    }
    return BH_OK;
}
