/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/block.h"

#include <inttypes.h>
#include <stdbool.h>

/* x - x is 0 for finite numbers alone. No branch inside, so that many are tested at a
 * time. */
static bool
finite_float(const float *x, size_t count)
{
    int32_t bad = 0;
    for (size_t i = 0; i < count; i++)
        bad |= x[i] - x[i] != 0;
    return !bad;
}

static bool
finite_double(const double *x, size_t count)
{
    int64_t bad = 0;
    for (size_t i = 0; i < count; i++)
        bad |= x[i] - x[i] != 0;
    return !bad;
}

static bool
finite(bh_block block)
{
    if (block.precision == BH_SINGLE)
        return finite_float(block.data, block.channels);
    return finite_double(block.data, block.channels);
}

static bh_status
report(bh_block frame, uint64_t number, bh_diag *diag)
{
    size_t ch = 0;
    while (finite(bh_block_channels(frame, ch, 1)))
        ch++;
    const bh_block bad = bh_block_channels(frame, ch, 1);
    const double value = bad.precision == BH_SINGLE ? *(const float *)bad.data
                                                    : *(const double *)bad.data;
    return bh_diag_set(diag, BH_ERR_DATA,
                       "sample %" PRIu64
                       " of channel %zu is %g; samples must be finite "
                       "numbers",
                       number, ch, value);
}

bh_status
bh_block_check(bh_block block, uint64_t first, bh_diag *diag)
{
    bh_block whole = block;
    if (block.stride == block.channels) {
        whole.channels = block.frames * block.channels;
        whole.frames = whole.channels > 0;
    }
    for (size_t t = 0; t < whole.frames; t++) {
        if (finite(bh_block_frames(whole, t, 1)))
            continue;
        while (finite(bh_block_frames(block, t, 1)))
            t++;
        return report(bh_block_frames(block, t, 1), first + t, diag);
    }
    return BH_OK;
}
