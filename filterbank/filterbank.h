/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_FILTERBANK_H
#define BH_FILTERBANK_FILTERBANK_H

/* What every filterbank can do, whatever its model. The models have headers of their
 * own that make one: bh_gammatone_new ... */

#include "core/block.h"
#include "core/source.h"
#include "core/status.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// A bank of filters with its state: sample in, one sample out for each channel. Works
/// in one precision. One thread at a time.
typedef struct bh_filterbank bh_filterbank;

/// Gives a bank back. NULL is allowed.
BH_API void bh_filterbank_free(bh_filterbank *fb);

BH_API size_t bh_filterbank_channels(const bh_filterbank *fb);
BH_API double bh_filterbank_samplerate(const bh_filterbank *fb);
BH_API bh_precision bh_filterbank_precision(const bh_filterbank *fb);
/// Centre frequencies in Hz, one for each channel, as long as the bank lives; not a
/// number for filters that have none.
BH_API const double *bh_filterbank_cf(const bh_filterbank *fb);

/// Filters the next frames of `in` into `out`, shape [frames][channels].
///
/// `in` has one channel, which all filters hear, or one for each filter. `in` and `out`
/// have the same number of frames, any number, may be of either precision (the bank's
/// own is the fast way), and must not overlap. How the sound is cut into blocks changes
/// no bit of the result. Samples that are infinite or not numbers are refused with
/// BH_ERR_DATA and the place of the first, counted from the last reset, before anything
/// of the block is heard. Neither allocates nor locks.
BH_API BH_NODISCARD BH_REALTIME bh_status bh_filterbank_process(bh_filterbank *fb,
                                                                bh_block in,
                                                                bh_block out,
                                                                bh_diag *diag);

/// Forgets all sound heard so far.
BH_API BH_REALTIME void bh_filterbank_reset(bh_filterbank *fb);

/// The bank behind `input` as a source of its own, whose tiles may run in parallel.
///
/// `input` must have the bank's sample rate and one channel or as many as the bank.
/// Both stay the caller's, must outlive the source, and are used by it alone while it
/// lives. Rewinding it rewinds `input` and resets the bank. A sample of `input` that is
/// not finite ends the reading with BH_ERR_DATA and its place.
BH_API BH_NODISCARD bh_status bh_filterbank_source(bh_filterbank *fb, bh_source *input,
                                                   bh_source **out, bh_diag *diag);

BH_END_DECLS

#endif
