/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/ear.h"
#include "cli/json.h"
#include "cli/tap.h"

#include <math.h>
#include <string.h>

struct hrtf_settings {
    struct sound_settings sound;
    struct place {
        const char *set;
        double azimuth_rad, elevation_rad;
        bool nearest;
    } place;
    struct output_settings {
        const char *path;
    } output;
};

#define PLACE_OFFSET(member)  .offset = offsetof(struct place, member)
#define OUTPUT_OFFSET(member) .offset = offsetof(struct output_settings, member)

static const struct setting place_settings_table[] = {
    {"set", 0, "FILE|headless",
     "the transfer functions: a SOFA file, or headless: two ears 650 us apart with no "
     "head between them",
     .needed = "transfer functions: --set FILE.sofa, or --set headless",
     .parse = parse_text, PLACE_OFFSET(set)},
    {"azimuth", 'a', "ANGLE",
     "where the sound comes from: 0deg is in front, 90deg left, -90deg right",
     .preset = "0deg", .parse = parse_angle, PLACE_OFFSET(azimuth_rad)},
    {"elevation", 'e', "ANGLE", "the same: 90deg is above", .preset = "0deg",
     .parse = parse_angle, PLACE_OFFSET(elevation_rad)},
    {"nearest", 0, NULL,
     "take the nearest direction that was measured, instead of the mean of those "
     "around",
     .parse = parse_switch, PLACE_OFFSET(nearest)},
};

static const struct setting output_table[] = {
    {"output", 'o', "FILE",
     "the sound at both ears: .wav or .flac, or - for WAV on standard output; an "
     "existing file is replaced with --force, once the new one is complete",
     .needed = "a file to write, such as -o ears.wav", .parse = parse_text,
     OUTPUT_OFFSET(path)},
};

static const struct setting_group groups[] = {
    SETTINGS("Output", output_table, struct hrtf_settings, output),
    SETTINGS("Place", place_settings_table, struct hrtf_settings, place),
    SOUND_SETTINGS(struct hrtf_settings, sound),
};

/* Ears without a head hear a plane wave with a time difference and nothing else. */
static bh_status
open_headless(const struct place *place, double samplerate_hz, bh_hrtf_set **out,
              bh_diag *diag)
{
    bh_headless_params params = bh_headless_params_default();
    const double itd_s = -params.diameter_m / BH_SPEED_OF_SOUND *
                         sin(place->azimuth_rad) * cos(place->elevation_rad);
    params.count = 1;
    params.itd_s = &itd_s;
    params.samplerate_hz = samplerate_hz;
    return bh_headless_new(&params, out, diag);
}

/* The one pair of responses that is asked for. */
static bh_status
choose(const struct place *place, double samplerate_hz, bh_hrtf_set **out,
       bh_diag *diag)
{
    const double degrees = 180 / 3.14159265358979323846;
    const bh_direction where = {place->azimuth_rad * degrees,
                                place->elevation_rad * degrees, NAN};
    bh_hrtf_set *set = NULL;
    size_t nearest = 0;
    if (strcmp(place->set, "headless") == 0)
        return open_headless(place, samplerate_hz, out, diag);
    BH_TRY(bh_sofa_read(place->set, &set, diag));
    bh_status status = BH_OK;
    if (bh_hrtf_samplerate(set) != samplerate_hz)
        status = bh_diag_set(diag, BH_ERR_ARGUMENT,
                             "the sound has %.10g Hz and '%s' has %.10g Hz; "
                             "--samplerate %.10gHz resamples the sound",
                             samplerate_hz, place->set, bh_hrtf_samplerate(set),
                             bh_hrtf_samplerate(set));
    else if (!place->nearest)
        status = bh_hrtf_interpolate(set, &where, out, diag);
    else
        status = bh_hrtf_nearest(set, &where, &nearest, diag);
    if (status == BH_OK && place->nearest)
        status = bh_hrtf_subset(set, &nearest, 1, out, diag);
    bh_hrtf_set_free(set);
    return status;
}

static bh_status
put_ears(const struct place *place, struct ear *ear, bh_diag *diag)
{
    bh_hrtf_set *pair = NULL;
    bh_filterbank *bank = NULL;
    BH_TRY(choose(place, ear->samplerate_hz, &pair, diag));
    const bh_status status =
        bh_hrtf_filterbank(pair, BH_HRTF_SERIAL, BH_DOUBLE, &bank, diag);
    bh_hrtf_set_free(pair);
    return status == BH_OK ? ear_put_bank(ear, bank, diag) : status;
}

static void
summarize(const struct hrtf_settings *settings, const struct ear *ear, double sound_s)
{
    struct json json;
    if (!common()->json) {
        note("%.6g s of sound at both ears", sound_s);
        return;
    }
    json_begin(&json, json_stream(settings->output.path));
    json_text(&json, "command", "hrtf");
    json_text(&json, "output", settings->output.path);
    json_number(&json, "samplerate_hz", ear->samplerate_hz);
    json_number(&json, "sound_s", sound_s);
    json_end(&json);
}

static bh_status
write_ears(const struct hrtf_settings *settings, const struct ear *ear, bh_diag *diag)
{
    struct meter meter;
    struct passage passage = {.meter = &meter};
    bh_source *source = NULL;
    BH_TRY(meter_start(&meter, ear->duration_s, false, diag));
    bh_status status = passage_tap(&passage, ear->out, &source, diag);
    if (status == BH_OK)
        status = bh_soundfile_write(settings->output.path, source, BH_ENCODING_AUTO,
                                    BH_FULL_SCALE_PASCAL, diag);
    meter_end(&meter);
    bh_source_free(source);
    if (status == BH_OK)
        summarize(settings, ear, passage.frames / ear->samplerate_hz);
    return status;
}

static int
run(const void *given, const char *sound)
{
    const struct hrtf_settings *settings = given;
    struct ear ear = {0};
    bh_diag diag = {0};
    if (output_refused(settings->output.path))
        return EXIT_USAGE;
    if (output_check(settings->output.path, &diag) != BH_OK)
        return fail(&diag);
    bh_status status = ear_open_sound(sound, &settings->sound, &ear, &diag);
    if (status == BH_OK)
        status = put_ears(&settings->place, &ear, &diag);
    signals_catch();
    if (status == BH_OK)
        status = write_ears(settings, &ear, &diag);
    ear_close(&ear);
    return status == BH_OK ? end_output() : fail(&diag);
}

const struct command command_hrtf = {
    .name = "hrtf",
    .operand = "SOUND",
    .takes = TAKES_FORCE | TAKES_QUIET | TAKES_JSON,
    .summary = "let a sound come from a direction, for two ears",
    .about = "Writes SOUND as it reaches the left and the right ear from a direction, "
             "through head-related transfer functions. SOUND is a file that libsndfile "
             "reads, or - for standard input. Databases of transfer functions are SOFA "
             "files, such as those at sofaconventions.org.\n\n"
             "'bhears hrtf info FILE' says what is in such a file.",
    .examples = "  bhears hrtf speech.wav --set kemar.sofa -a 60deg -o left.wav\n"
                "  bhears hrtf speech.wav --set headless -a -45deg -o right.wav\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct hrtf_settings),
    .run = run,
};
