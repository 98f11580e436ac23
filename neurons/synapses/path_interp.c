/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/run_internal.h"

/* Synapses that the interpreter takes together: those that cannot see what the others
 * do. */
struct batch {
    struct interp_frame frame; /* first: gather and scatter get its address */
    const struct path *path;
    const struct interp *interp;
    bh_path_frame *of;
    int32_t i[BLOCK], j[BLOCK], lastspike[BLOCK];
    int64_t p[BLOCK], q[BLOCK];
    double drawn[MOST_DRAWS][BLOCK];
    const void *uniforms[MOST_TERMS];
    const float *normals[MOST_TERMS];
};

static double
read(const void *array, bh_precision precision, int64_t n)
{
    return precision == BH_SINGLE ? (double)((const float *)array)[n]
                                  : ((const double *)array)[n];
}

static void
write(void *array, bh_precision precision, int64_t n, double value)
{
    if (precision == BH_SINGLE)
        ((float *)array)[n] = (float)value;
    else
        ((double *)array)[n] = value;
}

static bh_precision
precision_of(const struct path *path, const struct symbol *symbol)
{
    return symbol->side == SIDE_PRE ? path->synapses->source.group->precision
                                    : path->synapses->precision;
}

static int64_t
index_of(const struct batch *batch, const struct symbol *symbol, int n)
{
    return symbol->side == SIDE_PRE    ? batch->i[n]
           : symbol->side == SIDE_POST ? batch->j[n]
                                       : batch->p[n];
}

static void *
array_of(const struct batch *batch, const struct symbol *symbol)
{
    const bh_path_frame *of = batch->of;
    void *const *arrays = symbol->side == SIDE_PRE    ? of->pre
                          : symbol->side == SIDE_POST ? of->post
                                                      : of->own;
    return arrays[symbol->slot];
}

/* What an operation loads for the n-th synapse. */
static double
value_of(const struct batch *batch, const struct symbol *symbol, int n)
{
    const bh_path_frame *of = batch->of;
    const bool pre = symbol->side == SIDE_PRE;
    const double t = (double)of->step * of->dt;
    int64_t p = batch->p[n];
    switch (symbol->kind) {
    case SYMBOL_INDEX:
        return pre ? batch->i[n] : batch->j[n] + of->shift;
    case SYMBOL_LASTSPIKE: {
        int32_t last = pre ? of->lastspike_pre[batch->i[n]]
                           : of->lastspike[batch->j[n]];
        return t - (double)(of->now - last) * of->dt;
    }
    case SYMBOL_ELAPSED:
        return (double)(of->now - of->lastupdate[p]) * of->dt;
    case SYMBOL_LASTUPDATE:
        return t - (double)(of->now - of->lastupdate[p]) * of->dt;
    case SYMBOL_DELAY:
        return (double)(of->delay ? of->delay[p] : of->fixed_delay) * of->dt;
    case SYMBOL_INCOMING:
        return of->incoming[batch->j[n]];
    case SYMBOL_OUTGOING:
        return of->outgoing[batch->i[n]];
    case SYMBOL_TRACE:
        return pre ? bh_trace_at(of->trace[symbol->slot], batch->i[n],
                                 of->now - (of->place_delay
                                                ? of->place_delay[batch->q[n]]
                                                : of->place_fixed))
                   : of->trace[symbol->slot]->now[batch->j[n]];
    default:
        return read(array_of(batch, symbol), precision_of(batch->path, symbol),
                    index_of(batch, symbol, n));
    }
}

static void
gather(const struct interp_frame *frame, const struct op *op, void *out)
{
    const struct batch *batch = (const struct batch *)frame;
    for (int n = 0; n < frame->count; n++)
        write(out, batch->path->synapses->precision, n, value_of(batch, op->symbol, n));
}

static void
scatter(const struct interp_frame *frame, const struct symbol *symbol,
        const void *values)
{
    const struct batch *batch = (const struct batch *)frame;
    const struct path *path = batch->path;
    for (int n = 0; n < frame->count; n++)
        write(array_of(batch, symbol), precision_of(path, symbol),
              index_of(batch, symbol, n), read(values, path->synapses->precision, n));
}

/* The numbers that a batch draws: each synapse's own. */
static void
draw(struct batch *batch)
{
    const struct code *code = batch->interp->code;
    for (int o = 0, used = 0; o < code->count; o++) {
        const struct op *op = &code->ops[o];
        const bool uniform = op->code == OP_RAND;
        const int term = (int)op->number;
        if (op->uses == 0 || (!uniform && op->code != OP_RANDN))
            continue;
        void *out = batch->drawn[used++];
        if (uniform)
            batch->uniforms[term] = out;
        else
            batch->normals[term] = out;
        for (int n = 0; n < batch->frame.count; n++)
            write(out, uniform ? code->precision : BH_SINGLE, n,
                  batch->of->draw(batch->of, uniform ? term : -1 - term, batch->i[n],
                                  batch->j[n], batch->p[n]));
    }
}

/* Fills a batch from places q up to `last`; returns the first place that is not in. */
static int64_t
fill(struct batch *batch, const bh_span *span, int64_t q)
{
    const bh_path_frame *of = batch->of;
    const struct path *path = batch->path;
    int n = 0;
    for (; q < span->last && n < BLOCK; q++, n++) {
        const int64_t p = of->order ? of->order[q] : q;
        const int32_t i = path->from_post ? (int32_t)synapses_source(
                                                path->synapses, of->source, (uint64_t)q)
                                          : span->neuron;
        const int32_t j = path->from_post ? span->neuron
                          : of->target    ? of->target[p]
                                       : of->first_target + (int32_t)(q - span->first);
        if (n > 0 && (path->one_by_one ||
                      (path->from_post ? i <= batch->i[n - 1] : j <= batch->j[n - 1])))
            break;
        batch->i[n] = i;
        batch->j[n] = j;
        batch->p[n] = p;
        batch->q[n] = q;
        batch->lastspike[n] = of->lastspike ? of->lastspike[j] : 0;
    }
    batch->frame.count = n;
    return q;
}

void
path_interpret(const struct path *path, bool traced, bh_path_frame *of, void *scratch)
{
    const struct interp *interp = traced ? &path->traced_interp : &path->interp;
    struct batch batch;
    const bool updates = path->kind == PATH_SPIKES && of->lastupdate;
    batch.path = path;
    batch.interp = interp;
    batch.of = of;
    batch.frame = (struct interp_frame){.t = (double)of->step * of->dt,
                                        .dt = of->dt,
                                        .lastspike = batch.lastspike,
                                        .now = of->now,
                                        .noises = batch.normals,
                                        .uniforms = batch.uniforms,
                                        .gather = gather,
                                        .scatter = scatter};
    for (int32_t s = 0; s < of->spans; s++)
        for (int64_t q = of->span[s].first; q < of->span[s].last;) {
            q = fill(&batch, &of->span[s], q);
            draw(&batch);
            interp_ops_get()->run(interp, &batch.frame, scratch);
            for (int n = 0; updates && n < batch.frame.count; n++)
                of->lastupdate[batch.p[n]] = of->now;
        }
}
