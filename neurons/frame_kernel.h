/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_FRAME_KERNEL_H
#define BH_NEURONS_FRAME_KERNEL_H

/* What the engine hands to generated code: one block of a group, for the steps of one
 * window. Generated code includes this same text. */

#ifndef BH_NEURONS_TABLE_KERNEL_H /* generated code has the text before this one */
#include "neurons/table_kernel.h"
#endif
#ifndef BH_NEURONS_TRACE_KERNEL_H
#include "neurons/trace_kernel.h"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Grows with every change of what stands below, so that old code is never loaded. */
#define BH_FRAME_VERSION 9

typedef struct bh_frame bh_frame;
struct bh_frame {
    int64_t step;       /* the first step */
    int32_t steps;      /* how many */
    int32_t now;        /* the first step, counted as lastspike counts */
    int32_t first;      /* index of the block's first neuron */
    int32_t count;      /* neurons in the block */
    double dt;          /* s */
    int32_t resets;     /* what is behind the threshold happens too */
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

/* What the engine hands to the code of synapses: one step, for the synapses onto one
 * part of the target group. */
typedef struct bh_path_frame bh_path_frame;
struct bh_path_frame {
    const struct path *path; /* the engine's */
    int64_t step;
    int32_t now; /* the step, counted as lastupdate counts */
    int32_t spans;
    double dt;                /* s */
    const bh_span *span;      /* in the order in which they act */
    const uint32_t *order;    /* position of each place; NULL: the place itself */
    const uint16_t *target;   /* of each position: a neuron of the part; NULL: ... */
    int32_t first_target;     /* ... a span's places have all neurons from here on */
    const void *source;       /* of each place, where spikes are of the targets:
                                 numbers of 16 bits where these do, else of 32 */
    void *const *own;         /* variables of the synapses */
    void *const *pre;         /* of the source group, from the first source on */
    void *const *post;        /* of the target group, from the part's first neuron on */
    const int32_t *lastspike; /* of the part's neurons */
    const int32_t *lastspike_pre; /* of the sources */
    int32_t *lastupdate;          /* of the synapses */
    const uint16_t *delay;    /* of the synapses, steps; NULL: fixed_delay for all */
    int32_t fixed_delay;      /* steps */
    int32_t shift;            /* j of the part's first neuron */
    const uint32_t *incoming; /* how many synapses a neuron of the part has */
    const uint32_t *outgoing; /* how many a source has */
    const bh_table *const *table; /* arrays over time */
    const bh_trace *const *trace; /* by number */
    const uint16_t *place_delay;  /* of each place: by which sources' traces go ... */
    int32_t place_fixed;          /* ... where it is NULL, this */
    /* A random number of one synapse and step: uniform in [0, 1), or normal. */
    double (*draw)(bh_path_frame *frame, int32_t term, int32_t i, int32_t j,
                   int64_t position);
};

#endif
