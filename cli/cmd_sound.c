/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/stimulus.h"

#include <math.h>
#include <string.h>

struct sound_command {
    struct {
        const char *path;
        int encoding;
        double full_scale_db;
        bool quiet;
    } output;
    struct stimulus_settings stimulus;
};

#define OUTPUT_OFFSET(member)                                                          \
    .offset = offsetof(struct sound_command, output.member) -                          \
              offsetof(struct sound_command, output)

static const char *const encoding_names[] = {[BH_ENCODING_AUTO] = "auto",
                                             [BH_ENCODING_PCM16] = "pcm16",
                                             [BH_ENCODING_PCM24] = "pcm24",
                                             [BH_ENCODING_FLOAT] = "float",
                                             NULL};

static const struct setting output_table[] = {
    {"output", 'o', "FILE",
     "the sound: .wav or .flac (needed); an existing file is replaced once the new one "
     "is complete",
     .parse = parse_text, OUTPUT_OFFSET(path)},
    {"encoding", 0, "pcm16|pcm24|float", "of the samples", .preset = "auto",
     .shown = "float, which keeps pascals; FLAC: pcm24", .parse = parse_choice,
     .choices = encoding_names, OUTPUT_OFFSET(encoding)},
    {"full-scale-db", 0, "LEVEL", "what RMS 1.0 of the file means, dB SPL",
     .preset = "pascal", .shown = "93.979, so 1.0 is 1 Pa", .parse = parse_level,
     .word = "pascal", .meaning = BH_FULL_SCALE_PASCAL, OUTPUT_OFFSET(full_scale_db)},
    {"quiet", 'q', NULL, "no summary", .parse = parse_switch, OUTPUT_OFFSET(quiet)},
};

static const struct setting_group groups[] = {
    SETTINGS("Output", output_table, struct sound_command, output),
    STIMULUS_SETTINGS(struct sound_command, stimulus),
};

/* The kind of that name; STIMULUS_KINDS, and a message, where there is none. */
static enum stimulus_kind
find_kind(const char *name)
{
    int kind = 0;
    while (stimulus_names[kind] && strcmp(stimulus_names[kind], name) != 0)
        kind++;
    if (!stimulus_names[kind]) {
        const char *near = bh_text_nearest(name, stimulus_names, STIMULUS_KINDS);
        if (near)
            say("there is no kind of sound '%.60s'; did you mean %s?", name, near);
        else
            say("there is no kind of sound '%.60s'; see 'bhears help sound'", name);
    }
    return (enum stimulus_kind)kind;
}

static void
summarize(const bh_sound *sound)
{
    const double level_db = bh_level_get(sound);
    char level[48] = "silent";
    if (isfinite(level_db))
        snprintf(level, sizeof level, "%.2f dB SPL", level_db);
    say("%.6g s of sound, %zu channel%s at %.10g Hz, %s", bh_sound_duration(sound),
        bh_sound_channels(sound), plural(bh_sound_channels(sound)),
        bh_sound_samplerate(sound), level);
}

static int
run(const void *given, const char *name)
{
    const struct sound_command *settings = given;
    const enum stimulus_kind kind = find_kind(name);
    bh_sound *sound = NULL;
    bh_diag diag = {0};
    if (kind == STIMULUS_KINDS)
        return EXIT_USAGE;
    if (!settings->output.path) {
        say("sound needs a file to write, such as -o %s.wav", name);
        return EXIT_USAGE;
    }
    if (stimulus_make(kind, &settings->stimulus, &sound, &diag) != BH_OK)
        return fail(&diag);
    const bh_status status = bh_sound_write(
        settings->output.path, sound, (bh_soundfile_encoding)settings->output.encoding,
        settings->output.full_scale_db, &diag);
    if (status == BH_OK && !settings->output.quiet)
        summarize(sound);
    bh_sound_free(sound);
    return status == BH_OK ? EXIT_DONE : fail(&diag);
}

const struct command command_sound = {
    .name = "sound",
    .operand = "KIND",
    .summary = "make a tone, noise, click, vowel or sweep as a file",
    .about =
        "Makes a sound from a formula and writes it as WAV or FLAC. KIND is tone, "
        "harmonic (complex), white, pink, brown, powerlaw (noise), irns, irno "
        "(iterated "
        "rippled noise: add same, add original), click, clicks, silence, vowel or "
        "sweep. Samples are pascals. A seed gives the same noise on every machine.\n\n"
        "'bhears sound info FILE' says what is in a file.",
    .examples =
        "  bhears sound tone -f 1kHz -d 50ms -l '60 dB SPL' --ramp 10ms -o tone.wav\n"
        "  bhears sound tone -f 500Hz,504Hz -d 2s -l 50 -o beats.wav\n"
        "  bhears sound pink -d 10s -l '70 dB SPL' --seed 1 -o pink.wav\n"
        "  bhears sound clicks --count 20 --interval 10ms --peak '80 dB SPL' \\\n"
        "      --width 100us -o clicks.wav\n"
        "  bhears sound sweep -f 100Hz --to 10kHz -d 2s --samplerate 48kHz -o "
        "sweep.wav\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct sound_command),
    .run = run,
};
