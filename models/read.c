/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "models/schema_internal.h"

#include <stdio.h>
#include <string.h>

/* From maps to the structs of sections, as the table says. */

static bh_status
no_memory(const struct model_reader *r)
{
    return bh_diag_set(r->diag, BH_ERR_MEMORY, "no memory for the model");
}

/* "a, b and c", as far as there is room. */
static void
join(const char *const *words, size_t count, char *text, size_t size)
{
    size_t used = 0;
    *text = 0;
    for (size_t i = 0; i < count && used + 1 < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s",
                                 i == 0           ? ""
                                 : i + 1 == count ? " or "
                                                  : ", ",
                                 words[i]);
}

bh_status
model_unknown(bh_diag *diag, const struct doc_node *node, const char *what,
              const char *name, const char *const *known, size_t count)
{
    char all[300];
    const char *near = bh_text_nearest(name, known, count);
    if (near)
        return doc_error(diag, node, BH_ERR_TEXT,
                         "'%.60s' is not known as %s; did you mean '%s'?", name, what,
                         near);
    join(known, count, all, sizeof all);
    return doc_error(diag, node, BH_ERR_TEXT, "'%.60s' is not known as %s; there %s%s",
                     name, what,
                     count == 0   ? "is none"
                     : count == 1 ? "is "
                                  : "are ",
                     all);
}

const struct model_key *
model_find_key(const struct model_section *section, const struct doc_node *name,
               bh_diag *diag)
{
    enum { MOST = 64 };
    const char *known[MOST];
    char what[80];
    size_t count = 0;
    for (size_t i = 0; i < section->count; i++) {
        if (strcmp(section->keys[i].name, name->text) == 0)
            return &section->keys[i];
        if (count < MOST)
            known[count++] = section->keys[i].name;
    }
    snprintf(what, sizeof what, "a key of %s %s",
             strchr("aeiou", section->name[0]) ? "an" : "a", section->name);
    model_unknown(diag, name, what, name->text, known, count);
    return NULL;
}

static bh_status
read_list(struct model_reader *r, const struct model_key *key,
          const struct doc_node *node, struct model_list *out)
{
    const bool many = node && node->kind == DOC_LIST;
    if (!node && !key->preset)
        return BH_OK;
    out->node = node;
    out->count = many ? node->count : 1;
    out->values = bh_arena_take(r->arena, out->count * sizeof *out->values + 1);
    if (!out->values)
        return no_memory(r);
    for (size_t i = 0; i < out->count; i++)
        BH_TRY(model_read_value(r, key, many ? node->items[i] : node, &out->values[i]));
    return BH_OK;
}

static bh_status
must_be_map(struct model_reader *r, const struct doc_node *node, const char *what)
{
    if (node->kind == DOC_MAP)
        return BH_OK;
    return doc_error(r->diag, node, BH_ERR_TEXT,
                     "%s must be a map of names and values, as 'name: value'", what);
}

static bh_status
check_object_name(struct model_reader *r, const struct doc_node *name)
{
    if (model_is_name(name->text))
        return BH_OK;
    return doc_error(r->diag, name, BH_ERR_TEXT,
                     "'%.60s' is no name; names are up to 40 letters, digits and '_', "
                     "and begin with a letter",
                     name->text);
}

static bh_status
read_names(struct model_reader *r, const struct model_key *key,
           const struct doc_node *node, struct model_names *out)
{
    if (!node)
        return BH_OK;
    BH_TRY(must_be_map(r, node, key->name));
    out->node = node;
    out->names = bh_arena_take(r->arena, node->count * sizeof *out->names + 1);
    if (!out->names)
        return no_memory(r);
    struct model_key item = *key;
    item.kind = MODEL_EXPRESSION;
    for (size_t i = 0; i < node->count; i++) {
        struct model_name *name = &out->names[out->count];
        const struct doc_node *value = node->pairs[i].value;
        if (value->kind == DOC_SCALAR && doc_is_null(value))
            continue;
        name->key = node->pairs[i].key;
        item.name = name->key->text;
        if (value->kind == DOC_LIST && key->list)
            BH_TRY(read_list(r, &item, value, &name->list));
        else
            BH_TRY(model_read_value(r, &item, value, &name->value));
        if (key->defines)
            BH_TRY(model_define(r->names, item.name, &name->value, r->diag));
        out->count++;
    }
    return BH_OK;
}

static bh_status
read_objects(struct model_reader *r, const struct model_key *key,
             const struct doc_node *node, struct model_objects *out)
{
    const size_t size = key->section->size;
    out->section = key->section;
    if (!node)
        return BH_OK;
    BH_TRY(must_be_map(r, node, key->name));
    out->node = node;
    char *at = out->at = bh_arena_take(r->arena, node->count * size + 1);
    if (!at)
        return no_memory(r);
    for (size_t i = 0; i < node->count; i++) {
        const struct doc_pair *pair = &node->pairs[i];
        struct model_object *object = (struct model_object *)(at + out->count * size);
        if (pair->value->kind == DOC_SCALAR && doc_is_null(pair->value))
            continue; /* taken out again by who includes the file */
        BH_TRY(check_object_name(r, pair->key));
        object->name = pair->key->text;
        object->key = pair->key;
        BH_TRY(must_be_map(r, pair->value, object->name));
        BH_TRY(model_read_section(r, key->section, pair->value, object));
        out->count++;
    }
    return BH_OK;
}

static bh_status
read_sections(struct model_reader *r, const struct model_key *key,
              const struct doc_node *node, struct model_objects *out)
{
    const size_t size = key->section->size;
    out->section = key->section;
    if (!node)
        return BH_OK;
    const bool many = node->kind == DOC_LIST;
    out->node = node;
    out->count = many ? node->count : 1;
    char *at = out->at = bh_arena_take(r->arena, out->count * size + 1);
    if (!at)
        return no_memory(r);
    for (size_t i = 0; i < out->count; i++) {
        const struct doc_node *item = many ? node->items[i] : node;
        BH_TRY(must_be_map(r, item, key->section->name));
        BH_TRY(model_read_section(r, key->section, item, at + i * size));
    }
    return BH_OK;
}

static bh_status
read_key(struct model_reader *r, const struct model_key *key,
         const struct doc_node *node, void *target)
{
    switch (key->kind) {
    case MODEL_NAMES:
        return read_names(r, key, node, target);
    case MODEL_OBJECTS:
        return read_objects(r, key, node, target);
    case MODEL_SECTIONS:
        return read_sections(r, key, node, target);
    case MODEL_SECTION:
        if (node)
            BH_TRY(must_be_map(r, node, key->name));
        return model_read_section(r, key->section, node, target);
    default:
        if (key->list)
            return read_list(r, key, node, target);
        if (!node && !key->preset)
            return BH_OK;
        return model_read_value(r, key, node, target);
    }
}

/* Exactly one of the keys that say what the object is. */
static bh_status
check_choice(struct model_reader *r, const struct model_section *section,
             const struct doc_node *map)
{
    char text[200];
    const char *names[16];
    const struct doc_node *found = NULL;
    size_t count = 0;
    if (!section->choose)
        return BH_OK;
    snprintf(text, sizeof text, "%s", section->choose);
    for (char *at = text; at && count < 16; count++) {
        names[count] = at;
        at = strchr(at, ' ');
        if (at)
            *at++ = 0;
    }
    for (size_t i = 0; i < map->count; i++)
        for (size_t n = 0; n < count; n++) {
            const struct doc_pair *pair = &map->pairs[i];
            if (strcmp(pair->key->text, names[n]) != 0 || doc_is_null(pair->value))
                continue;
            if (found)
                return doc_error(
                    r->diag, pair->key, BH_ERR_TEXT,
                    "a %s cannot have '%s' and '%s'; one without a value is "
                    "as if it were not there",
                    section->name, found->text, names[n]);
            found = pair->key;
        }
    if (found)
        return BH_OK;
    char all[300];
    join(names, count, all, sizeof all);
    return doc_error(r->diag, map, BH_ERR_TEXT, "this %s has none of %s", section->name,
                     all);
}

/* "{expression: clip(x,0,inf)}" is a map with a key "0": what stands between braces
 * ends with a comma. */
static bh_status
explain_comma(struct model_reader *r, const struct doc_node *map,
              const struct doc_pair *pair)
{
    if (map->source->text[map->begin] != '{' || !doc_is_null(pair->value))
        return BH_ERR_TEXT;
    return doc_error(
        r->diag, pair->key, BH_ERR_TEXT,
        "between braces a text with a comma must stand in quotes, or '%.40s' "
        "begins something new",
        pair->key->text);
}

bh_status
model_read_section(struct model_reader *r, const struct model_section *section,
                   const struct doc_node *map, void *target)
{
    struct model_object *object = target;
    object->node = map;
    for (size_t i = 0; map && i < map->count; i++)
        if (!model_find_key(section, map->pairs[i].key, r->diag))
            return explain_comma(r, map, &map->pairs[i]);
    if (map)
        BH_TRY(check_choice(r, section, map));
    for (size_t k = 0; k < section->count; k++) {
        const struct model_key *key = &section->keys[k];
        const struct doc_node *node = doc_get(map, key->name);
        if (node && doc_is_null(node))
            node = NULL;
        if (map && !node && key->needed)
            return doc_error(r->diag, object->key ? object->key : map, BH_ERR_TEXT,
                             "this %s lacks '%s': %s", section->name, key->name,
                             key->about);
        BH_TRY(read_key(r, key, node, (char *)target + key->offset));
    }
    return BH_OK;
}
