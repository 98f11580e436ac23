/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/manual.h"

struct help_settings {
    bool man, list;
};

#define OFFSET(member) .offset = offsetof(struct help_settings, member)

static const struct setting help_table[] = {
    {"man", 0, NULL, "print the manual page, as scdoc takes it", .parse = parse_switch,
     OFFSET(man)},
    {"list", 0, NULL, "print the names of all commands, one a line",
     .parse = parse_switch, OFFSET(list)},
};

static const struct setting_group groups[] = {
    {"Output", help_table, sizeof help_table / sizeof help_table[0], 0},
};

static const char *
command_name(size_t i)
{
    size_t count = 0;
    while (commands[count])
        count++;
    return i < count ? commands[i]->name : NULL;
}

static void
print_list(void)
{
    for (size_t i = 0; commands[i]; i++)
        printf("%s\n", commands[i]->name);
}

static int
run(const void *given, const char *operand)
{
    const struct help_settings *settings = given;
    const struct command *command = operand ? command_find(operand) : NULL;
    if (operand && !command)
        return EXIT_USAGE;
    if (settings->list && (operand || settings->man)) {
        say("--list takes nothing with it");
        return EXIT_USAGE;
    }
    if (settings->list)
        print_list();
    else if (settings->man && command)
        manual_command(stdout, command);
    else if (settings->man)
        manual_overview(stdout);
    else if (command)
        usage_command(stdout, command);
    else
        usage_overview(stdout);
    return end_output();
}

const struct command command_help = {
    .name = "help",
    .operand = "COMMAND",
    .operand_optional = true,
    .words = command_name,
    .summary = "list the commands, or explain one",
    .about = "Lists the commands, or explains COMMAND and its options. The same is in "
             "the manual: man bhears, man bhears-spikes.",
    .examples = "  bhears help spikes\n"
                "  bhears help sound info\n"
                "  bhears help --man spikes | scdoc | man -l -\n",
    .groups = groups,
    .group_count = 1,
    .settings_size = sizeof(struct help_settings),
    .run = run,
};
