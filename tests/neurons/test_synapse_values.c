/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Variables and delays of synapses: set, got, refused. */
#include "tests/check.h"

#include "neurons/synapses/synapses_internal.h"
#include "tests/neurons/pairs.h"

/* Names of both groups: x and y of a neuron follow from its index. */
static void
test_names(void)
{
    bh_diag diag;
    struct wiring w = wire(5, 7, "w : 1\n u = 3*w : 1", 1);
    CHECK_OK(bh_group_set(w.source, "x", "10 + i", &diag), diag);
    CHECK_OK(bh_group_set(w.target, "x", "100 + i", &diag), diag);
    connect_pairs(&w, (bh_connect_config){.condition = "(i + j) % 2 == 0"});
    set_value(&w, "w", "x_pre + 1000*x_post + 1e6*(N_pre*10 + N_post) + y_pre/8");
    double *weights = values_of(&w, "w");
    for (size_t n = 0; n < w.count; n++) {
        const double y = 2 * (10.0 + w.i[n]) + w.i[n];
        CHECK_NEAR(weights[n], 10 + w.i[n] + 1000 * (100 + w.j[n]) + 57e6 + y / 8,
                   1e-6);
    }
    free(weights);
    set_value(&w, "w", "x + 0*y_post"); /* a name alone is the target's */
    set_value(&w, "w", "w + u");
    weights = values_of(&w, "w");
    for (size_t n = 0; n < w.count; n++)
        CHECK_NEAR(weights[n], 4 * (100 + w.j[n]), 1e-9);
    free(weights);
    set_value(&w, "w", "N_incoming + 100*N_outgoing");
    weights = values_of(&w, "w");
    for (size_t n = 0; n < w.count; n++)
        CHECK_NEAR(weights[n], (w.j[n] % 2 ? 2 : 3) + 100 * (w.i[n] % 2 ? 3 : 4), 0);
    free(weights);
    unwire(&w);
}

/* i and j count from the first neuron of a part; a neuron's own i from its group's. */
static void
test_parts(void)
{
    bh_diag diag;
    struct wiring w = {.net = network(1)};
    w.source = w.target = neurons(w.net, "cells", 20, BH_DOUBLE);
    CHECK_OK(bh_group_set(w.source, "x", "i", &diag), diag);
    bh_synapses_config config = bh_synapses_config_default();
    config.source = bh_part(w.source, 4, 6);
    config.target = bh_part(w.source, 10, 5);
    config.model = "w : 1";
    CHECK_OK(bh_synapses_new(&config, &w.synapses, &diag), diag);
    connect_pairs(&w, bh_connect_config_default());
    CHECK(w.count == 30);
    set_value(&w, "w", "x_pre*1e6 + x_post*1e4 + y_post + int(j == x_post - 10)*0.5");
    double *weights = values_of(&w, "w");
    for (size_t n = 0; n < w.count; n++)
        CHECK_NEAR(weights[n],
                   (4 + w.i[n]) * 1e6 + (10 + w.j[n]) * 1e4 + 3 * (10 + w.j[n]) + 0.5,
                   1e-6);
    free(weights);
    unwire(&w);
}

/* One draw for each synapse: the mean of 10^4 of mean 3 is 3 +- 5 * sqrt(3)/100. */
static void
test_draws(void)
{
    struct wiring w = wire(100, 100, "w : 1", 1);
    connect_pairs(&w, bh_connect_config_default());
    static const struct {
        const char *text;
        double mean, variance;
    } table[] = {{"poisson(3)", 3, 3},
                 {"rand()", 0.5, 1.0 / 12},
                 {"2 + randn()", 2, 1},
                 {"rand() - rand() + randn()", 0, 1 + 1.0 / 6}};
    for (size_t k = 0; k < 4; k++) {
        set_value(&w, "w", table[k].text);
        double *weights = values_of(&w, "w"), sum = 0, squares = 0;
        for (size_t n = 0; n < w.count; n++) {
            sum += weights[n];
            squares += pow(weights[n] - table[k].mean, 2);
        }
        CHECK_NEAR(sum / 1e4, table[k].mean, 5 * sqrt(table[k].variance) / 100);
        CHECK_NEAR(squares / 1e4, table[k].variance, 0.1 * table[k].variance);
        CHECK(weights[0] != weights[100] || weights[1] != weights[101]);
        free(weights);
    }
    unwire(&w);
}

static void
test_conditions_and_types(void)
{
    bh_diag diag;
    struct wiring w = wire(4, 4, "w : volt\n n : integer\n b : boolean", 1);
    connect_pairs(&w, bh_connect_config_default());
    set_value(&w, "w", "2*mV");
    CHECK_OK(bh_synapses_set(w.synapses, "w", "i > j", "-1*mV", &diag), diag);
    set_value(&w, "n", "i + 0.7");
    set_value(&w, "b", "i == j");
    double *weights = values_of(&w, "w"), *n = values_of(&w, "n"),
           *b = values_of(&w, "b");
    for (size_t k = 0; k < w.count; k++) {
        CHECK_NEAR(weights[k], w.i[k] > w.j[k] ? -1e-3 : 2e-3, 1e-18);
        CHECK_NEAR(n[k], w.i[k], 0);
        CHECK_NEAR(b[k], w.i[k] == w.j[k], 0);
        weights[k] = (double)k;
    }
    CHECK_OK(bh_synapses_set_array(w.synapses, "w", weights, w.count, &diag), diag);
    free(n);
    n = values_of(&w, "w");
    CHECK(memcmp(n, weights, w.count * sizeof *n) == 0);
    free(weights);
    free(n);
    free(b);
    unwire(&w);
}

static double
product(void *user, size_t i, size_t j)
{
    return *(double *)user * (double)(i * j);
}

/* (int)(d/dt + 0.5): 0.14 ms is one step, 0.16 ms two. */
static void
test_delays(void)
{
    bh_diag diag;
    double factor = 1e-4;
    struct wiring w = wire(3, 3, NULL, 1);
    connect_pairs(&w, bh_connect_config_default());
    double given[] = {0,    0.00014, 0.00016, 0.00005, 0.000049,
                      0.01, 0.0,     0.0001,  6.5535};
    const double steps[] = {0, 1, 2, 1, 0, 100, 0, 1, 65535};
    CHECK_OK(bh_synapses_set_array(w.synapses, "delay", given, 9, &diag), diag);
    double *delays = values_of(&w, "delay");
    for (size_t n = 0; n < 9; n++)
        CHECK_NEAR(delays[n], steps[n] * 1e-4, 1e-12);
    free(delays);
    CHECK_OK(bh_synapses_set_function(w.synapses, "pre.delay", product, &factor, &diag),
             diag);
    delays = values_of(&w, "delay");
    CHECK_NEAR(delays[8], 4e-4, 1e-12);
    CHECK_NEAR(delays[5], 2e-4, 1e-12);
    free(delays);
    set_value(&w, "delay", "rand()*5*ms");
    delays = values_of(&w, "delay");
    for (size_t n = 0; n < 9; n++)
        CHECK(delays[n] >= 0 && delays[n] < 5.01e-3);
    free(delays);
    unwire(&w);
}

/* Cut and ordered for a run, values are the same from outside; and again after. */
static void
test_order(void)
{
    bh_diag diag;
    struct wiring w = wire(30, 1500, "w : 1", 2);
    connect_pairs(&w, (bh_connect_config){.total = 40000});
    set_value(&w, "w", "randn()");
    set_value(&w, "delay", "rand()*2*ms");
    double *weights = values_of(&w, "w"), *delays = values_of(&w, "delay");
    uint32_t *i = w.i, *j = w.j;
    const uint32_t cuts[2][4] = {{0, 512, 1024, 1500}, {0, 1500}};
    w.i = w.j = NULL;
    for (int round = 0; round < 4; round++) {
        const uint32_t parts = round % 2 ? 1 : 3;
        CHECK_OK(synapses_finalise(w.synapses, cuts[round % 2], parts, &diag), diag);
        CHECK_OK(synapses_index(w.synapses, true, &diag), diag);
        const bh_synapses *s = w.synapses;
        bool ordered = true;
        for (size_t r = 0; r < 30 * parts; r++)
            for (uint64_t n = s->row[r] + 1; n < s->row[r + 1]; n++)
                ordered = ordered &&
                          (s->sorted_by->delay[n - 1] < s->sorted_by->delay[n] ||
                           (s->sorted_by->delay[n - 1] == s->sorted_by->delay[n] &&
                            s->local[n - 1] <= s->local[n]));
        CHECK(ordered);
        CHECK(s->column[1500] == 40000);
        for (size_t n = 1; n < s->column[1]; n++)
            CHECK(synapses_source(s, s->column_source, n - 1) <=
                  synapses_source(s, s->column_source, n));
        look(&w);
        double *w2 = values_of(&w, "w"), *d2 = values_of(&w, "delay");
        CHECK(memcmp(i, w.i, w.count * sizeof *i) == 0);
        CHECK(memcmp(j, w.j, w.count * sizeof *j) == 0);
        CHECK(memcmp(weights, w2, w.count * sizeof *w2) == 0);
        CHECK(memcmp(delays, d2, w.count * sizeof *d2) == 0);
        /* setting in one order or the other is the same */
        if (round == 1)
            CHECK_OK(synapses_canonise(w.synapses, &diag), diag);
        set_value(&w, "w", "0.5*w + j");
        for (size_t n = 0; n < w.count; n++)
            weights[n] = 0.5 * weights[n] + w.j[n];
        free(w2);
        free(d2);
    }
    free(weights);
    free(delays);
    free(i);
    free(j);
    unwire(&w);
}

static void
test_bad_values(void)
{
    static const struct {
        const char *variable, *expression, *text;
    } table[] = {
        {"w", "log(i - 1)",
         "'w' of the synapse from neuron 0 to neuron 0 of synapses is"},
        {"w", "1*mV", "must be"},
        {"w", "foo", "neither a variable nor a unit"},
        {"wx", "1", "has no variable 'wx'; did you mean 'w'?"},
        {"x_post", "1", "has no variable 'x_post'"},
        {"u", "1", "has no variable 'u'"},
        {"delay", "(j - 1)*ms",
         "'delay' of the synapse from neuron 0 to neuron 0 of synapses is -0.001 s; it "
         "must be 0 or longer"},
        {"delay", "inf*ms*(i + 1)", "it must be a finite time"},
        {"delay", "7*second", "it is more steps than the machine keeps"},
        {"delay", "3", "must be"},
        {"delay_post", "1*ms", "has no on_post, so no 'delay_post'"},
        {"delya", "1*ms", "did you mean 'delay'?"},
        {"w", "lastupdate/second", "'lastupdate' is not kept"},
    };
    bh_diag diag = {0};
    struct wiring w = wire(3, 3, "w : 1\n u = 2*w : 1", 1);
    connect_pairs(&w, bh_connect_config_default());
    set_value(&w, "w", "i");
    for (size_t n = 0; n < sizeof table / sizeof table[0]; n++) {
        diag = (bh_diag){0};
        CHECK(bh_synapses_set(w.synapses, table[n].variable, NULL, table[n].expression,
                              &diag) != BH_OK);
        CHECK_HAS(diag.text, table[n].text);
    }
    double *weights = values_of(&w, "w");
    for (size_t n = 0; n < w.count; n++)
        CHECK_NEAR(weights[n], w.i[n], 0); /* nothing was set */
    weights[7] = NAN;
    CHECK(bh_synapses_set_array(w.synapses, "w", weights, 9, &diag) == BH_ERR_DATA);
    CHECK_HAS(diag.text, "from neuron 2 to neuron 1 of synapses is nan");
    CHECK(bh_synapses_set_array(w.synapses, "w", weights, 8, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "synapses has 9 synapses, not 8");
    free(weights);
    unwire(&w);
}

TEST_MAIN("synapse values", {"names", test_names}, {"parts", test_parts},
          {"draws", test_draws}, {"conditions and types", test_conditions_and_types},
          {"delays", test_delays}, {"order", test_order},
          {"bad values", test_bad_values})
