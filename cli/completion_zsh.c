/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/completion.h"

#include <string.h>

/* Text inside of single quotes, with a backslash before each of `special`. */
static void
print_quoted(FILE *out, const char *text, const char *special)
{
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", out);
        else
            fprintf(out, "%s%c", strchr(special, *text) ? "\\" : "", *text);
}

static void
print_action(FILE *out, const struct candidates *candidates)
{
    if (candidates->files && *candidates->words)
        fprintf(out, "{_alternative \"words\\:word\\:(%s)\" \"files\\:file\\:_files\"}",
                candidates->words);
    else if (candidates->files)
        fputs("_files", out);
    else if (*candidates->words)
        fprintf(out, "(%s)", candidates->words);
    else
        fputc(' ', out);
}

/* One specification of _arguments. */
static void
print_setting(FILE *out, const struct setting *s)
{
    struct candidates candidates;
    char help[72];
    const char *equals = s->value ? "=" : "", *plus = s->value ? "+" : "";
    fputs(" \\\n            ", out);
    if (is_repeatable(s))
        fputs("'*'", out);
    else if (s->letter)
        fprintf(out, "'(-%c --%s)'", s->letter, s->name);
    if (s->letter)
        fprintf(out, "{-%c%s,--%s%s}'[", s->letter, plus, s->name, equals);
    else
        fprintf(out, "'--%s%s[", s->name, equals);
    print_quoted(out, candidate_help(s->help, help, sizeof help), "[]\\:");
    fputc(']', out);
    if (s->value) {
        fputc(':', out);
        print_quoted(out, s->value, "\\:");
        fputc(':', out);
        candidates_of_setting(s, &candidates);
        print_action(out, &candidates);
    }
    fputc('\'', out);
}

static void
print_command(FILE *out, const struct command *command)
{
    struct options options;
    struct candidates candidates;
    options_fill(command, &options);
    candidates_of_operand(command, &candidates);
    fprintf(out, "    ('%s')\n        _arguments -s -S :", command->name);
    for (size_t g = 0; g < options.count; g++)
        for (size_t i = 0; i < options.groups[g].count; i++)
            print_setting(out, &options.groups[g].settings[i]);
    if (command->operand || *candidates.words) {
        fprintf(out, " \\\n            '1:%s:",
                command->operand ? command->operand : "COMMAND");
        print_action(out, &candidates);
        fputc('\'', out);
    }
    fputs("\n        ;;\n", out);
}

void
completion_zsh(FILE *out)
{
    char word[64], help[72];
    fputs("#compdef bhears\n"
          "# Completion of bhears for zsh, as 'bhears completion zsh' prints it.\n\n"
          "_bhears() {\n    local -a commands=(\n",
          out);
    for (size_t i = 0; commands[i]; i++) {
        if (!command_begins(i, word, sizeof word))
            continue;
        fprintf(out, "        '%s:", word);
        print_quoted(out, candidate_help(commands[i]->summary, help, sizeof help),
                     "\\:");
        fputs("'\n", out);
    }
    fputs("    )\n    if ((CURRENT == 2)); then\n"
          "        _describe -t commands command commands\n        return\n    fi\n"
          "    local command=$words[2]\n    shift words\n    ((CURRENT--))\n"
          "    if ((CURRENT > 2)); then\n        case \"$command $words[2]\" in\n",
          out);
    for (size_t i = 0; commands[i]; i++)
        if (strchr(commands[i]->name, ' '))
            fprintf(out, "        ('%s') command='%s'; shift words; ((CURRENT--)) ;;\n",
                    commands[i]->name, commands[i]->name);
    fputs("        esac\n    fi\n    case $command in\n", out);
    for (size_t i = 0; commands[i]; i++)
        print_command(out, commands[i]);
    fputs("    esac\n}\n\n"
          "# In a folder of fpath this file is the function; otherwise it is sourced.\n"
          "if [[ $funcstack[1] == _bhears ]]; then\n    _bhears \"$@\"\n"
          "else\n    compdef _bhears bhears\nfi\n",
          out);
}
