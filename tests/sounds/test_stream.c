/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/stream.h"

#include "sounds/noise.h"
#include "tests/sounds/sources.h"

static const bh_sound_shape shape = {
    .duration_s = 0.31, .channels = 2, .samplerate_hz = 32000};

/* Every source against its sound. */
#define SAME(kind, ...)                                                                \
    do {                                                                               \
        bh_diag diag_ = {0};                                                           \
        bh_source *source_ = NULL;                                                     \
        bh_sound *sound_ = NULL;                                                       \
        CHECK_OK(bh_##kind##_source(&shape, __VA_ARGS__, &source_, &diag_), diag_);    \
        CHECK_OK(bh_sound_##kind(&shape, __VA_ARGS__, &sound_, &diag_), diag_);        \
        check_same(source_, sound_);                                                   \
    } while (0)

static void
test_same(void)
{
    const double frequency_hz[] = {440, 1234.5}, formants_hz[] = {600, 1200};
    const bh_harmonics harmonics = {.f0_hz = 500, .count = BH_HARMONICS_ALL};
    const bh_sweep sweep = {BH_SWEEP_LOGARITHMIC, 100, 9000, 0.1};
    const bh_warble warble = {1000, 100, 7, 0};
    SAME(tone, 1000, 0.5);
    SAME(tones, frequency_hz, NULL);
    SAME(harmonic, &harmonics);
    SAME(click, 0.2);
    SAME(sweep, &sweep);
    SAME(warble, &warble);
    SAME(vowel, 117, formants_hz, 2);
    SAME(white, 42);
}

static void
test_clicks(void)
{
    bh_diag diag = {0};
    const bh_sound_shape click = {0.0005, 2, 32000};
    const bh_clicks clicks = {7, 0.03, 2};
    bh_source *source = NULL;
    bh_sound *sound = NULL;
    CHECK_OK(bh_clicks_source(&click, &clicks, &source, &diag), diag);
    CHECK_OK(bh_sound_clicks(&click, &clicks, &sound, &diag), diag);
    CHECK(bh_sound_frames(sound) == 7 * 960);
    CHECK(bh_sound_samples(sound)[2 * (960 + 15)] == 2);
    CHECK(bh_sound_samples(sound)[2 * (960 + 16)] == 0);
    check_same(source, sound);
    CHECK_OK(bh_silence_source(&shape, &source, &diag), diag);
    CHECK_OK(bh_sound_silence(&shape, &sound, &diag), diag);
    check_same(source, sound);
}

static double
ramp(double t_s, size_t channel, void *data)
{
    (void)data;
    return channel ? -t_s : t_s;
}

static void
test_function(void)
{
    bh_diag diag = {0};
    bh_source *source = NULL;
    bh_sound *sound = NULL;
    CHECK_OK(bh_function_source(&shape, ramp, NULL, &source, &diag), diag);
    CHECK_OK(bh_sound_from_source(source, &sound, &diag), diag);
    CHECK(bh_sound_frames(sound) == 9920);
    CHECK(bh_sound_samples(sound)[2 * 8000] == 0.25);
    CHECK(bh_sound_samples(sound)[2 * 8000 + 1] == -0.25);
    CHECK(bh_sound_from_source(source, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK_OK(bh_source_rewind(source, &diag), diag);
    check_same(source, sound);
}

static double
broken(double t_s, size_t channel, void *data)
{
    (void)channel;
    (void)data;
    return t_s < 0.1 ? 0 : NAN;
}

/* What is for ever can be read for long, but is not held in memory. */
static void
test_endless(void)
{
    enum { FRAMES = 1024 };
    bh_diag diag = {0};
    bh_sound_shape forever = shape;
    bh_source *source = NULL;
    bh_sound *sound = NULL;
    double data[2 * FRAMES];
    size_t got = 0;
    forever.duration_s = INFINITY;
    CHECK(bh_sound_tone(&forever, 1000, 0, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "cannot last inf s");
    CHECK(bh_sound_silence(&forever, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK(sound == NULL);
    CHECK_OK(bh_tone_source(&forever, 1000, 0, &source, &diag), diag);
    CHECK(bh_source_length(source) == BH_LENGTH_UNKNOWN);
    const bh_block block = {data, FRAMES, 2, 2, BH_DOUBLE};
    for (int i = 0; i < 1000; i++)
        CHECK_OK(bh_source_read(source, block, &got, &diag), diag);
    CHECK(got == FRAMES);
    /* 1000 Hz at 32 kHz repeats every 32 frames, and so does every window. */
    CHECK_NEAR(data[2 * 8], 1, 1e-12);
    bh_source_free(source);
}

static void
test_refused(void)
{
    bh_diag diag = {0};
    bh_source *source = NULL;
    bh_sound *sound = NULL;
    bh_sound_shape none = shape, forever = shape;
    const bh_sweep sweep = {BH_SWEEP_LINEAR, 100, 9000, 0};
    const double formant_hz = 600;
    none.channels = 0;
    forever.duration_s = INFINITY;
    CHECK(bh_tone_source(&none, 1000, 0, &source, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_white_source(&none, 1, &source, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_tone_source(&shape, 16001, 0, &source, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "frequency of a tone");
    CHECK(bh_sweep_source(&forever, &sweep, &source, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_vowel_source(&forever, 100, &formant_hz, 1, &source, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK(source == NULL);
    CHECK_OK(bh_function_source(&shape, broken, NULL, &source, &diag), diag);
    CHECK(bh_sound_from_source(source, &sound, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "at 0.100000 s");
    CHECK(sound == NULL);
    bh_source_free(source);
}

TEST_MAIN("sounds/stream", {"same bits as sounds", test_same}, {"clicks", test_clicks},
          {"function", test_function}, {"endless", test_endless},
          {"refused", test_refused})
