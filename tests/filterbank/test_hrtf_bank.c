/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/hrtf_bank.h"

#include "filterbank/headless.h"
#include "sounds/noise.h"
#include "tests/check.h"
#include "tests/sounds/golden.h"

/* HRTF.apply of brian2hears. Its convolution by spectra and ours by sums differ by
 * rounding: 1e-12 of the largest value. */
static void
test_apply(void)
{
    enum { TAPS = 32 };
    size_t count = 0, frames = 0;
    double *taps = read_golden("hrtf_ears/taps.f64", &count);
    double *heard = read_golden("hrtf_ears/input.f64", &frames);
    double *want = read_golden("hrtf_ears/output.f64", &count);
    const bh_hrtf_config config = {44100, 1, TAPS, taps, NULL};
    bh_hrtf_set *set = NULL;
    bh_sound *sound = NULL, *both = NULL;
    bh_diag diag = {0};
    CHECK(count == 2 * frames);
    CHECK_OK(bh_hrtf_set_new(&config, &set, &diag), diag);
    CHECK_OK(bh_sound_from(heard, frames, 1, 44100, &sound, &diag), diag);
    CHECK_OK(bh_hrtf_apply(set, 0, sound, &both, &diag), diag);
    CHECK(bh_sound_frames(both) == frames && bh_sound_channels(both) == 2);
    double worst = 0, largest = 0;
    for (size_t i = 0; i < count; i++) {
        worst = fmax(worst, fabs(bh_sound_samples(both)[i] - want[i]));
        largest = fmax(largest, fabs(want[i]));
    }
    CHECK_NEAR(worst, 0, 1e-12 * largest);
    bh_sound_free(both);
    bh_sound_free(sound);
    bh_hrtf_set_free(set);
    free(want);
    free(heard);
    free(taps);
}

/* The channels of a bank in both orders, against each pair alone. */
static void
test_orders(void)
{
    enum { FRAMES = 500, PAIRS = 5 };
    bh_headless_params params = bh_headless_params_default();
    const bh_sound_shape shape = {FRAMES / 44100.0, 1, 44100};
    bh_hrtf_set *set = NULL;
    bh_sound *sound = NULL, *both = NULL;
    bh_diag diag = {0};
    static double heard[2][FRAMES][PAIRS * BH_EARS];
    params.count = PAIRS;
    CHECK_OK(bh_headless_new(&params, &set, &diag), diag);
    CHECK_OK(bh_sound_white(&shape, 5, &sound, &diag), diag);
    for (int order = BH_HRTF_SERIAL; order <= BH_HRTF_INTERLEAVED; order++) {
        bh_filterbank *bank = NULL;
        const bh_block in = {bh_sound_data(sound), FRAMES, 1, 1, BH_DOUBLE};
        const bh_block out = {heard[order], FRAMES, 10, 10, BH_DOUBLE};
        CHECK_OK(bh_hrtf_filterbank(set, (bh_hrtf_order)order, BH_DOUBLE, &bank, &diag),
                 diag);
        CHECK(bh_filterbank_channels(bank) == 10);
        CHECK_OK(bh_filterbank_process(bank, in, out, &diag), diag);
        bh_filterbank_free(bank);
    }
    size_t wrong = 0;
    for (size_t i = 0; i < PAIRS; i++) {
        CHECK_OK(bh_hrtf_apply(set, i, sound, &both, &diag), diag);
        for (size_t t = 0; t < FRAMES; t++)
            for (size_t ear = 0; ear < BH_EARS; ear++) {
                const double want = bh_sound_samples(both)[2 * t + ear];
                wrong += heard[BH_HRTF_SERIAL][t][ear * PAIRS + i] != want;
                wrong += heard[BH_HRTF_INTERLEAVED][t][2 * i + ear] != want;
            }
        bh_sound_free(both);
    }
    CHECK(wrong == 0);
    bh_sound_free(sound);
    bh_hrtf_set_free(set);
}

static void
test_refused(void)
{
    bh_headless_params params = bh_headless_params_default();
    bh_hrtf_set *set = NULL;
    bh_sound *sound = NULL, *both = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_headless_new(&params, &set, &diag), diag);
    CHECK_OK(bh_sound_new(10, 2, 44100, &sound, &diag), diag);
    CHECK(bh_hrtf_apply(set, 0, sound, &both, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "has one channel, not 2");
    bh_sound_free(sound);
    CHECK_OK(bh_sound_new(10, 1, 48000, &sound, &diag), diag);
    CHECK(bh_hrtf_apply(set, 0, sound, &both, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "48000 Hz and the responses have 44100 Hz");
    bh_sound_free(sound);
    CHECK_OK(bh_sound_new(10, 1, 44100, &sound, &diag), diag);
    CHECK(bh_hrtf_apply(set, 13, sound, &both, &diag) == BH_ERR_ARGUMENT);
    CHECK(both == NULL);
    bh_sound_free(sound);
    bh_hrtf_set_free(set);
}

TEST_MAIN("filterbank/hrtf_bank", {"apply", test_apply}, {"orders", test_orders},
          {"refused", test_refused})
