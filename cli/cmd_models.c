/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/bank.h"
#include "cli/command.h"
#include "cli/console.h"

/* "human, guinea_pig or gerbil" */
static void
join_choices(const char *const *choices, char *text, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; choices[i] && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s",
                                 i == 0           ? ""
                                 : choices[i + 1] ? ", "
                                                  : " or ",
                                 choices[i]);
}

static void
print_param(const bh_bank_param *param)
{
    const char *space = *param->unit ? " " : "";
    char head[64], range[256], help[1024];
    snprintf(head, sizeof head, "  %s", param->name);
    if (param->choices) {
        join_choices(param->choices, range, sizeof range);
        snprintf(help, sizeof help, "%s: %s (default: %s)", param->about, range,
                 param->choices[(size_t)param->preset]);
    } else {
        char most[64] = "";
        if (param->list > 0)
            snprintf(most, sizeof most, "up to %zu numbers, each ", param->list);
        snprintf(help, sizeof help, "%s; %s%s%g to %g%s%s (default: %g%s%s)",
                 param->about, most, param->whole ? "whole, " : "", param->least,
                 param->most, space, param->unit, param->preset, space, param->unit);
    }
    usage_entry(stdout, head, help);
}

static const char *
place_of(const bh_bank_kind *kind)
{
    return kind->takes_cf ? "Any centre frequencies below half the sample rate."
                          : "The same for all channels, without centre frequencies.";
}

static void
print_kind(const bh_bank_kind *kind)
{
    printf("%s\n\n", kind->name);
    usage_wrap(stdout, kind->about, 0, 0);
    usage_wrap(stdout, kind->source, 0, 0);
    usage_wrap(stdout, place_of(kind), 0, 0);
    if (kind->param_count > 0)
        printf("\nParameters (bhears filter --bank %s --set NAME=VALUE)\n", kind->name);
    for (size_t i = 0; i < kind->param_count; i++)
        print_param(&kind->params[i]);
}

/* Text in a cell of a table. */
static void
print_cell(const char *text)
{
    for (; *text; text++)
        printf(*text == '|' ? "\\%c" : "%c", *text);
    fputs(" |", stdout);
}

static void
print_row(const bh_bank_param *param)
{
    const char *space = *param->unit ? " " : "";
    char preset[64], range[256];
    if (param->choices) {
        snprintf(preset, sizeof preset, "%s", param->choices[(size_t)param->preset]);
        join_choices(param->choices, range, sizeof range);
    } else {
        snprintf(preset, sizeof preset, "%g%s%s", param->preset, space, param->unit);
        snprintf(range, sizeof range, "%g to %g%s%s%s", param->least, param->most,
                 space, param->unit,
                 param->list > 0 ? " each"
                 : param->whole  ? ", whole"
                                 : "");
    }
    printf("| `%s` | ", param->name);
    print_cell(param->about);
    putchar(' ');
    print_cell(preset);
    putchar(' ');
    print_cell(range);
    putchar('\n');
}

/* The page docs/models.md, which a test compares with this. */
static void
print_page(void)
{
    fputs("# Filterbanks\n\n"
          "What `bhears filter --bank KIND --set NAME=VALUE` takes, and `bh_bank_new` "
          "in C. This page is\nwhat `bhears models --markdown` prints.\n\n"
          "| kind | what it is |\n|---|---|\n",
          stdout);
    for (size_t i = 0; i < bh_bank_kind_count(); i++) {
        const char *name = bh_bank_kind_at(i)->name;
        printf("| [`%s`](#%s) | ", name, name);
        print_cell(bh_bank_kind_at(i)->about);
        putchar('\n');
    }
    for (size_t i = 0; i < bh_bank_kind_count(); i++) {
        const bh_bank_kind *kind = bh_bank_kind_at(i);
        printf("\n## %s\n\n", kind->name);
        usage_wrap(stdout, kind->about, 0, 0);
        printf("\n");
        usage_wrap(stdout, kind->source, 0, 0);
        printf("\n%s\n", place_of(kind));
        if (kind->param_count > 0)
            fputs("\n| parameter | what it is | default | range |\n|---|---|---|---|\n",
                  stdout);
        for (size_t p = 0; p < kind->param_count; p++)
            print_row(&kind->params[p]);
    }
}

struct models_settings {
    bool markdown;
};

static const struct setting models_table[] = {
    {"markdown", 0, NULL, "print a page with all kinds and parameters",
     .parse = parse_switch, .offset = offsetof(struct models_settings, markdown)},
};

static const struct setting_group groups[] = {
    {"Output", models_table, sizeof models_table / sizeof models_table[0], 0},
};

static int
run(const void *given, const char *name)
{
    const struct models_settings *settings = given;
    const bh_bank_kind *kind = NULL;
    bh_diag diag = {0};
    if (name && bank_find(name, &kind, &diag) != BH_OK)
        return fail(&diag);
    if (settings->markdown && kind) {
        say("--markdown prints all kinds, so %s cannot be given too", name);
        return EXIT_USAGE;
    }
    if (settings->markdown) {
        print_page();
        return end_output();
    }
    if (kind)
        print_kind(kind);
    for (size_t i = 0; !kind && i < bh_bank_kind_count(); i++)
        printf("%-23s %s\n", bh_bank_kind_at(i)->name, bh_bank_kind_at(i)->about);
    return end_output();
}

const struct command command_models = {
    .name = "models",
    .operand = "KIND",
    .operand_optional = true,
    .summary = "list the kinds of filterbanks, or the parameters of one",
    .about = "Lists the kinds of filterbanks that 'bhears filter --bank' takes, one a "
             "line; with KIND its parameters, their units, ranges and defaults, and "
             "where they come from.",
    .examples = "  bhears models\n  bhears models gammatone\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct models_settings),
    .run = run,
};
