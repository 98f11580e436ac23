/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

/* Records written by several processes, damaged, and found again. */

#include "io/journal.h"
#include "tests/io/scratch.h"

static bh_diag diag;

static bh_journal *
opened(void)
{
    bh_journal *journal = NULL;
    CHECK_OK(bh_journal_open(in_directory(0, "corpus.journal"), &journal, &diag), diag);
    CU_ASSERT_FATAL(journal != NULL);
    return journal;
}

static void
put(bh_journal *journal, uint64_t key, const char *text)
{
    CHECK_OK(bh_journal_put(journal, key, text, strlen(text), &diag), diag);
}

static void
check_text(bh_journal *journal, uint64_t key, const char *want)
{
    void *data = NULL;
    size_t size = 0;
    CHECK(bh_journal_has(journal, key));
    CHECK_OK(bh_journal_get(journal, key, &data, &size, &diag), diag);
    CHECK(size == strlen(want) && memcmp(data, want, size) == 0);
    free(data);
}

static void
test_found_again(void)
{
    enter();
    bh_journal *journal = opened();
    CHECK(!bh_journal_has(journal, 1));
    put(journal, 1, "one");
    put(journal, 2, "");
    check_text(journal, 1, "one");
    bh_journal_close(journal);
    journal = opened(); /* another process, as far as the folder knows */
    check_text(journal, 1, "one");
    check_text(journal, 2, "");
    put(journal, 1, "another one");
    check_text(journal, 1, "another one");
    void *data;
    size_t size;
    CHECK(bh_journal_get(journal, 3, &data, &size, &diag) == BH_ERR_DATA);
    bh_journal_remove(journal);
    leave();
}

static void
test_many(void)
{
    enter();
    char text[32];
    bh_journal *journal = opened();
    for (uint64_t i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "record %llu", (unsigned long long)i);
        put(journal, i * UINT64_C(0x100000000), text);
    }
    bh_journal_close(journal);
    journal = opened();
    for (uint64_t i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "record %llu", (unsigned long long)i);
        check_text(journal, i * UINT64_C(0x100000000), text);
    }
    bh_journal_remove(journal);
    leave();
}

static void
test_others(void)
{
    enter();
    bh_journal *mine = opened(), *other = opened();
    put(mine, 1, "mine");
    put(other, 2, "of the other");
    CHECK(!bh_journal_has(mine, 2));
    CHECK_OK(bh_journal_refresh(mine, &diag), diag);
    check_text(mine, 2, "of the other");
    put(other, 3, "later");
    CHECK_OK(bh_journal_refresh(mine, &diag), diag);
    check_text(mine, 3, "later");
    /* whoever comes after all is put together finds nothing, and no harm is done */
    bool alive = false;
    CHECK_OK(bh_journal_flush(mine, &diag), diag);
    CHECK_OK(bh_journal_lock(mine, &alive, &diag), diag);
    CHECK(alive);
    bh_journal_remove(mine);
    CHECK_OK(bh_journal_lock(other, &alive, &diag), diag);
    CHECK(!alive);
    bh_journal_close(other);
    leave();
}

/* The only file in the folder. */
static const char *
journal_file(void)
{
    DIR *folder = opendir(in_directory(0, "corpus.journal"));
    const char *path = NULL;
    for (struct dirent *entry; !path && (entry = readdir(folder));)
        if (entry->d_name[0] != '.') {
            char name[300];
            snprintf(name, sizeof name, "corpus.journal/%s", entry->d_name);
            path = in_directory(1, name);
        }
    closedir(folder);
    CU_ASSERT_FATAL(path != NULL);
    return path;
}

/* Cut at every length and with every byte of the last record changed, the file gives
 * back the records before. */
static void
test_damaged(void)
{
    enter();
    bh_journal *journal = opened();
    put(journal, 1, "first");
    put(journal, 2, "second");
    bh_journal_close(journal);
    const char *path = journal_file();
    size_t size;
    char *bytes = content(path, &size);
    const size_t half = 32 + 5;
    CHECK(size == half + 32 + 6);
    for (size_t cut = 0; cut <= size; cut++) {
        put_file(path, bytes, cut);
        journal = opened();
        CHECK(bh_journal_has(journal, 1) == (cut >= half));
        CHECK(bh_journal_has(journal, 2) == (cut == size));
        bh_journal_close(journal);
    }
    for (size_t at = half; at < size; at++) {
        bytes[at] ^= 32;
        put_file(path, bytes, size);
        journal = opened();
        check_text(journal, 1, "first");
        CHECK(!bh_journal_has(journal, 2));
        bh_journal_close(journal);
        bytes[at] ^= 32;
    }
    free(bytes);
    journal = opened();
    put(journal, 2, "second again");
    check_text(journal, 2, "second again");
    bh_journal_remove(journal);
    leave();
}

static void
test_nowhere(void)
{
    enter();
    bh_journal *journal = NULL;
    CHECK(bh_journal_open(in_directory(0, "no/where"), &journal, &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "no/where");
    CHECK(journal == NULL);
    bh_journal_close(NULL);
    leave();
}

TEST_MAIN("journal", {"found again", test_found_again}, {"many", test_many},
          {"others", test_others}, {"damaged", test_damaged}, {"nowhere", test_nowhere})
