/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Synapses that are made again for each spike: the same pairs and the same spikes as
 * those that are stored, however the run is cut, and what cannot be had without
 * storing. */
#include "tests/neurons/spiking.h"

enum { SOURCES = 700, TARGETS = 1300 };

struct pair_list {
    size_t count;
    uint32_t *i, *j;
};

static bh_synapses *
made(bh_subgroup source, bh_subgroup target, bool procedural, const char *model,
     const char *on_pre, const char *delay, bh_connect_config connect)
{
    bh_diag diag;
    bh_synapses *out;
    bh_synapses_config config = bh_synapses_config_default();
    config.source = source;
    config.target = target;
    config.procedural = procedural;
    config.model = model;
    config.on_pre = on_pre;
    config.delay = delay;
    CHECK_OK(bh_synapses_new(&config, &out, &diag), diag);
    CHECK_OK(bh_synapses_connect(out, &connect, &diag), diag);
    return out;
}

static struct pair_list
pairs_of(bool procedural, bh_connect_config connect, int threads)
{
    bh_diag diag;
    struct cut cut = plain;
    cut.threads = threads;
    bh_network *net = network(cut, 1e-4);
    bh_group *cells = neurons(net, "cells", 900, BH_SINGLE, "g : 1", NULL, NULL);
    bh_synapses *s = made(bh_part(cells, 100, 500), bh_part(cells, 300, 600),
                          procedural, NULL, "g += 1", NULL, connect);
    struct pair_list out = {.count = bh_synapses_count(s)};
    out.i = calloc(out.count + 1, sizeof *out.i);
    out.j = calloc(out.count + 1, sizeof *out.j);
    CHECK_OK(bh_synapses_pairs(s, out.i, out.j, out.count, &diag), diag);
    bh_network_free(net);
    return out;
}

static void
test_pairs(void)
{
    static const bh_connect_config ways[] = {
        {.probability = "0.1"},
        {.probability = "0.1", .condition = "i != j", .no_autapses = true},
        {.probability = "exp(-abs(i - j)/20)", .copies = "1 + int(rand() < 0.2)"},
        {.condition = "rand() < 0.05 and i < N_pre/2"},
        {.targets = "k for k in sample(N_post, size=9) if k > i"},
        {.targets = "i + k for k in range(-3, 4)", .skip_if_invalid = true},
        {.out_degree = 40},
        {.out_degree = 400, .no_multapses = true, .no_autapses = true},
        {.one_to_one = true, .skip_if_invalid = true},
        {0}};
    for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
        struct pair_list want = pairs_of(false, ways[w], 1);
        CHECK(want.count > 400);
        for (int threads = 1; threads <= 3; threads += 2) {
            struct pair_list got = pairs_of(true, ways[w], threads);
            const size_t size = want.count * sizeof *want.i;
            CU_ASSERT_FATAL(got.count == want.count);
            CHECK(memcmp(got.i, want.i, size) == 0);
            CHECK(memcmp(got.j, want.j, size) == 0);
            free(got.i);
            free(got.j);
        }
        free(want.i);
        free(want.j);
    }
}

/* A network that keeps itself going: events, and the inputs of all cells. */
struct outcome {
    size_t spikes;
    double *values; /* spikes' times and neurons, then g of the cells */
};

static bh_network *
recurrent(struct cut cut, bool procedural, bh_group **cells, bh_spike_monitor **spikes)
{
    bh_diag diag;
    bh_group *inputs;
    bh_network *net = network(cut, 1e-4);
    bh_poisson_config poisson = bh_poisson_config_default();
    poisson.count = SOURCES;
    poisson.rates = "20*Hz";
    CHECK_OK(bh_poisson_new(net, &poisson, &inputs, &diag), diag);
    *cells = neurons(net, "cells", TARGETS, cut.precision,
                     "dv/dt = (g - v)/(10*ms) : 1\ndg/dt = -g/(5*ms) : 1", "v > 1",
                     "v = 0");
    CHECK_OK(bh_group_event(*cells, "half", "v > 0.5 and v < 0.52", &diag), diag);
    made(bh_all(inputs), bh_part(*cells, 50, 1200), procedural,
         "w = 0.8*exp(-abs(i-j)*0.001) : 1", "g += w*rand()", "0.7*ms",
         (bh_connect_config){.probability = "0.15", .condition = "(i + j) % 3 != 0"});
    made(bh_all(*cells), bh_all(*cells), procedural, NULL, "g -= 10.0/N_incoming", NULL,
         (bh_connect_config){.out_degree = 30});
    bh_synapses *twice =
        made(bh_part(*cells, 0, 400), bh_all(*cells), procedural, NULL,
             "g += 0.02*randn() + 0.1/N_outgoing", "2*ms",
             (bh_connect_config){.probability = "0.02", .copies = "1 + i % 2"});
    bh_pathway_config later = bh_pathway_config_default();
    later.name = "later";
    later.code = "g += 0.01*int(v > v_pre)"; /* parts in step */
    later.delay = "5.3*ms";
    CHECK_OK(bh_synapses_pathway(twice, &later, &diag), diag);
    later.name = "half";
    later.event = "half";
    later.code = "g += 0.002";
    CHECK_OK(bh_synapses_pathway(twice, &later, &diag), diag);
    CHECK_OK(bh_spike_monitor_new(*cells, NULL, spikes, &diag), diag);
    return net;
}

static struct outcome
outcome_of(bh_group *cells, const bh_spike_monitor *spikes)
{
    bh_diag diag;
    const bh_events events = bh_spike_monitor_events(spikes);
    struct outcome out = {.spikes = events.count};
    out.values = calloc(2 * events.count + TARGETS, sizeof *out.values);
    for (size_t e = 0; e < events.count; e++) {
        out.values[2 * e] = events.time_s[e];
        out.values[2 * e + 1] = events.index[e];
    }
    CHECK_OK(bh_group_get(cells, "g", out.values + 2 * events.count, TARGETS, &diag),
             diag);
    return out;
}

static struct outcome
outcome(struct cut cut, bool procedural)
{
    bh_group *cells;
    bh_spike_monitor *spikes;
    bh_network *net = recurrent(cut, procedural, &cells, &spikes);
    run(net, cut, 0.1);
    struct outcome out = outcome_of(cells, spikes);
    bh_network_free(net);
    return out;
}

static void
check_same(struct outcome got, struct outcome want)
{
    CU_ASSERT_FATAL(got.spikes == want.spikes);
    CHECK(memcmp(got.values, want.values,
                 (2 * want.spikes + TARGETS) * sizeof *want.values) == 0);
}

static void
test_same_bits(void)
{
    static const struct cut cuts[] = {
        {1, 64, BH_CODE_AUTO, 0, 0, 1},        {2, 64, BH_CODE_AUTO, 0, 0, 1},
        {3, 7, BH_CODE_AUTO, 0, 0, 0.0113},    {1, 256, BH_CODE_AUTO, 0, 0, 1},
        {2, 64, BH_CODE_INTERPRETED, 0, 0, 1},
    };
    for (int precision = BH_SINGLE; precision <= BH_DOUBLE; precision++) {
        struct cut cut = plain;
        cut.precision = (bh_precision)precision;
        struct outcome want = outcome(cut, false);
        CHECK(want.spikes > 1000);
        for (size_t c = 0; c < sizeof cuts / sizeof cuts[0]; c++) {
            cut = cuts[c];
            cut.precision = (bh_precision)precision;
            for (int procedural = 0; procedural < 2; procedural++) {
                struct outcome got = outcome(cut, procedural);
                check_same(got, want);
                free(got.values);
            }
        }
        free(want.values);
    }
}

/* A checkpoint fits a network that has made the same synapses, and no other. */
static void
test_stored_state(void)
{
    bh_diag diag;
    bh_group *cells;
    bh_spike_monitor *spikes;
    const struct outcome want = outcome(plain, true);
    bh_network *net = recurrent(plain, true, &cells, &spikes);
    run(net, plain, 0.05);
    bh_store *store;
    CHECK_OK(bh_network_store(net, &store, &diag), diag);
    bh_network_free(net);
    net = recurrent(plain, true, &cells, &spikes);
    CHECK_OK(bh_network_restore(net, store, &diag), diag);
    run(net, plain, 0.05);
    struct outcome got = outcome_of(cells, spikes);
    check_same(got, want);
    bh_network_free(net);
    net = recurrent(plain, false, &cells, &spikes);
    CHECK(bh_network_restore(net, store, &diag) != BH_OK);
    bh_network_free(net);
    bh_store_free(store);
    free(got.values);
    free(want.values);
}

/* 4e7 synapses: 80 MB if they were stored. */
static void
test_large(void)
{
    enum { MANY = 20000 };
    bh_diag diag;
    bh_network *net = network(plain, 1e-4);
    const double at[] = {1, 2};
    const uint32_t index[] = {17, 4711};
    bh_group *source = given_spikes(net, "source", MANY, at, index, 2);
    bh_group *cells = neurons(net, "cells", MANY, BH_SINGLE, "g : 1", NULL, NULL);
    bh_synapses *s = made(bh_all(source), bh_all(cells), true, NULL, "g += 1", NULL,
                          (bh_connect_config){.probability = "0.1"});
    /* 5 standard deviations of a binomial number */
    CHECK_NEAR((double)bh_synapses_count(s), 4e7, 5 * sqrt(4e7 * 0.9));
    CHECK_OK(bh_network_run(net, 5e-3, &diag), diag);
    CHECK(bh_synapses_bytes(s) < 1000000);
    CHECK(bh_synapses_bytes(s) > 2 * 1900); /* a row of it */
    double *g = malloc(MANY * sizeof *g), sum = 0;
    CHECK_OK(bh_group_get(cells, "g", g, MANY, &diag), diag);
    for (size_t n = 0; n < MANY; n++)
        sum += g[n];
    CHECK_NEAR(sum, 4000, 5 * sqrt(4000 * 0.9));
    free(g);
    bh_network_free(net);
}

/* What bh_synapses_new says to a config. */
static void
refuses(bh_synapses_config config, const char *says)
{
    bh_diag diag = {0};
    bh_synapses *s;
    bh_network *net = network(plain, 1e-4);
    bh_group *cells =
        neurons(net, "cells", 10, BH_SINGLE, "v : 1\nx : 1", "v > 1", NULL);
    config.name = "p";
    config.max_delay_s = 1;
    config.source = config.target = bh_all(cells);
    config.procedural = true;
    CHECK(bh_synapses_new(&config, &s, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, says);
    bh_network_free(net);
}

static void
test_refused(void)
{
    refuses((bh_synapses_config){.model = "w : 1", .on_pre = "v += w"},
            "'w' cannot be a variable");
    refuses((bh_synapses_config){.on_post = "v += 1"}, "leave out pathway post");
    refuses((bh_synapses_config){.model = "x_post = v_pre : 1 (summed)"},
            "'x_post' cannot be summed");
    refuses((bh_synapses_config){.on_pre = "v += lastupdate/second"},
            "keep no 'lastupdate'");
    refuses((bh_synapses_config){.on_pre = "v += 1", .multisynaptic_index = "k"},
            "'k' cannot be a variable");
}

static void
test_refused_later(void)
{
    static const struct {
        bh_connect_config config;
        const char *says;
    } wrong[] = {{{.in_degree = 3}, "not by in_degree"},
                 {{.total = 3}, "not by total"},
                 {{.sources = "k for k in range(3)"}, "not by sources"},
                 {{.condition = "v_pre > 0"}, "but not v_pre"},
                 {{.condition = "t < 1*ms"}, "constants and rand()"},
                 {{.probability = "i/5"}, "must be from 0 to 1"},
                 {{.copies = "1 + poisson(1)"}, "constants and rand()"}};
    bh_diag diag = {0};
    bh_synapses *s;
    bh_network *net = network(plain, 1e-4);
    bh_group *cells = neurons(net, "cells", 10, BH_SINGLE, "v : 1", "v > 1", NULL);
    bh_synapses_config config = bh_synapses_config_default();
    config.source = config.target = bh_all(cells);
    config.on_pre = "v += 1";
    config.procedural = true;
    CHECK_OK(bh_synapses_new(&config, &s, &diag), diag);
    CHECK(bh_synapses_count(s) == 0);
    for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
        CHECK(bh_synapses_connect(s, &wrong[w].config, &diag) != BH_OK);
        CHECK_HAS(diag.text, wrong[w].says);
        CHECK(bh_synapses_count(s) == 0);
    }
    CHECK_OK(bh_synapses_connect(s, NULL, &diag), diag);
    CHECK(bh_synapses_count(s) == 100);
    CHECK(bh_synapses_connect(s, NULL, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "has been connected");
    CHECK(bh_synapses_remove(s, "i == j", &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "none can be removed");
    CHECK(bh_synapses_set(s, "delay", NULL, "1*ms", &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "the delay of all is in the config");
    CHECK(bh_synapses_run_regularly(s, "v += 1", 1e-3, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "cannot run for them regularly");
    bh_pathway_config back = bh_pathway_config_default();
    back.name = "back";
    back.from_post = true;
    back.code = "v += 1";
    CHECK(bh_synapses_pathway(s, &back, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "leave out pathway back");
    bh_network_free(net);
}

TEST_MAIN("procedural synapses", {"pairs", test_pairs}, {"same bits", test_same_bits},
          {"stored state", test_stored_state}, {"large", test_large},
          {"refused", test_refused}, {"refused later", test_refused_later})
