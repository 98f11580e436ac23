/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_COMMAND_H
#define BH_CLI_COMMAND_H

#include "cli/settings.h"

#include <stddef.h>

/* How the program ends. Signals end it with 128 plus their number. */
enum {
    EXIT_DONE = 0,
    EXIT_RUN_FAILED = 1, /* files, data, memory */
    EXIT_USAGE = 2,      /* what was asked for cannot be */
};

/* One command, in a file cmd_<name>.c of its own. */
struct command {
    const char *name;
    const char *operand; /* what stands behind the name in --help, or NULL */
    bool operand_optional;
    size_t many; /* where several may stand: offset of a struct text_list, not 0, in the
                  * settings that gets all of them */
    word_lister *words;   /* what the operand can be; NULL: files */
    bool words_or_files;  /* there are words, and it can be a file too */
    unsigned takes;       /* of the options that commands share: TAKES_... */
    const char *summary;  /* one line, for the list of commands */
    const char *about;    /* paragraphs, or NULL */
    const char *examples; /* lines, or NULL */
    const struct setting_group *groups;
    size_t group_count;
    size_t settings_size; /* of the struct that the groups point into */
    /* Does the work and returns the exit status. `settings` is that struct, filled;
     * `operand` is NULL where none was given. */
    int (*run)(const void *settings, const char *operand);
};

/* Those that there are, one a line in commands.def. */
#define COMMAND(name) extern const struct command command_##name;
#include "cli/commands.def"
#undef COMMAND

/* main.c: the commands in the order of the help, ended by NULL. */
extern const struct command *const commands[];

/* The command of that name; where there is none it says so, with the nearest one. */
const struct command *command_find(const char *name);

/* usage.c: what --help prints, and its pieces for others that explain commands. */
void usage_overview(FILE *out);
void usage_command(FILE *out, const struct command *command);
/* "bhears spikes [OPTIONS] SOUND" */
void usage_synopsis(const struct command *command, char *text, size_t size);
/* What an option is, with its range and default. */
void usage_setting(const struct setting *setting, char *text, size_t size);
/* Value `i` of those among the options that need explaining, such as TIME; or NULL. */
const char *usage_value(const struct options *options, size_t i, const char **meaning);
/* Prints `text` in lines of at most 80 columns that begin at `indent`; `column` is
 * where the pen is. Newlines in the text stay. */
void usage_wrap(FILE *out, const char *text, int indent, int column);
/* One entry of a list: `head`, and what it is beside it. */
void usage_entry(FILE *out, const char *head, const char *help);

#endif
