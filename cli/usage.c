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

/* What may be written where --help says FREQUENCY and the like. */
static const struct {
    const char *value, *meaning;
} values[] = {
    {"FREQUENCY", "a number with Hz, kHz or MHz behind it, as 440Hz or 1.5kHz"},
    {"LOW:HIGH", "two frequencies with a colon between them, as 20Hz:8kHz"},
    {"TIME", "a number with s, ms, us or min behind it, as 1.5s or 50ms"},
    {"LEVEL", "dB SPL, that is dB re 20 uPa, as '60 dB SPL' or 60"},
    {"ANGLE", "a number with deg or rad behind it, as 90deg or 1.57rad"},
};

enum { VALUES = sizeof values / sizeof values[0] };

/* Whether `value` stands among the alternatives of `text`. */
static bool
has_value(const char *text, const char *value)
{
    const size_t length = strlen(value);
    const char *at = text ? strstr(text, value) : NULL;
    return at && (at == text || at[-1] == '|') && (!at[length] || at[length] == '|');
}

const char *
usage_value(const struct options *options, size_t i, const char **meaning)
{
    size_t seen = 0;
    for (size_t v = 0; v < VALUES; v++) {
        bool used = false;
        for (size_t g = 0; g < options->count; g++)
            for (size_t k = 0; k < options->groups[g].count; k++)
                used |=
                    has_value(options->groups[g].settings[k].value, values[v].value);
        if (used && seen++ == i) {
            *meaning = values[v].meaning;
            return values[v].value;
        }
    }
    return NULL;
}

void
usage_setting(const struct setting *s, char *text, size_t size)
{
    const char *standard = s->shown ? s->shown : s->preset ? s->preset : "none";
    char range[64] = "";
    if (s->parse == parse_whole && s->most == INT64_MAX)
        snprintf(range, sizeof range, "%lld or more; ", (long long)s->least);
    else if (s->parse == parse_whole)
        snprintf(range, sizeof range, "%lld to %lld; ", (long long)s->least,
                 (long long)s->most);
    if (!s->value)
        snprintf(text, size, "%s", s->help);
    else if (s->needed)
        snprintf(text, size, "%s (needed)", s->help);
    else
        snprintf(text, size, "%s (%sdefault: %s)", s->help, range, standard);
}

static void
print_setting(FILE *out, const struct setting *s)
{
    char head[64], help[1024];
    snprintf(head, sizeof head, "  %c%c%c --%s%s%s", s->letter ? '-' : ' ',
             s->letter ? s->letter : ' ', s->letter ? ',' : ' ', s->name,
             s->value ? " " : "", s->value ? s->value : "");
    usage_setting(s, help, sizeof help);
    usage_entry(out, head, help);
}

void
usage_synopsis(const struct command *command, char *text, size_t size)
{
    const bool optional = command->operand_optional;
    snprintf(text, size, "bhears %s [OPTIONS]%s%s%s%s", command->name,
             command->operand ? " " : "", command->operand && optional ? "[" : "",
             command->operand ? command->operand : "",
             command->operand && optional ? "]" : "");
}

void
usage_command(FILE *out, const struct command *command)
{
    struct options options;
    char synopsis[128];
    const char *value, *meaning;
    options_fill(command, &options);
    usage_synopsis(command, synopsis, sizeof synopsis);
    fprintf(out, "usage: %s\n\n", synopsis);
    usage_wrap(out, command->about ? command->about : command->summary, 0, 0);
    for (size_t g = 0; g < options.count; g++) {
        const struct setting_group *group = &options.groups[g];
        fprintf(out, "\n%s\n", group->title);
        for (size_t i = 0; i < group->count; i++)
            print_setting(out, &group->settings[i]);
    }
    for (size_t i = 0; (value = usage_value(&options, i, &meaning)); i++) {
        char head[32];
        snprintf(head, sizeof head, "  %s", value);
        fputs(i == 0 ? "\nValues\n" : "", out);
        usage_entry(out, head, meaning);
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
