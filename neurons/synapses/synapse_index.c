/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/synapses/synapses_internal.h"

#include <stdlib.h>
#include <string.h>

void
synapses_index_free(bh_synapses *s)
{
    free(s->column);
    free(s->column_position);
    free(s->column_source);
    s->column = NULL;
    s->column_position = NULL;
    s->column_source = NULL;
}

/* Each partition's synapses, as a piece of work. */
struct indexing {
    bh_synapses *s;
    uint64_t *next; /* [targets] where the next synapse of each goes */
};

/* j of a synapse of a partition. */
static size_t
target_of(const bh_synapses *s, uint32_t partition, uint64_t first, uint64_t position)
{
    return synapses_local(s, partition, first, position) + s->cut[partition] -
           s->target.first;
}

static void
count_partition(void *context, size_t p, int thread)
{
    const struct indexing *work = context;
    const bh_synapses *s = work->s;
    (void)thread;
    for (size_t i = 0; i < s->source.count; i++) {
        const uint64_t *row = &s->row[i * s->partitions + p];
        for (uint64_t n = row[0]; n < row[1]; n++)
            s->column[target_of(s, (uint32_t)p, row[0], n) + 1]++;
    }
}

static void
fill_partition(void *context, size_t p, int thread)
{
    const struct indexing *work = context;
    bh_synapses *s = work->s;
    (void)thread;
    for (size_t i = 0; i < s->source.count; i++) {
        const uint64_t *row = &s->row[i * s->partitions + p];
        for (uint64_t n = row[0]; n < row[1]; n++) {
            const uint64_t at = work->next[target_of(s, (uint32_t)p, row[0], n)]++;
            s->column_position[at] = (uint32_t)n;
            if (s->column_source)
                synapses_put_source(s, s->column_source, at, (uint32_t)i);
        }
    }
}

bh_status
synapses_index(bh_synapses *s, bool with_source, bh_diag *diag)
{
    const size_t targets = s->target.count;
    if (s->column && (!with_source || s->column_source))
        return BH_OK;
    synapses_index_free(s);
    if (s->count > UINT32_MAX)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "%s has %zu synapses; those with postsynaptic code can be "
                           "4294967295",
                           s->name, s->count);
    struct indexing work = {s, malloc((targets + 1) * sizeof *work.next)};
    s->column = calloc(targets + 1, sizeof *s->column);
    s->column_position = malloc((s->count + BH_AHEAD) * sizeof *s->column_position);
    if (with_source)
        s->column_source = malloc((s->count + 1) * synapses_source_bytes(s));
    if (!work.next || !s->column || !s->column_position ||
        (with_source && !s->column_source)) {
        free(work.next);
        synapses_index_free(s);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the synapses of %s",
                           s->name);
    }
    memset(s->column_position + s->count, 0, BH_AHEAD * sizeof *s->column_position);
    bh_pool_run(s->net->pool, s->partitions, 5 * (double)s->count, count_partition,
                &work);
    for (size_t j = 0; j < targets; j++) {
        s->column[j + 1] += s->column[j];
        work.next[j] = s->column[j];
    }
    bh_pool_run(s->net->pool, s->partitions, 10 * (double)s->count, fill_partition,
                &work);
    free(work.next);
    return BH_OK;
}
