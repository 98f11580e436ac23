/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* lstat, mkdir */
#include "core/cache_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_private(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0 && S_ISDIR(info.st_mode) &&
           info.st_uid == geteuid() && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Makes a directory and those above it. */
static bool
make_directories(char *path)
{
    for (char *c = path + 1; *c; c++)
        if (*c == '/') {
            *c = 0;
            mkdir(path, 0700);
            *c = '/';
        }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

bool
bh_cache_directory(char *path, size_t size)
{
    const char *own = getenv("BH_CACHE_DIR"), *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    int length = -1;
    if (own && *own)
        length = snprintf(path, size, "%s", own);
    else if (cache && *cache == '/')
        length = snprintf(path, size, "%s/brianhears", cache);
    else if (home && *home == '/')
        length = snprintf(path, size, "%s/.cache/brianhears", home);
    return length > 0 && (size_t)length < size - 100 && make_directories(path) &&
           is_private(path) && access(path, W_OK | X_OK) == 0;
}
