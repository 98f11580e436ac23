/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/analyse.h"

#include "cli/command.h"
#include "cli/console.h"
#include "cli/show.h"
#include "cli/simulation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RESULT(member)  .offset = offsetof(struct result_settings, member)
#define CHOICE(member)  .offset = offsetof(struct choice_settings, member)
#define TIMING(member)  .offset = offsetof(struct timing_settings, member)
#define MEASURE(member) .offset = offsetof(struct measure_settings, member)
#define BINS(member)    .offset = offsetof(struct bin_settings, member)
#define DRIVE(member)   .offset = offsetof(struct drive_settings, member)

static const char *const neurogram_names[] = {"none", "mean", "fine", NULL};

static const struct setting result_table[] = {
    {"output", 'o', "FILE",
     "figures as CSV, one line for each file; curves go beside it, as FILE-psth.csv; - "
     "is standard output",
     .shown = "standard output, unless --json or --picture is given",
     .parse = parse_text, RESULT(path)},
    {"picture", 0, "FILE", "the curves, or the neurogram: .png, .svg or .pdf",
     .parse = parse_text, RESULT(picture)},
};

static const struct setting measure_table[] = {
    {"psth", 0, NULL,
     "post-stimulus time histogram; onset, steady and spontaneous rate",
     .parse = parse_switch, MEASURE(psth)},
    {"latency", 0, NULL, "first-spike latency of each train", .parse = parse_switch,
     MEASURE(latency)},
    {"fano", 0, NULL, "variance over mean of counts, over the length of the window",
     .parse = parse_switch, MEASURE(fano)},
    {"isi", 0, NULL, "histogram and hazard of intervals, mean, CV, CV2",
     .parse = parse_switch, MEASURE(isi)},
    {"vector-strength", 0, "FREQUENCY",
     "period histogram, vector strength, phase and Rayleigh statistic at a frequency",
     .parse = parse_hertz, MEASURE(frequency_hz)},
    {"sac", 0, NULL, "shuffled autocorrelogram and correlation index",
     .parse = parse_switch, MEASURE(sac)},
    {"inverted", 0, "FILE",
     "spikes of the same neurons for the sound with its sign changed: XAC, difcor and "
     "sumcor too",
     .parse = parse_text, MEASURE(inverted)},
    {"neurogram", 0, "mean|fine",
     "rates by place and time: the mean rate, or the fine structure", .preset = "none",
     .shown = "none; mean with --nsim", .parse = parse_choice,
     .choices = neurogram_names, MEASURE(neurogram)},
    {"nsim", 0, "FILE", "similarity of the neurogram to that of these spikes",
     .parse = parse_text, MEASURE(reference)},
    {"rate-level", 0, NULL,
     "no FILE: rate over level of tones at --cf, threshold, dynamic range",
     .parse = parse_switch, MEASURE(rate_level)},
    {"tuning", 0, NULL, "no FILE: threshold over frequency, best frequency, Q10",
     .parse = parse_switch, MEASURE(tuning)},
    {"mtf", 0, NULL,
     "no FILE: gain and vector strength over the modulation frequency of tones at --cf",
     .parse = parse_switch, MEASURE(mtf)},
};

static const struct setting choice_table[] = {
    {"cf", 0, "FREQUENCY|LOW:HIGH",
     "the neurons of the nearest place, or of all places from LOW to HIGH; of the "
     "model "
     "that tones are played to",
     .shown = "all; 1kHz of the model", .parse = parse_text, CHOICE(cf)},
    {"neurons", 0, "LIST", "their indices, as 0-9,20", .shown = "all",
     .parse = parse_text, CHOICE(neurons)},
    {"population", 0, "NAME", "where an HDF5 file has several", .parse = parse_text,
     CHOICE(population)},
    {"start", 's', "TIME", "ignore what is before", .preset = "0s",
     .parse = parse_seconds, CHOICE(start_s)},
    {"stop", 0, "TIME", "ignore what comes later", .preset = "end",
     .shown = "to the end", .parse = parse_seconds, .word = "end", .meaning = NAN,
     CHOICE(stop_s)},
    {"trials", 0, NULL, "several files are trials of one condition, not conditions",
     .parse = parse_switch, CHOICE(trials)},
};

static const struct setting timing_table[] = {
    {"onset", 0, "TIME", "when the stimulus begins", .preset = "0s",
     .parse = parse_seconds, TIMING(onset_s)},
    {"offset", 0, "TIME", "when it ends", .preset = "end", .shown = "with the spikes",
     .parse = parse_seconds, .word = "end", .meaning = NAN, TIMING(offset_s)},
    {"delay", 0, "TIME", "from the ear to the neurons: added to both", .preset = "0s",
     .parse = parse_seconds, TIMING(delay_s)},
    {"skip", 0, "TIME",
     "what of the stimulus is no steady state, for all but PSTH and latency",
     .preset = "0s", .shown = "nothing; 10ms of tones", .parse = parse_seconds,
     TIMING(skip_s)},
};

static const struct setting bin_table[] = {
    {"bin", 0, "TIME", "of histograms", .preset = "auto",
     .shown = "1ms for a PSTH, 0.5ms for intervals, 50us for correlograms",
     .parse = parse_seconds, .word = "auto", .meaning = NAN, BINS(bin_s)},
    {"window", 0, "TIME", "of counts, for --fano", .preset = "100ms",
     .parse = parse_seconds, BINS(window_s)},
    {"max-interval", 0, "TIME", "of the interval histogram", .preset = "50ms",
     .parse = parse_seconds, BINS(max_interval_s)},
    {"max-lag", 0, "TIME", "of correlograms", .preset = "5ms", .parse = parse_seconds,
     BINS(max_lag_s)},
    {"phases", 0, "N", "bins of the period histogram", .preset = "64",
     .parse = parse_whole, .least = 1, .most = 65536, BINS(phases)},
};

static const struct setting drive_table[] = {
    {"model", 0, "FILE|NAME",
     "play them to this model ('bhears run' says what one is) in the place of its "
     "sound; "
     "--population names the group that answers, --cf chooses its place",
     .shown = "one place of a gammatone bank", .words = simulation_names,
     .parse = parse_text, DRIVE(model)},
    {"level-low", 0, "LEVEL", "lowest level of tones, dB SPL", .preset = "-10",
     .parse = parse_level, DRIVE(low_db)},
    {"level-high", 0, "LEVEL", "highest level", .preset = "100", .parse = parse_level,
     DRIVE(high_db)},
    {"level-step", 0, "DB", "from one level to the next, for --rate-level",
     .preset = "5", .parse = parse_factor, DRIVE(step_db)},
    {"level", 'l', "LEVEL", "of modulated tones", .preset = "80", .parse = parse_level,
     DRIVE(level_db)},
    {"depth", 0, "M", "of their modulation, above 0 to 1", .preset = "1",
     .parse = parse_factor, DRIVE(depth)},
    {"octaves", 0, "N", "to each side of --cf, for --tuning", .preset = "2",
     .parse = parse_factor, DRIVE(octaves)},
    {"criterion", 0, "RATE", "spikes/s above the spontaneous rate, for --tuning",
     .preset = "20", .parse = parse_factor, DRIVE(criterion_hz)},
    {"tone-duration", 0, "TIME", "of each tone", .preset = "200ms",
     .parse = parse_seconds, DRIVE(duration_s)},
    {"ramp", 0, "TIME", "at both ends of each tone", .preset = "5ms",
     .parse = parse_seconds, DRIVE(ramp_s)},
    {"repeats", 0, "N", "fibres that hear each tone", .preset = "50",
     .parse = parse_whole, .least = 2, .most = 1000000, DRIVE(repeats)},
    {"samplerate", 0, "FREQUENCY", "of tones and fibres", .preset = "50kHz",
     .parse = parse_samplerate, DRIVE(samplerate_hz)},
    {"seed", 0, "N", "of the noise of the fibres, the same for each tone",
     .preset = "0", .parse = parse_whole, .least = 0, .most = INT64_MAX, DRIVE(seed)},
    {"threads", 'j', "N", "how many; no result depends on it", .preset = "all",
     .shown = "all processors", .parse = parse_whole, .least = 1, .most = 1024,
     .word = "all", .meaning = 0, DRIVE(threads)},
};

static const struct setting_group groups[] = {
    SETTINGS("Output", result_table, struct analyse_settings, result),
    SETTINGS("Measures", measure_table, struct analyse_settings, measure),
    SETTINGS("Neurons and time", choice_table, struct analyse_settings, choice),
    SETTINGS("Stimulus", timing_table, struct analyse_settings, timing),
    SETTINGS("Bins", bin_table, struct analyse_settings, bins),
    SETTINGS("Tones", drive_table, struct analyse_settings, drive),
    FIBRE_MODEL_SETTINGS(struct analyse_settings, fibre),
    CHANGE_SETTINGS(struct analyse_settings, change),
    CHART_SETTINGS(struct analyse_settings, chart),
};

static bool
is_driven(const struct analyse_settings *s)
{
    return s->measure.rate_level || s->measure.tuning || s->measure.mtf;
}

static bool
reads_spikes(const struct measure_settings *m)
{
    return m->psth || m->latency || m->fano || m->isi || m->sac || m->inverted ||
           m->reference || m->frequency_hz > 0 || m->neurogram != NEUROGRAM_NONE;
}

/* Whether what is asked for fits together; says what does not. */
static bool
is_right(const struct analyse_settings *s)
{
    const bool grid = s->measure.neurogram != NEUROGRAM_NONE || s->measure.reference;
    const bool curves = s->measure.psth || s->measure.latency || s->measure.fano ||
                        s->measure.isi || s->measure.sac || s->measure.inverted ||
                        s->measure.frequency_hz > 0 || is_driven(s);
    if (is_driven(s) && (s->files.count > 0 || reads_spikes(&s->measure)))
        say("--rate-level, --tuning and --mtf play tones to a model, so no FILE and no "
            "other measure goes with them");
    else if (!is_driven(s) && s->files.count == 0)
        say("analyse needs a FILE of spikes, or --rate-level, --tuning or --mtf; see "
            "'bhears help analyse'");
    else if (s->bins.bin_s == 0 || s->bins.window_s == 0 ||
             s->bins.max_interval_s == 0 || s->bins.max_lag_s == 0)
        say("--bin, --window, --max-interval and --max-lag must be above 0 s");
    else if (s->result.picture && grid && curves)
        say("a picture shows curves or a neurogram, not both; --neurogram and --nsim "
            "make one of their own");
    else if (s->result.picture && !grid && !curves)
        say("--picture needs a measure to show, such as --psth");
    else
        return true;
    return false;
}

static bh_status
analyse_files(const struct analyse_settings *s, struct outcome *outcome, size_t *count,
              bh_diag *diag)
{
    const size_t each = s->choice.trials ? s->files.count : 1;
    for (size_t i = 0; i < s->files.count; i += each) {
        struct choice choice;
        BH_TRY(choice_open(&s->choice, s->files.text + i, each, &choice, diag));
        outcome[*count].name = s->files.text[i];
        bh_status status = measure_all(s, &choice, &outcome[(*count)++], diag);
        choice_close(&choice);
        if (status == BH_ERR_MEMORY)
            return bh_diag_set(diag, status, "no memory for the figures of '%s'",
                               s->files.text[i]);
        BH_TRY(status);
    }
    return BH_OK;
}

static bh_status
analyse(const struct analyse_settings *s, struct outcome *outcome, size_t *count,
        bh_diag *diag)
{
    BH_TRY(output_check(s->result.path, diag));
    if (s->result.picture)
        BH_TRY(picture_check(s->result.picture, diag));
    if (is_driven(s)) {
        outcome->name = "model";
        *count = 1;
        BH_TRY(measure_driven(s, outcome, diag));
    } else {
        BH_TRY(analyse_files(s, outcome, count, diag));
    }
    BH_TRY(outcomes_write(&s->result, outcome, *count, diag));
    if (s->result.picture)
        return outcomes_picture(s, outcome, *count, diag);
    return BH_OK;
}

static int
run(const void *given, const char *operand)
{
    struct analyse_settings settings = *(const struct analyse_settings *)given;
    (void)operand;
    bh_diag diag = {0};
    size_t count = 0;
    if (!is_right(&settings))
        return EXIT_USAGE;
    if (settings.measure.reference && settings.measure.neurogram == NEUROGRAM_NONE)
        settings.measure.neurogram = NEUROGRAM_MEAN;
    struct outcome *outcome = calloc(settings.files.count + 1, sizeof *outcome);
    if (!outcome) {
        say("out of memory");
        return EXIT_RUN_FAILED;
    }
    const bh_status status = analyse(&settings, outcome, &count, &diag);
    for (size_t i = 0; i < count; i++)
        outcome_free(&outcome[i]);
    free(outcome);
    if (status == BH_OK)
        return end_output();
    return settings.drive.model ? simulation_fail(&diag) : fail(&diag);
}

const struct command command_analyse = {
    .name = "analyse",
    .operand = "FILE...",
    .operand_optional = true,
    .many = offsetof(struct analyse_settings, files),
    .takes = TAKES_FORCE | TAKES_QUIET | TAKES_JSON,
    .summary = "say what spikes say: rates, intervals, locking, correlation, tuning",
    .about =
        "Reads FILEs of spikes (HDF5 in the SONATA layout, or CSV) and gives figures "
        "and "
        "curves. Each file is a condition of its own, or with --trials a trial of the "
        "same one. The trains of all chosen neurons are treated as trials of one: "
        "choose "
        "a place with --cf. docs/analysis.md says what each measure is, with its "
        "source.\n\n"
        "Without a FILE, --rate-level, --tuning and --mtf play tones to the model: one "
        "place of a gammatone bank with --repeats fibres, the simple auditory nerve or "
        "equations of your own.\n\n"
        "Figures are CSV with one line for each file; curves follow, or are files "
        "beside "
        "it. What there are too few spikes to say is an empty cell, null in JSON.",
    .examples =
        "  bhears analyse speech.h5 --psth --isi --picture figures.pdf -o figures.csv\n"
        "  bhears analyse speech.h5 --cf 1kHz --vector-strength 1kHz --skip 20ms "
        "--json\n"
        "  bhears analyse speech.h5 --cf 500Hz --sac --picture sac.png --size 85x60\n"
        "  bhears analyse speech.h5 --neurogram mean --picture neurogram.png\n"
        "  bhears analyse --rate-level --cf 1kHz --repeats 10 --level-step 20 --json\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct analyse_settings),
    .run = run,
};
