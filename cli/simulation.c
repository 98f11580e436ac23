/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/simulation.h"

#include "cli/command.h"
#include "cli/console.h"

const struct setting change_table[1] = {
    {"set", 0, "PATH=VALUE",
     "change what the file says, as nerve.N=30000 or run.seed=2; nothing behind '=' "
     "takes a key out; may be given again",
     .parse = parse_list, .offset = offsetof(struct change_settings, set)},
};

bh_status
simulation_read(const char *operand, const struct change_settings *changes,
                bh_model **out, bh_diag *diag)
{
    return bh_model_read(operand, changes->set.text, changes->set.count, out, diag);
}

int
simulation_fail(const bh_diag *diag)
{
    if (diag->line == 0)
        return fail(diag);
    fprintf(console(), "%s:%d:%d: error: %s\n    %s\n    %*s^\n", diag->where,
            diag->line, diag->column, diag->text, diag->excerpt, diag->caret - 1, "");
    return diag->status == BH_ERR_ARGUMENT || diag->status == BH_ERR_TEXT
               ? EXIT_USAGE
               : EXIT_RUN_FAILED;
}
