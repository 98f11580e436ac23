/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/scale.h"

#include "tests/check.h"

/* Golden values: brian2hears (git 131fd6d), erbspace; see golden/brian2hears. The same
 * formula in double: 1e-12 leaves room for another libm. */
static void
golden_erbspace(void)
{
    static const struct {
        const char *name;
        double low_hz, high_hz, ear_q, min_bw_hz;
        size_t n;
    } cases[] = {
        {"erbspace_100_12k_50", 100, 12000, 9.26449, 24.7, 50},
        {"erbspace_20_20k_12", 20, 20000, 9.26449, 24.7, 12},
        {"erbspace_params", 150, 7000, 8, 30, 21},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[512];
        double want[64], got[64];
        snprintf(path, sizeof path, "%s/golden/brian2hears/%s/output.f64", BH_TESTS_DIR,
                 cases[i].name);
        FILE *file = fopen(path, "rb");
        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        CHECK(fread(want, sizeof *want, cases[i].n, file) == cases[i].n);
        fclose(file);
        bh_erb_params params = {cases[i].ear_q, cases[i].min_bw_hz, 1};
        bh_diag diag;
        CHECK_OK(bh_erbspace(cases[i].low_hz, cases[i].high_hz, cases[i].n, params, got,
                             &diag),
                 diag);
        for (size_t k = 0; k < cases[i].n; k++)
            CHECK_NEAR(got[k] / want[k], 1, 1e-12);
    }
}

static void
erbspace_ends_are_exact(void)
{
    bh_erb_params params = bh_erb_params_default();
    double cf_hz[3000];
    bh_diag diag;
    CHECK_OK(bh_erbspace(20, 20e3, 3000, params, cf_hz, &diag), diag);
    CHECK(cf_hz[0] == 20 && cf_hz[2999] == 20e3);
    double step = bh_erb_rate(cf_hz[1], params) - bh_erb_rate(cf_hz[0], params);
    for (size_t i = 1; i < 3000; i++) {
        CHECK(cf_hz[i] > cf_hz[i - 1]);
        CHECK_NEAR(bh_erb_rate(cf_hz[i], params) - bh_erb_rate(cf_hz[i - 1], params),
                   step, 1e-11);
    }
    CHECK_OK(bh_erbspace(440, 440, 1, params, cf_hz, &diag), diag);
    CHECK(cf_hz[0] == 440);
}

/* Glasberg and Moore 1990: ERB = 24.7 (4.37 f / kHz + 1), which is what the default
 * constants say within 1e-5. Slope of the rate: one Cam an ERB. */
static void
published_bandwidths(void)
{
    bh_erb_params params = bh_erb_params_default();
    static const double f_hz[] = {20, 100, 500, 1000, 4000, 16000};
    for (size_t i = 0; i < sizeof f_hz / sizeof *f_hz; i++) {
        double erb_hz = bh_erb_bandwidth(f_hz[i], params);
        CHECK_NEAR(erb_hz / (24.7 * (4.37e-3 * f_hz[i] + 1)), 1, 1e-5);
        double slope = bh_erb_rate(f_hz[i] + 0.01, params) -
                       bh_erb_rate(f_hz[i] - 0.01, params);
        CHECK_NEAR(slope / 0.02 * erb_hz, 1, 1e-6);
    }
    CHECK_NEAR(bh_erb_rate(0, params), 0, 0);
    CHECK_NEAR(bh_erb_rate(1000, params) * 21.4 / 21.332, 15.62, 0.005);
    params.order = 2;
    CHECK_NEAR(bh_erb_bandwidth(1000, params), hypot(1000 / 9.26449, 24.7), 1e-10);
}

static void
wrong_ranges(void)
{
    static const struct {
        double low_hz, high_hz;
        size_t n;
        const char *says;
    } cases[] = {
        {-1, 100, 5, "from -1 Hz to 100 Hz"},
        {100, 50, 5, "from 100 Hz to 50 Hz"},
        {100, 100, 2, "below the higher"},
        {NAN, 50, 5, "from nan Hz"},
        {20, NAN, 5, "to nan Hz"},
        {20, INFINITY, 5, "to inf Hz"},
        {20, 100, 0, "at least 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double cf_hz[8] = {0};
        bh_diag diag = {0};
        CHECK(bh_erbspace(cases[i].low_hz, cases[i].high_hz, cases[i].n,
                          bh_erb_params_default(), cf_hz, &diag) == BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, cases[i].says);
        CHECK(cf_hz[0] == 0);
    }
    bh_erb_params params = {.ear_q = 0, .min_bw_hz = 24.7, .order = 1};
    double cf_hz[2];
    CHECK(bh_erbspace(20, 100, 2, params, cf_hz, NULL) == BH_ERR_ARGUMENT);
}

TEST_MAIN("scale", {"golden erbspace", golden_erbspace},
          {"ends are exact, steps equal", erbspace_ends_are_exact},
          {"published bandwidths", published_bandwidths},
          {"wrong ranges", wrong_ranges})
