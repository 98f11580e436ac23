/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/completion.h"

#include <ctype.h>
#include <string.h>

static void
add(struct candidates *to, const char *word, size_t length)
{
    const size_t used = strlen(to->words);
    for (const char *at = to->words; *at; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == length && strncmp(at, word, length) == 0)
            return;
    if (used + length + 2 < sizeof to->words)
        snprintf(to->words + used, sizeof to->words - used, "%s%.*s", used ? " " : "",
                 (int)length, word);
}

static void
add_list(struct candidates *to, word_lister *words)
{
    const char *word;
    for (size_t i = 0; words && (word = words(i)); i++)
        add(to, word, strlen(word));
}

/* "single|double", "FILE|headless": what is written small is meant so. */
static void
add_alternatives(struct candidates *to, const char *value)
{
    while (*value) {
        const size_t length = strcspn(value, "|");
        bool literal = length > 0;
        for (size_t i = 0; i < length; i++)
            literal &= islower((unsigned char)value[i]) ||
                       isdigit((unsigned char)value[i]) || value[i] == '_';
        if (literal)
            add(to, value, length);
        to->files |= (length == 4 && strncmp(value, "FILE", 4) == 0) ||
                     (length == 3 && strncmp(value, "DIR", 3) == 0);
        value += length + (value[length] == '|');
    }
}

void
candidates_of_setting(const struct setting *setting, struct candidates *out)
{
    *out = (struct candidates){0};
    add_alternatives(out, setting->value);
    add_list(out, setting->words);
    /* Choices that the notation leaves out are defaults without a name of their own. */
    const bool open = !*out->words && setting->choices;
    for (size_t i = 0; open && setting->choices[i]; i++)
        add(out, setting->choices[i], strlen(setting->choices[i]));
}

void
candidates_of_operand(const struct command *command, struct candidates *out)
{
    const size_t length = strlen(command->name);
    *out = (struct candidates){.files = command->operand &&
                                        (!command->words || command->words_or_files)};
    add_list(out, command->words);
    for (size_t i = 0; commands[i]; i++)
        if (strncmp(commands[i]->name, command->name, length) == 0 &&
            commands[i]->name[length] == ' ')
            add(out, commands[i]->name + length + 1,
                strlen(commands[i]->name + length + 1));
}

const char *
candidate_help(const char *help, char *text, size_t size)
{
    const size_t length = strcspn(help, ";:\n");
    snprintf(text, size, "%.*s", (int)length, help);
    if (length >= size) {
        text[size - 4] = '\0'; /* room for the dots */
        char *end = strrchr(text, ' ');
        memcpy(end ? end : text, "...", 4);
    }
    return text;
}

bool
command_begins(size_t i, char *word, size_t size)
{
    const size_t length = strcspn(commands[i]->name, " ");
    snprintf(word, size, "%.*s", (int)length, commands[i]->name);
    for (size_t k = 0; k < i; k++)
        if (strncmp(commands[k]->name, word, length) == 0 &&
            (!commands[k]->name[length] || commands[k]->name[length] == ' '))
            return false;
    return true;
}

bool
is_repeatable(const struct setting *setting)
{
    return setting->parse == parse_list;
}
