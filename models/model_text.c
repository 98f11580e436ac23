/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/model_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The tree of a model as YAML again, with all that was included and overridden. */

struct text {
    char *bytes;
    size_t size, room;
    bool failed;
};

static void
put(struct text *text, const char *bytes, size_t size)
{
    if (text->size + size + 1 > text->room) {
        const size_t room = 2 * (text->size + size) + 1024;
        char *more = realloc(text->bytes, room);
        if (!more) {
            text->failed = true;
            return;
        }
        text->bytes = more;
        text->room = room;
    }
    memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
    text->bytes[text->size] = '\0';
}

static void
put_text(struct text *text, const char *word)
{
    put(text, word, strlen(word));
}

static void
put_line(struct text *text, int depth)
{
    put_text(text, "\n");
    for (int i = 0; i < depth; i++)
        put_text(text, "  ");
}

/* Letters, digits and what YAML gives no meaning inside of a word. */
static bool
is_plain(const struct doc_node *node)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    static const char inside[] = "0123456789.+*/()<>=";
    for (size_t i = 0; i < node->length; i++) {
        const char c = node->text[i];
        const bool digit = c >= '0' && c <= '9', blank = c == ' ';
        if (!c || (!strchr(letters, c) && !strchr(inside, c) && c != '-' && !blank))
            return false;
        if (i == 0 && !strchr(letters, c) && !digit)
            return false;
        if (i + 1 == node->length && blank)
            return false;
    }
    return node->length > 0;
}

/* Several lines, none of which YAML would read otherwise. */
static bool
is_literal(const struct doc_node *node)
{
    if (node->length < 2 || node->text[node->length - 1] != '\n' ||
        strchr(" \n\t", node->text[0]) || strstr(node->text, "\n\n"))
        return false;
    for (size_t i = 0; i < node->length; i++)
        if ((unsigned char)node->text[i] < 32 && node->text[i] != '\n')
            return false;
    return true;
}

static void
put_quoted(struct text *text, const struct doc_node *node)
{
    put_text(text, "\"");
    for (size_t i = 0; i < node->length; i++) {
        char escaped[8] = {node->text[i]};
        if (node->text[i] == '"' || node->text[i] == '\\')
            snprintf(escaped, sizeof escaped, "\\%c", node->text[i]);
        else if ((unsigned char)node->text[i] < 32)
            snprintf(escaped, sizeof escaped, "\\x%02x", node->text[i]);
        put_text(text, escaped);
    }
    put_text(text, "\"");
}

static void
put_scalar(struct text *text, const struct doc_node *node, int depth)
{
    if (doc_is_null(node)) {
        put_text(text, "~");
    } else if (is_plain(node)) {
        put(text, node->text, node->length);
    } else if (is_literal(node)) {
        put_text(text, "|");
        for (const char *line = node->text; *line;) {
            const size_t length = strcspn(line, "\n");
            put_line(text, depth);
            put(text, line, length);
            line += length + 1;
        }
    } else {
        put_quoted(text, node);
    }
}

static void
put_node(struct text *text, const struct doc_node *node, int depth)
{
    if (node->kind == DOC_SCALAR) {
        put_scalar(text, node, depth);
    } else if (node->count == 0) {
        put_text(text, node->kind == DOC_MAP ? "{}" : "[]");
    } else if (node->kind == DOC_LIST) {
        for (size_t i = 0; i < node->count; i++) {
            put_line(text, depth);
            put_text(text, "- ");
            put_node(text, node->items[i], depth + 1);
        }
    } else {
        for (size_t i = 0; i < node->count; i++) {
            if (depth > 0 || i > 0)
                put_line(text, depth);
            put_scalar(text, node->pairs[i].key, depth);
            put_text(text, ": ");
            put_node(text, node->pairs[i].value, depth + 1);
        }
    }
}

bh_status
bh_model_text(const bh_model *model, char **out, bh_diag *diag)
{
    struct text text = {0};
    if (model->root)
        put_node(&text, model->root, 0);
    put_text(&text, "\n");
    if (text.failed) {
        free(text.bytes);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the model's text");
    }
    *out = text.bytes;
    return BH_OK;
}
