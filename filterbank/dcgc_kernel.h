/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_FILTERBANK_DCGC_KERNEL_H
#define BH_FILTERBANK_DCGC_KERNEL_H

#include "core/block.h"
#include "core/cpu.h"
#include "filterbank/filterbank_ops.h"

#include <stdalign.h>
#include <stdbool.h>

/* Numbers of BH_LANES channels side by side. */
typedef double dcgc_lanes[BH_LANES];

/* Four second-order filters in a row, b0 (1 + b1 u + b2 u^2) / (1 + a1 u + b2 u^2): the
 * poles and zeros of asymmetric compensation have the same radius, so a2 is b2. In
 * transposed direct form II, in which coefficients may change on the way. */
struct dcgc_compensation {
    dcgc_lanes gain[4], zero[4], pole[4], radius2[4];
    dcgc_lanes z1[4], z2[4];
};

struct dcgc_row {
    alignas(64) dcgc_lanes near_re; /* the gammatone, see resonator_kernel.h */
    dcgc_lanes minus_im2, gammatone_gain;
    dcgc_lanes re[4], im[4];
    struct dcgc_compensation passive, control, active;
    dcgc_lanes fp1_hz, level1, level2;
    size_t until_update;
    size_t channel;         /* of the first lane */
    size_t heard[BH_LANES]; /* whose passive filter the level path hears */
};

/* What all channels share. */
struct dcgc_shared {
    double samplerate_hz;
    double b, c;   /* of the active filter */
    double p1, p2; /* Unoki et al.'s constants for them */
    double frat0, frat1;
    double fall; /* of the level in one sample */
    double weight, level_ref, power1, power2, rms_db, level_scale, level_min;
    size_t update_interval;
    bool level_of_updates;
};

struct dcgc_kernels {
    /// The passive filters of a row: `out` has frames of `stride` doubles, its lanes
    /// there.
    void (*passive)(struct dcgc_row *row, bh_block in, double *out, size_t stride);
    /// The rest: `sound` has the passive filters of the whole bank, frames as above.
    void (*active)(struct dcgc_row *row, const struct dcgc_shared *shared,
                   const double *sound, size_t stride, bh_block out);
    /// Filters at `f_hz` with b and c; state stays.
    void (*design)(struct dcgc_compensation *to, const struct dcgc_shared *shared,
                   const double *f_hz);
};

BH_ISA_DECLARE(struct dcgc_kernels, bh_dcgc_kernels);

#endif
