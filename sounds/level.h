/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_LEVEL_H
#define BH_SOUNDS_LEVEL_H

#include "core/status.h"
#include "sounds/sound.h"

#include <stddef.h>

BH_BEGIN_DECLS

/* Levels are dB SPL: 20 log10(RMS pressure / 20 uPa), the reference pressure for
 * airborne sound of ISO 1683:2015. */

/// The pressure of 0 dB SPL, Pa (RMS).
#define BH_PRESSURE_REFERENCE_PA 20e-6

/// Level in dB SPL of an RMS pressure in Pa; 0 Pa gives -infinity.
BH_API double bh_level_from_rms(double rms_pa);
/// RMS pressure in Pa of a level in dB SPL; -infinity gives 0 Pa.
BH_API double bh_level_to_rms(double level_db_spl);

/// Level of the whole sound in dB SPL: the RMS is over all samples of all channels.
/// Silence has -infinity.
BH_API double bh_level_get(const bh_sound *sound);
/// Level of one channel, counted from 0, in dB SPL; NaN where there is no such channel.
BH_API double bh_level_get_channel(const bh_sound *sound, size_t channel);

/// The largest absolute sample of any channel, Pa. As the full scale of a file
/// (bh_level_from_rms) it makes the loudest sample 1.0.
BH_API double bh_level_peak(const bh_sound *sound);

/// Multiplies the whole sound by one factor so that bh_level_get gives `level_db_spl`;
/// level differences between channels stay. Silence and samples that are not finite
/// cannot be set to a level: BH_ERR_DATA, and the sound stays as it was.
BH_API BH_NODISCARD bh_status bh_level_set(bh_sound *sound, double level_db_spl,
                                           bh_diag *diag);

/// Reads a level: "60 dB SPL", "60 dB", "60dB" or "60", signs and decimals allowed, the
/// unit in any case. Anything else (other units, other text, no number, a value that is
/// not finite) is BH_ERR_TEXT with a sentence; `level_db_spl` is then untouched. The
/// decimal point is a point in every locale.
BH_API BH_NODISCARD bh_status bh_level_parse(const char *text, double *level_db_spl,
                                             bh_diag *diag);

BH_END_DECLS

#endif
