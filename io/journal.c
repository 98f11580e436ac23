/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* pread, mkdir, gethostname */
#include "io/journal.h"

#include "core/hash_internal.h"
#include "io/output_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENDING ".journal"
#define LOCK   "lock"

static const char magic[8] = "BHJRNL1";

/* What stands before the data of a record. */
struct head {
    char magic[8];
    uint64_t key, size, check;
};

struct record {
    uint64_t key;
    size_t file;
    uint64_t at, size;
};

struct file {
    char *path;
    uint64_t seen; /* bytes of whole records */
};

struct bh_journal {
    char *folder;
    struct file *files;
    size_t file_count;
    struct record *records; /* a table of a power of two, keys anywhere after theirs */
    size_t record_count, places;
    int own, lock; /* this process's file, and the lock, or -1 */
    size_t own_file;
};

#define EMPTY SIZE_MAX

static struct record *
place(struct record *records, size_t places, uint64_t key)
{
    size_t at = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15)) & (places - 1);
    while (records[at].file != EMPTY && records[at].key != key)
        at = (at + 1) & (places - 1);
    return &records[at];
}

static bh_status
no_memory(const bh_journal *journal, bh_diag *diag)
{
    return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the records of '%s'",
                       journal->folder);
}

static bh_status
make_room(bh_journal *journal, bh_diag *diag)
{
    if (2 * (journal->record_count + 1) <= journal->places)
        return BH_OK;
    const size_t places = journal->places ? 2 * journal->places : 256;
    struct record *table = malloc(places * sizeof *table);
    if (!table)
        return no_memory(journal, diag);
    for (size_t i = 0; i < places; i++)
        table[i].file = EMPTY;
    for (size_t i = 0; i < journal->places; i++)
        if (journal->records[i].file != EMPTY)
            *place(table, places, journal->records[i].key) = journal->records[i];
    free(journal->records);
    journal->records = table;
    journal->places = places;
    return BH_OK;
}

static bh_status
remember(bh_journal *journal, struct record record, bh_diag *diag)
{
    BH_TRY(make_room(journal, diag));
    struct record *at = place(journal->records, journal->places, record.key);
    journal->record_count += at->file == EMPTY;
    *at = record;
    return BH_OK;
}

static bool
read_at(int fd, void *to, size_t size, uint64_t at)
{
    for (char *next = to; size > 0;) {
        ssize_t got = pread(fd, next, size, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        next += got;
        at += (uint64_t)got;
        size -= (size_t)got;
    }
    return true;
}

/* Checked as it is found, so that what is told to be there can be had. */
static bool
whole(int fd, const struct head *head, uint64_t at, uint64_t length)
{
    if (memcmp(head->magic, magic, sizeof magic) != 0 || head->size > length - at)
        return false;
    unsigned char *data = malloc(head->size ? head->size : 1);
    const bool good = data && read_at(fd, data, head->size, at) &&
                      bh_hash(head->key, data, head->size) == head->check;
    free(data);
    return good;
}

/* Goes through the records of a file from where it was left; the first that is not
 * whole is still being written, or was when its writer ended. */
static bh_status
look_through(bh_journal *journal, size_t number, bh_diag *diag)
{
    struct file *file = &journal->files[number];
    struct stat info;
    int fd = open(file->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0) {
        const int error = errno;
        if (fd >= 0)
            close(fd);
        /* removed by who has put the results together */
        return error == ENOENT ? BH_OK : bh_file_error(diag, "read", file->path, error);
    }
    const uint64_t length = (uint64_t)info.st_size;
    bh_status status = BH_OK;
    struct head head;
    while (status == BH_OK && length - file->seen >= sizeof head &&
           read_at(fd, &head, sizeof head, file->seen) &&
           whole(fd, &head, file->seen + sizeof head, length)) {
        const uint64_t at = file->seen + sizeof head;
        status =
            remember(journal, (struct record){head.key, number, at, head.size}, diag);
        file->seen = at + head.size;
    }
    close(fd);
    return status;
}

static bool
known(const bh_journal *journal, const char *name)
{
    for (size_t i = 0; i < journal->file_count; i++)
        if (strcmp(strrchr(journal->files[i].path, '/') + 1, name) == 0)
            return true;
    return false;
}

static bh_status
add_file(bh_journal *journal, const char *name, bh_diag *diag)
{
    struct file *more =
        realloc(journal->files, (journal->file_count + 1) * sizeof *more);
    if (!more)
        return no_memory(journal, diag);
    journal->files = more;
    const size_t size = strlen(journal->folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (!path)
        return no_memory(journal, diag);
    snprintf(path, size, "%s/%s", journal->folder, name);
    more[journal->file_count++] = (struct file){path, 0};
    return BH_OK;
}

bh_status
bh_journal_refresh(bh_journal *journal, bh_diag *diag)
{
    DIR *folder = opendir(journal->folder);
    if (!folder)
        return bh_file_error(diag, "read", journal->folder, errno);
    bh_status status = BH_OK;
    for (struct dirent *entry; status == BH_OK && (entry = readdir(folder));)
        if (bh_path_ends(entry->d_name, ENDING) && !known(journal, entry->d_name))
            status = add_file(journal, entry->d_name, diag);
    closedir(folder);
    for (size_t i = 0; status == BH_OK && i < journal->file_count; i++)
        if (journal->own < 0 || i != journal->own_file)
            status = look_through(journal, i, diag);
    return status;
}

bh_status
bh_journal_open(const char *folder, bh_journal **out, bh_diag *diag)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return bh_file_error(diag, "make", folder, errno);
    bh_journal *journal = calloc(1, sizeof *journal);
    if (!journal || !(journal->folder = strdup(folder))) {
        free(journal);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for '%s'", folder);
    }
    journal->own = journal->lock = -1;
    const bh_status status = bh_journal_refresh(journal, diag);
    if (status != BH_OK) {
        bh_journal_close(journal);
        return status;
    }
    *out = journal;
    return BH_OK;
}

bool
bh_journal_has(const bh_journal *journal, uint64_t key)
{
    return journal->places &&
           place(journal->records, journal->places, key)->file != EMPTY;
}

/* A file that nobody else has, on this machine or another. */
static bh_status
begin_own(bh_journal *journal, bh_diag *diag)
{
    char host[64] = "", name[128], path[4096];
    gethostname(host, sizeof host - 1);
    for (unsigned try = 0; journal->own < 0; try++) {
        snprintf(name, sizeof name, "%s-%ld-%u" ENDING, host, (long)getpid(), try);
        if (snprintf(path, sizeof path, "%s/%s", journal->folder, name) >=
            (int)sizeof path)
            return bh_file_error(diag, "write", journal->folder, ENAMETOOLONG);
        journal->own =
            open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (journal->own < 0 && errno != EEXIST)
            return bh_file_error(diag, "write", path, errno);
    }
    journal->own_file = journal->file_count;
    const bh_status status = add_file(journal, name, diag);
    if (status != BH_OK) {
        close(journal->own);
        journal->own = -1;
    }
    return status;
}

bh_status
bh_journal_put(bh_journal *journal, uint64_t key, const void *data, size_t size,
               bh_diag *diag)
{
    if (journal->own < 0)
        BH_TRY(begin_own(journal, diag));
    struct file *file = &journal->files[journal->own_file];
    struct head head = {.key = key, .size = size, .check = bh_hash(key, data, size)};
    memcpy(head.magic, magic, sizeof magic);
    char *bytes = malloc(sizeof head + size);
    if (!bytes)
        return no_memory(journal, diag);
    memcpy(bytes, &head, sizeof head);
    if (size)
        memcpy(bytes + sizeof head, data, size);
    const struct bh_output output = {.path = file->path, .fd = journal->own};
    const bh_status status = bh_output_write(&output, bytes, sizeof head + size, diag);
    free(bytes);
    if (status != BH_OK) {
        /* Half a record would hide those behind it. */
        if (ftruncate(journal->own, (off_t)file->seen) != 0) {
            close(journal->own);
            journal->own = -1;
        }
        return status;
    }
    const uint64_t at = file->seen + sizeof head;
    file->seen = at + size;
    return remember(journal, (struct record){key, journal->own_file, at, size}, diag);
}

bh_status
bh_journal_flush(bh_journal *journal, bh_diag *diag)
{
    if (journal->own < 0 || fsync(journal->own) == 0)
        return BH_OK;
    return bh_file_error(diag, "write", journal->files[journal->own_file].path, errno);
}

bh_status
bh_journal_get(bh_journal *journal, uint64_t key, void **data, size_t *size,
               bh_diag *diag)
{
    const struct record *record =
        journal->places ? place(journal->records, journal->places, key) : NULL;
    if (!record || record->file == EMPTY)
        return bh_diag_set(diag, BH_ERR_DATA, "'%s' has no such record",
                           journal->folder);
    const char *path = journal->files[record->file].path;
    unsigned char *bytes = malloc(record->size + 1);
    if (!bytes)
        return no_memory(journal, diag);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const bool good = fd >= 0 && read_at(fd, bytes, record->size, record->at);
    const int error = errno ? errno : EIO;
    if (fd >= 0)
        close(fd);
    if (!good) {
        free(bytes);
        return bh_file_error(diag, "read", path, error);
    }
    *data = bytes;
    *size = record->size;
    return BH_OK;
}

bh_status
bh_journal_lock(bh_journal *journal, bool *alive, bh_diag *diag)
{
    char path[4096];
    struct stat info;
    if (snprintf(path, sizeof path, "%s/" LOCK, journal->folder) >= (int)sizeof path)
        return bh_file_error(diag, "write", journal->folder, ENAMETOOLONG);
    journal->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    *alive = journal->lock >= 0;
    if (!*alive)
        return errno == ENOENT ? BH_OK : bh_file_error(diag, "write", path, errno);
    while (flock(journal->lock, LOCK_EX) != 0)
        if (errno != EINTR)
            return bh_file_error(diag, "lock", path, errno);
    /* Removed while this process waited: the lock of a file without a name. */
    *alive = fstat(journal->lock, &info) == 0 && info.st_nlink > 0;
    return BH_OK;
}

/* Under another name first, so that nobody finds half of it. */
void
bh_journal_remove(bh_journal *journal)
{
    char gone[4096], path[4400];
    const bool moved = snprintf(gone, sizeof gone, "%s.%ld", journal->folder,
                                (long)getpid()) < (int)sizeof gone &&
                       rename(journal->folder, gone) == 0;
    for (size_t i = 0; moved && i <= journal->file_count; i++) {
        const char *name =
            i < journal->file_count ? strrchr(journal->files[i].path, '/') : "/" LOCK;
        snprintf(path, sizeof path, "%s%s", gone, name);
        unlink(path);
    }
    if (moved)
        rmdir(gone);
    bh_journal_close(journal);
}

void
bh_journal_close(bh_journal *journal)
{
    if (!journal)
        return;
    if (journal->own >= 0)
        close(journal->own);
    if (journal->lock >= 0)
        close(journal->lock);
    for (size_t i = 0; i < journal->file_count; i++)
        free(journal->files[i].path);
    free(journal->files);
    free(journal->records);
    free(journal->folder);
    free(journal);
}
