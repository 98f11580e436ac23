/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* mkstemp */
#include "tests/check.h"

#include <brianhears.h>
#include <unistd.h>

/* What is wrong with a text, and where. */

static const struct wrong {
    const char *text;
    int line, column;
    const char *part; /* of the sentence */
} wrongs[] = {
    /* YAML itself */
    {"groups: [", 1, 10, "no YAML"},
    {"a:\n\tb: 1\n", 2, 1, "tab"},
    {"run: {seed: 1}\nrun: {seed: 2}\n", 2, 1, "'run' is there already, in line 1"},
    {"run: &a [*a]\n", 1, 10, "inside of what it stands for"},
    {"run: *b\n", 1, 6, "no anchor '&b'"},
    {"run: !!map {}\n", 1, 6, "tag"},
    {"run: {}\n---\nrun: {}\n", 2, 1, "second document"},
    {"- 1\n", 1, 1, "a model is a map"},
    {"? [a]\n: 1\n", 1, 3, "no name"},
    {"title: \"a\xff\"\n", 1, 10, "UTF-8"},
    /* names */
    {"grups: {}\n", 1, 1, "did you mean 'groups'?"},
    {"groups:\n  nerve:\n    tresholt: v > 1\n    equations: 'v : 1'\n", 3, 5,
     "did you mean 'threshold'?"},
    {"groups: {9: {equations: 'v : 1'}}\n", 1, 10, "'9' is no name"},
    {"groups: {a: {N: 1}}\n", 1, 10, "lacks 'equations'"},
    {"groups: {a: 5}\n", 1, 13, "must be a map"},
    {"sounds: {s: {file: a.wav, stimulus: tone}}\n", 1, 27,
     "cannot have 'file' and 'stimulus'"},
    {"sounds: {s: {level: 60 dB}}\n", 1, 13, "none of file, stimulus or live"},
    {"filters: {f: {bank: gammatone, input: sond}}\nsounds: {sound: {stimulus: "
     "tone}}\n",
     1, 39, "did you mean 'sound'?"},
    {"filters: {f: {bank: gamatone, input: s}}\nsounds: {s: {stimulus: tone}}\n", 1, 21,
     "did you mean 'gammatone'?"},
    {"filters: {f: {bank: gammatone, input: s, set: {q: 1}}}\n"
     "sounds: {s: {stimulus: tone}}\n",
     1, 48, "not known as a parameter of this bank"},
    {"sounds: {s: {stimulus: tone}}\ngroups: {s: {equations: 'v : 1'}}\n", 2, 10,
     "give them different names"},
    /* values */
    {"run: {duration: 1 V}\n", 1, 17, "'duration' is in V; it must be a time"},
    {"run: {duration: 1}\n", 1, 17, "a pure number; it must be a time"},
    {"run: {duration: 1 parsec}\n", 1, 19, "parsec"},
    {"run: {seed: 1.5}\n", 1, 13, "whole number"},
    {"run: {random: fats}\n", 1, 15, "did you mean 'fast'?"},
    {"run: {seed: [1]}\n", 1, 13, "one value, not a list"},
    {"run: {window: 5000}\n", 1, 15, "must be 1 to 1024"},
    {"sounds: {s: {stimulus: tone, level: loud}}\n", 1, 37, "a level"},
    {"constants: {a: b}\n", 1, 16, "b"},
    {"constants:\n  a: 1\n  c: a + 3*volt\n", 3, 8, "same units"},
    {"monitors: {m: {spikes: g, counts: g}}\n", 1, 27, "cannot have"},
};

/* The same where the network is made. */
static const struct wrong build_wrongs[] = {
    {"groups: {}\n", 1, 1, "how long it runs"},
    {"run: {duration: 1 s}\ngroups:\n  a:\n    equations: |\n      dv/dt = -v/(1*ms) : "
     "1\n"
     "      dw/dt = u : 1\n",
     6, 15, "u"},
    {"run: {duration: 1 s}\ngroups:\n  a:\n    equations: 'v : 1'\n"
     "    threshold: v > 1*mV\n",
     5, 18, "units"},
    {"run: {duration: 1 s}\ngroups:\n  a:\n    equations: \"dv/dt = \\\n      x : "
     "1\"\n",
     5, 7, "x"},
    {"run: {duration: 1 s}\ngroups:\n  a:\n    equations: >\n      dv/dt = -v/\n"
     "      (1*mV) : 1\n",
     5, 17, "must be Hz"},
    {"run: {duration: 1 s}\ngroups:\n  a:\n    equations: 'v : 1'\n    initial: {u: "
     "1}\n",
     5, 15, "u"},
    {"run: {duration: 1 s}\ngroups:\n  a:\n    equations: 'v : 1'\n"
     "    initial: {v: 1*mV}\n",
     5, 19, "V"},
    {"run: {duration: 1 s}\ngroups: {a: {equations: 'v : 1', N: 10}}\nsynapses:\n"
     "  s: {from: 'a[5:20]', to: a, on_pre: v += 1, connect: {}}\n",
     4, 13, "a has 10 neurons"},
    {"run: {duration: 1 s}\n"
     "groups: {a: {equations: 'v : 1', threshold: v > 1, N: 10}}\nsynapses:\n"
     "  s:\n    from: a\n    to: a\n    on_pre: |\n      v += 1\n      v += q\n"
     "    connect: {}\n",
     9, 12, "q"},
    {"run: {duration: 1 s}\n"
     "groups: {a: {equations: 'v : 1', threshold: v > 1, N: 10}}\nsynapses:\n"
     "  s: {from: a, to: a, on_pre: v += 1, connect: {condition: i == k}}\n",
     4, 65, "k"},
    {"run: {duration: 1 s}\ninputs: {p: {rates: 15*Hzz}}\n", 2, 24, "Hzz"},
    {"run: {duration: 1 s}\ngroups: {a: {equations: 'I : 1 (linked)'}}\n", 2, 10, "I"},
    {"sounds: {s: {stimulus: tone}}\n"
     "filters: {f: {bank: gammatone, input: s, set: {b: -5}}}\n"
     "groups: {a: {equations: 'I : 1', links: {I: {from: f}}}}\n",
     2, 51, "b is -5"},
    {"sounds: {s: {stimulus: tone}}\n"
     "filters: {f: {sum: [g]}, g: {sum: [f]}}\n"
     "groups: {a: {equations: 'I : 1', links: {I: {from: f}}}}\n",
     2, 36, "hears itself"},
};

static bh_status
try_text(const char *text, const char *const *set, size_t count, bool build,
         bh_diag *diag)
{
    bh_model *model = NULL;
    bh_status status =
        bh_model_parse("model.yaml", text, strlen(text), set, count, &model, diag);
    if (status == BH_OK && build)
        status = bh_model_check(model, diag);
    bh_model_free(model);
    return status;
}

static void
check_wrong(const struct wrong *wrong, bool build)
{
    bh_diag diag = {0};
    const bh_status status = try_text(wrong->text, NULL, 0, build, &diag);
    const bool right = status != BH_OK && diag.line == wrong->line &&
                       diag.column == wrong->column && strstr(diag.text, wrong->part);
    if (!right)
        fprintf(stderr, "%s\nwants %d:%d: ...%s...\n got  %d:%d: %s\n", wrong->text,
                wrong->line, wrong->column, wrong->part, diag.line, diag.column,
                diag.text);
    CHECK(right);
}

static void
test_reading(void)
{
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++)
        check_wrong(&wrongs[i], false);
}

static void
test_building(void)
{
    for (size_t i = 0; i < sizeof build_wrongs / sizeof build_wrongs[0]; i++)
        check_wrong(&build_wrongs[i], true);
}

static void
test_excerpt(void)
{
    bh_diag diag = {0};
    char text[1024];
    CHECK(try_text("run:\n  dt: 1 kHz   # \xc3\xa9\n", NULL, 0, false, &diag) ==
          BH_ERR_TEXT);
    bh_diag_format(&diag, text, sizeof text);
    CHECK_HAS(text, "model.yaml:2:7: 'dt' is in Hz; it must be a time, such as '5 ms'\n"
                    "      dt: 1 kHz   # \xc3\xa9\n"
                    "          ^");
}

static void
test_overrides(void)
{
    static const char *const model =
        "constants: {n: 5}\n"
        "groups: {nerve: {N: n, equations: 'v : 1', regularly: [{run: v = 1}]}}\n"
        "monitors: {nerve: {state: nerve, variables: v}}\n"
        "run: {duration: 1 s}\n";
    static const struct {
        const char *set;
        int column;
        const char *part; /* NULL: right */
    } cases[] = {
        {"nerve.N=10", 0, NULL},
        {"groups.nerve.N=10", 0, NULL},
        {"constants.n=7", 0, NULL},
        {"nerve.threshold=v > 1", 0, NULL},
        {"nerve.equations=dv/dt = -v/(1*ms) : 1", 0, NULL},
        {"nerve.regularly.0.run=v = 2", 0, NULL},
        {"run={duration: 2 s, seed: 3}", 0, NULL},
        {"nerve.initial.v=3", 0, NULL},
        {"nerve.regularly=", 0, NULL},
        {"nerve.variables=v", 0, NULL},
        {"nerve.when=end", 0, NULL},
        {"nerve=5", 1, "may be groups.nerve or monitors.nerve"},
        {"constants.m=7", 11, "'m' is not known as one of the model's constants"},
        {"groups.nerv.N=1", 8, "did you mean 'nerve'?"},
        {"groups.more={equations: 'w : 1'}", 0, NULL},
        {"nerve.N=ten", 9, "ten"},
        {"nerve.M=10", 7, "'M' is not known as a key of a group"},
        {"nerv.N=10", 1, "did you mean 'nerve'?"},
        {"nerve.N", 8, "'=' and a value are missing"},
        {"nerve.N.x=1", 9, "nothing named 'x'"},
        {"nerve.regularly.1.run=v = 2", 17, "has 1 items"},
        {".N=1", 1, "a name should stand"},
        {"run={duration: 2 s, sed: 3}", 21, "did you mean 'seed'?"},
        {"run={duration: 2 s", 19, "no YAML"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bh_diag diag = {0};
        const bh_status status = try_text(model, &cases[i].set, 1, true, &diag);
        const bool right = cases[i].part
                               ? status != BH_OK && strcmp(diag.where, "--set") == 0 &&
                                     diag.column == cases[i].column &&
                                     strstr(diag.text, cases[i].part)
                               : status == BH_OK;
        if (!right)
            fprintf(stderr, "--set '%s': %s:%d:%d: %s\n", cases[i].set, diag.where,
                    diag.line, diag.column, diag.text);
        CHECK(right);
    }
}

static void
test_values(void)
{
    static const struct {
        const char *values, *part; /* NULL: all is well */
    } cases[] = {
        {"0\n1\n", NULL},
        {"current (nA)\n# a remark\n0\n\n1\n", NULL},
        {"1, nA\n2, 3\n", "line 1: 'nA' is not a number"},
        {"1, 2\n2, x\n", "line 2: 'x' is not a number"},
        {"1, 2\n2\n", "line 2 has fewer"},
        {"1\n\"2\"\n", "line 2"},
        {"1, 2\n2,\n", "row 1 of the array 'I' has a value that is not a number"},
        {"", "has no rows of numbers"},
    };
    char path[] = "/tmp/bh-test-XXXXXX", text[300];
    bh_diag diag = {0};
    const int made = mkstemp(path);
    CU_ASSERT_FATAL(made >= 0);
    close(made);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        FILE *file = fopen(path, "w");
        CU_ASSERT_FATAL(file != NULL);
        fputs(cases[i].values, file);
        fclose(file);
        snprintf(text, sizeof text,
                 "run: {duration: 1 s}\ntimed_arrays: {I: {file: %s, dt: 1 ms}}\n"
                 "groups: {a: {equations: 'v = I(t%s) : 1'}}\n",
                 path, cases[i].part ? ", i" : "");
        const bh_status status = try_text(text, NULL, 0, true, &diag);
        CHECK((status == BH_OK) == !cases[i].part);
        if (cases[i].part)
            CHECK_HAS(diag.text, cases[i].part);
        else
            CHECK_OK(status, diag);
    }
    unlink(path);
    CHECK(try_text("run: {duration: 1 s}\ntimed_arrays: {I: {file: /, dt: 1 ms}}\n"
                   "groups: {a: {equations: 'v : 1'}}\n",
                   NULL, 0, true, &diag) == BH_ERR_FILE);
}

TEST_MAIN("models/messages", {"what is wrong with a text, and where", test_reading},
          {"the same where the network is made", test_building},
          {"the line and a caret", test_excerpt},
          {"changes from outside", test_overrides},
          {"what is wrong with a file of values", test_values})
