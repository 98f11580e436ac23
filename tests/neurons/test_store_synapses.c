/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of networks with synapses: weights that learn, spikes on their way with
 * delays of every kind, and synapses made and removed meanwhile. */
#include "core/hash_internal.h"
#include "tests/neurons/spiking.h"

enum { INPUTS = 900, CELLS = 700 };

struct learning {
    bh_network *net;
    bh_group *inputs, *cells;
    bh_synapses *plastic, *loop;
    bh_spike_monitor *spikes;
};

static struct learning
learning_new(struct cut cut)
{
    struct learning l = {.net = network(cut, 1e-4)};
    bh_diag diag;
    bh_poisson_config poisson = bh_poisson_config_default();
    poisson.count = INPUTS;
    poisson.rates = "30*Hz";
    CHECK_OK(bh_poisson_new(l.net, &poisson, &l.inputs, &diag), diag);
    l.cells = neurons(l.net, "cells", CELLS, cut.precision,
                      "dv/dt = (0.3 + g - v)/(10*ms) + 0.1*xi*(2/(10*ms))**.5 : 1\n"
                      "dg/dt = -g/(5*ms) : 1",
                      "v > 1", "v = 0");
    l.plastic = synapses(l.inputs, l.cells,
                         "w : 1\n"
                         "dA/dt = -A/(20*ms) : 1 (event-driven)\n"
                         "dB/dt = -B/(20*ms) : 1 (event-driven)",
                         "g += w; A += 0.02; w = clip(w + B, 0, 0.5)",
                         "B -= 0.021; w = clip(w + A, 0, 0.5)", NULL, "0.7*ms");
    l.loop = synapses(l.cells, l.cells, NULL, "g -= 0.02*rand()", NULL, "1.5*ms", NULL);
    bh_connect_config connect = bh_connect_config_default();
    connect.probability = "0.05";
    CHECK_OK(bh_synapses_connect(l.plastic, &connect, &diag), diag);
    connect.condition = "i != j";
    CHECK_OK(bh_synapses_connect(l.loop, &connect, &diag), diag);
    CHECK_OK(bh_synapses_set(l.plastic, "w", NULL, "0.3*rand()", &diag), diag);
    CHECK_OK(bh_synapses_set(l.plastic, "delay", NULL, "rand()*20*ms", &diag), diag);
    CHECK_OK(bh_spike_monitor_new(l.cells, NULL, &l.spikes, &diag), diag);
    return l;
}

static void
check_same(struct learning got, struct learning want)
{
    bh_diag diag;
    bh_events x = bh_spike_monitor_events(got.spikes),
              y = bh_spike_monitor_events(want.spikes);
    CU_ASSERT_FATAL(x.count == y.count && x.count > 500);
    CHECK(memcmp(x.time_s, y.time_s, x.count * sizeof *x.time_s) == 0);
    CHECK(memcmp(x.index, y.index, x.count * sizeof *x.index) == 0);
    size_t count = bh_synapses_count(want.plastic);
    CU_ASSERT_FATAL(bh_synapses_count(got.plastic) == count);
    double *a = malloc(count * sizeof *a), *b = malloc(count * sizeof *b);
    CHECK_OK(bh_synapses_get(got.plastic, "w", a, count, &diag), diag);
    CHECK_OK(bh_synapses_get(want.plastic, "w", b, count, &diag), diag);
    CHECK(memcmp(a, b, count * sizeof *a) == 0);
    free(a);
    free(b);
}

static void
go(struct learning l, double seconds)
{
    bh_diag diag;
    CHECK_OK(bh_network_run(l.net, seconds, &diag), diag);
}

static void
test_learning(void)
{
    static const struct cut cuts[] = {
        {1, 256, BH_CODE_AUTO, BH_RANDOM_FAST, BH_SINGLE, 1},
        {2, 64, BH_CODE_AUTO, BH_RANDOM_FAST, BH_DOUBLE, 1},
        {2, 16, BH_CODE_INTERPRETED, BH_RANDOM_PORTABLE, BH_SINGLE, 1}};
    bh_diag diag;
    for (int i = 0; i < 3; i++) {
        bh_store *begin, *middle;
        struct cut cut = cuts[i];
        struct learning want = learning_new(cut), again = learning_new(cut);
        go(want, 0.3);
        CHECK_OK(bh_network_store(again.net, &begin, &diag), diag);
        go(again, 0.1111);
        CHECK_OK(bh_network_store(again.net, &middle, &diag), diag);
        go(again, 0.1889);
        check_same(again, want);
        /* what was done to it since is forgotten */
        CHECK_OK(bh_synapses_remove(again.plastic, "j < 100", &diag), diag);
        CHECK_OK(bh_synapses_set(again.plastic, "delay", NULL, "60*ms", &diag), diag);
        go(again, 0.05);
        CHECK_OK(bh_network_restore(again.net, middle, &diag), diag);
        go(again, 0.1889);
        check_same(again, want);
        CHECK_OK(bh_network_restore(again.net, begin, &diag), diag);
        go(again, 0.3);
        check_same(again, want);
        /* with other threads, into a network that was connected in another way */
        cut.threads = 3 - cut.threads;
        cut.window = 256;
        struct learning other = learning_new(cut);
        CHECK_OK(bh_synapses_remove(other.plastic, NULL, &diag), diag);
        CHECK_OK(bh_network_restore(other.net, middle, &diag), diag);
        go(other, 0.1889);
        check_same(other, want);
        bh_store_free(begin);
        bh_store_free(middle);
        bh_network_free(want.net);
        bh_network_free(again.net);
        bh_network_free(other.net);
    }
}

/* A small network with delays of its own, as it is connected or as it has run. */
static bh_network *
small_new(bool delayed, double seconds)
{
    const struct cut cut = {1,         64, BH_CODE_INTERPRETED, BH_RANDOM_PORTABLE,
                            BH_DOUBLE, 1};
    bh_diag diag;
    bh_network *net = network(cut, 1e-4);
    bh_group *cells = neurons(net, "cells", 5, BH_DOUBLE,
                              "dv/dt = (2 + 0.3*i - v)/(1*ms) : 1", "v > 1", "v = 0");
    bh_synapses *s = synapses(cells, cells, "w : 1", "v += w", NULL, NULL, NULL);
    const bh_connect_config others = {.condition = "i != j"};
    CHECK_OK(bh_synapses_connect(s, &others, &diag), diag);
    CHECK_OK(bh_synapses_set(s, "w", NULL, "0.1*i", &diag), diag);
    if (delayed)
        CHECK_OK(bh_synapses_set(s, "delay", NULL, "0.1*ms*(1 + j)", &diag), diag);
    CHECK_OK(bh_network_run(net, seconds, &diag), diag);
    return net;
}

/* The state with one word changed and the right sum is refused, or taken and run on
 * from without harm: the sanitizers look at every index. How many were refused. */
static size_t
change_each(bool delayed, double seconds, uint32_t word)
{
    enum { HEAD = 56, MODEL = 16, SUM = 48 };
    bh_network *net = small_new(delayed, seconds);
    bh_diag diag;
    bh_store *store, *made;
    size_t size, refused = 0;
    CHECK_OK(bh_network_store(net, &store, &diag), diag);
    const unsigned char *bytes = bh_store_bytes(store, &size);
    unsigned char *changed = malloc(size);
    uint64_t model;
    memcpy(&model, bytes + MODEL, sizeof model);
    for (size_t at = HEAD; at + sizeof word <= size; at += sizeof word) {
        memcpy(changed, bytes, size);
        memcpy(changed + at, &word, sizeof word);
        const uint64_t sum = bh_hash(model, changed + HEAD, size - HEAD);
        memcpy(changed + SUM, &sum, sizeof sum);
        CHECK_OK(bh_store_open(changed, size, &made, &diag), diag);
        const bool taken = bh_network_restore(net, made, &diag) == BH_OK;
        refused += !taken;
        if (taken)
            CHECK(bh_network_run(net, 1e-3, &diag) != BH_ERR_MEMORY);
        bh_store_free(made);
    }
    CHECK_OK(bh_network_restore(net, store, &diag), diag);
    CHECK_OK(bh_network_run(net, 1e-3, &diag), diag);
    free(changed);
    bh_store_free(store);
    bh_network_free(net);
    return refused;
}

static void
test_made_up(void)
{
    static const uint32_t words[] = {
        0, 1, 9, UINT32_C(1) << 20, INT32_MAX, UINT32_C(1) << 31, UINT32_MAX};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        for (int delayed = 0; delayed < 2; delayed++) {
            const size_t connected = change_each(delayed, 0, words[i]),
                         ran = change_each(delayed, 5e-3, words[i]);
            CHECK(connected > 5 && ran > 5);
        }
}

TEST_MAIN("store synapses", {"learning", test_learning},
          {"states that were made up", test_made_up})
