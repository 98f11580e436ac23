/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/neurons/cut.h"

static void
check_values(bh_group *group, const double *want)
{
    bh_diag diag;
    double got[64];
    size_t count = bh_group_count(group);
    CHECK_OK(bh_group_get(group, "v", got, count, &diag), diag);
    for (size_t n = 0; n < count; n++)
        CHECK_NEAR(got[n], want[n], 1e-9 + 1e-5 * fabs(want[n]));
}

static void
square(void *user, size_t channel, const double *in, double *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = in[i] * in[i] + *(double *)user * (double)(channel + i);
}

/* After 100 steps of 1 ms, I has been set 100 times, the last time to sample 99. */
static void
test_links(void)
{
    bh_diag diag;
    double hundred = 100;
    for (int precision = BH_SINGLE; precision <= BH_DOUBLE; precision++)
        for (size_t window = 1; window < 100; window += 21) {
            struct cut cut = plain;
            cut.window = window;
            bh_sound *sound = ramp(200, 3, 1000);
            bh_source *source;
            CHECK_OK(bh_sound_source(sound, &source, &diag), diag);
            bh_network *net = network(cut, 1e-3);
            bh_precision p = (bh_precision)precision;
            bh_group *direct = follower(net, "direct", 3, p);
            bh_group *twice = follower(net, "twice", 6, p);
            bh_group *late = follower(net, "late", 3, p);
            bh_group *slow = follower(net, "slow", 3, p);
            bh_group *called = follower(net, "called", 3, BH_DOUBLE);
            CHECK_OK(bh_link(direct, "I", source, NULL, &diag), diag);
            CHECK_OK(bh_link(twice, "I", source, "2*x + 1", &diag), diag);
            bh_link_config config = bh_link_config_default(late);
            config.to_variable = "I";
            config.source = source;
            config.when = "end";
            CHECK_OK(bh_link_new(&config, &diag), diag);
            config.to = slow;
            config.when = "start";
            config.clock_dt_s = 8e-3;
            CHECK_OK(bh_link_new(&config, &diag), diag);
            config = bh_link_config_default(called);
            config.to_variable = "I";
            config.source = source;
            config.function = square;
            config.user = &hundred;
            CHECK_OK(bh_link_new(&config, &diag), diag);
            CHECK_OK(bh_network_run(net, 0.1, &diag), diag);
            check_values(direct, (double[]){99, 1099, 2099});
            check_values(twice, (double[]){199, 199, 2199, 2199, 4199, 4199});
            check_values(late, (double[]){98, 1098, 2098});
            check_values(slow, (double[]){96, 1096, 2096});
            check_values(called,
                         (double[]){99 * 99., 1099 * 1099. + 100, 2099 * 2099. + 200});
            bh_network_free(net);
            bh_source_free(source);
            bh_sound_free(sound);
        }
}

/* Steps that are not samples: held between, or sampled at the time of the step. Silence
 * behind the end. */
static void
test_other_rates(void)
{
    static const struct {
        double dt_s, run_s, want;
    } table[] = {{0.25e-3, 0.010, 9}, {0.25e-3, 0.00975, 9}, {0.25e-3, 0.0105, 10},
                 {4e-3, 0.040, 36},   {0.7e-3, 0.014, 13},   {20e-3, 0.100, 80},
                 {1e-3, 0.150, 149},  {1e-3, 0.300, 0},      {3e-3, 0.600, 0}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        bh_diag diag;
        bh_sound *sound = ramp(200, 1, 1000);
        bh_source *source;
        CHECK_OK(bh_sound_source(sound, &source, &diag), diag);
        bh_network *net = network(plain, table[i].dt_s);
        bh_group *group = follower(net, "group", 2, BH_DOUBLE);
        CHECK_OK(bh_link(group, "I", source, NULL, &diag), diag);
        CHECK_OK(bh_network_run(net, table[i].run_s, &diag), diag);
        check_values(group, (double[]){table[i].want, table[i].want});
        bh_network_free(net);
        bh_source_free(source);
        bh_sound_free(sound);
    }
}

/* b = 2 a and a = b + 1 of the step before: a link in a circle, one step around. */
static void
test_group_links(void)
{
    bh_diag diag;
    bh_network *net = network(plain, 1e-3);
    bh_group *a = follower(net, "a", 2, BH_DOUBLE);
    bh_group *b = follower(net, "b", 4, BH_SINGLE);
    bh_link_config config = bh_link_config_default(b);
    config.from = a;
    config.from_variable = "v";
    config.to_variable = "I";
    config.expression = "2*x";
    CHECK_OK(bh_link_new(&config, &diag), diag);
    config = bh_link_config_default(a);
    config.from = b;
    config.from_variable = "v";
    config.to_variable = "I";
    CHECK(bh_link_new(&config, &diag) == BH_ERR_ARGUMENT); /* 4 values, 2 neurons */
    CHECK_HAS(diag.text, "4 values");
    CHECK_OK(bh_group_set(a, "v", "i + 1", &diag), diag);
    CHECK_OK(bh_group_set(a, "I", "10*(i + 1)", &diag), diag);
    CHECK_OK(bh_network_run(net, 1e-3, &diag), diag);
    check_values(a, (double[]){10, 20});
    check_values(b, (double[]){2, 2, 4, 4});
    CHECK_OK(bh_network_run(net, 1e-3, &diag), diag);
    check_values(b, (double[]){20, 20, 40, 40});
    bh_network_free(net);
}

static void
test_bad_links(void)
{
    bh_diag diag;
    bh_sound *sound = ramp(10, 3, 1000);
    bh_source *source;
    bh_group *group;
    bh_network *net = network(plain, 1e-3);
    CHECK_OK(bh_sound_source(sound, &source, &diag), diag);
    bh_group_config config = bh_group_config_default();
    config.count = 3;
    config.equations = "dv/dt = (I-v)/ms : 1\nI : 1\nw : 1 (linked)\nu : 1";
    config.threshold = "v > 1";
    config.reset = "I = 0";
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    CHECK(bh_link(group, "v", source, NULL, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "equation of its own");
    CHECK(bh_link(group, "J", source, NULL, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "no variable 'J'");
    CHECK(bh_link(group, "I", source, NULL, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "set by the group itself");
    CHECK_OK(bh_group_run_regularly(group, "u = 1", 1e-3, &diag), diag);
    CHECK(bh_link(group, "u", source, NULL, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_link(group, "w", source, "x + ", &diag) == BH_ERR_TEXT);
    CHECK(bh_link(group, "w", source, "x*ms", &diag) == BH_ERR_TEXT);
    CHECK(bh_link(group, "w", source, "x*rand()", &diag) == BH_ERR_TEXT);
    CHECK(bh_network_run(net, 1e-3, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "no link drives it");
    bh_link_config link = bh_link_config_default(group);
    link.source = source;
    link.to_variable = "w";
    link.when = "resets";
    CHECK(bh_link_new(&link, &diag) == BH_ERR_ARGUMENT);
    link.when = "start";
    link.clock_dt_s = 1.5e-3;
    CHECK(bh_link_new(&link, &diag) == BH_ERR_ARGUMENT);
    CHECK_OK(bh_link(group, "w", source, NULL, &diag), diag);
    CHECK(bh_link(group, "w", source, NULL, &diag) == BH_ERR_ARGUMENT);
    CHECK_OK(bh_network_run(net, 1e-3, &diag), diag);
    bh_network_free(net);
    bh_source_free(source);
    bh_sound_free(sound);
}

TEST_MAIN("link", {"links", test_links}, {"other rates", test_other_rates},
          {"group links", test_group_links}, {"bad links", test_bad_links})
