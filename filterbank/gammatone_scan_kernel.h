/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_GAMMATONE_SCAN_KERNEL_H
#define BH_FILTERBANK_GAMMATONE_SCAN_KERNEL_H

/* The gammatone in parallel over time, as filterbank/gammatone_scan.cu computes it;
 * host and device read this alike.
 *
 * Without sound the four stages s_k[n] = p s_k[n-1] + s_{k-1}[n] go on by themselves:
 * after m samples s_k is p^m sum_{j<=k} C(m+k-j-1, k-j) s_j, that is p^m times the
 * lower triangle with 1, m, m(m+1)/2, m(m+1)(m+2)/6 below the diagonal. So a piece of
 * sound can be filtered from silence, and what was before added afterwards; and that of
 * many pieces at once adds up in a scan, whose step from m to 2m is the same formula.
 * Powers come from the logarithm of the pole, in double: taken by squaring in single
 * precision they would lose what makes a narrow filter narrow. */

#ifndef __CUDACC_RTC__
#include <stdint.h>
#endif

enum {
    SCAN_PIECE = 32, /* samples that a thread takes in a row */
    SCAN_LANES = 32, /* threads of a channel, a warp */
    SCAN_LEVELS = 5, /* of the scan over them */
    SCAN_TILE = SCAN_PIECE * SCAN_LANES,
    SCAN_CHANNELS = 8, /* of a block of threads, in single precision */
    /* In somebody else's kernel the samples of a channel stay: a place between those of
     * two lanes, and channels 4 more than whole rows of banks apart, so that neither
     * lanes nor channels meet in a bank of shared memory. */
    SCAN_PART_LANE = SCAN_PIECE + 1,
    SCAN_PART_CHANNEL = SCAN_LANES * SCAN_PART_LANE + 4
};

/* What a channel has beside its coefficients: the powers p^m of its pole for m =
 * SCAN_PIECE 2^level, which multiply (Re s, Im s / Im p). */
enum {
    SCAN_RE,       /* Re p^m */
    SCAN_RE_OF_IM, /* -Im p^m Im p: what Im s / Im p adds to the real part */
    SCAN_IM_OF_RE, /* Im p^m / Im p */
    SCAN_POWER
};

/* The bank's precision is that of all that a frame points to. */
#ifdef SCAN_DOUBLE
typedef double bh_scan_real;
#else
typedef float bh_scan_real;
#endif

/* All pointers are the device's. */
struct bh_scan_frame {
    const bh_scan_real *sound; ///< from the beginning of the tile in which the window
                               ///< begins; or, where channels hear each its own sound,
    const bh_scan_real *past;  ///< that, [begin][past_stride],
    const bh_scan_real *in;    ///< and the window, [frames][in_stride]
    bh_scan_real *out;         ///< [frames][out_stride]
    bh_scan_real *rows;        ///< [fields][stride]; the state is that before that tile
    uint64_t past_stride, in_stride, out_stride, stride;
    uint32_t begin, frames; ///< the window, counted from that tile's beginning
    uint32_t channels;
};

#endif
