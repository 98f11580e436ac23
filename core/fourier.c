/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L
#include "core/fourier_internal.h"

#include "core/cache_internal.h"

#include <fftw3.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bh_fourier {
    fftw_plan forward, back;
};

/* FFTW's planner is one for the process. */
static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

double *
bh_fourier_memory(size_t doubles)
{
    const size_t size = (doubles * sizeof(double) + 63) / 64 * 64;
    double *memory = aligned_alloc(64, size);
    if (memory)
        memset(memory, 0, size);
    return memory;
}

/* What is kept is read and written as a whole; without a cache nothing is kept. */
static bool
wisdom_path(char *path, size_t size)
{
    if (!bh_cache_directory(path, size))
        return false;
    strcat(path, "/" BH_CACHE_WISDOM);
    return true;
}

static void
keep_wisdom(const char *path)
{
    char temporary[PATH_MAX + 32];
    snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid());
    if (!fftw_export_wisdom_to_filename(temporary) || rename(temporary, path) != 0)
        unlink(temporary);
}

static void
make_plans(bh_fourier *fourier, int length, unsigned flags, double *x,
           fftw_complex *spectrum)
{
    fourier->forward =
        fftw_plan_dft_r2c_1d(length, x, spectrum, flags | FFTW_PRESERVE_INPUT);
    fourier->back =
        fftw_plan_dft_c2r_1d(length, spectrum, x, flags | FFTW_DESTROY_INPUT);
}

/* With no other wisdom than ours. */
static void
plan_alone(bh_fourier *fourier, int length, bh_fourier_plan plan, double *x,
           fftw_complex *spectrum)
{
    char path[PATH_MAX];
    const bool measured = plan == BH_FOURIER_MEASURED;
    const bool kept = measured && wisdom_path(path, sizeof path);
    pthread_mutex_lock(&planner);
    char *before = fftw_export_wisdom_to_string();
    fftw_forget_wisdom();
    if (kept)
        fftw_import_wisdom_from_filename(path);
    make_plans(fourier, length, measured ? FFTW_MEASURE : FFTW_ESTIMATE, x, spectrum);
    if (kept)
        keep_wisdom(path);
    fftw_forget_wisdom();
    if (before)
        fftw_import_wisdom_from_string(before);
    pthread_mutex_unlock(&planner);
    free(before);
}

bh_status
bh_fourier_new(size_t length, bh_fourier_plan plan, bh_fourier **out, bh_diag *diag)
{
    bh_fourier *fourier = calloc(1, sizeof *fourier);
    double *x = length < INT_MAX ? bh_fourier_memory(length) : NULL;
    double *spectrum = length < INT_MAX ? bh_fourier_memory(length + 2) : NULL;
    if (fourier && x && spectrum)
        plan_alone(fourier, (int)length, plan, x, (fftw_complex *)spectrum);
    free(spectrum);
    free(x);
    if (fourier && fourier->forward && fourier->back) {
        *out = fourier;
        return BH_OK;
    }
    bh_fourier_free(fourier);
    return bh_diag_set(diag, BH_ERR_MEMORY,
                       "no memory for Fourier transforms of %zu samples", length);
}

void
bh_fourier_free(bh_fourier *fourier)
{
    if (!fourier)
        return;
    pthread_mutex_lock(&planner);
    if (fourier->forward)
        fftw_destroy_plan(fourier->forward);
    if (fourier->back)
        fftw_destroy_plan(fourier->back);
    pthread_mutex_unlock(&planner);
    free(fourier);
}

/* FFTW has no const; the plan was made not to touch its input. */
void
bh_fourier_forward(const bh_fourier *fourier, const double *x, double (*spectrum)[2])
{
    fftw_execute_dft_r2c(fourier->forward, (double *)x, (fftw_complex *)spectrum);
}

void
bh_fourier_back(const bh_fourier *fourier, double (*spectrum)[2], double *x)
{
    fftw_execute_dft_c2r(fourier->back, (fftw_complex *)spectrum, x);
}
