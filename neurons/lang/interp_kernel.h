/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interpreter's body; included once for each precision with `real`, R, K and NAME
 * defined. It computes what the generated C computes, operation by operation. */

static void
NAME(load)(const struct interp_frame *f, const struct op *op, real *restrict out)
{
    const struct symbol *symbol = op->symbol;
    if (symbol->kind == SYMBOL_INDEX) {
        for (int n = 0; n < f->count; n++)
            out[n] = (real)(f->first + (f->index ? f->index[n] : n));
        return;
    }
    if (symbol->kind == SYMBOL_LASTSPIKE) {
        for (int n = 0; n < f->count; n++) {
            const int32_t last = f->lastspike[f->index ? f->index[n] : n];
            out[n] = (real)(f->t - (double)(f->now - last) * f->dt);
        }
        return;
    }
    const real *restrict at = f->arrays[symbol->slot];
    for (int n = 0; n < f->count; n++)
        out[n] = f->index ? at[f->index[n]] : at[n];
}

static void
NAME(draw)(const struct interp_frame *f, const struct op *op, real *restrict out)
{
    const int term = (int)op->number;
    const real *restrict uniform = op->code == OP_RAND ? f->uniforms[term] : NULL;
    const float *restrict normal = op->code == OP_RAND ? NULL : f->noises[term];
    for (int n = 0; n < f->count; n++) {
        const int at = f->index ? f->index[n] : n;
        out[n] = uniform ? uniform[at] : (real)normal[at];
    }
}

static void
NAME(poisson)(const struct interp_frame *f, const struct op *op, const real *mean,
              real *restrict out)
{
    const bh_random_ops *random = bh_random_ops_get();
    const bh_random_counter counter = f->poissons[(int)op->number];
    for (int n = 0; n < f->count; n++) {
        const int at = f->first + (f->index ? f->index[n] : n);
        out[n] = (real)random->counter_poisson(counter, (uint32_t)at, (uint64_t)f->step,
                                               (double)mean[n]);
    }
}

static void
NAME(ready)(const struct interp_frame *f, const real *steps, real *restrict out)
{
    for (int n = 0; n < f->count; n++) {
        int32_t last = f->lastspike[f->index ? f->index[n] : n];
        out[n] = (real)((real)(f->now - last) >= steps[n]);
    }
}

static void
NAME(compute)(enum op_code code, int count, const real *restrict pa,
              const real *restrict pb, const real *restrict pc, real *restrict out)
{
    switch (code) {
#define BH_OP(op, name, args, units, type, expression)                                 \
    case OP_##op:                                                                      \
        for (int n = 0; n < count; n++) {                                              \
            const real a = pa[n], b = pb[n], c = pc[n];                                \
            (void)b, (void)c;                                                          \
            out[n] = (real)(expression);                                               \
        }                                                                              \
        break;
#include "neurons/lang/ops.def"
    default:
        break;
    }
}

static void
NAME(look_up)(const struct op *op, int count, const real *restrict a,
              const real *restrict b, real *restrict out)
{
    const bh_table *table = op->symbol->table;
    for (int n = 0; n < count; n++)
        out[n] = (real)(op->code == OP_ROW
                            ? bh_table_row(table, (double)a[n])
                            : bh_table_cell(table, (double)a[n], (double)b[n]));
}

/* What does not differ between neurons is computed once, in double, and with the
 * instructions of this level, as generated code does it. */
static double
NAME(scalar)(const struct code *code, int i, const struct interp_frame *f,
             const double *scalars)
{
    const struct op *op = &code->ops[i];
    if (op->code == OP_CONST)
        return op->number;
    if (op->code == OP_LOAD)
        return op->symbol->kind == SYMBOL_STEP ? (double)f->step : f->t;
    if (op->code == OP_ROW)
        return bh_table_row(op->symbol->table, scalars[op->arg[0]]);
    if (op->code == OP_CELL)
        return bh_table_cell(op->symbol->table, scalars[op->arg[0]],
                             scalars[op->arg[1]]);
    double out = 0;
    compute_reference(op->code, 1, &scalars[op->arg[0]],
                      &scalars[op->arg[op->arg[1] < 0 ? 0 : 1]],
                      &scalars[op->arg[op->arg[2] < 0 ? 0 : 2]], &out);
    return out;
}

static const void *
NAME(run)(const struct interp *interp, const struct interp_frame *f, void *scratch)
{
    const struct code *code = interp->code;
    double *scalars = scratch;
    real *vectors = (real *)(scalars + (code->count + 7) / 8 * 8);
#define VECTOR(op) (vectors + (size_t)interp->slot[op] * (size_t)interp->stride)
    for (int i = 0; i < code->count; i++) {
        const struct op *op = &code->ops[i];
        if (op->uses == 0)
            continue;
        real *out = VECTOR(i);
        if (op->rate != RATE_NEURON) {
            scalars[i] = NAME(scalar)(code, i, f, scalars);
            for (int n = 0; n < f->count; n++)
                out[n] = (real)scalars[i];
        } else if (op->code == OP_LOAD) {
            if (f->gather)
                f->gather(f, op, out);
            else
                NAME(load)(f, op, out);
        } else if (op_is_drawn(op->code)) {
            NAME(draw)(f, op, out);
        } else if (op->code == OP_POISSON) {
            NAME(poisson)(f, op, VECTOR(op->arg[0]), out);
        } else if (op->code == OP_READY) {
            NAME(ready)(f, VECTOR(op->arg[0]), out);
        } else if (op->code == OP_ROW || op->code == OP_CELL) {
            NAME(look_up)
            (op, f->count, VECTOR(op->arg[0]),
             VECTOR(op->arg[1] < 0 ? op->arg[0] : op->arg[1]), out);
        } else {
            NAME(compute)
            (op->code, f->count, VECTOR(op->arg[0]),
             VECTOR(op->arg[1] < 0 ? op->arg[0] : op->arg[1]),
             VECTOR(op->arg[2] < 0 ? op->arg[0] : op->arg[2]), out);
        }
    }
    for (int s = 0; s < code->store_count; s++) {
        const real *restrict from = VECTOR(code->stores[s].op);
        if (f->scatter) {
            f->scatter(f, code->stores[s].symbol, from);
            continue;
        }
        real *restrict to = f->arrays[code->stores[s].symbol->slot];
        for (int n = 0; n < f->count; n++)
            to[f->index ? f->index[n] : n] = from[n];
    }
    return code->result < 0 ? NULL : VECTOR(code->result);
#undef VECTOR
}
