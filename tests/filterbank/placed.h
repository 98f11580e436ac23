/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_FILTERBANK_PLACED_H
#define BH_TESTS_FILTERBANK_PLACED_H

/* Banks on a device: on the fake GPU (tests/gpu/fake_gpu.h), or with BH_TEST_GPU on a
 * true one. Threads run in random order, outputs are poisoned before they are written,
 * and the sound comes in blocks of any size. */

#include "filterbank/fir.h"
#include "filterbank/gammatone.h"
#include "filterbank/place.h"
#include "gpu/device_internal.h"
#include "tests/check.h"
#include "tests/gpu/fake_gpu.h"

static struct fake_gpu *fake;
static struct gpu *gpu;

enum { FORWARD, REVERSE, RANDOM };

static inline void
set_order(int order, uint64_t seed)
{
    if (fake) {
        fake->order = order;
        fake->seed = seed;
    }
}

static inline double
noise(void)
{
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (double)(state >> 11) / 4503599627370496.0 - 1;
}

static inline size_t
bytes(bh_block block)
{
    return block.frames * block.stride * bh_precision_size(block.precision);
}

static inline bh_block
new_block(size_t frames, size_t channels, bh_precision precision)
{
    bh_block block = {NULL, frames, channels, channels, precision};
    block.data = malloc(bytes(block));
    memset(block.data, 0xff, bytes(block)); /* not a number, wherever it shows */
    return block;
}

static inline double
at(bh_block block, size_t t, size_t ch)
{
    const size_t i = t * block.stride + ch;
    return block.precision == BH_SINGLE ? ((float *)block.data)[i]
                                        : ((double *)block.data)[i];
}

/* White noise, and from the middle on a sweep from 50 Hz to 0.45 of the rate. */
static inline bh_block
new_sound(size_t frames, size_t channels, bh_precision precision, double size)
{
    bh_block sound = new_block(frames, channels, precision);
    double phase = 0;
    for (size_t t = 0; t < frames; t++) {
        const double part = (double)t / (double)frames;
        phase += 2 * 3.14159265358979 * (0.0011 + 0.45 * part * part);
        for (size_t ch = 0; ch < channels; ch++) {
            const double x = size * (part < 0.5 ? noise() : sin(phase + (double)ch));
            if (precision == BH_SINGLE)
                ((float *)sound.data)[t * channels + ch] = (float)x;
            else
                ((double *)sound.data)[t * channels + ch] = x;
        }
    }
    return sound;
}

/* Blocks of up to `most` frames, all the same size where `even`. */
static inline void
run(bh_filterbank *fb, bh_block in, bh_block out, size_t most, bool even)
{
    bh_diag diag;
    for (size_t t = 0; t < in.frames;) {
        size_t frames = even ? most : 1 + (size_t)((noise() + 1) / 2 * (double)most);
        frames = in.frames - t < frames ? in.frames - t : frames;
        CHECK_OK(bh_filterbank_process(fb, bh_block_frames(in, t, frames),
                                       bh_block_frames(out, t, frames), &diag),
                 diag);
        t += frames;
    }
}

static inline bool
same(bh_block a, bh_block b)
{
    return memcmp(a.data, b.data, bytes(a)) == 0;
}

/* The worst of the channels: the rms of the difference over that of the reference. */
static inline double
difference(bh_block got, bh_block reference)
{
    double worst = 0;
    for (size_t ch = 0; ch < got.channels; ch++) {
        double error = 0, size = 0;
        for (size_t t = 0; t < got.frames; t++) {
            const double want = at(reference, t, ch), off = at(got, t, ch) - want;
            error += off * off;
            size += want * want;
        }
        const double relative = sqrt(error / size);
        worst = relative <= worst ? worst : relative; /* NaN is worst */
    }
    return worst;
}

static inline void
place(bh_filterbank *fb, bh_place_method method)
{
    bh_diag diag;
    CHECK_OK(bh_filterbank_place(fb, &gpu->device, method, &diag), diag);
}

static inline bh_filterbank *
new_gammatone(double samplerate_hz, bh_precision precision, bh_gammatone_engine engine,
              size_t delay)
{
    static const double cf_hz[] = {20,   25,   31,  50,    80,    100,  160,
                                   250,  400,  630, 1000,  1600,  2500, 4000,
                                   6300, 8000, 1e4, 12500, 16000, 2e4};
    bh_gammatone_params params = bh_gammatone_params_default();
    bh_filterbank *fb = NULL;
    bh_diag diag;
    params.engine = engine;
    params.delay = delay;
    const size_t first = engine == BH_GAMMATONE_FOURIER ? 8 : 0;
    CHECK_OK(bh_gammatone_new(samplerate_hz, cf_hz + first,
                              sizeof cf_hz / sizeof *cf_hz - first, &params, precision,
                              &fb, &diag),
             diag);
    return fb;
}

static inline bh_filterbank *
new_fir(size_t channels, size_t length, size_t delay, bh_precision precision)
{
    double *taps = malloc(channels * length * sizeof *taps);
    bh_filterbank *fb = NULL;
    bh_diag diag;
    uint32_t word = 1;
    for (size_t ch = 0; ch < channels; ch++)
        for (size_t k = 0; k < length; k++) {
            word = word * 1664525 + 1013904223;
            taps[ch * length + k] = ((double)word / 2147483648.0 - 1) *
                                    exp(-6.0 * (double)(k * (ch + 1)) / (double)length);
        }
    const bh_fir_params params = {.taps = taps, .length = length, .delay = delay};
    CHECK_OK(bh_fir_new(44100, channels, &params, precision, &fb, &diag), diag);
    free(taps);
    return fb;
}

static inline void
test_open(void)
{
    bh_diag diag;
    CHECK_OK(bh_gpu_open(0, &gpu, &diag), diag);
}

static inline void
test_close(void)
{
    bh_gpu_close(gpu);
    CHECK(fake_gpu_leaks(fake) == 0);
}

/* What main of a test program is. */
static inline int
run_placed(const char *name, const struct test *tests, size_t count)
{
    fake = fake_gpu_start();
    if (!fake && !getenv("BH_TEST_GPU"))
        return 2;
    return run_tests(name, tests, count);
}

/* The processor's bits, where it has fused multiply-add as devices do, for windows of
 * any size, and again when the bank is reset. Takes both banks, which are the same. */
static inline void
check_same(const char *name, bh_filterbank *here, bh_filterbank *there, size_t heard,
           bh_precision precision, double sound)
{
    const size_t frames = 450, channels = bh_filterbank_channels(here);
    bh_block in = new_sound(frames, heard, precision, sound);
    bh_block want = new_block(frames, channels, precision);
    bh_block got = new_block(frames, channels, precision);
    place(there, BH_PLACE_SAME);
    run(here, in, want, frames, true);
    for (int order = FORWARD; order <= RANDOM; order++) {
        set_order(order, 4);
        run(there, in, got, order == FORWARD ? frames : 150, order != RANDOM);
        if (!same(got, want))
            fprintf(stderr, "%s, %zu channels, %s: differs by %g\n", name, channels,
                    precision == BH_SINGLE ? "single" : "double",
                    difference(got, want));
        CHECK(same(got, want));
        memset(got.data, 0xff, bytes(got));
        bh_filterbank_reset(there);
    }
    bh_filterbank_free(here);
    bh_filterbank_free(there);
    free(in.data);
    free(want.data);
    free(got.data);
}

#endif
