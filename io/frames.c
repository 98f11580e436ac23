/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/frames.h"

#include "io/frames_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Frames are gathered into batches of about so many bytes, since blocks may be short
 * and their rows may have gaps. */
#define BATCH_BYTES (1 << 18)

struct bh_frames_writer {
    const struct bh_frames_sink *sink;
    struct bh_frames_file *file; /* the sink's struct begins with it */
    char *batch;
    size_t used; /* frames in it */
    bool failed;
};

bh_frames_writer_config
bh_frames_writer_config_default(void)
{
    return (bh_frames_writer_config){.format = BH_FRAMES_AUTO, .precision = BH_DOUBLE};
}

static bh_status
choose_sink(const bh_frames_writer_config *config, bool straight,
            const struct bh_frames_sink **out, bh_diag *diag)
{
    static const struct bh_frames_sink *const sinks[] = {
        [BH_FRAMES_NPY] = &bh_frames_npy,
        [BH_FRAMES_HDF5] = &bh_frames_hdf5,
        [BH_FRAMES_WAV] = &bh_frames_wav,
        [BH_FRAMES_CSV] = &bh_frames_csv};
    static const struct {
        const char *ending;
        bh_frames_format format;
    } endings[] = {{".npy", BH_FRAMES_NPY},
                   {".h5", BH_FRAMES_HDF5},
                   {".hdf5", BH_FRAMES_HDF5},
                   {".wav", BH_FRAMES_WAV},
                   {".csv", BH_FRAMES_CSV}};
    const char *path = config->path;
    bh_frames_format format = config->format;
    for (size_t i = 0; format == BH_FRAMES_AUTO && i < sizeof endings / sizeof *endings;
         i++)
        if (bh_path_ends(path, endings[i].ending))
            format = endings[i].format;
    if (format == BH_FRAMES_AUTO && straight)
        format = BH_FRAMES_CSV;
    if (format == BH_FRAMES_AUTO)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "cannot tell the format of '%s'; samples are written to "
                           "names that end in .npy, .h5, .hdf5, .wav or .csv",
                           path);
    if (format != BH_FRAMES_CSV && straight)
        return bh_diag_set(diag, BH_ERR_FILE,
                           "this format needs a regular file, and %s is none; CSV can "
                           "be written there",
                           strcmp(path, "-") == 0 ? "standard output" : path);
    *out = sinks[format];
    return BH_OK;
}

static bh_status
check_config(const bh_frames_writer_config *config, bh_diag *diag)
{
    if (!config->path)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "samples need a file to be written to");
    if (!(config->samplerate_hz > 0) || isinf(config->samplerate_hz))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the sample rate is %g Hz; it must be above 0",
                           config->samplerate_hz);
    if (config->channels == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "samples of 0 channels cannot be written; there must be at "
                           "least 1");
    if (config->channels > SIZE_MAX / sizeof(double) / 2)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels",
                           config->channels);
    return BH_OK;
}

/* Before the output is closed: what writes it may have a last word. */
static void
release(bh_frames_writer *writer)
{
    if (!writer)
        return;
    if (writer->sink && writer->sink->release)
        writer->sink->release(writer->file);
    free(writer->file);
    free(writer->batch);
    free(writer);
}

/* Makes the sink's struct around the open file. */
static bh_status
begin(bh_frames_writer *writer, const bh_frames_writer_config *config,
      struct bh_output output, bh_diag *diag)
{
    const size_t row = config->channels * bh_precision_size(config->precision);
    const size_t batch = row < BATCH_BYTES ? BATCH_BYTES / row : 1;
    writer->batch = malloc(batch * row);
    writer->file = calloc(1, writer->sink->size);
    if (!writer->batch || !writer->file) {
        writer->sink = NULL;
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to write '%s'",
                           config->path);
    }
    *writer->file = (struct bh_frames_file){.output = output,
                                            .samplerate_hz = config->samplerate_hz,
                                            .channels = config->channels,
                                            .precision = config->precision,
                                            .batch = batch};
    return writer->sink->open(writer->file, config, diag);
}

bh_status
bh_frames_writer_open(const bh_frames_writer_config *config, bh_frames_writer **out,
                      bh_diag *diag)
{
    struct bh_output output;
    BH_TRY(check_config(config, diag));
    BH_TRY(bh_output_open(config->path, &output, diag));
    bh_frames_writer *writer = calloc(1, sizeof *writer);
    bh_status status = BH_OK;
    if (!writer)
        status =
            bh_diag_set(diag, BH_ERR_MEMORY, "no memory to write '%s'", config->path);
    if (status == BH_OK)
        status = choose_sink(config, !output.temporary, &writer->sink, diag);
    if (status == BH_OK)
        status = begin(writer, config, output, diag);
    if (status != BH_OK) {
        release(writer);
        bh_output_abort(&output);
        return status;
    }
    *out = writer;
    return BH_OK;
}

/* Copies rows of `from` to where they follow each other, in another precision. */
static void
gather(bh_block from, bh_precision precision, char *to)
{
    const size_t row = from.channels * bh_precision_size(precision);
    for (size_t t = 0; t < from.frames; t++, to += row) {
        const void *at = bh_block_frames(from, t, 1).data;
        if (from.precision == precision)
            memcpy(to, at, row);
        else if (precision == BH_SINGLE)
            for (size_t ch = 0; ch < from.channels; ch++)
                ((float *)(void *)to)[ch] = (float)((const double *)at)[ch];
        else
            for (size_t ch = 0; ch < from.channels; ch++)
                ((double *)(void *)to)[ch] = ((const float *)at)[ch];
    }
}

static bh_status
write_batch(bh_frames_writer *writer, bh_diag *diag)
{
    if (writer->used == 0)
        return BH_OK;
    BH_TRY(writer->sink->write(writer->file, writer->batch, writer->used, diag));
    writer->file->written += writer->used;
    writer->used = 0;
    return BH_OK;
}

bh_status
bh_frames_writer_write(bh_frames_writer *writer, bh_block frames, bh_diag *diag)
{
    const struct bh_frames_file *file = writer->file;
    const size_t row = file->channels * bh_precision_size(file->precision);
    if (frames.channels != file->channels || frames.stride < frames.channels)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a block of %zu channels cannot be written to '%s', which "
                           "has %zu",
                           frames.channels, file->output.path, file->channels);
    for (size_t done = 0; done < frames.frames;) {
        const size_t left = frames.frames - done, room = file->batch - writer->used;
        const size_t count = left < room ? left : room;
        gather(bh_block_frames(frames, done, count), file->precision,
               writer->batch + writer->used * row);
        writer->used += count;
        done += count;
        const bh_status status = writer->used < file->batch ? BH_OK
                                                            : write_batch(writer, diag);
        writer->failed = writer->failed || status != BH_OK;
        BH_TRY(status);
    }
    return BH_OK;
}

bh_status
bh_frames_writer_partial(bh_frames_writer *writer, const char *why, bh_diag *diag)
{
    if (!writer->sink->mark)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "'%s' cannot say that it is a part; .h5, .wav and .csv can",
                           writer->file->output.path);
    if (!writer->failed)
        BH_TRY(write_batch(writer, diag));
    return writer->sink->mark(writer->file, why, diag);
}

bh_status
bh_frames_writer_close(bh_frames_writer *writer, bh_diag *diag)
{
    const struct bh_frames_sink *sink = writer->sink;
    struct bh_output output = writer->file->output;
    bh_status status = BH_OK;
    if (writer->failed)
        status = bh_diag_set(diag, BH_ERR_FILE,
                             "'%s' is given up, since a write to it failed before",
                             output.path);
    if (status == BH_OK)
        status = write_batch(writer, diag);
    if (status == BH_OK && sink->end)
        status = sink->end(writer->file, diag);
    release(writer);
    if (status == BH_OK)
        return bh_output_commit(&output, diag);
    bh_output_abort(&output);
    return status;
}

void
bh_frames_writer_abort(bh_frames_writer *writer)
{
    if (!writer)
        return;
    struct bh_output output = writer->file->output;
    release(writer);
    bh_output_abort(&output);
}
