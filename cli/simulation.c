/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/simulation.h"

#include "cli/command.h"
#include "cli/console.h"

#include <string.h>

const struct setting change_table[1] = {
    {"set", 0, "PATH=VALUE",
     "change what the file says, as nerve.N=30000 or run.seed=2; nothing behind '=' "
     "takes a key out; may be given again",
     .parse = parse_list, .offset = offsetof(struct change_settings, set)},
};

const char *
simulation_names(size_t i)
{
    return bh_preset_name(i);
}

bh_status
simulation_read(const char *operand, const struct change_settings *changes,
                bh_model **out, bh_diag *diag)
{
    return bh_model_read(operand, changes->set.text, changes->set.count, out, diag);
}

int
simulation_fail(const bh_diag *diag)
{
    if (diag->line == 0 || diag->status == BH_ERR_STOPPED)
        return fail(diag);
    fprintf(console(), "%s:%d:%d: error: %s\n    %s\n    %*s^\n", diag->where,
            diag->line, diag->column, diag->text, diag->excerpt, diag->caret - 1, "");
    switch (diag->status) {
    case BH_ERR_ARGUMENT:
    case BH_ERR_TEXT:
    case BH_ERR_DATA: /* what the model's texts gave, such as a probability of 2 */
        return EXIT_USAGE;
    default:
        return EXIT_RUN_FAILED;
    }
}

bh_status
simulation_check_outputs(const bh_model *model, bh_diag *diag)
{
    for (size_t i = 0; bh_model_output(model, i); i++) {
        const char *path = bh_model_output(model, i);
        BH_TRY(output_check(path, diag));
        for (size_t k = 0; k < i; k++)
            if (strcmp(path, bh_model_output(model, k)) == 0)
                return bh_diag_set(diag, BH_ERR_TEXT,
                                   "two parts of the model would write '%.200s'", path);
    }
    return BH_OK;
}

/* The group to look at; NULL where there is none. */
static const char *
choose_group(const bh_model *model, const char *group)
{
    const char *first = bh_model_name(model, BH_MODEL_GROUPS, 0);
    for (size_t i = 0; !group && i < bh_model_count(model, BH_MODEL_GROUPS); i++) {
        const char *name = bh_model_name(model, BH_MODEL_GROUPS, i);
        if (bh_model_group_source(model, name))
            group = name;
    }
    return group ? group : first;
}

/* Frequencies never fall from one to the next. */
static bool
rises(const double *cf_hz, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (!(cf_hz[i] >= cf_hz[i - 1]))
            return false;
    return true;
}

bh_status
simulation_view_open(bh_model *model, const char *title, const char *group,
                     const struct view_settings *settings, struct simulation_view *out,
                     bh_diag *diag)
{
    bh_view_config config = bh_view_config_default();
    *out = (struct simulation_view){.group = choose_group(model, group)};
    if (settings->kind == VIEW_NONE)
        return BH_OK;
    bh_group *shown = out->group ? bh_model_group(model, out->group) : NULL;
    if (!shown)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "the model has no group '%.60s'",
                           group ? group : "");
    config.title = title;
    config.neurons = bh_group_count(shown);
    config.neuron_cf_hz = bh_model_group_cf(model, out->group);
    out->filter = bh_model_group_source(model, out->group);
    if (out->filter)
        config.cf_hz = bh_model_cf(model, out->filter, &config.channels);
    if (!config.cf_hz || !rises(config.cf_hz, config.channels))
        out->filter = NULL;
    if (!out->filter) {
        config.channels = 0;
        config.cf_hz = config.neuron_cf_hz = NULL;
    } else {
        config.samplerate_hz =
            bh_source_samplerate(bh_model_source(model, out->filter));
    }
    BH_TRY(watch_open(settings, &config, &out->watch, diag));
    const bh_spike_monitor_config spikes = {.sink = bh_view_spikes,
                                            .user = out->watch.view};
    BH_TRY(bh_spike_monitor_new(shown, &spikes, NULL, diag));
    if (!out->filter)
        return BH_OK;
    return bh_model_watch(model, out->filter, bh_view_block, out->watch.view, diag);
}
