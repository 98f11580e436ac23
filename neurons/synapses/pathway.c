/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/synapses/trace_internal.h"

#include <string.h>

/* From the texts of synapses to code for one synapse. Event-driven equations x' = a x +
 * b are taken over the time since the synapse's last update, exactly: x e^(a t) + b t
 * (e^(a t) - 1)/(a t). (Stimberg et al. 2014, Front. Neuroinform. 8:6, section 2.4;
 * Brian 2's documentation of synapses.) */

static const struct bh_dim second = {{0, 0, DIM_ONE, 0, 0, 0, 0}};

static bh_status
no_memory(const bh_synapses *s)
{
    return bh_diag_set(s->lang.diag, BH_ERR_MEMORY, "no memory for synapses");
}

/* The time since the last update of a synapse. */
static const struct symbol *
elapsed(bh_synapses *s)
{
    static const char name[] = "_elapsed";
    struct symbol *symbol = scope_find(&s->scope, name);
    if (symbol)
        return symbol;
    symbol = scope_add(&s->scope, SYMBOL_ELAPSED, name, second);
    if (symbol)
        symbol->slot = -1;
    return symbol;
}

/* What an event-driven equation may depend on: what stays as it is between events. */
static bh_status
check_event_driven(bh_synapses *s, const struct equation *eq, const struct code *code,
                   int op, int own)
{
    for (int i = 0; i <= op; i++) {
        const struct symbol *symbol = code->ops[i].symbol;
        if (i == own || code->ops[i].code != OP_LOAD || !code_depends(code, op, i))
            continue;
        const struct equation *other =
            symbol->side == SIDE_OWN && !symbol->of ? symbol->equation : NULL;
        bool still = symbol->kind == SYMBOL_INDEX || symbol->kind == SYMBOL_DELAY ||
                     symbol->kind == SYMBOL_INCOMING ||
                     symbol->kind == SYMBOL_OUTGOING ||
                     (symbol->kind == SYMBOL_PARAMETER &&
                      (!other || other->kind == EQUATION_PARAMETER) &&
                      (!symbol->of || !symbol->of->varies));
        if (!still)
            return lang_error(&s->lang, &s->model, eq->at,
                              "d%s/dt depends on '%s', which changes between events; "
                              "it must be (clock-driven)",
                              eq->name, symbol->name);
    }
    return BH_OK;
}

static int
event_driven_solution(struct code *code, int x, int a, int b, int time)
{
    if (a < 0 && b < 0)
        return x;
    if (a < 0)
        return code_op(code, OP_ADD, x, code_op(code, OP_MUL, b, time, -1), -1);
    int exponent = code_op(code, OP_MUL, a, time, -1);
    int decayed = code_op(code, OP_MUL, x, code_op(code, OP_EXP, exponent, -1, -1), -1);
    if (b < 0)
        return decayed;
    int driven = code_op(code, OP_MUL, code_op(code, OP_EXPREL, exponent, -1, -1),
                         code_op(code, OP_MUL, b, time, -1), -1);
    return code_op(code, OP_ADD, decayed, driven, -1);
}

/* Brings the event-driven variables to the present. */
static bh_status
lower_event_driven(bh_synapses *s, struct env *env)
{
    struct code *code = env->code;
    const struct symbol *since = elapsed(s);
    if (!since)
        return no_memory(s);
    for (const struct equation *eq = s->equations; eq; eq = eq->next) {
        if (!(eq->flags & FLAG_EVENT_DRIVEN))
            continue;
        const struct symbol *symbol = scope_find(&s->scope, eq->name);
        int x = code_load(code, symbol), a, b;
        struct env before = {.code = code}; /* no variable is updated yet */
        int rate = lower_expression(&before, eq->expression);
        if (!code_split(code, rate, x, &a, &b))
            return lang_error(&s->lang, &s->model, eq->at,
                              "d%s/dt is not linear in '%s'; it must be (clock-driven)",
                              eq->name, eq->name);
        if (a >= 0)
            BH_TRY(check_event_driven(s, eq, code, a, x));
        if (b >= 0)
            BH_TRY(check_event_driven(s, eq, code, b, x));
        int now = event_driven_solution(code, x, a, b, code_load(code, since));
        env_bind(env, symbol, now);
        code_store(code, symbol, now);
    }
    return BH_OK;
}

/* Refractory variables of the targets keep their values, as in neurons' own code. */
static bh_status
lower_guard(bh_synapses *s, struct env *env, const struct statement *statements)
{
    const bh_group *group = s->target.group;
    struct code *code = env->code;
    bool guard = false;
    for (const struct statement *each = statements; each; each = each->next) {
        const struct symbol *target = scope_find(&s->scope, each->name);
        if (!(target->flags & FLAG_UNLESS_REFRACTORY))
            continue;
        if (target->side == SIDE_PRE && s->source.group->refractory)
            return lang_error(&s->lang, &s->model, s->model.start,
                              "'%s' is (unless refractory), which synapses cannot set",
                              target->name);
        guard = guard || target->side == SIDE_POST;
    }
    if (!guard || !group->refractory)
        return BH_OK;
    env->guarded = true;
    if (group->not_refractory) {
        env->guard = code_load(code, scope_find(&s->scope, "not_refractory_post"));
        return BH_OK;
    }
    const struct node *period = synapse_scope_node(s, group->refractory, SIDE_POST);
    if (!period)
        return no_memory(s);
    int steps = code_op(code, OP_TIMESTEP, lower_expression(env, period),
                        code_number(code, s->net->config.dt_s), -1);
    env->guard = code_op(code, OP_READY, steps, -1, -1);
    return BH_OK;
}

bh_status
pathway_lower(bh_synapses *s, struct env *env, const struct statement *statements)
{
    BH_TRY(lower_guard(s, env, statements));
    lower_statements(env, &s->scope, statements);
    return BH_OK;
}

/* What synapses cannot do yet, or ever. */
static bh_status
check_code(bh_synapses *s, const struct code *code, const struct text *text,
           bool spikes)
{
    int draws = 0;
    for (int i = 0; i < code->count; i++) {
        const struct op *op = &code->ops[i];
        const struct symbol *symbol = op->symbol;
        if (op->uses == 0)
            continue;
        draws += op->code == OP_RAND || op->code == OP_RANDN;
        if (draws > MOST_DRAWS || s->scope.uniforms + s->scope.noises > MOST_TERMS)
            return lang_error(&s->lang, text, text->start,
                              "synapses draw at most %d random numbers in one text",
                              MOST_DRAWS);
        if (op->code == OP_POISSON)
            return lang_error(&s->lang, text, text->start,
                              "what spikes do cannot draw poisson(); rand() can be "
                              "drawn");
        if (op->code == OP_NOISE || (symbol && symbol->kind == SYMBOL_NOISE))
            return lang_error(&s->lang, text, text->start,
                              "synapses have no noise xi; randn() draws numbers");
        if (!spikes && symbol && symbol->equation && !symbol->of &&
            (symbol->equation->flags & FLAG_EVENT_DRIVEN))
            return lang_error(&s->lang, text, text->start,
                              "'%s' is event-driven: its value is known only when a "
                              "spike arrives",
                              symbol->name);
        if (symbol && symbol->kind == SYMBOL_DELAY && strcmp(symbol->name, "delay"))
            return lang_error(&s->lang, text, text->start,
                              "code can use 'delay', but not '%s'", symbol->name);
    }
    return BH_OK;
}

static bh_status
finish(bh_synapses *s, struct path *path, const struct text *text)
{
    struct code *code = path->code;
    BH_TRY(code_finish(code, text));
    BH_TRY(check_code(s, code, text, path->pathway != NULL));
    code_fuse(code);
    const struct bh_group *source = s->source.group, *target = s->target.group;
    for (int i = 0; i < code->store_count; i++) {
        enum side side = code->stores[i].symbol->side;
        path->writes_pre |= side == SIDE_PRE;
        path->writes_post |= side == SIDE_POST;
    }
    for (int i = 0; i < code->count; i++) {
        const struct op *op = &code->ops[i];
        if (op->uses == 0 || op->code != OP_LOAD || op->symbol->side != SIDE_PRE)
            continue;
        /* what one synapse does to the target, the next may see in the source */
        for (int w = 0; source == target && w < code->store_count; w++)
            path->one_by_one |= code->stores[w].symbol->of == op->symbol->of;
    }
    path->one_by_one |= path->from_post ? path->writes_post : path->writes_pre;
    return interp_prepare(&s->lang, code, &path->interp);
}

static bh_status
path_new(bh_synapses *s, enum path_kind kind, struct path **out)
{
    struct path *path = bh_arena_take(s->arena, sizeof *path);
    if (!path)
        return no_memory(s);
    path->synapses = s;
    path->kind = kind;
    path->number = s->run->count++;
    path->code = code_new(&s->lang, s->precision);
    if (!path->code)
        return no_memory(s);
    struct path **end = &s->run->paths;
    while (*end)
        end = &(*end)->next;
    *end = path;
    *out = path;
    return BH_OK;
}

static bh_status
make_pathways(bh_synapses *s)
{
    struct path *path;
    for (const struct pathway *p = s->pathways; p; p = p->next) {
        BH_TRY(path_new(s, PATH_SPIKES, &path));
        struct env env = {.code = path->code};
        path->pathway = p;
        path->from_post = p->from_post;
        path->comment = p->text.start;
        BH_TRY(lower_event_driven(s, &env));
        BH_TRY(pathway_lower(s, &env, p->statements));
        BH_TRY(finish(s, path, &p->text));
    }
    return BH_OK;
}

/* Clock-driven equations: one step, as that of neurons. */
static bh_status
make_clocked(bh_synapses *s)
{
    struct path *path;
    bool any = false;
    for (const struct equation *eq = s->equations; eq; eq = eq->next) {
        struct symbol *symbol = scope_find(&s->scope, eq->name);
        if (eq->kind != EQUATION_DIFFERENTIAL)
            continue;
        if (eq->flags & FLAG_EVENT_DRIVEN)
            symbol->kind = SYMBOL_PARAMETER; /* the solver leaves it alone */
        else
            any = true;
    }
    if (!any)
        return BH_OK;
    BH_TRY(path_new(s, PATH_CLOCKED, &path));
    struct env env = {.code = path->code};
    path->comment = s->model.start;
    BH_TRY(solve_step(&env, &s->scope, &s->method, s->net->config.dt_s, -1, &s->model));
    return finish(s, path, &s->model);
}

static bh_status
make_summed(bh_synapses *s)
{
    struct path *path;
    for (const struct summed *each = s->summed; each; each = each->next) {
        BH_TRY(path_new(s, PATH_SUMMED, &path));
        struct env env = {.code = path->code};
        path->comment = s->model.start;
        path->target = each->target;
        int value = lower_expression(&env, each->equation->expression);
        int sum = code_load(path->code, each->target);
        code_store(path->code, each->target,
                   code_op(path->code, OP_ADD, sum, value, -1));
        BH_TRY(finish(s, path, &s->model));
    }
    return BH_OK;
}

static bh_status
make_regular(bh_synapses *s)
{
    struct path *path;
    for (const struct synapse_regular *r = s->regular; r; r = r->next) {
        BH_TRY(path_new(s, PATH_REGULAR, &path));
        struct env env = {.code = path->code};
        path->comment = r->text.start;
        path->every = r->steps;
        BH_TRY(pathway_lower(s, &env, r->statements));
        BH_TRY(finish(s, path, &r->text));
    }
    return BH_OK;
}

static bh_status
make_paths(bh_synapses *s)
{
    BH_TRY(make_clocked(s));
    BH_TRY(make_pathways(s));
    BH_TRY(make_summed(s));
    return make_regular(s);
}

bh_status
pathway_make(bh_synapses *s, bh_diag *diag)
{
    if (s->run)
        return BH_OK;
    s->lang.diag = diag;
    s->run = bh_arena_take(s->arena, sizeof *s->run);
    if (!s->run)
        return no_memory(s);
    s->target.group->receives = true;
    bh_status status = make_paths(s);
    if (status != BH_OK) {
        s->run = NULL; /* the next run says it again */
        return status;
    }
    s->lang.diag = NULL; /* only a question */
    trace_find(s);
    s->lang.diag = diag;
    return BH_OK;
}
