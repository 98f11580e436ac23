/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/synapses/synapses_internal.h"

#include <math.h>

bh_status
bh_synapses_run_regularly(bh_synapses *s, const char *statements, double every_s,
                          bh_diag *diag)
{
    const double dt_s = s->net->config.dt_s, steps = every_s / dt_s;
    struct synapse_regular *regular = bh_arena_take(s->arena, sizeof *regular);
    if (s->net->frozen)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "statements must be given before the network runs");
    if (!(steps > 0.5) || steps > 1e15 || fabs(steps - nearbyint(steps)) > 1e-4 * steps)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "every %g s; it must be a multiple of the time step, %g s",
                           every_s, dt_s);
    if (s->procedural)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s is procedural; its synapses are only there when spikes "
                           "arrive, and statements cannot run for them regularly",
                           s->name);
    if (!regular)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %s", s->name);
    s->lang.diag = diag;
    BH_TRY(synapses_text(s, "run_regularly", statements, &regular->text));
    BH_TRY(synapse_scope_statements(s, &regular->text, &regular->statements));
    regular->steps = (int64_t)nearbyint(steps);
    struct synapse_regular **end = &s->regular;
    while (*end)
        end = &(*end)->next;
    *end = regular;
    return BH_OK;
}
