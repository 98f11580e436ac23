/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/model_internal.h"

#include <string.h>

static const struct model_objects *
objects_of(const bh_model *model, bh_model_part part)
{
    switch (part) {
    case BH_MODEL_SOUNDS:
        return &model->file.sounds;
    case BH_MODEL_FILTERS:
        return &model->file.filters;
    case BH_MODEL_GROUPS:
        return &model->file.groups;
    case BH_MODEL_SYNAPSES:
        return &model->file.synapses;
    case BH_MODEL_MONITORS:
        return &model->file.monitors;
    }
    return NULL;
}

size_t
bh_model_count(const bh_model *model, bh_model_part part)
{
    const size_t inputs = part == BH_MODEL_GROUPS ? model->inputs : 0;
    return objects_of(model, part)->count + inputs;
}

const char *
bh_model_name(const bh_model *model, bh_model_part part, size_t i)
{
    const struct model_objects *objects = objects_of(model, part);
    if (part == BH_MODEL_GROUPS && i >= objects->count) {
        i -= objects->count;
        objects = &model->file.inputs;
    }
    return i < objects->count ? model_object_at(objects, i)->name : NULL;
}

const char *
bh_model_output(const bh_model *model, size_t i)
{
    for (size_t m = 0; m < model->monitors; m++) {
        const struct model_monitor *monitor =
            MODEL_PART(model, monitors, model_monitor, m);
        if (monitor->file.node && i-- == 0)
            return monitor->file.text;
    }
    return i < model->pictures
               ? MODEL_PART(model, pictures, model_picture, i)->file.text
               : NULL;
}

bh_live *
bh_model_live(const bh_model *model)
{
    for (size_t i = 0; i < model->sounds; i++)
        if (model->sound[i].live)
            return model->sound[i].live;
    return NULL;
}

/* A group or input by its name; NULL where there is none. */
static const struct model_group_built *
find_group(const bh_model *model, const char *name)
{
    size_t i = model_find(&model->file.groups, name);
    if (i == model->groups)
        i += model_find(&model->file.inputs, name);
    return i < model->groups + model->inputs ? &model->group[i] : NULL;
}

bh_group *
bh_model_group(const bh_model *model, const char *name)
{
    const struct model_group_built *built = find_group(model, name);
    return built ? built->group : NULL;
}

const double *
bh_model_group_cf(const bh_model *model, const char *name)
{
    const struct model_group_built *built = find_group(model, name);
    return built ? built->cf_hz : NULL;
}

const char *
bh_model_group_source(const bh_model *model, const char *name)
{
    const struct model_group_built *built = find_group(model, name);
    return built ? built->source : NULL;
}

bh_synapses *
bh_model_synapses(const bh_model *model, const char *name)
{
    const size_t i = model_find(&model->file.synapses, name);
    return i < model->synapses ? model->synapse[i] : NULL;
}

bh_spike_monitor *
bh_model_spike_monitor(const bh_model *model, const char *name)
{
    const size_t i = model_find(&model->file.monitors, name);
    return i < model->monitors ? model->monitor[i].spikes : NULL;
}

bh_state_monitor *
bh_model_state_monitor(const bh_model *model, const char *name)
{
    const size_t i = model_find(&model->file.monitors, name);
    return i < model->monitors ? model->monitor[i].state : NULL;
}

const bh_source *
bh_model_source(const bh_model *model, const char *name)
{
    size_t i = model_find(&model->file.filters, name);
    if (i < model->filters)
        return model->filter[i].out;
    i = model_find(&model->file.sounds, name);
    return i < model->sounds ? model->sound[i].linked : NULL;
}

const double *
bh_model_cf(const bh_model *model, const char *name, size_t *channels)
{
    const size_t i = model_find(&model->file.filters, name);
    if (i == model->filters || model->filter[i].progress != MODEL_DONE)
        return NULL;
    *channels = model->filter[i].channels;
    return model->filter[i].cf_hz;
}
