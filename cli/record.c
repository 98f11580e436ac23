/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/live.h"

#include "cli/tap.h"

/* A write that failed ends the run at its next window. */
static bh_status
record_begin(void *user, size_t frames, bh_diag *diag)
{
    const struct recorder *recorder = user;
    (void)frames;
    if (recorder->status == BH_OK)
        return BH_OK;
    return bh_diag_set(diag, recorder->status, "%s", recorder->diag.text);
}

static void
record_see(void *user, bh_block block)
{
    struct recorder *recorder = user;
    if (recorder->status == BH_OK)
        recorder->status =
            bh_frames_writer_write(recorder->writer, block, &recorder->diag);
}

bh_status
recorder_open(const char *path, bh_source *input, struct recorder *recorder,
              bh_source **out, bh_diag *diag)
{
    bh_frames_writer_config file = bh_frames_writer_config_default();
    file.path = path;
    file.format = BH_FRAMES_WAV;
    file.samplerate_hz = bh_source_samplerate(input);
    file.channels = bh_source_channels(input);
    file.precision = BH_SINGLE;
    *recorder = (struct recorder){0};
    bh_status status = bh_frames_writer_open(&file, &recorder->writer, diag);
    if (status != BH_OK) {
        bh_source_free(input);
        return status;
    }
    status = tap_new(&(struct tap_config){.input = input,
                                          .owns = true,
                                          .begin = record_begin,
                                          .see = record_see,
                                          .user = recorder},
                     out, diag);
    if (status != BH_OK)
        recorder_close(recorder, false, NULL, NULL);
    return status;
}

bh_status
recorder_close(struct recorder *recorder, bool heard, const char *partial,
               bh_diag *diag)
{
    bh_frames_writer *writer = recorder->writer;
    recorder->writer = NULL;
    if (!writer || !heard) {
        bh_frames_writer_abort(writer);
        return BH_OK;
    }
    bh_status status = BH_OK;
    if (partial)
        status = bh_frames_writer_partial(writer, partial, diag);
    if (status == BH_OK)
        return bh_frames_writer_close(writer, diag);
    bh_frames_writer_abort(writer);
    return status;
}
