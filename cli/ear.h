/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_EAR_H
#define BH_CLI_EAR_H

/* From a sound file to the output of a gammatone bank, and the options for that. */

#include "cli/settings.h"
#include "cli/watch.h"

struct sound_settings {
    double level_db, full_scale_db, start_s, duration_s;
    double samplerate_hz; /* 0: as the file has it */
    int64_t channel;
};

struct place_settings {
    int64_t places;
    struct range cf;
};

extern const struct setting sound_table[6], place_table[2];

#define SOUND_SETTINGS(type, member) SETTINGS("Sound", sound_table, type, member)
#define PLACE_SETTINGS(type, member) SETTINGS("Places", place_table, type, member)

struct ear {
    bh_source *file; /* NULL unless it is resampled */
    bh_source *sound;
    bh_filterbank *bank;
    bh_source *out; /* the bank's output */
    size_t places;
    const double *cf_hz; /* the bank's */
    double samplerate_hz;
    double duration_s; /* NaN where nobody knows */
    int threads;       /* that run the bank; 0: one for each processor */
};

/* Opens the sound and puts the bank behind it; who watches (or NULL) sees the sound. On
 * failure nothing is left open. */
bh_status ear_open(const char *path, const struct sound_settings *sound,
                   const struct place_settings *places, bh_precision precision,
                   struct watch *watch, struct ear *out, bh_diag *diag);
/* The same for a sound that is there already; it is the ear's then, whatever comes. */
bh_status ear_open_source(bh_source *sound, const struct place_settings *places,
                          bh_precision precision, struct watch *watch, struct ear *out,
                          bh_diag *diag);
void ear_close(struct ear *ear);

/* The same in steps, for any bank: the sound alone ... */
bh_status ear_open_sound(const char *path, const struct sound_settings *sound,
                         struct ear *out, bh_diag *diag);
/* ... so many places of it, equally spaced on the ERB scale, to be freed ... */
bh_status ear_places(const struct ear *ear, const struct range *range, size_t count,
                     double **cf_hz, bh_diag *diag);
/* ... and a bank behind it, which belongs to the ear from then on, whatever comes. */
bh_status ear_put_bank(struct ear *ear, bh_filterbank *bank, bh_diag *diag);

/* Takes a block of the bank's output. */
typedef bh_status ear_taker(void *user, bh_block block, bh_diag *diag);

/* Hears the whole sound, unless a signal stops it, and shows how far it is. The
 * blocks have the precision of the bank. `heard_s` is how much there was.
 */
bh_status ear_listen(const struct ear *ear, ear_taker *take, void *user,
                     double *heard_s, bh_diag *diag);

#endif
