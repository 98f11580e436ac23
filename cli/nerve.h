/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_NERVE_H
#define BH_CLI_NERVE_H

/* The command `spikes`: its settings, and the run they describe, which the command
 * `live` has too. */

#include "cli/ear.h"
#include "cli/fibre.h"
#include "cli/json.h"
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
    struct fibre_settings fibre;
    struct run_settings run;
    struct picture_settings picture;
    struct view_settings view;
    struct output_settings {
        const char *path, *picture;
        int format;
    } output;
};

extern const char *const random_names[];

/* cmd_spikes.c: the options that `live` has as well. */
extern const struct setting output_table[3], fibre_table[1], run_table[5];

#define OUTPUT_SETTINGS(type, member) SETTINGS("Output", output_table, type, member)
#define FIBRE_SETTINGS(type, member)  SETTINGS("Fibres", fibre_table, type, member)
#define RUN_SETTINGS(type, member)    SETTINGS("Run", run_table, type, member)

/* A run that hears a device. */
struct nerve_live {
    bh_source *sound; /* the run's from then on, whatever comes */
    /* Called when all is ready to hear; a failure ends the run. */
    bh_status (*begin)(void *user, bh_diag *diag);
    /* Called after each window; `view` is NULL where there is none. */
    bh_status (*report)(void *user, bh_view *view, double time_s, bh_diag *diag);
    void *user;
};

/* What is asked for. */
struct nerve_task {
    const struct spikes_settings *settings;
    const char *sound;             /* a file, or the name of what is heard: */
    const struct nerve_live *live; /* NULL: the file */
    const char *path;              /* of the spikes, or NULL */
    bh_spike_format format;
};

/* What came out. */
struct nerve_result {
    double heard_s, took_s, samplerate_hz;
    size_t places, fibres; /* fibres in all */
    uint64_t spikes;
    int threads;
};

/* Where the spikes go; false, and a message, where that is not clear, or nowhere though
 * something is `needed`. */
bool nerve_choose_output(const struct spikes_settings *settings, bool needed,
                         struct nerve_task *task);

/* Turns the sound into spikes and writes what is asked for. Spikes that are complete
 * stay when the picture fails. When a device fails that is the result, and all that was
 * heard before is written, marked as a part; after a signal the spikes alone, unless a
 * complete file has their name. */
bh_status nerve_run(const struct nerve_task *task, struct nerve_result *result,
                    bh_diag *diag);

/* cmd_spikes.c: puts what came out into the object that is open. */
void nerve_json(struct json *json, const struct nerve_task *task,
                const struct nerve_result *result);

#endif
