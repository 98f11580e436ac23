/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_PROGRESS_H
#define BH_IO_PROGRESS_H

#include "core/status.h"

#include <stddef.h>

BH_BEGIN_DECLS

/* Text that says how far a run is. Nothing here prints: the caller does, where and as
 * often as it likes. */

/// How far a run is, on the machine's steady clock. For one thread.
typedef struct bh_progress bh_progress;

/// Starts the clock of a run over `total_s` seconds of sound; NaN or INFINITY if nobody
/// knows how long it will be.
BH_API BH_NODISCARD bh_status bh_progress_new(double total_s, bh_progress **out,
                                              bh_diag *diag);
/// Gives it back. NULL is allowed.
BH_API void bh_progress_free(bh_progress *progress);

/// Says that what follows is one part of the whole (a file of a batch, a trial): the
/// part begins at `first_s` of the total and is `length_s` long (both seconds of
/// sound).
BH_API void bh_progress_part(bh_progress *progress, double first_s, double length_s);

/// Writes the text for `done_s` seconds of the current part (of the whole where no part
/// was named) into `buffer`, always ended by a zero, without a newline.
BH_API void bh_progress_text(const bh_progress *progress, double done_s, char *buffer,
                             size_t size);

/// The same text from plain numbers, all in seconds:
/// "37% complete, 1m 2s elapsed, approximately 1m 45s remaining, 4.2x real time". With
/// a total that is not known: "12.5 s done, 1m 2s elapsed, 0.20x real time". The
/// wording is that of Brian 1's `report`; the time remaining is elapsed / complete -
/// elapsed, and is left out before a thousandth is complete.
BH_API void bh_progress_format(double done_s, double total_s, double elapsed_s,
                               char *buffer, size_t size);
/// A duration in words: "3d 4h", "2h 5m", "1m 2s", "5s".
BH_API void bh_progress_duration(double seconds, char *buffer, size_t size);

BH_END_DECLS

#endif
