/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "filterbank/headless.h"
#include "filterbank/hrtf_bank.h"
#include "tests/filterbank/bank.h"

/* The 61 reference cases that were made with brian2hears, and which test has each,
 * under which name where that is another. tests/golden/brian2hears/README.md says how
 * they were made. Doubles agree within 1e-9 of the largest value, or the test has the
 * reason: cube roots of numbers near zero (function_halfwave_cuberoot). Three are known
 * to be others and why: test_noise.c on snd_irn*. tancarney_ui10_noise depends on
 * brian2hears' buffers of 32 samples; it was made again with buffers that the interval
 * divides. */
static const struct {
    const char *name, *test, *there;
} cases[] = {
    {"approxgt_click", "filterbank/test_approximate_gammatone.c", "approxgt_click"},
    {"approxgt_order3_noise", "filterbank/test_approximate_gammatone.c",
     "approxgt_order3_noise"},
    {"asymcomp_c-2_noise", "filterbank/test_gammachirp.c", "asymcomp_c-2_noise"},
    {"asymcomp_click", "filterbank/test_gammachirp.c", "asymcomp_click"},
    {"butter_high_array", "filterbank/test_iir.c", "butter_high_array"},
    {"butter_low_scalar", "filterbank/test_iir.c", "butter_low_scalar"},
    {"cascade_lowpass4", "filterbank/test_lowpass.c", "cascade_lowpass4"},
    {"combined_rectgammatone", "filterbank/test_graph.c", "combined_rectgammatone"},
    {"control_gain", "filterbank/test_graph.c", "control_gain"},
    {"dcgc_ui1_tone", "filterbank/test_dcgc.c", "dcgc_tone"},
    {"dcgc_ui8_noise", "filterbank/test_dcgc.c", "dcgc_noise_8"},
    {"drnl_guineapig_click", "filterbank/test_drnl.c", "drnl_guineapig_click"},
    {"drnl_human_noise_gm-0.48", "filterbank/test_drnl.c", "drnl_human_noise"},
    {"drnl_human_tone", "filterbank/test_drnl.c", "drnl_human_tone"},
    {"erbspace_100_12k_50", "filterbank/test_scale.c", "erbspace_100_12k_50"},
    {"erbspace_20_20k_12", "filterbank/test_scale.c", "erbspace_20_20k_12"},
    {"erbspace_params", "filterbank/test_scale.c", "erbspace_params"},
    {"fir_1d", "filterbank/test_fir.c", "fir_1d"},
    {"fractionaldelay", "filterbank/test_fractional_delay.c", "fractionaldelay"},
    {"function_halfwave_cuberoot", "filterbank/test_graph.c",
     "function_halfwave_cuberoot"},
    {"gammatone_b1.5_noise", "filterbank/test_gammatone.c", "gammatone_b1.5_noise"},
    {"gammatone_click50", "filterbank/test_gammatone.c", "gammatone_click50"},
    {"gammatone_noise60_short", "filterbank/test_gammatone.c",
     "gammatone_noise60_short"},
    {"gammatone_tone1k_60", "filterbank/test_gammatone.c", "gammatone_tone1k_60"},
    {"headless_hrtf5", "filterbank/test_golden.c", "headless_hrtf5"},
    {"hrtf_apply", "filterbank/test_hrtf_bank.c", "hrtf_ears"},
    {"iir_cheby1_low", "filterbank/test_iir.c", "iir_cheby1_low"},
    {"iir_ellip_bandpass", "filterbank/test_iir.c", "iir_ellip_bandpass"},
    {"interleave", "filterbank/test_mix.c", "interleave"},
    {"lif_noise60", "neurons/test_network.c", "lif_noise60"},
    {"linear_custom", "filterbank/test_linear.c", "linear_custom"},
    {"lineargaborchirp_click", "filterbank/test_linear_chirp.c",
     "lineargaborchirp_click"},
    {"lineargammachirp_c0_click", "filterbank/test_linear_chirp.c",
     "lineargammachirp_c0_click"},
    {"lineargammachirp_c1e5_noise", "filterbank/test_linear_chirp.c",
     "lineargammachirp_c1e5_noise"},
    {"loggammachirp_c-2.96_noise", "filterbank/test_gammachirp.c",
     "loggammachirp_c-2.96_noise"},
    {"loggammachirp_c1_click", "filterbank/test_gammachirp.c",
     "loggammachirp_c1_click"},
    {"lowpass_array", "filterbank/test_lowpass.c", "lowpass_array"},
    {"middleear_click", "filterbank/test_middle_ear.c", "middleear_click"},
    {"restructure_AABBCC", "filterbank/test_mix.c", "restructure_AABBCC"},
    {"snd_add_unequal", "sounds/test_edit.c", "snd_add_unequal"},
    {"snd_atlevel", "sounds/test_edit.c", "snd_atlevel"},
    {"snd_click_peak", "sounds/test_generate.c", "snd_click_peak"},
    {"snd_clicks", "sounds/test_generate.c", "snd_clicks"},
    {"snd_clicks48k", "sounds/test_generate.c", "snd_clicks48k"},
    {"snd_harmcomplex", "sounds/test_generate.c", "snd_harmcomplex"},
    {"snd_harmcomplex5", "sounds/test_generate.c", "snd_harmcomplex5"},
    {"snd_irno", "sounds/test_noise.c", "snd_irno"},
    {"snd_irns", "sounds/test_noise.c", "snd_irns"},
    {"snd_irns5", "sounds/test_noise.c", "snd_irns"},
    {"snd_ramp_both", "sounds/test_ramp.c", "snd_ramp_both"},
    {"snd_sequence_repeat", "sounds/test_edit.c", "snd_sequence_repeat"},
    {"snd_shifted", "sounds/test_edit.c", "snd_shifted"},
    {"snd_tone", "sounds/test_generate.c", "snd_tone"},
    {"snd_tone2ch_phase", "sounds/test_generate.c", "snd_tone2ch_phase"},
    {"snd_vowel_a", "sounds/test_generate.c", "snd_vowel_a"},
    {"snd_vowel_formants", "sounds/test_generate.c", "snd_vowel_formants"},
    {"snd_vowel_i", "sounds/test_generate.c", "snd_vowel_i"},
    {"sum_weights", "filterbank/test_mix.c", "sum_weights"},
    {"tancarney_ui10_noise", "filterbank/test_tan_carney.c", "tancarney_noise_10"},
    {"tancarney_ui1_tone", "filterbank/test_tan_carney.c", "tancarney_tone"},
    {"zhangrate_tone", "filterbank/test_zhang_synapse.c", "zhang_synapse_tone"},
};

/* Nobody loses a case: the test still has it. */
static void
all_cases(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", BH_TESTS_DIR, cases[i].test);
        char *text = read_text(path);
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        CHECK_HAS(text, cases[i].there);
        free(text);
    }
}

/* Five directions of brian2hears' HeadlessDatabase, all left ears, then all right ones:
 * delays of whole samples, which brian2hears convolves by spectra. */
static void
golden_headless(void)
{
    struct golden golden = read_golden("headless_hrtf5");
    bh_headless_params params = bh_headless_params_default();
    bh_hrtf_set *set = NULL;
    bh_filterbank *fb = NULL;
    bh_diag diag = {0};
    params.count = 5;
    CHECK_OK(bh_headless_new(&params, &set, &diag), diag);
    CHECK_OK(bh_hrtf_filterbank(set, BH_HRTF_SERIAL, BH_DOUBLE, &fb, &diag), diag);
    bh_hrtf_set_free(set);
    check_golden(&golden, fb, 1e-15);
    free_golden(&golden);
}

TEST_MAIN("golden", {"all cases", all_cases}, {"golden headless", golden_headless})
