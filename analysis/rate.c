/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/rate.h"

#include "analysis/trains_internal.h"
#include "core/order_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

bh_status
bh_psth(const bh_trains *trains, double bin_s, size_t bins, uint64_t *counts,
        double *rate_hz, bh_diag *diag)
{
    BH_TRY(bh_check_positive(bin_s, "the bin of a PSTH (s)", diag));
    const size_t most = bh_trains_bins(trains, bin_s);
    if (bins == 0 || bins > most)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a PSTH of %zu bins of %g s; the window of %g s has %zu",
                           bins, bin_s, bh_trains_duration(trains), most);
    const double spike_hz = 1 / ((double)trains->count * bin_s);
    if (counts)
        memset(counts, 0, bins * sizeof *counts);
    for (size_t b = 0; rate_hz && b < bins; b++)
        rate_hz[b] = 0;
    for (size_t i = 0; i < bh_trains_spikes(trains); i++) {
        const ptrdiff_t bin = bh_bin_of(trains->time_s[i], trains->start_s, bin_s);
        if ((size_t)bin >= bins)
            continue;
        if (counts)
            counts[bin]++;
        if (rate_hz)
            rate_hz[bin] += 1;
    }
    for (size_t b = 0; rate_hz && b < bins; b++)
        rate_hz[b] *= spike_hz;
    return BH_OK;
}

bh_response_config
bh_response_config_default(void)
{
    return (bh_response_config){.offset_s = NAN,
                                .onset_bin_s = 1e-3,
                                .onset_within_s = 10e-3,
                                .steady_part = 0.5};
}

/* The rate from `from_s` to `to_s`, as far as that lies in the window. */
static double
rate_between(const bh_trains *trains, double from_s, double to_s)
{
    from_s = fmax(from_s, trains->start_s);
    to_s = fmin(to_s, trains->stop_s);
    if (!(from_s < to_s))
        return NAN;
    size_t spikes = 0;
    for (size_t i = 0; i < bh_trains_spikes(trains); i++)
        spikes += trains->time_s[i] >= from_s && trains->time_s[i] < to_s;
    return (double)spikes / ((double)trains->count * (to_s - from_s));
}

static bh_status
check_response(const bh_response_config *config, bh_diag *diag)
{
    BH_TRY(bh_check_positive(config->onset_bin_s, "the bin of the onset (s)", diag));
    if (!(config->onset_within_s >= config->onset_bin_s) ||
        config->onset_within_s > 1e6 * config->onset_bin_s)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the onset is looked for within %g s in bins of %g s; there "
                           "must be one bin at least, a million at most",
                           config->onset_within_s, config->onset_bin_s);
    if (!(config->steady_part > 0) || config->steady_part > 1)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "the steady state is the last %g of the stimulus; it must be "
            "above 0, at most 1",
            config->steady_part);
    if (!isfinite(config->onset_s) || !isfinite(config->delay_s) ||
        config->offset_s <= config->onset_s)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a stimulus from %g s to %g s, %g s late; it must end after "
                           "it begins",
                           config->onset_s, config->offset_s, config->delay_s);
    return BH_OK;
}

bh_status
bh_response_get(const bh_trains *trains, const bh_response_config *config,
                bh_response *out, bh_diag *diag)
{
    BH_TRY(check_response(config, diag));
    const double onset_s = config->onset_s + config->delay_s;
    const double offset_s =
        isnan(config->offset_s) ? trains->stop_s : config->offset_s + config->delay_s;
    bh_response r = {.onset_hz = NAN, .onset_at_s = NAN};
    r.rate_hz = rate_between(trains, onset_s, offset_s);
    r.spontaneous_hz = rate_between(trains, trains->start_s, onset_s);
    r.steady_hz = rate_between(
        trains, offset_s - config->steady_part * (offset_s - onset_s), offset_s);
    const size_t bins =
        (size_t)(config->onset_within_s / config->onset_bin_s + BH_BIN_SLACK);
    for (size_t b = 0; b < bins; b++) {
        const double at_s = onset_s + (double)b * config->onset_bin_s;
        const double end_s = onset_s + (double)(b + 1) * config->onset_bin_s;
        if (at_s < trains->start_s || end_s > trains->stop_s + 1e-9)
            continue;
        const double rate_hz = rate_between(trains, at_s, end_s);
        if (isnan(r.onset_hz) || rate_hz > r.onset_hz) {
            r.onset_hz = rate_hz;
            r.onset_at_s = at_s;
        }
    }
    r.adaptation = r.onset_hz / r.steady_hz;
    *out = r;
    return BH_OK;
}

/* Median and spread of `count` rising numbers. */
static bh_latency
summarize_latencies(const double *rising, size_t count)
{
    bh_latency l = {count, NAN, NAN, NAN, NAN, NAN};
    if (count == 0)
        return l;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++)
        sum += rising[i];
    l.mean_s = sum / (double)count;
    for (size_t i = 0; i < count; i++)
        squares += (rising[i] - l.mean_s) * (rising[i] - l.mean_s);
    if (count > 1)
        l.sd_s = sqrt(squares / (double)(count - 1));
    l.median_s = 0.5 * (rising[(count - 1) / 2] + rising[count / 2]);
    l.shortest_s = rising[0];
    l.longest_s = rising[count - 1];
    return l;
}

bh_status
bh_latency_get(const bh_trains *trains, double after_s, double *latency_s,
               bh_latency *out, bh_diag *diag)
{
    if (!isfinite(after_s))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "latencies after %g s; that must be an instant", after_s);
    double *rising = malloc(trains->count * sizeof *rising);
    if (!rising)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu latencies",
                           trains->count);
    size_t count = 0;
    for (size_t k = 0; k < trains->count; k++) {
        const bh_train train = bh_trains_get(trains, k);
        size_t i = 0;
        while (i < train.count && train.time_s[i] < after_s)
            i++;
        latency_s[k] = i < train.count ? train.time_s[i] - after_s : NAN;
        if (i < train.count)
            rising[count++] = latency_s[k];
    }
    qsort(rising, count, sizeof *rising, bh_double_rising);
    *out = summarize_latencies(rising, count);
    free(rising);
    return BH_OK;
}

/* Sums of counts and of their squares, of a train or of a window. */
struct sums {
    double counts, squares;
};

/* Adds each train's counts in all windows, to the train's sums or to the windows'. */
static void
add_counts(const bh_trains *trains, double window_s, size_t windows, bh_fano_over over,
           struct sums *sums)
{
    for (size_t k = 0; k < trains->count; k++) {
        const bh_train train = bh_trains_get(trains, k);
        for (size_t w = 0, i = 0; w < windows; w++) {
            const size_t before = i;
            while (i < train.count && bh_bin_of(train.time_s[i], trains->start_s,
                                                window_s) <= (ptrdiff_t)w)
                i++;
            const double count = (double)(i - before);
            struct sums *sum = &sums[over == BH_FANO_WINDOWS ? k : w];
            sum->counts += count;
            sum->squares += count * count;
        }
    }
}

bh_status
bh_fano_get(const bh_trains *trains, double window_s, bh_fano_over over, bh_fano *out,
            bh_diag *diag)
{
    BH_TRY(bh_check_positive(window_s, "the window of a Fano factor (s)", diag));
    const size_t windows = bh_trains_bins(trains, window_s);
    const bool within = over == BH_FANO_WINDOWS;
    const size_t sets = within ? trains->count : windows;
    const size_t samples = within ? windows : trains->count;
    if (windows == 0 || samples < 2)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "a Fano factor of %zu window%s of %g s and %zu train%s; what "
            "varies are the %s, of which there must be 2 or more",
            windows, windows == 1 ? "" : "s", window_s, trains->count,
            trains->count == 1 ? "" : "s", within ? "windows" : "trains");
    struct sums *sums = calloc(sets, sizeof *sums);
    if (!sums)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for counts of %zu windows",
                           windows);
    add_counts(trains, window_s, windows, over, sums);
    bh_fano f = {.windows = windows};
    const double n = (double)samples;
    for (size_t k = 0; k < sets; k++) {
        f.mean += sums[k].counts / n / (double)sets;
        f.variance += (sums[k].squares - sums[k].counts * sums[k].counts / n) /
                      (n - 1) / (double)sets;
    }
    free(sums);
    f.factor = f.mean > 0 ? f.variance / f.mean : NAN;
    *out = f;
    return BH_OK;
}
