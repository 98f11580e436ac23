/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/generate.h"

#include "sounds/level.h"
#include "tests/check.h"
#include "tests/sounds/golden.h"

static const double tau = 6.283185307179586476925;

static bh_sound_shape
shape(double duration_s, size_t channels, double samplerate_hz)
{
    return (bh_sound_shape){duration_s, channels, samplerate_hz};
}

static void
test_tone(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    bh_sound_shape one = shape(0.02, 1, 44100), two = shape(0.02, 2, 44100);
    CHECK_OK(bh_sound_tone(&one, 1000, 0, &sound, &diag), diag);
    check_golden(sound, 1, "snd_tone");
    const double frequency_hz[2] = {500, 1000}, phase_rad[2] = {0.5, 0.5};
    CHECK_OK(bh_sound_tones(&two, frequency_hz, phase_rad, &sound, &diag), diag);
    check_golden(sound, 1, "snd_tone2ch_phase");
    CHECK_OK(bh_sound_tone(&two, 440, 1, &sound, &diag), diag);
    CHECK_NEAR(bh_sound_samples(sound)[0], sin(1), 1e-15);
    for (size_t t = 0; t < 882; t++)
        CHECK(bh_sound_samples(sound)[2 * t] == bh_sound_samples(sound)[2 * t + 1]);
    bh_sound_free(sound);
}

/* After 100 s the phase is as exact as at first: 1000.5 Hz at 48 kHz passes 2001 /
 * 96000 of a cycle in a frame, so whole numbers give the exact phase. Tolerance: 1e5
 * cycles leave 1e5 * 1e-16 * 2 pi = 6e-11 of 53 bits, with room. */
static void
test_long_tone(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    bh_sound_shape one = shape(100, 1, 48000);
    CHECK_OK(bh_sound_tone(&one, 1000.5, 0, &sound, &diag), diag);
    double worst = 0;
    for (size_t t = 4700000; t < 4800000; t++) {
        const double cycle = (double)(t * 2001 % 96000) / 96000;
        worst = fmax(worst, fabs(bh_sound_samples(sound)[t] - sin(tau * cycle)));
    }
    CHECK_NEAR(worst, 0, 1e-9);
    bh_sound_free(sound);
}

static void
test_harmonic(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    bh_sound_shape all = shape(0.02, 1, 44100), five = shape(0.02, 1, 48000);
    bh_harmonics harmonics = {.f0_hz = 200, .count = BH_HARMONICS_ALL};
    CHECK_OK(bh_sound_harmonic(&all, &harmonics, &sound, &diag), diag);
    check_golden(sound, 1, "snd_harmcomplex");
    const double amplitude_pa[5] = {1, 0.5, 0.3, 0.2, 0.1};
    const double phase_rad[5] = {0, 0.1, 0.2, 0.3, 0.4};
    harmonics = (bh_harmonics){310, 5, amplitude_pa, phase_rad};
    CHECK_OK(bh_sound_harmonic(&five, &harmonics, &sound, &diag), diag);
    check_golden(sound, 1, "snd_harmcomplex5");
}

/* brian2hears takes 28e-6 Pa for 0 dB of a click's peak but 20e-6 Pa for every other
 * level, so its clicks are 1.4 times ours. */
static void
test_click(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    bh_sound_shape one = shape(0.001, 1, 44100);
    CHECK_OK(bh_sound_click(&one, bh_level_to_rms(80), &sound, &diag), diag);
    CHECK_NEAR(bh_sound_samples(sound)[0], 0.2, 1e-15);
    check_golden(sound, 28.0 / 20, "snd_click_peak");
    bh_sound_shape short_one = shape(0.0005, 1, 44100);
    bh_clicks clicks = {4, 0.003, 1};
    CHECK_OK(bh_sound_clicks(&short_one, &clicks, &sound, &diag), diag);
    check_golden(sound, 1, "snd_clicks");
    bh_sound_shape fine = shape(0.001, 1, 48000);
    clicks = (bh_clicks){5, 0.0021, bh_level_to_rms(70)};
    CHECK_OK(bh_sound_clicks(&fine, &clicks, &sound, &diag), diag);
    check_golden(sound, 28.0 / 20, "snd_clicks48k");
    /* brian2hears forgets the number of channels here. */
    fine.channels = 3;
    CHECK_OK(bh_sound_clicks(&fine, &clicks, &sound, &diag), diag);
    CHECK(bh_sound_channels(sound) == 3 && bh_sound_frames(sound) == 505);
    CHECK(bh_sound_samples(sound)[2] == clicks.peak_pa);
    bh_sound_free(sound);
}

static void
test_vowel(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    double formants_hz[3];
    bh_sound_shape one = shape(0.05, 1, 44100);
    const char *const names[] = {"a", "i"}, *const cases[] = {"snd_vowel_a",
                                                              "snd_vowel_i"};
    for (size_t i = 0; i < 2; i++) {
        CHECK_OK(bh_vowel_formants(names[i], formants_hz, &diag), diag);
        CHECK_OK(bh_sound_vowel(&one, 100, formants_hz, 3, &sound, &diag), diag);
        check_golden(sound, 1, cases[i]);
    }
    const double own_hz[] = {600, 1200, 2500};
    CHECK_OK(bh_sound_vowel(&one, 120, own_hz, 3, &sound, &diag), diag);
    check_golden(sound, 1, "snd_vowel_formants");
    /* brian2hears puts a second channel behind the first. */
    one.channels = 2;
    CHECK_OK(bh_sound_vowel(&one, 120, own_hz, 3, &sound, &diag), diag);
    CHECK(bh_sound_frames(sound) == 2205 && bh_sound_channels(sound) == 2);
    for (size_t t = 0; t < 2205; t++)
        CHECK(bh_sound_samples(sound)[2 * t] == bh_sound_samples(sound)[2 * t + 1]);
    bh_sound_free(sound);
    CHECK(bh_vowel_formants("x", formants_hz, &diag) == BH_ERR_TEXT);
    CHECK_HAS(diag.text, "'x' is not a vowel that is known");
}

static void
test_silence(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    bh_sound_shape some = bh_sound_shape_default();
    CHECK_OK(bh_sound_silence(&some, &sound, &diag), diag);
    CHECK(bh_sound_frames(sound) == 44100 && bh_sound_channels(sound) == 1);
    CHECK(bh_sound_samplerate(sound) == 44100);
    CHECK(bh_level_get(sound) == -INFINITY);
    bh_sound_free(sound);
    /* As in NumPy, a half goes to the even number of frames. */
    some = shape(2.5, 1, 1);
    CHECK_OK(bh_sound_silence(&some, &sound, &diag), diag);
    CHECK(bh_sound_frames(sound) == 2);
    bh_sound_free(sound);
}

static void
test_bad_shape(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    const struct {
        bh_sound_shape shape;
        const char *part;
    } bad[] = {{{0, 1, 44100}, "has no frame"},
               {{1e-5, 1, 44100}, "has no frame at 44100 Hz"},
               {{-1, 1, 44100}, "has no frame"},
               {{NAN, 1, 44100}, "cannot last"},
               {{INFINITY, 1, 44100}, "cannot last inf s"},
               {{1e300, 1, 44100}, "cannot last"},
               {{1, 0, 44100}, "0 channels"},
               {{1, 1, 0}, "the sample rate is 0 Hz"},
               {{1, 1, NAN}, "the sample rate is nan Hz"},
               {{1, 1, -5}, "the sample rate is -5 Hz"},
               {{1e9, (size_t)1 << 60, 44100}, "no memory"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK(bh_sound_silence(&bad[i].shape, &sound, &diag) != BH_OK);
        CHECK_HAS(diag.text, bad[i].part);
    }
    CHECK(sound == NULL);
}

static void
test_bad(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    bh_sound_shape one = shape(0.01, 1, 44100);
    CHECK(bh_sound_tone(&one, 22051, 0, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "22051 Hz; it must be from 0 Hz to half the sample rate");
    CHECK(bh_sound_tone(&one, -1, 0, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_tone(&one, NAN, 0, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_tone(&one, 1, NAN, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the phase is nan");
    const double values[3] = {1, NAN, 1};
    bh_harmonics harmonics = {10000, 3, NULL, NULL};
    CHECK(bh_sound_harmonic(&one, &harmonics, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "3 harmonics of 10000 Hz go beyond half the sample rate");
    harmonics = (bh_harmonics){0, 3, NULL, NULL};
    CHECK(bh_sound_harmonic(&one, &harmonics, &sound, &diag) == BH_ERR_ARGUMENT);
    harmonics = (bh_harmonics){100, 3, values, NULL};
    CHECK(bh_sound_harmonic(&one, &harmonics, &sound, &diag) == BH_ERR_ARGUMENT);
    harmonics = (bh_harmonics){100, 3, NULL, values};
    CHECK(bh_sound_harmonic(&one, &harmonics, &sound, &diag) == BH_ERR_ARGUMENT);
    harmonics = (bh_harmonics){100, BH_HARMONICS_ALL, values, NULL};
    CHECK(bh_sound_harmonic(&one, &harmonics, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "need a number of harmonics");
    bh_clicks clicks = {0, 0.1, 1};
    CHECK(bh_sound_clicks(&one, &clicks, &sound, &diag) == BH_ERR_ARGUMENT);
    clicks = (bh_clicks){3, 0.005, 1};
    CHECK(bh_sound_clicks(&one, &clicks, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "may not be longer than the interval");
    /* 4096 frames so often are 2^64 + 4096, of which a size holds 4096. */
    clicks = (bh_clicks){((size_t)1 << 52) + 1, 4096 / 44100.0, 1};
    CHECK(bh_sound_clicks(&one, &clicks, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "clicks are too many");
    CHECK(bh_sound_click(&one, INFINITY, &sound, &diag) == BH_ERR_ARGUMENT);
    const double low = 50, fine = 500;
    CHECK(bh_sound_vowel(&one, 100, &low, 1, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "formant 1 is 50 Hz; it must be above its bandwidth");
    CHECK(bh_sound_vowel(&one, 0, &fine, 1, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK(sound == NULL);
}

TEST_MAIN("generate", {"tone", test_tone}, {"long_tone", test_long_tone},
          {"harmonic", test_harmonic}, {"click", test_click}, {"vowel", test_vowel},
          {"silence", test_silence}, {"bad_shape", test_bad_shape}, {"bad", test_bad})
