/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/model_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What listens to a run, and hands on to the files that are open while it runs. */

static bh_status
take_spikes(void *user, bh_events events, bh_diag *diag)
{
    struct model_monitor_built *built = user;
    if (!built->spike_writer)
        return BH_OK;
    return bh_spike_writer_write(built->spike_writer, events, diag);
}

static bh_status
take_rows(void *user, const char *variable, double first_s, bh_block rows,
          bh_diag *diag)
{
    struct model_monitor_built *built = user;
    (void)variable, (void)first_s;
    if (!built->frames_writer)
        return BH_OK;
    return bh_frames_writer_write(built->frames_writer, rows, diag);
}

/* "v w" of a list, in memory of the arena. */
static bh_status
join_variables(const bh_model *model, const struct model_monitor *m, const char **out,
               bh_diag *diag)
{
    size_t size = 1;
    if (m->variables.count == 0)
        return doc_error(diag, m->object.key, BH_ERR_TEXT,
                         "this monitor lacks 'variables': which are recorded");
    if (m->file.node && m->variables.count > 1)
        return doc_error(diag, m->variables.node, BH_ERR_TEXT,
                         "a file has one variable; give each a monitor of its own");
    for (size_t i = 0; i < m->variables.count; i++)
        size += strlen(m->variables.values[i].text) + 1;
    char *text = bh_arena_take(model->arena, size);
    if (!text)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a monitor");
    for (size_t i = 0; i < m->variables.count; i++) {
        strcat(text, i ? " " : "");
        strcat(text, m->variables.values[i].text);
    }
    *out = text;
    return BH_OK;
}

static bh_status
take_numbers(const bh_model *model, const struct model_list *list, const uint32_t **out,
             bh_diag *diag)
{
    uint32_t *numbers = bh_arena_take(model->arena, list->count * sizeof *numbers + 1);
    *out = NULL;
    if (!numbers)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a monitor");
    for (size_t i = 0; i < list->count; i++) {
        if (list->values[i].whole > UINT32_MAX)
            return doc_error(diag, list->values[i].node, BH_ERR_ARGUMENT,
                             "there is no such number");
        numbers[i] = (uint32_t)list->values[i].whole;
    }
    *out = list->node ? numbers : NULL;
    return BH_OK;
}

static bh_status
build_state(const bh_model *model, const struct model_monitor *m,
            struct model_monitor_built *built, bh_diag *diag)
{
    bh_group *group = bh_model_group(model, m->state.text);
    bh_state_monitor_config config = bh_state_monitor_config_default(group);
    BH_TRY(join_variables(model, m, &config.variables, diag));
    BH_TRY(take_numbers(model, &m->neurons, &config.index, diag));
    config.count = m->neurons.count;
    if (m->every.node)
        config.every_s = m->every.number;
    config.when = m->when.text;
    config.record = !m->file.node;
    config.sink = take_rows;
    config.user = built;
    return model_blame_value(bh_state_monitor_new(group, &config, &built->state, diag),
                             diag, m->object.key);
}

static bh_status
build_weights(const bh_model *model, const struct model_monitor *m,
              struct model_monitor_built *built, bh_diag *diag)
{
    const char *variable = NULL;
    const uint32_t *index;
    if (m->variables.count != 1)
        return doc_error(diag, m->variables.node ? m->variables.node : m->object.key,
                         BH_ERR_TEXT, "weights need one variable, as 'variables: w'");
    BH_TRY(join_variables(model, m, &variable, diag));
    BH_TRY(take_numbers(model, &m->neurons, &index, diag));
    const double every_s = m->every.node ? m->every.number : bh_network_dt(model->net);
    return bh_weight_monitor_new(bh_model_synapses(model, m->weights.text), variable,
                                 index, m->neurons.count, every_s, &built->weights,
                                 diag);
}

static bh_status
build_intervals(const bh_model *model, const struct model_monitor *m,
                struct model_monitor_built *built, bh_diag *diag)
{
    const size_t count = m->edges.count;
    if (count < 2)
        return doc_error(diag, m->edges.node ? m->edges.node : m->object.key,
                         BH_ERR_TEXT,
                         "a histogram needs 'edges', two or more, such as [0 ms, 5 ms, "
                         "10 ms]");
    double *edges = bh_arena_take(model->arena, count * sizeof *edges);
    if (!edges)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a monitor");
    for (size_t i = 0; i < count; i++)
        edges[i] = m->edges.values[i].number;
    return model_blame_value(
        bh_interval_histogram_new(bh_model_group(model, m->intervals.text), edges,
                                  count - 1, &built->intervals, diag),
        diag, m->edges.node);
}

static bh_status
build_monitor(const bh_model *model, const struct model_monitor *m,
              struct model_monitor_built *built, bh_diag *diag)
{
    if (m->state.node)
        return build_state(model, m, built, diag);
    if (m->weights.node)
        return build_weights(model, m, built, diag);
    if (m->intervals.node)
        return build_intervals(model, m, built, diag);
    if (m->counts.node)
        return bh_spike_counter_new(bh_model_group(model, m->counts.text),
                                    &built->counts, diag);
    if (m->rate.node)
        return bh_rate_monitor_new(bh_model_group(model, m->rate.text),
                                   m->every.node ? m->every.number : 1e-3, &built->rate,
                                   diag);
    bh_spike_monitor_config config = bh_spike_monitor_config_default();
    config.event = m->event.text;
    config.record = !m->file.node;
    config.sink = take_spikes;
    config.user = built;
    return bh_spike_monitor_new(bh_model_group(model, m->spikes.text), &config,
                                &built->spikes, diag);
}

bh_status
model_build_monitors(bh_model *model, bh_diag *diag)
{
    for (size_t i = 0; i < model->monitors; i++) {
        const struct model_monitor *m = MODEL_PART(model, monitors, model_monitor, i);
        const bh_status status = build_monitor(model, m, &model->monitor[i], diag);
        if (status != BH_OK && diag && strchr(diag->where, ' '))
            return model_blame(status, diag, &m->object, NULL, 0);
        if (status != BH_OK && diag && diag->line == 0)
            return model_blame(status, diag, &m->object, NULL, 0);
        BH_TRY(status);
    }
    return BH_OK;
}

static bh_status
hand_on(void *user, bh_block block, bh_diag *diag)
{
    struct model_filter_built *filter = user;
    if (filter->levels)
        BH_TRY(bh_cochleagram_process(filter->levels, block, diag));
    return filter->watch ? filter->watch(filter->user, block, diag) : BH_OK;
}

static bh_status
watch_filter(bh_model *model, struct model_filter_built *filter, bh_diag *diag)
{
    if (!filter->watched)
        BH_TRY(bh_network_watch(model->net, filter->out, hand_on, filter, diag));
    filter->watched = true;
    return BH_OK;
}

bh_status
bh_model_watch(bh_model *model, const char *name,
               bh_status (*watch)(void *user, bh_block block, bh_diag *diag),
               void *user, bh_diag *diag)
{
    const size_t i = model_find(&model->file.filters, name);
    if (i == model->filters || !model->filter[i].out)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "no group is linked to a filter '%.60s'", name);
    BH_TRY(watch_filter(model, &model->filter[i], diag));
    model->filter[i].watch = watch;
    model->filter[i].user = user;
    return BH_OK;
}

static bh_status
add_to_raster(void *raster, bh_events events, bh_diag *diag)
{
    return bh_raster_add(raster, events, diag);
}

static bh_status
build_raster(const bh_model *model, const struct model_picture *p,
             struct model_picture_built *built, bh_diag *diag)
{
    bh_group *group = bh_model_group(model, p->spikes.text);
    const bh_raster_config config = bh_raster_config_default(
        bh_group_count(group), bh_model_group_cf(model, p->spikes.text));
    bh_spike_monitor_config listener = bh_spike_monitor_config_default();
    BH_TRY(bh_raster_new(&config, &built->raster, diag));
    listener.record = false;
    listener.sink = add_to_raster;
    listener.user = built->raster;
    return bh_spike_monitor_new(group, &listener, NULL, diag);
}

static bh_status
build_levels(bh_model *model, const struct model_picture *p,
             struct model_picture_built *built, bh_diag *diag)
{
    struct model_filter_built *filter =
        &model->filter[model_find(&model->file.filters, p->levels.text)];
    bh_source *source;
    const double *cf_hz;
    size_t channels;
    BH_TRY(model_source(model, &p->levels, &source, &cf_hz, &channels, diag));
    BH_TRY(model_blame_value(bh_network_hear(model->net, source, diag), diag,
                             p->levels.node));
    const bh_cochleagram_config config =
        bh_cochleagram_config_default(model->samplerate_hz, filter->channels);
    if (!filter->levels)
        BH_TRY(bh_cochleagram_new(&config, &filter->levels, diag));
    built->levels = filter;
    return watch_filter(model, filter, diag);
}

bh_status
model_build_pictures(bh_model *model, bh_diag *diag)
{
    for (size_t i = 0; i < model->pictures; i++) {
        const struct model_picture *p = MODEL_PART(model, pictures, model_picture, i);
        if (p->spikes.node)
            BH_TRY(model_blame_value(build_raster(model, p, &model->picture[i], diag),
                                     diag, p->spikes.node));
        if (p->levels.node)
            BH_TRY(build_levels(model, p, &model->picture[i], diag));
    }
    return BH_OK;
}
