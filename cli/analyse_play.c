/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/analyse_play.h"

#include "cli/ear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bh_status
make_tone(const struct player *player, const struct tone *tone, bh_sound **out,
          bh_diag *diag)
{
    const struct drive_settings *drive = &player->settings->drive;
    bh_sound_shape shape = bh_sound_shape_default();
    bh_ramp ramp = bh_ramp_default();
    shape.duration_s = drive->duration_s;
    shape.samplerate_hz = drive->samplerate_hz;
    if (tone->level_db == -INFINITY)
        return bh_sound_silence(&shape, out, diag);
    bh_sound *sound = NULL;
    BH_TRY(bh_sound_tone(&shape, tone->frequency_hz, 0, &sound, diag));
    bh_status status = BH_OK;
    if (tone->modulation_hz > 0)
        status = bh_sound_modulate(sound, tone->modulation_hz, drive->depth, 0, diag);
    if (status == BH_OK)
        status = bh_level_set(sound, tone->level_db, diag);
    ramp.duration_s = drive->ramp_s;
    if (status == BH_OK && drive->ramp_s > 0)
        status = bh_sound_ramp(sound, &ramp, diag);
    if (status == BH_OK)
        *out = sound;
    else
        bh_sound_free(sound);
    return status;
}

/* Runs a network to the end of the tone and takes the trains of some neurons. */
static bh_status
run_network(const struct player *player, bh_network *net, bh_group *group,
            bh_trains_config config, bh_trains **out, bh_diag *diag)
{
    bh_spike_monitor *monitor = NULL;
    BH_TRY(bh_spike_monitor_new(group, NULL, &monitor, diag));
    BH_TRY(bh_network_run(net, player->settings->drive.duration_s, diag));
    const bh_events events = bh_spike_monitor_events(monitor);
    config.neurons = bh_group_count(group);
    config.start_s = player->begin_s;
    config.stop_s = player->settings->drive.duration_s;
    return bh_trains_new(&config, &events, 1, out, diag);
}

static bh_status
run_fibres(const struct player *player, bh_source *heard, bh_trains **out,
           bh_diag *diag)
{
    const struct drive_settings *drive = &player->settings->drive;
    bh_network_config config = bh_network_config_default();
    bh_network *net = NULL;
    bh_group *group = NULL;
    config.dt_s = 1 / drive->samplerate_hz;
    config.seed = (uint64_t)drive->seed;
    config.threads = (int)drive->threads;
    BH_TRY(bh_network_new(&config, &net, diag));
    bh_status status =
        fibre_add(&player->fibre, net, (size_t)drive->repeats, heard, &group, diag);
    if (status == BH_OK)
        status = run_network(player, net, group, (bh_trains_config){0}, out, diag);
    bh_network_free(net);
    return status;
}

/* One gammatone, which all fibres hear. */
static bh_status
play_to_fibre(const struct player *player, bh_source *sound, bh_trains **out,
              bh_diag *diag)
{
    struct ear ear = {.sound = sound, .samplerate_hz = bh_source_samplerate(sound)};
    bh_filterbank *bank = NULL;
    bh_status status = bh_gammatone_new(ear.samplerate_hz, &player->cf_hz, 1, NULL,
                                        BH_SINGLE, &bank, diag);
    if (status == BH_OK)
        status = ear_put_bank(&ear, bank, diag);
    if (status == BH_OK)
        status = run_fibres(player, ear.out, out, diag);
    ear_close(&ear);
    return status;
}

/* The neurons of a model whose place is nearest to the player's, on a logarithmic
 * scale; all where they have none. */
static bh_status
choose_place(const struct player *player, size_t neurons, uint32_t *index,
             size_t *count)
{
    const double *cf_hz = bh_model_group_cf(player->model, player->group);
    double best = INFINITY;
    *count = 0;
    for (size_t i = 0; cf_hz && i < neurons; i++)
        best = fmin(best, fabs(log(cf_hz[i] / player->cf_hz)));
    for (size_t i = 0; i < neurons; i++)
        if (!cf_hz || fabs(log(cf_hz[i] / player->cf_hz)) <= best)
            index[(*count)++] = (uint32_t)i;
    return BH_OK;
}

static bh_status
play_to_model(const struct player *player, bh_source *sound, bh_trains **out,
              bh_diag *diag)
{
    bh_model *model = player->model;
    BH_TRY(bh_model_set_sound(model, NULL, sound, diag));
    BH_TRY(bh_model_build(model, diag));
    bh_group *group = bh_model_group(model, player->group);
    const size_t neurons = group ? bh_group_count(group) : 0;
    uint32_t *index = malloc((neurons + 1) * sizeof *index);
    bh_trains_config config = {.index = index};
    if (!index)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu neurons", neurons);
    bh_status status = choose_place(player, neurons, index, &config.index_count);
    if (status == BH_OK)
        status = run_network(player, bh_model_network(model), group, config, out, diag);
    free(index);
    return status;
}

bh_status
player_play(struct player *player, const struct tone *tone, bh_trains **out,
            bh_diag *diag)
{
    bh_sound *sound = NULL;
    bh_source *source = NULL;
    BH_TRY(signals_check(diag));
    BH_TRY(make_tone(player, tone, &sound, diag));
    bh_status status = bh_sound_source(sound, &source, diag);
    if (status == BH_OK && player->model) {
        status = play_to_model(player, source, out, diag);
        bh_source_free(source);
    } else if (status == BH_OK) {
        status = play_to_fibre(player, source, out, diag); /* takes the source */
    }
    bh_sound_free(sound);
    player->played_s += player->settings->drive.duration_s;
    meter_show(&player->meter, player->played_s);
    return status;
}

/* The group that is listened to: the one named, or the only one. */
static bh_status
find_group(const bh_model *model, const char *wanted, const char **out, bh_diag *diag)
{
    enum { MOST = 64 };
    const char *names[MOST];
    size_t count = 0;
    for (; count < MOST; count++) {
        names[count] = bh_model_name(model, BH_MODEL_GROUPS, count);
        if (!names[count])
            break;
        if (wanted && strcmp(names[count], wanted) == 0) {
            *out = names[count];
            return BH_OK;
        }
    }
    if (!wanted && count == 1) {
        *out = names[0];
        return BH_OK;
    }
    if (!wanted)
        return bh_diag_set(diag, BH_ERR_TEXT,
                           "the model has %zu groups; --population says whose spikes "
                           "count, such as --population %.60s",
                           count, count ? names[count - 1] : "nerve");
    const char *near = bh_text_nearest(wanted, names, count);
    return bh_diag_set(
        diag, BH_ERR_TEXT, "--population: the model has no group '%.60s'%s%.60s%s",
        wanted, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static bh_status
open_model(const struct analyse_settings *settings, struct player *player,
           bh_diag *diag)
{
    BH_TRY(simulation_read(settings->drive.model, &settings->change, &player->model,
                           diag));
    return find_group(player->model, settings->choice.population, &player->group, diag);
}

bh_status
player_open(const struct analyse_settings *settings, double cf_hz, double begin_s,
            struct player *out, bh_diag *diag)
{
    struct player player = {.settings = settings, .cf_hz = cf_hz, .begin_s = begin_s};
    bh_status status = settings->drive.model ? open_model(settings, &player, diag)
                                             : fibre_open(&settings->fibre, BH_SINGLE,
                                                          &player.fibre, diag);
    signals_catch();
    if (status == BH_OK)
        status = meter_start(&player.meter, NAN, false, diag);
    if (status == BH_OK)
        *out = player;
    else
        player_close(&player);
    return status;
}

void
player_close(struct player *player)
{
    meter_end(&player->meter);
    fibre_close(&player->fibre);
    bh_model_free(player->model);
    *player = (struct player){0};
}
