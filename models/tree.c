/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/document_internal.h"

#include <string.h>

bool
doc_is_null(const struct doc_node *node)
{
    if (node->kind != DOC_SCALAR || node->style != DOC_PLAIN)
        return false;
    return node->length == 0 || strcmp(node->text, "~") == 0 ||
           strcmp(node->text, "null") == 0;
}

static size_t
find(const struct doc_node *map, const char *key)
{
    size_t i = 0;
    while (i < map->count && strcmp(map->pairs[i].key->text, key) != 0)
        i++;
    return i;
}

const struct doc_node *
doc_get(const struct doc_node *map, const char *key)
{
    if (!map || map->kind != DOC_MAP)
        return NULL;
    const size_t i = find(map, key);
    return i < map->count ? map->pairs[i].value : NULL;
}

/* A copy of a map with room for more; `like` gives the place of one that is new. */
static struct doc_node *
copy_map(bh_arena *arena, const struct doc_node *map, const struct doc_node *like,
         size_t more, struct doc_pair **pairs)
{
    const size_t count = map ? map->count : 0;
    struct doc_node *copy = bh_arena_take(arena, sizeof *copy);
    *pairs = bh_arena_take(arena, (count + more) * sizeof **pairs + 1);
    if (!copy || !*pairs)
        return NULL;
    *copy = map ? *map : *like;
    copy->kind = DOC_MAP;
    copy->count = count;
    copy->pairs = *pairs;
    if (count > 0)
        memcpy(*pairs, map->pairs, count * sizeof **pairs);
    return copy;
}

static void
put(struct doc_node *map, struct doc_pair *pairs, struct doc_pair pair)
{
    const size_t at = find(map, pair.key->text);
    pairs[at] = pair;
    map->count += at == map->count;
}

const struct doc_node *
doc_with(bh_arena *arena, const struct doc_node *map, const struct doc_node *key,
         const struct doc_node *value)
{
    struct doc_pair *pairs;
    struct doc_node *copy = copy_map(arena, map, key, 1, &pairs);
    if (copy)
        put(copy, pairs, (struct doc_pair){key, value});
    return copy;
}

const struct doc_node *
doc_with_item(bh_arena *arena, const struct doc_node *list, size_t i,
              const struct doc_node *value)
{
    struct doc_node *copy = bh_arena_take(arena, sizeof *copy);
    const struct doc_node **items =
        bh_arena_take(arena, list->count * sizeof *items + 1);
    if (!copy || !items)
        return NULL;
    *copy = *list;
    memcpy(items, list->items, list->count * sizeof *items);
    items[i] = value;
    copy->items = items;
    return copy;
}

const struct doc_node *
doc_merge(bh_arena *arena, const struct doc_node *base, const struct doc_node *over,
          int depth)
{
    struct doc_pair *pairs;
    if (!base || base->kind != DOC_MAP || over->kind != DOC_MAP || depth == DOC_DEEPEST)
        return over;
    struct doc_node *copy = copy_map(arena, base, base, over->count, &pairs);
    for (size_t i = 0; copy && i < over->count; i++) {
        struct doc_pair pair = over->pairs[i];
        pair.value =
            doc_merge(arena, doc_get(base, pair.key->text), pair.value, depth + 1);
        if (!pair.value)
            return NULL;
        put(copy, pairs, pair);
    }
    return copy;
}
