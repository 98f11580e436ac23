/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_HRTF_H
#define BH_SOUNDS_HRTF_H

#include "core/status.h"
#include "sounds/resample.h"

#include <stddef.h>

BH_BEGIN_DECLS

/* Head-related transfer functions: for each direction that a sound may come from, the
 * impulse responses from there to both ears. io/sofa.h reads them from files,
 * filterbank/hrtf_bank.h makes filterbanks of them and sounds for two ears,
 * filterbank/headless.h makes such a set without a head.
 *
 * Directions are those of SOFA (AES69-2022): azimuth counter-clockwise from the front,
 * so that the left is at 90 degrees and the right at -90 or 270; elevation up from the
 * horizontal plane. */

/// A direction, and how far away.
typedef struct bh_direction {
    double azimuth_deg;
    double elevation_deg;
    double distance_m; ///< NaN: any
} bh_direction;

/// The ears, in the order of the responses.
enum { BH_EAR_LEFT, BH_EAR_RIGHT, BH_EARS };

/// Pairs of impulse responses with their directions, which never change. Any number of
/// threads may read one.
typedef struct bh_hrtf_set bh_hrtf_set;

/// What a set is made of; all arrays are borrowed for the call.
typedef struct bh_hrtf_config {
    double samplerate_hz;
    size_t count;                  ///< of pairs, at least 1
    size_t frames;                 ///< of each response, at least 1
    const double *taps;            ///< shape [count][BH_EARS][frames]
    const bh_direction *direction; ///< of each pair; NULL: they have none
} bh_hrtf_config;

BH_API BH_NODISCARD bh_status bh_hrtf_set_new(const bh_hrtf_config *config,
                                              bh_hrtf_set **out, bh_diag *diag);
/// NULL is allowed.
BH_API void bh_hrtf_set_free(bh_hrtf_set *set);

BH_API size_t bh_hrtf_count(const bh_hrtf_set *set);
BH_API size_t bh_hrtf_frames(const bh_hrtf_set *set);
BH_API double bh_hrtf_samplerate(const bh_hrtf_set *set);
/// The responses of pair `i`, shape [BH_EARS][frames]; the set's.
BH_API const double *bh_hrtf_taps(const bh_hrtf_set *set, size_t i);
/// Where pair `i` belongs; NULL where the set has no directions.
BH_API const bh_direction *bh_hrtf_direction(const bh_hrtf_set *set, size_t i);

/// The pair whose direction is nearest to `where` on the sphere; of several that are as
/// near, the one whose distance is, or the first where that is any.
BH_API BH_NODISCARD bh_status bh_hrtf_nearest(const bh_hrtf_set *set,
                                              const bh_direction *where, size_t *i,
                                              bh_diag *diag);
/// A new set of the pairs with these numbers, in this order.
BH_API BH_NODISCARD bh_status bh_hrtf_subset(const bh_hrtf_set *set,
                                             const size_t *pairs, size_t count,
                                             bh_hrtf_set **out, bh_diag *diag);
/// A new set of one pair at `where`: between neighbours in azimuth, elevation and
/// distance, the mean of their responses weighted by the inverse of their distance, as
/// libmysofa does it (mysofa_interpolate), in single precision. Every call looks for
/// all neighbours anew, which takes a tenth of a second for a set of 700.
BH_API BH_NODISCARD bh_status bh_hrtf_interpolate(const bh_hrtf_set *set,
                                                  const bh_direction *where,
                                                  bh_hrtf_set **out, bh_diag *diag);
/// A new set at another sample rate, with the same frequency responses: resampled as
/// sounds/resample.h says, and scaled by old / new rate. What would come before the
/// first sample of a response is cut off.
BH_API BH_NODISCARD bh_status bh_hrtf_resample(const bh_hrtf_set *set,
                                               double samplerate_hz,
                                               bh_resample_quality quality,
                                               bh_hrtf_set **out, bh_diag *diag);

BH_END_DECLS

#endif
