/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_MIDDLE_EARS_H
#define BH_FILTERBANK_MIDDLE_EARS_H

/* Middle ears that are recursive filters, each as its model's program has it: for sound
 * pressure in Pa. The one of Tan and Carney is in filterbank/middle_ear.h, those that
 * were measured as a table are in filterbank/ear_response.h. */

#include "core/block.h"
#include "core/status.h"
#include "filterbank/filterbank.h"

#include <stddef.h>

BH_BEGIN_DECLS

typedef enum bh_middle_ears {
    /// The cat of Bruce, Sachs and Young (2003), JASA 113:369, as Zilany, Bruce, Nelson
    /// and Carney (2009), JASA 126:2390, have it: bilinear, exact at 1 kHz; its largest
    /// gain, near 1.7 kHz, is 1.
    BH_MIDDLE_EAR_ZILANY_CAT,
    /// The human ear of Pascal, Bourgeade, Lagier and Legros (1998), JASA 104:1509, in
    /// the same program (Ibrahim and Bruce 2010): 0.5 at 1 kHz.
    BH_MIDDLE_EAR_ZILANY_HUMAN,
    /// Breebaart, van de Par and Kohlrausch (2001), JASA 110:1074: 1 to 4 kHz passes,
    /// with 6 dB for each octave beyond.
    BH_MIDDLE_EAR_BREEBAART,
    /// Outer and middle ear of Meddis' MAP1_14 (2011): the resonance of the ear canal
    /// (10 dB from 1 to 4 kHz beside the sound itself), the eardrum as a low pass of 50
    /// Hz, the stapes as a high pass of 1 kHz. What comes out is its displacement, m.
    BH_MIDDLE_EAR_MAP
} bh_middle_ears;

/// One of them, for so many channels, usually 1. bh_filterbank_cf is not a number. The
/// sample rate must be above 8 kHz; the bilinear transform bends the frequencies near
/// half of it, so these are the models' own from 44.1 kHz (MAP, Breebaart) or 100 kHz
/// (Zilany) on.
BH_API BH_NODISCARD bh_status bh_middle_ears_new(double samplerate_hz, size_t channels,
                                                 bh_middle_ears which,
                                                 bh_precision precision,
                                                 bh_filterbank **out, bh_diag *diag);

BH_END_DECLS

#endif
