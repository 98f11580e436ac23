/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/frames.h"

#include "io/soundfile.h"
#include "tests/io/frames_scratch.h"
#include "tests/io/scratch.h"

#include <hdf5.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>

static void
write_all(const char *path, bh_precision from, bh_precision to, size_t piece)
{
    bh_diag diag = {0};
    const bh_frames_writer_config config = frames_config(path, to);
    CHECK_OK(write_frames(&config, frame_block(from), piece, &diag), diag);
    CHECK(entries() == 1);
}

/* A double as it comes back through the narrower of the two precisions. */
static double
expected(size_t i, bh_precision from, bh_precision to)
{
    const double value = frame_sample(i / CHANNELS, i % CHANNELS);
    return from == BH_SINGLE || to == BH_SINGLE ? (double)(float)value : value;
}

static void
test_npy(void)
{
    enter();
    const char *path = in_directory(0, "a.npy");
    for (int kind = 0; kind < 4; kind++) {
        const bh_precision from = kind & 1 ? BH_DOUBLE : BH_SINGLE,
                           to = kind & 2 ? BH_DOUBLE : BH_SINGLE;
        size_t size = 0, wrong = 0;
        write_all(path, from, to, kind == 0 ? FRAMES : 1 + 997 * (size_t)kind);
        char *text = content(path, &size);
        const char *header =
            to == BH_DOUBLE
                ? "{'descr': '<f8', 'fortran_order': False, 'shape': (20000, 3), }"
                : "{'descr': '<f4', 'fortran_order': False, 'shape': (20000, 3), }";
        CHECK(memcmp(text, "\x93NUMPY\x01\x00\x76\x00", 10) == 0);
        CHECK(memcmp(text + 10, header, strlen(header)) == 0);
        CHECK(text[127] == '\n');
        CHECK(size == 128 + bh_precision_size(to) * FRAMES * CHANNELS);
        for (size_t i = 0; i < FRAMES * CHANNELS; i++) {
            float narrow;
            double wide;
            memcpy(&narrow, text + 128 + i * sizeof narrow, sizeof narrow);
            memcpy(&wide, text + 128 + i * bh_precision_size(to), sizeof wide);
            wrong += (to == BH_DOUBLE ? wide : narrow) != expected(i, from, to);
        }
        CHECK(wrong == 0);
        free(text);
    }
    unlink(path);
    leave();
}

/* The text has every bit: the numbers come back as they were. */
static void
check_csv(const char *path, bh_precision precision)
{
    static const char header[] = "time_s,100,154.53130668239746,3333.25\n";
    size_t size = 0, wrong = 0;
    double late = 0;
    char *text = content(path, &size), *at = text + strlen(header);
    CHECK(memcmp(text, header, strlen(header)) == 0);
    for (size_t t = 0; t < FRAMES; t++) {
        late = fmax(late, fabs(strtod(at, &at) - (double)t / RATE));
        for (size_t ch = 0; ch < CHANNELS; ch++) {
            wrong += *at != ',';
            const double got = strtod(at + 1, &at);
            wrong += (precision == BH_SINGLE ? (double)(float)got : got) !=
                     expected(t * CHANNELS + ch, precision, precision);
        }
        wrong += *at++ != '\n';
    }
    CHECK(wrong == 0);
    CHECK_NEAR(late, 0, 0.51e-9); /* nine decimals */
    CHECK(at == text + size);
    free(text);
}

static void
test_csv(void)
{
    enter();
    const char *path = in_directory(0, "a.csv");
    write_all(path, BH_DOUBLE, BH_DOUBLE, 777);
    check_csv(path, BH_DOUBLE);
    write_all(path, BH_SINGLE, BH_SINGLE, FRAMES);
    check_csv(path, BH_SINGLE);
    unlink(path);
    leave();
}

/* Exact texts; a locale whose decimal point is a comma changes nothing. */
static void
test_csv_text(void)
{
    enter();
    bh_diag diag = {0};
    double samples[] = {0, 0.1, -1.5, 1e-300, NAN, 2}, cf_hz[] = {NAN, 1e3};
    bh_frames_writer_config config = frames_config(in_directory(0, "a.txt"), BH_DOUBLE);
    config.format = BH_FRAMES_CSV;
    config.channels = 2;
    config.cf_hz = cf_hz;
    bool found = setlocale(LC_ALL, "de_DE.UTF-8") || setlocale(LC_ALL, "de_DE") ||
                 setlocale(LC_ALL, "fr_FR.UTF-8");
    const bh_block block = {samples, 3, 2, 2, BH_DOUBLE};
    CHECK_OK(write_frames(&config, block, 1, &diag), diag);
    setlocale(LC_ALL, "C");
    if (!found)
        printf("(no locale with a decimal comma here) ");
    char *text = content(config.path, NULL);
    CHECK(strcmp(text, "time_s,ch0,1000\n"
                       "0.000000000,0,0.10000000000000001\n"
                       "0.000125000,-1.5,1e-300\n"
                       "0.000250000,nan,2\n") == 0);
    free(text);
    config.cf_hz = NULL;
    CHECK_OK(write_frames(&config, bh_block_frames(block, 0, 0), 1, &diag), diag);
    text = content(config.path, NULL);
    CHECK(strcmp(text, "time_s,ch0,ch1\n") == 0);
    free(text);
    unlink(config.path);
    leave();
}

static void
read_number(hid_t object, const char *name, double want)
{
    double value = 0;
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    CHECK(H5Aread(attribute, H5T_NATIVE_DOUBLE, &value) >= 0);
    CHECK(value == want);
    H5Aclose(attribute);
}

static void
check_cf(hid_t file)
{
    double cf_hz[CHANNELS];
    hid_t set = H5Dopen2(file, "cf_hz", H5P_DEFAULT);
    CHECK(H5Aexists(set, "units") > 0);
    CHECK(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, cf_hz) >= 0);
    CHECK(memcmp(cf_hz, frame_cfs(), sizeof cf_hz) == 0);
    H5Dclose(set);
}

static void
test_hdf5(void)
{
    static double values[FRAMES * CHANNELS];
    enter();
    const char *path = in_directory(0, "a.h5");
    for (int kind = 0; kind < 4; kind++) {
        const bh_precision from = kind & 1 ? BH_DOUBLE : BH_SINGLE,
                           to = kind & 2 ? BH_DOUBLE : BH_SINGLE;
        size_t wrong = 0;
        hsize_t shape[2] = {0, 0};
        write_all(path, from, to, kind == 3 ? FRAMES : 1000);
        hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
        hid_t set = H5Dopen2(file, "frames", H5P_DEFAULT), space = H5Dget_space(set);
        hid_t type = H5Dget_type(set);
        CHECK(H5Sget_simple_extent_dims(space, shape, NULL) == 2);
        CHECK(shape[0] == FRAMES && shape[1] == CHANNELS);
        CHECK(H5Tget_size(type) == bh_precision_size(to));
        CHECK(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >=
              0);
        for (size_t i = 0; i < FRAMES * CHANNELS; i++)
            wrong += values[i] != expected(i, from, to);
        CHECK(wrong == 0);
        read_number(file, "samplerate_hz", RATE);
        check_cf(file);
        H5Tclose(type);
        H5Sclose(space);
        H5Dclose(set);
        H5Fclose(file);
    }
    unlink(path);
    leave();
}

/* Whether the header says when it was written. */
static bool
has_time(const char *header)
{
    static const char zero[4] = {0};
    for (size_t i = 0; i < 512; i++)
        if (memcmp(header + i, "PEAK", 4) == 0)
            return memcmp(header + i + 12, zero, 4) != 0;
    return false;
}

static void
test_wav(void)
{
    enter();
    const char *path = in_directory(0, "a.wav");
    for (int kind = 0; kind < 2; kind++) {
        const bh_precision to = kind ? BH_DOUBLE : BH_SINGLE;
        bh_diag diag = {0};
        bh_sound *sound = NULL;
        bh_soundfile_options options = bh_soundfile_options_default();
        options.channel = BH_CHANNEL_ALL;
        size_t wrong = 0;
        write_all(path, BH_DOUBLE, to, 333);
        char *text = content(path, NULL);
        CHECK(memcmp(text, "RIFF", 4) == 0); /* RF64 only where it must be */
        CHECK(!has_time(text));
        free(text);
        CHECK_OK(bh_sound_read(path, &options, &sound, &diag), diag);
        CHECK(bh_sound_frames(sound) == FRAMES);
        CHECK(bh_sound_channels(sound) == CHANNELS);
        CHECK(bh_sound_samplerate(sound) == RATE);
        for (size_t i = 0; i < FRAMES * CHANNELS; i++)
            wrong += bh_sound_samples(sound)[i] != expected(i, BH_DOUBLE, to);
        CHECK(wrong == 0);
        bh_sound_free(sound);
    }
    unlink(path);
    leave();
}

/* Every format can hold nothing, and the same frames are the same bytes however they
 * are cut. */
static void
test_cuts(void)
{
    static const char *const names[] = {"a.npy", "a.h5", "a.hdf5", "a.WAV", "a.csv"};
    enter();
    for (int i = 0; i < 5; i++) {
        const char *path = in_directory(0, names[i]);
        size_t size = 0, again = 0;
        bh_diag diag = {0};
        write_all(path, BH_DOUBLE, BH_DOUBLE, FRAMES);
        char *text = content(path, &size);
        write_all(path, BH_DOUBLE, BH_DOUBLE, 7);
        char *other = content(path, &again);
        CHECK(size == again && memcmp(text, other, size) == 0);
        free(text);
        free(other);
        const bh_frames_writer_config config = frames_config(path, BH_DOUBLE);
        const bh_block none = bh_block_frames(frame_block(BH_DOUBLE), 0, 0);
        CHECK_OK(write_frames(&config, none, 1, &diag), diag);
        bh_frames_writer *writer = NULL;
        CHECK_OK(bh_frames_writer_open(&config, &writer, &diag), diag);
        CHECK_OK(bh_frames_writer_write(writer, frame_block(BH_DOUBLE), &diag), diag);
        CHECK(entries() == 2);
        bh_frames_writer_abort(writer);
        CHECK(entries() == 1);
        unlink(path);
    }
    bh_frames_writer_abort(NULL);
    leave();
}

static void
refused(bh_frames_writer_config config, bh_status want, const char *part)
{
    bh_diag diag = {0};
    bh_frames_writer *writer = NULL;
    CHECK(bh_frames_writer_open(&config, &writer, &diag) == want);
    CHECK(!writer);
    CHECK_HAS(diag.text, part);
}

static void
test_bad(void)
{
    enter();
    bh_frames_writer_config good = frames_config(in_directory(0, "a.wav"), BH_DOUBLE),
                            bad = good;
    bad.channels = 0;
    refused(bad, BH_ERR_ARGUMENT, "samples of 0 channels");
    bad.channels = SIZE_MAX / 8;
    refused(bad, BH_ERR_MEMORY, "no memory for");
    bad.channels = 1025;
    refused(bad, BH_ERR_UNSUPPORTED, "at most 1024 channels and this has 1025; .npy");
    bad = good;
    bad.samplerate_hz = NAN;
    refused(bad, BH_ERR_ARGUMENT, "the sample rate is nan Hz");
    bad.samplerate_hz = 44100.5;
    refused(bad, BH_ERR_UNSUPPORTED, "44100.5 Hz; .npy, .h5 and .csv take it");
    bad = good;
    bad.path = NULL;
    refused(bad, BH_ERR_ARGUMENT, "need a file");
    bad.path = in_directory(1, "a.mat");
    refused(bad, BH_ERR_ARGUMENT, "end in .npy, .h5, .hdf5, .wav or .csv");
    bad.path = in_directory(1, "no/a.npy");
    refused(bad, BH_ERR_FILE, "its directory does not exist");
    bad.path = "-";
    bad.format = BH_FRAMES_NPY;
    refused(bad, BH_ERR_FILE, "needs a regular file, and standard output is none");
    bad.path = "/dev/full";
    bad.format = BH_FRAMES_HDF5;
    refused(bad, BH_ERR_FILE, "needs a regular file, and /dev/full is none");
    bh_diag diag = {0};
    bh_frames_writer *writer = NULL;
    bh_block block = frame_block(BH_DOUBLE);
    CHECK_OK(bh_frames_writer_open(&good, &writer, &diag), diag);
    block.channels = 2;
    CHECK(bh_frames_writer_write(writer, block, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "a block of 2 channels cannot be written to");
    bh_frames_writer_abort(writer);
    leave();
}

static int
fill_disk(void)
{
    static const char *const names[] = {"full.npy", "full.h5", "full.wav", "full.csv"};
    signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit = {300000, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &limit);
    for (int i = 0; i < 4; i++) {
        bh_diag diag = {0}, closing = {0};
        bh_frames_writer *writer = NULL;
        const bh_frames_writer_config config =
            frames_config(in_directory(0, names[i]), BH_DOUBLE);
        if (bh_frames_writer_open(&config, &writer, &diag) != BH_OK)
            return 1 + i;
        /* Some formats meet the end only when they close. */
        const bh_status written =
            bh_frames_writer_write(writer, frame_block(BH_DOUBLE), &diag);
        const bh_status closed = bh_frames_writer_close(writer, &closing);
        if (closed != BH_ERR_FILE || !strstr(closing.text, names[i]))
            return 10 + i;
        if (written != BH_OK && !strstr(diag.text, "cannot write '"))
            return 20 + i;
        if (entries() != 1)
            return 30 + i;
    }
    return 0;
}

static void
test_full_disk(void)
{
    enter();
    bh_diag diag = {0};
    const char *errors = in_directory(3, "stderr");
    CHECK_NEAR(in_process(fill_disk, errors), 0, 0);
    size_t said = 1;
    free(content(errors, &said));
    CHECK(said == 0);
    unlink(errors);
    const bh_frames_writer_config config = frames_config("/dev/full", BH_DOUBLE);
    CHECK(write_frames(&config, frame_block(BH_DOUBLE), 100, &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "cannot write '/dev/full': no space is left");
    leave();
}

TEST_MAIN("io/frames", {"npy", test_npy}, {"csv", test_csv},
          {"csv text", test_csv_text}, {"hdf5", test_hdf5}, {"wav", test_wav},
          {"cuts", test_cuts}, {"bad", test_bad}, {"full disk", test_full_disk})
