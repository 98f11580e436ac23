/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/synapses/connect_internal.h"

#include "neurons/lang/generator.h"

#include <math.h>
#include <string.h>

static const struct bh_dim none = {{0}};

/* One part of a generator; `variable` is its own name there, or NULL. */
static bh_status
compile_part(struct maker *m, struct formula *f, struct node *node, enum type type,
             uint32_t term, const char *variable, const struct text *text,
             const char *what, bh_diag *diag)
{
    BH_TRY(formula_new(m->s, f, diag));
    f->term = term;
    f->text = *text;
    if (variable && !scope_add(&f->scope, SYMBOL_ARGUMENT, variable, none))
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for an expression");
    BH_TRY(formula_compile_node(f, node, type, none, what));
    return formula_refuse_own(f);
}

/* What is not known before a neuron is chosen. */
static bh_status
refuse_other(const struct maker *m, struct formula *f)
{
    if (m->by_target ? !f->uses_i : !f->uses_j)
        return BH_OK;
    return lang_error(&f->lang, &f->text, f->node->at,
                      "%s can only be used after 'if', where the neuron is known",
                      m->by_target ? "i and variables of the presynaptic neuron"
                                   : "j and variables of the postsynaptic neuron");
}

static bh_status
compile_range(struct maker *m, const struct generator_tree *tree,
              const struct text *text, bh_diag *diag)
{
    struct comprehension *g = &m->generator;
    struct node *parts[RANGE_PARTS] = {tree->range[0], tree->range[1], tree->range[2],
                                       tree->size ? tree->size : tree->chance};
    for (uint32_t n = 0; n < RANGE_PARTS; n++) {
        if (!parts[n])
            continue;
        BH_TRY(compile_part(m, &g->range[n], parts[n], TYPE_REAL, TERM_THIRD + 4 + n,
                            NULL, text, "the range", diag));
        BH_TRY(refuse_other(m, &g->range[n]));
        if (g->range[n].random)
            return lang_error(&g->range[n].lang, text, parts[n]->at,
                              "a range cannot be random; sample(...) chooses");
        g->used[n] = true;
    }
    return BH_OK;
}

static bh_status
compile_tree(struct maker *m, const char *given, struct formula *f, bh_diag *diag)
{
    struct comprehension *g = &m->generator;
    struct generator_tree tree;
    struct lang own = m->s->lang;
    m->s->lang = f->lang;
    bh_status status =
        synapses_text(m->s, m->by_target ? "sources" : "targets", given, &f->text);
    m->s->lang = own;
    BH_TRY(status);
    BH_TRY(parse_generator(&f->lang, &f->text, &tree));
    g->given = true;
    g->sample = tree.sample;
    g->by_size = tree.size != NULL;
    if (!scope_add(&f->scope, SYMBOL_ARGUMENT, tree.variable, none))
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for an expression");
    BH_TRY(formula_compile_node(f, tree.value, TYPE_REAL, none, "the neuron"));
    BH_TRY(formula_refuse_own(f));
    BH_TRY(refuse_other(m, f));
    BH_TRY(compile_range(m, &tree, &f->text, diag));
    g->conditional = tree.condition != NULL;
    if (tree.condition)
        BH_TRY(compile_part(m, &g->condition, tree.condition, TYPE_BOOLEAN, TERM_SECOND,
                            tree.variable, &f->text, "the condition", diag));
    return BH_OK;
}

bh_status
generator_compile(struct maker *m, bh_diag *diag)
{
    struct formula *f = &m->generator.neuron;
    BH_TRY(formula_new(m->s, f, diag));
    f->term = TERM_FORMULA;
    return compile_tree(m, m->by_target ? m->config->sources : m->config->targets, f,
                        diag);
}

/* The range of one row: start + n * step for n below count. */
struct span {
    double start, step, sample;
    uint64_t count;
};

static bh_status
refuse_span(const struct maker *m, struct hand *hand, size_t row, const char *what,
            double value)
{
    return bh_diag_set(hand->diag, BH_ERR_ARGUMENT, "%s: for %s = %zu %s is %g",
                       m->generator.neuron.text.where, m->by_target ? "j" : "i", row,
                       what, value);
}

static bh_status
find_span(const struct maker *m, struct hand *hand, size_t row, struct span *out)
{
    static const char *const names[] = {
        "the start of the range", "the end of the range", "the step of the range"};
    const struct comprehension *g = &m->generator;
    double value[RANGE_PARTS] = {0, 0, 1, 1};
    uint32_t neuron = (uint32_t)row, other = 0;
    const struct pairs pairs = {.count = 1,
                                .i = m->by_target ? &other : &neuron,
                                .j = m->by_target ? &neuron : &other};
    for (int n = 0; n < RANGE_PARTS; n++) {
        if (g->used[n])
            value[n] = *evaluator_run(&g->range[n], &hand->range[n], &pairs);
        if (n < RANGE_SAMPLE &&
            (!(fabs(value[n]) < 0x1p53) || value[n] != nearbyint(value[n])))
            return refuse_span(m, hand, row, names[n], value[n]);
    }
    if (value[RANGE_STEP] == 0)
        return refuse_span(m, hand, row, names[RANGE_STEP], 0);
    const double count =
        ceil((value[RANGE_STOP] - value[RANGE_START]) / value[RANGE_STEP]);
    if (count > UINT32_MAX)
        return refuse_span(m, hand, row, "the length of the range", count);
    *out = (struct span){value[RANGE_START], value[RANGE_STEP], value[RANGE_SAMPLE],
                         count > 0 ? (uint64_t)count : 0};
    if (g->by_size) {
        if (out->sample > (double)out->count && m->config->skip_if_invalid)
            out->sample = (double)out->count;
        if (!(out->sample >= 0 && out->sample <= (double)out->count) ||
            out->sample != nearbyint(out->sample))
            return refuse_span(m, hand, row, "the size of the sample", out->sample);
    } else if (!(out->sample >= 0 && out->sample <= 1))
        return refuse_span(m, hand, row, "the probability of the sample", out->sample);
    return BH_OK;
}

static void
keep(struct hand *hand, size_t to, size_t from)
{
    hand->i[to] = hand->i[from];
    hand->j[to] = hand->j[from];
    hand->argument[to] = hand->argument[from];
}

static void
filter(const struct maker *m, struct hand *hand, size_t *count)
{
    const struct pairs pairs = {*count, hand->i, hand->j, NULL, hand->argument, 0, 0};
    size_t kept = 0;
    if (*count == 0)
        return;
    const double *wanted =
        evaluator_run(&m->generator.condition, &hand->condition, &pairs);
    for (size_t n = 0; n < *count; n++)
        if (wanted[n] != 0)
            keep(hand, kept++, n);
    *count = kept;
}

/* Finds the neurons that hand->argument stands for. */
static bh_status
find_neurons(const struct maker *m, struct hand *hand, size_t row, size_t *count)
{
    const struct pairs pairs = {*count, hand->i, hand->j, NULL, hand->argument, 0, 0};
    size_t kept = 0;
    if (*count == 0)
        return BH_OK;
    const double *neuron = evaluator_run(&m->generator.neuron, &hand->neuron, &pairs);
    for (size_t n = 0; n < *count; n++) {
        const bool whole = neuron[n] == nearbyint(neuron[n]);
        if (!whole || neuron[n] < 0 || neuron[n] >= (double)m->columns) {
            if (m->config->skip_if_invalid && whole)
                continue;
            return bh_diag_set(hand->diag, BH_ERR_ARGUMENT,
                               "%s: for %s = %zu the neuron is %g; there are %zu (0 to "
                               "%zu), and skip_if_invalid would leave it out",
                               m->generator.neuron.text.where, m->by_target ? "j" : "i",
                               row, neuron[n], m->columns, m->columns - 1);
        }
        keep(hand, kept, n);
        (m->by_target ? hand->i : hand->j)[kept] = (uint32_t)neuron[n];
        if (!m->config->no_autapses || !is_autapse(m->s, hand->i[kept], hand->j[kept]))
            kept++;
    }
    *count = kept;
    return BH_OK;
}

static bh_status
add_batch(const struct maker *m, struct hand *hand, size_t row, size_t count)
{
    const struct comprehension *g = &m->generator;
    const bool before = g->conditional &&
                        !(m->by_target ? g->condition.uses_i : g->condition.uses_j);
    for (size_t n = 0; n < count; n++) {
        hand->i[n] = m->by_target ? 0 : (uint32_t)row;
        hand->j[n] = m->by_target ? (uint32_t)row : 0;
    }
    if (before)
        filter(m, hand, &count);
    BH_TRY(find_neurons(m, hand, row, &count));
    if (g->conditional && !before)
        filter(m, hand, &count);
    return add_pairs(m, hand, count);
}

/* The next number of the range that is wanted, from n on. */
static uint64_t
next_of(const struct comprehension *g, struct hand *hand, const struct span *span,
        uint64_t n, bool inverse)
{
    if (!g->by_size)
        return g->sample ? hand_skip(hand, n, span->sample) : n;
    while (n < span->count && (hand->taken[n / 64] >> n % 64 & 1) == inverse)
        n++;
    return n;
}

bh_status
make_generated_row(const struct maker *m, struct hand *hand, size_t row)
{
    const struct comprehension *g = &m->generator;
    struct span span = {0};
    BH_TRY(find_span(m, hand, row, &span));
    const uint64_t size = g->by_size ? (uint64_t)span.sample : 0;
    const bool inverse = size > span.count / 2;
    if (g->by_size && !hand_take(hand, inverse ? span.count - size : size, span.count))
        return bh_diag_set(hand->diag, BH_ERR_MEMORY, "no memory for a sample");
    bh_status status = BH_OK;
    uint64_t n = next_of(g, hand, &span, 0, inverse);
    while (n < span.count && status == BH_OK) {
        size_t count = 0;
        while (count < BLOCK && n < span.count) {
            hand->argument[count++] = span.start + (double)n * span.step;
            n = next_of(g, hand, &span, n + 1, inverse);
        }
        status = add_batch(m, hand, row, count);
    }
    if (g->by_size)
        memset(hand->taken, 0, hand->taken_words * sizeof *hand->taken);
    return status;
}
