/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/spikes.h"
#include "tests/io/spike_scratch.h"

#include <locale.h>
#include <signal.h>
#include <sys/resource.h>

static void
test_round_trip(void)
{
    enter();
    const size_t counts[] = {0, 1, 1000, 65535, 65536, 65537, 200000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        const char *h5 = in_directory(0, "a.h5"), *csv = in_directory(1, "a.csv");
        bh_events events = make_events(counts[i]);
        bh_spike_writer_config config = config_for(h5);
        write_spikes(&config, events, 1777);
        check_spikes(h5, events, 1e-15);
        config.deflate = 4;
        write_spikes(&config, events, 1777);
        check_spikes(h5, events, 1e-15);
        config = config_for(csv);
        write_spikes(&config, events, 1777);
        check_spikes(csv, events, 0.5000001e-9);
        unlink(h5);
        unlink(csv);
    }
    leave();
}

static void
test_what_is_kept(void)
{
    enter();
    bh_diag diag = {0};
    bh_spikes *spikes = NULL;
    const char *h5 = in_directory(0, "a.hdf5"), *csv = in_directory(1, "a.CSV");
    bh_spike_writer_config config = config_for(h5);
    write_spikes(&config, make_events(50), 50);
    CHECK_OK(bh_spikes_read(h5, "nerve", &spikes, &diag), diag);
    CHECK(bh_spikes_neurons(spikes) == NEURONS);
    CHECK(bh_spikes_duration(spikes) == 1.5);
    CHECK(bh_spikes_dt(spikes) == DT);
    CHECK(memcmp(bh_spikes_cf(spikes), cfs(), NEURONS * sizeof(double)) == 0);
    bh_spikes_free(spikes);

    config = config_for(csv);
    write_spikes(&config, make_events(50), 50);
    CHECK_OK(bh_spikes_read(csv, NULL, &spikes, &diag), diag);
    CHECK(bh_spikes_neurons(spikes) == 6 * 428 + 48 + 1);
    CHECK(isnan(bh_spikes_duration(spikes)));
    CHECK(isnan(bh_spikes_dt(spikes)));
    /* Six decimals in the file. */
    CHECK_NEAR(bh_spikes_cf(spikes)[429], cfs()[429], 0.51e-6);
    CHECK(isnan(bh_spikes_cf(spikes)[1]));
    bh_spikes_free(spikes);

    config.cf_hz = NULL;
    config.format = BH_SPIKES_HDF5;
    write_spikes(&config, make_events(5), 5);
    CHECK_OK(bh_spikes_read(csv, NULL, &spikes, &diag), diag);
    CHECK(bh_spikes_cf(spikes) == NULL);
    bh_spikes_free(spikes);
    bh_spikes_free(NULL);
    unlink(h5);
    unlink(csv);
    leave();
}

/* A comma for the decimal point in the program's locale changes nothing. */
static void
test_csv_text(void)
{
    enter();
    setlocale(LC_NUMERIC, "de_DE.UTF-8");
    const char *csv = in_directory(0, "a.csv");
    const double cf[] = {0, 100, 1234.5, 1000000000, 0.0000004, 19999.9999999};
    const double time_s[] = {0, 0, 1e-9, 0.1, 1.25, 12345.678901234, 9e6};
    const uint32_t index[] = {0, 1, 2, 3, 4, 5, 0};
    bh_spike_writer_config config = config_for(csv);
    config.cf_hz = cf;
    config.neurons = 6;
    write_spikes(&config, (bh_events){time_s, index, 7}, 7);
    char *text = content(csv, NULL);
    CHECK(strcmp(text, "time_s,index,cf_hz\n"
                       "0.000000000,0,0\n"
                       "0.000000000,1,100\n"
                       "0.000000001,2,1234.5\n"
                       "0.100000000,3,1000000000\n"
                       "1.250000000,4,0\n"
                       "12345.678901234,5,20000\n"
                       "9000000.000000000,0,0\n") == 0);
    free(text);
    check_spikes(csv, (bh_events){time_s, index, 7}, 1e-9);
    config.cf_hz = NULL;
    config.neurons = UINT32_C(3000);
    write_spikes(&config, (bh_events){time_s, index, 3}, 3);
    text = content(csv, NULL);
    CHECK(strcmp(text, "time_s,index\n0.000000000,0\n0.000000000,1\n0.000000001,2\n") ==
          0);
    free(text);
    setlocale(LC_NUMERIC, "C");
    unlink(csv);
    leave();
}

/* How spikes arrive in pieces does not show in the file, and no time of writing does.
 */
static void
test_same_bytes(void)
{
    enter();
    const char *const names[] = {"a.h5", "a.csv"};
    for (int i = 0; i < 2; i++) {
        const char *path = in_directory(0, names[i]);
        bh_spike_writer_config config = config_for(path);
        size_t size_one = 0, size_two = 0;
        write_spikes(&config, make_events(100000), 100000);
        char *one = content(path, &size_one);
        sleep(1);
        write_spikes(&config, make_events(100000), 13);
        char *two = content(path, &size_two);
        CHECK(size_one > 1000000);
        CHECK(size_one == size_two && memcmp(one, two, size_one) == 0);
        free(one);
        free(two);
        unlink(path);
    }
    leave();
}

static void
test_small_files_are_small(void)
{
    enter();
    const char *path = in_directory(0, "a.h5");
    bh_spike_writer_config config = config_for(path);
    config.cf_hz = NULL;
    write_spikes(&config, make_events(10), 10);
    struct stat info;
    CHECK(stat(path, &info) == 0 && info.st_size < 20000);
    unlink(path);
    leave();
}

static void
test_bad_config(void)
{
    enter();
    const double bad_cf[] = {100, NAN};
    bh_spike_metadata twice[] = {{"seed", NULL, 1}, {"seed", NULL, 2}};
    bh_spike_metadata magic[] = {{"magic", "no", 0}};
    const char *h5 = in_directory(0, "a.h5");
    struct {
        bh_spike_writer_config config;
        const char *part;
    } cases[12];
    for (int i = 0; i < 12; i++)
        cases[i].config = config_for(h5);
    cases[0].config.path = in_directory(1, "a.txt");
    cases[0].part = "cannot tell the format";
    cases[1].config.population = "a/b";
    cases[1].part = "'a/b' cannot name a population";
    cases[2].config.population = "";
    cases[2].part = "cannot name a population";
    cases[3].config.neurons = 0;
    cases[3].part = "0 neurons";
    cases[4].config.dt_s = 0;
    cases[4].part = "time step";
    cases[5].config.deflate = 10;
    cases[5].part = "compression level 10";
    cases[6].config.neurons = 2;
    cases[6].config.cf_hz = bad_cf;
    cases[6].part = "neuron 1 is nan";
    cases[7].config.metadata = twice;
    cases[7].config.metadata_count = 2;
    cases[7].part = "'seed' cannot be an attribute";
    cases[8].config.metadata = magic;
    cases[8].config.metadata_count = 1;
    cases[8].part = "'magic' cannot be an attribute";
    cases[9].config.path = in_directory(2, "none/a.h5");
    cases[9].part = "its directory does not exist";
    cases[10].config.path = directory;
    cases[10].config.format = BH_SPIKES_CSV;
    cases[10].part = "it is a directory";
    cases[11].config.path = "-";
    cases[11].config.format = BH_SPIKES_HDF5;
    cases[11].part = "HDF5 needs a regular file";
    for (int i = 0; i < 12; i++) {
        bh_diag diag = {0};
        bh_spike_writer *writer = NULL;
        CHECK(bh_spike_writer_open(&cases[i].config, &writer, &diag) != BH_OK);
        CHECK_HAS(diag.text, cases[i].part);
        CHECK(writer == NULL);
    }
    leave();
}

static void
test_bad_events(void)
{
    enter();
    bh_diag diag = {0};
    bh_spike_writer *writer = NULL;
    bh_spike_writer_config config = config_for(in_directory(0, "a.csv"));
    CHECK_OK(bh_spike_writer_open(&config, &writer, &diag), diag);
    const double times[] = {1, 0.5, NAN, 1e7, -1};
    const uint32_t index[] = {0, NEURONS};
    CHECK_OK(bh_spike_writer_write(writer, (bh_events){times, index, 1}, &diag), diag);
    for (int i = 1; i < 5; i++) {
        bh_events bad = {times + i, index, 1};
        CHECK(bh_spike_writer_write(writer, bad, &diag) == BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, "times go up");
    }
    bh_events beyond = {times, index + 1, 1};
    CHECK(bh_spike_writer_write(writer, beyond, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "neuron 3000, but there are 3000");
    CHECK_OK(bh_spike_writer_write(writer, (bh_events){NULL, NULL, 0}, &diag), diag);
    bh_spike_writer_abort(writer);
    bh_spike_writer_abort(NULL);
    leave();
}

/* What was there stays until the successful end, and keeps its permissions then. */
static void
test_overwrite(void)
{
    enter();
    const char *const names[] = {"a.h5", "a.csv"};
    for (int i = 0; i < 2; i++) {
        bh_diag diag = {0};
        bh_spike_writer *writer = NULL;
        const char *path = in_directory(0, names[i]), *link = in_directory(1, "link");
        put_file(path, "old", 3);
        chmod(path, 0640);
        CHECK(symlink(path, link) == 0);
        bh_spike_writer_config config = config_for(link);
        config.format = i == 0 ? BH_SPIKES_HDF5 : BH_SPIKES_CSV;
        CHECK_OK(bh_spike_writer_open(&config, &writer, &diag), diag);
        CHECK_OK(bh_spike_writer_write(writer, make_events(100000), &diag), diag);
        CHECK(entries() == 3);
        bh_spike_writer_abort(writer);
        CHECK(entries() == 2);
        char *text = content(path, NULL);
        CHECK(strcmp(text, "old") == 0);
        free(text);

        write_spikes(&config, make_events(100), 100);
        check_spikes(path, make_events(100), 1e-9);
        struct stat info;
        CHECK(lstat(link, &info) == 0 && S_ISLNK(info.st_mode));
        CHECK(stat(path, &info) == 0 && (info.st_mode & 0777) == 0640);
        unlink(path);
        unlink(link);
    }
    leave();
}

static bh_status
write_to(const char *path, bh_spike_format format, bh_diag *diag)
{
    bh_spike_writer *writer = NULL;
    bh_spike_writer_config config = config_for(path);
    config.format = format;
    BH_TRY(bh_spike_writer_open(&config, &writer, diag));
    bh_status status = bh_spike_writer_write(writer, make_events(200000), diag);
    if (status == BH_OK)
        return bh_spike_writer_close(writer, 1, diag);
    bh_spike_writer_abort(writer);
    return status;
}

static void
test_devices(void)
{
    bh_diag diag = {0};
    CHECK_OK(write_to("/dev/null", BH_SPIKES_AUTO, &diag), diag);
    CHECK_OK(write_to("/dev/null", BH_SPIKES_HDF5, &diag), diag);
    CHECK(write_to("/dev/full", BH_SPIKES_AUTO, &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "cannot write '/dev/full': no space is left on the device");
    CHECK(write_to("/dev/full", BH_SPIKES_HDF5, &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "HDF5 needs a regular file, and /dev/full is none");
    /* Few spikes reach the device only on closing. */
    bh_spike_writer *writer = NULL;
    bh_spike_writer_config config = config_for("/dev/full");
    CHECK_OK(bh_spike_writer_open(&config, &writer, &diag), diag);
    CHECK_OK(bh_spike_writer_write(writer, make_events(10), &diag), diag);
    CHECK(bh_spike_writer_close(writer, 1, &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "no space is left");
}

/* No file may grow beyond some size, as on a full disk. Each limit meets another
 * moment: opening, the first batch, a later one, closing. Afterwards HDF5 still works.
 */
static int
fill_disk(void)
{
    signal(SIGXFSZ, SIG_IGN);
    const rlim_t limits[] = {100, 30000, 700000, 1500000, 3200000};
    const char *const names[] = {"full.h5", "full.csv"};
    for (size_t i = 0; i < 10; i++) {
        struct rlimit limit;
        bh_diag diag = {0};
        const char *path = in_directory(0, names[i % 2]);
        getrlimit(RLIMIT_FSIZE, &limit);
        rlim_t all = limit.rlim_cur;
        limit.rlim_cur = limits[i / 2];
        setrlimit(RLIMIT_FSIZE, &limit);
        if (write_to(path, BH_SPIKES_AUTO, &diag) != BH_ERR_FILE)
            return 1 + (int)i;
        if (!strstr(diag.text, "full.") || !strstr(diag.text, "File too large"))
            return 20 + (int)i;
        limit.rlim_cur = all;
        setrlimit(RLIMIT_FSIZE, &limit);
        if (entries() != 1) /* the file of stderr */
            return 40 + (int)i;
        if (write_to(path, BH_SPIKES_AUTO, &diag) != BH_OK || unlink(path) != 0)
            return 60 + (int)i;
    }
    return 0;
}

static void
test_full_disk(void)
{
    enter();
    const char *errors = in_directory(3, "stderr");
    int status = in_process(fill_disk, errors);
    CHECK(status == 0);
    char *text = content(errors, NULL);
    CHECK(strcmp(text, "") == 0);
    if (status != 0 || *text)
        fprintf(stderr, "step %d: %s\n", status, text);
    free(text);
    unlink(errors);
    leave();
}

static int
write_csv_out(void)
{
    const char *fifo = in_directory(0, "fifo");
    bh_diag diag = {0};
    return write_to(fifo, BH_SPIKES_AUTO, &diag) != BH_OK;
}

static void
test_fifo(void)
{
    enter();
    const char *fifo = in_directory(0, "fifo"), *copy = in_directory(1, "copy.csv");
    CHECK(mkfifo(fifo, 0600) == 0);
    char command[300];
    snprintf(command, sizeof command, "cat %s >%s", fifo, copy);
    pid_t reader = fork();
    if (reader == 0)
        _exit(system(command) != 0);
    CHECK(in_process(write_csv_out, "/dev/null") == 0);
    int status = -1;
    waitpid(reader, &status, 0);
    CHECK(status == 0);
    check_spikes(copy, make_events(200000), 0.5000001e-9);
    unlink(copy);
    unlink(fifo);
    leave();
}

TEST_MAIN("io/spikes", {"round trip", test_round_trip},
          {"what is kept", test_what_is_kept}, {"csv text", test_csv_text},
          {"same bytes", test_same_bytes},
          {"small files are small", test_small_files_are_small},
          {"bad config", test_bad_config}, {"bad events", test_bad_events},
          {"overwrite", test_overwrite}, {"devices", test_devices},
          {"full disk", test_full_disk}, {"fifo", test_fifo})
