/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/lang.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* More is no model, and trees are walked by recursion: this bounds their depth. */
enum { LONGEST_TEXT = 32000 };

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Copies the line around `at` into the excerpt, shifted so that `at` is inside. */
static void
set_excerpt(bh_diag *diag, const char *line, const char *at, const char *end)
{
    const char *stop = at;
    while (stop < end && *stop != '\n')
        stop++;
    const size_t room = sizeof diag->excerpt - 1;
    if ((size_t)(at - line) > room / 2 && (size_t)(stop - line) > room)
        line = at - room / 2;
    size_t length = (size_t)(stop - line);
    if (length > room)
        length = room;
    for (size_t i = 0; i < length; i++)
        diag->excerpt[i] = line[i] >= ' ' && line[i] <= '~' ? line[i] : ' ';
    diag->excerpt[length] = 0;
    diag->caret = (int)(at - line) + 1;
}

bh_status
lang_error(struct lang *lang, const struct text *text, const char *at,
           const char *format, ...)
{
    bh_diag *diag = lang->diag;
    if (!diag)
        return BH_ERR_TEXT;
    memset(diag, 0, sizeof *diag);
    diag->status = BH_ERR_TEXT;
    va_list args;
    va_start(args, format);
    vsnprintf(diag->text, sizeof diag->text, format, args);
    va_end(args);
    snprintf(diag->where, sizeof diag->where, "%s", text->where);
    const char *line = text->start;
    diag->line = 1;
    for (const char *c = text->start; c < at; c++)
        if (*c == '\n') {
            diag->line++;
            line = c + 1;
        }
    diag->column = (int)(at - line) + 1;
    set_excerpt(diag, line, at, text->start + text->length);
    return BH_ERR_TEXT;
}

const char *
token_text(enum token_kind kind)
{
    static const char *const texts[] = {
#define BH_TOKEN(name, text) text,
#include "neurons/lang/tokens.def"
    };
    return texts[kind];
}

bh_status
scan_start(struct scanner *scanner, struct lang *lang, const struct text *text)
{
    *scanner = (struct scanner){.lang = lang, .text = text, .next = text->start};
    if (text->length > LONGEST_TEXT)
        return lang_error(lang, text, text->start,
                          "the text has %zu characters; %d are the most", text->length,
                          LONGEST_TEXT);
    return scan_next(scanner);
}

/* A number: digits, a point, an exponent. The locale of the program does not matter. */
static bh_status
scan_number(struct scanner *scanner)
{
    const char *at = scanner->next, *end = scanner->text->start + scanner->text->length;
    const char *c = at;
    while (c < end && is_digit(*c))
        c++;
    if (c < end && *c == '.')
        c++;
    while (c < end && is_digit(*c))
        c++;
    if (c < end && (*c == 'e' || *c == 'E')) {
        const char *e = c + 1;
        if (e < end && (*e == '+' || *e == '-'))
            e++;
        if (e < end && is_digit(*e)) {
            while (e < end && is_digit(*e))
                e++;
            c = e;
        }
    }
    size_t length = (size_t)(c - at);
    if (c < end && is_letter(*c))
        return lang_error(scanner->lang, scanner->text, c,
                          "a number and a name need an operator between them, as in "
                          "'10*ms'");
    char digits[400];
    if (length >= sizeof digits)
        return lang_error(scanner->lang, scanner->text, at, "the number is too long");
    memcpy(digits, at, length);
    digits[length] = 0;
    double number = bh_text_number(digits, NULL);
    if (!isfinite(number))
        return lang_error(scanner->lang, scanner->text, at,
                          "the number is larger than any that can be computed with");
    scanner->token = (struct token){TOKEN_NUMBER, at, length, number};
    scanner->next = c;
    return BH_OK;
}

static bh_status
scan_sign(struct scanner *scanner)
{
    const char *at = scanner->next;
    size_t left = (size_t)(scanner->text->start + scanner->text->length - at);
    for (int kind = TOKEN_POW_ASSIGN; kind <= TOKEN_SEMICOLON; kind++) {
        const char *sign = token_text((enum token_kind)kind);
        size_t length = strlen(sign);
        if (length <= left && memcmp(at, sign, length) == 0) {
            scanner->token = (struct token){(enum token_kind)kind, at, length, 0};
            scanner->next = at + length;
            return BH_OK;
        }
    }
    if (*at >= '!' && *at <= '~')
        return lang_error(scanner->lang, scanner->text, at,
                          "'%c' has no meaning in an equation", *at);
    return lang_error(scanner->lang, scanner->text, at,
                      "the character with code %d has no meaning in an equation",
                      (unsigned char)*at);
}

bh_status
scan_next(struct scanner *scanner)
{
    const char *end = scanner->text->start + scanner->text->length;
    const char *c = scanner->next;
    while (c < end && (*c == ' ' || *c == '\t' || *c == '\r'))
        c++;
    if (c < end && *c == '#')
        while (c < end && *c != '\n')
            c++;
    scanner->next = c;
    if (c == end) {
        scanner->token = (struct token){TOKEN_END, c, 0, 0};
        return BH_OK;
    }
    if (*c == '\n') {
        scanner->token = (struct token){TOKEN_NEWLINE, c, 1, 0};
        scanner->next = c + 1;
        return BH_OK;
    }
    if (is_digit(*c) || (*c == '.' && c + 1 < end && is_digit(c[1])))
        return scan_number(scanner);
    if (!is_letter(*c))
        return scan_sign(scanner);
    const char *at = c;
    while (c < end && (is_letter(*c) || is_digit(*c)))
        c++;
    scanner->token = (struct token){TOKEN_NAME, at, (size_t)(c - at), 0};
    scanner->next = c;
    return BH_OK;
}
