/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/playing.h"
#include "cli/tap.h"

#include <math.h>

struct play_settings {
    struct file_settings {
        double level_db, full_scale_db, start_s, duration_s, samplerate_hz;
    } file;
    struct playing_settings playing;
};

#define FILE_OFFSET(member) .offset = offsetof(struct file_settings, member)

static const struct setting file_table[] = {
    {"level", 'l', "LEVEL", "set the sound to this level, as '60 dB SPL'",
     .preset = "file", .shown = "as the file has it", .parse = parse_level,
     .word = "file", .meaning = NAN, FILE_OFFSET(level_db)},
    {"full-scale-db", 0, "LEVEL",
     "level of a square wave that fills the range of the file and of the device, dB "
     "SPL (RMS 1.0)",
     .preset = "pascal", .shown = "93.979, so 1.0 is 1 Pa", .parse = parse_level,
     .word = "pascal", .meaning = BH_FULL_SCALE_PASCAL, FILE_OFFSET(full_scale_db)},
    {"samplerate", 0, "FREQUENCY", "resample the sound to this rate, as 48kHz",
     .shown = "as the file has it", .parse = parse_samplerate,
     FILE_OFFSET(samplerate_hz)},
    {"start", 's', "TIME", "where to begin, as 1.5s or 200ms", .preset = "0s",
     .parse = parse_seconds, FILE_OFFSET(start_s)},
    {"duration", 'd', "TIME", "how long to play at most, as 2s", .preset = "all",
     .shown = "to the end", .parse = parse_seconds, .word = "all", .meaning = INFINITY,
     FILE_OFFSET(duration_s)},
};

static const struct setting_group groups[] = {
    SETTINGS("Sound", file_table, struct play_settings, file),
    PLAYING_SETTINGS(struct play_settings, playing),
};

static bh_status
play(const struct play_settings *settings, bh_source *sound, bh_diag *diag)
{
    const struct file_settings *file = &settings->file;
    bh_source *resampled = NULL;
    if (file->samplerate_hz > 0 && file->samplerate_hz != bh_source_samplerate(sound))
        BH_TRY(bh_resample_source(sound, file->samplerate_hz, BH_RESAMPLE_BEST,
                                  &resampled, diag));
    const bh_status status = playing_run(
        &settings->playing, resampled ? resampled : sound, file->full_scale_db, diag);
    bh_source_free(resampled);
    return status;
}

static int
run(const void *given, const char *path)
{
    const struct play_settings *settings = given;
    const bh_soundfile_options options = {.full_scale_db = settings->file.full_scale_db,
                                          .level_db = settings->file.level_db,
                                          .channel = BH_CHANNEL_ALL,
                                          .start_s = settings->file.start_s,
                                          .duration_s = settings->file.duration_s};
    bh_source *sound = NULL;
    bh_diag diag = {0};
    if (bh_soundfile_open(path, &options, &sound, &diag) != BH_OK)
        return fail(&diag);
    signals_catch();
    const bh_status status = play(settings, sound, &diag);
    bh_source_free(sound);
    return status == BH_OK ? EXIT_DONE : fail(&diag);
}

const struct command command_play = {
    .name = "play",
    .operand = "SOUND",
    .takes = TAKES_QUIET,
    .summary = "play a sound through a device of this machine",
    .about = "Plays SOUND, a file that libsndfile reads or - for standard input, with "
             "all its channels. Nothing is resampled or clipped unless you ask for it: "
             "where the device does not take the sample rate or the sound is too loud, "
             "you are told what would do.",
    .examples = "  bhears play speech.wav\n"
                "  bhears sound tone -l 60 -o - | bhears play - --normalise\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct play_settings),
    .run = run,
};
