/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_TAP_H
#define BH_CLI_TAP_H

/* Sources that yield what another does and let somebody see it on its way. */

#include "cli/console.h"

struct tap_config {
    bh_source *input; /* outlives the tap, unless */
    bool owns;        /* it is the tap's, whatever comes */
    /* Called with the frames of each window before its samples are there; a failure is
     * that of the source. May be NULL. */
    bh_status (*begin)(void *user, size_t frames, bh_diag *diag);
    /* Called with the samples of each window, in the precision that they are read in.
     * May be NULL. */
    void (*see)(void *user, bh_block block);
    /* Called when the source goes back to its beginning; NULL: it cannot. */
    void (*rewind)(void *user);
    void *user;
};

bh_status tap_new(const struct tap_config *config, bh_source **out, bh_diag *diag);

/* What has passed. */
struct passage {
    struct meter *meter;    /* shows how far it is; may be NULL */
    double frames, squares; /* the latter of all channels */
    double samplerate_hz;
};

/* A tap that stops with BH_ERR_STOPPED after a signal, and counts what passes. */
bh_status passage_tap(struct passage *passage, bh_source *input, bh_source **out,
                      bh_diag *diag);

#endif
