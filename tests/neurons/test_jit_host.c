/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* setenv */
#include "tests/check.h"

#include "neurons/engine_internal.h"

#include <time.h>

/* A text that no cache has: the compilers must work. */
static bh_status
load(const char *body, void **library, char *why, size_t size)
{
    static int number;
    char text[200];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(text, sizeof text, "/* %ld.%ld %d */ int answer(void) { %s }",
             (long)now.tv_sec, now.tv_nsec, number++, body);
    return jit_load(text, library, why, size);
}

/* Every compiler that is installed will do. */
static void
test_compilers(void)
{
    static const char *const compilers[] = {"cc", "gcc", "clang"};
    int worked = 0;
    setenv("BH_CACHE_DIR", "/dev/null/none", 1);
    for (int i = 0; i < 3; i++) {
        char command[60], why[200] = "";
        void *library = NULL;
        int (*answer)(void);
        snprintf(command, sizeof command, "command -v %s >/dev/null", compilers[i]);
        if (system(command) != 0)
            continue;
        setenv("CC", compilers[i], 1);
        bh_status status = load("return 42;", &library, why, sizeof why);
        if (status != BH_OK)
            fprintf(stderr, "%s: %s\n", compilers[i], why);
        CU_ASSERT_FATAL(status == BH_OK);
        *(void **)&answer = jit_symbol(library, "answer");
        CU_ASSERT_FATAL(answer != NULL);
        CHECK(answer() == 42);
        CHECK(jit_symbol(library, "question") == NULL);
        jit_free(library);
        worked++;
    }
    CHECK(worked > 0);
}

static void
test_failures(void)
{
    char why[200] = "";
    void *library = NULL;
    setenv("CC", "cc", 1);
    CHECK(load("no C at all", &library, why, sizeof why) == BH_ERR_UNSUPPORTED);
    CHECK_HAS(why, "failed");
    setenv("CC", "/nowhere/cc", 1);
    CHECK(load("return 1;", &library, why, sizeof why) == BH_ERR_UNSUPPORTED);
    CHECK_HAS(why, "/nowhere/cc");
    jit_free(NULL);
}

TEST_MAIN("jit host", {"compilers", test_compilers}, {"failures", test_failures})
