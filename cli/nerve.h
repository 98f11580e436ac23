/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_NERVE_H
#define BH_CLI_NERVE_H

/* The command `spikes`: its settings, and the run they describe. */

#include "cli/ear.h"
#include "cli/model.h"
#include "cli/show.h"
#include "cli/watch.h"

struct run_settings {
    int precision, random;
    int64_t fibres, seed, threads, window;
    bool interpret;
};

struct spikes_settings {
    struct sound_settings sound;
    struct place_settings places;
    struct model_settings model;
    struct run_settings run;
    struct picture_settings picture;
    struct view_settings view;
    struct output_settings {
        const char *path, *picture;
        int format;
        bool quiet;
    } output;
};

extern const char *const random_names[];

/* What is asked for. */
struct nerve_task {
    const struct spikes_settings *settings;
    const char *sound;
    const char *path; /* of the spikes, or NULL */
    bh_spike_format format;
};

/* What came out. */
struct nerve_result {
    double heard_s, took_s;
    size_t places, fibres; /* fibres in all */
    uint64_t spikes;
    int threads;
};

/* Turns the sound into spikes and writes what is asked for. Spikes that are complete
 * stay when the picture fails. */
bh_status nerve_run(const struct nerve_task *task, struct nerve_result *result,
                    bh_diag *diag);

#endif
