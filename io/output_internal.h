/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_OUTPUT_INTERNAL_H
#define BH_IO_OUTPUT_INTERNAL_H

/* Files that are written whole or not at all: under a temporary name in the directory
 * of the wanted one, renamed at the end. What is not a regular file (standard output, a
 * device, a pipe) has no such name and is written straight. */

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

struct bh_output {
    char *path;      ///< the wanted name, links followed
    char *temporary; ///< the name until then, or NULL where written straight
    int fd;
};

/// The sentence for a failed system call on `path`: `action` is "read" or "write".
bh_status bh_file_error(bh_diag *diag, const char *action, const char *path, int error);
/// Whether `path` ends in `ending` (such as ".csv"), in any case.
bool bh_path_ends(const char *path, const char *ending);

/// Whether `path` is a regular file, or nothing yet.
bool bh_path_plain(const char *path);

/// Opens `path` ("-" is standard output) for writing. `out` is to be given to exactly
/// one of bh_output_commit and bh_output_abort.
bh_status bh_output_open(const char *path, struct bh_output *out, bh_diag *diag);
/// Writes all bytes.
bh_status bh_output_write(const struct bh_output *output, const void *data, size_t size,
                          bh_diag *diag);
/// Closes the file and gives it its name; when that fails nothing is left.
bh_status bh_output_commit(struct bh_output *output, bh_diag *diag);
/// Closes and removes the file; what was written straight stays.
void bh_output_abort(struct bh_output *output);

#endif
