/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/backend.h"
#include "cli/command.h"
#include "cli/console.h"

#include <stdlib.h>
#include <string.h>

const struct command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "cli/commands.def"
#undef COMMAND
    NULL,
};

const struct command *
command_find(const char *name)
{
    const char *names[sizeof commands / sizeof commands[0]];
    size_t count = 0;
    for (; commands[count]; count++) {
        if (strcmp(commands[count]->name, name) == 0)
            return commands[count];
        names[count] = commands[count]->name;
    }
    const char *near = bh_text_nearest(name, names, count);
    if (near)
        say("there is no command '%.60s'; did you mean %s?", name, near);
    else
        say("there is no command '%.60s'; see 'bhears help'", name);
    return NULL;
}

/* The command whose name is two words, or NULL. */
static const struct command *
find_pair(const char *first, const char *second)
{
    const size_t length = strlen(first);
    for (size_t i = 0; commands[i]; i++)
        if (strncmp(commands[i]->name, first, length) == 0 &&
            commands[i]->name[length] == ' ' &&
            strcmp(commands[i]->name + length + 1, second) == 0)
            return commands[i];
    return NULL;
}

/* Two words that name one command become one word; how many words there are then. */
static int
join_pair(int argc, char **argv)
{
    for (int i = 2; i + 1 < argc; i++) {
        const struct command *pair = find_pair(argv[i], argv[i + 1]);
        if (!pair)
            continue;
        argv[i] = (char *)pair->name;
        memmove(&argv[i + 1], &argv[i + 2], (size_t)(argc - i - 1) * sizeof *argv);
        return argc - 1;
    }
    return argc;
}

static int
run(const struct command *command, int argc, char **argv)
{
    const char *operand = NULL;
    void *settings = calloc(1, command->settings_size + 1);
    if (!settings) {
        say("out of memory");
        return EXIT_RUN_FAILED;
    }
    int status = EXIT_USAGE;
    switch (settings_parse(command, argc, argv, settings, &operand)) {
    case PARSED_HELP:
        usage_command(stdout, command);
        status = end_output();
        break;
    case PARSED:
        status = command->run(settings, operand);
        backend_close();
        break;
    case PARSED_WRONG:
        break;
    }
    free(settings);
    return status;
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *option, *command;
    } spellings[] = {{"--help", "help"},
                     {"-h", "help"},
                     {"--version", "version"},
                     {"-V", "version"}};
    if (argc < 2) {
        usage_overview(stderr);
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++)
        if (strcmp(name, spellings[i].option) == 0)
            name = spellings[i].command;
    const struct command *command = argc > 2 ? find_pair(name, argv[2]) : NULL;
    if (command)
        return run(command, argc - 2, argv + 2);
    if (strcmp(name, command_help.name) == 0)
        argc = join_pair(argc, argv);
    if (*name == '-') {
        say("'%.60s' stands before a command; a command comes first, as in 'bhears "
            "spikes SOUND'",
            name);
        return EXIT_USAGE;
    }
    command = command_find(name);
    return command ? run(command, argc - 1, argv + 1) : EXIT_USAGE;
}
