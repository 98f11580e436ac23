/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_NAMESPACE_H
#define BH_NEURONS_NAMESPACE_H

#include "core/status.h"

#include <stddef.h>

BH_BEGIN_DECLS

/// A physical dimension: exponents of m, kg, s, A, K, mol, cd, in units of 1/2520.
struct bh_dim {
    int exponent[7];
};

/// Names with values and units that equations may use: "tau" is "10*ms".
typedef struct bh_namespace bh_namespace;

BH_API BH_NODISCARD bh_status bh_namespace_new(bh_namespace **out, bh_diag *diag);
BH_API void bh_namespace_free(bh_namespace *names);

/// Gives a name a value, written as an expression of numbers, units and names set
/// before: "10*ms", "0.2", "g_max/2". Setting a name again replaces its value. The
/// texts are borrowed for the call only.
BH_API BH_NODISCARD bh_status bh_namespace_set(bh_namespace *names, const char *name,
                                               const char *value, bh_diag *diag);

/// A name's value in SI units, and its dimension; BH_ERR_ARGUMENT where there is none.
BH_API bh_status bh_namespace_get(const bh_namespace *names, const char *name,
                                  double *value, struct bh_dim *dim);
/// How many names there are, and the name of each.
BH_API size_t bh_namespace_count(const bh_namespace *names);
BH_API const char *bh_namespace_name(const bh_namespace *names, size_t i);

BH_END_DECLS

#endif
