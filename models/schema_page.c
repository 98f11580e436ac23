/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/model_schema.h"
#include "models/parts_internal.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The table as a page in Markdown. */

struct page {
    bh_text_sink *sink;
    void *user;
};

static void
put(const struct page *page, const char *format, ...)
{
    char text[1600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    page->sink(page->user, text);
}

/* A cell of a table, where '|' ends it. */
static void
put_cell(const struct page *page, const char *text)
{
    put(page, " ");
    for (; *text; text++)
        put(page, *text == '|' ? "\\%c" : "%c", *text);
    put(page, " |");
}

static const char *
anchor(const struct model_section *section, char *text, size_t size)
{
    snprintf(text, size, "%s", section->name);
    for (char *c = text; *c; c++)
        *c = *c == ' ' ? '-' : (char)tolower((unsigned char)*c);
    return text;
}

/* Appends to a text of 400 bytes. */
static void
add(char *text, const char *format, ...)
{
    const size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + used, 400 - used, format, args);
    va_end(args);
}

/* What a scalar looks like. */
static void
add_scalar(char *text, const struct model_key *key)
{
    static const char *const kinds[] = {
        [MODEL_TEXT] = "text",       [MODEL_PATH] = "file",
        [MODEL_CODE] = "equations",  [MODEL_EXPRESSION] = "expression",
        [MODEL_QUANTITY] = "number", [MODEL_WHOLE] = "whole number",
        [MODEL_LEVEL] = "dB SPL",    [MODEL_SWITCH] = "yes, no",
        [MODEL_REFERENCE] = "name"};
    const bool unit = key->unit && strcmp(key->unit, "1") != 0;
    for (size_t i = 0; key->choices && key->choices[i]; i++)
        add(text, "%s%s", i ? ", " : "", key->choices[i]);
    if (!key->choices)
        add(text, "%s", unit ? key->unit : kinds[key->kind]);
    if (key->word)
        add(text, " or %s", key->word);
    if (key->most > key->least && isfinite(key->most) && key->most <= 1e9)
        add(text, ", %g to %g", key->least, key->most);
    if (key->list)
        add(text, "; or a list");
}

static void
put_kind(const struct page *page, const struct model_key *key)
{
    char text[400] = "", name[64];
    if (key->kind == MODEL_OBJECTS)
        add(text, "names, each: ");
    else if (key->kind == MODEL_SECTIONS)
        add(text, "one, or a list: ");
    if (key->section)
        add(text, "[%s](#%s)", key->section->name,
            anchor(key->section, name, sizeof name));
    else if (key->kind == MODEL_NAMES)
        add(text, "names and values");
    else
        add_scalar(text, key);
    put_cell(page, text);
}

static void
put_row(const struct page *page, const struct model_key *key)
{
    put(page, "| `%s` |", key->name);
    put_cell(page, key->about);
    put_kind(page, key);
    put_cell(page, key->needed   ? "needed"
                   : key->shown  ? key->shown
                   : key->preset ? key->preset
                                 : "");
    put(page, "\n");
}

static void
put_section(const struct page *page, const struct model_section *section)
{
    put(page, "\n## %s\n\n%s\n\n", section->name, section->about);
    if (section->choose) {
        put(page, "Exactly one of `");
        for (const char *c = section->choose; *c; c++)
            put(page, *c == ' ' ? "`, `" : "%c", *c);
        put(page, "`.\n\n");
    }
    put(page, "| key | what it is | value | default |\n|---|---|---|---|\n");
    for (size_t k = 0; k < section->count; k++)
        put_row(page, &section->keys[k]);
    if (section->example)
        put(page, "\n```yaml\n%s```\n", section->example);
}

void
bh_model_schema_page(bh_text_sink *sink, void *user)
{
    enum { MOST = 32 };
    const struct model_section *sections[MOST];
    const size_t count = model_sections(sections, MOST);
    const struct page page = {sink, user};
    put(&page, "# Model files: reference\n\n"
               "Every key of a [model file](model-files.md). This page is what `bhears "
               "models schema --markdown`\nprints; without `--markdown` it is a JSON "
               "Schema.\n");
    put_section(&page, &model_schema);
    for (size_t i = 0; i < count; i++)
        put_section(&page, sections[i]);
}
