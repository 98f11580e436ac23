/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_IO_SCRATCH_H
#define BH_TESTS_IO_SCRATCH_H

/* A directory for the files of one test, which must be empty again at its end: what a
 * failed write leaves behind shows. Needs _XOPEN_SOURCE 700. */

#include "tests/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char directory[64];
static char path_buffer[4][128];

static inline void
enter(void)
{
    strcpy(directory, "/tmp/bh-test-XXXXXX");
    CU_ASSERT_FATAL(mkdtemp(directory) != NULL);
}

/* The path of a file there; four can be in use at a time. */
static inline const char *
in_directory(int slot, const char *name)
{
    snprintf(path_buffer[slot], sizeof path_buffer[slot], "%s/%s", directory, name);
    return path_buffer[slot];
}

static inline int
entries(void)
{
    int count = 0;
    DIR *stream = opendir(directory);
    while (stream && readdir(stream))
        count++;
    closedir(stream);
    return count - 2;
}

static inline void
leave(void)
{
    CHECK(entries() == 0);
    CHECK(rmdir(directory) == 0);
}

/* All of a file of up to 4 MB, with a zero behind it; to be freed. */
static inline char *
content(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    CU_ASSERT_FATAL(file != NULL);
    char *text = malloc(1 << 22);
    size_t got = fread(text, 1, (1 << 22) - 1, file);
    text[got] = '\0';
    if (size)
        *size = got;
    fclose(file);
    return text;
}

static inline void
put_file(const char *path, const void *text, size_t size)
{
    FILE *file = fopen(path, "wb");
    CU_ASSERT_FATAL(file != NULL);
    CHECK(fwrite(text, 1, size, file) == size);
    fclose(file);
}

/* Runs `work` in a process of its own, whose exit status it is; stderr goes to a file.
 */
static inline int
in_process(int (*work)(void), const char *errors)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int file = open(errors, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(file, STDERR_FILENO);
        exit(work());
    }
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#endif
