/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/bank.h"
#include "cli/command.h"
#include "cli/console.h"
#include "cli/fibre.h"
#include "cli/json.h"

struct filter_settings {
    struct sound_settings sound;
    struct bank_settings bank;
    struct output_settings {
        const char *path;
        int format, precision;
        int64_t threads;
    } output;
};

#define OUTPUT_OFFSET(member) .offset = offsetof(struct output_settings, member)

static const char *const format_names[] = {
    [BH_FRAMES_AUTO] = "auto", [BH_FRAMES_NPY] = "npy", [BH_FRAMES_HDF5] = "h5",
    [BH_FRAMES_WAV] = "wav",   [BH_FRAMES_CSV] = "csv", NULL};

static const struct setting output_table[] = {
    {"output", 'o', "FILE",
     "the waveforms: .npy (NumPy), .h5 (HDF5), .wav (floating point, 1.0 is 1 Pa), "
     ".csv, or - for CSV on standard output; an existing file is replaced with "
     "--force, "
     "once the new one is complete",
     .needed = "a file to write, such as -o waves.npy", .parse = parse_text,
     OUTPUT_OFFSET(path)},
    {"format", 0, "npy|h5|wav|csv", "of the waveforms", .preset = "auto",
     .shown = "by the ending of FILE", .parse = parse_choice, .choices = format_names,
     OUTPUT_OFFSET(format)},
    {"precision", 'p', "single|double", "of the filters and the file",
     .preset = "double", .parse = parse_choice, .choices = precision_names,
     OUTPUT_OFFSET(precision)},
    {"threads", 'j', "N|all", "how many; no result depends on it", .preset = "all",
     .shown = "all processors", .parse = parse_whole, .least = 1, .most = 1024,
     .word = "all", .meaning = 0, OUTPUT_OFFSET(threads)},
};

static const struct setting_group groups[] = {
    SETTINGS("Output", output_table, struct filter_settings, output),
    BANK_SETTINGS(struct filter_settings, bank),
    SOUND_SETTINGS(struct filter_settings, sound),
};

static bh_status
take(void *user, bh_block block, bh_diag *diag)
{
    return bh_frames_writer_write(user, block, diag);
}

static void
summarize(const struct filter_settings *settings, const struct ear *ear, double heard_s,
          double took_s)
{
    struct json json;
    if (!common()->json) {
        note("%.3g s of sound, %zu channel%s of %s; %.2f s taken, %.3gx real time",
             heard_s, ear->places, plural(ear->places), settings->bank.kinds, took_s,
             heard_s / took_s);
        return;
    }
    json_begin(&json, json_stream(settings->output.path));
    json_text(&json, "command", "filter");
    json_text(&json, "bank", settings->bank.kinds);
    json_text(&json, "output", settings->output.path);
    json_number(&json, "samplerate_hz", ear->samplerate_hz);
    json_number(&json, "sound_s", heard_s);
    json_whole(&json, "channels", (int64_t)ear->places);
    json_number(&json, "took_s", took_s);
    json_end(&json);
}

/* Ends the file: complete, or where a signal came as the part that there is. */
static bh_status
finish(bh_frames_writer *writer, const char *path, bh_status status, double heard_s,
       bh_diag *diag)
{
    bh_diag why = {0};
    if (status == BH_OK)
        return bh_frames_writer_close(writer, diag);
    if (status != BH_ERR_STOPPED || !part_wanted(path) ||
        bh_frames_writer_partial(writer, "interrupted", &why) != BH_OK) {
        bh_frames_writer_abort(writer);
        return status;
    }
    if (bh_frames_writer_close(writer, &why) != BH_OK)
        return bh_diag_set(diag, BH_ERR_STOPPED, "interrupted; %s", why.text);
    return part_told(path, heard_s, diag);
}

static bh_status
filter(const struct filter_settings *settings, const struct chain *chain,
       const struct ear *ear, bh_diag *diag)
{
    const struct output_settings *output = &settings->output;
    const double start_s = clock_s();
    double heard_s = 0;
    bh_frames_writer *writer = NULL;
    bh_frames_writer_config config = bh_frames_writer_config_default();
    config.path = output->path;
    config.format = (bh_frames_format)output->format;
    config.samplerate_hz = ear->samplerate_hz;
    config.channels = ear->places;
    config.cf_hz = chain->cf_hz;
    config.precision = (bh_precision)output->precision;
    BH_TRY(bh_frames_writer_open(&config, &writer, diag));
    bh_status status = ear_listen(ear, take, writer, &heard_s, diag);
    status = finish(writer, output->path, status, heard_s, diag);
    if (status == BH_OK)
        summarize(settings, ear, heard_s, clock_s() - start_s);
    return status;
}

static int
run(const void *given, const char *sound)
{
    const struct filter_settings *settings = given;
    bh_diag diag = {0};
    struct ear ear = {0};
    struct chain chain;
    if (output_check(settings->output.path, &diag) != BH_OK ||
        chain_read(&settings->bank, &chain, &diag) != BH_OK)
        return fail(&diag);
    bh_status status = ear_open_sound(sound, &settings->sound, &ear, &diag);
    ear.threads = (int)settings->output.threads;
    if (status == BH_OK)
        status =
            chain_put(&chain, (bh_precision)settings->output.precision, &ear, &diag);
    signals_catch();
    if (status == BH_OK)
        status = filter(settings, &chain, &ear, &diag);
    ear_close(&ear);
    chain_free(&chain);
    return status == BH_OK ? end_output() : fail(&diag);
}

const struct command command_filter = {
    .name = "filter",
    .operand = "SOUND",
    .takes = TAKES_FORCE | TAKES_QUIET | TAKES_JSON | TAKES_BACKEND,
    .summary = "write what a filterbank makes of a sound",
    .about =
        "Hears SOUND through a filterbank and writes the waveform of every "
        "channel: shape (samples, channels). Some banks can follow each other: what "
        "comes before the first with places has one channel. SOUND is a file that "
        "libsndfile "
        "reads (WAV, FLAC, Ogg, MP3 ...), or - for standard input; its samples "
        "become pascals.\n\n"
        "HDF5 has them as /frames, with the attribute samplerate_hz and the "
        "centre frequencies as /cf_hz. CSV has the columns time_s and the centre "
        "frequency of each channel in Hz.",
    .examples = "  bhears filter speech.flac -o waves.npy\n"
                "  bhears filter speech.flac -o waves.h5 --cf 250,500,1kHz,2kHz,4kHz\n"
                "  bhears filter speech.flac -o waves.wav -r 100Hz:4kHz -n 16 "
                "--set b=1.2\n"
                "  bhears filter speech.flac -o rate.npy --bank "
                "linear,gammatone,haircell \\\n    --set linear.b=1,-0.97 --set "
                "haircell.kind=medium_1990\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct filter_settings),
    .run = run,
};
