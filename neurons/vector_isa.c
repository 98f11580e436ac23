/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/vector_ops.h"

#include "core/math_kernel.h"

#include <math.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

/* Where a vector of neurons begins: at the r-th neuron of a value. */
struct place {
    size_t value, r;
};

static inline struct place
next_place(struct place at, size_t lanes, size_t times)
{
    at.value += lanes / times;
    at.r += lanes % times;
    if (at.r >= times) {
        at.r -= times;
        at.value++;
    }
    return at;
}

static void
repeat_single(const struct repeat *repeat, const float *in, float *out, size_t first,
              size_t count)
{
    const size_t times = repeat->times;
    struct place at = {first / times, first % times};
#if defined(__AVX512F__)
    for (size_t n = 0; n < count; n += 16, at = next_place(at, 16, times))
        _mm512_storeu_ps(
            out + n, _mm512_permutexvar_ps(_mm512_loadu_si512(repeat->pattern[at.r]),
                                           _mm512_loadu_ps(in + at.value)));
#elif defined(__AVX2__)
    for (size_t n = 0; n < count; n += 8, at = next_place(at, 8, times))
        _mm256_storeu_ps(
            out + n, _mm256_permutevar8x32_ps(
                         _mm256_loadu_ps(in + at.value),
                         _mm256_loadu_si256((const __m256i *)repeat->pattern[at.r])));
#else
    for (size_t n = 0; n < count; n++, at = next_place(at, 1, times))
        out[n] = in[at.value];
#endif
}

static void
repeat_double(const struct repeat *repeat, const double *in, double *out, size_t first,
              size_t count)
{
    struct place at = {first / repeat->times, first % repeat->times};
    for (size_t n = 0; n < count; n++, at = next_place(at, 1, repeat->times))
        out[n] = in[at.value];
}

static size_t
list(const int32_t *flags, size_t count, int32_t *restrict out)
{
    size_t found = 0;
#ifdef __AVX512F__
    __m512i index =
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (size_t n = 0; n < count; n += 16) {
        __m512i flag = _mm512_load_si512(flags + n);
        __mmask16 set = _mm512_test_epi32_mask(flag, flag);
        if (n + 16 > count)
            set &= (__mmask16)((1u << (count - n)) - 1);
        if (set) /* through a register: compressing into memory is microcode on Zen 4 */
            _mm512_storeu_si512(out + found, _mm512_maskz_compress_epi32(set, index));
        found += (size_t)__builtin_popcount(set);
        index = _mm512_add_epi32(index, _mm512_set1_epi32(16));
    }
#else
    for (size_t n = 0; n < count; n += 16) {
        int32_t any = 0;
        for (size_t lane = 0; lane < 16; lane++)
            any |= n + lane < count ? flags[n + lane] : 0;
        for (size_t lane = 0; any && lane < 16 && n + lane < count; lane++)
            if (flags[n + lane])
                out[found++] = (int32_t)(n + lane);
    }
#endif
    return found;
}

static void
skips(const double *uniform, size_t count, double log_rest, double *restrict out)
{
    for (size_t n = 0; n < count; n++)
        out[n] = floor(bh_log(1 - uniform[n]) / log_rest);
}

const struct vector_ops BH_ISA(vector_ops) = {repeat_single, repeat_double, list,
                                              skips};
