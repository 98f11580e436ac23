/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/angle_kernel.h"
#include "core/math_kernel.h"
#include "filterbank/dcgc_kernel.h"

/* The loops over lanes are what the compiler turns into vectors. */

static const double pi = 3.14159265358979323846;

static inline double
load(bh_block in, const char *frame, size_t lane)
{
    const size_t i = in.channels == 1 ? 0 : lane;
    return in.precision == BH_SINGLE ? (double)((const float *)frame)[i]
                                     : ((const double *)frame)[i];
}

/* One filter of the cascade. Gain 1 at the filter's frequency: |poles| / |zeros| there,
 * both turned by one sample to make them real but for (1 - r^2) sin. */
static inline void
design_filter(struct dcgc_compensation *to, int k, double radius_law, double shift_law,
              const struct dcgc_shared *shared, const double *f_hz)
{
    const double turn = 2 * pi / shared->samplerate_hz;
    for (size_t i = 0; i < BH_LANES; i++) {
        const double f = f_hz[i], erb = 24.7 * (4.37e-3 * f + 1);
        const double r = bh_exp(-turn * shared->p1 * radius_law * shared->b * erb);
        const double shift = shift_law * shared->p2 * shared->c * shared->b * erb;
        const double up = f + shift > 0 ? f + shift : 0;
        const double down = f - shift > 0 ? f - shift : 0;
        const double pole = -2 * r * bh_cos(turn * up);
        const double zero = -2 * r * bh_cos(turn * down);
        const double across = (1 + r * r) * bh_cos(turn * f);
        const double along = (1 - r * r) * bh_sin(turn * f);
        const double poles2 = (across + pole) * (across + pole) + along * along;
        const double zeros2 = (across + zero) * (across + zero) + along * along;
        to->gain[k][i] = sqrt(poles2 / zeros2);
        to->zero[k][i] = zero;
        to->pole[k][i] = pole;
        to->radius2[k][i] = r * r;
    }
}

/* Unoki et al. (2001): p0 = 2, p4 = 1.0724. */
static void
design(struct dcgc_compensation *to, const struct dcgc_shared *shared,
       const double *f_hz)
{
    double radius_law = 1, shift_law = 1;
    for (int k = 0; k < 4; k++) {
        design_filter(to, k, radius_law, shift_law, shared, f_hz);
        radius_law *= 2 / 1.0724;
        shift_law *= 2 * 1.0724;
    }
}

static inline void
compensate(struct dcgc_compensation *f, double *x)
{
    for (int k = 0; k < 4; k++)
        for (size_t i = 0; i < BH_LANES; i++) {
            const double in = f->gain[k][i] * x[i], y = in + f->z1[k][i];
            f->z1[k][i] = bh_fma(f->zero[k][i], in, f->z2[k][i]) - f->pole[k][i] * y;
            f->z2[k][i] = f->radius2[k][i] * (in - y);
            x[i] = y;
        }
}

static inline void
gammatone(struct dcgc_row *row, double *x)
{
    for (size_t i = 0; i < BH_LANES; i++) {
        double in_re = row->gammatone_gain[i] * x[i], in_im = 0;
        for (int k = 0; k < 4; k++) {
            const double re = row->re[k][i], im = row->im[k][i];
            const double step = bh_fma(row->minus_im2[i], im, in_re);
            in_re = row->re[k][i] = re + bh_fma(row->near_re[i], re, step);
            in_im = row->im[k][i] = im + bh_fma(row->near_re[i], im, re + in_im);
        }
        x[i] = in_re;
    }
}

static void
passive(struct dcgc_row *row, bh_block in, double *out, size_t stride)
{
    const size_t frame_size = in.stride * bh_precision_size(in.precision);
    const char *frame = in.data;
    for (size_t t = 0; t < in.frames; t++, frame += frame_size, out += stride) {
        alignas(64) double x[BH_LANES];
        for (size_t i = 0; i < BH_LANES; i++)
            x[i] = load(in, frame, i);
        gammatone(row, x);
        compensate(&row->passive, x);
        for (size_t i = 0; i < BH_LANES; i++)
            out[i] = x[i];
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
    for (size_t i = 0; i < BH_LANES; i++) {
        const double ref = s->level_ref;
        const double log1 = bh_log(row->level1[i] / ref);
        const double log2 = bh_log(row->level2[i] / ref);
        double level = s->weight * ref * bh_exp(s->power1 * log1) +
                       (1 - s->weight) * ref * bh_exp(s->power2 * log2);
        level = level < s->level_min ? s->level_min : level;
        const double level_db = 20 * bh_log10(level) + s->rms_db;
        fr2_hz[i] = row->fp1_hz[i] * (s->frat0 + s->frat1 * level_db);
    }
    design(&row->active, s, fr2_hz);
}

static void
active(struct dcgc_row *row, const struct dcgc_shared *shared, const double *sound,
       size_t stride, bh_block out)
{
    char *frame = out.data;
    const size_t frame_size = out.stride * bh_precision_size(out.precision);
    for (size_t t = 0; t < out.frames; t++, sound += stride, frame += frame_size) {
        alignas(64) double x[BH_LANES], level1[BH_LANES], level2[BH_LANES];
        for (size_t i = 0; i < BH_LANES; i++)
            x[i] = sound[row->channel + i];
        for (size_t i = 0; i < BH_LANES; i++)
            level1[i] = level2[i] = shared->level_scale * sound[row->heard[i]];
        compensate(&row->active, x);
        compensate(&row->control, level2);
        if (--row->until_update == 0 || !shared->level_of_updates)
            for (size_t i = 0; i < BH_LANES; i++) {
                row->level1[i] = follow(row->level1[i], shared->fall, level1[i]);
                row->level2[i] = follow(row->level2[i], shared->fall, level2[i]);
            }
        if (row->until_update == 0) {
            update(row, shared);
            row->until_update = shared->update_interval;
        }
        if (out.precision == BH_SINGLE)
            for (size_t i = 0; i < BH_LANES; i++)
                ((float *)frame)[i] = (float)x[i];
        else
            for (size_t i = 0; i < BH_LANES; i++)
                ((double *)frame)[i] = x[i];
    }
}

const struct dcgc_kernels BH_ISA(bh_dcgc_kernels) = {
    .passive = passive,
    .active = active,
    .design = design,
};
