/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/interp.h"

/* Neurons that are worked on together: as many as share a random stream. */
enum { BLOCK = 512 };

const struct interp_ops *
interp_ops_get(void)
{
    return BH_ISA_PICK(interp_ops);
}

bh_status
interp_prepare(struct lang *lang, const struct code *code, struct interp *out)
{
    int *slot = bh_arena_take(lang->arena, ((size_t)code->count + 1) * sizeof *slot);
    if (!slot)
        return bh_diag_set(lang->diag, BH_ERR_MEMORY, "no memory for the equations");
    *out = (struct interp){.code = code, .slot = slot, .stride = BLOCK};
    for (int i = 0; i < code->count; i++)
        slot[i] = code->ops[i].uses > 0 ? out->slots++ : -1;
    return BH_OK;
}

size_t
interp_scratch_size(const struct interp *interp)
{
    size_t scalars = ((size_t)interp->code->count + 7) / 8 * 8 * sizeof(double);
    return scalars + (size_t)interp->slots * (size_t)interp->stride *
                         bh_precision_size(interp->code->precision);
}
