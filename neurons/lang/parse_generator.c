/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/generator.h"
#include "neurons/lang/parser.h"

#include <string.h>

static bh_status
expect_word(struct parser *parser, const char *word)
{
    if (!parser_at_word(parser, word))
        return parser_fail(parser, word);
    return parser_advance(parser);
}

/* p=... or size=..., the last argument of a sample. */
static bh_status
parse_keyword(struct parser *parser, struct generator_tree *out)
{
    const bool chance = parser_at_word(parser, "p");
    if (!chance && !parser_at_word(parser, "size"))
        return parser_fail(parser, "'p=' or 'size='");
    BH_TRY(parser_advance(parser));
    BH_TRY(parser_expect(parser, TOKEN_ASSIGN, "'='"));
    return parse_or(parser, chance ? &out->chance : &out->size);
}

/* Whether the next token is a word that '=' follows. */
static bool
at_keyword(const struct parser *parser)
{
    const struct token *token = &parser->scanner.token;
    const char *next = token->at + token->length;
    while (*next == ' ' || *next == '\t' || *next == '\n')
        next++;
    return token->kind == TOKEN_NAME && *next == '=' && next[1] != '=';
}

/* range(stop), range(start, stop), range(start, stop, step); the same of a sample. */
static bh_status
parse_range(struct parser *parser, struct generator_tree *out)
{
    int count = 0;
    const char *at = parser->scanner.token.at;
    out->sample = parser_at_word(parser, "sample");
    if (!out->sample && !parser_at_word(parser, "range"))
        return parser_fail(parser, "range(...) or sample(...)");
    BH_TRY(parser_advance(parser));
    BH_TRY(parser_expect(parser, TOKEN_OPEN, "'('"));
    for (bool more = true; more;) {
        if (out->sample && at_keyword(parser)) {
            BH_TRY(parse_keyword(parser, out));
            break;
        }
        if (count == 3)
            return parser_fail(parser, "')'");
        BH_TRY(parse_or(parser, &out->range[count++]));
        more = parser_kind(parser) == TOKEN_COMMA;
        if (more)
            BH_TRY(parser_advance(parser));
    }
    if (count == 0)
        return lang_error(parser->lang, parser->text, at,
                          "the range must have an end, as in range(N_post)");
    if (out->sample && !out->chance && !out->size)
        return lang_error(parser->lang, parser->text, at,
                          "a sample needs its probability, 'p=0.1', or its size, "
                          "'size=10'");
    if (count == 1) { /* the only one is the end */
        out->range[1] = out->range[0];
        out->range[0] = NULL;
    }
    return parser_expect(parser, TOKEN_CLOSE, "',' or ')'");
}

bh_status
parse_generator(struct lang *lang, const struct text *text, struct generator_tree *out)
{
    struct parser parser;
    *out = (struct generator_tree){0};
    BH_TRY(parser_start(&parser, lang, text, false));
    BH_TRY(parse_or(&parser, &out->value));
    BH_TRY(expect_word(&parser, "for"));
    BH_TRY(parser_name(&parser, &out->variable));
    BH_TRY(parser_advance(&parser));
    BH_TRY(expect_word(&parser, "in"));
    BH_TRY(parse_range(&parser, out));
    if (parser_at_word(&parser, "if")) {
        BH_TRY(parser_advance(&parser));
        BH_TRY(parse_or(&parser, &out->condition));
    }
    return parser_kind(&parser) == TOKEN_END ? BH_OK
                                             : parser_fail(&parser, "'if' or the end");
}
