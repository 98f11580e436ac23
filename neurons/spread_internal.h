/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_SPREAD_INTERNAL_H
#define BH_NEURONS_SPREAD_INTERNAL_H

/* A network over several processes. Each builds the whole of it, but takes only its own
 * blocks of neurons through their steps, and keeps only the synapses onto them.
 * Everything that passes between processes goes through one door, spread_exchange, so
 * that whoever has met an error tells the others in whatever exchange they are. Each
 * function below is called by all processes, in the same order, and does nothing where
 * there is one. */

#include "core/comm.h"
#include "neurons/engine_internal.h"

struct component;

struct spread {
    bh_comm *comm;
    int rank, size;
    unsigned char *out; /* a header, and what is to be sent */
    size_t length, capacity;
    size_t slot;       /* bytes of each process that the first round carries */
    unsigned char *in; /* what all have sent */
    size_t in_capacity;
    size_t *place, *bytes; /* [size]: where the words of each are, and how many */
    bh_network_traffic traffic;
    bool no_memory; /* something could not be put */
    bool pending;   /* an exchange has begun */
    bool failed;    /* all know of an error of one */
    bool stop;      /* one has been asked to stop */
};

/* spread.c */
bh_status spread_new(bh_network *net, bh_diag *diag);
void spread_free(bh_network *net);
/* Begins a message to all. */
void spread_begin(bh_network *net);
void spread_put(bh_network *net, const void *bytes, size_t size);
/* Sends it, and gets those of the others; fails where one of them has. */
bh_status spread_exchange(bh_network *net, bh_diag *diag);
/* The same in two halves: between them the message belongs to it. */
bh_status spread_start(bh_network *net, bh_diag *diag);
bh_status spread_finish(bh_network *net, bh_diag *diag);
/* What a process has sent. */
const unsigned char *spread_words(const bh_network *net, int rank, size_t *bytes);
/* Tells the others of this process's error, unless they know; returns it. */
bh_status spread_fail(bh_network *net, bh_status status, bh_diag *diag);
/* The end of a call that can fail here alone: it then fails everywhere. */
bh_status spread_agree(bh_network *net, bh_status status, bh_diag *diag);
/* The smallest of each value over all processes. */
bh_status spread_least(bh_network *net, double *values, size_t count, bh_diag *diag);
/* Fails unless all have built the same network. */
bh_status spread_compare(bh_network *net, uint64_t model, bh_diag *diag);

/* The blocks of a group that a process has: from *first on and below *last. Groups
 * begin with different processes, so that small ones do not all lie with the same. */
void spread_own(const bh_network *net, int rank, const bh_group *group, size_t *first,
                size_t *last);

/* Whether messages take long: between machines. */
bool spread_is_far(const bh_network *net);

/* spread_share.c */
/* Forgets what the blocks of others did in the last window. */
void spread_forget(bh_network *net);
/* What happened to the neurons of a component in steps of the window, from `begin` on,
 * becomes known to all: in the lists of blocks, and in the histories of parts. */
bh_status spread_events(bh_network *net, const struct component *component,
                        size_t begin, size_t steps, bh_diag *diag);
/* The same in two halves, between which steps that need none of it can be taken.
 * `steps` 0: there is nothing to finish. */
bh_status spread_events_start(bh_network *net, const struct component *component,
                              size_t begin, bh_diag *diag);
bh_status spread_events_finish(bh_network *net, const struct component *component,
                               size_t begin, size_t steps, bh_diag *diag);
/* The values of neurons; of one group, or of all (NULL). */
bh_status spread_values(bh_network *net, const bh_group *group, bh_diag *diag);
/* The rows that state monitors have of the window. */
bh_status spread_states(bh_network *net, bh_diag *diag);

#endif
