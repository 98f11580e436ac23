/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analysis/intervals.h"

#include "analysis/trains_internal.h"

#include <math.h>
#include <string.h>

static void
add_train(bh_train train, bh_intervals *sum, double *pairs)
{
    for (size_t i = 1; i < train.count; i++) {
        const double now = train.time_s[i] - train.time_s[i - 1];
        sum->count++;
        sum->mean_s += now;
        sum->shortest_s = fmin(sum->shortest_s, now);
        sum->longest_s = fmax(sum->longest_s, now);
        if (i < 2)
            continue;
        const double before = train.time_s[i - 1] - train.time_s[i - 2];
        *pairs += 1;
        sum->cv2 += now + before > 0 ? 2 * fabs(now - before) / (now + before) : 0;
    }
}

void
bh_intervals_get(const bh_trains *trains, bh_intervals *out)
{
    bh_intervals r = {.shortest_s = NAN, .longest_s = NAN};
    double pairs = 0, squares = 0;
    for (size_t k = 0; k < trains->count; k++)
        add_train(bh_trains_get(trains, k), &r, &pairs);
    r.mean_s = r.count > 0 ? r.mean_s / (double)r.count : NAN;
    r.cv2 = pairs > 0 ? r.cv2 / pairs : NAN;
    for (size_t k = 0; k < trains->count; k++) {
        const bh_train train = bh_trains_get(trains, k);
        for (size_t i = 1; i < train.count; i++) {
            const double off = train.time_s[i] - train.time_s[i - 1] - r.mean_s;
            squares += off * off;
        }
    }
    r.sd_s = r.count > 0 ? sqrt(squares / (double)r.count) : NAN;
    r.cv = r.sd_s / r.mean_s;
    *out = r;
}

bh_status
bh_isi_histogram(const bh_trains *trains, double bin_s, size_t bins, uint64_t *counts,
                 uint64_t *beyond, bh_diag *diag)
{
    BH_TRY(bh_check_positive(bin_s, "the bin of an interval histogram (s)", diag));
    if (bins == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "an interval histogram of 0 bins; there must be one");
    memset(counts, 0, bins * sizeof *counts);
    uint64_t longer = 0;
    for (size_t k = 0; k < trains->count; k++) {
        const bh_train train = bh_trains_get(trains, k);
        for (size_t i = 1; i < train.count; i++) {
            const ptrdiff_t bin =
                bh_bin_of(train.time_s[i], train.time_s[i - 1], bin_s);
            if ((size_t)bin < bins)
                counts[bin]++;
            else
                longer++;
        }
    }
    if (beyond)
        *beyond = longer;
    return BH_OK;
}

bh_status
bh_isi_hazard(const uint64_t *counts, size_t bins, uint64_t beyond, double bin_s,
              double *hazard_hz, bh_diag *diag)
{
    BH_TRY(bh_check_positive(bin_s, "the bin of a hazard function (s)", diag));
    uint64_t survivors = beyond;
    for (size_t b = bins; b-- > 0;) {
        survivors += counts[b];
        hazard_hz[b] = survivors ? (double)counts[b] / (bin_s * (double)survivors)
                                 : NAN;
    }
    return BH_OK;
}
