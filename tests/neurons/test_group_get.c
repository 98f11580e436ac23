/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/neurons/model.h"

/* Between runs subexpressions, lastspike and not_refractory have values, and regular
 * statements leave what is (unless refractory) as it is. Brian 2.5.1 gave the numbers.
 */
static void
test_between_steps(void)
{
    static const struct {
        const char *refractory;
        double w[2], lastspike_s[2];
        size_t spikes;
    } table[] = {
        {"5*ms", {13.418507052394181, 12.702150489642722}, {18e-3, 17e-3}, 6},
        {"v > 0.5", {12.060039872689318, 11.638688336772848}, {4e-3, 3.9e-3}, 2}};
    for (int r = 0; r < 2; r++) {
        bh_diag diag;
        double got[2];
        bh_group_config config =
            config_of("dv/dt = (I-v)/(10*ms) : 1 (unless refractory)\n"
                      "dw/dt = 0/ms : 1\nI : 1\ns = v + w + t/second : 1\nf = "
                      "not_refractory : boolean",
                      "euler", BH_DOUBLE);
        config.count = 2;
        config.threshold = "v > 1";
        config.reset = "v = 0.6";
        config.refractory = table[r].refractory;
        struct model model = make(config, 1e-4);
        set(model, "I", "2 + 0.1*i");
        CHECK_OK(bh_group_run_regularly(model.group, "v += 0.1; w += v", 1e-3, &diag),
                 diag);
        CHECK(value(model, "not_refractory") == 1);
        run(model, 20e-3);
        CHECK(bh_spike_monitor_count(model.spikes) == table[r].spikes);
        CHECK_OK(bh_group_get(model.group, "w", got, 2, &diag), diag);
        for (int n = 0; n < 2; n++)
            CHECK_NEAR(got[n], table[r].w[n], 1e-13);
        CHECK_OK(bh_group_get(model.group, "s", got, 2, &diag), diag);
        for (int n = 0; n < 2; n++)
            CHECK_NEAR(got[n], table[r].w[n] + 0.6 + 0.02, 1e-13);
        CHECK_OK(bh_group_get(model.group, "lastspike", got, 2, &diag), diag);
        for (int n = 0; n < 2; n++)
            CHECK_NEAR(got[n], table[r].lastspike_s[n], 1e-15);
        CHECK(value(model, "not_refractory") == 0);
        CHECK(value(model, "f") == 0);
        CHECK(bh_group_get(model.group, "ss", got, 2, &diag) == BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, "no variable 'ss'");
        bh_network_free(model.net);
    }
    struct model model = make(
        config_of("dv/dt = u : 1\nu = xi*second**-0.5 : Hz", "euler", BH_DOUBLE), 1e-4);
    bh_diag diag;
    double got;
    CHECK(bh_group_get(model.group, "u", &got, 1, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "noise");
    bh_network_free(model.net);
}

TEST_MAIN("group get", {"between steps", test_between_steps})
