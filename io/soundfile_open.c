/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/output_internal.h"
#include "io/soundfile_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What libsndfile reads through: the file with the patched bytes in their place. */

static sf_count_t
get_size(void *self)
{
    return ((struct bh_soundfile *)self)->size;
}

static sf_count_t
seek(sf_count_t offset, int whence, void *self)
{
    struct bh_soundfile *file = self;
    sf_count_t base = whence == SEEK_CUR   ? file->position
                      : whence == SEEK_END ? file->size
                                           : 0;
    if (base + offset < 0)
        return -1;
    return file->position = base + offset;
}

static sf_count_t
read_bytes(void *buffer, sf_count_t count, void *self)
{
    struct bh_soundfile *file = self;
    unsigned char *bytes = buffer;
    sf_count_t done = 0;
    while (done < count) {
        ssize_t got = pread(file->fd, bytes + done, (size_t)(count - done),
                            file->position + done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += got;
    }
    for (int i = 0; file->patch_offset >= 0 && i < 4; i++) {
        int64_t at = file->patch_offset + i - file->position;
        if (at >= 0 && at < done)
            bytes[at] = file->patch[i];
    }
    file->position += done;
    return done;
}

static sf_count_t
write_bytes(const void *bytes, sf_count_t count, void *self)
{
    (void)bytes, (void)count, (void)self;
    return 0;
}

static sf_count_t
tell(void *self)
{
    return ((struct bh_soundfile *)self)->position;
}

static bh_status
temporary_failed(bh_diag *diag, const char *name, const char *directory, int error)
{
    bh_diag reason = {0};
    bh_file_error(&reason, "write", "a temporary file", error);
    return bh_diag_set(
        diag, BH_ERR_FILE,
        "%s cannot be kept in '%s' while it is read (%s); set TMPDIR to a "
        "directory with room for it",
        name, directory, reason.text);
}

static int
copy_all(int from, int to, char *buffer, size_t size, bool *reading)
{
    for (;;) {
        *reading = true;
        ssize_t got = read(from, buffer, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? errno : 0;
        *reading = false;
        for (ssize_t done = 0; done < got;) {
            ssize_t put = write(to, buffer + done, (size_t)(got - done));
            if (put < 0 && errno != EINTR)
                return errno;
            done += put > 0 ? put : 0;
        }
    }
}

/* Replaces file->fd, which cannot seek, by a file without a name that holds all of it.
 */
static bh_status
spool(struct bh_soundfile *file, int from, bh_diag *diag)
{
    const size_t size = (size_t)1 << 18;
    const char *directory = getenv("TMPDIR");
    if (!directory || !*directory)
        directory = "/tmp";
    const size_t length = strlen(directory) + 32;
    char *path = malloc(length), *buffer = malloc(size);
    bh_status status = BH_OK;
    bool reading = false;
    if (!path || !buffer) {
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory to read %s", file->name);
        goto end;
    }
    snprintf(path, length, "%s/bhears-XXXXXX", directory);
    int to = mkstemp(path);
    if (to < 0) {
        status = temporary_failed(diag, file->name, directory, errno);
        goto end;
    }
    unlink(path);
    file->fd = to;
    int error = copy_all(from, to, buffer, size, &reading);
    if (error)
        status = reading ? bh_file_error(diag, "read", file->name, error)
                         : temporary_failed(diag, file->name, directory, error);
end:
    free(buffer);
    free(path);
    return status;
}

static bh_status
open_bytes(struct bh_soundfile *file, const char *path, bh_diag *diag)
{
    struct stat info;
    if (strcmp(path, "-") == 0) {
        if (isatty(STDIN_FILENO))
            return bh_diag_set(
                diag, BH_ERR_FILE,
                "standard input is a terminal; send a sound file into it, "
                "or name one");
        BH_TRY(spool(file, STDIN_FILENO, diag));
    } else {
        file->fd = open(path, O_RDONLY | O_CLOEXEC);
        if (file->fd < 0 || fstat(file->fd, &info) != 0)
            return bh_file_error(diag, "read", path, errno);
        if (S_ISDIR(info.st_mode))
            return bh_file_error(diag, "read", path, EISDIR);
        if (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode))
            return bh_diag_set(diag, BH_ERR_FILE,
                               "'%s' is a device; give a sound file, or - for standard "
                               "input",
                               path);
        if (!S_ISREG(info.st_mode)) {
            int from = file->fd;
            file->fd = -1;
            bh_status status = spool(file, from, diag);
            close(from);
            BH_TRY(status);
        }
    }
    if (fstat(file->fd, &info) != 0)
        return bh_file_error(diag, "read", path, errno);
    file->size = info.st_size;
    if (file->size == 0)
        return bh_diag_set(diag, BH_ERR_FORMAT,
                           "%s is empty (0 bytes); a sound file is needed", file->name);
    return BH_OK;
}

static bh_status
open_samples(struct bh_soundfile *file, bh_diag *diag)
{
    SF_VIRTUAL_IO io = {get_size, seek, read_bytes, write_bytes, tell};
    file->handle = sf_open_virtual(&io, SFM_READ, &file->info, file);
    if (!file->handle && sf_error(NULL) == SF_ERR_UNRECOGNISED_FORMAT)
        return bh_diag_set(
            diag, BH_ERR_FORMAT,
            "%s is not a sound file; WAV, FLAC, Ogg, MP3 and AIFF are some "
            "that can be read",
            file->name);
    if (!file->handle)
        return bh_diag_set(
            diag, BH_ERR_FORMAT,
            "%s cannot be read as sound: it is damaged, or of a kind that "
            "libsndfile does not know (%s)",
            file->name, sf_strerror(NULL));
    if (file->info.channels < 1 || file->info.samplerate < 1)
        return bh_diag_set(
            diag, BH_ERR_FORMAT,
            "%s has %d channels at %d Hz; there must be at least 1 of each", file->name,
            file->info.channels, file->info.samplerate);
    return BH_OK;
}

/* How many frames there should be. */
static bh_status
check_length(struct bh_soundfile *file, uint64_t missing, uint64_t present,
             unsigned align, bh_diag *diag)
{
    file->promised = file->info.frames;
    const int container = file->info.format & SF_FORMAT_TYPEMASK;
    /* libsndfile before 1.2 takes the length for endless, later ones for nothing */
    if (container == SF_FORMAT_OGG &&
        (file->info.frames == SF_COUNT_MAX || file->info.frames == 0))
        return bh_diag_set(
            diag, BH_ERR_FORMAT,
            "%s is cut short or damaged: its last page is missing, so its "
            "length is not known",
            file->name);
    if (missing > 0 && align > 0)
        file->promised = (int64_t)((present + missing) / align);
    else if (missing > 0 && present > 0)
        file->promised = llround((double)file->info.frames *
                                 ((double)(present + missing) / (double)present));
    if (file->promised < file->info.frames)
        file->promised = file->info.frames;
    if (file->promised == 0)
        return bh_diag_set(diag, BH_ERR_FORMAT, "%s holds no samples (0 frames)",
                           file->name);
    if (file->info.frames == 0)
        return bh_diag_set(diag, BH_ERR_FORMAT,
                           "%s is cut short: its header promises %lld frames, none are "
                           "there",
                           file->name, (long long)file->promised);
    return BH_OK;
}

bh_status
bh_soundfile_start(struct bh_soundfile *file, const char *path, bh_diag *diag)
{
    const bool standard_input = strcmp(path, "-") == 0;
    const size_t length = strlen(path) + 32;
    *file = (struct bh_soundfile){.name = malloc(length), .fd = -1, .patch_offset = -1};
    if (!file->name)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to read '%s'", path);
    snprintf(file->name, length, standard_input ? "standard input" : "'%s'", path);
    uint64_t present = 0;
    unsigned align = 0;
    bh_status status = open_bytes(file, path, diag);
    uint64_t missing = status == BH_OK ? bh_soundfile_missing(file, &present, &align)
                                       : 0;
    if (status == BH_OK)
        status = open_samples(file, diag);
    if (status == BH_OK)
        status = check_length(file, missing, present, align, diag);
    if (status != BH_OK)
        bh_soundfile_end(file);
    return status;
}

void
bh_soundfile_end(struct bh_soundfile *file)
{
    if (file->handle)
        sf_close(file->handle);
    if (file->fd >= 0)
        close(file->fd);
    free(file->name);
    *file = (struct bh_soundfile){.fd = -1};
}
