/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_SOUNDFILE_INTERNAL_H
#define BH_IO_SOUNDFILE_INTERNAL_H

/* A sound file that is open for reading: what soundfile_open.c makes and soundfile.c
 * reads. */

#include "core/status.h"
#include "io/output_internal.h"

#include <sndfile.h>
#include <stdbool.h>
#include <stdint.h>

struct bh_soundfile {
    char *name; ///< as messages call it
    int fd;
    SNDFILE *handle;
    SF_INFO info;
    int64_t size;     ///< bytes in the file
    int64_t position; ///< of the next byte that libsndfile reads
    /* Frames that the header promises: more than info.frames where the file is cut
     * short, SF_COUNT_MAX where nobody knows. */
    int64_t promised;
    /* Four bytes of the header that libsndfile sees in place of those in the file. */
    int64_t patch_offset; ///< or -1
    unsigned char patch[4];
};

/// Opens a file; `path` "-" is standard input. The file must not move while it is open:
/// libsndfile holds its address.
bh_status bh_soundfile_start(struct bh_soundfile *file, const char *path,
                             bh_diag *diag);
void bh_soundfile_end(struct bh_soundfile *file);

/// Looks into the header of a WAV, RF64, AIFF or AU file for a data size that does not
/// fit the size of the file: sets the patch where a stream writer left a 0, and
/// otherwise returns how many bytes of samples are promised but missing (0 for none,
/// and for formats it does not know). `present` is how many there are and `align` the
/// bytes of a frame, or 0 if that is not fixed.
uint64_t bh_soundfile_missing(struct bh_soundfile *file, uint64_t *present,
                              unsigned *align);

/* A WAV file that goes into a pipe: see soundfile_pipe.c. */
struct bh_soundpipe {
    int fd;
    int sample_bytes;
    int error;    ///< errno of the write that failed, or 0
    bool flowing; ///< false while the header is made
    sf_count_t position, size;
    sf_count_t header_size;
    unsigned char header[4096];
};

/// Writes the header of a file with so many bytes of samples, whose size is in
/// `sample_bytes`, and opens it for these. The pipe must not move until it is closed.
bh_status bh_soundpipe_open(struct bh_soundpipe *pipe, const struct bh_output *output,
                            SF_INFO *info, double bytes, SNDFILE **out, bh_diag *diag);

#endif
