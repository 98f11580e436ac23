/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sounds/sound_spectrum.h"

#include "sounds/generate.h"
#include "sounds/level.h"
#include "sounds/noise.h"
#include "tests/check.h"

/* A tone with a whole number of periods has one line, with its level and phase. */
static void
test_tone(void)
{
    const bh_sound_shape shape = {0.1, 2, 10000};
    const double hertz[] = {1230, 400}, phase[] = {0, 0.3};
    double level_db[501], phase_rad[501];
    bh_sound *sound = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_sound_tones(&shape, hertz, phase, &sound, &diag), diag);
    CHECK_OK(bh_level_set(sound, 60, &diag), diag);
    CHECK(bh_sound_spectrum_lines(sound) == 501);
    CHECK_OK(bh_sound_spectrum(sound, 1, level_db, phase_rad, &diag), diag);
    CHECK_NEAR(level_db[40], 60, 1e-9);
    /* A sine is a cosine a quarter later. */
    CHECK_NEAR(phase_rad[40], 0.3 - 1.5707963267948966, 1e-9);
    double most_db = -INFINITY;
    for (size_t k = 0; k < 501; k++)
        most_db = k == 40 ? most_db : fmax(most_db, level_db[k]);
    CHECK(most_db < -200);
    CHECK_OK(bh_sound_spectrum(sound, 0, level_db, NULL, &diag), diag);
    CHECK_NEAR(level_db[123], 60, 1e-9);
    CHECK(bh_sound_spectrum(sound, 2, level_db, NULL, &diag) == BH_ERR_ARGUMENT);
    bh_sound_free(sound);
}

/* The powers of all lines are the power of the sound (Parseval), of odd and even
 * lengths. */
static void
test_power(void)
{
    for (size_t frames = 1000; frames < 1003; frames++) {
        const bh_sound_shape shape = {(double)frames / 8000, 1, 8000};
        double level_db[502], sum = 0;
        bh_sound *sound = NULL;
        bh_diag diag = {0};
        CHECK_OK(bh_sound_white(&shape, 1, &sound, &diag), diag);
        CHECK_OK(bh_sound_spectrum(sound, 0, level_db, NULL, &diag), diag);
        for (size_t k = 0; k < bh_sound_spectrum_lines(sound); k++)
            sum += pow(10, level_db[k] / 10);
        CHECK_NEAR(10 * log10(sum), bh_level_get(sound), 1e-9);
        bh_sound_free(sound);
    }
}

TEST_MAIN("sounds/sound_spectrum", {"tone", test_tone}, {"power", test_power})
