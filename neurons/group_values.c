/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/engine_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct symbol *
group_variable(const bh_group *group, const char *name, bh_diag *diag)
{
    const struct symbol *symbol = name ? scope_find(&group->scope, name) : NULL;
    if (symbol && symbol->equation &&
        (symbol->kind == SYMBOL_STATE || symbol->kind == SYMBOL_PARAMETER))
        return symbol;
    const char *names[64];
    size_t count = 0;
    for (const struct symbol *s = group->scope.symbols; s && count < 64; s = s->next)
        if (s->equation && s->slot >= 0)
            names[count++] = s->name;
    const char *near = bh_text_nearest(name ? name : "", names, count);
    if (near)
        bh_diag_set(diag, BH_ERR_ARGUMENT,
                    "%s has no variable '%s'; did you mean '%s'?", group->name, name,
                    near);
    else
        bh_diag_set(diag, BH_ERR_ARGUMENT, "%s has no variable '%s'", group->name,
                    name ? name : "");
    return NULL;
}

bh_status
group_check_count(const bh_group *group, size_t count, bh_diag *diag)
{
    if (count == group->count)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_ARGUMENT, "%s has %zu neurons, not %zu",
                       group->name, group->count, count);
}

bh_status
bh_group_set_array(bh_group *group, const char *variable, const double *values,
                   size_t count, bh_diag *diag)
{
    const struct symbol *symbol = group_variable(group, variable, diag);
    if (!symbol)
        return BH_ERR_ARGUMENT;
    BH_TRY(group_check_count(group, count, diag));
    for (size_t n = 0; n < count; n++) {
        if (isnan(values[n]))
            return bh_diag_set(diag, BH_ERR_DATA, "value %zu of '%s' is not a number",
                               n, variable);
    }
    BH_TRY(device_home(group->net, true, diag));
    for (size_t n = 0; n < count; n++) {
        void *at = group->arrays[symbol->slot];
        if (group->precision == BH_SINGLE)
            ((float *)at)[n] = (float)values[n];
        else
            ((double *)at)[n] = values[n];
    }
    return BH_OK;
}

struct interp_frame
group_frame(const bh_group *group, size_t b, void **arrays)
{
    size_t left = group->count - b * BLOCK,
           element = bh_precision_size(group->precision);
    for (int i = 0; i < group->scope.stored; i++)
        arrays[i] = (char *)group->arrays[i] + b * BLOCK * element;
    return (struct interp_frame){
        .count = (int)(left < BLOCK ? left : BLOCK),
        .step = group->net->step,
        .t = bh_network_time(group->net),
        .dt = group->net->config.dt_s,
        .first = (int32_t)(b * BLOCK),
        .lastspike = group->lastspike ? group->lastspike + b * BLOCK : NULL,
        .now = (int32_t)(group->net->step - group->net->epoch),
        .arrays = arrays};
}

/* Terms below this are those of the group's own texts. */
enum { FIRST_SET_TERM = 1 << 20, TERMS_OF_A_SET = 64 };

bh_status
group_run_once(bh_group *group, const struct scope *scope, const struct interp *interp)
{
    const bh_random_ops *random = group->net->random;
    const uint32_t first = FIRST_SET_TERM + group->sets * TERMS_OF_A_SET;
    double drawn[TERMS_OF_A_SET / 8][BLOCK];
    const void *terms[TERMS_OF_A_SET / 8];
    bh_random_counter poissons[TERMS_OF_A_SET / 8];
    BH_TRY(device_home(group->net, true, group->lang.diag));
    void *scratch = malloc(interp_scratch_size(interp));
    void **arrays = calloc((size_t)group->scope.stored + 1, sizeof *arrays);
    if (!scratch || !arrays) {
        free(scratch);
        free(arrays);
        return bh_diag_set(group->lang.diag, BH_ERR_MEMORY, "no memory for a variable");
    }
    const int streams = scope->uniforms + scope->noises;
    for (int i = 0; i < scope->poissons; i++)
        poissons[i] = bh_random_counter_start((bh_random_key){
            group->net->config.seed, group->object, first + (uint32_t)(streams + i)});
    for (size_t b = 0; b < group->blocks; b++) {
        struct interp_frame frame = group_frame(group, b, arrays);
        frame.uniforms = terms;
        frame.poissons = poissons;
        for (int i = 0; i < streams; i++) {
            bh_random_key key = {group->net->config.seed, group->object,
                                 first + (uint32_t)i};
            bh_random_stream stream = bh_random_stream_start(key, (uint32_t)b);
            terms[i] = drawn[i];
            if (i >= scope->uniforms)
                random->normals(&stream, (float *)drawn[i], BLOCK);
            else if (group->precision == BH_SINGLE)
                random->uniforms(&stream, (float *)drawn[i], BLOCK);
            else
                random->uniforms_double(&stream, drawn[i], BLOCK);
        }
        frame.noises = (const float *const *)(terms + scope->uniforms);
        interp_ops_get()->run(interp, &frame, scratch);
    }
    free(scratch);
    free(arrays);
    group->sets++;
    return BH_OK;
}

bh_status
group_check_draws(bh_group *group, const struct scope *scope, const char *what)
{
    if (scope->noises + scope->uniforms + scope->poissons <= TERMS_OF_A_SET / 8)
        return BH_OK;
    return bh_diag_set(group->lang.diag, BH_ERR_TEXT,
                       "%s of %s: more than %d random numbers in one expression", what,
                       group->name, TERMS_OF_A_SET / 8);
}

bh_status
bh_group_set(bh_group *group, const char *variable, const char *expression,
             bh_diag *diag)
{
    const struct symbol *symbol = group_variable(group, variable, diag);
    struct text text;
    struct node *node;
    struct interp interp;
    if (!symbol)
        return BH_ERR_ARGUMENT;
    group->lang.diag = diag;
    char what[64];
    snprintf(what, sizeof what, "%.40s", variable);
    BH_TRY(group_text(group, what, expression, &text));
    struct scope scope = group->scope;
    scope.noises = scope.uniforms = scope.poissons = 0;
    BH_TRY(parse_expression(&group->lang, &text, &node));
    if (symbol->type == TYPE_BOOLEAN)
        BH_TRY(check_condition(&scope, node, "the value"));
    else
        BH_TRY(check_quantity(&scope, node, symbol->dim, "the value"));
    BH_TRY(group_check_draws(group, &scope, variable));
    struct env env = {.code = code_new(&group->lang, group->precision)};
    if (!env.code)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a variable");
    group_guard(group, &env, 1);
    int value = lower_expression(&env, node);
    if (symbol->type == TYPE_INTEGER)
        value = code_op(env.code, OP_INT, value, -1, -1);
    code_store(env.code, symbol, value);
    BH_TRY(code_finish(env.code, &text));
    code_fuse(env.code);
    BH_TRY(group_refuse_noise(group, env.code, &text));
    BH_TRY(interp_prepare(&group->lang, env.code, &interp));
    return group_run_once(group, &scope, &interp);
}
