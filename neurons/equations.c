/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/equations.h"

#include "neurons/lang/lang.h"

#include <stdlib.h>
#include <string.h>

struct bh_equations {
    struct writer writer;
};

/* A name, and what stands in its place. */
struct replacement {
    const char *name; /* in the text of the replacements, as the others */
    size_t name_length;
    const char *value;
    size_t length;
    bool is_name; /* the value is a single name */
    int uses;
};

/* What one call works with. */
struct piece {
    struct lang *lang;
    struct text text, replace;
    struct equation *equations; /* of the text, before anything is replaced */
    struct replacement *replacements;
    size_t count;
    struct writer *writer;
};

bh_status
bh_equations_new(bh_equations **out, bh_diag *diag)
{
    bh_equations *equations = calloc(1, sizeof *equations);
    if (!equations)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for equations");
    write_text(&equations->writer, "%s", "");
    if (equations->writer.failed) {
        free(equations);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for equations");
    }
    *out = equations;
    return BH_OK;
}

void
bh_equations_free(bh_equations *equations)
{
    if (!equations)
        return;
    writer_free(&equations->writer);
    free(equations);
}

const char *
bh_equations_text(const bh_equations *equations)
{
    return equations->writer.text;
}

static bool
is_same(const char *a, size_t a_length, const char *b, size_t b_length)
{
    return a_length == b_length && memcmp(a, b, a_length) == 0;
}

static struct replacement *
find(const struct piece *piece, const char *name, size_t length)
{
    for (size_t i = 0; i < piece->count; i++)
        if (is_same(piece->replacements[i].name, piece->replacements[i].name_length,
                    name, length))
            return &piece->replacements[i];
    return NULL;
}

/* One "name = value", from its first token to the one behind its last. */
static bh_status
read_replacement(struct piece *piece, struct scanner *scanner)
{
    const struct token *token = &scanner->token;
    const char *name = token->at;
    size_t name_length = token->length, tokens = 0;
    struct replacement made = {.name = name, .name_length = name_length};
    if (find(piece, name, name_length))
        return lang_error(piece->lang, &piece->replace, name,
                          "'%.*s' is replaced twice", (int)name_length, name);
    BH_TRY(scan_next(scanner));
    if (token->kind != TOKEN_ASSIGN)
        return lang_error(piece->lang, &piece->replace, token->at,
                          "a replacement is written 'name = value'");
    BH_TRY(scan_next(scanner));
    made.value = token->at;
    for (; token->kind != TOKEN_SEMICOLON && token->kind != TOKEN_NEWLINE &&
           token->kind != TOKEN_END;
         tokens++) {
        made.length = (size_t)(token->at + token->length - made.value);
        made.is_name = tokens == 0 && token->kind == TOKEN_NAME;
        BH_TRY(scan_next(scanner));
    }
    piece->replacements[piece->count++] = made;
    return BH_OK;
}

static bh_status
read_replacements(struct piece *piece)
{
    struct statement *statements;
    struct scanner scanner;
    size_t most = 0;
    BH_TRY(parse_statements(piece->lang, &piece->replace, &statements));
    for (const struct statement *s = statements; s; s = s->next)
        most++;
    piece->replacements =
        bh_arena_take(piece->lang->arena, (most + 1) * sizeof *piece->replacements);
    if (!piece->replacements)
        return bh_diag_set(piece->lang->diag, BH_ERR_MEMORY, "no memory for equations");
    BH_TRY(scan_start(&scanner, piece->lang, &piece->replace));
    while (scanner.token.kind != TOKEN_END) {
        if (scanner.token.kind == TOKEN_NAME && piece->count < most)
            BH_TRY(read_replacement(piece, &scanner));
        else
            BH_TRY(scan_next(&scanner));
    }
    return BH_OK;
}

/* The equation whose name begins here, with the d of a differential equation or not. */
static const struct equation *
defined_at(const struct piece *piece, const char *at)
{
    for (const struct equation *eq = piece->equations; eq; eq = eq->next)
        if (eq->at == at + (eq->kind == EQUATION_DIFFERENTIAL))
            return eq;
    return NULL;
}

static bh_status
replace_name(struct piece *piece, const struct token *token)
{
    const struct equation *defined = defined_at(piece, token->at);
    size_t skipped = defined && defined->kind == EQUATION_DIFFERENTIAL;
    struct replacement *r = find(piece, token->at + skipped, token->length - skipped);
    if (!r) {
        write_text(piece->writer, "%.*s", (int)token->length, token->at);
        return BH_OK;
    }
    r->uses++;
    if (defined && !r->is_name)
        return lang_error(
            piece->lang, &piece->replace, r->value,
            "'%.*s' has an equation, so it can be renamed, not replaced by "
            "a value",
            (int)r->name_length, r->name);
    write_text(piece->writer, r->is_name ? "%s%.*s" : "%s(%.*s)", skipped ? "d" : "",
               (int)r->length, r->value);
    return BH_OK;
}

/* Copies the text, names replaced; units and flags, which stand behind a colon, are
 * left as they are. */
static bh_status
copy_text(struct piece *piece)
{
    struct scanner scanner;
    const struct token *token = &scanner.token;
    const char *copied = piece->text.start;
    bool unit = false;
    BH_TRY(scan_start(&scanner, piece->lang, &piece->text));
    for (;;) {
        write_text(piece->writer, "%.*s", (int)(token->at - copied), copied);
        if (token->kind == TOKEN_END)
            break;
        unit = token->kind == TOKEN_COLON || (unit && token->kind != TOKEN_NEWLINE);
        if (token->kind == TOKEN_NAME && !unit)
            BH_TRY(replace_name(piece, token));
        else
            write_text(piece->writer, "%.*s", (int)token->length, token->at);
        copied = token->at + token->length;
        BH_TRY(scan_next(&scanner));
    }
    write_text(piece->writer, "\n");
    for (size_t i = 0; i < piece->count; i++)
        if (piece->replacements[i].uses == 0)
            return lang_error(piece->lang, &piece->replace, piece->replacements[i].name,
                              "'%.*s' does not occur in the equations",
                              (int)piece->replacements[i].name_length,
                              piece->replacements[i].name);
    return BH_OK;
}

/* All lines together are right, and define each name once. */
static bh_status
check_whole(const struct piece *piece)
{
    struct text whole = {"equations", piece->writer->text, piece->writer->length};
    struct equation *equations;
    BH_TRY(parse_equations(piece->lang, &whole, &equations));
    for (const struct equation *a = equations; a; a = a->next)
        for (const struct equation *b = equations; b != a; b = b->next)
            if (strcmp(a->name, b->name) == 0)
                return lang_error(piece->lang, &whole, a->at,
                                  "'%s' has two definitions", a->name);
    return BH_OK;
}

static bh_status
add(bh_equations *equations, struct piece *piece)
{
    BH_TRY(parse_equations(piece->lang, &piece->text, &piece->equations));
    BH_TRY(read_replacements(piece));
    BH_TRY(copy_text(piece));
    if (equations->writer.failed)
        return bh_diag_set(piece->lang->diag, BH_ERR_MEMORY, "no memory for equations");
    return check_whole(piece);
}

bh_status
bh_equations_add(bh_equations *equations, const char *text, const char *replace,
                 bh_diag *diag)
{
    bh_arena *arena;
    const size_t before = equations->writer.length;
    BH_TRY(bh_arena_new(&arena));
    struct lang lang = {arena, diag};
    struct piece piece = {
        .lang = &lang,
        .text = {"equations", text ? text : "", text ? strlen(text) : 0},
        .replace = {"replacements", replace ? replace : "",
                    replace ? strlen(replace) : 0},
        .writer = &equations->writer};
    bh_status status = add(equations, &piece);
    bh_arena_free(arena);
    if (status != BH_OK) {
        equations->writer.length = before;
        equations->writer.text[before] = 0;
    }
    return status;
}
