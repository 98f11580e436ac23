/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_EVENTS_H
#define BH_CORE_EVENTS_H

#include "core/api.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/// A borrowed view of spikes in the order they happened: by time, then by index.
typedef struct bh_events {
    const double *time_s;  ///< beginning of the step in which the spike happened, s
    const uint32_t *index; ///< which neuron, from 0
    size_t count;
} bh_events;

BH_END_DECLS

#endif
