/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that say that they are a part. */
#define _GNU_SOURCE /* memmem */

#include "io/soundfile.h"
#include "io/spikes.h"
#include "tests/io/frames_scratch.h"
#include "tests/io/scratch.h"

#include <hdf5.h>
#include <stdbool.h>

/* More than a buffer of either format holds. */
enum { SPIKES = 70000 };

static void
write_part(const char *path, size_t count, const char *why)
{
    static double time_s[SPIKES];
    static uint32_t index[SPIKES];
    bh_diag diag = {0};
    bh_spike_writer *writer = NULL;
    bh_spike_writer_config config = bh_spike_writer_config_default();
    config.path = path;
    config.neurons = 3;
    config.dt_s = 1e-4;
    for (size_t i = 0; i < count; i++) {
        time_s[i] = 1e-4 * (double)i;
        index[i] = (uint32_t)(i % 3);
    }
    CHECK_OK(bh_spike_writer_open(&config, &writer, &diag), diag);
    CHECK_OK(bh_spike_writer_write(writer, (bh_events){time_s, index, count}, &diag),
             diag);
    if (why)
        CHECK_OK(bh_spike_writer_partial(writer, why, &diag), diag);
    CHECK_OK(bh_spike_writer_close(writer, 9.5, &diag), diag);
}

static void
test_spikes(void)
{
    enter();
    static const char *const names[] = {"a.h5", "a.csv"};
    static const size_t counts[] = {0, 1, 5, SPIKES};
    for (size_t k = 0; k < 2 * sizeof counts / sizeof counts[0]; k++) {
        bh_diag diag = {0};
        bh_spikes *spikes = NULL;
        const char *path = in_directory(0, names[k & 1]);
        write_part(path, counts[k / 2], "interrupted");
        CHECK_OK(bh_spikes_read(path, NULL, &spikes, &diag), diag);
        CHECK(strcmp(bh_spikes_partial(spikes), "interrupted") == 0);
        CHECK(bh_spikes_events(spikes).count == counts[k / 2]);
        bh_spikes_free(spikes);
        write_part(path, counts[k / 2], NULL);
        CHECK_OK(bh_spikes_read(path, NULL, &spikes, &diag), diag);
        CHECK(bh_spikes_partial(spikes) == NULL);
        bh_spikes_free(spikes);
        unlink(path);
    }
    leave();
}

/* A reason of several lines is one remark; other remarks are nothing. */
static void
test_remarks(void)
{
    enter();
    bh_diag diag = {0};
    bh_spikes *spikes = NULL;
    size_t size = 0;
    const char *path = in_directory(0, "a.csv");
    write_part(path, 1, "it\nended\r");
    char *text = content(path, &size);
    CHECK(strcmp(text, "time_s,index\n0.000000000,0\n# partial: it ended \n") == 0);
    free(text);
    const char by_hand[] = "time_s,index\n# by hand\n0.5,1\n#\n0.75,0\n";
    put_file(path, by_hand, sizeof by_hand - 1);
    CHECK_OK(bh_spikes_read(path, NULL, &spikes, &diag), diag);
    CHECK(bh_spikes_events(spikes).count == 2);
    CHECK(bh_spikes_partial(spikes) == NULL);
    bh_spikes_free(spikes);
    unlink(path);
    leave();
}

/* Writes frames with a mark, in pieces; the status is that of the mark. */
static bh_status
mark_frames(const char *path, bh_diag *diag)
{
    bh_frames_writer *writer = NULL;
    const bh_frames_writer_config config = frames_config(path, BH_DOUBLE);
    const bh_block all = frame_block(BH_DOUBLE);
    CHECK_OK(bh_frames_writer_open(&config, &writer, diag), *diag);
    CHECK_OK(bh_frames_writer_write(writer, bh_block_frames(all, 0, 1001), diag),
             *diag);
    const bh_status status = bh_frames_writer_partial(writer, "interrupted", diag);
    if (status == BH_OK)
        CHECK_OK(bh_frames_writer_close(writer, diag), *diag);
    else
        bh_frames_writer_abort(writer);
    return status;
}

static void
test_frames(void)
{
    enter();
    bh_diag diag = {0};
    size_t size = 0, lines = 0;
    const char *csv = in_directory(0, "a.csv"), *npy = in_directory(1, "a.npy");
    CHECK_OK(mark_frames(csv, &diag), diag);
    char *text = content(csv, &size);
    const char *last = "\n# partial: interrupted\n";
    CHECK(size > 30 && strcmp(text + size - strlen(last), last) == 0);
    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    CHECK(lines == 1 + 1001 + 1);
    free(text);
    CHECK(mark_frames(npy, &diag) == BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "a.npy' cannot say that it is a part");
    CHECK(entries() == 1);
    unlink(csv);
    leave();
}

static void
test_frames_hdf5(void)
{
    enter();
    bh_diag diag = {0};
    hsize_t shape[2] = {0, 0};
    const char *path = in_directory(0, "a.h5");
    CHECK_OK(mark_frames(path, &diag), diag);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    CHECK(H5Aexists(file, "partial") > 0);
    hid_t set = H5Dopen2(file, "frames", H5P_DEFAULT), space = H5Dget_space(set);
    H5Sget_simple_extent_dims(space, shape, NULL);
    CHECK(shape[0] == 1001 && shape[1] == CHANNELS);
    H5Sclose(space);
    H5Dclose(set);
    H5Fclose(file);
    unlink(path);
    leave();
}

static void
test_frames_wav(void)
{
    enter();
    bh_diag diag = {0};
    bh_source *sound = NULL;
    size_t size = 0;
    const char *path = in_directory(0, "a.wav"), mark[] = "partial: interrupted";
    CHECK_OK(mark_frames(path, &diag), diag);
    CHECK_OK(bh_soundfile_open(path, NULL, &sound, &diag), diag);
    CHECK(bh_source_length(sound) == 1001);
    bh_source_free(sound);
    char *bytes = content(path, &size);
    CHECK(memmem(bytes, size, mark, sizeof mark - 1) != NULL);
    free(bytes);
    unlink(path);
    leave();
}

TEST_MAIN("io/partial", {"spikes", test_spikes}, {"remarks", test_remarks},
          {"frames", test_frames}, {"frames hdf5", test_frames_hdf5},
          {"frames wav", test_frames_wav})
