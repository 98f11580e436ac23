/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_IO_FRAMES_SCRATCH_H
#define BH_TESTS_IO_FRAMES_SCRATCH_H

/* Frames to be written and read back. */

#include "io/frames.h"

#include <math.h>

enum { CHANNELS = 3, STRIDE = 5, FRAMES = 20000 };

#define RATE 8000.0

static inline const double *
frame_cfs(void)
{
    static const double cf_hz[CHANNELS] = {100, 154.53130668239746, 3333.25};
    return cf_hz;
}

/* Every bit of these matters, in either precision; some are far from 1. */
static inline double
frame_sample(size_t t, size_t ch)
{
    const double value = sin((double)(t * CHANNELS + ch) * 1.7) / 3;
    return ch == 2 ? value * 1e-30 : value;
}

/* FRAMES frames, with gaps between the rows. */
static inline bh_block
frame_block(bh_precision precision)
{
    static double doubles[FRAMES * STRIDE];
    static float singles[FRAMES * STRIDE];
    for (size_t t = 0; t < FRAMES; t++)
        for (size_t ch = 0; ch < CHANNELS; ch++) {
            doubles[t * STRIDE + ch] = frame_sample(t, ch);
            singles[t * STRIDE + ch] = (float)frame_sample(t, ch);
        }
    void *data = precision == BH_SINGLE ? (void *)singles : (void *)doubles;
    return (bh_block){data, FRAMES, CHANNELS, STRIDE, precision};
}

static inline bh_frames_writer_config
frames_config(const char *path, bh_precision precision)
{
    bh_frames_writer_config config = bh_frames_writer_config_default();
    config.path = path;
    config.samplerate_hz = RATE;
    config.channels = CHANNELS;
    config.cf_hz = frame_cfs();
    config.precision = precision;
    return config;
}

/* Writes the block in pieces of so many frames. */
static inline bh_status
write_frames(const bh_frames_writer_config *config, bh_block block, size_t piece,
             bh_diag *diag)
{
    bh_frames_writer *writer = NULL;
    BH_TRY(bh_frames_writer_open(config, &writer, diag));
    bh_status status = BH_OK;
    for (size_t at = 0; at < block.frames && status == BH_OK; at += piece) {
        const size_t left = block.frames - at;
        status = bh_frames_writer_write(
            writer, bh_block_frames(block, at, left < piece ? left : piece), diag);
    }
    if (status == BH_OK)
        return bh_frames_writer_close(writer, diag);
    bh_frames_writer_abort(writer);
    return status;
}

#endif
