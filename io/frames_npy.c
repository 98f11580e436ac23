/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/frames_internal.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* NumPy's array files, version 1.0 (NumPy Enhancement Proposal 1; numpy.lib.format).
 * The header stands before the samples and says how many there are, so room is left for
 * it and it is written last. */

enum { HEADER_SIZE = 128, PREFIX_SIZE = 10 };

static void
make_header(const struct bh_frames_file *file, char header[HEADER_SIZE])
{
    const uint16_t one = 1;
    const bool little = *(const uint8_t *)&one == 1;
    const unsigned rest = HEADER_SIZE - PREFIX_SIZE;
    memset(header, ' ', HEADER_SIZE);
    memcpy(header, "\x93NUMPY\x01\x00", 8);
    header[8] = (char)(rest & 255);
    header[9] = (char)(rest >> 8);
    const int length =
        snprintf(header + PREFIX_SIZE, HEADER_SIZE - PREFIX_SIZE,
                 "{'descr': '%cf%zu', 'fortran_order': False, 'shape': (%zu, %zu), }",
                 little ? '<' : '>', bh_precision_size(file->precision), file->written,
                 file->channels);
    header[PREFIX_SIZE + length] = ' ';
    header[HEADER_SIZE - 1] = '\n';
}

static bh_status
npy_open(void *self, const bh_frames_writer_config *config, bh_diag *diag)
{
    (void)config;
    const struct bh_frames_file *file = self;
    char header[HEADER_SIZE];
    make_header(file, header);
    return bh_output_write(&file->output, header, sizeof header, diag);
}

static bh_status
npy_write(void *self, const void *samples, size_t frames, bh_diag *diag)
{
    const struct bh_frames_file *file = self;
    const size_t row = file->channels * bh_precision_size(file->precision);
    return bh_output_write(&file->output, samples, frames * row, diag);
}

static bh_status
npy_end(void *self, bh_diag *diag)
{
    const struct bh_frames_file *file = self;
    char header[HEADER_SIZE];
    make_header(file, header);
    if (lseek(file->output.fd, 0, SEEK_SET) != 0)
        return bh_file_error(diag, "write", file->output.path, errno);
    return bh_output_write(&file->output, header, sizeof header, diag);
}

const struct bh_frames_sink bh_frames_npy = {
    .size = sizeof(struct bh_frames_file),
    .open = npy_open,
    .write = npy_write,
    .end = npy_end,
};
