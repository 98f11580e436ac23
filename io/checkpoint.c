/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* fsync, fstat */
#include "io/checkpoint.h"

#include "io/output_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bh_status
bh_checkpoint_write(const char *path, const void *bytes, size_t size, bh_diag *diag)
{
    struct bh_output output;
    BH_TRY(bh_output_open(path, &output, diag));
    bh_status status = bh_output_write(&output, bytes, size, diag);
    /* the bytes before the name, or a crash of the machine could leave an empty file */
    if (status == BH_OK && output.temporary && fsync(output.fd) != 0)
        status = bh_file_error(diag, "write", path, errno);
    if (status != BH_OK) {
        bh_output_abort(&output);
        return status;
    }
    return bh_output_commit(&output, diag);
}

static bh_status
read_all(int fd, const char *path, unsigned char *bytes, size_t size, bh_diag *diag)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = read(fd, bytes + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return bh_file_error(diag, "read", path, errno);
        if (got == 0)
            return bh_diag_set(diag, BH_ERR_DATA, "%s ends after %zu of %zu bytes",
                               path, done, size);
        done += (size_t)got;
    }
    return BH_OK;
}

bh_status
bh_checkpoint_read(const char *path, void **bytes, size_t *size, bh_diag *diag)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        return bh_file_error(diag, "read", path, error);
    }
    bh_status status = BH_OK;
    unsigned char *memory = NULL;
    size_t length = (size_t)info.st_size;
    if (!S_ISREG(info.st_mode))
        status = bh_diag_set(diag, BH_ERR_FILE, "%s is no regular file", path);
    else if (!(memory = malloc(length + 1)))
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the %zu bytes of %s",
                             length, path);
    if (status == BH_OK)
        status = read_all(fd, path, memory, length, diag);
    close(fd);
    if (status != BH_OK) {
        free(memory);
        return status;
    }
    *bytes = memory;
    *size = length;
    return BH_OK;
}
