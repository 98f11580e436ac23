/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_SIMULATION_H
#define BH_CLI_SIMULATION_H

/* Model files on the command line, and the options for them. */

#include "cli/settings.h"
#include "cli/watch.h"

struct change_settings {
    struct text_list set;
};

extern const struct setting change_table[1];

#define CHANGE_SETTINGS(type, member) SETTINGS("Changes", change_table, type, member)

/* Reads the model, a file or the name of a built-in one, with these changes. */
bh_status simulation_read(const char *operand, const struct change_settings *changes,
                          bh_model **out, bh_diag *diag);
/* The names of the built-in ones. */
word_lister simulation_names;

/* Says what is wrong as compilers do, "file:line:column: error: ...", where that is
 * known, and returns the exit status that belongs to it. */
int simulation_fail(const bh_diag *diag);

/* Whether all that the model would write may be written. */
bh_status simulation_check_outputs(const bh_model *model, bh_diag *diag);

/* What of a model that has been built can be watched. */
struct simulation_view {
    struct watch watch;
    const char *filter, *group; /* what is shown, or NULL */
};

/* Makes the view that is asked for, of a group (NULL: the first that a filter drives,
 * or else the first) and the filter that drives it. */
bh_status simulation_view_open(bh_model *model, const char *title, const char *group,
                               const struct view_settings *settings,
                               struct simulation_view *out, bh_diag *diag);

#endif
