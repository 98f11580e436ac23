/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_COMMON_H
#define BH_CLI_COMMON_H

/* Options that mean the same in every command that takes them, and what they do. */

#include <brianhears.h>
#include <stdbool.h>
#include <stdio.h>

/* What a command takes of them; see struct command. */
enum {
    TAKES_FORCE = 1,   /* writes files */
    TAKES_QUIET = 2,   /* says how far it is, or what came out */
    TAKES_JSON = 4,    /* can say that as JSON */
    TAKES_BACKEND = 8, /* works where --backend says (backend.h) */
};

struct common_settings {
    bool force, quiet, json, help;
    int backend; /* which of backend_names */
};

/* What the user gave; all false before the command line is read. */
const struct common_settings *common(void);

struct setting;
/* cli/settings.c: the options themselves, and where they are filled in. */
enum { COMMON_MOST = 5 };
size_t common_options(unsigned takes, struct setting *options);
struct common_settings *common_target(void);

/* Says it unless --quiet: summaries and notices, not errors. */
void note(const char *format, ...) BH_PRINTF(1, 2);

/* A file that the command reads, for input_spare: what is read is not written over,
 * --force or not. BH_ERR_ARGUMENT where `path` is one of them. */
void input_remember(const char *path);
bh_status input_spare(const char *path, bh_diag *diag);

/* Whether a command may write there: BH_ERR_FILE where a file is there already and
 * --force was not given; input_spare too. "-", devices and NULL are fine. */
bh_status output_check(const char *path, bh_diag *diag);

/* Whether what was made until a signal came may take the name `path`: not where a
 * complete file has it. */
bool part_wanted(const char *path);
/* The sentence for that: BH_ERR_STOPPED. */
bh_status part_told(const char *path, double until_s, bh_diag *diag);

/* Where the summary of --json goes: standard output, or standard error where `data`,
 * the path that the command wrote to (NULL: none), is standard output. */
FILE *json_stream(const char *data);

#endif
