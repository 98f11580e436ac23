/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_HRTF_INTERNAL_H
#define BH_SOUNDS_HRTF_INTERNAL_H

#include "sounds/hrtf.h"

struct bh_hrtf_set {
    double samplerate_hz;
    size_t count, frames;
    double *taps;            /* [count][BH_EARS][frames] */
    bh_direction *direction; /* or NULL */
};

/* Front, left and up of a direction, as a vector of length 1. */
void bh_direction_unit(const bh_direction *direction, double unit[3]);

/* Whether `where` can be looked for in the set. */
bh_status bh_direction_check(const bh_hrtf_set *set, const bh_direction *where,
                             bh_diag *diag);

#endif
