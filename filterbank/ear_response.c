/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/ear_response.h"

#include "filterbank/ear_response_table.h"
#include "filterbank/fir.h"
#include "sounds/level.h"
#include "sounds/spectrum_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static const double pi = 3.14159265358979323846;

enum { TAPS_MAX = 1 << 18, BINS_LEAST = 1 << 16 };

#define COUNT(nodes) (sizeof(nodes) / sizeof(nodes)[0])

/* Nodes as they were measured, in the order of frequency. */
struct nodes {
    const struct bh_ear_node *node;
    size_t count;
};

/* The value at a frequency: a straight line of its dB over log frequency; of values
 * that are dB themselves where `in_db`. Constant beyond the ends. */
static double
interpolate(struct nodes nodes, bool in_db, double hz)
{
    const struct bh_ear_node *node = nodes.node;
    size_t i = 1;
    if (hz <= node[0].hz || nodes.count == 1)
        return node[0].value;
    while (i < nodes.count && node[i].hz < hz)
        i++;
    if (i == nodes.count)
        return node[i - 1].value;
    const double part = log(hz / node[i - 1].hz) / log(node[i].hz / node[i - 1].hz);
    const double below = node[i - 1].value, above = node[i].value;
    return in_db ? below + part * (above - below) : below * pow(above / below, part);
}

/* Velocity of the stapes at 0 dB SPL, m/s, from its displacement at 104 dB SPL. */
static double
velocity(double hz)
{
    enum {
        LOW = COUNT(velocity_below),
        MID = COUNT(goode_um),
        HIGH = COUNT(velocity_above)
    };
    struct bh_ear_node node[LOW + MID + HIGH];
    for (size_t i = 0; i < LOW; i++)
        node[i] = velocity_below[i];
    for (size_t i = 0; i < MID; i++)
        node[LOW + i] = (struct bh_ear_node){
            goode_um[i].hz, goode_um[i].value * 1e-6 * 2 * pi * goode_um[i].hz *
                                pow(10, -104.0 / 20) * sqrt(2)};
    for (size_t i = 0; i < HIGH; i++)
        node[LOW + MID + i] = velocity_above[i];
    const double first = node[0].hz, last = node[LOW + MID + HIGH - 1].hz;
    const double value = interpolate((struct nodes){node, LOW + MID + HIGH}, false, hz);
    if (hz < first)
        return value * hz / first;
    return hz > last ? value * pow(1.1, (last - hz) / 1000) : value;
}

static double
admittance(double hz)
{
    double least = INFINITY;
    for (size_t i = 0; i < COUNT(impedance); i++)
        least = fmin(least, impedance[i].value);
    const double z =
        interpolate((struct nodes){impedance, COUNT(impedance)}, false, hz);
    const double fall = hz < impedance[0].hz ? hz / impedance[0].hz : 1;
    return fall * 1e-8 * pow(10, 104.0 / 20) * least / z;
}

/* The loss of a table in dB, and where its source has it end, dB at half the sample
 * rate. */
static struct nodes
losses(bh_ear_table table, double *end_db)
{
    *end_db = 130;
    switch (table) {
    case BH_EAR_MAF:
        return (struct nodes){maf_db, COUNT(maf_db)};
    case BH_EAR_MAP:
        *end_db = 180;
        return (struct nodes){map_db, COUNT(map_db)};
    case BH_EAR_PURIA:
        *end_db = 23;
        return (struct nodes){puria_db, COUNT(puria_db)};
    default:
        return (struct nodes){elc_db, COUNT(elc_db)};
    }
}

/* The gain; `end_hz` is where the tables of losses end, or infinity. */
static double
gain_at(bh_ear_table table, double hz, double end_hz)
{
    double end_db = 0;
    if (table == BH_EAR_LOPEZ_POVEDA)
        return velocity(hz) / BH_PRESSURE_REFERENCE_PA;
    if (table == BH_EAR_JEPSEN)
        return admittance(hz);
    if (table == BH_EAR_PRALONG)
        return interpolate((struct nodes){headphone_gain, COUNT(headphone_gain)}, false,
                           hz);
    struct nodes nodes = losses(table, &end_db);
    if (table == BH_EAR_MAF && hz > nodes.node[nodes.count - 1].hz)
        nodes = losses(BH_EAR_ELC, &end_db);
    const struct bh_ear_node last = nodes.node[nodes.count - 1];
    const struct bh_ear_node tail[] = {last, {end_hz, end_db}};
    if (hz > last.hz && isfinite(end_hz) && end_hz > last.hz)
        nodes = (struct nodes){tail, 2};
    return pow(10, -interpolate(nodes, true, hz) / 20);
}

double
bh_ear_response_gain(bh_ear_table table, double frequency_hz)
{
    if (table < BH_EAR_LOPEZ_POVEDA || table >= BH_EAR_TABLES || !(frequency_hz >= 0))
        return NAN;
    return gain_at(table, frequency_hz, INFINITY);
}

bh_ear_response_params
bh_ear_response_params_default(void)
{
    return (bh_ear_response_params){.table = BH_EAR_LOPEZ_POVEDA};
}

/* The gains as a spectrum of `count` bins, with the same on both sides of 0 Hz. */
static void
put_gains(bh_bin *bins, size_t count, bh_ear_table table, double samplerate_hz)
{
    const double end_hz = samplerate_hz > 32000 ? samplerate_hz / 2 : INFINITY;
    double most = 0;
    for (size_t k = 0; k <= count / 2; k++) {
        bins[k].re = gain_at(table, (double)k * samplerate_hz / (double)count, end_hz);
        bins[k].im = 0;
        most = fmax(most, bins[k].re);
    }
    /* 140 dB below the largest is nothing, and has a logarithm. */
    for (size_t k = 0; k <= count / 2; k++) {
        bins[k].re = fmax(bins[k].re, 1e-7 * most);
        bins[(count - k) % count] = bins[k];
    }
}

/* Turns gains into the spectrum of the same gains with minimum phase. */
static bh_status
make_minimum_phase(bh_bin *bins, size_t count, bh_diag *diag)
{
    for (size_t k = 0; k < count; k++)
        bins[k] = (bh_bin){log(bins[k].re), 0};
    BH_TRY(bh_transform(bins, count, 1, diag));
    for (size_t n = 0; n < count; n++) {
        const double fold = n == 0 || n == count / 2 ? 1 : n < count / 2 ? 2 : 0;
        bins[n] = (bh_bin){fold * bins[n].re / (double)count, 0};
    }
    BH_TRY(bh_transform(bins, count, -1, diag));
    for (size_t k = 0; k < count; k++) {
        const double size = exp(bins[k].re);
        bins[k] = (bh_bin){size * cos(bins[k].im), size * sin(bins[k].im)};
    }
    return BH_OK;
}

/* The first `taps` samples of the response that belongs to the bins, faded out in their
 * second half; or, with linear phase, those around the middle, faded at both ends. */
static void
cut(const bh_bin *bins, size_t count, bool linear, double *taps, size_t length)
{
    const double half = (double)length / 2;
    for (size_t n = 0; n < length; n++) {
        const size_t from = linear ? (n + count - length / 2) % count : n;
        const double away = linear ? fabs((double)n - (double)(length / 2)) / half
                                   : fmax(0, (double)n - half) / half;
        const double fade = cos(fmin(away, 1) * pi / 2);
        taps[n] = bins[from].re / (double)count * fade * fade;
    }
}

static bh_status
design(double samplerate_hz, const bh_ear_response_params *params, double *taps,
       size_t length, bh_diag *diag)
{
    size_t count = BINS_LEAST;
    while (count < 8 * length)
        count *= 2;
    bh_bin *bins = calloc(count, sizeof *bins);
    if (!bins)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a filter of %zu taps",
                           length);
    put_gains(bins, count, params->table, samplerate_hz);
    bh_status status = BH_OK;
    if (!params->linear_phase)
        status = make_minimum_phase(bins, count, diag);
    if (status == BH_OK)
        status = bh_transform(bins, count, 1, diag);
    if (status == BH_OK)
        cut(bins, count, params->linear_phase, taps, length);
    free(bins);
    return status;
}

static bh_status
check(double samplerate_hz, const bh_ear_response_params *params, bh_diag *diag)
{
    if (!(samplerate_hz > 0) || !(samplerate_hz <= 1e6))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "an ear cannot be made at %g Hz; the sample rate must be "
                           "above 0 and at most 1 MHz",
                           samplerate_hz);
    if (params->table < BH_EAR_LOPEZ_POVEDA || params->table >= BH_EAR_TABLES)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "there is no table of an ear %d",
                           (int)params->table);
    if (params->taps > TAPS_MAX)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "an ear of %zu taps is too long; %d are the most",
                           params->taps, TAPS_MAX);
    return BH_OK;
}

bh_status
bh_ear_response_new(double samplerate_hz, size_t channels,
                    const bh_ear_response_params *params, bh_precision precision,
                    bh_filterbank **out, bh_diag *diag)
{
    const bh_ear_response_params defaults = bh_ear_response_params_default();
    params = params ? params : &defaults;
    BH_TRY(check(samplerate_hz, params, diag));
    size_t length = params->taps ? params->taps : 1;
    while (params->taps == 0 && (double)length < 0.085 * samplerate_hz)
        length *= 2;
    double *taps = malloc(length * sizeof *taps);
    if (!taps)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a filter of %zu taps",
                           length);
    bh_status status = design(samplerate_hz, params, taps, length, diag);
    const bh_fir_params fir = {.taps = taps, .length = length, .same = true};
    if (status == BH_OK)
        status = bh_fir_new(samplerate_hz, channels, &fir, precision, out, diag);
    free(taps);
    return status;
}
