/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/synapses/connect_internal.h"

#include <stdlib.h>
#include <string.h>

static bh_status
no_memory(const bh_synapses *s, uint64_t count, bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the %llu synapses of %s",
                       (unsigned long long)count, s->name);
}

/* An array with an element for each synapse, and what new ones have in it. */
struct grown {
    void *pointer; /* the address of the pointer to it */
    size_t size;
    double fresh; /* the first `size` bytes count */
};

/* Pointers of several types, read and written as bytes. */
static char *
array_of(const struct grown *grown)
{
    char *at;
    memcpy(&at, grown->pointer, sizeof at);
    return at;
}

static bool
grow(struct grown *grown, uint64_t count)
{
    void *bigger = realloc(array_of(grown), (size_t)(count + 1) * grown->size);
    if (bigger)
        memcpy(grown->pointer, &bigger, sizeof bigger);
    return bigger != NULL;
}

static void
move(const struct grown *grown, uint64_t to, uint64_t from, bool is_new)
{
    char *at = array_of(grown);
    if (is_new)
        memcpy(at + to * grown->size, &grown->fresh, grown->size);
    else if (to != from)
        memcpy(at + to * grown->size, at + from * grown->size, grown->size);
}

/* Puts new rows among the old in place, from the end; of equal targets the old come
 * first. */
static void
merge_rows(bh_synapses *s, const uint64_t *new_row, const uint32_t *new_post,
           const struct grown *grown, size_t grown_count)
{
    uint64_t b = new_row[s->source.count], to = s->row[s->source.count] + b;
    for (size_t i = s->source.count; i-- > 0;) {
        uint64_t a = s->row[i + 1];
        while (a > s->row[i] || b > new_row[i]) {
            const bool is_new = b > new_row[i] &&
                                (a == s->row[i] || s->post[a - 1] <= new_post[b - 1]);
            to--;
            a -= !is_new;
            b -= is_new;
            s->post[to] = is_new ? new_post[b] : s->post[a];
            for (size_t k = 0; k < grown_count; k++)
                move(&grown[k], to, a, is_new);
        }
    }
    for (size_t i = 0; i <= s->source.count; i++)
        s->row[i] += new_row[i];
    s->count += (size_t)new_row[s->source.count];
}

static bool
fresh_arrays(bh_synapses *s, uint64_t count)
{
    const size_t element = bh_precision_size(s->precision);
    for (int n = 0; n < s->scope.stored; n++) {
        free(s->arrays[n]);
        s->arrays[n] = calloc((size_t)count + 1, element);
        if (!s->arrays[n])
            return false;
    }
    for (struct pathway *path = s->pathways; path; path = path->next) {
        free(path->delay);
        path->delay = NULL;
    }
    free(s->lastupdate);
    s->lastupdate = NULL;
    return true;
}

/* Which of the synapses of its pair each is, for those who ask. */
void
merge_number(bh_synapses *s)
{
    if (!s->multisynaptic_index || s->count == 0)
        return;
    void *values = s->arrays[s->multisynaptic_index->slot];
    for (size_t i = 0; i < s->source.count; i++) {
        size_t number = 0;
        for (size_t n = (size_t)s->row[i]; n < s->row[i + 1]; n++) {
            number = n > s->row[i] && s->post[n] == s->post[n - 1] ? number + 1 : 0;
            if (s->precision == BH_SINGLE)
                ((float *)values)[n] = (float)number;
            else
                ((double *)values)[n] = (double)number;
        }
    }
}

/* Takes over the rows; all of them are new. */
static bh_status
take_rows(bh_synapses *s, uint64_t *row, uint32_t *post, bh_diag *diag)
{
    const uint64_t count = row[s->source.count];
    free(s->row);
    free(s->post);
    s->row = row;
    s->post = post;
    s->count = (size_t)count;
    return fresh_arrays(s, count) ? BH_OK : no_memory(s, count, diag);
}

/* The arrays that grow: variables, delays, times. */
static size_t
list_grown(bh_synapses *s, struct grown *grown)
{
    size_t count = 0;
    const int32_t update = (int32_t)-s->net->epoch;
    for (int n = 0; n < s->scope.stored; n++)
        grown[count++] =
            (struct grown){&s->arrays[n], bh_precision_size(s->precision), 0};
    for (struct pathway *path = s->pathways; path; path = path->next)
        if (path->delay) {
            const uint16_t steps = (uint16_t)path->delay_steps;
            grown[count] = (struct grown){&path->delay, sizeof steps, 0};
            memcpy(&grown[count++].fresh, &steps, sizeof steps);
        }
    if (s->lastupdate) {
        grown[count] = (struct grown){&s->lastupdate, sizeof update, 0};
        memcpy(&grown[count++].fresh, &update, sizeof update);
    }
    return count;
}

/* Puts new rows among those there are; takes over `new_row` and `new_post`. */
static bh_status
add_rows(bh_synapses *s, uint64_t *new_row, uint32_t *new_post, bh_diag *diag)
{
    const uint64_t count = s->count + new_row[s->source.count];
    if (s->count == 0)
        return take_rows(s, new_row, new_post, diag);
    size_t most = (size_t)s->scope.stored + 1;
    for (const struct pathway *path = s->pathways; path; path = path->next)
        most++;
    struct grown *grown = malloc(most * sizeof *grown);
    struct grown post = {&s->post, sizeof *s->post, 0};
    const size_t grown_count = grown ? list_grown(s, grown) : 0;
    bool ok = grown && grow(&post, count);
    for (size_t k = 0; ok && k < grown_count; k++)
        ok = grow(&grown[k], count);
    if (ok)
        merge_rows(s, new_row, new_post, grown, grown_count);
    free(grown);
    free(new_row);
    free(new_post);
    return ok ? BH_OK : no_memory(s, count, diag);
}

/* Rows by target become rows by source: targets ascend in each. */
static void
turn_over(const struct maker *m, const uint64_t *row, uint32_t *post, uint64_t *next)
{
    memcpy(next, row, m->s->source.count * sizeof *next);
    for (size_t p = 0; p < m->pieces; p++) {
        const uint32_t *source = m->piece[p].made.at;
        for (size_t j = p * MADE_ROWS; j < (p + 1) * MADE_ROWS && j < m->rows; j++)
            for (uint64_t n = 0; n < m->made[j]; n++)
                post[next[*source++]++] = (uint32_t)j;
    }
}

static void
count_rows(const struct maker *m, uint64_t *row)
{
    const size_t sources = m->s->source.count;
    for (size_t i = 0; !m->by_target && i < sources; i++)
        row[i + 1] = m->made[i];
    for (size_t p = 0; m->by_target && p < m->pieces; p++)
        for (size_t n = 0; n < m->piece[p].made.count; n++)
            row[m->piece[p].made.at[n] + 1]++;
    for (size_t i = 0; i < sources; i++)
        row[i + 1] += row[i];
}

bh_status
merge_made(struct maker *m, bh_diag *diag)
{
    bh_synapses *s = m->s;
    const size_t sources = s->source.count;
    size_t total = 0, done = 0;
    for (size_t p = 0; p < m->pieces; p++)
        total += m->piece[p].made.count;
    uint64_t *row = calloc(sources + 1, sizeof *row);
    uint64_t *next = malloc((m->by_target ? sources : 1) * sizeof *next);
    uint32_t *post = malloc((total + 1) * sizeof *post);
    if (!row || !next || !post) {
        free(row);
        free(next);
        free(post);
        return no_memory(s, total, diag);
    }
    count_rows(m, row);
    if (m->by_target)
        turn_over(m, row, post, next);
    for (size_t p = 0; p < m->pieces; p++) {
        struct list *made = &m->piece[p].made;
        if (!m->by_target && made->count > 0)
            memcpy(post + done, made->at, made->count * sizeof *post);
        done += made->count;
        free(made->at); /* at once: there may be hundreds of millions */
        *made = (struct list){0};
    }
    free(next);
    return add_rows(s, row, post, diag);
}

static bh_status
check_pairs(const bh_synapses *s, const bh_connect_config *config, bh_diag *diag)
{
    for (size_t n = 0; n < config->pairs && !config->skip_if_invalid; n++)
        if (config->i[n] >= s->source.count || config->j[n] >= s->target.count)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "pair %zu of %s is from neuron %lu to neuron %lu; there "
                               "are %zu and %zu neurons",
                               n, s->name, (unsigned long)config->i[n],
                               (unsigned long)config->j[n], s->source.count,
                               s->target.count);
    return BH_OK;
}

static bool
is_wanted(const bh_synapses *s, const bh_connect_config *config, size_t n)
{
    const size_t i = config->i[n], j = config->j[n];
    return i < s->source.count && j < s->target.count &&
           !(config->no_autapses && is_autapse(s, i, j));
}

/* Whether it is wanted here. */
static bool
is_own(const bh_synapses *s, const bh_connect_config *config, size_t n)
{
    uint32_t first, last;
    synapses_own(s, &first, &last);
    return is_wanted(s, config, n) && config->j[n] >= first && config->j[n] < last;
}

/* Sorts each row by target. */
static bool
sort_rows(const bh_synapses *s, const uint64_t *row, uint32_t *post)
{
    uint64_t longest = 0;
    for (size_t i = 0; i < s->source.count; i++)
        if (row[i + 1] - row[i] > longest)
            longest = row[i + 1] - row[i];
    uint32_t *memory = malloc((size_t)(3 * longest + 1) * sizeof *memory);
    if (!memory)
        return false;
    for (size_t i = 0; i < s->source.count; i++) {
        const size_t count = (size_t)(row[i + 1] - row[i]);
        uint32_t *keys = memory, *order = keys + longest, *spare = order + longest;
        if (count == 0)
            continue;
        memcpy(keys, post + row[i], count * sizeof *keys);
        synapse_sort(keys, count, order, spare);
        for (size_t n = 0; n < count; n++)
            post[row[i] + n] = keys[order[n]];
    }
    free(memory);
    return true;
}

bh_status
merge_arrays(bh_synapses *s, const bh_connect_config *config, bh_diag *diag)
{
    const size_t sources = s->source.count;
    BH_TRY(check_pairs(s, config, diag));
    uint64_t *row = calloc(sources + 1, sizeof *row);
    uint64_t *next = malloc(sources * sizeof *next);
    uint32_t *post = malloc((config->pairs + 1) * sizeof *post);
    bool ok = row && next && post;
    for (size_t n = 0; ok && n < config->pairs; n++) {
        if (s->whole && is_wanted(s, config, n))
            whole_count(s, config->i[n], config->j[n]);
        if (is_own(s, config, n))
            row[config->i[n] + 1]++;
    }
    for (size_t i = 0; ok && i < sources; i++) {
        row[i + 1] += row[i];
        next[i] = row[i];
    }
    for (size_t n = 0; ok && n < config->pairs; n++)
        if (is_own(s, config, n))
            post[next[config->i[n]]++] = config->j[n];
    ok = ok && sort_rows(s, row, post);
    free(next);
    if (ok)
        return add_rows(s, row, post, diag);
    free(row);
    free(post);
    return no_memory(s, config->pairs, diag);
}
