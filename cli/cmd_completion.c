/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/console.h"

#include <string.h>

static const struct {
    const char *name;
    void (*print)(FILE *out);
} shells[] = {
    {"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};

enum { SHELLS = sizeof shells / sizeof shells[0] };

static const char *
shell_name(size_t i)
{
    return i < SHELLS ? shells[i].name : NULL;
}

static int
run(const void *settings, const char *shell)
{
    (void)settings;
    for (size_t i = 0; i < SHELLS; i++)
        if (strcmp(shells[i].name, shell) == 0) {
            shells[i].print(stdout);
            return end_output();
        }
    say("there is no completion for '%.60s'; there is for bash, zsh and fish", shell);
    return EXIT_USAGE;
}

const struct command command_completion = {
    .name = "completion",
    .operand = "bash|zsh|fish",
    .words = shell_name,
    .summary = "print a script that lets a shell complete bhears",
    .about =
        "Prints a script for a shell, which then completes commands, options, their "
        "values and files. 'cmake --install' puts it where shells look for it; without "
        "that, a line in ~/.bashrc, ~/.zshrc (after compinit) or "
        "~/.config/fish/config.fish reads it, as the examples do for bash and fish.",
    .examples = "  eval \"$(bhears completion bash)\"\n"
                "  bhears completion zsh > _bhears\n"
                "  bhears completion fish > bhears.fish\n",
    .run = run,
};
