/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/lang.h"

#include "core/angle_kernel.h"
#include "core/cpu.h"
#include "core/math_kernel.h"
#include "neurons/lang/interp.h"

#include <math.h>

#define JOIN2(a, b)  a##_##b
#define JOIN(a, b)   JOIN2(a, b)
#define SUFFIX(a, b) a##b

/* Double first: in either precision, what is no neuron's own is computed in double. */
#define NAME(name) JOIN(name, reference)
#define R(fn)      fn
#define K(fn)      bh_##fn
#define real       double
#include "neurons/lang/interp_kernel.h"
#undef NAME
#undef R
#undef K
#undef real

#define NAME(name) JOIN(name, single)
#define R(fn)      SUFFIX(fn, f)
#define K(fn)      bh_##fn##f
#define real       float
#include "neurons/lang/interp_kernel.h"

static const void *
run(const struct interp *interp, const struct interp_frame *frame, void *scratch)
{
    return interp->code->precision == BH_SINGLE ? run_single(interp, frame, scratch)
                                                : run_reference(interp, frame, scratch);
}

const struct interp_ops BH_ISA(interp_ops) = {run};
