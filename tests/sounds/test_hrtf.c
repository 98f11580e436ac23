/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/hrtf.h"

#include "tests/check.h"

enum { FRAMES = 64 };

/* Every 30 degrees of azimuth at elevations -30, 0 and 30, and straight up, at 1 m: the
 * left response is a click as late as its number, the right one its negative, later by
 * one. */
static bh_hrtf_set *
sphere(void)
{
    enum { COUNT = 3 * 12 + 1 };
    static double taps[COUNT][BH_EARS][FRAMES];
    bh_direction direction[COUNT];
    bh_hrtf_set *set = NULL;
    bh_diag diag = {0};
    for (size_t i = 0; i < COUNT; i++) {
        direction[i] =
            (bh_direction){30.0 * (double)(i % 12), 30 * ((double)(i / 12) - 1), 1};
        taps[i][BH_EAR_LEFT][i] = 1;
        taps[i][BH_EAR_RIGHT][i + 1] = -1;
    }
    direction[COUNT - 1] = (bh_direction){0, 90, 1};
    const bh_hrtf_config config = {44100, COUNT, FRAMES, taps[0][0], direction};
    CHECK_OK(bh_hrtf_set_new(&config, &set, &diag), diag);
    return set;
}

static void
test_set(void)
{
    bh_hrtf_set *set = sphere();
    CHECK(bh_hrtf_count(set) == 37 && bh_hrtf_frames(set) == FRAMES);
    CHECK(bh_hrtf_samplerate(set) == 44100);
    CHECK(bh_hrtf_taps(set, 5)[5] == 1 && bh_hrtf_taps(set, 5)[FRAMES + 6] == -1);
    CHECK(bh_hrtf_direction(set, 13)->azimuth_deg == 30);
    CHECK(bh_hrtf_direction(set, 13)->elevation_deg == 0);
    bh_hrtf_set_free(set);
    bh_hrtf_set_free(NULL);
}

static void
test_nearest(void)
{
    static const struct {
        bh_direction where;
        size_t want;
    } cases[] = {{{0, 0, NAN}, 12},    {{29, 2, 1}, 13},     {{-30, 0, 3}, 23},
                 {{359, -29, NAN}, 0}, {{46, 0, NAN}, 14},   {{720 + 90, 31, 1}, 27},
                 {{200, 80, NAN}, 36}, {{180, -90, NAN}, 0}, {{180, 0, 0.1}, 18}};
    bh_hrtf_set *set = sphere();
    bh_diag diag = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t got = 99;
        CHECK_OK(bh_hrtf_nearest(set, &cases[i].where, &got, &diag), diag);
        if (got != cases[i].want)
            fprintf(stderr, "case %zu: pair %zu, wanted %zu\n", i, got, cases[i].want);
        CHECK(got == cases[i].want);
    }
    bh_hrtf_set_free(set);
}

/* One direction at three distances. */
static void
test_distance(void)
{
    const double taps[3][BH_EARS] = {{1, 1}, {2, 2}, {3, 3}};
    const bh_direction direction[3] = {{10, 0, 2}, {10, 0, 0.5}, {10, 0, 1}};
    const bh_hrtf_config config = {8000, 3, 1, taps[0], direction};
    bh_hrtf_set *set = NULL;
    bh_diag diag = {0};
    size_t got = 99;
    CHECK_OK(bh_hrtf_set_new(&config, &set, &diag), diag);
    CHECK_OK(bh_hrtf_nearest(set, &(bh_direction){12, 0, 0.6}, &got, &diag), diag);
    CHECK(got == 1);
    CHECK_OK(bh_hrtf_nearest(set, &(bh_direction){12, 0, 9}, &got, &diag), diag);
    CHECK(got == 0);
    CHECK_OK(bh_hrtf_nearest(set, &(bh_direction){12, 0, NAN}, &got, &diag), diag);
    CHECK(got == 0);
    bh_hrtf_set_free(set);
}

static void
test_subset(void)
{
    const size_t pairs[] = {20, 3, 3}, wrong = 37;
    bh_hrtf_set *set = sphere(), *some = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_hrtf_subset(set, pairs, 3, &some, &diag), diag);
    CHECK(bh_hrtf_count(some) == 3);
    CHECK(bh_hrtf_taps(some, 0)[20] == 1 && bh_hrtf_taps(some, 2)[3] == 1);
    CHECK(bh_hrtf_direction(some, 1)->azimuth_deg == 90);
    bh_hrtf_set_free(some);
    CHECK(bh_hrtf_subset(set, &wrong, 1, &some, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "there is no pair 37");
    CHECK(bh_hrtf_subset(set, pairs, 0, &some, &diag) == BH_ERR_ARGUMENT);
    bh_hrtf_set_free(set);
}

/* A direction that there is comes back as it is (in single precision); half way between
 * two, both have the same part, and all parts together are 1. */
static void
test_interpolate(void)
{
    bh_hrtf_set *set = sphere(), *one = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_hrtf_interpolate(set, &(bh_direction){60, 0, 1}, &one, &diag), diag);
    CHECK(bh_hrtf_count(one) == 1 && bh_hrtf_direction(one, 0)->azimuth_deg == 60);
    CHECK_NEAR(bh_hrtf_taps(one, 0)[14], 1, 1e-5);
    CHECK_NEAR(bh_hrtf_taps(one, 0)[FRAMES + 15], -1, 1e-5);
    bh_hrtf_set_free(one);
    CHECK_OK(bh_hrtf_interpolate(set, &(bh_direction){45, 0, NAN}, &one, &diag), diag);
    const double *taps = bh_hrtf_taps(one, 0);
    CHECK_NEAR(taps[13], taps[14], 1e-4);
    CHECK(taps[13] > 0.25 && taps[13] <= 0.5001);
    double sum = 0;
    for (size_t t = 0; t < FRAMES; t++)
        sum += taps[t];
    CHECK_NEAR(sum, 1, 1e-5);
    bh_hrtf_set_free(one);
    bh_hrtf_set_free(set);
}

/* A band-limited response keeps its gain at every frequency, and its delay in seconds:
 * here a Gaussian around 0.5 ms of 50 us, 4.5 kHz wide where it has fallen by 60 dB. */
static void
test_resample(void)
{
    double taps[BH_EARS][96];
    for (int t = 0; t < 96; t++) {
        const double x = (t / 48000.0 - 1e-3) / 100e-6;
        taps[0][t] = exp(-0.5 * x * x);
        taps[1][t] = -0.5 * exp(-0.5 * x * x);
    }
    const bh_hrtf_config config = {48000, 1, 96, taps[0], NULL};
    bh_hrtf_set *set = NULL, *other = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_hrtf_set_new(&config, &set, &diag), diag);
    CHECK(bh_hrtf_direction(set, 0) == NULL);
    CHECK_OK(bh_hrtf_resample(set, 96000, BH_RESAMPLE_BEST, &other, &diag), diag);
    CHECK(bh_hrtf_frames(other) == 192 && bh_hrtf_samplerate(other) == 96000);
    double before = 0, after = 0, worst = 0;
    for (int t = 0; t < 96; t++)
        before += taps[0][t];
    for (size_t t = 0; t < 192; t++) {
        after += bh_hrtf_taps(other, 0)[t];
        const double x = ((double)t / 96000 - 1e-3) / 100e-6;
        worst = fmax(worst, fabs(bh_hrtf_taps(other, 0)[t] - 0.5 * exp(-0.5 * x * x)));
    }
    CHECK_NEAR(after, before, 1e-6 * before);
    CHECK_NEAR(worst, 0, 1e-6);
    CHECK_NEAR(bh_hrtf_taps(other, 0)[192 + 96], -0.25, 1e-6);
    size_t got = 0;
    CHECK(bh_hrtf_nearest(set, &(bh_direction){0, 0, 1}, &got, &diag) ==
          BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "has no directions");
    bh_hrtf_set_free(other);
    bh_hrtf_set_free(set);
}

static void
test_refused(void)
{
    double taps[BH_EARS][2] = {{1, 0}, {0, NAN}};
    bh_direction direction = {0, 91, 1};
    bh_hrtf_config config = {44100, 1, 2, taps[0], NULL};
    bh_hrtf_set *set = NULL, *one = NULL;
    bh_diag diag = {0};
    size_t got = 0;
    CHECK(bh_hrtf_set_new(&config, &set, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "sample 1 of the right response of pair 0");
    taps[1][1] = 0;
    config.direction = &direction;
    CHECK(bh_hrtf_set_new(&config, &set, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "elevations are from -90 to 90");
    config.direction = NULL;
    config.samplerate_hz = 0;
    CHECK(bh_hrtf_set_new(&config, &set, &diag) == BH_ERR_ARGUMENT);
    config.samplerate_hz = 44100;
    config.count = 0;
    CHECK(bh_hrtf_set_new(&config, &set, &diag) == BH_ERR_ARGUMENT);
    config.count = SIZE_MAX / 16;
    CHECK(bh_hrtf_set_new(&config, &set, &diag) == BH_ERR_MEMORY);
    CHECK(set == NULL);
    set = sphere();
    CHECK(bh_hrtf_nearest(set, &(bh_direction){NAN, 0, 1}, &got, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK(bh_hrtf_interpolate(set, &(bh_direction){0, 100, 1}, &one, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK(bh_hrtf_interpolate(set, &(bh_direction){0, 0, -1}, &one, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK(one == NULL);
    bh_hrtf_set_free(set);
}

TEST_MAIN("sounds/hrtf", {"set", test_set}, {"nearest", test_nearest},
          {"distance", test_distance}, {"subset", test_subset},
          {"interpolate", test_interpolate}, {"resample", test_resample},
          {"refused", test_refused})
