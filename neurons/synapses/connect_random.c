/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/synapses/connect_internal.h"

#include "core/math_kernel.h"

#include <math.h>
#include <stdlib.h>

static void
draw(struct hand *hand)
{
    hand->maker->s->net->random->uniforms_double(&hand->stream, hand->drawn,
                                                 hand->step);
    hand->left = hand->drawn_count = hand->step;
    hand->p = 0;
    /* rows with few numbers are begun cheaply */
    hand->step = 4 * hand->step < BLOCK ? 4 * hand->step : BLOCK;
}

double
hand_uniform(struct hand *hand)
{
    if (hand->left == 0)
        draw(hand);
    return hand->drawn[hand->drawn_count - hand->left--];
}

uint32_t
hand_below(struct hand *hand, uint32_t below)
{
    return (uint32_t)(hand_uniform(hand) * below);
}

/* Numbers of candidates that are left out, one for each number that is drawn. */
static const double *
skips_left(struct hand *hand, double p)
{
    if (hand->left == 0)
        draw(hand);
    const size_t first = hand->drawn_count - hand->left;
    if (p != hand->p) {
        hand->maker->s->net->vector->skips(hand->drawn + first, hand->left,
                                           bh_log1p(-p), hand->skip + first);
        hand->p = p;
    }
    return hand->skip + first;
}

uint64_t
hand_skip(struct hand *hand, uint64_t from, double p)
{
    if (p >= 1)
        return from;
    if (p <= 0)
        return UINT64_MAX;
    const double skip = *skips_left(hand, p);
    hand->left--;
    return skip < 0x1p62 ? from + (uint64_t)skip : UINT64_MAX;
}

size_t
hand_candidates(struct hand *hand, double p, uint64_t *at, uint64_t below,
                uint32_t *out, size_t room)
{
    uint64_t next = *at;
    size_t count = 0;
    while (p >= 1 && count < room && next < below)
        out[count++] = (uint32_t)next++;
    while (count < room && next < below) {
        const double *skip = skips_left(hand, p);
        size_t used = 0;
        for (; used < hand->left && count < room && next < below; used++) {
            out[count++] = (uint32_t)next;
            next += 1 + (uint64_t)(int64_t)(skip[used] < 0x1p62 ? skip[used] : 0x1p62);
        }
        hand->left -= used;
    }
    *at = next;
    return count;
}

/* log(k!), by Stirling's series from 10 on. */
static double
log_factorial(double k)
{
    static const double half_log_2pi = 0.91893853320467274178;
    if (k < 10) {
        double product = 1;
        for (double n = 2; n <= k; n++)
            product *= n;
        return bh_log(product);
    }
    const double r = 1 / k, r2 = r * r;
    return (k + 0.5) * bh_log(k) - k + half_log_2pi +
           r * (1.0 / 12 - r2 * (1.0 / 360 - r2 / 1260));
}

/* W. Hormann 1993, The generation of binomial random variates, J. Stat. Comput. Simul.
 * 46, 101-110, algorithm BTRS; n p is 10 or more, p 0.5 or less. */
static uint64_t
binomial_rejection(struct hand *hand, double n, double p)
{
    const double q = 1 - p, spread = sqrt(n * p * q), b = 1.15 + 2.53 * spread,
                 a = -0.0873 + 0.0248 * b + 0.01 * p, center = n * p + 0.5,
                 quick = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * spread,
                 odds = bh_log(p / q), mode = floor((n + 1) * p),
                 top = log_factorial(mode) + log_factorial(n - mode);
    for (;;) {
        const double u = hand_uniform(hand) - 0.5;
        double v = hand_uniform(hand);
        const double us = 0.5 - fabs(u), k = floor((2 * a / us + b) * u + center);
        if (us >= 0.07 && v <= quick)
            return (uint64_t)k;
        if (!(k >= 0 && k <= n))
            continue;
        v = bh_log(v * alpha / (a / (us * us) + b));
        if (v <= top - log_factorial(k) - log_factorial(n - k) + (k - mode) * odds)
            return (uint64_t)k;
    }
}

uint64_t
hand_binomial(struct hand *hand, uint64_t n, double p)
{
    if (p > 0.5)
        return n - hand_binomial(hand, n, 1 - p);
    if ((double)n * p >= 10)
        return binomial_rejection(hand, (double)n, p);
    if (p <= 0)
        return 0;
    /* trials from one success to the next */
    const double log_rest = bh_log1p(-p);
    uint64_t count = 0;
    for (double at = floor(bh_log(1 - hand_uniform(hand)) / log_rest); at < (double)n;
         at += 1 + floor(bh_log(1 - hand_uniform(hand)) / log_rest))
        count++;
    return count;
}

/* The neurons that a row can have. */
static uint64_t
row_capacity(const struct maker *m, size_t row)
{
    const bh_synapses *s = m->s;
    const size_t offset = m->by_target ? s->target.first : s->source.first,
                 other = m->by_target ? s->source.first : s->target.first;
    const bool own = m->config->no_autapses && s->source.group == s->target.group &&
                     row + offset >= other && row + offset - other < m->columns;
    return m->columns - own;
}

/* Draws `count` pairs, and adds to each row how many of them are new to it: all, or
 * those that are not among the ones it has. */
static uint64_t
share(struct maker *m, struct hand *hand, uint64_t count, uint64_t capacity)
{
    uint64_t left = count, added = 0;
    for (size_t row = 0; row < m->rows; row++) {
        const uint64_t own = row_capacity(m, row);
        uint64_t n =
            own == 0 ? 0 : hand_binomial(hand, left, (double)own / (double)capacity);
        left -= n;
        capacity -= own;
        while (n-- > 0)
            if (!m->config->no_multapses ||
                hand_uniform(hand) * (double)own >= (double)m->degree[row]) {
                m->degree[row]++;
                added++;
            }
    }
    return added;
}

bh_status
share_total(struct maker *m, struct hand *hand, bh_diag *diag)
{
    uint64_t capacity = 0, wanted = m->config->total;
    for (size_t row = 0; row < m->rows; row++)
        capacity += row_capacity(m, row);
    const bool distinct = m->config->no_multapses;
    if (capacity == 0 || (distinct && wanted > capacity))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s has %llu pairs, too few for %zu synapses", m->s->name,
                           (unsigned long long)capacity, m->config->total);
    /* of many distinct pairs, those left out are fewer */
    const bool inverse = distinct && wanted > capacity / 2;
    wanted = inverse ? capacity - wanted : wanted;
    while (wanted > 0)
        wanted -= share(m, hand, wanted, capacity);
    for (size_t row = 0; inverse && row < m->rows; row++)
        m->degree[row] = row_capacity(m, row) - m->degree[row];
    return BH_OK;
}

static bool
has(const struct hand *hand, uint64_t n)
{
    return hand->taken[n / 64] >> n % 64 & 1;
}

bool
hand_take(struct hand *hand, uint64_t count, uint64_t below)
{
    const size_t words = (size_t)(below / 64 + 1);
    if (words > hand->taken_words) {
        free(hand->taken);
        hand->taken = calloc(words, sizeof *hand->taken);
        hand->taken_words = hand->taken ? words : 0;
        if (!hand->taken)
            return false;
    }
    while (count > 0) {
        const uint64_t n = (uint64_t)(hand_uniform(hand) * (double)below);
        count -= !has(hand, n);
        hand->taken[n / 64] |= UINT64_C(1) << n % 64;
    }
    return true;
}

/* The neuron of a row that would make an autapse; none where that is no neuron. */
static uint64_t
own_neuron(const struct maker *m, size_t row)
{
    const bh_synapses *s = m->s;
    return m->by_target ? row + s->target.first - s->source.first
                        : row + s->source.first - s->target.first;
}

/* Distinct neurons: those drawn, or, of many, all but those drawn. */
static bool
draw_distinct(const struct maker *m, struct hand *hand, size_t row, uint64_t count,
              uint64_t capacity)
{
    const bool inverse = count > capacity / 2;
    const uint64_t own = capacity < m->columns ? own_neuron(m, row) : UINT64_MAX;
    bool ok = hand_take(hand, inverse ? capacity - count : count, capacity);
    for (uint64_t n = 0; ok && n < capacity; n++)
        if (has(hand, n) != inverse)
            ok = list_add(&hand->made, (uint32_t)(n + (n >= own)), 1);
    for (size_t word = 0; word < hand->taken_words; word++)
        hand->taken[word] = 0;
    return ok;
}

bh_status
make_degree_row(const struct maker *m, struct hand *hand, size_t row)
{
    const uint64_t capacity = row_capacity(m, row);
    const uint64_t count = m->degree      ? m->degree[row]
                           : m->by_target ? m->config->in_degree
                                          : m->config->out_degree;
    const bool distinct = m->config->no_multapses;
    if (count > 0 && (capacity == 0 || (distinct && count > capacity)))
        return bh_diag_set(hand->diag, BH_ERR_ARGUMENT,
                           "%s: neuron %zu has %llu neurons to choose from, too few "
                           "for %llu synapses",
                           m->s->name, row, (unsigned long long)capacity,
                           (unsigned long long)count);
    bool ok = true;
    if (distinct)
        ok = draw_distinct(m, hand, row, count, capacity);
    const uint64_t own = capacity < m->columns ? own_neuron(m, row) : UINT64_MAX;
    for (uint64_t n = 0; ok && !distinct && n < count; n++) {
        const uint32_t neuron = hand_below(hand, (uint32_t)capacity);
        ok = list_add(&hand->made, neuron + (neuron >= own), 1);
    }
    return ok ? BH_OK
              : bh_diag_set(hand->diag, BH_ERR_MEMORY,
                            "no memory for the synapses of "
                            "%s",
                            m->s->name);
}
