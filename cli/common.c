/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "cli/common.h"

#include "cli/backend.h"
#include "cli/console.h"
#include "cli/settings.h"

#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

static struct common_settings given;

const struct common_settings *
common(void)
{
    return &given;
}

struct common_settings *
common_target(void)
{
    return &given;
}

#define OFFSET(member) .offset = offsetof(struct common_settings, member)

size_t
common_options(unsigned takes, struct setting *options)
{
    static const struct {
        unsigned takes;
        struct setting setting;
    } all[COMMON_MOST] = {
        {TAKES_FORCE,
         {"force", 'f', NULL, "replace files that are there already",
          .parse = parse_switch, OFFSET(force)}},
        {TAKES_QUIET,
         {"quiet", 'q', NULL, "no progress, no summary, no notices",
          .parse = parse_switch, OFFSET(quiet)}},
        {TAKES_JSON,
         {"json", 0, NULL,
          "say what came out as JSON: on standard output, or where the data goes there "
          "on standard error",
          .parse = parse_switch, OFFSET(json)}},
        {TAKES_BACKEND,
         {"backend", 0, "cpu|cuda|auto",
          "work on the processor, on a GPU, or on a GPU where there is one",
          .preset = "cpu", .parse = parse_choice, .choices = backend_names,
          OFFSET(backend)}},
        {0,
         {"help", 'h', NULL, "explain the command and its options",
          .parse = parse_switch, OFFSET(help)}},
    };
    size_t count = 0;
    for (size_t i = 0; i < COMMON_MOST; i++)
        if ((all[i].takes & takes) == all[i].takes)
            options[count++] = all[i].setting;
    return count;
}

void
note(const char *format, ...)
{
    char text[2048];
    va_list args;
    if (given.quiet)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    say("%s", text);
}

/* Where a new file would take an older one's place. */
static bool
is_taken(const char *path)
{
    struct stat info;
    return path && strcmp(path, "-") != 0 && stat(path, &info) == 0 &&
           S_ISREG(info.st_mode);
}

/* The files that the command line names as its input. */
static struct {
    dev_t device;
    ino_t number;
} inputs[sizeof((struct text_list *)0)->text / sizeof(char *)];
static size_t input_count;

void
input_remember(const char *path)
{
    struct stat info;
    if (input_count == sizeof inputs / sizeof inputs[0] || stat(path, &info) != 0 ||
        !S_ISREG(info.st_mode))
        return;
    inputs[input_count].device = info.st_dev;
    inputs[input_count++].number = info.st_ino;
}

bh_status
input_spare(const char *path, bh_diag *diag)
{
    struct stat info;
    if (!path || strcmp(path, "-") == 0 || stat(path, &info) != 0)
        return BH_OK;
    for (size_t i = 0; i < input_count; i++)
        if (inputs[i].device == info.st_dev && inputs[i].number == info.st_ino)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "'%s' is what is read; write to another file", path);
    return BH_OK;
}

bh_status
output_check(const char *path, bh_diag *diag)
{
    BH_TRY(input_spare(path, diag));
    if (given.force || !is_taken(path))
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_FILE,
                       "there is a file '%s' already; -f (--force) replaces it", path);
}

bool
part_wanted(const char *path)
{
    return path && !is_taken(path);
}

bh_status
part_told(const char *path, double until_s, bh_diag *diag)
{
    if (strcmp(path, "-") == 0)
        return bh_diag_set(
            diag, BH_ERR_STOPPED,
            "interrupted; what came out until %.3g s is marked as partial", until_s);
    return bh_diag_set(diag, BH_ERR_STOPPED,
                       "interrupted; what came out until %.3g s is in '%s', marked as "
                       "partial",
                       until_s, path);
}

FILE *
json_stream(const char *data)
{
    return data && strcmp(data, "-") == 0 ? console() : stdout;
}
