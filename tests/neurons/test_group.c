/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups against values that are known: analytic ones, and those of Brian 2.5.1 (numpy
 * target, dt 0.1 ms unless said), marked [B2]. */
#include "tests/check.h"

#include "tests/neurons/model.h"

/* [B2] dv/dt = (2-v)/(10 ms), threshold 1, reset 0, with three refractory periods. The
 * law of the grid: n steps from reset to threshold with n = floor(tau ln(I/(I-1))/dt)+1
 * = 70; intervals n dt, or n dt + R - dt. */
static void
test_refractory(void)
{
    static const struct {
        const char *refractory;
        double spikes_ms[3];
    } table[] = {{NULL, {6.9, 13.9, 20.9}},
                 {"2*ms", {6.9, 15.8, 24.7}},
                 {"5*ms", {6.9, 18.8, 30.7}}};
    for (int i = 0; i < 3; i++)
        for (int single = 0; single < 2; single++) {
            bh_group_config config =
                config_of("dv/dt = (2-v)/(10*ms) : 1 (unless refractory)",
                          "exponential_euler", single ? BH_SINGLE : BH_DOUBLE);
            config.threshold = "v > 1";
            config.reset = "v = 0";
            config.refractory = table[i].refractory;
            struct model model = make(config, 1e-4);
            run(model, 0.0355);
            bh_events events = bh_spike_monitor_events(model.spikes);
            CU_ASSERT_FATAL(events.count >= 3);
            for (int s = 0; s < 3; s++)
                CHECK_NEAR(events.time_s[s] * 1e3, table[i].spikes_ms[s], 1e-9);
            bh_network_free(model.net);
        }
}

/* The law of the grid for other drives: first spike after n - 1 steps, then one each n,
 * n = floor(ln(I/(I-1)) tau/dt) + 1. And a condition that always holds, refractory for
 * 10 steps: over 10000 steps no rounding adds up. */
static void
test_grid(void)
{
    static const double drives[] = {1.1, 1.5, 2, 3};
    static const int steps[] = {240, 110, 70, 41};
    bh_group_config config =
        config_of("dv/dt = (I-v)/(10*ms) : 1\nI : 1", "exact", BH_DOUBLE);
    config.count = 4;
    config.threshold = "v > 1";
    config.reset = "v = 0";
    struct model model = make(config, 1e-4);
    bh_diag diag;
    CHECK_OK(bh_group_set_array(model.group, "I", drives, 4, &diag), diag);
    run(model, 0.1);
    bh_events events = bh_spike_monitor_events(model.spikes);
    int next[4];
    for (int n = 0; n < 4; n++)
        next[n] = steps[n] - 1;
    for (size_t s = 0; s < events.count; s++) {
        uint32_t n = events.index[s];
        CHECK(lround(events.time_s[s] / 1e-4) == next[n]);
        next[n] += steps[n];
    }
    CHECK(events.count == 1000 / 240 + 1000 / 110 + 1000 / 70 + 1000 / 41);
    bh_network_free(model.net);

    config = config_of("", NULL, BH_SINGLE);
    config.threshold = "True";
    config.refractory = "1*ms";
    model = make(config, 1e-4);
    run(model, 1);
    events = bh_spike_monitor_events(model.spikes);
    CHECK(events.count == 1000);
    for (size_t s = 0; s < events.count; s++)
        CHECK(lround(events.time_s[s] / 1e-4) == 10 * (long)s);
    bh_network_free(model.net);

    config = config_of("dv/dt = 99.999*Hz : 1 (unless refractory)", "euler", BH_DOUBLE);
    config.threshold = "v > 1";
    config.reset = "v = 0";
    config.refractory = "5*ms";
    model = make(config, 1e-4);
    run(model, 0.03);
    events = bh_spike_monitor_events(model.spikes);
    CHECK(events.count == 2 && lround(events.time_s[0] * 1e4) == 100 &&
          lround(events.time_s[1] * 1e4) == 250);
    bh_network_free(model.net);
}

/* [B2] What is (unless refractory) can be set by nobody meanwhile: an input of 1.5 at
 * 1, 3 and 7 ms gives spikes a step later at 1.0 and 7.0 ms, and v is 0 after 3 ms. */
static void
test_read_only(void)
{
    bh_group_config config =
        config_of("dv/dt = 0*Hz : 1 (unless refractory)", "euler", BH_DOUBLE);
    config.threshold = "v > 1";
    config.reset = "v = 0";
    config.refractory = "5*ms";
    struct model model = make(config, 1e-4);
    bh_diag diag;
    CHECK_OK(bh_group_run_regularly(
                 model.group,
                 "v += 1.5*int(t_in_timesteps == 10 or t_in_timesteps == 30 or "
                 "t_in_timesteps == 70)",
                 1e-4, &diag),
             diag);
    run(model, 3.1e-3);
    CHECK(value(model, "v") == 0);
    run(model, 6.9e-3);
    bh_events events = bh_spike_monitor_events(model.spikes);
    CHECK(events.count == 2 && lround(events.time_s[0] * 1e4) == 10 &&
          lround(events.time_s[1] * 1e4) == 70);
    bh_network_free(model.net);
}

/* [B2] A condition that is always true, refractory 1 ms: one spike a millisecond. And a
 * variable that goes on while refractory: spikes as soon as it may. */
static void
test_always(void)
{
    bh_group_config config = config_of("dv/dt = 199.99*Hz : 1", "euler", BH_DOUBLE);
    config.threshold = "True";
    config.refractory = "1*ms";
    struct model model = make(config, 1e-4);
    run(model, 0.0035);
    bh_events events = bh_spike_monitor_events(model.spikes);
    CHECK(events.count == 4);
    for (size_t s = 0; s < events.count; s++)
        CHECK_NEAR(events.time_s[s], 1e-3 * (double)s, 1e-12);
    bh_network_free(model.net);

    config.threshold = "v > 1";
    config.reset = "v = 0";
    config.refractory = "10*ms";
    model = make(config, 1e-4);
    run(model, 0.0401);
    events = bh_spike_monitor_events(model.spikes);
    CHECK(events.count == 4);
    for (size_t s = 0; s < events.count; s++)
        CHECK_NEAR(events.time_s[s], 5e-3 + 1e-2 * (double)s, 1e-12);
    bh_network_free(model.net);
}

/* Refractory while a condition holds: a spike at v > 1, free again when v <= 0.5. */
static void
test_refractory_condition(void)
{
    bh_group_config config =
        config_of("dv/dt = -v/(10*ms) : 1", "exponential_euler", BH_DOUBLE);
    config.threshold = "v > 0.2";
    config.refractory = "v > 0.5";
    struct model model = make(config, 1e-4);
    set(model, "v", "2");
    run(model, 0.03);
    bh_events events = bh_spike_monitor_events(model.spikes);
    /* 2 e^(-t/tau): above 0.5 to 13.86 ms; above 0.2 to 23.02 ms; the first spike is at
     * once, the next when the condition has ended, then one a step. */
    CU_ASSERT_FATAL(events.count > 2);
    CHECK_NEAR(events.time_s[0], 0, 1e-12);
    CHECK_NEAR(events.time_s[1], 13.9e-3, 1e-9);
    CHECK_NEAR(events.time_s[2], 14.0e-3, 1e-9);
    CHECK_NEAR(events.time_s[events.count - 1], 22.9e-3, 1e-9);
    bh_network_free(model.net);
}

/* A refractory period of its own for each neuron. */
static void
test_refractory_each(void)
{
    bh_group_config config =
        config_of("dv/dt = (2-v)/(10*ms) : 1 (unless refractory)\nR : second",
                  "exponential_euler", BH_SINGLE);
    config.count = 3;
    config.threshold = "v > 1";
    config.reset = "v = 0";
    config.refractory = "R";
    struct model model = make(config, 1e-4);
    set(model, "R", "int(i == 1)*2*ms + int(i == 2)*5*ms");
    run(model, 0.02);
    static const double want_ms[][2] = {{6.9, 0},  {6.9, 1},  {6.9, 2},
                                        {13.9, 0}, {15.8, 1}, {18.8, 2}};
    bh_events events = bh_spike_monitor_events(model.spikes);
    CU_ASSERT_FATAL(events.count == 6);
    for (int s = 0; s < 6; s++) {
        CHECK_NEAR(events.time_s[s] * 1e3, want_ms[s][0], 1e-9);
        CHECK(events.index[s] == (uint32_t)want_ms[s][1]);
    }
    bh_network_free(model.net);
}

/* A threshold that comes back from 2 to 1 after a spike, with 5 ms: v rises to 2, and
 * the intervals T solve 2 - 2 e^(-T/10) = 1 + e^(-T/5), T in ms. */
static void
test_lastspike(void)
{
    bh_group_config config = config_of(
        "dv/dt = (2-v)/(10*ms) : 1\nfree = int(not_refractory) : 1", NULL, BH_DOUBLE);
    config.threshold = "v > 1 + free*exp(-(t + dt - lastspike)/(5*ms))";
    config.reset = "v = 0*free";
    struct model model = make(config, 1e-5);
    run(model, 0.05);
    bh_events events = bh_spike_monitor_events(model.spikes);
    CU_ASSERT_FATAL(events.count >= 3);
    double x = sqrt(2) - 1; /* e^(-T/10) = x, with x^2 + 2 x - 1 = 0 */
    CHECK_NEAR(events.time_s[2] - events.time_s[1], -10e-3 * log(x), 2e-5);
    double last_s = events.time_s[events.count - 1];
    set(model, "v", "lastspike/second");
    CHECK_NEAR(value(model, "v"), last_s, 1e-12);
    bh_network_free(model.net);
}

/* Statements every 2 ms, and every step, in their order; what they set is no constant.
 */
static void
test_run_regularly(void)
{
    bh_diag diag;
    bh_group_config config =
        config_of("dv/dt = drive/tau : 1\ndrive : 1\ntau : second\ncount : integer",
                  "euler", BH_DOUBLE);
    config.count = 700; /* more than a block */
    struct model model = make(config, 1e-4);
    set(model, "tau", "1*second");
    CHECK_OK(bh_group_run_regularly(model.group, "drive = 1 + count; count += 1", 2e-3,
                                    &diag),
             diag);
    CHECK_OK(bh_group_run_regularly(model.group, "drive *= 2; tau = 1*ms", 1e-4, &diag),
             diag);
    run(model, 5e-3); /* at 0, 2 and 4 ms */
    double values[700];
    CHECK_OK(bh_group_get(model.group, "count", values, 700, &diag), diag);
    CHECK_NEAR(values[699], 3, 0);
    /* the drive is (1 + c) 2^k in the k-th step of 2 ms: a sum of powers of two, / 10
     */
    double want = 0.1 * ((ldexp(2, 20) - 2) * 1 + (ldexp(2, 20) - 2) * 2 +
                         (ldexp(2, 10) - 2) * 3);
    CHECK_OK(bh_group_get(model.group, "v", values, 700, &diag), diag);
    CHECK_NEAR(values[699], want, 1e-9 * want);
    bh_network_free(model.net);

    model = make(config, 1e-4);
    CHECK(bh_group_run_regularly(model.group, "v = 1*mV", 1e-4, &diag) == BH_ERR_TEXT);
    CHECK(bh_group_run_regularly(model.group, "v = 1", 1.5e-4, &diag) ==
          BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "multiple of the time step");
    CHECK(bh_group_run_regularly(model.group, "v = lastspike", 1e-4, &diag) ==
          BH_ERR_TEXT);
    bh_network_free(model.net);
}

/* Expressions: Python's precedence and arithmetic, evaluated through bh_group_set. */
static void
test_expressions(void)
{
    static const struct {
        const char *text;
        double value;
    } table[] = {
        {"-2**2", -4},
        {"2**-1", 0.5},
        {"2**3**2", 512},
        {"7//2", 3},
        {"-7//2", -4},
        {"-7%3", 2},
        {"7%-3", -2},
        {"1 - 2 - 3", -4},
        {"8/4/2", 1},
        {"int(3 > 2)", 1},
        {"int(3.7)", 3},
        {"int(-3.7)", -3},
        {"int(not 1 > 2 and 2 > 1 or 1 > 3)", 1},
        {"clip(5, 1, 3)", 3},
        {"clip(-5, -inf, 3)", -5},
        {"exprel(0)", 1},
        {"exprel(1)", 1.718281828459045},
        {"sign(-3)", -1},
        {"abs(-3.5)", 3.5},
        {"e", 2.718281828459045},
        {"sqrt(2)", 1.4142135623730951},
        {"27**(1/3)", 3},
        {"arctan(1)*4", 3.141592653589793},
        {"log10(1000)", 3},
        {"timestep(0.5*ms, 0.1*ms)", 5},
        {"10*ms/second", 0.01},
        {"3*nS*(2*mV)/(pA)", 6},
        {"1.5e3", 1500},
        {"floor(-0.5) + ceil(0.5)", 0},
        {"N", 1},
        {"(2*mV)**.5/(volt)**.5", 0.044721359549995794},
        {"1*Mohm*(1*nA)/mV", 1},
        {"cm2/um2", 1e8},
    };
    struct model model = make(config_of("x : 1", "euler", BH_DOUBLE), 1e-4);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        set(model, "x", table[i].text);
        double got = value(model, "x");
        if (fabs(got - table[i].value) > 1e-14 * (1 + fabs(table[i].value)))
            fprintf(stderr, "%s\n", table[i].text);
        CHECK_NEAR(got, table[i].value, 1e-14 * (1 + fabs(table[i].value)));
    }
    bh_network_free(model.net);
}

/* Ornstein-Uhlenbeck: Euler's stationary variance is sigma^2/(1 - dt/(2 tau)), and two
 * equations that share a noise are correlated. */
static void
test_noise(void)
{
    enum { NEURONS = 20000 };
    static double x[NEURONS], y[NEURONS], z[NEURONS];
    bh_group_config config = config_of("dx/dt = -x/(10*ms) + (2/(10*ms))**.5*xi_1 : 1\n"
                                       "dy/dt = -y/(10*ms) + (2/(10*ms))**.5*xi_1 : 1\n"
                                       "dz/dt = -z/(10*ms) + (2/(10*ms))**.5*xi_2 : 1",
                                       "euler", BH_SINGLE);
    config.count = NEURONS;
    struct model model = make(config, 1e-4);
    bh_diag diag;
    run(model, 0.1);
    CHECK_OK(bh_group_get(model.group, "x", x, NEURONS, &diag), diag);
    CHECK_OK(bh_group_get(model.group, "y", y, NEURONS, &diag), diag);
    CHECK_OK(bh_group_get(model.group, "z", z, NEURONS, &diag), diag);
    double xx = 0, xy = 0, xz = 0, mean = 0;
    for (int n = 0; n < NEURONS; n++) {
        mean += x[n] / NEURONS;
        xx += x[n] * x[n] / NEURONS;
        xy += x[n] * y[n] / NEURONS;
        xz += x[n] * z[n] / NEURONS;
    }
    /* four standard errors: 1/sqrt(N) of the mean, sqrt(2/N) of the variance */
    CHECK_NEAR(mean, 0, 4 * sqrt(1.0 / NEURONS));
    CHECK_NEAR(xx, 1 / (1 - 1e-4 / 0.02), 4 * sqrt(2.0 / NEURONS));
    CHECK_NEAR(xy, xx, 1e-6);
    CHECK_NEAR(xz, 0, 4 * sqrt(1.0 / NEURONS));
    bh_network_free(model.net);
}

/* The rate of a noisy integrate-and-fire neuron: Siegert's formula for tau 10 ms, mean
 * input 1.2, standard deviation 0.2, no refractoriness is 65.003 Hz in continuous time;
 * a grid lifts the threshold by 0.58 sigma sqrt(2 dt/tau) (Broadie et al. 1997). */
static void
test_rate(void)
{
    bh_group_config config =
        config_of("dv/dt = (mu-v)/(10*ms) + 0.2*(2/(10*ms))**.5*xi : 1\nmu : 1",
                  "euler", BH_SINGLE);
    config.count = 2000;
    config.threshold = "v > 1 - 0.5826*0.2*(2*dt/(10*ms))**.5";
    config.reset = "v = 0";
    struct model model = make(config, 1e-5);
    set(model, "mu", "1.2");
    run(model, 0.1);
    uint64_t before = bh_spike_monitor_count(model.spikes);
    run(model, 0.4);
    double rate = (double)(bh_spike_monitor_count(model.spikes) - before) / 2000 / 0.4;
    /* a standard error of 0.2 Hz, and what the correction of the threshold leaves */
    CHECK_NEAR(rate, 65.003, 1.0);
    bh_network_free(model.net);
}

static void
test_namespace(void)
{
    bh_diag diag;
    bh_namespace *names;
    CHECK_OK(bh_namespace_new(&names, &diag), diag);
    CHECK_OK(bh_namespace_set(names, "tau", "10*ms", &diag), diag);
    CHECK_OK(bh_namespace_set(names, "twice", "2*tau", &diag), diag);
    CHECK(bh_namespace_set(names, "bad", "2*nothing", &diag) == BH_ERR_TEXT);
    CHECK_HAS(diag.text, "nothing");
    CHECK(bh_namespace_set(names, "2x", "1", &diag) == BH_ERR_ARGUMENT);
    bh_group_config config =
        config_of("dv/dt = (1-v)/(twice/2) : 1", "euler", BH_DOUBLE);
    config.names = names;
    struct model model = make(config, 1e-4);
    bh_namespace_free(names);
    run(model, 1e-3);
    CHECK_NEAR(value(model, "v"), .09561792499119551, 2e-15);
    bh_network_free(model.net);
}

static void
test_bad_calls(void)
{
    bh_diag diag;
    bh_group *group;
    struct model model = make(config_of("dv/dt = -v/ms : 1", "euler", BH_SINGLE), 1e-4);
    CHECK(bh_group_set(model.group, "w", "1", &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "'w'");
    CHECK(bh_group_set(model.group, "v", "1*mV", &diag) == BH_ERR_TEXT);
    CHECK_HAS(diag.text, "found V");
    double values[2] = {0, NAN};
    CHECK(bh_group_set_array(model.group, "v", values, 2, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_group_set_array(model.group, "v", values + 1, 1, &diag) == BH_ERR_DATA);
    CHECK(bh_spike_monitor_new(model.group, NULL, NULL, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_network_run(model.net, -2, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_network_run(model.net, BH_UNTIL_END, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "never end");
    run(model, 1e-3);
    bh_group_config late = bh_group_config_default();
    CHECK(bh_group_new(model.net, &late, &group, &diag) == BH_ERR_ARGUMENT);
    bh_network_free(model.net);
    bh_network_config config = bh_network_config_default();
    config.dt_s = 0;
    CHECK(bh_network_new(&config, &model.net, &diag) == BH_ERR_ARGUMENT);
    CHECK_OK(bh_network_new(NULL, &model.net, &diag), diag);
    CHECK(bh_network_run(model.net, 1, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "nothing");
    bh_network_free(model.net);
}

/* Everything again by the interpreter. */
static void
test_interpreted(void)
{
    mode = BH_CODE_INTERPRETED;
    test_refractory();
    test_always();
    test_refractory_condition();
    test_refractory_each();
    test_lastspike();
    test_run_regularly();
    test_noise();
    mode = BH_CODE_AUTO;
}

/* poisson() in every kind of text: the sums are Poisson numbers too, within 4 standard
 * deviations; both random modes, any window and the interpreter give the same numbers.
 */
static void
test_poisson(void)
{
    double first[4] = {0};
    static const char *const names[] = {"a", "b", "c", "d"};
    /* 100 steps of 500 neurons, the mean of the numbers in each */
    static const double means[] = {50000, 50000 * 0.5, 50000 * 30.0, 500 * 4};
    for (int way = 0; way < 4; way++) {
        static double got[500];
        bh_diag diag;
        bh_network_config network = bh_network_config_default();
        bh_group_config config = config_of("p = poisson(1 + m) : 1 (constant over dt)\n"
                                           "da/dt = p/(1+m)/dt : 1\n"
                                           "b : 1\nc : 1\nd : 1\nm : 1",
                                           "euler", BH_DOUBLE);
        config.count = 500;
        config.threshold = "poisson(0.5) + 1 > 0";
        config.reset = "b += poisson(0.5); c += poisson(30*m)";
        network.code = way == 3 ? BH_CODE_INTERPRETED : BH_CODE_AUTO;
        network.random = way == 1 ? BH_RANDOM_PORTABLE : BH_RANDOM_FAST;
        network.window = way == 2 ? 1 : 256;
        struct model model = {0};
        CHECK_OK(bh_network_new(&network, &model.net, &diag), diag);
        CHECK_OK(bh_group_new(model.net, &config, &model.group, &diag), diag);
        set(model, "m", "1");
        set(model, "d", "poisson(1) + poisson(3)");
        run(model, 100 * 1e-4);
        for (int v = 0; v < 4; v++) {
            double sum = 0;
            CHECK_OK(bh_group_get(model.group, names[v], got, 500, &diag), diag);
            for (int n = 0; n < 500; n++)
                sum += got[n];
            CHECK_NEAR(sum, means[v], 4 * sqrt(means[v]));
            if (way > 0)
                CHECK(got[77] == first[v]);
            first[v] = got[77];
        }
        bh_network_free(model.net);
    }
    bh_diag diag;
    bh_network *net;
    bh_group *group;
    bh_group_config config = config_of("dv/dt = poisson(3)/ms : 1", NULL, BH_DOUBLE);
    CHECK_OK(bh_network_new(NULL, &net, &diag), diag);
    CHECK(bh_group_new(net, &config, &group, &diag) == BH_ERR_TEXT);
    CHECK_HAS(diag.text, "poisson()");
    bh_network_free(net);
}

TEST_MAIN("group", {"refractory", test_refractory}, {"always", test_always},
          {"refractory condition", test_refractory_condition},
          {"refractory of each", test_refractory_each}, {"last spike", test_lastspike},
          {"run regularly", test_run_regularly}, {"expressions", test_expressions},
          {"noise", test_noise}, {"rate", test_rate}, {"namespace", test_namespace},
          {"bad calls", test_bad_calls}, {"interpreted", test_interpreted},
          {"poisson", test_poisson}, {"grid", test_grid}, {"read only", test_read_only})
