/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/live.h"

#include <math.h>
#include <string.h>

#define OFFSET(member) .offset = offsetof(struct input_settings, member)

static const struct setting input_table[] = {
    {"device", 0, "NAME|NUMBER",
     "what to hear: a part of its name, or its number; 'bhears devices' lists them",
     .shown = "the default one", .parse = parse_text, OFFSET(device)},
    {"host-api", 0, "NAME", "only devices of this sound system, as alsa or jack",
     .shown = "any", .parse = parse_text, OFFSET(host_api)},
    {"rate", 0, "FREQUENCY", "sample rate, as 48kHz", .shown = "the device's own",
     .parse = parse_samplerate, OFFSET(samplerate_hz)},
    {"block", 0, "N", "samples that are heard together", .preset = "64",
     .parse = parse_whole, .least = 1, .most = BH_WINDOW_MAX, OFFSET(block)},
    {"buffer", 0, "TIME", "how far hearing may fall behind before samples are dropped",
     .preset = "2s", .parse = parse_seconds, OFFSET(buffer_s)},
    {"channel", 'c', "N", "of the device; the first is 0", .preset = "0",
     .parse = parse_whole, .least = 0, .most = 1022, OFFSET(channel)},
    {"full-scale-db", 0, "LEVEL",
     "level of a square wave that fills the device's range, dB SPL (RMS 1.0)",
     .preset = "pascal", .shown = "93.979, so 1.0 is 1 Pa", .parse = parse_level,
     .word = "pascal", .meaning = BH_FULL_SCALE_PASCAL, OFFSET(full_scale_db)},
    {"duration", 'd', "TIME", "how long to listen, as 10s", .preset = "all",
     .shown = "until Ctrl-C", .parse = parse_seconds, .word = "all",
     .meaning = INFINITY, OFFSET(duration_s)},
    {"record", 0, "FILE",
     "write what is heard, too: a floating-point WAV; 'bhears spikes' makes the same "
     "spikes of it",
     .parse = parse_text, OFFSET(record)},
    {"monitor", 0, NULL, "play what is heard; use headphones", .parse = parse_switch,
     OFFSET(monitor)},
};

static const struct setting heard_table[] = {
    {"model", 0, "FILE|NAME",
     "a model file, or a built-in model, that hears the device in place of its own "
     "sound; the options of places, fibres and runs are not its",
     .parse = parse_text, .offset = offsetof(struct live_settings, model)},
};

static const struct setting_group groups[] = {
    SETTINGS("Input", input_table, struct live_settings, input),
    OUTPUT_SETTINGS(struct live_settings, spikes.output),
    {"Model file", heard_table, 1, 0},
    CHANGE_SETTINGS(struct live_settings, change),
    PLACE_SETTINGS(struct live_settings, spikes.places),
    FIBRE_SETTINGS(struct live_settings, spikes.run),
    FIBRE_MODEL_SETTINGS(struct live_settings, spikes.fibre),
    RUN_SETTINGS(struct live_settings, spikes.run),
    PICTURE_SETTINGS(struct live_settings, spikes.picture),
    VIEW_SETTINGS(struct live_settings, spikes.view),
};

static int
run(const void *given, const char *operand)
{
    (void)operand;
    struct live_settings settings = *(const struct live_settings *)given;
    const struct input_settings *input = &settings.input;
    if (settings.spikes.output.path && input->record &&
        strcmp(settings.spikes.output.path, input->record) == 0) {
        say("spikes and recording cannot both be '%s'", input->record);
        return EXIT_USAGE;
    }
    settings.spikes.sound =
        (struct sound_settings){.level_db = NAN,
                                .full_scale_db = input->full_scale_db,
                                .duration_s = input->duration_s,
                                .channel = input->channel};
    settings.spikes.run.window = input->block;
    return live_run(&settings);
}

const struct command command_live = {
    .name = "live",
    .takes = TAKES_FORCE | TAKES_QUIET | TAKES_JSON | TAKES_BACKEND,
    .summary = "turn what a microphone hears into spikes, as it happens",
    .about =
        "Hears a sound device and does with it what 'bhears spikes' does with a file, "
        "block by block, until the duration is over or Ctrl-C is pressed. While it "
        "runs it shows one line: seconds heard, level, how much of the time it works, "
        "latency, frames dropped because it did not keep up, and the drift between the "
        "device's clock and the machine's.\n\n"
        "The latency runs from the capture of a block's first sample to its spikes, so "
        "it has the length of the block in it; latencies of converters are not in it. "
        "When the device goes away, its server ends, or the computer slept, all that "
        "was heard until then is written, and the exit status is 1.\n\n"
        "Without -o, --record, --picture and --view it only shows that line.",
    .examples = "  bhears live\n"
                "  bhears live --view web -o now.h5 --record now.wav\n"
                "  bhears live --device USB --rate 48kHz -d 60s -o minute.h5\n"
                "  bhears live --model mine.yaml --set monitors.spikes.file=now.h5\n"
                "  bhears live -n 3000 --format csv -q | head\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct live_settings),
    .run = run,
};
