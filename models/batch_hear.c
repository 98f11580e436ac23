/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "models/batch_internal.h"

#include "core/block_internal.h"
#include "core/hash_internal.h"
#include "io/output_internal.h"
#include "io/spikes.h"
#include "models/model_internal.h"
#include "neurons/monitor.h"
#include "neurons/network.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A sound while it is heard. */
struct hearing {
    struct batch *batch;
    const bh_listed_sound *sound;
    struct heard *heard;
    bh_model *model;
    bh_group *group;
    double *square; /* of each channel, summed over the frame that is under way */
    double samplerate_hz;
    uint64_t sample, summed; /* samples so far, and of the frame under way */
};

static const char *
group_name(const struct batch *batch, const bh_model *model)
{
    const char *name = batch->config->group;
    return name ? name : bh_model_name(model, BH_MODEL_GROUPS, 0);
}

/* The part of that name or, where none is said, the only one. */
static bh_status
check_part(const bh_model *model, bh_model_part part, const char *name,
           const char *kind, const char *what, bh_diag *diag)
{
    const size_t count = bh_model_count(model, part);
    if (!name && count != 1)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "the model has %zu %ss: say %s",
                           count, kind, what);
    for (size_t i = 0; name && i <= count; i++) {
        const char *other = i < count ? bh_model_name(model, part, i) : NULL;
        if (!other)
            return bh_diag_set(diag, BH_ERR_ARGUMENT, "the model has no %s '%s'", kind,
                               name);
        if (strcmp(name, other) == 0)
            break;
    }
    return BH_OK;
}

bh_status
batch_check_model(const struct batch *batch, const bh_model *model, bh_diag *diag)
{
    const bh_batch_config *config = batch->config;
    BH_TRY(check_part(model, BH_MODEL_SOUNDS, config->sound, "sound",
                      "which one is the corpus's", diag));
    return check_part(model, BH_MODEL_GROUPS, config->group, "group",
                      "whose spikes are wanted", diag);
}

static bh_status
take_spikes(void *user, bh_events events, bh_diag *diag)
{
    const struct hearing *h = user;
    return heard_spikes(h->heard, events, diag);
}

static bh_status
end_frame(struct hearing *h, bh_diag *diag)
{
    const size_t channels = (size_t)h->heard->head.channels;
    for (size_t ch = 0; ch < channels; ch++)
        h->square[ch] = sqrt(h->square[ch] / (double)h->summed);
    const bh_status status = heard_frame(h->heard, h->square, diag);
    memset(h->square, 0, channels * sizeof *h->square);
    h->summed = 0;
    return status;
}

/* Frame k has the samples from k/frames_hz up to (k+1)/frames_hz. */
static bh_status
take_block(void *user, bh_block block, bh_diag *diag)
{
    struct hearing *h = user;
    const double frames_hz = h->batch->config->frames_hz;
    for (size_t t = 0; t < block.frames; t++) {
        const double ends = (double)(h->heard->head.frames + 1) * h->samplerate_hz /
                            frames_hz;
        if (h->summed > 0 && (double)h->sample >= ends)
            BH_TRY(end_frame(h, diag));
        for (size_t ch = 0; ch < block.channels; ch++) {
            const double x = bh_block_get(block, t, ch);
            h->square[ch] += x * x;
        }
        h->sample++;
        h->summed++;
    }
    return BH_OK;
}

static bh_status
look_up(void *user, double time_s, bh_diag *diag)
{
    const struct hearing *h = user;
    (void)time_s;
    if (atomic_load_explicit(&h->batch->stop, memory_order_relaxed))
        return bh_diag_set(diag, BH_ERR_STOPPED, "the batch was ended");
    return BH_OK;
}

/* A list's frequencies, copied: what the model has is gone with its network. */
static bh_status
copy_cf(const double *cf_hz, size_t count, double **out, bh_diag *diag)
{
    if (!cf_hz)
        return BH_OK;
    *out = malloc((count + 1) * sizeof *cf_hz);
    if (!*out)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu frequencies", count);
    memcpy(*out, cf_hz, count * sizeof *cf_hz);
    return BH_OK;
}

static bh_status
watch_filters(struct hearing *h, const char *group, bh_diag *diag)
{
    const char *filter = bh_model_group_source(h->model, group);
    const bh_source *source = filter ? bh_model_source(h->model, filter) : NULL;
    if (!source)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "no filters drive '%s', so there is no cochleagram", group);
    const size_t channels = bh_source_channels(source);
    h->heard->head.channels = channels;
    h->samplerate_hz = bh_source_samplerate(source);
    if (h->batch->config->frames_hz > h->samplerate_hz)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%g frames a second are more than its %g samples",
                           h->batch->config->frames_hz, h->samplerate_hz);
    h->square = calloc(channels, sizeof *h->square);
    if (!h->square)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    size_t known = 0;
    BH_TRY(copy_cf(bh_model_cf(h->model, filter, &known), channels,
                   &h->heard->channel_cf_hz, diag));
    return bh_network_watch(bh_model_network(h->model), source, take_block, h, diag);
}

/* The seed of a sound: the same whoever hears it, another for each. */
static uint64_t
own_seed(const struct hearing *h)
{
    const uint64_t sum = bh_hash(BH_HASH_START ^ h->batch->config->seed, h->sound->name,
                                 strlen(h->sound->name));
    return sum >> 1; /* as options are whole numbers with a sign */
}

static bh_status
make_model(struct hearing *h, bh_diag *diag)
{
    /* No files of the model's own, and one thread for each sound. */
    char seed[40];
    const char *own[] = {"pictures=", "monitors=", "run.threads=1", seed};
    snprintf(seed, sizeof seed, "run.seed=%llu", (unsigned long long)own_seed(h));
    BH_TRY(
        model_again(h->batch->model, own, sizeof own / sizeof own[0], &h->model, diag));
    return bh_model_set_file(h->model, h->batch->config->sound, h->sound->path, diag);
}

/* The HDF5 library keeps global state, and models may read spikes from its files. */
static bh_status
build_model(struct hearing *h, bh_diag *diag)
{
    if (h->batch->reads_hdf5)
        pthread_mutex_lock(&h->batch->hdf5);
    const bh_status status = bh_model_build(h->model, diag);
    if (h->batch->reads_hdf5)
        pthread_mutex_unlock(&h->batch->hdf5);
    return status;
}

static bh_status
build(struct hearing *h, bh_diag *diag)
{
    const bh_batch_config *config = h->batch->config;
    BH_TRY(make_model(h, diag));
    BH_TRY(build_model(h, diag));
    bh_network *net = bh_model_network(h->model);
    const char *group = group_name(h->batch, h->model);
    h->group = bh_model_group(h->model, group);
    if (config->spikes) {
        bh_spike_monitor_config listener = bh_spike_monitor_config_default();
        bh_spike_monitor *monitor;
        listener.record = false;
        listener.sink = take_spikes;
        listener.user = h;
        BH_TRY(bh_spike_monitor_new(h->group, &listener, &monitor, diag));
        h->heard->head.neurons = bh_group_count(h->group);
        BH_TRY(copy_cf(bh_model_group_cf(h->model, group), bh_group_count(h->group),
                       &h->heard->cf_hz, diag));
    }
    if (config->frames_hz > 0)
        BH_TRY(watch_filters(h, group, diag));
    bh_network_report(net, look_up, h);
    return BH_OK;
}

static bh_status
hear(struct hearing *h, bh_diag *diag)
{
    BH_TRY(build(h, diag));
    bh_network *net = bh_model_network(h->model);
    BH_TRY(bh_network_run(net, bh_model_duration(h->model), diag));
    if (h->summed > 0)
        BH_TRY(end_frame(h, diag));
    h->heard->head.duration_s = bh_network_time(net);
    h->heard->head.count = h->heard->head.spikes;
    h->heard->head.good = 1;
    return BH_OK;
}

/* The folders above a file. */
static bh_status
make_folders(char *path, bh_diag *diag)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        const int made = mkdir(path, 0777), error = errno;
        *slash = '/';
        if (made != 0 && error != EEXIST)
            return bh_file_error(diag, "write", path, error);
    }
    return BH_OK;
}

/* Spikes to a file of the sound's own; the journal then needs to keep none. */
static bh_status
write_own(struct hearing *h, bh_diag *diag)
{
    const bh_batch_config *config = h->batch->config;
    const bool csv = config->form == BH_BATCH_CSV;
    char path[4096];
    if (!batch_own_path(config->output, h->sound->name, csv ? ".csv" : ".h5", path,
                        sizeof path))
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "the name of '%.100s' is too long",
                           h->sound->name);
    BH_TRY(make_folders(path, diag));
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)own_seed(h));
    const bh_spike_metadata metadata[] = {{"program", "bhears " BH_VERSION, 0},
                                          {"sound", h->sound->name, 0},
                                          {"seed", seed, 0},
                                          {"model", h->batch->text, 0}};
    bh_spike_writer_config writing = bh_spike_writer_config_default();
    writing.path = path;
    writing.format = csv ? BH_SPIKES_CSV : BH_SPIKES_HDF5;
    writing.neurons = (size_t)h->heard->head.neurons;
    writing.cf_hz = h->heard->cf_hz;
    writing.dt_s = bh_network_dt(bh_model_network(h->model));
    writing.metadata = metadata;
    writing.metadata_count = sizeof metadata / sizeof metadata[0];
    const bh_events events = {h->heard->time_s, h->heard->index,
                              (size_t)h->heard->head.spikes};
    bh_spike_writer *writer = NULL;
    BH_TRY(bh_spike_writer_open(&writing, &writer, diag));
    const bh_status status = bh_spike_writer_write(writer, events, diag);
    if (status == BH_OK)
        return bh_spike_writer_close(writer, h->heard->head.duration_s, diag);
    bh_spike_writer_abort(writer);
    return status;
}

bh_status
batch_hear(struct batch *batch, size_t sound, struct heard *heard, bh_diag *diag)
{
    struct hearing h = {.batch = batch,
                        .sound = bh_sound_list_get(batch->config->sounds, sound),
                        .heard = heard};
    bh_diag why = {0};
    bh_status status = hear(&h, &why);
    if (status == BH_OK && batch->config->form != BH_BATCH_CORPUS) {
        pthread_mutex_lock(&batch->hdf5);
        status = write_own(&h, diag);
        pthread_mutex_unlock(&batch->hdf5);
        heard->head.spikes = 0; /* they are in that file */
    } else if (status == BH_ERR_STOPPED || status == BH_ERR_MEMORY) {
        *diag = why;
    } else if (status != BH_OK) {
        heard_fail(heard, &why);
        status = BH_OK;
    }
    bh_model_free(h.model);
    free(h.square);
    return status;
}
