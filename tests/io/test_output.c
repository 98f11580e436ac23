/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/output.h"

#include "tests/io/scratch.h"

static bh_diag diag;

/* What the file of this name holds. */
static void
check_file(const char *path, const char *want)
{
    char text[64] = "";
    FILE *file = fopen(path, "rb");
    CU_ASSERT_FATAL(file != NULL);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    CHECK(strcmp(text, want) == 0);
}

static void
test_file(void)
{
    enter();
    const char *path = in_directory(0, "text");
    CHECK_OK(bh_output_file(path, "one", 3, &diag), diag);
    check_file(path, "one");
    CHECK_OK(bh_output_file(path, "", 0, &diag), diag);
    check_file(path, "");
    unlink(path);
    leave(); /* nothing else is there */
}

static void
test_refused(void)
{
    enter();
    CHECK(bh_output_file(in_directory(0, "no/text"), "one", 3, &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "its directory does not exist");
    CHECK(bh_output_file(in_directory(0, "."), "one", 3, &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "it is a directory");
    CHECK(bh_output_file("/dev/full", "one", 3, &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "no space is left");
    leave();
}

TEST_MAIN("io/output", {"a file is written and replaced", test_file},
          {"where nothing can be written", test_refused})
