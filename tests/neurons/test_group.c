/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups against values that are known: analytic ones, and those of Brian 2.5.1 (numpy
 * target, dt 0.1 ms unless said), marked [B2]. */
#include "tests/check.h"

#include "brianhears.h"

struct model {
    bh_network *net;
    bh_group *group;
    bh_spike_monitor *spikes;
};

static bh_code_mode mode;

static struct model
make(bh_group_config config, double dt_s)
{
    struct model model = {0};
    bh_diag diag;
    bh_network_config network = bh_network_config_default();
    network.dt_s = dt_s;
    network.code = mode;
    network.threads = 1;
    CHECK_OK(bh_network_new(&network, &model.net, &diag), diag);
    CHECK_OK(bh_group_new(model.net, &config, &model.group, &diag), diag);
    if (config.threshold)
        CHECK_OK(bh_spike_monitor_new(model.group, NULL, &model.spikes, &diag), diag);
    return model;
}

static void
run(struct model model, double duration_s)
{
    bh_diag diag;
    CHECK_OK(bh_network_run(model.net, duration_s, &diag), diag);
}

static double
value(struct model model, const char *name)
{
    bh_diag diag;
    double values[64];
    CHECK_OK(bh_group_get(model.group, name, values, bh_group_count(model.group), &diag),
             diag);
    return values[0];
}

static void
set(struct model model, const char *name, const char *expression)
{
    bh_diag diag;
    CHECK_OK(bh_group_set(model.group, name, expression, &diag), diag);
}

static bh_group_config
config_of(const char *equations, const char *method, bh_precision precision)
{
    bh_group_config config = bh_group_config_default();
    config.equations = equations;
    config.method = method;
    config.precision = precision;
    return config;
}

/* [B2] dv/dt = (1-v)/(10 ms) after 1, 10 and 100 steps. */
static void
test_decay(void)
{
    static const struct {
        const char *method;
        double after[3];
    } table[] = {
        {"euler", {.01, .09561792499119551, .6339676587267709}},
        {"exact", {.009950166250831893, .09516258196403994, .6321205588285557}},
        {"exponential_euler",
         {.009950166250831893, .09516258196403994, .6321205588285557}},
        {"rk2", {.00995, .09516106254469336, .6321143812838078}},
        {"rk4", {.00995016625, .09516258195643701, .6321205587976448}},
    };
    static const double at[] = {1e-4, 1e-3, 1e-2};
    for (size_t m = 0; m < 5; m++)
        for (int single = 0; single < 2; single++) {
            struct model model = make(config_of("dv/dt = (1-v)/(10*ms) : 1",
                                                table[m].method,
                                                single ? BH_SINGLE : BH_DOUBLE),
                                      1e-4);
            double done = 0;
            for (int i = 0; i < 3; i++) {
                run(model, at[i] - done);
                done = at[i];
                /* 100 steps may each lose a few units in the last place */
                CHECK_NEAR(value(model, "v"), table[m].after[i], single ? 2e-6 : 2e-15);
            }
            bh_network_free(model.net);
        }
}

/* Systems that the exact method solves: each against its own formula. */
static void
test_exact(void)
{
    /* [B2] a synaptic current: v after 9.2 ms, and the formula (dt divides out) */
    struct model model = make(config_of("dv/dt = (g-v)/(20*ms) : 1\ndg/dt = -g/(5*ms) : 1",
                                        NULL, BH_DOUBLE), 1e-4);
    CHECK(strcmp(bh_group_method(model.group), "exact") == 0);
    set(model, "g", "1");
    run(model, 9.3e-3);
    CHECK_NEAR(value(model, "v"), (exp(-9.3 / 20) - exp(-9.3 / 5)) / 3, 1e-14);
    bh_network_free(model.net);
    /* an oscillator after one period of 10 ms: where it began */
    model = make(config_of("dx/dt = -2*pi*(100*Hz)*y : 1\ndy/dt = 2*pi*(100*Hz)*x : 1",
                           "exact", BH_DOUBLE), 1e-4);
    set(model, "x", "1");
    run(model, 10e-3);
    CHECK_NEAR(value(model, "x"), 1, 1e-12);
    CHECK_NEAR(value(model, "y"), 0, 1e-12);
    bh_network_free(model.net);
    /* singular: a constant, its integral, and the integral of that */
    model = make(config_of("da/dt = 0/second : 1\ndb/dt = a/second : 1\n"
                           "dc/dt = (b + I)/second : 1\nI : 1", "exact", BH_DOUBLE), 1e-3);
    set(model, "a", "2");
    set(model, "I", "3");
    run(model, 1);
    CHECK_NEAR(value(model, "b"), 2, 1e-12);
    CHECK_NEAR(value(model, "c"), 1 + 3, 1e-12);
    bh_network_free(model.net);
    /* time constants of each neuron, one of them infinite: A b^2 is b after one step */
    model = make(config_of("dv/dt = (g-v)*r : 1\ndg/dt = -g*s : 1\nr : Hz\ns : Hz", "exact",
                           BH_DOUBLE), 1e-4);
    set(model, "g", "1");
    set(model, "r", "50*Hz");
    set(model, "s", "200*Hz");
    run(model, 9.3e-3);
    CHECK_NEAR(value(model, "v"), (exp(-9.3 / 20) - exp(-9.3 / 5)) / 3, 1e-13);
    set(model, "s", "0*Hz");
    set(model, "g", "1");
    set(model, "v", "0");
    run(model, 9.3e-3);
    CHECK_NEAR(value(model, "v"), -expm1(-9.3 / 20), 1e-13);
    bh_network_free(model.net);
}

/* The method that is chosen when none is given, as Brian 2 chooses. */
static void
test_choice(void)
{
    static const struct {
        const char *equations, *method;
    } table[] = {{"dv/dt = -v/ms : 1", "exact"},
                 {"dv/dt = -v**2/ms : 1", "euler"},
                 {"dv/dt = sin(t*Hz)/ms : 1", "euler"},
                 {"dv/dt = -v/ms + xi/ms**.5 : 1", "euler"},
                 {"dv/dt = -v/ms + v*xi/ms**.5 : 1", "heun"},
                 {"v : 1", "exact"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct model model = make(config_of(table[i].equations, NULL, BH_SINGLE), 1e-4);
        CHECK(strcmp(bh_group_method(model.group), table[i].method) == 0);
        bh_network_free(model.net);
    }
}

/* A variable that stands still is seen so by the others, by every method: w' = v with v
 * held at 0 by refractoriness does not grow. */
static void
test_frozen(void)
{
    static const char *const methods[] = {"exact", "euler", "rk4", "exponential_euler"};
    for (int m = 0; m < 4; m++) {
        bh_group_config config =
            config_of("dv/dt = (2-v)/(10*ms) : 1 (unless refractory)\ndw/dt = v/ms : 1",
                      methods[m], BH_DOUBLE);
        config.threshold = "v > 1";
        config.reset = "v = 0; w = 0";
        config.refractory = "5*ms";
        struct model model = make(config, 1e-4);
        run(model, 11.8e-3); /* a spike at 6.9 or 7.0 ms, free again after 11.8 */
        CHECK(bh_spike_monitor_count(model.spikes) == 1);
        CHECK_NEAR(value(model, "w"), 0, 1e-12);
        bh_network_free(model.net);
    }
}

/* [B2] dv/dt = (v^2+1)/(10 ms): tan(1) after 100 steps, and the order of each method. */
static void
test_tangent(void)
{
    static const struct {
        const char *method;
        double after;
        double order;
    } table[] = {{"euler", 1.5369774537550593, 1},
                 {"rk2", 1.557239066445268, 2},
                 {"rk4", 1.557407724903522, 4}};
    for (int m = 0; m < 3; m++) {
        double error[2];
        const char *equations = "dv/dt = (v**2+1)/(10*ms) : 1";
        struct model model = make(config_of(equations, table[m].method, BH_DOUBLE), 1e-4);
        run(model, 0.01);
        CHECK_NEAR(value(model, "v"), table[m].after, 2e-14);
        bh_network_free(model.net);
        /* between steps so coarse that higher orders count, and rounding */
        for (int halves = 0; halves < 2; halves++) {
            double dt_s = (table[m].order == 4 ? 4e-5 : 1e-5) * (halves ? 0.5 : 1);
            model = make(config_of(equations, table[m].method, BH_DOUBLE), dt_s);
            run(model, 0.01);
            error[halves] = fabs(value(model, "v") - tan(1));
            bh_network_free(model.net);
        }
        CHECK_NEAR(log2(error[0] / error[1]), table[m].order, 0.1);
    }
}

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
            bh_group_config config = config_of(
                "dv/dt = (2-v)/(10*ms) : 1 (unless refractory)", "exponential_euler",
                single ? BH_SINGLE : BH_DOUBLE);
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
    bh_group_config config = config_of("dv/dt = -v/(10*ms) : 1", "exponential_euler",
                                       BH_DOUBLE);
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
    bh_group_config config = config_of(
        "dv/dt = (2-v)/(10*ms) : 1 (unless refractory)\nR : second", "exponential_euler",
        BH_SINGLE);
    config.count = 3;
    config.threshold = "v > 1";
    config.reset = "v = 0";
    config.refractory = "R";
    struct model model = make(config, 1e-4);
    set(model, "R", "int(i == 1)*2*ms + int(i == 2)*5*ms");
    run(model, 0.02);
    static const double want_ms[][2] = {{6.9, 0}, {6.9, 1}, {6.9, 2},
                                        {13.9, 0}, {15.8, 1}, {18.8, 2}};
    bh_events events = bh_spike_monitor_events(model.spikes);
    CU_ASSERT_FATAL(events.count == 6);
    for (int s = 0; s < 6; s++) {
        CHECK_NEAR(events.time_s[s] * 1e3, want_ms[s][0], 1e-9);
        CHECK(events.index[s] == (uint32_t)want_ms[s][1]);
    }
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
        {"-2**2", -4},        {"2**-1", 0.5},       {"2**3**2", 512},
        {"7//2", 3},          {"-7//2", -4},        {"-7%3", 2},
        {"7%-3", -2},         {"1 - 2 - 3", -4},    {"8/4/2", 1},
        {"int(3 > 2)", 1},    {"int(3.7)", 3},      {"int(-3.7)", -3},
        {"int(not 1 > 2 and 2 > 1 or 1 > 3)", 1},   {"clip(5, 1, 3)", 3},
        {"clip(-5, -inf, 3)", -5},                  {"exprel(0)", 1},
        {"exprel(1)", 1.718281828459045},           {"sign(-3)", -1},
        {"abs(-3.5)", 3.5},   {"e", 2.718281828459045},
        {"sqrt(2)", 1.4142135623730951},            {"27**(1/3)", 3},
        {"arctan(1)*4", 3.141592653589793},         {"log10(1000)", 3},
        {"timestep(0.5*ms, 0.1*ms)", 5},            {"10*ms/second", 0.01},
        {"3*nS*(2*mV)/(pA)", 6},                {"1.5e3", 1500},
        {"floor(-0.5) + ceil(0.5)", 0},             {"N", 1},
        {"(2*mV)**.5/(volt)**.5", 0.044721359549995794},
        {"1*Mohm*(1*nA)/mV", 1},                    {"cm2/um2", 1e8},
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
    bh_group_config config = config_of(
        "dx/dt = -x/(10*ms) + (2/(10*ms))**.5*xi_1 : 1\n"
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

/* Geometric Brownian motion dv = mu v dt + sigma v xi read as Stratonovich's: the mean
 * grows as e^(mu + sigma^2/2)t (Kloeden & Platen 1992, section 4.4). */
static void
test_multiplicative_noise(void)
{
    enum { NEURONS = 100000 };
    static double v[NEURONS];
    static const char *const methods[] = {"heun", "milstein"};
    for (int m = 0; m < 2; m++) {
        bh_group_config config =
            config_of("dv/dt = 0.5*v/second + 0.6*v*xi/second**.5 : 1", methods[m],
                      BH_DOUBLE);
        config.count = NEURONS;
        struct model model = make(config, 2e-3);
        bh_diag diag;
        set(model, "v", "1");
        run(model, 1);
        CHECK_OK(bh_group_get(model.group, "v", v, NEURONS, &diag), diag);
        double mean = 0, square = 0;
        for (int n = 0; n < NEURONS; n++) {
            mean += v[n] / NEURONS;
            square += v[n] * v[n] / NEURONS;
        }
        double error = sqrt((square - mean * mean) / NEURONS);
        CHECK_NEAR(mean, exp(0.5 + 0.18), 4 * error);
        bh_network_free(model.net);
    }
}

/* The rate of a noisy integrate-and-fire neuron: Siegert's formula for tau 10 ms, mean
 * input 1.2, standard deviation 0.2, no refractoriness is 65.003 Hz in continuous time;
 * a grid lifts the threshold by 0.58 sigma sqrt(2 dt/tau) (Broadie et al. 1997). */
static void
test_rate(void)
{
    bh_group_config config =
        config_of("dv/dt = (mu-v)/(10*ms) + 0.2*(2/(10*ms))**.5*xi : 1\nmu : 1", "euler",
                  BH_SINGLE);
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
    bh_group_config config = config_of("dv/dt = (1-v)/(twice/2) : 1", "euler", BH_DOUBLE);
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
    test_decay();
    test_tangent();
    test_refractory();
    test_always();
    test_refractory_condition();
    test_refractory_each();
    test_noise();
    mode = BH_CODE_AUTO;
}

TEST_MAIN("group", {"decay", test_decay}, {"exact", test_exact}, {"choice", test_choice},
          {"frozen", test_frozen}, {"tangent", test_tangent},
          {"refractory", test_refractory}, {"always", test_always},
          {"refractory condition", test_refractory_condition},
          {"refractory of each", test_refractory_each},
          {"expressions", test_expressions}, {"noise", test_noise},
          {"multiplicative noise", test_multiplicative_noise}, {"rate", test_rate},
          {"namespace", test_namespace}, {"bad calls", test_bad_calls},
          {"interpreted", test_interpreted})
