/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* setenv */
#include "gpu/driver.h"

#include "gpu/driver_internal.h"
#include "tests/check.h"

/* FAKE_DRIVER and OLD_DRIVER are paths of libraries made from fake_driver.c. */

static bh_status
open_fake(const char *machine, bh_gpu_driver *driver, bh_diag *diag)
{
    setenv("BH_FAKE_CUDA", machine, 1);
    return bh_gpu_driver_open(FAKE_DRIVER, driver, diag);
}

static void
test_devices_are_described(void)
{
    bh_diag diag;
    bh_gpu_driver driver;
    CHECK_OK(open_fake("2,0", &driver, &diag), diag);
    CHECK(driver.devices == 2);
    bh_gpu_info info;
    CHECK_OK(bh_gpu_driver_describe(&driver, 1, &info, &diag), diag);
    CHECK(strcmp(info.name, "Fake GPU 1") == 0);
    CHECK(info.memory_bytes == UINT64_C(64) << 30);
    CHECK(info.multiprocessors == 132);
    CHECK(info.compute_major == 9 && info.compute_minor == 0);
    CHECK(info.cuda_major == 13 && info.cuda_minor == 0);
    bh_gpu_driver_close(&driver);
}

static void
test_there_is_no_such_device(void)
{
    bh_diag diag;
    bh_gpu_driver driver;
    bh_gpu_info info = {.multiprocessors = 77};
    CHECK_OK(open_fake("2,0", &driver, &diag), diag);
    CHECK(bh_gpu_driver_describe(&driver, 2, &info, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "no CUDA device 2; this machine has 2");
    CHECK(bh_gpu_driver_describe(&driver, -1, &info, NULL) == BH_ERR_ARGUMENT);
    CHECK(info.multiprocessors == 77);
    bh_gpu_driver_close(&driver);
}

static void
test_machines_without_a_device_say_why(void)
{
    static const struct {
        const char *machine, *says;
    } cases[] = {
        {"0,0", "sees no device"},
        {"0,100", "sees no device"},
        {"1,34", "is the stub for linking"},
        {"1,803", "must be restarted"},
        {"1,999", "fails in cuInit: CUDA_ERROR_UNKNOWN (999)"},
        {"1,4711", "fails in cuInit: an error without a name (4711)"},
        {"1,0,cuDeviceGetCount", "fails in cuDeviceGetCount: CUDA_ERROR_UNKNOWN"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bh_diag diag;
        bh_gpu_driver driver = {.devices = 77};
        CHECK(open_fake(cases[i].machine, &driver, &diag) == BH_ERR_UNSUPPORTED);
        CHECK_HAS(diag.text, cases[i].says);
        CHECK(driver.devices == 77);
    }
}

static void
test_every_failing_call_is_told(void)
{
    static const char *const calls[] = {"cuDeviceGet", "cuDeviceGetName",
                                        "cuDeviceTotalMem", "cuDeviceGetAttribute",
                                        "cuDriverGetVersion"};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        char machine[80];
        snprintf(machine, sizeof machine, "1,0,%s", calls[i]);
        bh_diag diag;
        bh_gpu_driver driver;
        bh_gpu_info info = {.multiprocessors = 77};
        CHECK_OK(open_fake(machine, &driver, &diag), diag);
        CHECK(bh_gpu_driver_describe(&driver, 0, &info, &diag) == BH_ERR_UNSUPPORTED);
        CHECK_HAS(diag.text, calls[i]);
        CHECK(info.multiprocessors == 77);
        bh_gpu_driver_close(&driver);
    }
}

static void
test_libraries_that_are_no_driver(void)
{
    bh_diag diag;
    bh_gpu_driver driver;
    CHECK(bh_gpu_driver_open("libnothing.so.1", &driver, &diag) == BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "no CUDA driver (libnothing.so.1) on this machine");
    CHECK(bh_gpu_driver_open(BH_TESTS_DIR "/check.h", &driver, &diag) ==
          BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "does not load");
    CHECK(bh_gpu_driver_open(OLD_DRIVER, &driver, &diag) == BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "lacks cuDeviceTotalMem_v2");
}

static void
test_this_machine_answers(void)
{
    bh_diag diag;
    int count = -1;
    bh_gpu_info info;
    bh_status status = bh_gpu_count(&count, &diag);
    if (status != BH_OK) {
        CHECK(status == BH_ERR_UNSUPPORTED);
        CHECK(diag.text[0] != '\0' && count == -1);
        CHECK(bh_gpu_describe(0, &info, &diag) == BH_ERR_UNSUPPORTED);
        return;
    }
    CHECK(count > 0);
    for (int i = 0; i < count; i++) {
        CHECK_OK(bh_gpu_describe(i, &info, &diag), diag);
        CHECK(info.name[0] != '\0' && info.memory_bytes > 0);
        CHECK(info.compute_major > 0 && info.cuda_major > 0);
    }
    CHECK(bh_gpu_describe(count, &info, &diag) == BH_ERR_ARGUMENT);
}

/* The true driver comes first: a library that stands in for it keeps its name. */
TEST_MAIN("gpu/driver", {"this machine answers", test_this_machine_answers},
          {"devices are described", test_devices_are_described},
          {"there is no such device", test_there_is_no_such_device},
          {"machines without a device say why", test_machines_without_a_device_say_why},
          {"every failing call is told", test_every_failing_call_is_told},
          {"libraries that are no driver", test_libraries_that_are_no_driver})
