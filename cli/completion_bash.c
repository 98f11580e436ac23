/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/completion.h"

#include <string.h>

/* Bash takes --option=value apart where COMP_WORDBREAKS has =, as it has at first. */
static const char head[] =
    "# Completion of bhears for bash, as 'bhears completion bash' prints it.\n"
    "\n"
    "_bhears_words() {\n"
    "    mapfile -t COMPREPLY < <(compgen -P \"$prefix\" -W \"$1\" -- \"$cur\")\n"
    "}\n"
    "\n"
    "_bhears_files() {\n"
    "    local words\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -P \"$prefix\" -f -- \"$cur\")\n"
    "    mapfile -t words < <(compgen -P \"$prefix\" -W \"$1\" -- \"$cur\")\n"
    "    COMPREPLY+=(\"${words[@]}\")\n"
    "}\n"
    "\n"
    "_bhears() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    local command=${COMP_WORDS[1]} prefix= i only=\n"
    "    COMPREPLY=()\n"
    "    if [[ $cur == = ]]; then\n"
    "        cur=\n"
    "    elif [[ $option == = ]]; then\n"
    "        option=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    elif [[ $cur == --*=* ]]; then\n"
    "        option=${cur%%=*} prefix=${cur%%=*}= cur=${cur#*=}\n"
    "    fi\n";

static void
print_commands(FILE *out)
{
    char word[64];
    fputs("    if ((COMP_CWORD == 1)); then\n        _bhears_words '", out);
    for (size_t i = 0; commands[i]; i++)
        if (command_begins(i, word, sizeof word))
            fprintf(out, "%s ", word);
    fputs("--help --version'\n        return\n    fi\n"
          "    if ((COMP_CWORD > 2)); then\n        case \"$command ${COMP_WORDS[2]}\" "
          "in\n",
          out);
    for (size_t i = 0; commands[i]; i++)
        if (strchr(commands[i]->name, ' '))
            fprintf(out, "        '%s') command='%s' ;;\n", commands[i]->name,
                    commands[i]->name);
    fputs("        esac\n    fi\n"
          "    for ((i = 2; i < COMP_CWORD; i++)); do\n"
          "        [[ ${COMP_WORDS[i]} == -- ]] && only=operands\n"
          "    done\n",
          out);
}

static void
print_candidates(FILE *out, const struct candidates *candidates)
{
    if (candidates->files)
        fprintf(out, " _bhears_files '%s';", candidates->words);
    else if (*candidates->words)
        fprintf(out, " _bhears_words '%s';", candidates->words);
}

/* What stands behind an option. */
static void
print_values(FILE *out, const struct command *command, const struct options *options)
{
    struct candidates candidates;
    for (size_t g = 0; g < options->count; g++)
        for (size_t i = 0; i < options->groups[g].count; i++) {
            const struct setting *s = &options->groups[g].settings[i];
            if (!s->value)
                continue;
            fprintf(out, "    '%s --%s'", command->name, s->name);
            if (s->letter)
                fprintf(out, " | '%s -%c'", command->name, s->letter);
            fputc(')', out);
            candidates_of_setting(s, &candidates);
            print_candidates(out, &candidates);
            fputs(" return ;;\n", out);
        }
}

static void
print_options(FILE *out, const struct command *command, const struct options *options)
{
    fprintf(out, "        '%s') _bhears_words '", command->name);
    for (size_t g = 0; g < options->count; g++)
        for (size_t i = 0; i < options->groups[g].count; i++)
            fprintf(out, "--%s ", options->groups[g].settings[i].name);
    fputs("' ;;\n", out);
}

void
completion_bash(FILE *out)
{
    struct options options;
    struct candidates candidates;
    fputs(head, out);
    print_commands(out);
    fputs("    [[ $only ]] || case \"$command $option\" in\n", out);
    for (size_t i = 0; commands[i]; i++) {
        options_fill(commands[i], &options);
        print_values(out, commands[i], &options);
    }
    fputs("    esac\n    if [[ $cur == -* && ! $only ]]; then\n"
          "        case $command in\n",
          out);
    for (size_t i = 0; commands[i]; i++) {
        options_fill(commands[i], &options);
        print_options(out, commands[i], &options);
    }
    fputs("        esac\n        return\n    fi\n    case $command in\n", out);
    for (size_t i = 0; commands[i]; i++) {
        candidates_of_operand(commands[i], &candidates);
        if (!candidates.files && !*candidates.words)
            continue;
        fprintf(out, "    '%s')", commands[i]->name);
        print_candidates(out, &candidates);
        fputs(" ;;\n", out);
    }
    fputs("    esac\n}\n\ncomplete -F _bhears bhears\n", out);
}
