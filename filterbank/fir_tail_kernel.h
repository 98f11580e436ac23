/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_FIR_TAIL_KERNEL_H
#define BH_FILTERBANK_FIR_TAIL_KERNEL_H

/* The later part of long impulse responses, by spectra, for input of one channel. The
 * response is cut into parts of FIR_PART samples. The first is left to the plain sum;
 * the others only concern parts of the sound that are over when a new part begins, so
 * there is no latency (Gardner, J. Audio Eng. Soc. 43 (1995)): what they will say in
 * the whole part is computed at its beginning, by overlap and save, from the spectra of
 * the parts of the sound heard so far. Parts begin at fixed times, whatever the blocks.
 */

#include "core/cpu.h"
#include "filterbank/filterbank_ops.h"

enum {
    FIR_PART = 128,
    FIR_SPAN = 2 * FIR_PART, /* length of the transforms */
    FIR_BINS = FIR_PART + 1
};

struct fir_tail_kernels;

struct fir_tail {
    const struct fir_tail_kernels *kernels;
    size_t parts;                       ///< of the response, without the first
    size_t ring;                        ///< spectra kept
    size_t heard;                       ///< parts of the sound that are over
    double turn[FIR_SPAN / 2][2];       ///< exp(2 pi i k / FIR_SPAN)
    double *taps;                       ///< [rows][FIR_BINS][parts][2][BH_LANES]
    double (*spectra)[FIR_BINS][2];     ///< [ring]; of part j and the one before it
    double (*said)[FIR_PART][BH_LANES]; ///< [rows]; what the tail says in this part
};

struct fir_tail_kernels {
    /// Computes `said` of a row for part `part` of the sound.
    void (*run)(const struct fir_tail *tail, size_t row, size_t part);
};

BH_ISA_DECLARE(struct fir_tail_kernels, bh_fir_tail_kernels);

/// For responses `taps`, [rows][length][BH_LANES], longer than FIR_PART. NULL where
/// there is no memory.
struct fir_tail *bh_fir_tail_new(size_t rows, size_t length, const double *taps);
void bh_fir_tail_free(struct fir_tail *tail);
void bh_fir_tail_reset(struct fir_tail *tail);

/// Hears the part of the sound that ends before `end`, where FIR_SPAN samples lie.
void bh_fir_tail_hear(struct fir_tail *tail, const double *end);

/// The index below FIR_SPAN with its bits in reverse order.
static inline size_t
fir_reverse(size_t i)
{
    size_t reversed = 0;
    for (size_t bit = 1; bit < FIR_SPAN; bit *= 2, i /= 2)
        reversed = 2 * reversed + i % 2;
    return reversed;
}

#endif
