/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_CHECK_H
#define BH_TESTS_CHECK_H

/* What every test program uses: CUnit, checks that print both values, and a main. */

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) CU_ASSERT(condition)

/// got and want agree within an absolute tolerance; prints both where they do not.
#define CHECK_NEAR(got, want, tolerance)                                               \
    do {                                                                               \
        double got_ = (got), want_ = (want), tolerance_ = (tolerance);                 \
        int near_ = fabs(got_ - want_) <= tolerance_;                                  \
        if (!near_)                                                                    \
            fprintf(stderr, "%s:%d: %s is %.17g, expected %.17g +- %g\n", __FILE__,    \
                    __LINE__, #got, got_, want_, tolerance_);                          \
        CU_ASSERT(near_);                                                              \
    } while (0)

/// A call that must succeed; prints the message of `diag` where it does not.
#define CHECK_OK(call, diag)                                                           \
    do {                                                                               \
        bh_status status_ = (call);                                                    \
        if (status_ != BH_OK) {                                                        \
            char text_[1024];                                                          \
            bh_diag_format(&(diag), text_, sizeof text_);                              \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, text_);      \
        }                                                                              \
        CU_ASSERT_FATAL(status_ == BH_OK);                                             \
    } while (0)

/// `text` has `part` in it; prints the text where it has not.
#define CHECK_HAS(text, part)                                                          \
    do {                                                                               \
        const char *text_ = (text);                                                    \
        int has_ = strstr(text_, part) != NULL;                                        \
        if (!has_)                                                                     \
            fprintf(stderr, "%s:%d: '%s' lacks '%s'\n", __FILE__, __LINE__, text_,     \
                    part);                                                             \
        CU_ASSERT(has_);                                                               \
    } while (0)

/// A whole file as text, to be freed; NULL where there is none.
static inline char *
read_text(const char *path)
{
    enum { LARGEST = 1 << 16 };
    FILE *file = fopen(path, "r");
    char *text = file ? calloc(1, LARGEST) : NULL;
    if (text)
        text[fread(text, 1, LARGEST - 1, file)] = 0;
    if (file)
        fclose(file);
    return text;
}

struct test {
    const char *name;
    void (*run)(void);
};

/// Runs the tests of one file and returns main's exit status.
static inline int
run_tests(const char *suite_name, const struct test *tests, size_t count)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite(suite_name, NULL, NULL);
    for (size_t i = 0; i < count; i++)
        CU_add_test(suite, tests[i].name, tests[i].run);
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    int failed = CU_get_number_of_failures() > 0 || !suite;
    CU_cleanup_registry();
    return failed;
}

#define TEST_MAIN(suite, ...)                                                          \
    int main(void)                                                                     \
    {                                                                                  \
        const struct test tests[] = {__VA_ARGS__};                                     \
        return run_tests(suite, tests, sizeof tests / sizeof tests[0]);                \
    }

#endif
