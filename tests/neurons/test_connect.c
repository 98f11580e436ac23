/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which synapses are made. Numbers marked [B2] are those of Brian 2.5.1. */
#include "tests/check.h"

#include "tests/neurons/pairs.h"

static size_t
count_of(size_t sources, size_t targets, bh_connect_config config)
{
    struct wiring w = wire(sources, targets, NULL, 1);
    connect_pairs(&w, config);
    const size_t count = w.count;
    unwire(&w);
    return count;
}

static void
test_all(void)
{
    struct wiring w = wire(3, 4, NULL, 1);
    bh_diag diag;
    CHECK_OK(bh_synapses_connect(w.synapses, NULL, &diag), diag);
    look(&w);
    CHECK(w.count == 12);
    for (size_t n = 0; n < 12; n++)
        CHECK(w.i[n] == n / 4 && w.j[n] == n % 4);
    unwire(&w);
}

/* [B2] all pairs but the diagonal of 6 by 6, and the sum of their weights. */
static void
test_condition(void)
{
    struct wiring w = wire(6, 6, "w : 1", 1);
    connect_pairs(&w, (bh_connect_config){.condition = "i != j"});
    CHECK(w.count == 30);
    set_value(&w, "w", "exp(-abs(i-j)*0.1)");
    double *weights = values_of(&w, "w"), sum = 0;
    for (size_t n = 0; n < w.count; n++)
        sum += weights[n];
    CHECK_NEAR(sum, 23.937471032641582, 1e-13);
    CHECK(w.i[4] == 0 && w.j[4] == 5);
    CHECK_NEAR(weights[4], 0.6065306597126334, 1e-15);
    free(weights);
    unwire(&w);
}

/* [B2] 'k for k in range(i-1, i+2) if k != i' of six neurons: ten neighbours. */
static void
test_neighbours(void)
{
    struct wiring w = wire(6, 6, NULL, 1);
    connect_pairs(&w,
                  (bh_connect_config){.targets = "k for k in range(i-1, i+2) if k != i",
                                      .skip_if_invalid = true});
    CU_ASSERT_FATAL(w.count == 10);
    const uint32_t i[] = {0, 1, 1, 2, 2, 3, 3, 4, 4, 5},
                   j[] = {1, 0, 2, 1, 3, 2, 4, 3, 5, 4};
    for (size_t n = 0; n < 10; n++)
        CHECK(w.i[n] == i[n] && w.j[n] == j[n]);
    unwire(&w);
    /* the same, from the targets' side */
    w = wire(6, 6, NULL, 1);
    connect_pairs(&w,
                  (bh_connect_config){.sources = "k for k in range(j-1, j+2) if k != j",
                                      .skip_if_invalid = true});
    CU_ASSERT_FATAL(w.count == 10);
    for (size_t n = 0; n < 10; n++)
        CHECK(w.i[n] == i[n] && w.j[n] == j[n]);
    unwire(&w);
}

static void
test_generators(void)
{
    CHECK(count_of(10, 10, (bh_connect_config){.targets = "i for k in range(3)"}) ==
          30);
    CHECK(count_of(10, 10,
                   (bh_connect_config){.targets = "k for k in range(0, 10, 3)"}) == 40);
    CHECK(count_of(10, 10,
                   (bh_connect_config){.targets = "k for k in range(9, -1, -2)"}) ==
          50);
    CHECK(count_of(10, 10,
                   (bh_connect_config){
                       .targets = "k for k in range(N_post) if j > i"}) == 45);
    CHECK(count_of(10, 10,
                   (bh_connect_config){.targets = "_k for _k in range(i)",
                                       .copies = "2"}) == 90);
    CHECK(count_of(100, 100,
                   (bh_connect_config){
                       .targets = "k for k in sample(N_post, size=7)"}) == 700);
    CHECK(count_of(100, 100,
                   (bh_connect_config){
                       .sources = "k for k in sample(0, N_pre, 2, size=40)"}) == 4000);
    /* 1e4 pairs: 1000 +- 4 * 30 */
    const size_t some = count_of(
        100, 100, (bh_connect_config){.targets = "k for k in sample(N_post, p=0.1)"});
    CHECK_NEAR((double)some, 1000, 120);
}

/* Distinct, and all equally often: 20 of 100, 1000 times, expected 200 +- 5 sd. */
static void
test_sample(void)
{
    size_t often[100] = {0};
    struct wiring w = wire(1000, 100, NULL, 1);
    connect_pairs(&w,
                  (bh_connect_config){.targets = "k for k in sample(N_post, size=20)"});
    CHECK(w.count == 20000);
    for (size_t n = 0; n < w.count; n++) {
        often[w.j[n]]++;
        if (n > 0 && w.i[n] == w.i[n - 1])
            CHECK(w.j[n] > w.j[n - 1]);
    }
    for (size_t j = 0; j < 100; j++)
        CHECK_NEAR((double)often[j], 200, 5 * sqrt(1000 * 0.2 * 0.8));
    unwire(&w);
}

/* chi squared of counts with a common mean and variance. */
static double
spread(const uint32_t *neuron, size_t count, size_t neurons, double variance)
{
    double sum = 0;
    size_t *degree = calloc(neurons, sizeof *degree);
    for (size_t n = 0; n < count; n++)
        degree[neuron[n]]++;
    for (size_t n = 0; n < neurons; n++)
        sum += pow((double)degree[n] - (double)count / (double)neurons, 2);
    free(degree);
    return sum / variance;
}

/* [B2] p = 0.1 of 1000 by 1000 gives 1e5 +- 4 * 300; skipping over pairs and drawing
 * for each (a probability that depends on j) have the same distribution: the degrees
 * are binomial, so chi squared of 1000 of them is 1000 +- 5 * sqrt(2000). */
static void
test_probability(void)
{
    const char *const texts[] = {"0.1", "0.1 + 0*j", "0.05 + 0.05*int(i >= 0)",
                                 "0.1 + 0*rand()"};
    for (size_t n = 0; n < 4; n++) {
        struct wiring w = wire(1000, 1000, NULL, 2);
        connect_pairs(&w, (bh_connect_config){.probability = texts[n]});
        CHECK_NEAR((double)w.count, 1e5, 4 * 300);
        CHECK_NEAR(spread(w.i, w.count, 1000, 90), 1000, 5 * sqrt(2000));
        CHECK_NEAR(spread(w.j, w.count, 1000, 90), 1000, 5 * sqrt(2000));
        unwire(&w);
    }
    CHECK(count_of(50, 50, (bh_connect_config){.probability = "0"}) == 0);
    CHECK(count_of(50, 50, (bh_connect_config){.probability = "1"}) == 2500);
    CHECK(count_of(50, 50,
                   (bh_connect_config){.probability = "1", .no_autapses = true}) ==
          2500); /* two groups have none */
}

static double
near_only(void *user, size_t i, size_t j)
{
    return i + 1 == j ? *(double *)user : 0;
}

static void
test_function(void)
{
    double p = 1;
    CHECK(count_of(20, 20,
                   (bh_connect_config){.probability_function = near_only,
                                       .user = &p}) == 19);
    p = 0;
    CHECK(count_of(
              20, 20,
              (bh_connect_config){.probability_function = near_only, .user = &p}) == 0);
}

static void
test_arrays(void)
{
    const uint32_t i[] = {2, 0, 2, 1, 2}, j[] = {3, 1, 0, 1, 3};
    struct wiring w = wire(3, 4, NULL, 1);
    connect_pairs(&w, (bh_connect_config){.i = i, .j = j, .pairs = 5});
    CU_ASSERT_FATAL(w.count == 5);
    const uint32_t sorted_i[] = {0, 1, 2, 2, 2}, sorted_j[] = {1, 1, 0, 3, 3};
    for (size_t n = 0; n < 5; n++)
        CHECK(w.i[n] == sorted_i[n] && w.j[n] == sorted_j[n]);
    unwire(&w);
}

static void
test_one_to_one(void)
{
    struct wiring w = wire(5, 5, NULL, 1);
    connect_pairs(&w, (bh_connect_config){.one_to_one = true, .copies = "1 + i"});
    CHECK(w.count == 15);
    for (size_t n = 0; n < w.count; n++)
        CHECK(w.i[n] == w.j[n]);
    unwire(&w);
    CHECK(count_of(5, 7,
                   (bh_connect_config){.one_to_one = true, .skip_if_invalid = true}) ==
          5);
}

/* Every target has its number of synapses; which sources is uniform. */
static void
test_degrees(void)
{
    struct wiring w = wire(400, 300, NULL, 2);
    connect_pairs(&w, (bh_connect_config){.in_degree = 50});
    CHECK(w.count == 15000);
    CHECK_NEAR(spread(w.j, w.count, 300, 1), 0, 0);
    CHECK_NEAR(spread(w.i, w.count, 400, 37.5 * (1 - 1.0 / 400)), 399,
               5 * sqrt(2 * 399));
    unwire(&w);
    w = wire(400, 300, NULL, 2);
    connect_pairs(&w, (bh_connect_config){.out_degree = 200, .no_multapses = true});
    CHECK(w.count == 80000);
    CHECK_NEAR(spread(w.i, w.count, 400, 1), 0, 0);
    for (size_t n = 1; n < w.count; n++)
        CHECK(w.i[n] > w.i[n - 1] || w.j[n] > w.j[n - 1]);
    unwire(&w);
}

/* The total is exact; multapses are as frequent as independent draws make them: pairs
 * of equal neighbours in the sorted list are K (1 - (1-1/K)^n) short of n. */
static void
test_total(void)
{
    const double pairs = 200.0 * 300.0, total = 30000;
    struct wiring w = wire(200, 300, NULL, 2);
    connect_pairs(&w, (bh_connect_config){.total = 30000});
    CHECK(w.count == 30000);
    size_t distinct = 1;
    for (size_t n = 1; n < w.count; n++)
        distinct += w.i[n] != w.i[n - 1] || w.j[n] != w.j[n - 1];
    const double expected = pairs * (1 - pow(1 - 1 / pairs, total));
    CHECK_NEAR((double)distinct, expected, 5 * sqrt(pairs * 0.13));
    CHECK_NEAR(spread(w.i, w.count, 200, 150 * (1 - 1.0 / 200)), 199,
               5 * sqrt(2 * 199));
    CHECK_NEAR(spread(w.j, w.count, 300, 100 * (1 - 1.0 / 300)), 299,
               5 * sqrt(2 * 299));
    unwire(&w);
    for (size_t n = 0; n < 3; n++) { /* few, many, all of the pairs */
        const size_t totals[] = {6000, 50000, 60000};
        w = wire(200, 300, NULL, 2);
        connect_pairs(&w,
                      (bh_connect_config){.total = totals[n], .no_multapses = true});
        CHECK(w.count == totals[n]);
        bool repeated = false;
        for (size_t k = 1; k < w.count; k++)
            repeated = repeated || (w.i[k] == w.i[k - 1] && w.j[k] == w.j[k - 1]);
        CHECK(!repeated);
        const double p = (double)totals[n] / pairs;
        if (n < 2)
            CHECK_NEAR(spread(w.i, w.count, 200, 300 * p * (1 - p)), 199,
                       5 * sqrt(2 * 199));
        unwire(&w);
    }
}

static void
test_autapses(void)
{
    bh_diag diag;
    struct wiring w = {.net = network(1)};
    w.source = w.target = neurons(w.net, "cells", 50, BH_SINGLE);
    bh_synapses_config config = bh_synapses_config_default();
    config.source = bh_part(w.source, 10, 30);
    config.target = bh_part(w.source, 20, 30);
    const bh_connect_config ways[] = {
        {.no_autapses = true},
        {.no_autapses = true, .in_degree = 29, .no_multapses = true},
        {.no_autapses = true, .total = 880, .no_multapses = true},
        {.no_autapses = true, .out_degree = 40},
        {.no_autapses = true, .targets = "k for k in range(N_post)"},
    };
    const size_t counts[] = {880, 870, 880, 1200, 880};
    for (size_t n = 0; n < 5; n++) {
        CHECK_OK(bh_synapses_new(&config, &w.synapses, &diag), diag);
        connect_pairs(&w, ways[n]);
        CHECK(w.count == counts[n]);
        for (size_t k = 0; k < w.count; k++)
            CHECK(w.i[k] + 10 != w.j[k] + 20);
    }
    unwire(&w);
}

/* Several calls add up, in public order; values stay with their synapses. */
static void
test_adding(void)
{
    struct wiring w = wire(4, 4, "w : 1", 1);
    connect_pairs(&w, (bh_connect_config){.condition = "j > i"});
    set_value(&w, "w", "10*i + j");
    set_value(&w, "delay", "(i + 4*j)*0.1*ms");
    connect_pairs(&w, (bh_connect_config){.condition = "j <= i or j == 3"});
    CHECK(w.count == 6 + 10 + 3);
    double *weights = values_of(&w, "w"), *delays = values_of(&w, "delay");
    for (size_t n = 0; n < w.count; n++) {
        const bool second = n > 0 && w.i[n] == w.i[n - 1] && w.j[n] == w.j[n - 1];
        const bool old = w.j[n] > w.i[n] && !second;
        CHECK_NEAR(weights[n], old ? 10.0 * w.i[n] + w.j[n] : 0, 0);
        CHECK_NEAR(delays[n], old ? (w.i[n] + 4 * w.j[n]) * 1e-4 : 0, 1e-15);
    }
    free(weights);
    free(delays);
    bh_diag diag;
    CHECK_OK(bh_synapses_remove(w.synapses, "w == 0 or i == 0", &diag), diag);
    look(&w);
    CHECK(w.count == 3);
    weights = values_of(&w, "w");
    for (size_t n = 0; n < w.count; n++)
        CHECK_NEAR(weights[n], 10.0 * w.i[n] + w.j[n], 0);
    free(weights);
    CHECK_OK(bh_synapses_remove(w.synapses, NULL, &diag), diag);
    CHECK(bh_synapses_count(w.synapses) == 0);
    unwire(&w);
}

/* Brian 2's multisynaptic_index: the number among the synapses of a pair. */
static void
test_multisynaptic(void)
{
    bh_diag diag;
    struct wiring w = {.net = network(1)};
    w.source = w.target = neurons(w.net, "cells", 5, BH_SINGLE);
    bh_synapses_config config = bh_synapses_config_default();
    config.source = config.target = bh_all(w.source);
    config.model = "w : 1";
    config.multisynaptic_index = "k";
    CHECK_OK(bh_synapses_new(&config, &w.synapses, &diag), diag);
    connect_pairs(&w, (bh_connect_config){.copies = "1 + i"});
    set_value(&w, "w", "10*k + i");
    connect_pairs(&w, (bh_connect_config){.one_to_one = true});
    CHECK_OK(bh_synapses_remove(w.synapses, "k == 0 and i > 0", &diag), diag);
    look(&w);
    CHECK(w.count == 75 + 5 - 20);
    double *k = values_of(&w, "k"), *weights = values_of(&w, "w");
    size_t number = 0;
    for (size_t n = 0; n < w.count; n++) {
        const bool same = n > 0 && w.i[n] == w.i[n - 1] && w.j[n] == w.j[n - 1];
        number = same ? number + 1 : 0;
        const bool fresh = w.i[n] == w.j[n] && number == w.i[n] + (w.i[n] == 0);
        CHECK_NEAR(k[n], (double)number, 0);
        CHECK_NEAR(weights[n],
                   fresh ? 0 : 10 * ((double)number + (w.i[n] > 0)) + w.i[n], 0);
    }
    free(k);
    free(weights);
    unwire(&w);
}

/* Weights that are no variable but an expression are computed where they are used, and
 * take no memory. Between runs synapses are removed, made, delayed; spikes on their way
 * arrive. Each source spikes once in each run, so x grows by the weights of all. */
static void
test_between_runs(void)
{
    bh_diag diag;
    const double times[] = {1e-3, 1e-3, 1e-3, 21e-3, 21e-3, 21e-3, 41e-3, 41e-3, 41e-3};
    const uint32_t index[] = {0, 1, 2, 0, 1, 2, 0, 1, 2};
    struct wiring w = {.net = network(2)};
    bh_generator_config generator = bh_generator_config_default();
    generator.name = "source";
    generator.count = 3;
    generator.spikes = (bh_events){times, index, 9};
    CHECK_OK(bh_generator_new(w.net, &generator, &w.source, &diag), diag);
    w.target = neurons(w.net, "target", 700, BH_DOUBLE);
    bh_synapses_config config = bh_synapses_config_default();
    config.source = bh_all(w.source);
    config.target = bh_all(w.target);
    config.model = "u = 1000*i + j : 1\n n : 1";
    config.on_pre = "x += u; n += 1";
    CHECK_OK(bh_synapses_new(&config, &w.synapses, &diag), diag);
    CHECK(bh_network_run(w.net, 20e-3, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "synapses has not been connected");
    CHECK(bh_network_time(w.net) == 0);
    double expected[700] = {0}, x[700];
    for (int run = 0; run < 3; run++) {
        if (run == 0)
            connect_pairs(&w, (bh_connect_config){.condition = "(i + j) % 3 == 0"});
        if (run == 1) {
            CHECK_OK(bh_synapses_remove(w.synapses, "j < 100", &diag), diag);
            connect_pairs(&w, (bh_connect_config){.condition = "j % 50 == 0"});
            set_value(&w, "delay", "((i + j) % 5)*ms");
        }
        if (run == 2)
            connect_pairs(
                &w, (bh_connect_config){.one_to_one = true, .skip_if_invalid = true});
        CHECK_OK(bh_network_run(w.net, 20e-3, &diag), diag);
        for (size_t n = 0; n < w.count; n++)
            expected[w.j[n]] += 1000.0 * w.i[n] + w.j[n];
        CHECK_OK(bh_group_get(w.target, "x", x, 700, &diag), diag);
        for (size_t j = 0; j < 700; j++)
            CHECK_NEAR(x[j], expected[j], 0);
    }
    /* made in the second or third run: as many spikes */
    double *n = values_of(&w, "n"), sum = 0;
    for (size_t k = 0; k < w.count; k++)
        sum += n[k];
    /* 600/3*3 old pairs of three runs, 3*14 of two, 3 of one */
    CHECK_NEAR(sum, 600 * 3 + 42 * 2 + 3, 0);
    free(n);
    unwire(&w);
}

/* What is made does not depend on threads, but on the seed's call. */
static void
test_threads(void)
{
    const bh_connect_config ways[] = {
        {.probability = "0.02"},
        {.probability = "exp(-abs(i-j)*0.01)*x_pre", .condition = "i != j"},
        {.in_degree = 10},
        {.total = 20000},
        {.sources = "k for k in sample(N_pre, p=0.05) if rand() < 0.5"},
    };
    bh_diag diag;
    for (size_t n = 0; n < 5; n++) {
        struct wiring a = wire(500, 700, "w : 1", 1), b = wire(500, 700, "w : 1", 3);
        CHECK_OK(bh_group_set(a.source, "x", "rand()", &diag), diag);
        CHECK_OK(bh_group_set(b.source, "x", "rand()", &diag), diag);
        connect_pairs(&a, ways[n]);
        connect_pairs(&b, ways[n]);
        CU_ASSERT_FATAL(a.count == b.count && a.count > 0);
        CHECK(memcmp(a.i, b.i, a.count * sizeof *a.i) == 0);
        CHECK(memcmp(a.j, b.j, a.count * sizeof *a.j) == 0);
        set_value(&a, "w", "randn() + rand()");
        set_value(&b, "w", "randn() + rand()");
        double *wa = values_of(&a, "w"), *wb = values_of(&b, "w");
        CHECK(memcmp(wa, wb, a.count * sizeof *wa) == 0);
        free(wa);
        free(wb);
        const size_t first = a.count;
        connect_pairs(&a, ways[n]);
        CHECK(n == 2 || n == 3 || a.count != 2 * first);
        unwire(&a);
        unwire(&b);
    }
}

static void
test_bad(void)
{
    static const uint32_t i[] = {0, 5}, j[] = {1, 7};
    static const struct {
        bh_connect_config config;
        const char *text;
    } table[] = {
        {{.i = i, .j = j, .pairs = 2},
         "pair 1 of synapses is from neuron 5 to neuron 7"},
        {{.probability = "1.5"}, "from neuron 0 to neuron 0 of synapses is 1.5"},
        {{.probability = "0.1*j - 0.2"},
         "from neuron 0 to neuron 0 of synapses is -0.2"},
        {{.probability = "sqrt(-1-i)"}, "it must be from 0 to 1"},
        {{.probability = "0.1*mV"}, "must be a pure number"},
        {{.condition = "i"}, "must be a truth value"},
        {{.condition = "v_pst > 0"}, "did you mean 'v_post'?"},
        {{.condition = "w > 0"}, "cannot tell which synapses there are"},
        {{.condition = "i = j"}, "expected an operator, found '='"},
        {{.targets = "k for k in range(9)"},
         "for i = 0 the neuron is 7; there are 7 (0 to 6)"},
        {{.targets = "i/2 for k in range(2)"}, "for i = 1 the neuron is 0.5"},
        {{.targets = "k for k in range(j)"}, "can only be used after 'if'"},
        {{.targets = "k for k in sample(5)"}, "a sample needs its probability"},
        {{.targets = "k for k in sample(5, p=2)"},
         "the probability of the sample is 2"},
        {{.targets = "k for k in sample(5, size=6)"}, "the size of the sample is 6"},
        {{.targets = "k for k in range(0, 5, 0)"}, "the step of the range is 0"},
        {{.targets = "k for k in range(1e12)"}, "the length of the range is 1e+12"},
        {{.targets = "k in range(5)"}, "expected for"},
        {{.copies = "-1"}, "there cannot be -1 synapses"},
        {{.one_to_one = true}, "cannot connect 6 neurons one to one with 7"},
        {{.total = 43, .no_multapses = true}, "has 42 pairs, too few for 43 synapses"},
        {{.in_degree = 7, .no_multapses = true}, "has 6 neurons to choose from"},
        {{.in_degree = 7, .total = 5}, "in one way"},
        {{.in_degree = 7, .condition = "i==j"}, "cannot go with another way"},
    };
    struct wiring w = wire(6, 7, "w : 1", 2);
    for (size_t n = 0; n < sizeof table / sizeof table[0]; n++) {
        bh_diag diag = {0};
        CHECK(bh_synapses_connect(w.synapses, &table[n].config, &diag) != BH_OK);
        CHECK_HAS(diag.text, table[n].text);
        CHECK(bh_synapses_count(w.synapses) == 0);
    }
    unwire(&w);
}

TEST_MAIN("connect", {"all", test_all}, {"condition", test_condition},
          {"neighbours", test_neighbours}, {"generators", test_generators},
          {"sample", test_sample}, {"probability", test_probability},
          {"function", test_function}, {"arrays", test_arrays},
          {"one to one", test_one_to_one}, {"degrees", test_degrees},
          {"total", test_total}, {"autapses", test_autapses}, {"adding", test_adding},
          {"multisynaptic", test_multisynaptic}, {"between runs", test_between_runs},
          {"threads", test_threads}, {"bad", test_bad})
