/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/sound.h"
#include "tests/check.h"

#include <stdint.h>

static bh_sound *
counting(size_t frames, size_t channels)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_new(frames, channels, 1000, &sound, &diag), diag);
    for (size_t i = 0; i < frames * channels; i++)
        bh_sound_data(sound)[i] = (double)i;
    return sound;
}

static void
test_shape(void)
{
    bh_sound *sound = counting(500, 3);
    CHECK(bh_sound_frames(sound) == 500);
    CHECK(bh_sound_channels(sound) == 3);
    CHECK(bh_sound_samplerate(sound) == 1000);
    CHECK(bh_sound_duration(sound) == 0.5);
    CHECK(bh_sound_samples(sound) == bh_sound_data(sound));
    bh_sound_free(sound);
    bh_sound_free(NULL);
}

static void
test_from_copies(void)
{
    bh_diag diag = {0};
    double samples[] = {1, 2, 3, 4};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_from(samples, 2, 2, 8000, &sound, &diag), diag);
    samples[3] = 0;
    CHECK(bh_sound_samples(sound)[3] == 4);
    bh_sound_free(sound);
}

static void
test_bad_shape(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK(bh_sound_new(0, 1, 8000, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "at least 1");
    CHECK(bh_sound_new(1, 0, 8000, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_new(1, 1, 0, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "sample rate");
    CHECK(bh_sound_new(1, 1, NAN, &sound, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_new(1, 1, INFINITY, &sound, NULL) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_new(SIZE_MAX / 4, 4, 8000, &sound, &diag) == BH_ERR_MEMORY);
    CHECK(sound == NULL);
}

static void
test_channel_and_mono(void)
{
    bh_diag diag = {0};
    bh_sound *sound = counting(4, 2), *one = NULL, *mono = NULL;
    CHECK_OK(bh_sound_channel(sound, 1, &one, &diag), diag);
    CHECK_OK(bh_sound_mono(sound, &mono, &diag), diag);
    CHECK(bh_sound_channels(one) == 1 && bh_sound_channels(mono) == 1);
    CHECK(bh_sound_samplerate(one) == 1000 && bh_sound_samplerate(mono) == 1000);
    for (size_t t = 0; t < 4; t++) {
        CHECK(bh_sound_samples(one)[t] == 2.0 * (double)t + 1);
        CHECK(bh_sound_samples(mono)[t] == 2.0 * (double)t + 0.5);
    }
    bh_sound_free(mono);
    mono = NULL;
    CHECK(bh_sound_channel(sound, 2, &mono, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "no channel 2");
    CHECK(mono == NULL);
    bh_sound_free(one);
    bh_sound_free(sound);
}

static void
test_check(void)
{
    bh_diag diag = {0};
    bh_sound *sound = counting(100, 2);
    CHECK_OK(bh_sound_check(sound, &diag), diag);
    bh_sound_data(sound)[2 * 40 + 1] = NAN;
    CHECK(bh_sound_check(sound, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "sample 40 of channel 1 (at 0.040000 s) is not a number");
    bh_sound_data(sound)[2 * 7] = -INFINITY;
    CHECK(bh_sound_check(sound, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "sample 7 of channel 0 (at 0.007000 s) is infinite");
    bh_sound_free(sound);
}

/* Any split into windows gives the samples of the sound, in both precisions. */
static void
read_in_windows(const bh_sound *sound, size_t window, bh_precision precision)
{
    bh_diag diag = {0};
    bh_source *source = NULL;
    CHECK_OK(bh_sound_source(sound, &source, &diag), diag);
    CHECK(bh_source_length(source) == bh_sound_frames(sound));
    CHECK(bh_source_channels(source) == bh_sound_channels(sound));
    CHECK(bh_source_samplerate(source) == bh_sound_samplerate(sound));
    union {
        double wide[2000 * 5];
        float narrow[2000 * 5];
    } buffer;
    for (int round = 0; round < 2; round++) {
        size_t at = 0, got = window, wrong = 0;
        while (got == window) {
            /* A stride wider than the channels, as in a block of many. */
            bh_block block = {&buffer, window, 3, 5, precision};
            CHECK_OK(bh_source_read(source, block, &got, &diag), diag);
            for (size_t t = 0; t < got; t++)
                for (size_t ch = 0; ch < 3; ch++) {
                    double x = precision == BH_DOUBLE ? buffer.wide[t * 5 + ch]
                                                      : buffer.narrow[t * 5 + ch];
                    wrong += x != (double)((at + t) * 3 + ch);
                }
            at += got;
        }
        CHECK(at == bh_sound_frames(sound));
        CHECK(wrong == 0);
        CHECK_OK(bh_source_rewind(source, &diag), diag);
    }
    bh_source_free(source);
}

static void
test_source(void)
{
    bh_sound *sound = counting(2500, 3);
    const size_t windows[] = {1, 7, 256, 1250, 2000};
    for (size_t i = 0; i < sizeof windows / sizeof windows[0]; i++) {
        read_in_windows(sound, windows[i], BH_DOUBLE);
        read_in_windows(sound, windows[i], BH_SINGLE);
    }
    bh_sound_free(sound);
}

TEST_MAIN("sounds/sound", {"shape", test_shape}, {"from copies", test_from_copies},
          {"bad shape", test_bad_shape}, {"channel and mono", test_channel_and_mono},
          {"check", test_check}, {"source", test_source})
