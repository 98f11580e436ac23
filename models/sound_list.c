/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* getline, st_mtim */
#include "models/sound_list.h"

#include "core/arena.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* What libsndfile reads and sounds are kept in. */
static const char *const endings[] = {".wav", ".flac", ".ogg",  ".oga",  ".opus",
                                      ".mp3", ".aif",  ".aiff", ".aifc", ".au",
                                      ".snd", ".w64",  ".rf64", ".caf"};

struct sound {
    bh_listed_sound listed; /* first: this is what users get */
    const char *label;
    size_t line;
};

struct bh_sound_list {
    bh_arena *arena;
    struct sound *sounds;
    size_t count, capacity;
    const char **labels;
    size_t label_count;
};

static bh_status
no_memory(bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the list of sounds");
}

/* Length of the name's folder with the slash behind it, 0 where it has none. */
static size_t
folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

static bh_status
add(bh_sound_list *list, struct sound sound, bh_diag *diag)
{
    if (list->count == list->capacity) {
        const size_t capacity = 2 * list->capacity + 64;
        struct sound *more = realloc(list->sounds, capacity * sizeof *more);
        if (!more)
            return no_memory(diag);
        list->sounds = more;
        list->capacity = capacity;
    }
    struct stat info;
    if (stat(sound.listed.path, &info) == 0) {
        sound.listed.bytes = (uint64_t)info.st_size;
        sound.listed.changed = (uint64_t)info.st_mtim.tv_sec * 1000000000u +
                               (uint64_t)info.st_mtim.tv_nsec;
    }
    list->sounds[list->count++] = sound;
    return BH_OK;
}

/* The first `length` bytes of `first` and all of `second`; NULL without memory. */
static char *
joined(bh_arena *arena, const char *first, size_t length, const char *second)
{
    const size_t tail = strlen(second);
    char *text = bh_arena_take(arena, length + tail + 1);
    if (!text)
        return NULL;
    memcpy(text, first, length);
    memcpy(text + length, second, tail);
    return text;
}

static bool
is_sound(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof endings[0]; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    return false;
}

/* A folder that is being walked through, and those above it. */
struct folder {
    const struct folder *above;
    dev_t device;
    ino_t number;
};

/* One entry of a folder: `path` is all of its name, `name` what is below the corpus. */
static bh_status walk(bh_sound_list *list, const char *path, const char *name,
                      const struct folder *above, bh_diag *diag);

static bh_status
visit(bh_sound_list *list, const char *path, const char *name,
      const struct folder *above, bh_diag *diag)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return BH_OK; /* gone, or a link to nowhere */
    if (S_ISDIR(info.st_mode))
        return walk(list, path, name, above, diag);
    if (!S_ISREG(info.st_mode) || !is_sound(name))
        return BH_OK;
    const char *slash = strchr(name, '/');
    const char *label =
        bh_arena_text(list->arena, name, slash ? (size_t)(slash - name) : 0);
    if (!label)
        return no_memory(diag);
    return add(list,
               (struct sound){.listed = {.path = path, .name = name}, .label = label},
               diag);
}

static bh_status
walk(bh_sound_list *list, const char *path, const char *name,
     const struct folder *above, bh_diag *diag)
{
    struct stat info;
    DIR *stream = opendir(path);
    if (!stream || fstat(dirfd(stream), &info) != 0) {
        if (stream)
            closedir(stream);
        return bh_diag_set(diag, BH_ERR_FILE, "cannot read the folder '%.200s'", path);
    }
    const struct folder here = {above, info.st_dev, info.st_ino};
    bool again = false; /* a link that leads back up would never end */
    for (const struct folder *f = above; f; f = f->above)
        again |= f->device == here.device && f->number == here.number;
    bh_status status = BH_OK;
    errno = 0;
    for (struct dirent *entry; status == BH_OK && !again && (entry = readdir(stream));
         errno = 0) {
        if (entry->d_name[0] == '.')
            continue;
        const char *tail = joined(list->arena, "/", 1, entry->d_name);
        const char *below =
            tail ? joined(list->arena, name, strlen(name), *name ? tail : tail + 1)
                 : NULL;
        const char *whole = tail ? joined(list->arena, path, strlen(path), tail) : NULL;
        status = below && whole ? visit(list, whole, below, &here, diag)
                                : no_memory(diag);
    }
    if (status == BH_OK && errno != 0)
        status = bh_diag_set(diag, BH_ERR_FILE,
                             "the folder '%.200s' could not be read to its end", path);
    closedir(stream);
    return status;
}

/* Splits a line into path and label, in place; false where a quote does not end. */
static bool
split(char *line, char **path, char **label)
{
    char *end = line + strlen(line);
    *path = line;
    *label = end;
    if (*line == '"') {
        char *to = line;
        for (end = line + 1; *end && (*end != '"' || end[1] == '"'); end++) {
            end += *end == '"'; /* two stand for one */
            *to++ = *end;
        }
        if (*end != '"' || (end[1] && end[1] != ','))
            return false;
        if (end[1])
            *label = end + 2;
        *to = '\0';
    } else if ((end = strchr(line, ','))) {
        *end = '\0';
        *label = end + 1;
    }
    return true;
}

static bh_status
add_line(bh_sound_list *list, const char *file, char *line, size_t number,
         bh_diag *diag)
{
    char *path, *label;
    for (size_t end = strlen(line); end > 0 && strchr(" \t\r\n", line[end - 1]); end--)
        line[end - 1] = '\0';
    line += strspn(line, " \t");
    if (!*line || *line == '#')
        return BH_OK;
    if (!split(line, &path, &label) || !*path)
        return bh_diag_set(diag, BH_ERR_DATA,
                           "line %zu of '%s' is no `path` or `path,label`", number,
                           file);
    label += strspn(label, " \t");
    const size_t folder = *path == '/' || strcmp(file, "-") == 0 ? 0
                                                                 : folder_length(file);
    struct sound sound = {
        .listed = {.path = joined(list->arena, file, folder, path),
                   .name = bh_arena_text(list->arena, path, strlen(path))},
        .label = bh_arena_text(list->arena, label, strlen(label)),
        .line = number};
    if (!sound.listed.path || !sound.listed.name || !sound.label)
        return no_memory(diag);
    return add(list, sound, diag);
}

static bh_status
read_lines(bh_sound_list *list, const char *path, bh_diag *diag)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (!file)
        return bh_diag_set(diag, BH_ERR_FILE, "cannot read the list of sounds '%s': %s",
                           path, errno == ENOENT ? "there is no such file" : "denied");
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    bh_status status = BH_OK;
    for (size_t number = 1;
         status == BH_OK && (length = getline(&line, &size, file)) >= 0; number++) {
        if (strlen(line) != (size_t)length)
            status = bh_diag_set(
                diag, BH_ERR_DATA,
                "line %zu of '%s' has a zero byte: a list of sounds is text", number,
                path);
        else
            status = add_line(list, path, line, number, diag);
    }
    if (status == BH_OK && ferror(file))
        status = bh_diag_set(diag, BH_ERR_FILE,
                             "the list of sounds '%s' cannot be read", path);
    free(line);
    if (file != stdin)
        fclose(file);
    return status;
}

static int
by_name(const void *a, const void *b)
{
    const struct sound *one = a, *other = b;
    return strcmp(one->listed.name, other->listed.name);
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* No sound twice: results are kept by name. */
static bh_status
check_names(const bh_sound_list *list, const char *path, bh_diag *diag)
{
    struct sound *sorted = malloc(list->count * sizeof *sorted);
    if (!sorted)
        return no_memory(diag);
    memcpy(sorted, list->sounds, list->count * sizeof *sorted);
    qsort(sorted, list->count, sizeof *sorted, by_name);
    bh_status status = BH_OK;
    for (size_t i = 1; status == BH_OK && i < list->count; i++)
        if (by_name(&sorted[i - 1], &sorted[i]) == 0) {
            const size_t a = sorted[i - 1].line, b = sorted[i].line;
            status = bh_diag_set(
                diag, BH_ERR_DATA, "'%s' has '%s' in line %zu and again in line %zu",
                path, sorted[i].listed.name, a < b ? a : b, a < b ? b : a);
        }
    free(sorted);
    return status;
}

static bh_status
number_labels(bh_sound_list *list, bh_diag *diag)
{
    const char **labels = malloc(list->count * sizeof *labels);
    if (!labels)
        return no_memory(diag);
    list->labels = labels;
    for (size_t i = 0; i < list->count; i++)
        labels[i] = list->sounds[i].label;
    qsort(labels, list->count, sizeof *labels, by_text);
    for (size_t i = 0; i < list->count; i++)
        if (i == 0 || strcmp(labels[list->label_count - 1], labels[i]) != 0)
            labels[list->label_count++] = labels[i];
    for (size_t i = 0; i < list->count; i++) {
        const char **at = bsearch(&list->sounds[i].label, labels, list->label_count,
                                  sizeof *labels, by_text);
        list->sounds[i].listed.label = (size_t)(at - labels);
    }
    return BH_OK;
}

static bh_status
read_list(bh_sound_list *list, const char *path, bh_diag *diag)
{
    struct stat info;
    const bool folder = strcmp(path, "-") != 0 && stat(path, &info) == 0 &&
                        S_ISDIR(info.st_mode);
    BH_TRY(folder ? walk(list, path, "", NULL, diag) : read_lines(list, path, diag));
    if (list->count == 0)
        return bh_diag_set(diag, BH_ERR_DATA, "there are no sounds in '%s'", path);
    if (folder)
        qsort(list->sounds, list->count, sizeof *list->sounds, by_name);
    BH_TRY(check_names(list, path, diag));
    return number_labels(list, diag);
}

bh_status
bh_sound_list_read(const char *path, bh_sound_list **out, bh_diag *diag)
{
    bh_sound_list *list = calloc(1, sizeof *list);
    if (!list || bh_arena_new(&list->arena) != BH_OK) {
        free(list);
        return no_memory(diag);
    }
    const bh_status status = read_list(list, path, diag);
    if (status != BH_OK) {
        bh_sound_list_free(list);
        return status;
    }
    *out = list;
    return BH_OK;
}

void
bh_sound_list_free(bh_sound_list *list)
{
    if (!list)
        return;
    bh_arena_free(list->arena);
    free(list->sounds);
    free(list->labels);
    free(list);
}

size_t
bh_sound_list_count(const bh_sound_list *list)
{
    return list->count;
}

const bh_listed_sound *
bh_sound_list_get(const bh_sound_list *list, size_t i)
{
    return &list->sounds[i].listed;
}

const char *const *
bh_sound_list_labels(const bh_sound_list *list, size_t *count)
{
    *count = list->label_count;
    return list->labels;
}
