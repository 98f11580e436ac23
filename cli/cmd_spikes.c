/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "cli/backend.h"
#include "cli/command.h"
#include "cli/console.h"
#include "cli/json.h"
#include "cli/nerve.h"

#include <string.h>
#include <unistd.h>

#define OUTPUT_OFFSET(member) .offset = offsetof(struct output_settings, member)
#define RUN_OFFSET(member)    .offset = offsetof(struct run_settings, member)

const char *const random_names[] = {
    [BH_RANDOM_FAST] = "fast", [BH_RANDOM_PORTABLE] = "portable", NULL};

static const char *const format_names[] = {
    [BH_SPIKES_AUTO] = "auto", [BH_SPIKES_HDF5] = "h5", [BH_SPIKES_CSV] = "csv", NULL};

const struct setting output_table[3] = {
    {"output", 'o', "FILE",
     "the spikes: .h5 (HDF5, SONATA layout), .csv, or - for CSV on "
     "standard output; an existing file is replaced with --force, once the new "
     "one is complete",
     .shown = "- where that is no terminal", .parse = parse_text, OUTPUT_OFFSET(path)},
    {"format", 0, "h5|csv", "of the spikes", .preset = "auto",
     .shown = "by the ending of FILE", .parse = parse_choice, .choices = format_names,
     OUTPUT_OFFSET(format)},
    {"picture", 0, "FILE",
     "draw the filters' output and the spikes: .png, .svg or .pdf", .parse = parse_text,
     OUTPUT_OFFSET(picture)},
};

const struct setting fibre_table[1] = {
    {"fibres", 'F', "N", "nerve fibres at each place", .preset = "10",
     .parse = parse_whole, .least = 1, .most = 1000000, RUN_OFFSET(fibres)},
};

const struct setting run_table[5] = {
    {"seed", 'S', "N", "all random numbers follow from it", .preset = "0",
     .parse = parse_whole, .least = 0, .most = INT64_MAX, RUN_OFFSET(seed)},
    {"random", 0, "fast|portable", "portable gives the same noise on all machines",
     .preset = "fast", .parse = parse_choice, .choices = random_names,
     RUN_OFFSET(random)},
    {"precision", 'p', "single|double", "of filters and neurons", .preset = "single",
     .parse = parse_choice, .choices = precision_names, RUN_OFFSET(precision)},
    {"threads", 'j', "N|all", "how many; no result depends on it", .preset = "all",
     .shown = "all processors", .parse = parse_whole, .least = 1, .most = 1024,
     .word = "all", .meaning = 0, RUN_OFFSET(threads)},
    {"interpret", 0, NULL, "do not compile the equations; slower, the same spikes",
     .parse = parse_switch, RUN_OFFSET(interpret)},
};

static const struct setting window_table[] = {
    {"window", 0, "N", "samples that are worked on together; no result depends on it",
     .preset = "auto", .shown = "256, or 1024 on a GPU", .parse = parse_whole,
     .least = 1, .most = BH_WINDOW_MAX, .word = "auto", .meaning = 0,
     RUN_OFFSET(window)},
};

static const struct setting_group groups[] = {
    OUTPUT_SETTINGS(struct spikes_settings, output),
    SOUND_SETTINGS(struct spikes_settings, sound),
    PLACE_SETTINGS(struct spikes_settings, places),
    FIBRE_SETTINGS(struct spikes_settings, run),
    FIBRE_MODEL_SETTINGS(struct spikes_settings, fibre),
    RUN_SETTINGS(struct spikes_settings, run),
    SETTINGS("Windows", window_table, struct spikes_settings, run),
    PICTURE_SETTINGS(struct spikes_settings, picture),
    VIEW_SETTINGS(struct spikes_settings, view),
};

bool
nerve_choose_output(const struct spikes_settings *settings, bool needed,
                    struct nerve_task *task)
{
    const char *path = settings->output.path, *picture = settings->output.picture;
    task->path = path;
    task->format = (bh_spike_format)settings->output.format;
    if (path && picture && strcmp(path, picture) == 0) {
        say("spikes and picture cannot both be '%s'", path);
        return false;
    }
    if (path && strcmp(path, "-") != 0)
        return true;
    if (task->format == BH_SPIKES_HDF5) {
        say("HDF5 cannot go to standard output; name a file, such as -o spikes.h5");
        return false;
    }
    if (path || task->format == BH_SPIKES_CSV ||
        (needed && !picture && !isatty(STDOUT_FILENO))) {
        task->path = "-";
        return true;
    }
    if (!needed || settings->view.kind != VIEW_NONE)
        return true;
    if (!picture)
        say("say where the spikes shall go: -o spikes.h5, -o spikes.csv, --format csv "
            "to see them here, or --picture spikes.png");
    return picture != NULL;
}

void
nerve_json(struct json *json, const struct nerve_task *task,
           const struct nerve_result *r)
{
    json_text(json, "sound", task->sound);
    json_text(json, "output", task->path);
    json_text(json, "picture", task->settings->output.picture);
    json_number(json, "samplerate_hz", r->samplerate_hz);
    json_number(json, "sound_s", r->heard_s);
    json_whole(json, "places", (int64_t)r->places);
    json_whole(json, "fibres", (int64_t)r->fibres);
    json_whole(json, "spikes", (int64_t)r->spikes);
    json_number(json, "rate_hz", (double)r->spikes / (double)r->fibres / r->heard_s);
    json_number(json, "took_s", r->took_s);
    json_whole(json, "threads", r->threads);
    json_text(json, "backend", backend_name());
}

static void
summarize(const struct nerve_task *task, const struct nerve_result *r)
{
    const size_t each = r->fibres / r->places;
    const double rate_hz = (double)r->spikes / (double)r->fibres / r->heard_s;
    struct json json;
    if (common()->json) {
        json_begin(&json, json_stream(task->path));
        json_text(&json, "command", "spikes");
        nerve_json(&json, task, r);
        json_end(&json);
        return;
    }
    note("%.3g s of sound, %zu place%s x %zu fibre%s, %llu spike%s (%.3g Hz each "
         "fibre); "
         "%.2f s taken, %.3gx real time, %d thread%s",
         r->heard_s, r->places, plural(r->places), each, plural(each),
         (unsigned long long)r->spikes, plural(r->spikes), rate_hz, r->took_s,
         r->heard_s / r->took_s, r->threads, plural((uint64_t)r->threads));
}

static int
run(const void *given, const char *sound)
{
    const struct spikes_settings *settings = given;
    struct nerve_task task = {.settings = settings, .sound = sound};
    struct nerve_result result;
    bh_diag diag = {0};
    if (!nerve_choose_output(settings, true, &task))
        return EXIT_USAGE;
    if (nerve_run(&task, &result, &diag) != BH_OK)
        return fail(&diag);
    summarize(&task, &result);
    return end_output();
}

const struct command command_spikes = {
    .name = "spikes",
    .operand = "SOUND",
    .takes = TAKES_FORCE | TAKES_QUIET | TAKES_JSON | TAKES_BACKEND,
    .summary = "turn a sound into the spikes of the auditory nerve",
    .about =
        "Hears SOUND through a gammatone filterbank and writes the spikes of the "
        "auditory "
        "nerve. SOUND is a file that libsndfile reads (WAV, FLAC, Ogg, MP3 ...), or - "
        "for standard input.\n\n"
        "Each place of the cochlea drives some fibres: fibre f of place p has the "
        "index "
        "p * fibres + f. The fibres are leaky integrate-and-fire neurons with noise, "
        "driven by 3 * (half-wave rectified pressure)^(1/3): the simple auditory nerve "
        "of "
        "Brian hears. 300 places with 10 fibres each are the 3000 fibres of its "
        "example at "
        "a tenth of the work for filters: with 7 places or more to the ERB they still "
        "lie far "
        "closer than a filter, which is an ERB wide, can tell apart, and ten fibres "
        "that "
        "hear the same make a rate visible.\n\n"
        "CSV has the columns time_s, index and cf_hz. HDF5 has times in ms, and all "
        "that "
        "is needed to make the file again as attributes of its root.",
    .examples = "  bhears spikes speech.flac -o speech.h5 --picture speech.png\n"
                "  bhears spikes speech.flac -l '60 dB SPL' -d 1s > spikes.csv\n"
                "  cat speech.flac | bhears spikes - -o speech.csv -n 100 -F 1\n"
                "  bhears spikes speech.flac -o own.h5 -e own.eqs -t 'v > 15*mV' \\\n"
                "      --reset 'v = 0*mV' --link 'I = x*10*mV' -D tau=10*ms\n"
                "  bhears spikes speech.flac --view web\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct spikes_settings),
    .run = run,
};
