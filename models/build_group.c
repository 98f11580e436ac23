/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/model_internal.h"
#include "neurons/input.h"
#include "neurons/link.h"
#include "neurons/operation.h"
#include "neurons/timed_array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bh_status
model_namespace(const bh_model *model, const struct model_names *own,
                bh_namespace **out, bh_diag *diag)
{
    const struct model_names *lists[] = {&model->file.constants, own};
    bh_namespace *names = NULL;
    BH_TRY(bh_namespace_new(&names, diag));
    bh_status status = BH_OK;
    for (size_t l = 0; l < 2 && lists[l]; l++)
        for (size_t i = 0; status == BH_OK && i < lists[l]->count; i++)
            status = model_define(names, lists[l]->names[i].key->text,
                                  &lists[l]->names[i].value, diag);
    for (size_t i = 0; status == BH_OK && i < model->file.timed_arrays.count; i++)
        status = model_define_timed(model, names, i, diag);
    if (status == BH_OK)
        *out = names;
    else
        bh_namespace_free(names);
    return status;
}

bh_status
model_names_of(const bh_model *model, const struct model_names *own,
               bh_namespace **made, const bh_namespace **out, bh_diag *diag)
{
    *made = NULL;
    if (own->count > 0)
        BH_TRY(model_namespace(model, own, made, diag));
    *out = *made ? *made : model->all;
    return BH_OK;
}

/* A list of values, in SI units already where they have none of their own. */
static bh_status
set_list(const bh_model *model, bh_group *group, const struct model_name *name,
         bh_diag *diag)
{
    const size_t count = name->list.count;
    double *values = malloc(count * sizeof *values + 1);
    bh_status status = BH_OK;
    if (!values)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu values", count);
    status = model_si(model->all, &name->list, values, diag);
    if (status == BH_OK)
        status = model_blame_value(
            bh_group_set_array(group, name->key->text, values, count, diag), diag,
            name->list.node);
    free(values);
    return status;
}

static bh_status
set_initial(const bh_model *model, bh_group *group, const struct model_names *initial,
            bh_diag *diag)
{
    for (size_t i = 0; i < initial->count; i++) {
        const struct model_name *name = &initial->names[i];
        if (name->list.node) {
            BH_TRY(set_list(model, group, name, diag));
            continue;
        }
        const bh_status status =
            bh_group_set(group, name->key->text, name->value.text, diag);
        BH_TRY(model_blame_value(status, diag,
                                 diag && diag->line ? name->value.node : name->key));
    }
    return BH_OK;
}

static bh_status
set_events(bh_group *group, const struct model_group *g, bh_diag *diag)
{
    for (size_t i = 0; i < g->events.count; i++) {
        const struct model_event *event =
            &((const struct model_event *)g->events.at)[i];
        BH_TRY(model_blame_value(
            bh_group_event(group, event->object.name, event->condition.text, diag),
            diag, event->condition.node));
        if (event->run.node)
            BH_TRY(model_blame_value(
                bh_group_on_event(group, event->object.name, event->run.text, diag),
                diag, event->run.node));
    }
    return BH_OK;
}

static bh_status
run_at(bh_group *group, const struct model_regular *regular, bh_diag *diag)
{
    const size_t count = regular->at.count;
    double *times_s = malloc(count * sizeof *times_s + 1);
    if (!times_s)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu times", count);
    for (size_t i = 0; i < count; i++)
        times_s[i] = regular->at.values[i].number;
    const bh_status status =
        bh_group_run_at(group, regular->run.text, times_s, count, diag);
    free(times_s);
    return status;
}

static bh_status
set_regularly(bh_group *group, const struct model_group *g, bh_diag *diag)
{
    for (size_t i = 0; i < g->regularly.count; i++) {
        const struct model_regular *regular =
            &((const struct model_regular *)g->regularly.at)[i];
        bh_status status;
        if (regular->at.count) {
            status = run_at(group, regular, diag);
        } else {
            bh_regular_config config = bh_regular_config_default(group);
            config.statements = regular->run.text;
            config.when = regular->when.text;
            if (regular->every.node)
                config.every_s = regular->every.number;
            status = bh_group_run_in_slot(group, &config, diag);
        }
        BH_TRY(model_blame_value(status, diag, regular->run.node));
    }
    return BH_OK;
}

static bh_status
set_drives(bh_group *group, const struct model_group *g, bh_diag *diag)
{
    for (size_t i = 0; i < g->poisson.count; i++) {
        const struct model_drive *drive =
            &((const struct model_drive *)g->poisson.at)[i];
        const struct model_blame texts[] = {{"rate", &drive->rate},
                                            {"weight", &drive->weight}};
        BH_TRY(model_blame(bh_poisson_input_new(group, drive->variable.text,
                                                (size_t)drive->inputs.number,
                                                drive->rate.text, drive->weight.text,
                                                diag),
                           diag, &drive->object, texts, 2));
    }
    return BH_OK;
}

static bh_status
set_timed(const bh_model *model, bh_group *group, const struct model_group *g,
          bh_diag *diag)
{
    for (size_t i = 0; i < g->timed.count; i++)
        BH_TRY(model_set_timed(model, group,
                               &((const struct model_timed *)g->timed.at)[i], diag));
    return BH_OK;
}

static bh_status
build_group(const bh_model *model, const struct model_group *g, bh_group **out,
            bh_diag *diag)
{
    const struct model_blame texts[] = {{"equations", &g->equations},
                                        {"threshold", &g->threshold},
                                        {"reset", &g->reset},
                                        {"refractory", &g->refractory},
                                        {"method", &g->method}};
    bh_group_config config = bh_group_config_default();
    bh_namespace *own;
    config.name = g->object.name;
    config.count = (size_t)g->count.number;
    config.equations = g->equations.text;
    config.threshold = g->threshold.text;
    config.reset = g->reset.text;
    config.refractory = g->refractory.text;
    config.method = g->method.text;
    config.precision = model_precision(model, &g->precision);
    config.dt_s = g->clock.number;
    BH_TRY(model_names_of(model, &g->constants, &own, &config.names, diag));
    const bh_status status = model_blame(bh_group_new(model->net, &config, out, diag),
                                         diag, &g->object, texts,
                                         sizeof texts / sizeof texts[0]);
    bh_namespace_free(own);
    BH_TRY(status);
    BH_TRY(set_initial(model, *out, &g->initial, diag));
    BH_TRY(set_events(*out, g, diag));
    BH_TRY(set_timed(model, *out, g, diag));
    BH_TRY(set_regularly(*out, g, diag));
    return set_drives(*out, g, diag);
}

bh_status
model_build_groups(bh_model *model, bh_diag *diag)
{
    for (size_t i = 0; i < model->groups; i++)
        BH_TRY(build_group(model, MODEL_PART(model, groups, model_group, i),
                           &model->group[i].group, diag));
    return BH_OK;
}

/* The centre frequency that drives each neuron. */
static bh_status
spread_cf(struct model_group_built *built, const double *cf_hz, size_t channels,
          bh_diag *diag)
{
    const size_t count = bh_group_count(built->group);
    if (!cf_hz || built->cf_hz || count % channels != 0)
        return BH_OK;
    built->cf_hz = malloc(count * sizeof *built->cf_hz + 1);
    if (!built->cf_hz)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu neurons", count);
    for (size_t i = 0; i < count; i++)
        built->cf_hz[i] = cf_hz[i / (count / channels)];
    return BH_OK;
}

static bh_status
make_link(bh_model *model, size_t to, const struct model_link *link, bh_diag *diag)
{
    struct model_group_built *built = &model->group[to];
    bh_link_config config = bh_link_config_default(built->group);
    const double *cf_hz = NULL;
    size_t channels = 0;
    config.to_variable = link->object.name;
    config.expression = link->expression.text;
    config.when = link->when.text;
    if (link->clock.node)
        config.clock_dt_s = link->clock.number;
    config.from = bh_model_group(model, link->from.text);
    if (config.from) {
        if (!link->variable.node)
            return doc_error(diag, link->object.key, BH_ERR_TEXT,
                             "this link comes from a group, so it needs 'variable': "
                             "whose variable it is");
        config.from_variable = link->variable.text;
    } else {
        if (link->variable.node)
            return doc_error(diag, link->variable.node, BH_ERR_TEXT,
                             "'variable' is for links from groups; %s has none",
                             link->from.text);
        BH_TRY(
            model_source(model, &link->from, &config.source, &cf_hz, &channels, diag));
        if (!built->source)
            built->source = link->from.text;
    }
    const struct model_blame texts[] = {{"link to", &link->expression}};
    BH_TRY(model_blame(bh_link_new(&config, diag), diag, &link->object, texts, 1));
    return spread_cf(built, cf_hz, channels, diag);
}

/* What drives a group or input. */
static const struct model_objects *
links_of(const bh_model *model, size_t i)
{
    if (i < model->groups)
        return &MODEL_PART(model, groups, model_group, i)->links;
    return &MODEL_PART(model, inputs, model_input, i - model->groups)->links;
}

static const struct model_link *
link_at(const struct model_objects *links, size_t l)
{
    return &((const struct model_link *)links->at)[l];
}

bh_status
model_build_links(bh_model *model, bh_diag *diag)
{
    const size_t count = model->groups + model->inputs;
    for (size_t i = 0; i < count; i++)
        for (size_t l = 0; l < links_of(model, i)->count; l++) {
            const struct model_value *from = &link_at(links_of(model, i), l)->from;
            if (!bh_model_group(model, from->text))
                BH_TRY(model_hear(model, from, diag));
        }
    for (size_t i = 0; i < model->pictures; i++) {
        const struct model_picture *p = MODEL_PART(model, pictures, model_picture, i);
        if (p->levels.node)
            BH_TRY(model_hear(model, &p->levels, diag));
    }
    for (size_t i = 0; i < count; i++)
        for (size_t l = 0; l < links_of(model, i)->count; l++)
            BH_TRY(make_link(model, i, link_at(links_of(model, i), l), diag));
    return BH_OK;
}
