/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/fir_tail_kernel.h"

#include "core/source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The spectrum of FIR_SPAN samples, times `scale`: radix 2, decimation in time. */
static void
transform(const struct fir_tail *tail, const double *x, double scale,
          double spectrum[FIR_BINS][2])
{
    double z[FIR_SPAN][2];
    for (size_t i = 0; i < FIR_SPAN; i++) {
        z[fir_reverse(i)][0] = x[i] * scale;
        z[fir_reverse(i)][1] = 0;
    }
    for (size_t half = 1; half < FIR_SPAN; half *= 2)
        for (size_t i = 0; i < FIR_SPAN; i++) {
            if (i & half)
                continue;
            const double *turn = tail->turn[i % half * (FIR_PART / half)];
            double *a = z[i], *b = z[i + half];
            double re = b[0] * turn[0] + b[1] * turn[1];
            double im = b[1] * turn[0] - b[0] * turn[1];
            b[0] = a[0] - re;
            b[1] = a[1] - im;
            a[0] += re;
            a[1] += im;
        }
    memcpy(spectrum, z, FIR_BINS * sizeof *z);
}

/* The spectra of the parts of one response. */
static void
set_taps(struct fir_tail *tail, size_t length, const double *taps, size_t row,
         size_t lane)
{
    const double *from = taps + row * length * BH_LANES + lane;
    double *to = tail->taps + row * FIR_BINS * tail->parts * 2 * BH_LANES + lane;
    for (size_t part = 0; part < tail->parts; part++) {
        double x[FIR_SPAN] = {0}, spectrum[FIR_BINS][2];
        for (size_t k = 0; k < FIR_PART; k++) {
            size_t tap = (part + 1) * FIR_PART + k;
            x[k] = tap < length ? from[tap * BH_LANES] : 0;
        }
        transform(tail, x, 1.0 / FIR_SPAN, spectrum);
        for (size_t bin = 0; bin < FIR_BINS; bin++)
            for (size_t k = 0; k < 2; k++)
                to[((bin * tail->parts + part) * 2 + k) * BH_LANES] = spectrum[bin][k];
    }
}

struct fir_tail *
bh_fir_tail_new(size_t rows, size_t length, const double *taps)
{
    const double pi = 3.14159265358979323846;
    struct fir_tail *tail = calloc(1, sizeof *tail);
    if (!tail)
        return NULL;
    tail->kernels = BH_ISA_PICK(bh_fir_tail_kernels);
    tail->parts = (length - 1) / FIR_PART;
    tail->ring = tail->parts + BH_WINDOW_MAX / FIR_PART + 2;
    for (size_t i = 0; i < FIR_SPAN / 2; i++) {
        tail->turn[i][0] = cos(2 * pi * (double)i / FIR_SPAN);
        tail->turn[i][1] = sin(2 * pi * (double)i / FIR_SPAN);
    }
    tail->taps = calloc(rows * tail->parts, FIR_BINS * 2 * BH_LANES * sizeof(double));
    tail->spectra = calloc(tail->ring, sizeof *tail->spectra);
    tail->said = calloc(rows, sizeof *tail->said);
    if (!tail->taps || !tail->spectra || !tail->said) {
        bh_fir_tail_free(tail);
        return NULL;
    }
    for (size_t row = 0; row < rows; row++)
        for (size_t lane = 0; lane < BH_LANES; lane++)
            set_taps(tail, length, taps, row, lane);
    return tail;
}

void
bh_fir_tail_free(struct fir_tail *tail)
{
    if (!tail)
        return;
    free(tail->said);
    free(tail->spectra);
    free(tail->taps);
    free(tail);
}

void
bh_fir_tail_reset(struct fir_tail *tail)
{
    tail->heard = 0;
}

void
bh_fir_tail_hear(struct fir_tail *tail, const double *end)
{
    transform(tail, end - FIR_SPAN, 1, tail->spectra[tail->heard % tail->ring]);
    tail->heard++;
}
