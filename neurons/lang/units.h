/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_LANG_UNITS_H
#define BH_NEURONS_LANG_UNITS_H

/* Physical dimensions, and the units that texts name. */

#include "neurons/namespace.h"

#include <stdbool.h>
#include <stddef.h>

/* Exponents of m, kg, s, A, K, mol, cd in units of 1/2520, so that halves, thirds ...
 * tenths are exact. */
enum { DIM_COUNT = 7, DIM_ONE = 2520 };

bool dim_equal(struct bh_dim a, struct bh_dim b);
bool dim_is_none(struct bh_dim dim);
/* a * b^power, where power counts in DIM_ONE; false where the result has no exact form.
 */
bool dim_multiply(struct bh_dim a, struct bh_dim b, int power, struct bh_dim *out);
bool dim_power(struct bh_dim base, double power, struct bh_dim *out);
/* "V", "V/s", "kg m^2", "1": for messages. */
void dim_text(struct bh_dim dim, char *buffer, size_t size);

/* A unit by its name, with any prefix: "mV", "volt", "msecond", "Hz", "cm2". */
struct unit {
    double scale;
    struct bh_dim dim;
    const char *base; /* the SI unit of its dimension: "volt" for mV */
};
bool unit_find(const char *name, size_t length, struct unit *out);
/* The nearest unit name to a mistyped one, written into buffer; false when none is
 * near. */
bool unit_nearest(const char *name, char *buffer, size_t size);

#endif
