/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/haircell.h"

#include "filterbank/haircell_kernel.h"
#include "filterbank/lane_device_kernel.h"
#include "filterbank/rows_ops.h"

#include <math.h>

bh_haircell_params
bh_haircell_params_default(bh_haircell_kind kind)
{
    /* An rms of 1 is 30 dB SPL: 1 Pa is 93.98 dB. */
    const double scale = 1 / (20e-6 * pow(10, 30.0 / 20));
    bh_haircell_params params = {scale, 5, 300, 2000, 5.05, 2500, 6580, 66.31, 1, 50e3};
    if (kind == BH_HAIRCELL_MEDIUM_1990) {
        params.a = 10;
        params.b = 3000;
        params.g = 1000;
    } else if (kind != BH_HAIRCELL_HIGH_1990) {
        params.a = kind == BH_HAIRCELL_MEDDIS_1986 ? 2 : 5;
        params.g = 1000;
        params.y = 11.11;
        params.l = 1250;
        params.r = 16667;
        params.x = 250;
    }
    return params;
}

static double
release_at_rest(bh_haircell_params p)
{
    return p.g * p.a / (p.a + p.b);
}

static double
cleft_at_rest(bh_haircell_params p)
{
    const double k = release_at_rest(p);
    return p.m * p.y * k / (p.l * k + p.y * (p.l + p.r));
}

double
bh_haircell_spontaneous(bh_haircell_params params)
{
    return params.h * cleft_at_rest(params);
}

static bh_status
check(const bh_haircell_params *p, double samplerate_hz, bh_diag *diag)
{
    const struct {
        const char *name;
        double value, most;
    } limits[] = {
        {"scale", p->scale, 1e30},  {"a", p->a, 1e30},
        {"b", p->b, 1e30},          {"g", p->g, samplerate_hz},
        {"y", p->y, samplerate_hz}, {"l", p->l, samplerate_hz},
        {"r", p->r, samplerate_hz}, {"l + r", p->l + p->r, samplerate_hz},
        {"x", p->x, samplerate_hz}, {"m", p->m, 1e30},
        {"h", p->h, 1e30},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (!(limits[i].value > 0 && limits[i].value < limits[i].most))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "%s of the hair cell is %g; it must be above 0 and "
                               "below %g%s",
                               limits[i].name, limits[i].value, limits[i].most,
                               limits[i].most == samplerate_hz ? " (the sample rate)"
                                                               : "");
    return BH_OK;
}

static void
set_channel(struct bh_rows *rows, size_t ch, bh_haircell_params p, double dt_s)
{
    const double c = cleft_at_rest(p);
    const double values[HAIRCELL_FIELDS] = {
        [HAIRCELL_SCALE] = p.scale,
        [HAIRCELL_A] = p.a,
        [HAIRCELL_B] = p.b,
        [HAIRCELL_G] = p.g * dt_s,
        [HAIRCELL_Y] = p.y * dt_s,
        [HAIRCELL_L] = p.l * dt_s,
        [HAIRCELL_R] = p.r * dt_s,
        [HAIRCELL_X] = p.x * dt_s,
        [HAIRCELL_M] = p.m,
        [HAIRCELL_H] = p.h,
        [HAIRCELL_Q] = c * (p.l + p.r) / release_at_rest(p),
        [HAIRCELL_C] = c,
        [HAIRCELL_W] = c * p.r / p.x,
    };
    for (size_t i = 0; i < HAIRCELL_FIELDS; i++)
        bh_rows_set(rows, ch, i, values[i]);
}

bh_status
bh_haircell_new(double samplerate_hz, const double *cf_hz, size_t channels,
                const bh_haircell_params *params, bh_precision precision,
                bh_filterbank **out, bh_diag *diag)
{
    const bh_haircell_params defaults =
        bh_haircell_params_default(BH_HAIRCELL_HIGH_1990);
    params = params ? params : &defaults;
    const struct haircell_kernels *kernels = BH_ISA_PICK(bh_haircell_kernels);
    const struct bh_rows_config config = {
        .samplerate_hz = samplerate_hz,
        .cf_hz = cf_hz,
        .channels = channels,
        .fields = HAIRCELL_FIELDS,
        .precision = precision,
        .row_precision = precision,
        .run = precision == BH_SINGLE ? kernels->run_float : kernels->run_double,
        .device_text = bh_lane_haircell,
    };
    struct bh_rows *rows;
    BH_TRY(bh_rows_check(&config, diag));
    BH_TRY(check(params, samplerate_hz, diag));
    BH_TRY(bh_rows_new(&config, &rows, diag));
    for (size_t ch = 0; ch < channels; ch++)
        set_channel(rows, ch, *params, 1 / samplerate_hz);
    return bh_rows_finish(rows, out, diag);
}
