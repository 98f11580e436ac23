/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "cli/watch.h"

#include "cli/console.h"

#include <stdlib.h>
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

/* A sound on its way to the ear. */
struct tap {
    struct watch *watch;
    bh_source *sound;
};

static bh_status
tap_begin(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    return bh_source_begin(((struct tap *)self)->sound, frames, got, diag);
}

static void
tap_tile(void *self, size_t tile, bh_block out)
{
    struct tap *tap = self;
    bh_source_tile(tap->sound, tile, out);
    if (tap->watch->view)
        bh_view_sound(tap->watch->view, out, NULL);
}

static void
tap_free(void *self)
{
    bh_source_free(((struct tap *)self)->sound);
    free(self);
}

bh_status
watch_tap(struct watch *watch, bh_source *sound, bh_source **out, bh_diag *diag)
{
    struct tap *tap = malloc(sizeof *tap);
    if (!tap)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to watch a sound");
    *tap = (struct tap){watch, sound};
    const bh_source_config config = {.samplerate_hz = bh_source_samplerate(sound),
                                     .channels = bh_source_channels(sound),
                                     .length = bh_source_length(sound),
                                     .tiles = bh_source_tiles(sound),
                                     .window = bh_source_window(sound),
                                     .self = tap,
                                     .begin = tap_begin,
                                     .tile = tap_tile,
                                     .free = tap_free};
    bh_status status = bh_source_new(&config, out, diag);
    if (status != BH_OK)
        free(tap);
    return status;
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
