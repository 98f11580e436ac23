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
    bool updates;     /* lastupdate */
    bool traces;      /* some variables are kept for each neuron */
    bh_precision pre; /* of the source group's variables */
};
/* The function void <name>(bh_path_frame *). */
void emit_path(struct writer *writer, const char *name, const struct emit_path *path);

#endif
