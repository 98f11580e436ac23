/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/level.h"
#include "tests/check.h"

#include <locale.h>

#define PI 3.14159265358979323846

/* One second of a 1 kHz tone (whole periods) at 48 kHz on each of two channels. */
static bh_sound *
tones(double left_peak_pa, double right_peak_pa)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_new(48000, 2, 48000, &sound, &diag), diag);
    for (size_t t = 0; t < 48000; t++) {
        double wave = sin(2 * PI * 1000 * (double)t / 48000);
        bh_sound_data(sound)[2 * t] = left_peak_pa * wave;
        bh_sound_data(sound)[2 * t + 1] = right_peak_pa * wave;
    }
    return sound;
}

/* 20 uPa is 0 dB SPL and 1 Pa is 20 log10(1 / 20e-6) = 93.979400086720375 by
 * definition. Tolerance: a few units in the last place of a number near 100. */
static void
test_definition(void)
{
    CHECK_NEAR(bh_level_from_rms(20e-6), 0, 1e-13);
    CHECK_NEAR(bh_level_from_rms(1), 93.979400086720375, 1e-13);
    CHECK_NEAR(bh_level_to_rms(93.979400086720375), 1, 1e-14);
    CHECK(bh_level_from_rms(0) == -INFINITY);
    CHECK(bh_level_to_rms(-INFINITY) == 0);
}

/* A sine of peak p has RMS p / sqrt 2. Summing 48,000 squares loses at most some 1e-12.
 */
static void
test_tone(void)
{
    bh_sound *sound = tones(sqrt(2), 0.1 * sqrt(2));
    CHECK_NEAR(bh_level_get_channel(sound, 0), 93.979400086720375, 1e-11);
    CHECK_NEAR(bh_level_get_channel(sound, 1), 73.979400086720375, 1e-11);
    CHECK_NEAR(bh_level_get(sound), bh_level_from_rms(sqrt((1 + 0.01) / 2)), 1e-11);
    CHECK(isnan(bh_level_get_channel(sound, 2)));
    bh_sound_free(sound);
}

static void
test_set(void)
{
    bh_diag diag = {0};
    bh_sound *sound = tones(1, 0.1);
    const double levels[] = {-20, 0, 60.5, 120};
    for (size_t i = 0; i < 4; i++) {
        CHECK_OK(bh_level_set(sound, levels[i], &diag), diag);
        CHECK_NEAR(bh_level_get(sound), levels[i], 1e-11);
        CHECK_NEAR(bh_level_get_channel(sound, 0) - bh_level_get_channel(sound, 1), 20,
                   1e-11);
    }
    bh_sound_free(sound);
}

/* Squares of these would underflow to 0 or overflow. */
static void
test_extreme(void)
{
    bh_diag diag = {0};
    const double peaks[] = {1e-300, 1e300, 1e-307};
    for (size_t i = 0; i < 3; i++) {
        bh_sound *sound = tones(peaks[i], peaks[i]);
        CHECK(isfinite(bh_level_get(sound)));
        CHECK_OK(bh_level_set(sound, 60, &diag), diag);
        CHECK_NEAR(bh_level_get(sound), 60, 1e-11);
        bh_sound_free(sound);
    }
}

static void
test_cannot_set(void)
{
    bh_diag diag = {0};
    bh_sound *sound = tones(0, 0);
    CHECK(bh_level_get(sound) == -INFINITY);
    CHECK(bh_level_set(sound, 60, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "silent");
    bh_sound_data(sound)[10] = 1;
    CHECK(bh_level_set(sound, NAN, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_level_set(sound, -INFINITY, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_level_set(sound, 1e9, &diag) == BH_ERR_ARGUMENT);
    bh_sound_data(sound)[2 * 4800 + 1] = NAN;
    CHECK(isnan(bh_level_get(sound)));
    CHECK(bh_level_set(sound, 60, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "sample 4800 of channel 1 (at 0.100000 s) is not a number");
    CHECK(bh_sound_samples(sound)[10] == 1);
    bh_sound_free(sound);
}

static void
test_parse(void)
{
    const struct {
        const char *text;
        double want;
    } good[] = {{"60 dB SPL", 60}, {"60 dB", 60},   {"60", 60},
                {"60dB", 60},      {"-3.5", -3.5},  {" +70 db spl ", 70},
                {"1e1 DB", 10},    {".5dB SPL", .5}};
    bh_diag diag = {0};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        double got = 0;
        CHECK_OK(bh_level_parse(good[i].text, &got, &diag), diag);
        CHECK_NEAR(got, good[i].want, 0);
    }
}

static void
test_parse_bad(void)
{
    const struct {
        const char *text, *part;
    } bad[] = {{"", "'' is not a level"},
               {"loud", "'loud' is not a level; write a number and dB SPL"},
               {"60 Hz", "not 'Hz'"},
               {"60 dB HL", "not 'dB HL'"},
               {"60 dBSPL", "not 'dBSPL'"},
               {"60 dB SPL re 1", "not 'dB SPL re 1'"},
               {"60,5", "not ',5'"},
               {"6 0", "not '0'"},
               {"nan", "is not a level"},
               {"inf dB", "is not a level"},
               {"1e999", "is not a level"},
               {"0x10", "is not a level"},
               {"- 5", "is not a level"},
               {".", "is not a level"},
               {"dB", "is not a level"}};
    bh_diag diag = {0};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        double got = 42;
        CHECK(bh_level_parse(bad[i].text, &got, &diag) == BH_ERR_TEXT);
        CHECK_HAS(diag.text, bad[i].part);
        CHECK(got == 42);
    }
}

/* A program that has set a locale with a decimal comma still reads points. */
static void
test_parse_locale(void)
{
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8"))
        return;
    bh_diag diag = {0};
    double got = 0;
    CHECK_OK(bh_level_parse("60.5 dB", &got, &diag), diag);
    CHECK(got == 60.5);
    setlocale(LC_NUMERIC, "C");
}

TEST_MAIN("sounds/level", {"definition", test_definition}, {"tone", test_tone},
          {"set", test_set}, {"extreme", test_extreme}, {"cannot set", test_cannot_set},
          {"parse", test_parse}, {"parse bad", test_parse_bad},
          {"parse locale", test_parse_locale})
