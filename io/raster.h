/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_RASTER_H
#define BH_IO_RASTER_H

/* What a picture of spikes needs, however many there are. */

#include "core/events.h"
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/// Spikes over time and place in a fixed amount of memory. The first ones are kept one
/// by one; when there are more than that, only how many fall into each cell of a grid
/// of time and place, whose columns are merged in pairs as time goes on. For one
/// thread.
typedef struct bh_raster bh_raster;

typedef struct bh_raster_config {
    size_t neurons;
    /// Characteristic frequency of each neuron, Hz, copied; places are in its order,
    /// and neurons for which it is not a number are left out. NULL: in the order of
    /// index.
    const double *cf_hz;
    size_t max_marks;   ///< how many spikes are kept one by one
    size_t max_rows;    ///< of the grid; fewer neurons make fewer rows
    size_t max_columns; ///< of the grid, at least 2; odd numbers count as the next even
    double column_s;    ///< how long a column lasts before the first merging, s
} bh_raster_config;

/// 20 000 marks; 512 rows and 4096 columns of at first 0.1 ms: 8 MiB.
BH_API bh_raster_config bh_raster_config_default(size_t neurons, const double *cf_hz);

BH_API BH_NODISCARD bh_status bh_raster_new(const bh_raster_config *config,
                                            bh_raster **out, bh_diag *diag);
/// NULL is allowed.
BH_API void bh_raster_free(bh_raster *raster);

/// Adds spikes, in any order. BH_ERR_ARGUMENT for an index that is not below `neurons`
/// or whose neuron was left out, and for a time that is negative or not finite; nothing
/// of the call is added then. Does not allocate.
BH_API BH_NODISCARD bh_status bh_raster_add(bh_raster *raster, bh_events events,
                                            bh_diag *diag);
/// How many spikes were added.
BH_API uint64_t bh_raster_count(const bh_raster *raster);

BH_END_DECLS

#endif
