/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE

#include "io/play.h"

#include "tests/check.h"
#include "tests/io/audio_scratch.h"

static bh_sound *
quiet(size_t channels)
{
    bh_diag diag = {0};
    bh_sound *sound = NULL;
    CHECK_OK(bh_sound_new(441, channels, 44100, &sound, &diag), diag);
    return sound;
}

/* What cannot be played anywhere is said so, whatever devices there are. */
static void
test_refused(void)
{
    bh_play_config config = bh_play_config_default();
    bh_diag diag = {0};
    bh_sound *sound = quiet(1), *wide = quiet(1025);
    keep_libgomp();
    config.full_scale_db = NAN;
    CHECK(bh_sound_play(sound, &config, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "a full scale of nan dB SPL");
    CHECK(bh_sound_play(wide, NULL, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "1024 are the most");
    config = bh_play_config_default();
    config.device = "no such device";
    CHECK(bh_sound_play(sound, &config, &diag) == BH_ERR_DEVICE);
    CHECK_HAS(diag.text, "sound device");
    config.device = NULL;
    config.host_api = "no such system";
    CHECK(bh_sound_play(sound, &config, &diag) == BH_ERR_DEVICE);
    bh_sound_free(sound);
    bh_sound_free(wide);
}

TEST_MAIN("io/play", {"refused", test_refused})
