/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "cli/text_file.h"

#include "cli/common.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bh_status
failed(const char *path, int error, bh_diag *diag)
{
    const char *why = error == ENOENT ? "its directory does not exist"
                      : error         ? strerror(error)
                                      : "write error";
    if (strcmp(path, "-") == 0)
        return bh_diag_set(diag, BH_ERR_FILE, "cannot write to standard output: %s",
                           why);
    return bh_diag_set(diag, BH_ERR_FILE, "cannot write '%s': %s", path, why);
}

bh_status
text_file_open(const char *path, struct text_file *out, bh_diag *diag)
{
    struct text_file file = {.out = stdout, .path = path};
    struct stat info;
    int to = -1;
    BH_TRY(output_check(path, diag));
    if (strcmp(path, "-") == 0) {
        *out = file;
        return BH_OK;
    }
    const bool there = stat(path, &info) == 0;
    if (there && S_ISDIR(info.st_mode))
        return failed(path, EISDIR, diag);
    if (there && !S_ISREG(info.st_mode)) {
        to = open(path, O_WRONLY | O_CLOEXEC);
    } else {
        const size_t size = strlen(path) + 32;
        file.temporary = malloc(size);
        if (!file.temporary)
            return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to write '%s'", path);
        snprintf(file.temporary, size, "%s.%ld.tmp", path, (long)getpid());
        to = open(file.temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    file.out = to < 0 ? NULL : fdopen(to, "w");
    if (!file.out) {
        const int error = errno;
        free(file.temporary);
        return failed(path, error, diag);
    }
    *out = file;
    return BH_OK;
}

bh_status
text_file_close(struct text_file *file, bh_status status, bh_diag *diag)
{
    errno = 0;
    bool good = fflush(file->out) == 0 && !ferror(file->out);
    if (file->out != stdout)
        good = fclose(file->out) == 0 && good;
    if (file->temporary && good && status == BH_OK)
        good = rename(file->temporary, file->path) == 0;
    if (status == BH_OK && !good)
        status = failed(file->path, errno, diag);
    if (file->temporary && status != BH_OK)
        unlink(file->temporary);
    free(file->temporary);
    return status;
}
