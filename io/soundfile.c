/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/soundfile.h"

#include "io/soundfile_internal.h"
#include "sounds/level.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* SF_FORMAT_MPEG of libsndfile 1.1; older ones neither know the name nor read MP3. */
enum { FORMAT_MPEG = 0x230000 };

/* A section of some channels of a file, read window by window. */
struct reader {
    struct bh_soundfile file;
    int channel;     ///< as in the options
    size_t channels; ///< that come out
    double gain;     ///< pascals of a sample of 1.0
    int64_t first;   ///< frame of the file where the section begins
    int64_t count;   ///< frames of the section, or SF_COUNT_MAX
    int64_t done;    ///< frames of the section read so far
    double *raw;     ///< [BH_WINDOW_MAX][channels of the file]
    double *window;  ///< [BH_WINDOW_MAX][channels]
};

bh_soundfile_options
bh_soundfile_options_default(void)
{
    return (bh_soundfile_options){.full_scale_db = BH_FULL_SCALE_PASCAL,
                                  .level_db = NAN,
                                  .channel = BH_CHANNEL_MIX,
                                  .duration_s = INFINITY};
}

static bh_status
check_options(const bh_soundfile_options *options, bh_diag *diag)
{
    if (!isfinite(options->full_scale_db) || fabs(options->full_scale_db) > 1000)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "a full scale of %g dB SPL is not possible; 93.98 makes 1.0 of "
            "the file 1 Pa",
            options->full_scale_db);
    if (isinf(options->level_db) || fabs(options->level_db) > 1000)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "a sound cannot be set to %g dB SPL; give a level such as 60",
            options->level_db);
    if (!(options->start_s >= 0) || isinf(options->start_s))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a sound cannot be read from %g s on; the start must be at "
                           "least 0 s",
                           options->start_s);
    if (!(options->duration_s > 0))
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "a sound cannot be read for %g s; the duration must be above 0",
            options->duration_s);
    return BH_OK;
}

/* Frames of so many seconds, no more than libsndfile can count. */
static int64_t
frames_of(double seconds, const SF_INFO *info)
{
    double frames = nearbyint(seconds * info->samplerate);
    return frames < 9e18 ? (int64_t)frames : SF_COUNT_MAX;
}

static bh_status
cut_short(const struct reader *reader, int64_t there, const char *reason, bh_diag *diag)
{
    const struct bh_soundfile *file = &reader->file;
    return bh_diag_set(
        diag, BH_ERR_FORMAT,
        "%s is cut short: its header promises %lld frames, only %lld are "
        "there%s%s%s; repair it, or read a section that ends before %.6f s",
        file->name, (long long)file->promised, (long long)there, *reason ? " (" : "",
        reason, *reason ? ")" : "", (double)there / file->info.samplerate);
}

static bh_status
choose_section(struct reader *reader, const bh_soundfile_options *options,
               bh_diag *diag)
{
    const struct bh_soundfile *file = &reader->file;
    const int64_t total = file->promised;
    reader->first = frames_of(options->start_s, &file->info);
    reader->count = frames_of(options->duration_s, &file->info);
    if (reader->first >= total)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s is %.6g s long, so nothing can be read from %g s on",
                           file->name, (double)total / file->info.samplerate,
                           options->start_s);
    if (reader->count == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%g s is less than one sample of %s at %d Hz",
                           options->duration_s, file->name, file->info.samplerate);
    if (total != SF_COUNT_MAX && reader->count > total - reader->first)
        reader->count = total - reader->first;
    if (total > file->info.frames && reader->first + reader->count > file->info.frames)
        return cut_short(reader, file->info.frames, "", diag);
    return BH_OK;
}

static bh_status
choose_channels(struct reader *reader, int channel, bh_diag *diag)
{
    const int there = reader->file.info.channels;
    if (channel < BH_CHANNEL_ALL || channel >= there)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "%s has no channel %d: it has %d, counted from 0",
                           reader->file.name, channel, there);
    reader->channel = channel;
    reader->channels = channel == BH_CHANNEL_ALL ? (size_t)there : 1;
    return BH_OK;
}

static void
reader_free(void *self)
{
    struct reader *reader = self;
    bh_soundfile_end(&reader->file);
    free(reader->raw);
    free(reader->window);
    free(reader);
}

static bh_status
reader_rewind(void *self, bh_diag *diag)
{
    struct reader *reader = self;
    if (sf_seek(reader->file.handle, reader->first, SF_SEEK_SET) != reader->first)
        return bh_diag_set(diag, BH_ERR_FORMAT, "%s cannot be read from %g s on (%s)",
                           reader->file.name,
                           (double)reader->first / reader->file.info.samplerate,
                           sf_strerror(reader->file.handle));
    reader->done = 0;
    return BH_OK;
}

static bh_status
check_row(const struct reader *reader, const double *row, int64_t frame, bh_diag *diag)
{
    const int channels = reader->file.info.channels;
    for (int ch = 0; ch < channels; ch++) {
        if (isfinite(row[ch]) || (reader->channel >= 0 && ch != reader->channel))
            continue;
        return bh_diag_set(
            diag, BH_ERR_DATA,
            "%s: sample %lld of channel %d (at %.6f s) is %s; samples must "
            "be finite numbers",
            reader->file.name, (long long)frame, ch,
            (double)frame / reader->file.info.samplerate,
            isnan(row[ch]) ? "not a number" : "infinite");
    }
    return BH_OK;
}

/* One frame of the file to one frame of what is read. */
static void
convert_row(const struct reader *reader, const double *row, double *out)
{
    const int channels = reader->file.info.channels;
    if (reader->channel == BH_CHANNEL_ALL) {
        for (int ch = 0; ch < channels; ch++)
            out[ch] = reader->gain * row[ch];
        return;
    }
    double sum = 0;
    for (int ch = 0; reader->channel == BH_CHANNEL_MIX && ch < channels; ch++)
        sum += row[ch];
    *out = reader->gain *
           (reader->channel >= 0 ? row[reader->channel] : sum / channels);
}

/* Why there are fewer frames than were asked for: the end, or a break. */
static bh_status
check_end(const struct reader *reader, bh_diag *diag)
{
    const struct bh_soundfile *file = &reader->file;
    const int container = file->info.format & SF_FORMAT_TYPEMASK;
    const bool broken = sf_error(file->handle) != SF_ERR_NO_ERROR;
    const char *reason = broken ? sf_strerror(file->handle) : "";
    if (reader->done == 0)
        return bh_diag_set(
            diag, BH_ERR_FORMAT,
            "%s is cut short or damaged: no samples can be read from %g s "
            "on",
            file->name, (double)reader->first / file->info.samplerate);
    if (container == FORMAT_MPEG)
        return BH_OK;
    if (reader->count != SF_COUNT_MAX && file->promised != SF_COUNT_MAX)
        return cut_short(reader, reader->first + reader->done, reason, diag);
    if (broken)
        return bh_diag_set(
            diag, BH_ERR_FORMAT, "%s is cut short or damaged after %lld frames (%s)",
            file->name, (long long)(reader->first + reader->done), reason);
    return BH_OK;
}

static bh_status
reader_begin(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    struct reader *reader = self;
    const int64_t left = reader->count - reader->done;
    const int64_t ask = (int64_t)frames < left ? (int64_t)frames : left;
    const int channels = reader->file.info.channels;
    int64_t there = 0, more = 1;
    while (there < ask && more > 0) {
        more = sf_readf_double(reader->file.handle, reader->raw + there * channels,
                               ask - there);
        there += more > 0 ? more : 0;
    }
    for (int64_t t = 0; t < there; t++) {
        const double *row = reader->raw + t * channels;
        BH_TRY(check_row(reader, row, reader->first + reader->done + t, diag));
        convert_row(reader, row, reader->window + (size_t)t * reader->channels);
    }
    reader->done += there;
    if (there < ask)
        BH_TRY(check_end(reader, diag));
    *got = (size_t)there;
    return BH_OK;
}

static void
reader_tile(void *self, size_t tile, bh_block out)
{
    (void)tile;
    const struct reader *reader = self;
    const double *in = reader->window;
    for (size_t t = 0; t < out.frames; t++, in += reader->channels) {
        if (out.precision == BH_DOUBLE) {
            memcpy((double *)out.data + t * out.stride, in,
                   reader->channels * sizeof *in);
            continue;
        }
        float *row = (float *)out.data + t * out.stride;
        for (size_t ch = 0; ch < reader->channels; ch++)
            row[ch] = (float)in[ch];
    }
}

/* Reads all of the section once: its RMS with a gain of 1, and its true length. */
static bh_status
measure(struct reader *reader, double *rms, bh_diag *diag)
{
    double sum = 0;
    size_t got = BH_WINDOW_MAX;
    reader->gain = 1;
    while (got == BH_WINDOW_MAX) {
        BH_TRY(reader_begin(reader, BH_WINDOW_MAX, &got, diag));
        double part = 0;
        for (size_t i = 0; i < got * reader->channels; i++)
            part += reader->window[i] * reader->window[i];
        sum += part;
    }
    reader->count = reader->done;
    *rms = sqrt(sum / ((double)reader->count * (double)reader->channels));
    return reader_rewind(reader, diag);
}

static bh_status
choose_gain(struct reader *reader, const bh_soundfile_options *options, bh_diag *diag)
{
    if (!isnan(options->level_db)) {
        double rms = 0;
        BH_TRY(measure(reader, &rms, diag));
        double gain = bh_level_to_rms(options->level_db) / rms;
        if (rms == 0)
            return bh_diag_set(diag, BH_ERR_DATA,
                               "%s is silent where it is read, so no factor gives it a "
                               "level of %g dB SPL",
                               reader->file.name, options->level_db);
        if (!isnormal(gain))
            return bh_diag_set(diag, BH_ERR_DATA,
                               "%s has samples that are too large or too small for a "
                               "level (RMS %g)",
                               reader->file.name, rms);
        reader->gain = gain;
        return BH_OK;
    }
    /* Exactly 1 where samples are pascals. */
    reader->gain = pow(10, (options->full_scale_db - BH_FULL_SCALE_PASCAL) / 20);
    return BH_OK;
}

static bh_status
reader_set(struct reader *reader, const bh_soundfile_options *options, bh_diag *diag)
{
    BH_TRY(choose_channels(reader, options->channel, diag));
    BH_TRY(choose_section(reader, options, diag));
    const size_t there = (size_t)reader->file.info.channels;
    reader->raw = malloc(BH_WINDOW_MAX * there * sizeof *reader->raw);
    reader->window = malloc(BH_WINDOW_MAX * reader->channels * sizeof *reader->window);
    if (!reader->raw || !reader->window)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to read %s",
                           reader->file.name);
    BH_TRY(reader_rewind(reader, diag));
    return choose_gain(reader, options, diag);
}

static bh_status
reader_new(const char *path, const bh_soundfile_options *options, struct reader **out,
           bh_diag *diag)
{
    const bh_soundfile_options defaults = bh_soundfile_options_default();
    if (!options)
        options = &defaults;
    BH_TRY(check_options(options, diag));
    struct reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to read '%s'", path);
    bh_status status = bh_soundfile_start(&reader->file, path, diag);
    if (status != BH_OK) {
        free(reader);
        return status;
    }
    status = reader_set(reader, options, diag);
    if (status != BH_OK) {
        reader_free(reader);
        return status;
    }
    *out = reader;
    return BH_OK;
}

bh_status
bh_soundfile_open(const char *path, const bh_soundfile_options *options,
                  bh_source **out, bh_diag *diag)
{
    struct reader *reader = NULL;
    BH_TRY(reader_new(path, options, &reader, diag));
    const bool unknown = reader->count == SF_COUNT_MAX ||
                         (reader->file.promised == SF_COUNT_MAX &&
                          (!options || isnan(options->level_db)));
    bh_source_config config = {
        .samplerate_hz = reader->file.info.samplerate,
        .channels = reader->channels,
        .length = unknown ? BH_LENGTH_UNKNOWN : (uint64_t)reader->count,
        .tiles = 1,
        .self = reader,
        .begin = reader_begin,
        .tile = reader_tile,
        .rewind = reader_rewind,
        .free = reader_free,
    };
    bh_status status = bh_source_new(&config, out, diag);
    if (status != BH_OK)
        reader_free(reader);
    return status;
}

static bh_status
read_all(struct reader *reader, bh_sound **out, bh_diag *diag)
{
    /* Where the header does not know the length for sure, reading once finds it. */
    const int container = reader->file.info.format & SF_FORMAT_TYPEMASK;
    if (reader->file.promised == SF_COUNT_MAX || container == FORMAT_MPEG) {
        double gain = reader->gain, rms;
        BH_TRY(measure(reader, &rms, diag));
        reader->gain = gain;
    }
    if ((uint64_t)reader->count > SIZE_MAX)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to hold all of %s",
                           reader->file.name);
    bh_sound *sound = NULL;
    BH_TRY(bh_sound_new((size_t)reader->count, reader->channels,
                        reader->file.info.samplerate, &sound, diag));
    double *at = bh_sound_data(sound);
    size_t got = BH_WINDOW_MAX;
    while (got == BH_WINDOW_MAX) {
        bh_status status = reader_begin(reader, BH_WINDOW_MAX, &got, diag);
        if (status != BH_OK) {
            bh_sound_free(sound);
            return status;
        }
        memcpy(at, reader->window, got * reader->channels * sizeof *at);
        at += got * reader->channels;
    }
    *out = sound;
    return BH_OK;
}

bh_status
bh_sound_read(const char *path, const bh_soundfile_options *options, bh_sound **out,
              bh_diag *diag)
{
    struct reader *reader = NULL;
    BH_TRY(reader_new(path, options, &reader, diag));
    bh_status status = read_all(reader, out, diag);
    reader_free(reader);
    return status;
}

bh_status
bh_soundfile_query(const char *path, bh_soundfile_info *out, bh_diag *diag)
{
    struct bh_soundfile file;
    BH_TRY(bh_soundfile_start(&file, path, diag));
    bh_soundfile_info info = {.samplerate_hz = file.info.samplerate,
                              .channels = (size_t)file.info.channels,
                              .frames = file.promised == SF_COUNT_MAX
                                            ? BH_LENGTH_UNKNOWN
                                            : (uint64_t)file.promised};
    SF_FORMAT_INFO type = {.format = file.info.format & SF_FORMAT_TYPEMASK};
    SF_FORMAT_INFO subtype = {.format = file.info.format & SF_FORMAT_SUBMASK};
    sf_command(NULL, SFC_GET_FORMAT_INFO, &type, sizeof type);
    sf_command(NULL, SFC_GET_FORMAT_INFO, &subtype, sizeof subtype);
    snprintf(info.format, sizeof info.format, "%s, %s",
             type.name ? type.name : "unknown",
             subtype.name ? subtype.name : "unknown");
    bh_soundfile_end(&file);
    *out = info;
    return BH_OK;
}
