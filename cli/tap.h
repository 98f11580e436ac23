/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_TAP_H
#define BH_CLI_TAP_H

#include "cli/console.h"

/* What has passed. */
struct tapped {
    double frames, squares; /* the latter of all channels */
};

/* A source that yields what `input` does, which outlives it, and stops with
 * BH_ERR_STOPPED after a signal. It shows how far it is on `meter`, which may be NULL,
 * and adds up what passes in `tapped`, which may be NULL too. */
bh_status tap_new(bh_source *input, struct meter *meter, struct tapped *tapped,
                  bh_source **out, bh_diag *diag);

#endif
