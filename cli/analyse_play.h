/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_ANALYSE_PLAY_H
#define BH_CLI_ANALYSE_PLAY_H

/* Tones, played to fibres behind a place of the ear, or to a model of the user's. */

#include "cli/analyse.h"
#include "cli/console.h"

struct player {
    const struct analyse_settings *settings;
    struct fibre fibre; /* unless there is a model */
    bh_model *model;
    const char *group;                        /* of the model */
    double cf_hz, begin_s;                    /* of the part of each tone that counts */
    size_t fibres;                            /* that answered the last tone */
    double spontaneous_hz, spontaneous_sd_hz; /* the latter of the mean of all fibres */
    struct meter meter;
    double played_s;
};

struct tone {
    double frequency_hz, level_db; /* -infinity: silence */
    double modulation_hz;          /* 0: none */
};

/* Opens the model, or the fibre; signals are caught from here on. */
bh_status player_open(const struct analyse_settings *settings, double cf_hz,
                      double begin_s, struct player *out, bh_diag *diag);
void player_close(struct player *player);

/* Plays a sound from the beginning of a run: the trains of all fibres, without the
 * onset. The noise is the same for every tone: what differs is the sound's doing. */
bh_status player_play(struct player *player, const struct tone *tone, bh_trains **out,
                      bh_diag *diag);

#endif
