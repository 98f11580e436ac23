/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/headless.h"

#include "tests/check.h"
#include "tests/sounds/golden.h"

static bh_hrtf_set *
make(const bh_headless_params *params)
{
    bh_diag diag = {0};
    bh_hrtf_set *set = NULL;
    CHECK_OK(bh_headless_new(params, &set, &diag), diag);
    return set;
}

/* Responses of brian2hears' HeadlessDatabase; the frames from `first` on. Filters that
 * come from spectra are within 1e-12 of their largest value. */
static void
check_database(const bh_headless_params *params, const char *name, size_t first,
               size_t there)
{
    size_t count = 0;
    bh_hrtf_set *set = make(params);
    double *want = read_golden(name, &count), worst = 0;
    CU_ASSERT_FATAL(count == params->count * BH_EARS * there);
    for (size_t i = 0; i < count; i++) {
        const size_t pair = i / there / BH_EARS, ear = i / there % BH_EARS;
        const double got =
            bh_hrtf_taps(set, pair)[ear * bh_hrtf_frames(set) + first + i % there];
        worst = fmax(worst, fabs(got - want[i]));
    }
    CHECK_NEAR(worst, 0, 1e-12);
    free(want);
    bh_hrtf_set_free(set);
}

static void
test_database(void)
{
    bh_headless_params params = bh_headless_params_default();
    params.count = 7;
    check_database(&params, "headless_7/output.f64", 0, 30);
    params = (bh_headless_params){.count = 3,
                                  .azimuth_max_deg = 60,
                                  .diameter_m = 0.2,
                                  .samplerate_hz = 44100,
                                  .fractional = true};
    check_database(&params, "headless_fractional_3/output.f64", 924, 200);
}

/* The default ears are 650 us apart: 28.7 frames, so 29. A sound from the left reaches
 * the right ear later. */
static void
test_sides(void)
{
    const bh_headless_params params = bh_headless_params_default();
    bh_hrtf_set *set = make(&params);
    bh_diag diag = {0};
    size_t left = 99, right = 99;
    CHECK(bh_hrtf_count(set) == 13 && bh_hrtf_frames(set) == 30);
    CHECK_OK(bh_hrtf_nearest(set, &(bh_direction){90, 0, NAN}, &left, &diag), diag);
    CHECK_OK(bh_hrtf_nearest(set, &(bh_direction){270, 0, NAN}, &right, &diag), diag);
    CHECK(left == 0 && right == 12);
    CHECK(bh_hrtf_taps(set, left)[0] == 1 && bh_hrtf_taps(set, left)[30 + 29] == 1);
    CHECK(bh_hrtf_taps(set, right)[29] == 1 && bh_hrtf_taps(set, right)[30] == 1);
    CHECK(bh_hrtf_taps(set, 6)[0] == 1 && bh_hrtf_taps(set, 6)[30] == 1);
    CHECK_NEAR(bh_headless_itd(&params, 0), -650e-6, 1e-15);
    CHECK_NEAR(bh_headless_itd(&params, 8), 325e-6, 1e-15);
    bh_hrtf_set_free(set);
}

static void
test_differences(void)
{
    const double itd_s[] = {1e-3, -0.5e-3};
    const bh_headless_params params = {
        .count = 2, .itd_s = itd_s, .samplerate_hz = 10000};
    bh_hrtf_set *set = make(&params);
    CHECK(bh_hrtf_frames(set) == 11 && bh_hrtf_direction(set, 0) == NULL);
    CHECK(bh_hrtf_taps(set, 0)[10] == 1 && bh_hrtf_taps(set, 0)[11] == 1);
    CHECK(bh_hrtf_taps(set, 1)[0] == 1 && bh_hrtf_taps(set, 1)[11 + 5] == 1);
    bh_hrtf_set_free(set);
}

static void
test_refused(void)
{
    const double itd_s[] = {0, NAN};
    bh_headless_params params = bh_headless_params_default();
    bh_hrtf_set *set = NULL;
    bh_diag diag = {0};
    params.count = 1;
    CHECK(bh_headless_new(&params, &set, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "at least 2");
    params.count = 2;
    params.azimuth_max_deg = 200;
    CHECK(bh_headless_new(&params, &set, &diag) == BH_ERR_ARGUMENT);
    params.itd_s = itd_s;
    CHECK(bh_headless_new(&params, &set, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the time difference of pair 1 is nan s");
    params.samplerate_hz = NAN;
    CHECK(bh_headless_new(&params, &set, &diag) == BH_ERR_ARGUMENT);
    CHECK(set == NULL);
}

TEST_MAIN("filterbank/headless", {"as brian2hears", test_database},
          {"sides", test_sides}, {"differences", test_differences},
          {"refused", test_refused})
