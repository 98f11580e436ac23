/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_FOURIER_INTERNAL_H
#define BH_CORE_FOURIER_INTERNAL_H

/* Fourier transforms of real samples by FFTW3 (Frigo and Johnson, Proc. IEEE 93 (2005)
 * 216-231).
 *
 * FFTW's planner has state of the process: it is used under a lock of ours, and what it
 * knew before is put back, so that neither other users of FFTW in the process nor the
 * order in which banks are made change a plan. A program that plans with FFTW itself
 * does so on the same thread or calls fftw_make_planner_thread_safe first. */

#include "core/status.h"

#include <stddef.h>

typedef struct bh_fourier bh_fourier;

/// How a plan is found.
typedef enum bh_fourier_plan {
    /// By FFTW's estimate: the same plan, and the same bits, each time on a kind of
    /// processor.
    BH_FOURIER_ESTIMATED,
    /// By measuring, which takes up to seconds once for each length, or from what was
    /// measured before and is kept in the cache (core/cache_internal.h). Plans differ
    /// from time to time, and with them the last bits of results.
    BH_FOURIER_MEASURED
} bh_fourier_plan;

/// Transforms of `length` samples, an even number. One transform may be used by many
/// threads at once.
BH_NODISCARD bh_status bh_fourier_new(size_t length, bh_fourier_plan plan,
                                      bh_fourier **out, bh_diag *diag);
void bh_fourier_free(bh_fourier *fourier);

/// Memory for so many doubles, all zero, as the transforms need it: 64 bytes aligned.
/// NULL where there is none; free() gives it back.
double *bh_fourier_memory(size_t doubles);

/// `spectrum`[k] = sum over t of x[t] exp(-2 pi i t k / length) for k = 0 to length
/// / 2.
void bh_fourier_forward(const bh_fourier *fourier, const double *x,
                        double (*spectrum)[2]);
/// The reverse, times `length`; what is in `spectrum` is lost.
void bh_fourier_back(const bh_fourier *fourier, double (*spectrum)[2], double *x);

#endif
