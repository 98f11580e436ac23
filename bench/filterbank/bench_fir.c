/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times filters with long impulse responses on one core: white noise at 44.1 kHz,
 * blocks of 256 frames. Prints the processor seconds for a second of sound, the fastest
 * run.
 *
 *     bench_fir [channels] [length] [delay] [measured] */
#include "bench/bench.h"
#include "filterbank/fir.h"

#include <math.h>
#include <string.h>

enum { FRAMES = 256, BLOCKS = 256, RUNS = 5, RATE = 44100 };

static double
run(bh_filterbank *fb, bh_block in, bh_block out)
{
    const clock_t start = clock();
    for (int i = 0; i < BLOCKS; i++)
        must(bh_filterbank_process(fb, in, out, &diag));
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

int
main(int argc, char **argv)
{
    const size_t channels = argc > 1 ? strtoul(argv[1], NULL, 10) : 300;
    const size_t length = argc > 2 ? strtoul(argv[2], NULL, 10) : 2000;
    const size_t delay = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    const bool measured = argc > 4 && strcmp(argv[4], "measured") == 0;
    double x[FRAMES], best_s = INFINITY;
    double *taps = calloc(channels * length, sizeof *taps);
    double *y = calloc(FRAMES * channels, sizeof *y);
    for (size_t i = 0; i < channels * length; i++)
        taps[i] = sin((double)i) / (double)length;
    for (size_t t = 0; t < FRAMES; t++)
        x[t] = sin(1e4 * (double)(t * t));
    const bh_fir_params params = {
        .taps = taps, .length = length, .delay = delay, .measured = measured};
    const bh_block in = {x, FRAMES, 1, 1, BH_DOUBLE};
    const bh_block out = {y, FRAMES, channels, channels, BH_DOUBLE};
    bh_filterbank *fb;
    must(bh_fir_new(RATE, channels, &params, BH_DOUBLE, &fb, &diag));
    for (int i = 0; i < RUNS; i++)
        best_s = fmin(best_s, run(fb, in, out));
    best_s *= (double)RATE / (FRAMES * BLOCKS);
    printf(
        "%.6g fir, %zu channels of %zu samples, %zu late, %s: %.3g channel-samples/s\n",
        best_s, channels, length, delay, measured ? "measured" : "estimated",
        (double)channels * RATE / best_s);
    bh_filterbank_free(fb);
    free(y);
    free(taps);
    return 0;
}
