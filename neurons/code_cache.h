/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_CODE_CACHE_H
#define BH_NEURONS_CODE_CACHE_H

/* Where compiled equations, and plans of Fourier transforms that were measured
 * (bh_fir_params), are kept between runs: BH_CACHE_DIR, or brianhears in
 * XDG_CACHE_HOME or ~/.cache; a directory that is this user's alone. Several processes
 * may use it at once. */

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/// What is kept: where, how many models, plans or none, and how many bytes.
typedef struct bh_code_cache {
    char path[4096];
    size_t models;
    bool transforms;
    uint64_t bytes;
} bh_code_cache;

/// Looks at the cache. BH_ERR_UNSUPPORTED where there is no directory that can be used:
/// compiled equations are then made anew each time.
BH_API BH_NODISCARD bh_status bh_code_cache_look(bh_code_cache *out, bh_diag *diag);
/// Removes what is kept; nothing else in the directory is touched. Running networks are
/// not disturbed.
BH_API BH_NODISCARD bh_status bh_code_cache_clear(bh_diag *diag);

BH_END_DECLS

#endif
