/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/edit.h"

#include "sounds/generate.h"
#include "tests/check.h"

static const double tau = 6.283185307179586476925;
static const double rate_hz = 44100;

/* The largest distance of a tone that was shifted to the tone that begins later, away
 * from both ends, where the sinc function does not see the whole of it. */
static double
error(double frequency_hz, double delay_frames)
{
    bh_diag diag = {0};
    bh_sound *tone = NULL, *later = NULL;
    const bh_sound_shape shape = {0.1, 1, rate_hz};
    CHECK_OK(bh_sound_tone(&shape, frequency_hz, 1, &tone, &diag), diag);
    CHECK_OK(bh_sound_shift_exactly(tone, delay_frames / rate_hz, &later, &diag), diag);
    const double frames = (double)bh_sound_frames(later);
    CHECK_NEAR(frames, 4410 + ceil(delay_frames), 0);
    double worst = 0;
    for (size_t t = 0; t < bh_sound_frames(later); t++) {
        const double source = (double)t - delay_frames;
        if (source < 260 || source > 4410 - 260)
            continue;
        const double want = sin(tau * frequency_hz / rate_hz * source + 1);
        worst = fmax(worst, fabs(bh_sound_samples(later)[t] - want));
    }
    bh_sound_free(tone);
    bh_sound_free(later);
    return worst;
}

/* The header promises 1e-5 up to 0.48 of the sample rate; 4.1e-6 was measured. */
static void
test_tones(void)
{
    const double frequencies_hz[] = {20, 100, 1000, 8000, 15000, 20000, 0.48 * 44100};
    const double delays[] = {0.5, 0.1, 1.0 / 3, 0.999, 17.25, -0.5, -20.7, 1e-6};
    double worst = 0;
    for (size_t i = 0; i < sizeof frequencies_hz / sizeof frequencies_hz[0]; i++)
        for (size_t j = 0; j < sizeof delays / sizeof delays[0]; j++)
            worst = fmax(worst, error(frequencies_hz[i], delays[j]));
    CHECK_NEAR(worst, 0, 1e-5);
}

/* A whole number of frames, however it was rounded, is a plain shift; each channel is
 * shifted by itself. */
static void
test_whole(void)
{
    bh_diag diag = {0};
    bh_sound *two = NULL, *later = NULL, *plain = NULL, *left = NULL, *one = NULL;
    const bh_sound_shape shape = {0.01, 2, rate_hz};
    const double frequency_hz[] = {300, 5000};
    CHECK_OK(bh_sound_tones(&shape, frequency_hz, NULL, &two, &diag), diag);
    CHECK_OK(bh_sound_shift_exactly(two, 21 / rate_hz, &later, &diag), diag);
    CHECK_OK(bh_sound_shift(two, 21 / rate_hz, &plain, &diag), diag);
    CHECK(bh_sound_frames(later) == bh_sound_frames(plain));
    CHECK(memcmp(bh_sound_samples(later), bh_sound_samples(plain),
                 bh_sound_frames(plain) * 2 * sizeof(double)) == 0);
    bh_sound_free(later);
    CHECK_OK(bh_sound_shift_exactly(two, 0.3 / rate_hz, &later, &diag), diag);
    CHECK_OK(bh_sound_channel(two, 1, &left, &diag), diag);
    CHECK_OK(bh_sound_shift_exactly(left, 0.3 / rate_hz, &one, &diag), diag);
    for (size_t t = 0; t < bh_sound_frames(one); t++)
        CHECK(bh_sound_samples(later)[2 * t + 1] == bh_sound_samples(one)[t]);
    bh_sound_free(two);
    bh_sound_free(later);
    bh_sound_free(plain);
    bh_sound_free(left);
    bh_sound_free(one);
}

/* Silence stays, and a constant stays what it is: the taps sum up to 1. */
static void
test_constant(void)
{
    bh_diag diag = {0};
    bh_sound *click = NULL, *later = NULL;
    const bh_sound_shape shape = {0.05, 1, rate_hz};
    CHECK_OK(bh_sound_click(&shape, 3, &click, &diag), diag);
    CHECK_OK(bh_sound_shift_exactly(click, 0.4 / rate_hz, &later, &diag), diag);
    for (size_t t = 260; t < 2205 - 260; t++)
        CHECK_NEAR(bh_sound_samples(later)[t], 3, 1e-13);
    bh_sound_free(later);
    later = NULL;
    CHECK(bh_sound_shift_exactly(click, -0.0501, &later, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "leaves nothing of a sound of 0.05 s");
    CHECK(bh_sound_shift_exactly(click, INFINITY, &later, &diag) == BH_ERR_ARGUMENT);
    CHECK(later == NULL);
    bh_sound_free(click);
}

TEST_MAIN("shift", {"tones", test_tones}, {"whole", test_whole},
          {"constant", test_constant})
