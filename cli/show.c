/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "cli/show.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PICTURE_OFFSET(member) .offset = offsetof(struct picture_settings, member)

const struct setting picture_table[3] = {
    {"width", 0, "PIXELS", "of the picture; SVG and PDF take 200 to the inch",
     .preset = "auto", .shown = "1600", .parse = parse_whole, .least = 200,
     .most = 8000, .word = "auto", .meaning = 0, PICTURE_OFFSET(width_px)},
    {"height", 0, "PIXELS", "of the picture", .preset = "auto",
     .shown = "640, with spikes 1000", .parse = parse_whole, .least = 200, .most = 8000,
     .word = "auto", .meaning = 0, PICTURE_OFFSET(height_px)},
    {"title", 0, "TEXT", "above the picture", .shown = "the name of the sound",
     .parse = parse_text, PICTURE_OFFSET(title)},
};

bh_status
picture_check(const char *path, bh_diag *diag)
{
    BH_TRY(bh_picture_check(path, diag));
    BH_TRY(output_check(path, diag));
    char *directory = strdup(path);
    if (!directory)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for '%s'", path);
    char *slash = strrchr(directory, '/');
    if (slash)
        slash[1] = 0;
    errno = 0;
    const int failed = access(slash ? directory : ".", W_OK | X_OK);
    free(directory);
    if (!failed)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_FILE, "cannot write '%s': %s", path,
                       errno == ENOENT   ? "its directory does not exist"
                       : errno == EACCES ? "no permission to write into its directory"
                                         : strerror(errno));
}

bh_status
picture_cochleagram(double samplerate_hz, size_t places, bh_cochleagram **out,
                    bh_diag *diag)
{
    const bh_cochleagram_config config =
        bh_cochleagram_config_default(samplerate_hz, places);
    return bh_cochleagram_new(&config, out, diag);
}

static bh_picture_options
options_for(const struct picture *picture, const struct picture_settings *settings)
{
    const int panels = (picture->cochleagram != NULL) + (picture->raster != NULL);
    bh_picture_options options = bh_picture_options_default(panels);
    if (settings->width_px)
        options.width_px = (int)settings->width_px;
    if (settings->height_px)
        options.height_px = (int)settings->height_px;
    const char *slash = strrchr(picture->sound, '/');
    const char *name = slash ? slash + 1 : picture->sound;
    options.title = settings->title ? settings->title : name;
    if (!*options.title || strcmp(options.title, "-") == 0)
        options.title = NULL;
    options.duration_s = picture->duration_s;
    return options;
}

bh_status
picture_write(const char *path, const struct picture *picture,
              const struct picture_settings *settings, bh_diag *diag)
{
    const bh_picture_options options = options_for(picture, settings);
    const bh_cochleagram *cochleagram = picture->cochleagram;
    if (!cochleagram)
        return bh_picture_write(path, NULL, picture->raster, &options, diag);
    const size_t rows = bh_cochleagram_rows(cochleagram);
    const size_t columns = bh_cochleagram_columns(cochleagram);
    float *level = malloc((rows * columns + 1) * sizeof *level);
    double *cf_hz = malloc(rows * sizeof *cf_hz);
    bh_status status = BH_ERR_MEMORY;
    if (level && cf_hz) {
        bh_cochleagram_levels(cochleagram, level);
        bh_cochleagram_row_cf(cochleagram, picture->cf_hz, cf_hz);
        const bh_picture_levels levels = {
            .level_db_spl = level,
            .rows = rows,
            .columns = columns,
            .cf_hz = cf_hz,
            .column_s = bh_cochleagram_column_s(cochleagram)};
        status = bh_picture_write(path, &levels, picture->raster, &options, diag);
    } else {
        bh_diag_set(diag, status, "no memory for a picture of %zu x %zu", rows,
                    columns);
    }
    free(level);
    free(cf_hz);
    return status;
}
