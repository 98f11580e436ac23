/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_BLOCK_H
#define BH_CORE_BLOCK_H

#ifndef __CUDACC_RTC__
#include "core/api.h"
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS
#endif

/// Working precision. Double is the reference; single is twice as fast and agrees with
/// it within the tolerances that the tests state.
typedef enum bh_precision { BH_SINGLE, BH_DOUBLE } bh_precision;

/// A borrowed view of samples, shape [frames][channels]. Sample (t, ch) is element
/// `t * stride + ch` of `data`, which holds floats (BH_SINGLE) or doubles (BH_DOUBLE).
typedef struct bh_block {
    void *data;
    size_t frames;
    size_t channels;
    size_t stride; ///< elements from one frame to the next, at least `channels`
    bh_precision precision;
} bh_block;

/// Bytes of one element: 4 (BH_SINGLE) or 8 (BH_DOUBLE).
static inline size_t
bh_precision_size(bh_precision precision)
{
    return precision == BH_SINGLE ? sizeof(float) : sizeof(double);
}

/// The part of `block` that starts at a frame and has so many frames.
static inline bh_block
bh_block_frames(bh_block block, size_t first, size_t frames)
{
    block.data = (char *)block.data +
                 first * block.stride * bh_precision_size(block.precision);
    block.frames = frames;
    return block;
}

/// The part of `block` that starts at a channel and has so many channels.
static inline bh_block
bh_block_channels(bh_block block, size_t first, size_t channels)
{
    block.data = (char *)block.data + first * bh_precision_size(block.precision);
    block.channels = channels;
    return block;
}

#ifndef __CUDACC_RTC__
/// BH_ERR_DATA, with the first place, where a sample is infinite or not a number;
/// `first` is the number of the block's first frame in the sound.
BH_API BH_NODISCARD bh_status bh_block_check(bh_block block, uint64_t first,
                                             bh_diag *diag);

BH_END_DECLS
#endif

#endif
