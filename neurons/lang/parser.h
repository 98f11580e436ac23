/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_LANG_PARSER_H
#define BH_NEURONS_LANG_PARSER_H

/* What the parsers of expressions (parse.c) and of equations and statements
 * (parse_equations.c) share. */

#include "neurons/lang/lang.h"

struct parser {
    struct scanner scanner;
    struct lang *lang;
    const struct text *text;
    int depth;
    bool scheme; /* f and g are functions */
    bool lines;  /* newlines end an expression (statements), or are blank (equations) */
};

/* Begins at the first token that is no newline. */
bh_status parser_start(struct parser *parser, struct lang *lang,
                       const struct text *text, bool lines);
enum token_kind parser_kind(const struct parser *parser);
bool parser_at_word(const struct parser *parser, const char *word);
bh_status parser_advance(struct parser *parser);
/* "expected ..., found ..." at the current token. */
bh_status parser_fail(struct parser *parser, const char *wanted);
bh_status parser_expect(struct parser *parser, enum token_kind wanted,
                        const char *what);
bh_status parser_no_memory(struct parser *parser);
/* A copy of the name that the current token is. */
bh_status parser_name(struct parser *parser, const char **out);
bh_status parser_node(struct parser *parser, enum op_code code, const char *at,
                      struct node **out);
/* A node of one (right NULL) or two arguments. */
bh_status parser_operation(struct parser *parser, enum op_code code, const char *at,
                           struct node *left, struct node *right, struct node **out);
/* A whole expression. */
bh_status parse_or(struct parser *parser, struct node **out);

#endif
