/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_LANE_KERNEL_H
#define BH_FILTERBANK_LANE_KERNEL_H

/* How many channels a kernel runs side by side. On a processor they are the lanes of
 * its vectors; on a GPU (BH_ONE_LANE) each thread has one channel, and vectors are
 * plain numbers. The texts of the kernels are the same for both. */

#include "core/block.h"

#ifndef __CUDACC_RTC__
#include <stdalign.h>
#include <stdbool.h>
#endif

#ifdef BH_ONE_LANE
#define BH_LANES  1
/// Before a loop over frames that a GPU's compiler shall not unroll. Each frame waits
/// for the last, so there is little to overlap, and copies of every variant of a filter
/// are what that compiler needs its time for.
#define BH_ROLLED _Pragma("unroll 1")
#else
#define BH_ROLLED
/// Tiles come in whole rows of this many channels, so that every vector is full.
#define BH_LANES 16
#endif

/// Runs one row through all frames. `row` is [fields][BH_LANES] numbers; `in` has 1
/// channel or BH_LANES, `out` BH_LANES.
typedef void bh_rows_run(void *row, bh_block in, bh_block out);

#endif
