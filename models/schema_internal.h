/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_MODELS_SCHEMA_INTERNAL_H
#define BH_MODELS_SCHEMA_INTERNAL_H

/* What a model file may say, as one table: reading, checking, the JSON Schema and the
 * page of reference all come from it. */

#include "models/document_internal.h"
#include "neurons/namespace.h"

#include <stdint.h>

/* A scalar as it was read. */
struct model_value {
    const struct doc_node *node; /* NULL where it is not given */
    const char *text;            /* NULL where there is none, not even a default */
    double number;               /* SI units; which of the choices; 0 or 1 */
    uint64_t whole;
};

static inline double
model_number(const struct model_value *value, double otherwise)
{
    return value->node ? value->number : otherwise;
}

struct model_list {
    const struct doc_node *node;
    struct model_value *values;
    size_t count;
};

/* Names with texts, in their order. */
struct model_name {
    const struct doc_node *key;
    struct model_value value;
    struct model_list list; /* instead of a text */
};

struct model_names {
    const struct doc_node *node;
    struct model_name *names;
    size_t count;
};

/* What every struct of a section begins with. */
struct model_object {
    const char *name;           /* NULL where it has none */
    const struct doc_node *key; /* where the name stands; NULL: nowhere */
    const struct doc_node *node;
};

struct model_section;

/* Structs of a section, one after the other. */
struct model_objects {
    const struct model_section *section;
    const struct doc_node *node;
    void *at;
    size_t count;
};

enum model_kind {
    MODEL_TEXT,       /* as it is */
    MODEL_PATH,       /* a file, from where the model is */
    MODEL_CODE,       /* in the language of equations */
    MODEL_EXPRESSION, /* the same, where "5 ms" may stand for "5*ms" */
    MODEL_QUANTITY,   /* a constant with a unit */
    MODEL_WHOLE,      /* a whole number */
    MODEL_LEVEL,      /* dB SPL */
    MODEL_SWITCH,     /* yes or no */
    MODEL_CHOICE,     /* one of some words */
    MODEL_REFERENCE,  /* the name of something else in the model */
    MODEL_NAMES,      /* names with expressions */
    MODEL_SECTION,    /* one struct */
    MODEL_OBJECTS,    /* named structs */
    MODEL_SECTIONS,   /* a list of structs, or one */
};

/* What a reference may mean, to be joined with |. */
enum {
    MODEL_SOUNDS = 1,
    MODEL_FILTERS = 2,
    MODEL_GROUPS = 4,
    MODEL_SYNAPSES = 8,
    MODEL_MONITORS = 16
};

struct model_key {
    const char *name;
    enum model_kind kind;
    size_t offset;
    const char *about;
    const char *unit;           /* of a quantity: "Hz"; NULL or "1": a number */
    const char *preset;         /* where it is not given, or NULL */
    const char *shown;          /* the same in words */
    const char *const *choices; /* ended by NULL */
    const char *word;           /* instead of a number ... */
    double meaning;             /* ... and what it means */
    double least, most;         /* where the latter is above the former */
    const struct model_section *section;
    unsigned refers;
    bool list;    /* or several; the target is a model_list */
    bool needed;  /* must be given */
    bool defines; /* of names: what is read after them may use them */
    bool some;    /* of a reference: a part as name[0:10] will do */
};

struct model_section {
    const char *name; /* of what it describes: "group" */
    const char *about;
    const struct model_key *keys;
    size_t count;
    size_t size;         /* of the struct, which begins with a model_object */
    const char *choose;  /* exactly one of these keys, spaces between; or NULL */
    const char *example; /* YAML, or NULL */
};

/* Fills a section's struct from a map; NULL: from nothing. Memory is the arena's. */
struct model_reader {
    bh_arena *arena;
    bh_namespace *names; /* constants for quantities */
    bh_diag *diag;
};

bh_status model_read_section(struct model_reader *reader,
                             const struct model_section *section,
                             const struct doc_node *map, void *target);
/* The key of a section, or NULL with a sentence that has the nearest one. */
const struct model_key *model_find_key(const struct model_section *section,
                                       const struct doc_node *name, bh_diag *diag);
/* " such as 'x'" and other ends of sentences are about this. */
bh_status model_unknown(bh_diag *diag, const struct doc_node *node, const char *what,
                        const char *name, const char *const *known, size_t count);

/* value.c: scalars. */
bh_status model_read_value(struct model_reader *reader, const struct model_key *key,
                           const struct doc_node *node, struct model_value *out);
/* Sets a name of the namespace; errors point at the value. */
bh_status model_define(bh_namespace *names, const char *name,
                       const struct model_value *value, bh_diag *diag);
/* The value of a text in SI units; `unit` NULL: of any dimension. */
bh_status model_evaluate(const bh_namespace *names, const char *what,
                         const struct model_value *value, const char *unit, double *out,
                         bh_diag *diag);
bool model_is_name(const char *text);

/* One of the structs. */
static inline struct model_object *
model_object_at(const struct model_objects *objects, size_t i)
{
    return (struct model_object *)((char *)objects->at + i * objects->section->size);
}

/* The number of the one with a name, or `count`. */
size_t model_find(const struct model_objects *objects, const char *name);

struct model_file;

/* references.c: whether all names that are referred to are there. */
bh_status model_check_references(const struct model_file *file, bh_diag *diag);

extern const struct model_section model_schema;

/* schema_json.c: all other sections, each once; returns how many. */
size_t model_sections(const struct model_section **out, size_t most);

#endif
