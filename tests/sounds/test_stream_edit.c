/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/stream_edit.h"

#include "sounds/edit.h"
#include "sounds/level.h"
#include "sounds/noise.h"
#include "sounds/stream.h"
#include "tests/sounds/sources.h"

static const bh_sound_shape shape = {
    .duration_s = 0.2, .channels = 2, .samplerate_hz = 16000};

static bh_sound *
noise(size_t channels)
{
    bh_diag diag = {0};
    bh_sound_shape own = shape;
    bh_sound *sound = NULL;
    own.channels = channels;
    CHECK_OK(bh_sound_white(&own, 3, &sound, &diag), diag);
    return sound;
}

static bh_source *
noise_source(size_t channels)
{
    bh_diag diag = {0};
    bh_sound_shape own = shape;
    bh_source *source = NULL;
    own.channels = channels;
    CHECK_OK(bh_white_source(&own, 3, &source, &diag), diag);
    return source;
}

static void
test_ramp(void)
{
    bh_diag diag = {0};
    for (int form = BH_RAMP_COSINE_SQUARED; form < BH_RAMP_ENVELOPE; form++)
        for (int end = BH_RAMP_ONSET; end <= BH_RAMP_BOTH; end++) {
            /* 0.15 s at both ends of 0.2 s overlap. */
            const bh_ramp ramp = {.end = (bh_ramp_end)end,
                                  .form = (bh_ramp_form)form,
                                  .duration_s = form % 2 ? 0.15 : 0.01};
            bh_source *input = noise_source(2), *source = NULL;
            bh_sound *sound = noise(2);
            CHECK_OK(bh_sound_ramp(sound, &ramp, &diag), diag);
            CHECK_OK(bh_ramp_source(input, &ramp, &source, &diag), diag);
            check_same(source, sound);
            bh_source_free(input);
        }
}

static void
test_modulate(void)
{
    bh_diag diag = {0};
    bh_source *input = noise_source(2), *source = NULL;
    bh_sound *sound = noise(2);
    CHECK_OK(bh_sound_modulate(sound, 40, 0.7, 0.2, &diag), diag);
    CHECK_OK(bh_modulate_source(input, 40, 0.7, 0.2, &source, &diag), diag);
    check_same(source, sound);
    CHECK(bh_modulate_source(input, 40, 1.5, 0, &source, &diag) == BH_ERR_ARGUMENT);
    bh_source_free(input);
}

static void
test_level(void)
{
    const double levels_db[] = {60, 47};
    bh_diag diag = {0};
    bh_source *input = noise_source(2), *source = NULL;
    bh_sound *sound = noise(2);
    CHECK_OK(bh_level_set(sound, 60, &diag), diag);
    CHECK_OK(bh_level_source(input, levels_db, 1, &source, &diag), diag);
    check_same(source, sound);
    sound = noise(2);
    CHECK_OK(bh_sound_set_levels(sound, levels_db, &diag), diag);
    CHECK_OK(bh_level_source(input, levels_db, 2, &source, &diag), diag);
    CHECK_NEAR(bh_level_get_channel(sound, 1), 47, 1e-9);
    double peak_pa = 0;
    CHECK_OK(bh_source_peak(source, &peak_pa, &diag), diag);
    CHECK(peak_pa == bh_level_peak(sound) && peak_pa > 0);
    check_same(source, sound);
    bh_source_free(input);
}

static void
test_sequence(void)
{
    bh_diag diag = {0};
    bh_sound *a = noise(1), *b = noise(2), *all = NULL;
    bh_source *parts[3] = {noise_source(1), noise_source(2), noise_source(1)};
    bh_source *source = NULL;
    const bh_sound *const sounds[3] = {a, b, a};
    for (int i = 0; i < 2; i++) {
        const double gap_s = i * 0.07;
        CHECK_OK(bh_sound_sequence(sounds, 3, gap_s, &all, &diag), diag);
        CHECK_OK(bh_sequence_source(parts, 3, gap_s, &source, &diag), diag);
        check_same(source, all);
    }
    for (int i = 0; i < 3; i++)
        bh_source_free(parts[i]);
    bh_sound_free(a);
    bh_sound_free(b);
}

static void
test_refused(void)
{
    const double level_db = 60, wrong_db = NAN;
    bh_sound_shape other = shape, forever = shape;
    bh_diag diag = {0};
    bh_source *quiet = NULL, *slow = NULL, *endless = NULL, *source = NULL;
    bh_ramp ramp = bh_ramp_default();
    double peak_pa = 0;
    other.samplerate_hz = 8000;
    forever.duration_s = INFINITY;
    CHECK_OK(bh_silence_source(&shape, &quiet, &diag), diag);
    CHECK_OK(bh_silence_source(&other, &slow, &diag), diag);
    CHECK_OK(bh_silence_source(&forever, &endless, &diag), diag);
    CHECK(bh_level_source(quiet, &level_db, 1, &source, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "the sound is silent");
    CHECK(bh_level_source(quiet, &wrong_db, 1, &source, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_level_source(quiet, &level_db, 3, &source, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_level_source(endless, &level_db, 1, &source, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_source_peak(endless, &peak_pa, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_ramp_source(endless, &ramp, &source, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "whose end is not known");
    ramp.duration_s = 0.3;
    CHECK(bh_ramp_source(quiet, &ramp, &source, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "longer than the sound");
    bh_source *parts[2] = {quiet, slow};
    CHECK(bh_sequence_source(parts, 2, 0, &source, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "resample one of them");
    CHECK(bh_sequence_source(parts, 0, 0, &source, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_sequence_source(parts, 1, -1, &source, &diag) == BH_ERR_ARGUMENT);
    CHECK(source == NULL);
    bh_source_free(quiet);
    bh_source_free(slow);
    bh_source_free(endless);
}

TEST_MAIN("sounds/stream_edit", {"ramp", test_ramp}, {"modulate", test_modulate},
          {"level", test_level}, {"sequence", test_sequence}, {"refused", test_refused})
