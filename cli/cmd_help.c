/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"

static int
run(const void *settings, const char *operand)
{
    (void)settings;
    const struct command *command = operand ? command_find(operand) : NULL;
    if (operand && !command)
        return EXIT_USAGE;
    if (command)
        usage_command(stdout, command);
    else
        usage_overview(stdout);
    return end_output();
}

const struct command command_help = {
    .name = "help",
    .operand = "COMMAND",
    .operand_optional = true,
    .summary = "list the commands, or explain one",
    .run = run,
};
