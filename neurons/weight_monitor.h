/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_WEIGHT_MONITOR_H
#define BH_NEURONS_WEIGHT_MONITOR_H

#include "core/block.h"
#include "core/status.h"
#include "neurons/synapses.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/// Records a variable of synapses, such as their weights, as they learn. The network's.
typedef struct bh_weight_monitor bh_weight_monitor;

/// Records at the starts of the steps that are multiples of `every_s` (s, a multiple of
/// the time step), for `count` synapses (numbers in their public order, copied; NULL:
/// all there are now). The synapses are connected already, and are not connected or
/// removed later. Between runs too. Each row costs as much as bh_synapses_get; rows are
/// not part of a stored state.
BH_API BH_NODISCARD bh_status bh_weight_monitor_new(
    bh_synapses *synapses, const char *variable, const uint32_t *index, size_t count,
    double every_s, bh_weight_monitor **out, bh_diag *diag);
/// The rows so far, shape [rows][synapses], double, SI units; good until the next run.
BH_API bh_block bh_weight_monitor_rows(const bh_weight_monitor *monitor);
/// The times of the rows, s.
BH_API const double *bh_weight_monitor_times(const bh_weight_monitor *monitor);

BH_END_DECLS

#endif
