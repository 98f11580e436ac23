/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_RUN_INTERNAL_H
#define BH_NEURONS_RUN_INTERNAL_H

/* How a network with synapses runs: who needs whom within a window (schedule.c), the
 * spikes and other events of the last steps (history.c), the code of synapses
 * (pathway.c, synapse_code.c), spikes that find their synapses (deliver.c), and the
 * steps of all parts of the groups (advance.c).
 *
 * A part is a row of blocks of a group. One task takes a part through a step: it alone
 * writes the variables of the part's neurons and of the synapses onto them, so nothing
 * depends on how many tasks run at a time. */

#include "neurons/synapses/synapses_internal.h"

/* Random numbers that one piece of code, and that all code of synapses, can draw. */
enum { MOST_DRAWS = 8, MOST_TERMS = 64 };

/* Variables of synapses that are kept once for each neuron. */
enum { MOST_TRACES = 8 };
struct trace;

/* The neurons of a part that spiked in one step, or that another event happened to,
 * ascending. */
struct spikes {
    uint32_t *neuron; /* of the group */
    uint32_t count, capacity;
};

struct part {
    size_t first, last; /* blocks */
    uint64_t events;    /* synapses that were reached in this window */
};

/* Whom an event of a group (its spikes, for one) happened to in the last steps. */
struct history {
    struct block *block;    /* of the event: [blocks] */
    uint32_t recall;        /* steps that are known, a power of 2; or 0 */
    struct spikes **recent; /* [parts][recall]: those of step s are at s & mask */
};

/* Code of synapses, in the order in which it runs within a step. */
enum path_kind {
    PATH_REGULAR, /* run_regularly */
    PATH_SUMMED,
    PATH_CLOCKED, /* clock-driven equations, behind those of the neurons */
    PATH_SPIKES,
    PATH_KINDS
};
struct plan {
    struct path **path;
    size_t from[PATH_KINDS + 1]; /* where each kind begins */
};

/* Spikes on their way to synapses that differ in delay, oldest first. */
struct underway {
    int64_t next; /* the place that is reached next; with `reach`, the first */
    union {
        int64_t last;
        const uint16_t *reach; /* of the neuron */
    };
    uint32_t neuron, sent;
};
struct flight {
    uint32_t *due; /* the step, modulo 2^32, when each reaches its next place */
    struct underway *spike;
    size_t head, tail, capacity;
};

/* One piece of code of synapses as the engine runs it. */
struct path {
    bh_synapses *synapses;
    enum path_kind kind;
    const struct pathway *pathway; /* NULL: not of spikes */
    const struct history
        *history;                /* of what it waits for, in the group it comes from */
    const struct symbol *target; /* of what is summed */
    int64_t every;               /* steps, of what runs regularly */
    int number;                  /* for the name of its function */
    const char *comment;
    struct code *code;
    struct interp interp;
    void (*compiled)(bh_path_frame *frame);
    struct code *traced; /* the same with traces; NULL: there are none */
    struct interp traced_interp;
    void (*compiled_traced)(bh_path_frame *frame);
    uint16_t *place_delay; /* by which sources' traces go; NULL: place_fixed */
    int32_t place_fixed;
    bool from_post;
    bool writes_pre, writes_post;
    bool one_by_one;            /* one synapse can see what another one does */
    uint32_t shortest, longest; /* delay, steps */
    /* [row][longest - shortest + 2]: how many places have less than each delay; NULL
     * where rows are thin: delays have to be looked at. */
    uint16_t *reach;
    struct flight *flight; /* [parts]; NULL: one delay for all */
    /* The places of each source (or target); no order means positions. */
    const uint64_t *start;
    const uint32_t *order;
    const void *source;
    uint32_t *own_order; /* made by the path, where its delays ask, as is ... */
    void *own_source;
    bh_path_frame *frame; /* [parts] */
    struct path *next;    /* of the synapses */
};

/* Rows of places: a neuron's, for each part that has some. */
static inline size_t
path_rows(const struct path *path)
{
    const bh_synapses *s = path->synapses;
    return path->from_post ? s->target.count : s->source.count * s->partitions;
}

/* Steps until a spike reaches a place. */
static inline uint32_t
path_delay(const struct path *path, int64_t place)
{
    return path->pathway->delay[path->order ? path->order[place] : place];
}

struct synapse_run {
    struct path *paths;              /* of all kinds */
    const struct path *first_spikes; /* of a step */
    int count;
    size_t parts;
    void **pre;  /* variables of the source group from the first source on */
    void **post; /* [part][stored] of the targets from the part's first neuron on */
    uint32_t *outgoing, *incoming; /* synapses of each source, each target neuron */
    struct trace *traces;          /* all event-driven variables; or NULL */
    const bh_trace **view;         /* [part][MOST_TRACES] */
    bool current; /* nothing has moved synapses or delays since the last run began */
    bool started; /* there has been a run */
    bool traced;  /* runs use traces ... */
    bool settled; /* ... and synapses have their values */
};

/* Groups that cannot be taken through a window one after the other. */
struct component {
    bh_group **group;
    size_t groups;
    struct task {
        bh_group *group;
        size_t part;
    } * task;
    size_t tasks;
    struct plan plan;
    double cost_ns; /* of a step */
    uint32_t steps; /* that pass before a part can see what another does; 0: none */
    bool receives;  /* some synapses end here */
    bool strict;    /* some code sees variables of other parts */
};

/* advance.c */
/* Takes a component through the steps of a window. */
bh_status advance(bh_network *net, struct component *component, size_t steps,
                  bh_diag *diag);

/* schedule.c */
/* Cuts groups into parts. Once. */
bh_status schedule_cut(bh_network *net, bh_diag *diag);
/* Readies a run: synapses, histories, and who goes before whom. */
bh_status schedule_begin(bh_network *net, bh_diag *diag);
void schedule_free(bh_network *net);
/* The code of synapses onto one group; that of all groups of a component. */
bh_status plan_make(bh_network *net, bh_group *const *group, size_t groups,
                    struct plan *out, bh_diag *diag);

/* pathway.c: texts -> code. Once; makes synapses->run. */
bh_status pathway_make(bh_synapses *synapses, bh_diag *diag);
/* Lowers statements; what synapses may not set is guarded. */
bh_status pathway_lower(bh_synapses *synapses, struct env *env,
                        const struct statement *statements);

/* synapse_run.c */
/* Readies synapses for a run: everything that a run between may have changed. */
bh_status synapse_run_begin(bh_synapses *synapses, bh_diag *diag);
void synapse_run_free(bh_synapses *synapses);
/* Whether code sees or sets variables of the sources that change. */
bool path_touches_pre(const struct path *path);
/* Whether one synapse sees in the sources what another one does, or parts see what
 * others do, so that there must be as few parts as can be. */
bool path_is_delicate(const struct path *path);
/* Whether a device goes through the synapses by target: what targets' spikes do, and
 * what is done to all and sets no variable of sources. */
bool path_by_target(const struct path *path);

/* program.c: the name of its function or kernel; `kind` is path or trace. */
void path_name(const struct path *path, const char *kind, char *name, size_t size);
/* What the steps of a group that is ready are made of. */
struct emit_step group_step(const bh_group *group);
/* The kernel of what a state monitor computes. */
void value_name(const bh_group *group, int monitor, size_t variable, char *name,
                size_t size);

/* deliver.c */
/* What the spikes that arrive at a step do to the synapses onto one part. False
 * without memory. */
bool deliver(struct path *path, size_t part, int64_t step, int thread);
/* Finds the spikes that are under way at a step from those of the last steps. */
bool deliver_recall(struct path *path, size_t part, int64_t step);
/* The code for all synapses onto one part. */
void deliver_all(struct path *path, size_t part, int64_t step, int thread);

/* path_interp.c: what compiled code does, by the interpreter. */
void path_interpret(const struct path *path, bool traced, bh_path_frame *frame,
                    void *scratch);

/* large.c: moves what fills many pages to large ones; or gives it back as it is. */
void *large_pages(void *memory, size_t size);
/* New memory, with large pages where it fills many; or NULL. */
void *large_new(size_t size);

/* history.c */
/* Begins the histories of all events of a group that is cut; nothing is kept yet. */
bh_status history_new(bh_group *group, bh_diag *diag);
/* Makes room for the spikes, or other events, of so many steps; keeps those that are
 * known. */
bh_status history_make(bh_group *group, struct history *history, uint32_t steps,
                       bh_diag *diag);
/* Adds a spike to those of a step. False without memory. */
bool history_add(struct spikes *spikes, uint32_t neuron);
void history_free(bh_group *group);
/* Takes down what happened to a part in step k of the window. False without memory. */
bool history_take(bh_group *group, size_t part, size_t k);

#endif
