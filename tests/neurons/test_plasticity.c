/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules of plasticity against the same rules written out spike by spike: those of both
 * sides come at random, and reach each synapse with delays of its own. */
#include "tests/check.h"

#include "tests/neurons/pairs.h"
#include "tests/neurons/stdp_window.h"

enum { NEURONS = 40, STEPS = 20000, MOST = 400 };
static const double dt = 1e-4;

/* The steps of the spikes of each neuron. */
struct trains {
    int64_t step[NEURONS][MOST];
    size_t count[NEURONS];
};

static void
sort_trains(struct trains *trains, const bh_spike_monitor *monitor)
{
    const bh_events events = bh_spike_monitor_events(monitor);
    memset(trains, 0, sizeof *trains);
    for (size_t n = 0; n < events.count; n++) {
        const uint32_t neuron = events.index[n];
        CU_ASSERT_FATAL(trains->count[neuron] < MOST);
        trains->step[neuron][trains->count[neuron]++] =
            (int64_t)nearbyint(events.time_s[n] / dt);
    }
}

/* Neurons that spike at random, 30 times a second. */
static bh_group *
chance(bh_network *net, const char *name, bh_spike_monitor **monitor)
{
    bh_diag diag;
    bh_group *group = NULL;
    bh_poisson_config config = bh_poisson_config_default();
    config.name = name;
    config.count = NEURONS;
    config.rates = "30*Hz";
    config.precision = BH_DOUBLE;
    CHECK_OK(bh_poisson_new(net, &config, &group, &diag), diag);
    CHECK_OK(bh_spike_monitor_new(group, NULL, monitor, &diag), diag);
    return group;
}

static bh_group *
generator(bh_network *net, const char *name, size_t count, bh_events spikes)
{
    bh_diag diag;
    bh_group *group = NULL;
    bh_generator_config config = bh_generator_config_default();
    config.name = name;
    config.count = count;
    config.spikes = spikes;
    CHECK_OK(bh_generator_new(net, &config, &group, &diag), diag);
    return group;
}

/* Delays of the synapse from i to j, steps. */
static int64_t
delay_pre(size_t i, size_t j)
{
    return (int64_t)((7 * i + 3 * j) % 11) * 5;
}

static int64_t
delay_post(size_t i, size_t j)
{
    return (int64_t)((5 * i + 2 * j) % 7) * 4;
}

/* What a rule does at one synapse. */
struct synapse {
    double w, a, b, c, d; /* traces */
    double last_s;
};

typedef void spike_function(struct synapse *s, double t_s, const void *params);

/* All spikes of a pair in the order of their arrival, presynaptic ones first. */
static double
follow(const struct trains *pre, const struct trains *post, size_t i, size_t j,
       double w, spike_function *on_pre, spike_function *on_post, const void *params)
{
    struct synapse s = {.w = w};
    size_t a = 0, b = 0;
    while (a < pre->count[i] || b < post->count[j]) {
        const int64_t at = a < pre->count[i] ? pre->step[i][a] + delay_pre(i, j)
                                             : INT64_MAX,
                      bt = b < post->count[j] ? post->step[j][b] + delay_post(i, j)
                                              : INT64_MAX;
        const int64_t first = at <= bt ? at : bt;
        if (first < STEPS)
            (at <= bt ? on_pre : on_post)(&s, (double)first * dt, params);
        a += at <= bt;
        b += at > bt;
    }
    return s.w;
}

/* Runs a rule in the engine and follows it by hand. */
static void
compare(const bh_plasticity *texts, spike_function *on_pre, spike_function *on_post,
        const void *params)
{
    static struct trains pre, post;
    bh_diag diag;
    bh_spike_monitor *before, *after;
    struct wiring w = {.net = network(2)};
    w.source = chance(w.net, "source", &before);
    w.target = chance(w.net, "target", &after);
    bh_synapses_config config = bh_synapses_config_default();
    config.source = bh_all(w.source);
    config.target = bh_all(w.target);
    bh_plasticity_use(texts, &config);
    CHECK_OK(bh_synapses_new(&config, &w.synapses, &diag), diag);
    connect_pairs(&w, bh_connect_config_default());
    set_value(&w, "w", "0.5");
    set_value(&w, "delay", "((7*i + 3*j) % 11)*0.5*ms");
    set_value(&w, "delay_post", "((5*i + 2*j) % 7)*0.4*ms");
    CHECK_OK(bh_network_run(w.net, STEPS * dt, &diag), diag);
    sort_trains(&pre, before);
    sort_trains(&post, after);
    double *weights = values_of(&w, "w");
    bool changed = false;
    for (size_t n = 0; n < w.count; n++) {
        /* some hundred roundings of numbers around 1 */
        CHECK_NEAR(weights[n],
                   follow(&pre, &post, w.i[n], w.j[n], 0.5, on_pre, on_post, params),
                   1e-12);
        changed = changed || fabs(weights[n] - 0.5) > 1e-3;
    }
    CHECK(changed);
    free(weights);
    unwire(&w);
}

static double
clip(double w, double low, double high)
{
    return w < low ? low : w > high ? high : w;
}

static void
change(struct synapse *s, const bh_stdp_params *p, double trace, double a)
{
    if (p->update != BH_STDP_ADDITIVE && a < 0)
        s->w *= 1 + trace;
    else
        s->w += (p->update == BH_STDP_MULTIPLICATIVE ? p->w_max - s->w : p->w_max) *
                trace;
    s->w = clip(s->w, p->w_min, p->w_max);
}

static void
decay(struct synapse *s, double t_s, double tau_a, double tau_b, double tau_c,
      double tau_d)
{
    const double passed = t_s - s->last_s;
    s->a *= exp(-passed / tau_a);
    s->b *= exp(-passed / tau_b);
    s->c *= exp(-passed / tau_c);
    s->d *= exp(-passed / tau_d);
    s->last_s = t_s;
}

static void
stdp_pre(struct synapse *s, double t_s, const void *params)
{
    const bh_stdp_params *p = params;
    decay(s, t_s, p->tau_pre_s, p->tau_post_s, 1, 1);
    const bool last = p->pairs == BH_STDP_NEAREST || p->pairs == BH_STDP_NEAREST_PRE;
    s->a = last ? p->a_pre : s->a + p->a_pre;
    change(s, p, s->b, p->a_post);
}

static void
stdp_post(struct synapse *s, double t_s, const void *params)
{
    const bh_stdp_params *p = params;
    decay(s, t_s, p->tau_pre_s, p->tau_post_s, 1, 1);
    const bool last = p->pairs == BH_STDP_NEAREST || p->pairs == BH_STDP_NEAREST_POST;
    s->b = last ? p->a_post : s->b + p->a_post;
    change(s, p, s->a, p->a_pre);
}

static void
test_pairs(void)
{
    bh_diag diag;
    code_mode = BH_CODE_INTERPRETED;
    for (int pairs = 0; pairs < 4; pairs++)
        for (int update = 0; update < 3; update++) {
            bh_plasticity texts;
            bh_stdp_params params = bh_stdp_params_default();
            params.tau_post_s = 30e-3;
            params.pairs = (bh_stdp_pairs)pairs;
            params.update = (bh_stdp_update)update;
            CHECK_OK(bh_stdp(&params, &texts, &diag), diag);
            compare(&texts, stdp_pre, stdp_post, &params);
        }
}

static void
triplet_pre(struct synapse *s, double t_s, const void *params)
{
    const bh_triplet_params *p = params;
    decay(s, t_s, p->tau_plus_s, p->tau_minus_s, p->tau_x_s, p->tau_y_s);
    s->w = clip(s->w - s->b * (p->a2_minus + p->a3_minus * s->c), 0, 1);
    s->a = p->nearest ? 1 : s->a + 1;
    s->c = p->nearest ? 1 : s->c + 1;
}

static void
triplet_post(struct synapse *s, double t_s, const void *params)
{
    const bh_triplet_params *p = params;
    decay(s, t_s, p->tau_plus_s, p->tau_minus_s, p->tau_x_s, p->tau_y_s);
    s->w = clip(s->w + s->a * (p->a2_plus + p->a3_plus * s->d), 0, 1);
    s->b = p->nearest ? 1 : s->b + 1;
    s->d = p->nearest ? 1 : s->d + 1;
}

static void
test_triplets(void)
{
    bh_diag diag;
    code_mode = BH_CODE_AUTO;
    for (int nearest = 0; nearest < 2; nearest++) {
        bh_plasticity texts;
        bh_triplet_params params = bh_triplet_params_default();
        params.nearest = nearest;
        CHECK_OK(bh_triplet(&params, &texts, &diag), diag);
        compare(&texts, triplet_pre, triplet_post, &params);
    }
}

/* Brian 2's weights after a pair of spikes. */
static void
test_window(void)
{
    bh_diag diag;
    bh_plasticity texts;
    const bh_stdp_params params = bh_stdp_params_default();
    CHECK_OK(bh_stdp(&params, &texts, &diag), diag);
    for (size_t n = 0; n < STDP_WINDOW; n++) {
        const struct pairing *pair = &stdp_window[n];
        struct wiring w = {.net = network(1)};
        const double pre = 50e-3, post = 50e-3 + pair->after_ms * 1e-3;
        const uint32_t first = 0;
        w.source = generator(w.net, "source", 1, (bh_events){&pre, &first, 1});
        bh_group_config cell = bh_group_config_default();
        cell.name = "target";
        cell.precision = BH_DOUBLE;
        cell.equations = "at : second";
        cell.threshold = "abs(t - at) < 0.01*ms";
        CHECK_OK(bh_group_new(w.net, &cell, &w.target, &diag), diag);
        CHECK_OK(bh_group_set_array(w.target, "at", &post, 1, &diag), diag);
        bh_synapses_config config = bh_synapses_config_default();
        config.source = bh_all(w.source);
        config.target = bh_all(w.target);
        config.delay = pair->delay;
        config.delay_post = pair->delay_post;
        bh_plasticity_use(&texts, &config);
        CHECK_OK(bh_synapses_new(&config, &w.synapses, &diag), diag);
        connect_pairs(&w, bh_connect_config_default());
        set_value(&w, "w", "0.5");
        CHECK_OK(bh_network_run(w.net, 0.1, &diag), diag);
        double *weights = values_of(&w, "w");
        CHECK_NEAR(weights[0], pair->w, 1e-14);
        free(weights);
        unwire(&w);
    }
}

/* Spikes every 50 ms through a facilitating, depressing synapse: u and x by hand. */
static void
test_short_term(void)
{
    enum { TRAIN = 8 };
    bh_diag diag;
    bh_plasticity texts;
    bh_short_term_params params = bh_short_term_params_default();
    params.tau_rec_s = 0.2;
    params.u = 0.2;
    params.effect = "x_post += w*release";
    for (int facilitates = 0; facilitates < 2; facilitates++) {
        params.tau_facil_s = facilitates ? 0.3 : 0;
        CHECK_OK(bh_short_term(&params, &texts, &diag), diag);
        double times[TRAIN], sum = 0, u = params.u, x = 1;
        uint32_t index[TRAIN] = {0};
        for (int s = 0; s < TRAIN; s++) {
            times[s] = 0.01 + 0.05 * s;
            if (s > 0) {
                x = 1 + (x - 1) * exp(-0.05 / params.tau_rec_s);
                u = facilitates
                        ? params.u + (u - params.u) * exp(-0.05 / params.tau_facil_s)
                        : params.u;
            }
            sum += 2 * u * x;
            x -= u * x;
            if (facilitates)
                u += params.u * (1 - u);
        }
        struct wiring w = {.net = network(1)};
        w.source = generator(w.net, "source", 1, (bh_events){times, index, TRAIN});
        w.target = neurons(w.net, "target", 1, BH_DOUBLE);
        bh_synapses_config config = bh_synapses_config_default();
        config.source = bh_all(w.source);
        config.target = bh_all(w.target);
        bh_plasticity_use(&texts, &config);
        CHECK_OK(bh_synapses_new(&config, &w.synapses, &diag), diag);
        connect_pairs(&w, bh_connect_config_default());
        set_value(&w, "w", "2");
        CHECK_OK(bh_network_run(w.net, 0.5, &diag), diag);
        double got = 0;
        CHECK_OK(bh_group_get(w.target, "x", &got, 1, &diag), diag);
        CHECK_NEAR(got, sum, 1e-12);
        unwire(&w);
    }
}

/* One pair of spikes leaves a trace c; the reward that is always there turns it into
 * weight: w = w0 + w_max r c tau_c (1 - exp(-t/tau_c)). */
static void
test_reward(void)
{
    bh_diag diag;
    bh_plasticity texts;
    bh_reward_params params = bh_reward_params_default();
    params.a_pre = 0.1;
    params.reward = "x";
    CHECK_OK(bh_reward(&params, &texts, &diag), diag);
    const double pre = 10e-3, post = 15e-3;
    const uint32_t first = 0;
    struct wiring w = {.net = network(1)};
    w.source = generator(w.net, "source", 1, (bh_events){&pre, &first, 1});
    bh_group_config cell = bh_group_config_default();
    cell.name = "target";
    cell.precision = BH_DOUBLE;
    cell.equations = "at : second\n x : Hz";
    cell.threshold = "abs(t - at) < 0.01*ms";
    CHECK_OK(bh_group_new(w.net, &cell, &w.target, &diag), diag);
    CHECK_OK(bh_group_set_array(w.target, "at", &post, 1, &diag), diag);
    CHECK_OK(bh_group_set(w.target, "x", "2*Hz", &diag), diag);
    bh_synapses_config config = bh_synapses_config_default();
    config.source = bh_all(w.source);
    config.target = bh_all(w.target);
    bh_plasticity_use(&texts, &config);
    CHECK_OK(bh_synapses_new(&config, &w.synapses, &diag), diag);
    connect_pairs(&w, bh_connect_config_default());
    set_value(&w, "w", "0.5");
    CHECK_OK(bh_network_run(w.net, 0.5, &diag), diag);
    /* c is set in the step at 15 ms, after the integration of that step */
    const double c = 0.1 * exp(-5e-3 / 20e-3), passed = 0.5 - 15e-3 - dt;
    double *weights = values_of(&w, "w");
    CHECK_NEAR(weights[0], 0.5 + 2 * c * (1 - exp(-passed)), 1e-12);
    free(weights);
    unwire(&w);
}

/* Units, and what cannot be. */
static void
test_texts(void)
{
    bh_diag diag = {0};
    bh_plasticity texts;
    bh_stdp_params stdp = bh_stdp_params_default();
    struct wiring w = {.net = network(1)};
    w.source = neurons(w.net, "cells", 2, BH_SINGLE);
    bh_synapses_config config = bh_synapses_config_default();
    config.source = config.target = bh_all(w.source);
    stdp.w_max = 1e-3;
    stdp.unit = "volt";
    stdp.effect = "ge += w";
    stdp.update = BH_STDP_MULTIPLICATIVE;
    CHECK_OK(bh_stdp(&stdp, &texts, &diag), diag);
    bh_plasticity_use(&texts, &config);
    CHECK_OK(bh_synapses_new(&config, &w.synapses, &diag), diag);
    CHECK_HAS(texts.on_pre, "ge += w\n");
    stdp.tau_pre_s = 0;
    CHECK(bh_stdp(&stdp, &texts, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "tau_pre is 0 s; it must be above 0");
    stdp = bh_stdp_params_default();
    stdp.w_min = 1;
    CHECK(bh_stdp(&stdp, &texts, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "w_min must be below w_max");
    bh_short_term_params short_term = bh_short_term_params_default();
    short_term.u = 1.5;
    CHECK(bh_short_term(&short_term, &texts, &diag) == BH_ERR_ARGUMENT);
    bh_triplet_params triplet = bh_triplet_params_default();
    triplet.a3_plus = NAN;
    CHECK(bh_triplet(&triplet, &texts, &diag) == BH_ERR_ARGUMENT);
    bh_reward_params reward = bh_reward_params_default();
    reward.reward = NULL;
    CHECK(bh_reward(&reward, &texts, &diag) == BH_ERR_ARGUMENT);
    unwire(&w);
}

TEST_MAIN("plasticity", {"texts", test_texts}, {"window", test_window},
          {"pairs", test_pairs}, {"triplets", test_triplets},
          {"short term", test_short_term}, {"reward", test_reward})
