/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_GAMMATONE_H
#define BH_FILTERBANK_GAMMATONE_H

/* The fourth-order gammatone filter in the recursive form of Slaney, Apple technical
 * report 35 (1993): gain 1 at the centre frequency, envelope t^3 exp(-2 pi b ERB t).
 *
 * Slaney's four biquads have the double pole pair p, p* (p = exp((-2 pi b ERB + 2 pi i
 * cf) / samplerate)) four times over, and their four real zeros are the roots of
 * ((1 - p* u) / (1 - p u))^4 = -1. So the filter is exactly the real part of four
 * complex one-pole filters in a row (Hohmann, Acta Acustica 88 (2002), eq. 1) times one
 * real gain, and that is how it is computed: in single precision biquads are wrong by 2
 * % at 20 Hz and 96 kHz, one-poles by less than 1e-5. */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"
#include "filterbank/scale.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// How a bank is computed.
typedef enum bh_gammatone_engine {
    /// Sample by sample, as above. The fastest on every processor measured so far.
    BH_GAMMATONE_RECURSIVE,
    /// By Fourier transforms (filterbank/fir.h), from the responses of the recursive
    /// bank, each cut off where what is left sums to less than 1e-13 (the gain at cf is
    /// 1): within 1e-12 of the input's largest sample. Computed in double in either
    /// precision. For input of one channel; of many it is slow.
    BH_GAMMATONE_FOURIER,
    /// The faster of the two: both are made and timed, which takes about as long as a
    /// second of sound. Which one it was shows within their difference alone.
    BH_GAMMATONE_FASTEST
} bh_gammatone_engine;

typedef struct bh_gammatone_params {
    double b;                ///< bandwidth parameter in ERBs
    bh_erb_params erb;       ///< the bandwidth of a place
    const double *b_channel; ///< one b for each channel instead, or NULL; borrowed
    bh_gammatone_engine engine;
    size_t delay; ///< samples by which the output is late; by Fourier transforms only,
                  ///< whose work a delay of 2048 and more lessens; else 0
} bh_gammatone_params;

/// b 1.019 (Patterson et al. 1987) and bh_erb_params_default, recursive.
BH_API bh_gammatone_params bh_gammatone_params_default(void);

/// A bank of `channels` gammatone filters at `cf_hz` (copied; any order, ascending is
/// fastest). `params` NULL means the defaults. Every cf must be above 0 and below half
/// of `samplerate_hz`; a message names the channel where one is not.
///
/// Single precision stays within 1e-5 of double, from 20 Hz up and at 8 to 192 kHz,
/// where 1 is the largest output of the channel for sound in its band, of the bank for
/// other.
BH_API BH_NODISCARD bh_status bh_gammatone_new(double samplerate_hz,
                                               const double *cf_hz, size_t channels,
                                               const bh_gammatone_params *params,
                                               bh_precision precision,
                                               bh_filterbank **out, bh_diag *diag);

/// One gammatone filter: s_k[n] = pole s_k[n-1] + s_{k-1}[n] for k = 1..4 with
/// s_0 = gain x, and y = Re s_4.
typedef struct bh_gammatone_coeffs {
    double pole_re, pole_im;
    double one_minus_re; ///< 1 - pole_re without the loss of subtracting
    double gain;         ///< makes the gain at the centre frequency 1
} bh_gammatone_coeffs;

/// The filter at `cf_hz` whose envelope falls by exp(-2 pi bandwidth_hz t); for a
/// gammatone bank `bandwidth_hz` is b times the ERB.
BH_API bh_gammatone_coeffs bh_gammatone_design(double samplerate_hz, double cf_hz,
                                               double bandwidth_hz);

BH_END_DECLS

#endif
