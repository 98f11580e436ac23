/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_HASH_INTERNAL_H
#define BH_CORE_HASH_INTERNAL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// Where a hash begins.
#define BH_HASH_START UINT64_C(0xcbf29ce484222325)

/// Goes on with Fowler, Noll and Vo's hash (FNV-1a), 64 bits, over words of 8 bytes and
/// the rest. Tells files and settings apart; no defence against those who mean harm.
static inline uint64_t
bh_hash(uint64_t start, const void *data, size_t size)
{
    const unsigned char *at = data;
    uint64_t sum = start, word;
    for (; size >= 8; size -= 8, at += 8) {
        memcpy(&word, at, 8);
        sum = (sum ^ word) * UINT64_C(0x100000001b3);
        sum ^= sum >> 29;
    }
    for (; size > 0; size--, at++)
        sum = (sum ^ *at) * UINT64_C(0x100000001b3);
    return sum;
}

#endif
