/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/plasticity.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void
bh_plasticity_use(const bh_plasticity *texts, bh_synapses_config *config)
{
    config->model = texts->model;
    config->on_pre = texts->on_pre;
    config->on_post = texts->on_post[0] ? texts->on_post : NULL;
}

/* A text that is being put together. */
struct lines {
    char *text;
    size_t size;
    bool failed; /* it is too long */
};

static void BH_PRINTF(2, 3) add(struct lines *lines, const char *format, ...)
{
    const size_t used = strlen(lines->text);
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(lines->text + used, lines->size - used, format, args);
    va_end(args);
    lines->failed = lines->failed || length < 0 || (size_t)length >= lines->size - used;
}

/* The three texts, and what all rules have in common. */
struct rule {
    struct lines model, pre, post;
    char low[64], high[64]; /* bounds of w, with their unit */
    bh_diag *diag;
};

static bh_status
check_time(double tau_s, const char *what, bh_diag *diag)
{
    if (tau_s > 0 && isfinite(tau_s))
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_ARGUMENT, "%s is %g s; it must be above 0", what,
                       tau_s);
}

static bh_status
check_number(double value, const char *what, bh_diag *diag)
{
    if (isfinite(value))
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_ARGUMENT, "%s is %g; it must be a number", what,
                       value);
}

/* Begins the texts: w with its unit, and the effect of a presynaptic spike. */
static bh_status
begin(struct rule *rule, bh_plasticity *out, const char *unit, const char *effect,
      bh_diag *diag)
{
    *out = (bh_plasticity){0};
    *rule = (struct rule){.model = {out->model, sizeof out->model, false},
                          .pre = {out->on_pre, sizeof out->on_pre, false},
                          .post = {out->on_post, sizeof out->on_post, false},
                          .diag = diag};
    if (!unit || strlen(unit) > 30)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the weights need a unit, as '1' or 'siemens'");
    if (effect && strlen(effect) > 200)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the effect has more than 200 characters");
    if (effect)
        add(&rule->pre, "%s\n", effect);
    return BH_OK;
}

static bh_status
bound(struct rule *rule, double w_min, double w_max, const char *unit)
{
    if (!(w_min < w_max) || !isfinite(w_min) || !isfinite(w_max))
        return bh_diag_set(rule->diag, BH_ERR_ARGUMENT,
                           "weights from %g to %g: w_min must be below w_max, and both "
                           "be numbers",
                           w_min, w_max);
    snprintf(rule->low, sizeof rule->low, "%.17g*%s", w_min, unit);
    snprintf(rule->high, sizeof rule->high, "%.17g*%s", w_max, unit);
    if (strcmp(unit, "1") == 0) {
        snprintf(rule->low, sizeof rule->low, "%.17g", w_min);
        snprintf(rule->high, sizeof rule->high, "%.17g", w_max);
    }
    return BH_OK;
}

static void
add_trace(struct rule *rule, const char *name, double tau_s)
{
    add(&rule->model, "d%s/dt = -%s/(%.17g*second) : 1 (event-driven)\n", name, name,
        tau_s);
}

static void
add_clip(struct rule *rule)
{
    add(&rule->pre, "w = clip(w, %s, %s)\n", rule->low, rule->high);
    add(&rule->post, "w = clip(w, %s, %s)\n", rule->low, rule->high);
}

static bh_status
finish(const struct rule *rule)
{
    if (!rule->model.failed && !rule->pre.failed && !rule->post.failed)
        return BH_OK;
    return bh_diag_set(rule->diag, BH_ERR_ARGUMENT, "the effect is too long");
}

bh_stdp_params
bh_stdp_params_default(void)
{
    return (bh_stdp_params){.tau_pre_s = 20e-3,
                            .tau_post_s = 20e-3,
                            .a_pre = 0.01,
                            .a_post = -0.0105,
                            .w_max = 1,
                            .unit = "1"};
}

/* How w changes by a trace, whose steps have the sign of `a`. */
static void
add_change(struct lines *lines, const bh_stdp_params *params, const char *trace,
           double a, const char *high)
{
    const bool by_w = params->update == BH_STDP_MULTIPLICATIVE ||
                      params->update == BH_STDP_MIXED;
    if (by_w && a < 0)
        add(lines, "w = w*(1 + %s)\n", trace);
    else if (params->update == BH_STDP_MULTIPLICATIVE)
        add(lines, "w += (%s - w)*%s\n", high, trace);
    else
        add(lines, "w += %s*%s\n", high, trace);
}

bh_status
bh_stdp(const bh_stdp_params *params, bh_plasticity *out, bh_diag *diag)
{
    struct rule rule;
    BH_TRY(check_time(params->tau_pre_s, "tau_pre", diag));
    BH_TRY(check_time(params->tau_post_s, "tau_post", diag));
    BH_TRY(check_number(params->a_pre, "a_pre", diag));
    BH_TRY(check_number(params->a_post, "a_post", diag));
    BH_TRY(begin(&rule, out, params->unit, params->effect, diag));
    BH_TRY(bound(&rule, params->w_min, params->w_max, params->unit));
    const bool last_pre = params->pairs == BH_STDP_NEAREST ||
                          params->pairs == BH_STDP_NEAREST_PRE;
    const bool last_post = params->pairs == BH_STDP_NEAREST ||
                           params->pairs == BH_STDP_NEAREST_POST;
    add(&rule.model, "w : %s\n", params->unit);
    add_trace(&rule, "Apre", params->tau_pre_s);
    add_trace(&rule, "Apost", params->tau_post_s);
    add(&rule.pre, "Apre %s %.17g\n", last_pre ? "=" : "+=", params->a_pre);
    add(&rule.post, "Apost %s %.17g\n", last_post ? "=" : "+=", params->a_post);
    add_change(&rule.pre, params, "Apost", params->a_post, rule.high);
    add_change(&rule.post, params, "Apre", params->a_pre, rule.high);
    add_clip(&rule);
    return finish(&rule);
}

bh_triplet_params
bh_triplet_params_default(void)
{
    return (bh_triplet_params){.tau_plus_s = 16.8e-3,
                               .tau_minus_s = 33.7e-3,
                               .tau_x_s = 101e-3,
                               .tau_y_s = 125e-3,
                               .a2_plus = 5e-10,
                               .a2_minus = 7e-3,
                               .a3_plus = 6.2e-3,
                               .a3_minus = 2.3e-4,
                               .w_max = 1,
                               .unit = "1"};
}

bh_status
bh_triplet(const bh_triplet_params *params, bh_plasticity *out, bh_diag *diag)
{
    struct rule rule;
    const char *step = params->nearest ? "= 1" : "+= 1";
    BH_TRY(check_time(params->tau_plus_s, "tau_plus", diag));
    BH_TRY(check_time(params->tau_minus_s, "tau_minus", diag));
    BH_TRY(check_time(params->tau_x_s, "tau_x", diag));
    BH_TRY(check_time(params->tau_y_s, "tau_y", diag));
    BH_TRY(check_number(params->a2_plus, "a2_plus", diag));
    BH_TRY(check_number(params->a2_minus, "a2_minus", diag));
    BH_TRY(check_number(params->a3_plus, "a3_plus", diag));
    BH_TRY(check_number(params->a3_minus, "a3_minus", diag));
    BH_TRY(begin(&rule, out, params->unit, params->effect, diag));
    BH_TRY(bound(&rule, params->w_min, params->w_max, params->unit));
    add(&rule.model, "w : %s\n", params->unit);
    add_trace(&rule, "r1", params->tau_plus_s);
    add_trace(&rule, "r2", params->tau_x_s);
    add_trace(&rule, "o1", params->tau_minus_s);
    add_trace(&rule, "o2", params->tau_y_s);
    add(&rule.pre, "w -= %s*o1*(%.17g + %.17g*r2)\n", rule.high, params->a2_minus,
        params->a3_minus);
    add(&rule.post, "w += %s*r1*(%.17g + %.17g*o2)\n", rule.high, params->a2_plus,
        params->a3_plus);
    add(&rule.pre, "r1 %s\nr2 %s\n", step, step);
    add(&rule.post, "o1 %s\no2 %s\n", step, step);
    add_clip(&rule);
    return finish(&rule);
}

bh_reward_params
bh_reward_params_default(void)
{
    return (bh_reward_params){.tau_pre_s = 20e-3,
                              .tau_post_s = 20e-3,
                              .a_pre = 1,
                              .a_post = -1.5,
                              .tau_c_s = 1,
                              .reward = "dopamine",
                              .w_max = 1,
                              .unit = "1"};
}

bh_status
bh_reward(const bh_reward_params *params, bh_plasticity *out, bh_diag *diag)
{
    struct rule rule;
    BH_TRY(check_time(params->tau_pre_s, "tau_pre", diag));
    BH_TRY(check_time(params->tau_post_s, "tau_post", diag));
    BH_TRY(check_time(params->tau_c_s, "tau_c", diag));
    BH_TRY(check_number(params->a_pre, "a_pre", diag));
    BH_TRY(check_number(params->a_post, "a_post", diag));
    if (!params->reward || !params->reward[0] || strlen(params->reward) > 60)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the reward is a variable of the postsynaptic neurons");
    BH_TRY(begin(&rule, out, params->unit, params->effect, diag));
    BH_TRY(bound(&rule, params->w_min, params->w_max, params->unit));
    add_trace(&rule, "Apre", params->tau_pre_s);
    add_trace(&rule, "Apost", params->tau_post_s);
    add(&rule.model, "dc/dt = -c/(%.17g*second) : 1 (clock-driven)\n", params->tau_c_s);
    add(&rule.model, "dw/dt = %s*c*%s_post : %s (clock-driven)\n", rule.high,
        params->reward, params->unit);
    add(&rule.pre, "Apre += %.17g\nc += Apost\n", params->a_pre);
    add(&rule.post, "Apost += %.17g\nc += Apre\n", params->a_post);
    add_clip(&rule);
    return finish(&rule);
}

bh_short_term_params
bh_short_term_params_default(void)
{
    return (bh_short_term_params){.tau_rec_s = 0.8, .u = 0.5, .unit = "1"};
}

bh_status
bh_short_term(const bh_short_term_params *params, bh_plasticity *out, bh_diag *diag)
{
    struct rule rule;
    const bool facilitates = params->tau_facil_s != 0;
    BH_TRY(check_time(params->tau_rec_s, "tau_rec", diag));
    if (facilitates)
        BH_TRY(check_time(params->tau_facil_s, "tau_facil", diag));
    if (!(params->u > 0 && params->u <= 1))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "u is %g; it must be above 0, at most 1", params->u);
    /* the effect sees what the spike finds */
    BH_TRY(begin(&rule, out, params->unit, params->effect, diag));
    add(&rule.model, "w : %s\n", params->unit);
    add_trace(&rule, "used", params->tau_rec_s);
    if (facilitates)
        add_trace(&rule, "raised", params->tau_facil_s);
    add(&rule.model, "release = (%.17g%s)*(1 - used) : 1\n", params->u,
        facilitates ? " + raised" : "");
    add(&rule.pre, "used += release\n");
    if (facilitates)
        add(&rule.pre, "raised += %.17g*(1 - %.17g - raised)\n", params->u, params->u);
    return finish(&rule);
}
