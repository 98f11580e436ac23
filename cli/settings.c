/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* getopt_long */

#include "cli/settings.h"

#include "cli/command.h"
#include "cli/console.h"

#include <getopt.h>
#include <string.h>

enum { SETTINGS_MAX = 64, LONG_BASE = 1000, LONG_HELP = LONG_BASE - 1 };

/* What getopt_long needs, and which setting each of its results means. */
struct parser {
    const struct command *command;
    void *settings;
    struct option longs[SETTINGS_MAX + 2];
    char letters[2 * SETTINGS_MAX + 4];
    const struct setting *setting[SETTINGS_MAX];
    char *base[SETTINGS_MAX];
    size_t count;
};

static void
collect(struct parser *parser)
{
    char *letter = parser->letters;
    *letter++ = ':'; /* tells a missing value from an unknown option */
    *letter++ = 'h';
    for (size_t g = 0; g < parser->command->group_count; g++) {
        const struct setting_group *group = &parser->command->groups[g];
        for (size_t i = 0; i < group->count && parser->count < SETTINGS_MAX; i++) {
            const struct setting *s = &group->settings[i];
            const size_t n = parser->count++;
            parser->setting[n] = s;
            parser->base[n] = (char *)parser->settings + group->offset;
            parser->longs[n] =
                (struct option){s->name, s->value ? required_argument : no_argument,
                                NULL, LONG_BASE + (int)n};
            if (s->letter)
                *letter++ = s->letter;
            if (s->letter && s->value)
                *letter++ = ':';
        }
    }
    parser->longs[parser->count] =
        (struct option){"help", no_argument, NULL, LONG_HELP};
}

static bh_status
apply(const struct parser *parser, size_t n, const char *text, bh_diag *diag)
{
    const struct setting *s = parser->setting[n];
    return s->parse(s, text, parser->base[n] + s->offset, diag);
}

static bool
apply_presets(const struct parser *parser)
{
    bh_diag diag = {0};
    for (size_t n = 0; n < parser->count; n++)
        if (parser->setting[n]->preset &&
            apply(parser, n, parser->setting[n]->preset, &diag) != BH_OK) {
            say("the default of --%s is wrong: %s", parser->setting[n]->name,
                diag.text);
            return false;
        }
    return true;
}

static size_t
index_of(const struct parser *parser, int code)
{
    if (code >= LONG_BASE)
        return (size_t)(code - LONG_BASE);
    for (size_t n = 0; n < parser->count; n++)
        if (parser->setting[n]->letter == code)
            return n;
    return parser->count;
}

/* An option that getopt_long does not take: unknown, short for several, or a switch
 * that was given a value. */
static void
say_unknown(const struct parser *parser, const char *given)
{
    const char *command = parser->command->name, *names[SETTINGS_MAX];
    if (optopt > 0 && optopt < LONG_HELP) {
        say("%s has no option -%c; see 'bhears help %s'", command, optopt, command);
        return;
    }
    const size_t length = strcspn(given + 2, "=");
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)length, given + 2);
    size_t same = 0;
    for (size_t n = 0; n < parser->count; n++) {
        names[n] = parser->setting[n]->name;
        if (strcmp(names[n], name) == 0) {
            say("--%s takes no value", name);
            return;
        }
        same += strncmp(names[n], name, length) == 0;
    }
    const char *near = bh_text_nearest(name, names, parser->count);
    if (same > 1)
        say("--%s could be several options; see 'bhears help %s'", name, command);
    else if (near)
        say("%s has no option --%s; did you mean --%s?", command, name, near);
    else
        say("%s has no option --%s; see 'bhears help %s'", command, name, command);
}

static enum parse_result
take_options(const struct parser *parser, int argc, char **argv)
{
    bh_diag diag = {0};
    int code;
    opterr = 0;
    optind = 1;
    while ((code = getopt_long(argc, argv, parser->letters, parser->longs, NULL)) !=
           -1) {
        if (code == 'h' || code == LONG_HELP)
            return PARSED_HELP;
        const size_t n = index_of(parser, code == ':' ? optopt : code);
        if (code == '?') {
            say_unknown(parser, argv[optind - 1]);
            return PARSED_WRONG;
        }
        if (code == ':') {
            say("--%s needs a value: --%s %s", parser->setting[n]->name,
                parser->setting[n]->name, parser->setting[n]->value);
            return PARSED_WRONG;
        }
        if (apply(parser, n, optarg, &diag) != BH_OK) {
            say("--%s: %s", parser->setting[n]->name, diag.text);
            return PARSED_WRONG;
        }
    }
    return PARSED;
}

enum parse_result
settings_parse(const struct command *command, int argc, char **argv, void *settings,
               const char **operand)
{
    struct parser parser = {.command = command, .settings = settings};
    collect(&parser);
    if (!apply_presets(&parser))
        return PARSED_WRONG;
    const enum parse_result result = take_options(&parser, argc, argv);
    if (result != PARSED)
        return result;
    const int operands = argc - optind, allowed = command->operand ? 1 : 0;
    if (operands > allowed) {
        say("%s takes %s%s, so what is '%s'? See 'bhears help %s'", command->name,
            allowed ? "one " : "options only", allowed ? command->operand : "",
            argv[optind + allowed], command->name);
        return PARSED_WRONG;
    }
    *operand = operands ? argv[optind] : NULL;
    if (!*operand && allowed && !command->operand_optional) {
        say("%s needs a %s; see 'bhears help %s'", command->name, command->operand,
            command->name);
        return PARSED_WRONG;
    }
    return PARSED;
}
