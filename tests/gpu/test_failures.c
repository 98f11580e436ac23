/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every call of CUDA's libraries that a device makes, failing in turn. */
#define _POSIX_C_SOURCE 200809L
#include "gpu/backend.h"
#include "gpu/device_internal.h"
#include "neurons/code_cache.h"

#include "tests/check.h"
#include "tests/gpu/fake_failures.h"

static struct fake_gpu *fake;

static const char text[] = "struct counter { int value, by; };\n"
                           "extern \"C\" __global__ void count(struct counter *c)\n"
                           "{\n"
                           "    atomicAdd(&c->value, c->by);\n"
                           "}\n";

/* What an inverse transform takes: `at` alike in all of them, and the factor. */
static const char load[] =
    "float2 bh_fft_load(void *in, unsigned long long at, void *info, void *shared)\n"
    "{\n"
    "    const int *factor = (const int *)info;\n"
    "    float2 x;\n"
    "    x.x = at % 10 == 0 ? (float)*factor : 0.0f;\n"
    "    x.y = 0;\n"
    "    return x;\n"
    "}\n";

struct things {
    bh_backend *backend;
    bh_device *device;
    void *memory, *lines, *pinned, *program, *kernel, *graph, *plan, *back;
};

/* Where it cannot be had, that must be said; the rest is not its fault. */
static bh_status
use_load(struct things *t, bh_diag *diag)
{
    const struct bh_device_ops *ops = t->device->ops;
    const bh_device_fft_config config = {.size = 16,
                                         .batch = 1,
                                         .real_stride = 20,
                                         .complex_stride = 10,
                                         .inverse = true,
                                         .load = load,
                                         .load_info = t->memory};
    float out[16] = {0};
    BH_TRY(ops->fft_new(t->device, &config, &t->back, diag));
    BH_TRY(ops->fft_run(t->device, t->back, t->lines, t->lines, diag));
    BH_TRY(ops->read(t->device, out, t->lines, sizeof out, diag));
    for (int i = 0; i < 16; i++) /* the constant is in no cosine */
        CHECK_NEAR((double)out[i], 7, 1e-5);
    return BH_OK;
}

static bh_status
use(struct things *t, bh_diag *diag)
{
    const struct bh_device_ops *ops = t->device->ops;
    const bh_device_fft_config config = {
        .size = 16, .batch = 1, .real_stride = 16, .complex_stride = 9};
    int value[16] = {1, 2};
    BH_TRY(ops->take(t->device, sizeof value, "a counter", &t->memory, diag));
    BH_TRY(ops->take(t->device, 10 * 8, "lines", &t->lines, diag));
    BH_TRY(ops->take_pinned(t->device, 64, "the way back", &t->pinned, diag));
    BH_TRY(ops->load(t->device, text, 0, &t->program, diag));
    BH_TRY(ops->find(t->device, t->program, "count", &t->kernel, diag));
    BH_TRY(ops->write(t->device, t->memory, value, sizeof value, diag));
    BH_TRY(ops->launch(t->device, t->kernel, 1, 1, t->memory, diag));
    BH_TRY(ops->record_begin(t->device, diag));
    bh_status launched = ops->launch(t->device, t->kernel, 2, 1, t->memory, diag);
    bh_status ended =
        ops->record_end(t->device, &t->graph, launched == BH_OK ? diag : NULL);
    BH_TRY(launched);
    BH_TRY(ended);
    BH_TRY(ops->replay(t->device, t->graph, diag));
    BH_TRY(ops->read(t->device, t->pinned, t->memory, 8, diag));
    CHECK(((int *)t->pinned)[0] == 1 + 3 * 2);
    if (ops->fft_new) {
        BH_TRY(ops->fft_new(t->device, &config, &t->plan, diag));
        BH_TRY(ops->fft_run(t->device, t->plan, t->memory, t->lines, diag));
        BH_TRY(use_load(t, diag));
    }
    BH_TRY(ops->copy(t->device, t->lines, t->memory, 8, diag));
    BH_TRY(ops->clear(t->device, t->lines, 8, diag));
    return ops->wait(t->device, diag);
}

static bh_status
scenario(void *user, bh_diag *diag)
{
    struct things t = {NULL};
    (void)user;
    BH_TRY(bh_backend_open("cuda", &t.backend, diag));
    t.device = bh_backend_device(t.backend);
    bh_status status = use(&t, diag);
    const struct bh_device_ops *ops = t.device->ops;
    if (t.plan)
        ops->fft_free(t.device, t.plan);
    if (t.back)
        ops->fft_free(t.device, t.back);
    ops->graph_free(t.device, t.graph);
    ops->unload(t.device, t.program);
    ops->give_pinned(t.device, t.pinned);
    ops->give(t.device, t.lines);
    ops->give(t.device, t.memory);
    bh_backend_free(t.backend);
    return status;
}

static void
test_all_that_is_cached(void)
{
    fake_gpu_check_failures(fake, 100, scenario, NULL);
}

/* With nothing in the cache the compiler is asked too. */
static bh_status
compile(void *user, bh_diag *diag)
{
    struct things t = {NULL};
    (void)user;
    CHECK_OK(bh_code_cache_clear(diag), *diag);
    BH_TRY(bh_backend_open("cuda", &t.backend, diag));
    t.device = bh_backend_device(t.backend);
    const bh_device_fft_config config = {.size = 16,
                                         .batch = 1,
                                         .real_stride = 20,
                                         .complex_stride = 10,
                                         .inverse = true,
                                         .load = load};
    bh_status status = t.device->ops->load(t.device, text, 0, &t.program, diag);
    t.device->ops->unload(t.device, t.program);
    if (status == BH_OK)
        status = t.device->ops->fft_new(t.device, &config, &t.back, diag);
    if (t.back)
        t.device->ops->fft_free(t.device, t.back);
    bh_backend_free(t.backend);
    return status;
}

static void
test_the_compiler(void)
{
    static const struct {
        const char *name;
        int calls;
    } functions[] = {
        {"nvrtcGetNumSupportedArchs", 2}, {"nvrtcGetSupportedArchs", 2},
        {"nvrtcCreateProgram", 2},        {"nvrtcCompileProgram", 2},
        {"nvrtcGetCUBINSize", 1},         {"nvrtcGetCUBIN", 1},
        {"cuModuleLoadData", 1},          {"nvJitLinkVersion", 1},
        {"nvrtcGetLTOIRSize", 1},         {"nvrtcGetLTOIR", 1},
        {"cufftXtSetJITCallback", 1},     {"cufftMakePlanMany64", 1},
    };
    char kept[4096], own[4096];
    bh_diag diag;
    if (!fake)
        return;
    snprintf(kept, sizeof kept, "%s", getenv("BH_CACHE_DIR"));
    snprintf(own, sizeof own, "%s/failures", kept);
    setenv("BH_CACHE_DIR", own, 1);
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        for (int n = 1; n <= functions[i].calls; n++)
            fake_gpu_check_failure(fake, functions[i].name, n, 2, compile, NULL);
    CHECK_OK(bh_code_cache_clear(&diag), diag);
    setenv("BH_CACHE_DIR", kept, 1);
}

/* What another driver or compiler left in the cache is made anew. */
static void
test_code_that_is_no_longer_taken(void)
{
    static const int codes[] = {200, 209, 222};
    for (size_t i = 0; fake && i < sizeof codes / sizeof codes[0]; i++) {
        bh_diag diag;
        fake_gpu_fail(fake, "cuModuleLoadData", 1, codes[i]);
        CHECK_OK(scenario(NULL, &diag), diag);
        CHECK(fake_gpu_leaks(fake) == 0);
    }
}

/* A lost device stays lost: every later call says so, and freeing still works. */
static void
test_a_lost_device(void)
{
    static const struct {
        const char *function;
        int code;
        const char *says;
    } cases[] = {
        {"cuLaunchKernel", 719, "(CUDA_ERROR_LAUNCH_FAILED (719) in cuLaunchKernel)"},
        {"cuStreamSynchronize", 226, "(226) in cuStreamSynchronize"},
        {"cuStreamSynchronize", 721, "(721) in cuStreamSynchronize"},
        {"cuStreamSynchronize", 999, "(CUDA_ERROR_UNKNOWN (999) in cuStreamSync"},
        {"cufftExecR2C", 5, "(cuFFT's result 5 in cufftExecR2C)"},
        {"cufftExecR2C", 6, "(cuFFT's result 6 in cufftExecR2C)"},
    };
    for (size_t i = 0; fake && i < sizeof cases / sizeof cases[0]; i++) {
        bh_diag diag = {0};
        fake_gpu_fail(fake, cases[i].function, 1, cases[i].code);
        CHECK(scenario(NULL, &diag) == BH_ERR_DEVICE);
        CHECK_HAS(diag.text, "the GPU has stopped and what it held is lost ");
        CHECK_HAS(diag.text, cases[i].says);
        CHECK(fake_gpu_leaks(fake) == 0);
    }
}

int
main(void)
{
    static const struct test tests[] = {
        {"all that is cached", test_all_that_is_cached},
        {"the compiler", test_the_compiler},
        {"code that is no longer taken", test_code_that_is_no_longer_taken},
        {"a lost device", test_a_lost_device},
    };
    fake = fake_gpu_start();
    return run_tests("gpu/failures", tests, sizeof tests / sizeof tests[0]);
}
