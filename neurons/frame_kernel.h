/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_FRAME_KERNEL_H
#define BH_NEURONS_FRAME_KERNEL_H

/* What the engine hands to generated code: one block of a group, for the steps of one
 * window. Generated code includes this same text. */

#ifndef BH_NEURONS_TABLE_KERNEL_H /* generated code has the text before this one */
#include "neurons/table_kernel.h"
#endif

#include <stddef.h>
#include <stdint.h>

/* Grows with every change of what stands below, so that old code is never loaded. */
#define BH_FRAME_VERSION 5

typedef struct bh_frame bh_frame;
struct bh_frame {
    int64_t step;       /* the first step */
    int32_t steps;      /* how many */
    int32_t now;        /* the first step, counted as lastspike counts */
    int32_t first;      /* index of the block's first neuron */
    int32_t count;      /* neurons in the block */
    double dt;          /* s */
    void *const *array; /* each stored variable, from the block's first neuron */
    int32_t *lastspike; /* step of the last spike */
    const bh_table *const *table; /* arrays over time */
    int32_t *spiked;              /* scratch: which neurons are above threshold */
    /* A linked variable at step k. */
    const void *(*input)(bh_frame *frame, int32_t variable, int32_t k);
    /* The next numbers of one noise term, and of one rand(). */
    const float *(*normals)(bh_frame *frame, int32_t term, int32_t k);
    const void *(*uniforms)(bh_frame *frame, int32_t term, int32_t k);
    /* A Poisson number of neuron n of the block. */
    double (*poisson)(const bh_frame *frame, int32_t term, int32_t n, int32_t k,
                      double mean);
    /* Records the neurons that `spiked` marks at step k, and lists them. Event 0 is the
     * spike, others are the group's own. */
    int32_t (*collect)(bh_frame *frame, int32_t event, int32_t k,
                       const int32_t **neurons);
};

#endif
