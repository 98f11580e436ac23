/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

/* A virtual file driver for HDF5. The library's own drivers lose the reason of a failed
 * write, and a file whose last flush fails (a full disk) cannot be closed: it stays
 * open until the process ends, which then tries once more. This one keeps the reason
 * and lets the rest of the writes go nowhere; the caller removes the file. Interface:
 * HDF5 Virtual File Layer, H5FDpublic.h (H5FDdevelop.h from 1.14 on). */

#include "io/hdf5_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

struct driver_file {
    H5FD_t common; /* the library's own part comes first */
    struct bh_hdf5_file *target;
    haddr_t allocated;
    haddr_t end;
};

/* What the library copies from the access properties to the driver. */
struct driver_info {
    struct bh_hdf5_file *target;
};

static H5FD_t *
driver_open(const char *name, unsigned flags, hid_t access, haddr_t most)
{
    (void)name, (void)flags, (void)most;
    const struct driver_info *info = H5Pget_driver_info(access);
    struct driver_file *file = info ? calloc(1, sizeof *file) : NULL;
    if (!file)
        return NULL;
    file->target = info->target;
    return &file->common;
}

static herr_t
driver_close(H5FD_t *self)
{
    free(self);
    return 0;
}

static herr_t
driver_query(const H5FD_t *self, unsigned long *flags)
{
    (void)self;
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA |
             H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_AGGREGATE_SMALLDATA;
    return 0;
}

static haddr_t
driver_get_allocated(const H5FD_t *self, H5FD_mem_t type)
{
    (void)type;
    return ((const struct driver_file *)self)->allocated;
}

static herr_t
driver_set_allocated(H5FD_t *self, H5FD_mem_t type, haddr_t address)
{
    (void)type;
    ((struct driver_file *)self)->allocated = address;
    return 0;
}

static haddr_t
driver_get_end(const H5FD_t *self, H5FD_mem_t type)
{
    (void)type;
    return ((const struct driver_file *)self)->end;
}

static herr_t
driver_read(H5FD_t *self, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size,
            void *buffer)
{
    (void)type, (void)transfer;
    const struct driver_file *file = (struct driver_file *)self;
    char *at = buffer;
    while (size > 0) {
        ssize_t got = pread(file->target->fd, at, size, (off_t)address);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0) { /* allocated but never written: zeros */
            memset(at, 0, size);
            return 0;
        }
        at += got;
        address += (haddr_t)got;
        size -= (size_t)got;
    }
    return 0;
}

static herr_t
driver_write(H5FD_t *self, H5FD_mem_t type, hid_t transfer, haddr_t address,
             size_t size, const void *buffer)
{
    (void)type, (void)transfer;
    struct driver_file *file = (struct driver_file *)self;
    const char *at = buffer;
    if (address + size > file->end)
        file->end = address + size;
    while (size > 0 && !file->target->error) {
        ssize_t done = pwrite(file->target->fd, at, size, (off_t)address);
        if (done < 0 && errno != EINTR)
            file->target->error = errno;
        if (done <= 0)
            continue;
        at += done;
        address += (haddr_t)done;
        size -= (size_t)done;
    }
    return 0;
}

static herr_t
driver_truncate(H5FD_t *self, hid_t transfer, hbool_t closing)
{
    (void)transfer, (void)closing;
    struct driver_file *file = (struct driver_file *)self;
    if (file->end == file->allocated || file->target->error)
        return 0;
    if (ftruncate(file->target->fd, (off_t)file->allocated) != 0)
        file->target->error = errno;
    file->end = file->allocated;
    return 0;
}

static const H5FD_class_t driver = {
#ifdef H5FD_CLASS_VERSION
    .version = H5FD_CLASS_VERSION,
    .value = 511, /* from the range that is registered for nobody */
#endif
    .name = "brianhears",
    .maxaddr = (haddr_t)INT64_MAX,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(struct driver_info),
    .open = driver_open,
    .close = driver_close,
    .query = driver_query,
    .get_eoa = driver_get_allocated,
    .set_eoa = driver_set_allocated,
    .get_eof = driver_get_end,
    .read = driver_read,
    .write = driver_write,
    .truncate = driver_truncate,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

struct bh_hdf5_voice
bh_hdf5_quiet(void)
{
    struct bh_hdf5_voice voice = {NULL, NULL};
    H5Eget_auto2(H5E_DEFAULT, &voice.report, &voice.context);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return voice;
}

void
bh_hdf5_voice_restore(struct bh_hdf5_voice voice)
{
    H5Eset_auto2(H5E_DEFAULT, voice.report, voice.context);
}

herr_t
bh_hdf5_file_create(struct bh_hdf5_file *file)
{
    file->id = -1;
    file->driver = H5FDregister(&driver);
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS),
                create = H5Pcreate(H5P_FILE_CREATE);
    const struct driver_info info = {file};
    /* No times inside: the same spikes give the same bytes. */
    if (file->driver >= 0 && H5Pset_driver(access, file->driver, &info) >= 0 &&
        H5Pset_obj_track_times(create, 0) >= 0)
        file->id = H5Fcreate("spikes", H5F_ACC_TRUNC, create, access);
    H5Pclose(access);
    H5Pclose(create);
    return file->id < 0 ? -1 : 0;
}

herr_t
bh_hdf5_file_close(struct bh_hdf5_file *file)
{
    herr_t closed = file->id >= 0 ? H5Fclose(file->id) : 0;
    if (file->driver >= 0)
        H5FDunregister(file->driver);
    file->id = file->driver = -1;
    return closed < 0 || file->error ? -1 : 0;
}
