/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/live.h"

#include <stdlib.h>
#include <string.h>

static bh_status
record_begin(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    struct recorder *recorder = self;
    bh_block block = recorder->block;
    block.frames = frames;
    BH_TRY(bh_source_read(recorder->input, block, got, diag));
    recorder->block.frames = block.frames = *got;
    return *got > 0 ? bh_frames_writer_write(recorder->writer, block, diag) : BH_OK;
}

static void
record_tile(void *self, size_t tile, bh_block out)
{
    (void)tile;
    const struct recorder *recorder = self;
    for (size_t t = 0; t < out.frames; t++)
        for (size_t ch = 0; ch < out.channels; ch++) {
            const float sample = recorder->window[t * recorder->block.stride + ch];
            if (out.precision == BH_SINGLE)
                ((float *)out.data)[t * out.stride + ch] = sample;
            else
                ((double *)out.data)[t * out.stride + ch] = sample;
        }
}

static void
record_free(void *self)
{
    struct recorder *recorder = self;
    bh_source_free(recorder->input);
    free(recorder->window);
    recorder->input = NULL;
    recorder->window = NULL;
}

bh_status
recorder_open(const char *path, bh_source *input, struct recorder *recorder,
              bh_source **out, bh_diag *diag)
{
    const size_t channels = bh_source_channels(input);
    const bh_source_config config = {.samplerate_hz = bh_source_samplerate(input),
                                     .channels = channels,
                                     .length = bh_source_length(input),
                                     .tiles = 1,
                                     .window = bh_source_window(input),
                                     .self = recorder,
                                     .begin = record_begin,
                                     .tile = record_tile,
                                     .free = record_free};
    bh_frames_writer_config file = bh_frames_writer_config_default();
    file.path = path;
    file.format = BH_FRAMES_WAV;
    file.samplerate_hz = config.samplerate_hz;
    file.channels = channels;
    file.precision = BH_SINGLE;
    *recorder = (struct recorder){
        .input = input, .window = malloc(BH_WINDOW_MAX * channels * sizeof(float))};
    recorder->block = (bh_block){recorder->window, 0, channels, channels, BH_SINGLE};
    bh_status status = BH_OK;
    if (!recorder->window)
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory to record");
    if (status == BH_OK)
        status = bh_frames_writer_open(&file, &recorder->writer, diag);
    if (status == BH_OK)
        status = bh_source_new(&config, out, diag);
    if (status != BH_OK) {
        record_free(recorder);
        recorder_close(recorder, false, NULL);
    }
    return status;
}

bh_status
recorder_close(struct recorder *recorder, bool heard, bh_diag *diag)
{
    bh_frames_writer *writer = recorder->writer;
    recorder->writer = NULL;
    if (writer && heard)
        return bh_frames_writer_close(writer, diag);
    bh_frames_writer_abort(writer);
    return BH_OK;
}
