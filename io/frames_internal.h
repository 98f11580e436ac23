/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_FRAMES_INTERNAL_H
#define BH_IO_FRAMES_INTERNAL_H

/* The formats behind io/frames.h. */

#include "io/frames.h"
#include "io/output_internal.h"

/// What all formats share. A format's own struct begins with one.
struct bh_frames_file {
    struct bh_output output;
    double samplerate_hz;
    size_t channels;
    bh_precision precision;
    size_t batch;   ///< frames of every write but the last
    size_t written; ///< frames, before this write
};

/// One format. The functions get the format's struct, whose size is `size`.
struct bh_frames_sink {
    size_t size;
    /// Begins the file in `output`; where it fails `release` is called too.
    bh_status (*open)(void *self, const bh_frames_writer_config *config, bh_diag *diag);
    /// Adds frames: shape [frames][channels], no gaps, in the file's precision.
    bh_status (*write)(void *self, const void *samples, size_t frames, bh_diag *diag);
    /// Says that the file is a part, before `end`; NULL where there is no room to.
    bh_status (*mark)(void *self, const char *why, bh_diag *diag);
    /// Completes what is in `output`, which stays open; NULL where nothing is to do.
    bh_status (*end)(void *self, bh_diag *diag);
    /// Gives back what `open` took, after `end` too; NULL where that is nothing.
    void (*release)(void *self);
};

extern const struct bh_frames_sink bh_frames_npy, bh_frames_hdf5, bh_frames_wav,
    bh_frames_csv;

#endif
