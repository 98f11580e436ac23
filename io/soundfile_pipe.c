/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

/* WAV into what cannot seek. libsndfile completes the header of a file at its end, when
 * it knows the length. Here the length is known before: a file of so many zeros is
 * written to nowhere, its header is kept and goes out first, and what libsndfile writes
 * into a header that is gone is dropped. */

#include "io/soundfile_internal.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

static sf_count_t
pipe_length(void *user)
{
    return ((const struct bh_soundpipe *)user)->size;
}

static sf_count_t
pipe_seek(sf_count_t offset, int whence, void *user)
{
    struct bh_soundpipe *pipe = user;
    const sf_count_t from = whence == SEEK_SET   ? 0
                            : whence == SEEK_CUR ? pipe->position
                                                 : pipe_length(user);
    pipe->position = from + offset;
    return pipe->position;
}

static sf_count_t
pipe_tell(void *user)
{
    return ((const struct bh_soundpipe *)user)->position;
}

static sf_count_t
pipe_read(void *to, sf_count_t count, void *user)
{
    (void)to;
    (void)count;
    (void)user;
    return 0;
}

static bool
put(struct bh_soundpipe *pipe, const unsigned char *at, sf_count_t count)
{
    while (count > 0 && !pipe->error) {
        const ssize_t done = write(pipe->fd, at, (size_t)count);
        if (done < 0 && errno != EINTR)
            pipe->error = errno;
        at += done > 0 ? done : 0;
        count -= done > 0 ? done : 0;
    }
    return !pipe->error;
}

/* Keeps what is at the beginning. */
static void
keep(struct bh_soundpipe *pipe, const unsigned char *from, sf_count_t count)
{
    const sf_count_t room = (sf_count_t)sizeof pipe->header - pipe->position;
    if (room > 0)
        memcpy(pipe->header + pipe->position, from,
               (size_t)(count < room ? count : room));
}

static sf_count_t
pipe_write(const void *from, sf_count_t count, void *user)
{
    struct bh_soundpipe *pipe = user;
    const sf_count_t end = pipe->position + count;
    if (!pipe->flowing) {
        keep(pipe, from, count);
    } else if (end > pipe->size) {
        const sf_count_t gone = pipe->size - pipe->position;
        if (!put(pipe, (const unsigned char *)from + gone, count - gone))
            return 0;
    }
    pipe->size = end > pipe->size ? end : pipe->size;
    pipe->position = end;
    return count;
}

static SNDFILE *
open_virtual(struct bh_soundpipe *pipe, SF_INFO *info)
{
    SF_VIRTUAL_IO io = {.get_filelen = pipe_length,
                        .seek = pipe_seek,
                        .read = pipe_read,
                        .write = pipe_write,
                        .tell = pipe_tell};
    SNDFILE *file = sf_open_virtual(&io, SFM_WRITE, info, pipe);
    /* As for other files. */
    if (file)
        sf_command(file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    return file;
}

/* The header of a file with so many bytes of samples. */
static bool
find_header(struct bh_soundpipe *pipe, SF_INFO info, uint64_t bytes)
{
    static const unsigned char zeros[1 << 16];
    const int64_t frame = info.channels * (int64_t)pipe->sample_bytes;
    const int64_t chunk = (int64_t)sizeof zeros / frame * frame;
    SNDFILE *file = open_virtual(pipe, &info);
    if (!file)
        return false;
    sf_command(file, SFC_UPDATE_HEADER_NOW, NULL, 0);
    pipe->header_size = pipe->position;
    while (bytes > 0) {
        const int64_t part = bytes < (uint64_t)chunk ? (int64_t)bytes : chunk;
        if (sf_write_raw(file, zeros, part) != part)
            break;
        bytes -= (uint64_t)part;
    }
    return sf_close(file) == 0 && bytes == 0 &&
           pipe->header_size <= (sf_count_t)sizeof pipe->header;
}

bh_status
bh_soundpipe_open(struct bh_soundpipe *pipe, const struct bh_output *output,
                  SF_INFO *info, double bytes, SNDFILE **out, bh_diag *diag)
{
    if (isinf(bytes))
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "a sound whose end is not known cannot be written to '%s', "
                           "which is not a regular file: the header of WAV says how "
                           "long it is",
                           output->path);
    pipe->fd = output->fd;
    if (!find_header(pipe, *info, (uint64_t)bytes))
        return bh_diag_set(
            diag, BH_ERR_UNSUPPORTED, "cannot write %d channels at %d Hz to '%s': %s",
            info->channels, info->samplerate, output->path, sf_strerror(NULL));
    pipe->flowing = true;
    pipe->position = 0;
    pipe->size = pipe->header_size;
    if (!put(pipe, pipe->header, pipe->header_size))
        return bh_file_error(diag, "write", output->path, pipe->error);
    *out = open_virtual(pipe, info);
    if (!*out)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED, "cannot write to '%s': %s",
                           output->path, sf_strerror(NULL));
    return BH_OK;
}
