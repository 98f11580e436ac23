/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"

#include "core/cpu.h"
#include "core/poisson_kernel.h"
#include "core/random_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* One body for all instruction sets: W numbers side by side in the compiler's vectors.
 * Only the look-up in the table and the long multiplication are written for each. */

#if defined(__AVX512F__)
#define W 16
#elif defined(__AVX2__)
#define W 8
#else
#define W 4
#endif

typedef uint32_t uints __attribute__((vector_size(4 * W)));
typedef int32_t ints __attribute__((vector_size(4 * W)));
typedef uint64_t ulongs __attribute__((vector_size(4 * W)));
typedef float floats __attribute__((vector_size(4 * W)));
typedef double doubles __attribute__((vector_size(8 * W)));
typedef floats floats_anywhere __attribute__((aligned(4)));
typedef doubles doubles_anywhere __attribute__((aligned(8)));

static inline size_t
round_up(size_t count)
{
    return (count + BH_RANDOM_LANES - 1) / BH_RANDOM_LANES * BH_RANDOM_LANES;
}

static inline void
store(float *out, floats x)
{
    *(floats_anywhere *)out = x;
}

static inline void
store_doubles(double *out, doubles x)
{
    *(doubles_anywhere *)out = x;
}

static inline floats
to_floats(uints x)
{
    return __builtin_convertvector((ints)x, floats);
}

/* bh_random_uniform and bh_random_uniform_double for W numbers. */

static inline floats
uniform(uints bits)
{
    return to_floats(bits >> 8) * 0x1p-24f;
}

static inline doubles
uniform_double(uints high, uints low)
{
    return __builtin_convertvector((ints)(high >> 5), doubles) * 0x1p-27 +
           __builtin_convertvector((ints)(low >> 6), doubles) * 0x1p-53;
}

/* bh_random_quantile for W numbers. */

#if defined(__AVX512F__)

static const float table[4][BH_RANDOM_TABLE_ROWS]
    __attribute__((aligned(64))) = BH_RANDOM_TABLE_VALUES;

/* A bit of the exponent that is set for rows from 32 on: all but one number in 16384.
 */
#define COMMON 0x08000000

/* Two registers hold 32 rows of a coefficient. */
typedef struct rows {
    __m512 low[4], high[4];
} rows;

static inline rows
load_rows(int first)
{
    rows r;
    for (int k = 0; k < 4; k++) {
        r.low[k] = _mm512_load_ps(&table[k][first]);
        r.high[k] = _mm512_load_ps(&table[k][first + 16]);
    }
    return r;
}

static inline rows
common_rows(void)
{
    return load_rows(32);
}

/* Right where all rows are among the 32 that were loaded. */
static inline floats
quantile_within(const rows *r, floats tail)
{
    const __m512i pattern = (__m512i)tail;
    const __m512i row = _mm512_srli_epi32(pattern, 22);
    // (pattern & mantissa) | exponent of 1
    const __m512 m = (__m512)_mm512_ternarylogic_epi32(
        pattern, _mm512_set1_epi32(0x007fffff), _mm512_set1_epi32(0x3f800000), 0xea);
    __m512 z = _mm512_set1_ps(BH_RANDOM_TABLE_QUARTIC);
    for (int k = 3; k >= 0; k--)
        z = _mm512_fmadd_ps(z, m, _mm512_permutex2var_ps(r->low[k], row, r->high[k]));
    // z ^ (pattern & sign)
    return (floats)_mm512_ternarylogic_epi32((__m512i)z, pattern,
                                             _mm512_set1_epi32(INT32_MIN), 0x78);
}

static inline int
all_common(uints pattern)
{
    return _mm512_testn_epi32_mask((__m512i)pattern, _mm512_set1_epi32(COMMON)) == 0;
}

static __attribute__((noinline)) floats
quantile_rare(floats tail, floats common)
{
    const rows r = load_rows(0);
    const __mmask16 is_common =
        _mm512_test_epi32_mask((__m512i)tail, _mm512_set1_epi32(COMMON));
    return (floats)_mm512_mask_mov_ps((__m512)quantile_within(&r, tail), is_common,
                                      (__m512)common);
}

static inline floats
quantile(const rows *r, floats tail)
{
    const floats z = quantile_within(r, tail);
    return __builtin_expect(all_common((uints)tail), 1) ? z : quantile_rare(tail, z);
}

#elif defined(__AVX2__)

static const float table[BH_RANDOM_TABLE_ROWS][4]
    __attribute__((aligned(64))) = BH_RANDOM_TABLE_BY_ROW;

typedef struct rows {
    char none;
} rows;

static inline rows
common_rows(void)
{
    return (rows){0};
}

/* Rows are told by their distance from the beginning of the table in bytes. */
static inline __m256
two_rows(uint32_t low, uint32_t high)
{
    const char *start = (const char *)table;
    return _mm256_insertf128_ps(
        _mm256_castps128_ps256(_mm_load_ps((const float *)(start + low))),
        _mm_load_ps((const float *)(start + high)), 1);
}

/* Eight rows of four coefficients, then a transposition: cheaper than gathers. */
static inline floats
quantile(const rows *r, floats tail)
{
    (void)r;
    const uints pattern = (uints)tail;
    uint32_t at[W] __attribute__((aligned(32)));
    *(uints *)at = (pattern >> 18) & (BH_RANDOM_TABLE_ROWS - 1) << 4;
    __asm__("" : "+m"(at)); // through memory: taking a vector apart is slower
    const __m256 m = (__m256)((pattern & 0x007fffff) | 0x3f800000);
    const __m256 a = two_rows(at[0], at[4]), b = two_rows(at[1], at[5]);
    const __m256 c = two_rows(at[2], at[6]), d = two_rows(at[3], at[7]);
    const __m256 ab01 = _mm256_unpacklo_ps(a, b), ab23 = _mm256_unpackhi_ps(a, b);
    const __m256 cd01 = _mm256_unpacklo_ps(c, d), cd23 = _mm256_unpackhi_ps(c, d);
    __m256 z = _mm256_set1_ps(BH_RANDOM_TABLE_QUARTIC);
    z = _mm256_fmadd_ps(z, m, _mm256_shuffle_ps(ab23, cd23, 0xee));
    z = _mm256_fmadd_ps(z, m, _mm256_shuffle_ps(ab23, cd23, 0x44));
    z = _mm256_fmadd_ps(z, m, _mm256_shuffle_ps(ab01, cd01, 0xee));
    z = _mm256_fmadd_ps(z, m, _mm256_shuffle_ps(ab01, cd01, 0x44));
    return (floats)((uints)z ^ (pattern & 0x80000000u));
}

#else

static const float table[4][BH_RANDOM_TABLE_ROWS] = BH_RANDOM_TABLE_VALUES;

typedef struct rows {
    char none;
} rows;

static inline rows
common_rows(void)
{
    return (rows){0};
}

static inline floats
quantile(const rows *r, floats tail)
{
    (void)r;
    floats z;
    for (int i = 0; i < W; i++)
        z[i] = bh_random_quantile(tail[i], table);
    return z;
}
#endif

/* Fast mode: xoshiro128+ in each lane. */

typedef struct lanes {
    uints s0, s1, s2, s3;
} lanes;

static inline lanes
lanes_load(const bh_random_stream *stream, int lane)
{
    return (lanes){
        *(const uints *)&stream->s[0][lane], *(const uints *)&stream->s[1][lane],
        *(const uints *)&stream->s[2][lane], *(const uints *)&stream->s[3][lane]};
}

static inline void
lanes_store(bh_random_stream *stream, int lane, lanes g)
{
    *(uints *)&stream->s[0][lane] = g.s0;
    *(uints *)&stream->s[1][lane] = g.s1;
    *(uints *)&stream->s[2][lane] = g.s2;
    *(uints *)&stream->s[3][lane] = g.s3;
}

static inline uints
next(lanes *g)
{
    const uints sum = g->s0 + g->s3;
    const uints shifted = g->s1 << 9;
    g->s2 ^= g->s0;
    g->s3 ^= g->s1;
    g->s1 ^= g->s2;
    g->s0 ^= g->s3;
    g->s2 ^= shifted;
    g->s3 = (g->s3 << 11) | (g->s3 >> 21);
    return sum;
}

/* Some vectors of normals; tests each for rare rows. */
static inline void
normals_tested(lanes *g, const rows *r, float *out, size_t steps)
{
    for (size_t i = 0; i < steps; i++)
        store(out + BH_RANDOM_LANES * i, quantile(r, to_floats(next(g))));
}

#if defined(__AVX512F__)

#define CHUNK 8

/* The same for CHUNK vectors, with one test for all. The numbers are drawn one vector
 * ahead, so that the look-up need not wait for them. */
static inline void
normals_chunk(lanes *g, const rows *r, float *out)
{
    const lanes start = *g;
    uints common = ~(uints){0};
    floats tail = to_floats(next(g));
#pragma GCC unroll 1
    for (int i = 0; i < CHUNK - 1; i++) {
        const floats ahead = to_floats(next(g));
        store(out + BH_RANDOM_LANES * i, quantile_within(r, tail));
        common &= (uints)tail;
        tail = ahead;
    }
    store(out + BH_RANDOM_LANES * (CHUNK - 1), quantile_within(r, tail));
    common &= (uints)tail;
    if (__builtin_expect(!all_common(common), 0)) {
        *g = start;
        normals_tested(g, r, out, CHUNK);
    }
}
#endif

static void
normals(bh_random_stream *stream, float *out, size_t count)
{
    const size_t steps = round_up(count) / BH_RANDOM_LANES;
    const rows r = common_rows();
    for (int lane = 0; lane < BH_RANDOM_LANES; lane += W) {
        lanes g = lanes_load(stream, lane);
        size_t i = 0;
#if defined(__AVX512F__)
        for (; i + CHUNK <= steps; i += CHUNK)
            normals_chunk(&g, &r, out + lane + BH_RANDOM_LANES * i);
#endif
        normals_tested(&g, &r, out + lane + BH_RANDOM_LANES * i, steps - i);
        lanes_store(stream, lane, g);
    }
}

static void
uniforms(bh_random_stream *stream, float *out, size_t count)
{
    const size_t steps = round_up(count) / BH_RANDOM_LANES;
    for (int lane = 0; lane < BH_RANDOM_LANES; lane += W) {
        lanes g = lanes_load(stream, lane);
        for (size_t i = 0; i < steps; i++)
            store(out + lane + BH_RANDOM_LANES * i, uniform(next(&g)));
        lanes_store(stream, lane, g);
    }
}

static void
uniforms_double(bh_random_stream *stream, double *out, size_t count)
{
    const size_t steps = round_up(count) / BH_RANDOM_LANES;
    for (int lane = 0; lane < BH_RANDOM_LANES; lane += W) {
        lanes g = lanes_load(stream, lane);
        for (size_t i = 0; i < steps; i++) {
            const uints high = next(&g), low = next(&g);
            store_doubles(out + lane + BH_RANDOM_LANES * i, uniform_double(high, low));
        }
        lanes_store(stream, lane, g);
    }
}

/* Portable mode: Philox, W / 2 counters side by side in the lower halves of 64 bits;
 * the upper halves are whatever was left there. */

static inline ulongs
long_product(ulongs a, uint32_t b)
{
#if defined(__AVX512F__)
    return (ulongs)_mm512_mul_epu32((__m512i)a, _mm512_set1_epi64(b));
#elif defined(__AVX2__)
    return (ulongs)_mm256_mul_epu32((__m256i)a, _mm256_set1_epi64x(b));
#elif defined(__x86_64__)
    return (ulongs)_mm_mul_epu32((__m128i)a, _mm_set1_epi64x(b));
#else
    return (a & UINT32_MAX) * b;
#endif
}

/* Philox's keys of all rounds. */
typedef struct round_keys {
    uint64_t k[BH_PHILOX_ROUNDS][2];
} round_keys;

static inline round_keys
keys_of(bh_random_counter counter)
{
    round_keys keys;
    for (uint32_t round = 0; round < BH_PHILOX_ROUNDS; round++) {
        keys.k[round][0] = (uint32_t)(counter.key[0] + round * BH_PHILOX_W0);
        keys.k[round][1] = (uint32_t)(counter.key[1] + round * BH_PHILOX_W1);
    }
    return keys;
}

/* The words of 2 W counters in a row, two sets side by side to hide the latency of the
 * multiplications. */
#define GROUP (4 * W)

typedef struct words {
    uints part[4];
} words;

/* GCC has the newer form from version 12 on, clang has only that. */
#if defined(__clang__)
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (ulongs){__VA_ARGS__})
#endif

/* Words 4 i to 4 i + 3 are those of counter i. */
static inline void
put_in_order(const ulongs w[4], uints *out)
{
    const ulongs even = (w[0] & UINT32_MAX) | w[1] << 32;
    const ulongs odd = (w[2] & UINT32_MAX) | w[3] << 32;
#if defined(__AVX512F__)
    out[0] = (uints)SHUFFLE(even, odd, 0, 8, 1, 9, 2, 10, 3, 11);
    out[1] = (uints)SHUFFLE(even, odd, 4, 12, 5, 13, 6, 14, 7, 15);
#elif defined(__AVX2__)
    out[0] = (uints)SHUFFLE(even, odd, 0, 4, 1, 5);
    out[1] = (uints)SHUFFLE(even, odd, 2, 6, 3, 7);
#else
    out[0] = (uints)SHUFFLE(even, odd, 0, 2);
    out[1] = (uints)SHUFFLE(even, odd, 1, 3);
#endif
}

static inline void
philox_round(ulongs w[4], uint64_t key0, uint64_t key1)
{
    const ulongs a = long_product(w[0], BH_PHILOX_M0);
    const ulongs b = long_product(w[2], BH_PHILOX_M1);
    w[0] = b >> 32 ^ w[1] ^ key0;
    w[1] = b;
    w[2] = a >> 32 ^ w[3] ^ key1;
    w[3] = a;
}

static inline words
philox(const round_keys *keys, uint32_t quad, uint64_t step, uint32_t draw)
{
    static const uint64_t offsets[8]
        __attribute__((aligned(64))) = {0, 1, 2, 3, 4, 5, 6, 7};
    ulongs w[2][4];
    for (uint32_t set = 0; set < 2; set++) {
        w[set][0] = *(const ulongs *)offsets + (quad + set * (W / 2));
        w[set][1] = (ulongs){0} + (uint32_t)step;
        w[set][2] = (ulongs){0} + (step >> 32);
        w[set][3] = (ulongs){0} + draw;
    }
    for (int round = 0; round < BH_PHILOX_ROUNDS; round++) {
        philox_round(w[0], keys->k[round][0], keys->k[round][1]);
        philox_round(w[1], keys->k[round][0], keys->k[round][1]);
    }
    words out;
    put_in_order(w[0], &out.part[0]);
    put_in_order(w[1], &out.part[2]);
    return out;
}

static void
counter_normals(bh_random_counter counter, uint32_t first, uint64_t step, float *out,
                size_t count)
{
    const rows r = common_rows();
    const round_keys keys = keys_of(counter);
    const size_t padded = round_up(count);
    for (size_t i = 0; i < padded; i += GROUP) {
        const words x = philox(&keys, (uint32_t)(first + i) / 4, step, 0);
        for (size_t k = 0; k < 4 && i + k * W < padded; k++)
            store(out + i + k * W, quantile(&r, to_floats(x.part[k])));
    }
}

static void
counter_uniforms(bh_random_counter counter, uint32_t first, uint64_t step, float *out,
                 size_t count)
{
    const round_keys keys = keys_of(counter);
    const size_t padded = round_up(count);
    for (size_t i = 0; i < padded; i += GROUP) {
        const words x = philox(&keys, (uint32_t)(first + i) / 4, step, 0);
        for (size_t k = 0; k < 4 && i + k * W < padded; k++)
            store(out + i + k * W, uniform(x.part[k]));
    }
}

static void
counter_uniforms_double(bh_random_counter counter, uint32_t first, uint64_t step,
                        double *out, size_t count)
{
    const round_keys keys = keys_of(counter);
    const size_t padded = round_up(count);
    for (size_t i = 0; i < padded; i += GROUP) {
        const words high = philox(&keys, (uint32_t)(first + i) / 4, step, 0);
        const words low = philox(&keys, (uint32_t)(first + i) / 4, step, 1);
        for (size_t k = 0; k < 4 && i + k * W < padded; k++)
            store_doubles(out + i + k * W, uniform_double(high.part[k], low.part[k]));
    }
}

static double
counter_poisson(bh_random_counter counter, uint32_t neuron, uint64_t step, double mean)
{
    return bh_poisson(counter.key, neuron, step, mean);
}

const bh_random_ops BH_ISA(bh_random_ops_table) = {
    .normals = normals,
    .uniforms = uniforms,
    .uniforms_double = uniforms_double,
    .counter_normals = counter_normals,
    .counter_uniforms = counter_uniforms,
    .counter_uniforms_double = counter_uniforms_double,
    .counter_poisson = counter_poisson,
};
