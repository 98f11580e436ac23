/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_COCHLEAGRAM_H
#define BH_FILTERBANK_COCHLEAGRAM_H

/* What a picture of a filterbank's output needs, however long the sound is: the mean
 * square of each group of channels in each stretch of time. */

#include "core/block.h"
#include "core/status.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// Level over time and place in a fixed amount of memory. When all columns are taken,
/// neighbours are merged in pairs and a column lasts twice as long. For one thread.
typedef struct bh_cochleagram bh_cochleagram;

typedef struct bh_cochleagram_config {
    double samplerate_hz;
    size_t channels;    ///< of the blocks to come, lowest place first
    size_t max_rows;    ///< groups of adjacent channels; fewer channels make fewer rows
    size_t max_columns; ///< at least 2; odd numbers are taken as the next even one
    size_t column_frames; ///< how long a column lasts before the first merging
} bh_cochleagram_config;

/// 512 rows and 2048 columns of at first 16 frames.
BH_API bh_cochleagram_config bh_cochleagram_config_default(double samplerate_hz,
                                                           size_t channels);

BH_API BH_NODISCARD bh_status bh_cochleagram_new(const bh_cochleagram_config *config,
                                                 bh_cochleagram **out, bh_diag *diag);
/// NULL is allowed.
BH_API void bh_cochleagram_free(bh_cochleagram *cochleagram);
/// Forgets all blocks.
BH_API void bh_cochleagram_reset(bh_cochleagram *cochleagram);

/// Adds the next frames: pascals, shape [frames][channels], either precision. Neither
/// allocates nor locks.
BH_API BH_NODISCARD BH_REALTIME bh_status
bh_cochleagram_process(bh_cochleagram *cochleagram, bh_block block, bh_diag *diag);

BH_API size_t bh_cochleagram_rows(const bh_cochleagram *cochleagram);
/// Columns filled so far; the last may still be growing.
BH_API size_t bh_cochleagram_columns(const bh_cochleagram *cochleagram);
/// How long one column lasts, in s.
BH_API double bh_cochleagram_column_s(const bh_cochleagram *cochleagram);
/// The first channel of a row; for `row` = rows, the number of channels.
BH_API size_t bh_cochleagram_row_channel(const bh_cochleagram *cochleagram, size_t row);
/// The frequency in the middle of each row, on the scale of the channels, whose
/// frequencies are `cf_hz`.
BH_API void bh_cochleagram_row_cf(const bh_cochleagram *cochleagram,
                                  const double *cf_hz, double *row_cf_hz);

/// Writes the level in dB SPL (RMS re 20 uPa) to `level_db_spl`, shape [rows][columns].
/// Silence is -infinity; samples that are not finite make their level NaN or infinite.
BH_API void bh_cochleagram_levels(const bh_cochleagram *cochleagram,
                                  float *level_db_spl);

BH_END_DECLS

#endif
