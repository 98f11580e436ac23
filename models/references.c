/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/parts_internal.h"

#include <stdio.h>
#include <string.h>

size_t
model_find(const struct model_objects *objects, const char *name)
{
    size_t i = 0;
    while (i < objects->count && strcmp(model_object_at(objects, i)->name, name) != 0)
        i++;
    return i;
}

/* What a reference may mean: the lists that have it. */
struct target {
    const struct model_objects *lists[4];
    size_t count;
    char what[80];
};

static void
collect(const struct model_file *file, unsigned refers, struct target *out)
{
    const struct {
        unsigned bit;
        const struct model_objects *objects;
        const char *noun;
    } kinds[] = {{MODEL_SOUNDS, &file->sounds, "a sound"},
                 {MODEL_FILTERS, &file->filters, "a filter"},
                 {MODEL_GROUPS, &file->groups, "a group"},
                 {MODEL_GROUPS, &file->inputs, "an input"},
                 {MODEL_SYNAPSES, &file->synapses, "synapses"}};
    size_t used = 0;
    *out = (struct target){.count = 0};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        if (!(refers & kinds[k].bit) || out->count == 4)
            continue;
        used += (size_t)snprintf(out->what + used, sizeof out->what - used, "%s%s",
                                 used ? " or " : "", kinds[k].noun);
        out->lists[out->count++] = kinds[k].objects;
    }
}

static bh_status
check_value(const struct model_file *file, const struct model_key *key,
            const struct model_value *value, bh_diag *diag)
{
    enum { MOST = 256 };
    const char *known[MOST];
    struct target target;
    char name[64];
    size_t count = 0;
    if (!value->text)
        return BH_OK;
    const size_t length = key->some ? strcspn(value->text, "[ ") : strlen(value->text);
    snprintf(name, sizeof name, "%.*s", (int)(length < 63 ? length : 63), value->text);
    collect(file, key->refers, &target);
    for (size_t l = 0; l < target.count; l++) {
        const struct model_objects *objects = target.lists[l];
        if (length < sizeof name && model_find(objects, name) < objects->count)
            return BH_OK;
        for (size_t i = 0; i < objects->count && count < MOST; i++)
            known[count++] = model_object_at(objects, i)->name;
    }
    return model_unknown(diag, value->node, target.what, name, known, count);
}

static bh_status check_section(const struct model_file *file,
                               const struct model_section *section, const void *object,
                               bh_diag *diag);

static bh_status
check_key(const struct model_file *file, const struct model_key *key, const void *at,
          bh_diag *diag)
{
    const struct model_objects *objects = at;
    switch (key->kind) {
    case MODEL_OBJECTS:
    case MODEL_SECTIONS:
        for (size_t i = 0; i < objects->count; i++)
            BH_TRY(
                check_section(file, key->section, model_object_at(objects, i), diag));
        return BH_OK;
    case MODEL_SECTION:
        return check_section(file, key->section, at, diag);
    case MODEL_REFERENCE:
        if (!key->list)
            return check_value(file, key, at, diag);
        for (size_t i = 0; i < ((const struct model_list *)at)->count; i++)
            BH_TRY(check_value(file, key, &((const struct model_list *)at)->values[i],
                               diag));
        return BH_OK;
    default:
        return BH_OK;
    }
}

static bh_status
check_section(const struct model_file *file, const struct model_section *section,
              const void *object, bh_diag *diag)
{
    for (size_t k = 0; k < section->count; k++) {
        const struct model_key *key = &section->keys[k];
        BH_TRY(check_key(file, key, (const char *)object + key->offset, diag));
    }
    return BH_OK;
}

/* What is referred to by one name, whatever its kind, has one meaning. */
static bh_status
refuse_twins(const struct model_objects *first, const struct model_objects *second,
             bh_diag *diag)
{
    for (size_t i = 0; i < second->count; i++) {
        const struct model_object *object = model_object_at(second, i);
        if (model_find(first, object->name) < first->count)
            return doc_error(diag, object->key, BH_ERR_TEXT,
                             "there is a %s '%s' too; give them different names",
                             first->section->name, object->name);
    }
    return BH_OK;
}

bh_status
model_check_references(const struct model_file *file, bh_diag *diag)
{
    BH_TRY(refuse_twins(&file->sounds, &file->filters, diag));
    BH_TRY(refuse_twins(&file->sounds, &file->groups, diag));
    BH_TRY(refuse_twins(&file->filters, &file->groups, diag));
    BH_TRY(refuse_twins(&file->groups, &file->inputs, diag));
    return check_section(file, &model_schema, file, diag);
}
