/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Synapses from all to all, which keep no targets: against the same with one synapse
 * more, of no weight, which therefore keep them. */
#include "tests/neurons/spiking.h"

enum {
    SOURCES = 90,
    CELLS = 1100,
    FIRST = 70,
    TARGETS = 1000,
    PAIRS = SOURCES * TARGETS
};

struct all {
    bh_network *net;
    bh_group *cells;
    bh_synapses *s;
};

static double
weight(void *user, size_t i, size_t j)
{
    (void)user;
    return i == 0 && j == 0 ? 0 : 1e-3 * (double)((31 * i + 17 * j) % 97);
}

static struct all
all(struct cut cut, bool one_more, bool plastic)
{
    bh_diag diag;
    bh_group *inputs;
    struct all a = {.net = network(cut, 1e-4)};
    bh_poisson_config poisson = bh_poisson_config_default();
    poisson.count = SOURCES;
    poisson.rates = "50*Hz";
    CHECK_OK(bh_poisson_new(a.net, &poisson, &inputs, &diag), diag);
    a.cells = neurons(a.net, "cells", CELLS, cut.precision, "dg/dt = -g/(5*ms) : 1",
                      "rand() < 20*Hz*dt", NULL);
    bh_synapses_config config = bh_synapses_config_default();
    config.source = bh_all(inputs);
    config.target = bh_part(a.cells, FIRST, TARGETS);
    config.model = plastic ? "w : 1\n dA/dt = -A/(20*ms) : 1 (event-driven)" : "w : 1";
    config.on_pre = plastic ? "g += w; A += 0.01" : "g += w*(1 + rand()) + 1e-5*j";
    config.on_post = plastic ? "w = clip(w + A*w, 0, 1)" : NULL;
    config.delay = "0.5*ms";
    CHECK_OK(bh_synapses_new(&config, &a.s, &diag), diag);
    CHECK_OK(bh_synapses_connect(a.s, NULL, &diag), diag);
    if (one_more) {
        const uint32_t zero = 0;
        const bh_connect_config more = {.i = &zero, .j = &zero, .pairs = 1};
        CHECK_OK(bh_synapses_connect(a.s, &more, &diag), diag);
    }
    CHECK_OK(bh_synapses_set_function(a.s, "w", weight, NULL, &diag), diag);
    return a;
}

/* g of all cells but that of the additional synapse, then w. */
static double *
outcome_of(struct all a, bool one_more)
{
    bh_diag diag;
    double *out = calloc(CELLS + PAIRS + 1, sizeof *out);
    uint32_t *i = calloc(PAIRS + 1, sizeof *i), *j = calloc(PAIRS + 1, sizeof *j);
    const size_t count = PAIRS + one_more;
    CHECK_OK(bh_group_get(a.cells, "g", out, CELLS, &diag), diag);
    CHECK_OK(bh_synapses_pairs(a.s, i, j, count, &diag), diag);
    for (size_t n = 0; n < PAIRS; n++)
        CHECK(i[n + one_more] == n / TARGETS && j[n + one_more] == n % TARGETS);
    CHECK_OK(bh_synapses_get(a.s, "w", out + CELLS, count, &diag), diag);
    if (one_more)
        memmove(out + CELLS, out + CELLS + 1, PAIRS * sizeof *out);
    out[FIRST] = 0;
    free(i);
    free(j);
    return out;
}

static double *
outcome(struct cut cut, bool one_more, bool plastic)
{
    bh_diag diag;
    struct all a = all(cut, one_more, plastic);
    run(a.net, cut, 0.05);
    const size_t values = PAIRS * bh_precision_size(cut.precision);
    if (!plastic)
        CHECK((bh_synapses_bytes(a.s) < values + 100000) == !one_more);
    CHECK_OK(bh_synapses_set(a.s, "w", "i % 2 == 0 and w > 0", "w*1.5", &diag), diag);
    run(a.net, cut, 0.03);
    double *out = outcome_of(a, one_more);
    bh_network_free(a.net);
    return out;
}

static void
same_bits(bool plastic)
{
    static const struct cut cuts[] = {{1, 64, BH_CODE_AUTO, 0, 0, 1},
                                      {3, 7, BH_CODE_AUTO, 0, 0, 0.0113},
                                      {2, 64, BH_CODE_INTERPRETED, 0, 0, 1}};
    for (int precision = BH_SINGLE; precision <= BH_DOUBLE; precision++) {
        struct cut cut = plain;
        cut.precision = (bh_precision)precision;
        double *want = outcome(cut, true, plastic);
        CHECK(want[CELLS - 100] > 0.01);
        for (size_t c = 0; c < sizeof cuts / sizeof cuts[0]; c++) {
            cut = cuts[c];
            cut.precision = (bh_precision)precision;
            double *got = outcome(cut, false, plastic);
            CHECK(memcmp(got, want, (CELLS + PAIRS) * sizeof *want) == 0);
            free(got);
        }
        free(want);
    }
}

static void
test_static(void)
{
    same_bits(false);
}

static void
test_plastic(void)
{
    same_bits(true);
}

/* A state is taken and put back as it lies. */
static void
test_stored_state(void)
{
    bh_diag diag;
    bh_store *store;
    struct all a = all(plain, false, true);
    run(a.net, plain, 0.02);
    CHECK_OK(bh_network_store(a.net, &store, &diag), diag);
    run(a.net, plain, 0.02);
    double *want = outcome_of(a, false);
    bh_network_free(a.net);
    a = all(plain, false, true);
    CHECK_OK(bh_network_restore(a.net, store, &diag), diag);
    run(a.net, plain, 0.02);
    double *got = outcome_of(a, false);
    CHECK(memcmp(got, want, (CELLS + PAIRS) * sizeof *want) == 0);
    bh_network_free(a.net);
    bh_store_free(store);
    free(want);
    free(got);
}

TEST_MAIN("dense synapses", {"static", test_static}, {"plastic", test_plastic},
          {"stored state", test_stored_state})
