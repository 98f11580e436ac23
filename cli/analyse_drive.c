/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/analyse.h"

#include "cli/analyse_play.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What of a tone's beginning is no steady state, unless --skip says more. */
#define ONSET_S 10e-3

static bh_status
play_rate(struct player *player, const struct tone *tone, double *rate_hz,
          double *sd_hz, bh_diag *diag)
{
    bh_trains *trains = NULL;
    BH_TRY(player_play(player, tone, &trains, diag));
    double squares = 0;
    const size_t count = bh_trains_count(trains);
    *rate_hz = bh_trains_rate(trains);
    for (size_t i = 0; i < count; i++) {
        const double off = (double)bh_trains_get(trains, i).count /
                               bh_trains_duration(trains) -
                           *rate_hz;
        squares += off * off;
    }
    *sd_hz = count > 1 ? sqrt(squares / (double)(count - 1)) : NAN;
    player->fibres = count;
    bh_trains_free(trains);
    return BH_OK;
}

static bh_status
measure_levels(struct player *player, struct outcome *out, bh_diag *diag)
{
    static const char *const names[] = {"level_db_spl", "rate_hz", "sd_hz", NULL};
    const struct drive_settings *drive = &player->settings->drive;
    const size_t rows =
        (size_t)((drive->high_db - drive->low_db) / drive->step_db + 1e-6) + 1;
    struct curve *curve = outcome_curve(out, "rate-level", rows, names, diag);
    if (!curve)
        return BH_ERR_MEMORY;
    for (size_t i = 0; i < rows; i++) {
        const double level_db = drive->low_db + (double)i * drive->step_db;
        const struct tone tone = {player->cf_hz, level_db, 0};
        curve->column[0].values[i] = level_db;
        BH_TRY(play_rate(player, &tone, &curve->column[1].values[i],
                         &curve->column[2].values[i], diag));
    }
    curve->x_label = "level (dB SPL)";
    curve->y_label = "rate (spikes/s)";
    bh_level_curve_config config = bh_level_curve_config_default();
    bh_level_curve r;
    config.spontaneous_hz = player->spontaneous_hz;
    config.spontaneous_sd_hz = player->spontaneous_sd_hz;
    BH_TRY(bh_level_curve_get(curve->column[0].values, curve->column[1].values, rows,
                              &config, &r, diag));
    snprintf(curve->title, sizeof curve->title, "%.5g Hz: up to %.0f spikes/s",
             player->cf_hz, r.saturation_hz);
    outcome_figure(out, "level_threshold_db_spl", r.threshold_db);
    outcome_figure(out, "dynamic_range_low_db_spl", r.low_db);
    outcome_figure(out, "dynamic_range_high_db_spl", r.high_db);
    outcome_figure(out, "dynamic_range_db", r.range_db);
    outcome_figure(out, "saturation_rate_hz", r.saturation_hz);
    return BH_OK;
}

static bh_status
respond(void *user, double frequency_hz, double level_db, double *response,
        bh_diag *diag)
{
    struct player *player = user;
    const struct tone tone = {frequency_hz, level_db, 0};
    double rate_hz = 0, sd_hz = 0;
    BH_TRY(play_rate(player, &tone, &rate_hz, &sd_hz, diag));
    *response = rate_hz - player->spontaneous_hz;
    return BH_OK;
}

static bh_status
measure_tuning(struct player *player, struct outcome *out, bh_diag *diag)
{
    static const char *const names[] = {"frequency_hz", "threshold_db_spl", NULL};
    enum { STEPS = 12 }; /* to the octave */
    const struct drive_settings *drive = &player->settings->drive;
    const int side = (int)(drive->octaves * STEPS + 0.5);
    double frequency_hz[2 * 10 * STEPS + 1];
    size_t rows = 0;
    for (int i = -side; i <= side; i++) {
        const double f = player->cf_hz * exp2((double)i / STEPS);
        if (f < 0.45 * drive->samplerate_hz)
            frequency_hz[rows++] = f;
    }
    struct curve *curve = outcome_curve(out, "tuning", rows, names, diag);
    if (!curve)
        return BH_ERR_MEMORY;
    bh_threshold_config config = bh_threshold_config_default();
    config.low_db = drive->low_db;
    config.high_db = drive->high_db;
    config.criterion = drive->criterion_hz;
    for (size_t i = 0; i < rows; i++) {
        curve->column[0].values[i] = frequency_hz[i];
        BH_TRY(bh_threshold_find(&config, frequency_hz[i], respond, player,
                                 &curve->column[1].values[i], diag));
    }
    curve->x_label = "frequency (Hz)";
    curve->y_label = "threshold (dB SPL)";
    curve->log_x = true;
    bh_tuning r;
    BH_TRY(bh_tuning_get(frequency_hz, curve->column[1].values, rows, &r, diag));
    snprintf(curve->title, sizeof curve->title, "best frequency %.5g Hz, %.1f dB SPL",
             r.cf_hz, r.threshold_db);
    outcome_figure(out, "best_frequency_hz", r.cf_hz);
    outcome_figure(out, "threshold_db_spl", r.threshold_db);
    outcome_figure(out, "bandwidth_10db_hz", r.bandwidth_hz);
    outcome_figure(out, "q10", r.q10);
    return BH_OK;
}

/* Vector strength over modulation frequency, four to the octave from 8 Hz to 2 kHz. */
static bh_status
measure_mtf(struct player *player, struct outcome *out, bh_diag *diag)
{
    static const char *const names[] = {"modulation_hz", "gain_db", "vector_strength",
                                        "phase_rad",     "rate_hz", NULL};
    const struct drive_settings *drive = &player->settings->drive;
    const size_t rows = 33;
    struct curve *curve = outcome_curve(out, "mtf", rows, names, diag);
    if (!curve)
        return BH_ERR_MEMORY;
    for (size_t i = 0; i < rows; i++) {
        const double modulation_hz = 8 * exp2((double)i / 4);
        const struct tone tone = {player->cf_hz, drive->level_db, modulation_hz};
        bh_trains *trains = NULL;
        bh_locking locking = {0};
        BH_TRY(player_play(player, &tone, &trains, diag));
        const bh_status status = bh_locking_get(trains, modulation_hz, &locking, diag);
        curve->column[0].values[i] = modulation_hz;
        curve->column[1].values[i] =
            bh_modulation_gain_db(locking.strength, drive->depth);
        curve->column[2].values[i] = locking.strength;
        curve->column[3].values[i] = locking.phase_rad;
        curve->column[4].values[i] = bh_trains_rate(trains);
        bh_trains_free(trains);
        BH_TRY(status);
    }
    curve->x_label = "modulation frequency (Hz)";
    curve->y_label = "modulation gain (dB)";
    curve->log_x = true;
    return BH_OK;
}

static bh_status
measure_wanted(struct player *player, struct outcome *out, bh_diag *diag)
{
    const struct measure_settings *wanted = &player->settings->measure;
    const struct tone silence = {player->cf_hz, -INFINITY, 0};
    BH_TRY(play_rate(player, &silence, &player->spontaneous_hz,
                     &player->spontaneous_sd_hz, diag));
    player->spontaneous_sd_hz /= sqrt((double)player->fibres);
    outcome_figure(out, "fibres", (double)player->fibres);
    outcome_figure(out, "cf_hz", player->cf_hz);
    outcome_figure(out, "spontaneous_rate_hz", player->spontaneous_hz);
    if (wanted->rate_level)
        BH_TRY(measure_levels(player, out, diag));
    if (wanted->tuning)
        BH_TRY(measure_tuning(player, out, diag));
    if (wanted->mtf)
        BH_TRY(measure_mtf(player, out, diag));
    return BH_OK;
}

static bh_status
check(const struct drive_settings *drive, const struct range *cf, double begin_s,
      bh_diag *diag)
{
    if (cf->low_hz != cf->high_hz || cf->low_hz >= 0.45 * drive->samplerate_hz)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "--cf: the model is driven at one place, such as --cf 1kHz, "
                           "below %g Hz",
                           0.45 * drive->samplerate_hz);
    if (drive->duration_s <= begin_s || drive->duration_s < 2 * drive->ramp_s)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "--tone-duration: a tone of %g s has no steady state behind "
                           "its first %g s, or no room for two ramps of %g s",
                           drive->duration_s, begin_s, drive->ramp_s);
    if (drive->low_db >= drive->high_db || drive->high_db - drive->low_db > 300)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "levels from %g to %g dB SPL; --level-low must be below "
                           "--level-high",
                           drive->low_db, drive->high_db);
    if (drive->octaves > 10 ||
        (drive->high_db - drive->low_db) / drive->step_db > 1e4 || drive->depth > 1)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "--octaves may be 10 at most, --depth 1, and there may be "
                           "10 000 levels");
    return BH_OK;
}

bh_status
measure_driven(const struct analyse_settings *settings, struct outcome *out,
               bh_diag *diag)
{
    struct range cf = {1000, 1000};
    struct player player;
    const double begin_s = fmax(ONSET_S, settings->timing.skip_s);
    if (settings->choice.cf)
        BH_TRY(read_frequencies(settings->choice.cf, "cf", &cf, diag));
    BH_TRY(check(&settings->drive, &cf, begin_s, diag));
    BH_TRY(player_open(settings, cf.low_hz, begin_s, &player, diag));
    const bh_status status = measure_wanted(&player, out, diag);
    player_close(&player);
    return status;
}
