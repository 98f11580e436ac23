/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_TEXT_FILE_H
#define BH_CLI_TEXT_FILE_H

/* Text that a command prints, to a file that appears when it is complete. */

#include <brianhears.h>
#include <stdio.h>

struct text_file {
    FILE *out; /* to print to */
    const char *path;
    char *text; /* what was printed */
    size_t size;
};

/* "-" is standard output. A file that is there already needs --force. `path` must
 * outlive the file. */
bh_status text_file_open(const char *path, struct text_file *out, bh_diag *diag);
/* Writes the file or, where `status`, which is passed on, is a failure, none. */
bh_status text_file_close(struct text_file *file, bh_status status, bh_diag *diag);

#endif
