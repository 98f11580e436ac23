/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/parser.h"

#include <string.h>

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
    BH_TRY(parser_name(parser, &name));
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
    if (unit.scale != 1)
        return lang_error(parser->lang, parser->text, token.at,
                          "variables are given in base units: '%s' instead of '%s'",
                          unit.base, name);
    BH_TRY(scan_next(&parser->scanner));
    int power = sign;
    if (parser_kind(parser) == TOKEN_POW) {
        BH_TRY(scan_next(&parser->scanner));
        if (parser_kind(parser) == TOKEN_SUB) {
            power = -power;
            BH_TRY(scan_next(&parser->scanner));
        }
        if (parser_kind(parser) != TOKEN_NUMBER || parser->scanner.token.number > 100)
            return parser_fail(parser, "a power");
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
    bool integer = parser_at_word(parser, "integer"),
         boolean = parser_at_word(parser, "boolean");
    if (integer || boolean) {
        equation->type = integer ? TYPE_INTEGER : TYPE_BOOLEAN;
        return scan_next(&parser->scanner);
    }
    int sign = 1;
    for (;;) {
        BH_TRY(parse_unit_factor(parser, equation, sign));
        if (parser_kind(parser) == TOKEN_MUL)
            sign = 1;
        else if (parser_kind(parser) == TOKEN_DIV)
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
                 {"linked", FLAG_LINKED},
                 {"event-driven", FLAG_EVENT_DRIVEN},
                 {"clock-driven", FLAG_CLOCK_DRIVEN},
                 {"summed", FLAG_SUMMED}};
    const char *at = parser->scanner.token.at;
    char words[64] = "";
    size_t used = 0;
    while (parser_kind(parser) == TOKEN_NAME || parser_kind(parser) == TOKEN_SUB) {
        const struct token *token = &parser->scanner.token;
        if (used + token->length + 2 > sizeof words)
            return parser_fail(parser, "a flag");
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
    const char *near = bh_text_nearest(words, names, sizeof names / sizeof names[0]);
    return lang_error(parser->lang, parser->text, at,
                      near ? "unknown flag '%s'; did you mean '%s'?"
                           : "unknown flag '%s'; there are 'unless refractory', "
                             "'constant', 'constant over dt', 'shared', 'linked', and "
                             "for synapses 'event-driven', 'clock-driven', 'summed'",
                      words, near);
}

static bh_status
parse_flags(struct parser *parser, struct equation *equation)
{
    if (parser_kind(parser) != TOKEN_OPEN)
        return BH_OK;
    do {
        BH_TRY(scan_next(&parser->scanner));
        BH_TRY(parse_flag(parser, equation));
    } while (parser_kind(parser) == TOKEN_COMMA);
    if (parser_kind(parser) != TOKEN_CLOSE)
        return parser_fail(parser, "')'");
    return scan_next(&parser->scanner);
}

/* "dv" of "dv/dt": the name without its d. */
static bh_status
parse_left_side(struct parser *parser, struct equation *equation)
{
    equation->at = parser->scanner.token.at;
    BH_TRY(parser_name(parser, &equation->name));
    BH_TRY(parser_advance(parser));
    if (parser_kind(parser) == TOKEN_DIV) {
        BH_TRY(parser_advance(parser));
        if (!parser_at_word(parser, "dt") || equation->name[0] != 'd' ||
            !equation->name[1])
            return lang_error(parser->lang, parser->text, equation->at,
                              "a differential equation begins 'd<name>/dt ='");
        equation->kind = EQUATION_DIFFERENTIAL;
        equation->name++;
        equation->at++;
        BH_TRY(parser_advance(parser));
        return parser_expect(parser, TOKEN_ASSIGN, "'='");
    }
    equation->kind = EQUATION_PARAMETER;
    if (parser_kind(parser) == TOKEN_ASSIGN) {
        equation->kind = EQUATION_SUBEXPRESSION;
        return parser_advance(parser);
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
    BH_TRY(parser_expect(parser, TOKEN_COLON,
                         equation->kind == EQUATION_PARAMETER
                             ? "'=' or ':'"
                             : "an operator or ': unit'"));
    BH_TRY(parse_unit(parser, equation));
    BH_TRY(parse_flags(parser, equation));
    if (parser_kind(parser) != TOKEN_NEWLINE && parser_kind(parser) != TOKEN_END)
        return parser_fail(parser, "the end of the line");
    while (parser_kind(parser) == TOKEN_NEWLINE)
        BH_TRY(scan_next(&parser->scanner));
    return BH_OK;
}

bh_status
parse_equations(struct lang *lang, const struct text *text, struct equation **out)
{
    struct parser parser;
    BH_TRY(parser_start(&parser, lang, text, false));
    struct equation *first = NULL, **end = &first;
    while (parser_kind(&parser) != TOKEN_END) {
        struct equation *equation = bh_arena_take(lang->arena, sizeof *equation);
        if (!equation)
            return parser_no_memory(&parser);
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
    static const struct assign {
        enum token_kind token;
        enum op_code code;
    } assigns[] = {{TOKEN_ASSIGN, OP_CONST},   {TOKEN_ADD_ASSIGN, OP_ADD},
                   {TOKEN_SUB_ASSIGN, OP_SUB}, {TOKEN_MUL_ASSIGN, OP_MUL},
                   {TOKEN_DIV_ASSIGN, OP_DIV}, {TOKEN_POW_ASSIGN, OP_POW},
                   {TOKEN_MOD_ASSIGN, OP_MOD}, {TOKEN_FLOORDIV_ASSIGN, OP_FLOORDIV}};
    statement->at = parser->scanner.token.at;
    BH_TRY(parser_name(parser, &statement->name));
    BH_TRY(parser_advance(parser));
    size_t i = 0;
    while (i < 8 && assigns[i].token != parser_kind(parser))
        i++;
    if (i == 8)
        return parser_fail(parser, "'=', '+=' or another assignment");
    const char *at = parser->scanner.token.at;
    BH_TRY(parser_advance(parser));
    BH_TRY(parse_or(parser, &statement->expression));
    if (assigns[i].code != OP_CONST) { /* x += y is x = x + y */
        struct node *target = NULL, *value = statement->expression;
        BH_TRY(parser_node(parser, OP_LOAD, statement->at, &target));
        target->name = statement->name;
        BH_TRY(parser_operation(parser, assigns[i].code, at, target, value,
                                &statement->expression));
    }
    if (parser_kind(parser) != TOKEN_NEWLINE &&
        parser_kind(parser) != TOKEN_SEMICOLON && parser_kind(parser) != TOKEN_END)
        return parser_fail(parser, "an operator, ';' or the end of the line");
    while (parser_kind(parser) == TOKEN_NEWLINE ||
           parser_kind(parser) == TOKEN_SEMICOLON)
        BH_TRY(scan_next(&parser->scanner));
    return BH_OK;
}

static bh_status
parse_all_statements(struct parser *parser, struct statement **out)
{
    struct statement *first = NULL, **end = &first;
    while (parser_kind(parser) != TOKEN_END) {
        struct statement *statement =
            bh_arena_take(parser->lang->arena, sizeof *statement);
        if (!statement)
            return parser_no_memory(parser);
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
    BH_TRY(parser_start(&parser, lang, text, true));
    return parse_all_statements(&parser, out);
}

bh_status
parse_scheme(struct lang *lang, const struct text *text, struct statement **out)
{
    struct parser parser;
    BH_TRY(parser_start(&parser, lang, text, true));
    parser.scheme = true;
    return parse_all_statements(&parser, out);
}
