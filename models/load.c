/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* realpath */
#include "io/output_internal.h"
#include "models/model_internal.h"
#include "models/preset.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Files, and those that they include, as one tree. */

enum { INCLUDES_DEEPEST = 16, INCLUDES_MAX = 256 };

struct loading {
    bh_arena *arena;
    const char *open[INCLUDES_DEEPEST]; /* files that include each other */
    size_t depth, files;
    bh_diag *diag;
};

static bh_status
no_memory(bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the model");
}

/* The whole of a file, ended by a zero. */
static bh_status
read_file(bh_arena *arena, const char *path, struct doc_source *out, bh_diag *diag)
{
    const bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    size_t size = 0, capacity = 1 << 14;
    char *text = malloc(capacity + 1);
    bh_status status = BH_OK;
    if (!file || !text) {
        const int error = errno;
        free(text);
        if (file && !standard)
            fclose(file);
        return file ? no_memory(diag) : bh_file_error(diag, "read", path, error);
    }
    for (size_t got; (got = fread(text + size, 1, capacity - size, file)) > 0;) {
        size += got;
        if (size < capacity)
            continue;
        char *bigger = size > DOC_BYTES_MAX ? NULL : realloc(text, 2 * capacity + 1);
        if (!bigger)
            break;
        text = bigger;
        capacity *= 2;
    }
    if (ferror(file))
        status = bh_file_error(diag, "read", path, errno);
    else if (size > DOC_BYTES_MAX)
        status = bh_diag_set(diag, BH_ERR_FORMAT,
                             "'%s' has more than %d MiB; that is no model", path,
                             DOC_BYTES_MAX >> 20);
    else if (!feof(file))
        status = no_memory(diag);
    if (!standard)
        fclose(file);
    const size_t mark = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    if (status == BH_OK) {
        char *copy = bh_arena_text(arena, text + mark, size - mark);
        *out = (struct doc_source){.text = copy, .size = size - mark};
        status = copy ? BH_OK : no_memory(diag);
    }
    free(text);
    return status;
}

/* The text of a built-in model where a name has nothing of a path; NULL: none. */
static const char *
find_preset(const char *name)
{
    size_t i = 0;
    if (strpbrk(name, "./-") || bh_preset_find(name, &i, NULL) != BH_OK)
        return NULL;
    return bh_preset_text(i);
}

static bh_status load(struct loading *l, const char *path, const struct doc_node *from,
                      const struct doc_node **out);

static bh_status
include(struct loading *l, const struct doc_node *what, const struct doc_node **base)
{
    char path[MODEL_PATH_MAX];
    const struct doc_node *node = NULL;
    const struct model_value value = {.node = what, .text = what->text};
    if (what->kind != DOC_SCALAR || doc_is_null(what))
        return doc_error(l->diag, what, BH_ERR_TEXT,
                         "'include' must be the name of a model file, or several");
    BH_TRY(model_path(&value, path, sizeof path, l->diag));
    const bool preset = access(path, F_OK) != 0 && find_preset(what->text);
    BH_TRY(load(l, preset ? what->text : path, what, &node));
    if (node)
        *base = doc_merge(l->arena, *base, node, 0);
    return *base || !node ? BH_OK : no_memory(l->diag);
}

/* The document on top of what it includes. */
static bh_status
resolve(struct loading *l, const struct doc_node *root, const struct doc_node **out)
{
    const struct doc_node *base = NULL, *includes = doc_get(root, "include");
    if (root && root->kind != DOC_MAP)
        return doc_error(l->diag, root, BH_ERR_TEXT,
                         "a model is a map of names and values, as 'groups: ...'");
    if (includes && includes->kind == DOC_LIST)
        for (size_t i = 0; i < includes->count; i++)
            BH_TRY(include(l, includes->items[i], &base));
    else if (includes)
        BH_TRY(include(l, includes, &base));
    *out = root ? doc_merge(l->arena, base, root, 0) : base;
    return *out || !root ? BH_OK : no_memory(l->diag);
}

/* A failure to read an included file, at the place that includes it. */
static bh_status
blame_include(struct loading *l, const struct doc_node *from, bh_status status)
{
    if (status != BH_OK && from && l->diag && l->diag->line == 0)
        doc_point(l->diag, from, 0, 0);
    return status;
}

/* What is neither a file nor, though it could be one, the name of a built-in model. */
static bh_status
refuse_name(const char *name, bh_diag *diag)
{
    size_t i = 0;
    if (strpbrk(name, "./-") || access(name, F_OK) == 0)
        return BH_OK;
    return bh_preset_find(name, &i, diag);
}

static bh_status
enter(struct loading *l, const char *path, const struct doc_node *from)
{
    char *real = realpath(path, NULL);
    const char *name = real ? real : path;
    bh_status status = BH_OK;
    for (size_t i = 0; status == BH_OK && i < l->depth; i++)
        if (strcmp(l->open[i], name) == 0)
            status = doc_error(l->diag, from, BH_ERR_TEXT,
                               "'%.200s' includes itself, here or through others",
                               path);
    if (status == BH_OK && l->depth == INCLUDES_DEEPEST)
        status = doc_error(l->diag, from, BH_ERR_TEXT,
                           "files include each other more than %d deep",
                           INCLUDES_DEEPEST);
    if (status == BH_OK && ++l->files > INCLUDES_MAX)
        status = doc_error(l->diag, from, BH_ERR_TEXT,
                           "more than %d files are included", INCLUDES_MAX);
    if (status == BH_OK) {
        l->open[l->depth] = bh_arena_text(l->arena, name, strlen(name));
        status = l->open[l->depth++] ? BH_OK : no_memory(l->diag);
    }
    free(real);
    return status;
}

static bh_status
load(struct loading *l, const char *path, const struct doc_node *from,
     const struct doc_node **out)
{
    const struct doc_node *root = NULL;
    struct doc_source *source = bh_arena_take(l->arena, sizeof *source);
    if (!source)
        return no_memory(l->diag);
    BH_TRY(enter(l, path, from));
    const char *preset = access(path, F_OK) != 0 ? find_preset(path) : NULL;
    if (preset)
        *source = (struct doc_source){.text = preset, .size = strlen(preset)};
    else
        BH_TRY(blame_include(l, from, read_file(l->arena, path, source, l->diag)));
    const char *slash = strrchr(path, '/');
    source->name = bh_arena_text(l->arena, path, strlen(path));
    if (slash)
        source->directory =
            bh_arena_text(l->arena, path, slash == path ? 1 : (size_t)(slash - path));
    if (!source->name || (slash && !source->directory))
        return no_memory(l->diag);
    BH_TRY(doc_parse(l->arena, source, 0, &root, l->diag));
    BH_TRY(resolve(l, root, out));
    l->depth--;
    return BH_OK;
}

bh_status
model_load(bh_arena *arena, const char *path, const struct doc_node **out,
           bh_diag *diag)
{
    struct loading l = {.arena = arena, .diag = diag};
    BH_TRY(refuse_name(path, diag));
    return load(&l, path, NULL, out);
}

bh_status
model_load_text(bh_arena *arena, const struct doc_source *source,
                const struct doc_node **out, bh_diag *diag)
{
    struct loading l = {.arena = arena, .diag = diag};
    const struct doc_node *root = NULL;
    BH_TRY(doc_parse(arena, source, 0, &root, diag));
    return resolve(&l, root, out);
}

bh_status
model_path(const struct model_value *value, char *path, size_t size, bh_diag *diag)
{
    const char *directory = value->node ? value->node->source->directory : NULL;
    const bool whole = *value->text == '/' || !directory ||
                       strcmp(value->text, "-") == 0;
    const int length = whole ? snprintf(path, size, "%s", value->text)
                             : snprintf(path, size, "%s/%s", directory, value->text);
    if (*value->text == 0)
        return doc_error(diag, value->node, BH_ERR_TEXT,
                         "the name of the file is empty");
    if (length < 0 || (size_t)length >= size)
        return doc_error(diag, value->node, BH_ERR_TEXT,
                         "the name of the file is too long");
    return BH_OK;
}
