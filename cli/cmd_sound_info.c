/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct info_settings {
    double full_scale_db;
};

static const struct setting info_table[] = {
    {"full-scale-db", 0, "LEVEL",
     "level of a square wave that fills the file's range, dB SPL (RMS 1.0)",
     .preset = "pascal", .shown = "93.979, so 1.0 is 1 Pa", .parse = parse_level,
     .word = "pascal", .meaning = BH_FULL_SCALE_PASCAL, .offset = 0},
};

static const struct setting_group groups[] = {
    {"Sound", info_table, sizeof info_table / sizeof info_table[0], 0},
};

/* What the samples of a channel add up to. */
struct sums {
    double squares, peak_pa;
};

/* Reads a source to its end; `sums` has one for each channel. */
static bh_status
measure(bh_source *source, struct sums *sums, uint64_t *frames, bh_diag *diag)
{
    enum { FRAMES = 4096 };
    const size_t channels = bh_source_channels(source);
    bh_block block = {.frames = FRAMES,
                      .channels = channels,
                      .stride = channels,
                      .precision = BH_DOUBLE};
    double *samples = calloc(FRAMES * channels, sizeof *samples);
    if (!samples)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    block.data = samples;
    bh_status status = BH_OK;
    for (size_t got = FRAMES; status == BH_OK && got == FRAMES;) {
        status = bh_source_read(source, block, &got, diag);
        if (status == BH_OK)
            status = signals_check(diag);
        for (size_t i = 0; status == BH_OK && i < got * channels; i++) {
            struct sums *of = &sums[i % channels];
            of->squares += samples[i] * samples[i];
            const double size = fabs(samples[i]);
            of->peak_pa = size > of->peak_pa ? size : of->peak_pa;
        }
        *frames += status == BH_OK ? got : 0;
    }
    free(samples);
    return status;
}

static void
print_level(const char *title, double rms_pa, double peak_pa)
{
    if (peak_pa == 0)
        printf("%-12s silent\n", title);
    else
        printf("%-12s %.2f dB SPL, peak %.4g Pa (%.2f dB SPL)\n", title,
               bh_level_from_rms(rms_pa), peak_pa, bh_level_from_rms(peak_pa));
}

static void
print_levels(const struct sums *sums, size_t channels, double frames)
{
    struct sums all = {0};
    for (size_t ch = 0; ch < channels; ch++) {
        all.squares += sums[ch].squares / (double)channels;
        if (sums[ch].peak_pa > all.peak_pa)
            all.peak_pa = sums[ch].peak_pa;
    }
    print_level("level", sqrt(all.squares / frames), all.peak_pa);
    for (size_t ch = 0; ch < channels && channels > 1; ch++) {
        char title[32];
        snprintf(title, sizeof title, "channel %zu", ch);
        print_level(title, sqrt(sums[ch].squares / frames), sums[ch].peak_pa);
    }
}

static void
json_level(struct json *json, double rms_pa, double peak_pa)
{
    json_number(json, "level_db_spl", bh_level_from_rms(rms_pa));
    json_number(json, "peak_pa", peak_pa);
}

static void
print_json(const bh_source *source, const char *format, const struct sums *sums,
           uint64_t frames)
{
    const size_t channels = bh_source_channels(source);
    const double count = frames > 0 ? (double)frames : 1;
    struct json json;
    json_begin(&json, stdout);
    json_text(&json, "format", *format ? format : NULL);
    json_number(&json, "samplerate_hz", bh_source_samplerate(source));
    json_whole(&json, "frames", (int64_t)frames);
    json_number(&json, "duration_s", (double)frames / bh_source_samplerate(source));
    json_list(&json, "channels");
    for (size_t ch = 0; ch < channels; ch++) {
        json_object(&json, NULL);
        json_level(&json, sqrt(sums[ch].squares / count), sums[ch].peak_pa);
        json_close(&json);
    }
    json_end(&json);
}

static void
print_text(const bh_source *source, const char *format, const struct sums *sums,
           uint64_t frames)
{
    const size_t channels = bh_source_channels(source);
    const double rate_hz = bh_source_samplerate(source);
    if (*format)
        printf("format       %s\n", format);
    printf("samplerate   %.10g Hz\nchannels     %zu\n", rate_hz, channels);
    printf("duration     %.6f s (%llu frames)\n", (double)frames / rate_hz,
           (unsigned long long)frames);
    if (frames > 0)
        print_levels(sums, channels, (double)frames);
}

static bh_status
describe(bh_source *source, const char *format, bh_diag *diag)
{
    const size_t channels = bh_source_channels(source);
    uint64_t frames = 0;
    struct sums *sums = calloc(channels, sizeof *sums);
    if (!sums)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    const bh_status status = measure(source, sums, &frames, diag);
    if (status == BH_OK && common()->json)
        print_json(source, format, sums, frames);
    else if (status == BH_OK)
        print_text(source, format, sums, frames);
    free(sums);
    return status;
}

static int
run(const void *given, const char *path)
{
    const struct info_settings *settings = given;
    bh_soundfile_options options = bh_soundfile_options_default();
    bh_soundfile_info info = {0};
    bh_source *source = NULL;
    bh_diag diag = {0};
    options.full_scale_db = settings->full_scale_db;
    options.channel = BH_CHANNEL_ALL;
    /* Standard input can be read only once, so its format stays unsaid. */
    if (strcmp(path, "-") != 0 && bh_soundfile_query(path, &info, &diag) != BH_OK)
        return fail(&diag);
    if (bh_soundfile_open(path, &options, &source, &diag) != BH_OK)
        return fail(&diag);
    signals_catch();
    const bh_status status = describe(source, info.format, &diag);
    bh_source_free(source);
    return status == BH_OK ? end_output() : fail(&diag);
}

const struct command command_sound_info = {
    .name = "sound info",
    .operand = "FILE",
    .summary = "say what is in a sound file",
    .about = "Prints format, sample rate, channels, duration and levels of FILE, which "
             "libsndfile reads (WAV, FLAC, Ogg, MP3 ...), or - for standard input. "
             "Levels are RMS.",
    .examples = "  bhears sound info speech.flac\n"
                "  bhears sound info speech.flac --json\n",
    .takes = TAKES_JSON,
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct info_settings),
    .run = run,
};
