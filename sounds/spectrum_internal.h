/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_SPECTRUM_INTERNAL_H
#define BH_SOUNDS_SPECTRUM_INTERNAL_H

/* A Fourier transform of any length that gives the same bits on every machine: it uses
 * additions, multiplications and nothing of the C library. That is what noises that
 * follow from a seed need; for speed there are better ones. */

#include "core/status.h"

#include <stddef.h>

typedef struct bh_bin {
    double re, im;
} bh_bin;

/* e^(2 pi i turns), right within 2e-16. */
bh_bin bh_turn(double turns);

/* Replaces x by sum over t of x[t] e^(sign 2 pi i t k / count), sign +1 or -1, without
 * a factor. Fails where there is no memory. Source: radix 2, and for counts that are
 * no power of two Bluestein (1970), IEEE Trans. Audio Electroacoust. 18:451. */
bh_status bh_transform(bh_bin *x, size_t count, int sign, bh_diag *diag);

#endif
