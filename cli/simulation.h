/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_SIMULATION_H
#define BH_CLI_SIMULATION_H

/* Model files on the command line, and the options for them. */

#include "cli/settings.h"

struct change_settings {
    struct text_list set;
};

extern const struct setting change_table[1];

#define CHANGE_SETTINGS(type, member) SETTINGS("Model", change_table, type, member)

/* Reads the model with these changes. */
bh_status simulation_read(const char *operand, const struct change_settings *changes,
                          bh_model **out, bh_diag *diag);

/* Says what is wrong as compilers do, "file:line:column: error: ...", where that is
 * known, and returns the exit status that belongs to it. */
int simulation_fail(const bh_diag *diag);

#endif
