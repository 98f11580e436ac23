/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "cli/watch.h"

#include "cli/console.h"
#include "cli/tap.h"

#include <time.h>
#include <unistd.h>

static const char *const kinds[] = {
    [VIEW_NONE] = "none", [VIEW_WEB] = "web", [VIEW_TERM] = "term", NULL};

#define OFFSET(member) .offset = offsetof(struct view_settings, member)

const struct setting view_table[2] = {
    {"view", 0, "web|term|none",
     "watch the run as fast as it sounds: web is a page for the browsers of this "
     "machine, term draws in the terminal",
     .preset = "none", .parse = parse_choice, .choices = kinds, OFFSET(kind)},
    {"view-port", 0, "PORT", "of the page", .preset = "any",
     .shown = "any that is free", .parse = parse_whole, .least = 1, .most = 65535,
     .word = "any", .meaning = 0, OFFSET(port)},
};

bh_status
watch_open(const struct view_settings *settings, const bh_view_config *config,
           struct watch *out, bh_diag *diag)
{
    char address[128];
    *out = (struct watch){.start_s = clock_s(), .speed = 1};
    if (settings->kind == VIEW_NONE)
        return BH_OK;
    BH_TRY(bh_view_new(config, &out->view, diag));
    if (settings->kind == VIEW_TERM)
        return bh_view_terminal(out->view, STDERR_FILENO, diag);
    BH_TRY(
        bh_view_serve(out->view, (int)settings->port, address, sizeof address, diag));
    say("open %s in a browser", address);
    return BH_OK;
}

static void
watch_see(void *user, bh_block block)
{
    const struct watch *watch = user;
    if (watch->view)
        bh_view_sound(watch->view, block, NULL);
}

bh_status
watch_tap(struct watch *watch, bh_source *sound, bh_source **out, bh_diag *diag)
{
    return tap_new(
        &(struct tap_config){
            .input = sound, .owns = true, .see = watch_see, .user = watch},
        out, diag);
}

static void
nap(double seconds)
{
    nanosleep(&(struct timespec){0, (long)(1e9 * seconds)}, NULL);
}

bh_status
watch_await(struct watch *watch, bh_diag *diag)
{
    bh_view_status(watch->view, "ready");
    while (bh_view_watchers(watch->view) == 0) {
        BH_TRY(signals_check(diag));
        nap(0.02);
    }
    watch->start_s = clock_s();
    return BH_OK;
}

bh_status
watch_pace(struct watch *watch, double time_s, bh_diag *diag)
{
    if (!watch->view)
        return BH_OK;
    BH_TRY(bh_view_advance(watch->view, time_s, diag));
    for (;;) {
        double ahead_s = time_s / watch->speed - (clock_s() - watch->start_s);
        if (ahead_s <= 0)
            return BH_OK;
        BH_TRY(signals_check(diag));
        nap(ahead_s < 0.02 ? ahead_s : 0.02);
    }
}

void
watch_close(struct watch *watch)
{
    bh_view_free(watch->view);
    watch->view = NULL;
}
