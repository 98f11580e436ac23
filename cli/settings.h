/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_SETTINGS_H
#define BH_CLI_SETTINGS_H

/* Options as tables: parsing, defaults, --help, manual pages and completion all come
 * from the same entry. */

#include "cli/common.h"

#include <brianhears.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct setting;

/* Reads `text` into `target`; on failure the sentence is about `text` alone. */
typedef bh_status setting_parser(const struct setting *setting, const char *text,
                                 void *target, bh_diag *diag);

/* The words that can be given somewhere, by their number from 0; NULL past the last. */
typedef const char *word_lister(size_t i);

struct setting {
    const char *name; /* long, without dashes */
    char letter;      /* short, or 0 */
    /* What stands for the value in --help; NULL: a switch. Alternatives have | between
     * them; lower case is meant literally, FILE and DIR are names of files. */
    const char *value;
    const char *help;
    const char *preset; /* what is parsed where the option is not given, or NULL */
    const char *shown;  /* the default in words, where the preset does not say it */
    setting_parser *parse;
    size_t offset; /* of the target in the group's struct */
    /* What the parser needs to know; which of it depends on the parser. */
    const char *const *choices; /* ended by NULL */
    int64_t least, most;
    const char *word; /* a word instead of a number ... */
    double meaning;   /* ... and what it means */
    /* Where it must be given: what the command then needs, with an example. */
    const char *needed;
    word_lister *words; /* what can be given, where that is a list; or NULL */
};

/* Settings that belong together and fill one struct. */
struct setting_group {
    const char *title;
    const struct setting *settings;
    size_t count;
    size_t offset; /* of that struct in the command's */
};

#define SETTINGS(title, table, type, member)                                           \
    {                                                                                  \
        title, table, sizeof(table) / sizeof(table)[0], offsetof(type, member)         \
    }

setting_parser parse_switch;     /* bool */
setting_parser parse_text;       /* const char *, borrowed */
setting_parser parse_list;       /* struct text_list, borrowed */
setting_parser parse_choice;     /* int: which of `choices` */
setting_parser parse_whole;      /* int64_t: least to most, or word */
setting_parser parse_level;      /* double, dB SPL, or word */
setting_parser parse_seconds;    /* double, s, 0 or more, or word */
setting_parser parse_hertz;      /* double, Hz, above 0 */
setting_parser parse_samplerate; /* the same, whole where that is what was meant */
setting_parser parse_factor;     /* double, above 0 */
setting_parser parse_angle;      /* double, rad */
setting_parser parse_range;      /* struct range; `word` may stand for the high end */

/* Texts of an option that may be given several times. */
struct text_list {
    const char *text[64];
    size_t count;
};

struct range {
    double low_hz, high_hz; /* NaN where the word was given */
};

struct command;

/* All options of a command, group by group: its own, and those that it shares. */
enum { GROUPS_MAX = 16 };
struct options {
    struct setting_group groups[GROUPS_MAX];
    size_t count;
    struct setting shared[COMMON_MOST]; /* of the last group */
};

void options_fill(const struct command *command, struct options *options);

enum parse_result { PARSED, PARSED_HELP, PARSED_WRONG };

/* Fills the command's settings from its presets, then from argv, and finds the operand.
 * Where something is wrong it says so and the result is PARSED_WRONG. */
enum parse_result settings_parse(const struct command *command, int argc, char **argv,
                                 void *settings, const char **operand);

#endif
