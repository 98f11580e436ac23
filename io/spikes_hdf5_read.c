/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/hdf5_internal.h"
#include "io/spikes_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
bh_spikes_is_hdf5(const char *path)
{
    struct bh_hdf5_voice voice = bh_hdf5_quiet();
    htri_t is = H5Fis_hdf5(path);
    bh_hdf5_voice_restore(voice);
    return is > 0;
}

/* The names of the groups below /spikes, for the caller's choice or a message. */
struct names {
    size_t count;
    char first[128];
    char all[256];
};

static herr_t
add_name(hid_t group, const char *name, const H5L_info_t *info, void *context)
{
    (void)info;
    struct names *names = context;
    hid_t inside = H5Gopen2(group, name, H5P_DEFAULT);
    if (inside < 0) /* not a group */
        return 0;
    H5Gclose(inside);
    if (names->count++ == 0)
        snprintf(names->first, sizeof names->first, "%s", name);
    const size_t used = strlen(names->all);
    snprintf(names->all + used, sizeof names->all - used, "%s'%s'", used ? ", " : "",
             name);
    return 0;
}

/* Opens the group of a population. */
static bh_status
open_population(hid_t file, const char *path, const char *population, hid_t *out,
                bh_diag *diag)
{
    struct names names = {0};
    hid_t spikes = H5Gopen2(file, "spikes", H5P_DEFAULT);
    if (spikes >= 0)
        H5Literate(spikes, H5_INDEX_NAME, H5_ITER_INC, NULL, add_name, &names);
    if (spikes < 0 || names.count == 0) {
        if (spikes >= 0)
            H5Gclose(spikes);
        return bh_diag_set(diag, BH_ERR_FORMAT,
                           "'%s' has no spikes in the SONATA layout: there is no group "
                           "/spikes/<population>",
                           path);
    }
    if (!population && names.count > 1) {
        H5Gclose(spikes);
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "'%s' has %zu populations, of which one must be named: %s",
                           path, names.count, names.all);
    }
    hid_t group = H5Gopen2(spikes, population ? population : names.first, H5P_DEFAULT);
    H5Gclose(spikes);
    if (group < 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "'%s' has no population '%s'; it has %s", path, population,
                           names.all);
    *out = group;
    return BH_OK;
}

/* Deflate makes at most 1032 bytes out of one, so more values than this for a byte of
 * the file are a damaged size, for which no memory should be taken. */
#define VALUES_PER_BYTE 1032

/* A new array of all values of a one-dimensional dataset; NULL where that fails. */
static void *
read_values(hid_t group, const char *name, hid_t type, size_t size, size_t *count)
{
    hid_t set = H5Dopen2(group, name, H5P_DEFAULT);
    if (set < 0)
        return NULL;
    hid_t space = H5Dget_space(set);
    hssize_t points = H5Sget_simple_extent_npoints(space);
    void *values = NULL;
    if (H5Sget_simple_extent_ndims(space) == 1 && points >= 0 &&
        (uint64_t)points / VALUES_PER_BYTE <= H5Dget_storage_size(set))
        values = malloc(points > 0 ? (size_t)points * size : 1);
    if (values && points > 0 &&
        H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) {
        free(values);
        values = NULL;
    }
    *count = points > 0 ? (size_t)points : 0;
    H5Sclose(space);
    H5Dclose(set);
    return values;
}

/* The text of an attribute, of fixed or variable length; "" where there is none. */
static void
read_text(hid_t group, const char *object, const char *name, char *text, size_t size)
{
    snprintf(text, size, "%s", "");
    if (H5Aexists_by_name(group, object, name, H5P_DEFAULT) <= 0)
        return;
    hid_t attribute = H5Aopen_by_name(group, object, name, H5P_DEFAULT, H5P_DEFAULT);
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    const bool one = H5Sget_simple_extent_npoints(space) == 1;
    if (one && H5Tis_variable_str(type) > 0) {
        char *value = NULL;
        if (H5Aread(attribute, type, &value) >= 0 && value)
            snprintf(text, size, "%s", value);
        H5free_memory(value);
    } else if (one && H5Tget_class(type) == H5T_STRING) {
        const size_t length = H5Tget_size(type);
        char *value = calloc(length + 1, 1);
        if (value && H5Aread(attribute, type, value) >= 0)
            snprintf(text, size, "%s", value);
        free(value);
    }
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
}

static double
read_number(hid_t group, const char *name)
{
    double value = NAN;
    if (H5Aexists(group, name) <= 0)
        return NAN;
    hid_t attribute = H5Aopen(group, name, H5P_DEFAULT),
          space = H5Aget_space(attribute);
    if (H5Sget_simple_extent_npoints(space) != 1 ||
        H5Aread(attribute, H5T_NATIVE_DOUBLE, &value) < 0)
        value = NAN;
    H5Sclose(space);
    H5Aclose(attribute);
    return value;
}

static bh_status
read_times(hid_t group, const char *path, bh_spikes *spikes, bh_diag *diag)
{
    char units[16];
    spikes->time_s = read_values(group, "timestamps", H5T_NATIVE_DOUBLE,
                                 sizeof *spikes->time_s, &spikes->count);
    if (!spikes->time_s)
        return bh_diag_set(
            diag, BH_ERR_FORMAT,
            "the times of the spikes (timestamps) of '%s' are missing or "
            "cannot be read",
            path);
    read_text(group, "timestamps", "units", units, sizeof units);
    const bool seconds = strcmp(units, "s") == 0;
    if (!seconds && *units && strcmp(units, "ms") != 0)
        return bh_diag_set(
            diag, BH_ERR_FORMAT,
            "the times of the spikes of '%s' are in '%s'; they must be in "
            "ms or s",
            path, units);
    for (size_t i = 0; i < spikes->count; i++) {
        /* A division gives back what was multiplied by 1000, but for the last place. */
        if (!seconds)
            spikes->time_s[i] /= 1e3;
        if (!isfinite(spikes->time_s[i]))
            return bh_diag_set(diag, BH_ERR_DATA, "the time of spike %zu of '%s' is %g",
                               i, path, spikes->time_s[i]);
    }
    return BH_OK;
}

static bh_status
read_nodes(hid_t group, const char *path, bh_spikes *spikes, bh_diag *diag)
{
    size_t count = 0;
    uint64_t *node =
        read_values(group, "node_ids", H5T_NATIVE_UINT64, sizeof *node, &count);
    spikes->index = malloc((spikes->count ? spikes->count : 1) * sizeof *spikes->index);
    bh_status status = BH_OK;
    if (!node || count != spikes->count)
        status =
            bh_diag_set(diag, BH_ERR_FORMAT,
                        "the neurons of the spikes (node_ids) of '%s' are missing, "
                        "cannot be read, or are not as many as the times (%zu)",
                        path, spikes->count);
    else if (!spikes->index)
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory to read '%s'", path);
    for (size_t i = 0; status == BH_OK && i < count; i++) {
        if (node[i] >= UINT32_MAX)
            status = bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                                 "spike %zu of '%s' is of neuron %llu; indices up to "
                                 "4294967294 can be read",
                                 i, path, (unsigned long long)node[i]);
        spikes->index[i] = (uint32_t)node[i];
        if (node[i] >= spikes->neurons)
            spikes->neurons = (size_t)node[i] + 1;
    }
    free(node);
    return status;
}

static bh_status
read_population(hid_t group, const char *path, bh_spikes *spikes, bh_diag *diag)
{
    BH_TRY(read_times(group, path, spikes, diag));
    BH_TRY(read_nodes(group, path, spikes, diag));
    spikes->duration_s = read_number(group, "duration_s");
    spikes->dt_s = read_number(group, "dt_s");
    const double stated = read_number(group, "neurons");
    if (!isnan(stated)) {
        if (!(stated >= (double)spikes->neurons && stated <= UINT32_MAX))
            return bh_diag_set(
                diag, BH_ERR_FORMAT,
                "'%s' says that it has %.0f neurons, but there are spikes "
                "of neuron %zu",
                path, stated, spikes->neurons ? spikes->neurons - 1 : 0);
        spikes->neurons = (size_t)stated;
    }
    if (H5Lexists(group, "cf_hz", H5P_DEFAULT) <= 0)
        return BH_OK;
    size_t count = 0;
    spikes->cf_hz =
        read_values(group, "cf_hz", H5T_NATIVE_DOUBLE, sizeof *spikes->cf_hz, &count);
    if (!spikes->cf_hz || count != spikes->neurons)
        return bh_diag_set(
            diag, BH_ERR_FORMAT,
            "the characteristic frequencies (cf_hz) of '%s' cannot be read, "
            "or are not as many as the neurons (%zu)",
            path, spikes->neurons);
    return BH_OK;
}

bh_status
bh_spikes_hdf5_read(const char *path, const char *population, struct bh_spikes *spikes,
                    bh_diag *diag)
{
    struct bh_hdf5_voice voice = bh_hdf5_quiet();
    bh_status status = BH_OK;
    hid_t group = -1, file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0)
        status =
            bh_diag_set(diag, BH_ERR_FORMAT,
                        "'%s' begins as an HDF5 file but cannot be read; it is cut "
                        "short, damaged, or still being written",
                        path);
    if (status == BH_OK)
        status = open_population(file, path, population, &group, diag);
    if (status == BH_OK)
        read_text(file, ".", "partial", spikes->partial, sizeof spikes->partial);
    if (status == BH_OK)
        status = read_population(group, path, spikes, diag);
    if (group >= 0)
        H5Gclose(group);
    if (file >= 0)
        H5Fclose(file);
    bh_hdf5_voice_restore(voice);
    return status;
}
