/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_ANALYSIS_PHASE_H
#define BH_ANALYSIS_PHASE_H

/* Spikes that keep time with a periodic stimulus: period histogram and vector strength
 * (Goldberg and Brown, "Response of binaural neurons of dog superior olivary complex to
 * dichotic tonal stimuli", J. Neurophysiol. 32 (1969) 613-636), with the statistics of
 * directions on a circle (Mardia and Jupp, "Directional Statistics", Wiley 2000). For
 * modulated sounds the period is that of the envelope: the temporal modulation transfer
 * function is vector strength over modulation frequency (Joris, Schreiner and Rees,
 * Physiol. Rev. 84 (2004) 541-577).
 *
 * All of it looks at the longest part of the window, from its start on, that is a whole
 * number of cycles: a broken cycle would favour some phases. */

#include "analysis/trains.h"

BH_BEGIN_DECLS

/// How well, and where in the cycle, spikes lock to a frequency.
typedef struct bh_locking {
    size_t spikes;   ///< in those whole cycles, of all trains
    double cycles;   ///< how many these are
    double strength; ///< r = |sum exp(2 pi i f t)| / spikes, 0 to 1; NaN without spikes
    double phase_rad; ///< of the mean direction, -pi to pi; 0 is time 0 s
    double rayleigh;  ///< Rayleigh's statistic z = spikes r^2
    /// Probability of such a strength, or a larger one, without locking: exp(sqrt(1 +
    /// 4n
    /// + 4(n^2 - n^2 r^2)) - 1 - 2n) for n spikes, which is exp(-z) for many (Zar,
    /// "Biostatistical Analysis", 4th ed. 1999, eq. 27.4).
    double p;
    /// Strengths above this one happen without locking in one case of a thousand:
    /// sqrt(ln(1000) / n) = 2.63 / sqrt(n). The mean without locking is sqrt(pi / 4n).
    double floor;
} bh_locking;

/// Locking to `frequency_hz`. BH_ERR_ARGUMENT where not one cycle fits into the window.
BH_API BH_NODISCARD bh_status bh_locking_get(const bh_trains *trains,
                                             double frequency_hz, bh_locking *out,
                                             bh_diag *diag);

/// The period histogram: `counts`[b] spikes with phases from b / bins to (b + 1) / bins
/// of a cycle of `frequency_hz`, time 0 s being phase 0; and `rate_hz`[b] the rate of a
/// train at that phase, spikes/s. Either may be NULL.
BH_API BH_NODISCARD bh_status bh_period_histogram(const bh_trains *trains,
                                                  double frequency_hz, size_t bins,
                                                  uint64_t *counts, double *rate_hz,
                                                  bh_diag *diag);

/// Modulation gain in dB, 20 log10(2 r / depth): how deep the rate is modulated, 2 r,
/// as far as it is a sine wave, against how deep the sound is (depth 0 to 1).
BH_API double bh_modulation_gain_db(double strength, double depth);

BH_END_DECLS

#endif
