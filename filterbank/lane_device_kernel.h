/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_LANE_DEVICE_KERNEL_H
#define BH_FILTERBANK_LANE_DEVICE_KERNEL_H

/* What the kernels of filterbank/lane.cu are handed; host and device read it alike. */

#include "core/block.h"

/* The most fields that a program of a kind without a fixed number of them has room for;
 * they are the thread's own memory. */
#define BH_LANE_FIELDS_MOST 128

/* What a block of threads takes of a bank in somebody else's kernel, at a time. */
enum {
    LANE_PART_CHANNELS = 16,
    LANE_PART_FRAMES = 128,
    LANE_PART_SIZE = LANE_PART_CHANNELS * LANE_PART_FRAMES
};

#ifndef BH_ONE_LANE
/* The programs, one for each kind (CMakeLists.txt). */
extern const char bh_lane_gammatone[], bh_lane_approximate_gammatone[],
    bh_lane_gammachirp[], bh_lane_linear[], bh_lane_middle_ear[], bh_lane_drnl[],
    bh_lane_tan_carney[], bh_lane_haircell[], bh_lane_zhang_synapse[], bh_lane_dcgc[],
    bh_scan_gammatone[], bh_scan_gammatone_double[];
#endif

/* All pointers are the device's. */
struct bh_lane_frame {
    const void *in; ///< [frames][in_stride], in the bank's precision
    void *out;      ///< [frames][out_stride]
    void *rows;     ///< [fields][stride]: coefficients and state of each channel
    uint64_t in_stride, out_stride, stride;
    uint32_t frames, channels, fields;
    uint32_t wide;          ///< 1 where every channel has an input of its own
    uint32_t order, stages; ///< of chains of linear filters
    uint32_t size;          ///< bytes of a sample
    uint32_t precision;     ///< bh_precision
};

#ifdef BH_ONE_LANE
static inline bh_block
bh_lane_in(const struct bh_lane_frame *f, uint32_t ch)
{
    bh_block in;
    in.data = (char *)f->in + (f->wide ? (size_t)ch * f->size : 0);
    in.frames = f->frames;
    in.channels = 1;
    in.stride = f->in_stride;
    in.precision = (bh_precision)f->precision;
    return in;
}

static inline bh_block
bh_lane_out(const struct bh_lane_frame *f, uint32_t ch)
{
    bh_block out;
    out.data = (char *)f->out + (size_t)ch * f->size;
    out.frames = f->frames;
    out.channels = 1;
    out.stride = f->out_stride;
    out.precision = (bh_precision)f->precision;
    return out;
}
#endif

#endif
