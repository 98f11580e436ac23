/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_CACHE_INTERNAL_H
#define BH_CORE_CACHE_INTERNAL_H

/* Where the library keeps what it would rather not compute again: BH_CACHE_DIR, or
 * brianhears in XDG_CACHE_HOME or ~/.cache. Several processes may use it at once: files
 * are written under another name and renamed. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How files of bh_cache_keep end, after 32 hexadecimal digits.
#define BH_CACHE_KEPT   ".kept"
/// FFTW's measured plans (core/fourier_internal.h).
#define BH_CACHE_WISDOM "fftw-wisdom"

/// Its path, made if need be; false where there is none that is this user's alone and
/// can be written.
bool bh_cache_directory(char *path, size_t size);

/// Two 64-bit hashes that go on over several texts; they begin with BH_CACHE_HASH.
void bh_cache_hash(const char *text, uint64_t hash[2]);
#define BH_CACHE_HASH                                                                  \
    {                                                                                  \
        0xcbf29ce484222325u, 1                                                         \
    }

/// Finds what was made of `key` before: `*data`, to be freed. The whole key is
/// compared, so that equal hashes cost time and no truth.
bool bh_cache_find(const char *key, void **data, size_t *bytes);
/// Keeps what was made of `key`, where that is possible.
void bh_cache_keep(const char *key, const void *data, size_t bytes);

#endif
