/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/spread_internal.h"
#include "neurons/synapses/synapses_internal.h"

#include <stdlib.h>
#include <string.h>

bh_status
whole_new(bh_synapses *s, bh_diag *diag)
{
    if (!s->net->spread || s->procedural)
        return BH_OK;
    s->whole = calloc(1, sizeof *s->whole);
    if (s->whole) {
        s->whole->row = calloc(s->source.count, sizeof *s->whole->row);
        s->whole->before = calloc(s->source.count, sizeof *s->whole->before);
    }
    if (!s->whole || !s->whole->row || !s->whole->before)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for synapses");
    return BH_OK;
}

void
whole_free(bh_synapses *s)
{
    if (!s->whole)
        return;
    free(s->whole->row);
    free(s->whole->before);
    free(s->whole);
}

/* The targets that lie with a process. */
static void
targets_of(const bh_synapses *s, int rank, uint32_t *first, uint32_t *last)
{
    size_t begin, end;
    const size_t from = s->target.first, to = from + s->target.count;
    spread_own(s->net, rank, s->target.group, &begin, &end);
    begin *= BLOCK;
    end *= BLOCK;
    begin = begin < from ? from : begin > to ? to : begin;
    end = end < begin ? begin : end > to ? to : end;
    *first = (uint32_t)(begin - from);
    *last = (uint32_t)(end - from);
}

void
synapses_own(const bh_synapses *s, uint32_t *first, uint32_t *last)
{
    targets_of(s, s->net->spread ? s->net->spread->rank : 0, first, last);
}

size_t
whole_keep(const bh_synapses *s, size_t source, uint32_t *targets, size_t count)
{
    uint32_t first, last;
    size_t from = 0;
    synapses_own(s, &first, &last);
    while (from < count && targets[from] < first)
        from++;
    size_t to = from;
    while (to < count && targets[to] < last)
        to++;
    s->whole->row[source] += (uint32_t)count;
    s->whole->before[source] += (uint32_t)from;
    memmove(targets, targets + from, (to - from) * sizeof *targets);
    return to - from;
}

void
whole_count(const bh_synapses *s, size_t source, uint32_t target)
{
    uint32_t first, last;
    synapses_own(s, &first, &last);
    /* rows by target are made on all threads */
    __atomic_fetch_add(&s->whole->row[source], 1, __ATOMIC_RELAXED);
    if (target < first)
        __atomic_fetch_add(&s->whole->before[source], 1, __ATOMIC_RELAXED);
}

void
whole_total(bh_synapses *s)
{
    if (!s->whole)
        return;
    s->whole->count = 0;
    for (size_t i = 0; i < s->source.count; i++)
        s->whole->count += s->whole->row[i];
}

/* Which process has the targets from `first` on; none where nobody has. */
static int
next_process(const bh_synapses *s, uint32_t first, uint32_t *last)
{
    for (int r = 0; r < s->net->spread->size; r++) {
        uint32_t begin;
        targets_of(s, r, &begin, last);
        if (begin == first && *last > first)
            return r;
    }
    return -1;
}

/* Puts what a process has sent (how many synapses it has of each source, then their
 * values) into the rows, behind what `next` says is there. */
static bool
place(const bh_synapses *s, int rank, size_t size, uint32_t *next, char *values)
{
    size_t bytes, row = 0;
    const unsigned char *counts = spread_words(s->net, rank, &bytes);
    const size_t lists = s->source.count * sizeof(uint32_t);
    const unsigned char *from = counts + lists;
    if (bytes < lists)
        return false;
    bytes -= lists;
    for (size_t i = 0; i < s->source.count; i++) {
        uint32_t count;
        memcpy(&count, counts + i * sizeof count, sizeof count);
        if (count * size > bytes || next[i] + count > s->whole->row[i])
            return false;
        memcpy(values + (row + next[i]) * size, from, count * size);
        next[i] += count;
        from += count * size;
        bytes -= count * size;
        row += s->whole->row[i];
    }
    return true;
}

bh_status
whole_gather(const bh_synapses *s, size_t size, void *values, bh_diag *diag)
{
    if (!s->whole)
        return BH_OK;
    size_t row = 0;
    char *all = values;
    uint32_t *next = calloc(s->source.count, sizeof *next), first = 0, last = 0;
    if (!next)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the values of %s",
                           s->name);
    spread_begin(s->net);
    for (size_t i = 0; i < s->source.count; i++) {
        const uint32_t count = (uint32_t)synapses_row_count(s, i);
        spread_put(s->net, &count, sizeof count);
    }
    for (size_t i = 0; i < s->source.count; i++) {
        spread_put(s->net, all + (row + s->whole->before[i]) * size,
                   synapses_row_count(s, i) * size);
        row += s->whole->row[i];
    }
    bh_status status = spread_exchange(s->net, diag);
    for (; status == BH_OK && first < s->target.count; first = last) {
        const int r = next_process(s, first, &last);
        if (r < 0 || !place(s, r, size, next, all))
            status = bh_diag_set(diag, BH_ERR_ARGUMENT,
                                 "the processes have connected %s differently",
                                 s->name);
    }
    free(next);
    return status;
}

bh_status
whole_targets(const bh_synapses *s, uint32_t *numbers, bh_diag *diag)
{
    uint32_t first, last;
    if (!s->whole)
        return BH_OK;
    synapses_own(s, &first, &last);
    spread_begin(s->net);
    spread_put(s->net, numbers + first, (last - first) * sizeof *numbers);
    BH_TRY(spread_exchange(s->net, diag));
    for (int r = 0; r < s->net->spread->size; r++) {
        size_t bytes;
        const unsigned char *words = spread_words(s->net, r, &bytes);
        targets_of(s, r, &first, &last);
        if (bytes == (last - first) * sizeof *numbers && bytes > 0)
            memcpy(numbers + first, words, bytes);
    }
    return BH_OK;
}
