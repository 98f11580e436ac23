/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/vector_ops.h"

#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include <string.h>

#if defined(__AVX512F__)
enum { LANES = 16 };
#elif defined(__AVX2__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif

typedef float vector __attribute__((vector_size(4 * LANES)));
typedef int32_t index_vector __attribute__((vector_size(4 * LANES)));

static void
repeat_single(const struct repeat *repeat, const float *in, float *out, size_t first,
              size_t count)
{
    const size_t times = repeat->times;
    size_t value = first / times, r = first % times;
    for (size_t n = 0; n < count; n += LANES) {
        vector values;
        index_vector pattern;
        memcpy(&values, in + value, sizeof values);
        memcpy(&pattern, repeat->pattern[r], sizeof pattern);
        values = __builtin_shuffle(values, pattern);
        memcpy(out + n, &values, sizeof values);
        value += LANES / times;
        r += LANES % times;
        if (r >= times) {
            r -= times;
            value++;
        }
    }
}

static void
repeat_double(const struct repeat *repeat, const double *in, double *out, size_t first,
              size_t count)
{
    size_t value = first / repeat->times, r = first % repeat->times;
    for (size_t n = 0; n < count; n++) {
        out[n] = in[value];
        if (++r == repeat->times) {
            r = 0;
            value++;
        }
    }
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

const struct vector_ops BH_ISA(vector_ops) = {repeat_single, repeat_double, list};
