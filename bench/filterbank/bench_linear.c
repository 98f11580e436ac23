/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times chains of recursive filters on one core, 256 frames at a time.
 *
 *     bench_linear [single|double] [channels] [order] [stages] [runs] */
#include "filterbank/linear.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FRAMES = 256, WINDOWS = 172 };

static double
now_s(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Each stage is a row of poles of radius 0.9 and no zeros. */
static bh_status
make_bank(size_t channels, size_t order, size_t stages, bh_precision precision,
          bh_filterbank **fb, bh_diag *diag)
{
    double *b = calloc(channels * (order + 1), sizeof *b);
    double *a = calloc(channels * (order + 1), sizeof *a);
    for (size_t ch = 0; ch < channels; ch++) {
        b[ch * (order + 1)] = a[ch * (order + 1)] = 1;
        a[ch * (order + 1) + order] -= order ? 0.5 : 0;
        b[ch * (order + 1) + order] += 0.25;
    }
    bh_linear_params params = {
        .b = b, .a = a, .order = order, .stages = 1, .repeats = stages};
    bh_status status = bh_linear_new(44100, channels, &params, precision, fb, diag);
    free(a);
    free(b);
    return status;
}

/* The best of several runs, in seconds. */
static double
time_bank(bh_filterbank *fb, bh_block in, bh_block out, int runs)
{
    double best_s = 1e9;
    for (int i = 0; i < runs; i++) {
        double start_s = now_s();
        for (int k = 0; k < WINDOWS; k++)
            if (bh_filterbank_process(fb, in, out, NULL) != BH_OK)
                return 0;
        double time_s = now_s() - start_s;
        best_s = time_s < best_s ? time_s : best_s;
    }
    return best_s;
}

int
main(int argc, char **argv)
{
    bh_precision precision = argc > 1 && strcmp(argv[1], "single") == 0 ? BH_SINGLE
                                                                        : BH_DOUBLE;
    size_t channels = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;
    size_t order = argc > 3 ? strtoul(argv[3], NULL, 10) : 2;
    size_t stages = argc > 4 ? strtoul(argv[4], NULL, 10) : 4;
    int runs = argc > 5 ? atoi(argv[5]) : 5;
    size_t size = bh_precision_size(precision);
    void *x = calloc(FRAMES, size), *y = calloc(FRAMES * channels, size);
    bh_block in = {x, FRAMES, 1, 1, precision};
    bh_block out = {y, FRAMES, channels, channels, precision};
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    if (make_bank(channels, order, stages, precision, &fb, &diag) != BH_OK) {
        fprintf(stderr, "bench_linear: %s\n", diag.text);
        return 1;
    }
    for (size_t t = 0; t < FRAMES; t++)
        if (precision == BH_SINGLE)
            ((float *)x)[t] = t % 7 ? 0.1F : -0.6F;
        else
            ((double *)x)[t] = t % 7 ? 0.1 : -0.6;
    double time_s = time_bank(fb, in, out, runs);
    printf("%s, %zu channels, %zu stages of order %zu: %.3g channel-samples/s\n",
           precision == BH_SINGLE ? "single" : "double", channels, stages, order,
           (double)(channels * FRAMES * WINDOWS) / time_s);
    bh_filterbank_free(fb);
    free(y);
    free(x);
    return 0;
}
