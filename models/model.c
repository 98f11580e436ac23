/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/model_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reading a model, and asking it. */

static void *
take(bh_model *model, size_t count, size_t size)
{
    return bh_arena_take(model->arena, count * size + 1);
}

/* Room for what will be built. */
static bh_status
count_parts(bh_model *model, bh_diag *diag)
{
    const struct model_file *file = &model->file;
    model->sounds = file->sounds.count;
    model->filters = file->filters.count;
    model->groups = file->groups.count;
    model->inputs = file->inputs.count;
    model->synapses = file->synapses.count;
    model->monitors = file->monitors.count;
    model->pictures = file->pictures.count;
    model->sound = take(model, model->sounds, sizeof *model->sound);
    model->filter = take(model, model->filters, sizeof *model->filter);
    model->group = take(model, model->groups + model->inputs, sizeof *model->group);
    model->synapse = take(model, model->synapses, sizeof *model->synapse);
    model->monitor = take(model, model->monitors, sizeof *model->monitor);
    model->picture = take(model, model->pictures, sizeof *model->picture);
    if (model->sound && model->filter && model->group && model->synapse &&
        model->monitor && model->picture)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the model");
}

static bh_status
interpret(bh_model *model, const struct doc_node *root, bh_diag *diag)
{
    struct model_reader reader = {
        .arena = model->arena, .names = model->names, .diag = diag};
    BH_TRY(model_read_section(&reader, &model_schema, root, &model->file));
    BH_TRY(model_check_references(&model->file, diag));
    BH_TRY(model_check_values(model, &reader));
    return count_parts(model, diag);
}

/* From a file or, where `text` is not NULL, from that. */
static bh_status
load(bh_model *model, const char *path, const char *text, size_t size, bh_diag *diag)
{
    if (!text)
        return model_load(model->arena, path, &model->root, diag);
    struct doc_source *source = take(model, 1, sizeof *source);
    if (source)
        *source =
            (struct doc_source){.name = bh_arena_text(model->arena, path, strlen(path)),
                                .text = bh_arena_text(model->arena, text, size),
                                .size = size};
    if (!source || !source->name || !source->text)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the model");
    return model_load_text(model->arena, source, &model->root, diag);
}

/* What is said, with changes, as a model. */
static bh_status
make(bh_model *model, const char *const *set, size_t count, bh_diag *diag)
{
    BH_TRY(bh_namespace_new(&model->names, diag));
    for (size_t i = 0; i < count; i++)
        BH_TRY(model_override(model->arena, &model->root, set[i], diag));
    return interpret(model, model->root, diag);
}

static bh_status
new_model(bh_model **out, bh_diag *diag)
{
    bh_model *model = calloc(1, sizeof *model);
    if (!model || bh_arena_new(&model->arena) != BH_OK) {
        free(model);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the model");
    }
    *out = model;
    return BH_OK;
}

static bh_status
read_model(const char *path, const char *text, size_t size, const char *const *set,
           size_t count, bh_model **out, bh_diag *diag)
{
    bh_model *model = NULL;
    BH_TRY(new_model(&model, diag));
    bh_status status = load(model, path, text, size, diag);
    if (status == BH_OK)
        status = make(model, set, count, diag);
    if (status == BH_OK)
        *out = model;
    else
        bh_model_free(model);
    return status;
}

bh_status
model_again(const bh_model *first, const char *const *set, size_t count, bh_model **out,
            bh_diag *diag)
{
    bh_model *model = NULL;
    BH_TRY(new_model(&model, diag));
    model->root = first->root;
    const bh_status status = make(model, set, count, diag);
    if (status == BH_OK)
        *out = model;
    else
        bh_model_free(model);
    return status;
}

bh_status
bh_model_read(const char *path, const char *const *set, size_t count, bh_model **out,
              bh_diag *diag)
{
    return read_model(path, NULL, 0, set, count, out, diag);
}

bh_status
bh_model_parse(const char *name, const char *text, size_t size, const char *const *set,
               size_t count, bh_model **out, bh_diag *diag)
{
    return read_model(name, text, size, set, count, out, diag);
}

void
bh_model_free(bh_model *model)
{
    if (!model)
        return;
    model_unbuild(model);
    bh_namespace_free(model->names);
    bh_arena_free(model->arena);
    free(model);
}

/* The sound of that name, or the only one. */
static bh_status
find_sound(bh_model *model, const char *name, struct model_sound_built **out,
           bh_diag *diag)
{
    size_t i = 0;
    if (!name && model->sounds != 1)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the model has %zu sounds, so the name of one is needed",
                           model->sounds);
    if (name)
        i = model_find(&model->file.sounds, name);
    if (i == model->sounds)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "the model has no sound '%.60s'",
                           name);
    *out = &model->sound[i];
    return BH_OK;
}

bh_status
bh_model_set_sound(bh_model *model, const char *name, bh_source *source, bh_diag *diag)
{
    struct model_sound_built *sound = NULL;
    BH_TRY(find_sound(model, name, &sound, diag));
    sound->given = source;
    return BH_OK;
}

bh_status
bh_model_set_file(bh_model *model, const char *name, const char *path, bh_diag *diag)
{
    struct model_sound_built *sound = NULL;
    BH_TRY(find_sound(model, name, &sound, diag));
    const char *copy = bh_arena_text(model->arena, path, strlen(path));
    if (!copy)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the model");
    sound->file = copy;
    return BH_OK;
}

bh_status
bh_model_spread(bh_model *model, bh_comm *comm, bh_diag *diag)
{
    for (size_t i = 0; bh_comm_size(comm) > 1 && i < model->sounds; i++) {
        const struct model_sound *sound = MODEL_PART(model, sounds, model_sound, i);
        if (sound->live.object.node)
            return doc_error(diag, sound->live.object.node, BH_ERR_UNSUPPORTED,
                             "a device is heard by one process, not by %d",
                             bh_comm_size(comm));
    }
    model->comm = comm;
    return BH_OK;
}

void
bh_model_place(bh_model *model, struct bh_device *device, bool in_part)
{
    model->device = device;
    model->in_part = in_part;
}

const char *
bh_model_notice(const bh_model *model)
{
    return model->notice[0] ? model->notice : NULL;
}

bool
model_stays(const bh_model *model, const bh_diag *why)
{
    return model->in_part &&
           (why->status == BH_ERR_UNSUPPORTED || why->status == BH_ERR_MEMORY);
}

void
model_note(bh_model *model, const char *name, const bh_diag *why)
{
    const size_t used = strlen(model->notice);
    snprintf(model->notice + used, sizeof model->notice - used, "%s%s: %s",
             used ? "; " : "", name, why->text);
}

bh_network *
bh_model_network(const bh_model *model)
{
    return model->net;
}

double
bh_model_duration(const bh_model *model)
{
    return model->file.run.duration.number;
}

double
bh_model_expected(const bh_model *model)
{
    double longest_s = 0;
    if (bh_model_duration(model) >= 0)
        return bh_model_duration(model);
    for (size_t i = 0; i < model->sounds; i++) {
        const bh_source *source = model->sound[i].out;
        if (!source)
            continue;
        if (bh_source_length(source) == BH_LENGTH_UNKNOWN)
            return NAN;
        longest_s = fmax(longest_s, (double)bh_source_length(source) /
                                        bh_source_samplerate(source));
    }
    return longest_s;
}

const char *
bh_model_title(const bh_model *model)
{
    return model->file.title.text;
}
