/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/synapses/trace_internal.h"

#include <stdlib.h>
#include <string.h>

/* Rows that one thread reorders at a time. */
enum { ROWS = 64 };

/* An array with an element for each synapse, which moves with it. */
struct kept {
    void *at;
    size_t size;
};

struct reorder {
    bh_synapses *s;
    struct kept *kept;
    size_t kept_count;
    size_t longest;
    char *memory; /* of each thread: values, and three lists of numbers */
    size_t memory_size;
    const uint64_t *old_row; /* canonise: sub-rows before */
    uint64_t *row;           /* finalise: sub-rows after */
};

static bh_status
no_memory(const bh_synapses *s, bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the %zu synapses of %s",
                       s->count, s->name);
}

size_t
synapses_longest_row(const bh_synapses *s)
{
    size_t longest = 0;
    for (size_t i = 0; i < s->source.count; i++)
        if (synapses_row_count(s, i) > longest)
            longest = synapses_row_count(s, i);
    return longest;
}

bh_status
synapses_take_delays(bh_synapses *s, struct pathway *path, bh_diag *diag)
{
    if (path->delay)
        return BH_OK;
    path->delay = malloc((s->count + 1) * sizeof *path->delay);
    if (!path->delay)
        return no_memory(s, diag);
    for (size_t n = 0; n < s->count; n++)
        path->delay[n] = (uint16_t)path->delay_steps;
    return BH_OK;
}

static bh_status
begin(bh_synapses *s, struct reorder *work, bh_diag *diag)
{
    size_t count = (size_t)s->scope.stored + 2;
    for (const struct pathway *path = s->pathways; path; path = path->next)
        count++;
    const size_t threads = (size_t)bh_pool_threads(s->net->pool);
    /* even, so that values of 8 bytes behind the lists are aligned */
    *work = (struct reorder){.s = s, .longest = (synapses_longest_row(s) + 2) / 2 * 2};
    work->memory_size = work->longest * (3 * sizeof(uint32_t) + sizeof(double));
    work->memory_size = (work->memory_size + 63) / 64 * 64;
    work->kept = malloc(count * sizeof *work->kept);
    work->memory = malloc(threads * work->memory_size);
    if (!work->kept || !work->memory)
        return no_memory(s, diag);
    const size_t element = bh_precision_size(s->precision);
    for (int i = 0; i < s->scope.stored; i++)
        if (s->arrays[i])
            work->kept[work->kept_count++] = (struct kept){s->arrays[i], element};
    for (const struct pathway *path = s->pathways; path; path = path->next)
        if (path->delay)
            work->kept[work->kept_count++] =
                (struct kept){path->delay, sizeof *path->delay};
    if (s->lastupdate)
        work->kept[work->kept_count++] =
            (struct kept){s->lastupdate, sizeof *s->lastupdate};
    if (s->copy)
        work->kept[work->kept_count++] = (struct kept){s->copy, sizeof *s->copy};
    return BH_OK;
}

static void
end(struct reorder *work)
{
    free(work->kept);
    free(work->memory);
}

/* Puts elements from `first` on into a new order. */
static void
permute(const struct reorder *work, size_t first, const uint32_t *order, size_t count,
        void *values)
{
    for (size_t k = 0; k < work->kept_count; k++) {
        const struct kept *kept = &work->kept[k];
        void *at = (char *)kept->at + first * kept->size;
        for (size_t n = 0; n < count; n++)
            if (kept->size == 2)
                ((uint16_t *)values)[n] = ((uint16_t *)at)[order[n]];
            else if (kept->size == 4)
                ((uint32_t *)values)[n] = ((uint32_t *)at)[order[n]];
            else
                ((uint64_t *)values)[n] = ((uint64_t *)at)[order[n]];
        memcpy(at, values, count * kept->size);
    }
}

static uint32_t *
thread_memory(const struct reorder *work, int thread)
{
    return (uint32_t *)(void *)(work->memory + (size_t)thread * work->memory_size);
}

/* Cuts one row into sub-rows: targets ascend, so each is a piece of it already. */
static void
finalise_row(const struct reorder *work, size_t source, uint32_t *memory)
{
    bh_synapses *s = work->s;
    void *values = memory; /* up to eight bytes each: first, as they are aligned */
    uint32_t *keys = memory + 2 * work->longest, *order = keys + work->longest,
             *spare = order + work->longest;
    const size_t last = (size_t)s->row[source + 1];
    size_t from = (size_t)s->row[source];
    for (uint32_t p = 0; p < s->partitions; p++) {
        size_t to = from;
        while (to < last && s->post[to] + s->target.first < s->cut[p + 1])
            to++;
        work->row[source * s->partitions + p] = from;
        const size_t count = to - from;
        const uint32_t before = s->cut[p] - (uint32_t)s->target.first;
        const bool by_delay = s->sorted_by && count > 0;
        if (by_delay) {
            for (size_t n = 0; n < count; n++)
                keys[n] = s->sorted_by->delay[from + n];
            synapse_sort(keys, count, order, spare);
            permute(work, from, order, count, values);
        }
        for (size_t n = 0; s->local && n < count; n++)
            s->local[from + n] =
                (uint16_t)(s->post[from + (by_delay ? order[n] : n)] - before);
        from = to;
    }
}

static void
finalise_rows(void *context, size_t piece, int thread)
{
    const struct reorder *work = context;
    const size_t sources = work->s->source.count;
    for (size_t i = piece * ROWS; i < (piece + 1) * ROWS && i < sources; i++)
        finalise_row(work, i, thread_memory(work, thread));
}

static void
reorder_rows(const struct reorder *work, void (*rows)(void *, size_t, int))
{
    const bh_synapses *s = work->s;
    bh_pool_run(s->net->pool, (s->source.count + ROWS - 1) / ROWS,
                20 * (double)s->count, rows, (void *)work);
}

/* Pairs with several synapses have an order among them that delays may change. */
static bh_status
number_copies(bh_synapses *s, bh_diag *diag)
{
    bool several = false;
    for (size_t i = 0; i < s->source.count; i++)
        for (size_t n = (size_t)s->row[i] + 1; n < s->row[i + 1]; n++)
            several = several || s->post[n] == s->post[n - 1];
    if (!several)
        return BH_OK;
    s->copy = calloc(s->count + 1, sizeof *s->copy);
    if (!s->copy)
        return no_memory(s, diag);
    for (size_t i = 0; i < s->source.count; i++)
        for (size_t n = (size_t)s->row[i] + 1; n < s->row[i + 1]; n++)
            if (s->post[n] == s->post[n - 1]) {
                if (s->copy[n - 1] == UINT16_MAX)
                    return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                                       "%s has more than 65536 synapses from neuron "
                                       "%zu to neuron %lu",
                                       s->name, i, (unsigned long)s->post[n]);
                s->copy[n] = (uint16_t)(s->copy[n - 1] + 1);
            }
    return BH_OK;
}

/* Whether every source has each target once, and all stand in order. */
static bool
is_dense(const bh_synapses *s)
{
    uint32_t first, last;
    synapses_own(s, &first, &last);
    const size_t targets = last - first;
    if (s->sorted_by || s->count == 0 || s->count != s->source.count * targets)
        return false;
    for (size_t i = 0; i < s->source.count; i++)
        for (size_t n = 0; n < targets; n++)
            if (s->row[i] != i * targets || s->post[i * targets + n] != first + n)
                return false;
    return true;
}

static bool
is_final(const bh_synapses *s, const uint32_t *cut, uint32_t partitions)
{
    return s->cut && s->partitions == partitions &&
           memcmp(s->cut, cut, ((size_t)partitions + 1) * sizeof *cut) == 0;
}

static bh_status
finalise(bh_synapses *s, struct reorder *work, const uint32_t *cut, uint32_t partitions,
         bh_diag *diag)
{
    BH_TRY(begin(s, work, diag));
    const bool dense = is_dense(s);
    s->local = dense ? NULL : malloc((s->count + 1) * sizeof *s->local);
    s->cut = malloc(((size_t)partitions + 1) * sizeof *s->cut);
    work->row = malloc((s->source.count * partitions + 1) * sizeof *work->row);
    if (!(s->local || dense) || !s->cut || !work->row)
        return no_memory(s, diag);
    memcpy(s->cut, cut, ((size_t)partitions + 1) * sizeof *cut);
    s->partitions = partitions;
    work->row[s->source.count * partitions] = s->count;
    return BH_OK;
}

bh_status
synapses_finalise(bh_synapses *s, const uint32_t *cut, uint32_t partitions,
                  bh_diag *diag)
{
    struct reorder work;
    if (is_final(s, cut, partitions))
        return BH_OK;
    BH_TRY(synapses_canonise(s, diag));
    s->sorted_by = NULL;
    for (const struct pathway *path = s->pathways; path; path = path->next)
        if (!path->from_post && path->delay && !s->sorted_by)
            s->sorted_by = path;
    if (s->sorted_by)
        BH_TRY(number_copies(s, diag));
    if (s->needs_lastupdate && !s->lastupdate) {
        s->lastupdate = calloc(s->count + 1, sizeof *s->lastupdate);
        if (!s->lastupdate)
            return no_memory(s, diag);
    }
    bh_status status = finalise(s, &work, cut, partitions, diag);
    if (status == BH_OK) {
        reorder_rows(&work, finalise_rows);
        free(s->row);
        s->row = work.row;
        free(s->post);
        s->post = NULL;
    } else {
        free(work.row);
        free(s->local);
        free(s->cut);
        s->local = NULL;
        s->cut = NULL;
        s->partitions = 1;
    }
    end(&work);
    return status;
}

/* The public order of one sub-row, as places within it. `keys` is left with the
 * targets and which of the synapses of a pair each is. */
static void
order_sub_row(const bh_synapses *s, uint32_t partition, size_t first, size_t count,
              uint32_t *keys, uint32_t *order, uint32_t *spare)
{
    for (size_t n = 0; n < count; n++)
        keys[n] = synapses_local(s, partition, first, first + n) << 16 |
                  (s->copy ? s->copy[first + n] : 0);
    synapse_sort(keys, count, order, spare);
}

void
synapses_row(const bh_synapses *s, size_t source, uint64_t *position, uint32_t *j,
             uint32_t *scratch)
{
    const uint64_t first = s->row[source * s->partitions];
    const size_t count = synapses_row_count(s, source);
    if (!s->cut) {
        for (size_t n = 0; n < count; n++) {
            position[n] = first + n;
            j[n] = s->post[first + n];
        }
        return;
    }
    for (uint32_t p = 0; p < s->partitions; p++) {
        const uint64_t *row = &s->row[source * s->partitions + p];
        const size_t length = (size_t)(row[1] - row[0]), at = (size_t)(row[0] - first);
        uint32_t *keys = scratch, *order = keys + length, *spare = order + length;
        order_sub_row(s, p, (size_t)row[0], length, keys, order, spare);
        for (size_t n = 0; n < length; n++) {
            position[at + n] = row[0] + order[n];
            j[at + n] = (keys[order[n]] >> 16) + s->cut[p] - (uint32_t)s->target.first;
        }
    }
}

static void
canonise_row(const struct reorder *work, size_t source, uint32_t *memory)
{
    bh_synapses *s = work->s;
    void *values = memory; /* up to eight bytes each: first, as they are aligned */
    uint32_t *keys = memory + 2 * work->longest, *order = keys + work->longest,
             *spare = order + work->longest;
    for (uint32_t p = 0; p < s->partitions; p++) {
        const uint64_t *row = &s->row[source * s->partitions + p];
        const size_t length = (size_t)(row[1] - row[0]);
        order_sub_row(s, p, (size_t)row[0], length, keys, order, spare);
        for (size_t n = 0; n < length; n++)
            s->post[row[0] + n] = (keys[order[n]] >> 16) + s->cut[p] -
                                  (uint32_t)s->target.first;
        permute(work, (size_t)row[0], order, length, values);
    }
}

static void
canonise_rows(void *context, size_t piece, int thread)
{
    const struct reorder *work = context;
    const size_t sources = work->s->source.count;
    for (size_t i = piece * ROWS; i < (piece + 1) * ROWS && i < sources; i++)
        canonise_row(work, i, thread_memory(work, thread));
}

bh_status
synapses_canonise(bh_synapses *s, bh_diag *diag)
{
    struct reorder work;
    if (!s->cut)
        return BH_OK;
    trace_settle(s);
    if (s->run)
        s->run->current = false;
    synapses_index_free(s);
    uint64_t *row = malloc((s->source.count + 1) * sizeof *row);
    uint32_t *post = malloc((s->count + 1) * sizeof *post);
    bh_status status = begin(s, &work, diag);
    if (status == BH_OK && (!row || !post))
        status = no_memory(s, diag);
    if (status == BH_OK) {
        s->post = post;
        reorder_rows(&work, canonise_rows);
        for (size_t i = 0; i <= s->source.count; i++)
            row[i] = s->row[i * s->partitions];
        free(s->row);
        free(s->local);
        free(s->cut);
        free(s->copy);
        s->row = row;
        s->local = NULL;
        s->cut = NULL;
        s->copy = NULL;
        s->partitions = 1;
    } else {
        free(row);
        free(post);
    }
    end(&work);
    return status;
}
