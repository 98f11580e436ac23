/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* mkdtemp, setenv */
#include "core/fourier_internal.h"

#include "core/cache_internal.h"
#include "tests/check.h"

#include <complex.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

static const double pi = 3.14159265358979323846;

static bh_fourier *
make(size_t length, bh_fourier_plan plan)
{
    bh_fourier *fourier = NULL;
    bh_diag diag;
    CHECK_OK(bh_fourier_new(length, plan, &fourier, &diag), diag);
    return fourier;
}

static double *
make_noise(size_t length)
{
    double *x = bh_fourier_memory(length);
    uint64_t state = 3;
    for (size_t t = 0; t < length; t++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        x[t] = (double)(state >> 11) * 0x1p-53 - 0.5;
    }
    return x;
}

/* Against the sum as written, and back again; input stays as it is. */
static void
check_length(size_t length, bh_fourier_plan plan)
{
    double *x = make_noise(length), *same = make_noise(length);
    double(*spectrum)[2] = (double(*)[2])bh_fourier_memory(length + 2);
    bh_fourier *fourier = make(length, plan);
    bh_fourier_forward(fourier, x, spectrum);
    CHECK(memcmp(x, same, length * sizeof *x) == 0);
    for (size_t k = 0; k <= length / 2; k += 1 + length / 9) {
        double complex want = 0;
        for (size_t t = 0; t < length; t++)
            want += x[t] *
                    cexp(-2 * pi * I * (double)(t * k % length) / (double)length);
        CHECK_NEAR(spectrum[k][0], creal(want), 1e-13 * (double)length);
        CHECK_NEAR(spectrum[k][1], cimag(want), 1e-13 * (double)length);
    }
    bh_fourier_back(fourier, spectrum, x);
    for (size_t t = 0; t < length; t++)
        CHECK_NEAR(x[t] / (double)length, same[t], 1e-14);
    bh_fourier_free(fourier);
    free(spectrum);
    free(same);
    free(x);
}

static void
any_length(void)
{
    static const size_t lengths[] = {2, 6, 256, 1000, 4096};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        check_length(lengths[i], BH_FOURIER_ESTIMATED);
    bh_fourier_free(NULL);
}

/* What was measured is in the cache, for this user alone, and found again. Without a
 * cache measuring works as well. */
static void
kept_wisdom(void)
{
    char directory[] = "/tmp/bh_fourier_XXXXXX", path[200];
    struct stat info;
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
    setenv("BH_CACHE_DIR", directory, 1);
    snprintf(path, sizeof path, "%s/" BH_CACHE_WISDOM, directory);
    check_length(512, BH_FOURIER_ESTIMATED);
    CHECK(stat(path, &info) != 0);
    check_length(512, BH_FOURIER_MEASURED);
    CHECK(stat(path, &info) == 0 && info.st_size > 0);
    const off_t size = info.st_size;
    check_length(512, BH_FOURIER_MEASURED);
    CHECK(stat(path, &info) == 0 && info.st_size == size);
    check_length(768, BH_FOURIER_MEASURED);
    CHECK(stat(path, &info) == 0 && info.st_size > size);
    unlink(path);
    CHECK(rmdir(directory) == 0); /* nothing else was left there */
    setenv("BH_CACHE_DIR", "/proc/nowhere", 1);
    check_length(512, BH_FOURIER_MEASURED);
    unsetenv("BH_CACHE_DIR");
}

/* Counts what goes wrong in `self`: checks are for one thread. */
static void *
use_many(void *self)
{
    size_t *wrong = self;
    for (size_t length = 64; length < 128; length += 2) {
        bh_fourier *fourier = NULL;
        double *x = make_noise(length);
        double(*spectrum)[2] = (double(*)[2])bh_fourier_memory(length + 2), sum = 0;
        for (size_t t = 0; t < length; t++)
            sum += x[t];
        if (bh_fourier_new(length, BH_FOURIER_ESTIMATED, &fourier, NULL) == BH_OK)
            bh_fourier_forward(fourier, x, spectrum);
        *wrong += !(fabs(spectrum[0][0] - sum) < 1e-12);
        bh_fourier_free(fourier);
        free(spectrum);
        free(x);
    }
    return NULL;
}

/* FFTW's planner would not stand this without the lock. */
static void
many_threads(void)
{
    pthread_t threads[4];
    size_t wrong[4] = {0};
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, use_many, &wrong[i]) == 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        CHECK(wrong[i] == 0);
    }
}

TEST_MAIN("fourier", {"any length", any_length}, {"kept wisdom", kept_wisdom},
          {"many threads", many_threads})
