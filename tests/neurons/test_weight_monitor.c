/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weights as they change: pairs of spikes of which each adds 1. */
#include "tests/neurons/spiking.h"

static void
test_weights(void)
{
    static const double time_ms[] = {0.5, 1.5, 2.5, 1.2};
    static const uint32_t index[] = {0, 0, 0, 1};
    bh_diag diag;
    bh_weight_monitor *all, *one;
    bh_network *net = network(plain, 1e-4);
    bh_group *source = given_spikes(net, "source", 2, time_ms, index, 4);
    bh_group *target = neurons(net, "target", 3, BH_DOUBLE, "v : 1", NULL, NULL);
    bh_synapses *s = synapses(source, target, "w : 1", "w += 1", NULL, NULL, NULL);
    CHECK_OK(bh_synapses_connect(s, NULL, &diag), diag);
    CHECK_OK(bh_synapses_set(s, "w", NULL, "10*i + j", &diag), diag);
    CHECK_OK(bh_weight_monitor_new(s, "w", NULL, 0, 1e-3, &all, &diag), diag);
    CHECK_OK(bh_weight_monitor_new(s, "w", (uint32_t[]){5}, 1, 2e-3, &one, &diag),
             diag);
    CHECK(bh_weight_monitor_new(s, "w", (uint32_t[]){6}, 1, 2e-3, &one, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK(bh_weight_monitor_new(s, "x", NULL, 0, 2e-3, &one, &diag) != BH_OK);
    CHECK_OK(bh_network_run(net, 4.1e-3, &diag), diag);
    bh_block rows = bh_weight_monitor_rows(all), last = bh_weight_monitor_rows(one);
    CHECK(rows.frames == 5 && rows.channels == 6 && last.frames == 3);
    for (size_t k = 0; k < 5; k++)
        for (size_t n = 0; n < 6; n++) {
            double spikes = n < 3 ? fmin((double)k, 3) : k >= 2;
            CHECK_NEAR(((double *)rows.data)[6 * k + n],
                       (double)(10 * (n / 3) + n % 3) + spikes, 0);
            CHECK_NEAR(bh_weight_monitor_times(all)[k], 1e-3 * (double)k, 1e-12);
        }
    CHECK_NEAR(((double *)last.data)[2], 13, 0);
    bh_network_free(net);
}

TEST_MAIN("weight monitor", {"weights", test_weights})
