/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gpu/backend.h"

#include "core/cpu.h"
#include "core/device_ops.h"
#include "tests/check.h"
#include "tests/gpu/fake_gpu.h"

static struct fake_gpu *fake;

static void
test_cpu(void)
{
    bh_diag diag;
    bh_backend *backend = NULL;
    CHECK_OK(bh_backend_open("cpu", &backend, &diag), diag);
    CHECK(strcmp(bh_backend_name(backend), "cpu") == 0);
    CHECK(strcmp(bh_backend_describe(backend), bh_cpu_name(bh_cpu())) == 0);
    CHECK(bh_backend_notice(backend) == NULL);
    CHECK(bh_backend_device(backend) == NULL);
    bh_backend_free(backend);
    bh_backend_free(NULL);
}

static void
test_gpu(void)
{
    static const char *const names[] = {"cuda", "auto"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        bh_diag diag;
        bh_backend *backend = NULL;
        CHECK_OK(bh_backend_open(names[i], &backend, &diag), diag);
        CHECK(strcmp(bh_backend_name(backend), "cuda") == 0);
        CHECK(bh_backend_notice(backend) == NULL);
        const bh_device *device = bh_backend_device(backend);
        CHECK(device && strcmp(device->name, bh_backend_describe(backend)) == 0);
        bh_backend_free(backend);
        CHECK(fake_gpu_leaks(fake) == 0);
    }
}

static void
test_names(void)
{
    bh_diag diag;
    bh_backend *backend = NULL;
    CHECK(bh_backend_open("opencl", &backend, &diag) == BH_ERR_TEXT);
    CHECK_HAS(diag.text, "no backend 'opencl'; there are cpu, cuda and auto");
    CHECK(backend == NULL);
}

/* Whatever is wrong with the GPU: a sentence, nothing kept, and with auto the
 * processor, with the same sentence. */
static void
test_gpus_that_do_not_open(void)
{
    static const struct {
        const char *function;
        int code;
        bh_status status;
        const char *says;
    } cases[] = {
        {"cuInit", 100, BH_ERR_UNSUPPORTED, "sees no device"},
        {"cuInit", 803, BH_ERR_UNSUPPORTED, "the machine must be restarted"},
        {"cuDeviceGetCount", 999, BH_ERR_UNSUPPORTED, "fails in cuDeviceGetCount"},
        {"cuDeviceGet", 999, BH_ERR_UNSUPPORTED, "fails in cuDeviceGet"},
        {"cuDevicePrimaryCtxRetain", 46, BH_ERR_DEVICE, "another program's exclusive"},
        {"cuDevicePrimaryCtxRetain", 2, BH_ERR_MEMORY, "memory is full"},
        {"cuCtxSetCurrent", 719, BH_ERR_DEVICE, "what it held is lost"},
        {"cuStreamCreate", 2, BH_ERR_MEMORY, "memory is full"},
    };
    for (size_t i = 0; fake && i < sizeof cases / sizeof cases[0]; i++) {
        bh_diag diag;
        bh_backend *backend = NULL;
        fake_gpu_fail(fake, cases[i].function, 1, cases[i].code);
        CHECK(bh_backend_open("cuda", &backend, &diag) == cases[i].status);
        CHECK_HAS(diag.text, cases[i].says);
        CHECK(backend == NULL && fake_gpu_leaks(fake) == 0);
        fake_gpu_fail(fake, cases[i].function, 1, cases[i].code);
        CHECK_OK(bh_backend_open("auto", &backend, &diag), diag);
        CHECK(strcmp(bh_backend_name(backend), "cpu") == 0);
        CHECK_HAS(bh_backend_notice(backend), cases[i].says);
        CHECK(bh_backend_device(backend) == NULL);
        bh_backend_free(backend);
        CHECK(fake_gpu_leaks(fake) == 0);
    }
}

int
main(void)
{
    static const struct test tests[] = {
        {"cpu", test_cpu},
        {"gpu", test_gpu},
        {"names", test_names},
        {"GPUs that do not open", test_gpus_that_do_not_open},
    };
    fake = fake_gpu_start();
    return run_tests("gpu/backend", tests, sizeof tests / sizeof tests[0]);
}
