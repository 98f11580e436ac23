/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/table_internal.h"

#include "io/hdf5_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static double
read_rate(hid_t file)
{
    double value = NAN;
    if (H5Aexists(file, "samplerate_hz") <= 0)
        return NAN;
    const hid_t attribute = H5Aopen(file, "samplerate_hz", H5P_DEFAULT);
    const hid_t space = H5Aget_space(attribute);
    if (H5Sget_simple_extent_npoints(space) != 1 ||
        H5Aread(attribute, H5T_NATIVE_DOUBLE, &value) < 0 || !(value > 0))
        value = NAN;
    H5Sclose(space);
    H5Aclose(attribute);
    return value;
}

/* The frequencies of the columns behind the first, and names after them. */
static void
read_cf(hid_t file, bh_table *table)
{
    if (H5Lexists(file, "cf_hz", H5P_DEFAULT) <= 0)
        return;
    const hid_t set = H5Dopen2(file, "cf_hz", H5P_DEFAULT);
    const hid_t space = H5Dget_space(set);
    const hssize_t points = H5Sget_simple_extent_npoints(space);
    double *cf_hz = malloc((table->columns + 1) * sizeof *cf_hz);
    if (cf_hz && points > 0 && (size_t)points + 1 == table->columns &&
        H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, cf_hz + 1) >=
            0) {
        cf_hz[0] = NAN;
        for (size_t c = 1; c < table->columns; c++)
            snprintf(table->names[c], BH_TABLE_NAME, "%.6g", cf_hz[c]);
        table->cf_hz = cf_hz;
        cf_hz = NULL;
    }
    free(cf_hz);
    H5Sclose(space);
    H5Dclose(set);
}

/* The values of /frames, turned into columns. */
static bool
read_frames(hid_t set, bh_table *table)
{
    const size_t rows = table->rows, columns = table->columns - 1;
    double *frames = malloc((rows * columns + 1) * sizeof *frames);
    const bool done = frames &&
                      (rows == 0 || H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL,
                                            H5P_DEFAULT, frames) >= 0);
    for (size_t r = 0; done && r < rows; r++)
        for (size_t c = 0; c < columns; c++)
            table->values[(c + 1) * rows + r] = frames[r * columns + c];
    free(frames);
    return done;
}

static bh_status
read_file(hid_t file, const char *path, bh_table **out, bh_diag *diag)
{
    hsize_t size[2] = {0, 0};
    bh_table *table = NULL;
    if (H5Lexists(file, "frames", H5P_DEFAULT) <= 0)
        return bh_diag_set(diag, BH_ERR_FORMAT,
                           "'%s' has no table: there is no dataset /frames in it",
                           path);
    const hid_t set = H5Dopen2(file, "frames", H5P_DEFAULT);
    const hid_t space = set < 0 ? -1 : H5Dget_space(set);
    bh_status status = BH_OK;
    /* Frames are not compressed: what has no bytes in the file is a damaged size. */
    if (space < 0 || H5Sget_simple_extent_ndims(space) != 2 ||
        H5Sget_simple_extent_dims(space, size, NULL) != 2 || size[1] == 0 ||
        size[0] > UINT64_MAX / size[1] ||
        size[0] * size[1] / 1032 > H5Dget_storage_size(set))
        status = bh_diag_set(diag, BH_ERR_FORMAT,
                             "/frames of '%s' has no two dimensions, [rows][columns]",
                             path);
    if (status == BH_OK)
        status = bh_table_make((size_t)size[0], (size_t)size[1] + 1, &table, diag);
    if (status == BH_OK && !read_frames(set, table))
        status =
            bh_diag_set(diag, BH_ERR_FORMAT, "/frames of '%s' cannot be read", path);
    if (status == BH_OK) {
        bh_table_number(table, read_rate(file));
        read_cf(file, table);
        *out = table;
    } else {
        bh_table_free(table);
    }
    if (space >= 0)
        H5Sclose(space);
    if (set >= 0)
        H5Dclose(set);
    return status;
}

bh_status
bh_table_hdf5_read(const char *path, bh_table **out, bh_diag *diag)
{
    const struct bh_hdf5_voice voice = bh_hdf5_quiet();
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    bh_status status;
    if (file < 0)
        status =
            bh_diag_set(diag, BH_ERR_FORMAT,
                        "'%s' begins as an HDF5 file but cannot be read; it is cut "
                        "short, damaged, or still being written",
                        path);
    else
        status = read_file(file, path, out, diag);
    if (file >= 0)
        H5Fclose(file);
    bh_hdf5_voice_restore(voice);
    return status;
}
