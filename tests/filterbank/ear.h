/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_FILTERBANK_EAR_H
#define BH_TESTS_FILTERBANK_EAR_H

/* What the tests of the models of the ear share: golden cases, sounds, and the checks
 * that hold for any bank. */

#include "core/cpu.h"
#include "filterbank/filterbank.h"
#include "tests/check.h"

#include <stdbool.h>
#include <stdint.h>

static const double pi = 3.14159265358979323846;

/// Makes a bank of the kind under test; the caller frees it.
typedef bh_filterbank *make_bank(double samplerate_hz, const double *cf_hz,
                                 size_t channels, bh_precision precision);

/* A case of tests/golden/brian2hears. `inputs` are the channels of the input. */
struct golden {
    double samplerate_hz, *cf_hz, *input, *output;
    size_t frames, inputs, channels;
};

static inline double *
read_numbers(const char *name, const char *part, size_t count)
{
    char path[512];
    snprintf(path, sizeof path, "%s/golden/brian2hears/%s/%s", BH_TESTS_DIR, name,
             part);
    double *numbers = calloc(count, sizeof *numbers);
    FILE *file = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_FATAL(fread(numbers, sizeof *numbers, count, file) == count);
    fclose(file);
    return numbers;
}

static inline struct golden
read_golden(const char *name)
{
    struct golden golden = {0};
    char path[512];
    snprintf(path, sizeof path, "%s/golden/brian2hears/%s/case.txt", BH_TESTS_DIR,
             name);
    FILE *file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_FATAL(fscanf(file, "samplerate %lf frames %zu input %zu cf %zu",
                           &golden.samplerate_hz, &golden.frames, &golden.inputs,
                           &golden.channels) == 4);
    golden.cf_hz = calloc(golden.channels, sizeof *golden.cf_hz);
    for (size_t i = 0; i < golden.channels; i++)
        CU_ASSERT_FATAL(fscanf(file, "%lf", &golden.cf_hz[i]) == 1);
    fclose(file);
    golden.input = read_numbers(name, "input.f64", golden.frames * golden.inputs);
    golden.output = read_numbers(name, "output.f64", golden.frames * golden.channels);
    return golden;
}

static inline void
free_golden(struct golden *golden)
{
    free(golden->cf_hz);
    free(golden->input);
    free(golden->output);
}

/* All frames of `x`, shape [frames][inputs], at once; the caller frees the result. */
static inline double *
filter(bh_filterbank *fb, double *x, size_t frames, size_t inputs)
{
    const size_t channels = bh_filterbank_channels(fb);
    double *y = calloc(frames * channels, sizeof *y);
    bh_block in = {x, frames, inputs, inputs, BH_DOUBLE};
    bh_block out = {y, frames, channels, channels, BH_DOUBLE};
    bh_diag diag = {0};
    CHECK_OK(bh_filterbank_process(fb, in, out, &diag), diag);
    return y;
}

/* The largest difference of a channel over its largest sample, the worst channel. */
static inline double
worst_error(const double *got, const double *want, size_t frames, size_t channels)
{
    double worst = 0;
    for (size_t ch = 0; ch < channels; ch++) {
        double most = 0, error = 0;
        for (size_t i = ch; i < frames * channels; i += channels) {
            if (isnan(got[i]))
                return NAN;
            most = fmax(most, fabs(want[i]));
            error = fmax(error, fabs(got[i] - want[i]));
        }
        worst = fmax(worst, error / most);
    }
    return worst;
}

/* The largest difference over the largest sample of the bank. */
static inline double
bank_error(const double *got, const double *want, size_t count)
{
    return worst_error(got, want, count, 1);
}

/* A bank against a golden case: double channel by channel; single as part of the
 * largest sample of the bank, because a channel that hears only what is far from its
 * own band says little and has few of its digits right. */
static inline void
check_golden(const char *name, make_bank *make, double double_error,
             double single_error)
{
    struct golden golden = read_golden(name);
    for (int precision = BH_SINGLE; precision <= BH_DOUBLE; precision++) {
        bh_filterbank *fb = make(golden.samplerate_hz, golden.cf_hz, golden.channels,
                                 (bh_precision)precision);
        double *got = filter(fb, golden.input, golden.frames, golden.inputs);
        if (precision == BH_DOUBLE)
            CHECK_NEAR(worst_error(got, golden.output, golden.frames, golden.channels),
                       0, double_error);
        else
            CHECK_NEAR(bank_error(got, golden.output, golden.frames * golden.channels),
                       0, single_error);
        free(got);
        bh_filterbank_free(fb);
    }
    free_golden(&golden);
}

/* Even noise between -size and size, floats. */
static inline double *
make_noise(size_t count, double size)
{
    double *x = calloc(count, sizeof *x);
    uint64_t state = 7;
    for (size_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        x[i] = (float)(size * ((double)(state >> 11) * 0x1p-52 - 1));
    }
    return x;
}

/* A tone of so many dB SPL (Pa) that rises for 5 ms. */
static inline double *
make_tone(size_t frames, double samplerate_hz, double f_hz, double level_db)
{
    double *x = calloc(frames, sizeof *x);
    const double size = sqrt(2) * 20e-6 * pow(10, level_db / 20);
    for (size_t i = 0; i < frames; i++) {
        const double t_s = (double)i / samplerate_hz;
        x[i] = size * fmin(1, t_s / 5e-3) * sin(2 * pi * f_hz * t_s);
    }
    return x;
}

static inline void *
run_blocks(make_bank *make, bh_block in, size_t block, size_t grow, size_t channels,
           bh_precision precision)
{
    double *cf_hz = calloc(channels, sizeof *cf_hz);
    for (size_t ch = 0; ch < channels; ch++)
        cf_hz[ch] = 200 + 30 * (double)ch;
    bh_filterbank *fb = make(44100, cf_hz, channels, precision);
    void *y = calloc(in.frames * channels, bh_precision_size(precision));
    bh_block out = {y, in.frames, channels, channels, precision};
    for (size_t t = 0; t < in.frames; block += grow) {
        const size_t n = in.frames - t < block ? in.frames - t : block;
        CHECK(bh_filterbank_process(fb, bh_block_frames(in, t, n),
                                    bh_block_frames(out, t, n), NULL) == BH_OK);
        t += n;
    }
    bh_filterbank_free(fb);
    free(cf_hz);
    return y;
}

/* However a sound is cut, and on every machine with fused multiply-add: the same bits.
 * The baseline rounds twice where they round once. */
static inline void
check_bits(make_bank *make, bh_block in, bh_precision precision, double baseline_error)
{
    enum { CHANNELS = 85 };
    static const size_t blocks[][2] = {{1, 0}, {0, 1}, {64, 0}, {1023, 1}, {7, 31}};
    const size_t bytes = in.frames * CHANNELS * bh_precision_size(precision);
    in.channels = in.channels == 1 ? 1 : CHANNELS;
    void *whole = run_blocks(make, in, in.frames, 0, CHANNELS, precision);
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        void *cut =
            run_blocks(make, in, blocks[i][0], blocks[i][1], CHANNELS, precision);
        CHECK(memcmp(whole, cut, bytes) == 0);
        free(cut);
    }
    setenv("BH_CPU", "avx2", 1);
    void *avx2 = run_blocks(make, in, in.frames, 0, CHANNELS, precision);
    CHECK(bh_cpu() == BH_CPU_BASELINE || memcmp(whole, avx2, bytes) == 0);
    setenv("BH_CPU", "baseline", 1);
    void *baseline = run_blocks(make, in, in.frames, 0, CHANNELS, precision);
    unsetenv("BH_CPU");
    if (precision == BH_DOUBLE)
        CHECK_NEAR(worst_error(baseline, whole, in.frames, CHANNELS), 0,
                   baseline_error);
    free(baseline);
    free(avx2);
    free(whole);
}

static inline void
check_reset(make_bank *make, double *x, size_t frames)
{
    static const double cf_hz[] = {300, 500, 1000, 2000, 4000};
    for (int p = BH_SINGLE; p <= BH_DOUBLE; p++) {
        bh_filterbank *fb = make(44100, cf_hz, 5, (bh_precision)p);
        double *first = filter(fb, x, frames, 1);
        bh_filterbank_reset(fb);
        double *second = filter(fb, x, frames, 1);
        CHECK(memcmp(first, second, frames * 5 * sizeof *first) == 0);
        free(second);
        free(first);
        bh_filterbank_free(fb);
    }
}

/* The streaming law with noise of this size, one channel and many, and the reset. */
static inline void
check_same_bits(make_bank *make, double size, double baseline_error)
{
    enum { FRAMES = 1500, CHANNELS = 85 };
    double *x = make_noise(FRAMES * CHANNELS, size);
    bh_block mono = {x, FRAMES, 1, 1, BH_DOUBLE};
    bh_block wide = {x, FRAMES, CHANNELS, CHANNELS, BH_DOUBLE};
    for (int p = BH_SINGLE; p <= BH_DOUBLE; p++) {
        check_bits(make, mono, (bh_precision)p, baseline_error);
        check_bits(make, wide, (bh_precision)p, baseline_error);
    }
    check_reset(make, x, FRAMES);
    free(x);
}

/* Single precision against double for noise, a second of it, channel by channel. */
static inline void
check_single(make_bank *make, double samplerate_hz, double size, double tolerance)
{
    static const double cf_hz[] = {100, 300, 1000, 2500};
    const size_t frames = (size_t)samplerate_hz;
    double *x = make_noise(frames, size);
    bh_filterbank *one = make(samplerate_hz, cf_hz, 4, BH_SINGLE);
    bh_filterbank *two = make(samplerate_hz, cf_hz, 4, BH_DOUBLE);
    double *got = filter(one, x, frames, 1), *want = filter(two, x, frames, 1);
    CHECK_NEAR(worst_error(got, want, frames, 4), 0, tolerance);
    free(want);
    free(got);
    bh_filterbank_free(two);
    bh_filterbank_free(one);
    free(x);
}

#endif
