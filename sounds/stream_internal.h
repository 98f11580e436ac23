/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_STREAM_INTERNAL_H
#define BH_SOUNDS_STREAM_INTERNAL_H

/* What sources that make or change samples have in common: a window of doubles. */

#include "core/source.h"
#include "sounds/generate.h"

#include <stdbool.h>

struct bh_stream_config {
    double samplerate_hz;
    size_t channels;
    uint64_t length;
    void *self; /* given back with `free` when the source is, or when it cannot be made
                 */
    /* Writes the frames from `first` on, shape [frames][channels], in order and only
     * once; `got` is `frames` already, to be lowered at an end that `length` does not
     * tell. */
    bh_status (*fill)(void *self, uint64_t first, size_t frames, double *out,
                      size_t *got, bh_diag *diag);
    bh_status (*rewind)(void *self, bh_diag *diag); /* NULL: nothing to do */
    void (*free)(void *self);
};

/* A source of what `fill` writes. `self` is the stream's in any case. */
bh_status bh_stream_new(const struct bh_stream_config *config, bh_source **out,
                        bh_diag *diag);

/* A source that yields what `input` yields after `apply` has changed it. */
struct bh_change {
    bh_source *input;
    void (*apply)(const void *self, uint64_t first, size_t frames, size_t channels,
                  double *samples);
    void *self; /* as above */
    void (*free)(void *self);
};

bh_status bh_change_new(const struct bh_change *change, bh_source **out, bh_diag *diag);

/* The frames of a shape, BH_LENGTH_UNKNOWN where it lasts for ever and may. */
bh_status bh_shape_length(const bh_sound_shape *shape, bool endless, uint64_t *length,
                          bh_diag *diag);

/* Reads all of a source that has just been made, unless making it failed, and gives it
 * back. */
bh_status bh_sound_collect(bh_status made, bh_source *source, bh_sound **out,
                           bh_diag *diag);

/* Copies channel 0 of each frame into all others. */
void bh_frames_spread(double *samples, size_t frames, size_t channels);

#endif
