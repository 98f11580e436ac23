/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/spread_internal.h"
#include "neurons/synapses/trace_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows that one thread works on at a time. */
enum { ROWS = 64 };

static const struct bh_dim second = {{0, 0, DIM_ONE, 0, 0, 0, 0}};

/* What a name stands for: a variable, or the delay of a pathway. */
struct place {
    const char *name;
    const struct symbol *symbol; /* or */
    struct pathway *path;
};

/* Setting values: new ones are collected apart, so that an error leaves the old. */
struct setting {
    bh_synapses *s;
    struct place place;
    void *values;
    size_t element;
    struct formula condition, value;
    bool conditional;
    struct hand_of_rows *hands;
    bh_status *status; /* of each piece of rows */
    bh_diag *diags;
};

/* What one thread walks rows with. */
struct hand_of_rows {
    struct evaluator condition, value;
    uint64_t *position;
    uint32_t *j, *scratch;
    uint32_t chosen_i[BLOCK], chosen_j[BLOCK];
    uint64_t chosen[BLOCK];
};

static bh_status
no_memory(const bh_synapses *s, bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the values of %s", s->name);
}

static bool
rows_new(const bh_synapses *s, struct hand_of_rows *hand)
{
    const size_t longest = synapses_longest_row(s) + 1;
    hand->position = malloc(longest * sizeof *hand->position);
    hand->j = malloc(longest * sizeof *hand->j);
    hand->scratch = malloc(3 * longest * sizeof *hand->scratch);
    return hand->position && hand->j && hand->scratch;
}

static void
rows_free(struct hand_of_rows *hand)
{
    evaluator_free(&hand->condition);
    evaluator_free(&hand->value);
    free(hand->position);
    free(hand->j);
    free(hand->scratch);
}

/* The pathway of "delay", "delay_post" or "<pathway>.delay". */
static bool
find_delay(const bh_synapses *s, const char *name, struct place *out)
{
    char full[64];
    for (struct pathway *path = s->pathways; path; path = path->next) {
        snprintf(full, sizeof full, "%s.delay", path->name);
        if (strcmp(name, full) == 0 ||
            (path->delay_symbol && strcmp(name, path->delay_symbol->name) == 0)) {
            *out = (struct place){.name = name, .path = path};
            return true;
        }
    }
    return false;
}

static bh_status
find_place(const bh_synapses *s, const char *name, struct place *out, bh_diag *diag)
{
    const char *names[64] = {"delay", "delay_post"};
    size_t count = 2;
    const struct symbol *symbol = name ? scope_find(&s->scope, name) : NULL;
    if (symbol && is_own_variable(symbol)) {
        *out = (struct place){.name = name, .symbol = symbol};
        return BH_OK;
    }
    if (s->procedural)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s is procedural; its synapses have no variables and "
                           "delays of their own: the delay of all is in the config",
                           s->name);
    if (name && find_delay(s, name, out))
        return BH_OK;
    for (const struct symbol *each = s->scope.symbols; each && count < 64;
         each = each->next)
        if (is_own_variable(each))
            names[count++] = each->name;
    const char *near = bh_text_nearest(name ? name : "", names, count);
    if (name && (strcmp(name, "delay") == 0 || strcmp(name, "delay_post") == 0))
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "%s has no %s, so no '%s'", s->name,
                           strcmp(name, "delay") == 0 ? "on_pre" : "on_post", name);
    if (near)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s has no variable '%s'; did you mean '%s'?", s->name, name,
                           near);
    return bh_diag_set(diag, BH_ERR_ARGUMENT, "%s has no variable '%s'", s->name,
                       name ? name : "");
}

/* Room for the new values, with the old in it where not all are set. */
static bh_status
setting_begin(struct setting *set, bool all, bh_diag *diag)
{
    bh_synapses *s = set->s;
    BH_TRY(device_home(s->net, true, diag));
    if (set->place.path || trace_has(s, set->place.symbol))
        trace_end(s);
    else
        trace_settle(s);
    if (set->place.path)
        BH_TRY(synapses_take_delays(s, set->place.path, diag));
    set->element = set->place.path ? sizeof(uint16_t) : bh_precision_size(s->precision);
    const void *old = set->place.path ? set->place.path->delay
                                      : s->arrays[set->place.symbol->slot];
    set->values = malloc((s->count + 1) * set->element);
    if (!set->values)
        return no_memory(s, diag);
    if (!all && old)
        memcpy(set->values, old, s->count * set->element);
    return BH_OK;
}

/* The new values take the place of the old. Rows are ordered by delay in a run. */
static bh_status
setting_end(struct setting *set, bh_status status, bh_diag *diag)
{
    bh_synapses *s = set->s;
    if (status != BH_OK) {
        free(set->values);
    } else if (set->place.path) {
        free(set->place.path->delay);
        set->place.path->delay = set->values;
        status = synapses_canonise(s, diag);
    } else {
        free(s->arrays[set->place.symbol->slot]);
        s->arrays[set->place.symbol->slot] = set->values;
    }
    set->values = NULL;
    return status;
}

static bh_status
refuse_value(const struct setting *set, double value, const char *why, size_t i,
             size_t j, bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_DATA,
                       "'%s' of the synapse from neuron %zu to neuron %zu of %s is "
                       "%g%s; %s",
                       set->place.name, i, j, set->s->name, value,
                       set->place.path ? " s" : "", why);
}

/* Writes one value where it belongs. */
static bh_status
put(const struct setting *set, uint64_t position, double value, size_t i, size_t j,
    bh_diag *diag)
{
    const char *why;
    uint32_t steps;
    if (set->place.path) {
        if (synapses_delay_steps(set->s, value, LONGEST_DELAY, &steps, &why) != BH_OK)
            return refuse_value(set, value, why, i, j, diag);
        ((uint16_t *)set->values)[position] = (uint16_t)steps;
        return BH_OK;
    }
    if (isnan(value))
        return refuse_value(set, value, "it must be a number", i, j, diag);
    if (set->place.symbol->type == TYPE_INTEGER)
        value = trunc(value);
    if (set->place.symbol->type == TYPE_BOOLEAN)
        value = value != 0;
    if (set->s->precision == BH_SINGLE)
        ((float *)set->values)[position] = (float)value;
    else
        ((double *)set->values)[position] = value;
    return BH_OK;
}

/* Sets some synapses of a row, at most BLOCK with those of other processes: `first` is
 * the first that is here. */
static bh_status
set_batch(const struct setting *set, struct hand_of_rows *hand, size_t i, size_t first,
          struct pairs pairs, bh_diag *diag)
{
    const size_t count = pairs.count;
    pairs.i = hand->chosen_i;
    pairs.j = hand->j + first;
    pairs.position = hand->position + first;
    for (size_t n = 0; n < count; n++)
        hand->chosen_i[n] = (uint32_t)i;
    if (set->conditional) {
        const double *wanted = evaluator_run(&set->condition, &hand->condition, &pairs);
        size_t kept = 0;
        for (size_t n = 0; n < count; n++)
            if (wanted[n] != 0) {
                hand->chosen_j[kept] = pairs.j[n];
                hand->chosen[kept++] = pairs.position[n];
            }
        pairs = (struct pairs){.count = kept,
                               .i = hand->chosen_i,
                               .j = hand->chosen_j,
                               .position = hand->chosen};
        if (kept == 0)
            return BH_OK;
    }
    const double *value = evaluator_run(&set->value, &hand->value, &pairs);
    for (size_t n = 0; n < pairs.count; n++)
        BH_TRY(put(set, pairs.position[n], value[n], i, pairs.j[n], diag));
    return BH_OK;
}

static bh_status
set_row(const struct setting *set, struct hand_of_rows *hand, size_t i, bh_diag *diag)
{
    const size_t count = synapses_row_count(set->s, i);
    if (count == 0)
        return BH_OK;
    synapses_row(set->s, i, hand->position, hand->j, hand->scratch);
    evaluator_start(&set->value, &hand->value, i);
    if (set->conditional)
        evaluator_start(&set->condition, &hand->condition, i);
    /* Random numbers belong to places of the whole row. */
    const struct whole *whole = set->s->whole;
    const size_t before = whole ? whole->before[i] : 0,
                 row = whole ? whole->row[i] : count;
    for (size_t n = 0; n < before + count; n += BLOCK) {
        const size_t end = row - n < BLOCK ? row : n + BLOCK,
                     from = n < before ? (end < before ? end : before) : n,
                     to = end < before + count ? end : before + count;
        struct pairs pairs = {.count = to > from ? to - from : 0, .before = from - n};
        pairs.behind = end - from - pairs.count;
        BH_TRY(set_batch(set, hand, i, pairs.count ? from - before : 0, pairs, diag));
    }
    return BH_OK;
}

static void
set_rows(void *context, size_t piece, int thread)
{
    const struct setting *set = context;
    const size_t sources = set->s->source.count;
    for (size_t i = piece * ROWS; i < (piece + 1) * ROWS && i < sources; i++) {
        set->status[piece] = set_row(set, &set->hands[thread], i, &set->diags[piece]);
        if (set->status[piece] != BH_OK)
            return;
    }
}

static bh_status
run_rows(struct setting *set, bh_diag *diag)
{
    const bh_synapses *s = set->s;
    const size_t pieces = (s->source.count + ROWS - 1) / ROWS,
                 threads = (size_t)bh_pool_threads(s->net->pool);
    set->hands = calloc(threads, sizeof *set->hands);
    set->status = calloc(pieces, sizeof *set->status);
    set->diags = calloc(pieces, sizeof *set->diags);
    bool ok = set->hands && set->status && set->diags;
    for (size_t t = 0; ok && t < threads; t++)
        ok = rows_new(s, &set->hands[t]) &&
             evaluator_new(&set->value, &set->hands[t].value) == BH_OK &&
             (!set->conditional ||
              evaluator_new(&set->condition, &set->hands[t].condition) == BH_OK);
    bh_status status = ok ? BH_OK : no_memory(s, diag);
    if (ok)
        bh_pool_run(s->net->pool, pieces,
                    10 * (double)s->count + 100 * (double)s->source.count, set_rows,
                    set);
    for (size_t p = 0; ok && p < pieces && status == BH_OK; p++) {
        status = set->status[p];
        if (status != BH_OK && diag)
            *diag = set->diags[p];
    }
    for (size_t t = 0; set->hands && t < threads; t++)
        rows_free(&set->hands[t]);
    free(set->hands);
    free(set->status);
    free(set->diags);
    return status;
}

static bh_status
compile(struct setting *set, const char *condition, const char *expression,
        bh_diag *diag)
{
    static const struct bh_dim none = {{0}};
    const struct symbol *symbol = set->place.symbol;
    const bool boolean = symbol && symbol->type == TYPE_BOOLEAN;
    BH_TRY(formula_new(set->s, &set->value, diag));
    set->value.term = TERM_FORMULA;
    BH_TRY(formula_compile(&set->value, set->place.name, expression,
                           boolean ? TYPE_BOOLEAN : TYPE_REAL,
                           set->place.path ? second : symbol->dim));
    if (!condition)
        return BH_OK;
    if (set->s->whole && set->value.random)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "'%s' of %s: random numbers for the synapses of a condition "
                           "follow from those of all processes; give them to all, as "
                           "int(condition) * rand()",
                           set->place.name, set->s->name);
    set->conditional = true;
    BH_TRY(formula_new(set->s, &set->condition, diag));
    set->condition.term = TERM_SECOND;
    return formula_compile(&set->condition, "condition", condition, TYPE_BOOLEAN, none);
}

bh_status
bh_synapses_set(bh_synapses *s, const char *variable, const char *condition,
                const char *expression, bh_diag *diag)
{
    struct setting set = {.s = s};
    BH_TRY(find_place(s, variable, &set.place, diag));
    bh_status status = compile(&set, condition, expression, diag);
    if (status == BH_OK)
        status = setting_begin(&set, !condition, diag);
    if (status == BH_OK)
        status =
            setting_end(&set, spread_agree(s->net, run_rows(&set, diag), diag), diag);
    formula_free(&set.value);
    formula_free(&set.condition);
    if (status == BH_OK)
        s->calls++;
    return status;
}

/* Walks all synapses that are here in public order on this thread; n counts all; stops
 * where `each` fails. */
static bh_status
walk(const bh_synapses *s,
     bh_status (*each)(void *context, size_t n, uint64_t position, size_t i, size_t j),
     void *context, bh_diag *diag)
{
    struct hand_of_rows *hand = calloc(1, sizeof *hand);
    bh_status status = BH_OK;
    size_t n = 0;
    if (!hand || !rows_new(s, hand))
        status = no_memory(s, diag);
    for (size_t i = 0; status == BH_OK && i < s->source.count; i++) {
        const size_t count = synapses_row_count(s, i),
                     before = s->whole ? s->whole->before[i] : 0;
        synapses_row(s, i, hand->position, hand->j, hand->scratch);
        for (size_t k = 0; status == BH_OK && k < count; k++)
            status = each(context, n + before + k, hand->position[k], i, hand->j[k]);
        n += s->whole ? s->whole->row[i] : count;
    }
    if (hand)
        rows_free(hand);
    free(hand);
    return status;
}

struct giving {
    struct setting set;
    const double *values; /* or */
    double (*function)(void *user, size_t i, size_t j);
    void *user;
    bh_diag *diag;
};

static bh_status
give(void *context, size_t n, uint64_t position, size_t i, size_t j)
{
    const struct giving *given = context;
    const double value = given->values ? given->values[n]
                                       : given->function(given->user, i, j);
    return put(&given->set, position, value, i, j, given->diag);
}

static bh_status
check_count(const bh_synapses *s, size_t count, bh_diag *diag)
{
    if (count == bh_synapses_count(s))
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_ARGUMENT, "%s has %zu synapses, not %zu", s->name,
                       bh_synapses_count(s), count);
}

static bh_status
give_all(struct giving *given, const char *variable)
{
    BH_TRY(find_place(given->set.s, variable, &given->set.place, given->diag));
    BH_TRY(setting_begin(&given->set, true, given->diag));
    bh_status status = walk(given->set.s, give, given, given->diag);
    status = spread_agree(given->set.s->net, status, given->diag);
    return setting_end(&given->set, status, given->diag);
}

bh_status
bh_synapses_set_array(bh_synapses *s, const char *variable, const double *values,
                      size_t count, bh_diag *diag)
{
    struct giving given = {.set = {.s = s}, .values = values, .diag = diag};
    BH_TRY(check_count(s, count, diag));
    return give_all(&given, variable);
}

bh_status
bh_synapses_set_function(bh_synapses *s, const char *variable,
                         double (*function)(void *user, size_t i, size_t j), void *user,
                         bh_diag *diag)
{
    struct giving given = {
        .set = {.s = s}, .function = function, .user = user, .diag = diag};
    return give_all(&given, variable);
}

struct taking {
    const bh_synapses *s;
    struct place place;
    double *values;
    uint32_t *i, *j;
};

static bh_status
take(void *context, size_t n, uint64_t position, size_t i, size_t j)
{
    const struct taking *taking = context;
    const bh_synapses *s = taking->s;
    const struct pathway *path = taking->place.path;
    (void)i, (void)j;
    if (path) {
        const uint32_t steps = path->delay ? path->delay[position] : path->delay_steps;
        taking->values[n] = steps * s->net->config.dt_s;
        return BH_OK;
    }
    const void *at = s->arrays[taking->place.symbol->slot];
    taking->values[n] = !at ? 0
                        : s->precision == BH_SINGLE
                            ? (double)((const float *)at)[position]
                            : ((const double *)at)[position];
    return BH_OK;
}

bh_status
bh_synapses_get(const bh_synapses *s, const char *variable, double *values,
                size_t count, bh_diag *diag)
{
    struct taking taking = {.s = s, .values = values};
    BH_TRY(find_place(s, variable, &taking.place, diag));
    BH_TRY(check_count(s, count, diag));
    BH_TRY(device_home(s->net, false, diag));
    /* Values that a run has kept elsewhere: nothing that anybody could see. */
    trace_settle((bh_synapses *)(uintptr_t)s);
    BH_TRY(walk(s, take, &taking, diag));
    return whole_gather(s, sizeof *values, values, diag);
}

static bh_status
take_pair(void *context, size_t n, uint64_t position, size_t i, size_t j)
{
    const struct taking *taking = context;
    (void)position;
    taking->i[n] = (uint32_t)i;
    taking->j[n] = (uint32_t)j;
    return BH_OK;
}

bh_status
bh_synapses_pairs(const bh_synapses *s, uint32_t *i, uint32_t *j, size_t count,
                  bh_diag *diag)
{
    struct taking taking = {.s = s, .i = i, .j = j};
    BH_TRY(check_count(s, count, diag));
    if (s->procedural)
        return procedural_pairs(s, i, j, diag);
    BH_TRY(walk(s, take_pair, &taking, diag));
    BH_TRY(whole_gather(s, sizeof *i, i, diag));
    return whole_gather(s, sizeof *j, j, diag);
}
