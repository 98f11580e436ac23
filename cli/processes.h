/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_PROCESSES_H
#define BH_CLI_PROCESSES_H

/* A command that several processes run together: mpirun -n 4 bhears run model.yaml. */

#include <brianhears.h>

/* Joins those that were started with this one. Standard input reaches one of them only,
 * so an operand "-" is refused. */
bh_status processes_join(bh_comm **comm, const char *operand, bh_diag *diag);

/* Says once what went wrong (by `tell`, which gives the exit status), with the number
 * of the process where it is not the first, and ends all. Returns where this process is
 * to end by itself: alone, or after a signal, which all have heard of. */
int processes_fail(bh_comm *comm, const bh_diag *diag,
                   int (*tell)(const bh_diag *diag));

#endif
