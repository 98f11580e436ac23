/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_LIVE_H
#define BH_CLI_LIVE_H

/* The command `live`: its settings, and the run they describe. */

#include "cli/nerve.h"
#include "cli/simulation.h"

struct input_settings {
    const char *device, *host_api, *record;
    double samplerate_hz; /* 0: the device's own */
    double full_scale_db, duration_s, buffer_s;
    int64_t block, channel;
    bool monitor;
};

struct live_settings {
    struct input_settings input;
    struct spikes_settings spikes;
    const char *model; /* that hears it; NULL: the nerve that `spikes` describes */
    struct change_settings change;
};

/* Hears the device until the duration is over, a signal comes or the device fails, and
 * returns the exit status; what was heard is written in each case. */
int live_run(const struct live_settings *settings);

/* live_model.c: the model hears the device, as nerve_run does. The sound of `hooks` is
 * its own then, whatever comes. */
bh_status live_model_run(bh_model *model, const struct live_settings *settings,
                         const struct nerve_live *hooks, struct nerve_result *result,
                         bh_diag *diag);

/* record.c: writes what a source yields to a file, which keeps every bit of single
 * precision. */
struct recorder {
    bh_frames_writer *writer;
    bh_status status; /* of the last write */
    bh_diag diag;
};

/* `out` owns `input` then, whatever comes; the recorder must outlive it. */
bh_status recorder_open(const char *path, bh_source *input, struct recorder *recorder,
                        bh_source **out, bh_diag *diag);
/* Completes the file, or where nothing was heard leaves none. `partial` says why it is
 * not all that was wanted, or is NULL. */
bh_status recorder_close(struct recorder *recorder, bool heard, const char *partial,
                         bh_diag *diag);

#endif
