/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_DCGC_KERNEL_H
#define BH_FILTERBANK_DCGC_KERNEL_H

#include "core/block.h"
#include "core/cpu.h"
#include "filterbank/lane_kernel.h"

/* Numbers of BH_LANES channels side by side. */
typedef double dcgc_lanes[BH_LANES];

/* Four second-order filters in a row, gain (1 + zero u + radius2 u^2) / (1 + pole u +
 * radius2 u^2): the poles and zeros of asymmetric compensation have the same radius. In
 * transposed direct form II, in which coefficients may change on the way; there
 * z2 = radius2 (x - y) is -radius2 z1. `part` is zero - pole. */
struct dcgc_compensation {
    dcgc_lanes gain[4], part[4], minus_pole[4], minus_radius2[4];
    dcgc_lanes z1[4], z2[4];
};

struct dcgc_row {
    alignas(64) struct dcgc_compensation control, active;
    dcgc_lanes fp1_hz, level1, level2;
    size_t until_update;
};

/* What a device has of a channel (dcgc.cu): the numbers of a row that are in lanes, in
 * their order, and two more. */
enum {
    DCGC_LANES = 2 * 6 * 4 + 3,
    DCGC_UNTIL_UPDATE = DCGC_LANES,
    DCGC_HEARD, /* the channel whose passive filter makes its level */
    DCGC_FIELDS
};

/* What all channels share. */
struct dcgc_shared {
    double turn;           /* 2 pi / samplerate */
    double width, width_f; /* b ERB(f) in radians a sample: width + width_f f */
    double fall_law[4];    /* of the stages: -ln radius in those widths */
    double shift_law[4];   /* of poles from f, zeros the other way */
    double frat0, frat1;
    double fall; /* of the level in one sample */
    double weight, level_ref, power1, power2, rms_db, level_scale, level_min;
    size_t update_interval;
    bool level_of_updates;
};

struct dcgc_kernels {
    /// Filters what the passive filters of a row say, BH_LANES doubles at `sound` and
    /// `stride` from one frame to the next; its level path hears those at `heard`.
    void (*active)(struct dcgc_row *row, const struct dcgc_shared *shared,
                   const double *sound, const double *heard, size_t stride,
                   bh_block out);
    /// Filters at `f_hz`; state stays.
    void (*design)(struct dcgc_compensation *to, const struct dcgc_shared *shared,
                   const double *f_hz);
};

BH_ISA_DECLARE(struct dcgc_kernels, bh_dcgc_kernels);

#endif
