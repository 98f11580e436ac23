/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_STEP_INTERNAL_H
#define BH_NEURONS_STEP_INTERNAL_H

/* What step.c and step_draw.c share: a block at work. */

#include "neurons/engine_internal.h"

/* A block's frame, with what the frame's functions need. */
struct work {
    bh_frame frame; /* first: the functions get its address */
    bh_group *group;
    struct worker *worker;
    struct block *block;
    size_t number;  /* of the block */
    int32_t begin;  /* of this piece, in steps of the window */
    void *arrays[]; /* each stored variable, from the block's first neuron */
};

/* step_draw.c: what a frame gives to code. */
const void *work_input(bh_frame *frame, int32_t variable, int32_t k);
const float *work_normals(bh_frame *frame, int32_t term, int32_t k);
const void *work_uniforms(bh_frame *frame, int32_t term, int32_t k);
double work_poisson(const bh_frame *frame, int32_t term, int32_t n, int32_t k,
                    double mean);

#endif
