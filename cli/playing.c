/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/playing.h"

#include "cli/tap.h"

#include <math.h>

#define PLAYING_OFFSET(member) .offset = offsetof(struct playing_settings, member)

const struct setting playing_table[3] = {
    {"device", 0, "DEVICE",
     "where to play: a number or a part of a name; 'bhears devices' lists them",
     .shown = "the default one", .parse = parse_text, PLAYING_OFFSET(device)},
    {"host-api", 0, "NAME", "only devices of this sound system, as JACK or ALSA",
     .shown = "any", .parse = parse_text, PLAYING_OFFSET(host_api)},
    {"normalise", 0, NULL, "make the largest sample full scale", .parse = parse_switch,
     PLAYING_OFFSET(normalise)},
};

bh_status
find_full_scale(bh_source *sound, double *full_scale_db, bh_diag *diag)
{
    double peak_pa = 0;
    BH_TRY(bh_source_peak(sound, &peak_pa, diag));
    if (peak_pa == 0)
        return bh_diag_set(diag, BH_ERR_DATA,
                           "the sound is silent, so it has no largest sample");
    *full_scale_db = bh_level_from_rms(peak_pa);
    return BH_OK;
}

bh_status
playing_run(const struct playing_settings *settings, bh_source *sound,
            double full_scale_db, bh_diag *diag)
{
    const uint64_t length = bh_source_length(sound);
    const double duration_s = length == BH_LENGTH_UNKNOWN
                                  ? NAN
                                  : (double)length / bh_source_samplerate(sound);
    bh_play_config config = bh_play_config_default();
    struct meter meter;
    struct passage passage = {.meter = &meter};
    bh_source *source = NULL;
    config.device = settings->device;
    config.host_api = settings->host_api;
    config.full_scale_db = full_scale_db;
    if (settings->normalise)
        BH_TRY(find_full_scale(sound, &config.full_scale_db, diag));
    BH_TRY(meter_start(&meter, duration_s, false, diag));
    bh_status status = passage_tap(&passage, sound, &source, diag);
    if (status == BH_OK)
        status = bh_source_play(source, &config, diag);
    meter_end(&meter);
    bh_source_free(source);
    return status;
}
