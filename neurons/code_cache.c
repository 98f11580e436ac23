/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* fstatat */
#include "neurons/code_cache.h"

#include "core/cache_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A name that jit_load or bh_cache_keep gives: 32 hexadecimal digits, perhaps a
 * process, .c, .so or BH_CACHE_KEPT. Or plans of Fourier transforms. */
static bool
is_ours(const char *name)
{
    size_t digits = strspn(name, "0123456789abcdef");
    const char *end = strrchr(name, '.');
    if (strcmp(name, BH_CACHE_WISDOM) == 0)
        return true;
    return digits == 32 && name[32] == '.' && end &&
           (strcmp(end, ".c") == 0 || strcmp(end, ".so") == 0 ||
            strcmp(end, BH_CACHE_KEPT) == 0);
}

/* Calls `visit` for each file of ours. */
static bh_status
for_each(const char *path,
         void (*visit)(int directory, const char *name, void *context), void *context,
         bh_diag *diag)
{
    DIR *directory = opendir(path);
    if (!directory)
        return bh_diag_set(diag, BH_ERR_FILE, "the directory %.300s cannot be read: %s",
                           path, strerror(errno));
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (is_ours(entry->d_name))
            visit(dirfd(directory), entry->d_name, context);
    closedir(directory);
    return BH_OK;
}

static void
count(int directory, const char *name, void *context)
{
    bh_code_cache *cache = context;
    struct stat info;
    if (fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    cache->bytes += (uint64_t)info.st_size;
    if (strcmp(name, BH_CACHE_WISDOM) == 0)
        cache->transforms = true;
    else
        cache->models += strcmp(name + 32, ".so") == 0 ||
                         strcmp(name + 32, BH_CACHE_KEPT) == 0;
}

static void
drop(int directory, const char *name, void *context)
{
    bool *failed = context;
    *failed = unlinkat(directory, name, 0) != 0 || *failed;
}

static bh_status
find(char *path, size_t size, bh_diag *diag)
{
    if (bh_cache_directory(path, size))
        return BH_OK;
    return bh_diag_set(
        diag, BH_ERR_UNSUPPORTED,
        "there is no directory for what is computed once that is this user's "
        "alone and can be written; BH_CACHE_DIR can name one");
}

bh_status
bh_code_cache_look(bh_code_cache *out, bh_diag *diag)
{
    bh_code_cache cache = {.models = 0};
    BH_TRY(find(cache.path, sizeof cache.path, diag));
    BH_TRY(for_each(cache.path, count, &cache, diag));
    *out = cache;
    return BH_OK;
}

bh_status
bh_code_cache_clear(bh_diag *diag)
{
    char path[4096];
    bool failed = false;
    BH_TRY(find(path, sizeof path, diag));
    BH_TRY(for_each(path, drop, &failed, diag));
    if (failed)
        return bh_diag_set(diag, BH_ERR_FILE,
                           "not all that is kept in %.300s could be removed", path);
    return BH_OK;
}
