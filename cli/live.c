/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "cli/live.h"

#include "cli/command.h"
#include "cli/console.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SHOW_S 0.1

/* The network runs on a thread of its own, so that neither a slow terminal nor a signal
 * holds it up; the main thread shows how it goes. */
struct live {
    const struct live_settings *settings;
    bh_live *device;
    bh_live_info info;
    struct recorder recorder;
    struct nerve_task task;
    struct nerve_live hooks;
    struct nerve_result result;
    bh_model *model; /* that hears it; NULL: the nerve */
    bh_status status;
    bh_diag diag;
    double shown_s; /* when the view's line was written */
    atomic_bool begun, done;
};

/* How it goes, in less than 80 columns. */
static void
write_line(const bh_live_status *s, char *text, size_t size)
{
    char drift[24] = "", lost[64] = "";
    if (!isnan(s->drift_ppm))
        snprintf(drift, sizeof drift, ", drift %+ld ppm", lrint(s->drift_ppm));
    if (s->overflows > 0 || s->missing_s > 0)
        snprintf(lost, sizeof lost, " (host: %llu times, %.2f s)",
                 (unsigned long long)s->overflows, s->missing_s);
    if (isnan(s->latency_p50_s))
        snprintf(text, size, "waiting for the device");
    else
        snprintf(text, size,
                 "%.1f s, %.0f dB, load %.0f%%, latency %.1f ms (99%% %.1f, max %.1f), "
                 "%llu dropped%s%s",
                 s->heard_s, s->level_db_spl, 100 * s->load, 1e3 * s->latency_p50_s,
                 1e3 * s->latency_p99_s, 1e3 * s->latency_max_s,
                 (unsigned long long)s->dropped, lost, drift);
}

static bh_status
begin(void *user, bh_diag *diag)
{
    struct live *live = user;
    BH_TRY(bh_live_start(live->device, diag));
    atomic_store(&live->begun, true);
    return BH_OK;
}

static bh_status
report(void *user, bh_view *view, double time_s, bh_diag *diag)
{
    struct live *live = user;
    char text[160];
    if (!view)
        return BH_OK;
    const double now_s = clock_s();
    if (now_s - live->shown_s >= SHOW_S) {
        const bh_live_status status = bh_live_get_status(live->device);
        write_line(&status, text, sizeof text);
        bh_view_status(view, text);
        live->shown_s = now_s;
    }
    return bh_view_advance(view, time_s, diag);
}

static void *
work(void *user)
{
    struct live *live = user;
    if (live->model)
        live->status = live_model_run(live->model, live->settings, &live->hooks,
                                      &live->result, &live->diag);
    else
        live->status = nerve_run(&live->task, &live->result, &live->diag);
    atomic_store(&live->done, true);
    return NULL;
}

static void
show_until_done(struct live *live)
{
    const struct spikes_settings *s = &live->settings->spikes;
    const char *terminal = getenv("TERM");
    const bool shown = !common()->quiet && s->view.kind != VIEW_TERM &&
                       isatty(STDERR_FILENO) &&
                       !(terminal && strcmp(terminal, "dumb") == 0);
    const struct timespec nap = {0, (long)(1e9 * SHOW_S) / 4};
    double shown_s = 0;
    while (!atomic_load(&live->done)) {
        if (signals_check(NULL) != BH_OK)
            bh_live_stop(live->device);
        if (shown && atomic_load(&live->begun) && clock_s() - shown_s >= SHOW_S) {
            char text[160];
            const bh_live_status status = bh_live_get_status(live->device);
            write_line(&status, text, sizeof text);
            fprintf(console(), "\r%s\033[K", text);
            fflush(console());
            shown_s = clock_s();
        }
        nanosleep(&nap, NULL);
    }
    if (shown && shown_s > 0)
        fprintf(console(), "\r\033[K");
}

static bh_status
open_device(struct live *live)
{
    const struct input_settings *input = &live->settings->input;
    bh_source *sound = NULL;
    bh_live_config config = bh_live_config_default();
    config.device = input->device;
    config.host_api = input->host_api;
    config.samplerate_hz = input->samplerate_hz > 0 ? input->samplerate_hz : NAN;
    config.channel = (size_t)input->channel;
    config.block = (size_t)input->block;
    config.buffer_s = input->buffer_s;
    config.duration_s = input->duration_s;
    config.full_scale_db = input->full_scale_db;
    config.monitor = input->monitor;
    BH_TRY(bh_live_open(&config, &live->device, &live->diag));
    live->info = bh_live_get_info(live->device);
    BH_TRY(bh_live_source(live->device, &sound, &live->diag));
    live->hooks = (struct nerve_live){sound, begin, report, live};
    if (input->record)
        BH_TRY(recorder_open(input->record, sound, &live->recorder, &live->hooks.sound,
                             &live->diag));
    live->task.sound = live->info.device;
    live->task.live = &live->hooks;
    return BH_OK;
}

static bh_status
run_network(struct live *live)
{
    pthread_t worker;
    if (pthread_create(&worker, NULL, work, live) != 0) {
        bh_source_free(live->hooks.sound);
        bh_model_free(live->model);
        return bh_diag_set(&live->diag, BH_ERR_MEMORY, "cannot start a thread");
    }
    show_until_done(live);
    pthread_join(worker, NULL);
    bh_diag why = {0};
    const bool heard = atomic_load(&live->begun) && live->result.heard_s > 0;
    const char *partial = live->status == BH_OK ? NULL : "the device failed";
    if (recorder_close(&live->recorder, heard, partial, &why) == BH_OK)
        return live->status;
    return bh_diag_set(&live->diag, why.status, "%s", why.text);
}

static void
print_json(const struct live *live, const bh_live_status *status)
{
    struct json json;
    json_begin(&json, json_stream(live->task.path));
    json_text(&json, "command", "live");
    json_text(&json, "model", live->settings->model);
    json_text(&json, "host_api", live->info.host_api);
    nerve_json(&json, &live->task, &live->result);
    json_text(&json, "record", live->settings->input.record);
    json_number(&json, "load", status->load);
    json_number(&json, "latency_p50_s", status->latency_p50_s);
    json_number(&json, "latency_p99_s", status->latency_p99_s);
    json_number(&json, "latency_max_s", status->latency_max_s);
    json_whole(&json, "dropped", (int64_t)status->dropped);
    json_whole(&json, "overflows", (int64_t)status->overflows);
    json_number(&json, "missing_s", status->missing_s);
    json_number(&json, "drift_ppm", status->drift_ppm);
    json_end(&json);
}

static void
summarize(const struct live *live, const bh_live_status *status)
{
    if (common()->json) {
        print_json(live, status);
        return;
    }
    const struct nerve_result *r = &live->result;
    const size_t each = r->places ? r->fibres / r->places : 0;
    char text[160];
    if (live->settings->model)
        note("heard '%s' (%s, %g Hz): %s, %zu neuron%s, %llu spike%s, %d thread%s",
             live->info.device, live->info.host_api, live->info.samplerate_hz,
             live->settings->model, r->fibres, plural(r->fibres),
             (unsigned long long)r->spikes, plural(r->spikes), r->threads,
             plural((uint64_t)r->threads));
    else
        note("heard '%s' (%s, %g Hz): %zu place%s x %zu fibre%s, %llu spike%s (%.3g Hz "
             "each "
             "fibre), %d thread%s",
             live->info.device, live->info.host_api, live->info.samplerate_hz,
             r->places, plural(r->places), each, plural(each),
             (unsigned long long)r->spikes, plural(r->spikes),
             (double)r->spikes / (double)r->fibres / r->heard_s, r->threads,
             plural((uint64_t)r->threads));
    write_line(status, text, sizeof text);
    note("%s", text);
    const double dropped = (double)status->dropped;
    if (dropped > 0)
        note("%.0f%% of the frames were dropped, as the machine did not keep up; fewer "
             "--places or --fibres are less work, and so is a larger --block",
             100 * dropped / (dropped + status->heard_s * live->info.samplerate_hz));
}

static int
conclude(struct live *live, bh_status status)
{
    const struct live_settings *settings = live->settings;
    const char *spikes = live->task.path, *record = settings->input.record;
    const bool heard = live->result.heard_s > 0;
    if (heard && (status == BH_OK || status == BH_ERR_DEVICE)) {
        const bh_live_status last = bh_live_get_status(live->device);
        summarize(live, &last);
    }
    if (status == BH_OK)
        return end_output();
    const int result = settings->model ? simulation_fail(&live->diag)
                                       : fail(&live->diag);
    if (status == BH_ERR_DEVICE && heard && (spikes || record))
        say("what was heard until then is in '%s'%s%s%s", spikes ? spikes : record,
            spikes && record ? " and '" : "", spikes && record ? record : "",
            spikes && record ? "'" : "");
    return result;
}

/* The model that hears the device; its files are its own. */
static bh_status
read_model(struct live *live)
{
    const struct live_settings *s = live->settings;
    if (s->spikes.output.path || s->spikes.output.picture)
        return bh_diag_set(&live->diag, BH_ERR_TEXT,
                           "--model names its files itself, so --output and --picture "
                           "cannot be given too");
    BH_TRY(simulation_read(s->model, &s->change, &live->model, &live->diag));
    return simulation_check_outputs(live->model, &live->diag);
}

int
live_run(const struct live_settings *settings)
{
    struct live live = {.settings = settings, .task = {.settings = &settings->spikes}};
    if (settings->model && read_model(&live) != BH_OK) {
        bh_model_free(live.model);
        return simulation_fail(&live.diag);
    }
    if (!settings->model && !nerve_choose_output(&settings->spikes, false, &live.task))
        return EXIT_USAGE;
    if (output_check(live.task.path, &live.diag) != BH_OK ||
        output_check(settings->input.record, &live.diag) != BH_OK)
        return fail(&live.diag);
    signals_catch();
    libraries_hush();
    bh_status status = open_device(&live);
    if (status == BH_OK)
        status = run_network(&live);
    else
        bh_model_free(live.model);
    const int result = conclude(&live, status);
    if (bh_live_close(live.device, NULL) == BH_OK)
        return result;
    /* A thread hangs in the sound system, whose own ways to the exit may wait for it.
     */
    fflush(stdout);
    fflush(console());
    _exit(result);
}
