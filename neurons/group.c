/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/spread_internal.h"
#include "neurons/timed_array_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct bh_dim second = {{0, 0, DIM_ONE, 0, 0, 0, 0}};

bh_group_config
bh_group_config_default(void)
{
    return (bh_group_config){.name = "group", .count = 1, .precision = BH_SINGLE};
}

size_t
bh_group_count(const bh_group *group)
{
    return group->count;
}

const char *
bh_group_name(const bh_group *group)
{
    return group->name;
}

const char *
bh_group_method(const bh_group *group)
{
    return group->method;
}

void
group_free(bh_group *group)
{
    for (int i = 0; group->arrays && i < group->scope.stored; i++)
        free(group->arrays[i]);
    for (size_t b = 0; group->block && b < group->blocks; b++) {
        free(group->block[b].spikes);
        free(group->block[b].work);
    }
    for (struct event *event = group->events; event; event = event->next) {
        for (size_t b = 0; b < group->blocks; b++)
            free(event->block[b].spikes);
        free(event->block);
    }
    for (bh_spike_monitor *m = group->monitors, *next; m; m = next) {
        next = m->next;
        monitor_free(m);
    }
    for (bh_state_monitor *m = group->states, *next; m; m = next) {
        next = m->next;
        state_free(m);
    }
    generator_free(group->generator);
    free(group->arrays);
    free(group->block);
    free(group->link);
    free(group->lastspike);
    free(group->normal_streams);
    free(group->uniform_streams);
    free(group->normal_counters);
    free(group->uniform_counters);
    free(group->poisson_counters);
    scope_release(&group->scope);
    bh_arena_free(group->arena);
    free(group);
}

/* The texts of a group, named for messages. NULL texts become empty ones. */
struct texts {
    struct text equations, threshold, reset, refractory;
};

bh_status
group_text(bh_group *group, const char *what, const char *given, struct text *out)
{
    char where[64];
    snprintf(where, sizeof where, "%s of %s", what, group->name);
    size_t length = given ? strlen(given) : 0;
    char *copy = bh_arena_text(group->arena, given ? given : "", length);
    char *name = bh_arena_text(group->arena, where, strlen(where));
    if (!copy || !name)
        return bh_diag_set(group->lang.diag, BH_ERR_MEMORY, "no memory for a group");
    *out = (struct text){name, copy, length};
    return BH_OK;
}

static bh_status
take_texts(bh_group *group, const bh_group_config *config, struct texts *out)
{
    BH_TRY(group_text(group, "equations", config->equations, &out->equations));
    BH_TRY(group_text(group, "threshold", config->threshold, &out->threshold));
    BH_TRY(group_text(group, "reset", config->reset, &out->reset));
    BH_TRY(group_text(group, "refractory", config->refractory, &out->refractory));
    size_t size = out->equations.length + out->threshold.length + out->reset.length +
                  out->refractory.length + strlen(group->name) + 100;
    group->comment = bh_arena_take(group->arena, size);
    if (!group->comment)
        return bh_diag_set(group->lang.diag, BH_ERR_MEMORY, "no memory for a group");
    snprintf(group->comment, size, "%s: %s\nthreshold: %s\nreset: %s\nrefractory: %s",
             group->name, out->equations.start, out->threshold.start, out->reset.start,
             out->refractory.start);
    return BH_OK;
}

/* not_refractory: a variable where refractoriness is a condition. */
static bh_status
add_ready_symbol(bh_group *group, bool condition)
{
    struct symbol *ready = scope_add(&group->scope, SYMBOL_NOT_REFRACTORY,
                                     "not_refractory", (struct bh_dim){{0}});
    if (!ready)
        return bh_diag_set(group->lang.diag, BH_ERR_MEMORY, "no memory for a group");
    ready->type = TYPE_BOOLEAN;
    ready->slot = condition ? group->scope.stored++ : -1;
    group->not_refractory = condition ? ready : NULL;
    return BH_OK;
}

static bh_status
check_refractory(bh_group *group, const struct texts *texts, struct node **out)
{
    const struct text *text = &texts->refractory;
    struct node *node = NULL;
    if (texts->threshold.length > 0 &&
        !scope_add(&group->scope, SYMBOL_LASTSPIKE, "lastspike", second))
        return bh_diag_set(group->lang.diag, BH_ERR_MEMORY, "no memory for a group");
    if (text->length > 0) {
        BH_TRY(parse_expression(&group->lang, text, &node));
        BH_TRY(check_expression(&group->scope, node));
        if (node->type != TYPE_BOOLEAN && !dim_equal(node->dim, second))
            return lang_error(&group->lang, text, node->at,
                              "the refractory period must be a time, as '5*ms', or a "
                              "condition, as 'v > 1'");
    }
    *out = node;
    return add_ready_symbol(group, node && node->type == TYPE_BOOLEAN);
}

int
group_guard(const bh_group *group, struct env *env, int steps_ago)
{
    struct code *code = env->code;
    const struct symbol *symbol = scope_find(&group->scope, "not_refractory");
    int ready = -1;
    if (group->not_refractory) {
        ready = code_load(code, symbol);
    } else if (group->refractory) {
        int steps = code_op(code, OP_TIMESTEP, lower_expression(env, group->refractory),
                            code_number(code, group->dt_s), -1);
        const double every = (double)group->every; /* lastspike counts the network's */
        steps = code_op(code, OP_MUL, steps, code_number(code, every), -1);
        steps = code_op(code, OP_ADD, steps, code_number(code, steps_ago * every), -1);
        ready = code_op(code, OP_READY, steps, -1, -1);
    }
    env_bind(env, symbol, ready < 0 ? code_number(code, 1) : ready);
    env->guarded = ready >= 0;
    env->guard = ready;
    return ready;
}

/* The same as the step begins: a condition ends the refractory period. */
static int
lower_ready(const bh_group *group, struct env *env)
{
    struct code *code = env->code;
    int ready = group_guard(group, env, 0);
    if (group->not_refractory) {
        int over =
            code_op(code, OP_NOT, lower_expression(env, group->refractory), -1, -1);
        ready = code_op(code, OP_OR, ready, over, -1);
        env_bind(env, group->not_refractory, ready);
        code_store(code, group->not_refractory, ready);
    }
    return ready;
}

bh_status
group_refuse_noise(bh_group *group, const struct code *code, const struct text *text)
{
    for (int i = 0; i < code->count; i++)
        if (code->ops[i].uses > 0 && code->ops[i].code == OP_LOAD &&
            code->ops[i].symbol->kind == SYMBOL_NOISE)
            return lang_error(&group->lang, text, text->start,
                              "'%s' can only be used in differential equations",
                              code->ops[i].symbol->name);
    return BH_OK;
}

static bh_status
build_update(bh_group *group, const bh_group_config *config, const struct texts *texts)
{
    struct env env = {.code = group->update};
    struct equation *equations;
    struct node *condition = NULL, *refractory = NULL;
    BH_TRY(parse_equations(&group->lang, &texts->equations, &equations));
    BH_TRY(scope_add_equations(&group->scope, equations, &texts->equations));
    BH_TRY(check_refractory(group, texts, &refractory));
    BH_TRY(check_equations(&group->scope, equations));
    if (texts->threshold.length > 0) {
        BH_TRY(parse_expression(&group->lang, &texts->threshold, &condition));
        BH_TRY(check_condition(&group->scope, condition, "the threshold"));
    }
    group->refractory = refractory;
    int ready = lower_ready(group, &env);
    lower_step_beginning(&env, equations, &group->scope);
    const char *method = config->method;
    BH_TRY(solve_step(&env, &group->scope, &method, group->dt_s, ready,
                      &texts->equations));
    group->method = bh_arena_text(group->arena, method, strlen(method));
    if (condition) {
        group->update->result = lower_expression(&env, condition);
        if (ready >= 0)
            group->update->result =
                code_op(group->update, OP_AND, group->update->result, ready, -1);
    }
    BH_TRY(code_finish(group->update, &texts->equations));
    return group_refuse_noise(group, group->update,
                              condition ? &texts->threshold : &texts->equations);
}

static bh_status
build_reset(bh_group *group, const struct texts *texts)
{
    struct statement *statements;
    struct env env = {.code = code_new(&group->lang, group->precision)};
    if (texts->reset.length == 0)
        return BH_OK;
    if (texts->threshold.length == 0)
        return lang_error(&group->lang, &texts->reset, texts->reset.start,
                          "a group without a threshold has no reset");
    if (!env.code)
        return bh_diag_set(group->lang.diag, BH_ERR_MEMORY, "no memory for a group");
    BH_TRY(parse_statements(&group->lang, &texts->reset, &statements));
    BH_TRY(check_statements(&group->scope, statements, &texts->reset));
    env_bind(&env, scope_find(&group->scope, "not_refractory"),
             code_number(env.code, 0));
    lower_statements(&env, &group->scope, statements);
    BH_TRY(code_finish(env.code, &texts->reset));
    BH_TRY(group_refuse_noise(group, env.code, &texts->reset));
    group->reset = env.code;
    return BH_OK;
}

static bh_status
build_code(bh_group *group, const bh_group_config *config)
{
    struct texts texts;
    BH_TRY(take_texts(group, config, &texts));
    if (texts.refractory.length > 0 && texts.threshold.length == 0)
        return lang_error(&group->lang, &texts.refractory, texts.refractory.start,
                          "a group without a threshold is never refractory");
    group->update = code_new(&group->lang, group->precision);
    if (!group->update)
        return bh_diag_set(group->lang.diag, BH_ERR_MEMORY, "no memory for a group");
    BH_TRY(scope_add_defaults(&group->scope, group->dt_s, (double)group->count,
                              config->names));
    scope_find(&group->scope, "t_in_timesteps")->value = (double)group->every;
    BH_TRY(build_update(group, config, &texts));
    return build_reset(group, &texts);
}

static bool
stores(const struct code *code, const struct symbol *symbol)
{
    for (int i = 0; code && i < code->store_count; i++)
        if (code->stores[i].symbol == symbol)
            return true;
    return false;
}

bool
group_sets(const bh_group *group, const struct symbol *symbol)
{
    bool sets = stores(group->update, symbol) || stores(group->reset, symbol);
    for (const struct regular *r = group->regular; r; r = r->next)
        sets = sets || stores(r->code, symbol);
    for (const struct event *event = group->events; event; event = event->next)
        sets = sets || stores(event->statements, symbol);
    return sets;
}

/* Which variables change while the network runs. */
static void
mark_varying(bh_group *group)
{
    for (struct symbol *s = group->scope.symbols; s; s = s->next)
        s->varies = s->kind != SYMBOL_PARAMETER || s->linked || s->driven ||
                    (s->flags & FLAG_LINKED) || group_sets(group, s);
}

static bh_status
take_constant_arrays(bh_group *group, int from)
{
    size_t count = (size_t)group->scope.stored + 1;
    void **arrays = realloc(group->arrays, count * sizeof *arrays);
    if (arrays)
        group->arrays = arrays;
    struct link **link = realloc(group->link, count * sizeof *link);
    if (link)
        group->link = link;
    for (int i = from; i < group->scope.stored; i++) {
        if (arrays)
            arrays[i] = NULL;
        if (link)
            link[i] = NULL;
    }
    for (int i = from; arrays && link && i < group->scope.stored; i++) {
        arrays[i] = row_new(1, group->blocks * BLOCK, group->precision);
        if (!arrays[i])
            link = NULL;
    }
    if (arrays && link)
        return BH_OK;
    return bh_diag_set(group->lang.diag, BH_ERR_MEMORY,
                       "no memory for the %zu neurons of %s", group->count,
                       group->name);
}

bh_status
group_ready(bh_group *group, bh_diag *diag)
{
    if (group->ready)
        return BH_OK;
    group->lang.diag = diag;
    int stored = group->scope.stored;
    mark_varying(group);
    BH_TRY(hoist(&group->scope, group->update, &group->update, &group->constants));
    BH_TRY(take_constant_arrays(group, stored));
    code_fuse(group->update);
    BH_TRY(interp_prepare(&group->lang, group->update, &group->update_interp));
    if (group->constants) {
        code_fuse(group->constants);
        BH_TRY(
            interp_prepare(&group->lang, group->constants, &group->constants_interp));
    }
    if (group->reset) {
        code_fuse(group->reset);
        BH_TRY(interp_prepare(&group->lang, group->reset, &group->reset_interp));
    }
    for (struct regular *r = group->regular; r; r = r->next) {
        code_fuse(r->code);
        BH_TRY(interp_prepare(&group->lang, r->code, &r->interp));
    }
    for (struct event *event = group->events; event; event = event->next)
        BH_TRY(event_ready(group, event));
    group->ready = true;
    return BH_OK;
}

static bool
take_arrays(bh_group *group)
{
    size_t padded = group->blocks * BLOCK;
    int stored = group->scope.stored;
    group->arrays = calloc((size_t)stored + 1, sizeof *group->arrays);
    group->link = calloc((size_t)stored + 1, sizeof(struct link *));
    group->block = calloc(group->blocks, sizeof *group->block);
    if (!group->arrays || !group->link || !group->block)
        return false;
    for (int i = 0; i < stored; i++) {
        group->arrays[i] = row_new(1, padded, group->precision);
        if (!group->arrays[i])
            return false;
    }
    if (group->not_refractory)
        for (size_t n = 0; n < padded; n++) {
            void *at = group->arrays[group->not_refractory->slot];
            if (group->precision == BH_SINGLE)
                ((float *)at)[n] = 1;
            else
                ((double *)at)[n] = 1;
        }
    if (group->update->result < 0)
        return true;
    group->lastspike = row_new(1, padded, BH_SINGLE);
    for (size_t n = 0; group->lastspike && n < padded; n++)
        group->lastspike[n] = NEVER;
    return group->lastspike != NULL;
}

static bh_status
group_fill(bh_group *group, const bh_group_config *config, bh_diag *diag)
{
    BH_TRY(bh_arena_new(&group->arena));
    group->lang = (struct lang){group->arena, diag};
    group->scope.lang = &group->lang;
    group->name = bh_arena_text(group->arena, config->name, strlen(config->name));
    if (!group->name)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a group");
    BH_TRY(build_code(group, config));
    if (!take_arrays(group))
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the %zu neurons of %s",
                           config->count, config->name);
    return BH_OK;
}

bh_status
bh_group_new(bh_network *net, const bh_group_config *config, bh_group **out,
             bh_diag *diag)
{
    if (net->frozen)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "groups must be made before the network runs");
    if (!config->name || strlen(config->name) > 40)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a group needs a name of 1 to 40 characters");
    /* Indices are 32 bits, and exact in single precision up to 2^24. */
    if (config->count == 0 || config->count > (size_t)1 << 31)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s has %zu neurons; there can be 1 to 2147483648",
                           config->name, config->count);
    double every = config->dt_s == 0 ? 1 : config->dt_s / net->config.dt_s;
    if (!(every > 0.5) || every > 1e9 || fabs(every - nearbyint(every)) > 1e-4 * every)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s has steps of %g s; they must be a multiple of the "
                           "network's, %g s",
                           config->name, config->dt_s, net->config.dt_s);
    bh_group *group = calloc(1, sizeof *group);
    if (!group)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a group");
    group->every = (int64_t)nearbyint(every);
    group->dt_s = (double)group->every * net->config.dt_s;
    group->net = net;
    group->count = config->count;
    group->blocks = (config->count + BLOCK - 1) / BLOCK;
    group->precision = config->precision;
    group->object = net->group_count;
    spread_own(net, net->spread ? net->spread->rank : 0, group, &group->own_first,
               &group->own_last);
    bh_status status = group_fill(group, config, diag);
    if (status != BH_OK) {
        group_free(group);
        return status;
    }
    bh_group **end = &net->groups;
    while (*end)
        end = &(*end)->next;
    *end = group;
    net->group_count++;
    *out = group;
    return BH_OK;
}

void
network_remove_last(bh_network *net)
{
    bh_group **end = &net->groups;
    while ((*end)->next)
        end = &(*end)->next;
    group_free(*end);
    *end = NULL;
    net->group_count--;
}
