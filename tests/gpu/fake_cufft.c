/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands in for cuFFT: FFTW, when the fake driver's queue has come so far. */
#include "tests/gpu/fake_cuda.h"

#include <fftw3.h>
#include <math.h>
#include <string.h>

typedef long long wide;

EXPORT int cufftCreate(int *plan);
EXPORT int cufftMakePlanMany64(int plan, int rank, wide *size, wide *in_size,
                               wide in_stride, wide in_distance, wide *out_size,
                               wide out_stride, wide out_distance, int type, wide batch,
                               size_t *work);
EXPORT int cufftSetStream(int plan, void *stream);
EXPORT int cufftExecR2C(int plan, float *in, void *out);
EXPORT int cufftExecC2R(int plan, void *in, float *out);
EXPORT int cufftDestroy(int plan);

enum { PLANS_MOST = 256, INVALID_PLAN = 1, ALLOC_FAILED = 2, INVALID = 4 };
enum { REAL_TO_COMPLEX = 0x2a, COMPLEX_TO_REAL = 0x2c };

/* What each of these does first. */
#define FAIL_WHERE_IT_SHALL()                                                          \
    do {                                                                               \
        int code_ = fake_fails(__func__);                                              \
        if (code_ != 0)                                                                \
            return code_;                                                              \
    } while (0)

static struct plan {
    int used, type;
    size_t size, batch, in_distance, out_distance; /* in elements */
    void *stream;
} plans[PLANS_MOST];

static struct plan *
plan_of(int number)
{
    return number >= 1 && number < PLANS_MOST && plans[number].used ? &plans[number]
                                                                    : NULL;
}

int
cufftCreate(int *out)
{
    FAIL_WHERE_IT_SHALL();
    int number = 1;
    while (number < PLANS_MOST && plans[number].used)
        number++;
    if (number == PLANS_MOST)
        return ALLOC_FAILED;
    plans[number] = (struct plan){.used = 1};
    fake_gpu()->handles++;
    *out = number;
    return 0;
}

int
cufftMakePlanMany64(int number, int rank, wide *size, wide *in_size, wide in_stride,
                    wide in_distance, wide *out_size, wide out_stride,
                    wide out_distance, int type, wide batch, size_t *work)
{
    FAIL_WHERE_IT_SHALL();
    struct plan *plan = plan_of(number);
    if (!plan)
        return INVALID_PLAN;
    if (rank != 1 || *size < 1 || batch < 1 || in_stride != 1 || out_stride != 1 ||
        !in_size || !out_size || (type != REAL_TO_COMPLEX && type != COMPLEX_TO_REAL))
        return INVALID;
    if (*size * batch > (wide)1 << 36)
        return ALLOC_FAILED;
    plan->type = type;
    plan->size = (size_t)*size;
    plan->batch = (size_t)batch;
    plan->in_distance = (size_t)in_distance;
    plan->out_distance = (size_t)out_distance;
    *work = 0;
    return 0;
}

int
cufftSetStream(int number, void *stream)
{
    FAIL_WHERE_IT_SHALL();
    struct plan *plan = plan_of(number);
    if (!plan)
        return INVALID_PLAN;
    plan->stream = stream;
    return 0;
}

struct work {
    struct plan plan;
    void *in, *out;
};

static void
forward(const struct work *work, double *real, fftw_complex *lines)
{
    const struct plan *plan = &work->plan;
    fftw_plan fft = fftw_plan_dft_r2c_1d((int)plan->size, real, lines, FFTW_ESTIMATE);
    for (size_t b = 0; b < plan->batch; b++) {
        const float *in = (const float *)work->in + b * plan->in_distance;
        float *out = (float *)work->out + 2 * b * plan->out_distance;
        for (size_t i = 0; i < plan->size; i++)
            real[i] = (double)in[i];
        fftw_execute(fft);
        for (size_t i = 0; i <= plan->size / 2; i++) {
            out[2 * i] = (float)lines[i][0];
            out[2 * i + 1] = (float)lines[i][1];
        }
    }
    fftw_destroy_plan(fft);
}

/* What went in is rubbish then, as it may be with the true one. */
static void
inverse(const struct work *work, double *real, fftw_complex *lines)
{
    const struct plan *plan = &work->plan;
    fftw_plan fft = fftw_plan_dft_c2r_1d((int)plan->size, lines, real, FFTW_ESTIMATE);
    for (size_t b = 0; b < plan->batch; b++) {
        float *in = (float *)work->in + 2 * b * plan->in_distance;
        float *out = (float *)work->out + b * plan->out_distance;
        for (size_t i = 0; i <= plan->size / 2; i++) {
            lines[i][0] = (double)in[2 * i];
            lines[i][1] = (double)in[2 * i + 1];
            in[2 * i] = in[2 * i + 1] = NAN;
        }
        fftw_execute(fft);
        for (size_t i = 0; i < plan->size; i++)
            out[i] = (float)real[i];
    }
    fftw_destroy_plan(fft);
}

static int
run(void *data)
{
    const struct work *work = data;
    double *real = fftw_malloc(work->plan.size * sizeof *real);
    fftw_complex *lines = fftw_malloc((work->plan.size / 2 + 1) * sizeof *lines);
    if (work->plan.type == REAL_TO_COMPLEX)
        forward(work, real, lines);
    else
        inverse(work, real, lines);
    fftw_free(real);
    fftw_free(lines);
    return 0;
}

static int
execute(int number, int type, void *in, void *out)
{
    const struct plan *plan = plan_of(number);
    if (!plan || plan->type != type)
        return INVALID_PLAN;
    const struct work work = {*plan, in, out};
    return fake_enqueue(plan->stream, run, &work, sizeof work) == 0 ? 0 : INVALID;
}

int
cufftExecR2C(int number, float *in, void *out)
{
    FAIL_WHERE_IT_SHALL();
    return execute(number, REAL_TO_COMPLEX, in, out);
}

int
cufftExecC2R(int number, void *in, float *out)
{
    FAIL_WHERE_IT_SHALL();
    return execute(number, COMPLEX_TO_REAL, in, out);
}

int
cufftDestroy(int number)
{
    struct plan *plan = plan_of(number);
    if (!plan)
        return INVALID_PLAN;
    plan->used = 0;
    fake_gpu()->handles--;
    return 0;
}
