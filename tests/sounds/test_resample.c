/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/resample.h"

#include "sounds/generate.h"
#include "sounds/noise.h"
#include "tests/check.h"
#include "tests/sounds/sources.h"

static bh_sound *
noise(double duration_s, size_t channels, double samplerate_hz)
{
    const bh_sound_shape shape = {duration_s, channels, samplerate_hz};
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_white(&shape, 1, &sound, &diag), diag);
    return sound;
}

static bh_sound *
tone(double duration_s, double samplerate_hz, double frequency_hz)
{
    const bh_sound_shape shape = {duration_s, 1, samplerate_hz};
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_tone(&shape, frequency_hz, 0.3, &sound, &diag), diag);
    return sound;
}

/* A tone that is resampled against one that is made at the new rate, away from the
 * ends, where the sound begins as if with a step: signal to error in dB. */
static double
quality_db(double from_hz, double to_hz, double frequency_hz,
           bh_resample_quality quality)
{
    bh_diag diag = {0};
    bh_sound *sound = tone(1, from_hz, frequency_hz), *got = NULL;
    bh_sound *want = tone(1, to_hz, frequency_hz);
    double signal = 0, error = 0;
    CHECK_OK(bh_sound_resample(sound, to_hz, quality, &got, &diag), diag);
    CHECK(bh_sound_frames(got) == bh_sound_frames(want));
    CHECK(bh_sound_samplerate(got) == to_hz);
    const size_t frames = bh_sound_frames(got);
    for (size_t t = frames / 4; t < frames * 3 / 4; t++) {
        const double y = bh_sound_samples(want)[t];
        signal += y * y;
        error += pow(bh_sound_samples(got)[t] - y, 2);
    }
    bh_sound_free(got);
    bh_sound_free(want);
    bh_sound_free(sound);
    return 10 * log10(signal / error);
}

/* What sounds/resample.h says. Gain and delay are part of it: 1e-3 of either would be
 * 60 dB. Bits of libsoxr are 6.02 dB each, and it keeps 1 or 2 of them to itself; its
 * low quality lets images of low sample rates through. */
static void
test_quality(void)
{
    static const double least_db[] = {[BH_RESAMPLE_LOW] = 70,
                                      [BH_RESAMPLE_MEDIUM] = 90,
                                      [BH_RESAMPLE_HIGH] = 120,
                                      [BH_RESAMPLE_BEST] = 150};
    static const double rates[][2] = {{44100, 100000},
                                      {100000, 44100},
                                      {44100, 48000},
                                      {8000, 50000},
                                      {44100, 16000}};
    for (int quality = BH_RESAMPLE_LOW; quality <= BH_RESAMPLE_BEST; quality++)
        for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
            const double db = quality_db(rates[i][0], rates[i][1], 1000,
                                         (bh_resample_quality)quality);
            if (!(db >= least_db[quality]))
                fprintf(stderr, "quality %d, %g to %g Hz: %.1f dB\n", quality,
                        rates[i][0], rates[i][1], db);
            CHECK(db >= least_db[quality]);
        }
}

/* What the new rate cannot hold is gone: a tone of 15 kHz at 44.1 kHz is silence at 16
 * kHz but for its ends; 100 dB below it in the middle. */
static void
test_aliases(void)
{
    bh_diag diag = {0};
    bh_sound *sound = tone(1, 44100, 15000), *got = NULL;
    CHECK_OK(bh_sound_resample(sound, 16000, BH_RESAMPLE_BEST, &got, &diag), diag);
    double largest = 0;
    for (size_t t = 4000; t < 12000; t++)
        largest = fmax(largest, fabs(bh_sound_samples(got)[t]));
    CHECK_NEAR(largest, 0, 1e-5);
    bh_sound_free(got);
    bh_sound_free(sound);
}

/* Channels stay apart: each is what it is alone. */
static void
test_channels(void)
{
    bh_diag diag = {0};
    bh_sound *sound = noise(0.2, 3, 48000), *all = NULL, *one = NULL, *alone = NULL;
    CHECK_OK(bh_sound_resample(sound, 44100, BH_RESAMPLE_BEST, &all, &diag), diag);
    for (size_t ch = 0; ch < 3; ch++) {
        size_t wrong = 0;
        CHECK_OK(bh_sound_channel(sound, ch, &one, &diag), diag);
        CHECK_OK(bh_sound_resample(one, 44100, BH_RESAMPLE_BEST, &alone, &diag), diag);
        CHECK(bh_sound_frames(alone) == bh_sound_frames(all));
        for (size_t t = 0; t < bh_sound_frames(all); t++)
            wrong += bh_sound_samples(all)[3 * t + ch] != bh_sound_samples(alone)[t];
        CHECK(wrong == 0);
        bh_sound_free(alone);
        bh_sound_free(one);
    }
    bh_sound_free(all);
    bh_sound_free(sound);
}

/* However a source is read, and after a rewind, it yields what resampling the sound
 * does. */
static void
test_stream(void)
{
    static const double rates[][2] = {
        {44100, 100000}, {44100, 44100}, {96000, 8000}, {16000, 44100}, {44100, 44099}};
    bh_diag diag = {0};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        for (int quality = BH_RESAMPLE_LOW; quality <= BH_RESAMPLE_BEST; quality += 3) {
            bh_sound *sound = noise(0.7, 2, rates[i][0]), *want = NULL;
            bh_source *input = NULL, *source = NULL;
            CHECK_OK(bh_sound_resample(sound, rates[i][1], (bh_resample_quality)quality,
                                       &want, &diag),
                     diag);
            CHECK_OK(bh_sound_source(sound, &input, &diag), diag);
            CHECK_OK(bh_resample_source(input, rates[i][1],
                                        (bh_resample_quality)quality, &source, &diag),
                     diag);
            check_same(source, want);
            bh_source_free(input);
            bh_sound_free(sound);
        }
}

/* Lengths are frames * new / old, rounded; also of very short sounds, and where the
 * source does not know its length. */
static void
test_length(void)
{
    static const double rates[] = {100000, 48000, 44100, 22050, 8000, 11025.5};
    static const size_t lengths[] = {1, 2, 3, 10, 441, 4410, 44101};
    bh_diag diag = {0};
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++)
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
            bh_sound *sound = noise((double)lengths[i] / 44100, 1, 44100), *got = NULL;
            const double want = floor((double)lengths[i] * rates[r] / 44100 + 0.5);
            if (want >= 1) {
                CHECK_OK(
                    bh_sound_resample(sound, rates[r], BH_RESAMPLE_BEST, &got, &diag),
                    diag);
                CHECK((double)bh_sound_frames(got) == want);
                CHECK_OK(bh_sound_check(got, &diag), diag);
            }
            bh_sound_free(got);
            bh_sound_free(sound);
        }
}

static void
test_refused(void)
{
    bh_diag diag = {0};
    bh_sound *sound = noise(0.01, 1, 44100), *got = NULL;
    static const double wrong_hz[] = {0, -1, NAN, INFINITY, 44100 * 513.0, 80};
    for (size_t i = 0; i < sizeof wrong_hz / sizeof wrong_hz[0]; i++) {
        CHECK(bh_sound_resample(sound, wrong_hz[i], BH_RESAMPLE_BEST, &got, &diag) ==
              BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, "cannot be resampled");
    }
    CHECK(bh_sound_resample(sound, 48000, (bh_resample_quality)9, &got, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK(got == NULL);
    bh_sound_free(sound);
}

TEST_MAIN("sounds/resample", {"quality", test_quality}, {"aliases", test_aliases},
          {"channels", test_channels}, {"stream", test_stream}, {"length", test_length},
          {"refused", test_refused})
