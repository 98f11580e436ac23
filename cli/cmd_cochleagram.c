/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/ear.h"
#include "cli/fibre.h"
#include "cli/json.h"
#include "cli/show.h"

struct cochleagram_settings {
    struct sound_settings sound;
    struct place_settings places;
    struct picture_settings picture;
    struct output_settings {
        const char *path;
        int precision;
    } output;
};

#define OUTPUT_OFFSET(member) .offset = offsetof(struct output_settings, member)

static const struct setting output_table[] = {
    {"output", 'o', "FILE",
     "the picture: .png, .svg or .pdf; an existing file is replaced with --force, once "
     "the new one is complete",
     .needed = "a picture to write, such as -o picture.png", .parse = parse_text,
     OUTPUT_OFFSET(path)},
    {"precision", 'p', "single|double", "of the filters", .preset = "single",
     .parse = parse_choice, .choices = precision_names, OUTPUT_OFFSET(precision)},
};

static const struct setting_group groups[] = {
    SETTINGS("Output", output_table, struct cochleagram_settings, output),
    SOUND_SETTINGS(struct cochleagram_settings, sound),
    PLACE_SETTINGS(struct cochleagram_settings, places),
    PICTURE_SETTINGS(struct cochleagram_settings, picture),
};

static bh_status
take(void *user, bh_block block, bh_diag *diag)
{
    return bh_cochleagram_process(user, block, diag);
}

static void
summarize(const struct cochleagram_settings *settings, const struct picture *picture,
          size_t places, double took_s)
{
    struct json json;
    if (!common()->json) {
        note("%.3g s of sound, %zu place%s; %.2f s taken, %.3gx real time",
             picture->duration_s, places, plural(places), took_s,
             picture->duration_s / took_s);
        return;
    }
    json_begin(&json, json_stream(NULL));
    json_text(&json, "command", "cochleagram");
    json_text(&json, "sound", picture->sound);
    json_text(&json, "output", settings->output.path);
    json_number(&json, "sound_s", picture->duration_s);
    json_whole(&json, "places", (int64_t)places);
    json_number(&json, "cf_low_hz", picture->cf_hz[0]);
    json_number(&json, "cf_high_hz", picture->cf_hz[places - 1]);
    json_number(&json, "took_s", took_s);
    json_end(&json);
}

static bh_status
draw(const struct cochleagram_settings *settings, const char *sound,
     const struct ear *ear, bh_diag *diag)
{
    struct picture picture = {.cf_hz = ear->cf_hz, .sound = sound};
    bh_cochleagram *cochleagram = NULL;
    const double start_s = clock_s();
    BH_TRY(picture_cochleagram(ear->samplerate_hz, ear->places, &cochleagram, diag));
    bh_status status = ear_listen(ear, take, cochleagram, &picture.duration_s, diag);
    picture.cochleagram = cochleagram;
    if (status == BH_OK)
        status =
            picture_write(settings->output.path, &picture, &settings->picture, diag);
    bh_cochleagram_free(cochleagram);
    if (status == BH_OK)
        summarize(settings, &picture, ear->places, clock_s() - start_s);
    return status;
}

static int
run(const void *given, const char *sound)
{
    const struct cochleagram_settings *settings = given;
    bh_diag diag = {0};
    struct ear ear;
    if (picture_check(settings->output.path, &diag) != BH_OK ||
        ear_open(sound, &settings->sound, &settings->places,
                 (bh_precision)settings->output.precision, NULL, &ear, &diag) != BH_OK)
        return fail(&diag);
    signals_catch();
    const bh_status status = draw(settings, sound, &ear, &diag);
    ear_close(&ear);
    return status == BH_OK ? end_output() : fail(&diag);
}

const struct command command_cochleagram = {
    .name = "cochleagram",
    .operand = "SOUND",
    .takes = TAKES_FORCE | TAKES_QUIET | TAKES_JSON | TAKES_BACKEND,
    .summary = "draw the output of a gammatone filterbank",
    .about =
        "Draws the level of each filter over time: RMS in dB SPL. SOUND is a file "
        "that libsndfile reads (WAV, FLAC, Ogg, MP3 ...), or - for standard input.",
    .examples = "  bhears cochleagram speech.flac -o speech.png\n"
                "  bhears cochleagram speech.flac -o speech.pdf -l '60 dB SPL' "
                "-r 100Hz:6kHz\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct cochleagram_settings),
    .run = run,
};
