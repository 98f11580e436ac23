/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/soundfile.h"
#include "models/model_internal.h"
#include "sounds/resample.h"
#include "sounds/stream.h"

#include <math.h>
#include <string.h>

/* "mix", "all" or a number. */
static bh_status
channel_of(const bh_model *model, const struct model_value *value, int *out,
           bh_diag *diag)
{
    double number;
    *out = BH_CHANNEL_MIX;
    if (strcmp(value->text, "mix") == 0)
        return BH_OK;
    *out = BH_CHANNEL_ALL;
    if (strcmp(value->text, "all") == 0)
        return BH_OK;
    BH_TRY(model_evaluate(model->names, "channel", value, "1", &number, diag));
    if (!(number >= 0 && number < 1024) || number != floor(number))
        return doc_error(diag, value->node, BH_ERR_TEXT,
                         "'channel' is %g; it must be mix, all, or a whole number from "
                         "0 on",
                         number);
    *out = (int)number;
    return BH_OK;
}

/* Opens the model's file, or another for which what the model says of a file holds. */
static bh_status
open_source(const bh_model *model, const struct model_sound *sound, const char *other,
            bh_source **source, bh_diag *diag)
{
    char path[MODEL_PATH_MAX];
    bh_soundfile_options options = bh_soundfile_options_default();
    options.full_scale_db = sound->full_scale.number;
    if (sound->level.node && !model->checking)
        options.level_db = sound->level.number;
    if (sound->file.node) {
        BH_TRY(channel_of(model, &sound->channel, &options.channel, diag));
        options.start_s = sound->start.number;
        if (sound->duration.node)
            options.duration_s = sound->duration.number;
    }
    if (other)
        return bh_soundfile_open(other, &options, source, diag);
    BH_TRY(model_path(&sound->file, path, sizeof path, diag));
    return model_blame_value(bh_soundfile_open(path, &options, source, diag), diag,
                             sound->file.node);
}

static bh_status
open_file(const bh_model *model, const struct model_sound *sound,
          struct model_sound_built *built, bh_diag *diag)
{
    bh_source *source = NULL;
    BH_TRY(open_source(model, sound, built->file, &source, diag));
    built->part[built->count++] = source;
    if (!sound->samplerate.node ||
        sound->samplerate.number == bh_source_samplerate(source))
        return BH_OK;
    BH_TRY(model_blame_value(bh_resample_source(source, sound->samplerate.number,
                                                BH_RESAMPLE_BEST, &source, diag),
                             diag, sound->samplerate.node));
    built->part[built->count++] = source;
    return BH_OK;
}

static bh_status
open_live(const struct model_live *live, double duration_s,
          struct model_sound_built *built, bh_diag *diag)
{
    bh_live_config config = bh_live_config_default();
    bh_source *source = NULL;
    config.device = live->device.text;
    config.host_api = live->host_api.text;
    config.samplerate_hz = live->samplerate.node ? live->samplerate.number : NAN;
    config.full_scale_db = live->full_scale.number;
    config.channel = (size_t)live->channel.whole;
    config.channels = (size_t)live->channels.whole;
    config.block = (size_t)live->block.whole;
    config.buffer_s = live->buffer.number;
    config.duration_s = duration_s;
    BH_TRY(bh_live_open(&config, &built->live, diag));
    BH_TRY(bh_live_source(built->live, &source, diag));
    built->part[built->count++] = source;
    return BH_OK;
}

/* Where a device would be heard. */
static bh_status
open_silence(const struct model_live *live, struct model_sound_built *built,
             bh_diag *diag)
{
    bh_sound_shape shape = bh_sound_shape_default();
    bh_source *source = NULL;
    shape.channels = (size_t)live->channels.whole;
    if (live->samplerate.node)
        shape.samplerate_hz = live->samplerate.number;
    BH_TRY(bh_silence_source(&shape, &source, diag));
    built->part[built->count++] = source;
    return BH_OK;
}

bh_status
model_open_sound(bh_model *model, size_t i, bh_diag *diag)
{
    struct model_sound_built *built = &model->sound[i];
    const struct model_sound *sound = MODEL_PART(model, sounds, model_sound, i);
    bh_status status;
    if (built->out)
        return BH_OK;
    if (built->given) {
        built->out = built->given;
        return BH_OK;
    }
    if (sound->file.node || built->file)
        status = open_file(model, sound, built, diag);
    else if (sound->stimulus.node) {
        status = model_make_stimulus(sound, &built->part[0], diag);
        built->count = status == BH_OK;
    } else if (model->checking)
        status = open_silence(&sound->live, built, diag);
    else
        status = open_live(&sound->live,
                           sound->duration.node ? sound->duration.number : INFINITY,
                           built, diag);
    if (status == BH_OK)
        built->out = built->part[built->count - 1];
    if (status != BH_OK && diag && diag->line == 0 && !built->file)
        return model_blame(status, diag, &sound->object, NULL, 0);
    return status;
}

void
model_close_sound(struct model_sound_built *built)
{
    bh_source *const given = built->given;
    const char *const file = built->file;
    if (built->linked && built->linked != built->out)
        bh_source_free(built->linked);
    while (built->count > 0)
        bh_source_free(built->part[--built->count]);
    if (bh_live_close(built->live, NULL) != BH_OK) {
        /* a thread of the sound system is left behind; bh_live_close says how then to
         * end */
    }
    memset(built, 0, sizeof *built);
    built->given = given;
    built->file = file;
}
