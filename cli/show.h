/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_SHOW_H
#define BH_CLI_SHOW_H

/* Pictures, and the options for them. */

#include "cli/settings.h"

struct picture_settings {
    int64_t width_px, height_px;
    const char *title;
};

extern const struct setting picture_table[3];

#define PICTURE_SETTINGS(type, member) SETTINGS("Picture", picture_table, type, member)

/* What a picture shows; either may be NULL, not both. */
struct picture {
    const bh_cochleagram *cochleagram;
    const double *cf_hz; /* of the cochleagram's channels */
    const bh_raster *raster;
    const char *sound; /* names the picture where the user did not */
    double duration_s;
};

/* Whether a picture can be written there, as far as that can be told before the work.
 */
bh_status picture_check(const char *path, bh_diag *diag);

bh_status picture_write(const char *path, const struct picture *picture,
                        const struct picture_settings *settings, bh_diag *diag);

/* A cochleagram for a bank. */
bh_status picture_cochleagram(double samplerate_hz, size_t places, bh_cochleagram **out,
                              bh_diag *diag);

#endif
