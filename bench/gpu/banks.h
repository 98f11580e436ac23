/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_BENCH_GPU_BANKS_H
#define BH_BENCH_GPU_BANKS_H

/* The sound and the banks that bench_gpu.c measures. */

#include "bench/bench.h"
#include "brianhears.h"

#include <math.h>
#include <stdlib.h>

enum { RATE_HZ = 44100 };

/* White noise without end, or of so many frames, always the same. */
struct noise {
    uint64_t state, left;
    size_t frames;
};

static inline bh_status
noise_begin(void *self, size_t frames, size_t *got, bh_diag *d)
{
    struct noise *noise = self;
    (void)d;
    *got = noise->frames = frames < noise->left ? frames : (size_t)noise->left;
    noise->left -= noise->frames;
    return BH_OK;
}

static inline void
noise_tile(void *self, size_t tile, bh_block out)
{
    struct noise *noise = self;
    (void)tile;
    for (size_t t = 0; t < out.frames; t++) {
        /* a number of single precision, so that both precisions hear the same */
        noise->state = noise->state * 6364136223846793005u + 1442695040888963407u;
        const double x = 0.125 * ((double)(noise->state >> 40) / 8388608.0 - 1);
        if (out.precision == BH_SINGLE)
            ((float *)out.data)[t * out.stride] = (float)x;
        else
            ((double *)out.data)[t * out.stride] = x;
    }
}

static inline bh_source *
new_noise(struct noise *noise, double rate_hz, uint64_t frames)
{
    *noise = (struct noise){1, frames, 0};
    const bh_source_config config = {.samplerate_hz = rate_hz,
                                     .channels = 1,
                                     .length = frames,
                                     .tiles = 1,
                                     .self = noise,
                                     .begin = noise_begin,
                                     .tile = noise_tile};
    bh_source *source;
    must(bh_source_new(&config, &source, &diag));
    return source;
}

static inline bh_filterbank *
new_gammatone(double rate_hz, size_t channels, bh_precision precision)
{
    double *cf_hz = malloc(channels * sizeof *cf_hz);
    bh_filterbank *fb;
    must(bh_erbspace(20, 20000, channels, bh_erb_params_default(), cf_hz, &diag));
    must(bh_gammatone_new(rate_hz, cf_hz, channels, NULL, precision, &fb, &diag));
    free(cf_hz);
    return fb;
}

/* Responses that fall to a thousandth. */
static inline bh_filterbank *
new_fir(size_t channels, size_t length, size_t delay)
{
    double *taps = malloc(channels * length * sizeof *taps);
    bh_filterbank *fb;
    for (size_t i = 0; i < channels * length; i++)
        taps[i] = cos(0.1 * (double)i) *
                  exp(-7.0 * (double)(i % length) / (double)length);
    const bh_fir_params params = {.taps = taps, .length = length, .delay = delay};
    must(bh_fir_new(RATE_HZ, channels, &params, BH_SINGLE, &fb, &diag));
    free(taps);
    return fb;
}

#endif
