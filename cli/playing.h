/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_PLAYING_H
#define BH_CLI_PLAYING_H

/* Sounds to a device, and the options for that. */

#include "cli/settings.h"

struct playing_settings {
    const char *device, *host_api;
    bool normalise;
};

extern const struct setting playing_table[3];

#define PLAYING_SETTINGS(type, member) SETTINGS("Device", playing_table, type, member)

/* The full scale that the largest sample of a sound fills; BH_ERR_DATA of silence. */
bh_status find_full_scale(bh_source *sound, double *full_scale_db, bh_diag *diag);

/* Plays a sound and shows how far it is; where --normalise is given, with its largest
 * sample as full scale. */
bh_status playing_run(const struct playing_settings *settings, bh_source *sound,
                      double full_scale_db, bh_diag *diag);

#endif
