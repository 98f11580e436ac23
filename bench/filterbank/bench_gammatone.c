/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times the gammatone filterbank on one core: 1 s of white noise at 44.1 kHz, cf from
 * 20 Hz to 20 kHz equally spaced in ERBs, block by block into one output block.
 *
 *     bench_gammatone [single|double] [channels] [frames a block] [runs] [engine delay]
 *
 * The engine is recursive, fourier or fastest. */
#include "core/cpu.h"
#include "filterbank/gammatone.h"
#include "filterbank/scale.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FRAMES = 44100 };

struct bench {
    bh_filterbank *fb;
    bh_block sound, out;
};

static double
now_s(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int
by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Seconds for the whole sound. */
static double
run(struct bench *bench, bh_diag *diag)
{
    double start_s = now_s();
    for (size_t t = 0; t < FRAMES; t += bench->out.frames) {
        bh_block out = bench->out;
        if (FRAMES - t < out.frames)
            out.frames = FRAMES - t;
        if (bh_filterbank_process(bench->fb,
                                  bh_block_frames(bench->sound, t, out.frames), out,
                                  diag) != BH_OK)
            return 0;
    }
    return now_s() - start_s;
}

static void
make_noise(bh_block sound)
{
    uint64_t state = 1;
    for (size_t t = 0; t < sound.frames; t++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        double x = 0.02 * ((double)(state >> 11) * 0x1p-53 - 0.5);
        if (sound.precision == BH_SINGLE)
            ((float *)sound.data)[t] = (float)x;
        else
            ((double *)sound.data)[t] = x;
    }
}

static bh_status
make_bench(struct bench *bench, size_t channels, size_t frames, bh_precision precision,
           const bh_gammatone_params *params, bh_diag *diag)
{
    double *cf_hz = malloc(channels * sizeof *cf_hz);
    bh_status status =
        bh_erbspace(20, 20e3, channels, bh_erb_params_default(), cf_hz, diag);
    if (status == BH_OK)
        status = bh_gammatone_new(44100, cf_hz, channels, params, precision, &bench->fb,
                                  diag);
    free(cf_hz);
    size_t size = bh_precision_size(precision);
    bench->sound = (bh_block){calloc(FRAMES, size), FRAMES, 1, 1, precision};
    bench->out = (bh_block){calloc(frames * channels, size), frames, channels, channels,
                            precision};
    make_noise(bench->sound);
    return status;
}

static void
report(double *seconds, int runs, bh_precision precision, size_t channels,
       size_t frames)
{
    qsort(seconds, (size_t)runs, sizeof *seconds, by_value);
    double work = (double)channels * FRAMES;
    printf("gammatone %s %s channels=%zu block=%zu best=%.3g median=%.3g "
           "channel-samples/s\n",
           precision == BH_SINGLE ? "single" : "double", bh_cpu_name(bh_cpu()),
           channels, frames, work / seconds[0], work / seconds[runs / 2]);
}

int
main(int argc, char **argv)
{
    bh_precision precision = argc > 1 && strcmp(argv[1], "double") == 0 ? BH_DOUBLE
                                                                        : BH_SINGLE;
    long channels = argc > 2 ? atol(argv[2]) : 3000,
         frames = argc > 3 ? atol(argv[3]) : 64;
    int runs = argc > 4 ? atoi(argv[4]) : 9;
    if (channels < 1 || frames < 1 || runs < 1) {
        fprintf(stderr, "usage: bench_gammatone [single|double] [channels] [frames] "
                        "[runs]\n");
        return 2;
    }
    bh_gammatone_params params = bh_gammatone_params_default();
    if (argc > 5 && strcmp(argv[5], "recursive") != 0)
        params.engine = strcmp(argv[5], "fourier") == 0 ? BH_GAMMATONE_FOURIER
                                                        : BH_GAMMATONE_FASTEST;
    params.delay = argc > 6 ? strtoul(argv[6], NULL, 10) : 0;
    struct bench bench = {0};
    bh_diag diag = {0};
    bh_status status =
        make_bench(&bench, (size_t)channels, (size_t)frames, precision, &params, &diag);
    double *seconds = calloc((size_t)runs, sizeof *seconds);
    for (int i = 0; i < runs && status == BH_OK; i++) {
        seconds[i] = run(&bench, &diag);
        status = diag.status;
    }
    if (status == BH_OK)
        report(seconds, runs, precision, (size_t)channels, (size_t)frames);
    else
        fprintf(stderr, "%s\n", diag.text);
    free(seconds);
    free(bench.out.data);
    free(bench.sound.data);
    bh_filterbank_free(bench.fb);
    return status != BH_OK;
}
