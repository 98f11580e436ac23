/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/parser.h"

#include <stdio.h>
#include <string.h>

/* Deeper nesting than this is no model, and would use up the stack. */
enum { DEEPEST = 200, LONGEST = 2000 };

static const struct op_info infos[OP_COUNT] = {
    [OP_CONST] = {"CONST", NULL, 0, UNITS_OWN, TYPE_REAL, NULL},
    [OP_LOAD] = {"LOAD", NULL, 0, UNITS_OWN, TYPE_REAL, NULL},
    [OP_NOISE] = {"NOISE", NULL, 0, UNITS_OWN, TYPE_REAL, NULL},
    [OP_RAND] = {"RAND", "rand", 0, UNITS_NONE, TYPE_REAL, NULL},
    [OP_RANDN] = {"RANDN", "randn", 0, UNITS_NONE, TYPE_REAL, NULL},
    [OP_POISSON] = {"POISSON", "poisson", 1, UNITS_NONE, TYPE_INTEGER, NULL},
    [OP_READY] = {"READY", NULL, 1, UNITS_OWN, TYPE_BOOLEAN, NULL},
    [OP_HELD] = {"HELD", NULL, 1, UNITS_OWN, TYPE_REAL, NULL},
    [OP_CHAIN] = {"CHAIN", "<", 2, UNITS_OWN, TYPE_BOOLEAN, NULL},
    [OP_TABLE] = {"TABLE", NULL, 2, UNITS_OWN, TYPE_REAL, NULL},
    [OP_ROW] = {"ROW", NULL, 1, UNITS_OWN, TYPE_REAL, NULL},
    [OP_CELL] = {"CELL", NULL, 2, UNITS_OWN, TYPE_REAL, NULL},
    [OP_DRIFT] = {"DRIFT", NULL, 2, UNITS_OWN, TYPE_REAL, NULL},
    [OP_DIFFUSION] = {"DIFFUSION", NULL, 2, UNITS_OWN, TYPE_REAL, NULL},
#define BH_OP(code, name, args, units, type, expression)                               \
    [OP_##code] = {#code, name, args, UNITS_##units, TYPE_##type, #expression},
#include "neurons/lang/ops.def"
};

const struct op_info *
op_info(enum op_code code)
{
    return &infos[code];
}

enum token_kind
parser_kind(const struct parser *parser)
{
    return parser->scanner.token.kind;
}

bool
parser_at_word(const struct parser *parser, const char *word)
{
    const struct token *token = &parser->scanner.token;
    return token->kind == TOKEN_NAME && token->length == strlen(word) &&
           memcmp(token->at, word, token->length) == 0;
}

bh_status
parser_advance(struct parser *parser)
{
    do {
        BH_TRY(scan_next(&parser->scanner));
    } while (!parser->lines && parser_kind(parser) == TOKEN_NEWLINE);
    return BH_OK;
}

bh_status
parser_fail(struct parser *parser, const char *wanted)
{
    const struct token *token = &parser->scanner.token;
    if (token->kind == TOKEN_NAME || token->kind == TOKEN_NUMBER)
        return lang_error(parser->lang, parser->text, token->at,
                          "expected %s, found '%.*s'", wanted,
                          token->length > 40 ? 40 : (int)token->length, token->at);
    return lang_error(parser->lang, parser->text, token->at,
                      token->kind <= TOKEN_NEWLINE ? "expected %s, found %s"
                                                   : "expected %s, found '%s'",
                      wanted, token_text(token->kind));
}

bh_status
parser_expect(struct parser *parser, enum token_kind wanted, const char *what)
{
    if (parser_kind(parser) != wanted)
        return parser_fail(parser, what);
    return parser_advance(parser);
}

bh_status
parser_no_memory(struct parser *parser)
{
    return bh_diag_set(parser->lang->diag, BH_ERR_MEMORY, "no memory for %s",
                       parser->text->where);
}

bh_status
parser_node(struct parser *parser, enum op_code code, const char *at, struct node **out)
{
    struct node *node = bh_arena_take(parser->lang->arena, sizeof *node);
    if (!node)
        return parser_no_memory(parser);
    node->code = code;
    node->text = parser->text;
    node->at = at;
    *out = node;
    return BH_OK;
}

bh_status
parser_name(struct parser *parser, const char **out)
{
    const struct token *token = &parser->scanner.token;
    if (token->kind != TOKEN_NAME)
        return parser_fail(parser, "a name");
    if (token->length > 100)
        return lang_error(parser->lang, parser->text, token->at,
                          "the name is longer than 100 characters");
    *out = bh_arena_text(parser->lang->arena, token->at, token->length);
    return *out ? BH_OK : parser_no_memory(parser);
}

/* Functions by name; how many there are. */
static size_t
function_names(const char *names[OP_COUNT])
{
    size_t count = 0;
    for (int code = OP_RAND; code < OP_COUNT; code++) {
        const char *function = infos[code].name;
        if (function && function[0] >= 'a' && infos[code].units != UNITS_LOGIC)
            names[count++] = function;
    }
    return count;
}

bh_status
lang_no_function(struct lang *lang, const struct text *text, const char *at,
                 const char *name)
{
    const char *names[OP_COUNT];
    const char *near = bh_text_nearest(name, names, function_names(names));
    return lang_error(lang, text, at,
                      near ? "there is no function '%s'; did you mean '%s'?"
                           : "there is no function '%s'",
                      name, near);
}

/* A name that is no function of the language may be an array of the namespace. */
static bh_status
find_function(struct parser *parser, const char *name, const char *at,
              enum op_code *out)
{
    if (parser->scheme && (strcmp(name, "f") == 0 || strcmp(name, "g") == 0)) {
        *out = *name == 'f' ? OP_DRIFT : OP_DIFFUSION;
        return BH_OK;
    }
    for (int code = OP_RAND; code < OP_COUNT; code++) {
        const char *function = infos[code].name;
        if (function && infos[code].units != UNITS_LOGIC &&
            strcmp(function, name) == 0) {
            *out = (enum op_code)code;
            return BH_OK;
        }
    }
    if (parser->scheme)
        return lang_no_function(parser->lang, parser->text, at, name);
    *out = OP_TABLE;
    return BH_OK;
}

static bh_status
parse_call(struct parser *parser, const char *name, const char *at, struct node **out)
{
    enum op_code code = OP_TABLE;
    BH_TRY(find_function(parser, name, at, &code));
    struct node *node = NULL;
    BH_TRY(parser_node(parser, code, at, &node));
    BH_TRY(parser_advance(parser)); /* the parenthesis */
    while (parser_kind(parser) != TOKEN_CLOSE) {
        if (node->count == 3)
            return parser_fail(parser, "')'");
        BH_TRY(parse_or(parser, &node->arg[node->count]));
        if (node->arg[node->count]->depth >= node->depth)
            node->depth = node->arg[node->count]->depth + 1;
        node->count++;
        if (parser_kind(parser) != TOKEN_COMMA)
            break;
        BH_TRY(parser_advance(parser));
    }
    BH_TRY(parser_expect(parser, TOKEN_CLOSE, "',' or ')'"));
    node->name = name;
    if (code != OP_TABLE && node->count != infos[code].args)
        return lang_error(parser->lang, parser->text, at,
                          "%s takes %d argument%s, not %d", name, infos[code].args,
                          infos[code].args == 1 ? "" : "s", node->count);
    *out = node;
    return BH_OK;
}

/* The text after a name decides whether it is called. */
static bh_status
parse_name(struct parser *parser, struct node **out)
{
    static const char *const words[] = {"and",    "or",     "not",    "if",  "else",
                                        "for",    "in",     "lambda", "is",  "while",
                                        "import", "return", "def",    "None"};
    const char *at = parser->scanner.token.at, *name;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (parser_at_word(parser, words[i]))
            return parser_fail(parser, "a value");
    BH_TRY(parser_name(parser, &name));
    BH_TRY(parser_advance(parser));
    if (parser_kind(parser) == TOKEN_OPEN)
        return parse_call(parser, name, at, out);
    BH_TRY(parser_node(parser, OP_LOAD, at, out));
    (*out)->name = name;
    return BH_OK;
}

static bh_status
parse_primary(struct parser *parser, struct node **out)
{
    const struct token *token = &parser->scanner.token;
    if (token->kind == TOKEN_NUMBER) {
        BH_TRY(parser_node(parser, OP_CONST, token->at, out));
        (*out)->number = token->number;
        return parser_advance(parser);
    }
    if (token->kind == TOKEN_OPEN) {
        bool lines = parser->lines;
        parser->lines = false; /* a bracket continues over lines */
        BH_TRY(parser_advance(parser));
        BH_TRY(parse_or(parser, out));
        if (parser_kind(parser) != TOKEN_CLOSE)
            return parser_fail(parser, "')'");
        parser->lines = lines;
        return parser_advance(parser);
    }
    if (token->kind == TOKEN_NAME)
        return parse_name(parser, out);
    return parser_fail(parser, "a value");
}

bh_status
parser_operation(struct parser *parser, enum op_code code, const char *at,
                 struct node *left, struct node *right, struct node **out)
{
    BH_TRY(parser_node(parser, code, at, out));
    (*out)->count = right ? 2 : 1;
    (*out)->arg[0] = left;
    (*out)->arg[1] = right;
    (*out)->depth = left->depth + 1;
    if (right && right->depth >= left->depth)
        (*out)->depth = right->depth + 1;
    if ((*out)->depth > LONGEST)
        return lang_error(parser->lang, parser->text, at,
                          "the expression has more than %d operations in a row",
                          LONGEST);
    return BH_OK;
}

static bh_status parse_unary(struct parser *parser, struct node **out);

/* x**y binds tighter than a minus before x, looser than one before y. */
static bh_status
parse_power(struct parser *parser, struct node **out)
{
    struct node *base, *exponent;
    BH_TRY(parse_primary(parser, &base));
    *out = base;
    if (parser_kind(parser) != TOKEN_POW)
        return BH_OK;
    const char *at = parser->scanner.token.at;
    BH_TRY(parser_advance(parser));
    BH_TRY(parse_unary(parser, &exponent));
    return parser_operation(parser, OP_POW, at, base, exponent, out);
}

static bh_status
parse_unary(struct parser *parser, struct node **out)
{
    if (parser->depth >= DEEPEST)
        return lang_error(parser->lang, parser->text, parser->scanner.token.at,
                          "the expression is nested more than %d deep", DEEPEST);
    parser->depth++;
    const char *at = parser->scanner.token.at;
    bh_status status;
    if (parser_kind(parser) == TOKEN_SUB || parser_kind(parser) == TOKEN_ADD) {
        bool minus = parser_kind(parser) == TOKEN_SUB;
        struct node *operand;
        status = parser_advance(parser);
        if (status == BH_OK)
            status = parse_unary(parser, &operand);
        if (status == BH_OK && minus)
            status = parser_operation(parser, OP_NEG, at, operand, NULL, out);
        else if (status == BH_OK)
            *out = operand;
    } else {
        status = parse_power(parser, out);
    }
    parser->depth--;
    return status;
}

/* Left-associative levels, from the tightest: each is a row of (token, operation). */
struct level {
    enum token_kind token;
    enum op_code code;
};

static bh_status
parse_chain(struct parser *parser, const struct level *level, size_t count,
            bh_status (*tighter)(struct parser *, struct node **), struct node **out)
{
    BH_TRY(tighter(parser, out));
    for (;;) {
        size_t i = 0;
        while (i < count && level[i].token != parser_kind(parser))
            i++;
        if (i == count)
            return BH_OK;
        const char *at = parser->scanner.token.at;
        struct node *left = *out, *right;
        BH_TRY(parser_advance(parser));
        BH_TRY(tighter(parser, &right));
        BH_TRY(parser_operation(parser, level[i].code, at, left, right, out));
    }
}

static bh_status
parse_product(struct parser *parser, struct node **out)
{
    static const struct level level[] = {{TOKEN_MUL, OP_MUL},
                                         {TOKEN_DIV, OP_DIV},
                                         {TOKEN_FLOORDIV, OP_FLOORDIV},
                                         {TOKEN_MOD, OP_MOD}};
    return parse_chain(parser, level, 4, parse_unary, out);
}

static bh_status
parse_sum(struct parser *parser, struct node **out)
{
    static const struct level level[] = {{TOKEN_ADD, OP_ADD}, {TOKEN_SUB, OP_SUB}};
    return parse_chain(parser, level, 2, parse_product, out);
}

static bh_status
parse_comparison(struct parser *parser, struct node **out)
{
    static const struct level level[] = {{TOKEN_LT, OP_LT}, {TOKEN_LE, OP_LE},
                                         {TOKEN_GT, OP_GT}, {TOKEN_GE, OP_GE},
                                         {TOKEN_EQ, OP_EQ}, {TOKEN_NE, OP_NE}};
    BH_TRY(parse_sum(parser, out));
    for (bool first = true;; first = false) {
        size_t i = 0;
        while (i < 6 && level[i].token != parser_kind(parser))
            i++;
        if (i == 6)
            return BH_OK;
        const char *at = parser->scanner.token.at;
        struct node *left = *out, *right;
        BH_TRY(parser_advance(parser));
        BH_TRY(parse_sum(parser, &right));
        BH_TRY(parser_operation(parser, first ? level[i].code : OP_CHAIN, at, left,
                                right, out));
        (*out)->number = level[i].code;
    }
}

static bh_status
parse_not(struct parser *parser, struct node **out)
{
    if (!parser_at_word(parser, "not"))
        return parse_comparison(parser, out);
    const char *at = parser->scanner.token.at;
    if (parser->depth >= DEEPEST)
        return lang_error(parser->lang, parser->text, at,
                          "the expression is nested more than %d deep", DEEPEST);
    parser->depth++;
    struct node *operand;
    BH_TRY(parser_advance(parser));
    BH_TRY(parse_not(parser, &operand));
    parser->depth--;
    return parser_operation(parser, OP_NOT, at, operand, NULL, out);
}

static bh_status
parse_words(struct parser *parser, const char *word, enum op_code code,
            bh_status (*tighter)(struct parser *, struct node **), struct node **out)
{
    BH_TRY(tighter(parser, out));
    while (parser_at_word(parser, word)) {
        const char *at = parser->scanner.token.at;
        struct node *left = *out, *right;
        BH_TRY(parser_advance(parser));
        BH_TRY(tighter(parser, &right));
        BH_TRY(parser_operation(parser, code, at, left, right, out));
    }
    return BH_OK;
}

static bh_status
parse_and(struct parser *parser, struct node **out)
{
    return parse_words(parser, "and", OP_AND, parse_not, out);
}

bh_status
parse_or(struct parser *parser, struct node **out)
{
    return parse_words(parser, "or", OP_OR, parse_and, out);
}

bh_status
parser_start(struct parser *parser, struct lang *lang, const struct text *text,
             bool lines)
{
    *parser = (struct parser){.lang = lang, .text = text, .lines = lines};
    BH_TRY(scan_start(&parser->scanner, lang, text));
    while (parser_kind(parser) == TOKEN_NEWLINE)
        BH_TRY(scan_next(&parser->scanner));
    return BH_OK;
}

bh_status
parse_expression(struct lang *lang, const struct text *text, struct node **out)
{
    struct parser parser;
    BH_TRY(parser_start(&parser, lang, text, false));
    BH_TRY(parse_or(&parser, out));
    return parser_kind(&parser) == TOKEN_END ? BH_OK
                                             : parser_fail(&parser, "an operator");
}
