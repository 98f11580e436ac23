/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_MODELS_DOCUMENT_INTERNAL_H
#define BH_MODELS_DOCUMENT_INTERNAL_H

/* YAML as a tree whose every part knows where it was written. */

#include "core/arena.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

enum doc_kind { DOC_SCALAR, DOC_LIST, DOC_MAP };
enum doc_style { DOC_PLAIN, DOC_SINGLE, DOC_DOUBLE, DOC_LITERAL, DOC_FOLDED };

/* A text, as a file or an argument has it. */
struct doc_source {
    const char *name; /* for messages */
    const char *text; /* ended by a zero, no other in it */
    size_t size;
    const char *directory; /* that paths in it begin at; NULL: where the program is */
};

struct doc_pair {
    const struct doc_node *key, *value;
};

/* Nodes are not changed once they are made, and may be shared (aliases). */
struct doc_node {
    enum doc_kind kind;
    enum doc_style style;
    const struct doc_source *source;
    size_t begin, end; /* bytes of the source */
    const char *text;  /* of a scalar */
    size_t length;
    const struct doc_node *const *items; /* of a list */
    const struct doc_pair *pairs;        /* of a map */
    size_t count;
    size_t size; /* nodes in it, as often as they are said */
};

enum {
    DOC_DEEPEST = 64, /* maps and lists in each other */
    DOC_NODES_MAX =
        1 << 20, /* in one document, aliases counted as what they stand for */
    DOC_BYTES_MAX = 16 << 20, /* of a file */
    DOC_SCALAR_MAX = 1 << 20, /* bytes of a scalar */
    DOC_NAME_MAX = 63,        /* bytes of a key */
    DOC_PAIRS_MAX = 4096,     /* names in a map */
};

/* Reads a text that lasts as long as the arena; `blank` bytes at its beginning are no
 * YAML. NULL where there is nothing but comments. */
bh_status doc_parse(bh_arena *arena, const struct doc_source *source, size_t blank,
                    const struct doc_node **out, bh_diag *diag);

/* What a key of a map says, or NULL. */
const struct doc_node *doc_get(const struct doc_node *map, const char *key);
/* Nothing, "~" or "null". */
bool doc_is_null(const struct doc_node *node);
/* A node that is a copy of a map with a key set; NULL without memory. `map` may be
 * NULL. */
const struct doc_node *doc_with(bh_arena *arena, const struct doc_node *map,
                                const struct doc_node *key,
                                const struct doc_node *value);
/* The same for one item of a list. */
const struct doc_node *doc_with_item(bh_arena *arena, const struct doc_node *list,
                                     size_t i, const struct doc_node *value);
/* `base` with all that `over` says besides or instead, map by map. */
const struct doc_node *doc_merge(bh_arena *arena, const struct doc_node *base,
                                 const struct doc_node *over, int depth);

/* Sets a status and a sentence that points at a node, or at a byte of a scalar's text,
 * or of a source. */
bh_status doc_error(bh_diag *diag, const struct doc_node *node, bh_status status,
                    const char *format, ...) BH_PRINTF(4, 5);
bh_status doc_source_error(bh_diag *diag, const struct doc_source *source, size_t at,
                           bh_status status, const char *format, ...) BH_PRINTF(5, 6);
/* Points a message that is there already at a node, and where `line` is above 0 at this
 * place of its text. */
void doc_point(bh_diag *diag, const struct doc_node *node, int line, int column);
/* The place of a source, from 1. */
void doc_place(const struct doc_source *source, size_t at, int *line, int *column);
/* The byte of the source that a byte of a scalar's text stands at; false where that
 * cannot be told. */
bool doc_map(const struct doc_node *scalar, size_t offset, size_t *out);

#endif
