/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_BENCH_GPU_LIVE_H
#define BH_BENCH_GPU_LIVE_H

#include "bench/gpu/report.h"

struct bh_device;

/// How long blocks take, from sound to spikes or waveforms in the host's memory.
void measure_live(struct bh_device *device, const struct report *report);

#endif
