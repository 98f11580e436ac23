/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "io/output_internal.h"
#include "io/picture.h"
#include "models/model_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Files of a run: begun before it, complete after it or not there. */

static bh_status
open_spikes(const bh_model *model, const struct model_monitor *m,
            struct model_monitor_built *built, bh_diag *diag)
{
    const struct model_run *run = &model->file.run;
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)run->seed.whole);
    const char *title = bh_model_title(model);
    const bh_spike_metadata metadata[] = {{"program", "bhears " BH_VERSION, 0},
                                          {"title", title ? title : "", 0},
                                          {"seed", seed, 0},
                                          {"random", run->random.text, 0},
                                          {"precision", run->precision.text, 0}};
    bh_spike_writer_config config = bh_spike_writer_config_default();
    config.path = m->file.text;
    config.population = m->spikes.text;
    config.neurons = bh_group_count(bh_model_group(model, m->spikes.text));
    config.cf_hz = bh_model_group_cf(model, m->spikes.text);
    config.dt_s = bh_network_dt(model->net);
    config.metadata = metadata;
    config.metadata_count = sizeof metadata / sizeof metadata[0];
    return bh_spike_writer_open(&config, &built->spike_writer, diag);
}

/* Frames of so many columns, `every_s` apart. */
static bh_status
open_frames(const char *path, double every_s, size_t columns, const double *cf_hz,
            bh_precision precision, bh_frames_writer **out, bh_diag *diag)
{
    bh_frames_writer_config config = bh_frames_writer_config_default();
    config.path = path;
    config.samplerate_hz = 1 / every_s;
    config.channels = columns;
    config.cf_hz = cf_hz;
    config.precision = precision;
    return bh_frames_writer_open(&config, out, diag);
}

static bh_status
open_state(const bh_model *model, const struct model_monitor *m,
           struct model_monitor_built *built, bh_diag *diag)
{
    const bh_group *group = bh_model_group(model, m->state.text);
    const double *cf_hz = bh_model_group_cf(model, m->state.text);
    const double every_s = m->every.node ? m->every.number : bh_network_dt(model->net);
    const size_t i = model_find(&model->file.groups, m->state.text);
    const struct model_value none = {0};
    const bh_precision precision = model_precision(
        model, i < model->groups ? &MODEL_PART(model, groups, model_group, i)->precision
                                 : &none);
    const size_t columns = m->neurons.node ? m->neurons.count : bh_group_count(group);
    return open_frames(m->file.text, every_s, columns, m->neurons.node ? NULL : cf_hz,
                       precision, &built->frames_writer, diag);
}

/* Of several processes the first writes for all. */
static bool
writes(const bh_model *model)
{
    return bh_comm_rank(model->comm) == 0;
}

bh_status
model_open_outputs(bh_model *model, bh_diag *diag)
{
    for (size_t i = 0; writes(model) && i < model->monitors; i++) {
        const struct model_monitor *m = MODEL_PART(model, monitors, model_monitor, i);
        bh_status status = BH_OK;
        if (m->file.node && m->spikes.node)
            status = open_spikes(model, m, &model->monitor[i], diag);
        else if (m->file.node && m->state.node)
            status = open_state(model, m, &model->monitor[i], diag);
        if (status != BH_OK) {
            model_abort_outputs(model);
            return model_blame_value(status, diag, m->file.node);
        }
    }
    return BH_OK;
}

void
model_abort_outputs(bh_model *model)
{
    for (size_t i = 0; i < model->monitors; i++) {
        bh_spike_writer_abort(model->monitor[i].spike_writer);
        bh_frames_writer_abort(model->monitor[i].frames_writer);
        model->monitor[i].spike_writer = NULL;
        model->monitor[i].frames_writer = NULL;
    }
}

/* All of a block, in one go. */
static bh_status
write_block(const char *path, double every_s, bh_block block, bh_diag *diag)
{
    bh_frames_writer *writer = NULL;
    BH_TRY(open_frames(path, every_s, block.channels, NULL, block.precision, &writer,
                       diag));
    const bh_status status = bh_frames_writer_write(writer, block, diag);
    if (status == BH_OK)
        return bh_frames_writer_close(writer, diag);
    bh_frames_writer_abort(writer);
    return status;
}

static bh_status
write_rate(const struct model_monitor *m, struct model_monitor_built *built,
           bh_diag *diag)
{
    const double *rates_hz = NULL, every_s = m->every.node ? m->every.number : 1e-3;
    size_t count = 0;
    BH_TRY(bh_rate_monitor_rates(built->rate, &rates_hz, &count, diag));
    double *smooth = malloc(count * sizeof *smooth + 1);
    if (!smooth)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for rates");
    bh_status status = BH_OK;
    if (count > 0)
        memcpy(smooth, rates_hz, count * sizeof *smooth);
    if (m->smooth.node)
        status = bh_rate_monitor_smooth(built->rate,
                                        (bh_rate_window)(int)m->window.number,
                                        m->smooth.number, smooth, count, diag);
    if (status == BH_OK)
        status = write_block(m->file.text, every_s,
                             (bh_block){smooth, count, 1, 1, BH_DOUBLE}, diag);
    free(smooth);
    return status;
}

/* Lines of counts as CSV. */
static bh_status
write_counts(const bh_model *model, const struct model_monitor *m,
             struct model_monitor_built *built, bh_diag *diag)
{
    struct bh_output output;
    char line[128];
    const bool bins = built->intervals != NULL;
    const uint64_t *counts = bins ? bh_histogram_counts(built->intervals)
                                  : bh_spike_counter_counts(built->counts);
    const size_t count = bins ? m->edges.count - 1
                              : bh_group_count(bh_model_group(model, m->counts.text));
    BH_TRY(bh_output_open(m->file.text, &output, diag));
    const char *head = bins ? "from_s,to_s,count\n" : "index,count\n";
    bh_status status = bh_output_write(&output, head, strlen(head), diag);
    for (size_t i = 0; status == BH_OK && i < count; i++) {
        const unsigned long long n = counts[i];
        if (bins)
            snprintf(line, sizeof line, "%.9g,%.9g,%llu\n", m->edges.values[i].number,
                     m->edges.values[i + 1].number, n);
        else
            snprintf(line, sizeof line, "%zu,%llu\n", i, n);
        status = bh_output_write(&output, line, strlen(line), diag);
    }
    if (status == BH_OK)
        return bh_output_commit(&output, diag);
    bh_output_abort(&output);
    return status;
}

/* Says in a file that is open that it is a part. False where that cannot be said in it,
 * or where a complete file has the name: it is left out then. */
static bool
mark_partial(const char *path, const char *why, struct model_monitor_built *built)
{
    if (bh_path_plain(path) && access(path, F_OK) == 0)
        return false;
    if (built->spike_writer)
        return bh_spike_writer_partial(built->spike_writer, why, NULL) == BH_OK;
    return built->frames_writer &&
           bh_frames_writer_partial(built->frames_writer, why, NULL) == BH_OK;
}

static bh_status
close_monitor(const bh_model *model, const struct model_monitor *m,
              struct model_monitor_built *built, const char *partial, bh_diag *diag)
{
    bh_spike_writer *spikes = built->spike_writer;
    bh_frames_writer *frames = built->frames_writer;
    if (partial && m->file.node && !mark_partial(m->file.text, partial, built))
        return BH_OK;
    built->spike_writer = NULL;
    built->frames_writer = NULL;
    if (spikes)
        return bh_spike_writer_close(spikes, bh_network_time(model->net), diag);
    if (frames)
        return bh_frames_writer_close(frames, diag);
    if (!m->file.node)
        return BH_OK;
    if (built->rate)
        return write_rate(m, built, diag);
    if (built->weights)
        return write_block(m->file.text,
                           m->every.node ? m->every.number : bh_network_dt(model->net),
                           bh_weight_monitor_rows(built->weights), diag);
    return write_counts(model, m, built, diag);
}

static bh_status
draw(const struct model_picture *p, const struct model_picture_built *built,
     const bh_picture_options *options, bh_diag *diag)
{
    const bh_cochleagram *levels = built->levels ? built->levels->levels : NULL;
    if (!levels)
        return bh_picture_write(p->file.text, NULL, built->raster, options, diag);
    const double *places_hz = built->levels->cf_hz;
    const size_t rows = bh_cochleagram_rows(levels);
    const size_t columns = bh_cochleagram_columns(levels);
    float *level = malloc((rows * columns + 1) * sizeof *level);
    double *cf_hz = malloc(rows * sizeof *cf_hz + 1);
    bh_status status = BH_ERR_MEMORY;
    if (level && cf_hz) {
        bh_cochleagram_levels(levels, level);
        if (places_hz)
            bh_cochleagram_row_cf(levels, places_hz, cf_hz);
        const bh_picture_levels panel = {.level_db_spl = level,
                                         .rows = rows,
                                         .columns = columns,
                                         .cf_hz = places_hz ? cf_hz : NULL,
                                         .row_to = (double)rows,
                                         .row_label = "channel",
                                         .column_s = bh_cochleagram_column_s(levels)};
        status = bh_picture_write(p->file.text, &panel, built->raster, options, diag);
    } else {
        bh_diag_set(diag, status, "no memory for a picture");
    }
    free(level);
    free(cf_hz);
    return status;
}

static bh_status
write_picture(const bh_model *model, const struct model_picture *p,
              const struct model_picture_built *built, bh_diag *diag)
{
    bh_picture_options options =
        bh_picture_options_default((built->raster != NULL) + (built->levels != NULL));
    options.width_px = (int)p->width.number;
    if (p->height.node)
        options.height_px = (int)p->height.number;
    options.title = p->title.node ? p->title.text : bh_model_title(model);
    options.duration_s = bh_network_time(model->net);
    return draw(p, built, &options, diag);
}

bh_status
model_close_outputs(bh_model *model, const char *partial, bh_diag *diag)
{
    bh_status status = BH_OK;
    if (!writes(model))
        return BH_OK;
    for (size_t i = 0; status == BH_OK && i < model->monitors; i++) {
        const struct model_monitor *m = MODEL_PART(model, monitors, model_monitor, i);
        status = model_blame_value(
            close_monitor(model, m, &model->monitor[i], partial, diag), diag,
            m->file.node);
    }
    for (size_t i = 0; status == BH_OK && !partial && i < model->pictures; i++) {
        const struct model_picture *p = MODEL_PART(model, pictures, model_picture, i);
        status = model_blame_value(write_picture(model, p, &model->picture[i], diag),
                                   diag, p->file.node);
    }
    model_abort_outputs(model);
    return status;
}
