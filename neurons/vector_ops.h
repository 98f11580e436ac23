/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_VECTOR_OPS_H
#define BH_NEURONS_VECTOR_OPS_H

/* The few vector loops of the engine that are not generated. */

#include "core/block.h"
#include "core/cpu.h"

#include <stddef.h>
#include <stdint.h>

enum { REPEAT_LANES = 16 };

/* How n values drive n*times neurons. pattern[r][lane] is where lane finds its value
 * when the first lane is the r-th neuron of its value. */
struct repeat {
    size_t times;
    int32_t (*pattern)[REPEAT_LANES];
};

struct vector_ops {
    /* out[n] = in[(first + n) / times] for n < count rounded up to a whole vector; `in`
     * has room for one vector behind its last value. */
    void (*repeat_single)(const struct repeat *repeat, const float *in, float *out,
                          size_t first, size_t count);
    void (*repeat_double)(const struct repeat *repeat, const double *in, double *out,
                          size_t first, size_t count);
    /* Lists the n below count with flags[n] != 0; flags and list are 64-byte aligned
     * and have room for a whole vector behind. */
    size_t (*list)(const int32_t *flags, size_t count, int32_t *list);
    /* Geometric numbers from uniform ones: how many are left out before the next is
     * taken; log_rest is log(1 - p) (Devroye 1986, Non-Uniform Random Variate
     * Generation, X.2). */
    void (*skips)(const double *uniform, size_t count, double log_rest, double *out);
};

BH_ISA_DECLARE(struct vector_ops, vector_ops);

#endif
