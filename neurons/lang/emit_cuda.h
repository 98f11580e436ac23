/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_LANG_EMIT_CUDA_H
#define BH_NEURONS_LANG_EMIT_CUDA_H

/* What emit.c prints for the host, as kernels of CUDA C. */

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
/* What a state monitor records that is no stored variable. */
void emit_cuda_value(struct writer *writer, const char *name, const struct code *code);

#endif
