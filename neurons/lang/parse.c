/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/lang.h"

#include <stdio.h>
#include <string.h>

/* Deeper nesting than this is no model, and would use up the stack. */
enum { DEEPEST = 200, LONGEST = 2000 };

struct parser {
    struct scanner scanner;
    struct lang *lang;
    const struct text *text;
    int depth;
    bool scheme; /* f and g are functions */
    bool lines;  /* newlines end an expression (statements), or are blank (equations) */
};

static const struct op_info infos[OP_COUNT] = {
    [OP_CONST] = {"CONST", NULL, 0, UNITS_OWN, TYPE_REAL, NULL},
    [OP_LOAD] = {"LOAD", NULL, 0, UNITS_OWN, TYPE_REAL, NULL},
    [OP_NOISE] = {"NOISE", NULL, 0, UNITS_OWN, TYPE_REAL, NULL},
    [OP_RAND] = {"RAND", "rand", 0, UNITS_NONE, TYPE_REAL, NULL},
    [OP_RANDN] = {"RANDN", "randn", 0, UNITS_NONE, TYPE_REAL, NULL},
    [OP_READY] = {"READY", NULL, 1, UNITS_OWN, TYPE_BOOLEAN, NULL},
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

static enum token_kind
kind(const struct parser *parser)
{
    return parser->scanner.token.kind;
}

static bool
is_word(const struct parser *parser, const char *word)
{
    const struct token *token = &parser->scanner.token;
    return token->kind == TOKEN_NAME && token->length == strlen(word) &&
           memcmp(token->at, word, token->length) == 0;
}

static bh_status
advance(struct parser *parser)
{
    do {
        BH_TRY(scan_next(&parser->scanner));
    } while (!parser->lines && kind(parser) == TOKEN_NEWLINE);
    return BH_OK;
}

static bh_status
fail(struct parser *parser, const char *wanted)
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

static bh_status
expect(struct parser *parser, enum token_kind wanted, const char *what)
{
    if (kind(parser) != wanted)
        return fail(parser, what);
    return advance(parser);
}

static bh_status
no_memory(struct parser *parser)
{
    return bh_diag_set(parser->lang->diag, BH_ERR_MEMORY, "no memory for %s",
                       parser->text->where);
}

static bh_status
new_node(struct parser *parser, enum op_code code, const char *at, struct node **out)
{
    struct node *node = bh_arena_take(parser->lang->arena, sizeof *node);
    if (!node)
        return no_memory(parser);
    node->code = code;
    node->text = parser->text;
    node->at = at;
    *out = node;
    return BH_OK;
}

static bh_status
token_name(struct parser *parser, const char **out)
{
    const struct token *token = &parser->scanner.token;
    if (token->kind != TOKEN_NAME)
        return fail(parser, "a name");
    if (token->length > 100)
        return lang_error(parser->lang, parser->text, token->at,
                          "the name is longer than 100 characters");
    *out = bh_arena_text(parser->lang->arena, token->at, token->length);
    return *out ? BH_OK : no_memory(parser);
}

static bh_status parse_or(struct parser *parser, struct node **out);

static bh_status
find_function(struct parser *parser, const char *name, const char *at, enum op_code *out)
{
    const char *names[OP_COUNT];
    size_t count = 0;
    if (parser->scheme && (strcmp(name, "f") == 0 || strcmp(name, "g") == 0)) {
        *out = *name == 'f' ? OP_DRIFT : OP_DIFFUSION;
        return BH_OK;
    }
    for (int code = OP_RAND; code < OP_COUNT; code++) {
        const char *function = infos[code].name;
        if (!function || function[0] < 'a' || infos[code].units == UNITS_LOGIC)
            continue;
        names[count++] = function;
        if (strcmp(function, name) == 0) {
            *out = (enum op_code)code;
            return BH_OK;
        }
    }
    const char *near = lang_nearest(name, names, count);
    return lang_error(parser->lang, parser->text, at,
                      near ? "there is no function '%s'; did you mean '%s'?"
                           : "there is no function '%s'",
                      name, near);
}

static bh_status
parse_call(struct parser *parser, const char *name, const char *at, struct node **out)
{
    enum op_code code;
    BH_TRY(find_function(parser, name, at, &code));
    struct node *node = NULL;
    BH_TRY(new_node(parser, code, at, &node));
    BH_TRY(advance(parser)); /* the parenthesis */
    while (kind(parser) != TOKEN_CLOSE) {
        if (node->count == 3)
            return fail(parser, "')'");
        BH_TRY(parse_or(parser, &node->arg[node->count]));
        if (node->arg[node->count]->depth >= node->depth)
            node->depth = node->arg[node->count]->depth + 1;
        node->count++;
        if (kind(parser) != TOKEN_COMMA)
            break;
        BH_TRY(advance(parser));
    }
    BH_TRY(expect(parser, TOKEN_CLOSE, "',' or ')'"));
    if (node->count != infos[code].args)
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
    static const char *const words[] = {"and",    "or",    "not",   "if",   "else",
                                        "for",    "in",    "lambda", "is",  "while",
                                        "import", "return", "def",  "None"};
    const char *at = parser->scanner.token.at, *name;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (is_word(parser, words[i]))
            return fail(parser, "a value");
    BH_TRY(token_name(parser, &name));
    BH_TRY(advance(parser));
    if (kind(parser) == TOKEN_OPEN)
        return parse_call(parser, name, at, out);
    BH_TRY(new_node(parser, OP_LOAD, at, out));
    (*out)->name = name;
    return BH_OK;
}

static bh_status
parse_primary(struct parser *parser, struct node **out)
{
    const struct token *token = &parser->scanner.token;
    if (token->kind == TOKEN_NUMBER) {
        BH_TRY(new_node(parser, OP_CONST, token->at, out));
        (*out)->number = token->number;
        return advance(parser);
    }
    if (token->kind == TOKEN_OPEN) {
        bool lines = parser->lines;
        parser->lines = false; /* a bracket continues over lines */
        BH_TRY(advance(parser));
        BH_TRY(parse_or(parser, out));
        if (kind(parser) != TOKEN_CLOSE)
            return fail(parser, "')'");
        parser->lines = lines;
        return advance(parser);
    }
    if (token->kind == TOKEN_NAME)
        return parse_name(parser, out);
    return fail(parser, "a value");
}

static bh_status
two(struct parser *parser, enum op_code code, const char *at, struct node *left,
    struct node *right, struct node **out)
{
    BH_TRY(new_node(parser, code, at, out));
    (*out)->count = right ? 2 : 1;
    (*out)->arg[0] = left;
    (*out)->arg[1] = right;
    (*out)->depth = left->depth + 1;
    if (right && right->depth >= left->depth)
        (*out)->depth = right->depth + 1;
    if ((*out)->depth > LONGEST)
        return lang_error(parser->lang, parser->text, at,
                          "the expression has more than %d operations in a row", LONGEST);
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
    if (kind(parser) != TOKEN_POW)
        return BH_OK;
    const char *at = parser->scanner.token.at;
    BH_TRY(advance(parser));
    BH_TRY(parse_unary(parser, &exponent));
    return two(parser, OP_POW, at, base, exponent, out);
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
    if (kind(parser) == TOKEN_SUB || kind(parser) == TOKEN_ADD) {
        bool minus = kind(parser) == TOKEN_SUB;
        struct node *operand;
        status = advance(parser);
        if (status == BH_OK)
            status = parse_unary(parser, &operand);
        if (status == BH_OK && minus)
            status = two(parser, OP_NEG, at, operand, NULL, out);
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
        while (i < count && level[i].token != kind(parser))
            i++;
        if (i == count)
            return BH_OK;
        const char *at = parser->scanner.token.at;
        struct node *left = *out, *right;
        BH_TRY(advance(parser));
        BH_TRY(tighter(parser, &right));
        BH_TRY(two(parser, level[i].code, at, left, right, out));
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
    for (size_t i = 0, compared = 0; i < 6; i++) {
        if (level[i].token != kind(parser))
            continue;
        const char *at = parser->scanner.token.at;
        if (compared++)
            return lang_error(parser->lang, parser->text, at,
                              "comparisons cannot be chained; write 'a < b and b < c'");
        struct node *left = *out, *right;
        BH_TRY(advance(parser));
        BH_TRY(parse_sum(parser, &right));
        BH_TRY(two(parser, level[i].code, at, left, right, out));
        i = (size_t)-1; /* look again for a second one */
    }
    return BH_OK;
}

static bh_status
parse_not(struct parser *parser, struct node **out)
{
    if (!is_word(parser, "not"))
        return parse_comparison(parser, out);
    const char *at = parser->scanner.token.at;
    if (parser->depth >= DEEPEST)
        return lang_error(parser->lang, parser->text, at,
                          "the expression is nested more than %d deep", DEEPEST);
    parser->depth++;
    struct node *operand;
    BH_TRY(advance(parser));
    BH_TRY(parse_not(parser, &operand));
    parser->depth--;
    return two(parser, OP_NOT, at, operand, NULL, out);
}

static bh_status
parse_words(struct parser *parser, const char *word, enum op_code code,
            bh_status (*tighter)(struct parser *, struct node **), struct node **out)
{
    BH_TRY(tighter(parser, out));
    while (is_word(parser, word)) {
        const char *at = parser->scanner.token.at;
        struct node *left = *out, *right;
        BH_TRY(advance(parser));
        BH_TRY(tighter(parser, &right));
        BH_TRY(two(parser, code, at, left, right, out));
    }
    return BH_OK;
}

static bh_status
parse_and(struct parser *parser, struct node **out)
{
    return parse_words(parser, "and", OP_AND, parse_not, out);
}

static bh_status
parse_or(struct parser *parser, struct node **out)
{
    return parse_words(parser, "or", OP_OR, parse_and, out);
}

static bh_status
start(struct parser *parser, struct lang *lang, const struct text *text, bool lines)
{
    *parser = (struct parser){.lang = lang, .text = text, .lines = lines};
    BH_TRY(scan_start(&parser->scanner, lang, text));
    while (kind(parser) == TOKEN_NEWLINE)
        BH_TRY(scan_next(&parser->scanner));
    return BH_OK;
}

bh_status
parse_expression(struct lang *lang, const struct text *text, struct node **out)
{
    struct parser parser;
    BH_TRY(start(&parser, lang, text, false));
    BH_TRY(parse_or(&parser, out));
    return kind(&parser) == TOKEN_END ? BH_OK : fail(&parser, "an operator");
}

/* The unit after a colon is an expression of unit names up to the end of the line or an
 * opening parenthesis: its value must be 1 in SI units. */
static bh_status
parse_unit_factor(struct parser *parser, struct equation *equation, int sign)
{
    const struct token token = parser->scanner.token;
    struct unit unit = {.scale = 1};
    if (token.kind == TOKEN_NUMBER && token.number == 1)
        return scan_next(&parser->scanner);
    const char *name;
    BH_TRY(token_name(parser, &name));
    if (strcmp(name, "bool") == 0)
        return lang_error(parser->lang, parser->text, token.at,
                          "a truth value is written 'boolean'");
    if (!unit_find(name, token.length, &unit)) {
        char near[32];
        bool found = unit_nearest(name, near, sizeof near);
        return lang_error(parser->lang, parser->text, token.at,
                          found ? "unknown unit '%s'; did you mean '%s'?"
                                : "unknown unit '%s'",
                          name, near);
    }
    if (unit.prefixed)
        return lang_error(parser->lang, parser->text, token.at,
                          "variables are given in base units: '%s' instead of '%s'",
                          unit.base, name);
    BH_TRY(scan_next(&parser->scanner));
    int power = sign;
    if (kind(parser) == TOKEN_POW) {
        BH_TRY(scan_next(&parser->scanner));
        if (kind(parser) == TOKEN_SUB) {
            power = -power;
            BH_TRY(scan_next(&parser->scanner));
        }
        if (kind(parser) != TOKEN_NUMBER || parser->scanner.token.number > 100)
            return fail(parser, "a power");
        power *= (int)parser->scanner.token.number;
        BH_TRY(scan_next(&parser->scanner));
    }
    if (!dim_multiply(equation->dim, unit.dim, power * DIM_ONE, &equation->dim))
        return lang_error(parser->lang, parser->text, token.at,
                          "the power of the unit is too large");
    return BH_OK;
}

static bh_status
parse_unit(struct parser *parser, struct equation *equation)
{
    parser->lines = true;
    bool integer = is_word(parser, "integer"), boolean = is_word(parser, "boolean");
    if (integer || boolean) {
        equation->type = integer ? TYPE_INTEGER : TYPE_BOOLEAN;
        return scan_next(&parser->scanner);
    }
    int sign = 1;
    for (;;) {
        BH_TRY(parse_unit_factor(parser, equation, sign));
        if (kind(parser) == TOKEN_MUL)
            sign = 1;
        else if (kind(parser) == TOKEN_DIV)
            sign = -1;
        else
            return BH_OK;
        BH_TRY(scan_next(&parser->scanner));
    }
}

static bh_status
parse_flag(struct parser *parser, struct equation *equation)
{
    static const struct {
        const char *text;
        unsigned flag;
    } flags[] = {{"unless refractory", FLAG_UNLESS_REFRACTORY},
                 {"constant over dt", FLAG_CONSTANT_OVER_DT},
                 {"constant", FLAG_CONSTANT},
                 {"shared", FLAG_SHARED},
                 {"linked", FLAG_LINKED}};
    const char *at = parser->scanner.token.at;
    char words[64] = "";
    size_t used = 0;
    while (kind(parser) == TOKEN_NAME || kind(parser) == TOKEN_SUB) {
        const struct token *token = &parser->scanner.token;
        if (used + token->length + 2 > sizeof words)
            return fail(parser, "a flag");
        if (used > 0 && *token->at != '-' && words[used - 1] != '-')
            words[used++] = ' ';
        memcpy(words + used, token->at, token->length);
        used += token->length;
        words[used] = 0;
        BH_TRY(scan_next(&parser->scanner));
    }
    const char *names[sizeof flags / sizeof flags[0]];
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        names[i] = flags[i].text;
        if (strcmp(words, flags[i].text) == 0) {
            equation->flags |= flags[i].flag;
            return BH_OK;
        }
    }
    const char *near = lang_nearest(words, names, sizeof names / sizeof names[0]);
    return lang_error(parser->lang, parser->text, at,
                      near ? "unknown flag '%s'; did you mean '%s'?"
                           : "unknown flag '%s'; there are 'unless refractory', "
                             "'constant', 'constant over dt', 'shared' and 'linked'",
                      words, near);
}

static bh_status
parse_flags(struct parser *parser, struct equation *equation)
{
    if (kind(parser) != TOKEN_OPEN)
        return BH_OK;
    do {
        BH_TRY(scan_next(&parser->scanner));
        BH_TRY(parse_flag(parser, equation));
    } while (kind(parser) == TOKEN_COMMA);
    if (kind(parser) != TOKEN_CLOSE)
        return fail(parser, "')'");
    return scan_next(&parser->scanner);
}

/* "dv" of "dv/dt": the name without its d. */
static bh_status
parse_left_side(struct parser *parser, struct equation *equation)
{
    equation->at = parser->scanner.token.at;
    BH_TRY(token_name(parser, &equation->name));
    BH_TRY(advance(parser));
    if (kind(parser) == TOKEN_DIV) {
        BH_TRY(advance(parser));
        if (!is_word(parser, "dt") || equation->name[0] != 'd' || !equation->name[1])
            return lang_error(parser->lang, parser->text, equation->at,
                              "a differential equation begins 'd<name>/dt ='");
        equation->kind = EQUATION_DIFFERENTIAL;
        equation->name++;
        equation->at++;
        BH_TRY(advance(parser));
        return expect(parser, TOKEN_ASSIGN, "'='");
    }
    equation->kind = EQUATION_PARAMETER;
    if (kind(parser) == TOKEN_ASSIGN) {
        equation->kind = EQUATION_SUBEXPRESSION;
        return advance(parser);
    }
    return BH_OK;
}

static bh_status
parse_equation(struct parser *parser, struct equation *equation)
{
    parser->lines = false;
    BH_TRY(parse_left_side(parser, equation));
    if (equation->kind != EQUATION_PARAMETER)
        BH_TRY(parse_or(parser, &equation->expression));
    BH_TRY(expect(parser, TOKEN_COLON,
                  equation->kind == EQUATION_PARAMETER ? "'=' or ':'"
                                                       : "an operator or ': unit'"));
    BH_TRY(parse_unit(parser, equation));
    BH_TRY(parse_flags(parser, equation));
    if (kind(parser) != TOKEN_NEWLINE && kind(parser) != TOKEN_END)
        return fail(parser, "the end of the line");
    while (kind(parser) == TOKEN_NEWLINE)
        BH_TRY(scan_next(&parser->scanner));
    return BH_OK;
}

bh_status
parse_equations(struct lang *lang, const struct text *text, struct equation **out)
{
    struct parser parser;
    BH_TRY(start(&parser, lang, text, false));
    struct equation *first = NULL, **end = &first;
    while (kind(&parser) != TOKEN_END) {
        struct equation *equation = bh_arena_take(lang->arena, sizeof *equation);
        if (!equation)
            return no_memory(&parser);
        BH_TRY(parse_equation(&parser, equation));
        *end = equation;
        end = &equation->next;
    }
    *out = first;
    return BH_OK;
}

static bh_status
parse_statement(struct parser *parser, struct statement *statement)
{
    static const struct level assigns[] = {
        {TOKEN_ASSIGN, OP_CONST},   {TOKEN_ADD_ASSIGN, OP_ADD},
        {TOKEN_SUB_ASSIGN, OP_SUB}, {TOKEN_MUL_ASSIGN, OP_MUL},
        {TOKEN_DIV_ASSIGN, OP_DIV}, {TOKEN_POW_ASSIGN, OP_POW},
        {TOKEN_MOD_ASSIGN, OP_MOD}, {TOKEN_FLOORDIV_ASSIGN, OP_FLOORDIV}};
    statement->at = parser->scanner.token.at;
    BH_TRY(token_name(parser, &statement->name));
    BH_TRY(advance(parser));
    size_t i = 0;
    while (i < 8 && assigns[i].token != kind(parser))
        i++;
    if (i == 8)
        return fail(parser, "'=', '+=' or another assignment");
    const char *at = parser->scanner.token.at;
    BH_TRY(advance(parser));
    BH_TRY(parse_or(parser, &statement->expression));
    if (assigns[i].code != OP_CONST) { /* x += y is x = x + y */
        struct node *target = NULL, *value = statement->expression;
        BH_TRY(new_node(parser, OP_LOAD, statement->at, &target));
        target->name = statement->name;
        BH_TRY(two(parser, assigns[i].code, at, target, value, &statement->expression));
    }
    if (kind(parser) != TOKEN_NEWLINE && kind(parser) != TOKEN_SEMICOLON &&
        kind(parser) != TOKEN_END)
        return fail(parser, "an operator, ';' or the end of the line");
    while (kind(parser) == TOKEN_NEWLINE || kind(parser) == TOKEN_SEMICOLON)
        BH_TRY(scan_next(&parser->scanner));
    return BH_OK;
}

static bh_status
parse_all_statements(struct parser *parser, struct statement **out)
{
    struct statement *first = NULL, **end = &first;
    while (kind(parser) != TOKEN_END) {
        struct statement *statement = bh_arena_take(parser->lang->arena, sizeof *statement);
        if (!statement)
            return no_memory(parser);
        BH_TRY(parse_statement(parser, statement));
        *end = statement;
        end = &statement->next;
    }
    *out = first;
    return BH_OK;
}

bh_status
parse_statements(struct lang *lang, const struct text *text, struct statement **out)
{
    struct parser parser;
    BH_TRY(start(&parser, lang, text, true));
    return parse_all_statements(&parser, out);
}

bh_status
parse_scheme(struct lang *lang, const struct text *text, struct statement **out)
{
    struct parser parser;
    BH_TRY(start(&parser, lang, text, true));
    parser.scheme = true;
    return parse_all_statements(&parser, out);
}
