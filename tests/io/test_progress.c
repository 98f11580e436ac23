/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/progress.h"
#include "tests/check.h"

static void
check_text(double done, double total, double elapsed, const char *want)
{
    char got[128];
    bh_progress_format(done, total, elapsed, got, sizeof got);
    if (strcmp(got, want) != 0)
        fprintf(stderr, "got  '%s'\nwant '%s'\n", got, want);
    CHECK(strcmp(got, want) == 0);
}

/* The first is the wording of Brian 1's report, with the speed behind it. */
static void
test_format(void)
{
    check_text(
        37, 100, 62,
        "37% complete, 1m 2s elapsed, approximately 1m 46s remaining, 0.60x real "
        "time");
    check_text(0, 10, 0, "0% complete, 0s elapsed");
    check_text(0.005, 10, 1, "0% complete, 1s elapsed, 0.005x real time");
    check_text(9.99, 10, 1,
               "99% complete, 1s elapsed, approximately 0s remaining, 10x real time");
    check_text(10, 10, 2.4,
               "100% complete, 2s elapsed, approximately 0s remaining, 4.2x real time");
    check_text(11, 10, 1,
               "100% complete, 1s elapsed, approximately 0s remaining, 11x real time");
    check_text(
        50, 100, 7200,
        "50% complete, 2h 0m elapsed, approximately 2h 0m remaining, 0.007x real "
        "time");
}

static void
test_unknown_total(void)
{
    check_text(12.5, NAN, 62, "12.5 s done, 1m 2s elapsed, 0.20x real time");
    check_text(12.5, INFINITY, 1, "12.5 s done, 1s elapsed, 13x real time");
    check_text(0, 0, 0, "0.0 s done, 0s elapsed");
}

static void
test_odd_values(void)
{
    char text[128], small[8];
    const double odd[] = {NAN, -1, INFINITY, 1e300, 0};
    for (size_t i = 0; i < 125; i++) {
        bh_progress_format(odd[i % 5], odd[i / 5 % 5], odd[i / 25], text, sizeof text);
        CHECK_HAS(text, "elapsed");
    }
    bh_progress_format(37, 100, 62, small, sizeof small);
    CHECK(strcmp(small, "37% com") == 0);
}

static void
test_duration(void)
{
    const struct {
        double seconds;
        const char *want;
    } cases[] = {{0, "0s"},          {0.4, "0s"},
                 {59.4, "59s"},      {59.6, "1m 0s"},
                 {62, "1m 2s"},      {3599.6, "1h 0m"},
                 {7500, "2h 5m"},    {273600, "3d 4h"},
                 {1e12, "for ever"}, {INFINITY, "for ever"},
                 {NAN, "0s"},        {-5, "0s"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char got[32];
        bh_progress_duration(cases[i].seconds, got, sizeof got);
        CHECK(strcmp(got, cases[i].want) == 0);
    }
}

static void
test_parts(void)
{
    bh_diag diag = {0};
    bh_progress *progress = NULL;
    char text[128];
    CHECK_OK(bh_progress_new(10, &progress, &diag), diag);
    bh_progress_text(progress, 1, text, sizeof text);
    CHECK_HAS(text, "10% complete, 0s elapsed");
    bh_progress_part(progress, 5, 2);
    bh_progress_text(progress, 1, text, sizeof text);
    CHECK_HAS(text, "60% complete");
    bh_progress_text(progress, 100, text, sizeof text);
    CHECK_HAS(text, "70% complete");
    bh_progress_free(progress);
    bh_progress_free(NULL);
}

TEST_MAIN("io/progress", {"format", test_format}, {"unknown total", test_unknown_total},
          {"odd values", test_odd_values}, {"duration", test_duration},
          {"parts", test_parts})
