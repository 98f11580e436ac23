/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/edit.h"

#include "sounds/generate.h"
#include "sounds/level.h"
#include "tests/check.h"
#include "tests/sounds/golden.h"

/* 1 kHz at 60 dB SPL for 50 ms, with which brian2hears began its cases. */
static bh_sound *
golden_input(void)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    size_t count;
    double *samples = read_golden("snd_input/input.f64", &count);
    CHECK_OK(bh_sound_from(samples, count, 1, 44100, &sound, &diag), diag);
    free(samples);
    return sound;
}

/* Sample (t, ch) is 10 t + ch + 1, at 10 Hz. */
static bh_sound *
counting(size_t frames, size_t channels)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_new(frames, channels, 10, &sound, &diag), diag);
    for (size_t i = 0; i < frames * channels; i++)
        bh_sound_data(sound)[i] = 10 * (double)(i / channels) + (double)(i % channels) +
                                  1;
    return sound;
}

/* Compares with `count` samples, and frees. */
static void
check_samples(bh_sound *sound, const double *want, size_t count)
{
    CHECK(bh_sound_frames(sound) * bh_sound_channels(sound) == count);
    for (size_t i = 0; i < count; i++)
        CHECK_NEAR(bh_sound_samples(sound)[i], want[i], 0);
    bh_sound_free(sound);
}

#define CHECK_SAMPLES(sound, ...)                                                      \
    check_samples(sound, (const double[]){__VA_ARGS__},                                \
                  sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static void
test_slice(void)
{
    bh_diag diag = {0};
    bh_sound *sound = counting(3, 2), *part = NULL;
    CHECK_OK(bh_sound_slice(sound, 0.1, 0.2, &part, &diag), diag);
    CHECK_SAMPLES(part, 11, 12);
    CHECK_OK(bh_sound_slice(sound, -0.1, 0.1, &part, &diag), diag);
    CHECK_SAMPLES(part, 0, 0, 1, 2);
    CHECK_OK(bh_sound_slice(sound, 0.2, 0.4, &part, &diag), diag);
    CHECK_SAMPLES(part, 21, 22, 0, 0);
    CHECK_OK(bh_sound_slice(sound, 7, 7.1, &part, &diag), diag);
    CHECK_SAMPLES(part, 0, 0);
    CHECK_OK(bh_sound_slice(sound, -7, -6.9, &part, &diag), diag);
    CHECK_SAMPLES(part, 0, 0);
    CHECK_OK(bh_sound_pad(sound, 0.1, 0.1, &part, &diag), diag);
    CHECK_SAMPLES(part, 0, 0, 1, 2, 11, 12, 21, 22, 0, 0);
    CHECK_OK(bh_sound_pad(sound, -0.1, -0.1, &part, &diag), diag);
    CHECK_SAMPLES(part, 11, 12);
    part = NULL;
    CHECK(bh_sound_slice(sound, 0.2, 0.2, &part, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "from 0.2 s to 0.2 s there is no frame");
    CHECK(bh_sound_slice(sound, NAN, 0.2, &part, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the start of a slice is nan s");
    CHECK(bh_sound_slice(sound, 0, INFINITY, &part, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_pad(sound, -0.2, -0.2, &part, &diag) == BH_ERR_ARGUMENT);
    CHECK(part == NULL);
    bh_sound_free(sound);
}

static void
test_shift(void)
{
    bh_diag diag = {0};
    bh_sound *sound = golden_input(), *later = NULL;
    CHECK_OK(bh_sound_shift(sound, 0.0021, &later, &diag), diag);
    check_golden(later, 1, "snd_shifted");
    bh_sound_free(sound);
    sound = counting(3, 1);
    CHECK_OK(bh_sound_shift(sound, -0.2, &later, &diag), diag);
    CHECK_SAMPLES(later, 21);
    CHECK_OK(bh_sound_shift(sound, 0.2, &later, &diag), diag);
    CHECK_SAMPLES(later, 0, 0, 1, 11, 21);
    CHECK(bh_sound_shift(sound, -0.3, &later, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_shift(sound, NAN, &later, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the delay is nan s");
    bh_sound_free(sound);
}

static void
test_join(void)
{
    bh_diag diag = {0};
    bh_sound *one = counting(2, 1), *two = counting(1, 2), *all = NULL;
    CHECK_OK(bh_sound_repeat(one, 3, &all, &diag), diag);
    CHECK_SAMPLES(all, 1, 11, 1, 11, 1, 11);
    const bh_sound *const parts[] = {one, two, one};
    CHECK_OK(bh_sound_sequence(parts, 3, 0, &all, &diag), diag);
    CHECK_SAMPLES(all, 1, 1, 11, 11, 1, 2, 1, 1, 11, 11);
    CHECK_OK(bh_sound_sequence(parts, 2, 0.1, &all, &diag), diag);
    CHECK_SAMPLES(all, 1, 1, 11, 11, 0, 0, 1, 2);
    CHECK_OK(bh_sound_mix(one, two, &all, &diag), diag);
    CHECK_SAMPLES(all, 2, 3, 11, 11);
    CHECK_OK(bh_sound_multiply(two, one, &all, &diag), diag);
    CHECK_SAMPLES(all, 1, 2, 0, 0);
    bh_sound_free(one);
    bh_sound_free(two);
}

/* sequence(tone(1k,5ms), silence(2ms), click(1ms)).repeat(2), and a sum. */
static void
test_golden(void)
{
    bh_diag diag = {0};
    bh_sound_shape shape = {0.005, 1, 44100};
    bh_sound *parts[3] = {NULL}, *once = NULL, *sound = NULL;
    CHECK_OK(bh_sound_tone(&shape, 1000, 0, &parts[0], &diag), diag);
    shape.duration_s = 0.002;
    CHECK_OK(bh_sound_silence(&shape, &parts[1], &diag), diag);
    shape.duration_s = 0.001;
    CHECK_OK(bh_sound_click(&shape, 1, &parts[2], &diag), diag);
    CHECK_OK(bh_sound_sequence((const bh_sound *const *)parts, 3, 0, &once, &diag),
             diag);
    CHECK_OK(bh_sound_repeat(once, 2, &sound, &diag), diag);
    check_golden(sound, 1, "snd_sequence_repeat");
    bh_sound_free(once);
    for (size_t i = 0; i < 3; i++)
        bh_sound_free(parts[i]);

    shape.duration_s = 0.02;
    CHECK_OK(bh_sound_tone(&shape, 300, 0, &parts[0], &diag), diag);
    shape.duration_s = 0.012;
    CHECK_OK(bh_sound_tone(&shape, 900, 0, &parts[1], &diag), diag);
    CHECK_OK(bh_sound_gain(parts[1], 20 * log10(0.5), &diag), diag);
    CHECK_OK(bh_sound_mix(parts[0], parts[1], &sound, &diag), diag);
    check_golden(sound, 1, "snd_add_unequal");
    bh_sound_free(parts[0]);
    bh_sound_free(parts[1]);
}

/* brian2hears takes the mean off before it measures; this tone has none. */
static void
test_level(void)
{
    bh_diag diag = {0};
    bh_sound *sound = golden_input(), *at = NULL;
    CHECK_OK(bh_sound_atlevel(sound, 45, &at, &diag), diag);
    check_golden(at, 1, "snd_atlevel");
    CHECK_NEAR(bh_level_get(sound), 60, 1e-9);
    at = NULL;
    CHECK(bh_sound_atlevel(sound, NAN, &at, &diag) == BH_ERR_ARGUMENT);
    CHECK(at == NULL);
    bh_sound_free(sound);

    sound = counting(4, 2);
    const double difference = bh_level_get_channel(sound, 1) -
                              bh_level_get_channel(sound, 0);
    CHECK_NEAR(bh_sound_maxlevel(sound), bh_level_get_channel(sound, 1), 0);
    CHECK_OK(bh_sound_set_maxlevel(sound, 70, &diag), diag);
    CHECK_NEAR(bh_level_get_channel(sound, 1), 70, 1e-11);
    CHECK_NEAR(bh_level_get_channel(sound, 0), 70 - difference, 1e-11);
    const double levels[] = {50, -10}, wrong[] = {40, NAN}, far[] = {40, 1e9};
    CHECK_OK(bh_sound_set_levels(sound, levels, &diag), diag);
    CHECK(bh_sound_set_levels(sound, wrong, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_set_levels(sound, far, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "cannot be set to 1e+09 dB SPL");
    CHECK_NEAR(bh_level_get_channel(sound, 0), 50, 1e-11);
    CHECK_NEAR(bh_level_get_channel(sound, 1), -10, 1e-11);
    for (size_t t = 0; t < 4; t++)
        bh_sound_data(sound)[2 * t + 1] = 0;
    CHECK(bh_sound_set_levels(sound, levels, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "channel 1 is silent");
    CHECK_NEAR(bh_level_get_channel(sound, 0), 50, 1e-11);
    CHECK_OK(bh_sound_gain(sound, -INFINITY, &diag), diag);
    CHECK(bh_sound_maxlevel(sound) == -INFINITY);
    CHECK(bh_sound_set_maxlevel(sound, 60, &diag) == BH_ERR_DATA);
    CHECK(bh_sound_gain(sound, NAN, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "cannot be changed by nan dB");
    bh_sound_free(sound);
}

/* What Sound[a:b:step] and Sound[a:b] = part of brian2hears do. */
static void
test_steps(void)
{
    bh_diag diag = {0};
    bh_sound *sound = counting(5, 1), *two = counting(3, 2), *part = NULL, *out = NULL;
    CHECK_OK(bh_sound_slice_frames(sound, 1, 5, 2, &out, &diag), diag);
    CHECK(bh_sound_samplerate(out) == 10);
    CHECK_SAMPLES(out, 11, 31);
    CHECK_OK(bh_sound_slice_frames(sound, -2, 7, 3, &out, &diag), diag);
    CHECK_SAMPLES(out, 0, 11, 41);
    CHECK_OK(bh_sound_slice_frames(sound, 4, -1, -1, &out, &diag), diag);
    CHECK_SAMPLES(out, 41, 31, 21, 11, 1);
    CHECK_OK(bh_sound_slice_frames(two, 2, 0, -2, &out, &diag), diag);
    CHECK_SAMPLES(out, 21, 22);
    CHECK(bh_sound_slice_frames(sound, 0, 5, 0, &part, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_slice_frames(sound, 3, 3, 1, &part, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_slice_frames(sound, 0, 3, -1, &part, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_slice_frames(sound, 0, INT64_MAX, 1, &part, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_OK(bh_sound_slice_frames(sound, 0, 2, 1, &part, &diag), diag);
    CHECK_OK(bh_sound_put(sound, 0.3, part, &diag), diag);
    CHECK_OK(bh_sound_put(two, 0.1, part, &diag), diag);
    CHECK(bh_sound_put(sound, 0.4, part, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "does not lie within a sound of 0.5 s");
    CHECK(bh_sound_put(sound, -0.1, part, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_put(sound, NAN, part, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_put(sound, 0, two, &diag) == BH_ERR_ARGUMENT);
    bh_sound_free(part);
    CHECK_SAMPLES(sound, 1, 11, 21, 1, 11);
    CHECK_SAMPLES(two, 1, 2, 1, 1, 11, 11);
}

static void
test_unfit(void)
{
    bh_diag diag = {0};
    bh_sound *two = counting(2, 2), *three = counting(2, 3), *other = NULL, *out = NULL;
    CHECK_OK(bh_sound_new(1, 1, 44100, &other, &diag), diag);
    CHECK(bh_sound_mix(two, three, &out, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "sounds of 2 and 3 channels cannot be put together");
    CHECK(bh_sound_multiply(two, other, &out, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "sounds of 10 Hz and 44100 Hz cannot be put together");
    const bh_sound *const parts[] = {two, three};
    CHECK(bh_sound_sequence(parts, 2, 0, &out, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_sequence(parts, 0, 0, &out, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_sequence(parts, 1, -1, &out, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_sequence(parts, 1, NAN, &out, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_repeat(two, 0, &out, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sound_repeat(two, (size_t)-1, &out, &diag) == BH_ERR_MEMORY);
    CHECK(out == NULL);
    bh_sound_free(two);
    bh_sound_free(three);
    bh_sound_free(other);
}

TEST_MAIN("edit", {"slice", test_slice}, {"shift", test_shift}, {"join", test_join},
          {"golden", test_golden}, {"level", test_level}, {"steps", test_steps},
          {"unfit", test_unfit})
