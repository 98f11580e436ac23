/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/model_internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* From what a file says to a network. */

bh_status
model_blame(bh_status status, bh_diag *diag, const struct model_object *object,
            const struct model_blame *texts, size_t count)
{
    const struct doc_node *owner = object->key ? object->key : object->node;
    if (status == BH_OK || !diag)
        return status;
    for (size_t i = 0; diag->line > 0 && i < count; i++) {
        const struct model_value *value = texts[i].value;
        const size_t length = strlen(texts[i].where);
        if (value->node && strncmp(diag->where, texts[i].where, length) == 0) {
            doc_point(diag, value->node, diag->line, diag->column);
            return status;
        }
    }
    if (owner)
        doc_point(diag, owner, 0, 0);
    return status;
}

bh_status
model_blame_value(bh_status status, bh_diag *diag, const struct doc_node *node)
{
    if (status != BH_OK && diag && node)
        doc_point(diag, node, diag->line, diag->column);
    return status;
}

bh_precision
model_precision(const bh_model *model, const struct model_value *own)
{
    return (bh_precision)(int)(own->node ? own->number
                                         : model->file.run.precision.number);
}

/* The first sound's rate, or 0. */
static bh_status
find_rate(bh_model *model, double *rate_hz, bh_diag *diag)
{
    *rate_hz = 0;
    if (model->sounds == 0)
        return BH_OK;
    BH_TRY(model_open_sound(model, 0, diag));
    *rate_hz = bh_source_samplerate(model->sound[0].out);
    return BH_OK;
}

static bh_status
make_network(bh_model *model, bh_diag *diag)
{
    const struct model_run *run = &model->file.run;
    bh_network_config config = bh_network_config_default();
    double rate_hz;
    BH_TRY(find_rate(model, &rate_hz, diag));
    if (run->dt.number > 0)
        config.dt_s = run->dt.number;
    else if (rate_hz > 0)
        config.dt_s = 1 / rate_hz;
    if (run->duration.number < 0 && model->sounds == 0)
        return doc_error(diag,
                         run->object.node ? run->object.node : model->file.object.node,
                         BH_ERR_TEXT,
                         "without a sound a model must say how long it runs, as 'run: "
                         "{duration: 1 s}'");
    config.seed = run->seed.whole;
    config.random = (bh_random_mode)(int)run->random.number;
    config.comm = model->checking ? NULL : model->comm;
    config.device = model->checking || model->network_stays ? NULL : model->device;
    config.threads = (int)run->threads.number;
    config.window = run->window.node ? (size_t)run->window.number : 0;
    config.code = model->checking ? BH_CODE_INTERPRETED
                                  : (bh_code_mode)(int)run->code.number;
    return model_blame_value(bh_network_new(&config, &model->net, diag), diag,
                             run->object.node);
}

static bh_status
build(bh_model *model, bh_diag *diag)
{
    BH_TRY(make_network(model, diag));
    BH_TRY(model_namespace(model, NULL, &model->all, diag));
    BH_TRY(model_build_groups(model, diag));
    BH_TRY(model_build_inputs(model, diag));
    BH_TRY(model_build_links(model, diag));
    BH_TRY(model_build_synapses(model, diag));
    BH_TRY(model_build_monitors(model, diag));
    BH_TRY(model_build_pictures(model, diag));
    return model_place_filters(model, diag);
}

static void
clear(void *at, size_t count, size_t size)
{
    if (count > 0)
        memset(at, 0, count * size);
}

void
model_unbuild(bh_model *model)
{
    model_abort_outputs(model);
    bh_network_free(model->net);
    model->net = NULL;
    for (size_t i = 0; i < model->filters; i++) {
        bh_source_free(model->filter[i].out);
        bh_cochleagram_free(model->filter[i].levels);
    }
    bh_graph_free(model->graph);
    model->graph = NULL;
    for (size_t i = 0; i < model->sounds; i++)
        model_close_sound(&model->sound[i]);
    for (size_t i = 0; i < model->groups + model->inputs; i++)
        free(model->group[i].cf_hz);
    for (size_t i = 0; i < model->pictures; i++)
        bh_raster_free(model->picture[i].raster);
    bh_namespace_free(model->all);
    model->all = NULL;
    clear(model->filter, model->filters, sizeof *model->filter);
    clear(model->group, model->groups + model->inputs, sizeof *model->group);
    clear(model->synapse, model->synapses, sizeof *model->synapse);
    clear(model->monitor, model->monitors, sizeof *model->monitor);
    clear(model->picture, model->pictures, sizeof *model->picture);
}

/* Whether a text has a name as a word. */
static bool
names(const char *text, const char *name)
{
    const size_t length = strlen(name);
    for (const char *at = strstr(text, name); at; at = strstr(at + 1, name))
        if ((at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_')) &&
            !isalnum((unsigned char)at[length]) && at[length] != '_')
            return true;
    return false;
}

/* All code, in its final form. A message is about the object that it names. */
static bh_status
ready(bh_model *model, bh_diag *diag)
{
    const struct model_objects *lists[] = {&model->file.synapses, &model->file.inputs,
                                           &model->file.groups};
    const bh_status status = bh_network_prepare(model->net, diag);
    if (status == BH_OK || !diag)
        return status;
    for (size_t l = 0; l < 3; l++)
        for (size_t i = 0; i < lists[l]->count; i++) {
            const struct model_object *object = model_object_at(lists[l], i);
            if (names(diag->line ? diag->where : diag->text, object->name)) {
                doc_point(diag, object->key, 0, 0);
                return status;
            }
        }
    return status;
}

static bh_status
build_and_ready(bh_model *model, bh_diag *diag)
{
    model_unbuild(model);
    model->notice[0] = 0;
    BH_TRY(build(model, diag));
    return ready(model, diag);
}

/* A network that the device cannot run is built once more, for the processor. */
static bh_status
build_anew(bh_model *model, bool checking, bh_diag *diag)
{
    bh_diag why = {0}, again = {0};
    model->checking = checking;
    model->network_stays = false;
    bh_status status = build_and_ready(model, &why);
    if (status != BH_OK && model->net && model->device && model_stays(model, &why)) {
        model->network_stays = true;
        status = build_and_ready(model, &again);
        if (status == BH_OK)
            model_note(model, "the network", &why);
        why = again;
    }
    if (status != BH_OK && diag)
        *diag = why;
    if (status != BH_OK || checking)
        model_unbuild(model);
    model->checking = false;
    return status;
}

bh_status
bh_model_build(bh_model *model, bh_diag *diag)
{
    return build_anew(model, false, diag);
}

bh_status
bh_model_check(bh_model *model, bh_diag *diag)
{
    return build_anew(model, true, diag);
}

bh_status
bh_model_run(bh_model *model, bh_diag *diag)
{
    if (!model->net)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a model is built (bh_model_build) before it runs");
    bh_status status = model_open_outputs(model, diag);
    for (size_t i = 0; status == BH_OK && i < model->sounds; i++)
        if (model->sound[i].live)
            status = bh_live_start(model->sound[i].live, diag);
    if (status == BH_OK)
        status = bh_network_run(model->net, bh_model_duration(model), diag);
    const bool partial = status == BH_ERR_STOPPED || status == BH_ERR_DEVICE;
    if (status != BH_OK && !partial) {
        model_abort_outputs(model);
        return status;
    }
    bh_diag why = {0};
    const char *cause = status == BH_OK            ? NULL
                        : status == BH_ERR_STOPPED ? "interrupted"
                                                   : "the device failed";
    const bh_status closed = model_close_outputs(model, cause, &why);
    if (closed == BH_OK)
        return status;
    if (diag)
        *diag = why;
    return closed;
}
