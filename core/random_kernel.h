/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_RANDOM_KERNEL_H
#define BH_CORE_RANDOM_KERNEL_H

/* One random number at a time, for hosts and devices alike: the definition that the
 * vector versions must reproduce bit for bit. C11 and CUDA C++. */

#ifndef BH_CORE_RANDOM_TABLE_H
#include "core/random_table.h"
#endif

#ifndef __CUDACC_RTC__
#include <math.h>
#include <stdint.h>
#include <string.h>
#endif

#ifndef BH_HD
#ifdef __CUDACC__
#define BH_HD static __host__ __device__ inline
#else
#define BH_HD static inline
#endif
#endif

/// Four counters and the four random words that Philox4x32-10 makes of them.
typedef struct bh_philox_words {
    uint32_t w[4];
} bh_philox_words;

/* Multipliers and Weyl constants of Salmon et al. (2011), table 2 and section 4.3. */
#define BH_PHILOX_ROUNDS 10
#define BH_PHILOX_M0     0xD2511F53u
#define BH_PHILOX_M1     0xCD9E8D57u
#define BH_PHILOX_W0     0x9E3779B9u
#define BH_PHILOX_W1     0xBB67AE85u

/* The third counter with which the seed makes the keys of the portable mode of an
 * object and term. */
#define BH_RANDOM_KEY_USE 0xffffffffu

BH_HD bh_philox_words
bh_philox(bh_philox_words c, uint32_t key0, uint32_t key1)
{
    for (int round = 0; round < BH_PHILOX_ROUNDS; round++) {
        const uint64_t a = (uint64_t)BH_PHILOX_M0 * c.w[0];
        const uint64_t b = (uint64_t)BH_PHILOX_M1 * c.w[2];
        const uint32_t w1 = c.w[1], w3 = c.w[3];
        c.w[0] = (uint32_t)(b >> 32) ^ w1 ^ key0;
        c.w[1] = (uint32_t)b;
        c.w[2] = (uint32_t)(a >> 32) ^ w3 ^ key1;
        c.w[3] = (uint32_t)a;
        key0 += BH_PHILOX_W0;
        key1 += BH_PHILOX_W1;
    }
    return c;
}

/// The four words of neurons 4 * quad to 4 * quad + 3 at a time step. Draw 0 is for
/// normals and uniforms; a double takes its lower bits from draw 1.
BH_HD bh_philox_words
bh_random_words(const uint32_t key[2], uint32_t quad, uint64_t step, uint32_t draw)
{
    bh_philox_words c;
    c.w[0] = quad;
    c.w[1] = (uint32_t)step;
    c.w[2] = (uint32_t)(step >> 32);
    c.w[3] = draw;
    return bh_philox(c, key[0], key[1]);
}

/// The word of one of the four neurons, by its number. An index would have devices keep
/// the words in memory.
BH_HD uint32_t
bh_random_lane(bh_philox_words words, uint32_t neuron)
{
    const uint32_t low = neuron & 1 ? words.w[1] : words.w[0],
                   high = neuron & 1 ? words.w[3] : words.w[2];
    return neuron & 2 ? high : low;
}

/// The normal number whose tail probability is 2^-32 |tail|, with the sign of `tail`: a
/// polynomial for each half octave. Exponent and first bit of the mantissa of `tail`
/// tell the row of `table` (BH_RANDOM_TABLE_VALUES, wherever the caller keeps it), the
/// mantissa the place in it.
BH_HD float
bh_random_quantile(float tail, const float (*table)[BH_RANDOM_TABLE_ROWS])
{
    uint32_t pattern, word;
    float m, z;
    memcpy(&pattern, &tail, sizeof pattern);
    const uint32_t row = (pattern >> 22) % BH_RANDOM_TABLE_ROWS;
    word = (pattern & 0x007fffffu) | 0x3f800000u;
    memcpy(&m, &word, sizeof m);
    z = fmaf(BH_RANDOM_TABLE_QUARTIC, m, table[3][row]);
    z = fmaf(z, m, table[2][row]);
    z = fmaf(z, m, table[1][row]);
    z = fmaf(z, m, table[0][row]);
    memcpy(&word, &z, sizeof word);
    word ^= pattern & 0x80000000u;
    memcpy(&z, &word, sizeof z);
    return z;
}

/// A normal number from 32 random bits, read as a signed integer and rounded to float.
BH_HD float
bh_random_normal(uint32_t bits, const float (*table)[BH_RANDOM_TABLE_ROWS])
{
    return bh_random_quantile((float)(int32_t)bits, table);
}

/// A uniform number in [0, 1) from the upper 24 of 32 random bits.
BH_HD float
bh_random_uniform(uint32_t bits)
{
    return (float)(int32_t)(bits >> 8) * 0x1p-24f;
}

/// A uniform number in [0, 1) from 27 bits of one word and 26 of another.
BH_HD double
bh_random_uniform_double(uint32_t high, uint32_t low)
{
    return (double)(int32_t)(high >> 5) * 0x1p-27 +
           (double)(int32_t)(low >> 6) * 0x1p-53;
}

#endif
