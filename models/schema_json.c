/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/catalogue.h"
#include "models/model_schema.h"
#include "models/parts_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The table as a JSON Schema. */

struct writer {
    bh_text_sink *sink;
    void *user;
    int depth;
    bool more; /* something stands before in the same braces */
};

static void
put(const struct writer *w, const char *format, ...)
{
    char text[1200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    w->sink(w->user, text);
}

static void
put_string(const struct writer *w, const char *text)
{
    put(w, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            put(w, "\\");
        put(w, *text == '\n' ? "\\n" : "%c", *text);
    }
    put(w, "\"");
}

/* A comma where one is due, a new line, and a key. */
static void
put_key(struct writer *w, const char *key)
{
    put(w, "%s\n%*s", w->more ? "," : "", 2 * w->depth, "");
    w->more = true;
    if (!key)
        return;
    put_string(w, key);
    put(w, ": ");
}

static void
begin(struct writer *w, const char *bracket)
{
    put(w, "%s", bracket);
    w->depth++;
    w->more = false;
}

static void
end(struct writer *w, const char *bracket)
{
    w->depth--;
    put(w, "\n%*s%s", 2 * w->depth, "", bracket);
    w->more = true;
}

static void
put_text(struct writer *w, const char *key, const char *text)
{
    put_key(w, key);
    put_string(w, text);
}

static void
put_types(struct writer *w, const char *types)
{
    put_key(w, "type");
    put(w, "%s", types);
}

/* "group" as the name of its definition. */
static const char *
definition(const struct model_section *section, char *text, size_t size)
{
    snprintf(text, size, "%s", section->name);
    for (char *c = text; *c; c++)
        if (*c == ' ')
            *c = '_';
    return text;
}

static void
put_reference(struct writer *w, const struct model_section *section)
{
    char name[64], path[96];
    snprintf(path, sizeof path, "#/definitions/%s",
             definition(section, name, sizeof name));
    put_text(w, "$ref", path);
}

/* What one scalar may be. */
static void
put_scalar(struct writer *w, const struct model_key *key)
{
    switch (key->kind) {
    case MODEL_SWITCH:
        put_key(w, "enum");
        put(w, "[true, false, \"yes\", \"no\", \"on\", \"off\", null]");
        break;
    case MODEL_CHOICE:
        put_key(w, "enum");
        begin(w, "[");
        for (size_t i = 0; key->choices[i]; i++)
            put_text(w, NULL, key->choices[i]);
        put_key(w, NULL);
        put(w, "null");
        end(w, "]");
        break;
    case MODEL_TEXT:
    case MODEL_PATH:
    case MODEL_CODE:
    case MODEL_EXPRESSION:
    case MODEL_REFERENCE:
        put_types(w, "[\"string\", \"number\", \"boolean\", \"null\"]");
        break;
    default:
        put_types(w, "[\"string\", \"number\", \"null\"]");
        break;
    }
}

/* {"anyOf": [X, a list of X]} */
static void
put_some(struct writer *w, const struct model_key *key,
         void (*one)(struct writer *, const struct model_key *))
{
    put_key(w, "anyOf");
    begin(w, "[");
    put_key(w, NULL);
    begin(w, "{");
    one(w, key);
    end(w, "}");
    put_key(w, NULL);
    begin(w, "{");
    put_types(w, "\"array\"");
    put_key(w, "items");
    begin(w, "{");
    one(w, key);
    end(w, "}");
    end(w, "}");
    end(w, "]");
}

static void
put_section_of(struct writer *w, const struct model_key *key)
{
    put_reference(w, key->section);
}

static void
put_named(struct writer *w, const struct model_key *key)
{
    put_types(w, "[\"object\", \"null\"]");
    if (key->kind == MODEL_NAMES)
        return;
    /* so that what is wrong in one of them is said of that, not of the choice */
    put_key(w, "additionalProperties");
    begin(w, "{");
    put_types(w, "[\"object\", \"null\"]");
    put_key(w, "if");
    put(w, "{\"type\": \"object\"}");
    put_key(w, "then");
    begin(w, "{");
    put_reference(w, key->section);
    end(w, "}");
    end(w, "}");
}

/* The kinds of banks, which are known by name. */
static void
put_banks(struct writer *w)
{
    put_key(w, "enum");
    begin(w, "[");
    for (size_t i = 0; i < bh_bank_kind_count(); i++)
        put_text(w, NULL, bh_bank_kind_at(i)->name);
    put_key(w, NULL);
    put(w, "null");
    end(w, "]");
}

static void
put_property(struct writer *w, const struct model_section *section,
             const struct model_key *key)
{
    put_key(w, key->name);
    begin(w, "{");
    if (key->kind == MODEL_SECTION) { /* beside $ref nothing else counts */
        put_reference(w, key->section);
        end(w, "}");
        return;
    }
    put_text(w, "description", key->about);
    if (key->preset)
        put_text(w, "default", key->preset);
    if (section == &model_filter_section && strcmp(key->name, "bank") == 0)
        put_banks(w);
    else if (key->kind == MODEL_NAMES || key->kind == MODEL_OBJECTS)
        put_named(w, key);
    else if (key->kind == MODEL_SECTIONS)
        put_some(w, key, put_section_of);
    else if (key->list)
        put_some(w, key, put_scalar);
    else
        put_scalar(w, key);
    end(w, "}");
}

static void
put_section(struct writer *w, const struct model_section *section)
{
    bool needed = false;
    put_types(w, "\"object\"");
    put_text(w, "description", section->about);
    put_key(w, "additionalProperties");
    put(w, "false");
    put_key(w, "properties");
    begin(w, "{");
    for (size_t k = 0; k < section->count; k++)
        put_property(w, section, &section->keys[k]);
    end(w, "}");
    for (size_t k = 0; k < section->count; k++)
        needed = needed || section->keys[k].needed;
    if (!needed)
        return;
    put_key(w, "required");
    begin(w, "[");
    for (size_t k = 0; k < section->count; k++)
        if (section->keys[k].needed)
            put_text(w, NULL, section->keys[k].name);
    end(w, "]");
}

/* Sections that have been met, each once. */
struct met {
    const struct model_section *section[32];
    size_t count;
};

static void
collect(struct met *met, const struct model_section *section)
{
    for (size_t k = 0; k < section->count; k++) {
        const struct model_section *inner = section->keys[k].section;
        size_t i = 0;
        while (i < met->count && met->section[i] != inner)
            i++;
        if (!inner || i < met->count || i == 32)
            continue;
        met->section[met->count++] = inner;
        collect(met, inner);
    }
}

size_t
model_sections(const struct model_section **out, size_t most)
{
    struct met met = {.count = 0};
    collect(&met, &model_schema);
    for (size_t i = 0; i < met.count && i < most; i++)
        out[i] = met.section[i];
    return met.count < most ? met.count : most;
}

void
bh_model_schema_json(bh_text_sink *sink, void *user)
{
    enum { MOST = 32 };
    const struct model_section *sections[MOST];
    const size_t count = model_sections(sections, MOST);
    struct writer w = {.sink = sink, .user = user};
    begin(&w, "{");
    put_text(&w, "$schema", "http://json-schema.org/draft-07/schema#");
    put_text(&w, "title", "A model for bhears (Brian hears in C)");
    put_section(&w, &model_schema);
    put_key(&w, "definitions");
    begin(&w, "{");
    for (size_t i = 0; i < count; i++) {
        char name[64];
        put_key(&w, definition(sections[i], name, sizeof name));
        begin(&w, "{");
        put_section(&w, sections[i]);
        end(&w, "}");
    }
    end(&w, "}");
    end(&w, "}");
    put(&w, "\n");
}
