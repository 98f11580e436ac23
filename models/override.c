/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/model_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "nerve.N=30000": a value at a path. */

struct override {
    bh_arena *arena;
    const struct doc_source *source;
    bh_diag *diag;
};

static bh_status
no_memory(const struct override *o)
{
    return bh_diag_set(o->diag, BH_ERR_MEMORY, "no memory for the model");
}

/* The part of the path that begins at a byte, as a node. */
static bh_status
path_part(const struct override *o, size_t at, size_t length,
          const struct doc_node **out)
{
    struct doc_node *node = bh_arena_take(o->arena, sizeof *node);
    if (!node)
        return no_memory(o);
    *node = (struct doc_node){.kind = DOC_SCALAR,
                              .source = o->source,
                              .begin = at,
                              .end = at + length,
                              .length = length,
                              .size = 1};
    node->text = bh_arena_text(o->arena, o->source->text + at, length);
    if (!node->text)
        return no_memory(o);
    if (length == 0 || length > DOC_NAME_MAX)
        return doc_error(o->diag, node, BH_ERR_TEXT,
                         "here a name should stand, as in nerve.N=30000");
    *out = node;
    return BH_OK;
}

/* What stands behind '=': YAML, or where the key takes a text, that as it is. */
static bh_status
read_value(const struct override *o, const struct model_key *key, size_t at,
           const struct doc_node **out)
{
    const char *text = o->source->text + at;
    const bool scalar = key->kind < MODEL_NAMES && !key->list;
    if (!scalar || strchr("'\"[{", text[strspn(text, " ")])) {
        BH_TRY(doc_parse(o->arena, o->source, at, out, o->diag));
        if (*out)
            return BH_OK;
    }
    struct doc_node *node = bh_arena_take(o->arena, sizeof *node);
    if (!node)
        return no_memory(o);
    *node = (struct doc_node){.kind = DOC_SCALAR,
                              .source = o->source,
                              .begin = at,
                              .end = o->source->size,
                              .text = scalar ? text : "",
                              .length = scalar ? strlen(text) : 0,
                              .size = 1};
    *out = node;
    return BH_OK;
}

static size_t
part_length(const char *path)
{
    return strcspn(path, ".=");
}

static bh_status put_section(const struct override *o,
                             const struct model_section *section, size_t at,
                             const struct doc_node *map, const struct doc_node **out);

/* A name that is nowhere else in the model. */
static bh_status
refuse_new(const struct override *o, const struct model_key *key,
           const struct doc_node *map, const struct doc_node *name)
{
    enum { MOST = 256 };
    const char *known[MOST];
    char what[80];
    size_t count = 0;
    for (size_t i = 0; map && map->kind == DOC_MAP && i < map->count && i < MOST; i++)
        known[count++] = map->pairs[i].key->text;
    snprintf(what, sizeof what, "one of the model's %s", key->name);
    return model_unknown(o->diag, name, what, name->text, known, count);
}

/* What follows a key: its value, or a path into it. */
static bh_status
put_key(const struct override *o, const struct model_key *key, size_t at,
        const struct doc_node *old, const struct doc_node **out)
{
    const char *rest = o->source->text + at;
    const struct doc_node *name = NULL, *inner = NULL;
    if (*rest == '=')
        return read_value(o, key, at + 1, out);
    at++;
    if (key->kind == MODEL_SECTION ||
        (key->kind == MODEL_SECTIONS && (!old || old->kind != DOC_LIST)))
        return put_section(o, key->section, at, old, out);
    const size_t length = part_length(o->source->text + at);
    BH_TRY(path_part(o, at, length, &name));
    const bool named = key->kind == MODEL_OBJECTS || key->kind == MODEL_NAMES;
    if (!named && key->kind != MODEL_SECTIONS && !key->list)
        return doc_error(o->diag, name, BH_ERR_TEXT,
                         "'%s' has nothing named '%s' in it", key->name, name->text);
    if (!named) {
        const size_t count = old && old->kind == DOC_LIST ? old->count : 0;
        const size_t i = name->length < 8 && strspn(name->text, "0123456789") == length
                             ? strtoul(name->text, NULL, 10)
                             : (size_t)-1;
        if (i >= count)
            return doc_error(o->diag, name, BH_ERR_TEXT,
                             "'%s' has %zu items; they are numbered from 0 on",
                             key->name, count);
        struct model_key item = *key;
        item.list = false;
        if (key->kind == MODEL_SECTIONS)
            item.kind = MODEL_SECTION;
        BH_TRY(put_key(o, &item, at + length, old->items[i], &inner));
        *out = doc_with_item(o->arena, old, i, inner);
        return *out ? BH_OK : no_memory(o);
    }
    struct model_key item = *key;
    const bool inside = o->source->text[at + length] == '.';
    if ((key->defines || (key->kind == MODEL_OBJECTS && inside)) &&
        !doc_get(old, name->text))
        return refuse_new(o, key, old, name);
    item.kind = key->kind == MODEL_OBJECTS ? MODEL_SECTION : MODEL_EXPRESSION;
    BH_TRY(put_key(o, &item, at + length, doc_get(old, name->text), &inner));
    *out = doc_with(o->arena, old && old->kind == DOC_MAP ? old : NULL, name, inner);
    return *out ? BH_OK : no_memory(o);
}

static bh_status
put_section(const struct override *o, const struct model_section *section, size_t at,
            const struct doc_node *map, const struct doc_node **out)
{
    const struct doc_node *name = NULL, *inner = NULL;
    const size_t length = part_length(o->source->text + at);
    BH_TRY(path_part(o, at, length, &name));
    const struct model_key *key = model_find_key(section, name, o->diag);
    if (!key)
        return BH_ERR_TEXT;
    BH_TRY(put_key(o, key, at + length, doc_get(map, name->text), &inner));
    *out = doc_with(o->arena, map && map->kind == DOC_MAP ? map : NULL, name, inner);
    return *out ? BH_OK : no_memory(o);
}

/* Whether what follows the first name of the path is a key of what the owner has. */
static bool
goes_on(const struct override *o, const struct model_key *owner, size_t length)
{
    char next[DOC_NAME_MAX + 1];
    const char *rest = o->source->text + length;
    if (*rest != '.')
        return true;
    const size_t size = part_length(rest + 1);
    if (size > DOC_NAME_MAX)
        return false;
    memcpy(next, rest + 1, size);
    next[size] = 0;
    for (size_t k = 0; k < owner->section->count; k++)
        if (strcmp(owner->section->keys[k].name, next) == 0)
            return true;
    return false;
}

/* A path may leave out what kind of thing its first name is. */
static bh_status
find_owner(const struct override *o, const struct doc_node *root,
           const struct doc_node *name, const struct model_key **out)
{
    enum { MOST = 256 };
    const char *known[MOST];
    size_t count = 0;
    *out = NULL;
    for (size_t k = 0; k < model_schema.count; k++) {
        const struct model_key *key = &model_schema.keys[k];
        const struct doc_node *map = doc_get(root, key->name);
        if (count < MOST)
            known[count++] = key->name;
        if (strcmp(key->name, name->text) == 0) {
            *out = key;
            return BH_OK;
        }
        const bool constants = key->defines && o->source->text[name->length] == '=';
        if ((key->kind != MODEL_OBJECTS && !constants) || !map || map->kind != DOC_MAP)
            continue;
        for (size_t i = 0; i < map->count && count < MOST; i++)
            known[count++] = map->pairs[i].key->text;
        if (!doc_get(map, name->text))
            continue;
        if (*out && !goes_on(o, key, name->length))
            continue;
        if (*out && goes_on(o, *out, name->length))
            return doc_error(o->diag, name, BH_ERR_TEXT,
                             "'%s' may be %s.%s or %s.%s; say which", name->text,
                             (*out)->name, name->text, key->name, name->text);
        *out = key;
    }
    if (*out)
        return BH_OK;
    return model_unknown(o->diag, name, "a part of this model", name->text, known,
                         count);
}

bh_status
model_override(bh_arena *arena, const struct doc_node **root, const char *set,
               bh_diag *diag)
{
    struct override o = {.arena = arena, .diag = diag};
    struct doc_source *source = bh_arena_take(arena, sizeof *source);
    const struct doc_node *name = NULL, *inner = NULL;
    const struct model_key *key;
    if (!source)
        return no_memory(&o);
    *source = (struct doc_source){.name = "--set", .size = strlen(set)};
    source->text = bh_arena_text(arena, set, source->size);
    if (!source->text)
        return no_memory(&o);
    o.source = source;
    if (!strchr(set, '='))
        return doc_source_error(diag, source, source->size, BH_ERR_TEXT,
                                "'=' and a value are missing, as in nerve.N=30000");
    const size_t length = part_length(set);
    BH_TRY(path_part(&o, 0, length, &name));
    BH_TRY(find_owner(&o, *root, name, &key));
    const bool full = strcmp(key->name, name->text) == 0;
    const struct doc_node *old = doc_get(*root, key->name);
    if (full) {
        BH_TRY(put_key(&o, key, length, old, &inner));
    } else {
        struct model_key object = *key;
        object.kind = key->defines ? MODEL_EXPRESSION : MODEL_SECTION;
        BH_TRY(put_key(&o, &object, length, doc_get(old, name->text), &inner));
        inner = doc_with(arena, old, name, inner);
        struct doc_node *owner = bh_arena_take(arena, sizeof *owner);
        if (!owner)
            return no_memory(&o);
        *owner = *name; /* where it would stand */
        owner->text = key->name;
        owner->length = strlen(key->name);
        name = owner;
    }
    *root = inner ? doc_with(arena, *root, name, inner) : NULL;
    return *root ? BH_OK : no_memory(&o);
}
