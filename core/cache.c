/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* lstat, mkdir */
#include "core/cache_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

void
bh_cache_hash(const char *text, uint64_t hash[2])
{
    for (; *text; text++) {
        hash[0] = (hash[0] ^ (unsigned char)*text) * 0x100000001b3u;
        hash[1] = (hash[1] + (unsigned char)*text) * 0x9e3779b97f4a7c15u;
        hash[1] ^= hash[1] >> 29;
    }
}

/* Where the things made of a key are kept. */
static bool
kept_path(const char *key, char *path, size_t size)
{
    uint64_t hash[2] = BH_CACHE_HASH;
    if (!bh_cache_directory(path, size))
        return false;
    bh_cache_hash(key, hash);
    size_t used = strlen(path);
    int more = snprintf(path + used, size - used, "/%016llx%016llx" BH_CACHE_KEPT,
                        (unsigned long long)hash[0], (unsigned long long)hash[1]);
    return more > 0 && (size_t)more < size - used;
}

/* A file is two sizes in decimal, the key and the data. */
static bool
read_kept(FILE *file, const char *key, void **data, size_t *bytes)
{
    const size_t length = strlen(key);
    size_t stored = 0, size = 0;
    if (fscanf(file, "%zu %zu", &stored, &size) != 2 || fgetc(file) != '\n' ||
        stored != length || size == 0 || size > (size_t)1 << 30)
        return false;
    char *read = malloc(length > size ? length : size);
    bool same = read && fread(read, 1, length, file) == length &&
                memcmp(read, key, length) == 0 && fread(read, 1, size, file) == size;
    if (!same) {
        free(read);
        return false;
    }
    *data = read;
    *bytes = size;
    return true;
}

bool
bh_cache_find(const char *key, void **data, size_t *bytes)
{
    char path[4096];
    FILE *file = kept_path(key, path, sizeof path) ? fopen(path, "rb") : NULL;
    if (!file)
        return false;
    bool found = read_kept(file, key, data, bytes);
    fclose(file);
    return found;
}

void
bh_cache_keep(const char *key, const void *data, size_t bytes)
{
    char path[4096], own[4096 + 32];
    if (!kept_path(key, path, sizeof path))
        return;
    /* 32 digits, the process, and the end: code_cache.c knows the shape. */
    const size_t stem = strlen(path) - strlen(BH_CACHE_KEPT);
    snprintf(own, sizeof own, "%.*s.%ld" BH_CACHE_KEPT, (int)stem, path,
             (long)getpid());
    FILE *file = fopen(own, "wb");
    if (!file)
        return;
    bool ok = fprintf(file, "%zu %zu\n%s", strlen(key), bytes, key) > 0 &&
              fwrite(data, 1, bytes, file) == bytes;
    if (fclose(file) != 0 || !ok || rename(own, path) != 0)
        unlink(own);
}
