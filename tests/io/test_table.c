/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700
#include "io/table_internal.h"

#include "tests/check.h"
#include "tests/io/frames_scratch.h"

#include <unistd.h>

static char directory[] = "/tmp/bh-test-XXXXXX";

static const char *
file(const char *name)
{
    static char path[100];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static const char *
put(const char *name, const void *bytes, size_t size)
{
    const char *path = file(name);
    FILE *out = fopen(path, "wb");
    CU_ASSERT_FATAL(out != NULL);
    CHECK(fwrite(bytes, 1, size, out) == size);
    fclose(out);
    return path;
}

static const char *
put_text(const char *text)
{
    return put("a.csv", text, strlen(text));
}

static void
test_csv(void)
{
    bh_table *table = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_table_read(put_text("# a remark\ntime_s,rate (Hz),b\r\n"
                                    "0, 1.5 ,-2e3\n\n0.5,,nan\n"),
                           &table, &diag),
             diag);
    CHECK(bh_table_rows(table) == 2 && bh_table_columns(table) == 3);
    CHECK(strcmp(bh_table_name(table, 1), "rate (Hz)") == 0);
    CHECK(bh_table_column(table, 0)[1] == 0.5);
    CHECK(bh_table_column(table, 1)[0] == 1.5 && isnan(bh_table_column(table, 1)[1]));
    CHECK(bh_table_column(table, 2)[0] == -2000 && isnan(bh_table_column(table, 2)[1]));
    CHECK(isnan(bh_table_cf(table, 1)));
    bh_table_free(table);
    bh_table_free(NULL);
}

static void
test_wrong_csv(void)
{
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"", "is no table"},
        {"1,2\n3,4\n", "is no table"},
        {"a\x01\x02,b\n1,2\n", "is no table"},
        {"a,b\n1,x2\n", "line 2: 'x2' is not a number"},
        {"a,b\n1,2 3\n", "line 2: '2 3' is not a number"},
        {"a,b\n1\n", "line 2 has fewer than the 2 cells"},
        {"a,b\n1,2,3\n", "line 2 has more than the 2 cells"},
    };
    bh_table *table = NULL;
    bh_diag diag = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CHECK(bh_table_read(put_text(wrong[i].text), &table, &diag) == BH_ERR_FORMAT);
        CHECK_HAS(diag.text, wrong[i].message);
    }
    CHECK(bh_table_read(put("a.csv", "RIFF\0a,b\n1,2\n", 13), &table, &diag) ==
          BH_ERR_FORMAT);
    CHECK_HAS(diag.text, "is no table");
    CHECK(bh_table_read(file("nothing.csv"), &table, &diag) == BH_ERR_FILE);
    CHECK(table == NULL);
}

/* Where the names may be missing. */
static void
test_bare_csv(void)
{
    bh_table *table = NULL;
    bh_diag diag = {0};
    CHECK_OK(bh_table_csv_read(put_text("inf,2\n3,4\n5,6"), false, &table, &diag),
             diag);
    CHECK(bh_table_rows(table) == 3 && bh_table_columns(table) == 2);
    CHECK(isinf(bh_table_column(table, 0)[0]) && bh_table_column(table, 1)[2] == 6);
    CHECK(bh_table_name(table, 0)[0] == 0);
    bh_table_free(table);
    CHECK_OK(bh_table_csv_read(put_text("infra,b\n1,2\n"), false, &table, &diag), diag);
    CHECK(bh_table_rows(table) == 1);
    CHECK(strcmp(bh_table_name(table, 0), "infra") == 0);
    bh_table_free(table);
    CHECK(bh_table_csv_read(put_text("1,2x\n"), false, &table, &diag) == BH_ERR_FORMAT);
    CHECK_HAS(diag.text, "line 1: '2x' is not a number");
    CHECK(bh_table_csv_read(directory, false, &table, &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "directory");
}

/* What io/frames writes comes back: all bits, times and frequencies. */
static void
test_frames_back(void)
{
    static const char *const names[] = {"f.npy", "f.h5", "f.csv"};
    for (size_t k = 0; k < 6; k++) {
        const bh_precision precision = k < 3 ? BH_DOUBLE : BH_SINGLE;
        bh_frames_writer_config config = bh_frames_writer_config_default();
        bh_frames_writer *writer = NULL;
        bh_table *table = NULL;
        bh_diag diag = {0};
        config.path = file(names[k % 3]);
        config.samplerate_hz = RATE;
        config.channels = CHANNELS;
        config.cf_hz = frame_cfs();
        config.precision = precision;
        CHECK_OK(bh_frames_writer_open(&config, &writer, &diag), diag);
        CHECK_OK(bh_frames_writer_write(writer, frame_block(precision), &diag), diag);
        CHECK_OK(bh_frames_writer_close(writer, &diag), diag);
        CHECK_OK(bh_table_read(file(names[k % 3]), &table, &diag), diag);
        CHECK(bh_table_rows(table) == FRAMES &&
              bh_table_columns(table) == CHANNELS + 1);
        size_t same = 0;
        for (size_t ch = 0; ch < CHANNELS; ch++)
            for (size_t t = 0; t < FRAMES; t++) {
                const double want = precision == BH_DOUBLE
                                        ? frame_sample(t, ch)
                                        : (double)(float)frame_sample(t, ch);
                const double got = bh_table_column(table, ch + 1)[t];
                same += precision == BH_DOUBLE ? got == want
                                               : (float)got == (float)want;
            }
        CHECK(same == FRAMES * CHANNELS);
        CHECK_NEAR(bh_table_column(table, 0)[100], k % 3 ? 100 / RATE : 100, 1e-9);
        CHECK(strcmp(bh_table_name(table, 0), k % 3 ? "time_s" : "sample") == 0);
        if (k % 3 == 1)
            CHECK(bh_table_cf(table, 2) == frame_cfs()[1]);
        bh_table_free(table);
    }
}

static void
test_wrong_npy(void)
{
    static const struct {
        const char *dictionary, *message;
    } wrong[] = {
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }",
         "cannot be read"},
        {"{'descr': '<f8', 'fortran_order': True, 'shape': (2, 2), }",
         "cannot be read"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2, 2), }",
         "cannot be read"},
        {"{'descr': '>f8', 'fortran_order': False, 'shape': (2, 2), }",
         "cannot be read"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 200), }", "cut short"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, "
         "18446744073709551615), }",
         "cannot be read"},
        /* so many names would take all memory, and the file is short */
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (0, 200000000), }",
         "cannot be read"},
        {"nonsense", "cannot be read"},
    };
    bh_table *table = NULL;
    bh_diag diag = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char bytes[256] = "\x93NUMPY\x01";
        const size_t length = strlen(wrong[i].dictionary);
        bytes[8] = (char)length;
        memcpy(bytes + 10, wrong[i].dictionary, length);
        CHECK(bh_table_read(put("b.npy", bytes, 10 + length + 32), &table, &diag) ==
              BH_ERR_FORMAT);
        CHECK_HAS(diag.text, wrong[i].message);
    }
    const char *one = "{'descr': '<f8', 'fortran_order': False, 'shape': (4,), }";
    char bytes[256] = "\x93NUMPY\x01";
    bytes[8] = (char)strlen(one);
    memcpy(bytes + 10, one, strlen(one));
    CHECK_OK(bh_table_read(put("b.npy", bytes, 10 + strlen(one) + 32), &table, &diag),
             diag);
    CHECK(bh_table_rows(table) == 4 && bh_table_columns(table) == 2);
    bh_table_free(table);
}

static void
test_begin(void)
{
    CU_ASSERT_FATAL(mkdtemp(directory) != NULL);
}

static void
test_end(void)
{
    static const char *const names[] = {"a.csv", "b.npy", "f.npy", "f.h5", "f.csv"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(file(names[i]));
    CHECK(rmdir(directory) == 0);
}

TEST_MAIN("io/table", {"begin", test_begin}, {"csv", test_csv},
          {"wrong csv", test_wrong_csv}, {"bare csv", test_bare_csv},
          {"frames back", test_frames_back}, {"wrong npy", test_wrong_npy},
          {"end", test_end})
