/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/completion.h"

#include <string.h>

/* Text inside of single quotes. */
static void
print_quoted(FILE *out, const char *text)
{
    for (; *text; text++)
        fprintf(out, "%s%c", strchr("'\\", *text) ? "\\" : "", *text);
}

static void
print_words(FILE *out, const struct candidates *candidates)
{
    if (*candidates->words)
        fprintf(out, " -a '%s'", candidates->words);
}

static void
print_setting(FILE *out, const struct command *command, const struct setting *s)
{
    struct candidates candidates;
    char help[72];
    fprintf(out, "complete -c bhears -n '__bhears_in \"%s\"' -l %s", command->name,
            s->name);
    if (s->letter)
        fprintf(out, " -s %c", s->letter);
    if (s->value) {
        candidates_of_setting(s, &candidates);
        fputs(candidates.files ? " -r -F" : " -x", out);
        print_words(out, &candidates);
    }
    fputs(" -d '", out);
    print_quoted(out, candidate_help(s->help, help, sizeof help));
    fputs("'\n", out);
}

static void
print_command(FILE *out, const struct command *command)
{
    struct options options;
    struct candidates candidates;
    options_fill(command, &options);
    candidates_of_operand(command, &candidates);
    for (size_t g = 0; g < options.count; g++)
        for (size_t i = 0; i < options.groups[g].count; i++)
            print_setting(out, command, &options.groups[g].settings[i]);
    if (!candidates.files && !*candidates.words)
        return;
    fprintf(out, "complete -c bhears -n '__bhears_in \"%s\"'%s", command->name,
            candidates.files ? " -F" : "");
    print_words(out, &candidates);
    fputc('\n', out);
}

void
completion_fish(FILE *out)
{
    char word[64], help[72];
    fputs("# Completion of bhears for fish, as 'bhears completion fish' prints it.\n\n"
          "# Whether the command line so far is of that command.\n"
          "function __bhears_in\n"
          "    set -l words (commandline -opc)\n"
          "    set -l command \"$words[2]\"\n"
          "    if contains -- \"$words[2] $words[3]\"",
          out);
    for (size_t i = 0; commands[i]; i++)
        if (strchr(commands[i]->name, ' '))
            fprintf(out, " '%s'", commands[i]->name);
    fputs("\n        set command \"$words[2] $words[3]\"\n    end\n"
          "    test \"$command\" = \"$argv[1]\"\nend\n\n"
          "complete -c bhears -f\n",
          out);
    for (size_t i = 0; commands[i]; i++) {
        if (!command_begins(i, word, sizeof word))
            continue;
        fprintf(out, "complete -c bhears -n '__bhears_in \"\"' -a %s -d '", word);
        print_quoted(out, candidate_help(commands[i]->summary, help, sizeof help));
        fputs("'\n", out);
    }
    fputs(
        "complete -c bhears -n '__bhears_in \"\"' -l help -s h -d 'list the commands'\n"
        "complete -c bhears -n '__bhears_in \"\"' -l version -s V -d 'the version'\n",
        out);
    for (size_t i = 0; commands[i]; i++)
        print_command(out, commands[i]);
}
