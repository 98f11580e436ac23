/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/nerve.h"

#include "cli/backend.h"
#include "cli/console.h"

#include <stdlib.h>
#include <string.h>

/* Everything that a run holds. */
struct nerve {
    const struct nerve_task *task;
    bh_source *unheard; /* a live sound before it has an ear */
    struct ear ear;
    struct fibre fibre;
    bh_network *net;
    bh_random_mode random; /* that it draws with */
    bh_group *group;
    bh_spike_monitor *monitor;
    double *cf_hz; /* of each fibre */
    size_t fibres;
    bh_spike_writer *writer;
    bh_raster *raster;
    bh_cochleagram *cochleagram;
    struct meter meter;
    struct watch watch;
};

static bh_status
take_spikes(void *user, bh_events events, bh_diag *diag)
{
    struct nerve *nerve = user;
    if (nerve->writer)
        BH_TRY(bh_spike_writer_write(nerve->writer, events, diag));
    if (nerve->watch.view)
        BH_TRY(bh_view_spikes(nerve->watch.view, events, diag));
    return nerve->raster ? bh_raster_add(nerve->raster, events, diag) : BH_OK;
}

static bh_status
watch_ear(void *user, bh_block block, bh_diag *diag)
{
    struct nerve *nerve = user;
    if (nerve->watch.view)
        BH_TRY(bh_view_block(nerve->watch.view, block, diag));
    if (!nerve->cochleagram)
        return BH_OK;
    return bh_cochleagram_process(nerve->cochleagram, block, diag);
}

static bh_status
report(void *user, double time_s, bh_diag *diag)
{
    struct nerve *nerve = user;
    const struct nerve_live *live = nerve->task->live;
    if (live)
        return live->report(live->user, nerve->watch.view, time_s, diag);
    if (nerve->watch.view)
        return watch_pace(&nerve->watch, time_s, diag);
    meter_show(&nerve->meter, time_s);
    return signals_check(diag);
}

static bh_status
spread_cf(struct nerve *nerve, bh_diag *diag)
{
    const uint64_t each = (uint64_t)nerve->task->settings->run.fibres;
    const uint64_t fibres = each * nerve->ear.places;
    if (fibres > INT32_MAX)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%zu places with %llu fibres each are too many fibres",
                           nerve->ear.places, (unsigned long long)each);
    nerve->fibres = (size_t)fibres;
    nerve->cf_hz = malloc(nerve->fibres * sizeof *nerve->cf_hz);
    if (!nerve->cf_hz)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu fibres",
                           nerve->fibres);
    for (size_t i = 0; i < nerve->fibres; i++)
        nerve->cf_hz[i] = nerve->ear.cf_hz[i / each];
    return BH_OK;
}

static bh_status
build_network(struct nerve *nerve, struct bh_device *device, bh_diag *diag)
{
    const struct run_settings *run = &nerve->task->settings->run;
    bh_network_config config = bh_network_config_default();
    config.dt_s = 1 / nerve->ear.samplerate_hz;
    config.seed = (uint64_t)run->seed;
    config.random = nerve->random;
    config.threads = (int)run->threads;
    config.window = (size_t)run->window;
    config.code = run->interpret ? BH_CODE_INTERPRETED : BH_CODE_AUTO;
    config.device = device;
    BH_TRY(bh_network_new(&config, &nerve->net, diag));
    BH_TRY(fibre_add(&nerve->fibre, nerve->net, nerve->fibres, nerve->ear.out,
                     &nerve->group, diag));
    bh_spike_monitor_config listener = bh_spike_monitor_config_default();
    listener.record = false;
    listener.sink = take_spikes;
    listener.user = nerve;
    BH_TRY(bh_spike_monitor_new(nerve->group, &listener, &nerve->monitor, diag));
    BH_TRY(bh_network_prepare(nerve->net, diag));
    return signals_check(diag);
}

/* On the processor, with the same noise. */
static bh_status
build_again(struct nerve *nerve, bh_diag *diag)
{
    bh_network_free(nerve->net);
    nerve->net = NULL;
    return build_network(nerve, NULL, diag);
}

/* What a device cannot do, the processor does with "auto". */
static bh_status
place_network(struct nerve *nerve, bh_diag *diag)
{
    struct bh_device *device = NULL;
    bh_diag why = {0};
    BH_TRY(backend_device(&device, diag));
    nerve->random = device ? BH_RANDOM_PORTABLE
                           : (bh_random_mode)nerve->task->settings->run.random;
    bh_status status = build_network(nerve, device, &why);
    if (status != BH_OK && device && backend_give_up(&why))
        return build_again(nerve, diag);
    if (status != BH_OK && diag)
        *diag = why;
    return status;
}

static bh_status
open_spikes(struct nerve *nerve, bh_diag *diag)
{
    const struct nerve_task *task = nerve->task;
    const struct spikes_settings *s = task->settings;
    const bh_group_config *model = &nerve->fibre.group;
    char seed[24];
    snprintf(seed, sizeof seed, "%lld", (long long)s->run.seed);
    const bh_spike_metadata metadata[] = {
        {"program", "bhears " BH_VERSION, 0},
        {"sound", task->sound, 0},
        {"samplerate_hz", NULL, nerve->ear.samplerate_hz},
        {"level_db_spl", NULL, s->sound.level_db},
        {"full_scale_db", NULL, s->sound.full_scale_db},
        {"channel", NULL, (double)s->sound.channel},
        {"start_s", NULL, s->sound.start_s},
        {"places", NULL, (double)nerve->ear.places},
        {"fibres_per_place", NULL, (double)s->run.fibres},
        {"cf_low_hz", NULL, nerve->cf_hz[0]},
        {"cf_high_hz", NULL, nerve->cf_hz[nerve->fibres - 1]},
        {"dt_s", NULL, bh_network_dt(nerve->net)},
        {"seed", seed, 0},
        {"random", random_names[nerve->random], 0},
        {"precision", precision_names[s->run.precision], 0},
        {"equations", model->equations, 0},
        {"threshold", model->threshold, 0},
        {"reset", model->reset ? model->reset : "", 0},
        {"refractory", model->refractory ? model->refractory : "", 0},
        {"method", bh_group_method(nerve->group), 0},
        {"link", s->fibre.link, 0},
        {"definitions", nerve->fibre.definitions, 0},
    };
    bh_spike_writer_config config = bh_spike_writer_config_default();
    config.path = task->path;
    config.format = task->format;
    config.neurons = nerve->fibres;
    config.cf_hz = nerve->cf_hz;
    config.dt_s = bh_network_dt(nerve->net);
    config.metadata = metadata;
    config.metadata_count = sizeof metadata / sizeof metadata[0];
    return bh_spike_writer_open(&config, &nerve->writer, diag);
}

static bh_status
open_picture(struct nerve *nerve, bh_diag *diag)
{
    const bh_raster_config config =
        bh_raster_config_default(nerve->fibres, nerve->cf_hz);
    BH_TRY(bh_raster_new(&config, &nerve->raster, diag));
    return picture_cochleagram(nerve->ear.samplerate_hz, nerve->ear.places,
                               &nerve->cochleagram, diag);
}

static bh_status
open_view(struct nerve *nerve, bh_diag *diag)
{
    bh_view_config config = bh_view_config_default();
    const char *slash = strrchr(nerve->task->sound, '/');
    config.title = slash ? slash + 1 : nerve->task->sound;
    config.samplerate_hz = nerve->ear.samplerate_hz;
    config.channels = nerve->ear.places;
    config.cf_hz = nerve->ear.cf_hz;
    config.neurons = nerve->fibres;
    config.neuron_cf_hz = nerve->cf_hz;
    return watch_open(&nerve->task->settings->view, &config, &nerve->watch, diag);
}

static bh_status
open_ear(struct nerve *nerve, bh_diag *diag)
{
    const struct nerve_task *task = nerve->task;
    const struct spikes_settings *s = task->settings;
    const bh_precision precision = (bh_precision)s->run.precision;
    struct watch *watch = s->view.kind == VIEW_NONE ? NULL : &nerve->watch;
    bh_source *sound = nerve->unheard;
    nerve->unheard = NULL;
    if (sound)
        return ear_open_source(sound, &s->places, precision, watch, &nerve->ear, diag);
    return ear_open(task->sound, &s->sound, &s->places, precision, watch, &nerve->ear,
                    diag);
}

static bh_status
prepare(struct nerve *nerve, bh_diag *diag)
{
    const struct nerve_task *task = nerve->task;
    const struct spikes_settings *s = task->settings;
    if (s->output.picture)
        BH_TRY(picture_check(s->output.picture, diag));
    BH_TRY(output_check(task->path, diag));
    BH_TRY(fibre_open(&s->fibre, (bh_precision)s->run.precision, &nerve->fibre, diag));
    BH_TRY(open_ear(nerve, diag));
    signals_catch();
    BH_TRY(spread_cf(nerve, diag));
    BH_TRY(place_network(nerve, diag));
    if (bh_network_notice(nerve->net))
        note("%s", bh_network_notice(nerve->net));
    if (task->path)
        BH_TRY(open_spikes(nerve, diag));
    if (s->output.picture)
        BH_TRY(open_picture(nerve, diag));
    return open_view(nerve, diag);
}

static bh_status
watch_network(struct nerve *nerve, bh_diag *diag)
{
    bh_network_report(nerve->net, report, nerve);
    if (!nerve->cochleagram && !nerve->watch.view)
        return BH_OK;
    return bh_network_watch(nerve->net, nerve->ear.out, watch_ear, nerve, diag);
}

/* A device that has no room says so before it has heard anything. */
static bh_status
run_network(struct nerve *nerve, bh_diag *diag)
{
    bh_diag why = {0};
    BH_TRY(watch_network(nerve, diag));
    const bh_status status = bh_network_run(nerve->net, BH_UNTIL_END, &why);
    if (status != BH_OK && bh_network_time(nerve->net) <= 0 && backend_give_up(&why)) {
        BH_TRY(build_again(nerve, diag));
        BH_TRY(watch_network(nerve, diag));
        return bh_network_run(nerve->net, BH_UNTIL_END, diag);
    }
    if (status != BH_OK && diag)
        *diag = why;
    return status;
}

static bh_status
listen(struct nerve *nerve, bh_diag *diag)
{
    const struct nerve_live *live = nerve->task->live;
    const bool hidden = nerve->watch.view != NULL || live;
    if (live)
        BH_TRY(live->begin(live->user, diag));
    else if (nerve->watch.view)
        BH_TRY(watch_await(&nerve->watch, diag));
    BH_TRY(meter_start(&nerve->meter, nerve->ear.duration_s, hidden, diag));
    const bh_status status = run_network(nerve, diag);
    meter_end(&nerve->meter);
    watch_close(&nerve->watch);
    return status;
}

/* Ends the file of the spikes, with a mark where the sound was to go on. */
static bh_status
close_spikes(struct nerve *nerve, const char *partial, bh_diag *diag)
{
    bh_spike_writer *writer = nerve->writer;
    nerve->writer = NULL;
    if (!writer)
        return BH_OK;
    const bh_status status = partial ? bh_spike_writer_partial(writer, partial, diag)
                                     : BH_OK;
    if (status == BH_OK)
        return bh_spike_writer_close(writer, bh_network_time(nerve->net), diag);
    bh_spike_writer_abort(writer);
    return status;
}

static bh_status
finish(struct nerve *nerve, const char *partial, bh_diag *diag)
{
    const struct spikes_settings *s = nerve->task->settings;
    const double heard_s = bh_network_time(nerve->net);
    const bool written = nerve->writer != NULL;
    BH_TRY(close_spikes(nerve, partial, diag));
    if (!s->output.picture)
        return BH_OK;
    const struct picture picture = {.cochleagram = nerve->cochleagram,
                                    .cf_hz = nerve->ear.cf_hz,
                                    .raster = nerve->raster,
                                    .sound = nerve->task->sound,
                                    .duration_s = heard_s};
    bh_diag why = {0};
    const bh_status status =
        picture_write(s->output.picture, &picture, &s->picture, &why);
    if (status == BH_OK)
        return BH_OK;
    return bh_diag_set(diag, status, "%.400s%s", why.text,
                       written ? "; the spikes are complete" : "");
}

/* After a signal. */
static bh_status
keep_part(struct nerve *nerve, bh_diag *diag)
{
    bh_diag why = {0};
    if (!nerve->writer || !part_wanted(nerve->task->path))
        return BH_ERR_STOPPED;
    if (close_spikes(nerve, "interrupted", &why) != BH_OK)
        return bh_diag_set(diag, BH_ERR_STOPPED, "interrupted; %s", why.text);
    return part_told(nerve->task->path, bh_network_time(nerve->net), diag);
}

static void
release(struct nerve *nerve)
{
    watch_close(&nerve->watch);
    bh_spike_writer_abort(nerve->writer);
    bh_raster_free(nerve->raster);
    bh_cochleagram_free(nerve->cochleagram);
    bh_network_free(nerve->net);
    ear_close(&nerve->ear);
    bh_source_free(nerve->unheard);
    fibre_close(&nerve->fibre);
    free(nerve->cf_hz);
}

bh_status
nerve_run(const struct nerve_task *task, struct nerve_result *result, bh_diag *diag)
{
    struct nerve nerve = {.task = task};
    const double start_s = clock_s();
    if (task->live)
        nerve.unheard = task->live->sound;
    bh_status status = prepare(&nerve, diag);
    if (status == BH_OK)
        status = listen(&nerve, diag);
    const bool lost = status == BH_ERR_DEVICE && nerve.net &&
                      bh_network_time(nerve.net) > 0;
    bh_diag why = {0};
    if (status == BH_ERR_STOPPED)
        status = keep_part(&nerve, diag);
    if ((status == BH_OK || lost) &&
        finish(&nerve, lost ? "the device failed" : NULL, &why) != BH_OK)
        status = bh_diag_set(diag, why.status, "%s", why.text);
    if (status == BH_OK || status == BH_ERR_DEVICE)
        *result = (struct nerve_result){
            .heard_s = nerve.net ? bh_network_time(nerve.net) : 0,
            .took_s = clock_s() - start_s,
            .samplerate_hz = nerve.ear.samplerate_hz,
            .places = nerve.ear.places,
            .fibres = nerve.fibres,
            .spikes = nerve.monitor ? bh_spike_monitor_count(nerve.monitor) : 0,
            .threads = nerve.net ? bh_network_threads(nerve.net) : 0};
    release(&nerve);
    return status;
}
