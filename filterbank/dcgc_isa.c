/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/bounded_kernel.h"
#include "filterbank/dcgc_kernel.h"

/* The loops over lanes are what the compiler turns into vectors. */

/* |(1 + r^2) cos - 2 r cos(root) + i (1 - r^2) sin|^2, the distance of exp(i f) from
 * two roots, turned by one sample to make it nearly real. */
static inline double
square(double across, double root, double along2)
{
    const double x = across + root;
    return bh_fma(x, x, along2);
}

/* Where filters are: their frequency and width in radians a sample. */
struct places {
    alignas(64) dcgc_lanes f, width, f_sin, f_cos;
};

/* A stage of filters, gain 1 at their frequency. A root that would be below 0 Hz is at
 * 0. The cosines of sums are those of the parts, which the stages share. */
static inline void
design_stage(struct dcgc_compensation *to, int k, const struct dcgc_shared *shared,
             const struct places *at)
{
    const double fall_law = -shared->fall_law[k], shift_law = shared->shift_law[k];
    for (size_t i = 0; i < BH_LANES; i++) {
        const double r = bh_bounded_exp(fall_law * at->width[i]), r2 = r * r;
        const double f = at->f[i], shift = shift_law * at->width[i];
        double shift_sin, shift_cos;
        bh_bounded_turn(shift, &shift_sin, &shift_cos);
        const double cosines = at->f_cos[i] * shift_cos;
        const double sines = at->f_sin[i] * shift_sin;
        const double up = f + shift > 0 ? cosines - sines : 1;
        const double down = f - shift > 0 ? cosines + sines : 1;
        const double pole = -2 * r * up, zero = -2 * r * down;
        const double across = (1 + r2) * at->f_cos[i], along = (1 - r2) * at->f_sin[i];
        const double along2 = along * along;
        to->gain[k][i] =
            sqrt(square(across, pole, along2) / square(across, zero, along2));
        to->part[k][i] = zero - pole;
        to->minus_pole[k][i] = -pole;
        to->minus_radius2[k][i] = -r2;
    }
}

static inline void
design(struct dcgc_compensation *to, const struct dcgc_shared *shared,
       const double *f_hz)
{
    struct places at;
    const double turn = shared->turn, width = shared->width, width_f = shared->width_f;
    for (size_t i = 0; i < BH_LANES; i++) {
        at.f[i] = turn * f_hz[i];
        at.width[i] = bh_fma(width_f, f_hz[i], width);
        bh_bounded_turn(at.f[i], &at.f_sin[i], &at.f_cos[i]);
    }
    for (int k = 0; k < 4; k++)
        design_stage(to, k, shared, &at);
}

static inline void
compensate(struct dcgc_compensation *f, double *x)
{
    for (int k = 0; k < 4; k++)
        for (size_t i = 0; i < BH_LANES; i++) {
            const double in = f->gain[k][i] * x[i], z1 = f->z1[k][i];
            f->z1[k][i] =
                bh_fma(f->part[k][i], in, bh_fma(f->minus_pole[k][i], z1, f->z2[k][i]));
            f->z2[k][i] = f->minus_radius2[k][i] * z1;
            x[i] = in + z1;
        }
}

static inline double
follow(double level, double fall, double heard)
{
    level *= fall;
    heard = heard > 0 ? heard : 0;
    return heard > level ? heard : level;
}

/* The level in dB makes the frequency of the active filter. */
static inline void
update(struct dcgc_row *row, const struct dcgc_shared *s)
{
    alignas(64) double fr2_hz[BH_LANES];
    const double unit = 1 / s->level_ref, one = s->weight * s->level_ref;
    const double other = (1 - s->weight) * s->level_ref;
    const double power1 = s->power1, power2 = s->power2, level_min = s->level_min;
    const double rms_db = s->rms_db, frat0 = s->frat0, frat1 = s->frat1;
    for (size_t i = 0; i < BH_LANES; i++) {
        const double log1 = bh_normal_log(row->level1[i] * unit);
        const double log2 = bh_normal_log(row->level2[i] * unit);
        double level = one * bh_bounded_exp(power1 * log1) +
                       other * bh_bounded_exp(power2 * log2);
        level = level < level_min ? level_min : level;
        const double decibels = 8.685889638065037; /* 20 / ln 10 */
        const double level_db = bh_fma(decibels, bh_normal_log(level), rms_db);
        fr2_hz[i] = row->fp1_hz[i] * bh_fma(frat1, level_db, frat0);
    }
    design(&row->active, s, fr2_hz);
}

static inline void
hear_level(struct dcgc_row *row, const struct dcgc_shared *shared, const double *level1,
           const double *level2)
{
    for (size_t i = 0; i < BH_LANES; i++) {
        row->level1[i] = follow(row->level1[i], shared->fall, level1[i]);
        row->level2[i] = follow(row->level2[i], shared->fall, level2[i]);
    }
}

static void
active(struct dcgc_row *row, const struct dcgc_shared *shared, const double *sound,
       const double *heard, size_t stride, bh_block out)
{
    char *frame = (char *)out.data;
    const size_t frame_size = out.stride * bh_precision_size(out.precision);
    for (size_t t = 0; t < out.frames; t++) {
        alignas(64) double x[BH_LANES], level1[BH_LANES], level2[BH_LANES];
        for (size_t i = 0; i < BH_LANES; i++) {
            x[i] = sound[i];
            level1[i] = level2[i] = shared->level_scale * heard[i];
        }
        compensate(&row->active, x);
        compensate(&row->control, level2);
        const bool changes = --row->until_update == 0;
        if (changes || !shared->level_of_updates)
            hear_level(row, shared, level1, level2);
        if (changes) {
            update(row, shared);
            row->until_update = shared->update_interval;
        }
        if (out.precision == BH_SINGLE)
            for (size_t i = 0; i < BH_LANES; i++)
                ((float *)frame)[i] = (float)x[i];
        else
            for (size_t i = 0; i < BH_LANES; i++)
                ((double *)frame)[i] = x[i];
        sound += stride;
        heard += stride;
        frame += frame_size;
    }
}

#ifndef BH_ONE_LANE
static void
design_row(struct dcgc_compensation *to, const struct dcgc_shared *shared,
           const double *f_hz)
{
    design(to, shared, f_hz);
}

const struct dcgc_kernels BH_ISA(bh_dcgc_kernels) = {
    .active = active,
    .design = design_row,
};
#endif
