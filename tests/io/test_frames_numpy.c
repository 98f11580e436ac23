/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

/* Another reader's view of files of frames: read_frames.py. Skipped where no Python
 * with NumPy is found. */

#include "tests/io/frames_scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const names[] = {"single.npy", "double.npy", "double.csv",
                                    "double.h5", "single.h5"};
enum { FILES = sizeof names / sizeof names[0] };

static bh_status
write_file(const char *path, bh_diag *diag)
{
    const bh_precision precision = strstr(path, "single") ? BH_SINGLE : BH_DOUBLE;
    const bh_frames_writer_config config = frames_config(path, precision);
    return write_frames(&config, frame_block(BH_DOUBLE), 1000, diag);
}

int
main(void)
{
    /* The first may be one of a virtual environment that lacks NumPy. */
    static const char *const pythons[] = {"python3", "/usr/bin/python3"};
    char directory[] = "/tmp/bh-test-XXXXXX", path[64], command[1024];
    bh_diag diag = {0};
    if (!mkdtemp(directory))
        return 1;
    int result = 77;
    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        if (write_file(path, &diag) != BH_OK) {
            fprintf(stderr, "%s\n", diag.text);
            result = 1;
        }
    }
    for (int i = 0; i < 2 && result == 77; i++) {
        snprintf(command, sizeof command, "%s '%s/io/read_frames.py' '%s'", pythons[i],
                 BH_TESTS_DIR, directory);
        const int status = system(command);
        result = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
        if (result == 127) /* no such program */
            result = 77;
    }
    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        unlink(path);
    }
    rmdir(directory);
    if (result == 77)
        printf("skipped: there is no python3 with numpy\n");
    return result;
}
