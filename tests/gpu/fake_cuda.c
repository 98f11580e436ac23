/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands in for libcuda.so.1 (fake_gpu.h). A program sets it up through fake_gpu();
 * another process through BH_FAKE_CUDA: "DEVICES,CUINIT,FAILING,CODE" (how many
 * devices, what cuInit returns, which function fails). Compiled with OLD_DRIVER, it
 * lacks one.
 */
#include "tests/gpu/fake_cuda.h"

#include <string.h>

struct fake_gpu fake = {.devices = 1};
struct queue fake_stream;
static int lost;                  /* what all calls return since the device is lost */
static _Thread_local int current; /* whether the thread has its context */
static char context;              /* its handle */

EXPORT struct fake_gpu *
fake_gpu(void)
{
    return &fake;
}

static int
is_failing(const char *function)
{
    const size_t length = strlen(fake.failing);
    return length > 0 && strncmp(function, fake.failing, length) == 0 &&
           (function[length] == 0 || strcmp(function + length, "_v2") == 0);
}

static void
count(const char *function)
{
    int i = 0;
    while (fake.called[i].function && strcmp(fake.called[i].function, function) != 0)
        i++;
    if (i < FAKE_FUNCTIONS - 1) {
        fake.called[i].function = function;
        fake.called[i].calls++;
    }
}

EXPORT int
fake_fails(const char *function)
{
    count(function);
    if (!is_failing(function))
        return 0;
    if (fake.failing_call == 0)
        return fake.failing_code ? fake.failing_code : UNKNOWN;
    if (--fake.failing_call > 0)
        return 0;
    fake.failing[0] = 0;
    return fake.failing_code;
}

int
entered(const char *function, int needs_context)
{
    int code = fake_fails(function);
    if (code >= ILLEGAL_ADDRESS && code <= LAUNCH_FAILED)
        lost = code;
    if (code == 0 && needs_context)
        code = lost ? lost : current ? 0 : INVALID_CONTEXT;
    return code;
}

int
finish(void)
{
    int result = queue_run(&fake_stream);
    if (result != 0)
        lost = result;
    return result;
}

int
finish_anyway(void)
{
    return lost ? lost : finish();
}

int
cuInit(unsigned flags)
{
    const char *text = getenv("BH_FAKE_CUDA");
    if (text) {
        fake.failing[0] = 0;
        fake.failing_call = 0;
        fake.devices = fake.init = 0;
        fake.failing_code = 0;
        sscanf(text, "%d,%d,%63[^,],%d", &fake.devices, &fake.init, fake.failing,
               &fake.failing_code);
    }
    lost = 0;
    ENTER(0);
    return flags == 0 ? fake.init : INVALID_VALUE;
}

int
cuDriverGetVersion(int *version)
{
    *version = 13000;
    ENTER(0);
    return 0;
}

int
cuGetErrorName(int result, const char **name)
{
    static const struct {
        int result;
        const char *name;
    } names[] = {{OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY"},
                 {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS"},
                 {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED"},
                 {UNKNOWN, "CUDA_ERROR_UNKNOWN"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].result == result) {
            *name = names[i].name;
            return 0;
        }
    return INVALID_VALUE; /* as the real one does for numbers it does not know */
}

int
cuDeviceGetCount(int *count)
{
    *count = fake.devices;
    ENTER(0);
    return 0;
}

/* For the true NVRTC, which looks whether there is a driver, and asks it this. */
EXPORT int cuGetExportTable(const void **table, const void *id);
int
cuGetExportTable(const void **table, const void *id)
{
    (void)table, (void)id;
    return NOT_FOUND;
}

/* Handles differ from ordinals, so that mixing them up shows. */
int
cuDeviceGet(int *device, int ordinal)
{
    if (ordinal < 0 || ordinal >= fake.devices)
        return INVALID_DEVICE;
    *device = 40 + ordinal;
    ENTER(0);
    return 0;
}

int
cuDeviceGetName(char *name, int size, int device)
{
    snprintf(name, (size_t)size, "Fake GPU %d", device - 40);
    ENTER(0);
    return 0;
}

static size_t
memory_bytes(void)
{
    return fake.memory_bytes ? fake.memory_bytes : (size_t)64 << 30;
}

#ifndef OLD_DRIVER
int
cuDeviceTotalMem_v2(size_t *bytes, int device)
{
    ENTER(0);
    *bytes = memory_bytes();
    return device < 40 ? INVALID_DEVICE : 0;
}
#endif

int
cuDeviceGetAttribute(int *value, int attribute, int device)
{
    ENTER(0);
    if (device < 40)
        return INVALID_DEVICE;
    *value = attribute == 16 ? 132 : attribute == 75 ? 9 : attribute == 76 ? 0 : -1;
    if (attribute == 88)
        *value = fake.reads_pageable;
    return 0;
}

int
cuDevicePrimaryCtxRetain(void **out, int device)
{
    ENTER(0);
    fake.handles++;
    *out = &context;
    return device < 40 ? INVALID_DEVICE : 0;
}

int
cuDevicePrimaryCtxRelease_v2(int device)
{
    fake.handles--;
    return device < 40 ? INVALID_DEVICE : 0;
}

int
cuCtxSetCurrent(void *which)
{
    ENTER(0);
    current = which == &context;
    return current || !which ? 0 : INVALID_CONTEXT;
}

int
cuMemGetInfo_v2(size_t *available, size_t *total)
{
    ENTER(1);
    *total = memory_bytes();
    *available = *total - piece_total(PIECE_DEVICE);
    return 0;
}

int
cuMemAlloc_v2(uint64_t *pointer, size_t bytes)
{
    ENTER(1);
    if (fake_stream.recording)
        return CAPTURE_UNSUPPORTED;
    if (bytes == 0)
        return INVALID_VALUE;
    void *memory = NULL;
    if (bytes <= memory_bytes() - piece_total(PIECE_DEVICE))
        memory = piece_new(bytes, PIECE_DEVICE);
    if (!memory)
        return OUT_OF_MEMORY;
    fake.live++;
    *pointer = (uint64_t)(uintptr_t)memory;
    return 0;
}

int
cuMemFree_v2(uint64_t pointer)
{
    int result = finish_anyway();
    if (!piece_free((void *)(uintptr_t)pointer, PIECE_DEVICE))
        return INVALID_VALUE;
    fake.live--;
    return result;
}

int
cuMemHostAlloc(void **pointer, size_t bytes, unsigned flags)
{
    ENTER(1);
    if (flags > 7 || fake_stream.recording)
        return INVALID_VALUE;
    *pointer = piece_new(bytes, PIECE_PINNED);
    fake.pinned += *pointer != NULL;
    return *pointer ? 0 : OUT_OF_MEMORY;
}

int
cuMemFreeHost(void *pointer)
{
    int result = finish_anyway();
    if (!piece_free(pointer, PIECE_PINNED))
        return INVALID_VALUE;
    fake.pinned--;
    return result;
}

struct move {
    void *to;
    const void *from;
    void *staged; /* what is freed */
    size_t bytes;
    int byte;
};

static int
run_move(void *data)
{
    const struct move *move = data;
    if (move->from)
        memcpy(move->to, move->from, move->bytes);
    else
        memset(move->to, move->byte, move->bytes);
    return 0;
}

static void
end_move(void *data)
{
    free(((struct move *)data)->staged);
}

static int
queue_move(const struct move *move)
{
    return queue_add(&fake_stream, run_move, end_move, move, sizeof *move);
}

int
cuPointerGetAttribute(void *value, int attribute, uint64_t pointer)
{
    ENTER(1);
    if (attribute != 2 || !piece_find((void *)(uintptr_t)pointer, 1, PIECE_PINNED))
        return INVALID_VALUE;
    *(unsigned *)value = 1;
    return 0;
}

/* Other memory than pinned may change when the call returns, unless the device reads
 * it by itself. */
int
cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, void *which)
{
    ENTER(1);
    struct move move = {(void *)(uintptr_t)to, from, NULL, bytes, 0};
    if (which != &fake_stream || !piece_find(move.to, bytes, PIECE_DEVICE))
        return INVALID_VALUE;
    if (!fake.reads_pageable && !piece_find(from, bytes, PIECE_PINNED)) {
        move.staged = malloc(bytes);
        if (!move.staged)
            return OUT_OF_MEMORY;
        memcpy(move.staged, from, bytes);
        move.from = move.staged;
    }
    return queue_move(&move);
}

int
cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *which)
{
    ENTER(1);
    struct move move = {to, (void *)(uintptr_t)from, NULL, bytes, 0};
    if (which != &fake_stream || !piece_find(move.from, bytes, PIECE_DEVICE))
        return INVALID_VALUE;
    int result = queue_move(&move);
    if (result == 0 && !fake_stream.recording && !piece_find(to, bytes, PIECE_PINNED))
        result = finish();
    return result;
}

int
cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void *which)
{
    ENTER(1);
    struct move move = {(void *)(uintptr_t)to, (void *)(uintptr_t)from, NULL, bytes, 0};
    if (which != &fake_stream || !piece_find(move.from, bytes, PIECE_DEVICE) ||
        !piece_find(move.to, bytes, PIECE_DEVICE))
        return INVALID_VALUE;
    return queue_move(&move);
}

int
cuMemsetD8Async(uint64_t to, unsigned char byte, size_t bytes, void *which)
{
    ENTER(1);
    struct move move = {(void *)(uintptr_t)to, NULL, NULL, bytes, byte};
    if (which != &fake_stream || !piece_find(move.to, bytes, PIECE_DEVICE))
        return INVALID_VALUE;
    return queue_move(&move);
}

int
cuStreamCreate(void **out, unsigned flags)
{
    ENTER(1);
    fake.handles++;
    *out = &fake_stream;
    return flags > 1 ? INVALID_VALUE : 0;
}

int
cuStreamDestroy_v2(void *which)
{
    int result = finish_anyway();
    tasks_free(queue_take(&fake_stream));
    fake_stream.recording = false;
    fake.handles--;
    return which == &fake_stream ? result : INVALID_HANDLE;
}

int
cuStreamSynchronize(void *which)
{
    ENTER_AND_WAIT();
    return which == &fake_stream ? 0 : INVALID_HANDLE;
}

/* How often an event stands in the queue. */
static struct event {
    int taken, pending;
} events[64];

int
cuEventCreate(void **out, unsigned flags)
{
    ENTER(1);
    int n = 0;
    while (n < 63 && events[n].taken)
        n++;
    if (events[n].taken || flags > 7)
        return INVALID_VALUE;
    events[n] = (struct event){.taken = 1};
    fake.handles++;
    *out = &events[n];
    return 0;
}

static int
pass_event(void *data)
{
    (*(struct event **)data)->pending--;
    return 0;
}

int
cuEventRecord(void *which, void *stream)
{
    ENTER(1);
    struct event *event = which;
    if (!event || stream != &fake_stream || fake_stream.recording)
        return INVALID_HANDLE;
    int result = queue_add(&fake_stream, pass_event, NULL, &event, sizeof event);
    event->pending += result == 0;
    return result;
}

/* What was queued behind it is not done yet. */
int
cuEventSynchronize(void *which)
{
    ENTER(1);
    const struct event *event = which;
    if (!event || fake_stream.recording)
        return INVALID_HANDLE;
    int result = queue_run_until(&fake_stream, &event->pending);
    if (result != 0)
        lost = result;
    return result;
}

int
cuEventDestroy_v2(void *which)
{
    int result = finish_anyway();
    if (!which)
        return INVALID_HANDLE;
    fake.handles--;
    ((struct event *)which)->taken = 0;
    return result;
}
