/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "models/sound_list.h"
#include "tests/io/scratch.h"

static bh_diag diag;
static const char *const made[] = {"b/two.wav", "b/one.FLAC",  "a/deep/er.ogg",
                                   "top.wav",   "a/notes.txt", "a/.hidden.wav",
                                   "list.csv"};

static void
make(const char *text)
{
    enter();
    mkdir(in_directory(0, "a"), 0700);
    mkdir(in_directory(0, "a/deep"), 0700);
    mkdir(in_directory(0, "b"), 0700);
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
        put_file(in_directory(0, made[i]), "12345", i);
    put_file(in_directory(0, "list.csv"), text, strlen(text));
}

static void
unmake(void)
{
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
        unlink(in_directory(0, made[i]));
    rmdir(in_directory(0, "a/deep"));
    rmdir(in_directory(0, "a"));
    rmdir(in_directory(0, "b"));
    leave();
}

static void
check(const bh_sound_list *list, size_t i, const char *name, const char *label)
{
    size_t count;
    const char *const *labels = bh_sound_list_labels(list, &count);
    const bh_listed_sound *sound = bh_sound_list_get(list, i);
    CHECK(strcmp(sound->name, name) == 0);
    CU_ASSERT_FATAL(sound->label < count);
    CHECK(strcmp(labels[sound->label], label) == 0);
    CHECK(access(sound->path, R_OK) == 0);
}

static void
test_folder(void)
{
    bh_sound_list *list = NULL;
    size_t labels;
    make("");
    CHECK(symlink("..", in_directory(1, "a/up")) == 0); /* leads back */
    CHECK_OK(bh_sound_list_read(directory, &list, &diag), diag);
    CHECK(bh_sound_list_count(list) == 4);
    check(list, 0, "a/deep/er.ogg", "a");
    check(list, 1, "b/one.FLAC", "b");
    check(list, 2, "b/two.wav", "b");
    check(list, 3, "top.wav", "");
    CHECK(bh_sound_list_get(list, 1)->bytes == 1);
    CHECK(bh_sound_list_get(list, 3)->bytes == 3);
    CHECK(bh_sound_list_get(list, 3)->changed > 0);
    (void)bh_sound_list_labels(list, &labels);
    CHECK(labels == 3);
    bh_sound_list_free(list);
    unlink(in_directory(1, "a/up"));
    unmake();
}

static void
test_lines(void)
{
    bh_sound_list *list = NULL;
    size_t labels;
    make("# digits\r\n\n top.wav , nine\r\nb/two.wav\n\"a/deep/er.ogg\",eight\n"
         "\"a, \"\"b\"\".wav\",nine");
    CHECK_OK(bh_sound_list_read(in_directory(1, "list.csv"), &list, &diag), diag);
    CHECK(bh_sound_list_count(list) == 4);
    const bh_listed_sound *odd = bh_sound_list_get(list, 3);
    CHECK(strcmp(odd->name, "a, \"b\".wav") == 0);
    CHECK(odd->bytes == 0);
    CHECK(odd->label == bh_sound_list_get(list, 0)->label);
    check(list, 1, "b/two.wav", "");
    check(list, 2, "a/deep/er.ogg", "eight");
    CHECK(strcmp(bh_sound_list_labels(list, &labels)[2], "nine") == 0);
    CHECK(labels == 3);
    bh_sound_list_free(list);
    unmake();
}

static void
test_wrong(void)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"", "there are no sounds"},
        {"# nothing\n\n", "there are no sounds"},
        {"a.wav\n\"b.wav\n", "line 2"},
        {"a.wav\n\"b.wav\"x\n", "line 2"},
        {"a.wav\n,nine\n", "line 2"},
        {"a.wav\nb.wav\na.wav,x\n", "'a.wav' in line 1 and again in line 3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bh_sound_list *list = NULL;
        make(cases[i].text);
        CHECK(bh_sound_list_read(in_directory(1, "list.csv"), &list, &diag) ==
              BH_ERR_DATA);
        CHECK_HAS(diag.text, cases[i].part);
        CHECK(list == NULL);
        unmake();
    }
    bh_sound_list *list = NULL;
    make("");
    put_file(in_directory(1, "list.csv"), "a\0b.wav\n", 8);
    CHECK(bh_sound_list_read(in_directory(1, "list.csv"), &list, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "zero byte");
    CHECK(bh_sound_list_read(in_directory(1, "none.csv"), &list, &diag) == BH_ERR_FILE);
    CHECK_HAS(diag.text, "none.csv");
    bh_sound_list_free(NULL);
    unmake();
}

TEST_MAIN("sound list", {"folder", test_folder}, {"lines", test_lines},
          {"wrong", test_wrong})
