/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/engine_internal.h"

#include <stdlib.h>
#include <string.h>

static double
number_at(const void *values, bh_precision precision, size_t n)
{
    return precision == BH_SINGLE ? (double)((const float *)values)[n]
                                  : ((const double *)values)[n];
}

/* The code that computes a symbol's value between two steps. */
static bh_status
value_code(const bh_group *group, struct lang *lang, const struct symbol *symbol,
           struct code **out)
{
    const struct text text = {symbol->name, symbol->name, strlen(symbol->name)};
    const struct node name = {
        .code = OP_LOAD, .text = &text, .at = text.start, .symbol = (void *)symbol};
    struct code *code = code_new(lang, group->precision);
    if (!code)
        return bh_diag_set(lang->diag, BH_ERR_MEMORY, "no memory for '%s'",
                           symbol->name);
    struct env env = {.code = code};
    group_guard(group, &env, 1);
    code->result = lower_expression(&env, &name);
    BH_TRY(code_finish(code, &text));
    for (int i = 0; i < code->count; i++)
        if (code->ops[i].code == OP_LOAD && code->ops[i].symbol->kind == SYMBOL_NOISE)
            return bh_diag_set(lang->diag, BH_ERR_ARGUMENT,
                               "'%s' of %s has noise in it, which has no value between "
                               "two steps",
                               symbol->name, group->name);
    *out = code;
    return BH_OK;
}

static bh_status
compute(const bh_group *group, struct lang *lang, const struct symbol *symbol,
        double *values)
{
    struct code *code = NULL;
    struct interp interp;
    BH_TRY(value_code(group, lang, symbol, &code));
    BH_TRY(interp_prepare(lang, code, &interp));
    void *scratch = malloc(interp_scratch_size(&interp) + 1);
    void **arrays = malloc(((size_t)group->scope.stored + 1) * sizeof *arrays);
    for (size_t b = 0; scratch && arrays && b < group->blocks; b++) {
        struct interp_frame frame = group_frame(group, b, arrays);
        const void *got = interp_ops_get()->run(&interp, &frame, scratch);
        for (size_t n = 0; n < (size_t)frame.count; n++)
            values[b * BLOCK + n] = number_at(got, group->precision, n);
    }
    bool ok = scratch && arrays;
    free(scratch);
    free(arrays);
    return ok ? BH_OK
              : bh_diag_set(lang->diag, BH_ERR_MEMORY, "no memory for '%s'",
                            symbol->name);
}

/* What has a value between two steps without being a stored variable. */
static const struct symbol *
find_computed(const bh_group *group, const char *name)
{
    const struct symbol *symbol = name ? scope_find(&group->scope, name) : NULL;
    if (!symbol)
        return NULL;
    switch (symbol->kind) {
    case SYMBOL_SUBEXPRESSION:
    case SYMBOL_LASTSPIKE:
    case SYMBOL_NOT_REFRACTORY:
        return symbol;
    default:
        return NULL;
    }
}

bh_status
bh_group_get(const bh_group *group, const char *variable, double *values, size_t count,
             bh_diag *diag)
{
    const struct symbol *computed = find_computed(group, variable), *symbol = computed;
    if (!symbol)
        symbol = group_variable(group, variable, diag);
    if (!symbol)
        return BH_ERR_ARGUMENT;
    BH_TRY(group_check_count(group, count, diag));
    BH_TRY(device_home(group->net, false, diag));
    if (!computed) {
        for (size_t n = 0; n < count; n++)
            values[n] = number_at(group->arrays[symbol->slot], group->precision, n);
        return BH_OK;
    }
    bh_arena *arena;
    BH_TRY(bh_arena_new(&arena));
    struct lang lang = {arena, diag};
    bh_status status = compute(group, &lang, symbol, values);
    bh_arena_free(arena);
    return status;
}
