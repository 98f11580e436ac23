/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/check.h"

#include "brianhears.h"

/* Every kind can be made with its own defaults, every parameter at both ends of its
 * range is taken or refused with a sentence, and what is outside is refused. */
static void
test_kinds(void)
{
    const double cf[] = {500, 1000, 2000};
    bh_diag diag;
    CHECK(bh_bank_kind_at(bh_bank_kind_count()) == NULL);
    CHECK(bh_bank_kind_find("nothing") == NULL);
    for (size_t i = 0; i < bh_bank_kind_count(); i++) {
        const bh_bank_kind *kind = bh_bank_kind_at(i);
        bh_filterbank *bank;
        CHECK(bh_bank_kind_find(kind->name) == kind);
        CHECK(kind->about[0] && kind->source[0]);
        for (int precision = BH_SINGLE; precision <= BH_DOUBLE; precision++) {
            CHECK_OK(bh_bank_new(kind, 44100, cf, 3, NULL, 0, (bh_precision)precision,
                                 &bank, &diag),
                     diag);
            CHECK(bh_filterbank_channels(bank) == 3);
            bh_filterbank_free(bank);
        }
        for (size_t p = 0; p < kind->param_count; p++) {
            const bh_bank_param *param = &kind->params[p];
            char text[40];
            snprintf(text, sizeof text, "%.17g%s", param->preset, param->unit);
            const bh_bank_setting same = {param->name,
                                          param->choices ? param->choices[0] : text};
            CHECK_OK(bh_bank_new(kind, 44100, cf, 3, &same, 1, BH_SINGLE, &bank, &diag),
                     diag);
            bh_filterbank_free(bank);
            snprintf(text, sizeof text, "%.17g", param->most * 1.01 + 1);
            const bh_bank_setting outside = {param->name,
                                             param->choices ? "neither" : text};
            CHECK(bh_bank_new(kind, 44100, cf, 3, &outside, 1, BH_SINGLE, &bank,
                              &diag) == BH_ERR_ARGUMENT);
            CHECK_HAS(diag.text, param->name);
        }
    }
}

/* Settings arrive: a bank by name is the bank of the header. */
static void
test_settings(void)
{
    const double cf[] = {500, 4000};
    static const bh_bank_setting settings[] = {{"min_bw", "0.03 kHz"}, {"b", "1.5"}};
    double in[256] = {1}, got[256 * 2], want[256 * 2];
    bh_diag diag;
    bh_filterbank *named, *made;
    bh_gammatone_params params = bh_gammatone_params_default();
    params.b = 1.5;
    params.erb.min_bw_hz = 30;
    CHECK_OK(bh_bank_new(bh_bank_kind_find("gammatone"), 44100, cf, 2, settings, 2,
                         BH_DOUBLE, &named, &diag),
             diag);
    CHECK_OK(bh_gammatone_new(44100, cf, 2, &params, BH_DOUBLE, &made, &diag), diag);
    const bh_block sound = {in, 256, 1, 1, BH_DOUBLE};
    CHECK_OK(bh_filterbank_process(named, sound, (bh_block){got, 256, 2, 2, BH_DOUBLE},
                                   &diag),
             diag);
    CHECK_OK(bh_filterbank_process(made, sound, (bh_block){want, 256, 2, 2, BH_DOUBLE},
                                   &diag),
             diag);
    CHECK(memcmp(got, want, sizeof got) == 0);
    bh_filterbank_free(named);
    bh_filterbank_free(made);
}

static void
test_bad_settings(void)
{
    static const struct {
        const char *name, *value, *message;
    } table[] = {{"bb", "1", "did you mean 'b'?"},
                 {"quality", "1", "has no parameter 'quality'"},
                 {"b", "wide", "it must be a number"},
                 {"b", "1 Hz", "it must be a number"},
                 {"b", "nan", "it must be a number"},
                 {"min_bw", "10 ms", "a number in Hz"},
                 {"b", "-1", "it must be 0.001 to 100"},
                 {"b", "1,2", "it must be a number"}};
    const double cf = 1000;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        bh_diag diag;
        bh_filterbank *bank;
        const bh_bank_setting setting = {table[i].name, table[i].value};
        CHECK(bh_bank_new(bh_bank_kind_find("gammatone"), 44100, &cf, 1, &setting, 1,
                          BH_DOUBLE, &bank, &diag) != BH_OK);
        CHECK_HAS(diag.text, table[i].message);
    }
}

/* What a filter of some numbers makes of 1, 0, 0 ... */
static void
check_response(const char *kind, const bh_bank_setting *settings, size_t count,
               const double want[4])
{
    double in[4] = {1}, got[4 * 2];
    bh_diag diag;
    bh_filterbank *bank;
    CHECK_OK(bh_bank_new(bh_bank_kind_find(kind), 44100, NULL, 2, settings, count,
                         BH_DOUBLE, &bank, &diag),
             diag);
    CHECK_OK(bh_filterbank_process(bank, (bh_block){in, 4, 1, 1, BH_DOUBLE},
                                   (bh_block){got, 4, 2, 2, BH_DOUBLE}, &diag),
             diag);
    for (size_t t = 0; t < 4; t++)
        CHECK(got[2 * t] == want[t] && got[2 * t + 1] == want[t]);
    bh_filterbank_free(bank);
}

/* Filters that are given by their numbers, which may be given again. */
static void
test_lists(void)
{
    const bh_bank_setting taps[] = {{"taps", "7"}, {"taps", "1,-2.5, 3e-1"}};
    check_response("fir", taps, 2, (const double[]){1, -2.5, 0.3, 0});
    check_response("fir", NULL, 0, (const double[]){1, 0, 0, 0});
    const bh_bank_setting both[] = {{"b", "2"}, {"a", "2,-1"}};
    check_response("linear", both, 2, (const double[]){1, 0.5, 0.25, 0.125});
    const bh_bank_setting delay[] = {{"delay", "-0.022675736961451247 ms"},
                                     {"length", "5"}};
    check_response("fractional_delay", delay, 2, (const double[]){0, 1, 0, 0});
}

static void
test_bad_lists(void)
{
    static const struct {
        const char *kind, *name, *value, *message;
    } table[] = {{"fir", "taps", "1,,2", "taps is ''; it must be a number"},
                 {"fir", "taps", "1,x", "taps is 'x'"},
                 {"fir", "taps", "1,2e9", "it must be -1e+09 to 1e+09"},
                 {"linear", "b", "1,2,3,4,5,6,7,8,9,10,11,12",
                  "b has 12 numbers; it may have 11"},
                 {"linear", "a", "0,1", "a0 is 0"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        bh_diag diag;
        bh_filterbank *bank;
        const bh_bank_setting setting = {table[i].name, table[i].value};
        CHECK(bh_bank_new(bh_bank_kind_find(table[i].kind), 44100, NULL, 1, &setting, 1,
                          BH_DOUBLE, &bank, &diag) != BH_OK);
        CHECK_HAS(diag.text, table[i].message);
    }
}

TEST_MAIN("catalogue", {"kinds", test_kinds}, {"settings", test_settings},
          {"bad settings", test_bad_settings}, {"lists", test_lists},
          {"bad lists", test_bad_lists})
