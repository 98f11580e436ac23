/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* O_NOFOLLOW, mkostemp, pipe2 */
#include "neurons/engine_internal.h"

#include "core/cache_internal.h"
#include "core/cpu.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { PATH_SIZE = 4096, COMPILE_SECONDS = 60 };

static const char *const flags[] = {"-std=c11",
                                    "-O3",
                                    "-fPIC",
                                    "-shared",
                                    "-ffp-contract=off",
                                    "-fno-math-errno",
                                    "-fno-trapping-math",
                                    "-w"};
/* GCC's elimination of partial redundancies takes selects with a constant, as clip(x,
 * 0, inf) is, apart into paths that its vectors then compute both. Clang does not know
 * the flag, and gives up on it. */
static const char gcc_flag[] = "-fno-tree-pre";

/* The flags that give the code the instruction set of the library's own loops. */
static const char *
level_flags(void)
{
#if defined(__x86_64__)
    static const char *const levels[] = {"-march=x86-64", "-march=x86-64-v3",
                                         "-march=x86-64-v4"};
    return levels[bh_cpu()];
#else
    return "-O3";
#endif
}

static const char *
compiler(void)
{
    const char *cc = getenv("CC");
    return cc && *cc ? cc : "cc";
}

/* A stored library is used only when the text stored beside it is the same, so equal
 * hashes cost time, not truth. */
static bool
same_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    size_t length = strlen(text);
    char *stored = malloc(length + 2);
    bool same = stored && fread(stored, 1, length + 1, file) == length &&
                memcmp(stored, text, length) == 0;
    free(stored);
    fclose(file);
    return same;
}

static bool
write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    bool ok = fputs(text, file) >= 0;
    return fclose(file) == 0 && ok;
}

/* Waits for the compiler, and ends it when it takes unreasonably long. */
static bool
wait_for(pid_t child)
{
    const struct timespec pause = {0, 2000000};
    int state;
    for (int tick = 0; tick < COMPILE_SECONDS * 500; tick++) {
        pid_t done = waitpid(child, &state, WNOHANG);
        if (done == child)
            return WIFEXITED(state) && WEXITSTATUS(state) == 0;
        if (done < 0 && errno != EINTR)
            return false;
        nanosleep(&pause, NULL);
    }
    kill(child, SIGKILL);
    waitpid(child, &state, 0);
    return false;
}

/* Runs the compiler without a shell; what it says goes nowhere. `own` is one more flag,
 * or NULL. */
static bh_status
compile_with(const char *own, const char *source, const char *out, char *why,
             size_t size)
{
    enum { FLAGS = sizeof flags / sizeof flags[0] };
    const char *argv[FLAGS + 12] = {compiler()};
    int n = 1;
    for (int i = 0; i < FLAGS; i++)
        argv[n++] = flags[i];
    if (own)
        argv[n++] = own;
    argv[n++] = level_flags();
#if defined(__x86_64__)
    if (bh_cpu() == BH_CPU_AVX512)
        argv[n++] = "-mprefer-vector-width=512";
#endif
    argv[n++] = "-o";
    argv[n++] = out;
    argv[n++] = source;
    argv[n++] = "-lm";
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int fd = 0; fd < 3; fd++)
        posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    pid_t child;
    int failed = posix_spawnp(&child, compiler(), &actions, NULL,
                              (char *const *)(uintptr_t)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed) {
        snprintf(why, size, "no C compiler ('%.60s') was found", compiler());
        return BH_ERR_UNSUPPORTED;
    }
    if (wait_for(child))
        return BH_OK;
    snprintf(why, size, "the C compiler ('%.60s') failed", compiler());
    return BH_ERR_UNSUPPORTED;
}

static bh_status
compile(const char *source, const char *out, char *why, size_t size)
{
    if (compile_with(gcc_flag, source, out, why, size) == BH_OK)
        return BH_OK;
    return compile_with(NULL, source, out, why, size);
}

static void *
load(const char *path, char *why, size_t size)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *error = dlerror();
        snprintf(why, size, "compiled code cannot be loaded (%.100s)",
                 error ? error : "no reason given");
    }
    return library;
}

/* Compiles under names of our own, loads, then gives the files their final names: other
 * processes see either nothing or the whole. */
static bh_status
build(const char *directory, const char *stem, const char *text, void **library,
      char *why, size_t size)
{
    char source[PATH_SIZE], object[PATH_SIZE], final[PATH_SIZE];
    snprintf(source, sizeof source, "%s/%s.%ld.c", directory, stem, (long)getpid());
    snprintf(object, sizeof object, "%s/%s.%ld.so", directory, stem, (long)getpid());
    snprintf(why, size, "generated code cannot be written to %.120s", directory);
    bh_status status = BH_ERR_UNSUPPORTED;
    if (write_file(source, text))
        status = compile(source, object, why, size);
    if (status == BH_OK) {
        *library = load(object, why, size);
        status = *library ? BH_OK : BH_ERR_UNSUPPORTED;
    }
    if (status == BH_OK) {
        snprintf(final, sizeof final, "%s/%s.so", directory, stem);
        rename(object, final);
        snprintf(final, sizeof final, "%s/%s.c", directory, stem);
        rename(source, final);
    } else {
        unlink(source);
        unlink(object);
    }
    return status;
}

bh_status
jit_load(const char *text, void **library, char *why, size_t size)
{
    char directory[PATH_SIZE - 200], path[PATH_SIZE], stem[40];
    uint64_t hash[2] = BH_CACHE_HASH;
    bh_cache_hash(text, hash);
    bh_cache_hash(compiler(), hash);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        bh_cache_hash(flags[i], hash);
    bh_cache_hash(bh_cpu_name(bh_cpu()), hash);
    snprintf(stem, sizeof stem, "%016llx%016llx", (unsigned long long)hash[0],
             (unsigned long long)hash[1]);
    if (bh_cache_directory(directory, sizeof directory)) {
        snprintf(path, sizeof path, "%s/%s.c", directory, stem);
        bool known = same_text(path, text);
        snprintf(path, sizeof path, "%s/%s.so", directory, stem);
        *library = known ? load(path, why, size) : NULL;
        if (*library)
            return BH_OK;
        return build(directory, stem, text, library, why, size);
    }
    /* No place of our own to keep it: a private one that goes away at once. */
    const char *temporary = getenv("TMPDIR");
    snprintf(directory, sizeof directory, "%s/brianhears-XXXXXX",
             temporary && *temporary ? temporary : "/tmp");
    if (!mkdtemp(directory)) {
        snprintf(why, size, "there is no directory for generated code");
        return BH_ERR_UNSUPPORTED;
    }
    bh_status status = build(directory, stem, text, library, why, size);
    snprintf(path, sizeof path, "%s/%s.c", directory, stem);
    unlink(path);
    snprintf(path, sizeof path, "%s/%s.so", directory, stem);
    unlink(path);
    rmdir(directory);
    return status;
}

void *
jit_symbol(void *library, const char *name)
{
    return dlsym(library, name);
}

void
jit_free(void *library)
{
    if (library)
        dlclose(library);
}
