/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/simulation.h"

static const struct setting_group groups[] = {
    {"Model", change_table, 1, 0},
};

static int
run(const void *given, const char *operand)
{
    bh_model *model = NULL;
    bh_diag diag = {0};
    bh_status status = simulation_read(operand, given, &model, &diag);
    if (status == BH_OK)
        status = bh_model_check(model, &diag);
    bh_model_free(model);
    return status == BH_OK ? EXIT_DONE : simulation_fail(&diag);
}

const struct command command_check = {
    .name = "check",
    .operand = "MODEL",
    .words = simulation_names,
    .words_or_files = true,
    .summary = "tell whether a model file is right",
    .about = "Reads MODEL, a file (docs/model-files.md) or - for standard input, and "
             "makes everything that it describes without running it: units, names, "
             "sizes and connections are checked. Says nothing where all is well; else "
             "what is wrong, with its place in the file, and the exit status is 2.",
    .examples = "  bhears check nerve.yaml\n"
                "  bhears check nerve.yaml --set nerve.N=30000\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct change_settings),
    .run = run,
};
