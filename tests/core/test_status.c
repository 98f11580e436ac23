/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/status.h"

#include "tests/check.h"

static void
test_every_status_has_its_words(void)
{
    for (int a = BH_OK; a <= BH_ERR_DEVICE; a++) {
        CHECK(bh_strerror((bh_status)a)[0] != '\0');
        CHECK(strcmp(bh_strerror((bh_status)a), "unknown status") != 0);
        for (int b = BH_OK; b < a; b++)
            CHECK(strcmp(bh_strerror((bh_status)a), bh_strerror((bh_status)b)) != 0);
    }
    CHECK(strcmp(bh_strerror((bh_status)12345), "unknown status") == 0);
}

static void
test_set_fills_and_returns(void)
{
    bh_diag diag;
    memset(&diag, 0x55, sizeof diag);
    bh_status status = bh_diag_set(&diag, BH_ERR_FILE, "cannot open '%s'", "a.wav");
    CHECK(status == BH_ERR_FILE && diag.status == BH_ERR_FILE);
    CHECK(strcmp(diag.text, "cannot open 'a.wav'") == 0);
    CHECK(diag.line == 0 && diag.column == 0 && diag.caret == 0);
    CHECK(diag.where[0] == '\0' && diag.excerpt[0] == '\0');
    CHECK(bh_diag_set(NULL, BH_ERR_DATA, "nobody reads this") == BH_ERR_DATA);
}

static void
test_a_sentence_may_quote_the_one_before(void)
{
    bh_diag diag;
    bh_diag_set(&diag, BH_ERR_FILE, "the disk is full");
    bh_diag_set(&diag, BH_ERR_FILE, "a.h5: %s", diag.text);
    CHECK(strcmp(diag.text, "a.h5: the disk is full") == 0);
}

static void
test_long_sentences_are_cut(void)
{
    char longer[2000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    bh_diag diag;
    bh_diag_set(&diag, BH_ERR_TEXT, "%s", longer);
    CHECK(strlen(diag.text) == sizeof diag.text - 1);
}

static void
test_format_without_a_place_is_the_sentence(void)
{
    bh_diag diag;
    char text[64];
    bh_diag_set(&diag, BH_ERR_DATA, "sample 3 is not finite");
    bh_diag_format(&diag, text, sizeof text);
    CHECK(strcmp(text, "sample 3 is not finite") == 0);
    bh_diag_format(&diag, text, 9);
    CHECK(strcmp(text, "sample 3") == 0);
    diag.text[0] = '\0';
    bh_diag_format(&diag, text, sizeof text);
    CHECK(strcmp(text, bh_strerror(BH_ERR_DATA)) == 0);
}

static void
test_format_points_into_text(void)
{
    bh_diag diag;
    char text[256];
    bh_diag_set(&diag, BH_ERR_TEXT, "unknown name 'vv'");
    diag.line = 2;
    diag.column = 10;
    diag.caret = 10;
    snprintf(diag.where, sizeof diag.where, "equations of nerve");
    snprintf(diag.excerpt, sizeof diag.excerpt, "dv/dt = -vv/tau : 1");
    bh_diag_format(&diag, text, sizeof text);
    CHECK(strcmp(text, "equations of nerve:2:10: unknown name 'vv'\n"
                       "    dv/dt = -vv/tau : 1\n"
                       "             ^") == 0);
    diag.caret = 0;
    bh_diag_format(&diag, text, sizeof text);
    CHECK_HAS(text, "\n    ^");
}

static bh_status
fails_at(int step, int *reached)
{
    for (int i = 0; i < 3; i++) {
        *reached = i;
        BH_TRY(i == step ? BH_ERR_MEMORY : BH_OK);
    }
    return BH_OK;
}

static void
test_try_returns_at_once(void)
{
    int reached = -1;
    CHECK(fails_at(1, &reached) == BH_ERR_MEMORY && reached == 1);
    CHECK(fails_at(9, &reached) == BH_OK && reached == 2);
}

TEST_MAIN("core/status",
          {"every status has its words", test_every_status_has_its_words},
          {"set fills and returns", test_set_fills_and_returns},
          {"a sentence may quote the one before",
           test_a_sentence_may_quote_the_one_before},
          {"long sentences are cut", test_long_sentences_are_cut},
          {"format without a place is the sentence",
           test_format_without_a_place_is_the_sentence},
          {"format points into text", test_format_points_into_text},
          {"try returns at once", test_try_returns_at_once})
