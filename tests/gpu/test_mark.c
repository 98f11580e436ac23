/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies to pinned memory that nobody waits for until a mark behind them is asked for:
 * what was queued behind the mark may still be under way then. */
#include "gpu/device_internal.h"

#include "tests/check.h"
#include "tests/gpu/fake_gpu.h"

static struct fake_gpu *fake;
static struct gpu *gpu;
static bh_device *device;

enum { WORDS = 1000 };

static void
test_start(void)
{
    bh_diag diag;
    fake = fake_gpu_start();
    CHECK_OK(bh_gpu_open(0, &gpu, &diag), diag);
    device = &gpu->device;
}

/* Two windows, the second of which is queued before the first is looked at. */
static void
test_windows(void)
{
    bh_diag diag;
    uint32_t *sent[2], *got[2];
    void *there, *mark[2] = {NULL, NULL};
    const size_t bytes = WORDS * sizeof **sent;
    CHECK_OK(device->ops->take(device, bytes, "words", &there, &diag), diag);
    for (int w = 0; w < 2; w++) {
        void *memory;
        CHECK_OK(device->ops->take_pinned(device, bytes, "words", &memory, &diag),
                 diag);
        sent[w] = memory;
        CHECK_OK(device->ops->take_pinned(device, bytes, "words", &memory, &diag),
                 diag);
        got[w] = memory;
        memset(got[w], 0, bytes);
    }
    for (uint32_t round = 0; round < 4; round++)
        for (int w = 0; w < 2; w++) {
            /* the device has read it, so it can be filled again */
            CHECK_OK(device->ops->await(device, mark[w], &diag), diag);
            CHECK(round == 0 || got[w][WORDS - 1] == 10 * (round - 1) + (uint32_t)w);
            CHECK(round == 0 || !fake || w == 1 || got[1][0] != 10 * (round - 1) + 1);
            for (size_t n = 0; n < WORDS; n++)
                sent[w][n] = 10 * round + (uint32_t)w;
            CHECK_OK(device->ops->write(device, there, sent[w], bytes, &diag), diag);
            CHECK_OK(device->ops->read_later(device, got[w], there, bytes, &diag),
                     diag);
            CHECK_OK(device->ops->mark(device, &mark[w], &diag), diag);
        }
    CHECK_OK(device->ops->wait(device, &diag), diag);
    CHECK(got[0][0] == 30 && got[1][0] == 31);
    for (int w = 0; w < 2; w++) {
        device->ops->mark_free(device, mark[w]);
        device->ops->give_pinned(device, sent[w]);
        device->ops->give_pinned(device, got[w]);
    }
    device->ops->mark_free(device, NULL);
    device->ops->give(device, there);
}

static void
test_failures(void)
{
    static const char *const calls[] = {"cuEventCreate", "cuEventRecord"};
    bh_diag diag;
    for (size_t c = 0; fake && c < 2; c++) {
        void *mark = NULL;
        fake_gpu_fail(fake, calls[c], 1, 999);
        CHECK(device->ops->mark(device, &mark, &diag) != BH_OK);
        CHECK_HAS(diag.text, calls[c]);
        device->ops->mark_free(device, mark);
    }
}

static void
test_stop(void)
{
    bh_gpu_close(gpu);
    CHECK(fake_gpu_leaks(fake) == 0);
}

TEST_MAIN("marks in a device's queue", {"a device", test_start},
          {"windows", test_windows}, {"failures", test_failures},
          {"all is given back", test_stop})
