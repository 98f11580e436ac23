/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/engine_internal.h"
#include "neurons/operation.h"

#include <math.h>
#include <string.h>

bh_regular_config
bh_regular_config_default(const bh_group *group)
{
    return (bh_regular_config){.when = "start", .every_s = group->dt_s};
}

bh_status
regular_add(bh_group *group, struct code *code, int64_t steps, enum regular_slot slot,
            bh_diag *diag)
{
    struct regular *regular = bh_arena_take(group->arena, sizeof *regular);
    struct regular **end = &group->regular;
    if (!regular)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %s", group->name);
    *regular = (struct regular){.code = code, .steps = steps, .slot = slot};
    while (*end)
        end = &(*end)->next;
    *end = regular;
    return BH_OK;
}

static bh_status
find_slot(const char *when, enum regular_slot *out, bh_diag *diag)
{
    static const char *const names[] = {"start", "synapses", "end"};
    for (int i = 0; when && i < 3; i++)
        if (strcmp(when, names[i]) == 0) {
            *out = (enum regular_slot)i;
            return BH_OK;
        }
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "statements cannot run at '%s'; they can at 'start', 'synapses' "
                       "or 'end'",
                       when ? when : "");
}

/* Statements for all neurons, with the names of a scope. */
static bh_status
compile(bh_group *group, struct scope *scope, const char *what, const char *statements,
        int steps_ago, struct code **out)
{
    struct text text;
    struct statement *parsed;
    struct env env = {.code = code_new(&group->lang, group->precision)};
    if (!env.code)
        return bh_diag_set(group->lang.diag, BH_ERR_MEMORY, "no memory for %s",
                           group->name);
    BH_TRY(group_text(group, what, statements, &text));
    BH_TRY(parse_statements(&group->lang, &text, &parsed));
    BH_TRY(check_statements(scope, parsed, &text));
    group_guard(group, &env, steps_ago);
    lower_statements(&env, scope, parsed);
    BH_TRY(code_finish(env.code, &text));
    *out = env.code;
    return group_refuse_noise(group, env.code, &text);
}

bh_status
bh_group_run_in_slot(bh_group *group, const bh_regular_config *config, bh_diag *diag)
{
    const double steps = config->every_s / group->dt_s;
    enum regular_slot slot = SLOT_START;
    struct code *code = NULL;
    if (group->net->frozen)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "statements must be given before the network runs");
    if (!(steps > 0.5) || steps > 1e15 || fabs(steps - nearbyint(steps)) > 1e-4 * steps)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "every %g s; it must be a multiple of the time step, %g s",
                           config->every_s, group->dt_s);
    group->lang.diag = diag;
    BH_TRY(find_slot(config->when, &slot, diag));
    BH_TRY(compile(group, &group->scope, "run_regularly", config->statements,
                   slot == SLOT_START ? 1 : 0, &code));
    return regular_add(group, code, (int64_t)nearbyint(steps) * group->every, slot,
                       diag);
}

bh_status
bh_group_run_regularly(bh_group *group, const char *statements, double every_s,
                       bh_diag *diag)
{
    bh_regular_config config = bh_regular_config_default(group);
    config.statements = statements;
    config.every_s = every_s;
    return bh_group_run_in_slot(group, &config, diag);
}

/* Statements that an operation runs. */
struct once {
    bh_group *group;
    struct scope scope;
    struct interp interp;
};

static bh_status
run_once(void *user, bh_network *net, double time_s, bh_diag *diag)
{
    struct once *once = user;
    (void)net;
    (void)time_s;
    once->group->lang.diag = diag;
    return group_run_once(once->group, &once->scope, &once->interp);
}

bh_status
bh_group_run_at(bh_group *group, const char *statements, const double *times_s,
                size_t count, bh_diag *diag)
{
    struct code *code = NULL;
    struct once *once = bh_arena_take(group->arena, sizeof *once);
    if (!once)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %s", group->name);
    group->lang.diag = diag;
    once->group = group;
    once->scope = group->scope;
    once->scope.noises = once->scope.uniforms = once->scope.poissons = 0;
    BH_TRY(compile(group, &once->scope, "run_at", statements, 1, &code));
    BH_TRY(group_check_draws(group, &once->scope, "run_at"));
    code_fuse(code);
    BH_TRY(interp_prepare(&group->lang, code, &once->interp));
    bh_operation_config config = bh_operation_config_default(group->net);
    config.call = run_once;
    config.user = once;
    config.when = "start";
    config.times_s = times_s;
    config.times = count;
    return bh_operation_new(group->net, &config, diag);
}
