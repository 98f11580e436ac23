/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/frames_internal.h"
#include "io/hdf5_internal.h"

struct hdf5 {
    struct bh_frames_file file;
    struct bh_hdf5_file target;
    hid_t set; /* made with the first batch, whose frames are a chunk */
};

static hid_t
sample_type(const struct hdf5 *hdf5, bool in_file)
{
    if (hdf5->file.precision == BH_SINGLE)
        return in_file ? H5T_IEEE_F32LE : H5T_NATIVE_FLOAT;
    return in_file ? H5T_IEEE_F64LE : H5T_NATIVE_DOUBLE;
}

/* An empty dataset that grows by chunks of whole frames. */
static herr_t
make_dataset(struct hdf5 *hdf5, hsize_t frames)
{
    const hsize_t channels = hdf5->file.channels;
    const hsize_t none[] = {0, channels}, most[] = {H5S_UNLIMITED, channels},
                  chunk[] = {frames, channels};
    hid_t space = H5Screate_simple(2, none, most);
    hid_t create = H5Pcreate(H5P_DATASET_CREATE),
          access = H5Pcreate(H5P_DATASET_ACCESS);
    H5Pset_obj_track_times(create, 0);
    H5Pset_chunk(create, 2, chunk);
    /* Whole chunks go straight to the file, with nothing written there before. */
    H5Pset_fill_time(create, H5D_FILL_TIME_NEVER);
    H5Pset_chunk_cache(access, 0, 0, H5D_CHUNK_CACHE_W0_DEFAULT);
    hdf5->set = H5Dcreate2(hdf5->target.id, "frames", sample_type(hdf5, true), space,
                           H5P_DEFAULT, create, access);
    H5Pclose(access);
    H5Pclose(create);
    H5Sclose(space);
    return hdf5->set < 0 ? -1 : 0;
}

static herr_t
append(struct hdf5 *hdf5, const void *samples, hsize_t frames)
{
    const hsize_t channels = hdf5->file.channels, first[] = {hdf5->file.written, 0},
                  count[] = {frames, channels}, total[] = {first[0] + frames, channels};
    if (hdf5->set < 0 && make_dataset(hdf5, frames) < 0)
        return -1;
    if (H5Dset_extent(hdf5->set, total) < 0)
        return -1;
    hid_t space = H5Dget_space(hdf5->set), memory = H5Screate_simple(2, count, NULL);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, first, NULL, count, NULL);
    herr_t done = H5Dwrite(hdf5->set, sample_type(hdf5, false), memory, space,
                           H5P_DEFAULT, samples);
    H5Sclose(memory);
    H5Sclose(space);
    return hdf5->target.error ? -1 : done;
}

static bh_status
result(const struct hdf5 *hdf5, herr_t done, bh_diag *diag)
{
    const char *path = hdf5->file.output.path;
    if (done >= 0)
        return BH_OK;
    if (hdf5->target.error)
        return bh_file_error(diag, "write", path, hdf5->target.error);
    return bh_diag_set(diag, BH_ERR_FILE, "the HDF5 library could not write '%s'",
                       path);
}

static bh_status
hdf5_open(void *self, const bh_frames_writer_config *config, bh_diag *diag)
{
    struct hdf5 *hdf5 = self;
    hdf5->set = -1;
    hdf5->target =
        (struct bh_hdf5_file){.fd = hdf5->file.output.fd, .driver = -1, .id = -1};
    const struct bh_hdf5_voice voice = bh_hdf5_quiet();
    herr_t done = bh_hdf5_file_create(&hdf5->target);
    if (done >= 0)
        done =
            bh_hdf5_put_number(hdf5->target.id, "samplerate_hz", config->samplerate_hz);
    if (done >= 0 && config->cf_hz)
        done = bh_hdf5_put_cf(hdf5->target.id, config->cf_hz, config->channels);
    bh_hdf5_voice_restore(voice);
    return result(hdf5, done, diag);
}

static bh_status
hdf5_write(void *self, const void *samples, size_t frames, bh_diag *diag)
{
    struct hdf5 *hdf5 = self;
    const struct bh_hdf5_voice voice = bh_hdf5_quiet();
    const herr_t done = append(hdf5, samples, frames);
    bh_hdf5_voice_restore(voice);
    return result(hdf5, done, diag);
}

static herr_t
close_file(struct hdf5 *hdf5)
{
    herr_t closed = hdf5->set >= 0 ? H5Dclose(hdf5->set) : 0;
    hdf5->set = -1;
    return bh_hdf5_file_close(&hdf5->target) < 0 ? -1 : closed;
}

static bh_status
hdf5_mark(void *self, const char *why, bh_diag *diag)
{
    struct hdf5 *hdf5 = self;
    const struct bh_hdf5_voice voice = bh_hdf5_quiet();
    const herr_t done = bh_hdf5_put_text(hdf5->target.id, "partial", why);
    bh_hdf5_voice_restore(voice);
    return result(hdf5, done, diag);
}

static bh_status
hdf5_end(void *self, bh_diag *diag)
{
    struct hdf5 *hdf5 = self;
    const struct bh_hdf5_voice voice = bh_hdf5_quiet();
    herr_t done = hdf5->set < 0 ? make_dataset(hdf5, 1) : 0;
    done = close_file(hdf5) < 0 ? -1 : done;
    bh_hdf5_voice_restore(voice);
    return result(hdf5, done, diag);
}

static void
hdf5_release(void *self)
{
    struct hdf5 *hdf5 = self;
    if (hdf5->target.id < 0 && hdf5->target.driver < 0)
        return;
    /* Whatever is still to be written would be removed right after. */
    hdf5->target.error = hdf5->target.error ? hdf5->target.error : -1;
    const struct bh_hdf5_voice voice = bh_hdf5_quiet();
    close_file(hdf5);
    bh_hdf5_voice_restore(voice);
}

const struct bh_frames_sink bh_frames_hdf5 = {
    .size = sizeof(struct hdf5),
    .open = hdf5_open,
    .write = hdf5_write,
    .mark = hdf5_mark,
    .end = hdf5_end,
    .release = hdf5_release,
};
