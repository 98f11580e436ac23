/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What spikes do at synapses: numbers of Brian 2.5.1 (numpy target), the order of
 * events within a step, and delays to the step. */
#include "tests/neurons/spiking.h"
#include "tests/neurons/stdp_window.h"

static const struct cut cuts[] = {
    {1, 64, BH_CODE_AUTO, 0, BH_DOUBLE, 1},
    {1, 64, BH_CODE_INTERPRETED, 0, BH_DOUBLE, 1},
    {2, 1, BH_CODE_AUTO, 0, BH_DOUBLE, 1},
    {1, 256, BH_CODE_AUTO, 0, BH_DOUBLE, 0.0013},
};
enum { CUTS = sizeof cuts / sizeof cuts[0] };

static const char stdp[] = "w : 1\n"
                           "dApre/dt = -Apre/(20*ms) : 1 (event-driven)\n"
                           "dApost/dt = -Apost/(20*ms) : 1 (event-driven)";

/* One pair: a presynaptic spike at 50 ms, a postsynaptic one `after` ms later. */
static double
pair_weight(struct cut cut, double after, const char *delay, const char *delay_post)
{
    bh_diag diag;
    const uint32_t zero = 0;
    const double pre_ms = 50;
    char threshold[64];
    snprintf(threshold, sizeof threshold, "t_in_timesteps == %g",
             500 + nearbyint(10 * after));
    bh_network *net = network(cut, 1e-4);
    bh_group *pre = given_spikes(net, "pre", 1, &pre_ms, &zero, 1);
    bh_group *post = neurons(net, "post", 1, cut.precision, "", threshold, NULL);
    bh_synapses *s = synapses(pre, post, stdp, "Apre += 0.01; w += Apost",
                              "Apost -= 0.0105; w += Apre", delay, delay_post);
    CHECK_OK(bh_synapses_connect(s, NULL, &diag), diag);
    CHECK_OK(bh_synapses_set(s, "w", NULL, "0.5", &diag), diag);
    run(net, cut, 0.1);
    double w = value(s, "w", 0);
    bh_network_free(net);
    return w;
}

static void
test_stdp_window(void)
{
    for (size_t c = 0; c < CUTS; c++)
        for (size_t n = 0; n < STDP_WINDOW; n++) {
            const struct pairing *pair = &stdp_window[n];
            /* 1e-14: Brian's times are multiples of 0.1 ms, rounded */
            CHECK_NEAR(
                pair_weight(cuts[c], pair->after_ms, pair->delay, pair->delay_post),
                pair->w, 1e-14);
        }
}

/* NEST's stdp_synapse with additive weights (parameters and spike trains of its tests;
 * Morrison et al. 2007, Neural Comput. 19:1437): within one instant weights change by
 * the traces before it, then both traces grow, so that a pair without lag does nothing.
 * Two further pathways say so. */
static void
test_order_of_nest(void)
{
    static const double pre_ms[] = {1, 5, 6, 7, 9, 11, 12, 13, 14.5, 16.1},
                        post_ms[] = {2, 3, 4, 8, 9, 10, 12, 12.2, 14.1, 15.4};
    static const uint32_t zeros[10] = {0};
    const double lambda = 0.01, alpha = 0.85, most = 15;
    char threshold[512] = "False";
    for (int n = 0; n < 10; n++)
        snprintf(threshold + strlen(threshold), 64, " or t_in_timesteps == %g",
                 nearbyint(10 * post_ms[n]));
    for (size_t c = 0; c < CUTS; c++)
        for (int dendrite = 0; dendrite < 3; dendrite++) {
            bh_diag diag;
            char delay[16];
            double want = 0.5 * most;
            snprintf(delay, sizeof delay, "%d*ms", dendrite);
            bh_network *net = network(cuts[c], 1e-4);
            bh_group *pre = given_spikes(net, "pre", 1, pre_ms, zeros, 10);
            bh_group *post =
                neurons(net, "post", 1, cuts[c].precision, "", threshold, NULL);
            bh_synapses *s =
                synapses(pre, post,
                         "w : 1\ndKplus/dt = -Kplus/(16.8*ms) : 1 (event-driven)\n"
                         "dKminus/dt = -Kminus/(33.7*ms) : 1 (event-driven)",
                         "w -= 15*0.85*0.01*Kminus", "w += 15*0.01*Kplus", NULL, delay);
            bh_pathway_config grow = bh_pathway_config_default();
            grow.name = "grow";
            grow.code = "Kplus += 1";
            grow.order = 2;
            CHECK_OK(bh_synapses_pathway(s, &grow, &diag), diag);
            grow.name = "grow_post";
            grow.from_post = true;
            grow.code = "Kminus += 1";
            grow.delay = delay;
            grow.order = 3;
            CHECK_OK(bh_synapses_pathway(s, &grow, &diag), diag);
            CHECK_OK(bh_synapses_connect(s, NULL, &diag), diag);
            CHECK_OK(bh_synapses_set(s, "w", NULL, "7.5", &diag), diag);
            run(net, cuts[c], 20e-3);
            for (int p = 0; p < 10; p++)
                for (int q = 0; q < 10; q++) {
                    const double lag = post_ms[q] + dendrite - pre_ms[p];
                    if (lag > 1e-9)
                        want += most * lambda * exp(-lag / 16.8);
                    else if (lag < -1e-9)
                        want -= most * alpha * lambda * exp(lag / 33.7);
                }
            CHECK_NEAR(value(s, "w", 0), want, 1e-12);
            bh_network_free(net);
        }
}

/* A spike at 1 ms is seen at the end of step 1.0, 1.1, 1.2 ms for delays of 0, 0.14 and
 * 0.16 ms. */
static void
test_delays_to_the_step(void)
{
    static const char *const delays[] = {NULL, "0*ms", "0.14*ms", "0.16*ms"};
    static const int steps[] = {0, 0, 1, 2};
    const uint32_t zero = 0;
    const double one = 1;
    for (size_t c = 0; c < CUTS; c++)
        for (int d = 0; d < 4; d++)
            for (int own = 0; own < 2; own++) {
                bh_diag diag;
                bh_network *net = network(cuts[c], 1e-4);
                bh_group *pre = given_spikes(net, "pre", 1, &one, &zero, 1);
                bh_group *post =
                    neurons(net, "post", 1, cuts[c].precision, "v : 1", NULL, NULL);
                bh_synapses *s = synapses(pre, post, NULL, "v += 1", NULL,
                                          own ? NULL : delays[d], NULL);
                CHECK_OK(bh_synapses_connect(s, NULL, &diag), diag);
                if (own && delays[d])
                    CHECK_OK(bh_synapses_set(s, "delay", NULL, delays[d], &diag), diag);
                run(net, cuts[c], (10 + steps[d]) * 1e-4);
                CHECK(state(post, "v", 0) == 0);
                run(net, cuts[c], 1e-4);
                CHECK(state(post, "v", 0) == 1);
                run(net, cuts[c], 5e-3);
                CHECK(state(post, "v", 0) == 1);
                bh_network_free(net);
            }
}

/* Both neurons spike in one step: what comes first? */
static void
test_pre_before_post(void)
{
    for (size_t c = 0; c < CUTS; c++) {
        bh_diag diag;
        const uint32_t zero = 0;
        const double one = 1;
        bh_network *net = network(cuts[c], 1e-4);
        bh_group *pre = given_spikes(net, "pre", 1, &one, &zero, 1);
        bh_group *post = given_spikes(net, "post", 1, &one, &zero, 1);
        bh_synapses *s = synapses(pre, post, "x : 1\ny : 1\nz : 1", "x = 1; y = 1",
                                  "x = 2", NULL, NULL);
        bh_pathway_config last = bh_pathway_config_default(), first = last;
        last.name = "last";
        last.code = "z = 10*x + y";
        last.order = 2;
        first.name = "first";
        first.code = "y = 7; z += 1000";
        first.order = -3;
        CHECK_OK(bh_synapses_pathway(s, &last, &diag), diag);
        CHECK_OK(bh_synapses_pathway(s, &first, &diag), diag);
        CHECK_OK(bh_synapses_connect(s, NULL, &diag), diag);
        run(net, cuts[c], 2e-3);
        CHECK(value(s, "x", 0) == 2);
        CHECK(value(s, "y", 0) == 1);
        CHECK(value(s, "z", 0) == 21);
        bh_network_free(net);
    }
}

/* Brian's test_transmission_simple: neuron 0 spikes at 2 ms, 1 at 1 ms. */
static void
test_transmission(void)
{
    const uint32_t index[] = {0, 1};
    const double time_ms[] = {2, 1};
    for (size_t c = 0; c < CUTS; c++) {
        bh_diag diag;
        bh_network *net = network(cuts[c], 1e-4);
        bh_group *pre = given_spikes(net, "pre", 2, time_ms, index, 2);
        bh_group *post =
            neurons(net, "post", 2, cuts[c].precision, "v : 1", NULL, NULL);
        bh_synapses *s = synapses(pre, post, NULL, "v += 1", NULL, NULL, NULL);
        bh_connect_config pairs = bh_connect_config_default();
        pairs.one_to_one = true;
        CHECK_OK(bh_synapses_connect(s, &pairs, &diag), diag);
        run(net, cuts[c], 1e-3);
        CHECK(state(post, "v", 0) == 0 && state(post, "v", 1) == 0);
        run(net, cuts[c], 1e-4);
        CHECK(state(post, "v", 0) == 0 && state(post, "v", 1) == 1);
        run(net, cuts[c], 1e-3);
        CHECK(state(post, "v", 0) == 1 && state(post, "v", 1) == 1);
        bh_network_free(net);
    }
}

/* (unless refractory): what arrives meanwhile is lost. Spikes of the neuron at 1.1 and
 * 7.1 ms [Brian 2]. */
static void
test_refractory_is_read_only(void)
{
    const uint32_t zero[] = {0, 0, 0};
    const double time_ms[] = {1, 3, 7};
    for (size_t c = 0; c < CUTS; c++)
        for (int condition = 0; condition < 2; condition++) {
            bh_diag diag;
            bh_group *post;
            bh_spike_monitor *monitor;
            bh_network *net = network(cuts[c], 1e-4);
            bh_group *pre = given_spikes(net, "pre", 1, time_ms, zero, 3);
            bh_group_config config = bh_group_config_default();
            config.equations = "dv/dt = 0*Hz : 1 (unless refractory)\nR : second\n"
                               "dr/dt = -r/(5*ms) : 1";
            config.threshold = "v > 1";
            config.reset = "v = 0; r = 1";
            config.refractory = condition ? "r > exp(-1)*1.01" : "R";
            config.precision = cuts[c].precision;
            config.method = "euler";
            CHECK_OK(bh_group_new(net, &config, &post, &diag), diag);
            CHECK_OK(bh_group_set(post, "R", "5*ms", &diag), diag);
            CHECK_OK(bh_spike_monitor_new(post, NULL, &monitor, &diag), diag);
            bh_synapses *s = synapses(pre, post, NULL, "v += 1.5", NULL, NULL, NULL);
            CHECK_OK(bh_synapses_connect(s, NULL, &diag), diag);
            run(net, cuts[c], 3.1e-3);
            CHECK(state(post, "v", 0) == 0);
            run(net, cuts[c], 7e-3);
            bh_events events = bh_spike_monitor_events(monitor);
            CU_ASSERT_FATAL(events.count == 2);
            CHECK_NEAR(events.time_s[0], 1.1e-3, 1e-12);
            CHECK_NEAR(events.time_s[1], 7.1e-3, 1e-12);
            bh_network_free(net);
        }
}

/* lastupdate, N_incoming, delay and the rest of the names. */
static void
test_names(void)
{
    const uint32_t index[] = {0, 2, 0};
    const double time_ms[] = {1, 1, 3};
    for (size_t c = 0; c < CUTS; c++) {
        bh_diag diag;
        bh_network *net = network(cuts[c], 1e-4);
        bh_group *pre = given_spikes(net, "pre", 3, time_ms, index, 3);
        bh_group *post = neurons(net, "post", 5, cuts[c].precision,
                                 "v : 1\nu = 3*v : 1", NULL, NULL);
        bh_synapses *s = synapses(
            pre, post, "a : 1\nb : second\nc : second\nd : 1",
            "a = i + 10*j + 100*N_incoming + 1000*N_outgoing + 10000*N_pre + "
            "100000*N_post; b = delay; c = lastupdate; v += 2; d = u_post + t/second",
            NULL, NULL, NULL);
        bh_connect_config pairs = bh_connect_config_default();
        pairs.condition = "i <= j";
        CHECK_OK(bh_synapses_connect(s, &pairs, &diag), diag);
        CHECK_OK(bh_synapses_set(s, "delay", NULL, "i*0.3*ms", &diag), diag);
        run(net, cuts[c], 2e-3);
        /* (0, 4) is the fifth, (2, 3) the eleventh of 5 + 4 + 3 */
        CHECK(value(s, "a", 4) == 0 + 40 + 300 + 5000 + 30000 + 500000);
        CHECK(value(s, "a", 10) == 2 + 30 + 300 + 3000 + 30000 + 500000);
        CHECK_NEAR(value(s, "b", 10), 6e-4, 1e-15);
        CHECK(value(s, "c", 10) == 0);
        CHECK_NEAR(value(s, "d", 10), 12 + 1.6e-3, 1e-13);
        run(net, cuts[c], 2e-3);
        CHECK_NEAR(value(s, "c", 4), 1e-3, 1e-15);
        bh_network_free(net);
    }
}

TEST_MAIN("neurons/pathway", {"STDP window", test_stdp_window},
          {"the order of NEST", test_order_of_nest},
          {"delays to the step", test_delays_to_the_step},
          {"order within a step", test_pre_before_post},
          {"transmission", test_transmission},
          {"refractory variables", test_refractory_is_read_only}, {"names", test_names})
