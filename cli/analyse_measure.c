/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/analyse.h"

#include "cli/console.h"

#include <math.h>
#include <stdlib.h>

/* Widths of bins where the user does not say them. */
#define PSTH_BIN_S 1e-3
#define ISI_BIN_S  0.5e-3

void
outcome_figure(struct outcome *outcome, const char *name, double value)
{
    if (outcome->figures < FIGURES_MOST)
        outcome->figure[outcome->figures++] = (struct figure){name, value};
}

struct curve *
outcome_curve(struct outcome *outcome, const char *measure, size_t rows,
              const char *const *names, bh_diag *diag)
{
    if (outcome->curves == CURVES_MOST)
        return NULL;
    struct curve *curve = &outcome->curve[outcome->curves++];
    *curve = (struct curve){.measure = measure, .rows = rows, .shown = 1};
    for (; names[curve->columns]; curve->columns++) {
        struct column *column = &curve->column[curve->columns];
        *column = (struct column){names[curve->columns],
                                  calloc(rows + 1, sizeof *column->values), NULL};
        if (!column->values) {
            bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu values", rows);
            return NULL;
        }
    }
    return curve;
}

void
outcome_free(struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->curves; i++)
        for (size_t c = 0; c < outcome->curve[i].columns; c++)
            free(outcome->curve[i].column[c].values);
    free(outcome->grid.rate_hz);
    free(outcome->grid.cf_hz);
    *outcome = (struct outcome){0};
}

/* What a measure works on. */
struct work {
    const struct analyse_settings *settings;
    const struct choice *choice;
    bh_trains *all; /* the window */
    bh_trains
        *steady; /* from the onset and what is skipped to the end of the stimulus */
    struct outcome *out;
};

static double
bin_or(const struct work *work, double preset_s)
{
    return work->settings->bins.bin_s > 0 ? work->settings->bins.bin_s : preset_s;
}

static bh_status
measure_psth(const struct work *work, bh_diag *diag)
{
    static const char *const names[] = {"time_s", "rate_hz", "count", NULL};
    const double bin_s = bin_or(work, PSTH_BIN_S);
    const size_t bins = bh_trains_bins(work->all, bin_s);
    struct curve *curve = outcome_curve(work->out, "psth", bins, names, diag);
    uint64_t *counts = calloc(bins + 1, sizeof *counts);
    bh_response response;
    bh_status status = BH_ERR_MEMORY;
    if (curve && counts)
        status = bh_psth(work->all, bin_s, bins, counts, curve->column[1].values, diag);
    for (size_t b = 0; status == BH_OK && b < bins; b++) {
        curve->column[0].values[b] = bh_trains_start(work->all) + (double)b * bin_s;
        curve->column[2].values[b] = (double)counts[b];
    }
    free(counts);
    BH_TRY(status);
    curve->x_label = "time (s)";
    curve->y_label = "rate (spikes/s)";
    curve->bars = true;
    const struct timing_settings *timing = &work->settings->timing;
    bh_response_config config = bh_response_config_default();
    config.onset_s = timing->onset_s;
    config.offset_s = timing->offset_s;
    config.delay_s = timing->delay_s;
    BH_TRY(bh_response_get(work->all, &config, &response, diag));
    outcome_figure(work->out, "stimulus_rate_hz", response.rate_hz);
    outcome_figure(work->out, "spontaneous_rate_hz", response.spontaneous_hz);
    outcome_figure(work->out, "onset_rate_hz", response.onset_hz);
    outcome_figure(work->out, "onset_at_s", response.onset_at_s);
    outcome_figure(work->out, "steady_rate_hz", response.steady_hz);
    return BH_OK;
}

static bh_status
measure_latency(const struct work *work, bh_diag *diag)
{
    static const char *const names[] = {"train", "latency_s", NULL};
    const struct timing_settings *timing = &work->settings->timing;
    const size_t trains = bh_trains_count(work->all);
    struct curve *curve = outcome_curve(work->out, "latency", trains, names, diag);
    bh_latency latency;
    if (!curve)
        return BH_ERR_MEMORY;
    BH_TRY(bh_latency_get(work->all, timing->onset_s + timing->delay_s,
                          curve->column[1].values, &latency, diag));
    for (size_t i = 0; i < trains; i++)
        curve->column[0].values[i] = (double)i;
    curve->x_label = "train";
    curve->y_label = "first-spike latency (s)";
    outcome_figure(work->out, "latency_trains", (double)latency.trains);
    outcome_figure(work->out, "latency_median_s", latency.median_s);
    outcome_figure(work->out, "latency_mean_s", latency.mean_s);
    outcome_figure(work->out, "latency_sd_s", latency.sd_s);
    return BH_OK;
}

/* Factors for windows from ten times shorter to as long as a tenth of the time. */
static bh_status
measure_fano(const struct work *work, bh_diag *diag)
{
    static const char *const names[] = {"window_s", "fano_windows", "fano_trains",
                                        NULL};
    const double window_s = work->settings->bins.window_s;
    const double duration_s = bh_trains_duration(work->steady);
    const bool trains = bh_trains_count(work->steady) > 1;
    bh_fano fano;
    if (duration_s < 2 * window_s)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "--window: two windows of %g s do not fit into %g s",
                           window_s, duration_s);
    size_t rows = 0;
    for (double w = window_s / 10; w <= duration_s / 10 * 1.001; w *= pow(10, 0.1))
        rows++;
    struct curve *curve = outcome_curve(work->out, "fano", rows, names, diag);
    if (!curve)
        return BH_ERR_MEMORY;
    for (size_t i = 0; i < rows; i++) {
        const double w = window_s / 10 * pow(10, 0.1 * (double)i);
        curve->column[0].values[i] = w;
        BH_TRY(bh_fano_get(work->steady, w, BH_FANO_WINDOWS, &fano, diag));
        curve->column[1].values[i] = fano.factor;
        if (trains)
            BH_TRY(bh_fano_get(work->steady, w, BH_FANO_TRAINS, &fano, diag));
        curve->column[2].values[i] = trains ? fano.factor : NAN;
    }
    curve->x_label = "window (s)";
    curve->y_label = "Fano factor";
    curve->log_x = true;
    curve->shown = trains ? 2 : 1;
    curve->column[1].label = "from window to window";
    curve->column[2].label = "from train to train";
    BH_TRY(bh_fano_get(work->steady, window_s, BH_FANO_WINDOWS, &fano, diag));
    outcome_figure(work->out, "fano_window_s", window_s);
    outcome_figure(work->out, "fano_windows", fano.factor);
    if (trains)
        BH_TRY(bh_fano_get(work->steady, window_s, BH_FANO_TRAINS, &fano, diag));
    outcome_figure(work->out, "fano_trains", trains ? fano.factor : NAN);
    return BH_OK;
}

static bh_status
measure_isi(const struct work *work, bh_diag *diag)
{
    static const char *const names[] = {"interval_s", "count", "hazard_hz", NULL};
    const double bin_s = bin_or(work, ISI_BIN_S);
    const double bins_wanted = work->settings->bins.max_interval_s / bin_s;
    const size_t bins = bins_wanted < 1e7 ? (size_t)ceil(bins_wanted - 1e-6) : 0;
    bh_intervals intervals;
    uint64_t beyond = 0;
    struct curve *curve = outcome_curve(work->out, "isi", bins, names, diag);
    uint64_t *counts = calloc(bins + 1, sizeof *counts);
    bh_status status = BH_ERR_MEMORY;
    if (curve && counts)
        status = bh_isi_histogram(work->steady, bin_s, bins, counts, &beyond, diag);
    if (status == BH_OK)
        status =
            bh_isi_hazard(counts, bins, beyond, bin_s, curve->column[2].values, diag);
    for (size_t b = 0; status == BH_OK && b < bins; b++) {
        curve->column[0].values[b] = (double)b * bin_s;
        curve->column[1].values[b] = (double)counts[b];
    }
    free(counts);
    BH_TRY(status);
    curve->x_label = "interval (s)";
    curve->y_label = "count";
    curve->bars = true;
    bh_intervals_get(work->steady, &intervals);
    outcome_figure(work->out, "intervals", (double)intervals.count);
    outcome_figure(work->out, "interval_mean_s", intervals.mean_s);
    outcome_figure(work->out, "interval_sd_s", intervals.sd_s);
    outcome_figure(work->out, "interval_cv", intervals.cv);
    outcome_figure(work->out, "interval_cv2", intervals.cv2);
    outcome_figure(work->out, "interval_shortest_s", intervals.shortest_s);
    return BH_OK;
}

static bh_status
measure_locking(const struct work *work, bh_diag *diag)
{
    static const char *const names[] = {"phase_cycles", "rate_hz", "count", NULL};
    const double frequency_hz = work->settings->measure.frequency_hz;
    const size_t bins = (size_t)work->settings->bins.phases;
    struct curve *curve = outcome_curve(work->out, "period", bins, names, diag);
    uint64_t *counts = calloc(bins + 1, sizeof *counts);
    bh_locking locking;
    bh_status status = BH_ERR_MEMORY;
    if (curve && counts)
        status = bh_period_histogram(work->steady, frequency_hz, bins, counts,
                                     curve->column[1].values, diag);
    for (size_t b = 0; status == BH_OK && b < bins; b++) {
        curve->column[0].values[b] = (double)b / (double)bins;
        curve->column[2].values[b] = (double)counts[b];
    }
    free(counts);
    BH_TRY(status);
    BH_TRY(bh_locking_get(work->steady, frequency_hz, &locking, diag));
    curve->x_label = "phase (cycles)";
    curve->y_label = "rate (spikes/s)";
    curve->bars = true;
    snprintf(curve->title, sizeof curve->title, "%.6g Hz: vector strength %.3f",
             frequency_hz, locking.strength);
    outcome_figure(work->out, "frequency_hz", frequency_hz);
    outcome_figure(work->out, "vector_strength", locking.strength);
    outcome_figure(work->out, "phase_rad", locking.phase_rad);
    outcome_figure(work->out, "rayleigh_z", locking.rayleigh);
    outcome_figure(work->out, "rayleigh_p", locking.p);
    outcome_figure(work->out, "strength_by_chance", locking.floor);
    return BH_OK;
}

/* Trains of the inverted stimulus: the same neurons and window of another file. */
static bh_status
open_inverted(const struct work *work, struct choice *choice, bh_trains **out,
              bh_diag *diag)
{
    const char *path = work->settings->measure.inverted;
    const double start_s = bh_trains_start(work->steady);
    BH_TRY(choice_open(&work->settings->choice, &path, 1, choice, diag));
    const bh_status status = choice_trains(
        choice, start_s, start_s + bh_trains_duration(work->steady), out, diag);
    if (status != BH_OK)
        choice_close(choice);
    return status;
}

static void
note_places(const struct choice *choice)
{
    if (!choice->cf_hz)
        return;
    for (size_t i = 1; i < choice->index_count; i++)
        if (choice->cf_hz[choice->index[i]] != choice->cf_hz[choice->index[0]]) {
            note("the chosen neurons have different characteristic frequencies, so "
                 "their "
                 "SAC is not that of one place; --cf chooses one");
            return;
        }
}

static bh_status
measure_sac(const struct work *work, bh_diag *diag)
{
    static const char *const alone[] = {"lag_s", "sac", NULL};
    static const char *const with[] = {"lag_s", "sac", "xac", "difcor", "sumcor", NULL};
    const bool inverted = work->settings->measure.inverted != NULL;
    bh_correlogram_config config = bh_correlogram_config_default();
    config.bin_s = bin_or(work, config.bin_s);
    config.max_lag_s = work->settings->bins.max_lag_s;
    const size_t bins = bh_correlogram_bins(&config);
    struct curve *curve =
        outcome_curve(work->out, "sac", bins, inverted ? with : alone, diag);
    if (!curve)
        return BH_ERR_MEMORY;
    struct column *column = curve->column;
    note_places(work->choice);
    BH_TRY(bh_sac(work->steady, &config, column[1].values, diag));
    for (size_t b = 0; b < bins; b++)
        column[0].values[b] = bh_correlogram_lag(&config, b);
    curve->x_label = "lag (s)";
    curve->y_label = "coincidences";
    const double index = bh_correlation_index(column[1].values, bins);
    snprintf(curve->title, sizeof curve->title, "correlation index %.3f", index);
    outcome_figure(work->out, "correlation_index", index);
    if (!inverted)
        return BH_OK;
    struct choice other = {0};
    bh_trains *trains = NULL;
    BH_TRY(open_inverted(work, &other, &trains, diag));
    const bh_status status =
        bh_xac(work->steady, trains, &config, column[2].values, diag);
    bh_trains_free(trains);
    choice_close(&other);
    BH_TRY(status);
    bh_difcor(column[1].values, column[2].values, bins, column[3].values,
              column[4].values);
    curve->shown = 4;
    outcome_figure(work->out, "difcor_peak",
                   bh_correlation_index(column[3].values, bins));
    outcome_figure(work->out, "sumcor_peak",
                   bh_correlation_index(column[4].values, bins));
    return BH_OK;
}

static bh_status
measure_wanted(const struct work *work, bh_diag *diag)
{
    const struct measure_settings *wanted = &work->settings->measure;
    outcome_figure(work->out, "trains", (double)bh_trains_count(work->all));
    outcome_figure(work->out, "spikes", (double)bh_trains_spikes(work->all));
    outcome_figure(work->out, "rate_hz", bh_trains_rate(work->all));
    if (wanted->psth)
        BH_TRY(measure_psth(work, diag));
    if (wanted->latency)
        BH_TRY(measure_latency(work, diag));
    if (wanted->fano)
        BH_TRY(measure_fano(work, diag));
    if (wanted->isi)
        BH_TRY(measure_isi(work, diag));
    if (wanted->frequency_hz > 0)
        BH_TRY(measure_locking(work, diag));
    if (wanted->sac || wanted->inverted)
        BH_TRY(measure_sac(work, diag));
    if (wanted->neurogram != NEUROGRAM_NONE || wanted->reference)
        BH_TRY(measure_grid(work->settings, work->choice, work->out, diag));
    return BH_OK;
}

bh_status
measure_all(const struct analyse_settings *settings, const struct choice *choice,
            struct outcome *out, bh_diag *diag)
{
    const struct timing_settings *timing = &settings->timing;
    struct work work = {.settings = settings, .choice = choice, .out = out};
    const double offset_s =
        isnan(timing->offset_s) ? choice->stop_s : timing->offset_s + timing->delay_s;
    BH_TRY(choice_trains(choice, choice->start_s, choice->stop_s, &work.all, diag));
    bh_status status = choice_trains(choice,
                                     timing->onset_s + timing->delay_s + timing->skip_s,
                                     offset_s, &work.steady, diag);
    if (status == BH_OK)
        status = measure_wanted(&work, diag);
    bh_trains_free(work.all);
    bh_trains_free(work.steady);
    return status;
}
