/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_FILTERBANK_BANK_H
#define BH_TESTS_FILTERBANK_BANK_H

/* What every kind of bank must pass, and the golden data of brian2hears. The file that
 * includes this defines _POSIX_C_SOURCE 200809L first (setenv). */

#include "core/cpu.h"
#include "core/source.h"
#include "filterbank/filterbank.h"
#include "tests/check.h"

#include <stdbool.h>
#include <stdint.h>

/// Makes a bank of so many channels whose channels 0 and last are always the same.
typedef bh_filterbank *make_bank_fn(size_t channels, bh_precision precision);

/// All of a sound of doubles, the result in doubles, shape [frames][channels].
static inline void
filter(bh_filterbank *fb, double *x, size_t frames, double *y)
{
    size_t channels = bh_filterbank_channels(fb);
    bh_block in = {x, frames, 1, 1, BH_DOUBLE};
    bh_block out = {y, frames, channels, channels, BH_DOUBLE};
    bh_diag diag = {0};
    CHECK_OK(bh_filterbank_process(fb, in, out, &diag), diag);
}

static inline double *
make_noise(size_t frames)
{
    double *x = calloc(frames, sizeof *x);
    uint64_t state = 7;
    for (size_t t = 0; t < frames; t++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        x[t] = (float)((double)(state >> 11) * 0x1p-53 - 0.5);
    }
    return x;
}

/// The largest difference of a channel over its largest sample, the worst channel.
static inline double
worst_error(const double *got, const double *want, size_t frames, size_t channels)
{
    double worst = 0;
    for (size_t ch = 0; ch < channels; ch++) {
        double most = 0, error = 0;
        for (size_t i = ch; i < frames * channels; i += channels) {
            most = fmax(most, fabs(want[i]));
            error = fmax(error, fabs(got[i] - want[i]));
            if (isnan(got[i]))
                return NAN;
        }
        worst = fmax(worst, error / most);
    }
    return worst;
}

/// One case below tests/golden/brian2hears.
struct golden {
    const char *name;
    double samplerate_hz, *input, *output; ///< [frames], [frames][channels]
    size_t frames, channels;
};

static inline FILE *
open_golden(const char *name, const char *part)
{
    char path[512];
    snprintf(path, sizeof path, "%s/golden/brian2hears/%s/%s", BH_TESTS_DIR, name,
             part);
    FILE *file = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    return file;
}

static inline double *
read_samples(const char *name, const char *part, size_t count)
{
    FILE *file = open_golden(name, part);
    double *samples = calloc(count, sizeof *samples);
    CU_ASSERT_FATAL(fread(samples, sizeof *samples, count, file) == count);
    fclose(file);
    return samples;
}

static inline struct golden
read_golden(const char *name)
{
    struct golden golden = {.name = name};
    char input[64], part[80];
    FILE *file = open_golden(name, "case.txt");
    CU_ASSERT_FATAL(fscanf(file, "samplerate %lf frames %zu channels %zu input %63s",
                           &golden.samplerate_hz, &golden.frames, &golden.channels,
                           input) == 4);
    fclose(file);
    snprintf(part, sizeof part, "%s.f64", input);
    golden.input = read_samples("inputs", part, golden.frames);
    golden.output = read_samples(name, "output.f64", golden.frames * golden.channels);
    return golden;
}

/// The numbers of one parameter of a case. The caller frees them.
static inline double *
read_parameter(const struct golden *golden, const char *parameter, size_t *count)
{
    char word[64];
    double *numbers = NULL;
    FILE *file = open_golden(golden->name, "case.txt");
    while (!numbers && fscanf(file, "%63s", word) == 1)
        if (strcmp(word, parameter) == 0) {
            CU_ASSERT_FATAL(fscanf(file, "%zu", count) == 1);
            numbers = calloc(*count, sizeof *numbers);
            for (size_t i = 0; i < *count; i++)
                CU_ASSERT_FATAL(fscanf(file, "%lf", &numbers[i]) == 1);
        }
    fclose(file);
    CU_ASSERT_PTR_NOT_NULL_FATAL(numbers);
    return numbers;
}

static inline void
free_golden(struct golden *golden)
{
    free(golden->input);
    free(golden->output);
}

/// Filters the input of a case with `fb` (freed) and compares, channel by channel.
static inline void
check_golden(const struct golden *golden, bh_filterbank *fb, double tolerance)
{
    double *got = calloc(golden->frames * golden->channels, sizeof *got);
    CU_ASSERT_FATAL(bh_filterbank_channels(fb) == golden->channels);
    filter(fb, golden->input, golden->frames, got);
    double error = worst_error(got, golden->output, golden->frames, golden->channels);
    if (!(error <= tolerance))
        fprintf(stderr, "%s is wrong by %g\n", golden->name, error);
    CHECK(error <= tolerance);
    free(got);
    bh_filterbank_free(fb);
}

/* `frames` of noise, cut into blocks of growing size, into memory of the bank's
 * precision that the caller frees. */
static inline void *
run_blocks(bh_filterbank *fb, double *x, size_t frames, size_t block, size_t grow)
{
    size_t channels = bh_filterbank_channels(fb);
    bh_precision precision = bh_filterbank_precision(fb);
    void *y = calloc(frames * channels, bh_precision_size(precision));
    bh_block in = {x, frames, 1, 1, BH_DOUBLE};
    bh_block out = {y, frames, channels, channels, precision};
    for (size_t t = 0; t < frames; block += grow) {
        size_t n = frames - t < block ? frames - t : block;
        bh_diag diag = {0};
        CHECK_OK(bh_filterbank_process(fb, bh_block_frames(in, t, n),
                                       bh_block_frames(out, t, n), &diag),
                 diag);
        t += n;
    }
    return y;
}

/// However the sound is cut, and after a reset, the bits are the same.
static inline void
check_blocks(make_bank_fn *make)
{
    static const size_t blocks[][2] = {{1, 0}, {0, 1}, {64, 0}, {1023, 1}, {7, 31}};
    const size_t channels = 85, frames = 3000;
    double *x = make_noise(frames);
    for (int p = BH_SINGLE; p <= BH_DOUBLE; p++) {
        size_t size = frames * channels * bh_precision_size((bh_precision)p);
        bh_filterbank *fb = make(channels, (bh_precision)p);
        void *whole = run_blocks(fb, x, frames, frames, 0);
        for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
            bh_filterbank_reset(fb);
            void *cut = run_blocks(fb, x, frames, blocks[i][0], blocks[i][1]);
            CHECK(memcmp(whole, cut, size) == 0);
            free(cut);
        }
        bh_filterbank_free(fb);
        free(whole);
    }
    free(x);
}

/// A channel's bits do not depend on how many others there are, nor on its place.
static inline void
check_channels(make_bank_fn *make)
{
    static const size_t counts[] = {1, 2, 15, 16, 17, 63, 64, 65, 1000, 2000};
    const size_t frames = 300;
    double *x = make_noise(frames);
    bh_filterbank *one = make(1, BH_DOUBLE);
    double *want = run_blocks(one, x, frames, frames, 0);
    bh_filterbank_free(one);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        size_t n = counts[i], wrong = 0;
        bh_filterbank *fb = make(n, BH_DOUBLE);
        CHECK(bh_filterbank_channels(fb) == n);
        double *y = run_blocks(fb, x, frames, frames, 0);
        for (size_t t = 0; t < frames; t++)
            wrong += y[t * n] != want[t] || y[t * n + n - 1] != want[t];
        CHECK(wrong == 0);
        bh_filterbank_free(fb);
        free(y);
    }
    free(want);
    free(x);
}

/// Each filter hears its own channel of an input that has as many, and says what it
/// says of that channel alone, within a part of its largest sample.
static inline void
check_wide_input_within(make_bank_fn *make, double tolerance)
{
    const size_t channels = 37, frames = 1500;
    double *x = make_noise(frames * channels), *one = calloc(frames, sizeof *one);
    double *wide = calloc(frames * channels, sizeof *wide);
    double *y = calloc(frames * channels, sizeof *y);
    bh_filterbank *fb = make(channels, BH_DOUBLE);
    bh_block in = {x, frames, channels, channels, BH_DOUBLE};
    bh_block out = {wide, frames, channels, channels, BH_DOUBLE};
    CHECK(bh_filterbank_process(fb, in, out, NULL) == BH_OK);
    for (size_t ch = 0; ch < channels; ch += 9) {
        double error = 0, most = 0;
        for (size_t t = 0; t < frames; t++)
            one[t] = x[t * channels + ch];
        bh_filterbank_reset(fb);
        filter(fb, one, frames, y);
        for (size_t t = 0; t < frames; t++) {
            most = fmax(most, fabs(y[t * channels + ch]));
            error = fmax(error, fabs(y[t * channels + ch] - wide[t * channels + ch]));
        }
        CHECK_NEAR(error, 0, tolerance * most);
    }
    bh_filterbank_free(fb);
    free(y);
    free(wide);
    free(one);
    free(x);
}

static inline void
check_wide_input(make_bank_fn *make)
{
    check_wide_input_within(make, 0);
}

static inline double *
run_double(make_bank_fn *make, size_t channels, bh_precision precision, double *x,
           size_t frames)
{
    double *y = calloc(frames * channels, sizeof *y);
    bh_filterbank *fb = make(channels, precision);
    filter(fb, x, frames, y);
    bh_filterbank_free(fb);
    return y;
}

/// Single precision is near double, by a part of each channel's largest sample.
static inline void
check_single(make_bank_fn *make, double tolerance)
{
    const size_t channels = 85, frames = 10000;
    double *x = make_noise(frames);
    double *one = run_double(make, channels, BH_SINGLE, x, frames);
    double *two = run_double(make, channels, BH_DOUBLE, x, frames);
    CHECK_NEAR(worst_error(one, two, frames, channels), 0, tolerance);
    free(two);
    free(one);
    free(x);
}

/* Samples of one channel as a source. */
struct sample_source {
    const double *x;
    size_t t, next, count;
};

static inline bh_status
sample_source_begin(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    struct sample_source *source = self;
    (void)diag;
    source->t = source->next;
    *got = source->count - source->t < frames ? source->count - source->t : frames;
    source->next += *got;
    return BH_OK;
}

static inline void
sample_source_tile(void *self, size_t tile, bh_block out)
{
    struct sample_source *source = self;
    (void)tile;
    for (size_t t = 0; t < out.frames; t++)
        if (out.precision == BH_SINGLE)
            ((float *)out.data)[t * out.stride] = (float)source->x[source->t + t];
        else
            ((double *)out.data)[t * out.stride] = source->x[source->t + t];
}

/// Behind a source, in windows of all sizes whose tiles come in the other order, a bank
/// gives what it gives when called. Its sample rate is 44.1 kHz.
static inline void
check_source(make_bank_fn *make)
{
    const size_t channels = 150, frames = 5000;
    double *x = make_noise(frames), *want = calloc(frames * channels, sizeof *want);
    double *got = calloc(frames * channels, sizeof *got);
    bh_filterbank *fb = make(channels, BH_DOUBLE);
    filter(fb, x, frames, want);
    bh_filterbank_reset(fb);
    struct sample_source samples = {.x = x, .count = frames};
    bh_source_config config = {.samplerate_hz = 44100,
                               .channels = 1,
                               .length = frames,
                               .tiles = 1,
                               .self = &samples,
                               .begin = sample_source_begin,
                               .tile = sample_source_tile};
    bh_source *input = NULL, *source = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_source_new(&config, &input, &diag), diag);
    CHECK_OK(bh_filterbank_source(fb, input, &source, &diag), diag);
    for (size_t t = 0, n = 1, read = 1; read > 0; t += read, n = n * 3 % 1025) {
        CHECK_OK(bh_source_begin(source, n, &read, &diag), diag);
        bh_block out = {got + t * channels, read, channels, channels, BH_DOUBLE};
        for (size_t i = bh_source_tiles(source); i-- > 0 && read > 0;)
            bh_source_tile(source, i, out);
    }
    CHECK(memcmp(got, want, frames * channels * sizeof *got) == 0);
    bh_source_free(source);
    bh_source_free(input);
    bh_filterbank_free(fb);
    free(got);
    free(want);
    free(x);
}

/// Machines with fused multiply-add give the same bits, the others nearly the same.
static inline void
check_machines(make_bank_fn *make, double tolerance)
{
    const size_t channels = 85, frames = 3000;
    double *x = make_noise(frames);
    setenv("BH_CPU", "avx512", 1);
    double *best = run_double(make, channels, BH_DOUBLE, x, frames);
    setenv("BH_CPU", "avx2", 1);
    bh_cpu_level level = bh_cpu();
    double *avx2 = run_double(make, channels, BH_DOUBLE, x, frames);
    setenv("BH_CPU", "baseline", 1);
    double *baseline = run_double(make, channels, BH_DOUBLE, x, frames);
    unsetenv("BH_CPU");
    if (level != BH_CPU_BASELINE)
        CHECK(memcmp(best, avx2, frames * channels * sizeof *best) == 0);
    CHECK_NEAR(worst_error(baseline, best, frames, channels), 0, tolerance);
    free(baseline);
    free(avx2);
    free(best);
    free(x);
}

/// Silence after sound comes to rest at zero, or where a resonance is kept swinging by
/// the flushing of numbers below 2e-308: 2e-305 measured.
static inline void
check_silence(make_bank_fn *make, size_t frames)
{
    const size_t channels = 17;
    double *x = make_noise(frames), *y = calloc(frames * channels, sizeof *y);
    double most = 0;
    bh_filterbank *fb = make(channels, BH_DOUBLE);
    filter(fb, x, frames, y);
    memset(x, 0, frames * sizeof *x);
    for (int i = 0; i < 10; i++)
        filter(fb, x, frames, y);
    for (size_t i = 0; i < frames * channels; i++)
        most = fmax(most, fabs(y[i]));
    CHECK_NEAR(most, 0, 1e-300);
    bh_filterbank_free(fb);
    free(y);
    free(x);
}

#endif
