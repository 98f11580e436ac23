/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_LANG_EMIT_PATHWAY_H
#define BH_NEURONS_LANG_EMIT_PATHWAY_H

/* Code of synapses -> text. */

#include "neurons/lang/lang.h"

struct emit_path {
    const char *comment;
    const struct code *code;
    bool from_post;   /* spikes are of the targets */
    bool one_group;   /* sources and targets are of one group */
    bool wide;        /* more sources than numbers of 16 bits */
    bool updates;     /* lastupdate */
    bool traces;      /* some variables are kept for each neuron */
    bh_precision pre; /* of the source group's variables */
    /* On a GPU: */
    bool device;
    bool all;     /* not what spikes do: once for all synapses */
    bool columns; /* a span is a target's */
};
/* The function void <name>(bh_path_frame *). */
void emit_path(struct writer *writer, const char *name, const struct emit_path *path);
/* The same as a kernel of one bh_device_path. */
void emit_cuda_path(struct writer *writer, const char *name,
                    const struct emit_path *path);

#endif
