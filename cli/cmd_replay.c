/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/watch.h"

#include <math.h>
#include <string.h>

struct replay_settings {
    struct view_settings view;
    double speed, start_s;
};

#define OFFSET(member) .offset = offsetof(struct replay_settings, member)

static const struct setting replay_table[] = {
    {"speed", 0, "X", "times as fast as it was", .preset = "1", .parse = parse_factor,
     OFFSET(speed)},
    {"start", 's', "TIME", "where to begin", .preset = "0s", .parse = parse_seconds,
     OFFSET(start_s)},
};

static const struct setting_group groups[] = {
    VIEW_SETTINGS(struct replay_settings, view),
    {"Replay", replay_table, sizeof replay_table / sizeof replay_table[0], 0},
};

/* Frequencies as the axis needs them: of all neurons, and rising. */
static bool
is_axis(const double *cf_hz, size_t count)
{
    for (size_t i = 0; cf_hz && i < count; i++)
        if (!isfinite(cf_hz[i]) || (i > 0 && cf_hz[i] < cf_hz[i - 1]))
            return false;
    return cf_hz != NULL;
}

static bh_status
play(struct watch *watch, const bh_spikes *spikes, double start_s, bh_diag *diag)
{
    const bh_events all = bh_spikes_events(spikes);
    const double step_s = 0.01;
    double end_s = bh_spikes_duration(spikes);
    size_t next = 0;
    if (isnan(end_s))
        end_s = all.count ? all.time_s[all.count - 1] : 0;
    while (next < all.count && all.time_s[next] < start_s)
        next++;
    const size_t steps = start_s < end_s ? (size_t)ceil((end_s - start_s) / step_s) : 0;
    for (size_t k = 1; k <= steps; k++) {
        const double until_s = (double)k * step_s;
        for (; next < all.count && all.time_s[next] - start_s < until_s; next++) {
            const double time_s = all.time_s[next] - start_s;
            const bh_events one = {&time_s, &all.index[next], 1};
            BH_TRY(bh_view_spikes(watch->view, one, diag));
        }
        BH_TRY(watch_pace(watch, until_s, diag));
    }
    return BH_OK;
}

static bh_status
replay(const struct replay_settings *settings, const char *path, bh_spikes *spikes,
       bh_diag *diag)
{
    struct watch watch;
    bh_view_config config = bh_view_config_default();
    const double *cf_hz = bh_spikes_cf(spikes);
    const char *slash = strrchr(path, '/');
    config.title = slash ? slash + 1 : path;
    config.neurons = bh_spikes_neurons(spikes);
    config.neuron_cf_hz = is_axis(cf_hz, config.neurons) ? cf_hz : NULL;
    bh_status status = watch_open(&settings->view, &config, &watch, diag);
    watch.speed = settings->speed;
    if (status == BH_OK)
        status = watch_await(&watch, diag);
    if (status == BH_OK)
        status = play(&watch, spikes, settings->start_s, diag);
    watch_close(&watch);
    return status;
}

static int
run(const void *given, const char *path)
{
    const struct replay_settings *settings = given;
    bh_spikes *spikes = NULL;
    bh_diag diag = {0};
    if (settings->view.kind == VIEW_NONE) {
        say("replay needs a place to show the spikes: --view web or --view term");
        return EXIT_USAGE;
    }
    if (bh_spikes_read(path, NULL, &spikes, &diag) != BH_OK)
        return fail(&diag);
    signals_catch();
    const bh_status status = replay(settings, path, spikes, &diag);
    bh_spikes_free(spikes);
    return status == BH_OK ? EXIT_DONE : fail(&diag);
}

const struct command command_replay = {
    .name = "replay",
    .operand = "SPIKES",
    .summary = "watch recorded spikes as if they happened now",
    .about =
        "Shows the spikes of an HDF5 or CSV file, as `bhears spikes` writes them, as "
        "fast as they were, in a browser of this machine or in the terminal.",
    .examples = "  bhears replay speech.h5 --view web\n"
                "  bhears replay speech.h5 --view term --speed 0.1\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct replay_settings),
    .run = run,
};
