/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* getopt_long */

#include "cli/settings.h"

#include "cli/command.h"
#include "cli/console.h"

#include <assert.h>
#include <ctype.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>

enum { SETTINGS_MAX = 80, LONG_BASE = 1000 };

/* What getopt_long needs, and which setting each of its results means. */
struct parser {
    const struct command *command;
    struct options options;
    struct option longs[SETTINGS_MAX + 1];
    char letters[2 * SETTINGS_MAX + 4];
    struct slot {
        const struct setting *setting;
        char *target;
        bool given;
    } slots[SETTINGS_MAX];
    size_t count;
    const char *operand;
    struct text_list *operands; /* NULL: there may be one */
};

void
options_fill(const struct command *command, struct options *options)
{
    *options = (struct options){0};
    for (; options->count < command->group_count; options->count++) {
        assert(options->count + 1 < GROUPS_MAX);
        options->groups[options->count] = command->groups[options->count];
    }
    const size_t shared = common_options(command->takes, options->shared);
    options->groups[options->count++] =
        (struct setting_group){"General", options->shared, shared, 0};
}

static void
collect(struct parser *parser, char *settings)
{
    char *letter = parser->letters;
    *letter++ = '-'; /* operands come in their places, whatever POSIXLY_CORRECT says */
    *letter++ = ':'; /* tells a missing value from an unknown option */
    options_fill(parser->command, &parser->options);
    for (size_t g = 0; g < parser->options.count; g++) {
        const struct setting_group *group = &parser->options.groups[g];
        char *base = group->settings == parser->options.shared
                         ? (char *)common_target()
                         : settings + group->offset;
        for (size_t i = 0; i < group->count; i++) {
            assert(parser->count < SETTINGS_MAX);
            const struct setting *s = &group->settings[i];
            const size_t n = parser->count++;
            parser->slots[n] = (struct slot){.setting = s, .target = base + s->offset};
            parser->longs[n] =
                (struct option){s->name, s->value ? required_argument : no_argument,
                                NULL, LONG_BASE + (int)n};
            if (s->letter)
                *letter++ = s->letter;
            if (s->letter && s->value)
                *letter++ = ':';
        }
    }
}

static bh_status
apply(const struct slot *slot, const char *text, bh_diag *diag)
{
    const struct setting *s = slot->setting;
    if (s->value && strncmp(s->value, "FILE", 4) == 0 && !*text)
        return bh_diag_set(diag, BH_ERR_TEXT, "a file without a name");
    return s->parse(s, text, slot->target, diag);
}

static bool
apply_presets(const struct parser *parser)
{
    bh_diag diag = {0};
    for (size_t n = 0; n < parser->count; n++) {
        const struct setting *s = parser->slots[n].setting;
        if (s->preset && apply(&parser->slots[n], s->preset, &diag) != BH_OK) {
            say("the default of --%s is wrong: %s", s->name, diag.text);
            return false;
        }
    }
    return true;
}

static struct slot *
slot_of(struct parser *parser, int code)
{
    if (code >= LONG_BASE)
        return &parser->slots[code - LONG_BASE];
    for (size_t n = 0; n < parser->count; n++)
        if (parser->slots[n].setting->letter == code)
            return &parser->slots[n];
    return NULL;
}

/* A long option that getopt_long does not take: unknown, short for several, or a switch
 * that was given a value. */
static void
say_unknown(const struct parser *parser, const char *given)
{
    const char *command = parser->command->name, *names[SETTINGS_MAX];
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(given, "="), given);
    size_t same = 0;
    for (size_t n = 0; n < parser->count; n++) {
        names[n] = parser->slots[n].setting->name;
        if (strcmp(names[n], name) == 0) {
            say("--%s takes no value", name);
            return;
        }
        same += strncmp(names[n], name, strlen(name)) == 0;
    }
    const char *near = bh_text_nearest(name, names, parser->count);
    if (same > 1 && *name)
        say("--%s could be several options; see 'bhears help %s'", name, command);
    else if (near && *name)
        say("%s has no option --%s; did you mean --%s?", command, name, near);
    else
        say("%s has no option --%s; see 'bhears help %s'", command, name, command);
}

/* Whether there is an option for a file to write. */
static bool
writes(const struct parser *parser)
{
    for (size_t n = 0; n < parser->count; n++)
        if (parser->slots[n].setting->letter == 'o')
            return true;
    return false;
}

/* A code of getopt_long that is no option: an operand, or something wrong. */
static bool
take_other(struct parser *parser, int code, const char *given)
{
    const struct command *command = parser->command;
    const int allowed = command->operand ? 1 : 0;
    struct text_list *many = parser->operands;
    const size_t room = many ? sizeof many->text / sizeof many->text[0] : 1;
    if (code == 1 && many && many->count == room) {
        say("%s takes %zu files at most", command->name, room);
        return false;
    }
    if (code == 1 && allowed && (many || !parser->operand)) {
        input_remember(optarg);
        if (many)
            many->text[many->count++] = optarg;
        if (!parser->operand)
            parser->operand = optarg;
        return true;
    }
    if (code == 1)
        say("%s takes %s%s, so what is '%.60s'? %s 'bhears help %s'", command->name,
            allowed ? "one " : "options only", allowed ? command->operand : "", optarg,
            writes(parser) && access(optarg, F_OK) != 0
                ? "A file to write comes behind -o; see"
                : "See",
            command->name);
    else if (code == ':')
        say("--%s needs a value: --%s %s", slot_of(parser, optopt)->setting->name,
            slot_of(parser, optopt)->setting->name,
            slot_of(parser, optopt)->setting->value);
    else if (optopt == 0 || optopt >= LONG_BASE)
        say_unknown(parser, given + 2);
    else if (isgraph(optopt & 0xff) && optopt > 0)
        say("%s has no option -%c; see 'bhears help %s'", command->name, optopt,
            command->name);
    else
        say("%s has no option of one letter such as in '%.60s'; see 'bhears help %s'",
            command->name, given, command->name);
    return false;
}

/* Whether a word that became a value is an option of the command itself: then the value
 * was forgotten. */
static bool
is_option(struct parser *parser, const char *word)
{
    if (word[0] != '-' || !word[1])
        return false;
    if (word[1] != '-')
        return !word[2] && slot_of(parser, word[1]);
    const size_t length = strcspn(word + 2, "=");
    for (size_t n = 0; n < parser->count; n++) {
        const char *name = parser->slots[n].setting->name;
        if (strlen(name) == length && strncmp(name, word + 2, length) == 0)
            return true;
    }
    return false;
}

static bool
take_option(struct parser *parser, struct slot *slot, bool apart)
{
    const char *name = slot->setting->name;
    bh_diag diag = {0};
    if (apart && is_option(parser, optarg)) {
        say("--%s needs a value, and %s is an option; --%s=%s would be a value", name,
            optarg, name, optarg);
        return false;
    }
    slot->given = true;
    if (apply(slot, optarg, &diag) == BH_OK)
        return true;
    say("--%s: %s", name, diag.text);
    return false;
}

static enum parse_result
take_all(struct parser *parser, int argc, char **argv)
{
    int code;
    opterr = 0;
    optind = 1;
    for (;;) {
        const int at = optind < argc ? optind : argc - 1;
        code = getopt_long(argc, argv, parser->letters, parser->longs, NULL);
        if (code == -1)
            break;
        struct slot *slot =
            code == '?' || code == ':' || code == 1 ? NULL : slot_of(parser, code);
        const bool apart = slot && slot->setting->value && optarg == argv[optind - 1];
        if (slot ? !take_option(parser, slot, apart)
                 : !take_other(parser, code, argv[at]))
            return PARSED_WRONG;
        if (common()->help)
            return PARSED_HELP;
    }
    for (; optind < argc; optind++) { /* behind -- */
        optarg = argv[optind];
        if (!take_other(parser, 1, optarg))
            return PARSED_WRONG;
    }
    return PARSED;
}

/* Whether all is there that must be. */
static bool
is_complete(const struct parser *parser)
{
    const struct command *command = parser->command;
    if (command->operand && !command->operand_optional && !parser->operand) {
        say("%s needs a %s; see 'bhears help %s'", command->name, command->operand,
            command->name);
        return false;
    }
    for (size_t n = 0; n < parser->count; n++) {
        const struct slot *slot = &parser->slots[n];
        if (slot->setting->needed && !slot->given) {
            say("%s needs %s", command->name, slot->setting->needed);
            return false;
        }
    }
    return true;
}

enum parse_result
settings_parse(const struct command *command, int argc, char **argv, void *settings,
               const char **operand)
{
    struct parser parser = {.command = command};
    if (command->many)
        parser.operands =
            (struct text_list *)(void *)((char *)settings + command->many);
    collect(&parser, settings);
    if (!apply_presets(&parser))
        return PARSED_WRONG;
    const enum parse_result result = take_all(&parser, argc, argv);
    if (result != PARSED)
        return result;
    *operand = parser.operand;
    return is_complete(&parser) ? PARSED : PARSED_WRONG;
}
