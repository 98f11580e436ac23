/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine code that the library brings along, where it was built with it: that all
 * of it is there, that it spares NVRTC, and that NVRTC is asked where a driver refuses
 * it. The fake driver knows a fatbin by its every byte, and runs what its text says. */
#define _POSIX_C_SOURCE 200809L
#include "filterbank/convolve_device_kernel.h"
#include "filterbank/lane_device_kernel.h"
#include "gpu/backend.h"
#include "gpu/device_internal.h"
#include "gpu/image_internal.h"
#include "tests/check.h"
#include "tests/gpu/fake_fatbin.h"
#include "tests/gpu/fake_gpu.h"

static struct fake_gpu *fake;

static struct gpu *
open_gpu(void)
{
    bh_diag diag;
    struct gpu *gpu = NULL;
    CHECK_OK(bh_gpu_open(0, &gpu, &diag), diag);
    return gpu;
}

/* From now on NVRTC compiles nothing. */
static void
lose_nvrtc(void)
{
    if (fake)
        fake_gpu_fail(fake, "nvrtcCreateProgram", 0, 0);
}

static void
find_nvrtc(void)
{
    if (fake)
        fake->failing[0] = 0;
}

static void
test_all_there(void)
{
    static const char *const texts[] = {
        bh_lane_gammatone,     bh_lane_approximate_gammatone,
        bh_lane_gammachirp,    bh_lane_linear,
        bh_lane_middle_ear,    bh_lane_drnl,
        bh_lane_tan_carney,    bh_lane_haircell,
        bh_lane_zhang_synapse, bh_lane_dcgc,
        bh_scan_gammatone,     bh_convolve,
        bh_convolve_double};
    size_t count = 0;
    CHECK(strcmp(bh_backend_kernels(), bh_gpu_image_targets) == 0);
    while (bh_gpu_images[count].text)
        count++;
    CHECK((count > 0) == (bh_backend_kernels()[0] != 0));
    if (count == 0)
        return;
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        size_t i = 0;
        while (i < count && bh_gpu_images[i].text != texts[t])
            i++;
        CHECK(i < count);
        CHECK(bh_gpu_images[i].flags == BH_DEVICE_FLUSH_DENORMALS);
    }
}

/* Each has code for all that the library says it has. */
static void
test_targets(void)
{
    for (const struct bh_gpu_image *image = bh_gpu_images; image->text; image++) {
        struct fatbin head;
        struct fatbin_piece piece;
        char found[100] = "";
        memcpy(&head, image->fatbin, sizeof head);
        CHECK(head.magic == FATBIN_MAGIC && head.head_bytes == sizeof head);
        for (size_t at = 0; at < head.bytes; at += piece.head_bytes + piece.bytes) {
            const size_t length = strlen(found);
            memcpy(&piece, image->fatbin + head.head_bytes + at, sizeof piece);
            snprintf(found + length, sizeof found - length, "%s%s_%u",
                     length > 0 ? " " : "", piece.kind == FATBIN_PTX ? "compute" : "sm",
                     piece.arch);
        }
        CHECK(strcmp(found, bh_gpu_image_targets) == 0);
    }
}

/* Programs whose code is there are loaded with the driver alone; others are not. */
static void
test_without_nvrtc(void)
{
    struct gpu *gpu = open_gpu();
    bh_device *device = &gpu->device;
    bh_diag diag = {0};
    void *program, *kernel;
    lose_nvrtc();
    for (const struct bh_gpu_image *image = bh_gpu_images; image->text; image++) {
        const size_t before = fake ? fake->fatbins : 0;
        CHECK_OK(device->ops->load(device, image->text, image->flags, &program, &diag),
                 diag);
        CHECK(!fake || fake->fatbins == before + 1);
        device->ops->unload(device, program);
    }
    if (bh_gpu_images[0].text) {
        CHECK_OK(device->ops->load(device, bh_lane_drnl, BH_DEVICE_FLUSH_DENORMALS,
                                   &program, &diag),
                 diag);
        CHECK_OK(device->ops->find(device, program, "bh_lane_double", &kernel, &diag),
                 diag);
        device->ops->unload(device, program);
    }
    if (fake) {
        CHECK(device->ops->load(device, "another text", BH_DEVICE_FLUSH_DENORMALS,
                                &program, &diag) == BH_ERR_UNSUPPORTED);
        CHECK_HAS(diag.text, "NVRTC");
        /* nor is the same text, compiled in another way */
        CHECK(device->ops->load(device, bh_convolve, BH_DEVICE_KEEP_DENORMALS, &program,
                                &diag) == BH_ERR_UNSUPPORTED);
    }
    find_nvrtc();
    bh_gpu_close(gpu);
    CHECK(fake_gpu_leaks(fake) == 0);
}

/* Older and newer drivers and GPUs, and containers without all of a driver. */
static void
test_refused(void)
{
    static const int refusals[] = {200, 209, 221, 222, 223};
    if (!fake || !bh_gpu_images[0].text)
        return;
    struct gpu *gpu = open_gpu();
    bh_device *device = &gpu->device;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const size_t before = fake->fatbins;
        bh_diag diag = {0};
        void *program;
        fake->refuses_fatbins = refusals[i];
        CHECK_OK(device->ops->load(device, bh_convolve, BH_DEVICE_FLUSH_DENORMALS,
                                   &program, &diag),
                 diag);
        device->ops->unload(device, program);
        CHECK(fake->fatbins == before);
    }
    /* what is no refusal is told */
    bh_diag diag = {0};
    void *program;
    fake->refuses_fatbins = 719;
    CHECK(device->ops->load(device, bh_convolve, BH_DEVICE_FLUSH_DENORMALS, &program,
                            &diag) == BH_ERR_DEVICE);
    fake->refuses_fatbins = 0;
    bh_gpu_close(gpu);
    CHECK(fake_gpu_leaks(fake) == 0);
}

/* Neither the driver nor the machine has a way: the reason is the last one's. */
static void
test_refused_without_nvrtc(void)
{
    if (!fake || !bh_gpu_images[0].text)
        return;
    struct gpu *gpu = open_gpu();
    bh_device *device = &gpu->device;
    bh_diag diag = {0};
    void *program;
    fake->refuses_fatbins = 209;
    lose_nvrtc();
    CHECK(device->ops->load(device, bh_lane_haircell, BH_DEVICE_FLUSH_DENORMALS,
                            &program, &diag) == BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "NVRTC");
    find_nvrtc();
    fake->refuses_fatbins = 0;
    bh_gpu_close(gpu);
    CHECK(fake_gpu_leaks(fake) == 0);
}

int
main(void)
{
    static const struct test tests[] = {
        {"all are there", test_all_there},
        {"each for all GPUs", test_targets},
        {"without NVRTC", test_without_nvrtc},
        {"refused by the driver", test_refused},
        {"refused, and no NVRTC", test_refused_without_nvrtc},
    };
    /* What other tests have compiled would hide that NVRTC is asked. */
    char cache[] = "/tmp/bh-images-XXXXXX";
    if (!mkdtemp(cache))
        return 1;
    setenv("BH_CACHE_DIR", cache, 1);
    fake = fake_gpu_start();
    const int result = run_tests("gpu/images", tests, sizeof tests / sizeof tests[0]);
    char command[100];
    snprintf(command, sizeof command, "rm -r %s", cache);
    return system(command) == 0 ? result : 1;
}
