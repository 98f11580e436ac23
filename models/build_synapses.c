/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/model_internal.h"
#include "neurons/connect.h"
#include "neurons/plasticity.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A bound of "[0:100]"; where nothing stands there `otherwise`. */
static bh_status
bound(const bh_model *model, const struct model_value *value, const char *text,
      size_t length, size_t otherwise, size_t *out, bh_diag *diag)
{
    char part[200];
    double number;
    *out = otherwise;
    if (length >= sizeof part)
        return doc_error(diag, value->node, BH_ERR_TEXT, "this bound is too long");
    snprintf(part, sizeof part, "%.*s", (int)length, text);
    if (part[strspn(part, " ")] == 0)
        return BH_OK;
    const struct model_value inner = {.node = value->node, .text = part};
    bh_diag why = {0};
    if (model_evaluate(model->names, "the bound", &inner, "1", &number, &why) != BH_OK)
        return doc_error(diag, value->node, BH_ERR_TEXT, "'%.60s': %.300s", part,
                         why.text);
    if (!(number >= 0 && number <= 4294967295.0) || number != floor(number))
        return doc_error(diag, value->node, BH_ERR_TEXT,
                         "'%.60s' is %g; a neuron has a whole number, 0 or above", part,
                         number);
    *out = (size_t)number;
    return BH_OK;
}

bh_status
model_subgroup(const bh_model *model, const struct model_value *value, bh_subgroup *out,
               bh_diag *diag)
{
    char name[64];
    const char *text = value->text, *open = strchr(text, '[');
    const size_t length = strcspn(text, "[ ");
    snprintf(name, sizeof name, "%.*s", (int)(length < 63 ? length : 63), text);
    bh_group *group = bh_model_group(model, name);
    const size_t count = bh_group_count(group);
    size_t first, end;
    *out = bh_all(group);
    if (!open)
        return BH_OK;
    const char *colon = strchr(open, ':'), *close = strchr(open, ']');
    if (!colon || !close || close < colon || close[1 + strspn(close + 1, " ")] != 0)
        return doc_error(diag, value->node, BH_ERR_TEXT,
                         "'%.60s' is no part of a group; that is such as %s[0:100]",
                         text, name);
    BH_TRY(bound(model, value, open + 1, (size_t)(colon - open) - 1, 0, &first, diag));
    BH_TRY(
        bound(model, value, colon + 1, (size_t)(close - colon) - 1, count, &end, diag));
    if (first >= end || end > count)
        return doc_error(diag, value->node, BH_ERR_ARGUMENT,
                         "'%.60s' ends at %zu; %s has %zu neurons, and a part begins "
                         "before its end",
                         text, end, name, count);
    *out = bh_part(group, first, end - first);
    return BH_OK;
}

/* Weights have the unit of w. */
static bh_status
weight(const bh_model *model, const struct model_plasticity *p,
       const struct model_value *value, const char *what, double otherwise, double *out,
       bh_diag *diag)
{
    *out = otherwise;
    if (!value->node)
        return BH_OK;
    return model_evaluate(model->names, what, value, p->unit.text, out, diag);
}

enum rule { STDP, TRIPLET, REWARD, SHORT_TERM };

static bh_status
make_stdp(const struct model_plasticity *p, double w_min, double w_max,
          bh_plasticity *out, bh_diag *diag)
{
    bh_stdp_params params = bh_stdp_params_default();
    params.tau_pre_s = model_number(&p->tau_pre, params.tau_pre_s);
    params.tau_post_s = model_number(&p->tau_post, params.tau_post_s);
    params.a_pre = model_number(&p->a_pre, params.a_pre);
    params.a_post = model_number(&p->a_post, params.a_post);
    params.pairs = (bh_stdp_pairs)(int)p->pairs.number;
    params.update = (bh_stdp_update)(int)p->update.number;
    params.w_min = w_min;
    params.w_max = w_max;
    params.unit = p->unit.text;
    params.effect = p->effect.text;
    return bh_stdp(&params, out, diag);
}

static bh_status
make_triplet(const struct model_plasticity *p, double w_min, double w_max,
             bh_plasticity *out, bh_diag *diag)
{
    bh_triplet_params params = bh_triplet_params_default();
    params.tau_plus_s = model_number(&p->tau_plus, params.tau_plus_s);
    params.tau_minus_s = model_number(&p->tau_minus, params.tau_minus_s);
    params.tau_x_s = model_number(&p->tau_x, params.tau_x_s);
    params.tau_y_s = model_number(&p->tau_y, params.tau_y_s);
    params.a2_plus = model_number(&p->a2_plus, params.a2_plus);
    params.a2_minus = model_number(&p->a2_minus, params.a2_minus);
    params.a3_plus = model_number(&p->a3_plus, params.a3_plus);
    params.a3_minus = model_number(&p->a3_minus, params.a3_minus);
    params.nearest = p->nearest.number != 0;
    params.w_min = w_min;
    params.w_max = w_max;
    params.unit = p->unit.text;
    params.effect = p->effect.text;
    return bh_triplet(&params, out, diag);
}

static bh_status
make_reward(const struct model_plasticity *p, double w_min, double w_max,
            bh_plasticity *out, bh_diag *diag)
{
    bh_reward_params params = bh_reward_params_default();
    params.tau_pre_s = model_number(&p->tau_pre, params.tau_pre_s);
    params.tau_post_s = model_number(&p->tau_post, params.tau_post_s);
    params.a_pre = model_number(&p->a_pre, params.a_pre);
    params.a_post = model_number(&p->a_post, params.a_post);
    params.tau_c_s = model_number(&p->tau_c, params.tau_c_s);
    if (p->reward.node)
        params.reward = p->reward.text;
    params.w_min = w_min;
    params.w_max = w_max;
    params.unit = p->unit.text;
    params.effect = p->effect.text;
    return bh_reward(&params, out, diag);
}

static bh_status
make_plasticity(const bh_model *model, const struct model_plasticity *p,
                bh_plasticity *out, bh_diag *diag)
{
    double w_min, w_max;
    BH_TRY(weight(model, p, &p->w_min, "w_min", 0, &w_min, diag));
    BH_TRY(weight(model, p, &p->w_max, "w_max", 1, &w_max, diag));
    bh_status status;
    if ((int)p->rule.number == STDP) {
        status = make_stdp(p, w_min, w_max, out, diag);
    } else if ((int)p->rule.number == TRIPLET) {
        status = make_triplet(p, w_min, w_max, out, diag);
    } else if ((int)p->rule.number == REWARD) {
        status = make_reward(p, w_min, w_max, out, diag);
    } else {
        bh_short_term_params params = bh_short_term_params_default();
        params.tau_rec_s = model_number(&p->tau_rec, params.tau_rec_s);
        params.tau_facil_s = model_number(&p->tau_facil, params.tau_facil_s);
        params.u = model_number(&p->u, params.u);
        params.unit = p->unit.text;
        params.effect = p->effect.text;
        status = bh_short_term(&params, out, diag);
    }
    return model_blame_value(status, diag, p->object.node);
}

static bh_status
given_pairs(const struct model_connect *c, bh_connect_config *config, uint32_t **out,
            bh_diag *diag)
{
    const size_t count = c->i.count;
    *out = NULL;
    if (!c->i.node && !c->j.node)
        return BH_OK;
    if (c->j.count != count)
        return doc_error(diag, c->object.node, BH_ERR_TEXT,
                         "there are %zu of i and %zu of j; give one for each synapse",
                         count, c->j.count);
    uint32_t *pairs = *out = malloc(2 * count * sizeof *pairs + 1);
    if (!pairs)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu pairs", count);
    for (size_t n = 0; n < count; n++) {
        const struct model_value *i = &c->i.values[n], *j = &c->j.values[n];
        if (i->whole > UINT32_MAX || j->whole > UINT32_MAX)
            return doc_error(diag, i->whole > UINT32_MAX ? i->node : j->node,
                             BH_ERR_ARGUMENT, "there is no such neuron");
        pairs[n] = (uint32_t)i->whole;
        pairs[count + n] = (uint32_t)j->whole;
    }
    config->i = pairs;
    config->j = pairs + count;
    config->pairs = count;
    return BH_OK;
}

static bh_status
connect(bh_synapses *synapses, const struct model_connect *c, bh_diag *diag)
{
    const struct model_blame texts[] = {{"condition", &c->condition},
                                        {"probability", &c->probability},
                                        {"targets", &c->targets},
                                        {"sources", &c->sources},
                                        {"copies", &c->copies}};
    bh_connect_config config = bh_connect_config_default();
    uint32_t *pairs;
    config.condition = c->condition.text;
    config.probability = c->probability.text;
    config.targets = c->targets.text;
    config.sources = c->sources.text;
    config.copies = c->copies.text;
    config.in_degree = (size_t)c->in_degree.whole;
    config.out_degree = (size_t)c->out_degree.whole;
    config.total = (size_t)c->total.whole;
    config.no_multapses = c->multapses.number == 0;
    config.no_autapses = c->autapses.number == 0;
    config.one_to_one = c->one_to_one.number != 0;
    config.skip_if_invalid = c->skip_if_invalid.number != 0;
    bh_status status = given_pairs(c, &config, &pairs, diag);
    if (status == BH_OK)
        status = model_blame(bh_synapses_connect(synapses, &config, diag), diag,
                             &c->object, texts, sizeof texts / sizeof texts[0]);
    free(pairs);
    return status;
}

static bh_status
add_pathways(bh_synapses *synapses, const struct model_synapses *s, bh_diag *diag)
{
    for (size_t i = 0; i < s->pathways.count; i++) {
        const struct model_pathway *p =
            &((const struct model_pathway *)s->pathways.at)[i];
        char where[64];
        snprintf(where, sizeof where, "on_%s of", p->object.name);
        const struct model_blame texts[] = {{"delay", &p->delay}, {where, &p->run}};
        bh_pathway_config config = bh_pathway_config_default();
        config.name = p->object.name;
        config.from_post = p->from.number != 0;
        config.event = p->event.text;
        config.code = p->run.text;
        config.delay = p->delay.text;
        config.order = (int)p->order.number;
        BH_TRY(model_blame(bh_synapses_pathway(synapses, &config, diag), diag,
                           &p->object, texts, 2));
    }
    return BH_OK;
}

static bh_status
set_array(const bh_model *model, bh_synapses *synapses, const struct model_name *name,
          bh_diag *diag)
{
    double *values = malloc(name->list.count * sizeof *values + 1);
    if (!values)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for values");
    bh_status status = model_si(model->all, &name->list, values, diag);
    if (status == BH_OK)
        status =
            model_blame_value(bh_synapses_set_array(synapses, name->key->text, values,
                                                    name->list.count, diag),
                              diag, name->list.node);
    free(values);
    return status;
}

static bh_status
set_values(const bh_model *model, bh_synapses *synapses, const struct model_synapses *s,
           bh_diag *diag)
{
    for (size_t i = 0; i < s->initial.count; i++) {
        const struct model_name *name = &s->initial.names[i];
        bh_status status;
        if (name->list.node)
            status = set_array(model, synapses, name, diag);
        else
            status = model_blame_value(
                bh_synapses_set(synapses, name->key->text, NULL, name->value.text,
                                diag),
                diag, diag && diag->line ? name->value.node : name->key);
        BH_TRY(status);
    }
    for (size_t i = 0; i < s->set.count; i++) {
        const struct model_set *set = &((const struct model_set *)s->set.at)[i];
        const struct model_blame texts[] = {
            {"condition", &set->where}, {"where", &set->where}, {"", &set->to}};
        BH_TRY(model_blame(bh_synapses_set(synapses, set->variable.text,
                                           set->where.text, set->to.text, diag),
                           diag, &set->object, texts, 3));
    }
    return BH_OK;
}

static bh_status
run_regularly(bh_synapses *synapses, const struct model_synapses *s, double dt_s,
              bh_diag *diag)
{
    for (size_t i = 0; i < s->regularly.count; i++) {
        const struct model_regular *regular =
            &((const struct model_regular *)s->regularly.at)[i];
        const double every_s = regular->every.node ? regular->every.number : dt_s;
        if (regular->at.node)
            return doc_error(diag, regular->at.node, BH_ERR_TEXT,
                             "statements of synapses run 'every' so often; only those "
                             "of groups run 'at' times");
        BH_TRY(model_blame_value(
            bh_synapses_run_regularly(synapses, regular->run.text, every_s, diag), diag,
            regular->run.node));
    }
    return BH_OK;
}

/* The synapses without their connections. */
static bh_status
make(const bh_model *model, const struct model_synapses *s, bh_synapses **out,
     bh_diag *diag)
{
    const struct model_blame texts[] = {{"model", &s->equations},
                                        {"on_pre", &s->on_pre},
                                        {"on_post", &s->on_post},
                                        {"delay of pathway pre", &s->delay},
                                        {"delay of pathway post", &s->delay_post},
                                        {"multisynaptic", &s->multisynaptic_index}};
    bh_synapses_config config = bh_synapses_config_default();
    bh_plasticity plasticity;
    bh_namespace *own;
    BH_TRY(model_subgroup(model, &s->from, &config.source, diag));
    BH_TRY(model_subgroup(model, &s->to, &config.target, diag));
    config.name = s->object.name;
    config.model = s->equations.text;
    config.on_pre = s->on_pre.text;
    config.on_post = s->on_post.text;
    config.event_pre = s->event_pre.text;
    config.event_post = s->event_post.text;
    config.delay = s->delay.text;
    config.delay_post = s->delay_post.text;
    config.method = s->method.text;
    config.multisynaptic_index = s->multisynaptic_index.text;
    config.procedural = s->procedural.number != 0;
    if (s->max_delay.node)
        config.max_delay_s = s->max_delay.number;
    if (s->plasticity.rule.node) {
        if (s->equations.node || s->on_pre.node || s->on_post.node)
            return doc_error(
                diag, s->plasticity.object.node, BH_ERR_TEXT,
                "'plasticity' has equations, on_pre and on_post of its own");
        BH_TRY(make_plasticity(model, &s->plasticity, &plasticity, diag));
        bh_plasticity_use(&plasticity, &config);
    }
    BH_TRY(model_names_of(model, &s->constants, &own, &config.names, diag));
    const bh_status status = model_blame(bh_synapses_new(&config, out, diag), diag,
                                         &s->object, texts,
                                         sizeof texts / sizeof texts[0]);
    bh_namespace_free(own);
    return status;
}

bh_status
model_build_synapses(bh_model *model, bh_diag *diag)
{
    for (size_t i = 0; i < model->synapses; i++) {
        const struct model_synapses *s = MODEL_PART(model, synapses, model_synapses, i);
        bh_synapses **synapses = &model->synapse[i];
        BH_TRY(make(model, s, synapses, diag));
        BH_TRY(add_pathways(*synapses, s, diag));
        for (size_t c = 0; c < s->connect.count; c++)
            BH_TRY(connect(*synapses, &((const struct model_connect *)s->connect.at)[c],
                           diag));
        BH_TRY(set_values(model, *synapses, s, diag));
        BH_TRY(run_regularly(*synapses, s, bh_network_dt(model->net), diag));
    }
    return BH_OK;
}
