/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/spikes.h"
#include "tests/io/spike_scratch.h"

#include <hdf5.h>

static void
check_unreadable(const char *path, const char *population, const char *part)
{
    bh_diag diag = {0};
    bh_spikes *spikes = NULL;
    CHECK(bh_spikes_read(path, population, &spikes, &diag) != BH_OK);
    CHECK_HAS(diag.text, part);
    CHECK(spikes == NULL);
    bh_spikes_free(spikes);
}

static void
test_unreadable(void)
{
    enter();
    const char *path = in_directory(0, "a.h5");
    check_unreadable(path, NULL, "there is no file");
    check_unreadable(directory, NULL, "it is a directory");
    put_file(path, "", 0);
    check_unreadable(path, NULL, "is empty (0 bytes)");
    put_file(path, "hello\n", 6);
    check_unreadable(path, NULL, "is not a file of spikes");

    bh_spike_writer_config config = config_for(path);
    write_spikes(&config, make_events(100), 100);
    check_unreadable(path, "cortex", "has no population 'cortex'; it has 'nerve'");
    size_t size = 0;
    char *bytes = content(path, &size);
    put_file(path, bytes, size * 2 / 3);
    check_unreadable(path, NULL, "cut short, damaged");
    free(bytes);

    /* More spikes than can be in so few bytes. */
    write_spikes(&config, make_events(100), 100);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t set = H5Dopen2(file, "spikes/nerve/timestamps", H5P_DEFAULT);
    const hsize_t absurd = (hsize_t)1 << 40;
    CHECK(H5Dset_extent(set, &absurd) >= 0);
    H5Dclose(set);
    H5Fclose(file);
    check_unreadable(path, NULL, "(timestamps)");

    file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    check_unreadable(path, NULL, "no group /spikes/<population>");
    unlink(path);
    leave();
}

static void
test_bad_csv(void)
{
    const struct {
        const char *text, *part;
    } cases[] = {
        {"time_s,index\n0.5,x\n", "line 2: 'x' is not the index of a neuron"},
        {"time_s,index\n0.5,1\nnow,2\n", "line 3: 'now' is not a time in seconds"},
        {"time_s,index\n0.5,1.5\n", "line 2: '1.5' is not the index"},
        {"time_s,index\n0.5,-1\n", "line 2: '-1' is not the index"},
        {"time_s,index\n0.5,99999999999\n", "line 2: '99999999999' is not the index"},
        {"time_s,index\n0.5\n", "line 2: '' is not the index"},
        {"time_s,index,cf_hz\n0.5,1,?\n", "line 2: '?' is not a frequency"},
        {"time_s,index,cf_hz\n0.5,1\n", "line 2: '' is not a frequency"},
        {"time_s,index\n1e,1\n", "line 2: '1e' is not a time"},
        {"time_s,index\n1e999,1\n", "line 2: '1e999' is not a time"},
        {"time,neuron\n0.5,1\n", "must name the columns time_s and index"}};
    enter();
    const char *path = in_directory(0, "a.csv");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put_file(path, cases[i].text, strlen(cases[i].text));
        check_unreadable(path, NULL, cases[i].part);
    }
    unlink(path);
    leave();
}

/* As other programs may write it: other columns, spaces, CR LF, no last newline, no
 * order. */
static void
test_foreign_csv(void)
{
    enter();
    const char *path = in_directory(0, "a.csv"),
               *text = "index, trial, time_s\r\n7, a, 2.5e-1\r\n\r\n3,b,0.125\r\n"
                       "2,b,0.125\r\n1,c,1";
    put_file(path, text, strlen(text));
    const double time_s[] = {0.125, 0.125, 0.25, 1};
    const uint32_t index[] = {2, 3, 7, 1};
    check_spikes(path, (bh_events){time_s, index, 4}, 0);
    put_file(path, "time_s,index\n", 13);
    check_spikes(path, (bh_events){NULL, NULL, 0}, 0);
    unlink(path);
    leave();
}

static void
put_population(hid_t spikes, const char *name, const char *units, const double *times)
{
    const hsize_t three = 3;
    const uint32_t nodes[] = {5, 4, 3};
    hid_t group = H5Gcreate2(spikes, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    hid_t space = H5Screate_simple(1, &three, NULL), scalar = H5Screate(H5S_SCALAR);
    hid_t set = H5Dcreate2(group, "timestamps", H5T_IEEE_F32LE, space, H5P_DEFAULT,
                           H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, times);
    if (units) {
        hid_t type = H5Tcopy(H5T_C_S1);
        H5Tset_size(type, strlen(units));
        hid_t attribute =
            H5Acreate2(set, "units", type, scalar, H5P_DEFAULT, H5P_DEFAULT);
        H5Awrite(attribute, type, units);
        H5Aclose(attribute);
        H5Tclose(type);
    }
    H5Dclose(set);
    set = H5Dcreate2(group, "node_ids", H5T_STD_U32LE, space, H5P_DEFAULT, H5P_DEFAULT,
                     H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_UINT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, nodes);
    H5Dclose(set);
    H5Sclose(scalar);
    H5Sclose(space);
    H5Gclose(group);
}

/* A file as other programs write it: several populations, seconds or no units, float
 * times, fixed-length text, sorted by node. */
static void
test_foreign_sonata(void)
{
    enter();
    const char *path = in_directory(0, "a.h5");
    const double in_ms[] = {250, 125, 1000}, in_s[] = {0.25, 0.125, 1};
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t spikes = H5Gcreate2(file, "spikes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    put_population(spikes, "bare", NULL, in_ms);
    put_population(spikes, "fast", "s", in_s);
    put_population(spikes, "odd", "weeks", in_s);
    put_population(spikes, "slow", "ms", in_ms);
    H5Gclose(spikes);
    H5Fclose(file);
    check_unreadable(path, NULL,
                     "has 4 populations, of which one must be named: 'bare', 'fast'");
    check_unreadable(path, "odd", "are in 'weeks'; they must be in ms or s");
    const char *const good[] = {"bare", "fast", "slow"};
    for (int i = 0; i < 3; i++) {
        bh_diag diag = {0};
        bh_spikes *read = NULL;
        CHECK_OK(bh_spikes_read(path, good[i], &read, &diag), diag);
        bh_events events = bh_spikes_events(read);
        CHECK(events.count == 3);
        CHECK(events.time_s[0] == 0.125 && events.index[0] == 4);
        CHECK(events.time_s[1] == 0.25 && events.index[1] == 5);
        CHECK(events.time_s[2] == 1 && events.index[2] == 3);
        CHECK(bh_spikes_neurons(read) == 6);
        CHECK(bh_spikes_cf(read) == NULL && isnan(bh_spikes_duration(read)));
        bh_spikes_free(read);
    }
    unlink(path);
    leave();
}

TEST_MAIN("io/spikes_read", {"unreadable", test_unreadable}, {"bad csv", test_bad_csv},
          {"foreign csv", test_foreign_csv}, {"foreign sonata", test_foreign_sonata})
