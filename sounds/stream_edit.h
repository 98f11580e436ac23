/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_STREAM_EDIT_H
#define BH_SOUNDS_STREAM_EDIT_H

#include "core/source.h"
#include "core/status.h"
#include "sounds/ramp.h"

#include <stddef.h>

BH_BEGIN_DECLS

/* Sources that change what another one yields, with the same bits as the functions for
 * sounds in memory. What they read stays the caller's, must outlive them, and is read
 * by them alone while they live. They can rewind where it can. */

/// One source after the other, with `gap_s` of silence between them. All have one
/// sample rate, and the same number of channels or one, which is then taken for all.
BH_API BH_NODISCARD bh_status bh_sequence_source(bh_source *const *sources,
                                                 size_t count, double gap_s,
                                                 bh_source **out, bh_diag *diag);
/// As bh_sound_ramp. A ramp at the offset needs a source that knows its length.
BH_API BH_NODISCARD bh_status bh_ramp_source(bh_source *input, const bh_ramp *ramp,
                                             bh_source **out, bh_diag *diag);
/// As bh_sound_modulate.
BH_API BH_NODISCARD bh_status bh_modulate_source(bh_source *input, double rate_hz,
                                                 double depth, double phase_rad,
                                                 bh_source **out, bh_diag *diag);
/// As bh_level_set where `count` is 1, as bh_sound_set_levels where it is the number of
/// channels. Reads `input` to its end once and rewinds it.
BH_API BH_NODISCARD bh_status bh_level_source(bh_source *input,
                                              const double *levels_db_spl, size_t count,
                                              bh_source **out, bh_diag *diag);
/// The largest absolute sample of any channel, Pa, of all that `input` yields; reads it
/// to its end and rewinds it.
BH_API BH_NODISCARD bh_status bh_source_peak(bh_source *input, double *peak_pa,
                                             bh_diag *diag);

BH_END_DECLS

#endif
