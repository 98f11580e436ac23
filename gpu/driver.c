/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* RTLD_NODELETE */
#include "gpu/driver.h"

#include "gpu/driver_internal.h"

#include <dlfcn.h>
#include <string.h>

static const struct symbol {
    const char *name;
    size_t offset;
} symbols[] = {
#define CALL(field, symbol, parameters) {#symbol, offsetof(bh_gpu_driver, field)},
#include "gpu/driver.def"
#undef CALL
};

/* After these the device, or what was on it, is lost: all later calls fail too. An
 * unknown error is one of them where a kernel may have caused it. */
static bool
is_lost(const bh_gpu_driver *driver, int result)
{
    return (result == BH_CUDA_ERROR_UNKNOWN && driver->opened) ||
           result == BH_CUDA_ERROR_CONTAINED ||
           result == BH_CUDA_ERROR_TENSOR_MEMORY_LEAK ||
           result == BH_CUDA_ERROR_ECC_UNCORRECTABLE ||
           result == BH_CUDA_ERROR_NVLINK_UNCORRECTABLE ||
           result == BH_CUDA_ERROR_ILLEGAL_ADDRESS ||
           result == BH_CUDA_ERROR_LAUNCH_TIMEOUT ||
           (result >= BH_CUDA_ERROR_CONTEXT_IS_DESTROYED &&
            result <= BH_CUDA_ERROR_ASSERT) ||
           (result >= BH_CUDA_ERROR_HARDWARE_STACK_ERROR &&
            result <= BH_CUDA_ERROR_LAUNCH_FAILED);
}

bh_status
bh_gpu_driver_check(const bh_gpu_driver *driver, const char *call, int result,
                    bh_diag *diag)
{
    const char *name = NULL;
    if (result == 0)
        return BH_OK;
    if (driver->get_error_name(result, &name) != 0 || !name)
        name = "an error without a name";
    if (is_lost(driver, result))
        return bh_diag_set(diag, BH_ERR_DEVICE,
                           "the GPU has stopped and what it held is lost (%s (%d) in "
                           "%s); only a new start of the program brings it back",
                           name, result, call);
    if (result == BH_CUDA_ERROR_OUT_OF_MEMORY)
        return bh_diag_set(diag, BH_ERR_MEMORY,
                           "the GPU's memory is full (%s (%d) in %s)", name, result,
                           call);
    if (result == BH_CUDA_ERROR_DEVICE_UNAVAILABLE)
        return bh_diag_set(diag, BH_ERR_DEVICE,
                           "the GPU is in another program's exclusive use (%s (%d) in "
                           "%s)",
                           name, result, call);
    if (result == BH_CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES)
        return bh_diag_set(diag, BH_ERR_DEVICE,
                           "the GPU has too few registers or too little shared memory "
                           "for a kernel (%s (%d) in %s)",
                           name, result, call);
    return bh_diag_set(diag, BH_ERR_UNSUPPORTED, "the CUDA driver fails in %s: %s (%d)",
                       call, name, result);
}

static bh_status
load(const char *path, bh_gpu_driver *driver, bh_diag *diag)
{
    driver->library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!driver->library) {
        const char *why = dlerror();
        /* Another name in front is that of a library which the driver itself lacks. */
        if (!why || (strstr(why, "No such file") && strstr(why, path) == why))
            return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                               "no CUDA driver (%s) on this machine", path);
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "the CUDA driver does not load: %s", why);
    }
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        void *address = dlsym(driver->library, symbols[i].name);
        if (!address)
            return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                               "the CUDA driver (%s) lacks %s; a newer driver has it",
                               path, symbols[i].name);
        memcpy((char *)driver + symbols[i].offset, &address, sizeof address);
    }
    return BH_OK;
}

static bh_status
start(const char *path, bh_gpu_driver *driver, bh_diag *diag)
{
    int result = driver->init(0);
    if (result == BH_CUDA_ERROR_STUB_LIBRARY)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "%s on this machine is the stub for linking, no CUDA driver",
                           path);
    if (result == BH_CUDA_ERROR_SYSTEM_DRIVER_MISMATCH)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "%s does not fit the loaded kernel module; after an update "
                           "of the CUDA driver the machine must be restarted",
                           path);
    if (result == 0) {
        result = driver->device_get_count(&driver->devices);
        if (result != 0)
            return bh_gpu_driver_check(driver, "cuDeviceGetCount", result, diag);
    }
    if (result == BH_CUDA_ERROR_NO_DEVICE || (result == 0 && driver->devices < 1))
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "the CUDA driver sees no device on this machine");
    if (result != 0)
        return bh_gpu_driver_check(driver, "cuInit", result, diag);
    return BH_OK;
}

bh_status
bh_gpu_driver_open(const char *path, bh_gpu_driver *out, bh_diag *diag)
{
    bh_gpu_driver driver = {0};
    bh_status status = load(path, &driver, diag);
    if (status == BH_OK)
        status = start(path, &driver, diag);
    if (status != BH_OK) {
        bh_gpu_driver_close(&driver);
        return status;
    }
    *out = driver;
    return BH_OK;
}

void
bh_gpu_driver_close(bh_gpu_driver *driver)
{
    if (driver->library)
        dlclose(driver->library);
    driver->library = NULL;
}

static bh_status
read_info(const bh_gpu_driver *driver, int handle, bh_gpu_info *out, bh_diag *diag)
{
    const struct {
        int attribute;
        int *value;
    } wanted[] = {
        {BH_CUDA_MULTIPROCESSOR_COUNT, &out->multiprocessors},
        {BH_CUDA_COMPUTE_CAPABILITY_MAJOR, &out->compute_major},
        {BH_CUDA_COMPUTE_CAPABILITY_MINOR, &out->compute_minor},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        int result =
            driver->device_get_attribute(wanted[i].value, wanted[i].attribute, handle);
        if (result != 0)
            return bh_gpu_driver_check(driver, "cuDeviceGetAttribute", result, diag);
    }
    int result = driver->device_get_name(out->name, sizeof out->name, handle);
    if (result != 0)
        return bh_gpu_driver_check(driver, "cuDeviceGetName", result, diag);
    size_t bytes = 0;
    result = driver->device_total_mem(&bytes, handle);
    if (result != 0)
        return bh_gpu_driver_check(driver, "cuDeviceTotalMem", result, diag);
    out->memory_bytes = bytes;
    int version = 0; /* 1000 * major + 10 * minor */
    result = driver->driver_get_version(&version);
    if (result != 0)
        return bh_gpu_driver_check(driver, "cuDriverGetVersion", result, diag);
    out->cuda_major = version / 1000;
    out->cuda_minor = version % 1000 / 10;
    return BH_OK;
}

bh_status
bh_gpu_driver_describe(const bh_gpu_driver *driver, int device, bh_gpu_info *out,
                       bh_diag *diag)
{
    if (device < 0 || device >= driver->devices)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "there is no CUDA device %d; this machine has %d, counted "
                           "from 0",
                           device, driver->devices);
    int handle = 0;
    int result = driver->device_get(&handle, device);
    if (result != 0)
        return bh_gpu_driver_check(driver, "cuDeviceGet", result, diag);
    bh_gpu_info info = {0};
    BH_TRY(read_info(driver, handle, &info, diag));
    info.name[sizeof info.name - 1] = '\0';
    *out = info;
    return BH_OK;
}

bh_status
bh_gpu_count(int *count, bh_diag *diag)
{
    bh_gpu_driver driver;
    BH_TRY(bh_gpu_driver_open(BH_CUDA_LIBRARY, &driver, diag));
    *count = driver.devices;
    bh_gpu_driver_close(&driver);
    return BH_OK;
}

bh_status
bh_gpu_describe(int device, bh_gpu_info *out, bh_diag *diag)
{
    bh_gpu_driver driver;
    BH_TRY(bh_gpu_driver_open(BH_CUDA_LIBRARY, &driver, diag));
    bh_status status = bh_gpu_driver_describe(&driver, device, out, diag);
    bh_gpu_driver_close(&driver);
    return status;
}
