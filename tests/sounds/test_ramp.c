/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/ramp.h"

#include "tests/check.h"
#include "tests/sounds/golden.h"

/* Ones, 9 frames of 2 channels at 10 Hz, the second channel doubled. */
static bh_sound *
ones(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_new(9, 2, 10, &sound, &diag), diag);
    for (size_t t = 0; t < 9; t++) {
        bh_sound_data(sound)[2 * t] = 1;
        bh_sound_data(sound)[2 * t + 1] = 2;
    }
    return sound;
}

/* Compares channel 0 with `want`, channel 1 with twice that, and frees. */
static void
check(bh_sound *sound, const double want[9])
{
    for (size_t t = 0; t < 9; t++) {
        CHECK_NEAR(bh_sound_samples(sound)[2 * t], want[t], 1e-15);
        CHECK_NEAR(bh_sound_samples(sound)[2 * t + 1], 2 * want[t], 2e-15);
    }
    bh_sound_free(sound);
}

static void
test_golden(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    size_t count;
    double *samples = read_golden("snd_input/input.f64", &count);
    const bh_ramp ramp = bh_ramp_default();
    CHECK_OK(bh_sound_from(samples, count, 1, 44100, &sound, &diag), diag);
    CHECK_OK(bh_sound_ramp(sound, &ramp, &diag), diag);
    check_golden(sound, 1, "snd_ramp_both");
    free(samples);
}

static double
cube(double x, void *data)
{
    return *(const double *)data * x * x * x;
}

/* Five frames: x is 0, 1/4, 1/2, 3/4, 1. */
static void
test_forms(void)
{
    bh_diag diag = {0};
    double one = 1;
    const double root = sqrt(0.5), low = sin(3.14159265358979323846 / 8);
    const struct {
        bh_ramp ramp;
        double want[9];
    } cases[] = {
        {{BH_RAMP_ONSET, BH_RAMP_COSINE_SQUARED, 0.5, NULL, NULL},
         {0, (1 - root) / 2, 0.5, (1 + root) / 2, 1, 1, 1, 1, 1}},
        {{BH_RAMP_OFFSET, BH_RAMP_LINEAR, 0.5, NULL, NULL},
         {1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0}},
        {{BH_RAMP_BOTH, BH_RAMP_SINE, 0.5, NULL, NULL},
         {0, low, root, sqrt(1 - low * low), 1, sqrt(1 - low * low), root, low, 0}},
        {{BH_RAMP_ONSET, BH_RAMP_BLACKMAN, 0.5, NULL, NULL},
         {0, 0.42 - 0.5 * root, 0.34, 0.42 + 0.5 * root, 1, 1, 1, 1, 1}},
        {{BH_RAMP_BOTH, BH_RAMP_ENVELOPE, 0.3, cube, &one},
         {0, 0.125, 1, 1, 1, 1, 1, 0.125, 0}},
        /* Two that overlap multiply. */
        {{BH_RAMP_BOTH, BH_RAMP_LINEAR, 0.9, NULL, NULL},
         {0, 7 / 64.0, 12 / 64.0, 15 / 64.0, 0.25, 15 / 64.0, 12 / 64.0, 7 / 64.0, 0}},
        {{BH_RAMP_BOTH, BH_RAMP_LINEAR, 0.1, NULL, NULL}, {0, 1, 1, 1, 1, 1, 1, 1, 0}},
        {{BH_RAMP_BOTH, BH_RAMP_LINEAR, 0, NULL, NULL}, {1, 1, 1, 1, 1, 1, 1, 1, 1}}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bh_sound *sound = ones();
        CHECK_OK(bh_sound_ramp(sound, &cases[i].ramp, &diag), diag);
        check(sound, cases[i].want);
    }
}

static void
test_bad(void)
{
    bh_diag diag = {0};
    double infinite = INFINITY;
    const struct {
        bh_ramp ramp;
        const char *part;
    } bad[] = {
        {{BH_RAMP_BOTH, BH_RAMP_LINEAR, 1.0, NULL, NULL},
         "a ramp of 1 s is longer than the sound, which lasts 0.9 s"},
        {{BH_RAMP_BOTH, BH_RAMP_LINEAR, -1, NULL, NULL}, "a ramp cannot last -1 s"},
        {{BH_RAMP_BOTH, BH_RAMP_LINEAR, NAN, NULL, NULL}, "a ramp cannot last nan s"},
        {{BH_RAMP_BOTH, BH_RAMP_ENVELOPE, 0.5, NULL, NULL}, "or a function"},
        {{(bh_ramp_end)4, BH_RAMP_LINEAR, 0.5, NULL, NULL}, "the onset, the offset"},
        {{BH_RAMP_BOTH, (bh_ramp_form)9, 0.5, NULL, NULL}, "one of the forms"},
        {{BH_RAMP_BOTH, BH_RAMP_ENVELOPE, 0.5, cube, &infinite},
         "the factor of a ramp is"}};
    const double want[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        bh_sound *sound = ones();
        CHECK(bh_sound_ramp(sound, &bad[i].ramp, &diag) == BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, bad[i].part);
        check(sound, want);
    }
}

TEST_MAIN("ramp", {"golden", test_golden}, {"forms", test_forms}, {"bad", test_bad})
