/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "filterbank/iir.h"

#include "tests/filterbank/bank.h"

#include <complex.h>

static const double pi = 3.14159265358979323846;

static bh_filterbank *
make_iir(size_t channels, const bh_iir_filter *filters, bh_precision precision)
{
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_iir_new(44100, channels, filters, precision, &fb, &diag), diag);
    return fb;
}

/* brian2hears filters with one polynomial of the whole filter. For the band from 200 to
 * 500 Hz, order 6, it is wrong by 1.0e-6, which 40-digit arithmetic on the same poles
 * and zeros shows (exact.f64); our sections are wrong by 7e-13. */
static void
golden_specs(void)
{
    static const struct {
        const char *name;
        bh_iir_spec spec;
        double cf_hz, tolerance;
    } cases[] = {
        {"iir_ellip_bandpass",
         {BH_IIR_ELLIPTIC, BH_IIR_BANDPASS, {200, 500}, {100, 600}, 3, 20},
         316.22776601683796,
         1.1e-6},
        {"iir_cheby1_low",
         {BH_IIR_CHEBYSHEV1, BH_IIR_LOWPASS, {2000}, {3000}, 1, 30},
         2000,
         1e-9},
    };
    for (size_t i = 0; i < 2; i++) {
        struct golden golden = read_golden(cases[i].name);
        bh_iir_filter filters[3];
        bh_diag diag = {0};
        CHECK_OK(bh_iir_least_order(44100, &cases[i].spec, &filters[0], &diag), diag);
        filters[1] = filters[2] = filters[0];
        bh_filterbank *fb = make_iir(golden.channels, filters, BH_DOUBLE);
        CHECK_NEAR(bh_filterbank_cf(fb)[1], cases[i].cf_hz, 1e-9);
        check_golden(&golden, fb, cases[i].tolerance);
        check_golden(&golden, make_iir(golden.channels, filters, BH_SINGLE), 2e-6);
        free_golden(&golden);
    }
}

static void
golden_exact(void)
{
    const bh_iir_spec spec = {
        BH_IIR_ELLIPTIC, BH_IIR_BANDPASS, {200, 500}, {100, 600}, 3, 20};
    struct golden golden = read_golden("iir_ellip_bandpass");
    bh_iir_filter filter;
    CHECK(bh_iir_least_order(44100, &spec, &filter, NULL) == BH_OK);
    free(golden.output);
    golden.output = read_samples(golden.name, "exact.f64", golden.frames);
    golden.channels = 1;
    check_golden(&golden, make_iir(1, &filter, BH_DOUBLE), 1e-11);
    free_golden(&golden);
}

static void
golden_butterworth(void)
{
    static const struct {
        const char *name;
        size_t order;
        bh_iir_band band;
        double edge_hz[4];
    } cases[] = {
        {"butter_low_scalar", 4, BH_IIR_LOWPASS, {1000, 1000}},
        {"butter_high_array", 2, BH_IIR_HIGHPASS, {200, 800, 3000, 9000}},
    };
    for (size_t i = 0; i < 2; i++) {
        struct golden golden = read_golden(cases[i].name);
        for (int p = BH_SINGLE; p <= BH_DOUBLE; p++) {
            bh_filterbank *fb = NULL;
            bh_diag diag = {0};
            CHECK_OK(bh_butterworth_new(golden.samplerate_hz, golden.channels,
                                        cases[i].order, cases[i].band, cases[i].edge_hz,
                                        (bh_precision)p, &fb, &diag),
                     diag);
            check_golden(&golden, fb, p == BH_DOUBLE ? 1e-9 : 1e-6);
        }
        free_golden(&golden);
    }
}

static double complex
response(const bh_iir_section *sections, size_t count, double f_hz)
{
    double complex u = cexp(-2 * pi * I * f_hz / 44100), h = 1;
    for (size_t i = 0; i < count; i++) {
        const double *b = sections[i].b, *a = sections[i].a;
        h *= (b[0] + u * (b[1] + u * b[2])) / (a[0] + u * (a[1] + u * a[2]));
    }
    return h;
}

static FILE *
open_table(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/filterbank/%s", BH_TESTS_DIR, name);
    FILE *file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    return file;
}

static bool
scan_doubles(FILE *file, double *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fscanf(file, "%lf", &numbers[i]) != 1)
            return false;
    return true;
}

/* 120 filters of all families, bands and orders to 12. A line of the table is family,
 * band, order, edges, ripple, attenuation, and the response at five frequencies from
 * the poles and zeros of scipy.signal.iirfilter (SciPy 1.10.1). The largest gain is 1.
 * The worst is 5e-10, at 50 Hz, where one ulp of a coefficient is as much. */
static void
responses(void)
{
    static const double f_hz[] = {45, 70, 1200, 4000, 11000};
    FILE *file = open_table("iir_responses.txt");
    double line[17];
    size_t lines = 0;
    for (; scan_doubles(file, line, 17); lines++) {
        bh_iir_filter filter = {.family = (bh_iir_family)line[0],
                                .band = (bh_iir_band)line[1],
                                .order = (size_t)line[2],
                                .edge_hz = {line[3], line[4]},
                                .ripple_db = line[5],
                                .attenuation_db = line[6]};
        bh_iir_section sections[BH_IIR_ORDER_MAX];
        size_t count;
        bh_diag diag = {0};
        CHECK_OK(bh_iir_design(44100, &filter, sections, &count, &diag), diag);
        for (size_t i = 0; i < 5; i++) {
            double complex want = line[7 + 2 * i] + I * line[8 + 2 * i];
            CHECK_NEAR(cabs(response(sections, count, f_hz[i]) - want), 0, 3e-9);
        }
    }
    fclose(file);
    CHECK(lines == 120);
}

/* A line is family, band, edges of pass and stop band, losses; then order and edges by
 * buttord, cheb1ord, cheb2ord and ellipord of SciPy 1.10.1. For band stops SciPy seeks
 * one edge only to 1e-5 of the tangent: 2e-3 allowed; the orders are the same. */
static void
least_orders(void)
{
    FILE *file = open_table("iir_orders.txt");
    double line[11];
    size_t lines = 0;
    for (; scan_doubles(file, line, 11); lines++) {
        bh_iir_spec spec = {.family = (bh_iir_family)line[0],
                            .band = (bh_iir_band)line[1],
                            .pass_hz = {line[2], line[3]},
                            .stop_hz = {line[4], line[5]},
                            .ripple_db = line[6],
                            .attenuation_db = line[7]};
        bh_iir_filter filter;
        bh_diag diag = {0};
        CHECK_OK(bh_iir_least_order(44100, &spec, &filter, &diag), diag);
        CHECK(filter.order == (size_t)line[8]);
        double tolerance = spec.band == BH_IIR_BANDSTOP ? 2e-3 : 1e-12;
        CHECK_NEAR(filter.edge_hz[0] / line[9], 1, tolerance);
        if (spec.band >= BH_IIR_BANDPASS)
            CHECK_NEAR(filter.edge_hz[1] / line[10], 1, tolerance);
    }
    fclose(file);
    CHECK(lines == 96);
}

/* A filter does what it was asked for, and one of an order less would not. */
static void
specs_are_kept(void)
{
    static const bh_iir_spec specs[] = {
        {BH_IIR_BUTTERWORTH, BH_IIR_LOWPASS, {1000}, {2000}, 1, 40},
        {BH_IIR_CHEBYSHEV1, BH_IIR_HIGHPASS, {3000}, {2000}, 0.5, 50},
        {BH_IIR_CHEBYSHEV2, BH_IIR_BANDPASS, {1000, 2000}, {700, 2500}, 2, 30},
        {BH_IIR_ELLIPTIC, BH_IIR_BANDSTOP, {1000, 3000}, {1300, 2000}, 0.1, 60},
    };
    for (size_t i = 0; i < 4; i++) {
        const bh_iir_spec *spec = &specs[i];
        bh_iir_filter filter;
        bh_iir_section sections[BH_IIR_ORDER_MAX];
        size_t count;
        CHECK(bh_iir_least_order(44100, spec, &filter, NULL) == BH_OK);
        CHECK(bh_iir_design(44100, &filter, sections, &count, NULL) == BH_OK);
        for (int k = 0; k < (spec->band >= BH_IIR_BANDPASS ? 2 : 1); k++) {
            double pass = cabs(response(sections, count, spec->pass_hz[k]));
            double stop = cabs(response(sections, count, spec->stop_hz[k]));
            CHECK(-20 * log10(pass) <= spec->ripple_db + 1e-9);
            CHECK(-20 * log10(stop) >= spec->attenuation_db - 1e-9);
        }
    }
}

/* Published: the gain of a Butterworth filter is 1 / sqrt(1 + w^2n) of the warped
 * frequency, and the poles of the Bessel filter of order 3 normalised to unit delay are
 * -2.3222 and -1.8389 +- 1.7544i, their product 15. */
static void
published_figures(void)
{
    bh_iir_filter filter = {
        .family = BH_IIR_BUTTERWORTH, .order = 5, .edge_hz = {1000}};
    bh_iir_section sections[BH_IIR_ORDER_MAX];
    size_t count;
    CHECK(bh_iir_design(44100, &filter, sections, &count, NULL) == BH_OK);
    CHECK(count == 3);
    for (double f_hz = 100; f_hz < 20e3; f_hz *= 1.7) {
        double w = tan(pi * f_hz / 44100) / tan(pi * 1000 / 44100);
        double want = 1 / sqrt(1 + pow(w, 10));
        CHECK_NEAR(cabs(response(sections, count, f_hz)) / want, 1, 1e-9);
    }
    filter =
        (bh_iir_filter){.family = BH_IIR_BESSEL, .order = 3, .edge_hz = {44100.0 / 4}};
    CHECK(bh_iir_design(44100, &filter, sections, &count, NULL) == BH_OK);
    double z = -sections[0].a[1], scale = cbrt(15);
    CHECK_NEAR((z - 1) / (z + 1) * scale, -2.3222, 5e-5);
    double complex pole =
        -sections[1].a[1] / 2 +
        csqrt(sections[1].a[1] * sections[1].a[1] / 4 - sections[1].a[2]);
    pole = (pole - 1) / (pole + 1) * scale;
    CHECK_NEAR(creal(pole), -1.8389, 5e-5);
    CHECK_NEAR(fabs(cimag(pole)), 1.7544, 5e-5);
}

/* Channels that differ in family, band and order. */
static bh_filterbank *
mixed_bank(size_t channels, bh_precision precision)
{
    bh_iir_filter *filters = calloc(channels, sizeof *filters);
    for (size_t ch = 0; ch < channels; ch++) {
        size_t kind = ch == channels - 1 ? 0 : ch;
        double low_hz = 200 + 10 * (double)(kind % 100);
        filters[ch] = (bh_iir_filter){.family = (bh_iir_family)(kind % 5),
                                      .band = (bh_iir_band)(kind % 4),
                                      .order = 4 - kind % 3,
                                      .edge_hz = {low_hz, 3 * low_hz},
                                      .ripple_db = 1,
                                      .attenuation_db = 40};
    }
    bh_filterbank *fb = make_iir(channels, filters, precision);
    free(filters);
    return fb;
}

/* Single: the rounding of the output, as filterbank/linear.h says. */
static void
every_bank(void)
{
    check_blocks(mixed_bank);
    check_channels(mixed_bank);
    check_source(mixed_bank);
    check_wide_input(mixed_bank);
    check_single(mixed_bank, 1e-7);
    check_machines(mixed_bank, 1e-10);
    check_silence(mixed_bank, 60000);
}

static void
wrong_filters(void)
{
    static const struct {
        bh_iir_filter filter;
        const char *says;
    } cases[] = {
        {{BH_IIR_BUTTERWORTH, BH_IIR_LOWPASS, 0, {100}, 0, 0}, "has order 0; it must"},
        {{BH_IIR_BUTTERWORTH, BH_IIR_LOWPASS, 21, {100}, 0, 0}, "has order 21"},
        {{BH_IIR_BUTTERWORTH, BH_IIR_LOWPASS, 2, {0}, 0, 0}, "an edge at 0 Hz"},
        {{BH_IIR_BUTTERWORTH, BH_IIR_LOWPASS, 2, {NAN}, 0, 0}, "an edge at nan Hz"},
        {{BH_IIR_BUTTERWORTH, BH_IIR_HIGHPASS, 2, {22050}, 0, 0},
         "an edge at 22050 Hz; it must be above 0 and below half the sample rate"},
        {{BH_IIR_BUTTERWORTH, BH_IIR_BANDPASS, 2, {100, 100}, 0, 0},
         "the lower one must come first"},
        {{BH_IIR_CHEBYSHEV1, BH_IIR_LOWPASS, 2, {100}, 0, 0}, "a ripple of 0 dB"},
        {{BH_IIR_CHEBYSHEV2, BH_IIR_LOWPASS, 2, {100}, 0, -1}, "attenuation of -1 dB"},
        {{BH_IIR_ELLIPTIC, BH_IIR_LOWPASS, 2, {100}, 5, 4},
         "less than its attenuation"},
        {{(bh_iir_family)9, BH_IIR_LOWPASS, 2, {100}, 0, 0}, "family 9 and band 0"},
    };
    bh_filterbank *fb = NULL;
    bh_diag diag;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bh_iir_filter filters[] = {{BH_IIR_BESSEL, BH_IIR_LOWPASS, 1, {100}, 0, 0},
                                   cases[i].filter};
        CHECK(bh_iir_new(44100, 2, filters, BH_DOUBLE, &fb, &diag) == BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, "filter 1 has");
        CHECK_HAS(diag.text, cases[i].says);
    }
    CHECK(bh_iir_new(0, 2, &cases[0].filter, BH_DOUBLE, &fb, &diag) != BH_OK);
    CHECK_HAS(diag.text, "the sample rate is 0 Hz");
    CHECK(bh_iir_new(44100, 0, &cases[0].filter, BH_DOUBLE, &fb, &diag) != BH_OK);
    CHECK_HAS(diag.text, "0 channels");
    CHECK(fb == NULL);
}

static void
wrong_specs(void)
{
    static const struct {
        bh_iir_spec spec;
        const char *says;
    } cases[] = {
        {{BH_IIR_BESSEL, BH_IIR_LOWPASS, {1}, {2}, 1, 2},
         "a Bessel filter has no least"},
        {{BH_IIR_ELLIPTIC, BH_IIR_LOWPASS, {0}, {2}, 1, 2},
         "passes 0 Hz and stops 2 Hz"},
        {{BH_IIR_ELLIPTIC, BH_IIR_LOWPASS, {9}, {3e4}, 1, 2}, "(22050 Hz)"},
        {{BH_IIR_ELLIPTIC, BH_IIR_LOWPASS, {9}, {3}, 1, 2}, "needs pass below stop"},
        {{BH_IIR_ELLIPTIC, BH_IIR_HIGHPASS, {3}, {9}, 1, 2}, "needs stop below pass"},
        {{BH_IIR_ELLIPTIC, BH_IIR_BANDPASS, {3, 5}, {4, 6}, 1, 2}, "within the stop"},
        {{BH_IIR_ELLIPTIC, BH_IIR_BANDSTOP, {3, 5}, {4, 6}, 1, 2}, "within the pass"},
        {{BH_IIR_ELLIPTIC, BH_IIR_LOWPASS, {3}, {9}, 0, 2}, "at most 0 dB"},
        {{BH_IIR_ELLIPTIC, BH_IIR_LOWPASS, {3}, {9}, 3, 2}, "the second above"},
        {{BH_IIR_BUTTERWORTH, BH_IIR_LOWPASS, {100}, {110}, 1, 60},
         "has order 80; at most 20 is possible"},
    };
    bh_iir_filter filter;
    bh_diag diag;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK(bh_iir_least_order(44100, &cases[i].spec, &filter, &diag) ==
              BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, cases[i].says);
    }
}

TEST_MAIN("iir", {"golden specs", golden_specs}, {"golden exact", golden_exact},
          {"golden Butterworth", golden_butterworth}, {"responses", responses},
          {"least orders", least_orders}, {"specs are kept", specs_are_kept},
          {"published figures", published_figures}, {"every bank", every_bank},
          {"wrong filters", wrong_filters}, {"wrong specs", wrong_specs})
