/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/engine_internal.h"
#include "neurons/input.h"

#include <math.h>
#include <string.h>

static const struct bh_dim hertz = {{0, 0, -DIM_ONE, 0, 0, 0, 0}};

/* The value of a text that must be a constant rate. */
static bh_status
constant_rate(bh_group *group, const char *given, double *rate)
{
    struct text text;
    struct node *node;
    BH_TRY(group_text(group, "rate of the input", given, &text));
    BH_TRY(parse_expression(&group->lang, &text, &node));
    BH_TRY(check_quantity(&group->scope, node, hertz, "the rate"));
    if (node_constant(node, rate))
        return BH_OK;
    return lang_error(&group->lang, &text, node->at,
                      "the rate of a Poisson input must be constant");
}

/* How many of n events of probability p happen in a step: the number of k for which
 * P(X <= k) is at most a uniform number. Beyond what the uniform numbers can tell apart
 * nothing follows. */
static int
lower_exact(struct scope *scope, struct code *code, double n, double p)
{
    const double finest = code->precision == BH_SINGLE ? 0x1p-25 : 0x1p-54;
    const int uniform = code_noise(code, OP_RAND, scope->uniforms++);
    double probability = exp(n * log1p(-p)), sum = probability;
    int count = code_number(code, 0);
    for (double k = 0; k < n && 1 - sum > finest; k++) {
        int more = code_op(code, OP_GE, uniform, code_number(code, sum), -1);
        count =
            code_op(code, OP_ADD, count, code_op(code, OP_NUMBER, more, -1, -1), -1);
        probability *= (n - k) / (k + 1) * p / (1 - p);
        sum += probability;
    }
    return count;
}

static int
lower_normal(struct scope *scope, struct code *code, double n, double p)
{
    int normal = code_noise(code, OP_RANDN, scope->noises++);
    int spread =
        code_op(code, OP_MUL, code_number(code, sqrt(n * p * (1 - p))), normal, -1);
    return code_op(code, OP_ADD, code_number(code, n * p), spread, -1);
}

/* target += weight * count, where that may be written. */
static bh_status
lower_input(bh_group *group, const struct symbol *target, const char *weight, double n,
            double p, struct code **out)
{
    struct text text;
    struct node *node;
    struct env env = {.code = code_new(&group->lang, group->precision)};
    if (!env.code)
        return bh_diag_set(group->lang.diag, BH_ERR_MEMORY, "no memory for %s",
                           group->name);
    BH_TRY(group_text(group, "weight of the input", weight, &text));
    BH_TRY(parse_expression(&group->lang, &text, &node));
    BH_TRY(check_quantity(&group->scope, node, target->dim, "the weight"));
    group_guard(group, &env, 0);
    bool many = n * p > 5 && n * (1 - p) > 5;
    int count = p == 0   ? code_number(env.code, 0)
                : p == 1 ? code_number(env.code, n)
                : many   ? lower_normal(&group->scope, env.code, n, p)
                         : lower_exact(&group->scope, env.code, n, p);
    int before = code_load(env.code, target);
    int input = code_op(env.code, OP_MUL, lower_expression(&env, node), count, -1);
    int after = code_op(env.code, OP_ADD, before, input, -1);
    if (env.guarded && (target->flags & FLAG_UNLESS_REFRACTORY))
        after = code_op(env.code, OP_SELECT, env.guard, after, before);
    code_store(env.code, target, after);
    BH_TRY(code_finish(env.code, &text));
    *out = env.code;
    return group_refuse_noise(group, env.code, &text);
}

bh_status
bh_poisson_input_new(bh_group *group, const char *variable, size_t inputs,
                     const char *rate, const char *weight, bh_diag *diag)
{
    const struct symbol *target = group_variable(group, variable, diag);
    double rate_hz = 0;
    struct code *code = NULL;
    if (!target)
        return BH_ERR_ARGUMENT;
    if (group->net->frozen)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "inputs must be made before the network runs");
    if (target->type != TYPE_REAL || target->linked ||
        (target->flags & (FLAG_LINKED | FLAG_CONSTANT)))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "'%s' of %s is linked, constant or no real number, so no "
                           "input can add to it",
                           variable, group->name);
    group->lang.diag = diag;
    BH_TRY(constant_rate(group, rate, &rate_hz));
    double p = rate_hz * group->dt_s;
    if (!(p >= 0 && p <= 1))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "inputs at %g Hz have a probability of %g in a step of %g "
                           "s; it must be from 0 to 1",
                           rate_hz, p, group->dt_s);
    BH_TRY(lower_input(group, target, weight, (double)inputs, p, &code));
    return regular_add(group, code, group->every, SLOT_SYNAPSES, diag);
}
