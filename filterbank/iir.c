/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/iir.h"

#include "filterbank/filterbank_ops.h"
#include "filterbank/iir_ops.h"
#include "filterbank/linear.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static const double pi = 3.14159265358979323846;

/* A filter on its way from the prototype to sections. The bilinear transform is
 * s = (z - 1) / (z + 1), so that an edge at f is at s = i tan(pi f / samplerate). */
struct design {
    bh_iir_band band;
    double low, high; /* edges on the axis of s; low pass and high pass: only low */
    bh_iir_section *sections;
    size_t count;
};

/* (s^2 + c1 s + c0) / (s + 1)^2 up to a factor, as a polynomial in 1 / z. */
static void
set_quadratic(double to[3], double c1, double c0)
{
    double scale = 1 + c1 + c0;
    to[0] = 1;
    to[1] = 2 * (c0 - 1) / scale;
    to[2] = (1 - c1 + c0) / scale;
}

/* (s + c) / (s + 1) likewise. */
static void
set_line(double to[3], double c)
{
    to[0] = 1;
    to[1] = (c - 1) / (c + 1);
    to[2] = 0;
}

/* Zeros at s = +- i w; w may be infinite. */
static void
set_zeros(double to[3], double w)
{
    to[0] = to[2] = 1;
    to[1] = isinf(w) ? 2 : 2 * (w - 1) * (w + 1) / (1 + w * w);
}

static void
add_section(struct design *d, double complex pole, double zero)
{
    bh_iir_section *section = &d->sections[d->count++];
    double size = cabs(pole);
    set_quadratic(section->a, -2 * creal(pole), size * size);
    set_zeros(section->b, zero);
}

/* A conjugate pair of the prototype, with its pair of zeros. In a band it becomes two
 * pairs, whose product is the product of the edges. */
static void
add_pair(struct design *d, double complex pole, double zero)
{
    double width = d->high - d->low, product = d->low * d->high;
    if (d->band == BH_IIR_LOWPASS) {
        add_section(d, pole * d->low, zero * d->low);
        return;
    }
    if (d->band == BH_IIR_HIGHPASS) {
        add_section(d, d->low / pole, d->low / zero);
        return;
    }
    double complex half = (d->band == BH_IIR_BANDPASS ? pole : 1 / pole) * width / 2;
    double complex root = csqrt(half * half - product);
    double complex up = cabs(half + root) > cabs(half - root) ? half + root
                                                              : half - root;
    double zero_half = (d->band == BH_IIR_BANDPASS ? zero : 1 / zero) * width / 2;
    double zero_up = zero_half + hypot(zero_half, sqrt(product));
    add_section(d, product / up, product / zero_up);
    add_section(d, up, zero_up);
}

/* The pole on the real axis, whose zero is infinite. */
static void
add_real(struct design *d, double pole)
{
    bh_iir_section *section = &d->sections[d->count++];
    double width = d->high - d->low, product = d->low * d->high;
    switch (d->band) {
    case BH_IIR_LOWPASS:
        set_line(section->a, -pole * d->low);
        section->b[0] = section->b[1] = 1;
        section->b[2] = 0;
        break;
    case BH_IIR_HIGHPASS:
        set_line(section->a, -d->low / pole);
        set_line(section->b, 0);
        break;
    case BH_IIR_BANDPASS:
        set_quadratic(section->a, -pole * width, product);
        section->b[0] = 1;
        section->b[1] = 0;
        section->b[2] = -1;
        break;
    default:
        set_quadratic(section->a, -width / pole, product);
        set_zeros(section->b, sqrt(product));
    }
}

static double complex
evaluate(const double polynomial[3], double complex u)
{
    return polynomial[0] + u * (polynomial[1] + u * polynomial[2]);
}

/* Gives the filter the gain `gain` in the middle of its pass band, and each section the
 * gain 1, so that none overflows and none rounds away what the next needs. */
static void
set_gain(struct design *d, double gain)
{
    double angle = 0;
    double complex total = 1;
    if (d->band == BH_IIR_HIGHPASS)
        angle = pi;
    else if (d->band == BH_IIR_BANDPASS)
        angle = 2 * atan(sqrt(d->low * d->high));
    double complex u = cexp(-I * angle);
    for (size_t i = 0; i < d->count; i++) {
        bh_iir_section *section = &d->sections[i];
        double complex response = evaluate(section->b, u) / evaluate(section->a, u);
        total *= response / cabs(response);
        for (int k = 0; k < 3; k++)
            section->b[k] /= cabs(response);
    }
    for (int k = 0; k < 3; k++)
        d->sections[0].b[k] *= creal(total) < 0 ? -gain : gain;
}

static void
design_sections(double samplerate_hz, const bh_iir_filter *filter,
                bh_iir_section *sections, size_t *count)
{
    struct bh_iir_prototype prototype = bh_iir_prototype_of(filter);
    struct design d = {
        .band = filter->band,
        .low = tan(pi * filter->edge_hz[0] / samplerate_hz),
        .sections = sections,
    };
    if (filter->band >= BH_IIR_BANDPASS)
        d.high = tan(pi * filter->edge_hz[1] / samplerate_hz);
    if (prototype.real_pole != 0)
        add_real(&d, prototype.real_pole);
    for (size_t i = prototype.pairs; i-- > 0;)
        add_pair(&d, prototype.pole[i], prototype.zero[i]);
    set_gain(&d, prototype.dc);
    *count = d.count;
}

static bool
uses_ripple(bh_iir_family family)
{
    return family == BH_IIR_CHEBYSHEV1 || family == BH_IIR_ELLIPTIC;
}

static bool
uses_attenuation(bh_iir_family family)
{
    return family == BH_IIR_CHEBYSHEV2 || family == BH_IIR_ELLIPTIC;
}

static bh_status
check_losses(const bh_iir_filter *filter, size_t ch, bh_diag *diag)
{
    double ripple_db = filter->ripple_db, attenuation_db = filter->attenuation_db;
    if (uses_ripple(filter->family) && (!(ripple_db > 0) || !isfinite(ripple_db)))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "filter %zu has a ripple of %g dB; it must be above 0", ch,
                           ripple_db);
    if (uses_attenuation(filter->family) &&
        (!(attenuation_db > 0) || !(attenuation_db <= 300)))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "filter %zu has an attenuation of %g dB; it must be above 0 "
                           "and at most 300",
                           ch, attenuation_db);
    if (filter->family == BH_IIR_ELLIPTIC && !(ripple_db < attenuation_db))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "filter %zu has a ripple of %g dB, which must be less than "
                           "its attenuation of %g dB",
                           ch, ripple_db, attenuation_db);
    return BH_OK;
}

static bh_status
check_filter(double samplerate_hz, const bh_iir_filter *filter, size_t ch,
             bh_diag *diag)
{
    if ((unsigned)filter->family > BH_IIR_BESSEL ||
        (unsigned)filter->band > BH_IIR_BANDSTOP)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "filter %zu has family %d and band %d, which do not exist",
                           ch, (int)filter->family, (int)filter->band);
    if (filter->order < 1 || filter->order > BH_IIR_ORDER_MAX)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "filter %zu has order %zu; it must be from 1 to %d", ch,
                           filter->order, BH_IIR_ORDER_MAX);
    int edges = filter->band >= BH_IIR_BANDPASS ? 2 : 1;
    for (int i = 0; i < edges; i++)
        if (!(filter->edge_hz[i] > 0) || !(filter->edge_hz[i] < samplerate_hz / 2))
            return bh_diag_set(
                diag, BH_ERR_ARGUMENT,
                "filter %zu has an edge at %g Hz; it must be above 0 and "
                "below half the sample rate (%g Hz)",
                ch, filter->edge_hz[i], samplerate_hz / 2);
    if (edges == 2 && !(filter->edge_hz[0] < filter->edge_hz[1]))
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "filter %zu has its lower edge at %g Hz and its upper one at "
            "%g Hz; the lower one must come first",
            ch, filter->edge_hz[0], filter->edge_hz[1]);
    return check_losses(filter, ch, diag);
}

bh_status
bh_iir_design(double samplerate_hz, const bh_iir_filter *filter,
              bh_iir_section *sections, size_t *count, bh_diag *diag)
{
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, NULL, 1, diag));
    BH_TRY(check_filter(samplerate_hz, filter, 0, diag));
    design_sections(samplerate_hz, filter, sections, count);
    return BH_OK;
}

bh_status
bh_iir_sections_new(double samplerate_hz, size_t channels,
                    const bh_iir_section *sections, size_t stages, const double *cf_hz,
                    bh_precision precision, bh_filterbank **out, bh_diag *diag)
{
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, NULL, channels, diag));
    double *b = calloc(channels, 3 * stages * sizeof *b);
    double *a = calloc(channels, 3 * stages * sizeof *a);
    bh_linear_params params = {
        .b = b, .a = a, .order = 2, .stages = stages, .cf_hz = cf_hz};
    bh_status status = BH_ERR_MEMORY;
    if (b && a) {
        for (size_t i = 0; i < channels * 3 * stages; i++) {
            size_t ch = i / (3 * stages), tap = i / stages % 3, stage = i % stages;
            b[i] = sections[ch * stages + stage].b[tap];
            a[i] = sections[ch * stages + stage].a[tap];
        }
        status = bh_linear_new(samplerate_hz, channels, &params, precision, out, diag);
    } else {
        bh_diag_set(diag, status, "no memory for %zu channels", channels);
    }
    free(a);
    free(b);
    return status;
}

/* Shorter filters than the longest end in sections that pass everything. */
static bh_status
design_bank(double samplerate_hz, size_t channels, const bh_iir_filter *filters,
            size_t stages, bh_precision precision, bh_filterbank **out, bh_diag *diag)
{
    bh_iir_section *sections = calloc(channels, stages * sizeof *sections);
    double *cf_hz = calloc(channels, sizeof *cf_hz);
    bh_status status = BH_ERR_MEMORY;
    if (sections && cf_hz) {
        for (size_t ch = 0; ch < channels; ch++) {
            const bh_iir_filter *filter = &filters[ch];
            bh_iir_section *to = sections + ch * stages;
            size_t count;
            design_sections(samplerate_hz, filter, to, &count);
            for (; count < stages; count++)
                to[count] = (bh_iir_section){.b = {1}, .a = {1}};
            cf_hz[ch] = filter->band >= BH_IIR_BANDPASS
                            ? sqrt(filter->edge_hz[0]) * sqrt(filter->edge_hz[1])
                            : filter->edge_hz[0];
        }
        status = bh_iir_sections_new(samplerate_hz, channels, sections, stages, cf_hz,
                                     precision, out, diag);
    } else {
        bh_diag_set(diag, status, "no memory for %zu channels", channels);
    }
    free(cf_hz);
    free(sections);
    return status;
}

bh_status
bh_iir_new(double samplerate_hz, size_t channels, const bh_iir_filter *filters,
           bh_precision precision, bh_filterbank **out, bh_diag *diag)
{
    size_t stages = 1;
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, NULL, channels, diag));
    for (size_t ch = 0; ch < channels; ch++) {
        BH_TRY(check_filter(samplerate_hz, &filters[ch], ch, diag));
        size_t needed = filters[ch].band >= BH_IIR_BANDPASS
                            ? filters[ch].order
                            : (filters[ch].order + 1) / 2;
        stages = needed > stages ? needed : stages;
    }
    return design_bank(samplerate_hz, channels, filters, stages, precision, out, diag);
}

bh_status
bh_butterworth_new(double samplerate_hz, size_t channels, size_t order,
                   bh_iir_band band, const double *edge_hz, bh_precision precision,
                   bh_filterbank **out, bh_diag *diag)
{
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, NULL, channels, diag));
    bh_iir_filter *filters = calloc(channels, sizeof *filters);
    if (!filters)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    for (size_t ch = 0; ch < channels; ch++) {
        filters[ch] = (bh_iir_filter){.band = band, .order = order};
        filters[ch].edge_hz[0] = edge_hz[ch];
        if (band == BH_IIR_BANDPASS || band == BH_IIR_BANDSTOP)
            filters[ch].edge_hz[1] = edge_hz[channels + ch];
    }
    bh_status status =
        bh_iir_new(samplerate_hz, channels, filters, precision, out, diag);
    free(filters);
    return status;
}
