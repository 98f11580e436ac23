/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "cli/backend.h"
#include "cli/command.h"
#include "cli/console.h"
#include "cli/json.h"
#include "cli/processes.h"
#include "cli/simulation.h"

#include <string.h>
#include <unistd.h>

struct run_command_settings {
    struct change_settings change;
    struct view_settings view;
    const char *group, *sound;
};

static const struct setting shown_table[] = {
    {"view-group", 0, "NAME", "the group that is watched",
     .shown = "the first that a filter drives, or the first", .parse = parse_text,
     .offset = offsetof(struct run_command_settings, group)},
};

static const struct setting sound_table[] = {
    {"sound", 0, "FILE|NAME=FILE",
     "hear this file in place of the model's sound, or of the one of that name; its "
     "level, channel, start and sample rate stay as the model has them",
     .parse = parse_text, .offset = offsetof(struct run_command_settings, sound)},
};

static const struct setting_group groups[] = {
    {"Sound", sound_table, 1, 0},
    CHANGE_SETTINGS(struct run_command_settings, change),
    VIEW_SETTINGS(struct run_command_settings, view),
    {"Watching", shown_table, 1, 0},
};

/* A run, and who looks at it. */
struct simulation {
    const struct run_command_settings *settings;
    const char *operand;
    bh_model *model;
    bh_comm *comm; /* NULL: this process alone */
    struct meter meter;
    struct simulation_view view;
    bool wanted[64]; /* files of which a part would be better than nothing */
    double took_s;
};

static bh_status
report(void *user, double time_s, bh_diag *diag)
{
    struct simulation *s = user;
    /* sound that never ends by itself ends so */
    if (bh_model_live(s->model) && signals_check(NULL) != BH_OK) {
        bh_network_stop(bh_model_network(s->model));
        return BH_OK;
    }
    BH_TRY(signals_check(diag));
    if (s->view.watch.view && bh_model_live(s->model))
        return bh_view_advance(s->view.watch.view, time_s, diag);
    if (s->view.watch.view)
        return watch_pace(&s->view.watch, time_s, diag);
    meter_show(&s->meter, time_s);
    return BH_OK;
}

static size_t
count_neurons(const bh_model *model)
{
    size_t neurons = 0;
    for (size_t i = 0; i < bh_model_count(model, BH_MODEL_GROUPS); i++)
        neurons += bh_group_count(
            bh_model_group(model, bh_model_name(model, BH_MODEL_GROUPS, i)));
    return neurons;
}

static size_t
count_synapses(const bh_model *model)
{
    size_t synapses = 0;
    for (size_t i = 0; i < bh_model_count(model, BH_MODEL_SYNAPSES); i++)
        synapses += bh_synapses_count(
            bh_model_synapses(model, bh_model_name(model, BH_MODEL_SYNAPSES, i)));
    return synapses;
}

static void
print_json(const struct simulation *s)
{
    struct json json;
    const char *data = NULL;
    for (size_t i = 0; bh_model_output(s->model, i) && !data; i++)
        data = strcmp(bh_model_output(s->model, i), "-") == 0 ? "-" : NULL;
    json_begin(&json, json_stream(data));
    json_text(&json, "command", "run");
    json_text(&json, "model", s->operand);
    json_number(&json, "time_s", bh_network_time(bh_model_network(s->model)));
    json_whole(&json, "neurons", (int64_t)count_neurons(s->model));
    json_whole(&json, "synapses", (int64_t)count_synapses(s->model));
    json_object(&json, "spikes");
    for (size_t i = 0; i < bh_model_count(s->model, BH_MODEL_MONITORS); i++) {
        const char *name = bh_model_name(s->model, BH_MODEL_MONITORS, i);
        const bh_spike_monitor *monitor = bh_model_spike_monitor(s->model, name);
        if (monitor)
            json_whole(&json, name, (int64_t)bh_spike_monitor_count(monitor));
    }
    json_close(&json);
    json_list(&json, "files");
    for (size_t i = 0; bh_model_output(s->model, i); i++)
        json_text(&json, NULL, bh_model_output(s->model, i));
    json_close(&json);
    json_whole(&json, "processes", bh_comm_size(s->comm));
    json_whole(&json, "threads", bh_network_threads(bh_model_network(s->model)));
    json_text(&json, "backend", backend_name());
    json_number(&json, "took_s", s->took_s);
    json_end(&json);
}

static void
summarize(const struct simulation *s)
{
    const bh_network *net = bh_model_network(s->model);
    const double time_s = bh_network_time(net);
    const size_t neurons = count_neurons(s->model), synapses = count_synapses(s->model);
    if (common()->json) {
        print_json(s);
        return;
    }
    const int threads = bh_network_threads(net), processes = bh_comm_size(s->comm);
    char shared[48] = "";
    if (processes > 1)
        snprintf(shared, sizeof shared, "%d processes of ", processes);
    note("%.3g s, %zu neuron%s, %zu synapse%s; %.2f s taken, %.3gx real time, %s%d "
         "thread%s",
         time_s, neurons, plural(neurons), synapses, synapses == 1 ? "" : "s",
         s->took_s, time_s / s->took_s, shared, threads, plural((uint64_t)threads));
    for (size_t i = 0; i < bh_model_count(s->model, BH_MODEL_MONITORS); i++) {
        const char *name = bh_model_name(s->model, BH_MODEL_MONITORS, i);
        const bh_spike_monitor *monitor = bh_model_spike_monitor(s->model, name);
        if (monitor)
            note("%s: %llu spikes", name,
                 (unsigned long long)bh_spike_monitor_count(monitor));
    }
    for (size_t i = 0; bh_model_output(s->model, i); i++)
        note("wrote %s", bh_model_output(s->model, i));
}

/* Where there are parts of an interrupted run. */
static bh_status
tell_part(const struct simulation *s, bh_diag *diag)
{
    for (size_t i = 0; i < 64 && bh_model_output(s->model, i); i++) {
        const char *path = bh_model_output(s->model, i);
        if (s->wanted[i] && (strcmp(path, "-") == 0 || access(path, F_OK) == 0))
            return part_told(path, bh_network_time(bh_model_network(s->model)), diag);
    }
    return BH_ERR_STOPPED;
}

static bh_status
prepare(struct simulation *s, bh_diag *diag)
{
    const bool first = bh_comm_rank(s->comm) == 0;
    if (bh_comm_size(s->comm) > 1 && s->settings->view.kind != VIEW_NONE)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "--view watches one process, not %d",
                           bh_comm_size(s->comm));
    if (first)
        BH_TRY(simulation_check_outputs(s->model, diag));
    for (size_t i = 0; i < 64; i++)
        s->wanted[i] = part_wanted(bh_model_output(s->model, i));
    signals_catch();
    BH_TRY(backend_place(s->model, diag));
    BH_TRY(bh_model_build(s->model, diag));
    if (first)
        backend_tell(s->model);
    bh_network *net = bh_model_network(s->model);
    if (bh_network_notice(net) && first)
        note("%s", bh_network_notice(net));
    return simulation_view_open(s->model, s->operand, s->settings->group,
                                &s->settings->view, &s->view, diag);
}

static bh_status
run_model(struct simulation *s, bh_diag *diag)
{
    BH_TRY(prepare(s, diag));
    const bool live = bh_model_live(s->model) != NULL;
    if (s->view.watch.view && !live)
        BH_TRY(watch_await(&s->view.watch, diag));
    const double start_s = clock_s();
    BH_TRY(meter_start(&s->meter, bh_model_expected(s->model),
                       live || s->view.watch.view || bh_comm_rank(s->comm) > 0, diag));
    bh_network_report(bh_model_network(s->model), report, s);
    const bh_status status = bh_model_run(s->model, diag);
    meter_end(&s->meter);
    watch_close(&s->view.watch);
    s->took_s = clock_s() - start_s;
    if (status == BH_OK && bh_comm_rank(s->comm) == 0)
        summarize(s);
    return status == BH_ERR_STOPPED ? tell_part(s, diag) : status;
}

/* "FILE", or "NAME=FILE" where the model has a sound of that name. */
static bh_status
take_sound(bh_model *model, const char *text, bh_diag *diag)
{
    char name[64];
    const size_t length = strcspn(text, "=");
    snprintf(name, sizeof name, "%.*s", (int)length, text);
    for (size_t i = 0; text[length] && i < bh_model_count(model, BH_MODEL_SOUNDS); i++)
        if (strcmp(bh_model_name(model, BH_MODEL_SOUNDS, i), name) == 0)
            return bh_model_set_file(model, name, text + length + 1, diag);
    return bh_model_set_file(model, NULL, text, diag);
}

static int
run(const void *given, const char *operand)
{
    struct simulation s = {.settings = given, .operand = operand};
    bh_diag diag = {0};
    bh_status status = processes_join(&s.comm, operand, &diag);
    libraries_hush();
    if (status == BH_OK)
        status = simulation_read(operand, &s.settings->change, &s.model, &diag);
    if (status == BH_OK && s.settings->sound)
        status = take_sound(s.model, s.settings->sound, &diag);
    if (status == BH_OK)
        status = bh_model_spread(s.model, s.comm, &diag);
    if (status == BH_OK)
        status = run_model(&s, &diag);
    watch_close(&s.view.watch);
    const bool live = s.model && bh_model_live(s.model);
    const int result = status == BH_OK ? end_output()
                                       : processes_fail(s.comm, &diag, simulation_fail);
    bh_model_free(s.model);
    bh_comm_free(s.comm);
    if (!live)
        return result;
    /* a thread may hang in the sound system, whose own ways to the exit wait for it */
    fflush(stdout);
    fflush(console());
    _exit(result);
}

const struct command command_run = {
    .name = "run",
    .operand = "MODEL",
    .words = simulation_names,
    .words_or_files = true,
    .takes = TAKES_FORCE | TAKES_QUIET | TAKES_JSON | TAKES_BACKEND,
    .summary = "run a model: a file, or a built-in one",
    .about =
        "Runs MODEL: a model file (docs/model-files.md), - for standard input, or the "
        "name of a built-in model ('bhears models' lists them). It says which sounds "
        "are heard, through which filters, by which neurons and synapses, and what is "
        "recorded. The files that its monitors and pictures name are complete when the "
        "run has ended; a run that is interrupted leaves spikes and states until then, "
        "marked as partial. Several processes share one network, on one machine or "
        "many, "
        "where mpirun or srun has started them (docs/scaling.md).",
    .examples =
        "  bhears run nerve.yaml\n"
        "  bhears run nerve --sound speech.wav\n"
        "  bhears run nerve.yaml --set nerve.N=30000 --set run.seed=2 --view web\n"
        "  bhears run cuba --set run.duration='10 s' -f\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct run_command_settings),
    .run = run,
};
