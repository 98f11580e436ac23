/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_LANG_EMIT_CUDA_H
#define BH_NEURONS_LANG_EMIT_CUDA_H

/* What emit.c prints for the host, as kernels of CUDA C. */

#include "core/source.h"
#include "neurons/lang/lang.h"

void emit_cuda_update(struct writer *writer, const char *name,
                      const struct emit_step *step);
void emit_cuda_reset(struct writer *writer, const char *name,
                     const struct emit_step *step);
/* What a link does to the values that it hands over. */
struct emit_map {
    const char *comment;
    const struct code *code; /* NULL: nothing */
    bh_precision from, to;
};
void emit_cuda_map(struct writer *writer, const char *name, const struct emit_map *map);
/* A kernel bh_fused_<number> of what a source says, what the link makes of it and a
 * group's steps, for a whole window: bh_source_part of core/source.h, whose text stands
 * before it in the namespace `space`. The drive stays in the memory that the threads of
 * a block share. */
struct emit_fused {
    uint32_t number;
    const struct emit_step *step;
    const struct emit_map *map;
    const struct symbol *symbol; /* the linked variable */
    const char *space;
    const bh_source_part *part;
    uint32_t threads;    /* of a block: one for each neuron of its channels */
    size_t width, times; /* channels in all, and neurons of each */
};
void emit_cuda_fused(struct writer *writer, const struct emit_fused *fused);
/* What a state monitor records that is no stored variable. */
void emit_cuda_value(struct writer *writer, const char *name, const struct code *code);

#endif
