/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_ANALYSIS_CORRELOGRAM_H
#define BH_ANALYSIS_CORRELOGRAM_H

/* Shuffled correlograms: how often spikes of different responses to the same stimulus
 * come together, which tells the stimulus' timing without refractoriness and without
 * having to know a period. Joris, "Interaural time sensitivity dominated by
 * cochlea-induced envelope patterns", J. Neurosci. 23 (2003) 6345-6350; Louage, van der
 * Heijden and Joris, "Temporal properties of responses to broadband noise in the
 * auditory nerve", J. Neurophysiol. 91 (2004) 2051-2065; Joris, Louage, Cardoen and van
 * der Heijden, "Correlation index: a new metric to quantify temporal coding", Hear.
 * Res. 216 (2006) 19-30.
 *
 * Lags run from -max_lag_s to max_lag_s in an odd number of bins whose middle one has
 * its centre at 0. With M trains of mean rate r and duration D, counts are divided by M
 * (M - 1) r^2 D bin_s: trains that know nothing of each other give 1 (exactly, at a lag
 * t: 1 - |t| / D, since so much of the windows overlaps). */

#include "analysis/trains.h"

BH_BEGIN_DECLS

typedef struct bh_correlogram_config {
    double bin_s;     ///< coincidence window, s
    double max_lag_s; ///< the bins reach at least so far, s
} bh_correlogram_config;

/// 50 us, as in the papers; 5 ms.
BH_API bh_correlogram_config bh_correlogram_config_default(void);

/// How many bins there are: odd; 0 where the configuration is not valid.
BH_API size_t bh_correlogram_bins(const bh_correlogram_config *config);
/// The lag in the middle of a bin, s.
BH_API double bh_correlogram_lag(const bh_correlogram_config *config, size_t bin);

/// The shuffled autocorrelogram (SAC): all ordered pairs of spikes of two different
/// trains, normalised, one value for each bin. Its value at lag 0 is the correlation
/// index. There must be two trains and a spike at least. Takes memory for the spikes
/// while it runs; time goes with the number of pairs within the lags.
BH_API BH_NODISCARD bh_status bh_sac(const bh_trains *trains,
                                     const bh_correlogram_config *config, double *sac,
                                     bh_diag *diag);

/// The shuffled cross-correlogram of two sets of trains, such as those of a stimulus
/// and of the same with its sign changed (the XAC of the papers): lags are times of `b`
/// minus times of `a`, counts are divided by Ma Mb ra rb D bin_s. Both windows must be
/// equally long; each set's times count from the start of its own.
BH_API BH_NODISCARD bh_status bh_xac(const bh_trains *a, const bh_trains *b,
                                     const bh_correlogram_config *config, double *xac,
                                     bh_diag *diag);

/// What locks to the fine structure, difcor = SAC - XAC, and what locks to the
/// envelope, sumcor = (SAC + XAC) / 2, of `bins` bins each. Results may take the place
/// of arguments.
BH_API void bh_difcor(const double *sac, const double *xac, size_t bins, double *difcor,
                      double *sumcor);

/// The correlation index: the value at lag 0.
BH_API double bh_correlation_index(const double *sac, size_t bins);

BH_END_DECLS

#endif
