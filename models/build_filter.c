/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/catalogue.h"
#include "filterbank/hrtf_bank.h"
#include "filterbank/mix.h"
#include "filterbank/place.h"
#include "filterbank/scale.h"
#include "io/sofa.h"
#include "models/model_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sounds and filters become one graph, from the sounds on. */

/* A node, with the centre frequencies of its channels. */
struct heard {
    bh_node node;
    size_t channels;
    const double *cf_hz;
};

static bh_status hear(bh_model *model, const struct model_value *name,
                      struct heard *out, bh_diag *diag);

/* Of all filters, as they share a graph. */
static bh_precision
precision_of(const bh_model *model)
{
    return (bh_precision)(int)model->file.run.precision.number;
}

static bh_status
need_graph(bh_model *model, double samplerate_hz, bh_diag *diag)
{
    if (model->graph)
        return BH_OK;
    model->samplerate_hz = samplerate_hz;
    return bh_graph_new(samplerate_hz, precision_of(model), &model->graph, diag);
}

static bh_status
hear_sound(bh_model *model, size_t i, struct heard *out, bh_diag *diag)
{
    struct model_sound_built *built = &model->sound[i];
    const struct model_sound *sound = MODEL_PART(model, sounds, model_sound, i);
    BH_TRY(model_open_sound(model, i, diag));
    const double rate_hz = bh_source_samplerate(built->out);
    BH_TRY(need_graph(model, rate_hz, diag));
    if (rate_hz != model->samplerate_hz)
        return doc_error(diag, sound->object.key, BH_ERR_ARGUMENT,
                         "this sound has %g Hz and another one %g Hz; give it "
                         "'samplerate: %g Hz'",
                         rate_hz, model->samplerate_hz, model->samplerate_hz);
    if (!built->heard)
        BH_TRY(bh_graph_hear(model->graph, built->out, &built->node, diag));
    built->heard = true;
    *out = (struct heard){built->node, bh_source_channels(built->out), NULL};
    return BH_OK;
}

/* Where the places of a filter lie: its own, or those of what it hears. */
static bh_status
spread_cf(const bh_model *model, const struct model_filter *f, const struct heard *in,
          double **out, size_t *channels, bh_diag *diag)
{
    const bool own = f->cf.count || f->channels.node || f->low.node || f->high.node;
    enum { CHANNELS = 128 };
    *channels = f->cf.count         ? f->cf.count
                : f->channels.node  ? (size_t)f->channels.number
                : !own && in->cf_hz ? in->channels
                                    : CHANNELS;
    double *cf_hz = bh_arena_take(model->arena, *channels * sizeof *cf_hz + 1);
    if (!cf_hz)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu places", *channels);
    *out = cf_hz;
    for (size_t i = 0; i < *channels; i++)
        if (f->cf.count)
            cf_hz[i] = f->cf.values[i].number;
        else if (!own && in->cf_hz)
            cf_hz[i] = in->cf_hz[i];
    if (f->cf.count || (!own && in->cf_hz))
        return BH_OK;
    const double half_hz = model->samplerate_hz / 2, low_hz = f->low.number;
    double high_hz = f->high.number;
    if (high_hz < 0)
        high_hz = fmin(20000, 0.9 * half_hz);
    if (high_hz >= half_hz || low_hz >= high_hz)
        return doc_error(diag, f->high.node ? f->high.node : f->object.key,
                         BH_ERR_ARGUMENT,
                         "places from %.10g to %.10g Hz; they must rise, and end below "
                         "half the sample rate, %.10g Hz",
                         low_hz, high_hz, half_hz);
    if ((int)f->spacing.number == 0)
        return bh_erbspace(low_hz, high_hz, *channels, bh_erb_params_default(), cf_hz,
                           diag);
    const bool logarithmic = (int)f->spacing.number == 2;
    for (size_t i = 0; i < *channels; i++) {
        const double x = *channels > 1 ? (double)i / (double)(*channels - 1) : 0;
        cf_hz[i] = logarithmic ? low_hz * pow(high_hz / low_hz, x)
                               : low_hz + x * (high_hz - low_hz);
    }
    return BH_OK;
}

/* A parameter as the catalogue reads it. */
static bh_status
setting_text(const bh_model *model, const bh_bank_param *param,
             const struct model_name *name, char **out, bh_diag *diag)
{
    const bool plain = param->choices || param->list > 0 || !name->value.text;
    size_t size = 64;
    for (size_t i = 0; i < name->list.count; i++)
        size += strlen(name->list.values[i].text) + 32;
    if (name->value.text)
        size += strlen(name->value.text);
    char *text = *out = bh_arena_take(model->arena, size);
    if (!text)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a parameter");
    if (!name->value.text) {
        size_t used = 0;
        for (size_t i = 0; i < name->list.count; i++)
            used += (size_t)snprintf(text + used, size - used, "%s%s", i ? "," : "",
                                     name->list.values[i].text);
        return BH_OK;
    }
    if (plain) {
        snprintf(text, size, "%s", name->value.text);
        return BH_OK;
    }
    double number;
    BH_TRY(model_evaluate(model->names, param->name, &name->value,
                          *param->unit ? param->unit : "1", &number, diag));
    snprintf(text, size, "%.17g", number);
    return BH_OK;
}

/* A message of the catalogue is about the parameter that it names. */
static bh_status
blame_setting(bh_status status, bh_diag *diag, const struct model_filter *f)
{
    const struct doc_node *node = f->bank.node;
    if (status == BH_OK || !diag || diag->line > 0)
        return status;
    for (size_t i = 0; i < f->set.count; i++) {
        const char *name = f->set.names[i].key->text;
        const size_t length = strlen(name);
        if (strncmp(diag->text, name, length) == 0 && diag->text[length] == ' ')
            node = f->set.names[i].value.node ? f->set.names[i].value.node
                                              : f->set.names[i].list.node;
    }
    return model_blame_value(status, diag, node);
}

static bh_status
make_bank(const bh_model *model, const struct model_filter *f, const double *cf_hz,
          size_t channels, bh_filterbank **out, bh_diag *diag)
{
    enum { MOST = 64 };
    const bh_bank_kind *kind = bh_bank_kind_find(f->bank.text);
    bh_bank_setting settings[MOST];
    size_t count = 0;
    for (size_t i = 0; i < f->set.count && count < MOST; i++) {
        const struct model_name *name = &f->set.names[i];
        char *text = NULL;
        size_t p = 0;
        while (strcmp(kind->params[p].name, name->key->text) != 0)
            p++;
        BH_TRY(setting_text(model, &kind->params[p], name, &text, diag));
        settings[count++] = (bh_bank_setting){name->key->text, text};
    }
    return blame_setting(bh_bank_new(kind, model->samplerate_hz, cf_hz, channels,
                                     settings, count, precision_of(model), out, diag),
                         diag, f);
}

/* A bank that belongs to the graph from here on. */
static bh_status
put_bank(bh_model *model, const struct model_filter *f, const struct heard *in,
         bh_filterbank *bank, struct heard *out, bh_diag *diag)
{
    const bh_status status =
        bh_graph_bank(model->graph, in->node, bank, &out->node, diag);
    if (status != BH_OK) {
        bh_filterbank_free(bank);
        return model_blame(status, diag, &f->object, NULL, 0);
    }
    out->channels = bh_filterbank_channels(bank);
    return BH_OK;
}

static bh_status
build_bank(bh_model *model, const struct model_filter *f, struct heard *out,
           bh_diag *diag)
{
    const bh_bank_kind *kind = bh_bank_kind_find(f->bank.text);
    struct heard in;
    bh_filterbank *bank = NULL;
    double *own_hz = NULL;
    BH_TRY(hear(model, &f->input, &in, diag));
    size_t channels = in.channels;
    const double *cf_hz = in.cf_hz;
    if (kind->takes_cf) {
        BH_TRY(model_blame(spread_cf(model, f, &in, &own_hz, &channels, diag), diag,
                           &f->object, NULL, 0));
        cf_hz = own_hz;
    }
    BH_TRY(make_bank(model, f, cf_hz, channels, &bank, diag));
    out->cf_hz = cf_hz;
    return put_bank(model, f, &in, bank, out, diag);
}

static bh_status
read_hrtf(const bh_model *model, const struct model_filter *f, bh_hrtf_set **out,
          bh_diag *diag)
{
    char path[MODEL_PATH_MAX];
    const bh_direction where = {f->azimuth.number, f->elevation.number, NAN};
    bh_hrtf_set *all = NULL, *one = NULL;
    size_t pair = 0;
    BH_TRY(model_path(&f->hrtf, path, sizeof path, diag));
    BH_TRY(bh_sofa_read(path, &all, diag));
    bh_status status = bh_hrtf_nearest(all, &where, &pair, diag);
    if (status == BH_OK)
        status = bh_hrtf_subset(all, &pair, 1, &one, diag);
    bh_hrtf_set_free(all);
    BH_TRY(status);
    if (bh_hrtf_samplerate(one) == model->samplerate_hz) {
        *out = one;
        return BH_OK;
    }
    status = bh_hrtf_resample(one, model->samplerate_hz, BH_RESAMPLE_BEST, out, diag);
    bh_hrtf_set_free(one);
    return status;
}

static bh_status
build_hrtf(bh_model *model, const struct model_filter *f, struct heard *out,
           bh_diag *diag)
{
    struct heard in;
    bh_hrtf_set *set = NULL;
    bh_filterbank *bank = NULL;
    BH_TRY(hear(model, &f->input, &in, diag));
    BH_TRY(model_blame_value(read_hrtf(model, f, &set, diag), diag, f->hrtf.node));
    const bh_status status = bh_hrtf_filterbank(
        set, (bh_hrtf_order)(int)f->order.number, precision_of(model), &bank, diag);
    bh_hrtf_set_free(set);
    BH_TRY(model_blame_value(status, diag, f->hrtf.node));
    return put_bank(model, f, &in, bank, out, diag);
}

/* All that a list names; the widest of them has the channels of the result. */
static bh_status
hear_list(bh_model *model, const struct model_list *list, struct heard *out,
          bh_node *nodes, struct heard *widest, bh_diag *diag)
{
    *widest = (struct heard){.channels = 0};
    for (size_t i = 0; i < list->count; i++) {
        BH_TRY(hear(model, &list->values[i], &out[i], diag));
        nodes[i] = out[i].node;
        if (out[i].channels > widest->channels ||
            (out[i].channels == widest->channels && !widest->cf_hz))
            *widest = out[i];
    }
    return BH_OK;
}

/* The places of channels that were put in another order. */
static bh_status
route_cf(const bh_model *model, const bh_graph_routing *routing,
         const struct heard *inputs, struct heard *out, bh_diag *diag)
{
    size_t total = 0, made = 0;
    for (size_t i = 0; i < routing->count; i++) {
        total += inputs[i].channels * routing->repeats;
        if (!inputs[i].cf_hz)
            return BH_OK;
    }
    double *all = bh_arena_take(model->arena, total * sizeof *all + 1);
    double *cf_hz = bh_arena_take(model->arena, out->channels * sizeof *cf_hz + 1);
    if (!all || !cf_hz)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", total);
    if (routing->interleave)
        for (size_t ch = 0; ch < inputs[0].channels; ch++)
            for (size_t i = 0; i < routing->count; i++)
                for (size_t r = 0; r < routing->repeats; r++)
                    all[(ch * routing->repeats + r) * routing->count + i] =
                        inputs[i].cf_hz[ch];
    else
        for (size_t i = 0; i < routing->count; i++)
            for (size_t ch = 0; ch < inputs[i].channels * routing->repeats; ch++)
                all[made++] = inputs[i].cf_hz[ch / routing->repeats];
    for (size_t ch = 0; ch < out->channels; ch++)
        cf_hz[ch] = all[routing->map ? routing->map[ch] : ch % total];
    out->cf_hz = cf_hz;
    return BH_OK;
}

static bh_status
build_route(bh_model *model, const struct model_filter *f, struct heard *out,
            bh_diag *diag)
{
    const struct model_list *list = f->join.count ? &f->join : &f->interleave;
    bh_node nodes[BH_GRAPH_INPUTS_MAX];
    struct heard inputs[BH_GRAPH_INPUTS_MAX], widest;
    size_t *map = bh_arena_take(model->arena, f->map.count * sizeof *map + 1);
    bh_graph_routing routing = {.inputs = nodes,
                                .count = list->count,
                                .repeats = (size_t)f->repeats.number,
                                .interleave = f->interleave.count > 0,
                                .tiles = (size_t)f->tiles.number,
                                .map_count = f->map.count};
    if (!map)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a map");
    for (size_t i = 0; i < f->map.count; i++)
        map[i] = (size_t)f->map.values[i].number;
    routing.map = f->map.count ? map : NULL;
    BH_TRY(hear_list(model, list, inputs, nodes, &widest, diag));
    BH_TRY(bh_graph_route(model->graph, &routing, &out->node, diag));
    out->channels = bh_graph_channels(model->graph, out->node);
    return route_cf(model, &routing, inputs, out, diag);
}

static bh_status
build_sum(bh_model *model, const struct model_filter *f, struct heard *out,
          bh_diag *diag)
{
    bh_node nodes[BH_GRAPH_INPUTS_MAX];
    double weights[BH_GRAPH_INPUTS_MAX];
    struct heard inputs[BH_GRAPH_INPUTS_MAX];
    if (f->weights.count && f->weights.count != f->sum.count)
        return doc_error(diag, f->weights.node, BH_ERR_TEXT,
                         "there are %zu weights for %zu inputs; give one for each",
                         f->weights.count, f->sum.count);
    for (size_t i = 0; i < f->weights.count; i++)
        weights[i] = f->weights.values[i].number;
    BH_TRY(hear_list(model, &f->sum, inputs, nodes, out, diag));
    return bh_graph_sum(model->graph, nodes, f->weights.count ? weights : NULL,
                        f->sum.count, &out->node, diag);
}

static bh_status
build_arithmetic(bh_model *model, const struct model_list *list, bh_operation operation,
                 struct heard *out, bh_diag *diag)
{
    bh_node nodes[2];
    struct heard inputs[2];
    if (list->count != 2)
        return doc_error(diag, list->node, BH_ERR_TEXT,
                         "this has %zu inputs; it must have two", list->count);
    BH_TRY(hear_list(model, list, inputs, nodes, out, diag));
    return bh_graph_arithmetic(model->graph, bh_of_node(nodes[0]), operation,
                               bh_of_node(nodes[1]), &out->node, diag);
}

static bh_status
build_filter(bh_model *model, const struct model_filter *f, struct heard *out,
             bh_diag *diag)
{
    if (f->bank.node)
        return build_bank(model, f, out, diag);
    if (f->hrtf.node)
        return build_hrtf(model, f, out, diag);
    if (f->sum.count)
        return build_sum(model, f, out, diag);
    if (f->difference.count)
        return build_arithmetic(model, &f->difference, BH_MINUS, out, diag);
    if (f->product.count)
        return build_arithmetic(model, &f->product, BH_TIMES, out, diag);
    if (f->ratio.count)
        return build_arithmetic(model, &f->ratio, BH_OVER, out, diag);
    return build_route(model, f, out, diag);
}

static bh_status
hear(bh_model *model, const struct model_value *name, struct heard *out, bh_diag *diag)
{
    const size_t i = model_find(&model->file.filters, name->text);
    *out = (struct heard){0};
    if (i == model->filters)
        return hear_sound(model, model_find(&model->file.sounds, name->text), out,
                          diag);
    struct model_filter_built *built = &model->filter[i];
    const struct model_filter *f = MODEL_PART(model, filters, model_filter, i);
    if (built->progress == MODEL_ENTERED)
        return doc_error(diag, name->node, BH_ERR_TEXT,
                         "the filter '%s' hears itself, here or through others",
                         name->text);
    if (built->progress == MODEL_UNTOUCHED) {
        built->progress = MODEL_ENTERED;
        bh_status status = build_filter(model, f, out, diag);
        if (status != BH_OK && diag && diag->line == 0)
            status = model_blame(status, diag, &f->object, NULL, 0);
        BH_TRY(status);
        built->progress = MODEL_DONE;
        built->node = out->node;
        built->channels = out->channels;
        built->cf_hz = out->cf_hz;
    }
    *out = (struct heard){built->node, built->channels, built->cf_hz};
    return BH_OK;
}

bh_status
model_hear(bh_model *model, const struct model_value *name, bh_diag *diag)
{
    struct heard heard;
    return model->filters > 0 ? hear(model, name, &heard, diag) : BH_OK;
}

bh_status
model_source(bh_model *model, const struct model_value *name, bh_source **out,
             const double **cf_hz, size_t *channels, bh_diag *diag)
{
    const size_t filter = model_find(&model->file.filters, name->text);
    const size_t sound = model_find(&model->file.sounds, name->text);
    const bool is_filter = filter < model->filters;
    bh_source **made = is_filter ? &model->filter[filter].out
                                 : &model->sound[sound].linked;
    struct heard heard = {0};
    *cf_hz = NULL;
    if (model->filters == 0) {
        BH_TRY(model_open_sound(model, sound, diag));
        *out = *made = model->sound[sound].out;
        *channels = bh_source_channels(*out);
        return BH_OK;
    }
    BH_TRY(hear(model, name, &heard, diag));
    if (!*made)
        BH_TRY(bh_graph_source(model->graph, heard.node, made, diag));
    *out = *made;
    *cf_hz = heard.cf_hz;
    *channels = heard.channels;
    return BH_OK;
}

bh_status
model_place_filters(bh_model *model, bh_diag *diag)
{
    bh_diag why = {0};
    if (model->checking || !model->device || !model->graph)
        return BH_OK;
    const bh_status status =
        bh_graph_place(model->graph, model->device, BH_PLACE_PARALLEL, &why);
    if (status == BH_OK)
        return BH_OK;
    if (!model_stays(model, &why))
        return bh_diag_set(diag, status, "the filters: %s", why.text);
    model_note(model, "the filters", &why);
    return BH_OK;
}
