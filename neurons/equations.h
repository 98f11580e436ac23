/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_EQUATIONS_H
#define BH_NEURONS_EQUATIONS_H

#include "core/status.h"

BH_BEGIN_DECLS

/// Equations put together from pieces in which names are replaced, so that one text
/// serves several currents:
///
///     bh_equations_add(eqs, "dv/dt = (ge + gi - v)/(20*ms) : volt", NULL, &diag);
///     bh_equations_add(eqs, "dg/dt = -g/tau : volt", "g = ge; tau = 5*ms", &diag);
///     bh_equations_add(eqs, "dg/dt = -g/tau : volt", "g = gi; tau = 10*ms", &diag);
///     config.equations = bh_equations_text(eqs);
typedef struct bh_equations bh_equations;

BH_API BH_NODISCARD bh_status bh_equations_new(bh_equations **out, bh_diag *diag);
/// NULL is allowed.
BH_API void bh_equations_free(bh_equations *equations);

/// Adds lines of equations. `replace` is NULL, or replacements separated by ';': a name
/// by another ("g = ge"), wherever the piece says it, or in its expressions by a value
/// ("tau = 5*ms"). A name that the piece does not use, a value for a variable that it
/// defines, and a variable that has a definition already are BH_ERR_TEXT; the equations
/// are then as before. The texts are borrowed for the call only.
BH_API BH_NODISCARD bh_status bh_equations_add(bh_equations *equations,
                                               const char *text, const char *replace,
                                               bh_diag *diag);

/// All lines so far, as bh_group_config takes them; valid until the next is added.
BH_API const char *bh_equations_text(const bh_equations *equations);

BH_END_DECLS

#endif
