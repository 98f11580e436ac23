/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_WATCH_H
#define BH_CLI_WATCH_H

/* Watching a run while it happens, and the options for it. */

#include "cli/settings.h"

#include <brianhears.h>

enum { VIEW_NONE, VIEW_WEB, VIEW_TERM };

struct view_settings {
    int kind;
    int64_t port;
};

extern const struct setting view_table[2];

#define VIEW_SETTINGS(type, member) SETTINGS("View", view_table, type, member)

/* A view that somebody looks at, and the clock of a run that is not live itself. */
struct watch {
    bh_view *view; /* NULL: nobody wants to look */
    double start_s;
    double speed; /* seconds of the run in a second */
};

/* Makes the view that the settings ask for, and says where it can be seen. */
bh_status watch_open(const struct view_settings *settings, const bh_view_config *config,
                     struct watch *out, bh_diag *diag);
/* Passes a sound on and shows it to the view, once there is one; `out` owns `sound`,
 * whatever comes. */
bh_status watch_tap(struct watch *watch, bh_source *sound, bh_source **out,
                    bh_diag *diag);
/* Waits until somebody looks, as far as that can be known. */
bh_status watch_await(struct watch *watch, bh_diag *diag);
/* Shows all before `time_s`, and waits until so much time, as fast as `speed` says,
 * has passed since watch_await: what is heard is seen as fast as it sounds. */
bh_status watch_pace(struct watch *watch, double time_s, bh_diag *diag);
/* Ends the view; NULL views too. */
void watch_close(struct watch *watch);

#endif
