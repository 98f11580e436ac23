/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_COMPLETION_H
#define BH_CLI_COMPLETION_H

/* Scripts that let shells complete the command line, written from the tables. */

#include "cli/command.h"

/* What can be given for an option or an operand. */
struct candidates {
    char words[2048]; /* with blanks between */
    bool files;       /* names of files too */
};

/* Of an option with a value; and of a command's operand, with the second words of
 * commands that begin as this one does. */
void candidates_of_setting(const struct setting *setting, struct candidates *out);
void candidates_of_operand(const struct command *command, struct candidates *out);

/* The part of a help text that fits beside a candidate; in `text`, which is returned.
 */
const char *candidate_help(const char *help, char *text, size_t size);

/* Whether command `i` is the first whose name begins with its first word, which goes to
 * `word`. */
bool command_begins(size_t i, char *word, size_t size);
/* Whether an option may be given again. */
bool is_repeatable(const struct setting *setting);

void completion_bash(FILE *out);
void completion_zsh(FILE *out);
void completion_fish(FILE *out);

#endif
