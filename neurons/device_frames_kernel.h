/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_DEVICE_FRAMES_KERNEL_H
#define BH_NEURONS_DEVICE_FRAMES_KERNEL_H

/* What the kernels of a network find in the device's memory: the host writes these
 * structures, kernels read them. All pointers are the device's. */

#ifndef BH_NEURONS_TABLE_KERNEL_H /* generated code has these texts before this one */
#include "neurons/table_kernel.h"
#include "neurons/trace_kernel.h"
#endif

/* Threads of a block that takes spikes to their synapses, and the most of any block. */
#define BH_DEVICE_PATH_THREADS 128
#define BH_DEVICE_MOST_THREADS 1024

/* Where a run is. A window is taken in pieces, of one step where something between the
 * steps needs it. */
typedef struct bh_device_clock {
    int64_t step;          /* the piece's first step */
    int64_t start;         /* the window's first step */
    int64_t epoch;         /* from which steps are counted in 32 bits */
    int32_t steps, window; /* how many the piece has, and the window */
} bh_device_clock;

typedef struct bh_device_tick_frame {
    bh_device_clock *clock;
} bh_device_tick_frame;

/* A linked variable: neuron n sees value n / times of the step's row. */
typedef struct bh_device_input {
    const void *rows; /* [1 + steps][stride], in the group's precision; row 0 is that
                         before the window */
    int64_t stride;
    int32_t times;
} bh_device_input;

/* A group's neurons. */
typedef struct bh_device_frame {
    const bh_device_clock *clock;
    int64_t step; /* the first step, filled in by bh_device_begin as the next two are */
    int32_t steps;        /* how many */
    int32_t begin;        /* the first step, counted from the window's */
    int32_t now;          /* the first step, counted as lastspike counts */
    int32_t ahead;        /* takes all steps of the window at once, not of the piece */
    int32_t first, count; /* index of neuron 0 of the arrays, and how many they hold */
    int32_t resets;       /* 0: resets wait for what the spikes do to others */
    int32_t events;       /* the spike and the group's own */
    int64_t every;        /* steps of the network, for one of the group's own */
    double dt;            /* s */
    void *const *array;   /* each stored variable */
    const bh_device_input
        *input; /* by the variable's number; unused where not linked */
    const bh_table *const *table;               /* arrays over time */
    const uint32_t *normal, *uniform, *poisson; /* keys, two words for each term */
    int32_t *lastspike;                         /* step of the last spike */
    uint8_t *marks; /* [steps][events][mark_stride]: to whom an event happened */
    int64_t mark_stride;
} bh_device_frame;

/* Whom an event happened to in the last steps: step s is in row s & mask. */
typedef struct bh_device_list {
    uint32_t *neuron; /* [mask + 1][stride], ascending */
    uint32_t *count;  /* [mask + 1] */
    uint32_t mask, stride;
} bh_device_list;

typedef struct bh_device_collect_frame {
    const bh_device_clock *clock;
    const uint8_t *marks; /* [steps][events][mark_stride] */
    int64_t mark_stride;
    int32_t count, events, ahead;
    const bh_device_list *list; /* [events] */
} bh_device_collect_frame;

/* Lists of a window, one behind another, for the host: or from it. */
typedef struct bh_device_pack_frame {
    const bh_device_clock *clock;
    bh_device_list list;
    uint32_t *offset; /* [window + 1] */
    uint32_t *neuron;
} bh_device_pack_frame;

/* Spikes that were given, not computed, are remembered too. */
typedef struct bh_device_stamp_frame {
    const bh_device_clock *clock;
    bh_device_list list;
    int32_t *lastspike;
} bh_device_stamp_frame;

/* A linked variable keeps the value of the last step that its group has taken. */
typedef struct bh_device_keep_frame {
    const bh_device_clock *clock;
    bh_device_input input;
    void *array;
    int64_t every;
    int32_t count, single;
} bh_device_keep_frame;

/* Values that a state monitor wants at a step: an array's, or those of a linked
 * variable. */
typedef struct bh_device_gather_frame {
    const bh_device_clock *clock;
    const void *array; /* NULL: the input's */
    bh_device_input input;
    const uint32_t *neuron; /* of each column; NULL: itself */
    void *rows;             /* [ticks of the window][stride] */
    int64_t stride, every;
    int32_t count; /* columns */
    int32_t single;
} bh_device_gather_frame;

/* The same of what is computed from a group's variables. */
typedef struct bh_device_value_frame {
    bh_device_frame group;
    bh_device_gather_frame gather;
} bh_device_value_frame;

/* What a link's kernel works on: rows of one window. */
typedef struct bh_device_link_frame {
    const bh_device_clock *clock;
    const void *before, *in; /* what was there before the window, and [][in_stride] */
    void *out;          /* [1 + steps][out_stride]; row 0 is that before the window */
    const int32_t *row; /* for each step: 0 is `before`, others count rows of `in` from
                           1; below 0: the value stays */
    int64_t in_stride, out_stride;
    int32_t count;
} bh_device_link_frame;

/* A group whose kernel computes what drives it as well. */
typedef struct bh_device_fused_frame {
    bh_device_frame group;
    const void *part;     /* the source's */
    const int32_t *heard; /* frames of the window that it had; then it is silent */
    void *out;            /* as of a link; only the last row is written */
    int64_t out_stride;
} bh_device_fused_frame;

/* Code of synapses at one step. What has a name of bh_path_frame means the same, but
 * that a target's number is that in its group, not in a part. */
typedef struct bh_device_path {
    const bh_device_clock *clock;
    int64_t step; /* filled in by bh_device_path_begin as the next three are */
    int32_t now;
    int32_t base;  /* of the part: what `target` counts from, and ... */
    int32_t dense; /* ... the target of a span's first place where there is none */
    double dt;
    const uint32_t *order;
    const uint16_t *target;
    const void *source;
    void *const *own;
    void *const *pre;
    void *const *post; /* of the target group */
    const int32_t *lastspike, *lastspike_pre;
    int32_t *lastupdate;
    const uint16_t *delay;
    int32_t fixed_delay;
    int32_t shift; /* j of neuron 0 of the target group */
    const uint32_t *incoming, *outgoing;
    const bh_table *const *table;
    const bh_trace *const *trace;
    const uint16_t *place_delay;
    int32_t place_fixed;
    /* Where places are, and whose spikes arrive when. */
    const bh_device_list *list;
    const uint64_t *start;       /* the places of each source and part, or target */
    const uint64_t *row;         /* positions of each source and part */
    const uint16_t *copy;        /* which of its pair; or NULL */
    const uint16_t *place_order; /* the pathway's own delays; NULL: `shortest` */
    const uint32_t *cut;         /* [parts + 1] neurons */
    uint32_t parts;
    uint32_t first, last; /* neurons whose spikes count */
    uint32_t target_first;
    int32_t shortest, longest;
    int32_t from_post;
    int32_t serial;  /* one synapse can see what another one does */
    int32_t ordered; /* one spike can see what another one does */
    int64_t every;   /* steps, of what runs regularly */
    uint64_t seed;
    uint32_t object;
} bh_device_path;

/* Traces (neurons/synapses/trace.c) at the beginning of a step, of targets, and where a
 * spike adds to them. Here those of targets are counted in their group, and those of
 * sources are there once. */
typedef struct bh_device_trace_frame {
    const bh_device_clock *clock;
    const bh_device_list *list;
    bh_trace view;
    bh_trace_last *last;
    bh_trace_entry *ring; /* of sources */
    uint32_t *filled;
    double *now;         /* of targets */
    double step;         /* is added */
    uint32_t first, end; /* neurons whose spikes add to it, counted from `origin` */
    uint32_t origin, count;
    int32_t shortest;
} bh_device_trace_frame;

#endif
