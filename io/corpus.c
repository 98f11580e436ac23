/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* fsync */
#include "io/corpus.h"

#include "io/hdf5_internal.h"
#include "io/output_internal.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The datasets that grow by a row a sound, and the frames, that grow by many. */
enum { TIMES, UNITS, LABELS, FILES, DURATIONS, FRAMES, FIRST, SETS };

struct bh_corpus_writer {
    struct bh_output output;
    struct bh_hdf5_file file;
    hid_t set[SETS], list_f32, list_unit, text;
    size_t neurons, keys, channels;
    uint64_t sounds, frames;
    float *time_s;
    size_t capacity;
    bool failed;
};

static bh_status
failure(bh_corpus_writer *writer, bh_diag *diag)
{
    writer->failed = true;
    if (writer->file.error)
        return bh_file_error(diag, "write", writer->output.path, writer->file.error);
    return bh_diag_set(diag, BH_ERR_FILE, "the HDF5 library could not write '%s'",
                       writer->output.path);
}

/* An empty dataset of so many columns (0: it has one dimension) that grows by rows. */
static hid_t
new_set(hid_t group, const char *name, hid_t type, hsize_t columns)
{
    const int rank = columns ? 2 : 1;
    const hsize_t none[2] = {0, columns}, most[2] = {H5S_UNLIMITED, columns};
    /* about 64 KiB of a frame's columns, or a thousand sounds, at a time */
    const hsize_t chunk[2] = {!columns          ? 1024
                              : columns < 16384 ? 16384 / columns
                                                : 1,
                              columns};
    hid_t space = H5Screate_simple(rank, none, most);
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(create, 0);
    H5Pset_chunk(create, rank, chunk);
    hid_t set = H5Dcreate2(group, name, type, space, H5P_DEFAULT, create, H5P_DEFAULT);
    H5Pclose(create);
    H5Sclose(space);
    return set;
}

/* Adds `rows` rows behind the `before` that are there. */
static herr_t
append(hid_t set, hid_t type, hsize_t columns, uint64_t before, hsize_t rows,
       const void *values)
{
    const int rank = columns ? 2 : 1;
    const hsize_t start[2] = {before, 0}, count[2] = {rows, columns},
                  total[2] = {before + rows, columns};
    if (rows == 0)
        return 0;
    if (H5Dset_extent(set, total) < 0)
        return -1;
    hid_t space = H5Dget_space(set), memory = H5Screate_simple(rank, count, NULL);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
    /* A megabyte is taken and given back each time otherwise, and its pages zeroed. */
    hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_buffer(transfer, 16384, NULL, NULL);
    herr_t done = H5Dwrite(set, type, memory, space, transfer, values);
    H5Pclose(transfer);
    H5Sclose(memory);
    H5Sclose(space);
    return done;
}

static herr_t
begin_spikes(bh_corpus_writer *writer)
{
    const hid_t unit = writer->neurons > 65536 ? H5T_STD_U32LE : H5T_STD_U16LE;
    hid_t stored_times = H5Tvlen_create(H5T_IEEE_F32LE),
          stored_units = H5Tvlen_create(unit);
    hid_t group = bh_hdf5_new_group(writer->file.id, "spikes");
    writer->set[TIMES] = new_set(group, "times", stored_times, 0);
    writer->set[UNITS] = new_set(group, "units", stored_units, 0);
    herr_t done = group < 0 || writer->set[TIMES] < 0 || writer->set[UNITS] < 0
                      ? -1
                      : bh_hdf5_put_text(writer->set[TIMES], "units", "s");
    H5Gclose(group);
    H5Tclose(stored_times);
    H5Tclose(stored_units);
    return done;
}

static herr_t
begin_extra(bh_corpus_writer *writer, const bh_corpus_config *config)
{
    hid_t group = bh_hdf5_new_group(writer->file.id, "extra");
    hid_t keys = new_set(group, "keys", writer->text, 0);
    writer->set[FILES] = new_set(group, "files", writer->text, 0);
    writer->set[DURATIONS] = new_set(group, "duration_s", H5T_IEEE_F64LE, 0);
    writer->set[LABELS] = new_set(writer->file.id, "labels", H5T_STD_U16LE, 0);
    herr_t done = -1;
    if (keys >= 0 && writer->set[FILES] >= 0 && writer->set[DURATIONS] >= 0 &&
        writer->set[LABELS] >= 0)
        done = append(keys, writer->text, 0, 0, config->key_count, config->keys);
    if (done >= 0 && config->neurons && config->cf_hz)
        done = bh_hdf5_put_cf(group, config->cf_hz, config->neurons);
    if (keys >= 0)
        H5Dclose(keys);
    H5Gclose(group);
    return done;
}

static herr_t
begin_frames(bh_corpus_writer *writer, const bh_corpus_config *config)
{
    const uint64_t first = 0;
    hid_t group = bh_hdf5_new_group(writer->file.id, "cochleagram");
    writer->set[FRAMES] = new_set(group, "frames", H5T_IEEE_F32LE, config->channels);
    writer->set[FIRST] = new_set(group, "first", H5T_STD_U64LE, 0);
    herr_t done = -1;
    if (writer->set[FRAMES] >= 0 && writer->set[FIRST] >= 0)
        done =
            bh_hdf5_put_number(writer->set[FRAMES], "samplerate_hz", config->frames_hz);
    if (done >= 0)
        done = append(writer->set[FIRST], H5T_NATIVE_UINT64, 0, 0, 1, &first);
    if (done >= 0 && config->channel_cf_hz)
        done = bh_hdf5_put_cf(group, config->channel_cf_hz, config->channels);
    H5Gclose(group);
    return done;
}

static herr_t
put_metadata(const bh_corpus_writer *writer, const bh_corpus_config *config)
{
    herr_t done = 0;
    for (size_t i = 0; done >= 0 && i < config->metadata_count; i++) {
        const bh_corpus_metadata *entry = &config->metadata[i];
        done = entry->text
                   ? bh_hdf5_put_text(writer->file.id, entry->key, entry->text)
                   : bh_hdf5_put_number(writer->file.id, entry->key, entry->number);
    }
    return done;
}

static bh_status
begin(bh_corpus_writer *writer, const bh_corpus_config *config, bh_diag *diag)
{
    BH_TRY(bh_output_open(config->path, &writer->output, diag));
    if (!writer->output.temporary)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "HDF5 cannot go to '%s': name a file",
                           config->path);
    writer->file.fd = writer->output.fd;
    struct bh_hdf5_voice voice = bh_hdf5_quiet();
    herr_t done = bh_hdf5_file_create(&writer->file);
    if (done >= 0) {
        writer->list_f32 = H5Tvlen_create(H5T_NATIVE_FLOAT);
        writer->list_unit = H5Tvlen_create(H5T_NATIVE_UINT32);
        writer->text = H5Tcopy(H5T_C_S1);
        H5Tset_size(writer->text, H5T_VARIABLE);
        H5Tset_cset(writer->text, H5T_CSET_UTF8);
        done = put_metadata(writer, config);
    }
    if (done >= 0 && config->neurons)
        done = begin_spikes(writer);
    if (done >= 0)
        done = begin_extra(writer, config);
    if (done >= 0 && config->channels)
        done = begin_frames(writer, config);
    bh_hdf5_voice_restore(voice);
    return done < 0 ? failure(writer, diag) : BH_OK;
}

bh_status
bh_corpus_writer_open(const bh_corpus_config *config, bh_corpus_writer **out,
                      bh_diag *diag)
{
    if (config->key_count == 0 || config->key_count > 65536)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a corpus has 1 to 65,536 labels, not %zu",
                           config->key_count);
    bh_corpus_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to write '%s'",
                           config->path);
    *writer = (bh_corpus_writer){.output.fd = -1,
                                 .file = {.driver = -1, .id = -1},
                                 .list_f32 = -1,
                                 .list_unit = -1,
                                 .text = -1,
                                 .neurons = config->neurons,
                                 .keys = config->key_count,
                                 .channels = config->channels};
    for (int i = 0; i < SETS; i++)
        writer->set[i] = -1;
    const bh_status status = begin(writer, config, diag);
    if (status != BH_OK) {
        bh_corpus_writer_abort(writer);
        return status;
    }
    *out = writer;
    return BH_OK;
}

static bh_status
check(const bh_corpus_writer *writer, const bh_corpus_sound *sound, bh_diag *diag)
{
    if (writer->failed)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "'%s' takes no more sounds: one before could not be written",
                           writer->output.path);
    if (sound->label >= writer->keys)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "'%s' has the label %zu, but there are %zu", sound->name,
                           sound->label, writer->keys);
    for (size_t i = 0; i < sound->spikes.count; i++)
        if (sound->spikes.index[i] >= writer->neurons)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "'%s' has a spike of neuron %u, but there are %zu",
                               sound->name, (unsigned)sound->spikes.index[i],
                               writer->neurons);
    return BH_OK;
}

static bh_status
make_room(bh_corpus_writer *writer, size_t spikes, bh_diag *diag)
{
    if (spikes <= writer->capacity)
        return BH_OK;
    float *more = realloc(writer->time_s, spikes * sizeof *more);
    if (!more)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu spikes", spikes);
    writer->time_s = more;
    writer->capacity = spikes;
    return BH_OK;
}

static herr_t
add_spikes(bh_corpus_writer *writer, bh_events spikes)
{
    for (size_t i = 0; i < spikes.count; i++)
        writer->time_s[i] = (float)spikes.time_s[i];
    const hvl_t times = {spikes.count, writer->time_s};
    /* the library reads through this pointer and no more */
    const hvl_t units = {spikes.count, (void *)(uintptr_t)spikes.index};
    const uint64_t row = writer->sounds;
    herr_t done = append(writer->set[TIMES], writer->list_f32, 0, row, 1, &times);
    if (done >= 0)
        done = append(writer->set[UNITS], writer->list_unit, 0, row, 1, &units);
    return done;
}

static herr_t
add_frames(bh_corpus_writer *writer, const float *frames, size_t count)
{
    herr_t done = append(writer->set[FRAMES], H5T_NATIVE_FLOAT, writer->channels,
                         writer->frames, count, frames);
    writer->frames += count;
    if (done >= 0)
        done = append(writer->set[FIRST], H5T_NATIVE_UINT64, 0, writer->sounds + 1, 1,
                      &writer->frames);
    return done;
}

static herr_t
add(bh_corpus_writer *writer, const bh_corpus_sound *sound)
{
    const uint64_t row = writer->sounds;
    const uint16_t label = (uint16_t)sound->label;
    if (append(writer->set[LABELS], H5T_NATIVE_UINT16, 0, row, 1, &label) < 0 ||
        append(writer->set[FILES], writer->text, 0, row, 1, &sound->name) < 0 ||
        append(writer->set[DURATIONS], H5T_NATIVE_DOUBLE, 0, row, 1,
               &sound->duration_s) < 0)
        return -1;
    if (writer->neurons && add_spikes(writer, sound->spikes) < 0)
        return -1;
    if (writer->channels && add_frames(writer, sound->frames, sound->frame_count) < 0)
        return -1;
    writer->sounds++;
    return writer->file.error ? -1 : 0;
}

bh_status
bh_corpus_writer_add(bh_corpus_writer *writer, const bh_corpus_sound *sound,
                     bh_diag *diag)
{
    BH_TRY(check(writer, sound, diag));
    BH_TRY(make_room(writer, sound->spikes.count, diag));
    struct bh_hdf5_voice voice = bh_hdf5_quiet();
    const herr_t done = add(writer, sound);
    bh_hdf5_voice_restore(voice);
    return done < 0 ? failure(writer, diag) : BH_OK;
}

static bool
close_file(bh_corpus_writer *writer)
{
    herr_t closed = 0;
    for (int i = 0; i < SETS; i++)
        if (writer->set[i] >= 0)
            closed |= H5Dclose(writer->set[i]);
    const hid_t types[] = {writer->list_f32, writer->list_unit, writer->text};
    for (int i = 0; i < 3; i++)
        if (types[i] >= 0)
            closed |= H5Tclose(types[i]);
    closed |= bh_hdf5_file_close(&writer->file);
    return closed >= 0;
}

bh_status
bh_corpus_writer_close(bh_corpus_writer *writer, bh_diag *diag)
{
    if (writer->failed) {
        bh_corpus_writer_abort(writer);
        return bh_diag_set(diag, BH_ERR_FILE, "a sound could not be written");
    }
    struct bh_hdf5_voice voice = bh_hdf5_quiet();
    const bool good = close_file(writer);
    bh_hdf5_voice_restore(voice);
    bh_status status = BH_OK;
    if (good && fsync(writer->output.fd) != 0) {
        /* what it was made from may be removed next */
        status = bh_file_error(diag, "write", writer->output.path, errno);
        bh_output_abort(&writer->output);
    } else if (good) {
        status = bh_output_commit(&writer->output, diag);
    } else {
        status = failure(writer, diag);
        bh_output_abort(&writer->output);
    }
    free(writer->time_s);
    free(writer);
    return status;
}

void
bh_corpus_writer_abort(bh_corpus_writer *writer)
{
    if (!writer)
        return;
    /* Whatever is still to be written would be removed right after. */
    writer->file.error = writer->file.error ? writer->file.error : -1;
    struct bh_hdf5_voice voice = bh_hdf5_quiet();
    close_file(writer);
    bh_hdf5_voice_restore(voice);
    bh_output_abort(&writer->output);
    free(writer->time_s);
    free(writer);
}
