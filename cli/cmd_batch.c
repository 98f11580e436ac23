/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/json.h"
#include "cli/processes.h"
#include "cli/simulation.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct share {
    size_t number, of; /* from 0 */
};

struct batch_settings {
    const char *output, *model, *sound, *group;
    struct text_list set;
    int form;
    bool no_spikes;
    double frames_hz;
    int64_t seed, threads;
    struct share share;
};

#define OFFSET(member) .offset = offsetof(struct batch_settings, member)

static const char *const form_names[] = {
    [BH_BATCH_CORPUS] = "no", [BH_BATCH_HDF5] = "h5", [BH_BATCH_CSV] = "csv", NULL};

static bool
whole(const char *text, char **end, long long *number)
{
    *number = strtoll(text, end, 10);
    return *end != text && *text >= '0' && *text <= '9';
}

/* One of a SLURM job array: its tasks have the numbers min, min + step ... max. */
static bh_status
slurm_share(struct share *share, bh_diag *diag)
{
    static const char *const names[] = {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN",
                                        "SLURM_ARRAY_TASK_STEP",
                                        "SLURM_ARRAY_TASK_COUNT"};
    long long number[4] = {0, 0, 1, 0};
    for (int i = 0; i < 4; i++) {
        const char *text = getenv(names[i]);
        char *end;
        if (!text && i == 2)
            continue;
        if (!text || !whole(text, &end, &number[i]) || *end)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "is for tasks of a SLURM job array, but %s is %s",
                               names[i], text ? "no number" : "not set");
    }
    if (number[2] < 1 || number[0] < number[1] ||
        (number[0] - number[1]) / number[2] >= number[3])
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "does not fit SLURM_ARRAY_TASK_ID=%lld, _MIN=%lld, "
                           "_STEP=%lld, _COUNT=%lld",
                           number[0], number[1], number[2], number[3]);
    *share = (struct share){(size_t)((number[0] - number[1]) / number[2]),
                            (size_t)number[3]};
    return BH_OK;
}

static bh_status
parse_share(const struct setting *setting, const char *text, void *target,
            bh_diag *diag)
{
    struct share *share = target;
    long long number, of;
    char *end;
    (void)setting;
    if (strcmp(text, "slurm") == 0)
        return slurm_share(share, diag);
    if (!whole(text, &end, &number) || *end != '/' || !whole(end + 1, &end, &of) ||
        *end || number < 1 || number > of)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "is not one of so many shares, such as 2/8");
    *share = (struct share){(size_t)number - 1, (size_t)of};
    return BH_OK;
}

static const struct setting output_table[] = {
    {"output", 'o', "FILE",
     "the corpus: HDF5 in the layout of the Spiking Heidelberg Digits; with --each a "
     "folder. A table of all sounds goes beside it, FILE.tsv",
     .parse = parse_text, .needed = "an output, such as -o corpus.h5", OFFSET(output)},
    {"each", 0, "no|h5|csv",
     "write a file for each sound instead, into the folder FILE", .preset = "no",
     .parse = parse_choice, .choices = form_names, OFFSET(form)},
    {"cochleagram", 'c', "FREQUENCY",
     "write what the filters say too: the RMS of each channel, Pa, in so many frames "
     "each second",
     .shown = "none", .parse = parse_hertz, OFFSET(frames_hz)},
    {"no-spikes", 0, NULL, "only the cochleagram", .parse = parse_switch,
     OFFSET(no_spikes)},
};

static const struct setting model_table[] = {
    {"model", 'm', "FILE|NAME", "a model file, or the name of a built-in model",
     .words = simulation_names, .preset = "nerve", .parse = parse_text, OFFSET(model)},
    {"set", 0, "PATH=VALUE",
     "change what the model says, such as groups.nerve.N=300; may be given several "
     "times",
     .parse = parse_list, OFFSET(set)},
    {"sound", 0, "NAME", "which sound of the model the corpus takes the place of",
     .shown = "its only one", .parse = parse_text, OFFSET(sound)},
    {"group", 0, "NAME", "the neurons whose spikes are written",
     .shown = "the model's only group", .parse = parse_text, OFFSET(group)},
    {"seed", 'S', "N", "the noise of each sound follows from it and the sound's name",
     .preset = "0", .parse = parse_whole, .least = 0, .most = INT64_MAX, OFFSET(seed)},
};

static const struct setting work_table[] = {
    {"threads", 'j', "N",
     "how many sounds are heard at a time; no result depends on it", .preset = "all",
     .shown = "all processors", .parse = parse_whole, .least = 1, .most = 1024,
     .word = "all", .meaning = 0, OFFSET(threads)},
    {"shard", 0, "K/N|slurm",
     "hear only share K of N, each of which may run on a machine of its own with the "
     "same FILE; the last to end writes it. slurm: K and N are those of the job array",
     .preset = "1/1", .parse = parse_share, OFFSET(share)},
};

static const struct setting_group groups[] = {
    {"Output", output_table, sizeof output_table / sizeof output_table[0], 0},
    {"Model", model_table, sizeof model_table / sizeof model_table[0], 0},
    {"Work", work_table, sizeof work_table / sizeof work_table[0], 0},
};

struct telling {
    bh_comm *comm;
    struct meter meter;
};

static bh_status
report(void *user, const bh_batch_progress *progress, bh_diag *diag)
{
    struct telling *telling = user;
    if (progress->name) {
        meter_hide(&telling->meter);
        say("%s: %s", progress->name, progress->why);
    }
    if (bh_comm_rank(telling->comm) == 0)
        meter_count(&telling->meter, progress->done, progress->sounds, "sounds");
    return signals_check(diag);
}

static void
summarize(const struct batch_settings *settings, const bh_batch_result *result,
          double took_s)
{
    note("%zu sound%s, %zu failed, %zu missing; %.3g s heard here, %.2f s taken, %.3gx "
         "real time",
         result->sounds, plural(result->sounds), result->failed, result->missing,
         result->heard_s, took_s, result->heard_s / took_s);
    if (result->missing > 0)
        note("%s will be written when all have been heard: by other shares, or by the "
             "same command again",
             settings->output);
    if (!common()->json)
        return;
    struct json json;
    json_begin(&json, json_stream(settings->output));
    json_text(&json, "command", "batch");
    json_text(&json, "output", result->missing ? NULL : settings->output);
    json_whole(&json, "sounds", (int64_t)result->sounds);
    json_whole(&json, "failed", (int64_t)result->failed);
    json_whole(&json, "missing", (int64_t)result->missing);
    json_number(&json, "heard_s", result->heard_s);
    json_number(&json, "took_s", took_s);
    json_end(&json);
}

static bh_status
hear(const struct batch_settings *settings, const char *sounds, bh_comm *comm,
     bh_batch_result *result, bh_diag *diag)
{
    struct telling telling = {.comm = comm};
    bh_batch_config config = bh_batch_config_default();
    bh_sound_list *list = NULL;
    BH_TRY(bh_sound_list_read(sounds, &list, diag));
    config.model = settings->model;
    config.set = settings->set.text;
    config.set_count = settings->set.count;
    config.sound = settings->sound;
    config.group = settings->group;
    config.sounds = list;
    config.output = settings->output;
    config.form = (bh_batch_form)settings->form;
    config.spikes = !settings->no_spikes;
    config.frames_hz = settings->frames_hz;
    config.seed = (uint64_t)settings->seed;
    config.threads = (int)settings->threads;
    config.comm = comm;
    config.replace = common()->force;
    config.shard = settings->share.number;
    config.shards = settings->share.of;
    config.report = report;
    config.user = &telling;
    bh_status status = meter_start(&telling.meter, 0, bh_comm_rank(comm) > 0, diag);
    if (status == BH_OK)
        status = bh_batch_run(&config, result, diag);
    meter_end(&telling.meter);
    bh_sound_list_free(list);
    return status;
}

static int
run(const void *given, const char *sounds)
{
    const struct batch_settings *settings = given;
    bh_comm *comm = NULL;
    bh_batch_result result;
    bh_diag diag = {0};
    const double start_s = clock_s();
    signals_catch();
    bh_status status = processes_join(&comm, sounds, &diag);
    if (status == BH_OK)
        status = input_spare(settings->output, &diag);
    if (status == BH_OK)
        status = hear(settings, sounds, comm, &result, &diag);
    if (status != BH_OK) {
        const int code = processes_fail(comm, &diag, fail);
        bh_comm_abort(comm, code); /* others may wait for this one */
        bh_comm_free(comm);
        return code;
    }
    if (bh_comm_rank(comm) == 0)
        summarize(settings, &result, clock_s() - start_s);
    bh_comm_free(comm);
    return result.failed ? EXIT_RUN_FAILED : EXIT_DONE;
}

const struct command command_batch = {
    .name = "batch",
    .operand = "SOUNDS",
    .takes = TAKES_FORCE | TAKES_QUIET | TAKES_JSON,
    .summary = "turn many sounds into one corpus of spikes",
    .about =
        "Hears all sounds of a folder, or of a list with one `path` or `path,label` a "
        "line (- is standard input), through one model. The label of a sound in a "
        "folder is the name of the first folder below.\n\n"
        "Each sound is heard alone, by a network whose noise follows from the seed and "
        "the sound's name: the corpus is the same, byte by byte, on any number of "
        "threads, shares and machines (mpirun or srun in front of the command share "
        "the sounds out). What is done is kept in FILE.journal until all is: after "
        "whatever ended it, the same command goes on where it was. A sound that cannot "
        "be heard is told, is not in the corpus, and ends nothing; the exit status is "
        "1 then.",
    .examples =
        "  bhears batch recordings -o corpus.h5 --set groups.nerve.N=300\n"
        "  bhears batch list.csv -o corpus.h5 --cochleagram 100Hz --no-spikes\n"
        "  mpirun -n 8 bhears batch recordings -o corpus.h5\n"
        "  sbatch --array=0-99 --wrap \\\n      'bhears batch recordings -o corpus.h5 "
        "--shard slurm'\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct batch_settings),
    .run = run,
};
