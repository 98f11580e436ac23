/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/json.h"
#include "cli/playing.h"
#include "cli/stimulus.h"
#include "cli/tap.h"

#include <math.h>
#include <string.h>

struct sound_command {
    struct {
        const char *path;
        int encoding;
        double full_scale_db;
        bool normalise, play;
    } output;
    struct stimulus_settings stimulus;
};

#define OUTPUT_OFFSET(member)                                                          \
    .offset = offsetof(struct sound_command, output.member) -                          \
              offsetof(struct sound_command, output)

static const char *const encoding_names[] = {
    [BH_ENCODING_AUTO] = "auto",     [BH_ENCODING_PCM8] = "pcm8",
    [BH_ENCODING_PCM16] = "pcm16",   [BH_ENCODING_PCM24] = "pcm24",
    [BH_ENCODING_PCM32] = "pcm32",   [BH_ENCODING_FLOAT] = "float",
    [BH_ENCODING_DOUBLE] = "double", NULL};

static const struct setting output_table[] = {
    {"output", 'o', "FILE",
     "the sound: .wav or .flac, or - for WAV on standard output; an existing "
     "file is replaced with --force, once the new one is complete; needed unless "
     "--play",
     .parse = parse_text, OUTPUT_OFFSET(path)},
    {"encoding", 0, "ENCODING",
     "of the samples: pcm8, pcm16, pcm24, and for WAV pcm32, float or double",
     .preset = "auto", .shown = "float, which keeps pascals; FLAC: pcm24",
     .parse = parse_choice, .choices = encoding_names, OUTPUT_OFFSET(encoding)},
    {"full-scale-db", 0, "LEVEL", "what RMS 1.0 of the file means, dB SPL",
     .preset = "pascal", .shown = "93.979, so 1.0 is 1 Pa", .parse = parse_level,
     .word = "pascal", .meaning = BH_FULL_SCALE_PASCAL, OUTPUT_OFFSET(full_scale_db)},
    {"normalise", 0, NULL, "make the largest sample full scale, instead",
     .parse = parse_switch, OUTPUT_OFFSET(normalise)},
    {"play", 0, NULL,
     "play the sound through the default device ('bhears play' has more)",
     .parse = parse_switch, OUTPUT_OFFSET(play)},
};

static const struct setting_group groups[] = {
    SETTINGS("Output", output_table, struct sound_command, output),
    STIMULUS_SETTINGS(struct sound_command, stimulus),
};

/* The kind of that name; BH_STIMULUS_KINDS, and a message, where there is none. */
static bh_stimulus_kind
find_kind(const char *name)
{
    int kind = 0;
    while (bh_stimulus_names[kind] && strcmp(bh_stimulus_names[kind], name) != 0)
        kind++;
    if (!bh_stimulus_names[kind]) {
        const char *near = bh_text_nearest(name, bh_stimulus_names, BH_STIMULUS_KINDS);
        if (near)
            say("there is no kind of sound '%.60s'; did you mean %s?", name, near);
        else
            say("there is no kind of sound '%.60s'; see 'bhears help sound'", name);
    }
    return (bh_stimulus_kind)kind;
}

static const char *
kind_name(size_t i)
{
    return bh_stimulus_names[i];
}

static void
summarize(const char *path, const bh_source *source, const struct passage *passage)
{
    const size_t channels = bh_source_channels(source);
    const double sound_s = passage->frames / bh_source_samplerate(source);
    const double level_db =
        bh_level_from_rms(sqrt(passage->squares / passage->frames / (double)channels));
    char level[48] = "silent";
    struct json json;
    if (passage->squares > 0)
        snprintf(level, sizeof level, "%.2f dB SPL", level_db);
    if (!common()->json) {
        note("%.6g s of sound, %zu channel%s at %.10g Hz, %s", sound_s, channels,
             plural(channels), bh_source_samplerate(source), level);
        return;
    }
    json_begin(&json, json_stream(path));
    json_text(&json, "command", "sound");
    json_text(&json, "output", path);
    json_number(&json, "samplerate_hz", bh_source_samplerate(source));
    json_whole(&json, "channels", (int64_t)channels);
    json_number(&json, "sound_s", sound_s);
    json_number(&json, "level_db_spl", level_db);
    json_end(&json);
}

static bh_status
write_sound(const struct sound_command *settings, bh_source *sound, bh_diag *diag)
{
    const double length = (double)bh_source_length(sound);
    double full_scale_db = settings->output.full_scale_db;
    struct meter meter;
    struct passage passage = {.meter = &meter};
    bh_source *source = NULL;
    if (settings->output.normalise)
        BH_TRY(find_full_scale(sound, &full_scale_db, diag));
    BH_TRY(meter_start(&meter, length / bh_source_samplerate(sound), false, diag));
    bh_status status = passage_tap(&passage, sound, &source, diag);
    if (status == BH_OK)
        status = bh_soundfile_write(settings->output.path, source,
                                    (bh_soundfile_encoding)settings->output.encoding,
                                    full_scale_db, diag);
    meter_end(&meter);
    if (status == BH_OK)
        summarize(settings->output.path, source, &passage);
    bh_source_free(source);
    return status;
}

static int
run(const void *given, const char *name)
{
    const struct sound_command *settings = given;
    const bh_stimulus_kind kind = find_kind(name);
    bh_source *sound = NULL;
    bh_diag diag = {0};
    if (kind == BH_STIMULUS_KINDS)
        return EXIT_USAGE;
    if (!settings->output.path && !settings->output.play) {
        say("sound needs a file to write, such as -o %s.wav, or --play", name);
        return EXIT_USAGE;
    }
    if (settings->output.path && output_refused(settings->output.path))
        return EXIT_USAGE;
    if (output_check(settings->output.path, &diag) != BH_OK)
        return fail(&diag);
    signals_catch();
    if (stimulus_open(kind, &settings->stimulus, &sound, &diag) != BH_OK)
        return fail(&diag);
    bh_status status = BH_OK;
    if (settings->output.path)
        status = write_sound(settings, sound, &diag);
    if (status == BH_OK && settings->output.path && settings->output.play)
        status = bh_source_rewind(sound, &diag);
    const struct playing_settings playing = {.normalise = settings->output.normalise};
    if (status == BH_OK && settings->output.play)
        status = playing_run(&playing, sound, settings->output.full_scale_db, &diag);
    bh_source_free(sound);
    return status == BH_OK ? end_output() : fail(&diag);
}

const struct command command_sound = {
    .name = "sound",
    .operand = "KIND",
    .words = kind_name,
    .takes = TAKES_FORCE | TAKES_QUIET | TAKES_JSON,
    .summary = "make a tone, noise, click, vowel or sweep as a file",
    .about = "Makes a sound from a formula and writes it as WAV or FLAC. KIND is tone, "
             "harmonic (complex), white, pink, brown, powerlaw (noise), irns, irno "
             "(iterated "
             "rippled noise: add same, add original), click, clicks, silence, vowel or "
             "sweep. Samples are pascals. A seed gives the same noise on every "
             "machine. Sounds "
             "of any length are made in constant memory, but for the noises other than "
             "white.\n\n"
             "'bhears sound info FILE' says what is in a file.",
    .examples =
        "  bhears sound tone -F 1kHz -d 50ms -l '60 dB SPL' --ramp 10ms -o tone.wav\n"
        "  bhears sound tone -F 500Hz,504Hz -d 2s -l 50 -o beats.wav\n"
        "  bhears sound pink -d 10s -l '70 dB SPL' --seed 1 -o pink.wav\n"
        "  bhears sound white -d 10s -l 60 -o - | bhears spikes - -o noise.h5\n"
        "  bhears sound clicks --count 20 --interval 10ms --peak '80 dB SPL' \\\n"
        "      --width 100us -o clicks.wav\n"
        "  bhears sound sweep -F 100Hz --to 10kHz -d 2s --samplerate 48kHz -o "
        "sweep.wav\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct sound_command),
    .run = run,
};
