/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_FIR_TAIL_KERNEL_H
#define BH_FILTERBANK_FIR_TAIL_KERNEL_H

/* The later part of long impulse responses, by spectra, for input of one channel, whose
 * spectra all filters share. A level cuts its stretch of the responses into parts of
 * equal size. They only concern parts of the sound that are over when a new part
 * begins, so there is no latency (Gardner, J. Audio Eng. Soc. 43 (1995)): what they
 * will say in the whole part is computed at its beginning, by overlap and save, from
 * the spectra of the parts of the sound heard so far. Later stretches have larger
 * parts, which are less work. Parts begin at fixed times, whatever the blocks. */

#include "core/cpu.h"
#include "core/fourier_internal.h"
#include "filterbank/filterbank_ops.h"

#include <stdbool.h>

enum {
    FIR_PART = 128, /* samples of the smallest part */
    FIR_GROWTH = 8, /* from one level to the next */
    FIR_LEVELS = 8,
    FIR_PART_MOST = 1 << 17
};

/* The sum over q of x[q] h[q], q < parts. Arrays of complex numbers, whole vectors. */
struct fir_product {
    size_t bins; ///< a multiple of FIR_BINS_STEP
    size_t parts;
    const double *h;        ///< [parts][bins][2]
    const double *const *x; ///< [parts], each [bins][2]
    double *sum;            ///< [bins][2]
};

#define FIR_BINS_STEP 4

struct fir_tail_kernels {
    void (*multiply)(const struct fir_product *product);
    /// to[t][lane] = from[t] for BH_LANES signals of `count` samples, a multiple of 8,
    /// that lie `stride` apart.
    void (*turn)(const double *from, size_t stride, size_t count, double *to);
    void (*add)(const double *from, size_t count, double *to);
};

BH_ISA_DECLARE(struct fir_tail_kernels, bh_fir_tail_kernels);

/* One size of parts. */
struct fir_level {
    bh_fourier *fourier; ///< of 2 part samples
    size_t part;
    size_t first;    ///< of the responses, in parts: at least 1
    size_t parts;    ///< the most that any response has here
    size_t bins;     ///< part + 1 and zeros
    size_t ring;     ///< spectra kept
    size_t heard;    ///< parts of the sound that are over
    size_t *counts;  ///< [channels]; parts that are not silent
    double *taps;    ///< [channels][parts][bins][2]
    double *spectra; ///< [ring][bins][2]; of part j and the one before it
    double *said;    ///< [rows][part][BH_LANES]; what the level says in this part
};

/* Room to compute in for one tile. */
struct fir_desk {
    double *sum, *waves; ///< [bins][2] of the largest level, [BH_LANES][2 part]
    const double **x;
};

struct fir_tail {
    const struct fir_tail_kernels *kernels;
    size_t rows, channels, level_count, tiles;
    struct fir_level level[FIR_LEVELS];
    struct fir_desk *desk; ///< [tiles]
    double *heard;         ///< [2 part] of the largest level
    double *more; ///< [rows][FIR_PART][BH_LANES]; of all levels in a smallest part
};

/* What a tail is made of: responses of `length` samples, those of channel ch at
 * taps + ch * step, that come `delay` samples late. */
struct fir_response {
    const double *taps;
    size_t length, step, delay;
    bh_fourier_plan plan;
};

/// Whether `delay` leaves nothing to be summed directly.
static inline bool
fir_tail_is_all(const struct fir_response *response)
{
    return response->delay >= FIR_PART;
}

/// A tail for all taps from FIR_PART on.
BH_NODISCARD bh_status bh_fir_tail_new(size_t channels,
                                       const struct fir_response *response,
                                       struct fir_tail **out, bh_diag *diag);
void bh_fir_tail_free(struct fir_tail *tail);
void bh_fir_tail_reset(struct fir_tail *tail);

/// Samples before the window that hearing it takes.
size_t bh_fir_tail_past(const struct fir_tail *tail);

/// Hears `frames` samples, the first of which is number `clock`.
void bh_fir_tail_hear(struct fir_tail *tail, const double *sound, size_t clock,
                      size_t frames);

/// What the tail adds for the channels of a row from sample `clock` to the end of its
/// smallest part, [frames][BH_LANES]; to be asked for at every such part's beginning.
const double *bh_fir_tail_say(struct fir_tail *tail, size_t row, size_t clock);

#endif
