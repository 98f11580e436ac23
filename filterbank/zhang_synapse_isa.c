/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/math_kernel.h"
#include "filterbank/zhang_synapse_kernel.h"

/* The loops over lanes are what the compiler turns into vectors. */
typedef double lanes[BH_LANES];

static inline void
step(lanes *row, double *x)
{
    for (size_t i = 0; i < BH_LANES; i++) {
        /* Beyond 100 the 1 has no part in ln(1 + exp(v)). */
        const double v = row[ZHANG_P2][i] * x[i], bounded = v > 100 ? 100 : v;
        const double open = v > 100 ? v : bh_log1p(bh_exp(bounded));
        const double out = row[ZHANG_P1][i] * open, in = row[ZHANG_LOCAL][i];
        const double global = row[ZHANG_GLOBAL][i];
        const double supply = row[ZHANG_GLOBAL_CONTENT][i];
        const double content = row[ZHANG_CONTENT][i];
        const double local = row[ZHANG_LOCAL_CONTENT][i];
        const double released = out * content, moved = in * (local - content);
        const double gained = global * (supply - local);
        const double next = content + row[ZHANG_IMMEDIATE_STEP][i] * (moved - released);
        const double next_local = local + row[ZHANG_LOCAL_STEP][i] * (gained - moved);
        /* A potential so large that a step empties the store: go where it settles. */
        const double settled = supply / (1 + out / in + out / global);
        const double settled_local = settled * (out + in) / in;
        row[ZHANG_CONTENT][i] = next < 0 ? settled : next;
        row[ZHANG_LOCAL_CONTENT][i] = next < 0 ? settled_local : next_local;
        x[i] = released;
    }
}

#include "filterbank/double_run.inc"

#ifndef BH_ONE_LANE
const struct zhang_synapse_kernels BH_ISA(bh_zhang_synapse_kernels) = {
    .run_float = run_float,
    .run_double = run_double,
};
#endif
