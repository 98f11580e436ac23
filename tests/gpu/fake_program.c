/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs, kernels and graphs of the fake driver. */
#define _GNU_SOURCE /* memfd_create */
#include "tests/gpu/fake_cuda.h"
#include "tests/gpu/fake_fatbin.h"
#include "tests/gpu/fake_image.h"
#include "tests/gpu/shim_run.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

struct module {
    void *library;
    int file;
    char *shared;
    size_t shared_bytes;
    int flush; /* denormal numbers count as zero */
    struct kernel {
        void (*run)(const void *argument);
        struct module *module;
        struct kernel *next;
    } * kernels;
};

/* Writes the library into a file of its own, which stays open so that no other takes
 * its name. For what fake_cufft.c links too. */
EXPORT void *
fake_library(const struct fake_image *image, int *file)
{
    char path[64];
    *file = memfd_create("fake-gpu", MFD_CLOEXEC);
    if (*file < 0 || write(*file, image + 1, image->bytes) != (ssize_t)image->bytes)
        return NULL;
    snprintf(path, sizeof path, "/proc/self/fd/%d", *file);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        close(*file);
    }
    return library;
}

static int
load_library(struct module *module, const struct fake_image *image)
{
    void (*shared)(char **, char **);
    char *stop = NULL;
    module->library = fake_library(image, &module->file);
    if (!module->library)
        return INVALID_IMAGE;
    *(void **)&shared = dlsym(module->library, "shim_shared");
    shared(&module->shared, &stop);
    module->shared_bytes = (size_t)(stop - module->shared);
    module->flush = dlsym(module->library, "shim_flush") != NULL;
    return 0;
}

static int
load_module(void **out, const struct fake_image *header)
{
    if (memcmp(header->magic, FAKE_MAGIC, sizeof header->magic) != 0)
        return NO_BINARY_FOR_GPU;
    if (strcmp(header->build, FAKE_BUILD) != 0)
        return INVALID_IMAGE;
    struct module *module = calloc(1, sizeof *module);
    if (!module)
        return OUT_OF_MEMORY;
    int result = load_library(module, header);
    if (result != 0) {
        free(module);
        return result;
    }
    fake.handles++;
    *out = module;
    return 0;
}

int
cuModuleLoadData(void **out, const void *image)
{
    ENTER_AND_WAIT();
    const struct fake_image *header = image;
    void *made = NULL;
    uint32_t magic;
    memcpy(&magic, image, sizeof magic);
    if (magic == FATBIN_MAGIC) {
        if (fake.refuses_fatbins)
            return fake.refuses_fatbins;
        header = made = fake_fatbin_image(image);
        if (!made)
            return UNKNOWN;
        fake.fatbins++;
    }
    int result = load_module(out, header);
    free(made);
    return result;
}

int
cuModuleUnload(void *which)
{
    struct module *module = which;
    int result = finish_anyway();
    while (module->kernels) {
        struct kernel *next = module->kernels->next;
        free(module->kernels);
        module->kernels = next;
    }
    dlclose(module->library);
    close(module->file);
    free(module);
    fake.handles--;
    return result;
}

int
cuModuleGetFunction(void **out, void *which, const char *name)
{
    ENTER(1);
    struct module *module = which;
    struct kernel *kernel = calloc(1, sizeof *kernel);
    if (!kernel)
        return OUT_OF_MEMORY;
    *(void **)&kernel->run = dlsym(module->library, name);
    if (!kernel->run) {
        free(kernel);
        return NOT_FOUND;
    }
    kernel->module = module;
    kernel->next = module->kernels;
    module->kernels = kernel;
    *out = kernel;
    return 0;
}

struct start {
    struct kernel *kernel;
    const void *argument;
    unsigned blocks, threads;
};

static int
run_kernel(void *data)
{
    const struct start *start = data;
    const struct module *module = start->kernel->module;
    struct shim_launch launch = {.kernel = start->kernel->run,
                                 .argument = start->argument,
                                 .blocks = start->blocks,
                                 .threads = start->threads,
                                 .shared = module->shared,
                                 .shared_bytes = module->shared_bytes,
                                 .order = (enum shim_order)fake.order,
                                 .seed = fake.seed + fake.launches};
    fake.launches++;
#if defined(__SSE2__)
    const unsigned mode = _mm_getcsr(), flush = 0x8040;
    _mm_setcsr(module->flush ? mode | flush : mode & ~flush);
#endif
    int result = shim_run(&launch, fake.complaint, sizeof fake.complaint);
#if defined(__SSE2__)
    _mm_setcsr(mode);
#endif
    if (result == 0)
        return 0;
    fprintf(stderr, "fake GPU: %s\n", fake.complaint);
    return LAUNCH_FAILED;
}

int
cuLaunchKernel(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
               unsigned block_x, unsigned block_y, unsigned block_z,
               unsigned shared_bytes, void *which, void **parameters, void **extra)
{
    ENTER(1);
    struct start start = {.kernel = function, .blocks = grid_x, .threads = block_x};
    if (!function || which != &fake_stream || extra || grid_x < 1 || grid_y != 1 ||
        grid_z != 1 || block_x < 1 || block_x > 1024 || block_y != 1 || block_z != 1 ||
        shared_bytes > 0)
        return INVALID_VALUE;
    uint64_t address;
    memcpy(&address, parameters[0], sizeof address);
    start.argument = (const void *)(uintptr_t)address;
    return queue_add(&fake_stream, run_kernel, NULL, &start, sizeof start);
}

/* For libraries that queue work of their own (fake_cufft.c). */
EXPORT int
fake_enqueue(void *which, int (*run)(void *data), const void *data, size_t bytes)
{
    return which == &fake_stream ? queue_add(&fake_stream, run, NULL, data, bytes)
                                 : INVALID_HANDLE;
}

/* What was queued before is no part of the record. */
int
cuStreamBeginCapture_v2(void *which, int mode)
{
    ENTER(1);
    if (which != &fake_stream || mode > 2 || fake_stream.recording)
        return INVALID_VALUE;
    int result = finish();
    fake_stream.recording = result == 0;
    return result;
}

int
cuStreamEndCapture(void *which, void **graph)
{
    struct task *tasks = queue_take(&fake_stream);
    const bool recording = fake_stream.recording;
    fake_stream.recording = false;
    *graph = NULL;
    int failed = entered(__func__, 1);
    if (failed != 0 || !recording || which != &fake_stream) {
        tasks_free(tasks);
        return failed ? failed : INVALID_VALUE;
    }
    struct task **kept = malloc(sizeof *kept);
    *kept = tasks;
    fake.handles++;
    *graph = kept;
    return 0;
}

/* The graph's own work moves to what can be started. */
int
cuGraphInstantiateWithFlags(void **ready, void *graph, unsigned long long flags)
{
    ENTER(1);
    struct task **tasks = graph, **own = malloc(sizeof *own);
    *own = *tasks;
    *tasks = NULL;
    fake.handles++;
    *ready = own;
    return flags ? INVALID_VALUE : 0;
}

static int
run_graph(void *data)
{
    struct task **tasks;
    memcpy(&tasks, data, sizeof tasks);
    for (const struct task *t = *tasks; t; t = t->next) {
        int result = t->run((void *)(uintptr_t)t->data);
        if (result != 0)
            return result;
    }
    return 0;
}

int
cuGraphLaunch(void *ready, void *which)
{
    ENTER(1);
    if (which != &fake_stream)
        return INVALID_HANDLE;
    return queue_add(&fake_stream, run_graph, NULL, &ready, sizeof ready);
}

static void
drop_graph(void *graph)
{
    struct task **tasks = graph;
    tasks_free(*tasks);
    free(tasks);
    fake.handles--;
}

int
cuGraphExecDestroy(void *ready)
{
    int result = finish_anyway();
    drop_graph(ready);
    return result;
}

int
cuGraphDestroy(void *graph)
{
    drop_graph(graph);
    return 0;
}
