/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_HRTF_BANK_H
#define BH_FILTERBANK_HRTF_BANK_H

/* Sounds as they reach the ears: HRTF.apply and HRTFSet.filterbank of brian2hears. */

#include "filterbank/filterbank.h"
#include "sounds/hrtf.h"
#include "sounds/sound.h"

BH_BEGIN_DECLS

/// In which order the channels of such a bank are.
typedef enum bh_hrtf_order {
    BH_HRTF_SERIAL,     ///< all left ears, then all right ears
    BH_HRTF_INTERLEAVED ///< left and right of one pair after the other
} bh_hrtf_order;

/// A bank of two channels for each pair of the set, for sound of one channel or of two
/// for each pair. Computed as filterbank/fir.h says. bh_filterbank_cf is not a number.
/// The set may be given back at once. Its sample rate is the bank's: resample the sound
/// or the set where they differ.
BH_API BH_NODISCARD bh_status bh_hrtf_filterbank(const bh_hrtf_set *set,
                                                 bh_hrtf_order order,
                                                 bh_precision precision,
                                                 bh_filterbank **out, bh_diag *diag);

/// A sound of one channel as both ears hear it from where pair `pair` is: a new sound
/// of two channels, left and right, of the same length. Pad it where it should ring
/// out. Other sample rates than that of the set are BH_ERR_ARGUMENT.
BH_API BH_NODISCARD bh_status bh_hrtf_apply(const bh_hrtf_set *set, size_t pair,
                                            const bh_sound *sound, bh_sound **out,
                                            bh_diag *diag);

BH_END_DECLS

#endif
