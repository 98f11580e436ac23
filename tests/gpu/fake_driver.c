/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands in for libcuda.so.1: the few functions that gpu/driver.c calls, for a machine
 * that the environment variable BH_FAKE_CUDA describes: "DEVICES,CUINIT,FAILING" (how
 * many devices, what cuInit returns, which call fails with error 999). Compiled with
 * OLD_DRIVER, it lacks one function. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

enum { INVALID_VALUE = 1, INVALID_DEVICE = 101, UNKNOWN = 999 };

struct machine {
    int devices, init;
    char failing[64];
};

static struct machine
machine(void)
{
    struct machine m = {0, 0, ""};
    const char *text = getenv("BH_FAKE_CUDA");
    if (text)
        sscanf(text, "%d,%d,%63s", &m.devices, &m.init, m.failing);
    return m;
}

static int
fails(const char *call)
{
    return strcmp(machine().failing, call) == 0;
}

EXPORT int cuInit(unsigned flags);
EXPORT int cuDriverGetVersion(int *version);
EXPORT int cuGetErrorName(int result, const char **name);
EXPORT int cuDeviceGetCount(int *count);
EXPORT int cuDeviceGet(int *device, int ordinal);
EXPORT int cuDeviceGetName(char *name, int size, int device);
EXPORT int cuDeviceTotalMem_v2(size_t *bytes, int device);
EXPORT int cuDeviceGetAttribute(int *value, int attribute, int device);

int
cuInit(unsigned flags)
{
    return flags == 0 ? machine().init : INVALID_VALUE;
}

int
cuDriverGetVersion(int *version)
{
    *version = 12040;
    return fails("cuDriverGetVersion") ? UNKNOWN : 0;
}

int
cuGetErrorName(int result, const char **name)
{
    if (result != UNKNOWN)
        return INVALID_VALUE; /* as the real one does for numbers it does not know */
    *name = "CUDA_ERROR_UNKNOWN";
    return 0;
}

int
cuDeviceGetCount(int *count)
{
    *count = machine().devices;
    return fails("cuDeviceGetCount") ? UNKNOWN : 0;
}

/* Handles differ from ordinals, so that mixing them up shows. */
int
cuDeviceGet(int *device, int ordinal)
{
    if (ordinal < 0 || ordinal >= machine().devices)
        return INVALID_DEVICE;
    *device = 40 + ordinal;
    return fails("cuDeviceGet") ? UNKNOWN : 0;
}

int
cuDeviceGetName(char *name, int size, int device)
{
    snprintf(name, (size_t)size, "Fake GPU %d", device - 40);
    return fails("cuDeviceGetName") ? UNKNOWN : 0;
}

#ifndef OLD_DRIVER
int
cuDeviceTotalMem_v2(size_t *bytes, int device)
{
    *bytes = (size_t)(device - 39) << 34;
    return fails("cuDeviceTotalMem") ? UNKNOWN : 0;
}
#endif

int
cuDeviceGetAttribute(int *value, int attribute, int device)
{
    if (device < 40)
        return INVALID_DEVICE;
    *value = attribute == 16 ? 132 : attribute == 75 ? 9 : attribute == 76 ? 0 : -1;
    return fails("cuDeviceGetAttribute") ? UNKNOWN : 0;
}
