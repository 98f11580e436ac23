/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/spread_internal.h"
#include "neurons/synapses/connect_internal.h"
#include "neurons/synapses/trace_internal.h"

#include <stdlib.h>
#include <string.h>

static const struct bh_dim none = {{0}};

bh_connect_config
bh_connect_config_default(void)
{
    return (bh_connect_config){0};
}

bool
list_reserve(struct list *list, size_t count)
{
    if (list->count + count <= list->capacity)
        return true;
    const size_t capacity = list->capacity + list->capacity / 2 + count + 64;
    uint32_t *bigger = realloc(list->at, capacity * sizeof *bigger);
    if (!bigger)
        return false;
    list->at = bigger;
    list->capacity = capacity;
    return true;
}

bool
list_add(struct list *list, uint32_t neuron, size_t times)
{
    if (!list_reserve(list, times))
        return false;
    for (size_t n = 0; n < times; n++)
        list->at[list->count++] = neuron;
    return true;
}

bool
list_append(struct list *list, const uint32_t *neurons, size_t count)
{
    if (!list_reserve(list, count))
        return false;
    for (size_t n = 0; n < count; n++)
        list->at[list->count + n] = neurons[n];
    list->count += count;
    return true;
}

static bh_status
no_memory(const bh_synapses *s, bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the synapses of %s",
                       s->name);
}

/* A row ends sorted. */
static bool
sort_row(struct hand *hand)
{
    struct list *made = &hand->made;
    size_t n = 1;
    while (n < made->count && made->at[n - 1] <= made->at[n])
        n++;
    if (n >= made->count)
        return true;
    if (3 * made->count > hand->order_size) {
        free(hand->order);
        hand->order_size = 4 * made->count + 64;
        hand->order = malloc(hand->order_size * sizeof *hand->order);
        if (!hand->order) {
            hand->order_size = 0;
            return false;
        }
    }
    uint32_t *order = hand->order, *spare = order + made->count,
             *keys = spare + made->count;
    memcpy(keys, made->at, made->count * sizeof *keys);
    synapse_sort(keys, made->count, order, spare);
    for (n = 0; n < made->count; n++)
        made->at[n] = keys[order[n]];
    return true;
}

static void
start_row(const struct maker *m, struct hand *hand, size_t row)
{
    const struct comprehension *g = &m->generator;
    hand->stream =
        bh_random_stream_start(synapses_key(m->s, TERM_PAIRS), (uint32_t)row);
    hand->left = 0;
    hand->step = BH_RANDOM_LANES;
    hand->made.count = 0;
    if (m->has_condition)
        evaluator_start(&m->condition, &hand->condition, row);
    if (m->has_probability)
        evaluator_start(&m->probability, &hand->probability, row);
    if (m->has_copies)
        evaluator_start(&m->copies, &hand->copies, row);
    if (!g->given)
        return;
    evaluator_start(&g->neuron, &hand->neuron, row);
    for (int n = 0; n < RANGE_PARTS; n++)
        if (g->used[n])
            evaluator_start(&g->range[n], &hand->range[n], row);
    if (g->conditional)
        evaluator_start(&g->condition, &hand->condition, row);
}

bh_status
make_row(const struct maker *m, struct hand *hand, size_t row)
{
    start_row(m, hand, row);
    BH_TRY(m->row(m, hand, row));
    return sort_row(hand) ? BH_OK : no_memory(m->s, hand->diag);
}

/* Of several processes each makes all rows, with the same random numbers, and keeps
 * what ends on its own neurons. */
static void
keep_own(const struct maker *m, struct hand *hand, size_t row)
{
    uint32_t first, last;
    struct list *made = &hand->made;
    if (!m->by_target) {
        made->count = whole_keep(m->s, row, made->at, made->count);
        return;
    }
    for (size_t n = 0; n < made->count; n++)
        whole_count(m->s, made->at[n], (uint32_t)row);
    synapses_own(m->s, &first, &last);
    if (row < first || row >= last)
        made->count = 0;
}

static void
make_piece(void *context, size_t p, int thread)
{
    const struct maker *m = context;
    struct piece *piece = &m->piece[p];
    struct hand *hand = &m->hands[thread];
    hand->diag = &piece->diag;
    for (size_t row = p * MADE_ROWS; row < (p + 1) * MADE_ROWS && row < m->rows;
         row++) {
        piece->status = make_row(m, hand, row);
        if (piece->status == BH_OK && m->s->whole)
            keep_own(m, hand, row);
        if (piece->status == BH_OK && !m->s->procedural &&
            !list_append(&piece->made, hand->made.at, hand->made.count))
            piece->status = no_memory(m->s, &piece->diag);
        if (piece->status != BH_OK)
            return;
        m->made[row] = hand->made.count;
    }
}

static bh_status
hand_new(const struct maker *m, struct hand *hand)
{
    const struct comprehension *g = &m->generator;
    hand->maker = m;
    if (m->has_condition)
        BH_TRY(evaluator_new(&m->condition, &hand->condition));
    if (m->has_probability)
        BH_TRY(evaluator_new(&m->probability, &hand->probability));
    if (m->has_copies)
        BH_TRY(evaluator_new(&m->copies, &hand->copies));
    for (int n = 0; n < RANGE_PARTS; n++)
        if (g->used[n])
            BH_TRY(evaluator_new(&g->range[n], &hand->range[n]));
    if (g->given)
        BH_TRY(evaluator_new(&g->neuron, &hand->neuron));
    if (g->conditional)
        BH_TRY(evaluator_new(&g->condition, &hand->condition));
    return BH_OK;
}

static void
hand_free(struct hand *hand)
{
    evaluator_free(&hand->condition);
    evaluator_free(&hand->probability);
    evaluator_free(&hand->copies);
    evaluator_free(&hand->neuron);
    for (int n = 0; n < RANGE_PARTS; n++)
        evaluator_free(&hand->range[n]);
    free(hand->taken);
    free(hand->made.at);
    free(hand->order);
}

/* About how long it takes, ns: pairs to look at, synapses to make. */
static double
cost(const struct maker *m)
{
    const double pairs = (double)m->rows * (double)m->columns;
    if (m->config->total > 0)
        return 30 * (double)m->config->total;
    if (m->row == make_degree_row)
        return 30 * (double)m->rows *
               (double)(m->config->in_degree + m->config->out_degree);
    return 10 * pairs + 100 * (double)m->rows;
}

/* Makes all rows, on all threads unless a function of the user's is called. */
static bh_status
make_rows(struct maker *m, bh_diag *diag)
{
    if (m->config->probability_function)
        for (size_t p = 0; p < m->pieces; p++)
            make_piece(m, p, 0);
    else
        bh_pool_run(m->s->net->pool, m->pieces, cost(m), make_piece, m);
    for (size_t p = 0; p < m->pieces; p++)
        if (m->piece[p].status != BH_OK) {
            if (diag)
                *diag = m->piece[p].diag;
            return m->piece[p].status;
        }
    return BH_OK;
}

static bh_status
make(struct maker *m, bh_diag *diag)
{
    const size_t threads = (size_t)bh_pool_threads(m->s->net->pool);
    m->rows = m->by_target ? m->s->target.count : m->s->source.count;
    m->columns = m->by_target ? m->s->source.count : m->s->target.count;
    m->pieces = (m->rows + MADE_ROWS - 1) / MADE_ROWS;
    m->made = calloc(m->rows + 1, sizeof *m->made);
    m->piece = calloc(m->pieces + 1, sizeof *m->piece);
    m->hands = aligned_alloc(64, threads * sizeof *m->hands); /* for streams */
    if (m->hands)
        memset(m->hands, 0, threads * sizeof *m->hands);
    if (m->config->total > 0)
        m->degree = calloc(m->rows + 1, sizeof *m->degree);
    bool ok = m->made && m->piece && m->hands && (m->degree || m->config->total == 0);
    for (size_t t = 0; ok && t < threads; t++)
        ok = hand_new(m, &m->hands[t]) == BH_OK;
    if (!ok)
        return no_memory(m->s, diag);
    if (m->degree) {
        m->hands[0].stream =
            bh_random_stream_start(synapses_key(m->s, TERM_PAIRS + 1), 0);
        m->hands[0].step = BLOCK;
        BH_TRY(share_total(m, &m->hands[0], diag));
    }
    BH_TRY(make_rows(m, diag));
    return m->s->procedural ? BH_OK : merge_made(m, diag);
}

void
maker_free(struct maker *m)
{
    for (int t = 0; m->hands && t < bh_pool_threads(m->s->net->pool); t++)
        hand_free(&m->hands[t]);
    for (size_t p = 0; m->piece && p < m->pieces; p++)
        free(m->piece[p].made.at);
    free(m->hands);
    free(m->piece);
    free(m->made);
    free(m->degree);
    formula_free(&m->condition);
    formula_free(&m->probability);
    formula_free(&m->copies);
    formula_free(&m->generator.neuron);
    formula_free(&m->generator.condition);
    for (int n = 0; n < RANGE_PARTS; n++)
        formula_free(&m->generator.range[n]);
}

static bh_status
compile(bh_synapses *s, struct formula *f, const char *what, const char *text,
        enum type type, uint32_t term, bool *has, bh_diag *diag)
{
    if (!text)
        return BH_OK;
    BH_TRY(formula_new(s, f, diag));
    f->term = term;
    BH_TRY(formula_compile(f, what, text, type, none));
    *has = true;
    return formula_refuse_own(f);
}

static bh_status
check_config(const bh_synapses *s, const bh_connect_config *c, bh_diag *diag)
{
    const bool random = c->in_degree || c->out_degree || c->total;
    const bool listed = c->i || c->j;
    const int ways = (c->targets != NULL) + (c->sources != NULL) + (c->in_degree > 0) +
                     (c->out_degree > 0) + (c->total > 0) + c->one_to_one + listed;
    const bool chance = c->probability || c->probability_function;
    if (ways > 1)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "connect %s in one way: pairs, one_to_one, targets, sources, "
            "in_degree, out_degree or total",
            s->name);
    if (c->probability && c->probability_function)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "connect %s with a probability as text or as a function",
                           s->name);
    if (ways > 0 && (c->condition || chance))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a condition or probability chooses among all pairs of %s; "
                           "it cannot go with another way of choosing (a generator "
                           "has its own 'if')",
                           s->name);
    if ((random || listed) && c->copies)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "copies cannot go with degrees, a total or given pairs");
    if (c->no_multapses && !random)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "no_multapses goes with in_degree, out_degree or total");
    if (listed && (!c->i || !c->j) && c->pairs > 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "pairs need both i and j");
    if (c->one_to_one && !c->skip_if_invalid && s->source.count != s->target.count)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s cannot connect %zu neurons one to one with %zu", s->name,
                           s->source.count, s->target.count);
    return BH_OK;
}

bh_status
make_synapses(struct maker *m, bh_diag *diag)
{
    const bh_connect_config *c = m->config;
    if (c->i || c->j)
        return merge_arrays(m->s, c, diag);
    BH_TRY(compile(m->s, &m->condition, "condition", c->condition, TYPE_BOOLEAN,
                   TERM_FORMULA, &m->has_condition, diag));
    BH_TRY(compile(m->s, &m->probability, "probability", c->probability, TYPE_REAL,
                   TERM_SECOND, &m->has_probability, diag));
    BH_TRY(compile(m->s, &m->copies, "copies", c->copies, TYPE_REAL, TERM_THIRD,
                   &m->has_copies, diag));
    m->by_target = c->in_degree > 0 || c->sources;
    const bool random = c->in_degree > 0 || c->out_degree > 0 || c->total > 0;
    m->row = c->one_to_one ? make_one_to_one_row
             : random      ? make_degree_row
                           : make_pairs_row;
    if (c->targets || c->sources) {
        BH_TRY(generator_compile(m, diag));
        m->row = make_generated_row;
    }
    return make(m, diag);
}

bh_status
bh_synapses_connect(bh_synapses *s, const bh_connect_config *given, bh_diag *diag)
{
    const bh_connect_config all = bh_connect_config_default();
    struct maker maker = {.s = s, .config = given ? given : &all};
    BH_TRY(check_config(s, maker.config, diag));
    if (s->procedural)
        return procedural_connect(s, maker.config, diag);
    BH_TRY(device_home(s->net, true, diag));
    trace_end(s);
    BH_TRY(synapses_canonise(s, diag));
    bh_status status = spread_agree(s->net, make_synapses(&maker, diag), diag);
    maker_free(&maker);
    if (status != BH_OK)
        return status;
    merge_number(s);
    whole_total(s);
    s->calls++;
    s->connected = true;
    return BH_OK;
}
