/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_BACKEND_H
#define BH_CLI_BACKEND_H

/* Where a command works: the option --backend, which is a common one (common.h). */

#include <brianhears.h>

/* The words of the option. */
extern const char *const backend_names[];

/* The device that --backend names, NULL for the processor; opened by the first call.
 * With "auto" a notice says why it is the processor. */
bh_status backend_device(struct bh_device **out, bh_diag *diag);

/* Lets a model be built for the device that --backend names; with "auto" what that
 * cannot do stays on the processor. */
bh_status backend_place(bh_model *model, bh_diag *diag);
/* Says what stayed, once it is built. */
void backend_tell(const bh_model *model);

/* Whether to go on without the device after a failure there: with "auto", where what is
 * asked for cannot be done on it; says so, and the device is NULL from then on. What
 * was placed on it must be freed before the end of the program. */
bool backend_give_up(const bh_diag *why);

/* What works: for summaries. */
const char *backend_name(void);

/* After all that worked there has been freed. */
void backend_close(void);

#endif
