/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* M_PI */
#include "analysis/phase.h"

#include "analysis/trains_internal.h"

#include <math.h>
#include <string.h>

/* How many whole cycles the window has, and where the last of them ends. */
static bh_status
whole_cycles(const bh_trains *trains, double frequency_hz, double *cycles,
             double *end_s, bh_diag *diag)
{
    BH_TRY(bh_check_positive(frequency_hz, "the frequency of a cycle (Hz)", diag));
    const double duration_s = bh_trains_duration(trains);
    *cycles = floor(duration_s * frequency_hz + BH_BIN_SLACK);
    *end_s = trains->start_s + *cycles / frequency_hz;
    if (*cycles < 1)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the window of %g s is shorter than a cycle of %g Hz",
                           duration_s, frequency_hz);
    return BH_OK;
}

/* The part of a cycle that has passed, 0 to 1. */
static double
phase_of(double time_s, double frequency_hz)
{
    const double turns = time_s * frequency_hz;
    return turns - floor(turns);
}

/* exp(sqrt((1 + 2n)^2 - 4 R^2) - (1 + 2n)), without the difference of large numbers. */
static double
rayleigh_p(double n, double strength)
{
    const double a = 1 + 2 * n, resultant = n * strength;
    const double root = sqrt(fmax(0, a * a - 4 * resultant * resultant));
    return exp(-4 * resultant * resultant / (root + a));
}

bh_status
bh_locking_get(const bh_trains *trains, double frequency_hz, bh_locking *out,
               bh_diag *diag)
{
    double cycles = 0, end_s = 0, cosines = 0, sines = 0;
    BH_TRY(whole_cycles(trains, frequency_hz, &cycles, &end_s, diag));
    bh_locking r = {.cycles = cycles};
    for (size_t i = 0; i < bh_trains_spikes(trains); i++) {
        if (trains->time_s[i] >= end_s)
            continue;
        const double angle = 2 * M_PI * phase_of(trains->time_s[i], frequency_hz);
        cosines += cos(angle);
        sines += sin(angle);
        r.spikes++;
    }
    const double n = (double)r.spikes;
    r.strength = r.spikes ? hypot(cosines, sines) / n : NAN;
    r.phase_rad = r.spikes ? atan2(sines, cosines) : NAN;
    r.rayleigh = n * r.strength * r.strength;
    r.p = rayleigh_p(n, r.strength);
    r.floor = r.spikes ? sqrt(log(1000) / n) : NAN;
    *out = r;
    return BH_OK;
}

bh_status
bh_period_histogram(const bh_trains *trains, double frequency_hz, size_t bins,
                    uint64_t *counts, double *rate_hz, bh_diag *diag)
{
    double cycles = 0, end_s = 0;
    BH_TRY(whole_cycles(trains, frequency_hz, &cycles, &end_s, diag));
    if (bins == 0 || bins > 1u << 24)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "a period histogram of %zu bins; there must be 1 to 16777216", bins);
    if (counts)
        memset(counts, 0, bins * sizeof *counts);
    for (size_t b = 0; rate_hz && b < bins; b++)
        rate_hz[b] = 0;
    const double bin_s = cycles / frequency_hz / (double)bins;
    const double spike_hz = 1 / ((double)trains->count * bin_s);
    for (size_t i = 0; i < bh_trains_spikes(trains); i++) {
        if (trains->time_s[i] >= end_s)
            continue;
        const double phase = phase_of(trains->time_s[i], frequency_hz);
        const size_t bin = (size_t)(phase * (double)bins + BH_BIN_SLACK) % bins;
        if (counts)
            counts[bin]++;
        if (rate_hz)
            rate_hz[bin] += spike_hz;
    }
    return BH_OK;
}

double
bh_modulation_gain_db(double strength, double depth)
{
    return 20 * log10(2 * strength / depth);
}
