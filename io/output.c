/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/output.h"

#include "io/output_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

bh_status
bh_file_error(bh_diag *diag, const char *action, const char *path, int error)
{
    const bool reads = strcmp(action, "read") == 0;
    char reason[128] = "";
    if (error == ENOSPC)
        strcpy(reason, "no space is left on the device");
    else if (strerror_r(error, reason, sizeof reason) != 0)
        snprintf(reason, sizeof reason, "error %d", error);
    if (strcmp(path, "-") == 0)
        return bh_diag_set(diag, BH_ERR_FILE, "cannot %s standard %s: %s",
                           reads ? "read" : "write to", reads ? "input" : "output",
                           reason);
    switch (error) {
    case ENOENT:
        if (reads)
            return bh_diag_set(diag, BH_ERR_FILE, "there is no file '%s'", path);
        return bh_diag_set(diag, BH_ERR_FILE,
                           "cannot write '%s': its directory does not exist", path);
    case EISDIR:
        return bh_diag_set(diag, BH_ERR_FILE,
                           "cannot %s '%s': it is a directory, not a file", action,
                           path);
    case EACCES:
    case EPERM:
        return bh_diag_set(diag, BH_ERR_FILE, "no permission to %s '%s'", action, path);
    default:
        return bh_diag_set(diag, BH_ERR_FILE, "cannot %s '%s': %s", action, path,
                           reason);
    }
}

bool
bh_path_ends(const char *path, const char *ending)
{
    size_t length = strlen(path), tail = strlen(ending);
    return length > tail && strcasecmp(path + length - tail, ending) == 0;
}

bool
bh_path_plain(const char *path)
{
    struct stat info;
    return stat(path, &info) != 0 || S_ISREG(info.st_mode) || S_ISDIR(info.st_mode);
}

/* A new file "<directory>/.bh-<process>-<number>.tmp", short whatever the name that it
 * will get. Several threads or programs may do this in one directory: O_EXCL decides.
 */
static int
create_beside(struct bh_output *output)
{
    char *copy = strdup(output->path);
    if (!copy)
        return ENOMEM;
    const char *directory = dirname(copy);
    size_t size = strlen(directory) + 64;
    output->temporary = malloc(size);
    int error = output->temporary ? EEXIST : ENOMEM;
    for (unsigned number = 0; error == EEXIST && number < 10000; number++) {
        snprintf(output->temporary, size, "%s/.bh-%ld-%u.tmp", directory,
                 (long)getpid(), number);
        output->fd =
            open(output->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        error = output->fd < 0 ? errno : 0;
    }
    free(copy);
    return error;
}

static int
open_path(const char *path, struct bh_output *output)
{
    struct stat info;
    const bool there = stat(path, &info) == 0;
    if (there && S_ISDIR(info.st_mode))
        return EISDIR;
    if (there && !S_ISREG(info.st_mode)) {
        output->fd = open(path, O_WRONLY | O_CLOEXEC);
        return output->fd < 0 ? errno : 0;
    }
    if (there && access(path, W_OK) != 0)
        return errno;
    free(output->path);
    output->path = there ? realpath(path, NULL) : strdup(path);
    if (!output->path)
        return errno;
    int error = create_beside(output);
    /* A file that is replaced keeps its permissions; that this fails is no reason to.
     */
    if (!error && there && fchmod(output->fd, info.st_mode & 07777) != 0)
        errno = 0;
    return error;
}

static void
release(struct bh_output *output)
{
    free(output->temporary);
    free(output->path);
    *output = (struct bh_output){.fd = -1};
}

bh_status
bh_output_open(const char *path, struct bh_output *out, bh_diag *diag)
{
    struct bh_output output = {.path = strdup(path), .fd = -1};
    if (!output.path)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to write '%s'", path);
    if (strcmp(path, "-") == 0) {
        output.fd = STDOUT_FILENO;
    } else {
        int error = *path ? open_path(path, &output) : ENOENT;
        if (error) {
            release(&output);
            return bh_file_error(diag, "write", path, error);
        }
    }
    *out = output;
    return BH_OK;
}

bh_status
bh_output_write(const struct bh_output *output, const void *data, size_t size,
                bh_diag *diag)
{
    const char *at = data;
    while (size > 0) {
        ssize_t done = write(output->fd, at, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return bh_file_error(diag, "write", output->path, errno);
        at += done;
        size -= (size_t)done;
    }
    return BH_OK;
}

bh_status
bh_output_commit(struct bh_output *output, bh_diag *diag)
{
    int error = 0;
    if (output->fd != STDOUT_FILENO && close(output->fd) != 0)
        error = errno;
    if (output->temporary) {
        if (!error && rename(output->temporary, output->path) != 0)
            error = errno;
        if (error)
            unlink(output->temporary);
    }
    bh_status status = BH_OK;
    if (error)
        status = bh_file_error(diag, "write", output->path, error);
    release(output);
    return status;
}

void
bh_output_abort(struct bh_output *output)
{
    if (output->fd >= 0 && output->fd != STDOUT_FILENO)
        close(output->fd);
    if (output->temporary)
        unlink(output->temporary);
    release(output);
}

bh_status
bh_output_file(const char *path, const void *data, size_t size, bh_diag *diag)
{
    struct bh_output output;
    BH_TRY(bh_output_open(path, &output, diag));
    const bh_status status = bh_output_write(&output, data, size, diag);
    if (status == BH_OK)
        return bh_output_commit(&output, diag);
    bh_output_abort(&output);
    return status;
}
