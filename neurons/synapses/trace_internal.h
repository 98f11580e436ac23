/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_SYNAPSES_TRACE_INTERNAL_H
#define BH_NEURONS_SYNAPSES_TRACE_INTERNAL_H

/* Event-driven variables that are kept once for each neuron instead of once for each
 * synapse: where all synapses of a neuron would compute the same (Brian 1's rule for
 * STDP). A source's value is kept for each of its last spikes, because synapses see it
 * one delay later each; a target's value is brought to the present at every step. */

#include "neurons/run_internal.h"

/* Values of one part. */
struct trace_part {
    bh_trace view;        /* what code sees: of the arrays below */
    bh_trace_last *last;  /* of each neuron */
    bh_trace_entry *ring; /* sources: [neuron][mask + 1] */
    uint32_t *filled;
    double *now; /* targets: at the present step */
};

struct trace {
    const struct symbol *variable; /* of the synapses */
    struct symbol *symbol;         /* what code loads instead */
    const struct pathway *pathway; /* whose spikes add to it ... */
    const struct statement *statement;
    double step, rate; /* ... this; and it decays so, 1/s */
    int number;
    double *decay;           /* over each number of steps, up to trace_lasting */
    struct trace_part *part; /* [parts] */
    struct trace *next;
};

/* trace_find.c: once, behind the general code. */
void trace_find(bh_synapses *synapses);
/* The steps after which nothing is left of a value; 0 where that is too many. */
int32_t trace_lasting(double rate, double dt_s);

/* trace.c */
/* Decides, at the first run, whether traces are used (synapses->run->traced). */
bh_status trace_begin(bh_synapses *synapses, bh_diag *diag);
/* Where the code finds what it needs, as frames are made. */
void trace_bind(const struct path *path, size_t part, bh_path_frame *frame);
void trace_free(bh_synapses *synapses);
/* Brings the targets' values of a part to the next step. */
void trace_decay(const bh_synapses *synapses, size_t part);
/* Asks for the memory that a spike of a neuron will change. */
void trace_ask(const struct path *path, size_t part, uint32_t neuron);
/* A spike of a neuron: of the sources, sent at a step, or of the part's targets. */
void trace_add(const struct path *path, size_t part, uint32_t neuron, int64_t sent);
/* Gives each synapse its own values, as if there were no traces. */
void trace_settle(bh_synapses *synapses);
/* The same, and there are no more traces from now on. */
void trace_end(bh_synapses *synapses);
/* Whether a variable of the synapses is kept for each neuron. */
bool trace_has(const bh_synapses *synapses, const struct symbol *variable);
/* Takes traces down, or puts them back. */
struct state;
void trace_visit(struct state *state, bh_synapses *synapses);
/* Moves the epoch from which steps are counted. */
void trace_move(bh_synapses *synapses, int32_t steps);

#endif
