/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_STIMULUS_H
#define BH_CLI_STIMULUS_H

/* From options to a sound. */

#include "cli/settings.h"

enum { STIMULUS_OPTIONS = 28, VALUES_MAX = 32 };

/* Values of one option; none where it was not given. */
struct values {
    size_t count;
    double value[VALUES_MAX];
};

struct stimulus_settings {
    int64_t seed;
    struct values duration_s, samplerate_hz, channels, level_db, ramp_s, ramp_form;
    struct values frequency_hz, phase_rad, harmonics, amplitude_pa;
    struct values to_hz, glide, am_rate_hz, am_depth, fm_rate_hz, fm_deviation_hz;
    struct values exponent, delay_s, gain, iterations;
    struct values width_s, peak_db, clicks, interval_s;
    struct values pitch_hz, formants_hz;
    const char *vowel; /* NULL where it was not given */
};

extern const struct setting stimulus_table[STIMULUS_OPTIONS];

#define STIMULUS_SETTINGS(type, member) SETTINGS("Sound", stimulus_table, type, member)

/* BH_ERR_TEXT, with a sentence, where an option was given that this kind has no use
 * for. */
bh_status stimulus_check(bh_stimulus_kind kind,
                         const struct stimulus_settings *settings, bh_diag *diag);

/* Readies the sound, with its level and its ramps. */
bh_status stimulus_open(bh_stimulus_kind kind, const struct stimulus_settings *settings,
                        bh_source **out, bh_diag *diag);

#endif
