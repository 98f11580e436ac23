/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/synapses/connect_internal.h"
#include "neurons/synapses/trace_internal.h"

#include <stdlib.h>
#include <string.h>

/* Finds which synapses stay, row by row. */
static bh_status
choose(bh_synapses *s, const struct formula *f, struct evaluator *e, bool *stays)
{
    uint32_t i[BLOCK];
    uint64_t position[BLOCK];
    for (size_t row = 0; row < s->source.count; row++) {
        const size_t last = (size_t)s->row[row + 1];
        evaluator_start(f, e, row);
        for (size_t from = (size_t)s->row[row]; from < last; from += BLOCK) {
            const size_t count = last - from < BLOCK ? last - from : BLOCK;
            for (size_t n = 0; n < count; n++) {
                i[n] = (uint32_t)row;
                position[n] = from + n;
            }
            const struct pairs pairs = {count, i, s->post + from, position, NULL, 0, 0};
            const double *goes = evaluator_run(f, e, &pairs);
            for (size_t n = 0; n < count; n++)
                stays[from + n] = goes[n] == 0;
        }
    }
    return BH_OK;
}

static void
close_gaps(void *array, size_t size, const bool *stays, size_t count)
{
    char *to = array;
    for (size_t n = 0; array && n < count; n++)
        if (stays[n]) {
            memmove(to, (char *)array + n * size, size);
            to += size;
        }
}

static void
drop(bh_synapses *s, const bool *stays)
{
    const size_t count = s->count;
    size_t kept = 0, at = 0;
    for (int n = 0; n < s->scope.stored; n++)
        close_gaps(s->arrays[n], bh_precision_size(s->precision), stays, count);
    for (struct pathway *path = s->pathways; path; path = path->next)
        close_gaps(path->delay, sizeof *path->delay, stays, count);
    close_gaps(s->lastupdate, sizeof *s->lastupdate, stays, count);
    close_gaps(s->post, sizeof *s->post, stays, count);
    for (size_t row = 0; row < s->source.count; row++) {
        for (; at < s->row[row + 1]; at++)
            kept += stays[at];
        s->row[row + 1] = kept;
    }
    s->count = kept;
}

static bh_status
remove_chosen(bh_synapses *s, const char *condition, bool *stays, bh_diag *diag)
{
    static const struct bh_dim none = {{0}};
    struct formula f;
    struct evaluator e = {0};
    BH_TRY(formula_new(s, &f, diag));
    f.term = TERM_FORMULA;
    bh_status status = formula_compile(&f, "condition", condition, TYPE_BOOLEAN, none);
    if (status == BH_OK)
        status = evaluator_new(&f, &e);
    if (status == BH_OK)
        status = choose(s, &f, &e, stays);
    evaluator_free(&e);
    formula_free(&f);
    return status;
}

bh_status
bh_synapses_remove(bh_synapses *s, const char *condition, bh_diag *diag)
{
    if (s->procedural)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s is procedural; a condition of bh_synapses_connect "
                           "leaves synapses out, none can be removed",
                           s->name);
    if (s->whole)
        return bh_diag_set(
            diag, BH_ERR_UNSUPPORTED,
            "synapses of %s are with several processes, and none can be "
            "removed; a condition of bh_synapses_connect leaves them out",
            s->name);
    BH_TRY(device_home(s->net, true, diag));
    trace_end(s);
    BH_TRY(synapses_canonise(s, diag));
    bool *stays = calloc(s->count + 1, sizeof *stays);
    if (!stays)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to change %s", s->name);
    bh_status status = BH_OK;
    if (condition)
        status = remove_chosen(s, condition, stays, diag);
    if (status == BH_OK) {
        drop(s, stays);
        merge_number(s);
        s->calls++;
    }
    free(stays);
    return status;
}
