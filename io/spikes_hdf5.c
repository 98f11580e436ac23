/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/hdf5_internal.h"
#include "io/output_internal.h"
#include "io/spikes_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Spikes that are written at a time, and in a chunk of the file: half a megabyte each
 * of times and indices. Fewer in all become one chunk of just their size. */
#define BATCH 65536

struct hdf5 {
    struct bh_output output;
    struct bh_hdf5_file file;
    hid_t group;
    hid_t times; /* made with the first batch */
    hid_t nodes;
    hsize_t written;
    size_t used;
    int deflate;
    double *time_ms;
    uint64_t *node;
};

static herr_t
put_sorting(hid_t group)
{
    static const char *const names[] = {"none", "by_id", "by_time"};
    hid_t type = H5Tenum_create(H5T_STD_U8LE);
    uint8_t value = 0;
    for (; value < 3; value++)
        H5Tenum_insert(type, names[value], &value);
    value = 2;
    herr_t done = bh_hdf5_put_attribute(group, "sorting", type, 1, &value);
    H5Tclose(type);
    return done;
}

/* An empty dataset that grows by chunks. */
static hid_t
new_dataset(const struct hdf5 *hdf5, const char *name, hid_t type, hsize_t chunk)
{
    const hsize_t none = 0, unlimited = H5S_UNLIMITED;
    hid_t space = H5Screate_simple(1, &none, &unlimited);
    hid_t create = H5Pcreate(H5P_DATASET_CREATE),
          access = H5Pcreate(H5P_DATASET_ACCESS);
    H5Pset_obj_track_times(create, 0);
    H5Pset_chunk(create, 1, &chunk);
    if (hdf5->deflate > 0) {
        H5Pset_shuffle(create);
        H5Pset_deflate(create, (unsigned)hdf5->deflate);
    } else {
        /* Whole chunks go straight to the file, with nothing written there before. */
        H5Pset_fill_time(create, H5D_FILL_TIME_NEVER);
        H5Pset_chunk_cache(access, 0, 0, H5D_CHUNK_CACHE_W0_DEFAULT);
    }
    hid_t set = H5Dcreate2(hdf5->group, name, type, space, H5P_DEFAULT, create, access);
    H5Pclose(access);
    H5Pclose(create);
    H5Sclose(space);
    return set;
}

static herr_t
make_datasets(struct hdf5 *hdf5, hsize_t chunk)
{
    hdf5->times = new_dataset(hdf5, "timestamps", H5T_IEEE_F64LE, chunk);
    hdf5->nodes = new_dataset(hdf5, "node_ids", H5T_STD_U64LE, chunk);
    if (hdf5->times < 0 || hdf5->nodes < 0)
        return -1;
    return bh_hdf5_put_text(hdf5->times, "units", "ms");
}

static herr_t
append(const struct hdf5 *hdf5, hid_t set, hid_t type, const void *values)
{
    const hsize_t count = hdf5->used, total = hdf5->written + count;
    if (count == 0)
        return 0;
    if (H5Dset_extent(set, &total) < 0)
        return -1;
    hid_t space = H5Dget_space(set), memory = H5Screate_simple(1, &count, NULL);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, &hdf5->written, NULL, &count, NULL);
    herr_t done = H5Dwrite(set, type, memory, space, H5P_DEFAULT, values);
    H5Sclose(memory);
    H5Sclose(space);
    return done;
}

static herr_t
write_batch(struct hdf5 *hdf5, bool last)
{
    if (hdf5->times < 0) {
        hsize_t chunk = !last ? BATCH : hdf5->used > 0 ? hdf5->used : 1;
        if (make_datasets(hdf5, chunk) < 0)
            return -1;
    }
    if (append(hdf5, hdf5->times, H5T_NATIVE_DOUBLE, hdf5->time_ms) < 0 ||
        append(hdf5, hdf5->nodes, H5T_NATIVE_UINT64, hdf5->node) < 0)
        return -1;
    hdf5->written += hdf5->used;
    hdf5->used = 0;
    return hdf5->file.error ? -1 : 0;
}

static bh_status
failed(const struct hdf5 *hdf5, bh_diag *diag)
{
    if (hdf5->file.error)
        return bh_file_error(diag, "write", hdf5->output.path, hdf5->file.error);
    return bh_diag_set(diag, BH_ERR_FILE, "the HDF5 library could not write '%s'",
                       hdf5->output.path);
}

static bh_status
hdf5_write(void *self, bh_events events, bh_diag *diag)
{
    struct hdf5 *hdf5 = self;
    for (size_t done = 0; done < events.count;) {
        size_t left = events.count - done, room = BATCH - hdf5->used;
        size_t count = left < room ? left : room;
        for (size_t i = 0; i < count; i++) {
            hdf5->time_ms[hdf5->used + i] = events.time_s[done + i] * 1e3;
            hdf5->node[hdf5->used + i] = events.index[done + i];
        }
        hdf5->used += count;
        done += count;
        if (hdf5->used < BATCH)
            break;
        struct bh_hdf5_voice voice = bh_hdf5_quiet();
        herr_t written = write_batch(hdf5, false);
        bh_hdf5_voice_restore(voice);
        if (written < 0)
            return failed(hdf5, diag);
    }
    return BH_OK;
}

static bh_status
hdf5_flush(void *self, bh_diag *diag)
{
    (void)self, (void)diag;
    return BH_OK;
}

static bh_status
hdf5_mark(void *self, const char *why, bh_diag *diag)
{
    struct hdf5 *hdf5 = self;
    struct bh_hdf5_voice voice = bh_hdf5_quiet();
    const herr_t done = bh_hdf5_put_text(hdf5->file.id, "partial", why);
    bh_hdf5_voice_restore(voice);
    return done < 0 ? failed(hdf5, diag) : BH_OK;
}

/* Closes everything inside the file and the file. */
static herr_t
close_file(struct hdf5 *hdf5)
{
    herr_t closed = 0;
    if (hdf5->times >= 0)
        closed |= H5Dclose(hdf5->times);
    if (hdf5->nodes >= 0)
        closed |= H5Dclose(hdf5->nodes);
    if (hdf5->group >= 0)
        closed |= H5Gclose(hdf5->group);
    closed |= bh_hdf5_file_close(&hdf5->file);
    return closed;
}

static void
release(struct hdf5 *hdf5)
{
    bh_output_abort(&hdf5->output);
    free(hdf5->time_ms);
    free(hdf5->node);
    free(hdf5);
}

static void
hdf5_abort(void *self)
{
    struct hdf5 *hdf5 = self;
    /* Whatever is still to be written would be removed right after. */
    hdf5->file.error = hdf5->file.error ? hdf5->file.error : -1;
    struct bh_hdf5_voice voice = bh_hdf5_quiet();
    close_file(hdf5);
    bh_hdf5_voice_restore(voice);
    release(hdf5);
}

static bh_status
hdf5_close(void *self, double duration_s, bh_diag *diag)
{
    struct hdf5 *hdf5 = self;
    struct bh_hdf5_voice voice = bh_hdf5_quiet();
    bool good = write_batch(hdf5, true) >= 0;
    if (good && !isnan(duration_s))
        good = bh_hdf5_put_number(hdf5->group, "duration_s", duration_s) >= 0;
    good = close_file(hdf5) >= 0 && good;
    bh_hdf5_voice_restore(voice);
    bh_status status = BH_OK;
    if (!good)
        status = failed(hdf5, diag);
    else
        status = bh_output_commit(&hdf5->output, diag);
    release(hdf5);
    return status;
}

static bh_status
put_metadata(const struct hdf5 *hdf5, const bh_spike_writer_config *config,
             bh_diag *diag)
{
    const hid_t root = hdf5->file.id;
    for (size_t i = 0; i < config->metadata_count; i++) {
        const bh_spike_metadata *entry = &config->metadata[i];
        if (!entry->key || !*entry->key || H5Aexists(root, entry->key) > 0)
            return bh_diag_set(
                diag, BH_ERR_ARGUMENT,
                "'%s' cannot be an attribute of '%s': keys are not empty, "
                "differ, and are not 'magic' or 'version'",
                entry->key ? entry->key : "", hdf5->output.path);
        herr_t done = entry->text ? bh_hdf5_put_text(root, entry->key, entry->text)
                                  : bh_hdf5_put_number(root, entry->key, entry->number);
        if (done < 0)
            return failed(hdf5, diag);
    }
    return BH_OK;
}

static bh_status
begin_file(struct hdf5 *hdf5, const bh_spike_writer_config *config, bh_diag *diag)
{
    const uint32_t magic = 0x0A7A, version[] = {0, 1};
    const uint64_t neurons = config->neurons;
    if (bh_hdf5_file_create(&hdf5->file) < 0)
        return failed(hdf5, diag);
    const hid_t root = hdf5->file.id;
    if (bh_hdf5_put_attribute(root, "magic", H5T_NATIVE_UINT32, 1, &magic) < 0 ||
        bh_hdf5_put_attribute(root, "version", H5T_NATIVE_UINT32, 2, version) < 0)
        return failed(hdf5, diag);
    BH_TRY(put_metadata(hdf5, config, diag));
    hid_t spikes = bh_hdf5_new_group(root, "spikes");
    hdf5->group = bh_hdf5_new_group(spikes, config->population);
    H5Gclose(spikes);
    if (hdf5->group < 0 || put_sorting(hdf5->group) < 0 ||
        bh_hdf5_put_attribute(hdf5->group, "neurons", H5T_NATIVE_UINT64, 1, &neurons) <
            0 ||
        bh_hdf5_put_number(hdf5->group, "dt_s", config->dt_s) < 0)
        return failed(hdf5, diag);
    if (config->cf_hz &&
        bh_hdf5_put_cf(hdf5->group, config->cf_hz, config->neurons) < 0)
        return failed(hdf5, diag);
    return BH_OK;
}

bh_status
bh_spikes_hdf5_open(const bh_spike_writer_config *config, struct bh_spike_sink *out,
                    bh_diag *diag)
{
    struct hdf5 *hdf5 = calloc(1, sizeof *hdf5);
    if (!hdf5)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to write '%s'",
                           config->path);
    *hdf5 = (struct hdf5){.output.fd = -1,
                          .file = {.driver = -1, .id = -1},
                          .group = -1,
                          .times = -1,
                          .nodes = -1,
                          .deflate = config->deflate,
                          .time_ms = malloc(BATCH * sizeof *hdf5->time_ms),
                          .node = malloc(BATCH * sizeof *hdf5->node)};
    bh_status status = BH_OK;
    if (!hdf5->time_ms || !hdf5->node)
        status =
            bh_diag_set(diag, BH_ERR_MEMORY, "no memory to write '%s'", config->path);
    if (status == BH_OK)
        status = bh_output_open(config->path, &hdf5->output, diag);
    if (status == BH_OK) {
        hdf5->file.fd = hdf5->output.fd;
        struct bh_hdf5_voice voice = bh_hdf5_quiet();
        status = begin_file(hdf5, config, diag);
        bh_hdf5_voice_restore(voice);
    }
    if (status != BH_OK) {
        hdf5_abort(hdf5);
        return status;
    }
    *out = (struct bh_spike_sink){hdf5,      hdf5_write, hdf5_flush,
                                  hdf5_mark, hdf5_close, hdf5_abort};
    return BH_OK;
}
