/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include <string.h>

enum { WIDTH = 80, INDENT = 26 }; /* columns */

void
usage_wrap(FILE *out, const char *text, int indent, int column)
{
    bool fresh = true; /* no word in this line yet */
    while (*text) {
        const int word = (int)strcspn(text, " \n");
        if (!fresh && column + 1 + word > WIDTH) {
            fputc('\n', out);
            column = 0;
            fresh = true;
        }
        if (fresh && column < indent && word > 0)
            column += fprintf(out, "%*s", indent - column, "");
        column += fprintf(out, "%s%.*s", fresh ? "" : " ", word, text);
        fresh = false;
        text += word;
        if (*text == '\n') {
            fputc('\n', out);
            column = 0;
            fresh = true;
        }
        text += *text != 0;
    }
    fputc('\n', out);
}

void
usage_entry(FILE *out, const char *head, const char *help)
{
    const int column = fprintf(out, "%s", head);
    if (column >= INDENT)
        fputc('\n', out);
    usage_wrap(out, help, INDENT, column >= INDENT ? 0 : column);
}

static void
print_setting(FILE *out, const struct setting *s)
{
    char head[64], help[1024];
    snprintf(head, sizeof head, "  %c%c%c --%s%s%s", s->letter ? '-' : ' ',
             s->letter ? s->letter : ' ', s->letter ? ',' : ' ', s->name,
             s->value ? " " : "", s->value ? s->value : "");
    const char *standard = s->shown ? s->shown : s->preset;
    snprintf(help, sizeof help, "%s%s%s%s", s->help, standard ? " (default: " : "",
             standard ? standard : "", standard ? ")" : "");
    usage_entry(out, head, help);
}

void
usage_command(FILE *out, const struct command *command)
{
    const bool optional = command->operand_optional;
    fprintf(out, "usage: bhears %s%s%s%s%s%s\n\n", command->name,
            command->group_count ? " [OPTIONS]" : "", command->operand ? " " : "",
            command->operand && optional ? "[" : "",
            command->operand ? command->operand : "",
            command->operand && optional ? "]" : "");
    usage_wrap(out, command->about ? command->about : command->summary, 0, 0);
    for (size_t g = 0; g < command->group_count; g++) {
        const struct setting_group *group = &command->groups[g];
        fprintf(out, "\n%s\n", group->title);
        for (size_t i = 0; i < group->count; i++)
            print_setting(out, &group->settings[i]);
    }
    if (command->examples)
        fprintf(out, "\nExamples\n%s", command->examples);
}

void
usage_overview(FILE *out)
{
    fprintf(out, "usage: bhears COMMAND [OPTIONS] ...\n\n"
                 "Brian hears: sounds become the spikes of the auditory nerve.\n\n"
                 "Commands\n");
    for (size_t i = 0; commands[i]; i++)
        fprintf(out, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
    fprintf(out,
            "\n'bhears help COMMAND' explains a command and its options.\n\n"
            "Exit status: 0 done, 1 the run failed, 2 what was asked for cannot be,\n"
            "130 interrupted.\n");
}
