/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "models/schema_internal.h"
#include "neurons/lang/units.h"
#include "neurons/timed_array_internal.h"
#include "sounds/level.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From the text of a scalar to its value. */

static bool
in_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

bool
model_is_name(const char *text)
{
    size_t length = 0;
    while (in_name(text[length]))
        length++;
    return isalpha((unsigned char)*text) && text[length] == 0 && length <= 40;
}

/* Units that people write behind a number and the language does not have, since they
 * look like variables. */
static const char *
full_unit(const char *unit)
{
    static const char *const units[][2] = {
        {"s", "second"},     {"min", "60*second"}, {"V", "volt"},       {"A", "amp"},
        {"S", "siemens"},    {"F", "farad"},       {"m", "metre"},      {"K", "kelvin"},
        {"dB", "1"},         {"rad", "1"},         {"deg", "(pi/180)"}, {"M", "molar"},
        {"\xc2\xb5s", "us"}, {"%", "0.01"},        {"C", "coulomb"},
    };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(units[i][0], unit) == 0)
            return units[i][1];
    return unit;
}

/* "5 ms" and "5ms" as the product that the language knows; other texts as they are.
 * NULL without memory. */
static const char *
with_star(bh_arena *arena, const char *text, const char *wanted)
{
    char *end;
    const char *begin = text + strspn(text, " ");
    bh_text_number(begin, &end);
    const char *unit = end + strspn(end, " ");
    if (end == begin || isalpha((unsigned char)*begin) || *unit == 0 ||
        (in_name(*unit) && isdigit((unsigned char)*unit)))
        return text;
    for (const char *c = unit; *c; c++)
        if (!in_name(*c) && !((unsigned char)*c & 0x80) && *c != '%')
            return text;
    const char *full =
        strcmp(unit, wanted) == 0 && strcmp(unit, "deg") == 0 ? "1" : full_unit(unit);
    const size_t number = (size_t)(end - text), size = number + strlen(full) + 2;
    /* where blanks are enough the columns stay what they were */
    const size_t blanks = unit > end ? (size_t)(unit - end) - 1 : 0;
    char *product = bh_arena_take(arena, size + blanks);
    if (product)
        snprintf(product, size + blanks, "%.*s*%*s%s", (int)number, text, (int)blanks,
                 "", full);
    return product;
}

static bh_status
no_memory(const struct model_reader *r)
{
    return bh_diag_set(r->diag, BH_ERR_MEMORY, "no memory for the model");
}

/* Turns a message about a text into one about the file. */
static bh_status
blame(bh_diag *diag, const struct model_value *value, bh_status status)
{
    if (value->node)
        doc_point(diag, value->node, diag ? diag->line : 0, diag ? diag->column : 0);
    return status;
}

bh_status
model_define(bh_namespace *names, const char *name, const struct model_value *value,
             bh_diag *diag)
{
    bh_diag why = {0};
    const bh_status status = bh_namespace_set(names, name, value->text, &why);
    if (status == BH_OK)
        return BH_OK;
    if (diag)
        *diag = why;
    return blame(diag, value, status);
}

/* "a frequency in Hz, such as 20 Hz" for messages. */
static const char *
example_of(const char *unit)
{
    static const char *const examples[][2] = {
        {"Hz", "in Hz, such as '1 kHz'"},
        {"s", "a time, such as '5 ms'"},
        {"1", "a number, such as 2"},
        {"Pa", "a pressure, such as '1 Pa'"},
        {"rad", "an angle, such as '0.5 rad'"},
        {"deg", "an angle in degrees, such as 90"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        if (strcmp(examples[i][0], unit) == 0)
            return examples[i][1];
    return unit;
}

static bool
unit_dim(const char *unit, struct bh_dim *dim)
{
    struct unit found;
    *dim = (struct bh_dim){{0}};
    if (strcmp(unit, "1") == 0 || strcmp(unit, "rad") == 0 || strcmp(unit, "dB") == 0 ||
        strcmp(unit, "deg") == 0)
        return true;
    unit = full_unit(unit);
    if (!unit_find(unit, strlen(unit), &found))
        return false;
    *dim = found.dim;
    return true;
}

bh_status
model_evaluate(const bh_namespace *names, const char *what,
               const struct model_value *value, const char *unit, double *out,
               bh_diag *diag)
{
    struct bh_dim dim, wanted;
    bh_diag why = {0};
    const bh_status status =
        namespace_evaluate(names, what, value->text, &why, out, &dim);
    if (status != BH_OK) {
        if (diag)
            *diag = why;
        return blame(diag, value, status);
    }
    if (unit && (!unit_dim(unit, &wanted) || !dim_equal(dim, wanted))) {
        char found[96];
        dim_text(dim, found, sizeof found);
        return doc_error(diag, value->node, BH_ERR_TEXT,
                         "'%.40s' is %s%.60s; it must be %s", what,
                         dim_is_none(dim) ? "" : "in ", found, example_of(unit));
    }
    if (!isfinite(*out))
        return doc_error(diag, value->node, BH_ERR_TEXT,
                         "'%.40s' is not a finite number", what);
    return BH_OK;
}

static bh_status
check_range(const struct model_reader *r, const struct model_key *key,
            const struct model_value *v)
{
    const char *unit = key->unit && strcmp(key->unit, "1") != 0 ? key->unit : "";
    if (key->most <= key->least || (v->number >= key->least && v->number <= key->most))
        return BH_OK;
    if (isinf(key->most))
        return doc_error(r->diag, v->node, BH_ERR_ARGUMENT,
                         "'%s' is %g%s%s; it must be %g%s%s or more", key->name,
                         v->number, *unit ? " " : "", unit, key->least,
                         *unit ? " " : "", unit);
    return doc_error(r->diag, v->node, BH_ERR_ARGUMENT,
                     "'%s' is %g%s%s; it must be %g to %g%s%s", key->name, v->number,
                     *unit ? " " : "", unit, key->least, key->most, *unit ? " " : "",
                     unit);
}

static bh_status
read_quantity(const struct model_reader *r, const struct model_key *key,
              struct model_value *v)
{
    const char *unit = key->unit ? key->unit : "1";
    if (key->word && strcmp(v->text, key->word) == 0) {
        v->number = key->meaning;
        return BH_OK;
    }
    v->text = with_star(r->arena, v->text, unit);
    if (!v->text)
        return no_memory(r);
    BH_TRY(model_evaluate(r->names, key->name, v, unit, &v->number, r->diag));
    return check_range(r, key, v);
}

/* Numbers up to 2^64 - 1 as they are; what is computed is exact up to 2^53. */
static bh_status
read_whole(const struct model_reader *r, const struct model_key *key,
           struct model_value *v)
{
    char *end;
    const bool word = key->word && strcmp(v->text, key->word) == 0;
    BH_TRY(read_quantity(r, key, v));
    if (word)
        return BH_OK;
    if (v->number != floor(v->number) || v->number < 0 || v->number >= 0x1p64)
        return doc_error(r->diag, v->node, BH_ERR_TEXT,
                         "'%s' is %g; it must be a whole number, 0 or above", key->name,
                         v->number);
    v->whole = (uint64_t)v->number;
    const unsigned long long exact = strtoull(v->text, &end, 10);
    if (end > v->text && *end == 0 && *v->text != '-')
        v->whole = exact;
    return BH_OK;
}

static bh_status
read_choice(const struct model_reader *r, const struct model_key *key,
            struct model_value *v)
{
    size_t count = 0;
    for (; key->choices[count]; count++)
        if (strcmp(key->choices[count], v->text) == 0) {
            v->number = (double)count;
            return BH_OK;
        }
    return model_unknown(r->diag, v->node, key->name, v->text, key->choices, count);
}

static bh_status
read_switch(const struct model_reader *r, const struct model_key *key,
            struct model_value *v)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on"};
    for (size_t i = 0; i < 6; i++)
        if (strcmp(words[i], v->text) == 0) {
            v->number = (double)(i % 2);
            return BH_OK;
        }
    return doc_error(r->diag, v->node, BH_ERR_TEXT,
                     "'%s' is '%.40s'; it must be yes or no", key->name, v->text);
}

static bh_status
read_level(const struct model_reader *r, const struct model_key *key,
           struct model_value *v)
{
    bh_diag why = {0};
    if (key->word && strcmp(v->text, key->word) == 0) {
        v->number = key->meaning;
        return BH_OK;
    }
    if (bh_level_parse(v->text, &v->number, &why) == BH_OK)
        return BH_OK;
    return doc_error(r->diag, v->node, BH_ERR_TEXT,
                     "'%s' is '%.40s'; it must be a level, such as '60 dB SPL'",
                     key->name, v->text);
}

bh_status
model_read_value(struct model_reader *r, const struct model_key *key,
                 const struct doc_node *node, struct model_value *out)
{
    struct model_value v = {.node = node, .text = node ? node->text : key->preset};
    bh_status status = BH_OK;
    if (node && node->kind != DOC_SCALAR)
        return doc_error(r->diag, node, BH_ERR_TEXT, "'%s' must be one value, not a %s",
                         key->name, node->kind == DOC_MAP ? "map" : "list");
    switch (key->kind) {
    case MODEL_EXPRESSION:
        v.text = with_star(r->arena, v.text, "");
        status = v.text ? BH_OK : no_memory(r);
        break;
    case MODEL_QUANTITY:
        status = read_quantity(r, key, &v);
        break;
    case MODEL_WHOLE:
        status = read_whole(r, key, &v);
        break;
    case MODEL_LEVEL:
        status = read_level(r, key, &v);
        break;
    case MODEL_SWITCH:
        status = read_switch(r, key, &v);
        break;
    case MODEL_CHOICE:
        status = read_choice(r, key, &v);
        break;
    default:
        break;
    }
    *out = v;
    return status;
}
