/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/live.h"

#include "cli/backend.h"
#include "cli/console.h"

struct listening {
    const struct nerve_live *hooks;
    struct simulation_view view;
};

static bh_status
report(void *user, double time_s, bh_diag *diag)
{
    const struct listening *listening = user;
    return listening->hooks->report(listening->hooks->user, listening->view.watch.view,
                                    time_s, diag);
}

static bh_status
hear(bh_model *model, const struct live_settings *settings, struct listening *listening,
     bh_diag *diag)
{
    BH_TRY(bh_model_set_sound(model, NULL, listening->hooks->sound, diag));
    BH_TRY(backend_place(model, diag));
    BH_TRY(bh_model_build(model, diag));
    backend_tell(model);
    bh_network *net = bh_model_network(model);
    if (bh_network_notice(net))
        note("%s", bh_network_notice(net));
    BH_TRY(simulation_view_open(model, settings->model, NULL, &settings->spikes.view,
                                &listening->view, diag));
    bh_network_report(net, report, listening);
    BH_TRY(listening->hooks->begin(listening->hooks->user, diag));
    return bh_model_run(model, diag);
}

bh_status
live_model_run(bh_model *model, const struct live_settings *settings,
               const struct nerve_live *hooks, struct nerve_result *result,
               bh_diag *diag)
{
    struct listening listening = {.hooks = hooks};
    const double start_s = clock_s();
    const bh_status status = hear(model, settings, &listening, diag);
    const bh_network *net = bh_model_network(model);
    watch_close(&listening.view.watch);
    *result = (struct nerve_result){.heard_s = net ? bh_network_time(net) : 0,
                                    .took_s = clock_s() - start_s,
                                    .threads = net ? bh_network_threads(net) : 0};
    for (size_t i = 0; i < bh_model_count(model, BH_MODEL_GROUPS); i++) {
        bh_group *group =
            bh_model_group(model, bh_model_name(model, BH_MODEL_GROUPS, i));
        result->fibres += group ? bh_group_count(group) : 0;
    }
    for (size_t i = 0; i < bh_model_count(model, BH_MODEL_MONITORS); i++) {
        const bh_spike_monitor *spikes =
            bh_model_spike_monitor(model, bh_model_name(model, BH_MODEL_MONITORS, i));
        result->spikes += spikes ? bh_spike_monitor_count(spikes) : 0;
    }
    bh_model_free(model);
    bh_source_free(hooks->sound);
    return status;
}
