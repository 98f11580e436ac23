/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/filterbank_ops.h"
#include "filterbank/iir_ops.h"

#include <math.h>
#include <stdbool.h>

static const double pi = 3.14159265358979323846;

/* Edges as analogue frequencies, tan(pi f / samplerate). */
struct edges {
    double pass[2], stop[2];
};

/* How many times the pass edge of the prototype its stop edge is: the nearer of two. */
static double
selectivity(bh_iir_band band, const struct edges *e)
{
    double nearest = INFINITY;
    if (band == BH_IIR_LOWPASS)
        return e->stop[0] / e->pass[0];
    if (band == BH_IIR_HIGHPASS)
        return e->pass[0] / e->stop[0];
    for (int i = 0; i < 2; i++) {
        double at = e->stop[i], width = e->pass[1] - e->pass[0];
        double ratio = fabs((at * at - e->pass[0] * e->pass[1]) / (at * width));
        nearest = fmin(nearest, band == BH_IIR_BANDPASS ? ratio : 1 / ratio);
    }
    return nearest;
}

/* The least order as if orders could be broken. */
static double
broken_order(const bh_iir_spec *spec, const struct edges *e)
{
    double ratio = selectivity(spec->band, e);
    double k1_squared = expm1(spec->ripple_db * log(10) / 10) /
                        expm1(spec->attenuation_db * log(10) / 10);
    if (spec->family == BH_IIR_BUTTERWORTH)
        return -log(k1_squared) / (2 * log(ratio));
    if (spec->family != BH_IIR_ELLIPTIC)
        return acosh(sqrt(1 / k1_squared)) / acosh(ratio);
    double k = 1 / ratio, complement = (1 - k) * (1 + k);
    return bh_iir_complete_integral(complement) * bh_iir_complete_integral(k1_squared) /
           (bh_iir_complete_integral(k * k) * bh_iir_complete_integral(1 - k1_squared));
}

/* Moves one pass edge of a band stop towards the stop edge, to where the order is
 * least: a filter is symmetric, so the edge farther away may be free to move. Golden
 * section. */
static void
move_edge(const bh_iir_spec *spec, struct edges *e, int which)
{
    const double part = (sqrt(5) - 1) / 2;
    double low = fmin(e->pass[which], e->stop[which]) + (which == 1 ? 1e-12 : 0);
    double high = fmax(e->pass[which], e->stop[which]) - (which == 0 ? 1e-12 : 0);
    while (high - low > 1e-9 * high) {
        double at[2] = {high - part * (high - low), low + part * (high - low)};
        double order[2];
        for (int i = 0; i < 2; i++) {
            e->pass[which] = at[i];
            order[i] = broken_order(spec, e);
        }
        if (order[0] <= order[1])
            high = at[1];
        else
            low = at[0];
    }
    e->pass[which] = (low + high) / 2;
}

/* Where the prototype, whose pass edge is 1, has to have its own edge so that it loses
 * `ripple_db` at 1. */
static double
natural_edge(const bh_iir_spec *spec, size_t order)
{
    double ripple = sqrt(expm1(spec->ripple_db * log(10) / 10));
    double stop = sqrt(expm1(spec->attenuation_db * log(10) / 10));
    if (spec->family == BH_IIR_BUTTERWORTH)
        return pow(ripple, -1 / (double)order);
    if (spec->family == BH_IIR_CHEBYSHEV2)
        return cosh(acosh(stop / ripple) / (double)order);
    return 1;
}

/* The edges of the filter of which the prototype has its edge at `natural`. */
static void
set_edges(const bh_iir_spec *spec, const struct edges *e, double natural,
          double samplerate_hz, bh_iir_filter *filter)
{
    double low = e->pass[0], high = e->pass[1];
    if (spec->band == BH_IIR_LOWPASS)
        low *= natural;
    else if (spec->band == BH_IIR_HIGHPASS)
        low /= natural;
    else {
        double scale = spec->band == BH_IIR_BANDPASS ? natural : 1 / natural;
        double half = scale * (high - low) / 2, product = low * high;
        high = half + sqrt(half * half + product);
        low = product / high;
    }
    filter->edge_hz[0] = atan(low) * samplerate_hz / pi;
    if (spec->band >= BH_IIR_BANDPASS)
        filter->edge_hz[1] = atan(high) * samplerate_hz / pi;
}

static bool
edges_fit(const bh_iir_spec *spec)
{
    const double *pass = spec->pass_hz, *stop = spec->stop_hz;
    switch (spec->band) {
    case BH_IIR_LOWPASS:
        return pass[0] < stop[0];
    case BH_IIR_HIGHPASS:
        return stop[0] < pass[0];
    case BH_IIR_BANDPASS:
        return stop[0] < pass[0] && pass[0] < pass[1] && pass[1] < stop[1];
    default:
        return pass[0] < stop[0] && stop[0] < stop[1] && stop[1] < pass[1];
    }
}

static bh_status
check_spec(double samplerate_hz, const bh_iir_spec *spec, bh_diag *diag)
{
    static const char *const orders[] = {"pass below stop", "stop below pass",
                                         "the pass band within the stop edges",
                                         "the stop band within the pass edges"};
    if (spec->family == BH_IIR_BESSEL)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a Bessel filter has no least order; choose one");
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, NULL, 1, diag));
    int count = spec->band >= BH_IIR_BANDPASS ? 2 : 1;
    for (int i = 0; i < count; i++)
        if (!(fmin(spec->pass_hz[i], spec->stop_hz[i]) > 0) ||
            !(fmax(spec->pass_hz[i], spec->stop_hz[i]) < samplerate_hz / 2))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "a filter passes %g Hz and stops %g Hz; both must be "
                               "above 0 and below half the sample rate (%g Hz)",
                               spec->pass_hz[i], spec->stop_hz[i], samplerate_hz / 2);
    if (!edges_fit(spec))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a filter passes %g Hz and stops %g Hz; this band needs %s",
                           spec->pass_hz[0], spec->stop_hz[0], orders[spec->band]);
    if (!(spec->ripple_db > 0) || !(spec->attenuation_db > spec->ripple_db))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a filter loses at most %g dB in its pass band and at least "
                           "%g dB in its stop band; the first must be above 0 and the "
                           "second above the first",
                           spec->ripple_db, spec->attenuation_db);
    return BH_OK;
}

bh_status
bh_iir_least_order(double samplerate_hz, const bh_iir_spec *spec, bh_iir_filter *filter,
                   bh_diag *diag)
{
    struct edges e;
    BH_TRY(check_spec(samplerate_hz, spec, diag));
    for (int i = 0; i < 2; i++) {
        e.pass[i] = tan(pi * spec->pass_hz[i] / samplerate_hz);
        e.stop[i] = tan(pi * spec->stop_hz[i] / samplerate_hz);
    }
    for (int i = 0; i < 2 && spec->band == BH_IIR_BANDSTOP; i++)
        move_edge(spec, &e, i);
    double order = ceil(broken_order(spec, &e));
    if (!(order <= BH_IIR_ORDER_MAX))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a filter that passes %g Hz and stops %g Hz has order %g; "
                           "at most %d is possible: move the edges apart, or ask for "
                           "an elliptic filter or less loss",
                           spec->pass_hz[0], spec->stop_hz[0], order, BH_IIR_ORDER_MAX);
    *filter = (bh_iir_filter){
        .family = spec->family,
        .band = spec->band,
        .order = order > 1 ? (size_t)order : 1,
        .ripple_db = spec->ripple_db,
        .attenuation_db = spec->attenuation_db,
    };
    set_edges(spec, &e, natural_edge(spec, filter->order), samplerate_hz, filter);
    return BH_OK;
}
