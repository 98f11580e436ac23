/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times the models of the ear on one core: channel-samples a second of each, in both
 * precisions, the fastest of five runs of a tenth of a second of noise at 50 kHz.
 *
 *     bench_ear [channels] */
#include "brianhears.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FRAMES = 5000, RUNS = 5 };

static const double rate_hz = 50e3;

static bh_status
make_middle_ear(const double *cf_hz, size_t n, bh_precision p, bh_filterbank **out,
                bh_diag *diag)
{
    (void)cf_hz;
    return bh_middle_ear_new(rate_hz, n, NULL, p, out, diag);
}

static bh_status
make_drnl(const double *cf_hz, size_t n, bh_precision p, bh_filterbank **out,
          bh_diag *diag)
{
    return bh_drnl_new(rate_hz, cf_hz, n, NULL, p, out, diag);
}

static bh_status
make_dcgc(const double *cf_hz, size_t n, bh_precision p, bh_filterbank **out,
          bh_diag *diag)
{
    return bh_dcgc_new(rate_hz, cf_hz, n, NULL, p, out, diag);
}

static bh_status
make_tan_carney(const double *cf_hz, size_t n, bh_precision p, bh_filterbank **out,
                bh_diag *diag)
{
    return bh_tan_carney_new(rate_hz, cf_hz, n, NULL, p, out, diag);
}

static bh_status
make_haircell(const double *cf_hz, size_t n, bh_precision p, bh_filterbank **out,
              bh_diag *diag)
{
    return bh_haircell_new(rate_hz, cf_hz, n, NULL, p, out, diag);
}

static bh_status
make_zhang_synapse(const double *cf_hz, size_t n, bh_precision p, bh_filterbank **out,
                   bh_diag *diag)
{
    return bh_zhang_synapse_new(rate_hz, cf_hz, n, NULL, p, out, diag);
}

static const struct {
    const char *name;
    bh_status (*make)(const double *cf_hz, size_t n, bh_precision p,
                      bh_filterbank **out, bh_diag *diag);
} models[] = {
    {"middle_ear", make_middle_ear},
    {"drnl", make_drnl},
    {"dcgc", make_dcgc},
    {"tan_carney", make_tan_carney},
    {"haircell", make_haircell},
    {"zhang_synapse", make_zhang_synapse},
};

static void *
make_noise(bh_precision precision)
{
    void *noise = calloc(FRAMES, bh_precision_size(precision));
    uint64_t state = 1;
    for (size_t t = 0; noise && t < FRAMES; t++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const double x = 0.1 * ((double)(state >> 11) * 0x1p-52 - 1);
        if (precision == BH_SINGLE)
            ((float *)noise)[t] = (float)x;
        else
            ((double *)noise)[t] = x;
    }
    return noise;
}

/* Seconds of the fastest run, or infinity. */
static double
time_bank(bh_filterbank *fb, bh_block in, bh_block out)
{
    double best_s = INFINITY;
    for (int i = 0; i < RUNS; i++) {
        struct timespec start, end;
        timespec_get(&start, TIME_UTC);
        if (bh_filterbank_process(fb, in, out, NULL) != BH_OK)
            return INFINITY;
        timespec_get(&end, TIME_UTC);
        best_s = fmin(best_s, (double)(end.tv_sec - start.tv_sec) +
                                  1e-9 * (double)(end.tv_nsec - start.tv_nsec));
    }
    return best_s;
}

static int
bench(size_t model, bh_precision precision, const double *cf_hz, size_t channels)
{
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    void *x = make_noise(precision);
    void *y = calloc(FRAMES * channels, bh_precision_size(precision));
    int failed = !x || !y;
    if (!failed &&
        models[model].make(cf_hz, channels, precision, &fb, &diag) != BH_OK) {
        fprintf(stderr, "bench_ear: %s\n", diag.text);
        failed = 1;
    }
    if (!failed) {
        bh_block in = {x, FRAMES, 1, 1, precision};
        bh_block out = {y, FRAMES, channels, channels, precision};
        printf("%s %s %.3g channel-samples/s\n", models[model].name,
               precision == BH_SINGLE ? "single" : "double",
               (double)(FRAMES * channels) / time_bank(fb, in, out));
    }
    bh_filterbank_free(fb);
    free(y);
    free(x);
    return failed;
}

int
main(int argc, char **argv)
{
    const size_t channels = argc > 1 ? strtoul(argv[1], NULL, 10) : 512;
    double *cf_hz = calloc(channels + 1, sizeof *cf_hz);
    int failed = channels == 0 || !cf_hz;
    for (size_t ch = 0; !failed && ch < channels; ch++)
        cf_hz[ch] = 200 + 8000 * (double)ch / (double)channels;
    for (size_t i = 0; i < sizeof models / sizeof *models && !failed; i++)
        failed = bench(i, BH_SINGLE, cf_hz, channels) ||
                 bench(i, BH_DOUBLE, cf_hz, channels);
    free(cf_hz);
    return failed;
}
