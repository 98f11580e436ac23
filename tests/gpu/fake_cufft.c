/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands in for cuFFT: FFTW, when the fake driver's queue has come so far. What a plan
 * takes for its input is found, as the true one finds it, when the plan is made, where
 * the caller has it, and by its name in C++. */
#include "tests/gpu/fake_cuda.h"
#include "tests/gpu/fake_image.h"

#include <fftw3.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

typedef long long wide;

EXPORT int cufftCreate(int *plan);
EXPORT int cufftMakePlanMany64(int plan, int rank, wide *size, wide *in_size,
                               wide in_stride, wide in_distance, wide *out_size,
                               wide out_stride, wide out_distance, int type, wide batch,
                               size_t *work);
EXPORT int cufftSetStream(int plan, void *stream);
EXPORT int cufftXtSetJITCallback(int plan, const char *name, const void *code,
                                 size_t bytes, int type, void **info);
EXPORT int cufftExecR2C(int plan, void *in, void *out);
EXPORT int cufftExecC2R(int plan, void *in, void *out);
EXPORT int cufftExecD2Z(int plan, void *in, void *out);
EXPORT int cufftExecZ2D(int plan, void *in, void *out);
EXPORT int cufftDestroy(int plan);

enum { PLANS_MOST = 256, INVALID_PLAN = 1, ALLOC_FAILED = 2, INVALID = 4 };
enum { MISSING_DEPENDENCY = 17, NVJITLINK_FAILURE = 19 };
enum { R2C = 0x2a, C2R = 0x2c, D2Z = 0x6a, Z2D = 0x6c };

/* What each of these does first. */
#define FAIL_WHERE_IT_SHALL()                                                          \
    do {                                                                               \
        int code_ = fake_fails(__func__);                                              \
        if (code_ != 0)                                                                \
            return code_;                                                              \
    } while (0)

struct complex_float {
    float re, im;
};
struct complex_double {
    double re, im;
};

/* What is called for each number that goes into a plan. */
struct load {
    const char *name;
    const struct fake_image *code;
    int type; /* 0: single precision, 1: double */
    void **info;
    void *library;
    int file;
    void *function;
};

static struct plan {
    int used, type;                                /* 0: not made yet */
    size_t size, batch, in_distance, out_distance; /* in elements */
    void *stream;
    struct load load;
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
cufftXtSetJITCallback(int number, const char *name, const void *code, size_t bytes,
                      int type, void **info)
{
    FAIL_WHERE_IT_SHALL();
    struct plan *plan = plan_of(number);
    if (!plan || plan->type != 0)
        return INVALID_PLAN;
    if (!name || bytes <= sizeof(struct fake_image) || (type != 0 && type != 1))
        return INVALID;
    plan->load = (struct load){.name = name, .code = code, .type = type, .info = info};
    return 0;
}

/* cuFFT declares T name(void *, unsigned long long, void *, void *) in C++. */
static int
link_load(struct load *load, int type)
{
    char mangled[200];
    void *linker = dlopen("libnvJitLink.so.13", RTLD_NOW | RTLD_NOLOAD);
    if (!linker)
        return MISSING_DEPENDENCY;
    dlclose(linker);
    if (type != (load->type ? Z2D : C2R) ||
        memcmp(load->code->magic, FAKE_MAGIC_LINK, sizeof load->code->magic) != 0)
        return NVJITLINK_FAILURE;
    load->library = fake_library(load->code, &load->file);
    if (!load->library)
        return NVJITLINK_FAILURE;
    snprintf(mangled, sizeof mangled, "_Z%zu%sPvyS_S_", strlen(load->name), load->name);
    load->function = dlsym(load->library, mangled);
    return load->function ? 0 : NVJITLINK_FAILURE;
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
        !in_size || !out_size ||
        (type != R2C && type != C2R && type != D2Z && type != Z2D))
        return INVALID;
    if (*size * batch > (wide)1 << 36)
        return ALLOC_FAILED;
    plan->type = type;
    plan->size = (size_t)*size;
    plan->batch = (size_t)batch;
    plan->in_distance = (size_t)in_distance;
    plan->out_distance = (size_t)out_distance;
    *work = 0;
    return plan->load.name ? link_load(&plan->load, type) : 0;
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

static double
get(const void *from, size_t i, bool doubles)
{
    return doubles ? ((const double *)from)[i] : (double)((const float *)from)[i];
}

static void
put(void *to, size_t i, bool doubles, double x)
{
    if (doubles)
        ((double *)to)[i] = x;
    else
        ((float *)to)[i] = (float)x;
}

static void
forward(const struct work *work, double *real, fftw_complex *lines)
{
    const struct plan *plan = &work->plan;
    const bool doubles = plan->type == D2Z;
    fftw_plan fft = fftw_plan_dft_r2c_1d((int)plan->size, real, lines, FFTW_ESTIMATE);
    for (size_t b = 0; b < plan->batch; b++) {
        for (size_t i = 0; i < plan->size; i++)
            real[i] = get(work->in, b * plan->in_distance + i, doubles);
        fftw_execute(fft);
        for (size_t i = 0; i <= plan->size / 2; i++) {
            const size_t at = 2 * (b * plan->out_distance + i);
            put(work->out, at, doubles, lines[i][0]);
            put(work->out, at + 1, doubles, lines[i][1]);
        }
    }
    fftw_destroy_plan(fft);
}

/* Number `at` of what goes in, which is rubbish then, as it may be with the true one.
 */
static void
take_number(const struct work *work, size_t at, fftw_complex out)
{
    const struct load *load = &work->plan.load;
    const bool doubles = work->plan.type == Z2D;
    if (!load->function) {
        out[0] = get(work->in, 2 * at, doubles);
        out[1] = get(work->in, 2 * at + 1, doubles);
    } else if (doubles) {
        struct complex_double (*function)(void *, unsigned long long, void *, void *);
        *(void **)&function = load->function;
        const struct complex_double x = function(work->in, at, *load->info, NULL);
        out[0] = x.re;
        out[1] = x.im;
    } else {
        struct complex_float (*function)(void *, unsigned long long, void *, void *);
        *(void **)&function = load->function;
        const struct complex_float x = function(work->in, at, *load->info, NULL);
        out[0] = (double)x.re;
        out[1] = (double)x.im;
    }
    put(work->in, 2 * at, doubles, NAN);
    put(work->in, 2 * at + 1, doubles, NAN);
}

/* Each row comes out where it went in or apart from it. */
static void
inverse(const struct work *work, double *real, fftw_complex *lines)
{
    const struct plan *plan = &work->plan;
    const bool doubles = plan->type == Z2D;
    fftw_plan fft = fftw_plan_dft_c2r_1d((int)plan->size, lines, real, FFTW_ESTIMATE);
    for (size_t b = plan->batch; b-- > 0;) {
        for (size_t i = plan->size / 2 + 1; i-- > 0;)
            take_number(work, b * plan->in_distance + i, lines[i]);
        fftw_execute(fft);
        for (size_t i = 0; i < plan->size; i++)
            put(work->out, b * plan->out_distance + i, doubles, real[i]);
    }
    fftw_destroy_plan(fft);
}

static int
run(void *data)
{
    const struct work *work = data;
    double *real = fftw_malloc(work->plan.size * sizeof *real);
    fftw_complex *lines = fftw_malloc((work->plan.size / 2 + 1) * sizeof *lines);
    if (work->plan.type == R2C || work->plan.type == D2Z)
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
cufftExecR2C(int number, void *in, void *out)
{
    FAIL_WHERE_IT_SHALL();
    return execute(number, R2C, in, out);
}

int
cufftExecC2R(int number, void *in, void *out)
{
    FAIL_WHERE_IT_SHALL();
    return execute(number, C2R, in, out);
}

int
cufftExecD2Z(int number, void *in, void *out)
{
    FAIL_WHERE_IT_SHALL();
    return execute(number, D2Z, in, out);
}

int
cufftExecZ2D(int number, void *in, void *out)
{
    FAIL_WHERE_IT_SHALL();
    return execute(number, Z2D, in, out);
}

int
cufftDestroy(int number)
{
    struct plan *plan = plan_of(number);
    if (!plan)
        return INVALID_PLAN;
    finish_anyway();
    if (plan->load.library) {
        dlclose(plan->load.library);
        close(plan->load.file);
    }
    plan->used = 0;
    fake_gpu()->handles--;
    return 0;
}
