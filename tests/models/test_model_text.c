/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

/* A model's text says the same again: read once more it gives itself, and the same
 * spikes. */

#include "models/model.h"
#include "models/model_parts.h"
#include "tests/check.h"

static bh_diag diag;

static const char first[] = "title: 'a \"quoted\" title: with # signs'\n"
                            "constants: {tau: 10 ms}\n"
                            "groups:\n"
                            "  cells: &cells\n"
                            "    N: 20\n"
                            "    equations: |\n"
                            "      dv/dt = (1.2 - v)/tau + xi*tau**-.5/4 : 1\n"
                            "      # a comment of the language\n"
                            "    threshold: v > 1\n"
                            "    reset: >\n"
                            "      v\n"
                            "      = 0\n"
                            "    initial: {v: rand()}\n"
                            "  others: *cells\n"
                            "monitors:\n"
                            "  spikes: {spikes: cells}\n"
                            "synapses:\n"
                            "  s: {from: cells, to: others, on_pre: v_post += 0.1, "
                            "connect: [{probability: 0.2}],\n"
                            "      delay: '  2 ms'}\n"
                            "pictures: {}\n"
                            "run: {duration: 50 ms, threads: 1}\n";

static bh_model *
parsed(const char *text, const char *const *set, size_t count)
{
    bh_model *model = NULL;
    CHECK_OK(bh_model_parse("text", text, strlen(text), set, count, &model, &diag),
             diag);
    return model;
}

static char *
text_of(const bh_model *model)
{
    char *text = NULL;
    CHECK_OK(bh_model_text(model, &text, &diag), diag);
    return text;
}

static bh_events
spikes(bh_model *model)
{
    CHECK_OK(bh_model_build(model, &diag), diag);
    CHECK_OK(bh_model_run(model, &diag), diag);
    return bh_spike_monitor_events(bh_model_spike_monitor(model, "spikes"));
}

static void
test_round_trip(void)
{
    static const char *const set[] = {"cells.N=31", "run.seed=3"};
    bh_model *one = parsed(first, set, 2);
    char *text = text_of(one);
    CHECK_HAS(text, "N: 31");
    CHECK_HAS(text, "seed: 3");
    bh_model *other = parsed(text, NULL, 0);
    char *again = text_of(other);
    CHECK(strcmp(text, again) == 0);
    if (strcmp(text, again) != 0)
        fprintf(stderr, "%s----\n%s", text, again);
    const bh_events want = spikes(one), got = spikes(other);
    CHECK(want.count > 20);
    CU_ASSERT_FATAL(got.count == want.count);
    CHECK(memcmp(got.time_s, want.time_s, want.count * sizeof *want.time_s) == 0);
    CHECK(memcmp(got.index, want.index, want.count * sizeof *want.index) == 0);
    free(text);
    free(again);
    bh_model_free(one);
    bh_model_free(other);
}

static void
test_nothing(void)
{
    bh_model *model = parsed("title: ''\n", NULL, 0);
    char *text = text_of(model);
    bh_model *again = parsed(text, NULL, 0);
    free(text);
    bh_model_free(again);
    bh_model_free(model);
}

TEST_MAIN("model text", {"round trip", test_round_trip}, {"nothing", test_nothing})
