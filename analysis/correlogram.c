/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/correlogram.h"

#include "analysis/trains_internal.h"

#include <math.h>
#include <stdlib.h>

bh_correlogram_config
bh_correlogram_config_default(void)
{
    return (bh_correlogram_config){.bin_s = 50e-6, .max_lag_s = 5e-3};
}

size_t
bh_correlogram_bins(const bh_correlogram_config *config)
{
    const double side = config->max_lag_s / config->bin_s - BH_BIN_SLACK;
    if (!(config->bin_s > 0) || !(config->max_lag_s >= 0) || !(side < 1e8))
        return 0;
    return 2 * (size_t)ceil(fmax(0, side)) + 1;
}

double
bh_correlogram_lag(const bh_correlogram_config *config, size_t bin)
{
    const double middle = (double)(bh_correlogram_bins(config) / 2);
    return ((double)bin - middle) * config->bin_s;
}

/* A spike of any train, and whose it is. */
struct spike {
    double time_s;
    size_t train;
};

static int
by_time(const void *a, const void *b)
{
    const struct spike *x = a, *y = b;
    return (x->time_s > y->time_s) - (x->time_s < y->time_s);
}

/* All spikes in the order of time, from the start of the window; NULL without memory.
 */
static struct spike *
merge(const bh_trains *trains)
{
    const size_t count = bh_trains_spikes(trains);
    struct spike *all = malloc((count + 1) * sizeof *all);
    if (!all)
        return NULL;
    for (size_t k = 0; k < trains->count; k++)
        for (size_t i = trains->first[k]; i < trains->first[k + 1]; i++)
            all[i] = (struct spike){trains->time_s[i] - trains->start_s, k};
    qsort(all, count, sizeof *all, by_time);
    return all;
}

/* Counts the lags of all pairs, of one set's different trains where `a` is `b`. */
static void
count_pairs(const struct spike *a, size_t a_count, const struct spike *b,
            size_t b_count, double bin_s, size_t bins, double *counts)
{
    const double middle = (double)(bins / 2), reach_s = (middle + 0.5) * bin_s;
    for (size_t k = 0; k < bins; k++)
        counts[k] = 0;
    for (size_t i = 0, first = 0; i < a_count; i++) {
        while (first < b_count && b[first].time_s < a[i].time_s - reach_s)
            first++;
        for (size_t j = first; j < b_count; j++) {
            const double lag_s = b[j].time_s - a[i].time_s;
            if (lag_s > reach_s)
                break;
            if (a == b && a[i].train == b[j].train)
                continue;
            /* Rounding is symmetric about 0, so that a SAC is. */
            const double bin = round(lag_s / bin_s) + middle;
            if (bin >= 0 && bin < (double)bins)
                counts[(size_t)bin] += 1;
        }
    }
}

static bh_status
check(const bh_trains *trains, const bh_correlogram_config *config, bh_diag *diag)
{
    if (bh_correlogram_bins(config) == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a correlogram with bins of %g s up to %g s; bins must be "
                           "above 0, and no more than 2e8",
                           config->bin_s, config->max_lag_s);
    if (bh_trains_spikes(trains) == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a correlogram of trains without spikes");
    return BH_OK;
}

bh_status
bh_sac(const bh_trains *trains, const bh_correlogram_config *config, double *sac,
       bh_diag *diag)
{
    BH_TRY(check(trains, config, diag));
    if (trains->count < 2)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a shuffled autocorrelogram of one train; it compares "
                           "different ones, so there must be two");
    const size_t bins = bh_correlogram_bins(config), count = bh_trains_spikes(trains);
    struct spike *all = merge(trains);
    if (!all)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu spikes", count);
    count_pairs(all, count, all, count, config->bin_s, bins, sac);
    free(all);
    const double m = (double)trains->count, rate_hz = bh_trains_rate(trains);
    const double chance = m * (m - 1) * rate_hz * rate_hz * bh_trains_duration(trains) *
                          config->bin_s;
    for (size_t k = 0; k < bins; k++)
        sac[k] /= chance;
    return BH_OK;
}

bh_status
bh_xac(const bh_trains *a, const bh_trains *b, const bh_correlogram_config *config,
       double *xac, bh_diag *diag)
{
    BH_TRY(check(a, config, diag));
    BH_TRY(check(b, config, diag));
    const double duration_s = bh_trains_duration(a);
    if (fabs(bh_trains_duration(b) - duration_s) > 1e-9 * duration_s)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a correlogram of windows of %g s and %g s; both must be "
                           "equally long",
                           duration_s, bh_trains_duration(b));
    const size_t bins = bh_correlogram_bins(config);
    struct spike *all_a = merge(a), *all_b = merge(b);
    bh_status status = BH_OK;
    if (!all_a || !all_b) {
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the spikes");
    } else {
        count_pairs(all_a, bh_trains_spikes(a), all_b, bh_trains_spikes(b),
                    config->bin_s, bins, xac);
        const double chance = (double)a->count * (double)b->count * bh_trains_rate(a) *
                              bh_trains_rate(b) * duration_s * config->bin_s;
        for (size_t k = 0; k < bins; k++)
            xac[k] /= chance;
    }
    free(all_a);
    free(all_b);
    return status;
}

void
bh_difcor(const double *sac, const double *xac, size_t bins, double *difcor,
          double *sumcor)
{
    for (size_t k = 0; k < bins; k++) {
        const double s = sac[k], x = xac[k];
        difcor[k] = s - x;
        sumcor[k] = (s + x) / 2;
    }
}

double
bh_correlation_index(const double *sac, size_t bins)
{
    return sac[bins / 2];
}
