/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/block_internal.h"

#include <inttypes.h>
#include <stdbool.h>

typedef uint32_t bits32 __attribute__((may_alias));
typedef uint64_t bits64 __attribute__((may_alias));

/* What is not finite has all bits of the exponent set: one more carries into the sign.
 * No branch and no comparison inside, so that any machine tests some at a time. */
static bool
finite_float(const bits32 *x, size_t count)
{
    uint32_t carried = 0;
    for (size_t i = 0; i < count; i++)
        carried |= (x[i] & 0x7f800000) + 0x00800000;
    return carried >> 31 == 0;
}

static bool
finite_double(const bits64 *x, size_t count)
{
    uint64_t carried = 0;
    for (size_t i = 0; i < count; i++)
        carried |= (x[i] & 0x7ff0000000000000) + 0x0010000000000000;
    return carried >> 63 == 0;
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
    return bh_diag_set(diag, BH_ERR_DATA,
                       "sample %" PRIu64
                       " of channel %zu is %g; samples must be finite "
                       "numbers",
                       number, ch, bh_block_get(frame, 0, ch));
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
