/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/generate.h"

#include "sounds/level.h"
#include "tests/check.h"

static const double tau = 6.283185307179586476925;
static const bh_sound_shape second = {1, 1, 48000};

/* Upward zero crossings in the first frames: one for each whole cycle. */
static size_t
crossings(const bh_sound *sound, size_t frames)
{
    const double *x = bh_sound_samples(sound);
    size_t count = 0;
    for (size_t t = 1; t < frames; t++)
        count += x[t - 1] < 0 && x[t] >= 0;
    return count;
}

/* From 1 to 3 kHz in 1 s there are 2000 cycles, and (1 + 0.5) * 0.5 kHz = 750 in the
 * first half; one crossing is the beginning itself, so counts may be one less. */
static void
test_linear(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    bh_sweep sweep = {BH_SWEEP_LINEAR, 1000, 3000, 0};
    CHECK_OK(bh_sound_sweep(&second, &sweep, &sound, &diag), diag);
    CHECK_NEAR((double)crossings(sound, 48000), 1999, 1);
    CHECK_NEAR((double)crossings(sound, 24000), 749, 1);
    const double *x = bh_sound_samples(sound);
    for (size_t t = 0; t < 48000; t += 997) {
        const double s = (double)t / 48000;
        CHECK_NEAR(x[t], sin(tau * (1000 * s + 1000 * s * s)), 1e-10);
    }
    bh_sound_free(sound);
}

/* An octave in 1 s from 1 kHz is 1000 (2 - 1) / ln 2 = 1442.7 cycles, and half of the
 * time (half an octave) takes 1000 (sqrt 2 - 1) / ln 2 = 597.6. Downwards it is the
 * same read backwards. */
static void
test_logarithmic(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    bh_sweep sweep = {BH_SWEEP_LOGARITHMIC, 1000, 2000, 0};
    CHECK_OK(bh_sound_sweep(&second, &sweep, &sound, &diag), diag);
    CHECK_NEAR((double)crossings(sound, 48000), 1442, 1);
    CHECK_NEAR((double)crossings(sound, 24000), 597, 1);
    bh_sound_free(sound);
    sweep = (bh_sweep){BH_SWEEP_LOGARITHMIC, 2000, 1000, 0};
    CHECK_OK(bh_sound_sweep(&second, &sweep, &sound, &diag), diag);
    CHECK_NEAR((double)crossings(sound, 48000), 1442, 1);
    CHECK_NEAR((double)crossings(sound, 24000), 1442 - 597, 1);
    bh_sound_free(sound);
}

/* Without a glide a sweep is a tone, and one of 1e-9 Hz hardly differs from it. */
static void
test_flat(void)
{
    bh_diag diag = {0};
    bh_sound *tone = NULL, *sound = NULL;
    CHECK_OK(bh_sound_tone(&second, 500, 0.3, &tone, &diag), diag);
    const bh_sweep flat[] = {{BH_SWEEP_LINEAR, 500, 500, 0.3},
                             {BH_SWEEP_LOGARITHMIC, 500, 500, 0.3},
                             {BH_SWEEP_LOGARITHMIC, 500, 500 + 1e-9, 0.3}};
    for (size_t i = 0; i < 3; i++) {
        CHECK_OK(bh_sound_sweep(&second, &flat[i], &sound, &diag), diag);
        double worst = 0;
        for (size_t t = 0; t < 48000; t++)
            worst = fmax(worst,
                         fabs(bh_sound_samples(sound)[t] - bh_sound_samples(tone)[t]));
        CHECK_NEAR(worst, 0, 1e-8);
        bh_sound_free(sound);
    }
    bh_sound_free(tone);
}

/* The amplitude of one frequency in a sound of whole periods. */
static double
component(const bh_sound *sound, double frequency_hz)
{
    const size_t frames = bh_sound_frames(sound);
    const double rate = bh_sound_samplerate(sound);
    double re = 0, im = 0;
    for (size_t t = 0; t < frames; t++) {
        const double angle = tau * fmod(frequency_hz * (double)t, rate) / rate;
        re += bh_sound_samples(sound)[t] * cos(angle);
        im += bh_sound_samples(sound)[t] * sin(angle);
    }
    return 2 * hypot(re, im) / (double)frames;
}

/* 1 + m sin: sidebands of m / 2 at carrier +- rate, and the power grows by 1 + m^2 / 2
 * (Viemeister 1979). Sums over 48000 frames: 1e-11. */
static void
test_modulate(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_tone(&second, 4000, 0, &sound, &diag), diag);
    const double before = bh_level_get(sound);
    CHECK_OK(bh_sound_modulate(sound, 40, 0.6, 0.2, &diag), diag);
    CHECK_NEAR(bh_level_get(sound) - before, 10 * log10(1 + 0.36 / 2), 1e-9);
    CHECK_NEAR(component(sound, 4000), 1, 1e-11);
    CHECK_NEAR(component(sound, 3960), 0.3, 1e-11);
    CHECK_NEAR(component(sound, 4040), 0.3, 1e-11);
    CHECK_NEAR(component(sound, 4080), 0, 1e-11);
    CHECK(bh_sound_modulate(sound, 40, 1.1, 0, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the depth of modulation is 1.1; it must be from 0 to 1");
    CHECK(bh_sound_modulate(sound, -1, 1, 0, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_modulate(sound, 40, 1, NAN, &diag) == BH_ERR_ARGUMENT);
    bh_sound_free(sound);
}

/* Sinusoidal frequency modulation with index b has the Bessel spectrum |J_k(b)| at
 * carrier + k rate; b = 2: 0.223890779, 0.576724808, 0.352834029 (Abramowitz and
 * Stegun, Table 9.1). */
static void
test_warble(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    const bh_warble warble = {4000, 100, 50, 0};
    CHECK_OK(bh_sound_warble(&second, &warble, &sound, &diag), diag);
    const double bessel[3] = {0.223890779, 0.576724808, 0.352834029};
    for (int k = 0; k < 3; k++) {
        CHECK_NEAR(component(sound, 4000 + 50 * k), bessel[k], 1e-9);
        CHECK_NEAR(component(sound, 4000 - 50 * k), bessel[k], 1e-9);
    }
    /* Half a swing, 10 ms, is 40 cycles of the carrier and 2 b rad above it: the
     * frequency rises first. */
    CHECK_NEAR(bh_sound_samples(sound)[480], sin(4), 1e-11);
    bh_sound_free(sound);
}

static void
test_bad(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    const struct {
        bh_sweep sweep;
        const char *part;
    } bad[] = {{{BH_SWEEP_LOGARITHMIC, 0, 100, 0}, "both must be above 0 Hz"},
               {{BH_SWEEP_LOGARITHMIC, 100, 0, 0}, "both must be above 0 Hz"},
               {{BH_SWEEP_LINEAR, 100, 25000, 0}, "last frequency of a sweep is 25000"},
               {{BH_SWEEP_LINEAR, NAN, 100, 0}, "first frequency of a sweep is nan"},
               {{BH_SWEEP_LINEAR, 1, 100, INFINITY}, "the phase is inf"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK(bh_sound_sweep(&second, &bad[i].sweep, &sound, &diag) == BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, bad[i].part);
    }
    const bh_warble wrong[] = {{4000, 100, 0, 0},    {4000, 5000, 10, 0},
                               {20000, 5000, 10, 0}, {4000, NAN, 10, 0},
                               {NAN, 10, 10, 0},     {4000, 10, 10, NAN}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        CHECK(bh_sound_warble(&second, &wrong[i], &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK(sound == NULL);
}

TEST_MAIN("glide", {"linear", test_linear}, {"logarithmic", test_logarithmic},
          {"flat", test_flat}, {"modulate", test_modulate}, {"warble", test_warble},
          {"bad", test_bad})
