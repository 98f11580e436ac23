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
    bool banks, markdown;
};

static const struct setting models_table[] = {
    {"banks", 0, NULL, "list the kinds of filterbanks instead", .parse = parse_switch,
     .offset = offsetof(struct models_settings, banks)},
    {"markdown", 0, NULL, "print a page with all kinds of filterbanks and parameters",
     .parse = parse_switch, .offset = offsetof(struct models_settings, markdown)},
};

static const struct setting_group groups[] = {
    {"Output", models_table, sizeof models_table / sizeof models_table[0], 0},
};

static void
list_banks(void)
{
    for (size_t i = 0; i < bh_bank_kind_count(); i++)
        printf("%-23s %s\n", bh_bank_kind_at(i)->name, bh_bank_kind_at(i)->about);
}

static void
list_presets(void)
{
    for (size_t i = 0; i < bh_preset_count(); i++)
        printf("%-23s %s\n", bh_preset_name(i), bh_preset_title(i));
}

static int
run(const void *given, const char *name)
{
    const struct models_settings *settings = given;
    const bh_bank_kind *kind = NULL;
    bh_diag diag = {0};
    if (name && bank_find(name, &kind, &diag) != BH_OK)
        return fail(&diag);
    if ((settings->markdown || settings->banks) && kind) {
        say("--%s prints all kinds, so %s cannot be given too",
            settings->banks ? "banks" : "markdown", name);
        return EXIT_USAGE;
    }
    if (settings->markdown)
        print_page();
    else if (settings->banks)
        list_banks();
    else if (kind)
        print_kind(kind);
    else
        list_presets();
    return end_output();
}

static const char *
kind_name(size_t i)
{
    return i < bh_bank_kind_count() ? bh_bank_kind_at(i)->name : NULL;
}

const struct command command_models = {
    .name = "models",
    .operand = "KIND",
    .operand_optional = true,
    .words = kind_name,
    .summary = "list built-in models, kinds of filterbanks, or the parameters of one",
    .about = "Lists the models that 'bhears run' knows by name, one a line; 'bhears "
             "models show NAME' prints one as a model file. With --banks the kinds of "
             "filterbanks that model files and 'bhears filter --bank' take; with KIND "
             "the parameters of one, their units, ranges and defaults, and where they "
             "come from.",
    .examples = "  bhears models\n  bhears models show nerve > mine.yaml\n"
                "  bhears models --banks\n  bhears models gammatone\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct models_settings),
    .run = run,
};

static const char *
preset_name(size_t i)
{
    return bh_preset_name(i);
}

static int
show(const void *given, const char *name)
{
    size_t i = 0;
    bh_diag diag = {0};
    (void)given;
    if (bh_preset_find(name, &i, &diag) != BH_OK)
        return fail(&diag);
    fputs(bh_preset_text(i), stdout);
    return end_output();
}

const struct command command_models_show = {
    .name = "models show",
    .operand = "NAME",
    .words = preset_name,
    .summary = "print a built-in model as a model file",
    .about =
        "Prints the model file of a built-in model, to be read or changed; 'bhears "
        "models' lists them.",
    .examples = "  bhears models show nerve > mine.yaml\n  bhears run mine.yaml\n",
    .run = show,
};

static const struct setting schema_table[] = {
    {"markdown", 0, NULL, "print the page of reference instead", .parse = parse_switch,
     .offset = offsetof(struct models_settings, markdown)},
};

static const struct setting_group schema_groups[] = {
    {"Output", schema_table, 1, 0},
};

static void
print_piece(void *out, const char *text)
{
    fputs(text, out);
}

static int
print_schema(const void *given, const char *operand)
{
    const struct models_settings *settings = given;
    (void)operand;
    if (settings->markdown)
        bh_model_schema_page(print_piece, stdout);
    else
        bh_model_schema_json(print_piece, stdout);
    return end_output();
}

const struct command command_models_schema = {
    .name = "models schema",
    .summary = "print what a model file may say, as JSON Schema",
    .about = "Prints the JSON Schema (draft 07) of model files, with which editors "
             "complete keys and mark wrong ones: for Visual Studio Code's YAML "
             "extension a first line '# yaml-language-server: $schema=model.json' will "
             "do. With --markdown the page docs/model-reference.md.",
    .examples = "  bhears models schema > model.json\n"
                "  bhears models schema --markdown\n",
    .groups = schema_groups,
    .group_count = 1,
    .settings_size = sizeof(struct models_settings),
    .run = print_schema,
};
