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
        snprintf(help, sizeof help, "%s; %s%g to %g%s%s (default: %g%s%s)",
                 param->about, param->whole ? "whole, " : "", param->least, param->most,
                 space, param->unit, param->preset, space, param->unit);
    }
    usage_entry(stdout, head, help);
}

static void
print_kind(const bh_bank_kind *kind)
{
    printf("%s\n\n", kind->name);
    usage_wrap(stdout, kind->about, 0, 0);
    usage_wrap(stdout, kind->source, 0, 0);
    usage_wrap(stdout,
               kind->takes_cf ? "Any centre frequencies below half the sample rate."
                              : "One channel, without a centre frequency.",
               0, 0);
    if (kind->param_count > 0)
        printf("\nParameters (bhears filter --bank %s --set NAME=VALUE)\n", kind->name);
    for (size_t i = 0; i < kind->param_count; i++)
        print_param(&kind->params[i]);
}

static int
run(const void *settings, const char *name)
{
    (void)settings;
    const bh_bank_kind *kind = NULL;
    bh_diag diag = {0};
    if (name && bank_find(name, &kind, &diag) != BH_OK)
        return fail(&diag);
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
    .run = run,
};
