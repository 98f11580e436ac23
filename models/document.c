/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/document_internal.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* What an anchor stands for. */
struct anchor {
    const char *name;
    const struct doc_node *node; /* NULL: it is still being read */
    struct anchor *next;
};

struct reader {
    yaml_parser_t parser;
    bh_arena *arena;
    const struct doc_source *source;
    const char *text; /* what libyaml reads: the same, with blanks at its beginning */
    bh_diag *diag;
    size_t index, byte; /* characters and bytes: libyaml counts the former */
    struct anchor *anchors;
    size_t nodes;
};

/* Nodes of a list or map while it is read. */
struct growing {
    const struct doc_node **node;
    size_t count, capacity;
};

static bh_status
no_memory(struct reader *r)
{
    return bh_diag_set(r->diag, BH_ERR_MEMORY, "no memory for %s", r->source->name);
}

/* The byte of a mark. They come in order but for ends of block scalars. */
static size_t
byte_of(struct reader *r, const yaml_mark_t *mark)
{
    if (mark->index < r->index)
        r->index = r->byte = 0;
    while (r->index < mark->index && r->byte < r->source->size) {
        r->byte++;
        while (r->byte < r->source->size &&
               ((unsigned char)r->source->text[r->byte] & 0xc0) == 0x80)
            r->byte++;
        r->index++;
    }
    return r->byte;
}

static bh_status
scan_error(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return no_memory(r);
    if (p->error == YAML_READER_ERROR)
        return doc_source_error(r->diag, r->source, p->problem_offset, BH_ERR_TEXT,
                                "this is no text in UTF-8 (%s)",
                                p->problem ? p->problem : "unreadable");
    const size_t at = byte_of(r, &p->problem_mark);
    if (at < r->source->size && r->source->text[at] == '\t')
        return doc_source_error(r->diag, r->source, at, BH_ERR_TEXT,
                                "a tab; YAML is indented with spaces");
    return doc_source_error(r->diag, r->source, at, BH_ERR_TEXT,
                            "this is no YAML: %s%s%s",
                            p->problem ? p->problem : "it does not read",
                            p->context ? " " : "", p->context ? p->context : "");
}

static bh_status
next(struct reader *r, yaml_event_t *event)
{
    return yaml_parser_parse(&r->parser, event) ? BH_OK : scan_error(r);
}

static struct doc_node *
new_node(struct reader *r, enum doc_kind kind, const yaml_event_t *event)
{
    struct doc_node *node = bh_arena_take(r->arena, sizeof *node);
    if (!node)
        return NULL;
    node->kind = kind;
    node->source = r->source;
    node->begin = byte_of(r, &event->start_mark);
    node->end = byte_of(r, &event->end_mark);
    node->size = 1;
    return node;
}

static bh_status
count_nodes(struct reader *r, const struct doc_node *node, size_t more)
{
    r->nodes += more;
    if (r->nodes <= DOC_NODES_MAX)
        return BH_OK;
    return doc_error(r->diag, node, BH_ERR_TEXT,
                     "the document has more than %d parts, with what its aliases "
                     "repeat",
                     DOC_NODES_MAX);
}

static bh_status
refuse_tag(struct reader *r, const struct doc_node *node, const yaml_char_t *tag)
{
    if (!tag)
        return BH_OK;
    return doc_error(r->diag, node, BH_ERR_TEXT,
                     "the tag '%.40s' has no meaning here; leave it out",
                     (const char *)tag);
}

static bh_status
add_anchor(struct reader *r, const yaml_char_t *name, struct anchor **out)
{
    if (!name)
        return BH_OK;
    const char *text = (const char *)name;
    struct anchor *anchor = bh_arena_take(r->arena, sizeof *anchor);
    if (anchor)
        anchor->name = bh_arena_text(r->arena, text, strlen(text));
    if (!anchor || !anchor->name)
        return no_memory(r);
    anchor->next = r->anchors;
    r->anchors = anchor;
    *out = anchor;
    return BH_OK;
}

static bh_status
read_alias(struct reader *r, const yaml_event_t *event, const struct doc_node **out)
{
    const char *name = (const char *)event->data.alias.anchor;
    const struct anchor *anchor = r->anchors;
    const size_t at = byte_of(r, &event->start_mark);
    while (anchor && strcmp(anchor->name, name) != 0)
        anchor = anchor->next;
    if (!anchor)
        return doc_source_error(r->diag, r->source, at, BH_ERR_TEXT,
                                "there is no anchor '&%.40s' before this alias", name);
    if (!anchor->node)
        return doc_source_error(r->diag, r->source, at, BH_ERR_TEXT,
                                "the alias '*%.40s' is inside of what it stands for",
                                name);
    *out = anchor->node;
    r->nodes += anchor->node->size;
    if (r->nodes > DOC_NODES_MAX)
        return doc_source_error(r->diag, r->source, at, BH_ERR_TEXT,
                                "the document has more than %d parts, with what its "
                                "aliases repeat",
                                DOC_NODES_MAX);
    return BH_OK;
}

static bh_status
read_scalar(struct reader *r, const yaml_event_t *event, const struct doc_node **out)
{
    static const enum doc_style styles[] = {
        [YAML_PLAIN_SCALAR_STYLE] = DOC_PLAIN,
        [YAML_SINGLE_QUOTED_SCALAR_STYLE] = DOC_SINGLE,
        [YAML_DOUBLE_QUOTED_SCALAR_STYLE] = DOC_DOUBLE,
        [YAML_LITERAL_SCALAR_STYLE] = DOC_LITERAL,
        [YAML_FOLDED_SCALAR_STYLE] = DOC_FOLDED};
    const char *value = (const char *)event->data.scalar.value;
    struct anchor *anchor = NULL;
    struct doc_node *node = new_node(r, DOC_SCALAR, event);
    if (!node)
        return no_memory(r);
    BH_TRY(refuse_tag(r, node, event->data.scalar.tag));
    node->style = styles[event->data.scalar.style];
    node->length = event->data.scalar.length;
    if (node->length > DOC_SCALAR_MAX)
        return doc_error(r->diag, node, BH_ERR_TEXT,
                         "this text has %zu bytes; it may have %d", node->length,
                         DOC_SCALAR_MAX);
    if (memchr(value, 0, node->length))
        return doc_error(r->diag, node, BH_ERR_TEXT, "this text has a zero byte in it");
    node->text = bh_arena_text(r->arena, value, node->length);
    if (!node->text)
        return no_memory(r);
    BH_TRY(add_anchor(r, event->data.scalar.anchor, &anchor));
    if (anchor) /* the mark of an anchored scalar is that of its anchor */
        anchor->node = node;
    *out = node;
    return count_nodes(r, node, 1);
}

static bh_status
grow(struct reader *r, struct growing *list, const struct doc_node *node)
{
    if (list->count == list->capacity) {
        const size_t capacity = 2 * list->capacity + 8;
        const struct doc_node **bigger = realloc(list->node, capacity * sizeof *bigger);
        if (!bigger)
            return no_memory(r);
        list->node = bigger;
        list->capacity = capacity;
    }
    list->node[list->count++] = node;
    return BH_OK;
}

static int
compare_keys(const void *a, const void *b)
{
    const struct doc_pair *x = a, *y = b;
    const int order = strcmp(x->key->text, y->key->text);
    return order ? order
                 : (x->key->begin > y->key->begin) - (x->key->begin < y->key->begin);
}

static bh_status
refuse_twins(struct reader *r, const struct doc_node *map)
{
    bh_status status = BH_OK;
    struct doc_pair *sorted = malloc(map->count * sizeof *sorted + 1);
    if (!sorted)
        return no_memory(r);
    memcpy(sorted, map->pairs, map->count * sizeof *sorted);
    qsort(sorted, map->count, sizeof *sorted, compare_keys);
    for (size_t i = 1; status == BH_OK && i < map->count; i++) {
        const struct doc_node *first = sorted[i - 1].key, *key = sorted[i].key;
        int line, column;
        if (strcmp(first->text, key->text) != 0)
            continue;
        doc_place(first->source, first->begin, &line, &column);
        status = doc_error(r->diag, key, BH_ERR_TEXT,
                           "'%s' is there already, in line %d", key->text, line);
    }
    free(sorted);
    return status;
}

static bh_status
fill_map(struct reader *r, struct doc_node *map, const struct growing *list)
{
    const size_t count = list->count / 2;
    if (count > DOC_PAIRS_MAX)
        return doc_error(r->diag, map, BH_ERR_TEXT,
                         "%zu names in one map; %d are the most", count, DOC_PAIRS_MAX);
    struct doc_pair *pairs = bh_arena_take(r->arena, count * sizeof *pairs + 1);
    if (!pairs)
        return no_memory(r);
    for (size_t i = 0; i < count; i++) {
        const struct doc_node *key = list->node[2 * i];
        if (key->kind != DOC_SCALAR)
            return doc_error(r->diag, key, BH_ERR_TEXT,
                             "this is no name; what stands before ':' must be one");
        if (strcmp(key->text, "<<") == 0 && key->style == DOC_PLAIN)
            return doc_error(
                r->diag, key, BH_ERR_TEXT,
                "'<<' is not read here; 'include' takes over another file");
        if (key->length > DOC_NAME_MAX)
            return doc_error(r->diag, key, BH_ERR_TEXT,
                             "a name of %zu bytes; it may have %d", key->length,
                             DOC_NAME_MAX);
        pairs[i] = (struct doc_pair){key, list->node[2 * i + 1]};
    }
    map->pairs = pairs;
    map->count = count;
    return refuse_twins(r, map);
}

static bh_status
fill_list(struct reader *r, struct doc_node *node, const struct growing *list)
{
    const size_t size = list->count * sizeof *list->node;
    const struct doc_node **items = bh_arena_take(r->arena, size + 1);
    if (!items)
        return no_memory(r);
    if (size > 0)
        memcpy(items, list->node, size);
    node->items = items;
    node->count = list->count;
    return BH_OK;
}

static bh_status read_node(struct reader *r, yaml_event_t *event, int depth,
                           const struct doc_node **out);

/* All that is in a list or map, with what ends it. */
static bh_status
read_inside(struct reader *r, struct doc_node *node, int depth, struct growing *list)
{
    for (;;) {
        yaml_event_t event;
        const struct doc_node *child = NULL;
        BH_TRY(next(r, &event));
        const bool ends = event.type == YAML_SEQUENCE_END_EVENT ||
                          event.type == YAML_MAPPING_END_EVENT;
        bh_status status = BH_OK;
        if (ends)
            node->end = byte_of(r, &event.end_mark);
        else
            status = read_node(r, &event, depth, &child);
        yaml_event_delete(&event);
        if (ends || status != BH_OK)
            return status;
        node->size += child->size;
        BH_TRY(grow(r, list, child));
    }
}

static bh_status
read_collection(struct reader *r, const yaml_event_t *event, int depth,
                const struct doc_node **out)
{
    const bool map = event->type == YAML_MAPPING_START_EVENT;
    struct growing list = {0};
    struct anchor *anchor = NULL;
    struct doc_node *node = new_node(r, map ? DOC_MAP : DOC_LIST, event);
    if (!node)
        return no_memory(r);
    if (depth == DOC_DEEPEST)
        return doc_error(r->diag, node, BH_ERR_TEXT,
                         "lists and maps lie in each other more than %d deep",
                         DOC_DEEPEST);
    BH_TRY(refuse_tag(
        r, node, map ? event->data.mapping_start.tag : event->data.sequence_start.tag));
    BH_TRY(count_nodes(r, node, 1));
    BH_TRY(add_anchor(
        r, map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor,
        &anchor));
    bh_status status = read_inside(r, node, depth + 1, &list);
    if (status == BH_OK)
        status = map ? fill_map(r, node, &list) : fill_list(r, node, &list);
    free(list.node);
    if (anchor)
        anchor->node = node;
    *out = node;
    return status;
}

static bh_status
read_node(struct reader *r, yaml_event_t *event, int depth, const struct doc_node **out)
{
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return read_alias(r, event, out);
    case YAML_SCALAR_EVENT:
        return read_scalar(r, event, out);
    default:
        return read_collection(r, event, depth, out);
    }
}

/* The events of a stream: one document, or none. */
static bh_status
read_stream(struct reader *r, const struct doc_node **out)
{
    for (size_t documents = 0;;) {
        yaml_event_t event;
        bh_status status = BH_OK;
        BH_TRY(next(r, &event));
        const yaml_event_type_t type = event.type;
        if (type == YAML_DOCUMENT_START_EVENT && ++documents > 1)
            status = doc_source_error(r->diag, r->source, byte_of(r, &event.start_mark),
                                      BH_ERR_TEXT,
                                      "a second document; a model is one document");
        else if (type == YAML_SCALAR_EVENT || type == YAML_ALIAS_EVENT ||
                 type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT)
            status = read_node(r, &event, 0, out);
        yaml_event_delete(&event);
        if (status != BH_OK || type == YAML_STREAM_END_EVENT || type == YAML_NO_EVENT)
            return status;
    }
}

bh_status
doc_parse(bh_arena *arena, const struct doc_source *source, size_t blank,
          const struct doc_node **out, bh_diag *diag)
{
    struct reader r = {.arena = arena, .source = source, .diag = diag};
    const struct doc_node *node = NULL;
    const char *zero = memchr(source->text, 0, source->size);
    if (zero)
        return doc_source_error(diag, source, (size_t)(zero - source->text),
                                BH_ERR_TEXT, "a zero byte; a model is a text in UTF-8");
    char *text = malloc(source->size + 1);
    if (!text || !yaml_parser_initialize(&r.parser)) {
        free(text);
        return no_memory(&r);
    }
    memcpy(text, source->text, source->size);
    memset(text, ' ', blank);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, source->size);
    const bh_status status = read_stream(&r, &node);
    yaml_parser_delete(&r.parser);
    free(text);
    if (status == BH_OK)
        *out = node && doc_is_null(node) ? NULL : node;
    return status;
}
