/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How live sound meets a device: a ring of pinned blocks that the device reaches by
 * itself, one recorded graph for each, and all that changes from block to block in the
 * device's memory. Replaying and waiting is all that the host does then. */
#include "gpu/device_internal.h"

#include "tests/check.h"
#include "tests/gpu/fake_gpu.h"

static struct fake_gpu *fake;

enum { SLOTS = 4, BLOCK = 32, BLOCKS = 50 };

/* A leaky sum, whose state and sample counter stay on the device. */
static const char text[] =
    "struct state { float sum; int samples; };\n"
    "struct slot { const float *in; float *out; int *number; struct state *state; };\n"
    "extern \"C\" __global__ void filter(const struct slot *slot)\n"
    "{\n"
    "    float sum = slot->state->sum;\n"
    "    for (int i = 0; i < 32; i++) {\n"
    "        sum = 0.5f * sum + slot->in[i];\n"
    "        slot->out[i] = sum;\n"
    "    }\n"
    "    slot->state->sum = sum;\n"
    "}\n"
    "extern \"C\" __global__ void count(const struct slot *slot)\n"
    "{\n"
    "    slot->state->samples += 32;\n"
    "    *slot->number = slot->state->samples;\n"
    "}\n";

struct slot {
    const float *in;
    float *out;
    int *number;
    void *state;
};

struct ring {
    struct gpu *gpu;
    bh_device *device;
    const struct bh_device_ops *ops;
    void *program, *filter, *count, *state, *slots;
    struct block {
        float in[BLOCK], out[BLOCK];
        int number;
    } * block; /* pinned */
    void *graph[SLOTS];
};

static void
record(struct ring *ring, int slot)
{
    bh_diag diag;
    char *at = (char *)ring->slots + (size_t)slot * sizeof(struct slot);
    const struct slot args = {ring->block[slot].in, ring->block[slot].out,
                              &ring->block[slot].number, ring->state};
    CHECK_OK(ring->ops->write(ring->device, at, &args, sizeof args, &diag), diag);
    CHECK_OK(ring->ops->record_begin(ring->device, &diag), diag);
    CHECK_OK(ring->ops->launch(ring->device, ring->filter, 1, 1, at, &diag), diag);
    CHECK_OK(ring->ops->launch(ring->device, ring->count, 1, 1, at, &diag), diag);
    CHECK_OK(ring->ops->record_end(ring->device, &ring->graph[slot], &diag), diag);
}

static void
open_ring(struct ring *ring)
{
    bh_diag diag;
    void *pinned;
    CHECK_OK(bh_gpu_open(0, &ring->gpu, &diag), diag);
    bh_device *device = ring->device = &ring->gpu->device;
    const struct bh_device_ops *ops = ring->ops = device->ops;
    CHECK_OK(ops->take(device, 8, "the state", &ring->state, &diag), diag);
    CHECK_OK(ops->take(device, SLOTS * sizeof(struct slot), "the slots", &ring->slots,
                       &diag),
             diag);
    CHECK_OK(ops->take_pinned(device, SLOTS * sizeof *ring->block, "the ring", &pinned,
                              &diag),
             diag);
    ring->block = pinned;
    CHECK_OK(ops->load(device, text, 0, &ring->program, &diag), diag);
    CHECK_OK(ops->find(device, ring->program, "filter", &ring->filter, &diag), diag);
    CHECK_OK(ops->find(device, ring->program, "count", &ring->count, &diag), diag);
    for (int slot = 0; slot < SLOTS; slot++)
        record(ring, slot);
}

static void
close_ring(struct ring *ring)
{
    for (int slot = 0; slot < SLOTS; slot++)
        ring->ops->graph_free(ring->device, ring->graph[slot]);
    ring->ops->unload(ring->device, ring->program);
    ring->ops->give_pinned(ring->device, ring->block);
    ring->ops->give(ring->device, ring->slots);
    ring->ops->give(ring->device, ring->state);
    bh_gpu_close(ring->gpu);
    CHECK(fake_gpu_leaks(fake) == 0);
}

static float
sound(int sample)
{
    return (float)(sample % 37) - 18.0f;
}

static void
fill(struct block *block, int number)
{
    for (int i = 0; i < BLOCK; i++) {
        block->in[i] = sound(number * BLOCK + i);
        block->out[i] = -1e9f;
    }
}

static int
wrong(const struct block *block, int number, float *sum)
{
    int faults = block->number != (number + 1) * BLOCK;
    for (int i = 0; i < BLOCK; i++) {
        *sum = 0.5f * *sum + sound(number * BLOCK + i);
        faults += block->out[i] != *sum;
    }
    return faults;
}

/* Block after block, as an audio thread would. */
static void
test_one_at_a_time(void)
{
    struct ring ring;
    bh_diag diag;
    float sum = 0;
    int faults = 0;
    open_ring(&ring);
    for (int number = 0; number < BLOCKS; number++) {
        struct block *block = &ring.block[number % SLOTS];
        fill(block, number);
        CHECK_OK(ring.ops->replay(ring.device, ring.graph[number % SLOTS], &diag),
                 diag);
        CHECK_OK(ring.ops->wait(ring.device, &diag), diag);
        faults += wrong(block, number, &sum);
    }
    CHECK(faults == 0);
    close_ring(&ring);
}

/* A ring full of blocks before anybody waits: they come in order. */
static void
test_several_under_way(void)
{
    struct ring ring;
    bh_diag diag;
    float sum = 0;
    int faults = 0;
    open_ring(&ring);
    for (int first = 0; first < BLOCKS; first += SLOTS) {
        for (int slot = 0; slot < SLOTS; slot++) {
            fill(&ring.block[slot], first + slot);
            CHECK_OK(ring.ops->replay(ring.device, ring.graph[slot], &diag), diag);
        }
        CHECK_OK(ring.ops->wait(ring.device, &diag), diag);
        for (int slot = 0; slot < SLOTS; slot++)
            faults += wrong(&ring.block[slot], first + slot, &sum);
    }
    CHECK(faults == 0);
    close_ring(&ring);
}

/* Who does not wait has nothing: the stand-in is as late as a device may be. */
static void
test_nothing_without_waiting(void)
{
    struct ring ring;
    bh_diag diag;
    float sum = 0;
    if (!fake)
        return;
    open_ring(&ring);
    fill(&ring.block[0], 0);
    CHECK_OK(ring.ops->replay(ring.device, ring.graph[0], &diag), diag);
    CHECK(wrong(&ring.block[0], 0, &sum) > 0);
    close_ring(&ring);
}

int
main(void)
{
    static const struct test tests[] = {
        {"one at a time", test_one_at_a_time},
        {"several under way", test_several_under_way},
        {"nothing without waiting", test_nothing_without_waiting},
    };
    fake = fake_gpu_start();
    return run_tests("gpu/live_loop", tests, sizeof tests / sizeof tests[0]);
}
