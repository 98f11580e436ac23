/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/timed_array_internal.h"

#include <math.h>
#include <string.h>

struct symbol *
scope_add(struct scope *scope, enum symbol_kind kind, const char *name,
          struct bh_dim dim)
{
    struct symbol *symbol = bh_arena_take(scope->lang->arena, sizeof *symbol);
    char *copy = bh_arena_text(scope->lang->arena, name, strlen(name));
    if (!symbol || !copy)
        return NULL;
    symbol->kind = kind;
    symbol->name = copy;
    symbol->dim = dim;
    symbol->next = scope->symbols;
    scope->symbols = symbol;
    return symbol;
}

struct symbol *
scope_find(const struct scope *scope, const char *name)
{
    for (struct symbol *symbol = scope->symbols; symbol; symbol = symbol->next)
        if (strcmp(symbol->name, name) == 0 ||
            (symbol->alias && strcmp(symbol->alias, name) == 0))
            return symbol;
    return NULL;
}

static bh_status
no_memory(const struct lang *lang)
{
    return bh_diag_set(lang->diag, BH_ERR_MEMORY, "no memory for names");
}

static bh_status
add_constant(struct scope *scope, const char *name, double value, struct bh_dim dim)
{
    struct symbol *symbol = scope_add(scope, SYMBOL_CONSTANT, name, dim);
    if (!symbol)
        return no_memory(scope->lang);
    symbol->value = value;
    return BH_OK;
}

bh_status
scope_add_defaults(struct scope *scope, double dt_s, double count,
                   const bh_namespace *names)
{
    const struct bh_dim none = {{0}}, second = {{0, 0, DIM_ONE, 0, 0, 0, 0}};
    BH_TRY(add_constant(scope, "pi", 3.14159265358979323846, none));
    BH_TRY(add_constant(scope, "e", 2.71828182845904523536, none));
    BH_TRY(add_constant(scope, "inf", INFINITY, none));
    BH_TRY(add_constant(scope, "True", 1, none));
    BH_TRY(add_constant(scope, "False", 0, none));
    scope_find(scope, "True")->type = TYPE_BOOLEAN;
    scope_find(scope, "False")->type = TYPE_BOOLEAN;
    for (size_t i = 0; names && i < bh_namespace_count(names); i++) {
        double value = 0;
        struct bh_dim dim;
        const char *name = bh_namespace_name(names, i);
        struct timed_array *array = namespace_array(names, i);
        if (array && dt_s > 0)
            BH_TRY(scope_add_array(scope, name, array, dt_s));
        if (array)
            continue;
        BH_TRY(bh_namespace_get(names, name, &value, &dim));
        BH_TRY(add_constant(scope, name, value, dim));
    }
    if (!(dt_s > 0)) /* a namespace value or a link: no group, no time */
        return BH_OK;
    BH_TRY(add_constant(scope, "dt", dt_s, second));
    struct symbol *time = scope_add(scope, SYMBOL_TIME, "t", second);
    struct symbol *step = scope_add(scope, SYMBOL_STEP, "t_in_timesteps", none);
    if (!time || !step)
        return no_memory(scope->lang);
    step->type = TYPE_INTEGER;
    if (scope->synapses)
        return BH_OK;
    BH_TRY(add_constant(scope, "N", count, none));
    struct symbol *index = scope_add(scope, SYMBOL_INDEX, "i", none);
    if (!index)
        return no_memory(scope->lang);
    index->type = TYPE_INTEGER;
    return BH_OK;
}

static bool
has_ending(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n >= m && strcmp(name + n - m, ending) == 0;
}

/* Why a name cannot be that of a variable, or NULL. */
static const char *
reserved(const struct scope *scope, const char *name)
{
    static const char *const words[] = {"and",        "or",
                                        "not",        "if",
                                        "else",       "for",
                                        "in",         "lambda",
                                        "is",         "None",
                                        "while",      "import",
                                        "return",     "def",
                                        "class",      "j",
                                        "xi",         "t_in_timesteps",
                                        "lastspike",  "not_refractory",
                                        "refractory", "N_pre",
                                        "N_post",     "N_incoming",
                                        "N_outgoing", "lastupdate"};
    struct unit unit;
    const struct symbol *symbol = scope_find(scope, name);
    if (symbol && (symbol->kind == SYMBOL_STATE || symbol->kind == SYMBOL_PARAMETER ||
                   symbol->kind == SYMBOL_SUBEXPRESSION))
        return "has two definitions";
    if (symbol && symbol->kind != SYMBOL_CONSTANT && symbol->kind != SYMBOL_TABLE)
        return "is a name of the language";
    static const char *const own[] = {"pi", "e", "inf", "True", "False", "dt", "N"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcmp(name, own[i]) == 0)
            return "is a name of the language";
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(name, words[i]) == 0)
            return "is a name of the language";
    for (int op = OP_RAND; op < OP_COUNT; op++)
        if (op_info((enum op_code)op)->name &&
            strcmp(name, op_info((enum op_code)op)->name) == 0)
            return "is the name of a function";
    if (unit_find(name, strlen(name), &unit))
        return "is the name of a unit";
    if (name[0] == '_')
        return "begins with '_', which is kept for the machine's own names";
    if (strncmp(name, "xi_", 3) == 0)
        return "begins with 'xi_', which is kept for noise";
    if (has_ending(name, "_pre") || has_ending(name, "_post"))
        return "ends in '_pre' or '_post', which are kept for synapses";
    return NULL;
}

/* What a flag is for. */
static bh_status
check_flags(struct scope *scope, const struct equation *eq, const struct text *text)
{
    static const struct {
        unsigned flags;
        enum equation_kind kind;
        const char *text;
    } rules[] = {
        {FLAG_UNLESS_REFRACTORY, EQUATION_DIFFERENTIAL,
         "'unless refractory' is for differential equations only"},
        {FLAG_CONSTANT_OVER_DT, EQUATION_SUBEXPRESSION,
         "'constant over dt' is for subexpressions only"},
        {FLAG_CONSTANT | FLAG_LINKED, EQUATION_PARAMETER,
         "'constant' and 'linked' are for parameters only"},
        {FLAG_EVENT_DRIVEN | FLAG_CLOCK_DRIVEN, EQUATION_DIFFERENTIAL,
         "'event-driven' and 'clock-driven' are for differential equations only"},
        {FLAG_SUMMED, EQUATION_SUBEXPRESSION,
         "'summed' is for 'x_post = ...' and 'x_pre = ...' only"},
    };
    const unsigned synaptic = FLAG_EVENT_DRIVEN | FLAG_CLOCK_DRIVEN | FLAG_SUMMED;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if ((eq->flags & rules[i].flags) && eq->kind != rules[i].kind)
            return lang_error(scope->lang, text, eq->at, "%s", rules[i].text);
    if (!scope->synapses && (eq->flags & synaptic))
        return lang_error(scope->lang, text, eq->at,
                          "'event-driven', 'clock-driven' and 'summed' are for "
                          "synapses only");
    if (scope->synapses && (eq->flags & (FLAG_UNLESS_REFRACTORY | FLAG_LINKED)))
        return lang_error(scope->lang, text, eq->at,
                          "'unless refractory' and 'linked' are for neurons only");
    if ((eq->flags & FLAG_EVENT_DRIVEN) && (eq->flags & FLAG_CLOCK_DRIVEN))
        return lang_error(scope->lang, text, eq->at,
                          "'%s' is either event-driven or clock-driven", eq->name);
    return BH_OK;
}

bh_status
scope_add_equations(struct scope *scope, const struct equation *equations,
                    const struct text *text)
{
    static const enum symbol_kind kinds[] = {SYMBOL_STATE, SYMBOL_SUBEXPRESSION,
                                             SYMBOL_PARAMETER};
    for (const struct equation *eq = equations; eq; eq = eq->next) {
        const char *why = reserved(scope, eq->name);
        if (why)
            return lang_error(scope->lang, text, eq->at, "'%s' %s", eq->name, why);
        if (eq->kind == EQUATION_DIFFERENTIAL && eq->type != TYPE_REAL)
            return lang_error(scope->lang, text, eq->at,
                              "'%s' changes continuously and cannot be %s", eq->name,
                              eq->type == TYPE_INTEGER ? "integer" : "boolean");
        BH_TRY(check_flags(scope, eq, text));
        struct symbol *symbol = scope_add(scope, kinds[eq->kind], eq->name, eq->dim);
        if (!symbol)
            return no_memory(scope->lang);
        symbol->equation = eq;
        symbol->type = eq->type;
        symbol->flags = eq->flags;
        bool computed = eq->kind == EQUATION_SUBEXPRESSION &&
                        !(eq->flags & FLAG_CONSTANT_OVER_DT);
        symbol->slot = computed ? -1 : scope->stored++;
        if (scope->stored > MOST_ARRAYS)
            return lang_error(scope->lang, text, eq->at,
                              "there are more than %d variables", MOST_ARRAYS);
    }
    return BH_OK;
}

/* The nearest of all names that would be right here. */
static const char *
nearest(const struct scope *scope, const char *name, char *buffer, size_t size)
{
    enum { MOST = 256 };
    const char *names[MOST];
    size_t count = 0;
    for (const struct symbol *s = scope->symbols; s && count < MOST; s = s->next)
        if (strlen(s->name) > 1)
            names[count++] = s->name;
    const char *near = bh_text_nearest(name, names, count);
    if (near)
        return near;
    return unit_nearest(name, buffer, size) ? buffer : NULL;
}

bh_status
scope_resolve(struct scope *scope, const struct node *node, struct symbol **out)
{
    struct unit unit;
    struct symbol *symbol = scope_find(scope, node->name);
    bool noise = strcmp(node->name, "xi") == 0 || strncmp(node->name, "xi_", 3) == 0;
    if (!symbol && noise) {
        const struct bh_dim root = {{0, 0, -DIM_ONE / 2, 0, 0, 0, 0}};
        symbol = scope_add(scope, SYMBOL_NOISE, node->name, root);
        if (!symbol)
            return no_memory(scope->lang);
        symbol->slot = scope->noises++;
    }
    if (!symbol && unit_find(node->name, strlen(node->name), &unit)) {
        BH_TRY(add_constant(scope, node->name, unit.scale, unit.dim));
        symbol = scope->symbols;
    }
    if (!symbol) {
        char buffer[32];
        const char *near = nearest(scope, node->name, buffer, sizeof buffer);
        return lang_error(
            scope->lang, node->text, node->at,
            near ? "'%s' is neither a variable nor a unit; did you mean '%s'?"
                 : "'%s' is neither a variable nor a unit",
            node->name, near);
    }
    *out = symbol;
    return BH_OK;
}
