/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_SOUNDS_LEVEL_INTERNAL_H
#define BH_SOUNDS_LEVEL_INTERNAL_H

/* The RMS of samples as they come, for sounds in memory and sources alike. */

#include "core/status.h"

#include <math.h>
#include <stddef.h>

/* The sum of squares is `sum` times `peak` squared, so that neither very small nor very
 * large samples leave the range of double when squared. Source: Blue (1978), ACM Trans.
 * Math. Softw. 4:15, in the form of LAPACK's dlassq. */
struct bh_rms {
    double peak, sum;
    double count;
};

static inline void
bh_rms_add(struct bh_rms *rms, double sample)
{
    const double size = fabs(sample);
    rms->count++;
    if (size > rms->peak) {
        const double ratio = rms->peak / size;
        rms->sum = 1 + rms->sum * ratio * ratio;
        rms->peak = size;
    } else if (size != 0) {
        const double ratio = size / rms->peak;
        rms->sum += ratio * ratio;
    }
}

/* 0 of silence; not finite where a sample was not. */
static inline double
bh_rms_value(const struct bh_rms *rms)
{
    return rms->peak == 0 && rms->sum == 0 ? 0
                                           : rms->peak * sqrt(rms->sum / rms->count);
}

/* What a sound is divided by and multiplied with, one of each for every `count`th
 * sample, where it has one level, or one for each channel. */
struct bh_levels {
    size_t count;
    struct bh_level {
        double have, want; /* Pa */
    } level[];
};

/* Levels that are possible, with `have` still 0; to be freed. */
bh_status bh_levels_new(const double *levels_db_spl, size_t count,
                        struct bh_levels **out, bh_diag *diag);
/* Whether a factor leads from what is to what is wanted. */
bh_status bh_levels_check(const struct bh_levels *levels, bh_diag *diag);
void bh_levels_apply(const struct bh_levels *levels, size_t frames, size_t channels,
                     double *samples);

#endif
