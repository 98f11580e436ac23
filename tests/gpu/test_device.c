/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory, copies, kernels and graphs of a device: on the fake GPU (fake_gpu.h), or with
 * BH_TEST_GPU on a true one. */
#define _POSIX_C_SOURCE 200809L
#include "gpu/device_internal.h"

#include "tests/check.h"
#include "tests/gpu/fake_gpu.h"

static struct fake_gpu *fake;

#define DEVICE(gpu) (&(gpu)->device)
#define OPS(gpu)    ((gpu)->device.ops)

static struct gpu *
open_gpu(void)
{
    bh_diag diag;
    struct gpu *gpu = NULL;
    CHECK_OK(bh_gpu_open(0, &gpu, &diag), diag);
    return gpu;
}

static void
close_gpu(struct gpu *gpu)
{
    bh_gpu_close(gpu);
    CHECK(fake_gpu_leaks(fake) == 0);
}

static void
test_copies(void)
{
    enum { COUNT = 1000 };
    struct gpu *gpu = open_gpu();
    bh_diag diag;
    void *a, *b, *pinned;
    int values[COUNT], back[COUNT];
    for (int i = 0; i < COUNT; i++)
        values[i] = 3 * i;
    CHECK(gpu->device.name[0] != 0 && gpu->device.multiprocessors > 0);
    CHECK_OK(OPS(gpu)->take(DEVICE(gpu), sizeof values, "a", &a, &diag), diag);
    CHECK_OK(OPS(gpu)->take(DEVICE(gpu), sizeof values, "b", &b, &diag), diag);
    CHECK_OK(OPS(gpu)->take_pinned(DEVICE(gpu), sizeof values, "c", &pinned, &diag),
             diag);
    /* fresh memory is zero */
    memset(back, 1, sizeof back);
    CHECK_OK(OPS(gpu)->read(DEVICE(gpu), back, a, sizeof back, &diag), diag);
    CHECK(back[0] == 0 && back[COUNT - 1] == 0);
    /* memory that is not pinned may change at once */
    CHECK_OK(OPS(gpu)->write(DEVICE(gpu), a, values, sizeof values, &diag), diag);
    values[5] = -1;
    CHECK_OK(OPS(gpu)->copy(DEVICE(gpu), b, a, sizeof values, &diag), diag);
    CHECK_OK(OPS(gpu)->clear(DEVICE(gpu), a, sizeof values / 2, &diag), diag);
    CHECK_OK(OPS(gpu)->read(DEVICE(gpu), back, b, sizeof back, &diag), diag);
    CHECK(back[5] == 15 && back[COUNT - 1] == 3 * (COUNT - 1));
    CHECK_OK(OPS(gpu)->read(DEVICE(gpu), pinned, a, sizeof back, &diag), diag);
    CHECK(((int *)pinned)[COUNT / 2 - 1] == 0 &&
          ((int *)pinned)[COUNT / 2] == 3 * (COUNT / 2));
    OPS(gpu)->give(DEVICE(gpu), a);
    OPS(gpu)->give(DEVICE(gpu), b);
    OPS(gpu)->give(DEVICE(gpu), NULL);
    OPS(gpu)->give_pinned(DEVICE(gpu), pinned);
    close_gpu(gpu);
}

/* Sums blocks of 64 numbers in the ways that threads can meet: at barriers, in a warp,
 * by votes and atomically. */
static const char sums[] =
    "struct args { const int *in; int *out; int count; };\n"
    "__device__ static int half(int x) { return x / 2; }\n"
    "extern \"C\" __global__ void sums(const struct args *a)\n"
    "{\n"
    "    __shared__ int part[64];\n"
    "    const int n = blockIdx.x * blockDim.x + threadIdx.x, t = threadIdx.x;\n"
    "    part[t] = n < a->count ? a->in[n] : 0;\n"
    "    __syncthreads();\n"
    "    for (int by = half(64); by > 0; by /= 2) {\n"
    "        if (t < by)\n"
    "            part[t] += part[t + by];\n"
    "        __syncthreads();\n"
    "    }\n"
    "    int *out = a->out + 4 * blockIdx.x;\n"
    "    if (t == 0)\n"
    "        out[0] = part[0];\n"
    "    int mine = n < a->count ? a->in[n] : 0;\n"
    "    const unsigned odd = __ballot_sync(0xffffffffu, mine % 2);\n"
    "    for (int by = 16; by > 0; by /= 2)\n"
    "        mine += __shfl_down_sync(0xffffffffu, mine, by);\n"
    "    if (t % 32 == 0) {\n"
    "        atomicAdd(&out[1], mine);\n"
    "        atomicAdd(&out[2], __popc(odd));\n"
    "    }\n"
    "    const int all = __syncthreads_count(n < a->count);\n"
    "    if (t == 63)\n"
    "        out[3] = all;\n"
    "}\n";

struct args {
    const int *in;
    int *out;
    int count;
};

enum { BLOCKS = 5, COUNT = 300 };

static void
check_sums(const int *in, const int (*out)[4])
{
    for (int b = 0; b < BLOCKS; b++) {
        int sum = 0, odd = 0, there = 0;
        for (int n = 64 * b; n < 64 * b + 64 && n < COUNT; n++) {
            sum += in[n];
            odd += in[n] % 2;
            there++;
        }
        CHECK(out[b][0] == sum && out[b][1] == sum);
        CHECK(out[b][2] == odd && out[b][3] == there);
    }
}

static void
test_kernels_in_every_order(void)
{
    struct gpu *gpu = open_gpu();
    bh_diag diag;
    void *in, *out, *args, *program, *kernel;
    int values[COUNT], results[BLOCKS][4];
    for (int i = 0; i < COUNT; i++)
        values[i] = i * i % 97;
    CHECK_OK(OPS(gpu)->take(DEVICE(gpu), sizeof values, "in", &in, &diag), diag);
    CHECK_OK(OPS(gpu)->take(DEVICE(gpu), sizeof results, "out", &out, &diag), diag);
    CHECK_OK(OPS(gpu)->take(DEVICE(gpu), sizeof(struct args), "args", &args, &diag),
             diag);
    CHECK_OK(OPS(gpu)->load(DEVICE(gpu), sums, 0, &program, &diag), diag);
    CHECK_OK(OPS(gpu)->find(DEVICE(gpu), program, "sums", &kernel, &diag), diag);
    const struct args mine = {in, out, COUNT};
    CHECK_OK(OPS(gpu)->write(DEVICE(gpu), in, values, sizeof values, &diag), diag);
    CHECK_OK(OPS(gpu)->write(DEVICE(gpu), args, &mine, sizeof mine, &diag), diag);
    for (int order = 0; order < 6; order++) {
        if (fake) {
            fake->order = order < 2 ? order : 2;
            fake->seed = (uint64_t)order;
        }
        CHECK_OK(OPS(gpu)->clear(DEVICE(gpu), out, sizeof results, &diag), diag);
        CHECK_OK(OPS(gpu)->launch(DEVICE(gpu), kernel, BLOCKS, 64, args, &diag), diag);
        CHECK_OK(OPS(gpu)->read(DEVICE(gpu), results, out, sizeof results, &diag),
                 diag);
        check_sums(values, (const int(*)[4])results);
    }
    if (fake)
        fake->order = 0;
    OPS(gpu)->unload(DEVICE(gpu), program);
    OPS(gpu)->give(DEVICE(gpu), in);
    OPS(gpu)->give(DEVICE(gpu), out);
    OPS(gpu)->give(DEVICE(gpu), args);
    close_gpu(gpu);
}

static const char counter[] =
    "struct counter { int value, by; };\n"
    "extern \"C\" __global__ void count(const struct counter *c)\n"
    "{\n"
    "    atomicAdd((int *)&c->value, c->by);\n"
    "}\n";

/* What a graph does depends on memory alone. */
static void
test_graphs(void)
{
    struct gpu *gpu = open_gpu();
    bh_diag diag;
    void *memory, *program, *kernel, *graph;
    int value[2] = {10, 3};
    CHECK_OK(OPS(gpu)->take(DEVICE(gpu), sizeof value, "a counter", &memory, &diag),
             diag);
    CHECK_OK(OPS(gpu)->load(DEVICE(gpu), counter, 0, &program, &diag), diag);
    CHECK_OK(OPS(gpu)->find(DEVICE(gpu), program, "count", &kernel, &diag), diag);
    CHECK_OK(OPS(gpu)->write(DEVICE(gpu), memory, value, sizeof value, &diag), diag);
    CHECK_OK(OPS(gpu)->record_begin(DEVICE(gpu), &diag), diag);
    CHECK_OK(OPS(gpu)->launch(DEVICE(gpu), kernel, 1, 4, memory, &diag), diag);
    CHECK_OK(OPS(gpu)->launch(DEVICE(gpu), kernel, 2, 1, memory, &diag), diag);
    CHECK_OK(OPS(gpu)->record_end(DEVICE(gpu), &graph, &diag), diag);
    CHECK_OK(OPS(gpu)->read(DEVICE(gpu), value, memory, sizeof value, &diag), diag);
    CHECK(value[0] == 10); /* recorded is not done */
    for (int i = 0; i < 3; i++)
        CHECK_OK(OPS(gpu)->replay(DEVICE(gpu), graph, &diag), diag);
    CHECK_OK(OPS(gpu)->read(DEVICE(gpu), value, memory, sizeof value, &diag), diag);
    CHECK(value[0] == 10 + 3 * 6 * 3);
    OPS(gpu)->graph_free(DEVICE(gpu), graph);
    OPS(gpu)->unload(DEVICE(gpu), program);
    OPS(gpu)->give(DEVICE(gpu), memory);
    close_gpu(gpu);
}

static const char waits[] = "extern \"C\" __global__ void diverges(const int *a)\n"
                            "{\n"
                            "    if (threadIdx.x < 7)\n"
                            "        return;\n"
                            "    __syncthreads();\n"
                            "}\n"
                            "extern \"C\" __global__ void parts(const int *a)\n"
                            "{\n"
                            "    if (threadIdx.x < 7)\n"
                            "        __syncthreads();\n"
                            "    else\n"
                            "        __syncthreads();\n"
                            "}\n"
                            "extern \"C\" __global__ void misses(const int *a)\n"
                            "{\n"
                            "    if (threadIdx.x % 2)\n"
                            "        __syncwarp(0xffffffffu);\n"
                            "    else\n"
                            "        __ballot_sync(0xffffffffu, 1);\n"
                            "}\n";

/* Two races: a barrier that is missing between writing and reading, and one that is
 * missing before the array is used again. In some order of the threads each shows. */
static const char races[] =
    "extern \"C\" __global__ void early(int *out)\n"
    "{\n"
    "    __shared__ int part[64];\n"
    "    part[threadIdx.x] = threadIdx.x;\n"
    "    out[threadIdx.x] = part[63 - threadIdx.x];\n"
    "}\n"
    "extern \"C\" __global__ void late(int *out)\n"
    "{\n"
    "    __shared__ int part[64];\n"
    "    for (int round = 0; round < 2; round++) {\n"
    "        part[threadIdx.x] = round + threadIdx.x;\n"
    "        __syncthreads();\n"
    "        const int seen = part[(threadIdx.x + 1) % 64] - round;\n"
    "        out[threadIdx.x] = round == 0 ? seen : max(seen, out[threadIdx.x]);\n"
    "    }\n"
    "}\n";

/* In how many orders the result is not what it should be. */
static int
count_wrong(struct gpu *gpu, void *kernel, int shift)
{
    enum { ORDERS = 8 };
    bh_diag diag;
    void *out;
    int wrong = 0, results[64];
    CHECK_OK(OPS(gpu)->take(DEVICE(gpu), sizeof results, "out", &out, &diag), diag);
    for (int order = 0; order < ORDERS; order++) {
        fake->order = order < 2 ? order : 2;
        fake->seed = (uint64_t)order;
        CHECK_OK(OPS(gpu)->launch(DEVICE(gpu), kernel, 1, 64, out, &diag), diag);
        CHECK_OK(OPS(gpu)->read(DEVICE(gpu), results, out, sizeof results, &diag),
                 diag);
        for (int t = 0; t < 64; t++)
            if (results[t] != (shift ? (t + shift) % 64 : 63 - t)) {
                wrong++;
                break;
            }
    }
    fake->order = 0;
    OPS(gpu)->give(DEVICE(gpu), out);
    return wrong;
}

static void
test_barriers_that_are_missing(void)
{
    bh_diag diag;
    void *program, *early, *late;
    if (!fake)
        return;
    struct gpu *gpu = open_gpu();
    CHECK_OK(OPS(gpu)->load(DEVICE(gpu), races, 0, &program, &diag), diag);
    CHECK_OK(OPS(gpu)->find(DEVICE(gpu), program, "early", &early, &diag), diag);
    CHECK_OK(OPS(gpu)->find(DEVICE(gpu), program, "late", &late, &diag), diag);
    CHECK(count_wrong(gpu, early, 0) > 0);
    CHECK(count_wrong(gpu, late, 1) > 0);
    OPS(gpu)->unload(DEVICE(gpu), program);
    close_gpu(gpu);
}

/* A true GPU may not notice: this is about the fake one. */
static void
test_threads_that_wait_for_ever(void)
{
    static const char *const kernels[] = {"diverges", "parts", "misses"};
    for (size_t i = 0; fake && i < sizeof kernels / sizeof kernels[0]; i++) {
        struct gpu *gpu = open_gpu();
        bh_diag diag;
        void *program, *kernel;
        CHECK_OK(OPS(gpu)->load(DEVICE(gpu), waits, 0, &program, &diag), diag);
        CHECK_OK(OPS(gpu)->find(DEVICE(gpu), program, kernels[i], &kernel, &diag),
                 diag);
        CHECK_OK(OPS(gpu)->launch(DEVICE(gpu), kernel, 1, 32, NULL, &diag), diag);
        CHECK(OPS(gpu)->wait(DEVICE(gpu), &diag) == BH_ERR_DEVICE);
        CHECK_HAS(diag.text, "what it held is lost (CUDA_ERROR_LAUNCH_FAILED (719) in "
                             "cuStreamSynchronize)");
        CHECK_HAS(fake->complaint, "wait for ever");
        OPS(gpu)->unload(DEVICE(gpu), program);
        close_gpu(gpu);
    }
}

static void
test_wrong_programs(void)
{
    struct gpu *gpu = open_gpu();
    bh_diag diag;
    void *program = &diag, *kernel = &diag;
    CHECK(OPS(gpu)->load(DEVICE(gpu), "int f( { return 0; }", 0, &program, &diag) ==
          BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "NVRTC does not compile");
    CHECK_HAS(diag.text, "error");
    CHECK(program == &diag);
    CHECK_OK(OPS(gpu)->load(DEVICE(gpu), counter, 0, &program, &diag), diag);
    CHECK(OPS(gpu)->find(DEVICE(gpu), program, "cuont", &kernel, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "no kernel cuont");
    CHECK(kernel == &diag);
    OPS(gpu)->unload(DEVICE(gpu), program);
    close_gpu(gpu);
}

/* Where the machine has NVRTC, the stand-in asks it too. */
static void
test_texts_that_are_no_good_cuda(void)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"extern \"C\" __global__ void k(float *x) { x[0] = expf(x[0]); }\n",
         "only approximates"},
        {"extern \"C\" __global__ void k(int *x)\n"
         "{\n    int a[64];\n    for (int i = 0; i < 64; i++)\n"
         "        a[x[i]] = x[i + 1];\n    x[0] = a[x[65]];\n}\n",
         "ocal memory"},
        {"extern \"C\" __global__ void k(int *x) { int unused; }\n",
         "never referenced"},
    };
    for (size_t i = 0; fake && i < sizeof cases / sizeof cases[0]; i++) {
        struct gpu *gpu = open_gpu();
        bh_diag diag;
        void *program = NULL;
        if (OPS(gpu)->load(DEVICE(gpu), cases[i].text, 0, &program, &diag) != BH_OK)
            CHECK_HAS(diag.text, cases[i].says);
        OPS(gpu)->unload(DEVICE(gpu), program);
        close_gpu(gpu);
    }
}

/* What was written may change at once, also where the device reads it by itself; only
 * pinned memory is not waited for. */
static void
test_a_device_that_reads_late(void)
{
    bh_diag diag;
    int value = 1, got = 0;
    void *memory, *pinned;
    if (!fake)
        return;
    fake->reads_pageable = 1;
    struct gpu *gpu = open_gpu();
    CHECK_OK(OPS(gpu)->take(DEVICE(gpu), sizeof value, "a", &memory, &diag), diag);
    CHECK_OK(OPS(gpu)->take_pinned(DEVICE(gpu), sizeof value, "b", &pinned, &diag),
             diag);
    CHECK_OK(OPS(gpu)->write(DEVICE(gpu), memory, &value, sizeof value, &diag), diag);
    value = 2;
    CHECK_OK(OPS(gpu)->read(DEVICE(gpu), &got, memory, sizeof got, &diag), diag);
    CHECK(got == 1);
    *(int *)pinned = 3;
    CHECK_OK(OPS(gpu)->write(DEVICE(gpu), memory, pinned, sizeof value, &diag), diag);
    *(int *)pinned = 4;
    CHECK_OK(OPS(gpu)->read(DEVICE(gpu), &got, memory, sizeof got, &diag), diag);
    CHECK(got == 4);
    OPS(gpu)->give_pinned(DEVICE(gpu), pinned);
    OPS(gpu)->give(DEVICE(gpu), memory);
    close_gpu(gpu);
    fake->reads_pageable = 0;
}

static void
test_full_memory(void)
{
    struct gpu *gpu = open_gpu();
    bh_diag diag;
    void *memory = &diag;
    CHECK(OPS(gpu)->take(DEVICE(gpu), (size_t)1 << 50, "1e6 synapses", &memory,
                         &diag) == BH_ERR_MEMORY);
    CHECK_HAS(diag.text,
              "the GPU has no room for 1e6 synapses: 1073741824.0 MiB wanted");
    CHECK(memory == &diag);
    close_gpu(gpu);
}

int
main(void)
{
    static const struct test tests[] = {
        {"copies", test_copies},
        {"kernels in every order", test_kernels_in_every_order},
        {"graphs", test_graphs},
        {"barriers that are missing", test_barriers_that_are_missing},
        {"threads that wait for ever", test_threads_that_wait_for_ever},
        {"wrong programs", test_wrong_programs},
        {"texts that are no good CUDA", test_texts_that_are_no_good_cuda},
        {"a device that reads late", test_a_device_that_reads_late},
        {"full memory", test_full_memory},
    };
    fake = fake_gpu_start();
    return run_tests("gpu/device", tests, sizeof tests / sizeof tests[0]);
}
