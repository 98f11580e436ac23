/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_SOFA_H
#define BH_IO_SOFA_H

#include "core/status.h"
#include "sounds/hrtf.h"

BH_BEGIN_DECLS

/* Head-related transfer functions from SOFA files (AES69-2022, convention
 * SimpleFreeFieldHRIR), through libmysofa. The databases of the field are kept in this
 * format, such as LISTEN, ARI, CIPIC and KEMAR at sofaconventions.org. */

/// Reads all responses of a file, at the file's sample rate and level. Delays that the
/// file has beside the responses become part of them: whole samples exactly, parts of
/// one as bh_sound_shift_exactly does it.
BH_API BH_NODISCARD bh_status bh_sofa_read(const char *path, bh_hrtf_set **out,
                                           bh_diag *diag);

BH_END_DECLS

#endif
