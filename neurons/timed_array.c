/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/timed_array_internal.h"

#include "neurons/engine_internal.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct timed_array {
    atomic_int users;
    struct bh_dim dim;
    size_t rows, columns;
    double dt_s, start_s;
    bool centred;
    double *value, *time; /* time NULL: evenly */
};

bh_timed_array_config
bh_timed_array_config_default(void)
{
    return (bh_timed_array_config){.columns = 1, .unit = "1"};
}

struct timed_array *
timed_array_keep(struct timed_array *array)
{
    atomic_fetch_add(&array->users, 1);
    return array;
}

void
timed_array_release(struct timed_array *array)
{
    if (!array || atomic_fetch_sub(&array->users, 1) > 1)
        return;
    free(array->value);
    free(array->time);
    free(array);
}

static bh_status
check(const bh_timed_array_config *config, const char *name, bh_diag *diag)
{
    if (!config->values || config->rows == 0 || config->columns == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "the array '%s' has no values", name);
    /* Rows are numbers of single precision where neurons have one each. */
    if (config->rows > (size_t)1 << 53 ||
        (config->columns > 1 && config->rows > (size_t)1 << 24) ||
        config->columns > (size_t)1 << 31)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the array '%s' has %zu rows and %zu columns; there can be "
                           "2^24 rows and 2^31 columns",
                           name, config->rows, config->columns);
    for (size_t k = 0; k < config->rows * config->columns; k++)
        if (isnan(config->values[k]))
            return bh_diag_set(diag, BH_ERR_DATA,
                               "row %zu of the array '%s' has a value that is not a "
                               "number",
                               k / config->columns, name);
    if (!config->times_s)
        return config->dt_s > 0 && isfinite(config->dt_s) && isfinite(config->start_s)
                   ? BH_OK
                   : bh_diag_set(diag, BH_ERR_ARGUMENT,
                                 "the rows of '%s' are %g s apart, from %g s on; it "
                                 "must be more than 0 s",
                                 name, config->dt_s, config->start_s);
    for (size_t k = 1; k < config->rows; k++)
        if (!(config->times_s[k] > config->times_s[k - 1]))
            return bh_diag_set(diag, BH_ERR_DATA,
                               "row %zu of '%s' begins at %g s, not behind the one "
                               "before, at %g s",
                               k, name, config->times_s[k], config->times_s[k - 1]);
    if (!isfinite(config->times_s[0]) || config->centred)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the times of '%s' must be finite, and rows that begin at "
                           "given times cannot be centred",
                           name);
    return BH_OK;
}

static bh_status
array_new(const bh_timed_array_config *config, const char *name,
          const bh_namespace *names, struct timed_array **out, bh_diag *diag)
{
    double scale = 1;
    struct bh_dim dim = {{0}};
    BH_TRY(check(config, name, diag));
    BH_TRY(namespace_evaluate(names, "unit", config->unit ? config->unit : "1", diag,
                              &scale, &dim));
    size_t count = config->rows * config->columns;
    struct timed_array *array = calloc(1, sizeof *array);
    double *value = malloc(count * sizeof *value), *time = NULL;
    if (config->times_s)
        time = malloc(config->rows * sizeof *time);
    if (!array || !value || (config->times_s && !time)) {
        free(array);
        free(value);
        free(time);
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "no memory for the %zu values of the array '%s'", count,
                           name);
    }
    for (size_t k = 0; k < count; k++)
        value[k] = config->values[k] * scale;
    if (time)
        memcpy(time, config->times_s, config->rows * sizeof *time);
    *array = (struct timed_array){.dim = dim,
                                  .rows = config->rows,
                                  .columns = config->columns,
                                  .dt_s = config->dt_s,
                                  .start_s = config->start_s,
                                  .centred = config->centred,
                                  .value = value,
                                  .time = time};
    atomic_init(&array->users, 1);
    *out = array;
    return BH_OK;
}

bh_status
bh_namespace_set_timed_array(bh_namespace *names, const char *name,
                             const bh_timed_array_config *config, bh_diag *diag)
{
    struct timed_array *array = NULL;
    BH_TRY(array_new(config, name, names, &array, diag));
    bh_status status = namespace_put_array(names, name, array, diag);
    if (status != BH_OK)
        timed_array_release(array);
    return status;
}

bh_status
scope_add_array(struct scope *scope, const char *name, struct timed_array *array,
                double dt_s)
{
    struct lang *lang = scope->lang;
    bh_table *table = bh_arena_take(lang->arena, sizeof *table);
    if (scope->tables == MOST_TABLES)
        return bh_diag_set(lang->diag, BH_ERR_ARGUMENT,
                           "there are more than %d arrays over time", MOST_TABLES);
    struct symbol *symbol = scope_add(scope, SYMBOL_TABLE, name, array->dim);
    if (!table || !symbol)
        return bh_diag_set(lang->diag, BH_ERR_MEMORY, "no memory for names");
    double ratio = array->dt_s / dt_s;
    double parts = array->centred ? 1 : fmax(exp2(ceil(log2(8 * ratio))), 1);
    *table = (bh_table){.value = array->value,
                        .time = array->time,
                        .rows = (int64_t)array->rows,
                        .columns = (int64_t)array->columns,
                        .start = array->start_s,
                        .fine = array->dt_s / parts,
                        .parts = parts,
                        .late = 1e-3 * dt_s};
    symbol->table = table;
    /* A row that begins with a step holds for the whole step. */
    symbol->steady = !array->time && !array->centred && ratio >= 1 &&
                     ratio == floor(ratio) && array->start_s == 0;
    symbol->slot = scope->tables;
    scope->table[scope->tables] = table;
    scope->array[scope->tables++] = timed_array_keep(array);
    return BH_OK;
}

void
scope_release(struct scope *scope)
{
    for (int i = 0; i < scope->tables; i++)
        timed_array_release(scope->array[i]);
    scope->tables = 0;
}

/* The code that writes a row into a variable. */
static bh_status
write_row(bh_group *group, const struct symbol *variable, const struct symbol *array,
          bh_diag *diag)
{
    const struct symbol *time = scope_find(&group->scope, "t"),
                        *index = scope_find(&group->scope, "i");
    struct env env = {.code = code_new(&group->lang, group->precision)};
    const struct text text = {variable->name, variable->name, 0};
    if (!env.code)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %s", group->name);
    int column = array->table->columns > 1 ? code_load(env.code, index)
                                           : code_number(env.code, 0);
    int row = code_table(env.code, OP_ROW, array, code_load(env.code, time), -1);
    int value = code_table(env.code, OP_CELL, array, row, column);
    group_guard(group, &env, 1);
    if (env.guarded && (variable->flags & FLAG_UNLESS_REFRACTORY))
        value = code_op(env.code, OP_SELECT, env.guard, value,
                        code_load(env.code, variable));
    code_store(env.code, variable, value);
    BH_TRY(code_finish(env.code, &text));
    return regular_add(group, env.code, group->every, SLOT_START, diag);
}

bh_status
bh_group_set_timed_array(bh_group *group, const char *variable,
                         const bh_timed_array_config *config, bh_diag *diag)
{
    const struct symbol *symbol = group_variable(group, variable, diag);
    struct timed_array *array = NULL;
    char name[120];
    if (!symbol)
        return BH_ERR_ARGUMENT;
    if (group->net->frozen)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "arrays must be given before the network runs");
    if (symbol->linked || (symbol->flags & (FLAG_LINKED | FLAG_CONSTANT)) ||
        symbol->type != TYPE_REAL)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "'%s' of %s is linked, constant or no real number, so no "
                           "array can set it",
                           variable, group->name);
    if (config->columns > 1 && config->columns != group->count)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%zu columns cannot set '%s' of the %zu neurons of %s; "
                           "there must be 1 or one for each",
                           config->columns, variable, group->count, group->name);
    group->lang.diag = diag;
    snprintf(name, sizeof name, "%.100s of array", variable);
    BH_TRY(array_new(config, variable, NULL, &array, diag));
    bh_status status = BH_OK;
    if (!dim_equal(array->dim, symbol->dim)) {
        char want[64], found[64];
        dim_text(symbol->dim, want, sizeof want);
        dim_text(array->dim, found, sizeof found);
        status = bh_diag_set(diag, BH_ERR_ARGUMENT,
                             "'%s' of %s is in %s, the array in %s", variable,
                             group->name, want, found);
    }
    if (status == BH_OK)
        status = scope_add_array(&group->scope, name, array, group->dt_s);
    timed_array_release(array);
    return status == BH_OK ? write_row(group, symbol, group->scope.symbols, diag)
                           : status;
}
