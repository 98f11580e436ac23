/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_ANALYSIS_NEUROGRAM_H
#define BH_ANALYSIS_NEUROGRAM_H

/* Neurograms, the rates of a nerve over time and place, and how similar two of them
 * are: Hines and Harte, "Speech intelligibility prediction using a neurogram similarity
 * index measure", Speech Commun. 54 (2012) 306-320. The measure is the structural
 * similarity of pictures (Wang, Bovik, Sheikh and Simoncelli, IEEE Trans. Image
 * Process. 13 (2004) 600-612) without its contrast term. */

#include "core/events.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

typedef struct bh_neurogram_config {
    double start_s, stop_s; ///< window of time, s
    size_t neurons;
    const uint32_t *row; ///< [neurons] which row a neuron belongs to; UINT32_MAX: none.
                         ///< NULL: each is a row of its own
    size_t rows;
    double bin_s;  ///< of the histogram below, s
    size_t window; ///< bins of the Hamming window that smoothes it
    size_t hop;    ///< bins from one column to the next
} bh_neurogram_config;

/// For the mean rate: bins of 100 us, windows of 128 with half of them shared. It shows
/// the envelope. The rest 0 or NULL.
BH_API bh_neurogram_config bh_neurogram_config_mean_rate(void);
/// For the fine structure: bins of 10 us, windows of 32 with half of them shared.
BH_API bh_neurogram_config bh_neurogram_config_fine(void);

/// How many columns there are: windows that fit between start and stop.
BH_API size_t bh_neurogram_columns(const bh_neurogram_config *config);
/// The middle of a column, s.
BH_API double bh_neurogram_time(const bh_neurogram_config *config, size_t column);

/// `rate_hz`, shape [rows][columns]: the rate of a neuron of the row, spikes/s,
/// averaged over the window with its weights. Spikes come in any order. Rows without
/// neurons are 0. Takes memory for a number a row while it runs.
BH_API BH_NODISCARD bh_status bh_neurogram_get(const bh_neurogram_config *config,
                                               bh_events events, double *rate_hz,
                                               bh_diag *diag);

typedef struct bh_nsim_config {
    /// The largest intensity there can be, L of the papers (255 in a picture); NaN: the
    /// largest value of the reference, to which the papers scale it.
    double range;
    double k1, k3; ///< constants: C1 = (k1 L)^2, C3 = (k3 L)^2 / 2
    double sd;     ///< of the Gaussian window of 3 x 3 cells, in cells
} bh_nsim_config;

/// Range NaN; 0.01 and 0.03, after Wang et al.; 0.5, after Hines and Harte.
BH_API bh_nsim_config bh_nsim_config_default(void);

/// The neurogram similarity index measure of a reference and another, both [rows]
/// [columns] with 3 rows and columns at least: the mean over all cells that have eight
/// neighbours of
///     (2 mr md + C1) / (mr^2 + md^2 + C1) * (s_rd + C3) / (s_r s_d + C3)
/// with means m, standard deviations s and covariance s_rd in the window around the
/// cell. 1 for equal ones; about 0 where nothing is shared.
BH_API BH_NODISCARD bh_status bh_nsim_get(const double *reference, const double *other,
                                          size_t rows, size_t columns,
                                          const bh_nsim_config *config, double *out,
                                          bh_diag *diag);

BH_END_DECLS

#endif
