/* SPDX-License-Identifier: GPL-3.0-or-later */
// For setenv.
#define _POSIX_C_SOURCE 200809L

#include "core/random.h"

#include "core/cpu.h"
#include "core/random_kernel.h"
#include "tests/check.h"

#include <stdint.h>

#define BLOCK BH_RANDOM_BLOCK

static const float table[4][BH_RANDOM_TABLE_ROWS] = BH_RANDOM_TABLE_VALUES;
static const bh_random_key key = {0x0123456789abcdef, 3, 1};

/* Known answers of Philox4x32-10 from the authors' Random123 (kat_vectors). */
static void
philox_known_answers(void)
{
    const bh_philox_words zero = bh_philox((bh_philox_words){{0, 0, 0, 0}}, 0, 0);
    CHECK(zero.w[0] == 0x6627e8d5 && zero.w[1] == 0xe169c58d);
    CHECK(zero.w[2] == 0xbc57ac4c && zero.w[3] == 0x9b00dbd8);
    const uint32_t f = UINT32_MAX;
    const bh_philox_words ones = bh_philox((bh_philox_words){{f, f, f, f}}, f, f);
    CHECK(ones.w[0] == 0x408f276d && ones.w[1] == 0x41c83b0e);
    CHECK(ones.w[2] == 0xa20bc7c6 && ones.w[3] == 0x6d5451fd);
    const bh_philox_words pi =
        bh_philox((bh_philox_words){{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
                  0xa4093822, 0x299f31d0);
    CHECK(pi.w[0] == 0xd16cfe09 && pi.w[1] == 0x94fdcceb);
    CHECK(pi.w[2] == 0x5001e420 && pi.w[3] == 0x24126ea1);
}

/* xoshiro128+ as its authors print it, on one lane. */
static uint32_t
xoshiro(uint32_t s[4])
{
    const uint32_t sum = s[0] + s[3], t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = s[3] << 11 | s[3] >> 21;
    return sum;
}

static uint32_t
lane_next(bh_random_stream *stream, size_t lane)
{
    uint32_t s[4];
    for (int k = 0; k < 4; k++)
        s[k] = stream->s[k][lane];
    const uint32_t bits = xoshiro(s);
    for (int k = 0; k < 4; k++)
        stream->s[k][lane] = s[k];
    return bits;
}

/* From x the tail probability, by erfc: independent of how the table was made. */
static void
quantile_is_exact_to_tolerance(void)
{
    double worst = 0;
    for (double u = 1; u < 0x1p31; u = u < 1e5 ? u + 1 : floor(u * 1.0001)) {
        const double z = bh_random_quantile((float)u, table);
        // One Newton step from z to the exact quantile of what the float holds.
        const double p = 0.5 * erfc(z * sqrt(0.5)), want = (float)u * 0x1p-32;
        const double slope = exp(-0.5 * z * z) / sqrt(2 * acos(-1));
        worst = fmax(worst, fabs(p - want) / slope);
    }
    CHECK_NEAR(worst, 0, 1.5e-5); // what the header promises
}

static void
quantile_is_odd_and_bounded(void)
{
    for (double u = 1; u <= 0x1p31; u = ceil(u * 1.01)) {
        const float plus = bh_random_quantile((float)u, table);
        CHECK(bh_random_quantile(-(float)u, table) == -plus);
        CHECK(plus < 6.3 && plus > -1.5e-5);
    }
    CHECK(bh_random_normal(0, table) > 6 && bh_random_normal(0, table) < 6.3);
    CHECK_NEAR(bh_random_normal(1, table), 6.2302, 1e-3); // tail of 2^-32
    CHECK_NEAR(bh_random_normal(0x80000000u, table), 0, 1.5e-5);
    CHECK_NEAR(bh_random_normal(0x7fffffffu, table), 0, 1.5e-5);
}

/* Every vector version against one number at a time. Enough blocks that rare rows of
 * the table (one number in 16384) come up in every lane. */
static void
streams_are_the_definition(void)
{
    const bh_random_ops *ops = bh_random_ops_get();
    bh_random_stream fast = bh_random_stream_start(key, 7), slow = fast;
    float out[BLOCK];
    size_t wrong = 0, rare = 0;
    for (int block = 0; block < 2000; block++) {
        ops->normals(&fast, out, BLOCK);
        for (size_t i = 0; i < BLOCK; i++) {
            const float want = bh_random_normal(lane_next(&slow, i % 16), table);
            wrong += memcmp(&want, &out[i], sizeof want) != 0;
            rare += fabsf(want) > 4.1f; // beyond 3.97 a row is rare
        }
    }
    CHECK(wrong == 0 && rare > 20);
    double doubles[BLOCK];
    ops->uniforms(&fast, out, BLOCK);
    for (size_t i = 0; i < BLOCK; i++)
        CHECK(out[i] == (float)(lane_next(&slow, i % 16) >> 8) / 0x1p24f);
    ops->uniforms_double(&fast, doubles, BLOCK);
    for (size_t i = 0; i < BLOCK; i += 16)
        for (size_t lane = 0; lane < 16; lane++) {
            const uint64_t high = lane_next(&slow, lane), low = lane_next(&slow, lane);
            CHECK(doubles[i + lane] == (double)(high >> 5 << 26 | low >> 6) / 0x1p53);
        }
}

static void
counters_are_the_definition(void)
{
    const bh_random_ops *ops = bh_random_ops_get();
    const bh_random_counter counter = bh_random_counter_start(key);
    const uint64_t step = 0x700000005;
    const uint32_t first = 1024;
    float normals[BLOCK], uniforms[BLOCK];
    double doubles[BLOCK];
    ops->counter_normals(counter, first, step, normals, BLOCK);
    ops->counter_uniforms(counter, first, step, uniforms, BLOCK);
    ops->counter_uniforms_double(counter, first, step, doubles, BLOCK);
    for (uint32_t i = 0; i < BLOCK; i++) {
        const uint32_t quad = (first + i) / 4;
        const uint32_t high = bh_random_words(counter.key, quad, step, 0).w[i % 4];
        const uint32_t low = bh_random_words(counter.key, quad, step, 1).w[i % 4];
        CHECK(normals[i] == bh_random_normal(high, table));
        CHECK(uniforms[i] == bh_random_uniform(high));
        CHECK(doubles[i] == bh_random_uniform_double(high, low));
    }
}

/* 16 more than is asked for would be written past the end: a sanitizer sees that, and
 * so do the marks. */
static void
counts_are_rounded_up_to_16(void)
{
    const bh_random_ops *ops = bh_random_ops_get();
    const bh_random_counter counter = bh_random_counter_start(key);
    for (size_t count = 0; count <= 200; count += count < 70 ? 1 : 13) {
        const size_t padded = (count + 15) / 16 * 16;
        float got[256], whole[256];
        bh_random_stream a = bh_random_stream_start(key, 0), b = a;
        got[padded] = 99;
        ops->normals(&a, got, count);
        CHECK(got[padded] == 99);
        ops->normals(&b, whole, padded);
        CHECK(memcmp(got, whole, padded * sizeof *got) == 0);
        CHECK(memcmp(&a, &b, sizeof a) == 0);
        got[padded] = 99;
        ops->counter_normals(counter, 64, 1, got, count);
        CHECK(got[padded] == 99);
        ops->counter_normals(counter, 64, 1, whole, 256);
        CHECK(memcmp(got, whole, padded * sizeof *got) == 0);
    }
}

/* A block of neurons gets the same numbers alone as in a longer range. */
static void
counters_do_not_depend_on_the_range(void)
{
    const bh_random_ops *ops = bh_random_ops_get();
    const bh_random_counter counter = bh_random_counter_start(key);
    float whole[1024], part[512];
    ops->counter_normals(counter, 0, 9, whole, 1024);
    for (uint32_t first = 0; first <= 512; first += 4) {
        ops->counter_normals(counter, first, 9, part, 512);
        CHECK(memcmp(whole + first, part, sizeof part) == 0);
    }
}

static void
every_part_of_the_key_counts(void)
{
    const bh_random_key keys[] = {{1, 0, 0}, {2, 0, 0}, {1ull << 40, 0, 0},
                                  {1, 1, 0}, {1, 0, 1}, {1, 1, 1}};
    const size_t count = sizeof keys / sizeof keys[0];
    for (size_t i = 0; i < count; i++) {
        const bh_random_stream a = bh_random_stream_start(keys[i], 0);
        const bh_random_stream other = bh_random_stream_start(keys[i], 1);
        CHECK(memcmp(&a, &other, sizeof a) != 0);
        const bh_random_counter c = bh_random_counter_start(keys[i]);
        for (size_t j = 0; j < i; j++) {
            const bh_random_stream b = bh_random_stream_start(keys[j], 0);
            const bh_random_counter d = bh_random_counter_start(keys[j]);
            CHECK(memcmp(&a, &b, sizeof a) != 0 && memcmp(&c, &d, sizeof c) != 0);
        }
    }
}

struct sums {
    double power[5], neighbours, lanes, steps, over4;
    double below[33]; ///< how many are below -4, -3.75 ... 4
};

static void
add_block(struct sums *s, const float *x, const float *before)
{
    for (int i = 0; i < BLOCK; i++) {
        const double z = x[i];
        s->power[1] += z;
        s->power[2] += z * z;
        s->power[3] += z * z * z;
        s->power[4] += z * z * z * z;
        s->neighbours += i ? z * x[i - 1] : 0;
        s->lanes += i >= 16 ? z * x[i - 16] : 0;
        s->steps += z * before[i];
        s->over4 += fabs(z) > 4;
        const double bin = ceil((z + 4) * 4);
        if (bin <= 32)
            s->below[bin > 0 ? (int)bin : 0]++;
    }
}

/* 1e7 numbers. Limits are 4 standard errors (false alarm 6e-5 each, and the seed is
 * fixed); the Kolmogorov limit is that of 1 in 100. */
static void
check_sums(struct sums *s, double n)
{
    const double root = sqrt(n);
    CHECK_NEAR(s->power[1] / root, 0, 4);
    CHECK_NEAR((s->power[2] - n) / root / sqrt(2), 0, 4);
    CHECK_NEAR(s->power[3] / root / sqrt(15), 0, 4);
    CHECK_NEAR((s->power[4] - 3 * n) / root / sqrt(96), 0, 4);
    CHECK_NEAR(s->neighbours / root, 0, 4);
    CHECK_NEAR(s->lanes / root, 0, 4);
    CHECK_NEAR(s->steps / root, 0, 4);
    const double over4 = n * erfc(4 * sqrt(0.5));
    CHECK_NEAR(s->over4, over4, 4 * sqrt(over4));
    double below = 0, worst = 0;
    for (int b = 0; b <= 32; b++) {
        below += s->below[b];
        worst = fmax(worst, fabs(below / n - 0.5 * erfc((4 - b / 4.0) * sqrt(0.5))));
    }
    CHECK_NEAR(root * worst, 0, 1.63);
}

static void
normals_are_normal(void)
{
    const bh_random_ops *ops = bh_random_ops_get();
    const bh_random_counter counter = bh_random_counter_start(key);
    bh_random_stream stream = bh_random_stream_start(key, 0);
    const int blocks = 20000;
    struct sums fast = {0}, portable = {0};
    float x[4][BLOCK];
    ops->normals(&stream, x[0], BLOCK);
    ops->counter_normals(counter, 0, 0, x[2], BLOCK);
    for (int i = 1; i <= blocks; i++) {
        ops->normals(&stream, x[i % 2], BLOCK);
        ops->counter_normals(counter, 0, (uint64_t)i, x[2 + i % 2], BLOCK);
        add_block(&fast, x[i % 2], x[1 - i % 2]);
        add_block(&portable, x[2 + i % 2], x[3 - i % 2]);
    }
    check_sums(&fast, (double)blocks * BLOCK);
    check_sums(&portable, (double)blocks * BLOCK);
}

/* 512 streams side by side: no two of neighbouring blocks, terms or objects agree. */
static void
streams_are_independent(void)
{
    const bh_random_ops *ops = bh_random_ops_get();
    enum { STEPS = 64 };
    double products[3] = {0}, n = 0;
    for (uint32_t i = 0; i < 512; i++) {
        bh_random_stream base = bh_random_stream_start((bh_random_key){5, 1, 1}, i);
        bh_random_stream others[3] = {
            bh_random_stream_start((bh_random_key){5, 1, 1}, i + 1),
            bh_random_stream_start((bh_random_key){5, 2, 1}, i),
            bh_random_stream_start((bh_random_key){5, 1, 2}, i)};
        for (int step = 0; step < STEPS; step++, n += 16) {
            float x[16], y[16];
            ops->normals(&base, x, 16);
            for (int k = 0; k < 3; k++) {
                ops->normals(&others[k], y, 16);
                for (int lane = 0; lane < 16; lane++)
                    products[k] += x[lane] * y[lane];
            }
        }
    }
    for (int k = 0; k < 3; k++)
        CHECK_NEAR(products[k] / sqrt(n), 0, 4);
}

static void
uniforms_are_uniform(void)
{
    const bh_random_ops *ops = bh_random_ops_get();
    bh_random_stream stream = bh_random_stream_start(key, 0);
    double bins[64] = {0}, bins_double[64] = {0};
    const int blocks = 2000;
    for (int b = 0; b < blocks; b++) {
        float x[BLOCK];
        double y[BLOCK];
        ops->uniforms(&stream, x, BLOCK);
        ops->uniforms_double(&stream, y, BLOCK);
        for (int i = 0; i < BLOCK; i++) {
            CU_ASSERT_FATAL(x[i] >= 0 && x[i] < 1 && y[i] >= 0 && y[i] < 1);
            bins[(int)(x[i] * 64)]++;
            bins_double[(int)(y[i] * 64)]++;
        }
    }
    const double each = (double)blocks * BLOCK / 64;
    double chi = 0, chi_double = 0;
    for (int i = 0; i < 64; i++) {
        chi += (bins[i] - each) * (bins[i] - each) / each;
        chi_double += (bins_double[i] - each) * (bins_double[i] - each) / each;
    }
    CHECK_NEAR(chi, 63, 4 * sqrt(2 * 63)); // chi squared, 63 degrees of freedom
    CHECK_NEAR(chi_double, 63, 4 * sqrt(2 * 63));
}

/* The same bits on every machine and in every release: seeds in papers stay good. */
static void
numbers_never_change(void)
{
    const bh_random_ops *ops = bh_random_ops_get();
    bh_random_stream stream = bh_random_stream_start((bh_random_key){1, 0, 0}, 0);
    float fast[BLOCK], portable[BLOCK];
    uint32_t sums[2] = {0};
    for (uint64_t step = 0; step < 1000; step++) {
        ops->normals(&stream, fast, BLOCK);
        ops->counter_normals(bh_random_counter_start((bh_random_key){1, 0, 0}), 0, step,
                             portable, BLOCK);
        for (int i = 0; i < BLOCK; i++) {
            uint32_t bits[2];
            memcpy(&bits[0], &fast[i], 4);
            memcpy(&bits[1], &portable[i], 4);
            sums[0] = sums[0] * 31 + bits[0];
            sums[1] = sums[1] * 31 + bits[1];
        }
    }
    CHECK(sums[0] == 0x4511acbd);
    CHECK(sums[1] == 0x8e50a7f4);
}

/* All tests run on the instruction set of this machine, then on each lower one. */
static void
on_every_instruction_set(void)
{
    const bh_cpu_level best = bh_cpu();
    for (int level = BH_CPU_BASELINE; level < (int)best; level++) {
        setenv("BH_CPU", bh_cpu_name((bh_cpu_level)level), 1);
        streams_are_the_definition();
        counters_are_the_definition();
        counts_are_rounded_up_to_16();
        counters_do_not_depend_on_the_range();
        numbers_never_change();
        unsetenv("BH_CPU");
    }
}

TEST_MAIN("core/random", {"philox_known_answers", philox_known_answers},
          {"quantile_is_exact_to_tolerance", quantile_is_exact_to_tolerance},
          {"quantile_is_odd_and_bounded", quantile_is_odd_and_bounded},
          {"streams_are_the_definition", streams_are_the_definition},
          {"counters_are_the_definition", counters_are_the_definition},
          {"counts_are_rounded_up_to_16", counts_are_rounded_up_to_16},
          {"counters_do_not_depend_on_the_range", counters_do_not_depend_on_the_range},
          {"every_part_of_the_key_counts", every_part_of_the_key_counts},
          {"normals_are_normal", normals_are_normal},
          {"streams_are_independent", streams_are_independent},
          {"uniforms_are_uniform", uniforms_are_uniform},
          {"numbers_never_change", numbers_never_change},
          {"on_every_instruction_set", on_every_instruction_set})
