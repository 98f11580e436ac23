/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_ANALYSE_H
#define BH_CLI_ANALYSE_H

/* The command `analyse`: its settings, what is chosen of the files, and what comes out.
 */

#include "cli/chart.h"
#include "cli/fibre.h"
#include "cli/settings.h"
#include "cli/simulation.h"

struct choice_settings {
    const char *population, *neurons, *cf;
    double start_s, stop_s; /* NaN: the end of the file */
    bool trials;
};

struct timing_settings {
    double onset_s, offset_s, delay_s, skip_s; /* offset NaN: the end of the window */
};

struct measure_settings {
    bool psth, latency, fano, isi, sac;
    double frequency_hz; /* of the vector strength; 0: not wanted */
    const char *inverted, *reference;
    int neurogram;
    bool rate_level, tuning, mtf;
};

struct bin_settings {
    double bin_s, window_s, max_lag_s,
        max_interval_s; /* bin 0: as the measure has it */
    int64_t phases;
};

/* What plays tones to a model, and how. */
struct drive_settings {
    double low_db, high_db, step_db, level_db, criterion_hz, depth;
    double duration_s, ramp_s, samplerate_hz, octaves;
    int64_t repeats, seed, threads;
    const char *model; /* NULL: the fibre */
};

struct result_settings {
    const char *path, *picture;
};

struct analyse_settings {
    struct result_settings result;
    struct choice_settings choice;
    struct timing_settings timing;
    struct measure_settings measure;
    struct bin_settings bins;
    struct drive_settings drive;
    struct fibre_settings fibre;
    struct change_settings change;
    struct chart_settings chart;
    struct text_list files;
};

enum { NEUROGRAM_NONE, NEUROGRAM_MEAN, NEUROGRAM_FINE };

/* A column of a curve. */
struct column {
    const char *name;  /* with its unit: "rate_hz" */
    double *values;    /* the curve's */
    const char *label; /* in a legend; NULL: the name */
};

/* Values over one variable, the first column, of one condition. */
struct curve {
    const char *measure; /* "psth" */
    size_t rows, columns;
    struct column column[6];
    const char *x_label, *y_label;
    bool log_x, bars;
    size_t shown; /* how many columns after the first the picture has */
    char title[96];
};

struct figure {
    const char *name;
    double value;
};

/* A neurogram, for its picture. */
struct grid {
    size_t rows, columns;
    double *rate_hz, *cf_hz; /* [rows][columns], [rows] */
    double column_s, start_s;
};

enum { FIGURES_MOST = 64, CURVES_MOST = 12 };

/* What came out of one condition: a file, or all of them as trials. */
struct outcome {
    const char *name;
    struct figure figure[FIGURES_MOST];
    size_t figures;
    struct curve curve[CURVES_MOST];
    size_t curves;
    struct grid grid;
};

void outcome_figure(struct outcome *outcome, const char *name, double value);
/* A curve with memory for its columns, whose names are a NULL-ended list; NULL where
 * there is none. The outcome owns it. */
struct curve *outcome_curve(struct outcome *outcome, const char *measure, size_t rows,
                            const char *const *names, bh_diag *diag);
void outcome_free(struct outcome *outcome);

/* analyse_choice.c: files of spikes, and which neurons of them. */
struct choice {
    bh_spikes *spikes[64];
    bh_events trial[64];
    size_t trials, neurons;
    const double *cf_hz; /* of the first file, or NULL */
    uint32_t *index;     /* the chosen neurons */
    size_t index_count;
    double start_s, stop_s; /* the window */
};

/* Reads `count` files as trials of one condition. */
bh_status choice_open(const struct choice_settings *settings, const char *const *path,
                      size_t count, struct choice *out, bh_diag *diag);
void choice_close(struct choice *choice);
/* Trains of the choice from `start_s` to `stop_s`, as far as the window goes. */
bh_status choice_trains(const struct choice *choice, double start_s, double stop_s,
                        bh_trains **out, bh_diag *diag);

/* analyse_measure.c: all that is asked for of one condition. */
bh_status measure_all(const struct analyse_settings *settings,
                      const struct choice *choice, struct outcome *out, bh_diag *diag);
/* analyse_grid.c: neurograms and how similar they are. */
bh_status measure_grid(const struct analyse_settings *settings,
                       const struct choice *choice, struct outcome *out, bh_diag *diag);

/* analyse_drive.c: what is measured by playing tones to the fibre. */
bh_status measure_driven(const struct analyse_settings *settings, struct outcome *out,
                         bh_diag *diag);

/* analyse_output.c */
bh_status outcomes_write(const struct result_settings *settings,
                         const struct outcome *outcome, size_t count, bh_diag *diag);
bh_status outcomes_picture(const struct analyse_settings *settings,
                           const struct outcome *outcome, size_t count, bh_diag *diag);

/* A frequency, "1kHz", or a range, "500Hz:2kHz", whose ends are equal for the former.
 */
bh_status read_frequencies(const char *text, const char *option, struct range *out,
                           bh_diag *diag);

#endif
