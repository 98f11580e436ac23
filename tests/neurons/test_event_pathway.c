/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pathways that wait for a group's own events: hand-computed steps, the same bits as
 * spikes that happen together with the events, however a run is cut, and after a
 * restore. */
#include "tests/neurons/spiking.h"

static const struct cut cuts[] = {
    {1, 64, BH_CODE_AUTO, 0, BH_DOUBLE, 1},
    {2, 64, BH_CODE_AUTO, 0, BH_DOUBLE, 1},
    {3, 7, BH_CODE_AUTO, 0, BH_DOUBLE, 1},
    {3, 1, BH_CODE_AUTO, 0, BH_DOUBLE, 1},
    {2, 256, BH_CODE_AUTO, 0, BH_DOUBLE, 0.0013},
    {1, 64, BH_CODE_INTERPRETED, 0, BH_DOUBLE, 1},
    {2, 16, BH_CODE_INTERPRETED, 0, BH_DOUBLE, 0.0007},
};
enum { CUTS = sizeof cuts / sizeof cuts[0] };

static void
event(bh_group *group, const char *name, const char *condition, const char *statements)
{
    bh_diag diag;
    CHECK_OK(bh_group_event(group, name, condition, &diag), diag);
    if (statements)
        CHECK_OK(bh_group_on_event(group, name, statements, &diag), diag);
}

static bh_synapses *
event_synapses(bh_synapses_config config, bh_group *source, bh_group *target)
{
    bh_diag diag;
    bh_synapses *out = NULL;
    config.source = bh_all(source);
    config.target = bh_all(target);
    CHECK_OK(bh_synapses_new(&config, &out, &diag), diag);
    return out;
}

static void
pathway(bh_synapses *s, const char *name, bool from_post, const char *event_name,
        const char *code, const char *delay)
{
    bh_diag diag;
    bh_pathway_config config = bh_pathway_config_default();
    config.name = name;
    config.from_post = from_post;
    config.event = event_name;
    config.code = code;
    config.delay = delay;
    CHECK_OK(bh_synapses_pathway(s, &config, &diag), diag);
}

/* Sources without threshold have two events, targets spikes and an event. Neuron n has
 * "low" at step 20 + n % 5, "high" at step 30 + n % 3 if n is even; targets have "late"
 * at step 40 and spike at step 41. Each synapse notes when it was reached. */
static void
check_steps(struct cut cut, bool own)
{
    enum { N = 700 }; /* three blocks, of which threads make parts */
    bh_diag diag;
    bh_network *net = network(cut, 1e-4);
    bh_group *pre = neurons(net, "pre", N, cut.precision, "", NULL, NULL);
    bh_group *post =
        neurons(net, "post", N, cut.precision, "v : 1", "t_in_timesteps == 41", NULL);
    event(pre, "low", "t_in_timesteps == 20 + i % 5", NULL);
    event(pre, "high", "t_in_timesteps == 30 + i % 3 and i % 2 == 0", NULL);
    event(post, "late", "t_in_timesteps == 40", NULL);
    bh_synapses_config config = bh_synapses_config_default();
    config.model = "low : second\nhigh : second\nlate : second\nspike : second\nn : 1";
    config.on_pre = "low = t; n += 1; v += 1";
    config.event_pre = "low";
    config.on_post = "late = t; n += 10";
    config.event_post = "late";
    config.delay_post = "0.3*ms";
    bh_synapses *s = event_synapses(config, pre, post);
    pathway(s, "high", false, "high", "high = t; n += 100; v += 1000", "0.5*ms");
    pathway(s, "spike", true, "spike", "spike = t; n += 1000", NULL);
    bh_connect_config pairs = bh_connect_config_default();
    pairs.one_to_one = true;
    CHECK_OK(bh_synapses_connect(s, &pairs, &diag), diag);
    if (own) {
        CHECK_OK(bh_synapses_set(s, "delay", NULL, "(i % 4)*dt", &diag), diag);
        CHECK_OK(bh_synapses_set(s, "high.delay", NULL, "(i % 7)*dt", &diag), diag);
    }
    static double got[5][N], v[N];
    static const char *const names[] = {"low", "high", "late", "spike", "n"};
    run(net, cut, 20e-4);
    CHECK(value(s, "n", 0) == 0);
    run(net, cut, 1e-4); /* the step of the event, with delay 0 */
    CHECK(value(s, "n", 0) == 1 && value(s, "n", 1) == 0);
    run(net, cut, 40e-4);
    for (int k = 0; k < 5; k++)
        CHECK_OK(bh_synapses_get(s, names[k], got[k], N, &diag), diag);
    CHECK_OK(bh_group_get(post, "v", v, N, &diag), diag);
    for (int n = 0; n < N; n++) {
        const bool high = n % 2 == 0;
        const int want[] = {20 + n % 5 + (own ? n % 4 : 0),
                            high ? 30 + n % 3 + (own ? n % 7 : 5) : 0, 43, 41};
        for (int k = 0; k < 4; k++)
            CHECK_NEAR(got[k][n], want[k] * 1e-4, 1e-15);
        CHECK(got[4][n] == 1 + 10 + 1000 + (high ? 100 : 0));
        CHECK(v[n] == 1 + (high ? 1000 : 0));
    }
    bh_network_free(net);
}

static void
test_steps(void)
{
    for (size_t c = 0; c < CUTS; c++)
        for (int own = 0; own < 2; own++)
            check_steps(cuts[c], own);
}

/* Within a step: thresholds, events, synapses, reset, statements of events. */
static void
test_order(void)
{
    for (size_t c = 0; c < CUTS; c++) {
        bh_diag diag;
        bh_network *net = network(cuts[c], 1e-4);
        bh_group *cell = neurons(net, "cell", 1, cuts[c].precision, "v : 1",
                                 "t_in_timesteps == 5", "v = 10*v");
        event(cell, "again", "t_in_timesteps == 5", "v = v + 7");
        bh_synapses_config config = bh_synapses_config_default();
        config.on_pre = "v_post += 1";
        config.event_pre = "again";
        bh_synapses *s = event_synapses(config, cell, cell);
        CHECK_OK(bh_synapses_connect(s, NULL, &diag), diag);
        run(net, cuts[c], 5e-4);
        CHECK(state(cell, "v", 0) == 0);
        run(net, cuts[c], 5e-4);
        CHECK(state(cell, "v", 0) == 17);
        bh_network_free(net);
    }
}

/* Graded transmission: v rises by 1/64 a step and hands on its value, when the synapse
 * is reached, each time it passes another quarter: behind step 16 m - 1. */
static void
test_graded(void)
{
    static const int delay[] = {0, 3};
    for (size_t c = 0; c < CUTS; c++)
        for (int d = 0; d < 2; d++) {
            bh_diag diag;
            double want = 0;
            bh_network *net = network(cuts[c], 1e-4);
            bh_group *pre = neurons(net, "pre", 600, cuts[c].precision,
                                    "dv/dt = 1/(6.4*ms) : 1\nseen : 1", NULL, NULL);
            bh_group *post =
                neurons(net, "post", 600, cuts[c].precision, "g : 1", NULL, NULL);
            event(pre, "rise", "v > 0.25*(seen + 1) - 1/128", "seen += 1");
            bh_synapses_config config = bh_synapses_config_default();
            config.on_pre = "g += v_pre";
            config.event_pre = "rise";
            config.delay = d ? "0.3*ms" : NULL;
            bh_synapses *s = event_synapses(config, pre, post);
            bh_connect_config pairs = bh_connect_config_default();
            pairs.one_to_one = true;
            CHECK_OK(bh_synapses_connect(s, &pairs, &diag), diag);
            run(net, cuts[c], 100e-4);
            for (int m = 1; 16 * m - 1 + delay[d] < 100; m++)
                want += (16 * m + delay[d]) / 64.0;
            for (size_t n = 0; n < 600; n += 599) {
                CHECK(state(pre, "seen", n) == 6);
                /* rounding of 100 sums in v */
                CHECK_NEAR(state(post, "g", n), want, 1e-12);
            }
            bh_network_free(net);
        }
}

enum { CELLS = 800 };

struct learning {
    bh_network *net;
    bh_group *post;
    bh_synapses *s;
};

/* Both sides fire by their thresholds, and their events at the same time. */
static struct learning
learning_new(struct cut cut, bool events, bool traces)
{
    bh_diag diag;
    struct learning l = {.net = network(cut, 1e-4)};
    bh_group *pre = neurons(l.net, "pre", CELLS, cut.precision,
                            "dv/dt = (1.2 + i/N - v)/(10*ms) : 1", "v > 1", "v = 0");
    l.post = neurons(l.net, "post", CELLS, cut.precision,
                     "dv/dt = (1.5 - 0.4*i/N + g - v)/(10*ms) : 1\n"
                     "dg/dt = -g/(5*ms) : 1",
                     "v > 1", "v = 0");
    event(pre, "other", "v > 0.7", NULL); /* so that numbers and order differ */
    event(pre, "fire", "v > 1", NULL);
    event(l.post, "fire", "v > 1", NULL);
    bh_synapses_config config = bh_synapses_config_default();
    config.model = "w : 1\n"
                   "dA/dt = -A/(20*ms) : 1 (event-driven)\n"
                   "dB/dt = -B/(20*ms) : 1 (event-driven)";
    config.on_pre = "g += w; A += 0.02; w = clip(w + B, 0, 0.05)";
    config.on_post = "B -= 0.021; w = clip(w + A, 0, 0.05)";
    config.event_pre = config.event_post = events ? "fire" : NULL;
    l.s = event_synapses(config, pre, l.post);
    bh_connect_config connect = bh_connect_config_default();
    connect.probability = "0.02";
    CHECK_OK(bh_synapses_connect(l.s, &connect, &diag), diag);
    bh_synapses_config loop = bh_synapses_config_default();
    loop.name = "loop";
    loop.on_pre = "g -= 0.001";
    loop.event_pre = config.event_post;
    loop.delay = "0.3*ms";
    CHECK_OK(bh_synapses_connect(event_synapses(loop, l.post, l.post), &connect, &diag),
             diag);
    CHECK_OK(bh_synapses_set(l.s, "w", NULL, "0.05*rand()", &diag), diag);
    CHECK_OK(bh_synapses_set(l.s, "delay", NULL, "rand()*9*ms", &diag), diag);
    if (!traces)
        CHECK_OK(bh_synapses_set(l.s, "delay_post", NULL, "rand()*3*ms", &diag), diag);
    return l;
}

static double *
outcome(struct learning l, size_t *count)
{
    bh_diag diag;
    const size_t synapses = bh_synapses_count(l.s);
    *count = synapses + CELLS;
    double *out = malloc(*count * sizeof *out);
    CHECK_OK(bh_synapses_get(l.s, "w", out, synapses, &diag), diag);
    CHECK_OK(bh_group_get(l.post, "g", out + synapses, CELLS, &diag), diag);
    return out;
}

static void
check_outcome(struct learning l, const double *want, size_t count)
{
    size_t again;
    double *got = outcome(l, &again);
    CHECK(again == count && memcmp(got, want, count * sizeof *want) == 0);
    free(got);
}

static void
test_like_spikes(void)
{
    for (int traces = 0; traces < 2; traces++) {
        size_t count;
        struct learning spikes = learning_new(cuts[0], false, traces);
        run(spikes.net, cuts[0], 0.1);
        double *want = outcome(spikes, &count), changed = 0;
        for (size_t n = 0; n < count - CELLS; n++)
            changed += want[n] == 0.05 || want[n] == 0;
        CHECK(changed > 1000);
        for (size_t c = 0; c < CUTS; c++) {
            struct learning events = learning_new(cuts[c], true, traces);
            run(events.net, cuts[c], 0.1);
            check_outcome(events, want, count);
            bh_network_free(events.net);
        }
        free(want);
        bh_network_free(spikes.net);
    }
}

/* Events on their way are part of the state, for any threads. */
static void
test_restore(void)
{
    bh_diag diag;
    size_t count;
    bh_store *middle;
    for (int traces = 0; traces < 2; traces++) {
        struct learning whole = learning_new(cuts[1], true, traces);
        run(whole.net, cuts[1], 0.0437);
        CHECK_OK(bh_network_store(whole.net, &middle, &diag), diag);
        run(whole.net, cuts[1], 0.04);
        double *want = outcome(whole, &count);
        CHECK_OK(bh_network_restore(whole.net, middle, &diag), diag);
        run(whole.net, cuts[1], 0.04);
        check_outcome(whole, want, count);
        for (int c = 0; c < 3; c += 2) {
            struct learning other = learning_new(cuts[c], true, traces);
            CHECK_OK(bh_network_restore(other.net, middle, &diag), diag);
            run(other.net, cuts[c], 0.04);
            check_outcome(other, want, count);
            bh_network_free(other.net);
        }
        struct learning spikes = learning_new(cuts[1], false, traces);
        CHECK(bh_network_restore(spikes.net, middle, &diag) == BH_ERR_DATA);
        bh_network_free(spikes.net);
        free(want);
        bh_store_free(middle);
        bh_network_free(whole.net);
    }
}

static void
test_bad(void)
{
    bh_diag diag;
    bh_synapses *s = NULL;
    bh_network *net = network(plain, 1e-4);
    const uint32_t zero = 0;
    const double one = 1;
    bh_group *pre = neurons(net, "pre", 1, BH_SINGLE, "v : 1", NULL, NULL);
    bh_group *post = given_spikes(net, "post", 1, &one, &zero, 1);
    event(pre, "half", "v > 0.5", NULL);
    bh_synapses_config config = bh_synapses_config_default();
    config.source = bh_all(pre);
    config.target = bh_all(post);
    config.model = "w : 1";
    config.on_pre = "w += 1";
    config.event_pre = "hafl";
    CHECK(bh_synapses_new(&config, &s, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "pre has no event 'hafl'; did you mean 'half'?");
    config.event_pre = "spike";
    CHECK(bh_synapses_new(&config, &s, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "no threshold");
    config.event_pre = "half";
    config.event_post = "spike";
    CHECK(bh_synapses_new(&config, &s, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "event_post but no on_post");
    config.event_post = NULL;
    CHECK_OK(bh_synapses_new(&config, &s, &diag), diag);
    bh_pathway_config way = bh_pathway_config_default();
    way.name = "more";
    way.code = "w += 2";
    way.from_post = true;
    way.event = "half"; /* of the other side */
    CHECK(bh_synapses_pathway(s, &way, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "post has no event 'half'");
    way.event = "spike";
    CHECK_OK(bh_synapses_pathway(s, &way, &diag), diag);
    CHECK_OK(bh_synapses_connect(s, NULL, &diag), diag);
    CHECK_OK(bh_network_run(net, 2e-3, &diag), diag);
    CHECK(value(s, "w", 0) == 2);
    bh_network_free(net);
}

TEST_MAIN("neurons/event_pathway", {"steps", test_steps},
          {"order within a step", test_order}, {"graded", test_graded},
          {"the same as spikes", test_like_spikes}, {"restore", test_restore},
          {"bad events", test_bad})
