/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/solve.h"

#include <math.h>
#include <string.h>

/* What noise a scheme takes. */
enum noise_kind { NOISE_NONE, NOISE_ADDITIVE, NOISE_DIAGONAL, NOISE_ANY };

/* Each scheme is text: statements are computed for all variables before the next one,
 * x is the variable before the step, f its drift and g the factor of a noise term,
 * whose increment over the step is dW. Terms with noise are summed over the noise
 * terms. milstein is Brian 2's, with dW^2 where the source has dW^2 - dt. Sources:
 * Kloeden & Platen 1992 (Euler-Maruyama eq. 10.2.4, derivative-free Milstein
 * eq. 11.1.3, Heun); Hairer, Norsett & Wanner 1993 (Runge-Kutta). */
static const struct scheme {
    const char *name, *text;
    enum noise_kind noise;
} schemes[] = {
    {"euler", "x_new = x + dt*f(x,t) + g(x,t)*dW", NOISE_ADDITIVE},
    {"rk2", "k = dt*f(x,t); x_new = x + dt*f(x + k/2, t + dt/2)", NOISE_NONE},
    {"rk4",
     "k_1 = dt*f(x,t); k_2 = dt*f(x + k_1/2, t + dt/2)\n"
     "k_3 = dt*f(x + k_2/2, t + dt/2); k_4 = dt*f(x + k_3, t + dt)\n"
     "x_new = x + (k_1 + 2*k_2 + 2*k_3 + k_4)/6",
     NOISE_NONE},
    {"heun",
     "s = x + g(x,t)*dW; gs = g(s, t + dt)\n"
     "x_new = x + dt*f(x,t) + 0.5*dW*(g(x,t) + gs)",
     NOISE_ANY},
    {"milstein",
     "s = x + dt*f(x,t) + sqrt(dt)*g(x,t); gs = g(s, t)\n"
     "x_new = x + dt*f(x,t) + g(x,t)*dW + (gs - g(x,t))*dW**2/(2*sqrt(dt))",
     NOISE_DIAGONAL},
    {"milstein_ito",
     "s = x + dt*f(x,t) + sqrt(dt)*g(x,t); gs = g(s, t)\n"
     "x_new = x + dt*f(x,t) + g(x,t)*dW + (gs - g(x,t))*(dW**2 - dt)/(2*sqrt(dt))",
     NOISE_DIAGONAL},
};

/* These are no templates: they need the parts of linear right-hand sides. */
static const char exponential_euler[] = "exponential_euler", exact[] = "exact";

enum { SCHEMES = sizeof schemes / sizeof schemes[0] };

const char *
solve_methods(void)
{
    return "exact, euler, exponential_euler, rk2, rk4, heun, milstein, milstein_ito";
}

const struct symbol *
solve_time(const struct solver *solver)
{
    return scope_find(solver->scope, "t");
}

bh_status
solve_right_side(struct solver *solver, const int *at, int time, int v, int k, int *out)
{
    struct env env = {.code = solver->code};
    struct code *code = solver->code;
    const struct symbol *symbol = solver->variable[v];
    for (struct binding *b = solver->env->bindings; b; b = b->next)
        if (b->symbol->kind != SYMBOL_SUBEXPRESSION ||
            (b->symbol->flags & FLAG_CONSTANT_OVER_DT))
            env_bind(&env, b->symbol, b->op);
    for (int u = 0; u < solver->variables; u++)
        env_bind(&env, solver->variable[u], at[u]);
    env_bind(&env, solve_time(solver), time);
    int rest = lower_expression(&env, symbol->equation->expression), part = -1;
    for (int n = 0; n < solver->noises && rest >= 0; n++) {
        int leaf = code_load(code, solver->noise[n]), factor, without;
        if (!code_split(code, rest, leaf, &factor, &without))
            return lang_error(code->lang, solver->text, symbol->equation->at,
                              "the noise '%s' in d%s/dt may only be added, or "
                              "multiplied by what is not noise",
                              solver->noise[n]->name, symbol->name);
        for (int m = n + 1; factor >= 0 && m < solver->noises; m++)
            if (code_depends(code, factor, code_load(code, solver->noise[m])))
                return lang_error(code->lang, solver->text, symbol->equation->at,
                                  "the noises '%s' and '%s' are multiplied in d%s/dt",
                                  solver->noise[n]->name, solver->noise[m]->name,
                                  symbol->name);
        if (n == k)
            part = factor;
        rest = without;
    }
    if (k < 0)
        part = rest;
    if (part >= 0 && solver->freeze && (symbol->flags & FLAG_UNLESS_REFRACTORY) &&
        solver->ready >= 0)
        part = code_op(code, OP_SELECT, solver->ready, part, code_number(code, 0));
    *out = part < 0 ? code_number(code, 0) : part;
    return BH_OK;
}

static const struct value *
find_value(const struct solver *solver, const char *name)
{
    for (const struct value *value = solver->values; value; value = value->next)
        if (strcmp(value->name, name) == 0)
            return value;
    return NULL;
}

static bool
has_noise(const struct solver *solver, const struct node *node)
{
    if (node->code == OP_DIFFUSION)
        return true;
    if (node->code == OP_LOAD) {
        const struct value *value = find_value(solver, node->name);
        return strcmp(node->name, "dW") == 0 || (value && value->per_noise);
    }
    for (int i = 0; i < node->count; i++)
        if (has_noise(solver, node->arg[i]))
            return true;
    return false;
}

static bh_status evaluate(struct solver *solver, const struct node *node, int v, int k,
                          int *out);

static bh_status
evaluate_call(struct solver *solver, const struct node *node, int v, int k, int *out)
{
    int *at = bh_arena_take(solver->code->lang->arena,
                            (size_t)solver->variables * sizeof *at);
    int time;
    if (!at)
        return bh_diag_set(solver->code->lang->diag, BH_ERR_MEMORY,
                           "no memory for the equations");
    for (int u = 0; u < solver->variables; u++)
        BH_TRY(evaluate(solver, node->arg[0], u, k, &at[u]));
    BH_TRY(evaluate(solver, node->arg[1], v, k, &time));
    return solve_right_side(solver, at, time, v, node->code == OP_DRIFT ? -1 : k, out);
}

static int
evaluate_name(struct solver *solver, const char *name, int v, int k)
{
    struct code *code = solver->code;
    if (strcmp(name, "x") == 0)
        return solver->before[v];
    if (strcmp(name, "t") == 0)
        return code_load(code, solve_time(solver));
    if (strcmp(name, "dt") == 0)
        return code_number(code, solver->dt_s);
    if (strcmp(name, "dW") == 0)
        return code_op(code, OP_MUL, code_number(code, sqrt(solver->dt_s)),
                       code_noise(code, OP_NOISE, solver->noise[k]->slot), -1);
    const struct value *value = find_value(solver, name);
    return value->op[value->per_noise ? k * solver->variables + v : v];
}

/* One part of a scheme for variable v and noise term k. */
static bh_status
evaluate(struct solver *solver, const struct node *node, int v, int k, int *out)
{
    int arg[3] = {-1, -1, -1};
    if (node->code == OP_DRIFT || node->code == OP_DIFFUSION)
        return evaluate_call(solver, node, v, k, out);
    if (node->code == OP_LOAD || node->code == OP_CONST) {
        *out = node->code == OP_LOAD ? evaluate_name(solver, node->name, v, k)
                                     : code_number(solver->code, node->number);
        return BH_OK;
    }
    for (int i = 0; i < node->count; i++)
        BH_TRY(evaluate(solver, node->arg[i], v, k, &arg[i]));
    *out = code_op(solver->code, node->code, arg[0], arg[1], arg[2]);
    return BH_OK;
}

/* A sum whose terms with noise are taken once for each noise term. */
static bh_status
evaluate_sum(struct solver *solver, const struct node *node, int v, int *out)
{
    struct code *code = solver->code;
    if (node->code == OP_ADD || node->code == OP_SUB) {
        int left, right;
        BH_TRY(evaluate_sum(solver, node->arg[0], v, &left));
        BH_TRY(evaluate_sum(solver, node->arg[1], v, &right));
        *out = code_op(code, node->code, left, right, -1);
        return BH_OK;
    }
    if (!has_noise(solver, node))
        return evaluate(solver, node, v, -1, out);
    *out = code_number(code, 0);
    for (int k = 0; k < solver->noises; k++) {
        int term;
        BH_TRY(evaluate(solver, node, v, k, &term));
        *out = code_op(code, OP_ADD, *out, term, -1);
    }
    return BH_OK;
}

static bh_status
evaluate_statement(struct solver *solver, const struct statement *statement)
{
    bh_arena *arena = solver->code->lang->arena;
    struct value *value = bh_arena_take(arena, sizeof *value);
    bool per_noise = statement->expression->code == OP_DIFFUSION;
    int rows = per_noise ? solver->noises : 1;
    size_t size = (size_t)(rows * solver->variables) * sizeof *value->op;
    int *op = bh_arena_take(arena, size);
    if (!value || !op)
        return bh_diag_set(solver->code->lang->diag, BH_ERR_MEMORY,
                           "no memory for the equations");
    for (int k = 0; k < rows; k++)
        for (int v = 0; v < solver->variables; v++) {
            int *result = &op[k * solver->variables + v];
            if (per_noise)
                BH_TRY(evaluate(solver, statement->expression, v, k, result));
            else
                BH_TRY(evaluate_sum(solver, statement->expression, v, result));
        }
    *value = (struct value){statement->name, per_noise, op, solver->values};
    solver->values = value;
    return BH_OK;
}

static bh_status
check_noise(struct solver *solver, const struct scheme *scheme)
{
    struct code *code = solver->code;
    int time = code_load(code, solve_time(solver));
    for (int k = 0; k < solver->noises; k++)
        for (int v = 0, used = 0; v < solver->variables; v++) {
            const struct symbol *symbol = solver->variable[v];
            int factor;
            BH_TRY(solve_right_side(solver, solver->before, time, v, k, &factor));
            if (code_is(code, factor, 0))
                continue;
            const char *why = NULL;
            if (scheme->noise == NOISE_NONE)
                why = "takes no noise";
            for (int u = 0; scheme->noise == NOISE_ADDITIVE && u < solver->variables;
                 u++)
                if (code_depends(code, factor, solver->before[u]))
                    why = "takes only noise that does not depend on the variables";
            if (scheme->noise == NOISE_DIAGONAL && used++ > 0)
                why = "takes each noise term in one equation only";
            if (why)
                return lang_error(code->lang, solver->text, symbol->equation->at,
                                  "the method '%s' %s; '%s' would do", scheme->name,
                                  why, scheme->noise == NOISE_NONE ? "euler" : "heun");
        }
    return BH_OK;
}

static bh_status
run_scheme(struct solver *solver, const struct scheme *scheme, int *after)
{
    struct text text = {scheme->name, scheme->text, strlen(scheme->text)};
    struct statement *statements;
    BH_TRY(check_noise(solver, scheme));
    BH_TRY(parse_scheme(solver->code->lang, &text, &statements));
    solver->freeze = statements->next != NULL;
    for (const struct statement *s = statements; s; s = s->next)
        BH_TRY(evaluate_statement(solver, s));
    const struct value *value = find_value(solver, "x_new");
    memcpy(after, value->op, (size_t)solver->variables * sizeof *after);
    return BH_OK;
}

/* x' = A x + B with A and B held over the step, even where they depend on x itself, as
 * m(x) does in m(x)(E - x): Brian 2 has them so through sympy's collect. */
static bh_status
run_exponential(struct solver *solver, int *after)
{
    struct code *code = solver->code;
    const struct scheme none = {exponential_euler, NULL, NOISE_NONE};
    const int dt = code_number(code, solver->dt_s);
    const int time = code_load(code, solve_time(solver));
    BH_TRY(check_noise(solver, &none));
    for (int v = 0; v < solver->variables; v++) {
        const struct symbol *symbol = solver->variable[v];
        int rate, a, b, x = solver->before[v];
        BH_TRY(solve_right_side(solver, solver->before, time, v, -1, &rate));
        if (!code_collect(code, rate, x, &a, &b))
            return lang_error(code->lang, solver->text, symbol->equation->at,
                              "the method '%s' needs an equation that is linear in its "
                              "variable; d%s/dt is not; 'euler' would do",
                              exponential_euler, symbol->name);
        /* (x A + B) (e^(A dt) - 1)/A: exprel has the limit where A is 0 */
        int growth = a < 0 ? -1 : code_op(code, OP_MUL, x, a, -1);
        int slope = growth < 0 ? b
                    : b < 0    ? growth
                               : code_op(code, OP_ADD, growth, b, -1);
        if (slope >= 0 && a >= 0)
            slope = code_op(
                code, OP_MUL, slope,
                code_op(code, OP_EXPREL, code_op(code, OP_MUL, a, dt, -1), -1, -1), -1);
        after[v] = slope < 0 ? x
                             : code_op(code, OP_ADD, x,
                                       code_op(code, OP_MUL, dt, slope, -1), -1);
    }
    return BH_OK;
}

static bh_status
unknown_method(struct solver *solver, const char *method)
{
    const char *names[SCHEMES + 2] = {exact, exponential_euler};
    for (size_t i = 0; i < SCHEMES; i++)
        names[i + 2] = schemes[i].name;
    const char *near = bh_text_nearest(method, names, SCHEMES + 2);
    const struct text text = {"method", method, strlen(method)};
    if (near)
        return lang_error(solver->code->lang, &text, method,
                          "unknown method '%s'; did you mean '%s'?", method, near);
    return lang_error(solver->code->lang, &text, method,
                      "unknown method '%s'; there are %s", method, solve_methods());
}

static const struct scheme *
find_scheme(const char *method)
{
    for (size_t i = 0; i < SCHEMES; i++)
        if (strcmp(method, schemes[i].name) == 0)
            return &schemes[i];
    return NULL;
}

/* A scheme of the user's own: only what schemes can name, and x_new at the end. */
static bh_status
check_scheme_names(struct solver *solver, const struct node *node,
                   const struct statement *first, const struct statement *end)
{
    static const char *const own[] = {"x", "t", "dt", "dW"};
    bool known = node->code != OP_LOAD;
    for (int i = 0; !known && i < 4; i++)
        known = strcmp(node->name, own[i]) == 0;
    for (const struct statement *s = first; !known && s != end; s = s->next)
        known = strcmp(node->name, s->name) == 0;
    if (!known)
        return lang_error(solver->code->lang, node->text, node->at,
                          "'%s' is none of x, t, dt, dW, f(x,t), g(x,t) and the names "
                          "before",
                          node->name);
    if (op_is_random(node->code))
        return lang_error(solver->code->lang, node->text, node->at,
                          "a scheme cannot draw random numbers; noise is g(x,t)*dW");
    for (int i = 0; i < node->count; i++)
        BH_TRY(check_scheme_names(solver, node->arg[i], first, end));
    return BH_OK;
}

static bh_status
run_own_scheme(struct solver *solver, const char *method, int *after)
{
    struct lang *lang = solver->code->lang;
    struct text text = {"method", method, strlen(method)};
    struct statement *first;
    const struct statement *last = NULL;
    bool noisy = false;
    BH_TRY(parse_scheme(lang, &text, &first));
    for (const struct statement *s = first; s; s = s->next) {
        BH_TRY(check_scheme_names(solver, s->expression, first, s));
        noisy = noisy || has_noise(solver, s->expression);
        last = s;
    }
    if (!last || strcmp(last->name, "x_new") != 0)
        return lang_error(lang, &text, last ? last->at : text.start,
                          "the last statement of a scheme gives x_new");
    const struct scheme scheme = {"of its own", method, noisy ? NOISE_ANY : NOISE_NONE};
    return run_scheme(solver, &scheme, after);
}

static bh_status
run_exact(struct solver *solver, int *after)
{
    bool linear;
    BH_TRY(solve_linear(solver, after, &linear));
    solver->freeze = true; /* the solution has it in it */
    if (linear)
        return BH_OK;
    return lang_error(
        solver->code->lang, solver->text, solver->text->start,
        "the method '%s' needs equations that are linear in all variables, "
        "without noise and t; 'euler' or 'rk4' would do",
        exact);
}

/* Brian 2's choice: exact where that can be, else euler, and heun where the noise
 * depends on the variables. */
static bh_status
run_automatic(struct solver *solver, int *after, const char **chosen)
{
    bool linear;
    *chosen = exact;
    BH_TRY(solve_linear(solver, after, &linear));
    solver->freeze = linear; /* the solution has it in it */
    if (linear)
        return BH_OK;
    struct lang *lang = solver->code->lang;
    bh_diag *diag = lang->diag;
    const struct scheme *euler = find_scheme("euler");
    lang->diag = NULL; /* only a question */
    bool additive = check_noise(solver, euler) == BH_OK;
    lang->diag = diag;
    const struct scheme *scheme = additive ? euler : find_scheme("heun");
    *chosen = scheme->name;
    return run_scheme(solver, scheme, after);
}

static bh_status
run_method(struct solver *solver, const char **method, int *after)
{
    if (!*method)
        return run_automatic(solver, after, method);
    const struct scheme *scheme = find_scheme(*method);
    if (scheme)
        return run_scheme(solver, scheme, after);
    if (strchr(*method, '='))
        return run_own_scheme(solver, *method, after);
    if (strcmp(*method, exponential_euler) == 0)
        return run_exponential(solver, after);
    if (strcmp(*method, exact) == 0 || strcmp(*method, "linear") == 0)
        return run_exact(solver, after);
    return unknown_method(solver, *method);
}

/* Lists the variables, in the order of the text, and the noise terms. */
static bh_status
collect(struct solver *solver)
{
    const struct scope *scope = solver->scope;
    bh_arena *arena = solver->code->lang->arena;
    int most = scope->stored + scope->noises + 1;
    solver->variable = bh_arena_take(arena, (size_t)most * sizeof *solver->variable);
    solver->noise = bh_arena_take(arena, (size_t)most * sizeof *solver->noise);
    solver->before = bh_arena_take(arena, (size_t)most * sizeof *solver->before);
    if (!solver->variable || !solver->noise || !solver->before)
        return bh_diag_set(solver->code->lang->diag, BH_ERR_MEMORY,
                           "no memory for the equations");
    for (int slot = 0; slot < most; slot++)
        for (const struct symbol *s = scope->symbols; s; s = s->next) {
            if (s->slot == slot && s->kind == SYMBOL_STATE)
                solver->variable[solver->variables++] = s;
            if (s->slot == slot && s->kind == SYMBOL_NOISE)
                solver->noise[solver->noises++] = s;
        }
    for (int v = 0; v < solver->variables; v++)
        solver->before[v] = code_load(solver->code, solver->variable[v]);
    return BH_OK;
}

bh_status
solve_step(struct env *env, const struct scope *scope, const char **method, double dt_s,
           int ready, const struct text *text)
{
    struct solver solver = {.env = env,
                            .code = env->code,
                            .scope = scope,
                            .text = text,
                            .dt_s = dt_s,
                            .ready = ready};
    BH_TRY(collect(&solver));
    int *after = bh_arena_take(env->code->lang->arena,
                               (size_t)(solver.variables + 1) * sizeof *after);
    if (!after)
        return bh_diag_set(env->code->lang->diag, BH_ERR_MEMORY,
                           "no memory for the equations");
    BH_TRY(run_method(&solver, method, after));
    env_forget_subexpressions(env);
    for (int v = 0; v < solver.variables; v++) {
        const struct symbol *symbol = solver.variable[v];
        if (ready >= 0 && (symbol->flags & FLAG_UNLESS_REFRACTORY) && !solver.freeze)
            after[v] = code_op(env->code, OP_SELECT, ready, after[v], solver.before[v]);
        env_bind(env, symbol, after[v]);
        code_store(env->code, symbol, after[v]);
    }
    return BH_OK;
}
