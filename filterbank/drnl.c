/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/drnl.h"

#include "filterbank/drnl_kernel.h"
#include "filterbank/lane_device_kernel.h"
#include "filterbank/rows_ops.h"

#include <math.h>
#include <stdbool.h>

static const double pi = 3.14159265358979323846;

static bh_drnl_params
human(void)
{
    const bh_drnl_law linear_cf = {-0.06762, 1.01679};
    const bh_drnl_law nonlinear_cf = {-0.05252, 1.01650};
    return (bh_drnl_params){
        .linear_order = 2,
        .nonlinear_lowpasses = 3,
        .linear_cf = linear_cf,
        .linear_bandwidth = {0.03728, 0.78563},
        .linear_cutoff = linear_cf,
        .linear_gain = {4.20405, -0.47909},
        .nonlinear_cf = nonlinear_cf,
        .nonlinear_bandwidth = {-0.03193, 0.77426},
        .nonlinear_cutoff = nonlinear_cf,
        .a = {1.40298, 0.81916},
        .b = {1.61912, -0.81867},
        .c = {-0.60206, 0},
    };
}

static bh_drnl_params
guinea_pig(void)
{
    const bh_drnl_law linear_cf = {0.339, 0.895}, nonlinear_cf = {0, 1};
    return (bh_drnl_params){
        .linear_order = 3,
        .nonlinear_lowpasses = 4,
        .linear_cf = linear_cf,
        .linear_bandwidth = {1.3, 0.53},
        .linear_cutoff = linear_cf,
        .linear_gain = {5.68, -0.97},
        .nonlinear_cf = nonlinear_cf,
        .nonlinear_bandwidth = {0.8, 0.58},
        .nonlinear_cutoff = nonlinear_cf,
        .a = {1.87, 0.45},
        .b = {-5.65, 0.875},
        .c = {-1, 0},
    };
}

bh_drnl_params
bh_drnl_params_default(bh_drnl_species species)
{
    bh_drnl_params params = species == BH_DRNL_HUMAN ? human() : guinea_pig();
    params.stapes_scale = 1.4e-4;
    params.lowpass = BH_DRNL_BUTTERWORTH;
    params.nonlinear_order = 3;
    params.linear_lowpasses = 4;
    return params;
}

bh_drnl_params
bh_drnl_params_brian2hears(bh_drnl_species species)
{
    bh_drnl_params params = bh_drnl_params_default(species);
    params.lowpass = BH_DRNL_FIRST_ORDER;
    params.linear_order = 3;
    params.nonlinear_lowpasses = 3;
    if (species == BH_DRNL_HUMAN) {
        params.linear_cf = params.linear_cutoff = (bh_drnl_law){-0.067, 1.016};
        params.linear_bandwidth = (bh_drnl_law){0.037, 0.785};
        params.linear_gain = (bh_drnl_law){4.2, 0.48};
        params.nonlinear_cf = params.nonlinear_cutoff = (bh_drnl_law){-0.052, 1.016};
        params.nonlinear_bandwidth = (bh_drnl_law){-0.031, 0.774};
        params.a = (bh_drnl_law){1.402, 0.819};
        params.b = (bh_drnl_law){1.619, -0.818};
        params.c = (bh_drnl_law){-0.602, 0};
    } else {
        params.linear_cf = params.linear_cutoff = (bh_drnl_law){0.339, 0.339};
    }
    return params;
}

double
bh_drnl_law_at(bh_drnl_law law, double cf_hz)
{
    return pow(10, law.p0 + law.m * log10(cf_hz));
}

static bh_status
check_count(const char *name, size_t count, size_t least, bh_diag *diag)
{
    if (count >= least && count <= DRNL_ORDER_MAX)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "%s of the DRNL is %zu; it must be %zu to %d", name, count,
                       least, DRNL_ORDER_MAX);
}

static bh_status
check_counts(const bh_drnl_params *params, bh_diag *diag)
{
    BH_TRY(check_count("linear_order", params->linear_order, 1, diag));
    BH_TRY(check_count("nonlinear_order", params->nonlinear_order, 1, diag));
    BH_TRY(check_count("linear_lowpasses", params->linear_lowpasses, 0, diag));
    BH_TRY(check_count("nonlinear_lowpasses", params->nonlinear_lowpasses, 0, diag));
    if (isfinite(params->stapes_scale) && params->stapes_scale > 0)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "stapes_scale of the DRNL is %g; it must be above 0",
                       params->stapes_scale);
}

/* Every law that has a range of its own, for one place. */
static bh_status
check_place(const bh_drnl_params *params, double samplerate_hz, size_t ch, double cf_hz,
            bh_diag *diag)
{
    const double half_hz = samplerate_hz / 2;
    const double cutoff_hz = params->lowpass == BH_DRNL_FIRST_ORDER ? samplerate_hz / pi
                                                                    : half_hz;
    const struct {
        const char *name;
        bh_drnl_law law;
        double most; /* must be below this */
    } limits[] = {
        {"linear_cf", params->linear_cf, half_hz},
        {"nonlinear_cf", params->nonlinear_cf, half_hz},
        {"linear_cutoff", params->linear_cutoff, cutoff_hz},
        {"nonlinear_cutoff", params->nonlinear_cutoff, cutoff_hz},
        {"linear_bandwidth", params->linear_bandwidth, samplerate_hz},
        {"nonlinear_bandwidth", params->nonlinear_bandwidth, samplerate_hz},
        {"linear_gain", params->linear_gain, 1e15},
        {"a", params->a, 1e15},
        {"b", params->b, 1e15},
        {"c", params->c, 1 + 1e-12},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        const double value = bh_drnl_law_at(limits[i].law, cf_hz);
        if (!(value > 1e-15 && value < limits[i].most))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "%s of the DRNL is %g in channel %zu (cf %g Hz); it "
                               "must be above 0 and below %g",
                               limits[i].name, value, ch, cf_hz, limits[i].most);
    }
    return BH_OK;
}

/* A channel of a row and how its cascades are computed. */
struct place {
    struct bh_rows *rows;
    size_t ch;
    double samplerate_hz;
    bh_resonator_form form;
};

static void
set_cascade(const struct place *at, size_t field, double cf_hz, double bandwidth_hz,
            double order, double gain)
{
    struct bh_resonator pole;
    const double unit =
        bh_resonator_gammatone(at->samplerate_hz, cf_hz, bandwidth_hz, at->form, &pole);
    bh_rows_set(at->rows, at->ch, field + RESONATOR_NEAR_RE,
                pole.coeffs[RESONATOR_NEAR_RE]);
    bh_rows_set(at->rows, at->ch, field + RESONATOR_MINUS_IM2,
                pole.coeffs[RESONATOR_MINUS_IM2]);
    bh_rows_set(at->rows, at->ch, field + CASCADE_GAIN, gain * pow(unit, order));
}

static void
set_lowpass(struct bh_rows *rows, size_t ch, size_t field, double samplerate_hz,
            double cutoff_hz, bool first_order)
{
    if (first_order) {
        bh_rows_set(rows, ch, field, 2 * pi * cutoff_hz / samplerate_hz);
        return;
    }
    const double w = 2 * samplerate_hz * tan(pi * cutoff_hz / samplerate_hz);
    const double numerator[] = {w * w, 0, 0};
    const struct bh_resonator r =
        bh_resonator_bilinear(samplerate_hz, -w * sqrt(0.5), w * sqrt(0.5), numerator);
    for (size_t i = 0; i < RESONATOR_COEFFS; i++)
        bh_rows_set(rows, ch, field + i, r.coeffs[i]);
}

static void
set_paths(const struct place *at, const bh_drnl_params *params, double cf_hz)
{
    const double order = (double)params->nonlinear_order;
    const double nonlinear_hz = bh_drnl_law_at(params->nonlinear_cf, cf_hz);
    const double width_hz = bh_drnl_law_at(params->nonlinear_bandwidth, cf_hz);
    set_cascade(at, DRNL_LINEAR, bh_drnl_law_at(params->linear_cf, cf_hz),
                bh_drnl_law_at(params->linear_bandwidth, cf_hz),
                (double)params->linear_order,
                params->stapes_scale * bh_drnl_law_at(params->linear_gain, cf_hz));
    set_cascade(at, DRNL_BEFORE, nonlinear_hz, width_hz, order, params->stapes_scale);
    set_cascade(at, DRNL_AFTER, nonlinear_hz, width_hz, order, 1);
}

static double
narrowest(const bh_drnl_params *params, const double *cf_hz, size_t n)
{
    double width_hz = INFINITY;
    for (size_t ch = 0; ch < n; ch++) {
        const double linear_hz = bh_drnl_law_at(params->linear_bandwidth, cf_hz[ch]);
        const double other_hz = bh_drnl_law_at(params->nonlinear_bandwidth, cf_hz[ch]);
        width_hz = fmin(width_hz, fmin(linear_hz, other_hz));
    }
    return width_hz;
}

static void
set_channel(const struct place *at, const bh_drnl_params *params, double cf_hz)
{
    const bool first_order = params->lowpass == BH_DRNL_FIRST_ORDER;
    const double samplerate_hz = at->samplerate_hz;
    struct bh_rows *rows = at->rows;
    const size_t ch = at->ch;
    set_paths(at, params, cf_hz);
    set_lowpass(rows, ch, DRNL_LINEAR_LOWPASS, samplerate_hz,
                bh_drnl_law_at(params->linear_cutoff, cf_hz), first_order);
    set_lowpass(rows, ch, DRNL_NONLINEAR_LOWPASS, samplerate_hz,
                bh_drnl_law_at(params->nonlinear_cutoff, cf_hz), first_order);
    bh_rows_set(rows, ch, DRNL_A, bh_drnl_law_at(params->a, cf_hz));
    bh_rows_set(rows, ch, DRNL_LOG_B, log(bh_drnl_law_at(params->b, cf_hz)));
    bh_rows_set(rows, ch, DRNL_C, bh_drnl_law_at(params->c, cf_hz));
    bh_rows_set(rows, ch, DRNL_DELTA, at->form == BH_RESONATOR_DELTA);
    bh_rows_set(rows, ch, DRNL_FIRST_ORDER, first_order);
    bh_rows_set(rows, ch, DRNL_LINEAR_COUNT, (double)params->linear_order);
    bh_rows_set(rows, ch, DRNL_NONLINEAR_COUNT, (double)params->nonlinear_order);
    bh_rows_set(rows, ch, DRNL_LINEAR_LOWPASSES, (double)params->linear_lowpasses);
    bh_rows_set(rows, ch, DRNL_NONLINEAR_LOWPASSES,
                (double)params->nonlinear_lowpasses);
}

bh_status
bh_drnl_new(double samplerate_hz, const double *cf_hz, size_t channels,
            const bh_drnl_params *params, bh_precision precision, bh_filterbank **out,
            bh_diag *diag)
{
    const bh_drnl_params defaults = bh_drnl_params_default(BH_DRNL_HUMAN);
    params = params ? params : &defaults;
    const struct drnl_kernels *kernels = BH_ISA_PICK(bh_drnl_kernels);
    const struct bh_rows_config config = {
        .samplerate_hz = samplerate_hz,
        .cf_hz = cf_hz,
        .channels = channels,
        .fields = DRNL_FIELDS,
        .precision = precision,
        .row_precision = precision,
        .run = precision == BH_SINGLE ? kernels->run_float : kernels->run_double,
        .device_text = bh_lane_drnl,
    };
    struct bh_rows *rows;
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, cf_hz, channels, diag));
    BH_TRY(check_counts(params, diag));
    for (size_t ch = 0; ch < channels; ch++)
        BH_TRY(check_place(params, samplerate_hz, ch, cf_hz[ch], diag));
    BH_TRY(bh_rows_new(&config, &rows, diag));
    struct place at = {.rows = rows, .samplerate_hz = samplerate_hz};
    for (; at.ch < channels; at.ch++) {
        const size_t left = channels - at.ch;
        if (at.ch % BH_LANES == 0)
            at.form = bh_resonator_form_for(
                precision, samplerate_hz,
                narrowest(params, cf_hz + at.ch, left < BH_LANES ? left : BH_LANES));
        set_channel(&at, params, cf_hz[at.ch]);
    }
    return bh_rows_finish(rows, out, diag);
}
