/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/timed_array_internal.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    char *name;
    double value;
    struct bh_dim dim;
    struct timed_array *array; /* NULL: a number */
};

struct bh_namespace {
    struct entry *entries;
    size_t count, capacity;
};

bh_status
bh_namespace_new(bh_namespace **out, bh_diag *diag)
{
    bh_namespace *names = calloc(1, sizeof *names);
    if (!names)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for names");
    *out = names;
    return BH_OK;
}

void
bh_namespace_free(bh_namespace *names)
{
    if (!names)
        return;
    for (size_t i = 0; i < names->count; i++) {
        free(names->entries[i].name);
        timed_array_release(names->entries[i].array);
    }
    free(names->entries);
    free(names);
}

static struct entry *
find(const bh_namespace *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->entries[i].name, name) == 0)
            return &names->entries[i];
    return NULL;
}

static struct entry *
add(bh_namespace *names, const char *name)
{
    if (names->count == names->capacity) {
        size_t capacity = 2 * names->capacity + 8;
        struct entry *bigger = realloc(names->entries, capacity * sizeof *bigger);
        if (!bigger)
            return NULL;
        names->entries = bigger;
        names->capacity = capacity;
    }
    struct entry *entry = &names->entries[names->count];
    *entry = (struct entry){.name = malloc(strlen(name) + 1)};
    if (!entry->name)
        return NULL;
    strcpy(entry->name, name);
    names->count++;
    return entry;
}

static bool
is_name(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_' ||
              (c > name && *c >= '0' && *c <= '9')))
            return false;
    return *name != 0 && *name != '_';
}

bh_status
namespace_evaluate(const bh_namespace *names, const char *name, const char *value,
                   bh_diag *diag, double *number, struct bh_dim *dim)
{
    bh_arena *arena;
    struct node *node;
    BH_TRY(bh_arena_new(&arena));
    struct lang lang = {arena, diag};
    struct scope scope = {.lang = &lang};
    struct text text = {name, value, strlen(value)};
    bh_status status = scope_add_defaults(&scope, 0, 0, names);
    if (status == BH_OK)
        status = parse_expression(&lang, &text, &node);
    if (status == BH_OK)
        status = check_expression(&scope, node);
    if (status == BH_OK && !node_constant(node, number))
        status = lang_error(&lang, &text, node->at, "the value of '%s' is no constant",
                            name);
    if (status == BH_OK)
        *dim = node->dim;
    bh_arena_free(arena);
    return status;
}

/* Gives a name what the entry has, besides its name. */
static bh_status
put(bh_namespace *names, const char *name, struct entry value, bh_diag *diag)
{
    struct entry *entry = find(names, name);
    if (!entry)
        entry = add(names, name);
    if (!entry)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for names");
    timed_array_release(entry->array);
    value.name = entry->name;
    *entry = value;
    return BH_OK;
}

static bh_status
check_name(const char *name, bh_diag *diag)
{
    if (is_name(name))
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "'%s' is no name; names are letters, digits and '_', and "
                       "begin with a letter",
                       name);
}

bh_status
bh_namespace_set(bh_namespace *names, const char *name, const char *value,
                 bh_diag *diag)
{
    struct entry entry = {0};
    BH_TRY(check_name(name, diag));
    BH_TRY(namespace_evaluate(names, name, value, diag, &entry.value, &entry.dim));
    return put(names, name, entry, diag);
}

bh_status
namespace_put_array(bh_namespace *names, const char *name, struct timed_array *array,
                    bh_diag *diag)
{
    BH_TRY(check_name(name, diag));
    return put(names, name, (struct entry){.array = array}, diag);
}

struct timed_array *
namespace_array(const bh_namespace *names, size_t i)
{
    return names->entries[i].array;
}

bh_status
bh_namespace_get(const bh_namespace *names, const char *name, double *value,
                 struct bh_dim *dim)
{
    const struct entry *entry = find(names, name);
    if (!entry || entry->array)
        return BH_ERR_ARGUMENT;
    *value = entry->value;
    *dim = entry->dim;
    return BH_OK;
}

size_t
bh_namespace_count(const bh_namespace *names)
{
    return names->count;
}

const char *
bh_namespace_name(const bh_namespace *names, size_t i)
{
    return names->entries[i].name;
}
