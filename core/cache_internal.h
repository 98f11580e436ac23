/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_CACHE_INTERNAL_H
#define BH_CORE_CACHE_INTERNAL_H

/* Where the library keeps what it would rather not compute again: BH_CACHE_DIR, or
 * brianhears in XDG_CACHE_HOME or ~/.cache. Several processes may use it at once: files
 * are written under another name and renamed. */

#include <stdbool.h>
#include <stddef.h>

/// FFTW's measured plans (core/fourier_internal.h).
#define BH_CACHE_WISDOM "fftw-wisdom"

/// Its path, made if need be; false where there is none that is this user's alone and
/// can be written.
bool bh_cache_directory(char *path, size_t size);

#endif
