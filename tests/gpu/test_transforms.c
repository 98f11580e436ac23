/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fourier transforms of a device (gpu/fft.c), and code inside them. */
#define _POSIX_C_SOURCE 200809L
#include "gpu/device_internal.h"

#include "tests/check.h"
#include "tests/gpu/fake_gpu.h"

#include <math.h>

enum { SIZE = 64, BATCH = 3, COMPLEX = 40, APART = 70, INSIDE = 2 * COMPLEX };

static struct fake_gpu *fake;

static double
get(const void *from, size_t i, bool wide)
{
    return wide ? ((const double *)from)[i] : (double)((const float *)from)[i];
}

static void
put(void *to, size_t i, bool wide, double x)
{
    if (wide)
        ((double *)to)[i] = x;
    else
        ((float *)to)[i] = (float)x;
}

struct place {
    struct gpu *gpu;
    bh_device *device;
    void *real, *complex;
};

/* False on a machine without cuFFT. */
static bool
open_place(struct place *p)
{
    bh_diag diag;
    *p = (struct place){NULL};
    CHECK_OK(bh_gpu_open(0, &p->gpu, &diag), diag);
    p->device = &p->gpu->device;
    const struct bh_device_ops *ops = p->device->ops;
    CHECK_OK(ops->take(p->device, BATCH * INSIDE * 8, "a", &p->real, &diag), diag);
    CHECK_OK(ops->take(p->device, BATCH * INSIDE * 8, "b", &p->complex, &diag), diag);
    return ops->fft_new != NULL;
}

static void
close_place(struct place *p)
{
    p->device->ops->give(p->device, p->real);
    p->device->ops->give(p->device, p->complex);
    bh_gpu_close(p->gpu);
    CHECK(fake_gpu_leaks(fake) == 0);
}

static bh_device_fft_config
config_of(bool wide, bool inside)
{
    return (bh_device_fft_config){.size = SIZE,
                                  .batch = BATCH,
                                  .real_stride = inside ? INSIDE : APART,
                                  .complex_stride = COMPLEX,
                                  .wide = wide};
}

/* A cosine has two lines; back again it is what it was, times the size: within some
 * units in the last place of the size. */
static void
check_there_and_back(bool wide, bool inside)
{
    struct place p;
    bh_diag diag;
    double room[BATCH * INSIDE] = {0};
    const double exact = SIZE * (wide ? 1e-15 : 2e-6);
    const size_t bytes = BATCH * INSIDE * (wide ? 8 : 4);
    void *forward = NULL, *inverse = NULL;
    bh_device_fft_config config = config_of(wide, inside);
    if (open_place(&p)) {
        const struct bh_device_ops *ops = p.device->ops;
        void *lines = inside ? p.real : p.complex;
        for (int b = 0; b < BATCH; b++)
            for (int i = 0; i < SIZE; i++)
                put(room, b * config.real_stride + (size_t)i, wide,
                    cos(2 * 3.14159265358979324 * (b + 1) * i / SIZE));
        CHECK_OK(ops->fft_new(p.device, &config, &forward, &diag), diag);
        config.inverse = true;
        CHECK_OK(ops->fft_new(p.device, &config, &inverse, &diag), diag);
        CHECK_OK(ops->write(p.device, p.real, room, bytes, &diag), diag);
        CHECK_OK(ops->fft_run(p.device, forward, p.real, lines, &diag), diag);
        CHECK_OK(ops->read(p.device, room, lines, bytes, &diag), diag);
        for (int b = 0; b < BATCH; b++)
            for (int k = 0; k <= SIZE / 2; k++) {
                const size_t at = 2 * ((size_t)b * COMPLEX + (size_t)k);
                CHECK_NEAR(get(room, at, wide), k == b + 1 ? SIZE / 2 : 0, exact);
                CHECK_NEAR(get(room, at + 1, wide), 0, exact);
            }
        CHECK_OK(ops->fft_run(p.device, inverse, lines, p.real, &diag), diag);
        CHECK_OK(ops->read(p.device, room, p.real, bytes, &diag), diag);
        for (int b = 0; b < BATCH; b++)
            for (int i = 0; i < SIZE; i++)
                CHECK_NEAR(get(room, b * config.real_stride + (size_t)i, wide),
                           SIZE * cos(2 * 3.14159265358979324 * (b + 1) * i / SIZE),
                           exact);
        config.batch = (size_t)1 << 40;
        void *none = NULL;
        CHECK(ops->fft_new(p.device, &config, &none, &diag) != BH_OK);
        CHECK(!none);
        ops->fft_free(p.device, forward);
        ops->fft_free(p.device, inverse);
    }
    close_place(&p);
}

static void
test_there_and_back(void)
{
    for (int i = 0; i < 4; i++)
        check_there_and_back(i / 2, i % 2);
}

/* Transform b is a cosine of b + 1 periods, `info` high; its constant and all else 0.
 */
#define LOAD(T2, T)                                                                    \
    T2 " bh_fft_load(void *in, unsigned long long at, void *info, void *shared)\n"     \
       "{\n"                                                                           \
       "    " T2 " x;\n"                                                               \
       "    x.x = at % 40 == at / 40 + 1 ? *(const " T " *)info : 0;\n"                \
       "    x.y = 0;\n"                                                                \
       "    return x;\n"                                                               \
       "}\n"

/* What `info` points to may change between two runs, and the plan stays. */
static void
check_load(bool wide)
{
    struct place p;
    bh_diag diag;
    double room[BATCH * INSIDE];
    const size_t bytes = BATCH * INSIDE * (wide ? 8 : 4);
    void *plan = NULL;
    bh_device_fft_config config = config_of(wide, true);
    if (open_place(&p)) {
        const struct bh_device_ops *ops = p.device->ops;
        config.inverse = true;
        config.load = wide ? LOAD("double2", "double") : LOAD("float2", "float");
        config.load_info = p.complex;
        const bh_status status = ops->fft_new(p.device, &config, &plan, &diag);
        if (fake ||
            status != BH_ERR_UNSUPPORTED) /* by a GPU's machine, without tools */
            CHECK_OK(status, diag);
        for (int height = 1; plan && height < 3; height++) {
            put(room, 0, wide, height);
            CHECK_OK(ops->write(p.device, p.complex, room, 8, &diag), diag);
            CHECK_OK(ops->fft_run(p.device, plan, p.real, p.real, &diag), diag);
            CHECK_OK(ops->read(p.device, room, p.real, bytes, &diag), diag);
            for (int b = 0; b < BATCH; b++)
                for (int i = 0; i < SIZE; i++)
                    CHECK_NEAR(get(room, (size_t)(b * INSIDE + i), wide),
                               2 * height *
                                   cos(2 * 3.14159265358979324 * (b + 1) * i / SIZE),
                               wide ? 1e-14 : 4e-6);
        }
        ops->fft_free(p.device, plan);
    }
    close_place(&p);
}

static void
test_load(void)
{
    check_load(false);
    check_load(true);
}

/* Whatever is missing, it is BH_ERR_UNSUPPORTED, and the device goes on. */
static void
test_load_that_cannot_be(void)
{
    static const struct {
        const char *fails;
        int code;
        const char *load, *says;
    } cases[] = {
        {"nvJitLinkVersion", 1, LOAD("float2", "float"), "libnvJitLink.so.13"},
        {"nvrtcGetLTOIRSize", 7, LOAD("float2", "float"), "NVRTC"},
        {"cufftXtSetJITCallback", 14, LOAD("float2", "float"), "SetJITCallback (14)"},
        {"cufftMakePlanMany64", 17, LOAD("float2", "float"), "MakePlanMany64 (17)"},
        {"", 0, "float2 bh_fft_lode(void)\n{\n    return float2();\n}\n", ""},
        {"", 0, "float2 bh_fft_load(;", "error"},
    };
    for (size_t i = 0; fake && i < sizeof cases / sizeof cases[0]; i++) {
        struct place p;
        bh_diag diag = {0};
        void *plan = NULL;
        bh_device_fft_config config = config_of(false, true);
        char load[1000];
        /* Not what the cache has. */
        snprintf(load, sizeof load, "/* %zu */ %s", i, cases[i].load);
        open_place(&p);
        config.inverse = true;
        config.load = load;
        fake_gpu_fail(fake, cases[i].fails, 1, cases[i].code);
        CHECK(p.device->ops->fft_new(p.device, &config, &plan, &diag) ==
              BH_ERR_UNSUPPORTED);
        CHECK_HAS(diag.text, cases[i].says);
        fake->failing[0] = 0;
        config.load = NULL;
        CHECK_OK(p.device->ops->fft_new(p.device, &config, &plan, &diag), diag);
        p.device->ops->fft_free(p.device, plan);
        close_place(&p);
    }
}

int
main(void)
{
    static const struct test tests[] = {
        {"there and back", test_there_and_back},
        {"code inside a transform", test_load},
        {"code that cannot be inside", test_load_that_cannot_be},
    };
    fake = fake_gpu_start();
    return run_tests("gpu/transforms", tests, sizeof tests / sizeof tests[0]);
}
